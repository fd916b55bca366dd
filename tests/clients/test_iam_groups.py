"""Groups, who is in them, and what their policies do to their users (facts: sts §8, policy §2.2)."""

import json

import pytest

from commands import run
from world import (
    EXPLICIT_IDENTITY, NO_BOUNDARY, NO_IDENTITY, allow, because, deny, make_role, make_user, policy, refused, trusting, unique,
)


def make_group(root, *statements, users=(), **parameters):
    """A group with these users, and one inline policy of `statements` if there are any."""
    name = unique("group")
    root.iam.create_group(GroupName=name, **parameters)
    for user in users:
        root.iam.add_user_to_group(GroupName=name, UserName=user.name)
    if statements:
        root.iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=policy(*statements))
    return name


def make_policy(root, *statements):
    return root.iam.create_policy(PolicyName=unique("policy"), PolicyDocument=policy(*statements))["Policy"]["Arn"]


def test_life(root, account):
    name, renamed = unique("Life"), unique("Renamed")
    made = root.iam.create_group(GroupName=name, Path="/a/b/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{account}:group/a/b/{name}"
    assert made["GroupId"].startswith("AGPA") and made["Path"] == "/a/b/"
    got = root.iam.get_group(GroupName=name.lower())
    assert (got["Group"], got["Users"], got["IsTruncated"]) == (made, [], False)
    assert made in root.iam.list_groups(PathPrefix="/a/")["Groups"]
    with refused("EntityAlreadyExists", f"Group with name {name.swapcase()} already exists.", 409):
        root.iam.create_group(GroupName=name.swapcase())
    root.iam.update_group(GroupName=name, NewGroupName=renamed, NewPath="/c/")
    moved = root.iam.get_group(GroupName=renamed)["Group"]
    assert (moved["GroupId"], moved["Arn"]) == (made["GroupId"], f"arn:aws:iam::{account}:group/c/{renamed}")
    root.iam.delete_group(GroupName=renamed)
    for gone in (name, renamed):
        with refused("NoSuchEntity", f"The group with name {gone} cannot be found.", 404):
            root.iam.get_group(GroupName=gone)


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_pages(root, size):
    path = f"/{unique('paging')}/"
    users = [make_user(root, Path=path) for _ in range(5)]
    groups = [make_group(root, users=users[:1], Path=path) for _ in range(5)]
    root.iam.add_user_to_group(GroupName=groups[0], UserName=users[0].name)
    for user in users[1:]:
        root.iam.add_user_to_group(GroupName=groups[0], UserName=user.name)
    for number in range(5):
        root.iam.attach_group_policy(GroupName=groups[0], PolicyArn=make_policy(root, allow("iam:ListUsers")))
        root.iam.put_group_policy(
            GroupName=groups[0], PolicyName=f"inline{number}", PolicyDocument=policy(allow("iam:ListUsers"))
        )
    shared = make_policy(root, allow("iam:ListUsers"))
    for group in groups[1:]:
        root.iam.attach_group_policy(GroupName=group, PolicyArn=shared)
    root.iam.attach_user_policy(UserName=users[0].name, PolicyArn=shared)

    def pages(operation, **parameters):
        paginator = root.iam.get_paginator(operation)
        return list(paginator.paginate(**parameters, PaginationConfig={"PageSize": size}))

    for operation, parameters, member, key in (
        ("list_groups", {"PathPrefix": path}, "Groups", "GroupName"),
        ("get_group", {"GroupName": groups[0]}, "Users", "UserName"),
        ("list_groups_for_user", {"UserName": users[0].name}, "Groups", "GroupName"),
        ("list_attached_group_policies", {"GroupName": groups[0]}, "AttachedPolicies", "PolicyArn"),
        ("list_group_policies", {"GroupName": groups[0]}, "PolicyNames", None),
    ):
        seen = pages(operation, **parameters)
        found = [entry[key] if key else entry for page in seen for entry in page[member]]
        assert len(found) == len(set(found)) == 5, operation
        assert [page["IsTruncated"] for page in seen] == [True] * (len(seen) - 1) + [False]
    seen = pages("list_entities_for_policy", PolicyArn=shared)
    found = [group["GroupName"] for page in seen for group in page["PolicyGroups"]]
    assert sorted(found) == sorted(groups[1:])
    assert [user["UserName"] for page in seen for user in page["PolicyUsers"]] == [users[0].name]


def test_membership(root):
    user, other = make_user(root), make_user(root)
    group = make_group(root, allow("iam:ListUsers"), users=[user])
    root.iam.add_user_to_group(GroupName=group, UserName=user.name)
    assert [member["UserName"] for member in root.iam.get_group(GroupName=group)["Users"]] == [user.name]
    assert [of["GroupName"] for of in root.iam.list_groups_for_user(UserName=user.name)["Groups"]] == [group]
    assert user.iam.list_users()["Users"]
    with refused("AccessDenied", status=403, matching=because(other.arn, "iam:ListUsers", NO_IDENTITY("iam:ListUsers"))):
        other.iam.list_users()
    root.iam.remove_user_from_group(GroupName=group, UserName=user.name)
    with refused("AccessDenied", status=403, matching=because(user.arn, "iam:ListUsers", NO_IDENTITY("iam:ListUsers"))):
        user.iam.list_users()
    root.iam.remove_user_from_group(GroupName=group, UserName=user.name)
    with refused("NoSuchEntity", "The user with name nobody-here cannot be found.", 404):
        root.iam.add_user_to_group(GroupName=group, UserName="nobody-here")


def test_deleting_needs_an_empty_group(root):
    user = make_user(root)
    group = make_group(root, allow("iam:ListUsers"), users=[user])
    managed = make_policy(root, allow("iam:ListRoles"))
    root.iam.attach_group_policy(GroupName=group, PolicyArn=managed)
    text = "Cannot delete entity, must remove users from group first."
    with refused("DeleteConflict", text, 409):
        root.iam.delete_group(GroupName=group)
    root.iam.delete_access_key(UserName=user.name, AccessKeyId=user.caller.access_key_id)
    with refused("DeleteConflict", text, 409):
        root.iam.delete_user(UserName=user.name)
    root.iam.remove_user_from_group(GroupName=group, UserName=user.name)
    with refused("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409):
        root.iam.delete_group(GroupName=group)
    with refused("DeleteConflict", status=409):
        root.iam.delete_policy(PolicyArn=managed)
    root.iam.detach_group_policy(GroupName=group, PolicyArn=managed)
    with refused("DeleteConflict", "Cannot delete entity, must delete policies first.", 409):
        root.iam.delete_group(GroupName=group)
    root.iam.delete_group_policy(GroupName=group, PolicyName="own")
    root.iam.delete_group(GroupName=group)
    root.iam.delete_user(UserName=user.name)
    root.iam.delete_policy(PolicyArn=managed)


def test_inline_policies(root):
    group = make_group(root)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]}
    root.iam.put_group_policy(GroupName=group, PolicyName="list", PolicyDocument=json.dumps(document))
    assert root.iam.get_group_policy(GroupName=group, PolicyName="list")["PolicyDocument"] == document
    assert root.iam.list_group_policies(GroupName=group)["PolicyNames"] == ["list"]
    root.iam.delete_group_policy(GroupName=group, PolicyName="list")
    with refused("NoSuchEntity", "The group policy with name list cannot be found.", 404):
        root.iam.get_group_policy(GroupName=group, PolicyName="list")
    with refused("MalformedPolicyDocument", status=400):
        root.iam.put_group_policy(GroupName=group, PolicyName="bad", PolicyDocument="{}")


