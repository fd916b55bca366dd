"""`locum login`: from a browser to credentials that `aws` and the SDKs use; and what a browser must not bring."""

import base64
import hashlib
import html
import http.client
import http.server
import json
import os
import pty
import re
import socket
import stat
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from lxml import etree

from botocore.tokens import SSOTokenLoader
from botocore.utils import JSONFileCache

from browser import ended_at
from commands import run
from credential_hosts import IdentityCenter
from oidc_issuers import Registered
from server import BINARY, REGION, Caller, Server, clean_environment, run_locum
from terminals import Terminal
from world import allow, federated, make_role, unique

BROWSER = f"{sys.executable} {Path(__file__).parent / 'browser.py'}"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Home:
    """A home directory with a profile `work`."""

    def __init__(self, path, **settings):
        self.path = Path(path)
        (self.path / ".aws").mkdir()
        self.config = self.path / ".aws/config"
        self.page = self.path / "page.json"
        self.write(**settings)

    def write(self, **settings):
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        self.config.write_text(f"[profile work]\nregion = {REGION}\n{lines}")
        self.config.chmod(0o600)

    def variables(self, **more):
        return {"BROWSER": BROWSER, "LOCUM_TEST_PAGE": str(self.page), **more}

    def login(self, *words, **variables):
        return run_locum("login", "--profile", "work", *words, home=self.path, **self.variables(**variables))

    def kept(self, kind="login"):
        [file] = (self.path / ".local/state/locum" / kind).glob("*.secret")
        return file

    def process(self):
        return self.login("--credential-process")

    def caller(self, server):
        done = self.process()
        assert done.returncode == 0, done.stderr
        printed = json.loads(done.stdout)
        assert printed["Version"] == 1
        return Caller.of(server, printed)

    def expire(self):
        """Lets the kept session be over."""
        entry = json.loads(self.kept().read_text())
        entry["Credentials"]["Expiration"] = "2020-01-01T00:00:00Z"
        self.kept().write_text(json.dumps(entry))


class Waiting:
    """A login that waits for a browser, which the test is."""

    def __init__(self, home, *words, **variables):
        self.process = subprocess.Popen(
            [BINARY, "login", "--profile", "work", "--no-browser", *words],
            env=clean_environment(home.path, **variables), cwd=home.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = self.process.stderr.readline()
        assert line.startswith("locum: open this page in a browser on this machine: "), line
        self.page = line.split()[-1]

    def send(self, method, url, body=None, host=None, headers=()):
        """Status, headers and text of what the listener says."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        connection.putrequest(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, skip_host=True)
        connection.putheader("Host", host or parts.netloc)
        for name, value in {**dict(headers), **({"Content-Length": str(len(body))} if body is not None else {})}.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def end(self):
        """Exit status and what was printed."""
        stdout, stderr = self.process.communicate(timeout=60)
        return self.process.returncode, stdout, stderr


@pytest.fixture(scope="module")
def issuer(root, login_issuer):
    return Registered(root, login_issuer, login_issuer.client_id)


@pytest.fixture
def oidc(tmp_path, server, issuer):
    """A home whose profile signs in at the issuer of ours."""
    issuer.issuer.published_as, issuer.issuer.claimed, issuer.issuer.pending = {}, {}, []
    return Home(tmp_path, **settings_of(server, issuer))


def settings_of(server, issuer, client_id=None, **more):
    return {
        "endpoint_url": server.url,
        "locum_oidc_issuer": issuer.issuer.url,
        "locum_oidc_client_id": client_id or issuer.issuer.client_id,
        "locum_role_arn": issuer.role.arn,
        **more,
    }


def signed_in(home, issuer):
    """Signs in as a browser would."""
    waiting = Waiting(home, "--oidc-scopes", "openid offline_access")
    back, answer = issuer.issuer.authorize(waiting.page)
    status, _, _ = waiting.send("GET", f"{back}?{urlencode(answer)}")
    code, stdout, stderr = waiting.end()
    assert (status, code) == (200, 0), stderr
    return stdout


def test_a_person_signs_in(tmp_path, server, root, oidc_issuer, account):
    """At npm's oidc-provider, its pages filled in; `aws` and the SDKs use what comes of it."""
    registered = Registered(root, oidc_issuer, oidc_issuer.native_client_id)
    process = f"{BINARY} login --profile work --credential-process"
    home = Home(
        tmp_path, **settings_of(server, registered, oidc_issuer.native_client_id, credential_process=process)
    )
    done = home.login(LOCUM_TEST_USER="carol")
    assert done.returncode == 0, done.stderr
    arn = f"arn:aws:sts::{account}:assumed-role/{registered.role.name}/carol"
    assert re.fullmatch(rf"Signed in as {arn}\S* until \S+Z \((59 min|1 h)\)\.\n", done.stdout), done.stdout
    page = ended_at(home.page)
    assert page["status"] == 200 and "You may close this window" in page["text"]
    assert page["headers"]["Cache-Control"] == "no-store" and "script" not in page["text"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]{40}", page["opened"]), "everybody can read it"
    assert stat.S_IMODE(home.kept().stat().st_mode) == 0o600
    assert home.caller(server).arn.startswith(arn)
    for program in ("v2", "locum"):
        done = run(program, "--profile", "work", "sts", "get-caller-identity", "--query", "Arn", home=tmp_path, url=server.url)
        assert done.returncode == 0 and json.loads(done.stdout).startswith(arn), done.stderr
    home.page.unlink()
    again = home.login()
    assert again.returncode == 0 and again.stdout.startswith(f"Already signed in as {arn}")
    assert not home.page.exists()


def test_a_session_renews_itself(oidc, server, issuer):
    assert signed_in(oidc, issuer).startswith("Signed in as ")
    before = oidc.caller(server)
    oidc.expire()
    after = oidc.caller(server)
    assert after.access_key_id != before.access_key_id and after.arn.endswith("/alice")
    assert oidc.caller(server).access_key_id == after.access_key_id
    oidc.expire()
    again = oidc.login("--no-browser")
    assert again.returncode == 0 and again.stdout.startswith("Signed in again, without a browser, as "), again.stderr


def test_several_programs_renew_once(oidc, issuer):
    """A refresh token is good once; whoever comes second finds the session made."""
    signed_in(oidc, issuer)
    oidc.expire()
    asked = len(issuer.issuer.forms)
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: oidc.process(), range(6)))
    assert [one.returncode for one in done] == [0] * 6, done
    assert len({one.stdout for one in done}) == 1
    assert [form["grant_type"] for _, form in issuer.issuer.forms[asked:]] == ["refresh_token"]


