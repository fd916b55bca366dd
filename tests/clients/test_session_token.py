"""GetSessionToken: no permission needed, durations, not from a session (facts: sts §2.12)."""

import datetime

import pytest

from server import Caller
from world import deny, make_user, refused

REFUSAL = "Cannot call GetSessionToken with session credentials"


def lifetime(response):
    left = response["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)
    return round(left.total_seconds() / 10) * 10


@pytest.mark.parametrize("seconds", [None, 900, 129600])
def test_duration_for_a_user(root, seconds):
    user = make_user(root)
    asked = {} if seconds is None else {"DurationSeconds": seconds}
    assert lifetime(user.sts.get_session_token(**asked)) == (seconds or 43200)


@pytest.mark.parametrize(("seconds", "given"), [(None, 3600), (900, 900), (3600, 3600), (43200, 3600)])
def test_duration_for_root(root, seconds, given):
    asked = {} if seconds is None else {"DurationSeconds": seconds}
    assert lifetime(root.sts.get_session_token(**asked)) == given


def test_cannot_be_denied(root):
    user = make_user(root, deny("*"))
    assert user.sts.get_session_token()["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_not_from_a_role_session(admin_session):
    with refused("AccessDenied", REFUSAL, 403):
        admin_session.sts.get_session_token()


def test_not_from_a_session_token(root):
    user = make_user(root)
    session = Caller.of(root.server, user.sts.get_session_token()["Credentials"])
    with refused("AccessDenied", REFUSAL, 403):
        session.sts.get_session_token()


@pytest.mark.parametrize(("seconds", "bound"), [(899, "greater than or equal to 900"), (129601, "less than or equal to 129600")])
def test_validation_texts(admin, seconds, bound):
    text = (
        f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: "
        f"Member must have value {bound}"
    )
    with refused("ValidationError", text, 400):
        admin.caller.unchecked.get_session_token(DurationSeconds=seconds)
