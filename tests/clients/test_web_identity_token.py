"""Tokens of our own, verified as another service would: discovery, keys and PyJWT (facts: sts §6.3)."""

import json
import time

import jwt
import pytest
import requests

from commands import run
from world import TAGGING, allow, assume, make_role, make_user, policy, refused, trusting

AWS = "https://sts.amazonaws.com/"


@pytest.fixture(scope="module")
def issuer(root):
    """The account as an issuer."""
    return root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]


@pytest.fixture(scope="module")
def session(root, admin, issuer):
    """A role session; root may not have a token."""
    role = make_role(root, trusting(admin.arn), allow("*"), Path="/svc/")
    return Session(role, assume(admin, role, "worker"))


class Session:
    def __init__(self, role, caller):
        self.role, self.caller, self.sts = role, caller, caller.sts


def discovery(issuer):
    answer = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=30)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    return answer.json()


def verified(token, issuer, audience):
    """What a service that knows only the issuer's address makes of the token."""
    document = discovery(issuer)
    assert document["issuer"] == issuer
    key = jwt.PyJWKClient(document["jwks_uri"]).get_signing_key_from_jwt(token)
    return jwt.decode(
        token,
        key,
        algorithms=document["id_token_signing_alg_values_supported"],
        audience=audience,
        issuer=issuer,
        options={"require": ["exp", "iat", "iss", "sub", "aud", "jti"]},
    )


def test_documents(issuer):
    document = discovery(issuer)
    assert document["jwks_uri"] == f"{issuer}/.well-known/jwks.json"
    assert document["id_token_signing_alg_values_supported"] == ["RS256", "ES384"]
    assert document["subject_types_supported"] == ["public"]
    assert {"sub", "iss", "aud", "exp", "iat", "jti", AWS} <= set(document["claims_supported"])
    keys = requests.get(document["jwks_uri"], timeout=30).json()["keys"]
    assert {key["kty"] for key in keys} == {"RSA", "EC"} and len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key) and key["use"] == "sig"
    absent = issuer[:-1] + ("0" if issuer[-1] != "0" else "1")
    assert requests.get(f"{absent}/.well-known/openid-configuration", timeout=30).status_code == 404


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_another_service_verifies(session, issuer, account, algorithm):
    before = int(time.time())
    answer = session.sts.get_web_identity_token(Audience=["https://api.example.com"], SigningAlgorithm=algorithm)
    token = answer["WebIdentityToken"]
    assert jwt.get_unverified_header(token)["alg"] == algorithm
    claims = verified(token, issuer, "https://api.example.com")
    # The role, with its path, and not the session (facts: sts §6.3).
    assert claims["sub"] == session.role.arn
    assert claims["aud"] == "https://api.example.com"
    assert claims["exp"] == claims["iat"] + 300 == int(answer["Expiration"].timestamp())
    assert claims["iat"] == pytest.approx(before, abs=5)
    assert claims[AWS]["aws_account"] == account and claims[AWS]["source_region"] == "us-east-1"
    other = session.sts.get_web_identity_token(Audience=["https://api.example.com"], SigningAlgorithm=algorithm)
    assert verified(other["WebIdentityToken"], issuer, "https://api.example.com")["jti"] != claims["jti"]
    with pytest.raises(jwt.InvalidAudienceError):
        verified(token, issuer, "https://another.example.com")


def test_tags_and_audiences(root, admin, issuer):
    role = make_role(root, trusting(admin.arn, *TAGGING), allow("*"), Tags=[{"Key": "team", "Value": "red"}])
    caller = assume(admin, role, Tags=[{"Key": "Cost", "Value": "42"}])
    token = caller.sts.get_web_identity_token(
        Audience=["a", "b"], SigningAlgorithm="ES384", DurationSeconds=60, Tags=[{"Key": "job", "Value": "7"}]
    )["WebIdentityToken"]
    claims = verified(token, issuer, "b")
    assert claims["exp"] - claims["iat"] == 60
    assert claims[AWS]["request_tags"] == {"job": "7"}
    assert claims[AWS]["principal_tags"] == {"team": "red", "Cost": "42"}
    assert claims[AWS]["original_session_exp"]