def test_nobody_signs_in_for_nothing(oidc):
    """What cannot be kept is told before anything opens."""
    done = oidc.login("--no-browser", LOCUM_VAULT="none")
    assert (done.returncode, done.stderr) == (1, "locum: the session cannot be kept: LOCUM_VAULT=none keeps nothing\n")
    state = oidc.path / ".local/state/locum"
    state.mkdir(parents=True)
    (state / "login").write_text("in the way")
    done = oidc.login("--no-browser", "--wait", "1")
    assert done.returncode == 1 and done.stderr.startswith("locum: the session cannot be kept: ")


def test_a_refresh_token_that_is_used_up_is_forgotten(oidc, issuer):
    signed_in(oidc, issuer)
    oidc.expire()
    issuer.issuer.refresh.clear()
    done = oidc.process()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "locum: the identity provider says invalid_grant: used up\n"
        "locum: there is no session that is still good; run `locum login --profile work`\n"
    )
    asked = len(issuer.issuer.forms)
    done = oidc.process()
    assert done.stderr == "locum: there is no session that is still good; run `locum login --profile work`\n"
    assert len(issuer.issuer.forms) == asked


def test_a_renewal_about_somebody_else_is_refused(oidc, issuer):
    signed_in(oidc, issuer)
    oidc.expire()
    issuer.issuer.claimed = {"sub": "mallory"}
    done = oidc.process()
    assert done.returncode == 1 and "about somebody else than before" in done.stderr


def test_a_renewal_of_no_use_spoils_nothing(oidc, server, issuer):
    """The refresh token that came with it is the only one that is still good."""
    signed_in(oidc, issuer)
    oidc.expire()
    issuer.issuer.claimed = {"aud": "another"}
    done = oidc.process()
    assert done.returncode == 1 and "is for another client" in done.stderr
    issuer.issuer.claimed = {}
    assert oidc.caller(server).arn.endswith("/alice")


def test_a_session_is_for_the_role_of_its_profile(oidc, server, issuer):
    signed_in(oidc, issuer)
    other = issuer.make_role(allow("*"))
    oidc.write(**settings_of(server, issuer, locum_role_arn=other.arn, locum_oidc_client_id="another"))
    done = oidc.process()
    assert done.returncode == 1 and "run `locum login --profile work`" in done.stderr


