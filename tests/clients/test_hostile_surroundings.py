"""`locum sts` where things go wrong around it: terminals, signals, pipes, disks, caches and configuration files.

None of it may hang, panic, leave a terminal changed, or say that it succeeded when it did not.
"""

import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import threading
import time

import pytest

from differential.outcome import KEYS, REGION
from differential.recorder import Authority, Recorder
from server import BINARY, clean_environment

WHO = ("sts", "get-caller-identity")
SERIAL = "arn:aws:iam::123456789012:mfa/me"


@pytest.fixture(scope="module")
def recorder(tmp_path_factory):
    made = Recorder(Authority(tmp_path_factory.mktemp("hostile")))
    yield made
    made.stop()


@pytest.fixture
def home(tmp_path, recorder):
    recorder.expect("plain")
    (tmp_path / ".aws").mkdir(mode=0o700)
    return tmp_path


def environment(home, recorder, keys=True, **more):
    variables = {"AWS_ENDPOINT_URL": recorder.url, **REGION, **(KEYS if keys else {}), **more}
    return {name: value for name, value in clean_environment(home, **variables).items() if value is not None}


def run(home, recorder, *words, timeout=60, stdin=subprocess.DEVNULL, keys=True, **more):
    done = subprocess.run(
        [BINARY, *words], env=environment(home, recorder, keys, **more), cwd=home, stdin=stdin, capture_output=True, timeout=timeout
    )
    assert b"panicked" not in done.stderr
    return done


def asking(home):
    """A profile that needs a code."""
    path = home / ".aws/config"
    path.write_text(
        f"[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = src\nmfa_serial = {SERIAL}\n"
        "[profile src]\naws_access_key_id = AKIASRC\naws_secret_access_key = secret-of-AKIASRC\n"
    )
    path.chmod(0o600)
    return [*WHO, "--profile", "p"]


class Terminal:
    """A command whose controlling terminal is a pseudo-terminal; `streams` says which of its streams are there too."""

    def __init__(self, words, home, recorder, streams=(), **more):
        self.master, self.slave = pty.openpty()

        def own():
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        def stream(name):
            return self.slave if name in streams else subprocess.DEVNULL if name == "stdin" else subprocess.PIPE

        self.process = subprocess.Popen(
            [BINARY, *words], env=environment(home, recorder, **more), cwd=home, start_new_session=True, preexec_fn=own,
            **{name: stream(name) for name in ("stdin", "stdout", "stderr")},
        )  # fmt: skip
        self.shown = b""

    def read(self, timeout):
        ready, _, _ = select.select([self.master], [], [], timeout)
        if ready:
            self.shown += os.read(self.master, 65536)
        return bool(ready)

    def until(self, text):
        while text not in self.shown:
            assert self.read(60), self.shown

    def hidden(self):
        deadline = time.monotonic() + 30
        while self.echoes():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def type(self, data):
        os.write(self.master, data)

    def end(self):
        done = self.process.communicate(timeout=60)
        while self.read(0.2):
            pass
        return self.process.returncode, *done

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminal(home, recorder):
    opened = []

    def start(words, **more):
        opened.append(Terminal(words, home, recorder, **more))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("typed", "status", "asked"),
    [
        (b"947216\n", 0, ["AssumeRole", "GetCallerIdentity"]),
        (b"949\x7f7216\n", 0, ["AssumeRole", "GetCallerIdentity"]),
        (b"\x03", 130, []),
        (b"\x04", 255, []),
    ],
    ids=["a code", "a correction", "an interrupt", "an end"],
)
def test_the_prompt(home, recorder, terminal, typed, status, asked):
    screen = terminal(asking(home), keys=False)
    screen.until(b"Enter MFA code for " + SERIAL.encode() + b": ")
    screen.hidden()
    screen.type(typed)
    returned, _, stderr = screen.end()
    assert returned == status, stderr
    assert [dict(request["form"])["Action"] for request in recorder.seen] == asked
    if asked:
        assert dict(recorder.seen[0]["form"])["TokenCode"] == "947216"
        assert b"7216" not in screen.shown
    assert screen.echoes()


@pytest.mark.parametrize("command", ["sts", "whoami"])
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT"])
def test_other_signals_end_it_at_the_prompt(home, recorder, terminal, name, command):
    words = asking(home)
    screen = terminal(words if command == "sts" else [command, "--profile", "p"], keys=False)
    screen.until(b"Enter MFA code")
    screen.hidden()
    screen.process.send_signal(getattr(signal, name))
    returned, *_ = screen.end()
    assert returned == -getattr(signal, name) and recorder.seen == []
    assert screen.echoes()


