"""Users, their access keys, policies, boundaries and tags (facts: sts §8)."""

import json

import pytest

from world import (
    EXPLICIT_IDENTITY, NO_BOUNDARY, NO_IDENTITY, allow, because, deny, make_user, policy, refused, unique,
)


def sorted_tags(tags):
    return sorted((tag["Key"], tag["Value"]) for tag in tags)


def test_life(root, account):
    name, renamed = unique("life"), unique("renamed")
    tags = [{"Key": "team", "Value": "blue"}]
    made = root.iam.create_user(UserName=name, Path="/a/b/", Tags=tags)["User"]
    assert made["Arn"] == f"arn:aws:iam::{account}:user/a/b/{name}"
    assert made["UserId"].startswith("AIDA") and made["Path"] == "/a/b/" and made["Tags"] == tags
    got = root.iam.get_user(UserName=name)["User"]
    assert (got["UserId"], got["CreateDate"]) == (made["UserId"], made["CreateDate"])
    assert name in [user["UserName"] for user in root.iam.list_users(PathPrefix="/a/")["Users"]]
    root.iam.update_user(UserName=name, NewUserName=renamed, NewPath="/c/")
    moved = root.iam.get_user(UserName=renamed)["User"]
    assert (moved["UserId"], moved["Arn"]) == (made["UserId"], f"arn:aws:iam::{account}:user/c/{renamed}")
    root.iam.delete_user(UserName=renamed)
    for gone in (name, renamed):
        with refused("NoSuchEntity", f"The user with name {gone} cannot be found.", 404):
            root.iam.get_user(UserName=gone)


def test_names_are_unique_ignoring_case(root):
    name = unique("Case")
    root.iam.create_user(UserName=name)
    with refused("EntityAlreadyExists", status=409, matching="already exists"):
        root.iam.create_user(UserName=name.swapcase())


def test_a_user_asks_about_themselves(root):
    user = make_user(root, allow(["iam:GetUser", "iam:ListAccessKeys"]))
    assert user.iam.get_user()["User"]["Arn"] == user.arn
    keys = user.iam.list_access_keys()["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in keys] == [user.caller.access_key_id]


def test_sessions_must_name_the_user(admin_session):
    with refused("ValidationError", "Must specify userName when calling with non-User credentials", 400):
        admin_session.iam.get_user()


def test_access_keys(root):
    user = make_user(root)
    second = root.iam.create_access_key(UserName=user.name)["AccessKey"]
    assert second["Status"] == "Active" and second["AccessKeyId"].startswith("AKIA") and len(second["SecretAccessKey"]) == 40
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409):
        root.iam.create_access_key(UserName=user.name)
    root.iam.update_access_key(UserName=user.name, AccessKeyId=second["AccessKeyId"], Status="Inactive")
    states = {key["AccessKeyId"]: key["Status"] for key in root.iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"]}
    assert states == {user.caller.access_key_id: "Active", second["AccessKeyId"]: "Inactive"}
    root.iam.delete_access_key(UserName=user.name, AccessKeyId=second["AccessKeyId"])
    with refused("NoSuchEntity", status=404, matching=f"The Access Key with id {second['AccessKeyId']} cannot be found"):
        root.iam.delete_access_key(UserName=user.name, AccessKeyId=second["AccessKeyId"])


def test_status_is_checked(root):
    user = make_user(root)
    text = "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"
    with refused("ValidationError", text, 400):
        root.iam.update_access_key(UserName=user.name, AccessKeyId=user.caller.access_key_id, Status="Sleeping")


def test_deleting_needs_an_empty_user(root):
    user = make_user(root, allow("iam:GetUser"))
    managed = root.iam.create_policy(PolicyName=unique("held"), PolicyDocument=policy(allow("*")))["Policy"]["Arn"]
    root.iam.attach_user_policy(UserName=user.name, PolicyArn=managed)
    removals = (
        lambda: root.iam.delete_access_key(UserName=user.name, AccessKeyId=user.caller.access_key_id),
        lambda: root.iam.delete_user_policy(UserName=user.name, PolicyName="own"),
        lambda: root.iam.detach_user_policy(UserName=user.name, PolicyArn=managed),
    )
    for remove in removals:
        with refused("DeleteConflict", status=409, matching="^Cannot delete entity, must "):
            root.iam.delete_user(UserName=user.name)
        remove()
    root.iam.delete_user(UserName=user.name)


def test_inline_policies(root):
    user = make_user(root)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]}
    root.iam.put_user_policy(UserName=user.name, PolicyName="list", PolicyDocument=json.dumps(document))
    assert root.iam.get_user_policy(UserName=user.name, PolicyName="list")["PolicyDocument"] == document
    assert root.iam.list_user_policies(UserName=user.name)["PolicyNames"] == ["list"]
    assert user.iam.list_users()["Users"]
    root.iam.delete_user_policy(UserName=user.name, PolicyName="list")
    with refused("NoSuchEntity", status=404, matching="The user policy with name list cannot be found"):
        root.iam.get_user_policy(UserName=user.name, PolicyName="list")
    with refused("AccessDenied", status=403, matching=because(user.arn, "iam:ListUsers", NO_IDENTITY("iam:ListUsers"))):
        user.iam.list_users()