def test_an_explicit_deny_of_a_group_wins(root):
    user = make_user(root, allow("*"))
    make_group(root, deny("iam:ListUsers"), users=[user])
    assert "Roles" in user.iam.list_roles()
    with refused("AccessDenied", status=403, matching=because(user.arn, "iam:ListUsers", EXPLICIT_IDENTITY)):
        user.iam.list_users()


def test_a_boundary_bounds_the_group(root):
    user = make_user(root)
    make_group(root, allow("*"), users=[user])
    fence = make_policy(root, allow("iam:ListUsers"))
    root.iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=fence)
    assert user.iam.list_users()["Users"]
    with refused("AccessDenied", status=403, matching=because(user.arn, "iam:ListRoles", NO_BOUNDARY("iam:ListRoles"))):
        user.iam.list_roles()


def test_entities_of_a_policy(root):
    arn = make_policy(root, allow("iam:ListUsers"))
    user = make_user(root)
    group, role = make_group(root), make_role(root, trusting(user.arn))
    root.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    root.iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=arn)
    root.iam.attach_group_policy(GroupName=group, PolicyArn=arn)
    root.iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    assert root.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 3
    found = root.iam.list_entities_for_policy(PolicyArn=arn)
    assert found["PolicyUsers"] == [{"UserName": user.name, "UserId": user.id}]
    assert [of["GroupName"] for of in found["PolicyGroups"]] == [group]
    assert found["PolicyRoles"] == [{"RoleName": role.name, "RoleId": role.id}]
    bounded = root.iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")
    assert (len(bounded["PolicyUsers"]), bounded["PolicyGroups"], bounded["PolicyRoles"]) == (1, [], [])
    groups = root.iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="Group")
    assert (groups["PolicyUsers"], len(groups["PolicyGroups"]), groups["PolicyRoles"]) == ([], 1, [])


