"""Credentials for users of OpenID Connect issuers (facts: sts §2.6, §6.2).

npm's `oidc-provider` signs, and is asked for its keys over real discovery; what it would not sign is signed by hand, with
the keys of an issuer of our own.
"""

import hashlib
import hmac
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import jwt
import pytest
from botocore.exceptions import ClientError

from commands import run
from oidc_issuers import AUDIENCE, Key, NodeIssuer, Registered, public_pem, raw_token
from server import Caller
from world import allow, assume, make_role, refused, trusting

NOT_AUTHORIZED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
INVALID = "InvalidIdentityToken"
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  "
    "please reference AssumeRoleWithWebIdentity documentation for requirements"
)
TAGS = "https://aws.amazon.com/tags"
SOURCE_IDENTITY = "https://aws.amazon.com/source_identity"
ROLES = "https://aws.amazon.com/roles"


@pytest.fixture(scope="module")
def node(root, oidc_issuer):
    return Registered(root, oidc_issuer, oidc_issuer.client_id, "elliptic")


@pytest.fixture(scope="module")
def own(root, signing_issuer):
    """An issuer that signs whatever a test wants."""
    return Registered(root, signing_issuer, AUDIENCE, "second")


@pytest.mark.parametrize(("client", "algorithm"), [(NodeIssuer.client_id, "RS256"), ("elliptic", "ES256")])
def test_signed_by_another(node, nobody, account, client, algorithm):
    token = node.issuer.token(client=client)
    assert jwt.get_unverified_header(token)["alg"] == algorithm
    answer = node.ask(nobody, token)
    role = node.role
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/{role.name}/alice"
    assert answer["AssumedRoleUser"]["AssumedRoleId"] == f"{role.id}:alice"
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == ("alice", client)
    assert answer["Provider"] == node.issuer.url
    caller = Caller.of(node.root.server, answer["Credentials"])
    caller.arn == answer["AssumedRoleUser"]["Arn"] and caller.iam.list_users()
    onward = make_role(node.root, trusting(role.arn))
    assert assume(caller, onward).arn.endswith(f":assumed-role/{onward.name}/session")


def test_a_person_signs_in(node, nobody):
    """The authorization code flow, as a browser goes through it."""
    answer = node.ask(nobody, node.issuer.sign_in("carol"))
    assert answer["SubjectFromWebIdentityToken"] == "carol"


@pytest.mark.parametrize("program", ["v1", "v2", "locum"])
def test_commands(node, server, account, tmp_path, program):
    """The unmodified commands, without any credentials."""
    (tmp_path / "token").write_text(node.issuer.token())
    words = f"sts assume-role-with-web-identity --role-arn {node.role.arn} --role-session-name {program}"
    done = run(
        program, *words.split(), "--web-identity-token", "file://token", "--output", "json",
        home=tmp_path, url=server.url, AWS_DEFAULT_REGION="us-east-1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    caller = Caller.of(server, json.loads(done.stdout)["Credentials"])
    assert caller.arn == f"arn:aws:sts::{account}:assumed-role/{node.role.name}/{program}"


def test_a_token_works_until_it_expires(node, nobody):
    token = node.issuer.token()
    for session in ("first", "second"):
        assert node.ask(nobody, token, session=session)


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "ES384", "ES512"])
def test_algorithms(own, nobody, algorithm):
    key = next(key for key in own.issuer.published if key.algorithm == algorithm)
    assert own.ask(nobody, own.issuer.token(key=key))


def test_trust_is_asked(node, root, admin, nobody, own):
    token = node.issuer.token()
    node.ask(nobody, token)
    for role in (make_role(root, trusting(admin.arn)), own.role):
        with refused("AccessDenied", NOT_AUTHORIZED, 403):
            node.ask(nobody, token, role)
    absent = node.make_role()
    root.iam.delete_role(RoleName=absent.name)
    with refused("AccessDenied", NOT_AUTHORIZED, 403):
        node.ask(nobody, token, absent)