def test_a_session_is_for_those_who_made_it(oidc, server, issuer):
    signed_in(oidc, issuer)
    for settings in (
        {"endpoint_url": "http://127.0.0.1:1"},
        {"locum_oidc_issuer": "http://127.0.0.1:1"},
        {"locum_oidc_client_id": "another"},
    ):
        oidc.write(**{**settings_of(server, issuer), **settings})
        done = oidc.process()
        assert (done.returncode, done.stdout) == (1, ""), settings
        assert done.stderr.endswith("locum: there is no session that is still good; run `locum login --profile work`\n")
    oidc.write(**settings_of(server, issuer))
    assert oidc.caller(server).arn.endswith("/alice@example.com")


def test_the_providers_word_travels_encrypted_or_not_at_all(oidc, server, issuer):
    oidc.write(**{**settings_of(server, issuer), "endpoint_url": "http://sts.example.com"})
    done = oidc.login("--no-browser", "--wait", "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "locum: endpoint_url must be an https URL, or an http URL on this machine, not http://sts.example.com\n"
    )


def test_out_again(oidc, issuer):
    signed_in(oidc, issuer)
    out = run_locum("logout", "--profile", "work", home=oidc.path)
    assert (out.returncode, out.stdout) == (0, "Signed out of the profile work.\n")
    assert not list((oidc.path / ".local/state/locum").rglob("*.secret"))
    assert oidc.process().returncode == 1
    again = run_locum("logout", "--profile", "work", home=oidc.path)
    assert (again.returncode, again.stdout) == (0, "There was no session of the profile work.\n")
    signed_in(oidc, issuer)
    out = run_locum("logout", "--all", home=oidc.path)
    assert out.stdout == "Signed out of the profile work.\n"
    assert run_locum("logout", "--all", home=oidc.path).stdout == ""


def test_force_asks_again(oidc, issuer):
    signed_in(oidc, issuer)
    waiting = Waiting(oidc, "--force")
    back, answer = issuer.issuer.authorize(waiting.page)
    waiting.send("GET", f"{back}?{urlencode(answer)}")
    code, stdout, _ = waiting.end()
    assert code == 0 and stdout.startswith("Signed in as ")


def test_what_does_not_belong_to_the_sign_in_is_turned_away(oidc, issuer):
    waiting = Waiting(oidc)
    back, answer = issuer.issuer.authorize(waiting.page)
    right = f"{back}?{urlencode(answer)}"
    port = urlsplit(back).port
    for url, sent, status in [
        (f"{back}?{urlencode({**answer, 'state': 'wrong'})}", {}, 403),
        (f"{back}?code=x", {}, 403),
        (f"{right}&state=wrong", {}, 403),
        (right.replace("/callback", "/other"), {}, 404),
        (right, {"method": "POST", "body": ""}, 405),
        (right, {"method": "POST", "body": "x"}, 413),
        (right, {"host": f"evil.example:{port}"}, 421),
        (right, {"host": "127.0.0.1"}, 421),
        (f"{back}?{'x' * 20_000}", {}, 431),
        (f"{back}?state=<script>alert(1)</script>", {}, 403),
    ]:
        got, headers, text = waiting.send(sent.pop("method", "GET"), url, **sent)
        assert got == status, (url, got, text)
        assert headers["Cache-Control"] == "no-store" and "<script" not in text
    assert waiting.send("GET", right)[0] == 200
    code, stdout, stderr = waiting.end()
    assert code == 0 and stdout.startswith("Signed in as "), stderr
    assert stderr.count("a request was turned away that does not belong to this sign-in") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's process is needed")
def test_another_user_of_the_machine_is_turned_away(oidc, issuer):
    waiting = Waiting(oidc)
    back, answer = issuer.issuer.authorize(waiting.page)
    right = f"{back}?{urlencode(answer)}"
    asked = subprocess.run(
        ["/usr/bin/curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", right], user=65534, group=65534, extra_groups=[],
        capture_output=True, text=True, cwd="/", env={}, timeout=60,
    )  # fmt: skip
    assert asked.stdout == "403"
    assert waiting.send("GET", right)[0] == 200
    assert waiting.end()[0] == 0


