"""The credential report of an account (facts: sts §8.6)."""

import base64
import csv
import io
import json

import pytest

from commands import run
from conftest import Member, create_account
from server import Caller
from world import NO_IDENTITY, allow, because, make_user, refused, unique

COLUMNS = """user arn user_creation_time password_enabled password_last_used password_last_changed
    password_next_rotation mfa_active access_key_1_active access_key_1_last_rotated access_key_1_last_used_date
    access_key_1_last_used_region access_key_1_last_used_service access_key_2_active access_key_2_last_rotated
    access_key_2_last_used_date access_key_2_last_used_region access_key_2_last_used_service cert_1_active
    cert_1_last_rotated cert_2_active cert_2_last_rotated""".split()


@pytest.fixture
def own_account(root, admin):
    """An account that nobody has made a report of yet."""
    status = create_account(root, unique("report"))
    return Member(admin, status["AccountId"])


def rows(content):
    reader = csv.DictReader(io.StringIO(content.decode()))
    assert reader.fieldnames == COLUMNS
    return {row["user"]: row for row in reader}


def test_report(own_account):
    caller = own_account.admin
    with refused("ReportNotPresent", status=410):
        caller.iam.get_credential_report()
    name, odd = unique("reported"), unique("a,b")
    caller.iam.create_user(UserName=odd, Path='/"q"/')
    caller.iam.create_user(UserName=name)
    caller.iam.create_login_profile(UserName=name, Password="Corr3ct horse")
    caller.iam.update_account_password_policy(MaxPasswordAge=30)
    key = caller.iam.create_access_key(UserName=name)["AccessKey"]
    Caller.of(caller.server, key).client("sts", region="eu-north-1").get_caller_identity()
    started = caller.iam.generate_credential_report()
    assert (started["State"], started["Description"]) == (
        "STARTED",
        "No report exists. Starting a new report generation task",
    )
    complete = caller.iam.generate_credential_report()
    assert complete["State"] == "COMPLETE" and "Description" not in complete
    report = caller.iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    seen = rows(report["Content"])
    assert list(seen) == ["<root_account>", odd, name]
    user = seen[name]
    assert user["arn"] == f"arn:aws:iam::{own_account.id}:user/{name}"
    assert (user["password_enabled"], user["password_last_used"]) == ("true", "no_information")
    assert user["password_next_rotation"] > user["password_last_changed"] >= user["user_creation_time"]
    assert (user["access_key_1_active"], user["access_key_2_active"], user["mfa_active"]) == ("true", "false", "false")
    assert (user["access_key_1_last_used_service"], user["access_key_1_last_used_region"]) == ("sts", "eu-north-1")
    assert user["access_key_2_last_rotated"] == user["cert_1_last_rotated"] == "N/A"
    assert seen[odd]["arn"] == f'arn:aws:iam::{own_account.id}:user/"q"/{odd}'
    root = seen["<root_account>"]
    assert (root["password_enabled"], root["access_key_1_active"]) == ("not_supported", "false")
    # It stays as it was made.
    caller.iam.delete_login_profile(UserName=name)
    assert caller.iam.get_credential_report() | {"ResponseMetadata": None} == report | {"ResponseMetadata": None}


def test_denied(root, account):
    user = make_user(root, allow("iam:*CredentialReport", f"arn:aws:iam::{account}:user/*"))
    for action, call in (
        ("iam:GenerateCredentialReport", user.iam.generate_credential_report),
        ("iam:GetCredentialReport", user.iam.get_credential_report),
    ):
        with refused("AccessDenied", status=403, matching=because(user.arn, action, NO_IDENTITY(action))):
            call()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_commands(own_account, tmp_path, version):
    caller = own_account.admin
    states = []
    for _ in range(2):
        done = run(version, "iam", "generate-credential-report", "--output", "json", home=tmp_path, caller=caller)
        assert done.returncode == 0, done.stderr
        states.append(json.loads(done.stdout)["State"])
    assert states == ["STARTED", "COMPLETE"]
    done = run(version, "iam", "get-credential-report", "--query", "Content", "--output", "text", home=tmp_path, caller=caller)
    assert done.returncode == 0, done.stderr
    assert list(rows(base64.b64decode(done.stdout))) == ["<root_account>"]