def test_claims(own, nobody):
    """Each is demanded, of its own type, and signed (facts: sts §6.2)."""
    good = own.issuer.claims()
    now = int(time.time())
    assert own.ask(nobody, own.issuer.key.sign(good))
    for name in ("aud", "exp", "iat", "iss", "sub"):
        with refused(INVALID, status=400):
            own.ask(nobody, own.issuer.key.sign({key: value for key, value in good.items() if key != name}))
    with refused(INVALID, "Missing a required claim: aud", 400):
        own.ask(nobody, own.issuer.key.sign({key: value for key, value in good.items() if key != "aud"}))
    wrong = [
        {"aud": "another"}, {"aud": []}, {"aud": ["another", "third"]}, {"aud": [AUDIENCE], "azp": "another"}, {"aud": {}},
        {"iss": own.issuer.url + "/"}, {"iss": own.issuer.url.upper()}, {"iss": own.issuer.url + "@evil.test"}, {"sub": ""},
        {"exp": str(now + 60)}, {"exp": 1e300}, {"exp": -1}, {"iat": now + 3600}, {"nbf": now + 3600}, {"iat": "x"},
    ]  # fmt: skip
    for change in wrong:
        with refused((INVALID, "ExpiredTokenException"), status=400):
            own.ask(nobody, own.issuer.key.sign(good | change))
    with refused(INVALID, "Incorrect token audience", 400):
        own.ask(nobody, own.issuer.key.sign(good | {"aud": "another"}))
    # The audience of one who was sent a token for two is the authorized party.
    assert own.ask(nobody, own.issuer.key.sign(good | {"aud": ["another", AUDIENCE], "azp": "second"}))["Audience"] == "second"


def test_audience(node, nobody):
    with refused(INVALID, "Incorrect token audience", 400):
        node.ask(nobody, node.issuer.token(client=node.issuer.other_client_id))


def test_expired(own, nobody):
    token = own.issuer.token(lifetime=-5)
    expired = jwt.decode(token, options={"verify_signature": False})["exp"]
    text = rf"^Token expired: current date/time \d{{10}} must be before the expiration date/time {expired}$"
    with refused("ExpiredTokenException", status=400, matching=text):
        own.ask(nobody, token)


def test_unregistered_issuer(own, nobody):
    elsewhere = "https://issuer.example.com"
    with refused(INVALID, f"No OpenIDConnect provider found in your account for {elsewhere}", 400):
        own.ask(nobody, own.issuer.key.sign(own.issuer.claims(iss=elsewhere)))


def test_forgeries(own, nobody):
    """Not one of them gets further than a wrong signature (facts: security §1.6)."""
    issuer, claims = own.issuer, own.issuer.claims()
    good = issuer.key.sign(claims)
    assert own.ask(nobody, good)
    header, body, signature = good.split(".")
    stranger = Key("RS256", kid=issuer.key.kid)
    confused = raw_token({"alg": "HS256", "kid": issuer.key.kid, "typ": "JWT"}, claims).rsplit(".", 1)[0]
    mac = hmac.new(public_pem(issuer.key), confused.encode(), hashlib.sha256).digest()
    attacks = {
        "another's key": stranger.sign(claims),
        "another's key in the header": stranger.sign(claims, jwk=stranger.public_jwk),
        "another's key at an address": stranger.sign(claims, jku="https://evil.example.com/jwks"),
        "another's certificate at an address": stranger.sign(claims, x5u="https://evil.example.com/x5u"),
        "another body": f"{header}.{jwt.encode(claims | {'sub': 'system:admin'}, 'x' * 64).split('.')[1]}.{signature}",
        "no signature": f"{header}.{body}.",
        "two parts": f"{header}.{body}",
        "four parts": f"{good}.{signature}",
        "padding": f"{header}.{body}.{signature}==",
        "a blank": f"{header}.{body} .{signature}",
        "a MAC with the public key": f"{confused}.{raw_token('', '', mac).split('.')[2]}",
        "an extension": issuer.key.sign(claims, crit=["exp"], exp=1),
        "twice the same": raw_token('{"alg":"RS256","alg":"none"}', claims, b"x"),
        "no JSON": raw_token("[]", claims, b"x"),
    }
    for spelled in ("none", "None", "NONE", "nOnE", ""):
        attacks[f"algorithm {spelled!r}"] = raw_token({"alg": spelled, "kid": issuer.key.kid}, claims)
        attacks[f"algorithm {spelled!r}, signed"] = raw_token({"alg": spelled, "kid": issuer.key.kid}, claims, b"x" * 256)
    for name, token in attacks.items():
        try:
            own.ask(nobody, token)
        except ClientError as error:
            assert error.response["Error"]["Code"] == INVALID, (name, error)
        else:
            pytest.fail(f"{name} was accepted")


