"""`locum serve-credentials`: endpoints like those of containers and instances, asked by the real clients and by strangers."""

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

import pytest

from commands import PROGRAMS
from handing_out import WHO, Household, ignored
from server import BINARY, REGION
from terminals import Terminal

ROLES = "/latest/meta-data/iam/security-credentials/"
TTL = "X-aws-ec2-metadata-token-ttl-seconds"
PLATFORM = "AWS_CONTAINER_CREDENTIALS_FULL_URI"


@pytest.fixture(scope="module")
def household(root):
    return Household(root)


@pytest.fixture
def home(household, tmp_path):
    return household.furnish(tmp_path)


class Endpoint:
    """A running `locum serve-credentials`."""

    def __init__(self, home, *words, profile="team", **variables):
        self.process = home.begin("serve-credentials", "--profile", profile, "--format", "json", *words, **variables)
        text = ""
        while not text.endswith("}\n"):
            line = self.process.stdout.readline()
            assert line, self.process.communicate()
            text += line
        self.variables = json.loads(text)
        url = self.variables.get(PLATFORM) or self.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
        assert url.endswith("/"), "some versions append to it"
        self.port = int(url.split(":")[2].strip("/"))
        self.token = self.variables.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")

    def send(self, raw, wait=30):
        """What the endpoint says to these bytes: status, headers, body."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            connection.sendall(raw.replace(b"HERE", f"127.0.0.1:{self.port}".encode()))
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while more := connection.recv(65536):
                    answer += more
        if not answer:
            return None, "", ""
        head, _, body = answer.decode().partition("\r\n\r\n")
        return int(head.split()[1]), head.lower(), body

    def ask(self, path="/", method="GET", **headers):
        lines = {"Host": "HERE"} | {name.replace("_", "-"): value for name, value in headers.items()}
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
        return self.send(f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode())

    def keys(self):
        """The keys, or what is told instead."""
        status, _, body = self.ask(Authorization=self.token)
        return json.loads(body) if status == 200 else (status, json.loads(body))

    def metadata_token(self, **headers):
        status, _, token = self.ask("/latest/api/token", "PUT", **{TTL: "60", **headers})
        return token if status == 200 else status

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        stdout, stderr = self.process.communicate(timeout=30)
        return self.process.returncode, stderr


@pytest.fixture
def start(home):
    """Starts endpoints and sees to it that they end as they should."""
    started = []

    def begin(*words, **options):
        started.append(Endpoint(home, *words, **options))
        return started[-1]

    yield begin
    for endpoint in started:
        if endpoint.process.poll() is None:
            assert endpoint.stop()[0] == 0


@pytest.fixture
def platform(start):
    return start("--ecs")


@pytest.fixture
def instance(start):
    return start("--imds")


@pytest.mark.parametrize("shape", ["--ecs", "--imds"])
@pytest.mark.parametrize("program", ["locum", "v1", "v2", "boto3"])
def test_clients_use_it(home, household, start, shape, program):
    endpoint = start(shape)
    script = f"import boto3; print(boto3.client('sts', endpoint_url={household.server.url!r}).get_caller_identity()['Arn'])"
    if program == "boto3":
        command, words = sys.executable, ("-c", script)
    else:
        command, words = PROGRAMS[program], (*WHO, "--endpoint-url", household.server.url)
    # A client that knows nothing but the variables.
    elsewhere = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    done = home.run(*words, program=command, **{**endpoint.variables, **elsewhere})
    assert done.stdout.strip() == household.arn, done.stderr


def test_the_platform_s_shape(platform):
    keys = platform.keys()
    assert keys["AccessKeyId"].startswith("ASIA") and keys.keys() >= {"SecretAccessKey", "Token", "Expiration"}
    _, head, _ = platform.ask(Authorization=platform.token)
    assert "cache-control: no-store" in head and "access-control" not in head
    assert platform.variables["AWS_REGION"] == REGION


def test_the_instance_s_shape(instance):
    token = instance.metadata_token()
    header = {"X-aws-ec2-metadata-token": token}
    assert instance.ask(ROLES, **header)[::2] == (200, "locum")
    status, _, body = instance.ask(f"{ROLES}locum", **header)
    body = json.loads(body)
    assert status == 200 and body["Code"] == "Success" and body["Type"] == "AWS-HMAC"
    assert body.keys() >= {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", "LastUpdated"}
    assert instance.ask("/latest/meta-data/placement/region", **header)[::2] == (200, REGION)
    for nothing in ("/latest/dynamic/instance-identity/document", "/latest/meta-data/instance-id", f"{ROLES}other", "/"):
        assert instance.ask(nothing, **header)[0] == 404, nothing


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Authorization": None}, 401),
        ({"Authorization": "x" * 64}, 401),
        ({"Authorization": ""}, 401),
        ({"Host": "evil.test"}, 421),
        ({"Host": "evil.test:HEREPORT"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
        ({"Host": None}, 421),
        ({"Host": "localhost:HEREPORT"}, 200),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": "http://evil.test/"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Cookie": "a=b"}, 403),
        ({"X-Forwarded-For": "10.0.0.1"}, 403),
        ({"x-forwarded-host": "evil.test"}, 403),
        ({"Forwarded": "for=10.0.0.1"}, 403),
        ({"Via": "1.1 proxy"}, 403),
        ({"Transfer-Encoding": "chunked"}, 411),
        ({"Content-Length": "1"}, 413),
        ({"X": "x" * 20_000}, 431),
    ],
)
def test_who_is_answered(platform, headers, status):
    headers = {name: value and value.replace("HEREPORT", str(platform.port)) for name, value in headers.items()}
    found, head, body = platform.ask(**{"Authorization": platform.token, **headers})
    assert found == status
    assert ("SecretAccessKey" in body) == (status == 200)
    assert "access-control" not in head and platform.token not in head + body


def test_other_methods_and_paths(platform, instance):
    for method, path, status in [("POST", "/", 405), ("OPTIONS", "/", 405), ("GET", "/credentials", 404), ("GET", "//", 404)]:
        assert platform.ask(path, method, Authorization=platform.token)[0] == status, (method, path)
    token = instance.metadata_token()
    for method, path, status in [
        ("GET", "/latest/api/token", 405),
        ("POST", "/latest/api/token", 405),
        ("PUT", ROLES, 405),
        ("OPTIONS", ROLES, 405),
    ]:
        assert instance.ask(path, method, **{"X-aws-ec2-metadata-token": token})[0] == status, (method, path)
    assert platform.send(b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: HERE\r\n\r\n")[0] == 421
    assert platform.send(b"CONNECT evil.test:443 HTTP/1.1\r\nHost: HERE\r\n\r\n")[0] == 421
    assert platform.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")[0] == 400


def test_a_metadata_token_is_hard_to_come_by(instance):
    for headers, status in [
        ({TTL: None}, 400),
        ({TTL: "0"}, 400),
        ({TTL: "21601"}, 400),
        ({TTL: "sixty"}, 400),
        ({"X-Forwarded-For": "10.0.0.1"}, 403),
        ({"Origin": "http://evil.test"}, 403),
        ({"Host": "169.254.169.254"}, 421),
    ]:
        assert instance.metadata_token(**headers) == status, headers
    assert instance.ask(ROLES)[0] == 401
    assert instance.ask(ROLES, **{"X-aws-ec2-metadata-token": "AQAEAA=="})[0] == 401
    assert instance.ask(f"{ROLES}locum", **{"X-aws-ec2-metadata-token": instance.metadata_token(), "X-Forwarded-For": "::1"})[0] == 403


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_other_users_are_not_served_what_they_could_ask_for(start):
    ask = (
        "import http.client, sys\n"
        "connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=30)\n"
        f"connection.request('PUT', '/latest/api/token', headers={{'{TTL}': '60'}})\n"
        "print(connection.getresponse().status)\n"
    )

    def as_user(endpoint, user):
        done = subprocess.run(
            ["/usr/bin/python3", "-c", ask, str(endpoint.port)], user=user, cwd="/", capture_output=True, text=True, timeout=60
        )
        return done.stdout.strip() or done.stderr

    guarded, open_to_all = start("--imds"), start("--imds", "--any-user")
    assert (as_user(guarded, 0), as_user(guarded, 65534)) == ("200", "403")
    assert as_user(open_to_all, 65534) == "200"


def test_programs_of_both_families_are_known(instance):
    """Java and .NET connect to 127.0.0.1 by sockets of the other family."""
    with socket.socket(socket.AF_INET6) as connection:
        connection.connect(("::ffff:127.0.0.1", instance.port))
        head = f"PUT //latest/api/token HTTP/1.1\r\nHost: 127.0.0.1:{instance.port}\r\n{TTL}: 60\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_nothing_else_is_listened_on(platform):
    with open("/proc/net/tcp") as table:
        listening = [line.split() for line in table if line.split()[3] == "0A"]
    mine = [fields[1] for fields in listening if int(fields[1].split(":")[1], 16) == platform.port]
    assert mine == [f"0100007F:{platform.port:04X}"]
    refused = subprocess.run(
        [BINARY, "serve-credentials", "--bind", "0.0.0.0"], capture_output=True, text=True, timeout=30
    )
    assert refused.returncode == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root sees packets")
def test_answers_go_no_further_than_this_machine(platform):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as packets:
        packets.settimeout(30)
        assert platform.ask(Authorization=platform.token)[0] == 200
        lifetimes = []
        while len(lifetimes) < 3:
            packet = packets.recv(65536)
            header = (packet[0] & 15) * 4
            if int.from_bytes(packet[header : header + 2]) == platform.port:
                lifetimes.append(packet[8])
    assert set(lifetimes) == {1}


def test_credentials_are_renewed_when_they_are_about_to_end(home, start):
    asked = home.counting_program(9, 9, 3600)
    endpoint = start(profile="counted")
    assert [endpoint.keys()["AccessKeyId"] for _ in range(4)] == ["ASIA2", "ASIA3", "ASIA3", "ASIA3"]
    assert asked() == 3


def test_the_old_ones_are_served_while_they_are_good(home, start):
    asked = home.counting_program(9, None)
    endpoint = start(profile="counted")
    assert [endpoint.keys()["AccessKeyId"] for _ in range(2)] == ["ASIA1", "ASIA1"]
    assert asked() == 2
    ended, stderr = endpoint.stop()
    assert ended == 0 and stderr.count("the vault is closed") == 1


@pytest.mark.parametrize("shape", ["--ecs", "--imds"])
def test_without_any_left_clients_are_told(home, start, shape):
    home.counting_program(3, None)
    endpoint = start(shape, profile="counted")

    def told():
        if shape == "--ecs":
            status, _, body = endpoint.ask(Authorization=endpoint.token)
        else:
            status, _, body = endpoint.ask(f"{ROLES}locum", **{"X-aws-ec2-metadata-token": endpoint.metadata_token()})
        return status, json.loads(body)

    while "AccessKeyId" in (last := told())[1]:
        time.sleep(0.1)
    status, body = last
    assert (status, body.get("code") or body["Code"]) == ((500, "CredentialsError") if shape == "--ecs" else (200, "Failed"))
    assert "the vault is closed" in (body.get("message") or body["Message"])


def test_many_at_once_are_one_question(home, start):
    asked = home.counting_program(9, 3600)
    endpoint = start(profile="counted")
    found = []
    threads = [threading.Thread(target=lambda: found.append(endpoint.keys())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {keys["AccessKeyId"] for keys in found} <= {"ASIA1", "ASIA2"} and len(found) == 16
    assert asked() == 2


def test_those_who_hold_connections_lose_them(platform):
    """The first silent ones keep their threads; what comes after is closed at once, and served again when they are gone."""
    silent = [socket.create_connection(("127.0.0.1", platform.port), timeout=30) for _ in range(33)]
    with contextlib.suppress(ConnectionResetError):
        assert silent[-1].recv(1) == b""
    # Theirs come to an end as well, but not at once.
    silent[0].setblocking(False)
    with pytest.raises(BlockingIOError):
        silent[0].recv(1)
    for connection in silent:
        connection.close()
    deadline = time.monotonic() + 30
    while platform.ask(Authorization=platform.token)[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_slow_client_holds_up_nobody(platform):
    with socket.create_connection(("127.0.0.1", platform.port), timeout=60) as slow:
        slow.sendall(b"GET / HT")
        assert platform.keys()["AccessKeyId"].startswith("ASIA")


def test_the_token_is_nowhere_else(home, start):
    endpoint = start("--debug")
    assert endpoint.ask(Authorization=endpoint.token)[0] == 200
    command_line = open(f"/proc/{endpoint.process.pid}/cmdline").read()
    _, stderr = endpoint.stop()
    assert "credentials: " in stderr
    assert endpoint.token not in stderr + command_line


def test_a_default_profile_that_would_win_is_told_of(home, start):
    assert start().stop() == (0, "")
    home.write("credentials", home.keys("default"), more=True)
    for shape in ("--ecs", "--imds"):
        _, stderr = start(shape).stop()
        assert "set AWS_SHARED_CREDENTIALS_FILE=/dev/null\n" in stderr and stderr.count("\n") == 1


def test_the_variables_can_be_removed_again(home, start):
    endpoint = start("--imds")
    done = home.run("serve-credentials", "--unset", "--format", "sh")
    assert {f"unset {name}" for name in endpoint.variables} <= set(done.stdout.splitlines()) and done.returncode == 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT"])
def test_a_file_of_variables(home, household, name):
    path = home.path / "variables"
    process = home.begin("serve-credentials", "--profile", "team", "--format", "sh", "--env-file", path)
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    line = f". {path}; {BINARY} {' '.join(WHO)}"
    done = home.run("-c", line, program="/bin/sh", AWS_PROFILE="nonexistent")
    assert done.stdout.strip() == household.arn, done.stderr
    process.send_signal(getattr(signal, name))
    assert process.wait(timeout=30) == 0 and process.stdout.read() == ""
    assert not path.exists()


def test_a_signal_that_is_ignored_ends_nothing(home):
    line = f"trap '' HUP; exec {BINARY} serve-credentials --profile team --format sh"
    process = home.begin("-c", line, program="/bin/sh")
    process.stdout.readline()
    assert signal.SIGHUP in ignored(process.pid) and signal.SIGTERM not in ignored(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_an_interrupt_from_the_terminal_ends_it(home):
    terminal = Terminal(BINARY, "serve-credentials", "--profile", "team", env=home.environment(), cwd=home.path)
    terminal.until("export AWS_CONTAINER_AUTHORIZATION_TOKEN")
    terminal.until("AWS_ENDPOINT_URL_STS")
    terminal.type("\x03")
    _, status = terminal.rest()
    assert status == 0


@pytest.mark.parametrize("words", [("serve-credentials",), ("serve-credentials", "--imds"), ("env",)])
def test_what_cannot_be_told_is_found_out_before_credentials_are_asked_for(home, words):
    """A code for them would be used up."""
    asked = home.counting_program(3600)
    home.write("config", "services = odd\n[services odd]\ns3 =\n  endpoint_url = http://127.0.0.1/it's\n", more=True)
    done = home.run(*words, "--profile", "counted", "--format", "dotenv")
    assert (done.returncode, done.stdout) == (1, "") and "AWS_ENDPOINT_URL_S3" in done.stderr, done
    assert asked() == 0


def test_a_file_that_cannot_be_written_is_found_out_before_credentials_are_asked_for(home):
    asked = home.counting_program(3600)
    done = home.run("serve-credentials", "--profile", "counted", "--env-file", "/proc/env")
    assert (done.returncode, done.stdout) == (1, "") and "cannot write the variables" in done.stderr, done
    assert asked() == 0


def test_mistakes(home, platform):
    for words, status, told in [
        (("--ecs", "--imds"), 2, "exclude each other"),
        (("--any-user",), 2, "--any-user is for --imds"),
        (("--port", "x"), 2, "--port is a number from 0 to 65535"),
        (("--profile", "nobody"), 1, "The config profile (nobody) could not be found"),
        (("--profile", "alice"), 1, "long-term keys"),
        ((), 1, "Unable to locate credentials"),
        (("--profile", "team", "--port", platform.port), 1, f"cannot listen on port {platform.port}"),
        (("--profile", "team", "--env-file", home.path / "no/such/place"), 1, "cannot write the variables"),
        (("--profile", "nobody", "--env-file", home.path / ".aws/config"), 1, "something else is there"),
    ]:
        done = home.run("serve-credentials", *words)
        assert (done.returncode, done.stdout) == (status, "") and told in done.stderr, (words, done)
        assert done.stderr.count("\n") == 1
