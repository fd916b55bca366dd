"""One MFA code for many roles, kept in the vault: what is asked of the service, and of the person (facts: cli §4.2)."""

import json
import re
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest

from credential_hosts import Relay
from homes import WHO, Home, Protected, Screen
from world import allow, make_role, trusting

MAKING = {"LOCUM_MFA_SESSION": "true"}
PRESENT = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


@pytest.fixture
def relay(server):
    relay = Relay(server.url)
    yield relay
    relay.stop()


class Team:
    """A user with a device, and five roles that want its codes."""

    def __init__(self, root):
        self.protected = Protected(root)
        self.user, self.serial = self.protected.user, self.protected.serial
        self.roles = [make_role(root, trusting(self.user.arn, condition=PRESENT), allow("*")) for _ in range(5)]

    def code(self):
        return self.protected.authenticator.code()

    def furnish(self, home, **more):
        lines = "".join(f"{name} = {value}\n" for name, value in more.items())
        profiles = "".join(
            f"[profile r{number}]\nrole_arn = {role.arn}\nsource_profile = me\nmfa_serial = {self.serial}\n{lines}"
            for number, role in enumerate(self.roles)
        )
        home.config(f"{profiles}[profile me]\nmfa_serial = {self.serial}\n{lines}")
        home.credentials(me=self.user.caller)


@pytest.fixture
def team(root):
    # One each test: a device has two codes at hand, and then one every half minute.
    return Team(root)


@pytest.fixture
def home(tmp_path, server, relay):
    home = Home(tmp_path, server)
    plain = home.environment
    home.environment = lambda **variables: plain(**{"AWS_ENDPOINT_URL": relay.url, **variables})
    return home


def sessions(home):
    return sorted((home.path / ".local/state/locum/mfa-session").glob("*.secret"))


def test_one_code_and_five_roles_at_once(home, relay, team):
    team.furnish(home)
    code = team.code()
    processes = [
        home.begin("locum", *WHO, profile=f"r{number}", stdin=subprocess.PIPE, **MAKING) for number in range(5) for _ in range(2)
    ]
    for process in processes:
        process.stdin.write(f"{code}\n")
        process.stdin.flush()
    done = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert [status for *_, status in done] == [0] * 10, done
    assert sum("Enter MFA code" in stderr for _, stderr, _ in done) == 1
    assert relay.count("GetSessionToken") == 1
    assert relay.count("AssumeRole") == 5
    assert {operation for operation, parameters in relay.calls if "TokenCode" in parameters} == {"GetSessionToken"}
    assert len({stdout for stdout, *_ in done}) == 5
    # The keys' own profile signs with the same session, and a command that makes none uses it for a role.
    assert home.who("locum", "me", **MAKING) == team.user.arn
    for entry in home.entries():
        entry.unlink()
    assert ":assumed-role/" in home.who("locum", "r0")
    assert relay.count("GetSessionToken") == 1
    [kept] = sessions(home)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_the_original_is_followed_until_somebody_wants_otherwise(home, relay, team):
    team.furnish(home)
    assert home.who("locum", "me") == team.user.arn
    assert relay.calls == [("GetCallerIdentity", relay.calls[0][1])]
    done = home.run("locum", *WHO, profile="r0", typed=f"{team.code()}\n")
    assert done.returncode == 0, done.stderr
    assert relay.count("GetSessionToken") == 0 and sessions(home) == []
    # What STS takes no session for is signed by the keys themselves.
    team.furnish(home, locum_mfa_session="true", locum_mfa_session_seconds=1800)
    done = home.run("locum", "sts", "get-session-token", "--query", "Credentials.AccessKeyId", profile="me")
    assert done.returncode == 0, done.stderr
    done = home.run("locum", *WHO, profile="me", typed=f"{team.code()}\n")
    assert done.stdout.strip() == team.user.arn, done.stderr
    assert [parameters.get("DurationSeconds") for called, parameters in relay.calls if called == "GetSessionToken"] == [None, "1800"]


def test_a_wrong_code_is_told_and_nothing_is_kept(home, relay, team):
    team.furnish(home)
    done = home.run("locum", *WHO, profile="r0", typed="000000\n", **MAKING)
    assert done.returncode == 254
    assert "(AccessDenied) when calling the GetSessionToken operation: MultiFactorAuthentication failed" in done.stderr
    assert sessions(home) == [] and home.entries() == []
    assert relay.count("GetSessionToken") == 1 and relay.count("AssumeRole") == 0


@pytest.mark.parametrize(("profile", "refusals", "status"), [("me", 1, 0), ("me", 9, 254), ("r1", 1, 0), ("r1", 9, 254)])
def test_a_refused_session_costs_one_more_code_and_not_many(home, relay, team, profile, refusals, status):
    team.furnish(home)
    home.run("locum", *WHO, profile="me", typed=f"{team.code()}\n", **MAKING)
    operation = "GetCallerIdentity" if profile == "me" else "AssumeRole"
    relay.calls.clear()
    relay.refuse[operation] = ["ExpiredToken"] * refusals
    done = home.run("locum", *WHO, profile=profile, typed=f"{team.code()}\n", **MAKING)
    assert done.returncode == status, done.stderr
    assert relay.count("GetSessionToken") == 1 and relay.count(operation) == 2


