"""What the tests of `exec`, `env` and `serve-credentials` share: a home directory with a user, a role, and a program that
prints sessions by number."""

import json
import subprocess
import sys

from server import BINARY, REGION, clean_environment
from world import allow, make_role, make_user, trusting

WHO = ("sts", "get-caller-identity", "--query", "Arn", "--output", "text")


class Household:
    """A user with a profile, and a role that they may assume."""

    def __init__(self, root):
        self.server = root.server
        self.user = make_user(root, allow("*"))
        self.role = make_role(root, trusting(self.user.arn), allow("*"))
        self.arn = f"arn:aws:sts::{self.user.arn.split(':')[4]}:assumed-role/{self.role.name}/me"

    def furnish(self, path):
        (path / ".aws").mkdir(mode=0o700)
        home = Home(path, self)
        home.write("credentials", home.keys("alice"))
        home.write(
            "config",
            f"[profile team]\nrole_arn = {self.role.arn}\nrole_session_name = me\nsource_profile = alice\nregion = {REGION}\n"
            f"endpoint_url = {self.server.url}\n",
        )
        return home


class Home:
    def __init__(self, path, household):
        self.path, self.household = path, household

    def write(self, name, text, more=False):
        path = self.path / ".aws" / name
        path.write_text((path.read_text() if more else "") + text)
        path.chmod(0o600)

    def keys(self, profile):
        caller = self.household.user.caller
        return f"[{profile}]\naws_access_key_id = {caller.access_key_id}\naws_secret_access_key = {caller.secret_access_key}\n"

    def environment(self, **variables):
        """Nothing in it says where the service is: the profile does."""
        environment = clean_environment(self.path, **{"SHELL": "/bin/sh", **variables})
        return {name: value for name, value in environment.items() if value is not None}

    def begin(self, *words, program=BINARY, stdin=subprocess.DEVNULL, pass_fds=(), **variables):
        return subprocess.Popen(
            [program, *map(str, words)], env=self.environment(**variables), cwd=self.path, start_new_session=True,
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pass_fds=pass_fds,
        )  # fmt: skip

    def run(self, *words, typed=None, **options):
        process = self.begin(*words, stdin=subprocess.DEVNULL if typed is None else subprocess.PIPE, **options)
        stdout, stderr = process.communicate(typed, timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def counting_program(self, *lives, profile="counted"):
        """A profile whose program prints session 1, 2, … which live for so many seconds; one without a life fails. The last
        life is that of all others too."""
        counter = self.path / f"{profile}.count"
        counter.write_text("0")
        tool = self.path / f"{profile}.py"
        tool.write_text(
            f"#!{sys.executable}\n"
            "import fcntl, json, sys, time\n"
            f"with open({str(counter)!r}, 'r+') as file:\n"
            "    fcntl.flock(file, fcntl.LOCK_EX)\n"
            "    number = int(file.read()) + 1\n"
            "    file.seek(0); file.write(str(number))\n"
            f"lives = {lives!r}\n"
            "life = lives[min(number, len(lives)) - 1]\n"
            "if life is None:\n"
            "    sys.exit('the vault is closed')\n"
            "end = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + life))\n"
            "print(json.dumps({'Version': 1, 'AccessKeyId': f'ASIA{number}', 'SecretAccessKey': f's{number}',\n"
            "                  'SessionToken': f't{number}', 'Expiration': end}))\n"
        )
        tool.chmod(0o700)
        self.write("config", f"[profile {profile}]\ncredential_process = {tool}\n", more=True)
        return lambda: int(counter.read_text())


def ignored(process):
    """The signals that a process ignores."""
    with open(f"/proc/{process}/status") as status:
        mask = int(next(line for line in status if line.startswith("SigIgn:")).split()[1], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}


def printed_by(done):
    """The JSON that a command printed."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
