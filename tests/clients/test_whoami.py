"""`locum whoami`: by what STS says, by what files and caches say, and for every profile at once."""

import json
import os
import pty
import re
import select
import socket
import subprocess

import pytest

import homes
from server import BINARY, REGION
from world import NAMING, allow, make_role, make_user, trusting, unique


class Home(homes.Home):
    """A home directory, and who one is in it."""

    def ask(self, *words, **variables):
        return self.run("locum", *words, **variables)

    def whoami(self, *words, status=0, **variables):
        done = self.ask("whoami", *words, **variables)
        assert done.returncode == status, (done.stdout, done.stderr)
        return done.stdout

    def told(self, *words, **more):
        return json.loads(self.whoami(*words, "--output", "json", **more))

    def offline(self, *words, **more):
        return self.told("--offline", *words, **more)


@pytest.fixture
def home(tmp_path, server):
    return Home(tmp_path, server)


@pytest.fixture(scope="module")
def alice(root):
    return make_user(root, allow("*"))


@pytest.fixture(scope="module")
def role(root, alice):
    return make_role(root, trusting(alice.arn, *NAMING), allow("*"))


def test_a_user(home, alice, account):
    home.credentials(alice=alice.caller)
    page = home.whoami("--profile", "alice")
    for line in [
        f"who        {alice.arn}",
        f"account    {account}",
        f"user id    {alice.id}",
        "ends       never",
        "profile    alice, by --profile",
        f"through    shared-credentials-file {alice.caller.access_key_id} (profile alice)",
        f"at         {home.server.url}, for {REGION}",
    ]:
        assert line in page.splitlines(), page
    told = home.told(AWS_PROFILE="alice")
    assert (told["arn"], told["userId"], told["account"]) == (alice.arn, alice.id, account)
    assert (told["state"], told["expiration"], told["secondsLeft"]) == ("valid", None, None)
    assert told["profileFrom"] == "AWS_PROFILE"
    assert alice.caller.secret_access_key not in page + json.dumps(told)


def test_a_role_and_its_way(home, alice, role, account):
    home.credentials(alice=alice.caller)
    home.config(
        f"[profile p]\nrole_arn = {role.arn}\nsource_profile = alice\nrole_session_name = me\nduration_seconds = 3600\n"
    )
    assert home.offline("--profile", "p")["state"] == "ready"
    told = home.told("--profile", "p")
    assert told["arn"] == f"arn:aws:sts::{account}:assumed-role/{role.name}/me"
    assert told["sessionName"] == "me" and 3500 < told["secondsLeft"] <= 3600
    assert [(hop["source"], hop["profile"]) for hop in told["chain"]] == [
        ("assume-role", "p"),
        ("shared-credentials-file", "alice"),
    ]
    offline = home.offline("--profile", "p")
    for name in ("arn", "account", "sessionName", "accessKeyId", "expiration", "chain", "state"):
        assert offline[name] == told[name], name
    line = home.whoami("--offline", "--format", "{profile}@{account} {name}/{session} {left} {source}", AWS_PROFILE="p")
    assert re.fullmatch(rf"p@{account} {role.name}/me (59m|1h00m) assume-role\n", line)
    [entry] = (home.path / ".aws/cli/cache").glob("*.json")
    kept = json.loads(entry.read_text())
    kept["Credentials"]["Expiration"] = "2026-01-01T00:00:00Z"
    entry.write_text(json.dumps(kept))
    assert home.offline("--profile", "p")["state"] == "ready", "its end is no reason to sign in: the keys are there"


def test_a_role_on_top(home, alice, role):
    home.credentials(default=alice.caller)
    told = home.told("--role", role.arn, "--role-session-name", "top")
    assert told["sessionName"] == "top"
    assert [(hop["source"], hop["profile"]) for hop in told["chain"]] == [
        ("assume-role", None),
        ("shared-credentials-file", "default"),
    ]


def test_the_source_identity_is_told(home, root, alice, role):
    """As it stands in the cache: this command never asks for one, but others may."""
    home.credentials(alice=alice.caller)
    home.config(f"[profile p]\nrole_arn = {role.arn}\nsource_profile = alice\n")
    home.told("--profile", "p")
    [entry] = (home.path / ".aws/cli/cache").glob("*.json")
    kept = json.loads(entry.read_text())
    answer = alice.sts.assume_role(RoleArn=role.arn, RoleSessionName="of-another", SourceIdentity="somebody")
    answer["Credentials"]["Expiration"] = answer["Credentials"]["Expiration"].isoformat()
    kept |= {name: answer[name] for name in ("Credentials", "AssumedRoleUser", "SourceIdentity")}
    entry.write_text(json.dumps(kept))
    for told in (home.told("--profile", "p"), home.offline("--profile", "p")):
        assert (told["sourceIdentity"], told["sessionName"]) == ("somebody", "of-another")


