"""`locum console`: credentials changed for a URL that signs in, at a federation endpoint of the tests' own."""

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from browser import ended_at
from credential_hosts import Host
from server import REGION, Caller, run_locum
from world import allow, assume, make_role, make_user, policy, trusting

OPEN = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, separators=(",", ":")
)


class Federation(Host):
    """A federation endpoint that asks the service who somebody is before it signs them in."""

    def __init__(self, server):
        super().__init__()
        self.sts = server
        self.tokens, self.answers, self.asked = {}, None, []

    def answer(self, method, path, headers, body):
        if self.answers:
            return self.answers
        parts = urlsplit(path)
        if method == "GET":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if query.get("Action") == "login" and query["SigninToken"] in self.tokens:
                return 200, self.tokens.pop(query["SigninToken"])
            return 400, "no"
        assert (parts.path, parts.query) == ("/federation", ""), "the secret belongs into the body"
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.asked.append(form)
        session = json.loads(form["Session"])
        caller = Caller(self.sts, session["sessionId"], session["sessionKey"], session["sessionToken"])
        token = f"token-{len(self.asked)}"
        self.tokens[token] = caller.arn
        return 200, {"SigninToken": token}


@pytest.fixture
def federation(server):
    running = Federation(server)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def user(root):
    return make_user(root, allow("*"))


@pytest.fixture(scope="module")
def session(root, user):
    return assume(user, make_role(root, trusting(user.arn), allow("*")))


def console(home, caller, federation, *words, **variables):
    url = ["--federation-url", f"{federation.url}/federation"] if federation else []
    return run_locum(
        "console", "--endpoint-url", caller.server.url, *url, *words, home=home,
        **{**caller.variables(), **variables},
    )  # fmt: skip


def printed(done):
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    parts = urlsplit(line)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", {name: values[0] for name, values in parse_qs(parts.query).items()}


def test_a_session_signs_in(tmp_path, session, federation):
    url, query = printed(console(tmp_path, session, federation, "--print", "--issuer", "https://idp.example.com/a?b"))
    assert url == f"{federation.url}/federation"
    assert query == {
        "Action": "login", "Issuer": "https://idp.example.com/a?b", "SigninToken": "token-1",
        "Destination": f"{federation.url}/console/home?region={REGION}",
    }  # fmt: skip
    [asked] = federation.asked
    assert set(asked) == {"Action", "Session"} and asked["Action"] == "getSigninToken"
    assert federation.tokens == {"token-1": session.arn}


def test_it_opens_in_the_browser(tmp_path, session, federation):
    page = tmp_path / "page"
    done = console(
        tmp_path, session, federation, "--service", "ec2",
        BROWSER=f"{sys.executable} {Path(__file__).parent / 'browser.py'}", LOCUM_TEST_PAGE=str(page),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Opened {federation.url}/ec2/home?region={REGION}.\n"
    ended = ended_at(page)
    assert ended["text"] == session.arn
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]{40}", ended["opened"]), "everybody can read it"
    assert federation.tokens == {}


def asked(url, method="GET", **options):
    """What curl is told at an address, its status first."""
    done = subprocess.run(
        ["/usr/bin/curl", "-si", "-X", method, url], capture_output=True, text=True, cwd="/", env={}, timeout=60, **options
    )
    status = done.stdout.split(" ")[1] if done.stdout else None
    return status, dict(line.split(": ", 1) for line in done.stdout.splitlines()[1:] if ": " in line)


def test_the_address_that_everybody_can_read_is_good_once_for_one_user(tmp_path, session, federation):
    opened = tmp_path / "opened"
    remember = tmp_path / "remember"
    remember.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {opened}.new && mv {opened}.new {opened}\n')
    remember.chmod(0o755)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(console, tmp_path, session, federation, BROWSER=str(remember))
        while not opened.exists():
            assert not running.done()
            time.sleep(0.01)
        address = opened.read_text()
        assert asked(address + "x")[0] == asked(address.rsplit("/", 1)[0] + "/")[0] == "404"
        assert asked(address, "POST")[0] == "405"
        if os.geteuid() == 0:
            assert asked(address, user=65534, group=65534, extra_groups=[])[0] == "403"
        status, headers = asked(address)
        assert status == "303" and headers["Location"].startswith(f"{federation.url}/federation?Action=login&")
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        done = running.result()
    assert (done.returncode, done.stdout) == (0, f"Opened {federation.url}/console/home?region={REGION}.\n"), done.stderr
    assert asked(address)[0] is None


def test_without_a_browser_the_url_is_printed(tmp_path, session, federation):
    done = console(tmp_path, session, federation, "--destination", "https://example.com/a", BROWSER="false")
    _, query = printed(done)
    assert query["Destination"] == "https://example.com/a"
    assert done.stderr == "locum: no browser opens; this URL signs in whoever opens it within 15 minutes\n"


