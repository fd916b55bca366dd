"""Running `aws` (version 1 from PyPI, version 2 from Debian) and `locum sts` as a person would."""

import os
import subprocess
import sys
from pathlib import Path

from server import BINARY, clean_environment

VERSION_1 = os.environ.get("LOCUM_AWS_V1") or str(Path(sys.executable).with_name("aws"))
VERSION_2 = os.environ.get("LOCUM_AWS_V2") or "/usr/bin/aws"
PROGRAMS = {"v1": VERSION_1, "v2": VERSION_2, "locum": BINARY}


def run(program, *arguments, home, caller=None, url=None, timeout=180, **variables):
    """Runs one command; the endpoint is a flag, which every version understands."""
    command = [PROGRAMS[program], *map(str, arguments)]
    if url or caller:
        command += ["--endpoint-url", url or caller.server.url]
    environment = clean_environment(home, **(caller.variables() if caller else {}))
    return subprocess.run(
        command,
        env={**environment, **variables},
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