def test_environment(home, alice, account):
    keys = alice.caller.variables()
    told = home.offline(**keys)
    assert (told["account"], told["state"], told["arn"]) == (account, "valid", None)
    assert told["chain"][0]["source"] == "env" and told["chain"][0]["profile"] is None
    over = {**keys, "AWS_SESSION_TOKEN": "t", "AWS_CREDENTIAL_EXPIRATION": "2026-01-01T00:00:00Z"}
    told = home.offline(status=1, **over)
    assert (told["state"], told["secondsLeft"]) == ("expired", 0)
    assert home.whoami("--offline", "--format", "{left}", status=1, **over) == "expired\n"
    lacking = {"AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "s"}
    assert home.offline(status=1, **lacking)["state"] == "expired"
    soon = {**over, "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"}
    assert home.offline(**soon)["state"] == "valid"


def test_a_code_is_needed(home, alice, role):
    home.credentials(alice=alice.caller)
    home.config(f"[profile p]\nrole_arn = {role.arn}\nsource_profile = alice\nmfa_serial = arn:aws:iam::1:mfa/x\n")
    assert home.offline("--profile", "p", status=1)["state"] == "mfa"
    page = home.whoami("--offline", "--profile", "p", status=1)
    assert "state      needs an MFA code of arn:aws:iam::1:mfa/x" in page.splitlines()


def test_nobody(home):
    done = home.ask("whoami", "--offline")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("locum: ") and "Unable to locate credentials" in done.stderr
    done = home.ask("whoami", "--profile", "nobody")
    assert done.returncode == 1 and "The config profile (nobody) could not be found" in done.stderr
    done = home.ask("whoami", "--all")
    assert done.returncode == 1 and "there are no profiles" in done.stderr


def test_an_alias(home, root, alice):
    home.credentials(alice=alice.caller)
    alias = unique("alias").lower()
    root.iam.create_account_alias(AccountAlias=alias)
    try:
        assert home.told("--profile", "alice", "--alias")["accountAlias"] == alias
        assert f"({alias})" in home.whoami("--profile", "alice", "--alias")
        nobody = make_user(root)
        home.credentials(nobody=nobody.caller)
        done = home.ask("whoami", "--profile", "nobody", "--alias", "--output", "json")
        assert done.returncode == 0 and json.loads(done.stdout)["accountAlias"] is None
        assert "iam:ListAccountAliases" in done.stderr
    finally:
        root.iam.delete_account_alias(AccountAlias=alias)


def everyone(home, alice, role):
    """A profile of each kind, as they stand in the files."""
    home.credentials(alice=alice.caller)
    home.config(
        f"[profile one]\nrole_arn = {role.arn}\nsource_profile = alice\nrole_session_name = me\n"
        f"[profile code]\nrole_arn = {role.arn}\nsource_profile = alice\nmfa_serial = arn:aws:iam::1:mfa/x\n"
        "[profile lost]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = nobody\n"
        "[profile dead]\naws_access_key_id = AKIADEAD\naws_secret_access_key = s\n"
        "[profile empty]\nregion = eu-west-1\n"
    )


def test_all(home, alice, role, account):
    everyone(home, alice, role)
    lines = home.whoami("--all", status=1).splitlines()
    assert [line.split()[0] for line in lines] == ["PROFILE", "one", "code", "lost", "dead", "empty", "alice"]
    one, code, lost, dead, empty, user = lines[1:]
    assert one.endswith(f"assumed-role/{role.name}/me") and account in one
    assert "! needs an MFA code" in code and account in code
    assert "nobody" in lost and "does not exist" in lost
    assert "! InvalidClientTokenId" in dead
    assert "! no credentials" in empty
    assert user.split() == ["alice", account, "-", alice.arn]
    rows = home.told("--all", status=1)
    assert [row["profile"] for row in rows] == ["one", "code", "lost", "dead", "empty", "alice"]
    assert [bool(row["error"]) for row in rows] == [False, True, True, True, True, False]


def test_all_is_well(home, alice, account):
    home.credentials(a=alice.caller, b=alice.caller)
    assert home.whoami("--all", "--format", "{profile} {account}") == f"a {account}\nb {account}\n"


def test_a_default_profile_that_is_broken_is_a_row_as_any_other(home, alice):
    home.credentials(alice=alice.caller)
    home.config("[default]\nservices = nowhere\n")
    rows = {row["profile"]: row["error"] for row in home.told("--all", status=1)}
    assert rows.pop("alice") is None
    assert "services section" in rows.pop("default") and not rows


def test_all_waits_for_nobody_longer_than_that(home, alice):
    """More profiles that nobody answers than are asked at a time, and one that is well after them."""
    home.credentials(**{f"mute{n:02}": alice.caller for n in range(9)}, well=alice.caller)
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        urls = {f"mute{n:02}": url for n in range(9)} | {"well": home.server.url}
        home.config("".join(f"[profile {name}]\nendpoint_url = {url}\n" for name, url in urls.items()))
        rows = home.told("--all", "--timeout", "3", status=1, AWS_ENDPOINT_URL="")
    told = {row["profile"]: row["error"] for row in rows}
    assert told.pop("well") is None
    assert len(told) == 9 and set(told.values()) == {"no answer within 3 s; --timeout gives it longer"}


def test_all_ends_programs_that_take_too_long(home, alice):
    """One that nobody waits for any more does not go on behind anybody's back."""
    told, tool = home.path / "pid", home.path / "tool"
    tool.write_text(f"#!/bin/sh\necho $$ > {told}\nexec sleep 600\n")
    tool.chmod(0o755)
    home.credentials(well=alice.caller)
    home.config(f"[profile slow]\ncredential_process = {tool}\n")
    rows = {row["profile"]: row["error"] for row in home.told("--all", "--timeout", "2", status=1)}
    assert rows["well"] is None
    assert rows["slow"].startswith("Error when retrieving credentials from custom-process: "), rows
    assert not os.path.exists(f"/proc/{told.read_text().strip()}")


def test_all_offline(home, alice, role, account):
    everyone(home, alice, role)
    rows = home.offline("--all", status=1)
    states = {row["profile"]: row["state"] for row in rows}
    assert states == {"one": "ready", "code": "mfa", "lost": "none", "dead": "valid", "empty": "none", "alice": "valid"}
    lines = home.whoami("--all", "--offline", status=1).splitlines()
    assert lines[1].split() == ["one", account, "ready", "(assume-role)"]


def test_progress_is_for_terminals(home, alice):
    home.credentials(a=alice.caller, b=alice.caller)
    controller, terminal = pty.openpty()
    done = subprocess.run(
        [BINARY, "whoami", "--all"], env=home.environment(), cwd=home.path,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=terminal, text=True, timeout=60,
    )  # fmt: skip
    os.close(terminal)
    shown = ""
    while not shown.endswith("\x1b[K"):
        shown += os.read(controller, 4096).decode()
    os.close(controller)
    assert done.returncode == 0 and "profiles" not in done.stdout
    assert "2 of 2 profiles asked" in shown and shown.endswith("\r\x1b[K")
    assert home.ask("whoami", "--all").stderr == ""


def test_offline_runs_and_asks_nothing(home, alice, role):
    """Neither a program nor the service at the address of the configuration."""
    everyone(home, alice, role)
    with open(home.path / ".aws/config", "a") as config:
        config.write("[profile program]\ncredential_process = touch was-run\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        rows = home.offline("--all", status=1, AWS_ENDPOINT_URL=url)
        assert {row["profile"]: row["state"] for row in rows}["program"] == "unknown"
        assert select.select([listener], [], [], 0)[0] == []
    assert not (home.path / "was-run").exists()


def test_refusals(home):
    for words, says in [
        (("--all", "--profile", "p"), "exclude each other"),
        (("--all", "--token-code", "123456"), "--all and --token-code exclude each other"),
        (("--offline", "--alias"), "exclude each other"),
        (("--format", "{what}"), "there is no field {what}"),
        (("--output", "xml"), "--output is text or json"),
        (("me",), "run `locum whoami --help`"),
        (("--all", "--external-id", "x"), "--external-id needs --role"),
    ]:
        done = home.ask("whoami", *words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert done.stderr.startswith("locum: ") and says in done.stderr and done.stderr.count("\n") == 1
