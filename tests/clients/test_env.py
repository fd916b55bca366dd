"""`locum env`: credentials as shells and programs read them. How values are quoted is tried in real shells by the unit tests."""

import json
import shutil
import subprocess
import sys

import pytest

from commands import PROGRAMS
from differential.recorder import Authority
from handing_out import WHO, Household, printed_by
from server import BINARY, REGION
from terminals import Terminal

TEAM = ("env", "--profile", "team")
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SHOW = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"


@pytest.fixture(scope="module")
def household(root):
    return Household(root)


@pytest.fixture
def home(household, tmp_path):
    return household.furnish(tmp_path)


SHELLS = {
    "bash": ("sh", 'eval "$(locum env --profile team)"'),
    "dash": ("sh", 'eval "$(locum env --profile team)"'),
    "zsh": ("zsh", 'eval "$(locum env --profile team)"'),
    "fish": ("fish", "locum env --profile team | source"),
    "pwsh": ("powershell", "locum env --profile team | Out-String | Invoke-Expression"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_takes_them_and_gives_them_back(home, household, shell):
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    name, line = SHELLS[shell]
    unset = line.replace("--profile team", "--unset")
    text = f"{line}\n{BINARY} {' '.join(WHO)}\n{SHOW}\n{unset}\n{SHOW}\n".replace("locum env", f"{BINARY} env --format {name}")
    inherited = {"AWS_PROFILE": "nonexistent", "AWS_SECURITY_TOKEN": "old", "AWS_ACCOUNT_ID": "0"}
    done = home.run("-c", text, program=shutil.which(shell), **inherited)
    # A profile that does not exist is asked for no more.
    assert done.returncode == 0, done.stderr
    who, shown, left = done.stdout.splitlines()
    shown, left = json.loads(shown), json.loads(left)
    assert who == household.arn
    assert all(shown[key] for key in KEYS) and shown["AWS_REGION"] == shown["AWS_DEFAULT_REGION"] == REGION
    assert shown["AWS_CREDENTIAL_EXPIRATION"].endswith("Z") and shown["AWS_ENDPOINT_URL_STS"] == household.server.url
    assert not {"AWS_PROFILE", "AWS_SECURITY_TOKEN"} & shown.keys() and shown.get("AWS_ACCOUNT_ID") != "0"
    surroundings = {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_PAGER"}
    assert {name for name in left if name.startswith("AWS_")} == surroundings


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish here")
def test_universal_variables_of_fish_are_left_to_their_owner(home):
    """They are those of every session: removing one is for good."""
    fish = {"program": shutil.which("fish"), "XDG_CONFIG_HOME": home.path / "config"}
    assert home.run("-c", f"set -Ux AWS_PROFILE nonexistent; set -Ux AWS_REGION {REGION}", **fish).returncode == 0
    line = f"{BINARY} env --profile team --format fish | source; {BINARY} env --unset --format fish | source"
    done = home.run("-c", line, **fish, AWS_PROFILE="inherited")
    for name in ("AWS_PROFILE", "AWS_REGION"):
        assert f"{name} is a universal variable and stays; this removes it: set -eU {name}\n" in done.stderr
    assert done.stderr.count("\n") == 2
    assert home.run("-c", "echo $AWS_PROFILE $AWS_REGION", **fish).stdout == f"nonexistent {REGION}\n"


def test_help_is_a_name_like_any_other(home):
    """A shell that runs what is printed must not run the page."""
    done = home.run("env", "--profile", "help")
    assert done.returncode == 1 and done.stdout == "" and "The config profile (help) could not be found" in done.stderr
    assert home.run("env", "help").stdout == home.run("env", "--profile", "p", "-h").stdout


def test_what_a_program_says_is_one_line_of_ours(home):
    tool = home.path / "tool.py"
    tool.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('no\\nlocum: all is well\\t.')\n")
    tool.chmod(0o700)
    home.write("config", f"[profile odd]\ncredential_process = {tool}\n", more=True)
    done = home.run("env", "--profile", "odd")
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and r"no\nlocum: all is well\t." in done.stderr, done.stderr


def test_the_format_is_that_of_the_shell(home):
    for shell, start in [("/bin/bash", "unset "), ("/usr/bin/fish", "set -eg "), ("/usr/bin/pwsh", "Remove-Item Env:")]:
        assert home.run(*TEAM, SHELL=shell).stdout.startswith(start)
    unknown = home.run(*TEAM, SHELL="/bin/tcsh")
    assert unknown.returncode == 2 and "say --format" in unknown.stderr
    assert home.run(*TEAM, "--format", "cmd").stdout.splitlines()[0] == 'set "AWS_SECURITY_TOKEN="'


def test_lines_of_cmd_are_lines_on_a_terminal(home):
    terminal = Terminal(BINARY, *TEAM, "--format", "cmd", env=home.environment(), cwd=home.path)
    shown, status = terminal.rest()
    assert status == 0 and 'set "AWS_SECURITY_TOKEN="\r' in shown and "\\x" not in shown, shown


def test_what_stays_is_told(home):
    for name, told in [("json", True), ("dotenv", True), ("sh", False), ("process", False)]:
        done = home.run(*TEAM, "--format", name, AWS_PROFILE="alice", AWS_ROLE_ARN="x")
        assert done.returncode == 0 and ("contradicting these wherever they are: AWS_PROFILE, AWS_ROLE_ARN\n" in done.stderr) == told
        assert done.stderr.count("\n") == told


def test_certificates_are_found_from_everywhere(home):
    """The shell goes on to other directories, and a file of variables is read in others."""
    bundle = Authority(home.path).bundle.rename(home.path / "ca.pem")
    for words in (("--ca-bundle", "ca.pem"), ("--ca-bundle", bundle)):
        assert printed_by(home.run(*TEAM, *words, "--format", "json"))["AWS_CA_BUNDLE"] == str(bundle)
    assert printed_by(home.run(*TEAM, "--format", "json", AWS_CA_BUNDLE="ca.pem"))["AWS_CA_BUNDLE"] == str(bundle)


def test_files_of_variables(home, household):
    variables = printed_by(home.run(*TEAM, "--format", "json"))
    lines = home.run(*TEAM, "--format", "dotenv").stdout.splitlines()
    assert dict(line.split("=", 1) for line in lines) == variables
    assert set(KEYS) < variables.keys()
    done = home.run(*WHO, **variables, AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")
    assert done.stdout.strip() == household.arn


@pytest.mark.parametrize("program", ["locum", "v1", "v2"])
def test_a_credential_process(home, household, program):
    home.write(
        "config",
        f"[profile other]\ncredential_process = {BINARY} env --format process --profile team\nregion = {REGION}\n",
        more=True,
    )
    done = home.run(*WHO, "--profile", "other", "--endpoint-url", household.server.url, program=PROGRAMS[program])
    assert done.stdout.strip() == household.arn, done.stderr
    printed = printed_by(home.run(*TEAM, "--format", "process"))
    assert printed["Version"] == 1 and printed.keys() >= {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}


def test_a_process_that_leads_to_itself_ends(home):
    home.write("config", f"[profile loop]\ncredential_process = {BINARY} env --format process --profile loop\n", more=True)
    done = home.run("env", "--profile", "loop")
    assert done.returncode == 1 and "leads to itself" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("secret", ["a\nAWS_PROFILE=evil", "a\u001b[2J", "a\rb", "a\u009bb"])
def test_control_characters_break_nothing(home, secret):
    answer = {"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": secret, "SessionToken": "t"}
    tool = home.path / "tool.py"
    tool.write_text(f"#!{sys.executable}\nprint({json.dumps(answer)!r})\n")
    tool.chmod(0o700)
    home.write("config", f"[profile odd]\ncredential_process = {tool}\n", more=True)
    for name in ("sh", "fish", "powershell", "cmd", "dotenv"):
        done = home.run("env", "--profile", "odd", "--format", name)
        assert done.returncode == 1 and done.stdout == "" and "AWS_SECRET_ACCESS_KEY" in done.stderr, (name, done)
        assert secret not in done.stderr
    assert printed_by(home.run("env", "--profile", "odd", "--format", "json"))["AWS_SECRET_ACCESS_KEY"] == secret


def test_quotes_in_a_value_run_nothing(home):
    answer = {"Version": 1, "AccessKeyId": "A'; touch broken; '", "SecretAccessKey": "$(touch broken)`touch broken`", "SessionToken": '"\\'}
    tool = home.path / "tool.py"
    tool.write_text(f"#!{sys.executable}\nprint({json.dumps(answer)!r})\n")
    tool.chmod(0o700)
    home.write("config", f"[profile odd]\ncredential_process = {tool}\n", more=True)
    line = f'eval "$({BINARY} env --profile odd)"; {SHOW}'
    shown = printed_by(home.run("-c", line, program="/bin/bash"))
    assert [shown[key] for key in KEYS] == [answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]]
    assert not (home.path / "broken").exists()
    for name in ("dotenv", "cmd"):
        done = home.run("env", "--profile", "odd", "--format", name)
        assert (done.returncode == 1 and done.stdout == "") or name == "cmd" and '"\\"' not in done.stdout


def test_a_person_is_told_what_to_do(home):
    terminal = Terminal(BINARY, *TEAM, env=home.environment(), cwd=home.path)
    shown, status = terminal.rest()
    assert status == 0 and 'eval "$(locum env)"' in shown and "export AWS_ACCESS_KEY_ID='ASIA" in shown
    assert home.run(*TEAM).stderr == ""


def test_mistakes(home):
    for words, status in [
        (("env", "--format", "yaml"), 2),
        (("env", "--format", "json", "--unset"), 2),
        (("env", "surplus"), 2),
        (("env", "--external-id", "x"), 2),
        (("env", "--profile", "nobody"), 1),
        (("env",), 1),
    ]:
        done = home.run(*words)
        assert (done.returncode, done.stdout) == (status, ""), words
        assert done.stderr.startswith("locum: ") and done.stderr.count("\n") == 1
    page = home.run("env", "--help")
    assert page.returncode == 0 and "  --profile <name>" in page.stdout


def test_nobody_reads(home):
    """A pipe that is closed is no failure of the credentials."""
    done = subprocess.run(
        ["/bin/bash", "-c", f"{BINARY} env --profile team | true; echo ${{PIPESTATUS[0]}}"],
        env=home.environment(), cwd=home.path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "0\n" and done.stderr == ""
