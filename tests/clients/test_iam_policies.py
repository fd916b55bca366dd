"""Managed policies and their versions (facts: sts §8)."""

import json

import pytest

from world import allow, make_user, policy, refused, unique


def make_policy(root, *statements, **parameters):
    return root.iam.create_policy(PolicyName=unique("policy"), PolicyDocument=policy(*statements), **parameters)["Policy"]


def test_life(root, account):
    name = unique("life")
    document = policy(allow("iam:ListUsers"))
    made = root.iam.create_policy(PolicyName=name, Path="/teams/", PolicyDocument=document, Description="lists")["Policy"]
    assert made["Arn"] == f"arn:aws:iam::{account}:policy/teams/{name}"
    assert made["PolicyId"].startswith("ANPA")
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == ("v1", 0, True)
    got = root.iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert (got["PolicyName"], got["Description"]) == (name, "lists")
    listed = root.iam.list_policies(Scope="Local", PathPrefix="/teams/")["Policies"]
    assert name in [entry["PolicyName"] for entry in listed]
    root.iam.delete_policy(PolicyArn=made["Arn"])
    with refused("NoSuchEntity", f"Policy {made['Arn']} was not found.", 404):
        root.iam.get_policy(PolicyArn=made["Arn"])


def test_same_name_twice(root):
    made = make_policy(root, allow("*"))
    text = f"A policy called {made['PolicyName']} already exists. Duplicate names are not allowed."
    with refused("EntityAlreadyExists", text, 409):
        root.iam.create_policy(PolicyName=made["PolicyName"], PolicyDocument=policy(allow("*")))


def test_versions(root):
    arn = make_policy(root, allow("iam:ListUsers"))["Arn"]
    user = make_user(root)
    root.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    assert user.iam.list_users()["Users"]
    second = policy(allow("iam:ListRoles"))
    made = root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=second)["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", False)
    assert user.iam.list_users()["Users"]
    root.iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert "Roles" in user.iam.list_roles()
    with refused("AccessDenied", status=403):
        user.iam.list_users()
    got = root.iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert got["Document"] == json.loads(second) and got["IsDefaultVersion"] is True
    versions = root.iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert {version["VersionId"]: version["IsDefaultVersion"] for version in versions} == {"v1": False, "v2": True}
    with refused("DeleteConflict", status=409):
        root.iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    root.iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    with refused("NoSuchEntity", status=404, matching=f"^Policy {arn} version v1 does not exist or is not attachable.$"):
        root.iam.get_policy_version(PolicyArn=arn, VersionId="v1")


def test_five_versions_at_most(root):
    arn = make_policy(root, allow("*"))["Arn"]
    for _ in range(4):
        root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("*")), SetAsDefault=True)
    with refused("LimitExceeded", status=409):
        root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("*")))
    root.iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    made = root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("*")))["PolicyVersion"]
    assert made["VersionId"] == "v6"


def test_deleting_needs_a_free_policy(root):
    arn = make_policy(root, allow("*"))["Arn"]
    user = make_user(root)
    root.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    assert root.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    with refused("DeleteConflict", status=409):
        root.iam.delete_policy(PolicyArn=arn)
    root.iam.detach_user_policy(UserName=user.name, PolicyArn=arn)
    root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("*")))
    with refused("DeleteConflict", status=409):
        root.iam.delete_policy(PolicyArn=arn)
    root.iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    root.iam.delete_policy(PolicyArn=arn)


@pytest.mark.parametrize(
    "document",
    [
        "not json",
        policy({"Effect": "Allow", "Action": "iam:*"}),
        policy({"Effect": "allow", "Action": "iam:*", "Resource": "*"}),
        policy({"Effect": "Allow", "Action": "iam:*", "NotAction": "s3:*", "Resource": "*"}),
        policy({"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {"StringSame": {"aws:username": "x"}}}),
        '{"Version":"2013-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"},"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
    ],
)
def test_malformed(root, document):
    with refused("MalformedPolicyDocument", status=400):
        root.iam.create_policy(PolicyName=unique("bad"), PolicyDocument=document)


def test_no_json_at_all(root):
    """Identity policies and trust policies have different texts for it (facts: policy §6.1)."""
    with refused("MalformedPolicyDocument", "Syntax errors in policy.", 400):
        root.iam.create_policy(PolicyName=unique("bad"), PolicyDocument="not json")
    with refused("MalformedPolicyDocument", "This policy contains invalid Json", 400):
        root.iam.create_role(RoleName=unique("bad"), AssumeRolePolicyDocument="not json")


def test_arn_that_is_none(root):
    with refused(("ValidationError", "InvalidInput"), status=400):
        root.iam.get_policy(PolicyArn="this-is-certainly-no-arn")
