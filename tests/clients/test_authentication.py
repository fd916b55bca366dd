"""Who is refused before any policy is asked, with the recorded texts (facts: sts §1.1, §1.5, §1.6, §7.1)."""

import datetime
import re
import urllib.parse

import botocore.auth
import pytest

from server import Caller, Server
from wire import FORM, WHO, get, post, send, sign
from world import INVALID_TOKEN, allow, assume, delete_role, delete_user, make_role, make_user, refused, trusting

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details."
)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """The root user of another deployment."""
    other = Server(tmp_path_factory.mktemp("other"))
    yield other.root
    assert other.stop() == 0


def resembling(caller, **changes):
    """The same credentials with some part exchanged."""
    parts = {
        "access_key_id": caller.access_key_id,
        "secret_access_key": caller.secret_access_key,
        "session_token": caller.session_token,
    }
    return Caller(caller.server, **{**parts, **changes})


def flipped(text, position):
    """The text with one character exchanged for another of the alphabet."""
    return text[:position] + ("A" if text[position] != "A" else "B") + text[position + 1 :]


def test_no_signature(server):
    answer = send(server, "POST", "/", urllib.parse.urlencode(WHO), {"Content-Type": FORM})
    assert answer.status == 403
    assert answer.error == ("MissingAuthenticationToken", "Request is missing Authentication Token")


def test_unknown_key(root):
    unknown = resembling(root, access_key_id="AKIAQNZGKIQY56JQ7WML")
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        unknown.sts.get_caller_identity()


def test_wrong_secret(root):
    wrong = resembling(root, secret_access_key=flipped(root.secret_access_key, 7))
    with refused("SignatureDoesNotMatch", MISMATCH, 403):
        wrong.sts.get_caller_identity()
    with refused("SignatureDoesNotMatch", status=403):
        wrong.iam.list_users()
    with refused(("SignatureDoesNotMatch", "InvalidSignatureException"), status=403):
        wrong.organizations.describe_organization()


@pytest.mark.parametrize("where", [0, 0.02, 0.25, 0.5, 0.75, 0.98])
def test_corrupt_token(admin_session, where):
    token = admin_session.session_token
    corrupt = resembling(admin_session, session_token=flipped(token, int(where * len(token))))
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        corrupt.sts.get_caller_identity()


@pytest.mark.parametrize("change", [lambda t: t[:-4], lambda t: t[:40], lambda t: t + "AAAA", lambda t: "A", lambda t: t + t])
def test_cut_or_longer_token(admin_session, change):
    changed = resembling(admin_session, session_token=change(admin_session.session_token))
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        changed.sts.get_caller_identity()


def test_token_of_another_session(root, admin, admin_session):
    role = make_role(root, trusting(admin.arn))
    other = assume(admin, role)
    spliced = resembling(admin_session, session_token=other.session_token)
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        spliced.sts.get_caller_identity()


def test_session_key_without_its_token(admin_session):
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        resembling(admin_session, session_token=None).sts.get_caller_identity()


def test_long_term_key_with_a_token(root, admin_session):
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        resembling(root, session_token=admin_session.session_token).sts.get_caller_identity()


def test_session_with_a_wrong_secret(admin_session):
    wrong = resembling(admin_session, secret_access_key=flipped(admin_session.secret_access_key, 3))
    with refused("SignatureDoesNotMatch", MISMATCH, 403):
        wrong.sts.get_caller_identity()


def test_another_deployment_is_a_stranger(server, stranger):
    foreign_session = Caller.of(server, stranger.sts.get_session_token()["Credentials"])
    for foreign in (resembling(stranger), foreign_session):
        foreign.server = server
        with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
            foreign.sts.get_caller_identity()