def test_permissions(root, issuer):
    alone = make_user(root)
    with refused("AccessDenied", status=403, matching="sts:GetWebIdentityToken"):
        alone.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")
    only = {
        "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": ["a", "b"]},
        "StringEquals": {"sts:SigningAlgorithm": "ES384"},
        "NumericLessThanEquals": {"sts:DurationSeconds": "120"},
    }
    user = make_user(root, allow("sts:GetWebIdentityToken", Condition=only))
    good = {"Audience": ["a"], "SigningAlgorithm": "ES384", "DurationSeconds": 120}
    token = user.sts.get_web_identity_token(**good)["WebIdentityToken"]
    assert verified(token, issuer, "a")["sub"] == user.arn
    for change in ({"Audience": ["c"]}, {"Audience": ["a", "c"]}, {"SigningAlgorithm": "RS256"}, {"DurationSeconds": 121}):
        with refused("AccessDenied", status=403):
            user.sts.get_web_identity_token(**(good | change))
    with refused("AccessDenied", status=403, matching="sts:TagGetWebIdentityToken"):
        user.sts.get_web_identity_token(**good, Tags=[{"Key": "a", "Value": "b"}])
    with refused("AccessDenied", status=403):
        root.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")


def test_not_longer_than_the_session(admin, root, issuer):
    caller = assume(admin, make_role(root, trusting(admin.arn), allow("*")), DurationSeconds=900)
    assert caller.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256", DurationSeconds=600)
    with refused("SessionDurationEscalationException", status=403):
        caller.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256", DurationSeconds=3600)


def test_not_a_way_back_in(session, issuer, nobody, root):
    """Our own tokens are nobody's web identity here (facts: sts §2.14)."""
    token = session.sts.get_web_identity_token(Audience=["sts.amazonaws.com"], SigningAlgorithm="RS256")["WebIdentityToken"]
    with refused(("InvalidIdentityToken", "AccessDenied")):
        nobody.assume_role_with_web_identity(RoleArn=session.role.arn, RoleSessionName="back", WebIdentityToken=token)
    # And it is not registered by somebody who would have it so.
    with refused(("InvalidInput", "ValidationError"), status=400):
        root.iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["sts.amazonaws.com"])


def test_each_account_has_its_own_issuer(member, session, issuer):
    with refused("FeatureDisabled", status=404):
        member.admin.iam.get_outbound_web_identity_federation_info()
    with refused("OutboundWebIdentityFederationDisabledException", status=403):
        member.admin.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")
    own = member.admin.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    assert own != issuer
    with refused("FeatureEnabled", status=409):
        member.admin.iam.enable_outbound_web_identity_federation()
    shown = member.admin.iam.get_outbound_web_identity_federation_info()
    assert (shown["IssuerIdentifier"], shown["JwtVendingEnabled"]) == (own, True)
    token = member.admin.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")["WebIdentityToken"]
    assert verified(token, own, "a")[AWS]["aws_account"] == member.id
    with pytest.raises(jwt.PyJWTError):
        verified(token, issuer, "a")
    member.admin.iam.disable_outbound_web_identity_federation()
    with refused("OutboundWebIdentityFederationDisabledException", status=403):
        member.admin.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")
    with refused("FeatureDisabled", status=404):
        member.admin.iam.disable_outbound_web_identity_federation()


@pytest.mark.parametrize("program", ["v1", "locum"])
def test_commands(session, issuer, tmp_path, program):
    """Debian's version 2 is older than the operation."""
    words = "sts get-web-identity-token --audience a b --signing-algorithm ES384 --tags Key=k,Value=v --output json"
    done = run(program, *words.split(), home=tmp_path, caller=session.caller)
    assert done.returncode == 0, done.stderr
    assert verified(json.loads(done.stdout)["WebIdentityToken"], issuer, "a")[AWS]["request_tags"] == {"k": "v"}


def test_session_policies_limit_it(admin, root, issuer):
    role = make_role(root, trusting(admin.arn), allow("*"))
    caller = assume(admin, role, Policy=policy(allow("iam:*")))
    with refused("AccessDenied", status=403):
        caller.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")
