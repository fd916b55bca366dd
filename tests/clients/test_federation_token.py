"""GetFederationToken: who may ask, what the session may do, durations, texts (facts: sts §2.11)."""

import datetime

import pytest

from server import Caller
from world import TAGGING, allow, deny, make_role, make_user, not_authorized, policy, refused, trusting, unique

ACTION = "sts:GetFederationToken"


def lifetime(response):
    left = response["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)
    return round(left.total_seconds() / 10) * 10


def test_response(root, account):
    user = make_user(root, allow(ACTION))
    response = user.sts.get_federation_token(Name="Bob")
    assert response["FederatedUser"] == {
        "FederatedUserId": f"{account}:Bob",
        "Arn": f"arn:aws:sts::{account}:federated-user/Bob",
    }
    assert response["PackedPolicySize"] == 0
    assert lifetime(response) == 43200


@pytest.mark.parametrize("seconds", [900, 129600])
def test_duration(root, seconds):
    user = make_user(root, allow(ACTION))
    assert lifetime(user.sts.get_federation_token(Name="Bob", DurationSeconds=seconds)) == seconds


@pytest.mark.parametrize("seconds", [None, 3600, 129600])
def test_root_gets_an_hour_at_most(root, seconds):
    asked = {} if seconds is None else {"DurationSeconds": seconds}
    assert lifetime(root.sts.get_federation_token(Name="Bob", **asked)) == 3600


@pytest.mark.parametrize("statements", [[], [allow("*"), deny(ACTION)], [allow(ACTION, "arn:aws:sts::*:federated-user/Alice")]])
def test_denied(root, account, statements):
    user = make_user(root, *statements)
    text = not_authorized(user.arn, ACTION, f"arn:aws:sts::{account}:federated-user/Bob")
    with refused("AccessDenied", status=403) as refusal:
        user.sts.get_federation_token(Name="Bob")
    assert refusal.message.startswith(text)


def test_not_with_session_credentials(root, admin, admin_session):
    text = "Cannot call GetFederationToken with session credentials"
    with refused("AccessDenied", text, 403):
        admin_session.sts.get_federation_token(Name="Bob")
    session = Caller.of(root.server, admin.sts.get_session_token()["Credentials"])
    with refused("AccessDenied", status=403):
        session.sts.get_federation_token(Name="Bob")


def test_a_trust_policy_may_name_it_but_it_may_not_assume(root, admin, account):
    """Only GetCallerIdentity is open to a federated session (facts: sts §7.1)."""
    role = make_role(root, trusting(f"arn:aws:sts::{account}:federated-user/carol"))
    session = Caller.of(root.server, admin.sts.get_federation_token(Name="carol")["Credentials"])
    with refused(("AccessDenied", "InvalidClientTokenId"), status=403):
        session.sts.assume_role(RoleArn=role.arn, RoleSessionName="no")


def test_tags_need_permission(root):
    tags = [{"Key": "team", "Value": "blue"}]
    without = make_user(root, allow(ACTION))
    with refused("AccessDenied", status=403, matching="is not authorized to perform: sts:TagSession"):
        without.sts.get_federation_token(Name="Bob", Tags=tags)
    tagging = make_user(root, allow([ACTION, *TAGGING]))
    response = tagging.sts.get_federation_token(Name="Bob", Tags=tags)
    assert 0 <= response["PackedPolicySize"] <= 100


def test_policies_by_arn(root, admin):
    managed = root.iam.create_policy(PolicyName=unique("federated"), PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    response = admin.sts.get_federation_token(Name="Bob", PolicyArns=[{"arn": managed}], Policy=policy(allow("s3:GetObject")))
    assert response["Credentials"]["SessionToken"]


INVALID = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must {}"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"DurationSeconds": 899}, INVALID.format(899, "durationSeconds", "have value greater than or equal to 900")),
        ({"DurationSeconds": 129601}, INVALID.format(129601, "durationSeconds", "have value less than or equal to 129600")),
        ({"Name": "x"}, INVALID.format("x", "name", "have length greater than or equal to 2")),
        ({"Name": "x" * 33}, INVALID.format("x" * 33, "name", "have length less than or equal to 32")),
        ({"Name": "a:b"}, INVALID.format("a:b", "name", r"satisfy regular expression pattern: [\w+=,.@-]*")),
        ({"Policy": " " * 2049}, INVALID.format(" " * 2049, "policy", "have length less than or equal to 2048")),
    ],
)
def test_validation_texts(admin, changes, text):
    with refused("ValidationError", text, 400):
        admin.caller.unchecked.get_federation_token(**{"Name": "Bob", **changes})


def test_malformed_policy(admin):
    with refused("MalformedPolicyDocument", status=400):
        admin.sts.get_federation_token(Name="Bob", Policy="{}")
