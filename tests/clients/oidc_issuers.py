"""OpenID Connect issuers: npm's `oidc-provider`, and one like a Kubernetes cluster's.

Each has its socket before it runs, so that the server under test can be told its address without anybody waiting.
"""

import base64
import datetime
import hashlib
import html
import http.server
import ipaddress
import json
import os
import re
import secrets
import socket
import ssl
import subprocess
import threading
import time
import uuid
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import jwt
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from server import Caller
from world import allow, federated, make_role

AUDIENCE = "sts.amazonaws.com"
ASSUME = "sts:AssumeRoleWithWebIdentity"
NPM = os.environ.get("LOCUM_NPM", "/nonexistent")


def listening():
    """A socket on a port of its own; the kernel keeps callers waiting until somebody accepts."""
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    found.listen(64)
    return found


class Key:
    """A signing key of an issuer."""

    def __init__(self, algorithm="RS256", kid=None, bits=2048):
        self.algorithm = algorithm
        self.kid = kid or secrets.token_hex(8)
        if algorithm.startswith("RS"):
            self.private = rsa.generate_private_key(65537, bits)
        else:
            curves = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
            self.private = ec.generate_private_key(curves[algorithm]())

    @property
    def public_jwk(self):
        named = json.loads(jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.private.public_key()))
        return {name: named[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in named} | {
            "use": "sig", "alg": self.algorithm, "kid": self.kid,
        }  # fmt: skip

    @property
    def private_jwk(self):
        named = json.loads(jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.private))
        named.pop("key_ops", None)
        return named | {"use": "sig", "alg": self.algorithm, "kid": self.kid}

    def sign(self, claims, **headers):
        return jwt.encode(claims, self.private, self.algorithm, headers={"kid": self.kid, **headers})


