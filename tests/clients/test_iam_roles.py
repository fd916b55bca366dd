"""Roles: life, trust, policies, boundaries and tags (facts: sts §8)."""

import json

import pytest

from world import NO_BOUNDARY, allow, assume, because, make_role, make_user, policy, refused, trusting, unique


def test_life(root, admin, account):
    name = unique("life")
    trust = trusting(admin.arn)
    made = root.iam.create_role(RoleName=name, Path="/svc/", AssumeRolePolicyDocument=trust, Description="first")["Role"]
    assert made["Arn"] == f"arn:aws:iam::{account}:role/svc/{name}" and made["RoleId"].startswith("AROA")
    got = root.iam.get_role(RoleName=name)["Role"]
    assert got["AssumeRolePolicyDocument"] == json.loads(trust)
    assert (got["RoleId"], got["Description"], got["MaxSessionDuration"]) == (made["RoleId"], "first", 3600)
    root.iam.update_role(RoleName=name, Description="second", MaxSessionDuration=7200)
    got = root.iam.get_role(RoleName=name)["Role"]
    assert (got["Description"], got["MaxSessionDuration"]) == ("second", 7200)
    assert name in [role["RoleName"] for role in root.iam.list_roles(PathPrefix="/svc/")["Roles"]]
    root.iam.delete_role(RoleName=name)
    with refused("NoSuchEntity", f"The role with name {name} cannot be found.", 404):
        root.iam.get_role(RoleName=name)


def test_names_are_unique_ignoring_case(root, admin):
    role = make_role(root, trusting(admin.arn), name=unique("Case"))
    with refused("EntityAlreadyExists", status=409, matching="already exists"):
        make_role(root, trusting(admin.arn), name=role.name.swapcase())


@pytest.mark.parametrize("seconds", [3599, 43201])
def test_session_duration_bounds(root, admin, seconds):
    iam = root.client("iam", parameter_validation=False)
    with refused("ValidationError", status=400, matching="^1 validation error detected: Value .*at 'maxSessionDuration'"):
        iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trusting(admin.arn), MaxSessionDuration=seconds)


@pytest.mark.parametrize(
    "trust",
    [
        "not json",
        policy({"Effect": "Allow", "Action": "sts:AssumeRole"}),
        policy({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Resource": "*"}),
        policy({"Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "sts:AssumeRole"}),
    ],
)
def test_malformed_trust(root, trust):
    with refused("MalformedPolicyDocument", status=400):
        root.iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trust)


def test_deleting_needs_an_empty_role(root, admin):
    role = make_role(root, trusting(admin.arn), allow("*"))
    managed = root.iam.create_policy(PolicyName=unique("held"), PolicyDocument=policy(allow("*")))["Policy"]["Arn"]
    root.iam.attach_role_policy(RoleName=role.name, PolicyArn=managed)
    for remove in (
        lambda: root.iam.delete_role_policy(RoleName=role.name, PolicyName="own"),
        lambda: root.iam.detach_role_policy(RoleName=role.name, PolicyArn=managed),
    ):
        with refused("DeleteConflict", status=409, matching="^Cannot delete entity, must "):
            root.iam.delete_role(RoleName=role.name)
        remove()
    root.iam.delete_role(RoleName=role.name)


def test_inline_policies(root, admin):
    role = make_role(root, trusting(admin.arn))
    session = assume(admin, role)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]}
    root.iam.put_role_policy(RoleName=role.name, PolicyName="list", PolicyDocument=json.dumps(document))
    assert root.iam.get_role_policy(RoleName=role.name, PolicyName="list")["PolicyDocument"] == document
    assert root.iam.list_role_policies(RoleName=role.name)["PolicyNames"] == ["list"]
    assert session.iam.list_users()["Users"]
    root.iam.delete_role_policy(RoleName=role.name, PolicyName="list")
    with refused("NoSuchEntity", "The role policy with name list cannot be found.", 404):
        root.iam.get_role_policy(RoleName=role.name, PolicyName="list")
    with refused("AccessDenied", status=403):
        session.iam.list_users()


def test_attached_policies(root, admin):
    role = make_role(root, trusting(admin.arn))
    session = assume(admin, role)
    name = unique("attached")
    arn = root.iam.create_policy(PolicyName=name, PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    root.iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    assert root.iam.list_attached_role_policies(RoleName=role.name)["AttachedPolicies"] == [{"PolicyName": name, "PolicyArn": arn}]
    assert session.iam.list_users()["Users"]
    root.iam.detach_role_policy(RoleName=role.name, PolicyArn=arn)
    with refused("AccessDenied", status=403):
        session.iam.list_users()
    absent = arn + "-absent"
    with refused("NoSuchEntity", f"Policy {absent} does not exist or is not attachable.", 404):
        root.iam.attach_role_policy(RoleName=role.name, PolicyArn=absent)


def test_boundary(root, admin):
    arn = root.iam.create_policy(PolicyName=unique("fence"), PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    role = make_role(root, trusting(admin.arn), allow("*"), PermissionsBoundary=arn)
    assert root.iam.get_role(RoleName=role.name)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    session = assume(admin, role)
    assert session.iam.list_users()["Users"]
    with refused("AccessDenied", status=403, matching=because(session.arn, "iam:ListRoles", NO_BOUNDARY("iam:ListRoles"))):
        session.iam.list_roles()
    root.iam.delete_role_permissions_boundary(RoleName=role.name)
    assert session.iam.list_roles()["Roles"]
    root.iam.put_role_permissions_boundary(RoleName=role.name, PermissionsBoundary=arn)
    with refused("AccessDenied", status=403):
        session.iam.list_roles()


def test_tags(root, admin):
    role = make_role(root, trusting(admin.arn), Tags=[{"Key": "team", "Value": "red"}])
    root.iam.tag_role(RoleName=role.name, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": ""}])
    tags = {tag["Key"]: tag["Value"] for tag in root.iam.list_role_tags(RoleName=role.name)["Tags"]}
    assert tags == {"team": "blue", "cost": ""}
    root.iam.untag_role(RoleName=role.name, TagKeys=["team"])
    assert root.iam.list_role_tags(RoleName=role.name)["Tags"] == [{"Key": "cost", "Value": ""}]


def test_a_tag_of_the_role_may_open_it(root):
    """aws:ResourceTag is the target role's tag (facts: sts §4.3)."""
    user = make_user(root, allow("sts:AssumeRole", Condition={"StringEquals": {"aws:ResourceTag/open": "yes"}}))
    account_trust = trusting(user.arn.split(":")[4])
    opened = make_role(root, account_trust, Tags=[{"Key": "open", "Value": "yes"}])
    closed = make_role(root, account_trust)
    assert assume(user, opened)
    with refused("AccessDenied", status=403):
        assume(user, closed)
