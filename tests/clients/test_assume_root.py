"""A member account's root user for one task, by the management account (facts: sts §2.7)."""

import json
import time

import pytest

from commands import run
from conftest import Member, create_account
from server import Caller
from world import allow, deny, make_user, not_authorized, refused, unique

ACTION = "sts:AssumeRoot"
TASKS = "arn:aws:iam::aws:policy/root-task/"
AUDIT = TASKS + "IAMAuditRootUserCredentials"
DELETE = TASKS + "IAMDeleteRootUserCredentials"


def task(arn):
    return {"TaskPolicyArn": {"arn": arn}}


@pytest.fixture(scope="module")
def organization(root):
    """The organization with both root features on."""
    root.iam.enable_organizations_root_credentials_management()
    shown = root.iam.enable_organizations_root_sessions()
    assert shown["EnabledFeatures"] == ["RootCredentialsManagement", "RootSessions"]
    return shown["OrganizationId"]


@pytest.fixture(scope="module")
def officer(root, organization):
    """Who may assume root, in the management account."""
    return make_user(root, allow(ACTION))


def assume_root(officer, member, arn=AUDIT, **parameters):
    answer = officer.sts.assume_root(TargetPrincipal=member.id, **task(arn), **parameters)
    return Caller.of(officer.caller.server, answer["Credentials"])


def test_features(root, member, organization):
    listed = root.iam.list_organizations_features()
    assert (listed["OrganizationId"], listed["EnabledFeatures"]) == (organization, ["RootCredentialsManagement", "RootSessions"])
    with refused("CallerIsNotManagementAccountException"):
        member.admin.iam.enable_organizations_root_sessions()
    with refused("AccountNotManagementOrDelegatedAdministratorException"):
        member.admin.iam.list_organizations_features()


def test_one_task(officer, member):
    answer = officer.sts.assume_root(TargetPrincipal=f"arn:aws:iam::{member.id}:root", **task(AUDIT))
    assert answer["Credentials"]["Expiration"].timestamp() - time.time() == pytest.approx(900, abs=5)
    session = Caller.of(officer.caller.server, answer["Credentials"])
    assert session.arn == f"arn:aws:iam::{member.id}:root"
    assert session.iam.list_mfa_devices()["MFADevices"] == []
    assert session.iam.list_access_keys()["AccessKeyMetadata"] == []
    assert session.iam.list_signing_certificates()["Certificates"] == []
    # Root may everything; the session may its task.
    for call in (session.iam.list_users, session.iam.list_roles, lambda: session.iam.create_user(UserName=unique("root"))):
        with refused("AccessDenied", status=403):
            call()
    # It leads nowhere else.
    with refused("AccessDenied", status=403):
        session.sts.assume_role(RoleArn=member.role_arn, RoleSessionName="onward")
    with refused("AccessDenied", status=403):
        session.sts.get_session_token()


def test_tasks_differ(officer, member):
    """The task that deletes may delete; the one that looks may not."""
    device = member.admin.iam.create_virtual_mfa_device(VirtualMFADeviceName="root-device")["VirtualMFADevice"]
    audit, delete = assume_root(officer, member), assume_root(officer, member, DELETE)
    with refused("AccessDenied", status=403):
        audit.iam.deactivate_mfa_device(SerialNumber=device["SerialNumber"])
    with refused("NoSuchEntity", status=404):
        delete.iam.deactivate_mfa_device(SerialNumber=device["SerialNumber"])


def test_duration(officer, member):
    answer = officer.sts.assume_root(TargetPrincipal=member.id, DurationSeconds=60, **task(AUDIT))
    assert answer["Credentials"]["Expiration"].timestamp() - time.time() == pytest.approx(60, abs=5)
    with refused("ValidationError", status=400, matching="durationSeconds"):
        officer.caller.unchecked.assume_root(TargetPrincipal=member.id, DurationSeconds=901, **task(AUDIT))


