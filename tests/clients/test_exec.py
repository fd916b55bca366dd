"""`locum exec`: a command with credentials, in its place or watched over."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request

import pytest

from commands import PROGRAMS
from handing_out import WHO, Household, ignored, printed_by
from server import BINARY, REGION
from terminals import Terminal
from test_credential_chain import Protected

TEAM = ("exec", "--profile", "team")
REFRESH = (*TEAM, "--refresh")
SHOW = (sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))")
ENDPOINT = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"


@pytest.fixture(scope="module")
def household(root):
    return Household(root)


@pytest.fixture
def home(household, tmp_path):
    return household.furnish(tmp_path)


def script(text):
    return (sys.executable, "-c", textwrap.dedent(text))


def where(program, household):
    """Debian's version 2 is older than variables for endpoints."""
    return ("--endpoint-url", household.server.url) if program == "v2" else ()


CONFLICTS = {
    "AWS_PROFILE": "team",
    "AWS_DEFAULT_PROFILE": "team",
    "AWS_SECURITY_TOKEN": "old",
    "AWS_CREDENTIAL_EXPIRATION": "2001-01-01T00:00:00Z",
    "AWS_ACCOUNT_ID": "000000000000",
    "AWS_ROLE_ARN": "arn:aws:iam::1:role/x",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "old",
}


def test_the_command_is_the_role(home, household):
    """Every client finds the credentials, the region and the service, with nothing else to go by."""
    for program in ("locum", "v1", "v2"):
        done = home.run(*TEAM, "--", PROGRAMS[program], *WHO, *where(program, household), AWS_PROFILE="team")
        assert done.stdout.strip() == household.arn, (program, done.stderr)


def test_the_environment_holds_what_is_needed_and_nothing_else(home, household):
    shown = printed_by(home.run(*TEAM, "--", *SHOW, KEPT="x", **CONFLICTS))
    ours = {name: value for name, value in shown.items() if name.startswith(("AWS_", "LOCUM_"))}
    before = home.environment()
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_PAGER"):
        assert ours.pop(name) == before[name]
    assert ours.pop("AWS_ACCESS_KEY_ID").startswith("ASIA")
    assert ours.pop("AWS_SECRET_ACCESS_KEY") and ours.pop("AWS_SESSION_TOKEN")
    assert ours.pop("AWS_CREDENTIAL_EXPIRATION") > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    assert ours.pop("AWS_ACCOUNT_ID", household.user.arn.split(":")[4]) == household.user.arn.split(":")[4]
    url = household.server.url
    assert ours == {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_ENDPOINT_URL_STS": url,
        "LOCUM_EXEC": "team",
    }
    assert shown["KEPT"] == "x"


ENDPOINTS = "AWS_ENDPOINT_URL", "AWS_USE_", "AWS_IGNORE_"


def test_the_profile_s_endpoints_and_not_those_of_default(home, household):
    url = household.server.url
    home.write("config", "[default]\nendpoint_url = http://127.0.0.1:9\n[profile keys]\noutput = json\n", more=True)
    home.write("credentials", home.keys("keys"), more=True)

    def shown(*words, **variables):
        done = home.run("exec", *words, "--", *SHOW, **variables)
        found = {name: value for name, value in printed_by(done).items() if name.startswith(ENDPOINTS)}
        return found, done.stderr.count("\n")

    ignore = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    assert shown("--profile", "keys") == (ignore, 0)
    assert shown("--profile", "team") == ({"AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_STS": url}, 0)
    heard = {"AWS_ENDPOINT_URL_STS": url, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}
    assert shown("--profile", "keys", "--endpoint-url", url, **ignore, AWS_ENDPOINT_URL_S3="http://s3") == (heard, 1)
    # The command asks the service that was named.
    words = ("exec", "--profile", "team", "--endpoint-url", url, "--", PROGRAMS["v1"], *WHO)
    assert home.run(*words, **ignore).stdout.strip() == household.arn
    home.write("config", "[profile s3]\nservices = s\n[services s]\ns3 =\n  endpoint_url = http://s3\n")
    home.write("credentials", home.keys("s3"), more=True)
    assert shown("--profile", "s3") == ({"AWS_ENDPOINT_URL_S3": "http://s3"}, 0)
    home.write("config", "[profile s3]\nuse_fips_endpoint = true\n")
    assert shown("--profile", "s3") == ({"AWS_USE_FIPS_ENDPOINT": "true"}, 0)