def test_the_provider_says_no(oidc, issuer):
    waiting = Waiting(oidc)
    back, answer = issuer.issuer.authorize(waiting.page)
    refusal = {"error": "access_denied", "error_description": "<b>no</b>\x1b[2J", "state": answer["state"], "iss": answer["iss"]}
    status, headers, text = waiting.send("GET", f"{back}?{urlencode(refusal)}")
    assert status == 400 and "&lt;b&gt;no&lt;/b&gt;\\x1b[2J" in text and "<b>" not in text and "\x1b" not in text
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    code, stdout, stderr = waiting.end()
    assert (code, stdout) == (1, "")
    assert stderr == "locum: the identity provider says access_denied: <b>no</b>\\x1b[2J\n"


@pytest.mark.parametrize(
    ("answered", "claimed", "sentence"),
    [
        ({"iss": "https://evil.example"}, {}, "the issuer's answer: it is another issuer's"),
        ({"iss": None}, {}, "the issuer's answer: it is another issuer's"),
        ({"code": "guessed"}, {}, "the identity provider says invalid_grant"),
        ({}, {"nonce": "another"}, "nonce is not ours"),
        ({}, {"aud": "another"}, "is for another client"),
        ({}, {"iss": "https://evil.example"}, "is another issuer's"),
        ({}, {"exp": 1}, "An error occurred (ExpiredTokenException)"),
    ],
)
def test_an_answer_that_is_not_for_us(oidc, issuer, answered, claimed, sentence):
    issuer.issuer.claimed = claimed
    waiting = Waiting(oidc)
    back, answer = issuer.issuer.authorize(waiting.page)
    answer = {name: value for name, value in {**answer, **answered}.items() if value}
    waiting.send("GET", f"{back}?{urlencode(answer)}")
    code, stdout, stderr = waiting.end()
    assert (code, stdout) == (1, "") and sentence in stderr, stderr
    assert not list((oidc.path / ".local/state/locum").rglob("*.secret"))


def test_nobody_comes(oidc):
    done = oidc.login("--no-browser", "--wait", "1")
    assert done.returncode == 1 and "nobody came back from the browser within 1 seconds" in done.stderr
    done = oidc.login("--wait", "1", BROWSER="false")
    assert done.returncode == 1 and "if none comes, open this page on this machine: http" in done.stderr


def test_a_browser_that_opens_and_does_not_ask(oidc, issuer):
    """As some do in advance: such a connection is in nobody's way."""
    waiting = Waiting(oidc)
    back, answer = issuer.issuer.authorize(waiting.page)
    with socket.create_connection(("127.0.0.1", urlsplit(back).port)):
        assert waiting.send("GET", f"{back}?{urlencode(answer)}")[0] == 200
    assert waiting.end()[0] == 0


@pytest.mark.parametrize(
    ("published", "sentence"),
    [
        ({"issuer": "https://evil.example"}, "it is that of another issuer"),
        ({"token_endpoint": "http://evil.example/token"}, "token_endpoint must be an https URL"),
        ({"authorization_endpoint": "file:///etc/passwd"}, "authorization_endpoint must be an https URL"),
        ({"token_endpoint": None}, "it has no token_endpoint"),
        ({"authorization_endpoint": None}, "it has no authorization_endpoint"),
    ],
)
def test_a_document_that_is_wrong(oidc, issuer, published, sentence):
    issuer.issuer.published_as = published
    done = oidc.login("--no-browser", "--wait", "1")
    assert done.returncode == 1 and sentence in done.stderr, done.stderr


def test_a_file_that_others_may_write_sends_nobody_anywhere(oidc):
    oidc.config.chmod(0o666)
    done = oidc.login("--no-browser", "--wait", "1")
    assert done.returncode == 1 and "is not followed, because other users may write it" in done.stderr


def test_from_a_device(oidc, issuer):
    issuer.issuer.pending = ["authorization_pending"]
    done = oidc.login("--oidc-flow", "device")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(f"locum: open {issuer.issuer.url}/device and enter the code WDJB-MJHT\n")
    assert done.stdout.startswith("Signed in as ")
    issuer.issuer.pending = ["access_denied"]
    done = oidc.login("--oidc-flow", "device", "--force")
    assert done.returncode == 1 and done.stderr.endswith("locum: the identity provider says access_denied\n")


