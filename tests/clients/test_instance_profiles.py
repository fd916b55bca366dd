"""Instance profiles: the name under which a role is handed to a machine (facts: sts §8)."""

import json

import pytest

from commands import run
from world import NO_IDENTITY, allow, because, make_role, make_user, refused, trusting, unique


@pytest.fixture
def role(root, account):
    return make_role(root, trusting(account))


def make_profile(root, role=None, **parameters):
    name = unique("profile")
    root.iam.create_instance_profile(InstanceProfileName=name, **parameters)
    if role:
        root.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role.name)
    return name


def test_life(root, account, role):
    name = unique("Life")
    made = root.iam.create_instance_profile(
        InstanceProfileName=name, Path="/machines/", Tags=[{"Key": "Team", "Value": "blue"}]
    )["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{account}:instance-profile/machines/{name}"
    assert made["InstanceProfileId"].startswith("AIPA") and made["Roles"] == []
    root.iam.get_waiter("instance_profile_exists").wait(
        InstanceProfileName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 2}
    )
    assert root.iam.get_instance_profile(InstanceProfileName=name.lower())["InstanceProfile"] == made
    with refused("EntityAlreadyExists", f"Instance Profile {name.upper()} already exists.", 409):
        root.iam.create_instance_profile(InstanceProfileName=name.upper())

    root.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role.name)
    (held,) = root.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
    assert (held["RoleName"], held["RoleId"], held["Arn"]) == (role.name, role.id, role.arn)
    assert held["AssumeRolePolicyDocument"]["Statement"]
    for other in (role, make_role(root, trusting(account))):
        with refused("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409):
            root.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=other.name)
    (found,) = root.iam.list_instance_profiles_for_role(RoleName=role.name)["InstanceProfiles"]
    assert found["InstanceProfileName"] == name and "Tags" not in found

    text = "Cannot delete entity, must remove roles from instance profile first."
    with refused("DeleteConflict", text, 409):
        root.iam.delete_instance_profile(InstanceProfileName=name)
    with refused("DeleteConflict", text, 409):
        root.iam.delete_role(RoleName=role.name)
    root.iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role.name)
    with refused("NoSuchEntity", status=404):
        root.iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role.name)
    root.iam.delete_instance_profile(InstanceProfileName=name)
    with refused("NoSuchEntity", f"Instance Profile {name} cannot be found.", 404):
        root.iam.get_instance_profile(InstanceProfileName=name)
    root.iam.delete_role(RoleName=role.name)


def test_the_waiter_waits_for_nothing_that_is_not_there(root):
    from botocore.exceptions import WaiterError

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        root.iam.get_waiter("instance_profile_exists").wait(
            InstanceProfileName=unique("none"), WaiterConfig={"Delay": 0, "MaxAttempts": 2}
        )


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_pages(root, role, size):
    path = f"/{unique('paging')}/"
    names = {make_profile(root, role, Path=path) for _ in range(4)}
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(4)]
    tagged = make_profile(root, Tags=tags)
    for operation, parameters, member, key, expected in (
        ("list_instance_profiles", {"PathPrefix": path}, "InstanceProfiles", "InstanceProfileName", names),
        ("list_instance_profiles_for_role", {"RoleName": role.name}, "InstanceProfiles", "InstanceProfileName", names),
        ("list_instance_profile_tags", {"InstanceProfileName": tagged}, "Tags", "Key", {tag["Key"] for tag in tags}),
    ):
        paginator = root.iam.get_paginator(operation)
        seen = list(paginator.paginate(**parameters, PaginationConfig={"PageSize": size}))
        found = [entry[key] for page in seen for entry in page[member]]
        assert (len(found), set(found)) == (4, expected), operation
        assert [page["IsTruncated"] for page in seen] == [True] * (len(seen) - 1) + [False]


def test_tags(root):
    name = make_profile(root, Tags=[{"Key": "Team", "Value": "blue"}])
    root.iam.tag_instance_profile(InstanceProfileName=name, Tags=[{"Key": "team", "Value": "red"}, {"Key": "Stage", "Value": ""}])
    assert root.iam.list_instance_profile_tags(InstanceProfileName=name)["Tags"] == [
        {"Key": "Stage", "Value": ""},
        {"Key": "team", "Value": "red"},
    ]
    root.iam.untag_instance_profile(InstanceProfileName=name, TagKeys=["TEAM"])
    assert root.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Tags"] == [{"Key": "Stage", "Value": ""}]


def test_a_role_is_passed(root, account, role):
    """Whoever fills a profile needs iam:PassRole on the role, and may be kept to the service it is passed to."""
    name = make_profile(root)
    fill = allow("iam:AddRoleToInstanceProfile")
    without = make_user(root, fill)
    text = because(without.arn, "iam:PassRole", NO_IDENTITY("iam:PassRole"))
    with refused("AccessDenied", status=403, matching=text):
        without.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role.name)
    keys = {
        "iam:PassedToService": "ec2.amazonaws.com",
        "iam:AssociatedResourceArn": f"arn:aws:ec2:*:{account}:instance/*",
    }
    elsewhere = allow("iam:PassRole", role.arn, Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})
    with refused("AccessDenied", status=403):
        make_user(root, fill, elsewhere).iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role.name)
    user = make_user(root, fill, allow("iam:PassRole", role.arn, Condition={"StringEquals": keys}))
    other = make_role(root, trusting(account))
    with refused("AccessDenied", status=403):
        user.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=other.name)
    user.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role.name)
    action = "iam:RemoveRoleFromInstanceProfile"
    with refused("AccessDenied", status=403, matching=because(user.arn, action, NO_IDENTITY(action))):
        user.iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role.name)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_aws_commands(root, tmp_path, role, version):
    """What scripts do with profiles, with the unmodified `aws`."""
    named = ("--instance-profile-name", unique("cli"))

    def aws(*words):
        done = run(version, "iam", *words, "--output", "json", home=tmp_path, caller=root)
        assert done.returncode == 0, (words, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    assert aws("create-instance-profile", *named, "--tags", "Key=a,Value=b")["InstanceProfile"]["Roles"] == []
    aws("wait", "instance-profile-exists", *named)
    aws("add-role-to-instance-profile", *named, "--role-name", role.name)
    shown = aws("get-instance-profile", *named)["InstanceProfile"]
    assert (shown["Roles"][0]["RoleName"], shown["Tags"]) == (role.name, [{"Key": "a", "Value": "b"}])
    listed = aws("list-instance-profiles-for-role", "--role-name", role.name)["InstanceProfiles"]
    assert [profile["InstanceProfileName"] for profile in listed] == [named[1]]
    aws("remove-role-from-instance-profile", *named, "--role-name", role.name)
    aws("delete-instance-profile", *named)
