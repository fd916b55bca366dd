"""Long-term keys in the vault: put there, found by `locum`, by `aws` and by boto3, and taken out of plain text."""

import json
import os
import re
import shutil
import stat
import subprocess

import pytest

from homes import WHO, Home, Screen
from server import BINARY, run_locum
from world import allow, make_user


@pytest.fixture
def home(tmp_path, server):
    return Home(tmp_path, server)


@pytest.fixture(scope="module")
def alice(root):
    return make_user(root, allow("*"))


@pytest.fixture
def path(tmp_path):
    """`locum` by its name, as a `credential_process` calls it."""
    directory = tmp_path / "bin"
    directory.mkdir()
    (directory / "locum").symlink_to(BINARY)
    return f"{directory}:/usr/local/bin:/usr/bin:/bin"


def as_json(user):
    return json.dumps(
        {"AccessKey": {"UserName": user.name, "AccessKeyId": user.caller.access_key_id, "SecretAccessKey": user.caller.secret_access_key}}
    )


def secrets(home):
    """Every file below the home directory that holds the text."""

    def holding(text):
        return sorted(
            str(path.relative_to(home.path))
            for path in home.path.rglob("*")
            if path.is_file() and not path.is_symlink() and text in path.read_text(errors="replace")
        )

    return holding


def test_keys_come_as_iam_prints_them(home, alice, account, path):
    added = home.run("locum", "keys", "add", "alice", "--write-config", typed=as_json(alice))
    assert (added.returncode, added.stdout) == (0, ""), added.stderr
    assert (home.path / ".aws/config").read_text() == "[profile alice]\ncredential_process = locum keys get alice\n"
    assert stat.S_IMODE((home.path / ".aws/config").stat().st_mode) == 0o600
    got = json.loads(home.run("locum", "keys", "get", "alice").stdout)
    assert got == {
        "Version": 1,
        "AccessKeyId": alice.caller.access_key_id,
        "SecretAccessKey": alice.caller.secret_access_key,
        "AccountId": account,
    }
    [kept] = secrets(home)(alice.caller.secret_access_key)
    assert kept == ".local/state/locum/keys/alice.secret"
    assert stat.S_IMODE((home.path / kept).stat().st_mode) == 0o600
    for program in ("locum", "v1"):
        assert home.who(program, "alice", PATH=path) == alice.arn
    listed = home.run("locum", "keys", "list")
    assert re.fullmatch(
        rf"NAME +ACCESS KEY ID +ACCOUNT +SINCE\nalice +{alice.caller.access_key_id} +{account} +20\d\d-\d\d-\d\dT[\d:]+Z\n", listed.stdout
    )
    assert alice.caller.secret_access_key not in added.stderr + listed.stdout + listed.stderr
    removed = home.run("locum", "keys", "remove", "alice")
    assert removed.returncode == 0
    assert removed.stderr == "locum: the profile alice still has credential_process = locum keys get alice: take that line out\n"
    assert secrets(home)(alice.caller.secret_access_key) == []
    gone = home.run("locum", "keys", "get", "alice")
    assert gone.returncode == 1 and gone.stdout == ""
    assert gone.stderr == "locum: no keys are kept under the name alice; `locum keys list` shows those that are\n"


CREDENTIALS = """\
# mine
[other]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI

[alice]
; the keys of the build
aws_access_key_id = {caller.access_key_id}
region=eu-west-1
aws_secret_access_key={caller.secret_access_key}
[last]
aws_access_key_id = x"""


def test_keys_move_out_of_the_credentials_file(home, alice, path):
    text = CREDENTIALS.format(caller=alice.caller)
    home.write("credentials", text)
    # A file that is a link stays one.
    (home.path / ".aws/credentials").rename(home.path / "real")
    (home.path / ".aws/credentials").symlink_to(home.path / "real")
    home.config("[default]\nregion = us-east-1\n[profile alice]\noutput = json\n")
    done = home.run("locum", "keys", "add", "build", "--from-profile", "alice", "--write-config")
    assert done.returncode == 0, done.stderr
    left = [line for line in text.splitlines(keepends=True) if alice.caller.access_key_id not in line and alice.caller.secret_access_key not in line]
    assert (home.path / "real").read_bytes() == "".join(left).encode()
    assert (home.path / ".aws/credentials").is_symlink()
    assert (home.path / ".aws/config").read_text() == (
        "[default]\nregion = us-east-1\n[profile alice]\ncredential_process = locum keys get build\noutput = json\n"
    )
    assert secrets(home)(alice.caller.secret_access_key) == [".local/state/locum/keys/build.secret"]
    for program in ("locum", "v1"):
        assert home.who(program, "alice", PATH=path) == alice.arn