def test_a_role_on_top(home, household):
    done = home.run(
        "exec", "--profile", "alice", "--role", household.role.arn, "--role-session-name", "me",
        "--endpoint-url", household.server.url, "--", BINARY, *WHO,
    )  # fmt: skip
    assert done.stdout.strip() == household.arn, done.stderr


def test_the_command_takes_our_place(home):
    """The same process, so whatever is done to it is done to the command."""
    process = home.begin(*TEAM, "--", "/bin/sh", "-c", "echo $$; exec sleep 600")
    assert int(process.stdout.readline()) == process.pid
    process.terminate()
    assert process.wait(timeout=20) == -signal.SIGTERM
    assert home.run(*TEAM, "--", "/bin/sh", "-c", "exit 37").returncode == 37


@pytest.mark.parametrize("way", [TEAM, REFRESH])
def test_what_cannot_be_run(home, way):
    missing = home.run(*way, "--", "no-such-command")
    assert missing.returncode == 127 and "cannot run no-such-command" in missing.stderr
    assert home.run(*way, "--", home.path).returncode == 126
    plain = home.path / "plain"
    plain.write_text("x")
    assert home.run(*way, "--", plain).returncode == 126


@pytest.mark.parametrize("way", [(), ("--refresh",)])
def test_what_cannot_be_run_costs_no_code(home, way):
    asked = home.counting_program(3600)
    for program, status in [("no-such-command", 127), (home.path, 126)]:
        done = home.run("exec", "--profile", "counted", *way, "--", program)
        assert (done.returncode, asked()) == (status, 0), done.stderr
    assert home.run("exec", "--profile", "counted", *way, "--", "true").returncode == 0 and asked() == 1


def test_own_failures(home, household):
    for words, told in [
        (("exec", "aws", "s3", "ls"), "put -- before the command: locum exec [options] -- aws"),
        (("exec", "team", "--", "aws"), "locum exec --profile team -- ..."),
        (("exec", "--profile", "nobody", "--", "true"), "The config profile (nobody) could not be found"),
        (("exec", "--frobnicate", "--", "true"), "run `locum exec --help`"),
        (("exec", "--external-id", "x", "--", "true"), "--external-id needs --role"),
        (("exec", "--", "true"), "Unable to locate credentials"),
        (("exec", "--profile", "alice", "--refresh", "--", "true"), "long-term keys"),
    ]:
        done = home.run(*words)
        assert done.returncode == 125 and told in done.stderr, (words, done.stderr)
        assert done.stderr.startswith("locum: ") and done.stderr.count("\n") == 1 and done.stdout == ""
    page = home.run("exec", "--help")
    assert page.returncode == 0 and "locum exec [options] -- <command>" in page.stdout
    assert home.run(*TEAM, "--", "/bin/sh", "-c", 'echo "$1"', "-", "--help").stdout == "--help\n"


def test_one_inside_of_another(home, household):
    inner = (BINARY, *TEAM, "--", "true")
    refused = home.run(*TEAM, "--", *inner)
    assert refused.returncode == 125 and "--nested" in refused.stderr
    assert home.run(*TEAM, "--", BINARY, *TEAM, "--nested", "--", "true").returncode == 0


def test_the_shell_is_the_command_when_there_is_none(home):
    done = home.run(*TEAM, typed="echo $LOCUM_EXEC; exit 5\n")
    assert (done.stdout, done.returncode) == ("team\n", 5)
    assert done.stderr == "locum: starting /bin/sh; `exit` leaves it\n"


