"""DecodeAuthorizationMessage: only with permission, and only what this deployment sealed (facts: sts §2.8)."""

import pytest

from world import EXPLICIT_IDENTITY, NO_IDENTITY, allow, deny, make_role, make_user, not_authorized, refused, trusting

DECODE = "sts:DecodeAuthorizationMessage"


@pytest.fixture(scope="module")
def sealed(root):
    user = make_user(root)
    role = make_role(root, trusting(root.arn))
    with refused("AccessDenied") as refusal:
        user.sts.assume_role(RoleArn=role.arn, RoleSessionName="denied")
    return refusal.headers["x-locum-authorization-message"]


def test_without_permission(root, sealed):
    user = make_user(root)
    text = f"{not_authorized(user.arn, DECODE)} {NO_IDENTITY(DECODE)}"
    with refused("AccessDenied", text, 403):
        user.sts.decode_authorization_message(EncodedMessage=sealed)


def test_with_an_explicit_deny(root, sealed):
    user = make_user(root, allow("*"), deny(DECODE))
    with refused("AccessDenied", f"{not_authorized(user.arn, DECODE)} {EXPLICIT_IDENTITY}", 403):
        user.sts.decode_authorization_message(EncodedMessage=sealed)


def test_with_permission(root, sealed):
    user = make_user(root, allow(DECODE))
    assert user.sts.decode_authorization_message(EncodedMessage=sealed)["DecodedMessage"].startswith('{"allowed":false,')


@pytest.mark.parametrize("spoil", [lambda m: "nonsense", lambda m: m[:-5], lambda m: "A" + m, lambda m: m + "\n", lambda m: m[:30] + "AAAA" + m[34:]])
def test_spoiled_message(root, sealed, spoil):
    with refused("InvalidAuthorizationMessageException", status=400):
        root.sts.decode_authorization_message(EncodedMessage=spoil(sealed))


def test_a_session_token_is_no_message(root, admin_session):
    token = admin_session.session_token.replace("+", "-").replace("/", "_")
    with refused("InvalidAuthorizationMessageException", status=400):
        root.sts.decode_authorization_message(EncodedMessage=token)
