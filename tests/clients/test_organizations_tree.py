"""Organizations with boto3 and the AWS command line: the tree, control policies, administrators, tags."""

import json

import pytest

from commands import run
from conftest import Member, create_account
from world import allow, make_role, make_user, refused, trusting, unique

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


def document(effect, action, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": "*", **more}})


@pytest.fixture(scope="module")
def organizations(root):
    return root.organizations


@pytest.fixture(scope="module")
def root_id(organizations):
    return organizations.list_roots()["Roots"][0]["Id"]


@pytest.fixture(scope="module")
def bounded(root, admin):
    """A member account of this module's own."""
    return Member(admin, create_account(root, unique("bounded"))["AccountId"])


def make_policy(organizations, kind, content):
    made = organizations.create_policy(Type=kind, Name=unique("policy"), Description="", Content=content)
    return made["Policy"]["PolicySummary"]["Id"]


def test_units(organizations, root_id, bounded):
    tags = [{"Key": "team", "Value": "a"}]
    unit = organizations.create_organizational_unit(ParentId=root_id, Name=unique("unit"), Tags=tags)["OrganizationalUnit"]
    named = {"OrganizationalUnitId": unit["Id"]}
    inner = organizations.create_organizational_unit(ParentId=unit["Id"], Name="inner")["OrganizationalUnit"]
    assert organizations.describe_organizational_unit(**named)["OrganizationalUnit"] == unit
    renamed = organizations.update_organizational_unit(**named, Name=unique("unit"))["OrganizationalUnit"]
    assert renamed["Name"] != unit["Name"]
    organizations.move_account(AccountId=bounded.id, SourceParentId=root_id, DestinationParentId=inner["Id"])
    assert organizations.list_parents(ChildId=bounded.id)["Parents"] == [{"Id": inner["Id"], "Type": "ORGANIZATIONAL_UNIT"}]
    with refused("OrganizationalUnitNotEmptyException"):
        organizations.delete_organizational_unit(OrganizationalUnitId=inner["Id"])
    organizations.move_account(AccountId=bounded.id, SourceParentId=inner["Id"], DestinationParentId=root_id)
    with refused("DuplicateAccountException"):
        organizations.move_account(AccountId=bounded.id, SourceParentId=root_id, DestinationParentId=root_id)
    organizations.delete_organizational_unit(OrganizationalUnitId=inner["Id"])
    organizations.delete_organizational_unit(**named)
    with refused("OrganizationalUnitNotFoundException"):
        organizations.describe_organizational_unit(**named)


def test_paginators(organizations, root_id, bounded):
    first = make_policy(organizations, SCP, document("Deny", "s3:*"))
    organizations.attach_policy(PolicyId=first, TargetId=bounded.id)
    unit = organizations.create_organizational_unit(ParentId=root_id, Name=unique("paged"))["OrganizationalUnit"]["Id"]

    def entries(operation, member, **parameters):
        pages = organizations.get_paginator(operation).paginate(**parameters, PaginationConfig={"PageSize": 1})
        found = [entry for page in pages for entry in page[member]]
        assert found, operation
        return found

    assert unit in [entry["Id"] for entry in entries("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=root_id)]
    assert bounded.id in [entry["Id"] for entry in entries("list_accounts_for_parent", "Accounts", ParentId=root_id)]
    assert unit in [entry["Id"] for entry in entries("list_children", "Children", ParentId=root_id, ChildType="ORGANIZATIONAL_UNIT")]
    assert entries("list_roots", "Roots")[0]["Id"] == root_id
    assert entries("list_parents", "Parents", ChildId=unit) == [{"Id": root_id, "Type": "ROOT"}]
    assert {"p-FullAWSAccess", first} <= {entry["Id"] for entry in entries("list_policies", "Policies", Filter=SCP)}
    attached = entries("list_policies_for_target", "Policies", TargetId=bounded.id, Filter=SCP)
    assert {"p-FullAWSAccess", first} == {entry["Id"] for entry in attached}
    assert [entry["TargetId"] for entry in entries("list_targets_for_policy", "Targets", PolicyId=first)] == [bounded.id]
    assert entries("list_create_account_status", "CreateAccountStatuses", States=["SUCCEEDED"])
    organizations.detach_policy(PolicyId=first, TargetId=bounded.id)
    organizations.delete_policy(PolicyId=first)
    organizations.delete_organizational_unit(OrganizationalUnitId=unit)


def test_service_control_policies_bind_members(organizations, root_id, bounded, admin):
    denying = make_policy(organizations, SCP, document("Deny", "iam:ListUsers"))
    described = organizations.describe_policy(PolicyId=denying)["Policy"]
    assert json.loads(described["Content"])["Statement"]["Effect"] == "Deny"
    bounded.admin.iam.list_users()
    organizations.attach_policy(PolicyId=denying, TargetId=bounded.id)
    text = f"with an explicit deny in a service control policy: {described['PolicySummary']['Arn']}"
    with pytest.raises(bounded.admin.iam.exceptions.ClientError) as error:
        bounded.admin.iam.list_users()
    assert error.value.response["Error"]["Message"].endswith(text)
    admin.iam.list_users()
    organizations.update_policy(PolicyId=denying, Content=document("Deny", "iam:ListRoles"))
    bounded.admin.iam.list_users()
    organizations.detach_policy(PolicyId=denying, TargetId=bounded.id)
    with pytest.raises(organizations.exceptions.ConstraintViolationException) as error:
        organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=bounded.id)
    assert error.value.response["Reason"] == "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
    organizations.delete_policy(PolicyId=denying)
    with refused("MalformedPolicyDocumentException"):
        make_policy(organizations, SCP, document("Deny", "s3:*", Principal="*"))


def test_resource_control_policies_bind_everybody(organizations, root_id, bounded, admin):
    organizations.enable_policy_type(RootId=root_id, PolicyType=RCP)
    denying = make_policy(organizations, RCP, document("Deny", "sts:AssumeRole", Principal="*"))
    role = make_role(bounded.admin, trusting(admin.arn))
    admin.sts.assume_role(RoleArn=role.arn, RoleSessionName="before")
    organizations.attach_policy(PolicyId=denying, TargetId=bounded.id)
    with refused("AccessDenied", status=403):
        admin.sts.assume_role(RoleArn=role.arn, RoleSessionName="after")
    disabled = organizations.disable_policy_type(RootId=root_id, PolicyType=RCP)["Root"]
    assert [kind["Type"] for kind in disabled["PolicyTypes"]] == [SCP]
    admin.sts.assume_role(RoleArn=role.arn, RoleSessionName="again")
    organizations.delete_policy(PolicyId=denying)


def test_administrators(organizations, bounded):
    service = {"ServicePrincipal": "guardduty.amazonaws.com"}
    with refused("AccessDeniedException"):
        bounded.admin.organizations.list_accounts()
    organizations.enable_aws_service_access(**service)
    organizations.register_delegated_administrator(AccountId=bounded.id, **service)

    def entries(operation, member, **parameters):
        pages = organizations.get_paginator(operation).paginate(**parameters)
        return [entry for page in pages for entry in page[member]]

    trusted = entries("list_aws_service_access_for_organization", "EnabledServicePrincipals")
    assert [entry["ServicePrincipal"] for entry in trusted] == [service["ServicePrincipal"]]
    assert [entry["Id"] for entry in entries("list_delegated_administrators", "DelegatedAdministrators", **service)] == [bounded.id]
    delegated = entries("list_delegated_services_for_account", "DelegatedServices", AccountId=bounded.id)
    assert [entry["ServicePrincipal"] for entry in delegated] == [service["ServicePrincipal"]]
    assert bounded.admin.organizations.list_accounts()["Accounts"]
    with refused("AccessDeniedException"):
        bounded.admin.organizations.create_account(AccountName="no", Email="no@example.com")
    organizations.deregister_delegated_administrator(AccountId=bounded.id, **service)
    organizations.disable_aws_service_access(**service)
    with refused("AccessDeniedException"):
        bounded.admin.organizations.list_accounts()


def test_tags(organizations, root_id, bounded):
    for resource in (root_id, bounded.id):
        organizations.tag_resource(ResourceId=resource, Tags=[{"Key": "team", "Value": "a"}])
        pages = organizations.get_paginator("list_tags_for_resource").paginate(ResourceId=resource)
        assert [tag for page in pages for tag in page["Tags"]] == [{"Key": "team", "Value": "a"}]
        organizations.untag_resource(ResourceId=resource, TagKeys=["team"])
    user = make_user(bounded.admin, allow("*"))
    with refused("AccessDeniedException"):
        user.caller.organizations.tag_resource(ResourceId=bounded.id, Tags=[])


def test_closed_accounts(root, admin, organizations):
    closed = Member(admin, create_account(root, unique("closed"))["AccountId"])
    organizations.close_account(AccountId=closed.id)
    with refused("InvalidClientTokenId", status=403):
        closed.admin.sts.get_caller_identity()
    with refused("AccessDenied", status=403):
        admin.sts.assume_role(RoleArn=closed.role_arn, RoleSessionName="late")
    assert organizations.describe_account(AccountId=closed.id)["Account"]["Status"] == "SUSPENDED"
    with refused("AccountAlreadyClosedException"):
        organizations.close_account(AccountId=closed.id)


@pytest.mark.parametrize("program", ["v1", "v2"])
def test_command_line(program, root, root_id, tmp_path):
    def aws(*arguments):
        finished = run(program, "organizations", *arguments, "--output", "json", home=tmp_path, caller=root)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout) if finished.stdout.strip() else None

    unit = aws("create-organizational-unit", "--parent-id", root_id, "--name", unique("cli"))["OrganizationalUnit"]["Id"]
    content = document("Deny", "s3:*")
    made = aws("create-policy", "--type", SCP, "--name", unique("cli"), "--description", "d", "--content", content)
    made = made["Policy"]["PolicySummary"]["Id"]
    aws("attach-policy", "--policy-id", made, "--target-id", unit)
    attached = aws("list-policies-for-target", "--target-id", unit, "--filter", SCP)["Policies"]
    assert {entry["Id"] for entry in attached} == {"p-FullAWSAccess", made}
    denied = run(program, "organizations", "delete-policy", "--policy-id", made, home=tmp_path, caller=root)
    assert denied.returncode != 0 and "PolicyInUseException" in denied.stderr
    aws("delete-organizational-unit", "--organizational-unit-id", unit)
    aws("delete-policy", "--policy-id", made)
