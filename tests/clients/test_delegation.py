"""Temporary access that one account grants another (facts: sts §2.13, §8.6).

The member account is the product that asks, the management account the customer. Where AWS notifies the product by SNS,
locum gives the trade-in token to whoever sends it, in a header (docs/compatibility.md).
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from commands import run
from server import Caller
from world import allow, assume, make_role, make_user, policy, refused, trusting, unique

TOKEN_HEADER = "x-locum-trade-in-token"
INVALID = "The trade-in token is not valid."
OWNED = {"iam:AcceptDelegationRequest", "iam:AssociateDelegationRequest"}


@pytest.fixture(scope="module")
def template(member):
    """What the product would do: look at roles, and at the users of a path that is filled in."""
    document = policy(allow("iam:ListRoles"), allow("iam:GetUser", "arn:aws:iam::*:user/@{userPath}/*"))
    return member.admin.iam.create_policy(PolicyName=unique("template"), PolicyDocument=document)["Policy"]["Arn"]


@pytest.fixture
def alice(root):
    """A customer who may decide, and see everything."""
    return make_user(root, allow(["iam:*", "sts:*"]), Path="/staff/")


@pytest.fixture
def ask(member, account, template):
    """Makes a request and returns its id."""

    def make(**more):
        values = {
            "OwnerAccountId": account,
            "Description": "Looks after your roles",
            "Permissions": {
                "PolicyTemplateArn": template,
                "Parameters": [{"Name": "userPath", "Values": ["staff"], "Type": "string"}],
            },
            "RequestMessage": "Because you asked",
            "RequestorWorkflowId": unique("workflow"),
            "NotificationChannel": f"arn:aws:sns:us-east-1:{member.id}:news",
            "SessionDuration": 3600,
        }
        wanted = {name: value for name, value in (values | more).items() if value is not None}
        return member.admin.iam.create_delegation_request(**wanted)["DelegationRequestId"]

    return make


def state(caller, request):
    return caller.iam.get_delegation_request(DelegationRequestId=request)["DelegationRequest"]["State"]


def send(caller, request):
    """Releases the trade-in token."""
    answer = caller.iam.send_delegation_token(DelegationRequestId=request)
    return answer["ResponseMetadata"]["HTTPHeaders"][TOKEN_HEADER]


def grant(caller, request):
    """Takes and accepts a request, and releases its token."""
    caller.iam.associate_delegation_request(DelegationRequestId=request)
    caller.iam.accept_delegation_request(DelegationRequestId=request)
    return send(caller, request)


def trade_in(caller, token):
    answer = caller.sts.get_delegated_access_token(TradeInToken=token)
    return Caller.of(caller.server, answer["Credentials"])


def test_from_request_to_access(root, member, account, alice, ask, template):
    request = ask()
    assert state(alice, request) == "UNASSIGNED"
    alice.iam.associate_delegation_request(DelegationRequestId=request)
    assert state(alice, request) == "ASSIGNED"
    alice.iam.update_delegation_request(DelegationRequestId=request, Notes="Please have a look")
    assert state(alice, request) == "PENDING_APPROVAL"
    alice.iam.accept_delegation_request(DelegationRequestId=request)
    full = alice.iam.get_delegation_request(DelegationRequestId=request)["DelegationRequest"]
    assert (full["State"], full["OwnerAccountId"], full["OwnerId"], full["ApproverId"]) == (
        "ACCEPTED", account, alice.arn, alice.arn,
    )  # fmt: skip
    assert (full["RequestorId"], full["Notes"], full["SessionDuration"]) == (member.id, "Please have a look", 3600)
    assert full["Permissions"]["PolicyTemplateArn"] == template
    assert "user/staff/*" in full["PermissionPolicy"] and "@{" not in full["PermissionPolicy"]
    assert request in [each["DelegationRequestId"] for each in alice.iam.list_delegation_requests()["DelegationRequests"]]

    token = send(alice, request)
    assert state(alice, request) == "FINALIZED"
    answer = member.admin.sts.get_delegated_access_token(TradeInToken=token)
    assert answer["AssumedPrincipal"] == alice.arn
    assert answer["Credentials"]["Expiration"].timestamp() - time.time() == pytest.approx(3600, abs=10)
    delegate = Caller.of(root.server, answer["Credentials"])
    # It acts as the approver, within the request's policy.
    assert delegate.arn == alice.arn
    assert "Roles" in delegate.iam.list_roles()
    assert delegate.iam.get_user(UserName=alice.name)["User"]["Arn"] == alice.arn
    other = make_user(root)
    with refused("AccessDenied", status=403):
        delegate.iam.get_user(UserName=other.name)
    with refused("AccessDenied", status=403):
        delegate.iam.list_users()


def test_no_more_than_the_approver_may(root, member, ask):
    bob = make_user(root, allow([*OWNED, "iam:GetUser"]), Path="/staff/")
    delegate = trade_in(member.admin, grant(bob, ask()))
    assert delegate.iam.get_user(UserName=bob.name)
    with refused("AccessDenied", status=403):
        delegate.iam.list_roles()


def test_a_token_works_once_and_for_one(root, member, alice, ask):
    token = grant(alice, ask())
    for caller in (root, alice.caller):
        with refused("AccessDenied", INVALID, 403):
            trade_in(caller, token)
    assert trade_in(member.admin, token).arn == alice.arn
    for known in (token, token[:-1], token + "A", "A" * 43):
        with refused("AccessDenied", INVALID, 403):
            trade_in(member.admin, known)


def test_one_token_many_calls(member, alice, ask):
    token = grant(alice, ask())
    clients = [member.admin.client("sts") for _ in range(12)]

    def trade(client):
        try:
            client.get_delegated_access_token(TradeInToken=token)
            return "granted"
        except client.exceptions.ClientError as error:
            return error.response["Error"]["Message"]

    with ThreadPoolExecutor(len(clients)) as pool:
        told = list(pool.map(trade, clients))
    assert (told.count("granted"), told.count(INVALID)) == (1, len(clients) - 1), told


def test_rejected(alice, ask):
    request = ask()
    alice.iam.associate_delegation_request(DelegationRequestId=request)
    alice.iam.reject_delegation_request(DelegationRequestId=request, Notes="No")
    full = alice.iam.get_delegation_request(DelegationRequestId=request)["DelegationRequest"]
    assert (full["State"], full["RejectionReason"]) == ("REJECTED", "No")
    for call in (alice.iam.accept_delegation_request, alice.iam.send_delegation_token, alice.iam.associate_delegation_request):
        with refused("InvalidInput", status=400):
            call(DelegationRequestId=request)


def test_rejecting_ends_the_access(member, alice, ask):
    request = ask()
    delegate = trade_in(member.admin, grant(alice, request))
    delegate.iam.list_roles()
    alice.iam.reject_delegation_request(DelegationRequestId=request)
    with refused(("InvalidClientTokenId", "AccessDenied", "ExpiredToken"), status=403):
        delegate.iam.list_roles()


def test_the_order_of_things(alice, ask):
    request = ask()
    for call in (alice.iam.accept_delegation_request, alice.iam.send_delegation_token, alice.iam.update_delegation_request):
        with refused("InvalidInput", status=400):
            call(DelegationRequestId=request)
    alice.iam.associate_delegation_request(DelegationRequestId=request)
    with refused("InvalidInput", status=400):
        alice.iam.send_delegation_token(DelegationRequestId=request)
    alice.iam.accept_delegation_request(DelegationRequestId=request)
    assert send(alice, request)
    with refused("InvalidInput", status=400):
        alice.iam.send_delegation_token(DelegationRequestId=request)


def test_who_may_decide(root, alice, ask, member):
    request = ask()
    alice.iam.associate_delegation_request(DelegationRequestId=request)
    # Its owner may hand it on without a policy, but not grant it.
    carol = make_user(root, allow("iam:AssociateDelegationRequest"))
    own = ask()
    carol.iam.associate_delegation_request(DelegationRequestId=own)
    assert state(carol, own) == "ASSIGNED"
    carol.iam.update_delegation_request(DelegationRequestId=own)
    with refused("AccessDenied", status=403):
        carol.iam.accept_delegation_request(DelegationRequestId=own)
    # Another's is none of hers.
    for call in (carol.iam.get_delegation_request, carol.iam.reject_delegation_request):
        with refused("AccessDenied", status=403):
            call(DelegationRequestId=request)
    # The account that asks sees nothing of it any more, and has no say.
    for call in (member.admin.iam.accept_delegation_request, member.admin.iam.send_delegation_token):
        with refused("NoSuchEntity", status=404):
            call(DelegationRequestId=request)
    # A session with less than its principal's rights grants nothing.
    role = make_role(root, trusting(alice.arn), allow("iam:*"))
    limited = assume(alice, role, Policy=policy(allow("iam:*")))
    with refused("AccessDenied", status=403):
        limited.iam.accept_delegation_request(DelegationRequestId=request)


def test_only_the_owner_sends(root, alice, ask):
    request = ask(OnlySendByOwner=True)
    alice.iam.associate_delegation_request(DelegationRequestId=request)
    alice.iam.accept_delegation_request(DelegationRequestId=request)
    with refused("AccessDenied", status=403):
        send(root, request)
    assert send(alice, request)


def test_what_is_asked_for(member, template, ask):
    with refused(("InvalidInput", "NoSuchEntity"), status=400):
        ask(Permissions={"PolicyTemplateArn": template.replace("template", "absent")})
    with refused("InvalidInput", status=400, matching="userPath"):
        ask(Permissions={"PolicyTemplateArn": template})
    with refused("InvalidInput", status=400):
        ask(Permissions={"PolicyTemplateArn": template, "Parameters": [{"Name": "another", "Values": ["x"], "Type": "string"}]})
    workflow = unique("workflow")
    ask(RequestorWorkflowId=workflow)
    with refused("EntityAlreadyExists", status=409):
        ask(RequestorWorkflowId=workflow)


def test_the_approver_goes(root, member, ask):
    dave = make_user(root, allow("iam:*"), Path="/staff/")
    delegate = trade_in(member.admin, grant(dave, ask()))
    delegate.iam.list_roles()
    for key in root.iam.list_access_keys(UserName=dave.name)["AccessKeyMetadata"]:
        root.iam.delete_access_key(UserName=dave.name, AccessKeyId=key["AccessKeyId"])
    root.iam.delete_user_policy(UserName=dave.name, PolicyName="own")
    root.iam.delete_user(UserName=dave.name)
    with refused(("InvalidClientTokenId", "ExpiredToken"), status=403):
        delegate.iam.list_roles()


@pytest.mark.parametrize("program", ["v1", "locum"])
def test_commands(member, alice, ask, tmp_path, program):
    """Debian's version 2 is older than the operation."""
    token = grant(alice, ask())
    words = f"sts get-delegated-access-token --trade-in-token={token} --output json"
    done = run(program, *words.split(), home=tmp_path, caller=member.admin)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["AssumedPrincipal"] == alice.arn
    assert Caller.of(member.admin.server, answer["Credentials"]).arn == alice.arn