def test_a_role_that_denies_a_young_session_gets_a_code(home, relay, team):
    """Its trust policy may want a code younger than the session; the original would have asked for one."""
    team.furnish(home)
    home.run("locum", *WHO, profile="me", typed=f"{team.code()}\n", **MAKING)
    relay.calls.clear()
    relay.refuse["AssumeRole"] = ["AccessDenied"]
    done = home.run("locum", *WHO, profile="r1", typed=f"{team.code()}\n")
    assert done.returncode == 0 and ":assumed-role/" in done.stdout, done.stderr
    assert ["TokenCode" in parameters for operation, parameters in relay.calls if operation == "AssumeRole"] == [False, True]
    # Where sessions are made, another would be as young.
    relay.refuse["AssumeRole"] = ["AccessDenied"]
    done = home.run("locum", *WHO, profile="r2", typed=f"{team.code()}\n", **MAKING)
    assert done.returncode == 254 and "(AccessDenied) when calling the AssumeRole operation" in done.stderr


def test_whoami_tells_of_the_session_that_was_taken(home, relay, team):
    team.furnish(home)
    done = home.run("locum", "whoami", "--output", "json", "--profile", "me", "--token-code", team.code())
    first = json.loads(done.stdout)
    relay.refuse["GetCallerIdentity"] = ["ExpiredToken"]
    done = home.run("locum", "whoami", "--output", "json", "--profile", "me", "--token-code", team.code())
    told = json.loads(done.stdout)
    [kept] = sessions(home)
    assert told["accessKeyId"] == json.loads(kept.read_text())["AccessKeyId"] != first["accessKeyId"], done.stderr
    assert told["expiration"] == json.loads(kept.read_text())["Expiration"]


def test_a_good_session_outlives_a_role_that_is_over(home, relay, team):
    team.furnish(home)
    role = f"[profile top]\nrole_arn = {team.roles[0].arn}\nsource_profile = me\n"
    home.config((home.path / ".aws/config").read_text() + role)
    home.run("locum", *WHO, profile="me", typed=f"{team.code()}\n", **MAKING)
    [kept] = sessions(home)
    relay.refuse["GetCallerIdentity"] = ["ExpiredToken"]
    done = home.run("locum", *WHO, profile="top", **MAKING)
    assert done.returncode == 254 and "ExpiredToken" in done.stderr
    assert sessions(home) == [kept] and relay.count("GetSessionToken") == 1


def test_a_session_that_ends_is_made_anew(home, relay, team):
    team.furnish(home)
    home.run("locum", *WHO, profile="me", typed=f"{team.code()}\n", **MAKING)
    [kept] = sessions(home)
    # As if it had been made twelve hours ago.
    text = re.sub(r'"Expiration":"[^"]+"', f'"Expiration":"{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 600))}"', kept.read_text())
    kept.write_text(text)
    asked = home.run("locum", *WHO, profile="me", **MAKING)
    assert asked.returncode == 255 and "nobody answered" in asked.stderr
    done = home.run("locum", *WHO, profile="me", typed=f"{team.code()}\n", **MAKING)
    assert done.stdout.strip() == team.user.arn, done.stderr
    assert relay.count("GetSessionToken") == 2


def test_services_do_not_share_sessions(home, relay, server, team):
    team.furnish(home)
    home.run("locum", *WHO, profile="me", typed=f"{team.code()}\n", **MAKING)
    elsewhere = home.run("locum", *WHO, profile="me", AWS_ENDPOINT_URL=server.url, **MAKING)
    assert elsewhere.returncode == 255 and "nobody answered" in elsewhere.stderr
    # Nor do roles in the cache that is shared with the original.
    assert ":assumed-role/" in home.who("locum", "r0", **MAKING)
    [entry] = home.entries()
    elsewhere = home.run("locum", *WHO, profile="r0", AWS_ENDPOINT_URL=server.url, **MAKING)
    assert elsewhere.returncode == 255 and "nobody answered" in elsewhere.stderr
    assert home.entries() == [entry]


def test_whoever_is_killed_gives_way(home, relay, team):
    """The lock is the process's: what it left half done is done by the next."""
    team.furnish(home)
    reached, gate = threading.Event(), threading.Event()

    def hold(operation):
        if operation == "GetSessionToken" and not reached.is_set():
            reached.set()
            gate.wait(60)

    relay.hold = hold
    first = home.begin("locum", *WHO, profile="r0", stdin=subprocess.PIPE, **MAKING)
    first.stdin.write("000000\n")
    first.stdin.flush()
    assert reached.wait(60)
    second = home.begin("locum", *WHO, profile="r1", stdin=subprocess.PIPE, **MAKING)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    stdout, stderr = second.communicate(f"{team.code()}\n", timeout=120)
    gate.set()
    assert second.returncode == 0, stderr
    assert len(sessions(home)) == 1
    assert not list((home.path / ".local/state/locum/mfa-session").glob("*.tmp"))