def test_a_code_from_a_pipe(home, recorder):
    words = asking(home)
    reader, writer = os.pipe()
    os.write(writer, b"654321\r\n")
    os.close(writer)
    # Without a terminal of its own, as in a job.
    done = subprocess.run(
        [BINARY, *words], env=environment(home, recorder, keys=False), cwd=home, stdin=reader, capture_output=True, start_new_session=True, timeout=60
    )
    os.close(reader)
    assert done.returncode == 0, done.stderr
    assert dict(recorder.seen[0]["form"])["TokenCode"] == "654321"


def test_an_interrupt_while_waiting_for_an_answer(home, recorder):
    listener = Silent()
    process = subprocess.Popen(
        [BINARY, *WHO], env=environment(home, recorder, AWS_ENDPOINT_URL=listener.url), cwd=home,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    listener.asked.wait(60)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, stderr) == (130, b"\n", b"")
    listener.stop()


class Silent:
    """A server that takes a request and never answers."""

    def __init__(self):
        import socket

        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.asked, self.taken = threading.Event(), []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                taken, _ = self.socket.accept()
            except OSError:
                return
            self.taken.append(taken)
            taken.recv(65536)
            self.asked.set()

    def stop(self):
        self.socket.close()
        for taken in self.taken:
            taken.close()


