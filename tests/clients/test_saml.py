"""Credentials for users of SAML identity providers (facts: sts §2.5, §6.1).

What is signed comes from two implementations that are not ours; what they would not sign is made from it by hand.
"""

import base64
import datetime
import hashlib
import json
import time

import pytest

from commands import run
from saml_providers import RECIPIENT, KeyPair, PySaml2, encrypted
from server import Caller
from world import allow, assume, federated, make_role, refused, trusting, unique

ACTION = "sts:AssumeRoleWithSAML"
NOT_AUTHORIZED = f"Not authorized to perform {ACTION}"
INVALID = "InvalidIdentityToken"
REDEEMED = "The SAML assertion was already redeemed. Sign in at the identity provider again."
PROGRAMS = ("v1", "v2", "locum")


class Registered:
    """An identity provider as the account knows it, and a role that its users may assume."""

    def __init__(self, root, idp, *statements, actions=(), condition=None, **parameters):
        self.root, self.idp = root, idp
        self.name = unique("idp")
        self.arn = root.iam.create_saml_provider(
            Name=self.name, SAMLMetadataDocument=idp.metadata, **parameters
        )["SAMLProviderArn"]
        self.role = self.make_role(*statements or [allow("*")], actions=actions, condition=condition)

    def make_role(self, *statements, actions=(), condition=None, **parameters):
        return make_role(self.root, federated(self.arn, ACTION, *actions, condition=condition), *statements, **parameters)

    def pair(self, role=None):
        return f"{(role or self.role).arn},{self.arn}"

    def ask(self, nobody, response, role=None, **parameters):
        return nobody.assume_role_with_saml(
            RoleArn=(role or self.role).arn, PrincipalArn=self.arn, SAMLAssertion=response, **parameters
        )

    def sign_in(self, nobody, role=None, **claims):
        """The caller that a fresh response makes."""
        response = self.ask(nobody, self.idp.response([self.pair(role)], **claims), role)
        return Caller.of(self.root.server, response["Credentials"])


@pytest.fixture(scope="module")
def pysaml2(root, saml_idp_pysaml2):
    return Registered(root, saml_idp_pysaml2)


@pytest.fixture(scope="module")
def samlp(root, saml_idp_node):
    return Registered(root, saml_idp_node)


@pytest.fixture(params=["pysaml2", "samlp"])
def registered(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    "signed",
    [{}, {"sign_response": True, "sign_assertion": False}, {"sign_response": True}],
    ids=["assertion", "response", "both"],
)
def test_signed_by_another(registered, nobody, account, signed):
    response = registered.idp.response([registered.pair()], **signed)
    answer = registered.ask(nobody, response)
    role = registered.role
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/{role.name}/alice"
    assert answer["AssumedRoleUser"]["AssumedRoleId"] == f"{role.id}:alice"
    assert (answer["Subject"], answer["SubjectType"]) == ("alice@example.com", "persistent")
    assert (answer["Issuer"], answer["Audience"]) == (registered.idp.entity_id, RECIPIENT)
    told = f"{registered.idp.entity_id}{account}/{registered.name}"
    assert answer["NameQualifier"] == base64.b64encode(hashlib.sha1(told.encode()).digest()).decode()
    caller = Caller.of(registered.root.server, answer["Credentials"])
    assert caller.arn == answer["AssumedRoleUser"]["Arn"]
    caller.iam.list_users()
    onward = make_role(registered.root, trusting(role.arn))
    assert assume(caller, onward).arn.endswith(f":assumed-role/{onward.name}/session")


