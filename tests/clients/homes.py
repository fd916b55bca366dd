"""Home directories with configuration files, people with MFA devices, and commands in front of a terminal."""

import fcntl
import os
import pty
import select
import subprocess
import termios
import time

from authenticators import Authenticator
from commands import PROGRAMS
from server import REGION, clean_environment
from world import allow, make_role, make_user, trusting, unique

WHO = ("sts", "get-caller-identity", "--query", "Arn", "--output", "text")


class Home:
    """A home directory with configuration files."""

    def __init__(self, path, server):
        self.path, self.server = path, server
        (path / ".aws").mkdir(mode=0o700)

    def config(self, text):
        self.write("config", text)

    def credentials(self, **profiles):
        self.write(
            "credentials",
            "".join(
                f"[{name}]\naws_access_key_id = {caller.access_key_id}\naws_secret_access_key = {caller.secret_access_key}\n"
                for name, caller in profiles.items()
            ),
        )

    def write(self, name, text):
        path = self.path / ".aws" / name
        path.write_text(text)
        path.chmod(0o600)

    def environment(self, **variables):
        return clean_environment(self.path, AWS_ENDPOINT_URL=self.server.url, AWS_DEFAULT_REGION=REGION) | variables

    def begin(self, program, *words, profile=None, stdin=subprocess.DEVNULL, **variables):
        """Begins a command that has no terminal, like a job's."""
        flag = ("--profile", profile) if profile else ()
        return subprocess.Popen(
            [PROGRAMS[program], *words, *flag],
            env=self.environment(**variables), cwd=self.path, start_new_session=True,
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, program, *words, profile=None, typed=None, **variables):
        stdin = subprocess.DEVNULL if typed is None else subprocess.PIPE
        process = self.begin(program, *words, profile=profile, stdin=stdin, **variables)
        stdout, stderr = process.communicate(typed, timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def who(self, program, profile=None, **variables):
        """The ARN that a profile's credentials belong to."""
        done = self.run(program, *WHO, profile=profile, **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def entries(self, cache="cli"):
        return sorted((self.path / ".aws" / cache / "cache").glob("*.json"))


class Protected:
    """A user with an MFA device, and a role that wants its codes."""

    def __init__(self, root):
        self.user = make_user(root, allow("*"))
        device = root.iam.create_virtual_mfa_device(VirtualMFADeviceName=unique("chain"))["VirtualMFADevice"]
        self.serial = device["SerialNumber"]
        self.authenticator = Authenticator(device["Base32StringSeed"].decode())
        first, second = self.authenticator.pair()
        root.iam.enable_mfa_device(
            UserName=self.user.name, SerialNumber=self.serial, AuthenticationCode1=first, AuthenticationCode2=second
        )
        present = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        self.role = make_role(root, trusting(self.user.arn, condition=present), allow("*"))

    def furnish(self, home, **more):
        lines = "".join(f"{name} = {value}\n" for name, value in more.items())
        home.config(f"[profile p]\nrole_arn = {self.role.arn}\nsource_profile = me\nmfa_serial = {self.serial}\n{lines}")
        home.credentials(me=self.user.caller)


class Screen:
    """A command in front of a person: a pseudo-terminal that is its controlling one."""

    def __init__(self, home, *words, on_stdin=False):
        self.master, self.slave = pty.openpty()

        def own():
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [PROGRAMS["locum"], *words], env=home.environment(), cwd=home.path, start_new_session=True, preexec_fn=own,
            stdin=self.slave if on_stdin else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.shown = ""

    def until(self, text, timeout=60):
        deadline = time.monotonic() + timeout
        while text not in self.shown:
            ready, _, _ = select.select([self.master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"not shown: {text!r} in {self.shown!r}"
            self.shown += os.read(self.master, 4096).decode()

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.master, text.encode())

    def hidden(self):
        deadline = time.monotonic() + 20
        while self.echoes():
            assert time.monotonic() < deadline
            time.sleep(0.02)
