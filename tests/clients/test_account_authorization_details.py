"""GetAccountAuthorizationDetails: everything that decides what an account's principals may do (facts: sts §8)."""

import json

import pytest

from commands import run
from world import NO_IDENTITY, allow, because, make_role, make_user, policy, refused, trusting, unique

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
LISTS = {"User": "UserDetailList", "Group": "GroupDetailList", "Role": "RoleDetailList"}


@pytest.fixture(scope="module")
def scene(root):
    """A user, a group, a role and a policy that hang together."""
    path = f"/{unique('details')}/"
    arn = root.iam.create_policy(
        PolicyName=unique("policy"), PolicyDocument=policy(allow("s3:GetObject")), Path=path, Description="notes"
    )["Policy"]["Arn"]
    root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("s3:PutObject")))
    tags = [{"Key": "Team", "Value": "a / b"}]
    user = make_user(root, allow("iam:GetUser"), Path=path, Tags=tags, PermissionsBoundary=arn)
    role = make_role(root, trusting(user.arn), allow("s3:ListBucket"), Path=path, MaxSessionDuration=7200)
    group = unique("group")
    root.iam.create_group(GroupName=group, Path=path)
    root.iam.add_user_to_group(GroupName=group, UserName=user.name)
    root.iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=policy(allow("s3:*")))
    root.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    root.iam.attach_role_policy(RoleName=role.name, PolicyArn=ADMINISTRATOR)
    profile = root.iam.create_instance_profile(InstanceProfileName=unique("profile"))["InstanceProfile"]["Arn"]
    root.iam.add_role_to_instance_profile(InstanceProfileName=profile.split("/")[-1], RoleName=role.name)
    return {"profile": profile, "policy": arn, "user": user, "role": role, "group": group, "path": path}


def everything(caller, size, **parameters):
    """All pages, put together by the paginator."""
    paginator = caller.iam.get_paginator("get_account_authorization_details")
    pages = list(paginator.paginate(**parameters, PaginationConfig={"PageSize": size}))
    assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert all(sum(len(page[name]) for name in (*LISTS.values(), "Policies")) <= size for page in pages)
    return {name: [entry for page in pages for entry in page[name]] for name in (*LISTS.values(), "Policies")}


def of(entries, arn):
    (found,) = [entry for entry in entries if entry["Arn"] == arn]
    return found


def test_shapes(root, account, scene):
    seen = everything(root, 1000)
    user = of(seen["UserDetailList"], scene["user"].arn)
    assert (user["UserName"], user["UserId"], user["Path"]) == (scene["user"].name, scene["user"].id, scene["path"])
    assert user["UserPolicyList"] == [
        {"PolicyName": "own", "PolicyDocument": json.loads(policy(allow("iam:GetUser")))}
    ]
    assert user["GroupList"] == [scene["group"]]
    assert [attached["PolicyArn"] for attached in user["AttachedManagedPolicies"]] == [scene["policy"]]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == scene["policy"]
    assert user["Tags"] == [{"Key": "Team", "Value": "a / b"}]

    group = of(seen["GroupDetailList"], f"arn:aws:iam::{account}:group{scene['path']}{scene['group']}")
    assert [inline["PolicyName"] for inline in group["GroupPolicyList"]] == ["own"]
    assert group["AttachedManagedPolicies"] == []

    role = of(seen["RoleDetailList"], scene["role"].arn)
    assert role["AssumeRolePolicyDocument"] == json.loads(trusting(scene["user"].arn))
    assert role["AttachedManagedPolicies"] == [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]
    assert [inline["PolicyName"] for inline in role["RolePolicyList"]] == ["own"]

    (profile,) = role["InstanceProfileList"]
    assert profile["Arn"] == scene["profile"]
    assert [held["Arn"] for held in profile["Roles"]] == [scene["role"].arn]

    own = of(seen["Policies"], scene["policy"])
    assert (own["AttachmentCount"], own["PermissionsBoundaryUsageCount"], own["IsAttachable"]) == (1, 1, True)
    assert (own["DefaultVersionId"], own["Description"]) == ("v1", "notes")
    versions = {version["VersionId"]: version for version in own["PolicyVersionList"]}
    assert versions["v1"]["IsDefaultVersion"] and not versions["v2"]["IsDefaultVersion"]
    assert versions["v2"]["Document"] == json.loads(policy(allow("s3:PutObject")))
    built_in = of(seen["Policies"], ADMINISTRATOR)
    assert built_in["AttachmentCount"] >= 1 and built_in["PolicyVersionList"][0]["IsDefaultVersion"]
    assert all(entry["AttachmentCount"] + entry["PermissionsBoundaryUsageCount"] > 0
               for entry in seen["Policies"] if entry["Arn"].startswith("arn:aws:iam::aws:"))


@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages(root, member, scene, size):
    """In an account of its own, where nothing else changes meanwhile."""
    make_role(member.admin, trusting(member.admin.arn), allow("s3:*"))
    for _ in range(3):
        make_user(member.admin, allow("s3:*"))
        member.admin.iam.create_group(GroupName=unique("group"))
        member.admin.iam.create_policy(PolicyName=unique("policy"), PolicyDocument=policy(allow("s3:*")))
    arns = lambda seen: [entry["Arn"] for name in seen for entry in seen[name]]
    assert arns(everything(member.admin, size)) == arns(everything(member.admin, 1000))


@pytest.mark.parametrize("kind", ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"])
def test_filter(root, scene, kind):
    seen = everything(root, 1000, Filter=[kind])
    assert {name for name in seen if seen[name]} == {LISTS.get(kind, "Policies")}
    if kind.endswith("Policy"):
        aws = [entry["Arn"].startswith("arn:aws:iam::aws:policy/") for entry in seen["Policies"]]
        assert set(aws) == {kind == "AWSManagedPolicy"}


def test_denied(root, account):
    user = make_user(root, allow("iam:GetAccountAuthorizationDetails", f"arn:aws:iam::{account}:user/*"))
    action = "iam:GetAccountAuthorizationDetails"
    with refused("AccessDenied", status=403, matching=because(user.arn, action, NO_IDENTITY(action))):
        user.iam.get_account_authorization_details()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_command(root, scene, tmp_path, version):
    arguments = ("iam", "get-account-authorization-details", "--filter", "User", "LocalManagedPolicy", "--output", "json")
    done = run(version, *arguments, home=tmp_path, caller=root)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert of(seen["UserDetailList"], scene["user"].arn)["GroupList"] == [scene["group"]]
    assert of(seen["Policies"], scene["policy"])["DefaultVersionId"] == "v1"
    assert seen["RoleDetailList"] == []
