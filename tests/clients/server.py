"""One `locum serve` under test: started, spoken to, stopped or killed.

Every process runs with an environment made here and nothing else, so that no file, key or setting of the machine
can make a test pass or fail.
"""

import configparser
import os
import queue
import re
import signal
import subprocess
import threading
import time
from functools import cached_property
from pathlib import Path

import boto3
from botocore.config import Config

import conforming

REGION = "us-east-1"
BINARY = os.environ.get("LOCUM_BIN") or str(Path(__file__).parents[2] / "target/debug/locum")
READY = re.compile(r"^locum ready on (https?://\S+:\d+)$")

# One session, so that each service's model is read once; every client gets its own credentials.
_session = boto3.Session(region_name=REGION)
_session.events.register("after-call", conforming.check)
_once = {"total_max_attempts": 1, "mode": "standard"}


def clean_environment(home, **more):
    """What a process under test may see."""
    home = Path(home)
    return {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "AWS_CONFIG_FILE": str(home / ".aws/config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / ".aws/credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        **more,
    }


def run_locum(*arguments, home, timeout=60, **variables):
    """Runs the program to its end."""
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        env=clean_environment(home, **variables),
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


class Caller:
    """Somebody with credentials, and their boto3 clients."""

    def __init__(self, server, access_key_id, secret_access_key, session_token=None):
        self.server = server
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.session_token = session_token

    @classmethod
    def of(cls, server, credentials):
        """The caller that a response's `Credentials` or `AccessKey` makes."""
        return cls(
            server,
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials.get("SessionToken"),
        )

    def client(self, service, region=REGION, **config):
        return _session.client(
            service,
            region_name=region,
            endpoint_url=self.server.url,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            aws_session_token=self.session_token,
            config=Config(retries=_once, connect_timeout=30, read_timeout=60, **config),
        )

    @cached_property
    def sts(self):
        return self.client("sts")

    @cached_property
    def unchecked(self):
        """STS without the client's own checks, so that the server's answer is seen."""
        return self.client("sts", parameter_validation=False)

    @cached_property
    def iam(self):
        return self.client("iam")

    @cached_property
    def organizations(self):
        return self.client("organizations")

    @cached_property
    def arn(self):
        return self.sts.get_caller_identity()["Arn"]

    def variables(self):
        """The environment variables that make a command this caller."""
        named = {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }
        if self.session_token:
            named["AWS_SESSION_TOKEN"] = self.session_token
        return named


def stranger(server):
    """STS for somebody without credentials: the unmodified client finds none and asks for none."""
    return _session.client("sts", endpoint_url=server.url, config=Config(retries=_once, connect_timeout=30, read_timeout=60))


class Server:
    """A running `locum serve`, its address and its root caller."""

    def __init__(self, directory, *arguments, stderr=None, **variables):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = self.directory / "data"
        self.log = self.directory / "stderr.log"
        self.printed = []
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0", *map(str, arguments)],
                env=clean_environment(self.directory, **variables),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr or log,
                text=True,
            )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.url = self._wait_until_ready(timeout=60)

    def _read(self):
        for line in self.process.stdout:
            self.printed.append(line)
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _wait_until_ready(self, timeout):
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                self.kill()
                raise AssertionError(f"locum was not ready after {timeout} s\n{self.told()}") from None
            if line is None:
                raise AssertionError(f"locum ended with {self.process.wait()} before it was ready\n{self.told()}")
            if match := READY.match(line):
                return match.group(1)

    def told(self):
        """What the process wrote to stderr."""
        return self.log.read_text(errors="replace")

    @property
    def host_and_port(self):
        return self.url.split("//")[1]

    @cached_property
    def root(self):
        """The root user of the first account, from the file written at the first start."""
        parser = configparser.ConfigParser(interpolation=None)
        assert parser.read(self.data / "credentials"), "the first start wrote no credentials file"
        profile = parser["default"]
        return Caller(self, profile["aws_access_key_id"], profile["aws_secret_access_key"])

    @cached_property
    def account(self):
        return self.root.sts.get_caller_identity()["Account"]

    def stop(self):
        """Asks it to stop and returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"locum did not stop within 20 s of SIGTERM\n{self.told()}") from None

    def kill(self):
        """Ends it without warning, as a power cut would."""
        self.process.kill()
        self.process.wait()