@pytest.mark.parametrize("program", PROGRAMS)
def test_commands(registered, account, server, tmp_path, program):
    """The unmodified commands, without any credentials, from a file that ends with a line feed."""
    (tmp_path / "assertion").write_text(registered.idp.response([registered.pair()], session_name=program) + "\n")
    words = f"sts assume-role-with-saml --role-arn {registered.role.arn} --principal-arn {registered.arn}"
    done = run(
        program, *words.split(), "--saml-assertion", "file://assertion", "--output", "json",
        home=tmp_path, url=server.url, AWS_DEFAULT_REGION="us-east-1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    caller = Caller.of(server, json.loads(done.stdout)["Credentials"])
    done = run(
        program, *"sts get-caller-identity --query Arn --output text".split(), home=tmp_path, caller=caller,
    )  # fmt: skip
    assert done.stdout == f"arn:aws:sts::{account}:assumed-role/{registered.role.name}/{program}\n", done.stderr


def test_a_response_works_once(registered, nobody):
    response = registered.idp.response([registered.pair()])
    registered.ask(nobody, response)
    for _ in range(2):
        with refused(INVALID, REDEEMED, 400):
            registered.ask(nobody, response)
    # Not with other line ends either, nor for another role of the same response.
    other = "\n".join(response[at : at + 64] for at in range(0, len(response), 64))
    with refused(INVALID, REDEEMED, 400):
        registered.ask(nobody, other)
    assert registered.ask(nobody, registered.idp.response([registered.pair()]))


def test_a_refused_response_is_not_used_up(root, admin, pysaml2, nobody):
    closed = make_role(root, trusting(admin.arn))
    response = pysaml2.idp.response([pysaml2.pair(), pysaml2.pair(closed)])
    with refused("AccessDenied", NOT_AUTHORIZED, 403):
        pysaml2.ask(nobody, response, role=closed)
    assert pysaml2.ask(nobody, response)["Credentials"]


@pytest.mark.parametrize("order", ["role first", "provider first"])
def test_role_attribute_in_either_order(pysaml2, nobody, order):
    pair = [pysaml2.role.arn, pysaml2.arn]
    response = pysaml2.idp.response([",".join(pair if order == "role first" else reversed(pair))])
    assert pysaml2.ask(nobody, response)["Credentials"]


def test_one_of_several_roles(registered, nobody):
    second = registered.make_role(allow("iam:ListUsers"))
    response = registered.idp.response([registered.pair(), registered.pair(second)])
    answer = registered.ask(nobody, response, role=second)
    assert f":assumed-role/{second.name}/" in answer["AssumedRoleUser"]["Arn"]


def test_duration(pysaml2, nobody):
    def granted(response, **parameters):
        expiry = pysaml2.ask(nobody, response, **parameters)["Credentials"]["Expiration"]
        return expiry.timestamp() - time.time()

    def response(**more):
        return pysaml2.idp.response([pysaml2.pair()], **more)

    assert granted(response()) == pytest.approx(3600, abs=5)
    assert granted(response(), DurationSeconds=900) == pytest.approx(900, abs=5)
    # The attribute can only shorten, and so can the end of the session at the provider.
    assert granted(response(SessionDuration="1800")) == pytest.approx(1800, abs=5)
    assert granted(response(SessionDuration="43200")) == pytest.approx(3600, abs=5)
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=20)
    ends = end.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert granted(response(session_not_on_or_after=ends)) == pytest.approx(1200, abs=5)
    with refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400):
        pysaml2.ask(nobody, response(), DurationSeconds=3601)