def test_the_code_is_asked_for_hidden(home, relay, team):
    team.furnish(home, locum_mfa_session="true")
    screen = Screen(home, *WHO, "--profile", "me")
    screen.until(f"Enter MFA code for {team.serial}: ")
    screen.hidden()
    code = team.code()
    screen.type(f"{code}\n")
    stdout, stderr = screen.process.communicate(timeout=60)
    assert stdout.strip() == team.user.arn and stderr == ""
    assert code not in screen.shown and screen.echoes()


def tool(home, body):
    path = home.path / "codes"
    path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
    path.chmod(0o700)
    return path


def test_a_program_prints_the_code(home, relay, team):
    team.furnish(home, mfa_process=f"{tool(home, f'print({team.code()!r})')} 'a b'")
    assert home.who("locum", "me", **MAKING) == team.user.arn
    assert ":assumed-role/" in home.who("locum", "r3", **MAKING)
    assert relay.count("GetSessionToken") == 1


def test_a_program_that_prints_something_else_is_not_quoted(home, relay, team):
    for body, complaint in [
        ("print('JBSWY3DPEHPK3PXP')", "did not print six digits"),
        ("sys.exit('+ oathtool JBSWY3DPEHPK3PXP')", "the program for MFA codes failed; run it by hand"),
    ]:
        team.furnish(home, mfa_process=tool(home, body))
        done = home.run("locum", *WHO, profile="r0", **MAKING)
        assert done.returncode == 255 and complaint in done.stderr
        assert "JBSWY" not in done.stderr
    (home.path / ".aws/config").chmod(0o666)
    done = home.run("locum", *WHO, profile="r0", **MAKING)
    assert done.returncode == 255 and "The setting mfa_process of" in done.stderr
    assert relay.calls == []


def test_nothing_is_kept_for_whoever_wants_that(home, relay, team):
    team.furnish(home, locum_mfa_session="true", locum_vault="none")
    for _ in range(2):
        done = home.run("locum", *WHO, profile="me", typed=f"{team.code()}\n")
        assert done.stdout.strip() == team.user.arn, done.stderr
    assert sessions(home) == [] and relay.count("GetSessionToken") == 2
    done = home.run("locum", *WHO, profile="me", LOCUM_VAULT="paper")
    assert done.returncode == 255 and "LOCUM_VAULT is paper; it can be" in done.stderr


def handed_out(home, *words, profile="me", typed=None, **variables):
    done = home.run("locum", "env", "--format", "json", *words, profile=profile, typed=typed, **variables)
    return done, done.returncode == 0 and json.loads(done.stdout)["AWS_ACCESS_KEY_ID"]


def test_commands_of_our_own_make_a_session(home, relay, team):
    team.furnish(home)
    done, key = handed_out(home, "--token-code", team.code())
    assert key and key.startswith("ASIA"), done.stderr
    # Who needs it next, for the keys or for a role, is not asked; nor is a code that is given taken.
    assert handed_out(home)[1] == key
    done, role = handed_out(home, profile="r2")
    assert role and role != key, done.stderr
    assert relay.count("GetSessionToken") == 1
    done, plain = handed_out(home, LOCUM_MFA_SESSION="false")
    assert plain == team.user.caller.access_key_id, done.stderr


def test_a_code_from_standard_input_or_a_program_of_the_command_line(home, relay, team):
    team.furnish(home, mfa_process="/nonexistent/program")
    done, key = handed_out(home, "--token-code", "-", typed=f"{team.code()}\n")
    assert key, done.stderr
    assert home.run("locum", "keys", "forget").returncode == 0
    # The one of the command line stands before the profile's.
    done, again = handed_out(home, "--mfa-process", tool(home, f"print({team.code()!r})"))
    assert again and again != key, done.stderr
    assert relay.count("GetSessionToken") == 2


@pytest.mark.parametrize(("code", "typed", "status"), [("12345", None, 2), ("-", "soon\n", 1), ("-", "", 1)])
def test_what_is_no_code_is_not_sent(home, relay, team, code, typed, status):
    team.furnish(home)
    done, _ = handed_out(home, "--token-code", code, typed=typed)
    assert done.returncode == status and "six digits" in done.stderr
    assert relay.calls == [] and "soon" not in done.stderr


@pytest.mark.parametrize("command", [("env", "--format", "json"), ("export",)], ids=" ".join)
def test_an_interrupt_leaves_the_terminal_as_it_was(home, team, command):
    team.furnish(home)
    screen = Screen(home, *command, "--profile", "me")
    screen.until("Enter MFA code")
    screen.hidden()
    screen.process.send_signal(signal.SIGINT)
    assert screen.process.wait(timeout=20) == 130
    assert screen.echoes() and sessions(home) == []