def test_mistakes_end_with_2(oidc):
    for words in (["--wait", "0"], ["--frobnicate"], ["surplus"]):
        done = oidc.login(*words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    for words in (["login", "--help"], ["logout", "help"]):
        done = run_locum(*words, home=oidc.path)
        assert done.returncode == 0 and done.stdout.startswith(f"locum {words[0]}: ")


class Provider:
    """A SAML identity provider with a page, over npm's samlp, and a server that takes responses for this machine."""

    def __init__(self, directory, idp):
        self.idp = idp
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.acs = f"http://127.0.0.1:{free.getsockname()[1]}/saml"
        self.server = Server(directory, "--saml-recipient", self.acs)
        root = self.server.root
        self.arn = root.iam.create_saml_provider(Name=unique("idp"), SAMLMetadataDocument=idp.metadata)["SAMLProviderArn"]
        self.roles = [self.role(root) for _ in range(2)]
        self.requests = []
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                page = provider.answer(asked).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        self._pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._pages.server_address[1]}"
        threading.Thread(target=self._pages.serve_forever, args=(0.05,), daemon=True).start()

    def role(self, root):
        return make_role(root, federated(self.arn, "sts:AssumeRoleWithSAML"), allow("*")).arn

    def response(self, roles=None, **more):
        pairs = [f"{role},{self.arn}" for role in roles or self.roles]
        return self.idp.response(pairs, recipient=self.acs, audience=self.acs, **more)

    def request(self, asked):
        """The AuthnRequest of a query."""
        text = zlib.decompress(base64.b64decode(asked["SAMLRequest"]), -15)
        request = etree.fromstring(text)
        self.requests.append(request)
        return request

    def answer(self, asked):
        answered = {}
        if "SAMLRequest" in asked:
            request = self.request(asked)
            assert request.get("AssertionConsumerServiceURL") == self.acs
            answered["in_response_to"] = request.get("ID")
        fields = {"SAMLResponse": self.response(self.roles[:1], **answered), **{name: asked[name] for name in ("RelayState",) if name in asked}}
        inputs = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in fields.items())
        return f'<form method="post" action="{self.acs}">{inputs}</form>'

    def settings(self, **more):
        return {"endpoint_url": self.server.url, "locum_saml_acs_url": self.acs, **more}

    def stop(self):
        self._pages.shutdown()
        self._pages.server_close()
        assert self.server.stop() == 0


@pytest.fixture(scope="module")
def provider(tmp_path_factory, saml_idp_node):
    made = Provider(tmp_path_factory.mktemp("saml"), saml_idp_node)
    yield made
    made.stop()


@pytest.mark.parametrize("start", ["locum_saml_sso_url", "locum_saml_url"])
def test_saml_in_a_browser(tmp_path, provider, start):
    home = Home(tmp_path, **provider.settings(**{start: f"{provider.url}/sso?app=1"}))
    done = home.login(*(["--role-arn", provider.roles[0]] if start == "locum_saml_url" else []))
    assert done.returncode == 0, done.stderr
    role = provider.roles[0].rsplit("/", 1)[1]
    assert f":assumed-role/{role}/alice until " in done.stdout
    assert home.caller(provider.server).arn.endswith(f":assumed-role/{role}/alice")
    assert ended_at(home.page)["status"] == 200
    home.expire()
    done = home.process()
    assert done.stderr == "locum: there is no session that is still good; run `locum login --profile work`\n"


def test_a_response_that_nobody_asked_for_is_confirmed(tmp_path, provider):
    """Any page can bring one; a person looks whose account the role is of."""
    home = Home(tmp_path, **provider.settings(locum_saml_url=f"{provider.url}/sso"))
    done = home.login()
    assert (done.returncode, done.stdout) == (1, "")
    assert f"nobody is there to choose a role; give --role-arn with one of those that are offered: {provider.roles[0]}" in done.stderr
    with pytest.raises(ValueError):
        home.kept()
    ended_at(home.page)
    terminal = Terminal(BINARY, "login", "--profile", "work", env=clean_environment(tmp_path, **home.variables()), cwd=tmp_path)
    terminal.until("take a role only if it is of your account")
    assert provider.roles[0] in terminal.until("Which role? [1-1]: ")
    terminal.type("1\n")
    shown, code = terminal.rest()
    assert code == 0 and "Signed in as " in shown


def test_a_request_says_who_asks(tmp_path, provider):
    home = Home(tmp_path, **provider.settings(locum_saml_sso_url=f"{provider.url}/sso", locum_saml_entity_id="urn:<me>"))
    done = home.login()
    assert done.returncode == 0, done.stderr
    request = provider.requests[-1]
    assert request.tag == "{urn:oasis:names:tc:SAML:2.0:protocol}AuthnRequest"
    assert request.get("Destination") == f"{provider.url}/sso"
    assert [child.text for child in request] == ["urn:<me>"]


