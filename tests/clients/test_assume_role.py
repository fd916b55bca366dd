"""AssumeRole: who may, what comes back, and the recorded refusals (facts: sts §2.4, §1.7)."""

import datetime
import json

import pytest

from server import Caller
from wire import post
from world import (
    allow, assume, delete_role, delete_user, deny, make_role, make_user, not_authorized, policy, refused, trusting, unique,
)

ASSUME = "sts:AssumeRole"


def denied_to(user, role_arn, action=ASSUME):
    return refused("AccessDenied", not_authorized(user.arn, action, role_arn), 403)


def attempt(user, role_arn, **parameters):
    return user.sts.assume_role(RoleArn=role_arn, RoleSessionName="attempt", **parameters)


def test_named_user_needs_no_policy_of_their_own(root, account):
    user = make_user(root)
    role = make_role(root, trusting(user.arn), Path="/deep/path/")
    response = attempt(user, role.arn)
    assert response["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role.id}:attempt",
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role.name}/attempt",
    }
    assert response["Credentials"]["AccessKeyId"].startswith("ASIA")
    assert len(response["Credentials"]["SecretAccessKey"]) == 40
    assert len(response["Credentials"]["SessionToken"]) <= 4096
    assert "PackedPolicySize" not in response and "SourceIdentity" not in response


@pytest.mark.parametrize("seconds", [None, 900, 3600])
def test_duration(root, admin, seconds):
    role = make_role(root, trusting(admin.arn))
    asked = {} if seconds is None else {"DurationSeconds": seconds}
    before = datetime.datetime.now(datetime.UTC)
    left = attempt(admin, role.arn, **asked)["Credentials"]["Expiration"] - before
    assert abs(left.total_seconds() - (seconds or 3600)) < 5


def test_expiration_is_date_plus_duration(root, admin):
    role = make_role(root, trusting(admin.arn))
    parameters = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role.arn, "RoleSessionName": "clock"}
    answer = post(admin.caller, parameters)
    sent = datetime.datetime.strptime(answer.headers["date"], "%a, %d %b %Y %H:%M:%S %Z")
    expires = datetime.datetime.strptime(answer.find("Expiration"), "%Y-%m-%dT%H:%M:%SZ")
    assert (expires - sent).total_seconds() == 3600


def test_trusted_account_leaves_it_to_the_callers_policy(root, account):
    role = make_role(root, trusting(f"arn:aws:iam::{account}:root"))
    short = make_role(root, trusting(account))
    without = make_user(root)
    allowed = make_user(root, allow(ASSUME, [role.arn, short.arn]))
    for target in (role, short):
        with denied_to(without, target.arn):
            attempt(without, target.arn)
        assert attempt(allowed, target.arn)["Credentials"]


def test_every_denial_has_the_same_text(root, account):
    """A role that does not exist, one that trusts another, an explicit deny on either side."""
    other = make_user(root)
    user = make_user(root, allow("*"))
    absent = f"arn:aws:iam::{account}:role/{unique('absent')}"
    stranger = make_role(root, trusting(other.arn))
    elsewhere = "arn:aws:iam::029608264753:role/nobody-knows"
    barred_there = make_role(
        root,
        policy(
            {"Effect": "Allow", "Principal": {"AWS": account}, "Action": ASSUME},
            {"Effect": "Deny", "Principal": {"AWS": user.arn}, "Action": ASSUME},
        ),
    )
    for arn in (absent, stranger.arn, elsewhere, barred_there.arn):
        with denied_to(user, arn):
            attempt(user, arn)
    barred = make_user(root, allow("*"), deny(ASSUME))
    role = make_role(root, trusting(barred.arn))
    with denied_to(barred, role.arn):
        attempt(barred, role.arn)


def test_external_id(root, admin):
    needed = {"StringEquals": {"sts:ExternalId": "order-66"}}
    role = make_role(root, trusting(admin.arn, condition=needed))
    with denied_to(admin, role.arn):
        attempt(admin, role.arn)
    with denied_to(admin, role.arn):
        attempt(admin, role.arn, ExternalId="order-67")
    assert attempt(admin, role.arn, ExternalId="order-66")["Credentials"]


