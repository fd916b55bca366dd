"""`locum sts` beside `aws sts`, version 1: hundreds of argument lists and configurations, one recording server.

The cases, and the list of intended differences with their reasons, are in `differential/`.
"""

import pytest

from differential.comparison import CASES, comparison, sample, unneeded  # noqa: F401

ORIGINAL = "v1"


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.is_for(ORIGINAL)])
def test_the_same(comparison, name):
    comparison.check(name)


@pytest.mark.parametrize("name", sample(ORIGINAL))
def test_a_process_of_its_own_does_the_same(comparison, name):
    """The originals run in children of one process; those that start anew are no different."""
    original = comparison.programs[0]
    assert original.run(comparison.cases[name], real=True) == comparison.outcome(name)[0]


def test_every_difference_is_needed(comparison):
    assert unneeded(comparison) == []