@pytest.mark.parametrize("form", ["nested", "flat"])
def test_tags_and_source_identity(node, nobody, form):
    if form == "nested":
        tags = {TAGS: {"principal_tags": {"team": ["blue"], "cost": ["42"]}, "transitive_tag_keys": ["team"]}}
    else:
        tags = {
            f"{TAGS}/principal_tags/team": "blue",
            f"{TAGS}/principal_tags/cost": "42",
            f"{TAGS}/transitive_tag_keys": ["team"],
        }
    blue = {"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "alice"}}
    role = node.make_role(
        allow("iam:ListUsers", Condition=blue), allow("sts:*"), actions=("sts:TagSession", "sts:SetSourceIdentity")
    )
    answer = node.ask(nobody, node.issuer.token(**tags, **{SOURCE_IDENTITY: "alice"}), role)
    assert answer["SourceIdentity"] == "alice"
    caller = Caller.of(node.root.server, answer["Credentials"])
    caller.iam.list_users()
    seen = {"StringEquals": {"aws:PrincipalTag/team": "blue"}, "Null": {"aws:PrincipalTag/cost": "true"}}
    chained = trusting(role.arn, "sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")
    onward = make_role(node.root, chained, allow("iam:ListUsers", Condition=seen))
    assume(caller, onward).iam.list_users()
    # Each needs its own permission in the trust policy.
    for claims in (tags, {SOURCE_IDENTITY: "alice"}):
        with refused("AccessDenied", NOT_AUTHORIZED, 403):
            node.ask(nobody, node.issuer.token(**claims))


def test_roles_claim(node, nobody):
    """A token that lists roles is good for those alone (facts: sts §4.2)."""
    only = node.make_role(allow("*"), condition={"Bool": {"sts:RoleAuthorizedByIdp": "true"}})
    for listed in ([only.arn], f"arn:aws:iam::123456789012:role/other;{only.arn}"):
        assert node.ask(nobody, node.issuer.token(**{ROLES: listed}), only)
    with refused("AccessDenied", NOT_AUTHORIZED, 403):
        node.ask(nobody, node.issuer.token(), only)
    with refused(INVALID, status=400):
        node.ask(nobody, node.issuer.token(**{ROLES: [only.arn]}))


def test_condition_keys(node, nobody):
    good = {"aud": node.issuer.client_id, "sub": "alice", "email": "alice@example.com", "oaud": node.issuer.client_id}
    claims = {"email": "alice@example.com", "amr": ["mfa", "pwd"]}
    role = node.make_role(
        allow("*"),
        condition={
            "StringEquals": {f"{node.host}:{name}": value for name, value in good.items()},
            "ForAnyValue:StringEquals": {f"{node.host}:amr": "mfa"},
        },
    )
    assert node.ask(nobody, node.issuer.token(**claims), role)
    for more in ({"sub": "bob"}, {"email": "alice@evil.test"}, {"amr": ["pwd"]}):
        with refused("AccessDenied", NOT_AUTHORIZED, 403):
            node.ask(nobody, node.issuer.token(**(claims | more)), role)
    # The keys of the session afterwards: amr, aud, sub, and who vouched.
    names = {f"{node.host}:sub": "alice", f"{node.host}:aud": node.issuer.client_id, "aws:FederatedProvider": node.arn}
    own = {"StringEquals": names}
    kept = node.make_role(
        allow("iam:ListUsers", Condition=own),
        allow("iam:ListRoles", Condition={"StringEquals": {f"{node.host}:email": "alice@example.com"}}),
    )
    caller = node.sign_in(nobody, node.issuer.token(**claims), kept)
    caller.iam.list_users()
    with refused("AccessDenied", status=403):
        caller.iam.list_roles()


def test_duration_and_session_policy(node, nobody):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:ListRoles")]})
    answer = node.ask(nobody, node.issuer.token(), DurationSeconds=900, Policy=policy)
    assert answer["Credentials"]["Expiration"].timestamp() - time.time() == pytest.approx(900, abs=5)
    caller = Caller.of(node.root.server, answer["Credentials"])
    assert caller.iam.list_roles()["Roles"]
    with refused("AccessDenied", status=403):
        caller.iam.list_users()
    with refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400):
        node.ask(nobody, node.issuer.token(), DurationSeconds=3601)


def test_life(root, account, issuers, nobody):
    iam, issuer = root.iam, issuers["short-lived"].start()
    registered = Registered(root, issuer, AUDIENCE)
    arn = registered.arn
    assert arn == f"arn:aws:iam::{account}:oidc-provider/{registered.host}"
    with refused("EntityAlreadyExists", status=409):
        iam.create_open_id_connect_provider(Url=issuer.url)
    assert registered.ask(nobody, issuer.token())
    with refused(INVALID, "Incorrect token audience", 400):
        registered.ask(nobody, issuer.token(audience="added"))
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="added")
    assert registered.ask(nobody, issuer.token(audience="added"))
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=AUDIENCE)
    with refused(INVALID, "Incorrect token audience", 400):
        registered.ask(nobody, issuer.token())
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["ab" * 20])
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["a"])
    assert iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"] == [{"Key": "b", "Value": ""}]
    shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert shown["Url"] in (issuer.url, registered.host)
    assert (shown["ClientIDList"], shown["ThumbprintList"]) == (["added"], ["ab" * 20])
    assert shown["Tags"] == [{"Key": "b", "Value": ""}] and shown["CreateDate"]
    assert arn in [each["Arn"] for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    with refused("NoSuchEntity", status=404):
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    with refused((INVALID, "AccessDenied")):
        registered.ask(nobody, issuer.token(audience="added"))


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example.com",
        "http://127.0.0.1:9",
        "https://issuer.example.com/?tenant=1",
        "https://issuer.example.com/#x",
        "https://user@issuer.example.com",
        "ftp://issuer.example.com",
        "issuer.example.com/https://",
    ],
)
def test_urls_that_are_no_issuer(root, url):
    with refused(("InvalidInput", "ValidationError"), status=400):
        root.iam.create_open_id_connect_provider(Url=url)


