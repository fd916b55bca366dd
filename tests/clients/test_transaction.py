"""ApplyTransaction: signed by botocore's signer, and what it did as every ordinary client sees it."""

import json
import random
import threading
import time

import pytest
from botocore.exceptions import ClientError

from commands import run
from server import Caller, Server
from wire import send, sign
from world import allow, make_user

HEADERS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Locum_20261122.ApplyTransaction"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}


def request(action, service="iam", **parameters):
    return {"Service": service, "Action": action, "Parameters": parameters}


def post(caller, body):
    """A signed ApplyTransaction with this body."""
    headers = sign(caller, "POST", "/", body, HEADERS, service="locum")
    return send(caller.server, "POST", "/", body, headers)


def apply(caller, *requests, **more):
    return post(caller, json.dumps({"Requests": requests, **more}))


def refused(answer):
    body = json.loads(answer.text)
    return answer.status, body["__type"], body.get("RequestIndex")


def test_one_transaction_of_many_kinds(root, account, tmp_path):
    policy_arn = f"arn:aws:iam::{account}:policy/tx/tx-read"
    answer = apply(
        root,
        request("CreatePolicy", PolicyName="tx-read", Path="/tx/", PolicyDocument=json.dumps(DOCUMENT)),
        request("CreateGroup", GroupName="tx-staff", Path="/tx/"),
        request("AttachGroupPolicy", GroupName="tx-staff", PolicyArn=policy_arn),
        request("CreateUser", UserName="tx-ada", Path="/tx/", Tags=[{"Key": "team", "Value": "red"}]),
        request("AddUserToGroup", UserName="tx-ada", GroupName="tx-staff"),
        request("PutUserPermissionsBoundary", UserName="tx-ada", PermissionsBoundary=policy_arn),
        request("CreateRole", RoleName="tx-role", AssumeRolePolicyDocument=json.dumps(TRUST), MaxSessionDuration=7200),
        request("PutRolePolicy", RoleName="tx-role", PolicyName="in", PolicyDocument=json.dumps(DOCUMENT)),
        request("CreateAccount", "organizations", AccountName="tx", Email="tx@example.com"),
    )
    assert (answer.status, json.loads(answer.text)) == (200, {"Applied": 9})
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-requestid"]

    user = root.iam.get_user(UserName="tx-ada")["User"]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == policy_arn
    assert user["Tags"] == [{"Key": "team", "Value": "red"}]
    members = root.iam.get_group(GroupName="tx-staff")["Users"]
    assert [member["UserName"] for member in members] == ["tx-ada"]
    assert root.iam.get_role_policy(RoleName="tx-role", PolicyName="in")["PolicyDocument"] == DOCUMENT
    pages = root.organizations.get_paginator("list_accounts").paginate()
    assert "tx@example.com" in {each["Email"] for page in pages for each in page["Accounts"]}
    shown = run("v2", "iam", "list-attached-group-policies", "--group-name", "tx-staff", home=tmp_path, caller=root)
    assert json.loads(shown.stdout)["AttachedPolicies"] == [{"PolicyName": "tx-read", "PolicyArn": policy_arn}]

    # And away again, in an order that only works because each sees those before it.
    answer = apply(
        root,
        request("RemoveUserFromGroup", UserName="tx-ada", GroupName="tx-staff"),
        request("DeleteUserPermissionsBoundary", UserName="tx-ada"),
        request("DeleteUser", UserName="tx-ada"),
        request("DetachGroupPolicy", GroupName="tx-staff", PolicyArn=policy_arn),
        request("DeleteGroup", GroupName="tx-staff"),
        request("DeletePolicy", PolicyArn=policy_arn),
        request("DeleteRolePolicy", RoleName="tx-role", PolicyName="in"),
        request("DeleteRole", RoleName="tx-role"),
    )
    assert json.loads(answer.text) == {"Applied": 8}
    with pytest.raises(ClientError, match="NoSuchEntity"):
        root.iam.get_user(UserName="tx-ada")


def test_a_failure_leaves_nothing_and_says_where(root):
    make = [request("CreateUser", UserName=f"tx-lost-{number}") for number in range(3)]
    answer = apply(root, *make, request("DeleteUser", UserName="tx-nobody"), request("CreateUser", UserName="tx-more"))
    assert refused(answer) == (404, "NoSuchEntity", 3)
    assert json.loads(answer.text)["Message"] == "The user with name tx-nobody cannot be found."
    assert refused(apply(root, make[0], make[0])) == (409, "EntityAlreadyExists", 1)
    assert refused(apply(root, make[0], request("ListUsers"))) == (400, "ValidationException", 1)
    assert refused(apply(root, make[0], request("CreateAccessKey"))) == (400, "ValidationException", 1)
    assert refused(apply(root)) == (400, "ValidationException", None)
    assert refused(apply(root, make[0], DryRn=True)) == (400, "SerializationException", None)
    assert json.loads(apply(root, *make, DryRun=True).text) == {"Applied": 0}
    with pytest.raises(ClientError, match="NoSuchEntity"):
        root.iam.get_user(UserName="tx-lost-0")


