"""`locum revoke`: sessions that every client holds end, and the next ones work."""

import json
import re
import time

import pytest

from conftest import create_account
from server import Caller, Server, run_locum
from wire import send, sign
from world import allow, assume, make_role, make_user, refused, trusting, unique

ALL = allow("*")


def revoke(caller, home, *words, **variables):
    caller = getattr(caller, "caller", caller)
    arguments = ["revoke", *words, "--endpoint-url", caller.server.url]
    return run_locum(*arguments, home=home, **{**caller.variables(), **variables})


def next_second():
    time.sleep(1.1 - time.time() % 1)


@pytest.fixture
def administrator(root):
    return make_user(root, ALL).caller


@pytest.fixture
def role(root):
    return make_role(root, trusting(root.sts.get_caller_identity()["Account"]), ALL)


@pytest.mark.parametrize("spelling", ["arn", "name"])
def test_the_sessions_of_a_role_end_at_once(administrator, role, tmp_path, spelling):
    session, other = assume(administrator, role), make_user(administrator, ALL)
    session.sts.get_caller_identity()
    done = revoke(administrator, tmp_path, role.arn if spelling == "arn" else f"role/{role.name}")
    assert (done.returncode, done.stderr) == (0, "")
    line = rf"Sessions of {role.arn} that were issued up to 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ no longer count\.\n"
    assert re.fullmatch(line, done.stdout), done.stdout
    with refused("ExpiredToken", "The security token included in the request is expired", 403):
        session.sts.get_caller_identity()
    next_second()
    assume(administrator, role).sts.get_caller_identity()
    other.sts.get_caller_identity()


def test_sessions_of_users_end_and_keys_go_on(administrator, tmp_path):
    user = make_user(administrator, ALL)
    sessions = [
        Caller.of(user.caller.server, user.sts.get_session_token()["Credentials"]),
        Caller.of(user.caller.server, user.sts.get_federation_token(Name="guest")["Credentials"]),
    ]
    # Whoever has a key may revoke what was made of it.
    assert revoke(user, tmp_path, f"user/{user.name}").returncode == 0
    for session in sessions:
        with refused("ExpiredToken"):
            session.sts.get_caller_identity()
    user.sts.get_caller_identity()


def test_what_is_newer_can_be_spared(administrator, role, tmp_path):
    old = assume(administrator, role)
    next_second()
    between = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
    new = assume(administrator, role)
    done = revoke(administrator, tmp_path, role.arn, "--issued-before", between)
    assert done.returncode == 0 and f" up to {between} " in done.stdout, done
    with refused("ExpiredToken"):
        old.sts.get_caller_identity()
    new.sts.get_caller_identity()
    # It does not move back, and says what holds.
    done = revoke(administrator, tmp_path, role.arn, "--issued-before", "2020-01-01T00:00:00Z")
    assert f" up to {between} " in done.stdout, done
    done = revoke(administrator, tmp_path, role.arn, "--issued-before", "2100-01-01T00:00:00Z")
    assert done.returncode == 1 and "IssuedBefore must not be in the future" in done.stderr, done
    new.sts.get_caller_identity()


def test_a_program_reads_json(administrator, role, tmp_path):
    words = [f"role/{role.name}", "--output", "json", "--issued-before", "2020-01-01T00:00:00Z"]
    done = revoke(administrator, tmp_path, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"principalArn": role.arn, "revokedBefore": "2020-01-01T00:00:00Z"}


@pytest.mark.parametrize("words", [["sts", "get-caller-identity"], ["whoami"], ["revoke", "{role}"], ["apply", "nothing.yaml", "--yes"]])
def test_a_session_that_was_kept_is_made_anew(administrator, role, tmp_path, words):
    """So that nobody has to wait for the end of what a cache holds."""
    aws = tmp_path / ".aws"
    aws.mkdir()
    (aws / "config").write_text(
        f"[profile base]\naws_access_key_id = {administrator.access_key_id}\naws_secret_access_key = {administrator.secret_access_key}\n"
        f"[profile in-role]\nrole_arn = {role.arn}\nsource_profile = base\nregion = us-east-1\nendpoint_url = {administrator.server.url}\n"
    )
    (tmp_path / "nothing.yaml").write_text("account:\n  users: {}\n")

    def run(*words):
        words = [str(tmp_path / word) if word.endswith(".yaml") else word.format(role=role.arn) for word in words]
        return run_locum(*words, "--profile", "in-role", home=tmp_path)

    assert run("sts", "get-caller-identity").returncode == 0
    kept = [entry.read_text() for entry in (aws / "cli/cache").glob("*.json")]
    assert revoke(administrator, tmp_path, role.arn).returncode == 0
    next_second()
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert [entry.read_text() for entry in (aws / "cli/cache").glob("*.json")] != kept