@pytest.mark.parametrize(
    ("credentials", "config", "words", "sentence"),
    [
        ("", "", ("--from-profile", "nobody"), "the credentials file has no keys for the profile nobody"),
        (
            "[p]\naws_access_key_id=ASIAIOSFODNN7EXAMPLE\naws_secret_access_key=s\naws_session_token=t\n",
            "",
            ("--from-profile", "p"),
            "these are temporary credentials",
        ),
        (
            "[p]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=s\n",
            "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/r\nsource_profile=p\n",
            ("--from-profile", "p"),
            "the profile p assumes a role",
        ),
        (
            "[p]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=s\n",
            "[profile p]\ncredential_process = /opt/other --password hush\n",
            ("--from-profile", "p", "--write-config"),
            "the profile p has a credential_process already: /opt/other\n",
        ),
        (
            "[k]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=s\n",
            "",
            ("--write-config",),
            "the profile k has keys in the credentials file",
        ),
        ("nonsense", "", (), "Unable to parse config file"),
    ],
)
def test_what_cannot_be_done_changes_nothing(home, credentials, config, words, sentence):
    home.write("credentials", credentials)
    home.config(config)
    done = home.run("locum", "keys", "add", "k", *words, typed='{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s"}')
    assert done.returncode == 1 and sentence in done.stderr, done.stderr
    assert done.stderr.startswith("locum: ") and done.stderr.count("\n") == 1
    assert (home.path / ".aws/credentials").read_text() == credentials
    assert (home.path / ".aws/config").read_text() == config
    assert not (home.path / ".local").exists()


def test_profiles_move_at_once_and_none_is_lost(home):
    """Each command changes both files; what another wrote meanwhile stays."""
    names = [f"p{number}" for number in range(8)]
    head = "# mine\n"
    home.write("credentials", head + "".join(f"[{name}]\naws_access_key_id = AKIAIOSFODNN7EXAMPL{name[1]}\naws_secret_access_key = secret-{name}\n" for name in names))
    home.config("# of all\n")
    for process in [home.begin("locum", "keys", "add", name, "--from-profile", name, "--write-config") for name in names]:
        _, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, stderr
    assert (home.path / ".aws/credentials").read_text() == head + "".join(f"[{name}]\n" for name in names)
    config = (home.path / ".aws/config").read_text()
    assert config.startswith("# of all\n")
    for name in names:
        assert config.count(f"[profile {name}]\ncredential_process = locum keys get {name}\n") == 1
        assert json.loads(home.run("locum", "keys", "get", name).stdout)["SecretAccessKey"] == f"secret-{name}"


def test_keys_stay_in_their_file_if_the_line_cannot_be_written(home, alice):
    home.write("credentials", text := CREDENTIALS.format(caller=alice.caller))
    done = home.run("locum", "keys", "add", "build", "--from-profile", "alice", "--write-config", AWS_CONFIG_FILE="/dev/null/x")
    assert done.returncode == 1 and "cannot change /dev/null/x" in done.stderr and "no file is changed" in done.stderr
    assert (home.path / ".aws/credentials").read_text() == text
    done = home.run("locum", "keys", "add", "build", "--from-profile", "alice", "--write-config")
    assert done.returncode == 0, done.stderr
    assert alice.caller.secret_access_key not in (home.path / ".aws/credentials").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can do harm here")