def test_a_users_own_keys_become_a_session(tmp_path, user, federation, account):
    done = console(tmp_path, user.caller, federation, "--print")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("locum: a user's own keys cannot sign in: assume a role with --role, or say with --policy")
    printed(console(tmp_path, user.caller, federation, "--print", "--policy", OPEN, "--name", "me"))
    assert federation.tokens == {"token-1": f"arn:aws:sts::{account}:federated-user/me"}
    (tmp_path / "policy.json").write_text(policy(allow("sts:GetCallerIdentity")))
    printed(console(tmp_path, user.caller, federation, "--print", "--policy", "file://policy.json"))
    printed(console(tmp_path, user.caller, federation, "--print", "--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"))
    assert set(federation.tokens.values()) == {
        f"arn:aws:sts::{account}:federated-user/me", f"arn:aws:sts::{account}:federated-user/locum",
    }  # fmt: skip


def test_a_role_on_top(tmp_path, root, user, federation):
    role = make_role(root, trusting(user.arn))
    printed(console(tmp_path, user.caller, federation, "--print", "--role", role.arn, "--session-duration", "3600"))
    assert federation.asked[0]["SessionDuration"] == "3600"
    [arn] = federation.tokens.values()
    assert f":assumed-role/{role.name}/" in arn


def test_a_longer_session_only_where_there_is_one(tmp_path, root, user, session, federation):
    onward = make_role(root, trusting(session.arn.replace(":sts:", ":iam:").replace("assumed-role", "role").rsplit("/", 1)[0]))
    for caller, words, why in [
        (session, ["--role", onward.arn], "a role that was assumed with another role's credentials"),
        (user.caller, ["--policy", OPEN], "a session of GetFederationToken"),
    ]:
        done = console(tmp_path, caller, federation, "--print", "--session-duration", "3600", *words)
        assert done.returncode == 1 and f"--session-duration cannot be had with {why}" in done.stderr
    assert federation.asked == []


def test_temporary_credentials_take_no_policy(tmp_path, session, federation):
    done = console(tmp_path, session, federation, "--print", "--policy", OPEN)
    assert done.returncode == 1 and "these credentials are temporary" in done.stderr


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((400, "<b>no</b>"), "answers with status 400; only credentials of a role or of GetFederationToken can sign in"),
        ((503, ""), "answers with status 503"),
        ((302, "https://evil.example/"), "answers with status 302"),
        ((200, "[]"), "has no SigninToken"),
        ((200, {"SigninToken": ""}), "has no SigninToken"),
    ],
)
def test_an_endpoint_that_does_not_sign_in(tmp_path, session, federation, answer, sentence):
    federation.answers = answer
    done = console(tmp_path, session, federation, "--print")
    assert (done.returncode, done.stdout) == (1, "") and sentence in done.stderr
    assert session.secret_access_key not in done.stderr and done.stderr.count("\n") == 1


def test_the_secret_travels_encrypted_or_not_at_all(tmp_path, session):
    for url in ("http://sts.example.com/federation", "http://127.0.0.1@evil.example/", "file:///etc/passwd"):
        done = console(tmp_path, session, None, "--print", "--federation-url", url)
        assert done.returncode == 1 and "must be an https URL, or an http URL on this machine" in done.stderr


def test_a_service_that_is_not_aws_says_where(tmp_path, session, federation):
    done = console(tmp_path, session, None, "--print")
    assert done.returncode == 1 and "is not AWS; say with --federation-url or locum_federation_url" in done.stderr
    (tmp_path / ".aws").mkdir()
    config = tmp_path / ".aws/config"
    config.write_text(f"[default]\nlocum_federation_url = {federation.url}/federation\n")
    config.chmod(0o600)
    assert printed(console(tmp_path, session, None, "--print"))[1]["SigninToken"] == "token-1"
    config.chmod(0o666)
    done = console(tmp_path, session, None, "--print")
    assert done.returncode == 1 and "because other users may write it" in done.stderr


def test_mistakes(tmp_path, session, federation):
    for words, code in [
        (["--frobnicate"], 2),
        (["--session-duration", "1"], 2),
        (["--service", "../x"], 2),
        (["--logout-first", "--print"], 1),
        (["--destination", "javascript:alert(1)"], 1),
        (["--issuer", "http://idp.example.com"], 1),
        (["--policy", "file:///nonexistent"], 1),
        (["--policy", "file:///dev/zero"], 1),
    ]:
        done = console(tmp_path, session, federation, *words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert federation.asked == [], "mistakes are told before anybody gets the session"
    done = run_locum("console", "--help", home=tmp_path)
    assert done.returncode == 0 and "--federation-url" in done.stdout and "--profile" in done.stdout
