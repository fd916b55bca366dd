"""Organizations, and working across accounts (facts: sts §2.4, §4.6)."""

import re

from conftest import Member, create_account
from server import Caller
from world import allow, assume, make_role, make_user, not_authorized, policy, refused, trusting, unique

ASSUME = "sts:AssumeRole"


def test_describe_organization(root, account):
    organization = root.organizations.describe_organization()["Organization"]
    assert re.fullmatch(r"o-[a-z0-9]{10,32}", organization["Id"])
    assert (organization["MasterAccountId"], organization["FeatureSet"]) == (account, "ALL")
    assert organization["Arn"] == f"arn:aws:organizations::{account}:organization/{organization['Id']}"


def test_accounts(root, account, member):
    listed = {entry["Id"]: entry for entry in root.organizations.list_accounts()["Accounts"]}
    assert {account, member.id} <= set(listed)
    described = root.organizations.describe_account(AccountId=member.id)["Account"]
    assert described == listed[member.id]
    assert (described["Name"], described["Email"], described["Status"]) == ("member", "member@example.com", "ACTIVE")


def test_accounts_in_pages(root, member):
    paginator = root.organizations.get_paginator("list_accounts")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 1}))
    ids = [entry["Id"] for page in pages for entry in page["Accounts"]]
    assert len(ids) == len(set(ids)) >= 2 and all(len(page["Accounts"]) <= 1 for page in pages)


def test_create_account_status(root):
    status = create_account(root, unique("status"))
    assert re.fullmatch(r"car-[a-z0-9]{8,32}", status["Id"])
    assert status["State"] == "SUCCEEDED" and re.fullmatch(r"\d{12}", status["AccountId"])
    again = root.organizations.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    assert again["AccountId"] == status["AccountId"]


def test_unknown_account_and_request(root):
    with refused("AccountNotFoundException", status=400):
        root.organizations.describe_account(AccountId="029608264753")
    with refused("CreateAccountStatusNotFoundException", status=400):
        root.organizations.describe_create_account_status(CreateAccountRequestId="car-examplecreateaccount")


def test_needs_permission(root, member):
    user = make_user(root)
    for call in (
        lambda: user.caller.organizations.list_accounts(),
        lambda: user.caller.organizations.create_account(AccountName="no", Email="no@example.com"),
    ):
        with refused(("AccessDeniedException", "AccessDenied")):
            call()
    with refused(("AccessDeniedException", "AccessDenied")):
        member.admin.organizations.create_account(AccountName="no", Email="no@example.com")


def test_access_role_trusts_the_management_account(member, account):
    role = member.admin.iam.get_role(RoleName="OrganizationAccountAccessRole")["Role"]
    statement = role["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{account}:root"}
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")


def test_access_role_needs_the_callers_permission(root, member):
    user = make_user(root)
    with refused("AccessDenied", not_authorized(user.arn, ASSUME, member.role_arn), 403):
        user.sts.assume_role(RoleArn=member.role_arn, RoleSessionName="no")
    allowed = make_user(root, allow(ASSUME, member.role_arn))
    session = Caller.of(root.server, allowed.sts.assume_role(RoleArn=member.role_arn, RoleSessionName="yes")["Credentials"])
    identity = session.sts.get_caller_identity()
    assert identity["Account"] == member.id
    assert identity["Arn"] == f"arn:aws:sts::{member.id}:assumed-role/OrganizationAccountAccessRole/yes"
    assert session.iam.list_users()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_access_role_by_another_name(root, admin):
    status = create_account(root, unique("named"), RoleName="Doorkeeper")
    other = Member(admin, status["AccountId"], "Doorkeeper")
    assert other.admin.sts.get_caller_identity()["Account"] == status["AccountId"]


def test_accounts_are_apart(root, member):
    name = unique("same")
    there = make_user(member.admin, allow("*"), name=name)
    here = make_user(root, name=name)
    assert there.arn != here.arn and there.arn.split(":")[4] == member.id
    assert root.sts.get_access_key_info(AccessKeyId=there.caller.access_key_id)["Account"] == member.id
    pages = root.iam.get_paginator("list_users").paginate()
    assert there.arn not in [user["Arn"] for page in pages for user in page["Users"]]


def test_crossing_needs_both_sides(root, member):
    without = make_user(root)
    role = make_role(member.admin, trusting(without.arn))
    with refused("AccessDenied", not_authorized(without.arn, ASSUME, role.arn), 403):
        assume(without, role)
    root.iam.put_user_policy(UserName=without.name, PolicyName="own", PolicyDocument=policy(allow(ASSUME)))
    assert assume(without, role)
    untrusted = make_role(member.admin, trusting(member.id))
    with refused("AccessDenied", not_authorized(without.arn, ASSUME, untrusted.arn), 403):
        assume(without, untrusted)


def test_crossing_towards_the_management_account(root, account, member):
    visitor = make_user(member.admin, allow(ASSUME))
    role = make_role(root, trusting(visitor.arn))
    assert assume(visitor, role).sts.get_caller_identity()["Account"] == account
    stranger = make_user(member.admin)
    with refused("AccessDenied", not_authorized(stranger.arn, ASSUME, role.arn), 403):
        assume(stranger, role)


def test_everybody_in_a_trust_policy_still_needs_their_own_permission(member, root):
    role = make_role(member.admin, trusting("*"))
    visitor = make_user(root)
    with refused("AccessDenied", not_authorized(visitor.arn, ASSUME, role.arn), 403):
        assume(visitor, role)


def test_member_root_policy_reaches_no_other_account(root, member):
    """An administrator of one account is nobody in another."""
    here = make_user(root)
    with refused("NoSuchEntity", status=404):
        member.admin.iam.get_user(UserName=here.name)