def test_a_device_stays_one(home, alice):
    """`AWS_CONFIG_FILE=/dev/null` is how people say that there is no such file."""
    null = home.path / "null"
    os.mknod(null, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    done = home.run("locum", "keys", "add", "k", "--write-config", typed=as_json(alice), AWS_CONFIG_FILE=null)
    assert done.returncode == 1 and f"cannot change {null}: it is no file; no keys are kept" in done.stderr, done.stderr
    assert stat.S_ISCHR(null.stat().st_mode) and home.run("locum", "keys", "get", "k").returncode == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can do harm here")
def test_a_file_of_somebody_else_stays_theirs(home, alice):
    """As with `sudo` and the HOME of the user."""
    for words in (("--write-config",), ("--from-profile", "alice")):
        home.write("credentials", text := CREDENTIALS.format(caller=alice.caller))
        home.config("[default]\n")
        for name in ("config", "credentials"):
            os.chown(home.path / ".aws" / name, 65534, 65534)
        done = home.run("locum", "keys", "add", "k", *words, typed=as_json(alice))
        assert done.returncode == 1 and "it belongs to another user (65534); run this as that one, or change it by hand; no keys are kept, and no file is changed" in done.stderr, done.stderr
        assert (home.path / ".aws/credentials").read_text() == text and (home.path / ".aws/credentials").stat().st_uid == 65534
        assert home.run("locum", "keys", "get", "k").returncode == 1


@pytest.mark.parametrize("vault", ["file", "none"])
def test_whoever_runs_the_line_finds_the_keys(home, alice, vault):
    """It stands in the configuration of others, whose profile in force says nothing of where these keys are."""
    assert home.run("locum", "keys", "add", "k", typed=as_json(alice)).returncode == 0
    home.config(f"[profile other]\nlocum_vault = {vault}\n")
    for profile in ("other", "nobody"):
        done = home.run("locum", "keys", "get", "k", AWS_PROFILE=profile)
        assert done.returncode == 0, done.stderr
    home.config("nonsense")
    assert home.run("locum", "keys", "get", "k").returncode == 0
    assert home.run("locum", "keys", "get", "k", LOCUM_VAULT="none").returncode == 1


def test_a_name_is_not_taken_twice(home, alice, admin):
    assert home.run("locum", "keys", "add", "k", typed=as_json(alice)).returncode == 0
    again = home.run("locum", "keys", "add", "k", typed=as_json(admin))
    assert again.returncode == 1 and "there are keys under the name k already" in again.stderr
    assert home.run("locum", "keys", "add", "k", "--replace", typed=as_json(admin)).returncode == 0
    assert json.loads(home.run("locum", "keys", "get", "k").stdout)["AccessKeyId"] == admin.caller.access_key_id


def test_nothing_of_what_was_given_is_quoted(home):
    for typed in ("wJalrXUtnFEMI", '{"AccessKeyId": "wJalrXUtnFEMI", "SecretAccessKey": "wJalrXUtnFEMI"}', '["wJalrXUtnFEMI"]'):
        done = home.run("locum", "keys", "add", "k", typed=typed)
        assert done.returncode == 1 and "wJalr" not in done.stderr + done.stdout


def test_keys_are_typed_hidden(home, alice):
    screen = Screen(home, "keys", "add", "typed", on_stdin=True)
    screen.until("Access key id: ")
    screen.type(f"{alice.caller.access_key_id}\n")
    screen.until("Secret access key: ")
    screen.hidden()
    screen.type(f"{alice.caller.secret_access_key}\n")
    stdout, stderr = screen.process.communicate(timeout=60)
    assert screen.process.returncode == 0 and stdout == "", stderr
    assert "credential_process = locum keys get typed" in stderr
    assert alice.caller.secret_access_key not in screen.shown + stderr and screen.echoes()
    assert json.loads(home.run("locum", "keys", "get", "typed").stdout)["SecretAccessKey"] == alice.caller.secret_access_key


def test_usage(tmp_path):
    for words, code in [((), 2), (("add",), 2), (("get", "a;b"), 2), (("list", "x"), 2), (("help",), 0), (("get", "--help"), 0)]:
        done = run_locum("keys", *words, home=tmp_path)
        assert done.returncode == code, (words, done.stderr)
        assert ("USAGE" in done.stdout) == (code == 0)


def test_what_others_could_have_put_there_is_not_given(home, alice):
    home.run("locum", "keys", "add", "k", typed=as_json(alice))
    (home.path / ".local/state/locum/keys/k.secret").chmod(0o666)
    done = home.run("locum", "keys", "get", "k")
    assert done.returncode == 1 and done.stdout == "" and "not a file of one's own" in done.stderr
    (home.path / ".local/state/locum/keys/k.secret").chmod(0o644)
    done = home.run("locum", "keys", "get", "k")
    assert done.returncode == 1 and done.stdout == "" and "others can read it" in done.stderr
    (home.path / ".local/state/locum/keys/k.secret").chmod(0o600)
    (home.path / ".local/state/locum/keys").chmod(0o777)
    done = home.run("locum", "keys", "get", "k")
    assert done.returncode == 1 and done.stdout == "" and "others can write its directory" in done.stderr
    (home.path / ".local/state/locum/keys").chmod(0o700)
    assert home.run("locum", "keys", "get", "k").returncode == 0


def test_a_vault_that_keeps_nothing_takes_no_keys(home, alice):
    home.write("credentials", text := CREDENTIALS.format(caller=alice.caller))
    done = home.run("locum", "keys", "add", "k", "--from-profile", "alice", LOCUM_VAULT="none")
    assert done.returncode == 1 and done.stderr == "locum: LOCUM_VAULT=none keeps nothing\n"
    assert (home.path / ".aws/credentials").read_text() == text


def test_a_forgotten_session_is_asked_for_again(home):
    directory = home.path / ".local/state/locum/mfa-session"
    directory.mkdir(parents=True)
    (directory / f"{'0' * 64}.secret").write_text("{}")
    assert home.run("locum", "keys", "forget").returncode == 0
    assert list(directory.glob("*.secret")) == []
    # One that cannot be forgotten keeps no other.
    (directory / f"{'1' * 64}.secret").mkdir()
    (directory / f"{'2' * 64}.secret").write_text("{}")
    failed = home.run("locum", "keys", "forget")
    assert failed.returncode == 1 and f"{'1' * 64}.secret cannot be removed" in failed.stderr, failed.stderr
    assert not (directory / f"{'2' * 64}.secret").exists()


def test_a_file_that_is_mounted_by_itself_is_written_over(home, alice, tmp_path):
    """As an engine of containers mounts it: it keeps its name, and no other file can have it."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode != 0:
        pytest.skip("this system lets nobody mount")
    kept = tmp_path / "kept"
    kept.write_text("[default]\nregion = eu-west-1\n")
    home.config("")
    script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", kept, home.path / ".aws/config", BINARY, "keys", "add", "alice", "--write-config"],
        input=as_json(alice),
        env=home.environment(),
        cwd=home.path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert kept.read_text() == "[default]\nregion = eu-west-1\n\n[profile alice]\ncredential_process = locum keys get alice\n"
    assert (home.path / ".aws/config").read_text() == ""
    assert [path.name for path in (home.path / ".aws").glob(".config*")] == []
