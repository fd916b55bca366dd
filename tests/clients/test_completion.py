"""Completion of the command line in real shells: each is given the script of `locum completion`, and a line to complete."""

import os
import pty
import select
import subprocess
import time

import pytest

from server import BINARY, clean_environment

LINES = {
    "locum dec": "decode",
    "locum sts get-caller-id": "get-caller-identity",
    "locum --output yaml-": "yaml-stream",
    "locum --profile ed": "edge",
    "locum sts assume-role --role-se": "--role-session-name",
    "locum completion power": "powershell",
    "locum apply --dry": "--dry-run",
    "aws sts get-sess": "get-session-token",
}
START = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config"],
}
PREPARE = {
    "bash": "PS1='> '; eval \"$(locum completion bash)\"; eval \"$(locum completion bash aws)\"\n",
    "zsh": "PS1='> '; autoload -U compinit; compinit -D -u; eval \"$(locum completion zsh)\"; eval \"$(locum completion zsh aws)\"\n",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    path = tmp_path_factory.mktemp("completion")
    (path / "bin").mkdir()
    for name in ("locum", "aws"):
        (path / "bin" / name).symlink_to(BINARY)
    (path / ".aws").mkdir()
    (path / ".aws/config").write_text("[profile edge]\nregion = us-east-1\n[profile \"two words\"]\n")
    (path / "file one.json").write_text("{}")
    return path


def environment(home):
    variables = clean_environment(home)
    return {**variables, "PATH": f"{home}/bin:{variables['PATH']}", "TERM": "dumb"}


class Shell:
    """An interactive shell on a pseudo-terminal."""

    def __init__(self, name, home):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            START[name], env=environment(home), cwd=home, start_new_session=True, stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        self.shown = ""
        self.type(PREPARE[name])
        self.type("echo rea''dy\n")
        self.until("ready")

    def type(self, text):
        os.write(self.master, text.encode())

    def until(self, text):
        deadline = time.monotonic() + 30
        while text not in self.shown:
            ready, _, _ = select.select([self.master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"not shown: {text!r} in {self.shown!r}"
            self.shown += os.read(self.master, 4096).decode(errors="replace").replace("\a", "")

    def complete(self, line, word):
        """Types a line and a tab, and waits for the whole word."""
        self.shown = ""
        self.type(line + "\t")
        self.until(word)
        # Away with the line, whatever it became.
        self.type("\x15")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.mark.parametrize("name", PREPARE)
def test_a_tab_completes(name, home):
    shell = Shell(name, home)
    try:
        for line, word in LINES.items():
            shell.complete(line, word)
    finally:
        shell.close()


def test_fish_completes(home):
    asked = "".join(f"complete -C {line!r}\n" for line in LINES)
    script = "locum completion fish | source\nlocum completion fish aws | source\n" + asked
    done = subprocess.run(
        [*START["fish"], "-c", script], env=environment(home), cwd=home, capture_output=True, text=True, timeout=60
    )
    found = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert found == list(LINES.values()), done.stdout + done.stderr


def complete_line(home, line, *given):
    """What bash does with `complete -C`."""
    return subprocess.run(
        [BINARY, "complete", *given],
        env={**environment(home), "COMP_LINE": line, "COMP_POINT": str(len(line))},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout.split("\n")[:-1]


@pytest.mark.parametrize(
    "line, given, expected",
    [
        ("locum --output=ya", ("locum", "ya", "="), ["yaml", "yaml-stream"]),
        ("locum sts assume-role --policy file://fi", ("locum", "//fi", ":"), ["//file\\ one.json"]),
        ("locum sts assume-role --policy 'file://fi", ("locum", "//fi", ":"), ["//file one.json"]),
        ("locum --profile 'two", ("locum", "two", "--profile"), ["two words"]),
        ("locum sts assume-role --tags Key=a,", ("locum", "a,", "="), ["a,Value="]),
        ("locum --profile ", ("powershell",), ["edge\t", "'two words'\t"]),
        ("locum nothing ", ("locum", "", "nothing"), []),
        ("locum env --format p", ("locum", "p", "--format"), ["powershell", "process"]),
        ("locum export --format ", ("locum", "", "--format"), ["yaml", "json", "toml"]),
        ("locum token --output=", ("locum", "", "="), ["exec-credential", "token"]),
        ("locum login --oidc-flow ", ("locum", "", "--oidc-flow"), ["browser", "device"]),
        ("locum policy validate --type r", ("locum", "r", "--type"), ["resource", "rcp"]),
        ("locum keys ", ("locum", "", "keys"), ["add", "get", "list", "remove", "forget"]),
        ("", (), []),
    ],
)
def test_bash_replaces_the_part_it_gave(home, line, given, expected):
    assert complete_line(home, line, *given) == expected


def test_other_services_are_completed_by_their_own_completer(home):
    completer = home / "bin/aws_completer"
    completer.write_text('#!/bin/sh\necho "completer: $COMP_LINE"\n')
    completer.chmod(0o755)
    assert complete_line(home, "aws s3 l", "aws", "l", "s3") == ["completer: aws s3 l"]
    assert complete_line(home, "aws sts get-c", "aws", "get-c", "sts") == ["get-caller-identity"]
    completer.unlink()
    assert complete_line(home, "aws s3 l", "aws", "l", "s3") == []


def test_every_command_offers_the_options_of_its_page(home):
    """The candidates come from the pages, so every command must have one that it prints for --help and does nothing else."""
    names = [line for line in complete_line(home, "locum ", "locum", "", "locum") if line not in ("help", "sts")]
    assert len(names) > 5
    for name in names:
        page = subprocess.run([BINARY, name, "--help"], env=environment(home), capture_output=True, text=True, timeout=60)
        assert page.returncode == 0 and f"locum {name}" in page.stdout, name
        offered = complete_line(home, f"locum {name} --", "locum", "--", name)
        assert "--help" in offered
        for option in offered:
            assert option == "--help" or option in page.stdout
