"""What `locum login` must not take: from a browser, from who else is on the machine, from the provider, from a file."""

import os
import socket
import subprocess
from urllib.parse import urlencode, urlsplit

import pytest

from logins import Waiting, settings_of


def test_what_does_not_belong_to_the_sign_in_is_turned_away(oidc_home, party):
    waiting = Waiting(oidc_home)
    back, answer = party.issuer.authorize(waiting.page)
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
def test_another_user_of_the_machine_is_turned_away(oidc_home, party):
    waiting = Waiting(oidc_home)
    back, answer = party.issuer.authorize(waiting.page)
    right = f"{back}?{urlencode(answer)}"
    asked = subprocess.run(
        ["/usr/bin/curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", right], user=65534, group=65534, extra_groups=[],
        capture_output=True, text=True, cwd="/", env={}, timeout=60,
    )  # fmt: skip
    assert asked.stdout == "403"
    assert waiting.send("GET", right)[0] == 200
    assert waiting.end()[0] == 0


def test_a_browser_that_opens_and_does_not_ask(oidc_home, party):
    """As some do in advance: such a connection is in nobody's way."""
    waiting = Waiting(oidc_home)
    back, answer = party.issuer.authorize(waiting.page)
    with socket.create_connection(("127.0.0.1", urlsplit(back).port)):
        assert waiting.send("GET", f"{back}?{urlencode(answer)}")[0] == 200
    assert waiting.end()[0] == 0


def test_the_provider_says_no(oidc_home, party):
    waiting = Waiting(oidc_home)
    back, answer = party.issuer.authorize(waiting.page)
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
def test_an_answer_that_is_not_for_us(oidc_home, party, answered, claimed, sentence):
    party.issuer.claimed = claimed
    waiting = Waiting(oidc_home)
    back, answer = party.issuer.authorize(waiting.page)
    answer = {name: value for name, value in {**answer, **answered}.items() if value}
    waiting.send("GET", f"{back}?{urlencode(answer)}")
    code, stdout, stderr = waiting.end()
    assert (code, stdout) == (1, "") and sentence in stderr, stderr
    assert not list((oidc_home.path / ".local/state/locum").rglob("*.secret"))


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
def test_a_document_that_is_wrong(oidc_home, party, published, sentence):
    party.issuer.published_as = published
    done = oidc_home.login("--no-browser", "--wait", "1")
    assert done.returncode == 1 and sentence in done.stderr, done.stderr


def test_the_providers_word_travels_encrypted_or_not_at_all(oidc_home, server, party):
    oidc_home.write(**{**settings_of(server, party), "endpoint_url": "http://sts.example.com"})
    done = oidc_home.login("--no-browser", "--wait", "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "locum: endpoint_url must be an https URL, or an http URL on this machine, not http://sts.example.com\n"
    )


def test_a_file_that_others_may_write_sends_nobody_anywhere(oidc_home):
    oidc_home.config.chmod(0o666)
    done = oidc_home.login("--no-browser", "--wait", "1")
    assert done.returncode == 1 and "is not followed, because other users may write it" in done.stderr