def test_session_name_condition(root, admin):
    role = make_role(root, trusting(admin.arn, condition={"StringLike": {"sts:RoleSessionName": "ci-*"}}))
    with denied_to(admin, role.arn):
        admin.sts.assume_role(RoleArn=role.arn, RoleSessionName="other")
    assert admin.sts.assume_role(RoleArn=role.arn, RoleSessionName="ci-42")["Credentials"]


def test_policy_variable_in_trust(root):
    role_trust = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
    user = make_user(root)
    role = make_role(root, trusting(user.arn, condition=role_trust))
    with denied_to(user, role.arn):
        attempt(user, role.arn)
    assert user.sts.assume_role(RoleArn=role.arn, RoleSessionName=user.name)["Credentials"]


def test_root_may_not(root):
    role = make_role(root, trusting("*"))
    with refused("AccessDenied", "Roles may not be assumed by root accounts.", 403):
        root.sts.assume_role(RoleArn=role.arn, RoleSessionName="root")


def test_session_token_of_root_may_not(root):
    role = make_role(root, trusting("*"))
    session = Caller.of(root.server, root.sts.get_session_token()["Credentials"])
    with refused("AccessDenied", status=403):
        session.sts.assume_role(RoleArn=role.arn, RoleSessionName="root")


def test_changed_trust_takes_effect_at_once(root, admin):
    other = make_user(root)
    role = make_role(root, trusting(other.arn))
    with denied_to(admin, role.arn):
        attempt(admin, role.arn)
    root.iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trusting(admin.arn))
    assert attempt(admin, role.arn)["Credentials"]
    with denied_to(other, role.arn):
        attempt(other, role.arn)


def test_deleted_and_recreated_user_is_a_stranger(root):
    user = make_user(root)
    role = make_role(root, trusting(user.arn))
    assert attempt(user, role.arn)["Credentials"]
    shown = root.iam.get_role(RoleName=role.name)["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"] == {"AWS": user.arn}
    delete_user(root, user.name)
    shown = root.iam.get_role(RoleName=role.name)["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"] == {"AWS": user.id}
    namesake = make_user(root, allow("*"), name=user.name)
    assert namesake.arn == user.arn
    with denied_to(namesake, role.arn):
        attempt(namesake, role.arn)
    root.iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trusting(namesake.arn))
    assert attempt(namesake, role.arn)["Credentials"]


def test_deleted_and_recreated_role_is_a_stranger(root, admin):
    first = make_role(root, trusting(admin.arn), allow(ASSUME))
    target = make_role(root, trusting(first.arn))
    assert assume(assume(admin, first), target)
    delete_role(root, first.name)
    again = make_role(root, trusting(admin.arn), allow(ASSUME), name=first.name)
    session = assume(admin, again)
    with refused("AccessDenied", not_authorized(session.arn, ASSUME, target.arn), 403):
        assume(session, target)


def test_unknown_principal_in_trust(root, account):
    absent = f"arn:aws:iam::{account}:user/{unique('absent')}"
    with refused("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{absent}"', 400):
        root.iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trusting(absent))


def test_longer_than_the_role_allows(root, admin):
    role = make_role(root, trusting(admin.arn), MaxSessionDuration=7200)
    assert attempt(admin, role.arn, DurationSeconds=7200)["Credentials"]
    exceeds = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    with refused("ValidationError", exceeds, 400):
        attempt(admin, role.arn, DurationSeconds=7201)
    root.iam.update_role(RoleName=role.name, MaxSessionDuration=3600)
    with refused("ValidationError", exceeds, 400):
        attempt(admin, role.arn, DurationSeconds=7200)


