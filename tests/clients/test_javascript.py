"""The AWS SDK for JavaScript (version 3): every operation of STS, many of IAM, its credential providers, and what it makes of
refusals: the class of an error, its name, its text."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from handing_out import Household
from oidc_issuers import AUDIENCE, Registered
from server import BINARY, REGION, clean_environment
from test_serve_credentials import Endpoint
from world import INVALID_TOKEN, allow, make_role, make_user, not_authorized, policy, trusting, unique

SDK = Path(__file__).parent / "sdk"
AUDIT_ROOT = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
NPM = os.environ.get("LOCUM_NPM_CLIENTS", "/nonexistent")


def node(script, given, home, **variables):
    """What a script under `sdk` makes of this."""
    done = subprocess.run(
        ["node", "--no-warnings", SDK / script],
        env=clean_environment(home, LOCUM_NPM_CLIENTS=NPM, **variables),
        input=json.dumps(given), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def keys(caller):
    named = {"accessKeyId": caller.access_key_id, "secretAccessKey": caller.secret_access_key}
    return named | ({"sessionToken": caller.session_token} if caller.session_token else {})


def session(call):
    """The credentials that an earlier call answered."""
    return {
        "accessKeyId": f"${call}.Credentials.AccessKeyId",
        "secretAccessKey": f"${call}.Credentials.SecretAccessKey",
        "sessionToken": f"${call}.Credentials.SessionToken",
    }


def provided(provider, **options):
    return {"provider": provider, "options": options}


def call(operation, credentials=None, service="sts", **parameters):
    return {"service": service, "operation": operation, "credentials": credentials, "input": parameters}


def who(credentials):
    return call("GetCallerIdentity", credentials)


@pytest.fixture(scope="module")
def scene(root):
    """A user and a role that trusts them, as of the tests of `serve-credentials`; and a user who may do nothing."""
    found = Household(root)
    found.idle = make_user(root)
    found.keys, found.idle_keys = keys(found.user.caller), keys(found.idle.caller)
    return found


@pytest.fixture
def ask(scene, tmp_path):
    """Has the SDK make these calls. Nothing but variables tells it where the service is."""

    def asked(*calls, **variables):
        variables = {"AWS_ENDPOINT_URL": scene.server.url, "AWS_REGION": REGION, **variables}
        return node("ask.mjs", calls, tmp_path, **variables)

    return asked


def error(told):
    return told.get("code"), told.get("class"), told.get("status")


def test_sts(ask, scene, root):
    role, user = scene.role.arn, scene.keys
    tagged = make_role(root, trusting(scene.user.arn, "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"), allow("*"))
    told = ask(
        who(user),
        call("AssumeRole", user, RoleArn=role, RoleSessionName="js"),
        who(session(1)),
        call(
            "AssumeRole", user, RoleArn=tagged.arn, RoleSessionName="js", DurationSeconds=900, SourceIdentity="me",
            Tags=[{"Key": "Team", "Value": "a b+c/ü=@"}], TransitiveTagKeys=["Team"],
            Policy=policy(allow("iam:ListUsers")), PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        ),
        call("ListUsers", session(3), "iam"),
        call("CreateUser", session(3), "iam", UserName="js"),
        call("GetSessionToken", user),
        who(session(6)),
        call("GetFederationToken", user, Name="bob"),
        call("GetAccessKeyInfo", user, AccessKeyId=user["accessKeyId"]),
        call("DecodeAuthorizationMessage", user, EncodedMessage="nonsense"),
        call("AssumeRoot", user, TargetPrincipal="123456789012", TaskPolicyArn={"arn": AUDIT_ROOT}),
        call("GetDelegatedAccessToken", user, TradeInToken="nonsense"),
        call("AssumeRoleWithSAML", RoleArn=role, PrincipalArn=role, SAMLAssertion="AAAA"),
    )  # fmt: skip
    assert told[0]["answer"] == {"UserId": scene.user.id, "Account": scene.server.account, "Arn": scene.user.arn}
    assert told[1]["answer"]["AssumedRoleUser"]["AssumedRoleId"] == f"{scene.role.id}:js"
    assert told[2]["answer"]["Arn"].endswith(f":assumed-role/{scene.role.name}/js")
    assert told[3]["answer"]["SourceIdentity"] == "me" and told[3]["answer"]["PackedPolicySize"] > 0
    assert told[4]["answer"]["Users"]
    assert error(told[5]) == ("AccessDenied", "IAMServiceException", 403) and "no session policy" in told[5]["message"]
    assert told[7]["answer"]["Arn"] == scene.user.arn
    assert told[8]["answer"]["FederatedUser"]["Arn"].endswith(":federated-user/bob")
    assert told[9]["answer"] == {"Account": scene.server.account}
    assert error(told[10])[:2] == ("InvalidAuthorizationMessageException",) * 2
    assert error(told[11]) == ("AccessDenied", "STSServiceException", 403)
    assert error(told[12]) == ("AccessDenied", "STSServiceException", 403)
    assert error(told[13])[:2] == ("InvalidIdentityTokenException",) * 2
    assert all(one["attempts"] == 1 and len(one["request"]) == 36 for one in told)


def test_refusals_of_sts(ask, scene):
    user, idle, role = scene.keys, scene.idle_keys, scene.role.arn
    told = ask(
        who({**user, "secretAccessKey": "wrong"}),
        who({**user, "accessKeyId": "AKIAQNZGKIQY56JQ7WML"}),
        who({**user, "sessionToken": "IQoJb3JpZ2luX2VjAAAA"}),
        call("AssumeRole", idle, RoleArn=role, RoleSessionName="js"),
        call("AssumeRole", user, RoleArn=role, RoleSessionName="j"),
        call("AssumeRole", user, RoleArn=role, RoleSessionName="js", Policy="{"),
        call("ListAccounts", idle, "organizations"),
        call("ListAccounts", {**idle, "secretAccessKey": "wrong"}, "organizations"),
    )
    sts = "STSServiceException"
    assert error(told[0]) == ("SignatureDoesNotMatch", sts, 403) and "Secret Access Key" in told[0]["message"]
    assert error(told[1]) == ("InvalidClientTokenId", sts, 403) and told[1]["message"] == INVALID_TOKEN
    assert error(told[2]) == ("InvalidClientTokenId", sts, 403)
    assert error(told[3]) == ("AccessDenied", sts, 403)
    assert told[3]["message"] == not_authorized(scene.idle.arn, "sts:AssumeRole", role)
    assert error(told[4]) == ("ValidationError", sts, 400)
    assert error(told[5]) == ("MalformedPolicyDocumentException",) * 2 + (400,)
    assert error(told[6]) == ("AccessDeniedException",) * 2 + (400,)
    assert error(told[7])[0] == "SignatureDoesNotMatch"
    assert [one["attempts"] for one in told] == [1] * len(told)


def test_iam(ask, scene):
    user, name = scene.keys, unique("js")
    document = policy(allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/é": 'x&y<z>"'}}))

    def iam(operation, **parameters):
        return call(operation, user, "iam", **parameters)

    told = ask(
        iam("CreateUser", UserName=name, Path="/a/b/", Tags=[{"Key": "k", "Value": "v"}]),
        iam("CreateUser", UserName=name),
        iam("GetUser", UserName=name),
        iam("GetUser", UserName="none"),
        iam("PutUserPolicy", UserName=name, PolicyName="own", PolicyDocument=document),
        iam("GetUserPolicy", UserName=name, PolicyName="own"),
        iam("PutUserPolicy", UserName=name, PolicyName="own", PolicyDocument="{}"),
        iam("DeleteUser", UserName=name),
        iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=trusting(scene.user.arn)),
        iam("GetRole", RoleName=name),
        iam("CreateInstanceProfile", InstanceProfileName=name),
        iam("AddRoleToInstanceProfile", InstanceProfileName=name, RoleName=name),
        iam("GetInstanceProfile", InstanceProfileName=name),
        iam("SimulatePrincipalPolicy", PolicySourceArn=scene.user.arn, ActionNames=["iam:ListUsers"]),
        iam("ListPolicies", MaxItems=2),
        iam("ListPolicies", MaxItems=2, Marker="$14.Marker"),
        iam("GetAccountSummary"),
        iam("CreateUser", UserName="a b"),
        iam("UploadSSHPublicKey", UserName=name, SSHPublicKeyBody="ssh-rsa AAAA"),
        call("ListUsers", scene.idle_keys, "iam"),
    )
    made = told[0]["answer"]["User"]
    assert made["Path"] == "/a/b/" and made["CreateDate"].endswith("Z") and told[2]["answer"]["User"]["Tags"] == made["Tags"]
    assert error(told[1]) == ("EntityAlreadyExistsException",) * 2 + (409,)
    assert error(told[3]) == ("NoSuchEntityException",) * 2 + (404,)
    assert told[5]["answer"]["PolicyDocument"].startswith("%7B")
    assert error(told[6]) == ("MalformedPolicyDocumentException",) * 2 + (400,)
    assert error(told[7]) == ("DeleteConflictException",) * 2 + (409,)
    assert told[9]["answer"]["Role"]["MaxSessionDuration"] == 3600
    assert [role["RoleName"] for role in told[12]["answer"]["InstanceProfile"]["Roles"]] == [name]
    assert told[13]["answer"]["EvaluationResults"][0]["EvalDecision"] == "allowed"
    first, second = (told[number]["answer"]["Policies"] for number in (14, 15))
    assert len(first) == len(second) == 2 and first != second and told[14]["answer"]["IsTruncated"] is True
    assert told[16]["answer"]["SummaryMap"]["Users"] > 1
    assert error(told[17])[0] == "ValidationError"
    assert error(told[18])[0] == "InvalidAction"
    assert error(told[19]) == ("AccessDenied", "IAMServiceException", 403)


@pytest.mark.parametrize("minutes", [-20, 20, 60 * 24 * 400])
def test_a_wrong_clock_is_put_right(ask, scene, minutes):
    """The SDK learns the time from a refusal's Date, once for each client, and asks again."""
    told = ask(
        who(scene.keys), who(scene.keys), call("GetUser", scene.keys, "iam"), who({**scene.keys, "secretAccessKey": "wrong"}),
        LOCUM_CLOCK=str(minutes),
    )  # fmt: skip
    assert [one["attempts"] for one in told[:3]] == [2, 1, 2], told
    assert told[0]["answer"]["Arn"] == scene.user.arn
    assert error(told[3])[0] == "SignatureDoesNotMatch" and "Secret Access Key" in told[3]["message"]