class NodeIssuer:
    """npm's `oidc-provider`: its discovery, its keys, its tokens."""

    client_id = "locum-tests"
    other_client_id = "somebody-else"
    native_client_id = "a-command"

    def __init__(self, directory):
        self.directory = Path(directory)
        self._socket = listening()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._process = None

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self._secret = secrets.token_hex(16)
        self.callback = "https://client.example.com/callback"
        clients = [
            {
                "client_id": name,
                "client_secret": self._secret,
                "redirect_uris": [self.callback],
                "response_types": ["code"],
                "grant_types": ["authorization_code", "urn:locum:claims"],
                "id_token_signed_response_alg": algorithm,
                "token_endpoint_auth_method": "client_secret_basic",
            }
            for name, algorithm in ((self.client_id, "RS256"), (self.other_client_id, "RS256"), ("elliptic", "ES256"))
        ]
        clients.append(
            {
                "client_id": self.native_client_id,
                "application_type": "native",
                "token_endpoint_auth_method": "none",
                "redirect_uris": ["http://127.0.0.1/callback"],
                "response_types": ["code"],
                "grant_types": ["authorization_code", "refresh_token"],
            }
        )
        keys = [Key("RS256", "rsa-1"), Key("ES256", "ec-1")]
        self._log = (self.directory / "oidc.log").open("w")
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).parent / "idp/oidc.mjs")],
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LOCUM_NPM": NPM, "LOCUM_SOCKET": str(self._socket.fileno())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            pass_fds=[self._socket.fileno()],
            text=True,
        )
        jwks = {"keys": [key.private_jwk for key in keys]}
        self._process.stdin.write(json.dumps({"issuer": self.url, "clients": clients, "jwks": jwks}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line == "ready\n", f"oidc-provider did not start:\n{(self.directory / 'oidc.log').read_text()}"
        return self

    @cached_property
    def discovery(self):
        import requests

        return requests.get(f"{self.url}/.well-known/openid-configuration", timeout=30).json()

    def token(self, sub="alice", client=None, **claims):
        """An ID token with these claims, by the issuer's own grant."""
        import requests

        answer = requests.post(
            self.discovery["token_endpoint"],
            auth=(client or self.client_id, self._secret),
            data={"grant_type": "urn:locum:claims", "claims": json.dumps({"sub": sub, **claims})},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["id_token"]

    def sign_in(self, login):
        """An ID token as a person gets it: the authorization code flow, its two pages filled in by hand."""
        import requests

        browser = requests.Session()
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        page = browser.get(
            self.discovery["authorization_endpoint"],
            params={
                "client_id": self.client_id, "response_type": "code", "redirect_uri": self.callback, "scope": "openid",
                "nonce": secrets.token_hex(8), "code_challenge": challenge, "code_challenge_method": "S256",
            },
            timeout=30,
        )  # fmt: skip
        for answers in ({"prompt": "login", "login": login, "password": "any"}, {"prompt": "consent"}):
            action = html.unescape(re.search(r'<form[^>]* action="([^"]+)"', page.text)[1])
            step = browser.post(urljoin(page.url, action), data=answers, allow_redirects=False, timeout=30)
            while step.is_redirect and not step.headers["location"].startswith(self.callback):
                step = page = browser.get(urljoin(step.url, step.headers["location"]), allow_redirects=False, timeout=30)
        code = parse_qs(urlsplit(step.headers["location"]).query)["code"][0]
        answer = requests.post(
            self.discovery["token_endpoint"],
            auth=(self.client_id, self._secret),
            data={"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback, "code_verifier": verifier},
            timeout=30,
        )
        return answer.json()["id_token"]

    def stop(self):
        self._socket.close()
        if self._process:
            self._process.stdin.close()
            self._process.wait(timeout=10)
            self._process.stdout.close()
            self._log.close()


def self_signed(directory):
    """A certificate for loopback and its key in a file, and the certificate's thumbprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an issuer under test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = Path(directory) / "issuer.pem"
    file.write_bytes(private + certificate.public_bytes(pem))
    return file, certificate.fingerprint(hashes.SHA1()).hex()


class KubernetesIssuer:
    """An issuer like that of a cluster: two documents under an address, and tokens for service accounts.

    What it publishes can be changed while it runs, and it counts who asked for what.
    """

    def __init__(self, certificate_in=None):
        self._socket = listening()
        if certificate_in:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            file, self.thumbprint = self_signed(certificate_in)
            context.load_cert_chain(file)
            self._socket = context.wrap_socket(self._socket, server_side=True)
        scheme = "https" if certificate_in else "http"
        self.url = f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}"
        self.key = Key("RS256")
        self.published = [self.key]
        self.asked = []
        self.pause = 0.0
        self.broken = False

    def start(self):
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                time.sleep(issuer.pause)
                document = issuer.documents().get(self.path)
                if document is None or issuer.broken:
                    self.send_error(500 if issuer.broken else 404)
                    return
                body = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, document = issuer.post(self.path, {name: values[0] for name, values in form.items()})
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = self._socket
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def documents(self):
        # As a cluster's API server publishes them, and the claims that AWS asks for.
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/openid/v1/jwks",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": sorted({key.algorithm for key in self.published}),
                "claims_supported": ["sub", "iss", "aud", "iat"],
            },
            "/openid/v1/jwks": {"keys": [key.public_jwk for key in self.published]},
        }

    def post(self, path, form):
        return 404, {}

    def claims(self, namespace="apps", name="web", audience=AUDIENCE, lifetime=3600, **more):
        """The claims of a projected token, as the API server writes them."""
        now = int(time.time())
        return {
            "aud": [audience],
            "exp": now + lifetime,
            "iat": now,
            "iss": self.url,
            "jti": str(uuid.uuid4()),
            "kubernetes.io": {
                "namespace": namespace,
                "node": {"name": "node-1", "uid": str(uuid.uuid4())},
                "pod": {"name": f"{name}-7c5ddbdf54-x2x8q", "uid": str(uuid.uuid4())},
                "serviceaccount": {"name": name, "uid": str(uuid.uuid4())},
            },
            "nbf": now,
            "sub": f"system:serviceaccount:{namespace}:{name}",
            **more,
        }

    def token(self, namespace="apps", name="web", key=None, **parameters):
        return (key or self.key).sign(self.claims(namespace, name, **parameters))

    def stop(self):
        if hasattr(self, "_server"):
            self._server.shutdown()
        self._socket.close()


class LoginIssuer(KubernetesIssuer):
    """An issuer with the endpoints that a program signs in at. Whoever asks gets a code at once; nobody is asked for more.

    What it answers can be changed: `published_as` in its document, `claimed` in its tokens, `pending` before a device's.
    """

    client_id = "a-command"

    def __init__(self):
        super().__init__()
        self.published_as, self.claimed, self.pending = {}, {}, []
        self.codes, self.refresh, self.forms = {}, set(), []

    def documents(self):
        documents = super().documents()
        documents["/.well-known/openid-configuration"] |= {
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "device_authorization_endpoint": f"{self.url}/device_authorization",
            "authorization_response_iss_parameter_supported": True,
            **self.published_as,
        }
        return documents

    def authorize(self, page):
        """What the page that a browser is sent to leads to: parameters for the way back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return asked["redirect_uri"], {"code": code, "state": asked["state"], "iss": self.url}

    def tokens(self, subject="alice", **claims):
        refresh = secrets.token_urlsafe(8)
        self.refresh.add(refresh)
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.client_id, "sub": subject, "exp": now + 600, "iat": now, **claims}
        return 200, {
            "id_token": self.key.sign(claims | self.claimed), "refresh_token": refresh, "token_type": "Bearer",
            "access_token": "not used",
        }  # fmt: skip

    def post(self, path, form):
        self.forms.append((path, form))
        if path == "/device_authorization":
            return 200, {
                "device_code": "device", "user_code": "WDJB-MJHT", "verification_uri": f"{self.url}/device",
                "expires_in": 600, "interval": 1,
            }  # fmt: skip
        if path != "/token" or form["client_id"] != self.client_id:
            return 401, {"error": "invalid_client"}
        match form["grant_type"]:
            case "authorization_code":
                asked = self.codes.pop(form["code"], None)
                proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
                if not asked or asked["code_challenge"] != proof.decode() or asked["redirect_uri"] != form["redirect_uri"]:
                    return 400, {"error": "invalid_grant"}
                return self.tokens(nonce=asked["nonce"], email="alice@example.com")
            case "refresh_token":
                if form["refresh_token"] not in self.refresh:
                    return 400, {"error": "invalid_grant", "error_description": "used up"}
                self.refresh.remove(form["refresh_token"])
                return self.tokens()
            case "urn:ietf:params:oauth:grant-type:device_code":
                if self.pending:
                    return 400, {"error": self.pending.pop(0)}
                return self.tokens()
        return 400, {"error": "unsupported_grant_type"}


class Registered:
    """An issuer as the account knows it, and a role that its users may assume."""

    def __init__(self, root, issuer, *client_ids):
        self.root, self.issuer = root, issuer
        self.host = issuer.url.split("//")[1]
        try:
            made = root.iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=list(client_ids))
            self.arn = made["OpenIDConnectProviderArn"]
        except root.iam.exceptions.EntityAlreadyExistsException:
            # Another file's tests made it known to the same server, for clients of their own.
            known = root.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
            (self.arn,) = (entry["Arn"] for entry in known if entry["Arn"].endswith(f"/{self.host}"))
            for client_id in client_ids:
                root.iam.add_client_id_to_open_id_connect_provider(
                    OpenIDConnectProviderArn=self.arn, ClientID=client_id
                )
        self.role = self.make_role(allow("*"))

    def make_role(self, *statements, actions=(), condition=None, **parameters):
        return make_role(self.root, federated(self.arn, ASSUME, *actions, condition=condition), *statements, **parameters)

    def ask(self, nobody, token, role=None, session="alice", patient=True, **parameters):
        """Asks as the clients do: once more while the issuer's keys are on their way."""
        deadline = time.monotonic() + 15
        while True:
            try:
                return nobody.assume_role_with_web_identity(
                    RoleArn=(role or self.role).arn, RoleSessionName=session, WebIdentityToken=token, **parameters
                )
            except ClientError as error:
                on_their_way = error.response["Error"]["Code"] == "IDPCommunicationError"
                if not (on_their_way and patient) or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def sign_in(self, nobody, token, role=None, **parameters):
        return Caller.of(self.root.server, self.ask(nobody, token, role, **parameters)["Credentials"])


def raw_token(header, claims, signature=b""):
    """A token put together by hand, for what no library writes."""

    def part(value):
        text = value if isinstance(value, (str, bytes)) else json.dumps(value)
        return base64.urlsafe_b64encode(text.encode() if isinstance(text, str) else text).rstrip(b"=").decode()

    return ".".join((part(header), part(claims), part(signature)))


def public_pem(key):
    """A key's public half as the bytes an attacker may use for an HMAC."""
    return key.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
