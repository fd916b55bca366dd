"""`locum quickstart --once`: the tour ends by itself, shows its steps, and leaves no secret on the screen."""

import re

from server import run_locum


def test_quickstart(tmp_path):
    done = run_locum("quickstart", "--once", home=tmp_path, timeout=120)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "panicked" not in told
    for step in (
        r"AssumeRole|assume-role|assumes? ",
        r"arn:aws:sts::\d{12}:assumed-role/\S+/\S+",
        r"is not authorized to perform: ",
        r"because no .* policy allows|explicit deny",
    ):
        assert re.search(step, told), f"the tour does not show {step!r}:\n{told}"
    assert not re.search(r"[A-Za-z0-9+/=]{200,}", told), "the tour prints a whole session token"
    # A pipe gets plain text.
    assert "\x1b[" not in told


def test_quickstart_twice(tmp_path):
    """It cleans up after itself, or takes up where it was; both ways the second run works like the first."""
    for _ in range(2):
        assert run_locum("quickstart", "--once", home=tmp_path, timeout=120).returncode == 0