def test_session_of_a_deleted_and_recreated_role(root, admin):
    role = make_role(root, trusting(admin.arn), allow("*"))
    session = assume(admin, role)
    assert session.sts.get_caller_identity()["UserId"].startswith(role.id)
    delete_role(root, role.name)
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        session.sts.get_caller_identity()
    again = make_role(root, trusting(admin.arn), allow("*"), name=role.name)
    assert again.arn == role.arn and again.id != role.id
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        session.sts.get_caller_identity()
    wrong = resembling(session, secret_access_key=flipped(session.secret_access_key, 3))
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        wrong.sts.get_caller_identity()


def test_session_of_a_deleted_and_recreated_user(root):
    user = make_user(root, allow("*"))
    session = Caller.of(root.server, user.sts.get_session_token()["Credentials"])
    federated = Caller.of(root.server, user.sts.get_federation_token(Name="guest")["Credentials"])
    delete_user(root, user.name)
    make_user(root, allow("*"), name=user.name)
    for gone in (user.caller, session, federated):
        with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
            gone.sts.get_caller_identity()


def test_inactive_key(root):
    user = make_user(root)
    change = {"UserName": user.name, "AccessKeyId": user.caller.access_key_id}
    root.iam.update_access_key(Status="Inactive", **change)
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        user.sts.get_caller_identity()
    root.iam.update_access_key(Status="Active", **change)
    assert user.sts.get_caller_identity()["Arn"] == user.arn
    root.iam.delete_access_key(**change)
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        user.sts.get_caller_identity()


def test_wrong_region(root):
    with refused("SignatureDoesNotMatch", "Credential should be scoped to a valid region. ", 403):
        root.client("sts", region="nowhere").get_caller_identity()


def test_only_the_named_regions(tmp_path):
    server = Server(tmp_path, "--region", "us-east-1", "--region", "eu-west-1")
    for region in ("us-east-1", "eu-west-1"):
        assert server.root.client("sts", region=region).get_caller_identity()["Account"]
    with refused("SignatureDoesNotMatch", "Credential should be scoped to a valid region. ", 403):
        server.root.client("sts", region="eu-central-1").get_caller_identity()
    assert server.stop() == 0


def test_wrong_service(root):
    answer = post(root, WHO, service="s3")
    assert (answer.status, *answer.error) == (
        403,
        "SignatureDoesNotMatch",
        "Credential should be scoped to correct service: 'sts'. ",
    )


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (-20, r"^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$"),
        (20, r"^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$"),
    ],
)
def test_clock_skew(root, monkeypatch, minutes, text):
    real = botocore.auth.get_current_datetime
    shift = datetime.timedelta(minutes=minutes)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: real(*a, **k) + shift)
    answer = post(root, WHO)
    assert (answer.status, answer.error[0]) == (403, "SignatureDoesNotMatch")
    assert re.search(text, answer.error[1]), answer.error


def test_body_is_bound_to_the_signature(root):
    body = urllib.parse.urlencode(WHO)
    headers = sign(root, "POST", "/", body, {"Content-Type": FORM})
    answer = send(root.server, "POST", "/", body + "&Extra=1", headers)
    assert (answer.status, *answer.error) == (403, "SignatureDoesNotMatch", MISMATCH)