def test_it_allows_what_the_requests_alone_would(root):
    caller = make_user(root, allow("iam:CreateUser")).caller
    create = request("CreateUser", UserName="tx-allowed")
    answer = apply(caller, create, request("CreateGroup", GroupName="tx-denied"))
    assert refused(answer) == (403, "AccessDenied", 1)
    with pytest.raises(ClientError) as alone:
        caller.iam.create_group(GroupName="tx-denied")
    assert json.loads(answer.text)["Message"] == alone.value.response["Error"]["Message"]
    sealed = answer.headers["x-locum-authorization-message"]
    decoded = root.sts.decode_authorization_message(EncodedMessage=sealed)["DecodedMessage"]
    assert json.loads(decoded)["context"]["action"] == "iam:CreateGroup"
    assert json.loads(apply(caller, create).text) == {"Applied": 1}

    # Nobody signs for somebody else, or for another service.
    body = json.dumps({"Requests": [create]})
    assert send(root.server, "POST", "/", body, HEADERS).status == 403
    headers = sign(root, "POST", "/", body, HEADERS, service="iam")
    assert refused(send(root.server, "POST", "/", body, headers))[1] == "SignatureDoesNotMatch"


def test_a_role_session_applies_in_its_own_account(root, admin, member):
    answer = apply(member.admin, request("CreateUser", UserName="tx-member"))
    assert json.loads(answer.text) == {"Applied": 1}
    assert member.admin.iam.get_user(UserName="tx-member")["User"]["Arn"].split(":")[4] == member.id
    with pytest.raises(ClientError, match="NoSuchEntity"):
        root.iam.get_user(UserName="tx-member")


def test_long_bodies_are_for_those_with_a_key(root):
    # 120 roles with 8 kB of policy each: far over what a single request may be.
    statement = {**DOCUMENT["Statement"][0], "Resource": [f"arn:aws:s3:::bucket-{number:04}/*" for number in range(270)]}
    document = json.dumps({**DOCUMENT, "Statement": [statement]})
    roles = [f"tx-long-{number}" for number in range(120)]
    made = [request("CreateRole", RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST)) for role in roles]
    put = [request("PutRolePolicy", RoleName=role, PolicyName="in", PolicyDocument=document) for role in roles]
    body = json.dumps({"Requests": made + put})
    assert len(body) > 1_000_000
    answer = post(root, body)
    assert (answer.status, answer.text) == (200, '{"Applied":240}')
    assert root.iam.get_role_policy(RoleName="tx-long-119", PolicyName="in")

    unknown = Caller(root.server, "AKIAAAAAAAAAAAAAAAAA", "x" * 40)
    for caller, text in [(unknown, body), (root, " " * (8 * 1024 * 1024) + body)]:
        try:
            assert post(caller, text).status == 413
        except (BrokenPipeError, ConnectionResetError):
            pass  # It is not read to its end.


def test_a_kill_leaves_all_of_a_transaction_or_nothing(tmp_path):
    # Together no more users than an account may have, however fast they are written.
    batch, most = 5, 80

    def write_until_it_dies(caller, prefix, acknowledged):
        for number in range(most):
            name = f"{prefix}-{number}"
            users = [request("CreateUser", UserName=f"{name}-{each}") for each in range(batch)]
            try:
                answer = apply(caller, *users)
            except OSError:
                return
            if answer.status == 200:
                acknowledged.append(name)

    acknowledged = []
    for round_number in range(4):
        server = Server(tmp_path)
        before = len(acknowledged)
        writers = [
            threading.Thread(target=write_until_it_dies, args=(server.root, f"r{round_number}w{writer}", acknowledged))
            for writer in range(3)
        ]
        for writer in writers:
            writer.start()
        deadline = time.monotonic() + 20
        while len(acknowledged) - before < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random.uniform(0.0, 0.3))
        server.kill()
        for writer in writers:
            writer.join(timeout=60)
        assert len(acknowledged) - before >= 3, "too few were acknowledged before the kill"

        server = Server(tmp_path)
        found = {}
        for page in server.root.iam.get_paginator("list_users").paginate():
            for user in page["Users"]:
                name, _ = user["UserName"].rsplit("-", 1)
                found[name] = found.get(name, 0) + 1
        assert set(found.values()) <= {batch}, "a transaction is half there"
        assert set(acknowledged) <= set(found), "an acknowledged transaction is gone"
        server.kill()