def test_iam_commands(member, alice, account, template, tmp_path):
    """Every operation of a request's life by version 1 of the command."""

    def aws(caller, operation, *words):
        done = run("v1", "iam", operation, *words, "--output", "json", home=tmp_path, caller=caller)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    permissions = {"PolicyTemplateArn": template, "Parameters": [{"Name": "userPath", "Values": ["staff"], "Type": "string"}]}
    made = aws(
        member.admin, "create-delegation-request", "--owner-account-id", account, "--description", "By command",
        "--permissions", json.dumps(permissions), "--requestor-workflow-id", unique("workflow"),
        "--notification-channel", f"arn:aws:sns:us-east-1:{member.id}:news", "--session-duration", "900",
    )  # fmt: skip
    request = ["--delegation-request-id", made["DelegationRequestId"]]
    caller = alice.caller
    assert aws(caller, "associate-delegation-request", *request) is None
    assert aws(caller, "update-delegation-request", *request, "--notes", "mine") is None
    assert aws(caller, "get-delegation-request", *request)["DelegationRequest"]["State"] == "PENDING_APPROVAL"
    assert aws(caller, "list-delegation-requests", "--owner-id", alice.arn)["DelegationRequests"]
    assert aws(caller, "accept-delegation-request", *request) is None
    assert aws(caller, "send-delegation-token", *request) is None
    assert aws(caller, "reject-delegation-request", *request, "--notes", "enough") is None
    assert state(alice, made["DelegationRequestId"]) == "REJECTED"