def test_unsigned_payload(root):
    answer = post(root, WHO, headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    assert (answer.status, answer.error[0]) == (403, "SignatureDoesNotMatch")


def test_unsigned_amazon_header(root):
    body = urllib.parse.urlencode(WHO)
    headers = sign(root, "POST", "/", body, {"Content-Type": FORM})
    answer = send(root.server, "POST", "/", body, {**headers, "X-Amz-Meta-Added": "later"})
    assert answer.status == 403, answer.text


@pytest.mark.parametrize(
    "body",
    [
        "Action=GetCallerIdentity&Version=2011-06-15&Action=GetSessionToken",
        "Action=GetCallerIdentity&Version=2011-06-15&action=GetSessionToken",
        "Action=GetCallerIdentity&Version=2011-06-15&Version=2011-06-15",
    ],
)
def test_repeated_parameter(root, body):
    assert post(root, body).status == 400
    # Before anything else: also without a signature.
    assert send(root.server, "POST", "/", body, {"Content-Type": FORM}).status == 400


def test_parameter_in_query_and_body(root):
    target, body = "/?Action=GetCallerIdentity", urllib.parse.urlencode(WHO)
    headers = sign(root, "POST", target, body, {"Content-Type": FORM})
    assert send(root.server, "POST", target, body, headers).status == 400


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"Action": "NoSuchAction", "Version": "2011-06-15"}, "Could not find operation NoSuchAction for version 2011-06-15"),
        ({"Action": "GetCallerIdentity"}, "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED"),
        ({"Action": "GetCallerIdentity", "Version": ""}, "Could not find operation GetCallerIdentity for version "),
        ({"Action": "", "Version": "2011-06-15"}, "Could not find operation  for version 2011-06-15"),
    ],
)
def test_unknown_action(root, parameters, text):
    answer = post(root, parameters)
    fault = "http://webservices.amazon.com/AWSFault/2005-15-09"
    assert (answer.status, answer.find("Code", fault), answer.find("Message", fault)) == (400, "InvalidAction", text)


def test_missing_action(root):
    answer = post(root, {"Version": "2011-06-15"})
    assert answer.status == 400 and "MissingAction" in answer.text


def test_other_path(root):
    headers = sign(root, "GET", "/elsewhere")
    answer = send(root.server, "GET", "/elsewhere", "", headers)
    assert (answer.status, answer.text) == (404, "<UnknownOperationException/>\n")


def test_large_body(root):
    answer = post(root, {**WHO, "Padding": "x" * 300_000})
    assert answer.status == 413


def test_federated_session_may_only_ask_who_it_is(root, admin):
    """facts: sts §7.1."""
    everything = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    response = admin.sts.get_federation_token(Name="limited", Policy=everything)
    session = Caller.of(root.server, response["Credentials"])
    role = make_role(root, trusting("*"))
    assert session.sts.get_caller_identity()["Arn"].endswith("federated-user/limited")
    refusal = ("AccessDenied", "InvalidClientTokenId")
    for call in (
        lambda: session.sts.assume_role(RoleArn=role.arn, RoleSessionName="no"),
        lambda: session.sts.get_session_token(),
        lambda: session.sts.get_federation_token(Name="again"),
        lambda: session.sts.get_access_key_info(AccessKeyId=root.access_key_id),
        lambda: session.sts.decode_authorization_message(EncodedMessage="abc"),
        lambda: session.iam.list_users(),
        lambda: session.iam.get_user(),
    ):
        with refused(refusal, status=403):
            call()


def test_session_token_without_mfa_may_not_use_iam(root):
    """facts: sts §7.1."""
    user = make_user(root, allow("*"))
    session = Caller.of(root.server, user.sts.get_session_token()["Credentials"])
    role = make_role(root, trusting(user.arn))
    assert session.sts.get_caller_identity()["Arn"] == user.arn
    assert session.sts.assume_role(RoleArn=role.arn, RoleSessionName="yes")["Credentials"]
    for call in (lambda: session.iam.list_users(), lambda: session.iam.create_user(UserName="never")):
        with refused("InvalidClientTokenId", status=403, matching=r"^The security token included in the request is invalid\.?$"):
            call()
    for call in (
        lambda: session.sts.get_access_key_info(AccessKeyId=root.access_key_id),
        lambda: session.sts.decode_authorization_message(EncodedMessage="abc"),
    ):
        with refused(("AccessDenied", "InvalidClientTokenId"), status=403):
            call()


def test_role_session_may_use_iam(admin_session):
    assert admin_session.iam.list_users()["Users"]


def test_an_error_is_answered_in_the_form_asked_for(root):
    answer = get(root, {"Action": "GetAccessKeyInfo", "Version": "2011-06-15", "AccessKeyId": "short"})
    assert (answer.status, *answer.error) == (
        400,
        "ValidationError",
        "1 validation error detected: Value 'short' at 'accessKeyId' failed to satisfy constraint: "
        "Member must have length greater than or equal to 16",
    )
