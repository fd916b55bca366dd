"""Running a case by one program: `locum` as a process of its own, an original in its forking parent."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from commands import VERSION_1, VERSION_2
from server import BINARY
from differential.outcome import KEYS, REGION, Outcome, sentence_of_ours, sentence_of_theirs
from differential.recorder import Recorder

DRIVER = Path(__file__).with_name("original.py")


def interpreter(program):
    """The Python that a program's first line names."""
    first = Path(program).read_text().split("\n", 1)[0]
    return first.removeprefix("#!").strip()


class Program:
    """One of the three programs, with a recording server of its own."""

    def __init__(self, name, directory, authority):
        self.name, self.directory, self.bundle = name, Path(directory), str(authority.bundle)
        self.recorder = Recorder(authority)
        self.process = None
        if name != "locum":
            home = self.home()
            python = interpreter(VERSION_1 if name == "v1" else VERSION_2)
            self.process = subprocess.Popen(
                [python, str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(home)},
            )  # fmt: skip
            self.told(self.job(["sts", "get-caller-identity", "--endpoint-url", self.recorder.url], home, self.environment(home), warm=True))

    def home(self):
        """An empty home, always at the same place: an original looks for its caches where it was loaded."""
        # Of one length for all programs, for tables.
        home = self.directory / self.name[:2]
        if home.exists():
            shutil.rmtree(home)
        (home / ".aws").mkdir(parents=True)
        return home

    def environment(self, home, bare=False, **variables):
        clean = {
            "HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }  # fmt: skip
        return {**clean, **({} if bare else KEYS | REGION), **variables}

    def job(self, words, home, environment, **more):
        streams = {name: str(home / f".{name}") for name in ("stdout", "stderr")}
        return {"words": words, "environment": environment, "directory": str(home), "stdin": "/dev/null", **streams, **more}

    def told(self, job):
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the originals' process has ended"
        return json.loads(answer)["status"]

    def prepare(self, case):
        home = self.home()
        places = {"home": str(home), "url": self.recorder.url}

        def filled(text):
            return text.replace("{home}", places["home"]).replace("{url}", places["url"]).replace("{bundle}", self.bundle)

        for name, text in {".aws/config": case.config, ".aws/credentials": case.credentials, **case.files}.items():
            if text:
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).write_text(filled(text)) if isinstance(text, str) else (home / name).write_bytes(text)
        variables = {name: filled(value) for name, value in case.environment.items()}
        if not case.here:
            variables = {"HTTPS_PROXY": self.recorder.url, "HTTP_PROXY": self.recorder.url, "AWS_CA_BUNDLE": self.bundle, **variables}
        more = {}
        if case.stdin is not None:
            (home / ".stdin").write_text(case.stdin)
            more["stdin"] = str(home / ".stdin")
        environment = self.environment(home, case.bare, **variables)
        return home, self.job(case.list(**places), home, environment, **more)

    def run(self, case, real=False):
        """Runs a case; `real` in a process of its own, whichever the program."""
        home, job = self.prepare(case)
        self.recorder.expect(case.answer)
        if self.process and not real:
            status = self.told(job)
        else:
            command = {"locum": BINARY, "v1": VERSION_1, "v2": VERSION_2}[self.name]
            with open(job["stdin"]) as stdin, open(job["stdout"], "w") as stdout, open(job["stderr"], "w") as stderr:
                done = subprocess.run(
                    [command, *job["words"]], env=job["environment"], cwd=home, stdin=stdin, stdout=stdout, stderr=stderr, timeout=120
                )
            status = done.returncode
        requests = json.loads(self.masked(json.dumps(self.recorder.seen), home))
        stdout, stderr = (self.masked(Path(job[name]).read_bytes().decode(errors="replace"), home) for name in ("stdout", "stderr"))
        sentence = sentence_of_ours(stderr) if self.name == "locum" else sentence_of_theirs(stderr)
        return Outcome(status, stdout, stderr, sentence, tuple(requests))

    def masked(self, text, home):
        """Without what is another in every run."""
        text = text.replace(str(home), "{home}").replace(f"127.0.0.1:{self.recorder.port}", "{here}")
        return re.sub(r"botocore-session-\d+", "botocore-session-N", text)

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(timeout=20)
        self.recorder.stop()