@pytest.mark.parametrize(
    "name",
    ["PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "IAMFullAccess", "IAMReadOnlyAccess", "AmazonS3FullAccess",
     "AmazonS3ReadOnlyAccess"],
)
def test_aws_policies_are_there(root, name):
    arn = f"arn:aws:iam::aws:policy/{name}"
    group = make_group(root)
    root.iam.attach_group_policy(GroupName=group, PolicyArn=arn)
    assert root.iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"] == [{"PolicyName": name, "PolicyArn": arn}]
    shown = root.iam.get_policy(PolicyArn=arn)["Policy"]
    assert root.iam.get_policy_version(PolicyArn=arn, VersionId=shown["DefaultVersionId"])["PolicyVersion"]["Document"]["Statement"]


def test_a_reader_reads(root):
    user = make_user(root)
    group = make_group(root, users=[user])
    root.iam.attach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert user.iam.list_users()["Users"]
    with refused("AccessDenied", status=403, matching=because(user.arn, "iam:CreateUser", NO_IDENTITY("iam:CreateUser"))):
        user.iam.create_user(UserName=unique("nobody"))


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_aws_commands(root, tmp_path, version):
    """One call for every operation with the unmodified `aws`."""
    user, group, renamed = unique("cli"), unique("cli"), unique("cli-renamed")
    document = policy(allow("iam:ListUsers"))
    root.iam.create_user(UserName=user)
    arn = make_policy(root, allow("iam:ListUsers"))

    def aws(*words):
        done = run(version, "iam", *words, "--output", "json", home=tmp_path, caller=root)
        assert done.returncode == 0, (words, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    assert aws("create-group", "--group-name", group)["Group"]["GroupId"].startswith("AGPA")
    aws("add-user-to-group", "--group-name", group, "--user-name", user)
    assert aws("get-group", "--group-name", group)["Users"][0]["UserName"] == user
    assert group in [of["GroupName"] for of in aws("list-groups", "--page-size", "2")["Groups"]]
    assert [of["GroupName"] for of in aws("list-groups-for-user", "--user-name", user)["Groups"]] == [group]
    aws("update-group", "--group-name", group, "--new-group-name", renamed)
    named = ("--group-name", renamed)
    aws("attach-group-policy", *named, "--policy-arn", arn)
    assert aws("list-attached-group-policies", *named)["AttachedPolicies"][0]["PolicyArn"] == arn
    assert aws("list-entities-for-policy", "--policy-arn", arn)["PolicyGroups"][0]["GroupName"] == renamed
    aws("detach-group-policy", *named, "--policy-arn", arn)
    aws("put-group-policy", *named, "--policy-name", "inline", "--policy-document", document)
    assert aws("get-group-policy", *named, "--policy-name", "inline")["PolicyDocument"] == json.loads(document)
    assert aws("list-group-policies", *named)["PolicyNames"] == ["inline"]
    aws("delete-group-policy", *named, "--policy-name", "inline")
    aws("remove-user-from-group", *named, "--user-name", user)
    aws("delete-group", *named)
