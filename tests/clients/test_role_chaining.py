"""A session that assumes another role: the one-hour cap, and who a session is in a trust policy (facts: sts §2.4, §4.6)."""

from server import Caller
from world import allow, assume, deny, make_role, make_user, not_authorized, policy, refused, trusting

ASSUME = "sts:AssumeRole"
HOUR = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
ROLE_MAX = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."


def chain(root, admin, **parameters):
    first = make_role(root, trusting(admin.arn), allow(ASSUME))
    second = make_role(root, trusting(first.arn), **parameters)
    return assume(admin, first), second


def test_one_hour_and_not_more(root, admin):
    session, second = chain(root, admin, MaxSessionDuration=43200)
    assert assume(session, second, DurationSeconds=3600)
    with refused("ValidationError", HOUR, 400):
        assume(session, second, DurationSeconds=3601)


def test_the_roles_own_maximum_is_told_first(root, admin):
    session, second = chain(root, admin, MaxSessionDuration=3600)
    with refused("ValidationError", ROLE_MAX, 400):
        assume(session, second, DurationSeconds=7200)


def test_session_token_is_not_chaining(root):
    user = make_user(root)
    role = make_role(root, trusting(user.arn), MaxSessionDuration=7200)
    session = Caller.of(root.server, user.sts.get_session_token()["Credentials"])
    assert assume(session, role, DurationSeconds=7200)


def test_a_role_does_not_trust_itself(root, admin):
    role = make_role(root, trusting(admin.arn), allow(ASSUME))
    session = assume(admin, role)
    with refused("AccessDenied", not_authorized(session.arn, ASSUME, role.arn), 403):
        assume(session, role)
    root.iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trusting([admin.arn, role.arn]))
    assert assume(session, role)


def test_trusted_session_is_exactly_that_session(root, admin, account):
    first = make_role(root, trusting(admin.arn), allow(ASSUME))
    named = f"arn:aws:sts::{account}:assumed-role/{first.name}/deploy"
    second = make_role(root, trusting(named))
    assert assume(assume(admin, first, "deploy"), second)
    other = assume(admin, first, "deploy2")
    with refused("AccessDenied", not_authorized(other.arn, ASSUME, second.arn), 403):
        assume(other, second)


def test_trusted_role_does_not_overrule_a_session_policy(root, admin):
    """A role named in the trust policy is still limited by the session's own policy (facts: policy §2.2)."""
    first = make_role(root, trusting(admin.arn), allow(ASSUME))
    second = make_role(root, trusting(first.arn))
    limited = assume(admin, first, Policy=policy(allow("sts:GetAccessKeyInfo")))
    with refused("AccessDenied", not_authorized(limited.arn, ASSUME, second.arn), 403):
        assume(limited, second)


def test_explicit_deny_in_the_roles_policy(root, admin):
    first = make_role(root, trusting(admin.arn), allow("*"), deny(ASSUME))
    second = make_role(root, trusting(first.arn))
    session = assume(admin, first)
    with refused("AccessDenied", not_authorized(session.arn, ASSUME, second.arn), 403):
        assume(session, second)
