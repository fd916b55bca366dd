"""A start that cannot succeed: one clear sentence on stderr, a non-zero exit, and nothing lost or overwritten."""

import base64
import hashlib
import os
import resource
import secrets
import shutil
import socket
import stat
import subprocess

import pytest

from server import BINARY, Server, clean_environment, run_locum
from world import make_user

CERTIFICATE, CERTIFICATE_KEY = "--tls-cert", "--tls-key"
STORE = "directory.redb"
SOMEWHERE = ("--listen", "127.0.0.1:0")


def contents(directory, opened=()):
    """Every file below, by what it holds and who may read it.

    Of the files in `opened` it does not matter what they hold: a store is marked while a process has it and tidied when it
    is closed. What is stored in it is asked for by starting it again.
    """

    def held(path):
        if not path.is_file():
            return "directory"
        return "store" if path.name in opened else hashlib.sha256(path.read_bytes()).hexdigest()

    return {
        str(path.relative_to(directory)): (stat.S_IMODE(path.stat().st_mode), held(path))
        for path in sorted(directory.rglob("*"))
    }


def serve(data, *arguments, home, **variables):
    return run_locum("serve", "--data", data, *arguments, home=home, **variables)


def one_sentence(done):
    """The reason, after checking that it is one and that the program ended by itself."""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode > 0, (done.returncode, done.stderr)
    assert "locum ready" not in done.stdout
    assert len(lines) == 1, done.stderr
    assert "panicked" not in done.stderr and "unwrap" not in done.stderr
    return lines[0]


def key_file(path):
    path.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("room", [0, 1, 64, 65, 4096])
def test_a_first_start_without_room_leaves_nothing_in_the_way(tmp_path, room):
    """A limit of the size of files, as a full disk would be, but for the signal that comes with it."""

    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    data = tmp_path / "data"
    done = subprocess.run(
        [BINARY, "serve", "--data", str(data), *SOMEWHERE],
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=little_room,
    )
    assert "cannot" in one_sentence(done)
    assert not list(data.glob("*.new"))
    server = Server(tmp_path)
    assert server.root.sts.get_caller_identity()["Account"]
    assert server.stop() == 0