def test_a_response_to_another_request_is_turned_away(tmp_path, provider):
    home = Home(tmp_path, **provider.settings(locum_saml_sso_url=f"{provider.url}/sso"))
    waiting = Waiting(home, "--role-arn", provider.roles[1])
    asked = {name: values[0] for name, values in parse_qs(urlsplit(waiting.page).query).items()}
    identifier, relay = provider.request(asked).get("ID"), asked["RelayState"]
    response = provider.response(in_response_to=identifier)
    unasked = etree.fromstring(base64.b64decode(provider.response()))
    unasked.set("InResponseTo", identifier)
    mixed = base64.b64encode(etree.tostring(unasked)).decode()
    other = base64.b64encode(
        b'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" InResponseTo="_other"/>'
    ).decode()
    for fields, headers, status in [
        ({"SAMLResponse": response}, FORM, 403),
        ({"SAMLResponse": response, "RelayState": "x"}, FORM, 403),
        ({"SAMLResponse": other, "RelayState": relay}, FORM, 403),
        ({"SAMLResponse": provider.response(), "RelayState": relay}, FORM, 403),
        ({"SAMLResponse": mixed, "RelayState": relay}, FORM, 403),
        ({"SAMLResponse": "nonsense", "RelayState": relay}, FORM, 403),
        ({"RelayState": relay}, FORM, 400),
        ({"SAMLResponse": response, "RelayState": relay}, {"Content-Type": "text/plain"}, 400),
        ({"SAMLResponse": "x" * 400_000, "RelayState": relay}, FORM, 413),
    ]:
        assert waiting.send("POST", provider.acs, urlencode(fields), headers=headers)[0] == status
    assert waiting.send("GET", provider.acs)[0] == 405
    right = urlencode({"SAMLResponse": response, "RelayState": relay})
    assert waiting.send("POST", provider.acs, right, host="evil.example", headers=FORM)[0] == 421
    assert waiting.send("POST", provider.acs, right, headers=FORM)[0] == 200
    code, stdout, stderr = waiting.end()
    assert code == 0 and f":assumed-role/{provider.roles[1].rsplit('/', 1)[1]}/alice" in stdout, stderr


def test_a_response_works_once(tmp_path, provider):
    home = Home(tmp_path, **provider.settings(locum_role_arn=provider.roles[0]))
    (tmp_path / "response").write_text(provider.response())
    assert home.login("--saml-response", "response").returncode == 0
    again = home.login("--saml-response", "response")
    assert again.returncode == 1 and "The SAML assertion was already redeemed" in again.stderr


def test_a_role_is_chosen(tmp_path, provider):
    """At the terminal, where there is one; the response comes through a pipe."""
    home = Home(tmp_path, **provider.settings())
    (tmp_path / "response").write_text("\n".join(re.findall(".{1,76}", provider.response())))
    done = home.login("--saml-response", "response")
    assert done.returncode == 1 and "nobody is there to choose a role" in done.stderr
    assert all(role in done.stderr for role in provider.roles)
    child, master = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        words = [BINARY, "login", "--profile", "work", "--saml-response", "-"]
        with open("response") as response:
            os.dup2(response.fileno(), 0)
        os.execve(BINARY, words, clean_environment(tmp_path))
    seen, answers = b"", [b"7\n", b"2\n"]
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
        while answers and seen.count(b"Which role? [1-2]: ") > 2 - len(answers):
            os.write(master, answers.pop(0))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, seen
    os.close(master)
    assert f":assumed-role/{provider.roles[1].rsplit('/', 1)[1]}/alice".encode() in seen


def test_a_sign_in_that_failed_at_the_provider(tmp_path, provider):
    home = Home(tmp_path, **provider.settings())
    (tmp_path / "response").write_text(
        base64.b64encode(
            b'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><p:Status>'
            b'<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:RequestDenied"/></p:Status></p:Response>'
        ).decode()
    )
    done = home.login("--saml-response", "response")
    assert (done.returncode, done.stderr) == (1, "locum: the identity provider says RequestDenied\n")
    (tmp_path / "response").write_text("nonsense")
    done = home.login("--saml-response", "response")
    assert done.returncode == 1 and "the SAML response cannot be read" in done.stderr


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
