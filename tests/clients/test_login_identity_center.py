"""`locum login` at IAM Identity Center: what it leaves behind is what botocore reads."""

import base64
import hashlib
import json
import re
import stat
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from botocore.tokens import SSOTokenLoader
from botocore.utils import JSONFileCache

from commands import run
from credential_hosts import IdentityCenter
from logins import Home, Waiting
from server import REGION


class Center(IdentityCenter):
    """Identity Center with the endpoints that clients register and sign in at."""

    def __init__(self, caller):
        super().__init__(caller)
        self.registered, self.pending, self.codes, self.grants = [], [], {}, []

    def answer(self, method, path, headers, body):
        asked = json.loads(body) if body else {}
        if path == "/client/register":
            self.registered.append(asked)
            return 200, {"clientId": "client", "clientSecret": "secret", "clientSecretExpiresAt": 4_000_000_000}
        if path == "/device_authorization":
            assert (asked["clientId"], asked["clientSecret"], asked["startUrl"]) == ("client", "secret", self.start)
            return 200, {
                "deviceCode": "device", "userCode": "ABCD-EFGH", "verificationUri": f"{self.url}/device",
                "expiresIn": 600, "interval": 1,
            }  # fmt: skip
        if path == "/token" and asked["grantType"] != "refresh_token":
            if self.pending:
                return 400, {"error": self.pending.pop(0)}
            assert (asked["clientId"], asked["clientSecret"]) == ("client", "secret")
            self.grants.append(asked["grantType"])
            if "code" in asked and self.challenge(asked["codeVerifier"]) != self.codes.pop(asked["code"]):
                return 400, {"error": "invalid_grant"}
            return 200, {"accessToken": "first", "expiresIn": 3600, "refreshToken": "refresh-0", "tokenType": "Bearer"}
        return super().answer(method, path, headers, body)

    start = "https://corp.awsapps.com/start"

    @staticmethod
    def challenge(verifier):
        return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def center(admin_session):
    running = Center(admin_session)
    yield running
    running.stop()


SESSION = f"[sso-session corp]\nsso_start_url = {Center.start}\nsso_region = us-east-1\n"
ROLE = {"sso_account_id": "123456789012", "sso_role_name": "Ops"}


def at_center(center, **more):
    return {"AWS_ENDPOINT_URL_SSO": center.url, "AWS_ENDPOINT_URL_SSO_OIDC": center.url, **more}


@pytest.mark.parametrize("chained", [False, True])
def test_identity_center_in_a_browser(tmp_path, server, center, admin_session, chained):
    """What is left behind is what botocore reads, and gives a role's credentials."""
    home = Home(tmp_path, sso_session="corp", **ROLE)
    if chained:
        home.write(role_arn="arn:aws:iam::123456789012:role/onward", source_profile="base")
        home.config.write_text(f"{home.config.read_text()}[profile base]\nsso_session = corp\n" + "".join(f"{k} = {v}\n" for k, v in ROLE.items()))
    home.config.write_text(home.config.read_text() + SESSION)
    waiting = Waiting(home, **at_center(center))
    parts = urlsplit(waiting.page)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert waiting.page.startswith(f"{center.url}/authorize?")
    assert (asked["client_id"], asked["scopes"], asked["code_challenge_method"]) == ("client", "sso:account:access", "S256")
    center.codes["code"] = asked["code_challenge"]
    back = asked["redirect_uri"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/oauth/callback", back)
    assert waiting.send("GET", f"{back}?code=code&state=wrong")[0] == 403
    assert waiting.send("GET", f"{back}?{urlencode({'code': 'code', 'state': asked['state']})}")[0] == 200
    code, stdout, stderr = waiting.end()
    assert code == 0 and stdout.startswith(f"Signed in at {Center.start} until "), stderr
    assert center.registered == [
        {
            "clientName": "locum", "clientType": "public", "scopes": ["sso:account:access"],
            "grantTypes": ["authorization_code", "refresh_token"], "redirectUris": ["http://127.0.0.1/oauth/callback"],
            "issuerUrl": Center.start,
        }
    ]  # fmt: skip
    cache = tmp_path / ".aws/sso/cache"
    assert SSOTokenLoader(cache=JSONFileCache(str(cache)))(Center.start, "corp")["accessToken"] == "first"
    [file] = cache.glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = home.login(**at_center(center))
    assert again.returncode == 0 and again.stdout.startswith(f"Already signed in at {Center.start} until ")
    if not chained:
        done = run("locum", "--profile", "work", "sts", "get-caller-identity", "--query", "Arn", "--output", "text",
                   home=tmp_path, url=server.url, **at_center(center))  # fmt: skip
        assert (done.returncode, done.stdout) == (0, f"{admin_session.arn}\n"), done.stderr


@pytest.mark.parametrize("section", [False, True])
def test_identity_center_from_a_device(tmp_path, center, section):
    home = Home(tmp_path, **({"sso_session": "corp"} if section else {"sso_start_url": Center.start, "sso_region": REGION}), **ROLE)
    home.config.write_text(home.config.read_text() + SESSION)
    center.pending = ["authorization_pending"]
    done = home.login("--no-browser", *(["--oidc-flow", "device"] if section else []), **at_center(center))
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"locum: open {center.url}/device and enter the code ABCD-EFGH\n"
    assert [set(asked) for asked in center.registered] == [{"clientName", "clientType"} | ({"scopes"} if section else set())]
    loader = SSOTokenLoader(cache=JSONFileCache(str(tmp_path / ".aws/sso/cache")))
    assert loader(Center.start, "corp" if section else None)["accessToken"] == "first"
    center.pending = ["access_denied"]
    done = home.login("--no-browser", "--force", "--oidc-flow", "device", **at_center(center))
    assert done.returncode == 1 and done.stderr.endswith("locum: the identity provider says access_denied\n")


def test_identity_center_from_a_file_that_others_may_write(tmp_path, center):
    home = Home(tmp_path, sso_session="corp", **ROLE)
    home.config.write_text(home.config.read_text() + SESSION)
    home.config.chmod(0o666)
    done = home.login("--no-browser", "--wait", "1", **at_center(center))
    assert done.returncode == 1 and "because other users may write it" in done.stderr
    assert center.registered == []