def test_who_may_not_is_told_so(root, administrator, role, tmp_path):
    session = assume(administrator, role)
    helper = make_user(root, allow("locum:RevokeSessions", "arn:aws:iam::*:role/another"))
    federated = Caller.of(root.server, administrator.sts.get_federation_token(Name="guest")["Credentials"])
    for caller, text in [
        (helper, f"not authorized to perform: locum:RevokeSessions on resource: {role.arn}"),
        (federated, "Cannot call RevokeSessions with session credentials"),
    ]:
        done = revoke(caller, tmp_path, role.arn)
        assert (done.returncode, done.stdout) == (1, "")
        assert "(AccessDenied)" in done.stderr and text in done.stderr, done.stderr
        assert done.stderr.count("\n") == 1
    done = revoke(administrator, tmp_path, "role/nobody-has-this-name")
    assert done.returncode == 1 and "(NoSuchEntity)" in done.stderr, done
    session.sts.get_caller_identity()


def test_another_account_is_out_of_reach(root, administrator, tmp_path):
    name = unique("member")
    account = create_account(administrator, name)["AccountId"]
    access = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    done = revoke(administrator, tmp_path, access)
    assert done.returncode == 1 and "cannot be found in the caller's account" in done.stderr, done
    # But for those who act in it.
    done = revoke(administrator, tmp_path, "role/OrganizationAccountAccessRole", "--role", access)
    assert done.returncode == 0 and access in done.stdout, done


def test_the_end_survives_a_restart(tmp_path):
    server = Server(tmp_path / "server")
    account = server.account
    role = make_role(server.root, trusting(account), name="worker")
    user = make_user(server.root, ALL)
    session, of_root = assume(user, role), Caller.of(server, server.root.sts.get_session_token()["Credentials"])
    for principal in ("role/worker", "root"):
        assert revoke(user, tmp_path, principal).returncode == 0
    server.kill()
    again = Server(tmp_path / "server")
    try:
        for ended in (session, of_root):
            late = Caller(again, ended.access_key_id, ended.secret_access_key, ended.session_token)
            with refused("ExpiredToken"):
                late.sts.get_caller_identity()
        again.root.sts.get_caller_identity()
        next_second()
        assume(Caller(again, user.caller.access_key_id, user.caller.secret_access_key), role)
    finally:
        again.stop()


@pytest.mark.parametrize(
    "words, text",
    [
        ([], "say whose sessions"),
        (["worker"], "worker is neither the ARN of"),
        (["arn:aws:sts::111122223333:assumed-role/worker/session"], "is neither the ARN of"),
        (["role/worker", "--issued-before", "noon"], "--issued-before is a time"),
        (["role/worker", "--nothing"], "run `locum revoke --help`"),
        (["role/worker", "--output", "yaml"], "--output is text or json, not yaml"),
    ],
)
def test_a_wrong_line_asks_nobody(words, text, tmp_path):
    done = run_locum("revoke", *words, "--endpoint-url", "http://127.0.0.1:9", home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert text in done.stderr


def test_aws_has_its_own_way(administrator, tmp_path):
    done = run_locum("revoke", "role/worker", home=tmp_path, **administrator.variables())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("locum: AWS cannot revoke sessions.") and "AWSRevokeOlderSessions" in done.stderr


def test_the_page_and_the_completion_have_it(tmp_path):
    page = run_locum("revoke", "--help", home=tmp_path).stdout
    assert page.startswith("locum revoke: end sessions before they run out")
    assert re.search(r"^  revoke +End sessions before they run out\.$", run_locum("help", home=tmp_path).stdout, re.M)


def test_a_long_body_is_no_transaction(root):
    """What a transaction may be as long as, this may not."""
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Locum_20261122.RevokeSessions"}
    body = json.dumps({"PrincipalArn": root.arn, "Filler": "x" * 300_000})
    answer = send(root.server, "POST", "/", body, sign(root, "POST", "/", body, headers, service="locum"))
    assert answer.status == 413