def test_roles_and_web_identities(ask, scene, root, nobody, issuers, tmp_path):
    issuer = issuers["javascript"].start()
    known = Registered(root, issuer, AUDIENCE)
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text(token := issuer.token())
    known.ask(nobody, token)
    bad.write_text(f"{token[:-8]}AAAAAAAA")
    profiles = tmp_path / "config"
    profiles.write_text(
        f"[profile role]\nrole_arn = {scene.role.arn}\nsource_profile = own\n[profile own]\n"
        f"aws_access_key_id = {scene.keys['accessKeyId']}\naws_secret_access_key = {scene.keys['secretAccessKey']}\n"
        f"[profile web]\nrole_arn = {known.role.arn}\nweb_identity_token_file = {good}\n"
    )
    parameters = {"RoleArn": scene.role.arn, "RoleSessionName": "js"}
    told = ask(
        who(provided("fromTokenFile", webIdentityTokenFile=str(good), roleArn=known.role.arn)),
        who(provided("fromTokenFile", webIdentityTokenFile=str(bad), roleArn=known.role.arn)),
        who(provided("fromTokenFile", webIdentityTokenFile=str(good), roleArn=scene.role.arn)),
        who(provided("fromTemporaryCredentials", masterCredentials=scene.keys, params=parameters)),
        who(provided("fromTemporaryCredentials", masterCredentials=scene.idle_keys, params=parameters)),
        who(provided("fromIni", profile="role")),
        who(provided("fromIni", profile="web")),
        AWS_CONFIG_FILE=str(profiles),
    )
    for number, role in ((0, known.role), (3, scene.role), (5, scene.role), (6, known.role)):
        assert f":assumed-role/{role.name}/" in told[number].get("answer", {}).get("Arn", ""), told[number]
    assert told[1]["code"] == "InvalidIdentityTokenException", told[1]
    assert told[2]["message"] == "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    assert told[4]["message"] == not_authorized(scene.idle.arn, "sts:AssumeRole", scene.role.arn)


