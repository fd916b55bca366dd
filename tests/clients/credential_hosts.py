"""What clients ask for credentials besides STS: a container's endpoint, an instance's metadata, IAM Identity Center."""

import http.client
import http.server
import json
import threading
import time
from urllib.parse import parse_qs, urlsplit

import jwt


def stamp(seconds):
    """A time from now."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class Host:
    """A server on a port of its own; `answer` maps a request to status, headers and body."""

    def __init__(self):
        self.seen = []
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                host.seen.append((self.command, self.path, dict(self.headers)))
                status, content = host.answer(self.command, self.path, self.headers, body)
                content = content if isinstance(content, str) else json.dumps(content)
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", content)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content.encode())))
                self.end_headers()
                self.wfile.write(content.encode())

            do_PUT = do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def paths(self):
        return [f"{method} {path}" for method, path, _ in self.seen]


class ContainerHost(Host):
    """The endpoint of a container's platform, for those who know the token."""

    def __init__(self, caller, token):
        super().__init__()
        self.caller, self.token, self.failures = caller, token, 0

    def answer(self, method, path, headers, body):
        if path == "/elsewhere":
            return 302, f"{self.url}/credentials"
        if self.failures:
            self.failures -= 1
            return 503, "later"
        if headers.get("Authorization") != self.token:
            return 401, {"code": "AccessDenied"}
        return 200, {
            "AccessKeyId": self.caller.access_key_id,
            "SecretAccessKey": self.caller.secret_access_key,
            "Token": self.caller.session_token,
            "Expiration": stamp(3600),
        }


class InstanceHost(Host):
    """The metadata service of an instance, version 2 or as old as the first."""

    ROLES = "/latest/meta-data/iam/security-credentials/"

    def __init__(self, caller, version=2):
        super().__init__()
        self.caller, self.version = caller, version

    def answer(self, method, path, headers, body):
        if path == "/latest/api/token":
            good = method == "PUT" and headers.get("x-aws-ec2-metadata-token-ttl-seconds") and self.version == 2
            return (200, "TOKEN==") if good else (403, "")
        if self.version == 2 and headers.get("x-aws-ec2-metadata-token") != "TOKEN==":
            return 401, ""
        if path == self.ROLES:
            return 200, "web"
        if path == "/latest/meta-data/placement/availability-zone/":
            return 200, "eu-test-1b"
        if path == f"{self.ROLES}web":
            return 200, {
                "Code": "Success",
                "AccessKeyId": self.caller.access_key_id,
                "SecretAccessKey": self.caller.secret_access_key,
                "Token": self.caller.session_token,
                "Expiration": stamp(3600),
            }
        return 404, ""


class IdentityCenter(Host):
    """The portal of IAM Identity Center, and its token endpoint."""

    def __init__(self, caller):
        super().__init__()
        self.caller = caller
        self.tokens, self.refresh, self.renewals = {"first"}, "refresh-0", 0

    def answer(self, method, path, headers, body):
        parts = urlsplit(path)
        if parts.path == "/token":
            asked = json.loads(body)
            if (asked["grantType"], asked["refreshToken"], asked["clientSecret"]) != ("refresh_token", self.refresh, "secret"):
                return 400, {"error": "invalid_grant"}
            self.renewals += 1
            self.refresh = f"refresh-{self.renewals}"
            token = f"renewed-{self.renewals}"
            self.tokens.add(token)
            return 200, {"accessToken": token, "expiresIn": 28800, "refreshToken": self.refresh, "tokenType": "Bearer"}
        if headers.get("x-amz-sso_bearer_token") not in self.tokens:
            return 401, {"__type": "com.amazonaws.switchboard.portal#UnauthorizedException", "message": "Session token not found or invalid"}
        assert parts.path == "/federation/credentials", path
        if parse_qs(parts.query) != {"role_name": ["Ops"], "account_id": ["123456789012"]}:
            return 403, {"__type": "ForbiddenException", "message": "No access"}
        return 200, {
            "roleCredentials": {
                "accessKeyId": self.caller.access_key_id,
                "secretAccessKey": self.caller.secret_access_key,
                "sessionToken": self.caller.session_token,
                "expiration": int(time.time() + 3600) * 1000,
            }
        }


class SignIn(Host):
    """The service behind `aws login`: a refresh token is good once, and only for who holds the key."""

    def __init__(self, caller):
        super().__init__()
        self.caller, self.refresh, self.proofs = caller, "refresh-0", []

    def answer(self, method, path, headers, body):
        proof = headers["DPoP"]
        header = jwt.get_unverified_header(proof)
        claims = jwt.decode(proof, jwt.PyJWK(header["jwk"]).key, ["ES256"])
        assert (header["typ"], claims["htm"], claims["htu"]) == ("dpop+jwt", method, f"{self.url}{path}")
        assert (method, path) == ("POST", "/v1/token")
        self.proofs.append(header["jwk"])
        asked = json.loads(body)
        if (asked["grantType"], asked["refreshToken"]) != ("refresh_token", self.refresh):
            return 400, {"error": "TOKEN_EXPIRED", "message": "expired"}
        self.refresh = f"refresh-{len(self.proofs)}"
        return 200, {
            "accessToken": {
                "accessKeyId": self.caller.access_key_id,
                "secretAccessKey": self.caller.secret_access_key,
                "sessionToken": self.caller.session_token,
            },
            "tokenType": "aws_sigv4",
            "expiresIn": 900,
            "refreshToken": self.refresh,
        }


class Relay(Host):
    """A way to a service that writes down what is called, and may be told to refuse or to wait."""

    def __init__(self, url):
        super().__init__()
        self.to = urlsplit(url).netloc
        self.calls = []
        self.refuse = {}
        self.hold = None

    def answer(self, method, path, headers, body):
        parameters = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        operation = parameters.get("Action")
        self.calls.append((operation, parameters))
        if self.hold:
            self.hold(operation)
        codes = self.refuse.get(operation)
        if codes:
            code = codes.pop(0)
            return 403, f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        connection = http.client.HTTPConnection(self.to, timeout=60)
        connection.request(method, path, body, dict(headers))
        reply = connection.getresponse()
        content = reply.read().decode()
        connection.close()
        return reply.status, content

    def count(self, operation):
        return sum(called == operation for called, _ in self.calls)
