"""The keyring of a desktop: a real gnome-keyring on a session bus of its own, and services that do not answer."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from server import BINARY, clean_environment

KEYS = '{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG"}'
FILE = ".local/state/locum/keys/alice.secret"


class Bus:
    """A session bus, with a keyring on it if one is unlocked."""

    def __init__(self, path):
        self.home = path
        runtime = path / "run"
        runtime.mkdir(mode=0o700)
        self.environment = {**clean_environment(path), "XDG_RUNTIME_DIR": str(runtime), "DBUS_SESSION_BUS_ADDRESS": ""}
        # No service of this machine's own is started on it.
        self.configuration = path / "bus.conf"
        self.configuration.write_text(
            "<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth><policy context='default'>"
            "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/></policy></busconfig>" % runtime
        )
        self.processes = []
        daemon = self.begin("dbus-daemon", "--nofork", "--print-address", "--config-file", str(self.configuration))
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()

    def begin(self, *words, stdin=subprocess.DEVNULL):
        process = subprocess.Popen(words, env=self.environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.processes.append(process)
        return process

    def unlock(self, password="secret"):
        """Starts a keyring and makes or unlocks the collection of a login."""
        keyring = self.begin("gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock", stdin=subprocess.PIPE)
        keyring.stdin.write(password)
        keyring.stdin.close()
        deadline = time.monotonic() + 30
        while self.keys("list", LOCUM_VAULT="keyring").returncode != 0:
            assert time.monotonic() < deadline, self.keys("list", LOCUM_VAULT="keyring").stderr
            time.sleep(0.1)
        return keyring

    def start_locked(self):
        self.begin("gnome-keyring-daemon", "--foreground", "--components=secrets")
        deadline = time.monotonic() + 30
        while "locked" not in self.keys("list", LOCUM_VAULT="keyring").stderr:
            assert time.monotonic() < deadline, self.keys("list", LOCUM_VAULT="keyring").stderr
            time.sleep(0.1)

    def keys(self, *words, typed="", timeout=60, **variables):
        return subprocess.run(
            [BINARY, "keys", *words], env={**self.environment, **variables}, cwd=self.home, input=typed, capture_output=True,
            text=True, timeout=timeout,
        )  # fmt: skip

    def stop(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()


class Listener:
    """A socket in front of the bus, at which is heard what is said to it."""

    def __init__(self, bus):
        path = bus.home / "listener"
        self.address, self.heard = f"unix:path={path}", b""
        self.bus = bus.environment["DBUS_SESSION_BUS_ADDRESS"].split("path=")[1].split(",")[0]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen()

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.close()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            onward = socket.socket(socket.AF_UNIX)
            onward.connect(self.bus)
            for source, target, listening in ((client, onward, True), (onward, client, False)):
                threading.Thread(target=self.pass_on, args=(source, target, listening), daemon=True).start()

    def pass_on(self, source, target, listening):
        try:
            while data := source.recv(65536):
                if listening:
                    self.heard += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def ask_for_a_role(bus, address=None, timeout=60):
    """Status and words of a look at a role with a second factor, and of a command that needs it."""
    directory = bus.home / ".aws"
    directory.mkdir()
    (directory / "config").write_text(
        "[profile r]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = keys\nmfa_serial = arn:aws:iam::111122223333:mfa/m\n"
    )
    (directory / "credentials").write_text("[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n")
    variables = {"AWS_REGION": "eu-west-1"} | ({"DBUS_SESSION_BUS_ADDRESS": address} if address else {})
    for words in (("whoami", "--offline", "--output", "json"), ("sts", "get-caller-identity")):
        done = subprocess.run(
            [BINARY, *words, "--profile", "r"], env={**bus.environment, **variables}, input="", capture_output=True, text=True, timeout=timeout
        )
        yield done.returncode, done.stdout + done.stderr


@pytest.fixture
def bus(tmp_path):
    if not shutil.which("dbus-daemon"):
        pytest.skip("dbus-daemon is not installed (Debian: dbus-daemon)")
    bus = Bus(tmp_path)
    yield bus
    bus.stop()


@pytest.fixture
def keyring(bus):
    if not shutil.which("gnome-keyring-daemon"):
        pytest.skip("gnome-keyring-daemon is not installed (Debian: gnome-keyring)")
    bus.unlock()
    return bus


def test_secrets_are_in_the_keyring_and_nowhere_else(keyring):
    assert keyring.keys("add", "alice", typed=KEYS).returncode == 0
    assert keyring.keys("add", "Bob", typed=KEYS.replace("AKIAIOSFODNN7", "AKIAIOSFODNN8")).returncode == 0
    got = keyring.keys("get", "alice")
    assert json.loads(got.stdout)["SecretAccessKey"] == "wJalrXUtnFEMI/K7MDENG", got.stderr
    assert [line.split()[:2] for line in keyring.keys("list").stdout.splitlines()[1:]] == [
        ["Bob", "AKIAIOSFODNN8EXAMPLE"],
        ["alice", "AKIAIOSFODNN7EXAMPLE"],
    ]
    for path in keyring.home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert b"wJalrXUtnFEMI" not in path.read_bytes(), path
    # What is replaced is there once.
    replaced = keyring.keys("add", "alice", "--replace", typed=KEYS.replace("wJalr", "other"))
    assert replaced.returncode == 0, replaced.stderr
    assert json.loads(keyring.keys("get", "alice").stdout)["SecretAccessKey"] == "otherXUtnFEMI/K7MDENG"
    assert keyring.keys("list").stdout.count("alice") == 1
    assert keyring.keys("remove", "alice").returncode == 0
    assert "no keys are kept under the name alice" in keyring.keys("get", "alice").stderr
    # The others' are not touched.
    assert keyring.keys("get", "Bob").returncode == 0


def test_files_of_before_are_found_and_move(keyring):
    assert keyring.keys("add", "alice", typed=KEYS, LOCUM_VAULT="file").returncode == 0
    assert (keyring.home / FILE).exists()
    assert keyring.keys("get", "alice").returncode == 0
    assert keyring.keys("add", "alice", "--replace", typed=KEYS).returncode == 0
    assert not (keyring.home / FILE).exists()
    assert keyring.keys("get", "alice").returncode == 0
    assert keyring.keys("get", "alice", LOCUM_VAULT="file").returncode == 1


def test_a_locked_keyring_is_told_and_files_are_not_used_instead(keyring):
    assert keyring.keys("add", "alice", typed=KEYS).returncode == 0
    keyring.processes.pop().kill()
    keyring.start_locked()
    for words in (("get", "alice"), ("list",), ("add", "bob"), ("remove", "alice")):
        for variables in ({}, {"LOCUM_VAULT": "keyring"}):
            done = keyring.keys(*words, typed=KEYS, **variables)
            assert done.returncode == 1 and done.stdout == ""
            assert done.stderr == (
                "locum: The keyring is locked; unlock it and try again. LOCUM_VAULT=file keeps secrets in files that only you can read\n"
            )
    assert not (keyring.home / ".local/state/locum/keys/bob.secret").exists()


def test_what_needs_nothing_of_a_locked_keyring_does_not_ask_for_it(keyring):
    """Neither a look at what there is nor a role for which a code will do; `keys get` of a file needs none either."""
    assert keyring.keys("add", "bob", typed=KEYS, LOCUM_VAULT="file").returncode == 0
    keyring.processes.pop().kill()
    keyring.start_locked()
    assert keyring.keys("get", "bob").returncode == 0
    with Listener(keyring) as listener:
        (offline, page), (called, sentence) = ask_for_a_role(keyring, listener.address)
        assert offline == 1 and '"state": "mfa"' in page
        assert called == 255 and "Enter MFA code" in sentence
        assert b"Locked" in listener.heard and b"Unlock" not in listener.heard
        keyring.keys("get", "alice", DBUS_SESSION_BUS_ADDRESS=listener.address)
        assert b"Unlock" in listener.heard


def test_a_silent_bus_delays_nobody_who_needs_nothing_of_it(bus):
    bus.processes[0].send_signal(signal.SIGSTOP)
    (offline, page), (called, sentence) = ask_for_a_role(bus, timeout=8)
    bus.processes[0].send_signal(signal.SIGCONT)
    assert offline == 1 and '"state": "mfa"' in page
    assert called == 255 and "Enter MFA code" in sentence


def test_without_a_keyring_there_are_files(bus):
    """A bus on which nobody keeps secrets, and no bus at all."""
    for number, variables in enumerate([{}, {"DBUS_SESSION_BUS_ADDRESS": ""}, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}]):
        name = f"k{number}"
        assert bus.keys("add", name, typed=KEYS, **variables).returncode == 0
        assert (bus.home / f".local/state/locum/keys/{name}.secret").exists()
        wanted = bus.keys("list", **variables, LOCUM_VAULT="keyring")
        assert wanted.returncode == 1 and "There is no keyring: nobody on the session bus keeps secrets" in wanted.stderr


def test_a_bus_that_does_not_answer_ends_the_wait(bus):
    """A daemon that takes connections and stops there, as a suspended one does."""
    bus.processes[0].send_signal(signal.SIGSTOP)
    done = bus.keys("get", "alice", timeout=50)
    assert done.returncode == 1 and "The keyring does not answer" in done.stderr
    bus.processes[0].send_signal(signal.SIGCONT)


def test_nonsense_on_the_bus_is_told(tmp_path):
    """Somebody else's socket in the place of the bus."""
    path = tmp_path / "bus"
    code = (
        "import socket, sys\n"
        f"s = socket.socket(socket.AF_UNIX); s.bind({str(path)!r}); s.listen(); print('ready', flush=True)\n"
        "for answer in (b'REJECTED\\r\\n', b'OK 1\\r\\n' + b'x' * 64, b'OK 1\\r\\n' + b'l\\2\\0\\1' + b'\\xff' * 60, b''):\n"
        "    c, _ = s.accept(); c.recv(64); c.sendall(answer); c.close()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    environment = {**clean_environment(tmp_path), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={path}"}
    for _ in range(4):
        done = subprocess.run([BINARY, "keys", "list"], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and "The keyring's answer cannot be understood" in done.stderr, done.stderr
    assert process.wait(timeout=20) == 0