def test_tags_and_source_identity(registered, nobody):
    blue = {"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "alice"}}
    more = {"PrincipalTag:team": "blue", "PrincipalTag:cost": "42", "TransitiveTagKeys": ["team"], "SourceIdentity": "alice"}
    role = registered.make_role(
        allow("iam:ListUsers", Condition=blue), allow("sts:*"), actions=("sts:TagSession", "sts:SetSourceIdentity")
    )
    answer = registered.ask(nobody, registered.idp.response([registered.pair(role)], **more), role)
    assert answer["SourceIdentity"] == "alice"
    caller = Caller.of(registered.root.server, answer["Credentials"])
    caller.iam.list_users()
    # The transitive tag and the source identity go on to the next role; the other tag does not.
    seen = {"StringEquals": {"aws:PrincipalTag/team": "blue"}, "Null": {"aws:PrincipalTag/cost": "true"}}
    chained = trusting(role.arn, "sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")
    onward = make_role(registered.root, chained, allow("iam:ListUsers", Condition=seen))
    assume(caller, onward).iam.list_users()
    # Each needs its own permission in the trust policy.
    for name in more:
        if name != "TransitiveTagKeys":
            with refused("AccessDenied", NOT_AUTHORIZED, 403):
                registered.sign_in(nobody, **{name: more[name]})


def test_session_policy(pysaml2, nobody):
    answer = pysaml2.ask(
        nobody,
        pysaml2.idp.response([pysaml2.pair()]),
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:ListRoles")]}),
    )
    caller = Caller.of(pysaml2.root.server, answer["Credentials"])
    assert caller.iam.list_roles()["Roles"]
    with refused("AccessDenied", status=403):
        caller.iam.list_users()


def test_condition_keys_of_the_trust(registered, nobody, account):
    told = f"{registered.idp.entity_id}{account}/{registered.name}"
    good = {
        "saml:aud": RECIPIENT,
        "saml:iss": registered.idp.entity_id,
        "saml:sub": "alice@example.com",
        "saml:sub_type": "persistent",
        "saml:doc": f"{account}/{registered.name}",
        "saml:namequalifier": base64.b64encode(hashlib.sha1(told.encode()).digest()).decode(),
    }
    claims = {"urn:oid:2.5.4.3": "Alice", "urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["staff", "member"]}
    role = registered.make_role(
        allow("*"),
        condition={
            "StringEquals": {**good, "saml:cn": "Alice"},
            "ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"},
        },
    )
    assert registered.sign_in(nobody, role, **claims).arn
    for more in ({**claims, "urn:oid:2.5.4.3": "Bob"}, {**claims, "urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["student"]}, {}):
        with refused("AccessDenied", NOT_AUTHORIZED, 403):
            registered.sign_in(nobody, role, **more)
    for key in good:
        strict = registered.make_role(allow("*"), condition={"StringEquals": {key: "another"}})
        with refused("AccessDenied", NOT_AUTHORIZED, 403):
            registered.sign_in(nobody, strict)


def test_condition_keys_of_the_session(pysaml2, nobody):
    """Only three keys live on in the session (facts: sts §4.4)."""
    own = {"StringEquals": {"saml:sub": "alice@example.com", "saml:sub_type": "persistent"}}
    role = pysaml2.make_role(
        allow("iam:ListUsers", Condition=own), allow("iam:ListRoles", Condition={"StringEquals": {"saml:cn": "Alice"}})
    )
    caller = pysaml2.sign_in(nobody, role, **{"urn:oid:2.5.4.3": "Alice"})
    caller.iam.list_users()
    with refused("AccessDenied", status=403):
        caller.iam.list_roles()
    with refused("AccessDenied", status=403):
        pysaml2.sign_in(nobody, role, name_id="bob@example.com").iam.list_users()


SESSION_NAME = r"^RoleSessionName in AuthnResponse must match \[a-zA-Z_0-9\+=,\.@-\]\{2,64\}$"

# (name, what the provider is asked for, pattern of the text): facts: sts §6.1.
REFUSALS = [
    ("audience", {"audience": "urn:example:other"}, r"^Response does not contain the required audience\.$"),
    ("recipient", {"recipient": "https://evil.example.com/saml"}, ""),
    ("no session name", {"session_name": None}, "^RoleSessionName is required in AuthnResponse$"),
    ("bad session name", {"session_name": "a b"}, SESSION_NAME),
    ("space around the session name", {"session_name": " alice"}, ""),
    ("bad source identity", {"SourceIdentity": "aws:alice"}, "^Source Identity must match "),
    ("unsigned", {"sign_assertion": False}, "^Response signature invalid"),
]


@pytest.mark.parametrize(("claims", "matching"), [pytest.param(*row[1:], id=row[0]) for row in REFUSALS])
def test_refusals(samlp, nobody, claims, matching):
    with refused(INVALID, status=400, matching=matching):
        samlp.sign_in(nobody, **claims)


@pytest.mark.parametrize("algorithm", ["sha384", "sha512"])
def test_stronger_digests(pysaml2, nobody, algorithm):
    assert pysaml2.sign_in(nobody, algorithm=algorithm).arn


def test_sha1_is_refused(pysaml2, nobody):
    with refused(INVALID, status=400):
        pysaml2.sign_in(nobody, algorithm="sha1")


def test_expired(pysaml2, samlp, nobody):
    with refused("ExpiredTokenException", status=400):
        samlp.sign_in(nobody, lifetime=-60)
    assert pysaml2.sign_in(nobody, issued_ago=240).arn
    with refused("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", 400):
        pysaml2.sign_in(nobody, issued_ago=420)


def test_other_roles_and_providers(pysaml2, samlp, nobody, account):
    other = pysaml2.make_role(allow("*"))
    text = "SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
    with refused(INVALID, text, 400):
        pysaml2.ask(nobody, pysaml2.idp.response([pysaml2.pair()]), role=other)
    # The right role beside another provider's ARN is not the right pair.
    with refused(INVALID, text, 400):
        pysaml2.ask(nobody, pysaml2.idp.response([f"{pysaml2.role.arn},{samlp.arn}", f"{samlp.role.arn},{pysaml2.arn}"]))
    with refused(INVALID, status=400, matching="^Issuer not present in specified provider"):
        pysaml2.ask(nobody, samlp.idp.response([pysaml2.pair()]))
    with refused((INVALID, "AccessDenied")):
        pysaml2.ask(nobody, pysaml2.idp.response([pysaml2.pair(samlp.role)]), role=samlp.role)
    absent = f"arn:aws:iam::{account}:saml-provider/{unique('absent')}"
    with refused(INVALID, status=400, matching="^Specified provider doesn't exist"):
        nobody.assume_role_with_saml(
            RoleArn=pysaml2.role.arn, PrincipalArn=absent, SAMLAssertion=pysaml2.idp.response([f"{pysaml2.role.arn},{absent}"])
        )


def test_forgeries(pysaml2, nobody, tmp_path):
    good = pysaml2.idp.response([pysaml2.pair()])
    text = base64.b64decode(good).decode()
    forged = PySaml2(tmp_path, entity_id=pysaml2.idp.entity_id).response([pysaml2.pair()])
    end = "</ns0:Response>"
    assertion = text[text.index("<ns1:Assertion") : text.index(end)]
    changed = [
        ("another name", text.replace(">alice<", ">admin<")),
        ("another subject", text.replace("alice@example.com", "admin@example.com")),
        ("a comment in the subject", text.replace("alice@example.com", "alice@example.com<!---->.evil.test")),
        ("a document type", text.replace("<ns0:Response", "<!DOCTYPE r [<!ENTITY x 'y'>]><ns0:Response", 1)),
        ("two assertions", text.replace(end, assertion + end)),
        ("another's key", base64.b64decode(forged).decode()),
    ]
    for name, document in changed:
        assert document != text, name
        with refused(INVALID, status=400):
            pysaml2.ask(nobody, base64.b64encode(document.encode()).decode())
    with refused(INVALID, status=400, matching="^Response signature invalid"):
        pysaml2.ask(nobody, forged)
    with refused(INVALID, status=400, matching="^Invalid base64 SAMLResponse"):
        pysaml2.ask(nobody, "not base64!")
    # None of it spoilt the good one.
    assert pysaml2.ask(nobody, good)


@pytest.fixture(scope="module")
def encryption_keys(tmp_path_factory):
    return KeyPair(tmp_path_factory.mktemp("encryption"), "service-provider")


@pytest.fixture(scope="module")
def encrypting(root, saml_idp_pysaml2, saml_idp_node, encryption_keys):
    """Both providers, each demanding encryption."""
    return [
        Registered(root, idp, AssertionEncryptionMode="Required", AddPrivateKey=encryption_keys.private_pem)
        for idp in (saml_idp_pysaml2, saml_idp_node)
    ]


def test_encrypted_assertions(encrypting, encryption_keys, nobody):
    for registered in encrypting:
        assert registered.sign_in(nobody, encrypt=encryption_keys).arn
        with refused(INVALID, status=400):
            registered.sign_in(nobody)
    assert encrypting[0].sign_in(nobody, encrypt=encryption_keys, cipher="aes-128-gcm").arn
    # Their authors have broken these two.
    for cipher in ("aes-256-cbc", "des-192"):
        with refused(INVALID, status=400):
            encrypting[0].sign_in(nobody, encrypt=encryption_keys, cipher=cipher)


def test_an_encrypted_assertion_works_once(encrypting, encryption_keys, nobody):
    """However often the same assertion is encrypted."""
    registered = encrypting[0]
    plain = base64.b64decode(registered.idp.response([registered.pair()])).decode()
    first, second = (
        base64.b64encode(encrypted(plain, encryption_keys.certificate_pem).encode()).decode() for _ in range(2)
    )
    assert first != second
    registered.ask(nobody, first)
    with refused(INVALID, REDEEMED, 400):
        registered.ask(nobody, second)


def test_private_keys(root, pysaml2, encryption_keys, nobody, tmp_path):
    registered = Registered(root, pysaml2.idp)
    iam, arn = root.iam, registered.arn
    no_key = "Unable to set assertion encryption mode to Required because no private key is provided."
    with refused(("InvalidInput", "ValidationError"), no_key, 400):
        iam.update_saml_provider(SAMLProviderArn=arn, AssertionEncryptionMode="Required")
    with refused(INVALID, status=400):
        registered.sign_in(nobody, encrypt=encryption_keys)
    iam.update_saml_provider(SAMLProviderArn=arn, AssertionEncryptionMode="Allowed", AddPrivateKey=encryption_keys.private_pem)
    shown = iam.get_saml_provider(SAMLProviderArn=arn)
    assert shown["AssertionEncryptionMode"] == "Allowed"
    [key] = shown["PrivateKeyList"]
    assert "PRIVATE" not in json.dumps(shown, default=str).replace("PrivateKeyList", "")
    assert registered.sign_in(nobody, encrypt=encryption_keys).arn and registered.sign_in(nobody).arn
    broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
    with refused(("InvalidInput", "ValidationError"), "Invalid private key.", 400):
        iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=broken)
    iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey=key["KeyId"])
    with refused(INVALID, status=400):
        registered.sign_in(nobody, encrypt=encryption_keys)


def test_life(root, account, pysaml2, saml_idp_node, nobody):
    iam = root.iam
    registered = Registered(root, pysaml2.idp, Tags=[{"Key": "team", "Value": "blue"}])
    assert registered.arn == f"arn:aws:iam::{account}:saml-provider/{registered.name}"
    shown = iam.get_saml_provider(SAMLProviderArn=registered.arn)
    assert shown["SAMLMetadataDocument"] == pysaml2.idp.metadata
    assert shown["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert shown["ValidUntil"] > shown["CreateDate"]
    listed = {each["Arn"]: each for each in iam.list_saml_providers()["SAMLProviderList"]}
    assert listed[registered.arn]["CreateDate"] == shown["CreateDate"]
    with refused("EntityAlreadyExists", status=409):
        iam.create_saml_provider(Name=registered.name, SAMLMetadataDocument=pysaml2.idp.metadata)

    iam.tag_saml_provider(SAMLProviderArn=registered.arn, Tags=[{"Key": "cost", "Value": "42"}])
    iam.untag_saml_provider(SAMLProviderArn=registered.arn, TagKeys=["team"])
    assert iam.list_saml_provider_tags(SAMLProviderArn=registered.arn)["Tags"] == [{"Key": "cost", "Value": "42"}]

    # With other metadata, the first provider's word counts no more.
    assert registered.sign_in(nobody).arn
    iam.update_saml_provider(SAMLProviderArn=registered.arn, SAMLMetadataDocument=saml_idp_node.metadata)
    with refused(INVALID, status=400):
        registered.sign_in(nobody)
    registered.idp = saml_idp_node
    assert registered.sign_in(nobody).arn

    iam.delete_saml_provider(SAMLProviderArn=registered.arn)
    with refused("NoSuchEntity", status=404):
        iam.get_saml_provider(SAMLProviderArn=registered.arn)
    with refused((INVALID, "AccessDenied")):
        registered.sign_in(nobody)


def test_metadata(root, pysaml2):
    good = pysaml2.idp.metadata
    for document in (
        "x" * 1000,
        good.replace("IDPSSODescriptor", "SPSSODescriptor"),
        good.replace(pysaml2.idp.keys.certificate, "AAAA"),
        f"<!DOCTYPE x [<!ENTITY a 'b'>]>{good}",
        "\ufeff" + good.replace("entityID=", "entityId="),
    ):
        with refused(("InvalidInput", "ValidationError"), status=400):
            root.iam.create_saml_provider(Name=unique("bad"), SAMLMetadataDocument=document)


def test_providers_are_of_one_account(root, member, pysaml2, nobody):
    """A role trusts only providers of its own account, whatever the ARN in its trust policy."""
    foreign = make_role(member.admin, federated(pysaml2.arn, ACTION), allow("*"))
    with refused(("AccessDenied", INVALID)):
        pysaml2.sign_in(nobody, role=foreign)
