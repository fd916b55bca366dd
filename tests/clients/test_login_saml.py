"""`locum login` at a SAML identity provider: which responses are taken, from whom, and for which role."""

import base64
import html
import http.server
import os
import pty
import re
import socket
import threading
import zlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from lxml import etree

from browser import ended_at
from logins import Home, Waiting
from server import BINARY, Server, clean_environment
from terminals import Terminal
from world import allow, federated, make_role, unique

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


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