def test_refusals(root, officer, member, account, organization):
    target = f"arn:aws:iam::{member.id}:root"
    nobody = make_user(root)
    with refused("AccessDenied", not_authorized(nobody.arn, ACTION, target), 403):
        nobody.sts.assume_root(TargetPrincipal=member.id, **task(AUDIT))
    with refused("AccessDenied", status=403):
        root.sts.assume_root(TargetPrincipal=member.id, **task(AUDIT))
    # Its own account, one that is none, and one of nobody's are told alike.
    for other in (account, "999999999999"):
        with refused("AccessDenied", not_authorized(officer.arn, ACTION, f"arn:aws:iam::{other}:root"), 403):
            officer.sts.assume_root(TargetPrincipal=other, **task(AUDIT))
    with refused("AccessDenied", status=403):
        member.admin.sts.assume_root(TargetPrincipal=member.id, **task(AUDIT))
    for arn in ("arn:aws:iam::aws:policy/AdministratorAccess", TASKS + "Everything", AUDIT.lower()):
        with refused("ValidationError", status=400):
            officer.sts.assume_root(TargetPrincipal=member.id, **task(arn))
    for principal in (f"arn:aws:iam::{member.id}:user/alice", "arn:aws:sts::x:y", "12345678901x"):
        with refused("ValidationError", status=400):
            officer.sts.assume_root(TargetPrincipal=principal, **task(AUDIT))


def test_a_policy_may_name_task_and_account(root, organization, member):
    only = {"StringEquals": {"sts:TaskPolicyArn": AUDIT}}
    user = make_user(root, allow(ACTION, f"arn:aws:iam::{member.id}:root", Condition=only))
    assert assume_root(user, member).arn
    with refused("AccessDenied", status=403):
        assume_root(user, member, DELETE)


def test_the_condition_key(root):
    """`aws:AssumedRoot` is there in these sessions alone (facts: sts §4.3)."""
    guarded = make_user(root, allow("*"), deny("iam:ListUsers", Condition={"Bool": {"aws:AssumedRoot": "true"}}))
    assert "Users" in guarded.iam.list_users()
    absent = make_user(root, allow("iam:ListUsers", Condition={"Null": {"aws:AssumedRoot": "true"}}))
    assert "Users" in absent.iam.list_users()


def test_features_turned_off_end_it(root, admin, officer):
    status = create_account(root, unique("root-off"))
    other = Member(admin, status["AccountId"])
    session = assume_root(officer, other)
    assert session.iam.list_access_keys()
    root.iam.disable_organizations_root_credentials_management()
    try:
        with refused("AccessDenied", status=403):
            assume_root(officer, other)
        assert root.iam.list_organizations_features()["EnabledFeatures"] == ["RootSessions"]
    finally:
        root.iam.enable_organizations_root_credentials_management()
    # What was issued in the very second of the end has ended, too.
    time.sleep(1.1 - time.time() % 1)
    assert assume_root(officer, other).arn
    with refused("ExpiredToken", status=403):
        session.iam.list_access_keys()
    assert root.iam.disable_organizations_root_sessions()["EnabledFeatures"] == ["RootCredentialsManagement"]
    assert root.iam.enable_organizations_root_sessions()["EnabledFeatures"] == ["RootCredentialsManagement", "RootSessions"]


@pytest.mark.parametrize("program", ["v1", "locum"])
def test_commands(officer, member, tmp_path, program):
    """Debian's version 2 is older than the operation."""
    words = f"sts assume-root --target-principal {member.id} --task-policy-arn arn={AUDIT} --duration-seconds 300 --output json"
    done = run(program, *words.split(), home=tmp_path, caller=officer.caller)
    assert done.returncode == 0, done.stderr
    session = Caller.of(officer.caller.server, json.loads(done.stdout)["Credentials"])
    assert session.arn == f"arn:aws:iam::{member.id}:root"