@pytest.mark.parametrize("output", ["json", "text", "table", "yaml"])
def test_nobody_reads(home, recorder, output):
    """`locum … | head -c0` ends without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [BINARY, *WHO, "--output", output], env=environment(home, recorder), cwd=home, stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE, timeout=60
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [WHO, ("--version",), ("help",), ("sts", "get-session-token", "--generate-cli-skeleton")])
def test_a_full_disk(home, recorder, words):
    with open("/dev/full", "w") as full:
        done = subprocess.run([BINARY, *words], env=environment(home, recorder), cwd=home, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 255
    assert b"Unable to write the result: No space left on device" in done.stderr and b"panicked" not in done.stderr


@pytest.mark.parametrize("words", [("sts", "nope"), (*WHO, "--profile", "nope"), (*WHO, "--debug")])
def test_a_full_disk_for_errors(home, recorder, words):
    """What cannot be said changes nothing about how it ends."""
    plain = run(home, recorder, *words)
    with open("/dev/full", "w") as full:
        done = subprocess.run([BINARY, *words], env=environment(home, recorder), cwd=home, stdout=subprocess.PIPE, stderr=full, timeout=60)
    assert (done.returncode, done.stdout) == (plain.returncode, plain.stdout)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(home, recorder, closed):
    script = f'"$0" sts get-caller-identity {closed}'
    done = subprocess.run(["/bin/sh", "-c", script, BINARY], env=environment(home, recorder), cwd=home, capture_output=True, timeout=60)
    assert b"panicked" not in done.stderr
    if ">&-" not in closed.replace("2>&-", ""):
        assert done.returncode == 0 and b"123456789012" in done.stdout


def furnish(home):
    path = home / ".aws/config"
    path.write_text(
        "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = src\n"
        "[profile src]\naws_access_key_id = AKIASRC\naws_secret_access_key = secret-of-AKIASRC\n"
    )
    path.chmod(0o600)
    return [*WHO, "--profile", "p"]


@pytest.mark.parametrize("kind", ["a file", "a link to nowhere", "a link that goes round", "a directory nobody can write"])
def test_a_cache_that_cannot_be_written(home, recorder, kind):
    words = furnish(home)
    place = home / ".aws/cli/cache"
    place.parent.mkdir()
    if kind == "a file":
        place.write_text("")
    elif kind == "a link to nowhere":
        place.symlink_to("/nonexistent/cache")
    elif kind == "a link that goes round":
        place.symlink_to(place)
    else:
        # Not even root can.
        place.symlink_to("/proc/self")
    done = run(home, recorder, *words, keys=False)
    assert done.returncode == 0, done.stderr
    assert [dict(request["form"])["Action"] for request in recorder.seen] == ["AssumeRole", "GetCallerIdentity"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"Credentials": 1}', b"\x00" * 100, b"\xff\xfe", b"[" * 100_000, b'{"Credentials": {"Expiration": "never"}}', b" " * (4 << 20)],
    ids=["empty", "cut off", "a list", "null", "another shape", "zeros", "no text", "deep", "no time", "large"],
)
def test_an_entry_that_is_none_is_replaced(home, recorder, content):
    words = furnish(home)
    assert run(home, recorder, *words, keys=False).returncode == 0
    [entry] = (home / ".aws/cli/cache").glob("*.json")
    entry.write_bytes(content)
    recorder.expect("plain")
    assert run(home, recorder, *words, keys=False).returncode == 0
    assert [dict(request["form"])["Action"] for request in recorder.seen] == ["AssumeRole", "GetCallerIdentity"]
    recorder.expect("plain")
    assert run(home, recorder, *words, keys=False).returncode == 0
    assert [dict(request["form"])["Action"] for request in recorder.seen] == ["GetCallerIdentity"]


def test_an_entry_that_is_a_link_is_not_written_through(home, recorder):
    words = furnish(home)
    assert run(home, recorder, *words, keys=False).returncode == 0
    [entry] = (home / ".aws/cli/cache").glob("*.json")
    victim = home / "victim"
    victim.write_text("precious")
    entry.unlink()
    entry.symlink_to(victim)
    assert run(home, recorder, *words, keys=False).returncode == 0
    assert victim.read_text() == "precious"


CONFIGS = {
    "binary": bytes(range(256)) * 64,
    "no text": b"[default]\nregion = \xff\xfe\n",
    "zeros": b"\x00" * 4096,
    "one endless line": b"[default]\nregion = " + b"x" * (64 << 20),
    "one endless name": b"[" + b"x" * (64 << 20),
    "brackets": b"[" * 100_000,
    "many sections": b"".join(b"[profile p%d]\nregion = x\n" % number for number in range(100_000)) + b"[default]\nx = 1\n",
    "nested without end": b"[default]\n" + b"".join(b" " * depth + b"k%d =\n" % depth for depth in range(2_000)),
    "control characters in a line that is none": b"[default]\n\x1b[2J\x9b\n",
}


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_a_hostile_file(home, recorder, name, variable):
    """It is read or refused, soon; what it holds does not reach the terminal as it is."""
    path = home / "hostile"
    path.write_bytes(CONFIGS[name])
    path.chmod(0o600)
    done = run(home, recorder, *WHO, **{variable: str(path), "AWS_DEFAULT_REGION": ""}, timeout=60)
    assert done.returncode in (253, 255), done
    assert done.stdout == b"" and done.stderr.strip()
    assert len(done.stderr) < 4096
    assert not any(bad in done.stderr for bad in (b"\x1b", b"\x07", b"\x00"))
    assert recorder.seen == []


@pytest.mark.parametrize("kind", ["a directory", "a link that goes round", "a device without end"])
@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"])
def test_a_file_that_is_none(home, recorder, kind, variable):
    path = home / "hostile"
    if kind == "a directory":
        path.mkdir()
    elif kind == "a link that goes round":
        path.symlink_to(path)
    else:
        path = "/dev/zero"
    role = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x"} if "TOKEN" in variable else {}
    done = run(home, recorder, *WHO, keys=False, **{variable: str(path), **role}, timeout=30)
    assert done.returncode == 255 and done.stderr.strip(), done
    assert recorder.seen == []


def test_a_pipe_that_is_written_is_read(home, recorder):
    """`AWS_CONFIG_FILE=<(…)` of a shell."""
    script = 'AWS_CONFIG_FILE=<(printf "[profile p]\\nregion = eu-west-1\\n") exec "$0" sts get-caller-identity --profile p'
    variables = environment(home, recorder) | {"AWS_DEFAULT_REGION": ""}
    (home / ".aws/credentials").write_text("[p]\naws_access_key_id = AKIAP\naws_secret_access_key = secret-of-AKIAP\n")
    done = subprocess.run(["/bin/bash", "-c", script, BINARY], env=variables, cwd=home, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert recorder.seen[0]["signature"]["region"] == "eu-west-1"


@pytest.mark.parametrize("name", ["config", "credentials", "cli/alias"])
def test_a_pipe_that_nobody_named_is_not_waited_for(home, recorder, name):
    path = home / ".aws" / name
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path, 0o600)
    unnamed = {"AWS_CONFIG_FILE": None, "AWS_SHARED_CREDENTIALS_FILE": None}
    done = run(home, recorder, *WHO, timeout=30, **unnamed)
    assert done.returncode == 255 and b"not a regular file" in done.stderr, done
    assert recorder.seen == []
    path.unlink()
    path.symlink_to("/dev/null")
    assert run(home, recorder, *WHO, **unnamed).returncode == 0


@pytest.mark.parametrize("option", ["--policy", "--tags", "--cli-input-json"])
def test_a_parameter_from_a_file_without_end(home, recorder, option):
    words = ("sts", "get-federation-token", "--name", "bob", option, "file:///dev/zero")
    done = run(home, recorder, *words, timeout=60)
    assert done.returncode == 252 and len(done.stderr) < 4096, done.stderr[:500]
    assert recorder.seen == []
