"""Session policies, inline and by ARN: they limit and never grant (facts: sts §1.8, §2.4; policy §2.2)."""

import pytest

from world import NO_IDENTITY, NO_SESSION, allow, assume, because, deny, make_role, make_user, policy, refused, trusting, unique


@pytest.fixture(scope="module")
def powerful(root, admin):
    return make_role(root, trusting(admin.arn), allow("iam:*"))


def denied(caller, action, reason):
    return refused("AccessDenied", status=403, matching=because(caller.arn, action, reason))


def test_inline(admin, powerful):
    session = assume(admin, powerful, Policy=policy(allow("iam:ListUsers")))
    assert session.iam.list_users()["Users"]
    with denied(session, "iam:ListRoles", NO_SESSION("iam:ListRoles")):
        session.iam.list_roles()


def test_packed_size_is_told(admin, powerful):
    response = admin.sts.assume_role(RoleArn=powerful.arn, RoleSessionName="packed", Policy=policy(allow("iam:ListUsers")))
    assert 0 <= response["PackedPolicySize"] <= 100


def test_it_never_grants(admin, powerful):
    session = assume(admin, powerful, Policy=policy(allow("*")))
    action = "sts:GetAccessKeyInfo"
    with denied(session, action, NO_IDENTITY(action)):
        session.sts.get_access_key_info(AccessKeyId=session.access_key_id)


def test_explicit_deny(admin, powerful):
    session = assume(admin, powerful, Policy=policy(allow("*"), deny("iam:ListRoles")))
    assert session.iam.list_users()["Users"]
    pattern = r"is not authorized to perform: iam:ListRoles( on resource: \S+)? with an explicit deny in a sessions? policy"
    with refused("AccessDenied", status=403, matching=pattern):
        session.iam.list_roles()


def test_by_arn_and_inline_together(root, admin, powerful):
    managed = root.iam.create_policy(PolicyName=unique("limit"), PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    session = assume(admin, powerful, PolicyArns=[{"arn": managed}])
    assert session.iam.list_users()["Users"]
    with denied(session, "iam:ListRoles", NO_SESSION("iam:ListRoles")):
        session.iam.list_roles()
    both = assume(admin, powerful, PolicyArns=[{"arn": managed}], Policy=policy(allow("iam:ListRoles")))
    assert both.iam.list_users()["Users"] and both.iam.list_roles()["Roles"]
    with denied(both, "iam:ListGroups", NO_SESSION("iam:ListGroups")):
        both.iam.list_groups()


@pytest.mark.parametrize("arn", ["arn:aws:iam::{account}:policy/not-there", "arn:aws:iam::029608264753:policy/elsewhere"])
def test_by_arn_of_no_policy_here(admin, powerful, account, arn):
    with refused(("MalformedPolicyDocument", "ValidationError", "NoSuchEntity", "AccessDenied", "InvalidParameterValue")) as refusal:
        assume(admin, powerful, PolicyArns=[{"arn": arn.format(account=account)}])
    assert refusal.status in (400, 403, 404)


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        '{"Version":"2012-10-17"}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Permit","Action":"*","Resource":"*"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}',
    ],
)
def test_malformed(admin, powerful, document):
    with refused("MalformedPolicyDocument", status=400):
        assume(admin, powerful, Policy=document)


def test_too_large(admin, powerful):
    large = policy(*(allow("iam:ListUsers", f"arn:aws:iam::123456789012:user/{'x' * 60}{number}") for number in range(200)))
    with refused(("PackedPolicyTooLarge", "ValidationError", "MalformedPolicyDocument"), status=400):
        assume(admin, powerful, Policy=large)


def test_the_roles_own_policy_stays_live(root, admin):
    role = make_role(root, trusting(admin.arn), allow("iam:ListUsers"))
    session = assume(admin, role)
    assert session.iam.list_users()["Users"]
    root.iam.put_role_policy(RoleName=role.name, PolicyName="own", PolicyDocument=policy(deny("iam:ListUsers")))
    with refused("AccessDenied", status=403, matching="with an explicit deny in an identity-based policy"):
        session.iam.list_users()
    root.iam.delete_role_policy(RoleName=role.name, PolicyName="own")
    with denied(session, "iam:ListUsers", NO_IDENTITY("iam:ListUsers")):
        session.iam.list_users()


def test_a_user_named_directly_is_not_limited_by_their_missing_policy(root):
    """The trusted user needs nothing; what the session may do is the role's alone."""
    user = make_user(root)
    role = make_role(root, trusting(user.arn), allow("iam:ListUsers"))
    assert assume(user, role).iam.list_users()["Users"]