@pytest.mark.parametrize("words", [(), ("--refresh",)])
def test_no_shell_is_said_to_start_without_credentials(home, words):
    done = home.run("exec", *words)
    assert (done.stdout, done.returncode) == ("", 125)
    assert "Unable to locate credentials" in done.stderr and done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize("way", [TEAM, REFRESH])
def test_arguments_arrive_as_they_are_and_hold_no_secret(home, way):
    words = ["", "a b", "$HOME", "'\"", "x" * 100_000, "--"]
    show = script(
        """
        import json, os, sys
        read = lambda pid: open(f"/proc/{pid}/cmdline").read()
        secrets = [value for name, value in os.environ.items() if "SECRET" in name or "TOKEN" in name]
        seen = read("self") + read(os.getppid())
        print(json.dumps([sys.argv[1:], len(secrets), any(secret in seen for secret in secrets)]))
        """
    )
    arguments, secrets, seen = printed_by(home.run(*way, "--", *show, *words))
    assert arguments == words and secrets >= 1 and not seen


def test_debug_shows_no_secret(home):
    done = home.run(*TEAM, "--debug", "--", *SHOW)
    shown = printed_by(done)
    assert "credentials: assume-role: chosen" in done.stderr
    assert shown["AWS_SECRET_ACCESS_KEY"] not in done.stderr and shown["AWS_SESSION_TOKEN"] not in done.stderr


