"""GetCallerIdentity for every kind of caller and every way to ask, and GetAccessKeyInfo (facts: sts §2.9, §2.10)."""

import json
import re
import urllib.request

import boto3

from server import REGION
from wire import WHO, get, post, send
from world import EXPLICIT_IDENTITY, NO_IDENTITY, allow, assume, because, deny, make_role, make_user, refused, trusting
from world import Caller


def who(caller):
    identity = caller.sts.get_caller_identity()
    return identity["Account"], identity["Arn"], identity["UserId"]


def test_root(root, account):
    assert re.fullmatch(r"\d{12}", account)
    assert who(root) == (account, f"arn:aws:iam::{account}:root", account)


def test_user_with_a_path(root, account):
    user = make_user(root, Path="/engineering/eu/")
    assert user.id.startswith("AIDA") and len(user.id) == 21
    assert who(user.caller) == (account, f"arn:aws:iam::{account}:user/engineering/eu/{user.name}", user.id)


def test_role_session_drops_the_path(root, admin, account):
    role = make_role(root, trusting(admin.arn), Path="/service/")
    session = assume(admin, role, "build")
    assert role.id.startswith("AROA") and len(role.id) == 21
    assert who(session) == (account, f"arn:aws:sts::{account}:assumed-role/{role.name}/build", f"{role.id}:build")


def test_session_token_keeps_the_user(root, account):
    user = make_user(root)
    session = Caller.of(root.server, user.sts.get_session_token()["Credentials"])
    assert who(session) == (account, user.arn, user.id)


def test_session_token_keeps_root(root, account):
    session = Caller.of(root.server, root.sts.get_session_token()["Credentials"])
    assert who(session) == (account, f"arn:aws:iam::{account}:root", account)


def test_federated_user(admin, account):
    session = Caller.of(admin.caller.server, admin.sts.get_federation_token(Name="Bob")["Credentials"])
    assert who(session) == (account, f"arn:aws:sts::{account}:federated-user/Bob", f"{account}:Bob")


def test_an_explicit_deny_has_no_effect(root):
    user = make_user(root, deny("*"))
    assert user.sts.get_caller_identity()["Arn"] == user.arn


def test_envelope(root, account):
    """The body as AWS writes it (facts: sts §1.2)."""
    answer = post(root, WHO)
    request_id = answer.headers["x-amzn-requestid"]
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/xml"
    assert answer.text == (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <GetCallerIdentityResult>\n"
        f"    <Arn>arn:aws:iam::{account}:root</Arn>\n"
        f"    <UserId>{account}</UserId>\n"
        f"    <Account>{account}</Account>\n"
        "  </GetCallerIdentityResult>\n"
        "  <ResponseMetadata>\n"
        f"    <RequestId>{request_id}</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</GetCallerIdentityResponse>\n"
    )


def test_query_form(root, account):
    answer = get(root, WHO)
    assert (answer.status, answer.find("Account")) == (200, account)


def test_json_when_asked_for(root, account):
    """facts: sts §1.4."""
    answer = post(root, WHO, headers={"Accept": "application/json"})
    result = json.loads(answer.text)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert result == {"Arn": f"arn:aws:iam::{account}:root", "UserId": account, "Account": account}


def test_presigned_url(root, account):
    url = root.sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urllib.request.urlopen(url, timeout=10) as response:
        text = response.read().decode()
    assert response.status == 200 and f"<Account>{account}</Account>" in text


def test_presigned_url_of_a_session(admin_session):
    url = admin_session.sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urllib.request.urlopen(url, timeout=10) as response:
        assert f"<Arn>{admin_session.arn}</Arn>" in response.read().decode()


def test_presigned_url_cannot_be_changed(server, root):
    url = root.sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    target = url.removeprefix(server.url)
    changed = target.replace("X-Amz-Expires=60", "X-Amz-Expires=61")
    assert changed != target
    answer = send(server, "GET", changed)
    assert (answer.status, answer.error[0]) == (403, "SignatureDoesNotMatch")


def test_nothing_but_the_endpoint_variable(root, account, monkeypatch):
    """An unmodified program needs only AWS_ENDPOINT_URL, beside its credentials."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", root.server.url)
    for name, value in root.variables().items():
        monkeypatch.setenv(name, value)
    session = boto3.Session()
    assert session.client("sts").get_caller_identity()["Account"] == account
    assert session.client("iam").list_users()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert session.client("organizations").describe_organization()["Organization"]["MasterAccountId"] == account
    assert session.region_name == REGION


def test_key_info(root, admin, admin_session, account):
    for caller in (root, admin.caller, admin_session):
        assert root.sts.get_access_key_info(AccessKeyId=caller.access_key_id)["Account"] == account


def test_key_info_reads_the_account_from_any_key(root):
    """A recorded key and its account (facts: sts §3.2)."""
    assert root.sts.get_access_key_info(AccessKeyId="ASIAQNZGKIQY56JQ7WML")["Account"] == "029608264753"
    assert root.sts.get_access_key_info(AccessKeyId="ASIAY34FZKBOKMUTVV7A")["Account"] == "609629065308"


def test_key_info_needs_permission(root):
    action = "sts:GetAccessKeyInfo"
    stranger = make_user(root)
    with refused("AccessDenied", status=403, matching=because(stranger.arn, action, NO_IDENTITY(action))):
        stranger.sts.get_access_key_info(AccessKeyId=root.access_key_id)
    barred = make_user(root, allow("*"), deny(action))
    with refused("AccessDenied", status=403, matching=because(barred.arn, action, EXPLICIT_IDENTITY)):
        barred.sts.get_access_key_info(AccessKeyId=root.access_key_id)
