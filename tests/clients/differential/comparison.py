"""The suite: every case by an original and by us, through the list of differences."""

import re

import pytest

from differential import cases_answers, cases_places, cases_words
from differential.differences import DIFFERENCES
from differential.outcome import Case, form_of_ours
from differential.programs import Program
from differential.recorder import Authority


def all_cases():
    found = {}
    for module in (cases_words, cases_answers, cases_places):
        for group in module.GROUPS:
            for name, case in group.items():
                assert name not in found, f"two cases are called {name!r}"
                found[name] = case if isinstance(case, Case) else Case(case)
    return found


CASES = all_cases()


class Comparison:
    """One original beside us. Each case is run once, when somebody first asks."""

    def __init__(self, original, directory):
        self.original = original
        self.cases = {name: case for name, case in CASES.items() if case.is_for(original)}
        self.differences = [difference for difference in DIFFERENCES if original in difference.of]
        authority = Authority(directory)
        self.programs = [Program(name, directory, authority) for name in (original, "locum")]
        self.outcomes = {}

    def outcome(self, name):
        """What the original did, and what we did."""
        if name not in self.outcomes:
            self.outcomes[name] = tuple(program.run(self.cases[name]) for program in self.programs)
        return self.outcomes[name]

    def expected(self, name):
        """What we should have done, and which differences made it so."""
        theirs, ours = self.outcome(name)
        hit = []
        for difference in self.differences:
            changed = difference.expect(name, theirs, ours)
            if changed != theirs:
                hit.append(difference)
            theirs = changed
        return theirs, hit

    def check(self, name):
        (expected, _), (_, ours) = self.expected(name), self.outcome(name)
        assert ours.requests == expected.requests
        assert ours.status == expected.status, ours.stderr
        assert ours.stdout == expected.stdout
        assert ours.sentence == expected.sentence
        if ours.status:
            assert re.fullmatch(form_of_ours(ours.status), ours.stderr, re.DOTALL), ours.stderr
        for request in ours.requests:
            assert request["signature"] is None or request["signature"]["valid"]

    def stop(self):
        for program in self.programs:
            program.stop()


def unneeded(comparison):
    """The differences that no case shows."""
    hit = {difference.what for name in comparison.cases for difference in comparison.expected(name)[1]}
    return [difference.what for difference in comparison.differences if difference.what not in hit]


# Those that a forked process could treat otherwise than one of its own.
SAMPLE = (
    "get-caller-identity", "prefix of an option", "missing two", "unknown option", "bad query", "query foo[ in json", "a file for a string",
    "a role", "no credentials", "answered with denied in unicode", "assume-role in table", "endpoint of us-west-2", "a message of no kind",
)  # fmt: skip


def sample(original):
    return [name for name in SAMPLE if name in CASES and CASES[name].is_for(original)]


@pytest.fixture(scope="module")
def comparison(request, tmp_path_factory):
    made = Comparison(request.module.ORIGINAL, tmp_path_factory.mktemp("differential"))
    yield made
    made.stop()