def test_refreshing_leaves_no_keys_but_a_way_to_them(home, household):
    shown = printed_by(home.run(*REFRESH, "--", *SHOW, **CONFLICTS))
    assert not any(name in shown for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"))
    assert shown[ENDPOINT].startswith("http://127.0.0.1:") and len(shown[TOKEN]) == 64
    assert shown["LOCUM_EXEC"] == "team"
    # It ends with the command.
    port = int(shown[ENDPOINT].rsplit(":", 1)[1].strip("/"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)


@pytest.mark.parametrize("program", ["locum", "v1", "v2", "boto3"])
def test_clients_use_the_endpoint(home, household, program):
    if program == "boto3":
        words = script("import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])")
    else:
        words = (PROGRAMS[program], *WHO, *where(program, household))
    done = home.run(*REFRESH, "--", *words)
    assert done.stdout.strip() == household.arn, done.stderr
    assert done.stderr == ""


def test_a_default_profile_does_not_win_over_the_endpoint(home, household):
    home.write("credentials", home.keys("default"), more=True)
    done = home.run(*REFRESH, "--", PROGRAMS["v1"], *WHO)
    assert done.stdout.strip() == household.arn, done.stderr
    assert "the command sees no credentials file" in done.stderr
    home.write("credentials", home.keys("alice"))
    home.write("config", "[default]\ncredential_process = false\n", more=True)
    done = home.run(*REFRESH, "--", PROGRAMS["locum"], *WHO)
    assert done.stdout.strip() == household.arn, done.stderr
    assert "the command sees no configuration files" in done.stderr


ASK = """
import json, os, sys, urllib.error, urllib.request

def ask():
    headers = {"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}
    request = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers=headers)
    try:
        return json.load(urllib.request.urlopen(request, timeout=60))
    except urllib.error.HTTPError as error:
        return [error.code, json.load(error)]
"""


def test_credentials_are_renewed_while_the_command_lives(home):
    """Sessions with less than ten seconds left are over on their way; the rest is for the unit tests and their clock."""
    asked = home.counting_program(9, 9, 3600)
    show = script(ASK + "print(json.dumps([ask()['AccessKeyId'] for _ in range(4)]))")
    assert printed_by(home.run("exec", "--profile", "counted", "--refresh", "--", *show)) == ["ASIA2", "ASIA3", "ASIA3", "ASIA3"]
    assert asked() == 3


def test_many_questions_are_one(home):
    asked = home.counting_program(9, 3600)
    show = script(
        ASK
        + "from concurrent.futures import ThreadPoolExecutor\n"
        + "print(json.dumps([found['AccessKeyId'] for found in ThreadPoolExecutor(20).map(lambda _: ask(), range(20))]))"
    )
    keys = printed_by(home.run("exec", "--profile", "counted", "--refresh", "--", *show))
    # Those that came while it was asked got the old ones, which are good for some seconds yet.
    assert set(keys) <= {"ASIA1", "ASIA2"} and "ASIA2" in keys
    assert asked() == 2


def test_old_credentials_stay_good_and_the_failure_is_told_once(home):
    asked = home.counting_program(9, None)
    show = script(ASK + "print(json.dumps([ask()['AccessKeyId'] for _ in range(3)]))")
    done = home.run("exec", "--profile", "counted", "--refresh", "--", *show)
    assert printed_by(done) == ["ASIA1"] * 3
    assert asked() == 2 and done.stderr.count("the vault is closed") == 1, done.stderr


def test_without_any_left_the_command_is_told(home):
    home.counting_program(3, None)
    show = script(ASK + "while isinstance(found := ask(), dict): pass\nprint(json.dumps(found))")
    done = home.run("exec", "--profile", "counted", "--refresh", "--", *show)
    status, body = printed_by(done)
    assert status == 500 and body["code"] == "CredentialsError" and "the vault is closed" in body["message"]


def test_strangers_get_nothing_from_the_endpoint(home):
    process = home.begin(*REFRESH, "--", *script("import os, sys; print(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], flush=True); sys.stdin.read()"), stdin=subprocess.PIPE)
    url = process.stdout.readline().strip()
    for headers in ({}, {"Authorization": "x" * 64}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30)
        assert refused.value.code == 401
    process.communicate(timeout=30)


LISTEN = """
import os, signal, sys
awaited = {getattr(signal, name) for name in sys.argv[1:]}
signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
print("ready", flush=True)
while True:
    print(signal.Signals(signal.sigwait(awaited)).name, flush=True)
"""


def test_signals_are_passed_on_once(home):
    names = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"]
    process = home.begin(*REFRESH, "--", *script(LISTEN), *names)
    assert process.stdout.readline() == "ready\n"
    for name in names:
        process.send_signal(getattr(signal, name))
        assert process.stdout.readline() == f"{name}\n"
    # What is not handled ends the command, and us with the status that shells know.
    process.send_signal(signal.SIGUSR1)
    assert process.stdout.readline() == "SIGUSR1\n"
    [child] = children(process.pid)
    os.kill(child, signal.SIGKILL)
    assert process.wait(timeout=20) == 128 + signal.SIGKILL
    assert process.stdout.read() == "", "nothing came twice"


@pytest.mark.parametrize("way", [TEAM, REFRESH])
def test_what_is_ignored_stays_ignored(home, way):
    """By `nohup`, or by a script that goes on whatever comes."""
    words = " ".join([BINARY, *way, "--", "/bin/sh", "-c", "'echo $$; exec sleep 600'"])
    process = home.begin("-c", f"trap '' HUP INT; exec {words}", program="/bin/sh")
    command = int(process.stdout.readline())
    assert {signal.SIGHUP, signal.SIGINT} <= ignored(command) & ignored(process.pid)
    os.kill(command, signal.SIGTERM)
    assert process.wait(timeout=20) in (-signal.SIGTERM, 128 + signal.SIGTERM)


def children(pid):
    return [int(word) for word in open(f"/proc/{pid}/task/{pid}/children").read().split()]


def test_exit_codes_pass_through_the_watch(home):
    assert home.run(*REFRESH, "--", "/bin/sh", "-c", "exit 37").returncode == 37
    assert home.run(*REFRESH, "--", "/bin/sh", "-c", "kill -TERM $$").returncode == 128 + signal.SIGTERM
    # Killed by an interrupt we die of it too, so that a script that runs us stops.
    assert home.run(*REFRESH, "--", "/bin/sh", "-c", "kill -INT $$").returncode == -signal.SIGINT


@pytest.mark.parametrize("way", [TEAM, REFRESH])
def test_an_interrupt_from_the_terminal_reaches_the_command_once(home, way):
    terminal = Terminal(BINARY, *way, "--", *script(LISTEN), "SIGINT", env=home.environment(), cwd=home.path)
    terminal.until("ready")
    for _ in range(2):
        terminal.type("\x03")
        terminal.until("SIGINT")
    terminal.type("\x1c")
    shown, status = terminal.rest()
    assert "SIGINT" not in shown and status == 128 + signal.SIGQUIT


@pytest.mark.parametrize("way", [TEAM, REFRESH])
def test_an_interrupt_stops_the_script_as_well(home, way):
    line = " ".join([BINARY, *way, "--", "/bin/sh", "-c", "'echo began; exec sleep 600'"])
    terminal = Terminal("/bin/bash", "-c", f"{line}; echo went on", env=home.environment(), cwd=home.path)
    terminal.until("began")
    terminal.type("\x03")
    shown, status = terminal.rest()
    assert "went on" not in shown and status == 130


def shell(home):
    terminal = Terminal("/bin/bash", "--norc", "--noprofile", "-i", env=home.environment(PS1="here> "), cwd=home.path)
    terminal.until("here> ")
    return terminal


@pytest.mark.parametrize("way", [TEAM, REFRESH])
def test_job_control(home, way):
    """Stopped, listed, put into the foreground again, interrupted."""
    terminal = shell(home)
    loop = """'echo beg""an; while read line; do echo "got <$line>"; done'"""
    terminal.type(" ".join([BINARY, *way, "--", "/bin/sh", "-c", loop]) + "\n")
    terminal.until("began")
    for _ in range(2):
        terminal.type("\x1a")
        terminal.until("Stopped")
        terminal.until("here> ")
        terminal.type("jobs\n")
        terminal.until("Stopped")
        terminal.until("here> ")
        terminal.type("fg\n")
        # It has the terminal when it answers.
        terminal.until("while read line")
        terminal.type("x\n")
        terminal.until("got <x>")
    terminal.type("\x03")
    terminal.until("here> ")
    terminal.type("echo status $?\n")
    terminal.until("status 130")
    terminal.type("exit\n")
    terminal.rest()


def test_a_shell_within_has_jobs_of_its_own(home):
    terminal = shell(home)
    terminal.type(f"{BINARY} {' '.join(REFRESH)} -- env PS1='inside> ' /bin/bash --norc --noprofile -i\n")
    terminal.until("inside> ")
    terminal.until("inside> ")
    terminal.type("/bin/sh -c 'echo beg\"\"an; exec sleep 600'\n")
    terminal.until("began")
    terminal.type("\x1a")
    terminal.until("Stopped")
    terminal.until("inside> ")
    terminal.type("kill %1; suspend\n")
    terminal.until("Stopped")
    terminal.until("here> ")
    terminal.type("fg\n")
    terminal.until("inside> ")
    terminal.type("echo $LOCUM_EXEC\n")
    terminal.until("team")
    terminal.type("exit 7\n")
    terminal.until("here> ")
    terminal.type("echo status $?\n")
    terminal.until("status 7")
    terminal.type("exit\n")
    terminal.rest()


def test_a_code_is_asked_for_before_the_command_has_the_terminal(home, root):
    protected = Protected(root)
    caller = protected.user.caller
    home.write("credentials", f"[me]\naws_access_key_id = {caller.access_key_id}\naws_secret_access_key = {caller.secret_access_key}\n")
    home.write(
        "config",
        f"[profile p]\nrole_arn = {protected.role.arn}\nsource_profile = me\nmfa_serial = {protected.serial}\n"
        f"endpoint_url = {root.server.url}\nregion = {REGION}\n",
    )
    terminal = Terminal(BINARY, "exec", "--profile", "p", "--refresh", "--", BINARY, *WHO, env=home.environment(), cwd=home.path)
    terminal.until(f"Enter MFA code for {protected.serial}: ")
    time.sleep(0.2)
    terminal.type(f"{protected.authenticator.code()}\n")
    shown, status = terminal.rest()
    assert status == 0 and f"assumed-role/{protected.role.name}/" in shown, shown