def test_of_first_starts_at_one_moment_one_goes_on(tmp_path):
    data = tmp_path / "data"
    for _ in range(5):
        starts = [
            subprocess.Popen(
                [BINARY, "serve", "--data", str(data), *SOMEWHERE],
                env=clean_environment(tmp_path),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        ready = [start for start in starts if "locum ready" in start.stdout.readline()]
        for start in starts:
            start.terminate()
        told = [start.communicate(timeout=60)[1] for start in starts if start not in ready]
        for start in ready:
            start.communicate(timeout=60)
        assert len(ready) == 1, told
        assert all("is in use by another process" in text for text in told), told
        server = Server(tmp_path)
        assert server.root.sts.get_caller_identity()["Account"]
        assert server.stop() == 0
        assert {path.name for path in data.iterdir()} == {"audit.jsonl", "credentials", "directory.redb", "kek"}
        shutil.rmtree(data)


@pytest.fixture
def used(tmp_path):
    """The directory of a server that has stopped, with a user in it."""
    server = Server(tmp_path / "used")
    user = make_user(server.root)
    assert server.stop() == 0
    return server, user


def test_first_start_keeps_its_secret(tmp_path):
    """The root key is in a file that only its owner reads; it is never printed, and a restart keeps it."""
    server = Server(tmp_path)
    root = server.root
    path = server.data / "credentials"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert server.stop() == 0
    before = path.read_bytes()
    again = Server(tmp_path)
    again.root.sts.get_caller_identity()
    assert again.stop() == 0
    assert path.read_bytes() == before
    for text in (*server.printed, *again.printed, again.told()):
        assert root.secret_access_key not in text
    assert all(
        not stat.S_IMODE(found.stat().st_mode) & 0o077 for found in server.data.rglob("*") if found.is_file()
    ), "a file of the data directory can be read by others"


def test_secrets_are_not_on_disk_in_clear(tmp_path):
    """Values are sealed before they reach the store; only the root's credentials file holds a secret as text."""
    server = Server(tmp_path)
    user = make_user(server.root)
    session = user.sts.get_session_token()["Credentials"]
    assert server.stop() == 0
    hidden = [user.caller.secret_access_key, session["SecretAccessKey"], server.root.secret_access_key]
    for path in (found for found in server.directory.rglob("*") if found.is_file()):
        for secret in hidden:
            allowed = path.name == "credentials" and secret == server.root.secret_access_key
            assert allowed or secret.encode() not in path.read_bytes(), path


def test_chosen_account(tmp_path):
    server = Server(tmp_path, "--account", "111122223333")
    assert server.root.sts.get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:root"
    assert server.root.sts.get_access_key_info(AccessKeyId=server.root.access_key_id)["Account"] == "111122223333"
    assert server.stop() == 0


def test_busy_port(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = serve(tmp_path / "data", "--listen", f"127.0.0.1:{port}", home=tmp_path)
    assert str(port) in one_sentence(done)


def test_port_of_another_locum(tmp_path, server):
    """Two servers must not share a port by accident, although each shares it among its own threads."""
    done = serve(tmp_path / "data", "--listen", server.host_and_port, home=tmp_path)
    assert server.host_and_port.split(":")[1] in one_sentence(done)


def test_directory_of_another_locum(tmp_path, server):
    before = server.account
    one_sentence(serve(server.data, *SOMEWHERE, home=tmp_path))
    assert server.root.sts.get_caller_identity()["Account"] == before


def test_wrong_key_file(tmp_path):
    right, wrong = key_file(tmp_path / "right.key"), key_file(tmp_path / "wrong.key")
    server = Server(tmp_path / "server", "--kek-file", right)
    assert server.stop() == 0
    before = contents(server.data, opened=[STORE])
    one_sentence(serve(server.data, *SOMEWHERE, "--kek-file", wrong, home=tmp_path))
    # Without its key, a new one must not be made up.
    one_sentence(serve(server.data, *SOMEWHERE, home=tmp_path))
    assert contents(server.data, opened=[STORE]) == before
    again = Server(tmp_path / "server", "--kek-file", right)
    assert again.root.access_key_id == server.root.access_key_id and again.account
    assert again.stop() == 0


@pytest.mark.parametrize("text", ["", "too short", base64.b64encode(bytes(16)).decode()])
def test_malformed_key_file(tmp_path, text):
    path = tmp_path / "bad.key"
    path.write_text(text)
    path.chmod(0o600)
    done = serve(tmp_path / "data", *SOMEWHERE, "--kek-file", path, home=tmp_path)
    assert str(path) in one_sentence(done)
    assert path.read_text() == text


def test_missing_key_file(tmp_path):
    path = tmp_path / "absent.key"
    assert str(path) in one_sentence(serve(tmp_path / "data", *SOMEWHERE, "--kek-file", path, home=tmp_path))
    assert not path.exists()


@pytest.mark.parametrize("keep", [0.5, 0.1, 0.0])
def test_truncated_store(used, tmp_path, keep):
    server, _ = used
    store = max((path for path in server.data.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    size = store.stat().st_size
    os.truncate(store, int(size * keep))
    before = contents(server.data)
    one_sentence(serve(server.data, *SOMEWHERE, home=tmp_path))
    assert contents(server.data) == before


def test_garbage_for_a_store(used, tmp_path):
    server, _ = used
    store = max((path for path in server.data.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    store.write_bytes(b"this is not a store\n" * 1000)
    before = contents(server.data)
    one_sentence(serve(server.data, *SOMEWHERE, home=tmp_path))
    assert contents(server.data) == before


def test_data_is_a_file(tmp_path):
    path = tmp_path / "data"
    path.write_text("mine")
    one_sentence(serve(path, *SOMEWHERE, home=tmp_path))
    assert path.read_text() == "mine"


def test_unreadable_certificate(used, tmp_path):
    server, _ = used
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("-----BEGIN CERTIFICATE-----\nnot base64\n")
    before = contents(server.data)
    for path in (tmp_path / "absent.pem", garbage):
        done = serve(server.data, *SOMEWHERE, CERTIFICATE, path, CERTIFICATE_KEY, path, home=tmp_path)
        assert str(path) in one_sentence(done)
    assert contents(server.data) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--listen", "nonsense"),
        ("--listen", "127.0.0.1:99999"),
        ("--listen",),
        ("--account", "12"),
        ("--account", "12345678901x"),
        ("--frobnicate",),
        ("surplus",),
    ],
)
def test_malformed_arguments(tmp_path, arguments):
    data = tmp_path / "data"
    one_sentence(serve(data, *SOMEWHERE, *arguments, home=tmp_path))
    assert not data.exists(), "a start that was refused left a data directory"


def test_another_account_than_the_first(used, tmp_path):
    """The account of a directory is decided at its first start; the refusal leaves all as it was."""
    server, user = used
    one_sentence(serve(server.data, *SOMEWHERE, "--account", "111122223333", home=tmp_path))
    again = Server(server.directory)
    assert again.root.access_key_id == server.root.access_key_id
    assert again.root.iam.get_user(UserName=user.name)["User"]["Arn"] == user.arn
    assert again.stop() == 0


def test_another_partition_than_the_first(tmp_path):
    """Stored policies repeat the partition of the first start, so a later one neither forgets nor changes it."""
    server = Server(tmp_path, "--partition", "aws-cn")
    arn = server.root.sts.get_caller_identity()["Arn"]
    assert arn.startswith("arn:aws-cn:") and server.stop() == 0
    again = Server(tmp_path)
    assert again.root.sts.get_caller_identity()["Arn"] == arn and again.stop() == 0
    one_sentence(serve(server.data, *SOMEWHERE, "--partition", "aws", home=tmp_path))


@pytest.mark.parametrize("words", [("serve", "--frobnicate"), ("serve",), ("serve", "--data", "d", "--listen", "nowhere"), ("quickstart", "--frobnicate")])
def test_a_mistyped_line_ends_with_the_status_of_one(tmp_path, words):
    done = run_locum(*words, home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done


def test_unknown_command(tmp_path):
    done = run_locum("frobnicate", home=tmp_path)
    assert done.returncode > 0 and "frobnicate" in done.stderr and "panicked" not in done.stderr
