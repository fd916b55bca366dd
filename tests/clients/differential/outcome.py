"""A case, and what a program makes of it."""

import dataclasses
import re
import shlex

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENV0000000000000", "AWS_SECRET_ACCESS_KEY": "secret-of-AKIAENV0000000000000"}
REGION = {"AWS_DEFAULT_REGION": "us-east-1"}
# Debian's version is older than these.
NEWER_THAN_V2 = ("assume-root", "get-delegated-access-token", "get-web-identity-token")


@dataclasses.dataclass(frozen=True)
class Case:
    """An argument list and what surrounds it. `{url}`, `{home}` and `{bundle}` stand for what a run has."""

    words: str | tuple
    # On top of keys and a region, which `bare` leaves away.
    environment: dict = dataclasses.field(default_factory=dict)
    bare: bool = False
    config: str = ""
    credentials: str = ""
    files: dict = dataclasses.field(default_factory=dict)
    stdin: str | None = None
    answer: str = "plain"
    # Whether `--endpoint-url` comes first; a proxy watches the others.
    here: bool = True
    originals: tuple = ("v1", "v2")

    def list(self, **places):
        words = shlex.split(self.words) if isinstance(self.words, str) else self.words
        words = [word.replace("{home}", places["home"]).replace("{url}", places["url"]) for word in words]
        return ["--endpoint-url", places["url"], *words] if self.here else words

    def is_for(self, program):
        return program in self.originals and (program == "v1" or not any(name in self.words for name in NEWER_THAN_V2))


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What can be seen of a command. `sentence` is what standard error says, without what versions put around it."""

    status: int
    stdout: str
    stderr: str
    sentence: str
    requests: tuple

    def replace(self, **parts):
        return dataclasses.replace(self, **parts)


OURS = re.compile(
    r"\n(?:usage: locum .*?\n\n)?aws: \[ERROR\]: (?:An error occurred \((?:ParamValidation|NoCredentials|NoRegion|Configuration)\): )?"
    r"(?P<sentence>.*?)\n(?:\nusage: locum .*)?\Z",
    re.DOTALL,
)


def sentence_of_ours(stderr):
    found = OURS.fullmatch(stderr)
    return found["sentence"] if found else stderr


def sentence_of_theirs(stderr):
    if "aws: error: " in stderr:
        return stderr.split("aws: error: ", 1)[1].strip("\n")
    if "Unknown options: " in stderr:
        return stderr[stderr.index("Unknown options: ") :].strip("\n")
    # From version 2 on, some failures have the prefix of newer ones.
    return stderr.removeprefix("\n").removesuffix("\n").removeprefix("aws: [ERROR]: ")


def form_of_ours(status):
    """What version 2.36 puts around a sentence, by the exit status."""
    return {
        252: r"\n(aws: \[ERROR\]: An error occurred \(ParamValidation\): .*|usage: .*aws: \[ERROR\]: Unknown options: [^\n]*\n)",
        253: r"\naws: \[ERROR\]: An error occurred \((NoCredentials|NoRegion|Configuration)\): .*\n",
        254: r"\naws: \[ERROR\]: An error occurred \([^)]*\) when calling the [A-Za-z]+ operation.*\n",
        255: r"\naws: \[ERROR\]: .*\n",
    }[status]
