"""Service-linked roles: exempt from control policies and boundaries, so nobody may have or change one (facts: policy §2.2)."""

import json

import pytest

from commands import run
from world import NO_IDENTITY, allow, assume, because, make_user, policy, refused, trusting, unique

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def make_linked(root, **parameters):
    """A role of a service that no other test uses."""
    return root.iam.create_service_linked_role(AWSServiceName=f"{unique('svc')}.example.com", **parameters)["Role"]


def test_life(root, account):
    suffix = unique("s")
    made = root.iam.create_service_linked_role(
        AWSServiceName="autoscaling.amazonaws.com", CustomSuffix=suffix, Description="scales"
    )["Role"]
    name = f"AWSServiceRoleForAutoScaling_{suffix}"
    assert made["Arn"] == f"arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/{name}"
    assert made["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "autoscaling.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
    shown = root.iam.get_role(RoleName=name)["Role"]
    assert (shown["RoleId"], shown["Description"]) == (made["RoleId"], "scales")
    taken = f"Service role name {name} has been taken in this account, please try a different suffix."
    with refused("InvalidInput", taken, 400):
        root.iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix=suffix)
    with refused("InvalidInput", "Custom suffix is not allowed for ecs.amazonaws.com", 400):
        root.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com", CustomSuffix=suffix)
    task = root.iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    assert task.startswith(f"task/aws-service-role/autoscaling.amazonaws.com/{name}/")
    assert root.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    with refused("NoSuchEntity", f"The role with name {name} cannot be found.", 404):
        root.iam.get_role(RoleName=name)
    with refused("NoSuchEntity", status=404):
        root.iam.get_service_linked_role_deletion_status(DeletionTaskId=task[:-1] + "!")
    with refused("InvalidInput", status=400):
        root.iam.get_service_linked_role_deletion_status(DeletionTaskId="task/none")


@pytest.mark.parametrize(
    "operation, parameters",
    [
        ("update_assume_role_policy", {"PolicyDocument": trusting("*")}),
        ("put_role_policy", {"PolicyName": "own", "PolicyDocument": policy(allow("*"))}),
        ("delete_role_policy", {"PolicyName": "own"}),
        ("attach_role_policy", {"PolicyArn": ADMINISTRATOR}),
        ("detach_role_policy", {"PolicyArn": ADMINISTRATOR}),
        ("put_role_permissions_boundary", {"PermissionsBoundary": ADMINISTRATOR}),
        ("delete_role_permissions_boundary", {}),
        ("update_role", {"MaxSessionDuration": 7200}),
        ("delete_role", {}),
    ],
)
def test_nobody_modifies_one(root, admin, operation, parameters):
    name = make_linked(root)["RoleName"]
    text = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    for caller in (root, admin):
        with refused("UnmodifiableEntity", text, 400):
            getattr(caller.iam, operation)(RoleName=name, **parameters)


def test_nobody_becomes_one(root, admin):
    made = make_linked(root)
    with refused("AccessDenied", status=403):
        admin.sts.assume_role(RoleArn=made["Arn"], RoleSessionName="session")
    for path in ("/aws-service-role/", "/aws-service-role/ecs.amazonaws.com/", "/AWS-SERVICE-ROLE/x/"):
        with refused("InvalidInput", f"Roles of the path {path} are made by services only.", 400):
            admin.iam.create_role(RoleName=unique("r"), Path=path, AssumeRolePolicyDocument=trusting(admin.arn))


def test_what_stays_to_be_said_of_one(root):
    name = make_linked(root)["RoleName"]
    root.iam.update_role(RoleName=name, Description="one")
    assert root.iam.update_role_description(RoleName=name, Description="two")["Role"]["Description"] == "two"
    root.iam.tag_role(RoleName=name, Tags=[{"Key": "Team", "Value": "blue"}])
    assert root.iam.list_role_tags(RoleName=name)["Tags"] == [{"Key": "Team", "Value": "blue"}]
    assert root.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
    with refused("UnmodifiableEntity", status=400):
        profile = unique("profile")
        root.iam.create_instance_profile(InstanceProfileName=profile)
        root.iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=name)


def test_denials(root):
    made = make_linked(root)
    user = make_user(root, allow("iam:CreateServiceLinkedRole", Condition={"StringLike": {"iam:AWSServiceName": "mine-*"}}))
    user.iam.create_service_linked_role(AWSServiceName=f"mine-{unique('a')}.example.com")
    action = "iam:CreateServiceLinkedRole"
    with refused("AccessDenied", status=403, matching=because(user.arn, action, NO_IDENTITY(action))):
        user.iam.create_service_linked_role(AWSServiceName=f"other-{unique('a')}.example.com")
    action = "iam:DeleteServiceLinkedRole"
    with refused("AccessDenied", status=403, matching=because(user.arn, action, NO_IDENTITY(action))):
        user.iam.delete_service_linked_role(RoleName=made["RoleName"])
    task = root.iam.delete_service_linked_role(RoleName=made["RoleName"])["DeletionTaskId"]
    action = "iam:GetServiceLinkedRoleDeletionStatus"
    with refused("AccessDenied", status=403, matching=because(user.arn, action, NO_IDENTITY(action))):
        user.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)


def test_an_ordinary_role_is_not_one(root, admin):
    from world import make_role

    role = make_role(root, trusting(admin.arn), allow("iam:*"), name=f"AWSServiceRoleFor{unique('X')}")
    fence = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
    root.iam.put_role_permissions_boundary(RoleName=role.name, PermissionsBoundary=fence)
    session = assume(admin, role)
    assert session.iam.list_users()["Users"]
    with refused("AccessDenied", status=403, matching="because no permissions boundary allows the iam:CreateUser action"):
        session.iam.create_user(UserName=unique("nobody"))
    with refused("NoSuchEntity", f"The role with name {role.name} cannot be found.", 404):
        root.iam.delete_service_linked_role(RoleName=role.name)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_aws_commands(root, tmp_path, version):
    def aws(*words):
        done = run(version, "iam", *words, "--output", "json", home=tmp_path, caller=root)
        assert done.returncode == 0, (words, done.stderr)
        return json.loads(done.stdout)

    made = aws("create-service-linked-role", "--aws-service-name", f"{unique('cli')}.example.com")["Role"]
    task = aws("delete-service-linked-role", "--role-name", made["RoleName"])["DeletionTaskId"]
    assert aws("get-service-linked-role-deletion-status", "--deletion-task-id", task)["Status"] == "SUCCEEDED"
