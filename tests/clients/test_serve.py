"""The running process: readiness, orderly end, TLS."""

import http.client
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from server import Server
from test_bad_start import CERTIFICATE, CERTIFICATE_KEY
from wire import FORM, WHO, sign


def test_ready_line_names_a_port_that_answers(server):
    host, port = server.host_and_port.split(":")
    assert (host, port != "0") == ("127.0.0.1", True)
    with socket.create_connection((host, int(port)), timeout=5):
        pass


def test_stops_while_connections_are_open(tmp_path):
    server = Server(tmp_path)
    idle = socket.create_connection(tuple(server.host_and_port.split(":")), timeout=5)
    server.root.sts.get_caller_identity()
    assert server.stop() == 0
    idle.close()


def test_signals_during_the_start_wait_for_its_end(tmp_path):
    kek = tmp_path / "kek"
    os.mkfifo(kek, 0o600)

    def signal_and_go_on():
        # Opened when the other end is: the start waits for its key.
        with kek.open("wb") as key:
            (process,) = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and is_child(pid)]
            os.kill(process, signal.SIGHUP)
            os.kill(process, signal.SIGUSR1)
            key.write(bytes(range(32)).hex().encode())

    def is_child(pid):
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return str(kek).encode() in arguments.split(b"\0")

    sender = threading.Thread(target=signal_and_go_on)
    sender.start()
    server = Server(tmp_path, "--kek-file", kek)
    sender.join()
    backup = server.data / "directory.redb.backup"
    deadline = time.monotonic() + 20
    while not backup.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert backup.exists(), "what was asked for during the start is done after it"
    assert server.stop() == 0


def test_a_log_that_cannot_be_written_ends_nothing(tmp_path):
    with open("/dev/full", "wb") as full:
        server = Server(tmp_path, stderr=full, LOCUM_LOG="debug")
    for _ in range(3):
        assert server.root.sts.get_caller_identity()["Account"]
    assert server.stop() == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1, by the openssl command."""
    folder = tmp_path_factory.mktemp("tls")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
        + ["-subj", "/CN=locum", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder,
        capture_output=True,
    )
    if made.returncode != 0:
        pytest.skip("the openssl command is not usable here")
    return folder / "cert.pem", folder / "key.pem"


def test_tls(tmp_path, certificate):
    cert, key = certificate
    server = Server(tmp_path, CERTIFICATE, cert, CERTIFICATE_KEY, key)
    assert server.url.startswith("https://")
    context = ssl.create_default_context(cafile=str(cert))
    body = urllib.parse.urlencode(WHO)
    headers = sign(server.root, "POST", "/", body, {"Content-Type": FORM})
    connection = http.client.HTTPSConnection(server.host_and_port, timeout=10, context=context)
    connection.request("POST", "/", body, headers)
    assert connection.getresponse().status == 200
    connection.close()
    assert server.stop() == 0


def test_a_certificate_that_cannot_be_read_to_its_end_holds_up_no_signal(tmp_path, certificate):
    files = [Path(shutil.copy(file, tmp_path)) for file in certificate]
    server = Server(tmp_path, CERTIFICATE, files[0], CERTIFICATE_KEY, files[1])
    files[0].unlink()
    # Whoever opens it waits for somebody who writes.
    os.mkfifo(files[0])
    server.process.send_signal(signal.SIGHUP)
    assert server.stop() == 0


def test_a_file_that_reaches_the_limit_ends_nothing(tmp_path):
    """As a full disk would be, but for the signal that comes with it."""
    server = Server(tmp_path)
    server.root.sts.get_caller_identity()
    pid = server.process.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, most))
    refused = 0
    for number in range(20):
        try:
            server.root.iam.create_user(UserName=f"user-{number}")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ServiceUnavailable"
            refused += 1
    assert refused
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
    deadline = time.monotonic() + 20
    while True:
        try:
            server.root.iam.create_user(UserName="alice")
            break
        except ClientError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert server.stop() == 0
