"""When keys and roles were last used (facts: sts §8)."""

import datetime
import json

import pytest

from commands import run
from server import Caller, Server
from world import allow, assume, make_role, make_user, refused, trusting


def minute_of(moment):
    return moment.replace(second=0, microsecond=0)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def last_used(caller, user):
    response = caller.iam.get_access_key_last_used(AccessKeyId=user.caller.access_key_id)
    assert response["UserName"] == user.name
    return response["AccessKeyLastUsed"]


def test_key(root):
    user = make_user(root)
    assert last_used(root, user) == {"ServiceName": "N/A", "Region": "N/A"}
    before = minute_of(now())
    user.caller.client("sts", region="eu-north-1").get_caller_identity()
    used = last_used(root, user)
    assert (used["ServiceName"], used["Region"]) == ("sts", "eu-north-1")
    assert before <= used["LastUsedDate"] <= now() and used["LastUsedDate"] == minute_of(used["LastUsedDate"])


def test_wrong_signatures_do_not_count(root):
    user = make_user(root)
    forger = Caller(root.server, user.caller.access_key_id, "w" * 40)
    with refused("SignatureDoesNotMatch", status=403):
        forger.sts.get_caller_identity()
    assert last_used(root, user)["ServiceName"] == "N/A"


def test_denied(root, account, member):
    user, other = make_user(root, allow("iam:GetAccessKeyLastUsed", f"arn:aws:iam::{account}:user/${{aws:username}}")), make_user(root)
    assert last_used(user, user)["ServiceName"] == "iam"
    with refused("AccessDenied", status=403):
        last_used(user, other)
    for id in ("AKIAIOSFODNN7EXAMPLE", user.caller.access_key_id):
        # The key of another account is as one that does not exist.
        text = f"User: {member.admin.arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}"
        with refused("AccessDenied", text, 403):
            member.admin.iam.get_access_key_last_used(AccessKeyId=id)


def test_role(root, admin):
    role = make_role(root, trusting(admin.arn), allow("iam:ListUsers"))
    session = assume(admin, role)
    assert root.iam.get_role(RoleName=role.name)["Role"]["RoleLastUsed"] == {}
    before = minute_of(now())
    session.client("iam").list_users()
    used = root.iam.get_role(RoleName=role.name)["Role"]["RoleLastUsed"]
    assert used["Region"] == "us-east-1" and before <= used["LastUsedDate"] <= now()
    pages = root.iam.get_paginator("get_account_authorization_details").paginate(Filter=["Role"])
    (shown,) = [found for page in pages for found in page["RoleDetailList"] if found["Arn"] == role.arn]
    assert shown["RoleLastUsed"] == used
    listed = root.iam.list_roles(PathPrefix="/")["Roles"]
    assert all("RoleLastUsed" not in found for found in listed)
    assert "PasswordLastUsed" not in root.iam.get_user(UserName=admin.name)["User"]


def test_restart(tmp_path):
    """What is noted is there after the service was stopped, though a minute has not gone by."""
    server = Server(tmp_path)
    user = make_user(server.root)
    user.sts.get_caller_identity()
    used = last_used(server.root, user)
    assert used["ServiceName"] == "sts"
    root = server.root
    assert server.stop() == 0
    server = Server(tmp_path)
    try:
        again = Caller(server, root.access_key_id, root.secret_access_key)
        assert last_used(again, user) == used
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_command(root, tmp_path, version):
    user = make_user(root)
    user.sts.get_caller_identity()
    arguments = ("iam", "get-access-key-last-used", "--access-key-id", user.caller.access_key_id, "--output", "json")
    done = run(version, *arguments, home=tmp_path, caller=root)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["AccessKeyLastUsed"]["ServiceName"] == "sts"