def test_attached_policies(root):
    user = make_user(root)
    name = unique("attached")
    arn = root.iam.create_policy(PolicyName=name, PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    root.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    attached = root.iam.list_attached_user_policies(UserName=user.name)["AttachedPolicies"]
    assert attached == [{"PolicyName": name, "PolicyArn": arn}]
    assert user.iam.list_users()["Users"]
    root.iam.detach_user_policy(UserName=user.name, PolicyArn=arn)
    with refused("NoSuchEntity", status=404):
        root.iam.detach_user_policy(UserName=user.name, PolicyArn=arn)
    with refused("AccessDenied", status=403):
        user.iam.list_users()


def test_an_explicit_deny_wins(root):
    user = make_user(root, allow("*"), deny("iam:ListUsers"))
    assert user.iam.list_roles()["ResponseMetadata"]["HTTPStatusCode"] == 200
    with refused("AccessDenied", status=403, matching=because(user.arn, "iam:ListUsers", EXPLICIT_IDENTITY)):
        user.iam.list_users()


def test_boundary(root):
    user = make_user(root, allow("*"))
    arn = root.iam.create_policy(PolicyName=unique("fence"), PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    root.iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=arn)
    assert root.iam.get_user(UserName=user.name)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    assert user.iam.list_users()["Users"]
    with refused("AccessDenied", status=403, matching=because(user.arn, "iam:ListRoles", NO_BOUNDARY("iam:ListRoles"))):
        user.iam.list_roles()
    root.iam.delete_user_permissions_boundary(UserName=user.name)
    assert "PermissionsBoundary" not in root.iam.get_user(UserName=user.name)["User"]
    assert "Roles" in user.iam.list_roles()


def test_tags(root):
    user = make_user(root, allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}}))
    root.iam.tag_user(UserName=user.name, Tags=[{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "42"}])
    root.iam.tag_user(UserName=user.name, Tags=[{"Key": "team", "Value": "blue"}])
    assert sorted_tags(root.iam.list_user_tags(UserName=user.name)["Tags"]) == [("cost", "42"), ("team", "blue")]
    assert user.iam.list_users()["Users"]
    root.iam.untag_user(UserName=user.name, TagKeys=["team"])
    assert sorted_tags(root.iam.list_user_tags(UserName=user.name)["Tags"]) == [("cost", "42")]
    with refused("AccessDenied", status=403):
        user.iam.list_users()


@pytest.mark.parametrize("document", ["not json", '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}'])
def test_malformed_policy(root, document):
    user = make_user(root)
    with refused("MalformedPolicyDocument", status=400):
        root.iam.put_user_policy(UserName=user.name, PolicyName="bad", PolicyDocument=document)
    assert root.iam.list_user_policies(UserName=user.name)["PolicyNames"] == []


def test_rights_end_at_the_named_user(root, account):
    """A resource in a policy is that user and no other."""
    mine = make_user(root)
    user = make_user(root, allow("iam:*", f"arn:aws:iam::{account}:user/{mine.name}"))
    assert user.iam.get_user(UserName=mine.name)["User"]["Arn"] == mine.arn
    for call in (lambda: user.iam.get_user(UserName=user.name), lambda: user.iam.create_access_key(UserName=user.name)):
        with refused("AccessDenied", status=403, matching=f"on resource: {user.arn} "):
            call()