def test_keys_change(root, issuers, nobody):
    """A new key is fetched when a token asks for it; a key that is gone is good for nothing."""
    issuer = issuers["rotating"].start()
    registered = Registered(root, issuer, AUDIENCE)
    old = issuer.key
    assert registered.ask(nobody, issuer.token())
    new = Key("RS256")
    issuer.published = [new]
    deadline = time.monotonic() + 45
    while True:
        try:
            registered.ask(nobody, issuer.token(key=new))
            break
        except ClientError as error:
            # At most one forced refresh in 30 s: until then there is no key.
            assert error.response["Error"]["Message"] == NO_KEY, error
            assert time.monotonic() < deadline, "the new key was not fetched"
            time.sleep(1)
    with refused(INVALID, NO_KEY, 400):
        registered.ask(nobody, issuer.token(key=old), patient=False)


def test_a_broken_issuer(root, issuers, nobody):
    issuer = issuers["broken"].start()
    issuer.broken = True
    registered = Registered(root, issuer, AUDIENCE)
    with refused(("IDPCommunicationError", INVALID), status=400):
        registered.ask(nobody, issuer.token(), patient=False)


def test_a_certificate_that_nobody_vouches_for(root, issuers, nobody):
    """An issuer whose certificate no authority signed is believed by the thumbprint of it (facts: sts §6.2)."""
    issuer = issuers["self-signed"].start()
    mismatch = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"
    registered = Registered(root, issuer, AUDIENCE)
    update = root.iam.update_open_id_connect_provider_thumbprint
    with refused(INVALID, mismatch, 400):
        registered.ask(nobody, issuer.token())
    update(OpenIDConnectProviderArn=registered.arn, ThumbprintList=["ab" * 20])
    with refused(INVALID, mismatch, 400):
        registered.ask(nobody, issuer.token())
    assert issuer.asked == []
    update(OpenIDConnectProviderArn=registered.arn, ThumbprintList=[issuer.thumbprint])
    deadline = time.monotonic() + 45
    while True:
        try:
            assert registered.ask(nobody, issuer.token())
            break
        except ClientError as error:
            # One forced refresh in 30 s.
            assert error.response["Error"]["Message"] == mismatch and time.monotonic() < deadline, error
            time.sleep(1)


def test_a_flood_of_unknown_keys(root, issuers, nobody, server):
    """Tokens with key ids out of thin air cost the issuer one fetch, and those with a known key are served meanwhile."""
    issuer = issuers["flooded"].start()
    registered = Registered(root, issuer, AUDIENCE)
    registered.ask(nobody, issuer.token())
    before = len(issuer.asked)
    claims = issuer.claims()
    stranger = Key("ES256")

    def form(token):
        fields = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleSessionName": "flood"}
        return urlencode(fields | {"RoleArn": registered.role.arn, "WebIdentityToken": token})

    forms = []
    for number in range(3000):
        stranger.kid = f"kid-{number}"
        forms.append(form(stranger.sign(claims)))
    good = form(issuer.token())

    def send(some):
        connection = http.client.HTTPConnection(server.host_and_port, timeout=30)
        told = []
        for body in some:
            connection.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            told.append((response.status, response.read()))
        connection.close()
        return told

    with ThreadPoolExecutor(5) as pool:
        floods = [pool.submit(send, forms[at::4]) for at in range(4)]
        served = [pool.submit(send, [good] * 50).result()]
        told = [answer for flood in floods for answer in flood.result()]
    assert {status for status, _ in told} == {400}
    assert all(b"IDPCommunicationError" in body or b"InvalidIdentityToken" in body for _, body in told)
    assert [status for status, _ in served[0]] == [200] * 50
    # One refresh asks for two documents.
    assert len(issuer.asked) - before <= 2, issuer.asked