INVALID = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must {}"
ROLE = "arn:aws:iam::123456789012:role/any"
ARN_PATTERN = (
    "satisfy regular expression pattern: "
    "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"
)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"DurationSeconds": 899}, INVALID.format(899, "durationSeconds", "have value greater than or equal to 900")),
        ({"DurationSeconds": 43201}, INVALID.format(43201, "durationSeconds", "have value less than or equal to 43200")),
        ({"RoleSessionName": "a b"}, INVALID.format("a b", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*")),
        ({"RoleSessionName": "a"}, INVALID.format("a", "roleSessionName", "have length greater than or equal to 2")),
        ({"RoleSessionName": ""}, INVALID.format("", "roleSessionName", "have length greater than or equal to 2")),
        ({"RoleSessionName": "x" * 65}, INVALID.format("x" * 65, "roleSessionName", "have length less than or equal to 64")),
        ({"RoleArn": "short"}, INVALID.format("short", "roleArn", "have length greater than or equal to 20")),
        ({"ExternalId": "x"}, INVALID.format("x", "externalId", "have length greater than or equal to 2")),
        ({"RoleArn": "nothing-valid-in-here"}, "nothing-valid-in-here is invalid"),
        ({"RoleArn": "arn::b:::something/test-role"}, "arn::b:::something/test-role is invalid"),
        ({"RoleArn": "arn:a:a::aaaaaaaaaa:"}, "arn:a:a::aaaaaaaaaa: is invalid"),
        (
            {"RoleArn": ""},
            "2 validation errors detected: Value '' at 'roleArn' failed to satisfy constraint: Member must "
            f"{ARN_PATTERN}; Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
        ),
        (
            {"RoleArn": None, "RoleSessionName": None},
            "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; "
            "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
        ),
    ],
)
def test_validation_texts(admin, changes, text):
    parameters = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": ROLE, "RoleSessionName": "session"}
    parameters = {name: value for name, value in {**parameters, **changes}.items() if value is not None}
    answer = post(admin.caller, parameters)
    assert (answer.status, *answer.error) == (400, "ValidationError", text)


@pytest.mark.parametrize(("value", "message"), [("abc", None), ("900.0", None), ("99999999999", None), ("", "missing value for decimal type")])
def test_duration_that_is_no_number(admin, value, message):
    answer = post(
        admin.caller,
        {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": ROLE, "RoleSessionName": "session", "DurationSeconds": value},
    )
    assert (answer.status, *answer.error) == (400, "MalformedInput", message)
    assert ("<Message>" in answer.text) == (message is not None)


def test_error_envelope(admin):
    """facts: sts §1.3."""
    answer = post(admin.caller, {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": ROLE, "RoleSessionName": "no"})
    request_id = answer.headers["x-amzn-requestid"]
    assert answer.status == 403
    assert answer.text == (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>AccessDenied</Code>\n"
        f"    <Message>{not_authorized(admin.arn, ASSUME, ROLE)}</Message>\n"
        "  </Error>\n"
        f"  <RequestId>{request_id}</RequestId>\n"
        "</ErrorResponse>\n"
    )


def test_explanation_names_what_was_asked(root):
    """The header opens to who asked for what, for a caller who may decode."""
    user = make_user(root)
    role = make_role(root, trusting(root.arn))
    with denied_to(user, role.arn) as refusal:
        attempt(user, role.arn)
    sealed = refusal.headers["x-locum-authorization-message"]
    opened = json.loads(root.sts.decode_authorization_message(EncodedMessage=sealed)["DecodedMessage"])
    assert opened["allowed"] is False and opened["explicitDeny"] is False
    assert opened["context"]["principal"] == {"id": user.id, "arn": user.arn}
    assert (opened["context"]["action"], opened["context"]["resource"]) == (ASSUME, role.arn)


def test_explanation_shows_an_explicit_deny(root):
    user = make_user(root, allow("*"), deny(ASSUME, Sid="NeverRoles"))
    role = make_role(root, trusting(user.arn))
    with denied_to(user, role.arn) as refusal:
        attempt(user, role.arn)
    sealed = refusal.headers["x-locum-authorization-message"]
    opened = json.loads(root.sts.decode_authorization_message(EncodedMessage=sealed)["DecodedMessage"])
    assert opened["allowed"] is False and opened["explicitDeny"] is True
    assert [item["effect"] for item in opened["matchedStatements"]["items"]] == ["DENY"]