def test_providers_of_locum(ask, scene, tmp_path):
    """What `locum` hands out, as the SDK fetches it."""
    (tmp_path / "home").mkdir()
    home = scene.furnish(tmp_path / "home")
    program = home.path / "process"
    program.write_text(
        f"#!/bin/sh\nunset AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE\nHOME={home.path} exec {BINARY} env --profile team --format process\n"
    )
    program.chmod(0o700)
    profiles = tmp_path / "config"
    profiles.write_text(f"[profile process]\ncredential_process = {program}\n")
    container, instance = Endpoint(home, "--ecs"), Endpoint(home, "--imds")
    try:
        (told,) = ask(who(provided("fromContainerMetadata")), **container.variables)
        assert told["answer"]["Arn"] == scene.arn
        without = {name: value for name, value in container.variables.items() if "TOKEN" not in name}
        (told,) = ask(who(provided("fromContainerMetadata")), **without)
        assert "answer" not in told
        (told,) = ask(who(provided("fromInstanceMetadata")), **instance.variables)
        assert told["answer"]["Arn"] == scene.arn
        (told,) = ask(who(provided("fromProcess", profile="process")), AWS_CONFIG_FILE=str(profiles))
        assert told["answer"]["Arn"] == scene.arn, told
    finally:
        assert container.stop()[0] == instance.stop()[0] == 0
