"""Clients that sign for themselves: curl, requests with aws-requests-auth or requests-aws4auth, and those of MinIO for Python
and Node.js, whose providers of credentials speak to STS in a way of their own."""

import subprocess

import pytest
import requests
from aws_requests_auth.aws_auth import AWSRequestsAuth
from minio.credentials import AssumeRoleProvider, WebIdentityProvider
from requests_aws4auth import AWS4Auth

from oidc_issuers import AUDIENCE, Registered
from server import REGION, Caller, clean_environment
from test_javascript import node
from wire import WHO
from world import allow, assume, make_role, make_user, not_authorized, policy, trusting

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WRONG = "Check your AWS Secret Access Key and signing method."


@pytest.fixture(scope="module")
def user(root):
    return make_user(root, allow("*"))


@pytest.fixture(scope="module")
def role(root, user):
    return make_role(root, trusting(user.arn), allow("iam:ListUsers"))


@pytest.fixture(scope="module")
def session(user, role):
    return assume(user, role)


@pytest.fixture(scope="module")
def issuer(root, issuers):
    return Registered(root, issuers["small"].start(), AUDIENCE)


def with_secret(caller, secret):
    return Caller(caller.server, caller.access_key_id, secret, caller.session_token)


# Signing by `requests`.


def aws4auth(caller, service="sts"):
    return AWS4Auth(
        caller.access_key_id, caller.secret_access_key, REGION, service, session_token=caller.session_token
    )


def requests_auth(caller, service="sts"):
    return AWSRequestsAuth(
        aws_access_key=caller.access_key_id, aws_secret_access_key=caller.secret_access_key,
        aws_token=caller.session_token, aws_host=caller.server.host_and_port, aws_region=REGION, aws_service=service,
    )  # fmt: skip


@pytest.mark.parametrize("signing", [aws4auth, requests_auth])
@pytest.mark.parametrize("form", ["post", "get"])
def test_requests(user, session, signing, form):
    url = f"{user.caller.server.url}/"

    def ask(caller, parameters, service="sts"):
        given = {"params": parameters} if form == "get" else {"data": parameters, "headers": FORM}
        return requests.request(form, url, auth=signing(caller, service), timeout=10, **given)

    assert user.arn in ask(user.caller, WHO).text
    assert ":assumed-role/" in ask(session, WHO).text
    users = {"Action": "ListUsers", "Version": "2010-05-08"}
    assert ask(session, users, "iam").status_code == 200
    for answer, code, text in (
        (ask(with_secret(user.caller, "wrong"), WHO), "SignatureDoesNotMatch", WRONG),
        (ask(with_secret(session, "wrong"), WHO), "SignatureDoesNotMatch", WRONG),
        (ask(session, {**users, "Action": "ListRoles"}, "iam"), "AccessDenied", "iam:ListRoles"),
        (ask(user.caller, WHO, "s3"), "SignatureDoesNotMatch", "correct service: 'sts'"),
    ):
        assert answer.status_code == 403 and f"<Code>{code}</Code>" in answer.text and text in answer.text


def test_a_hash_that_is_not_listed_says_what_is_signed(user):
    """aws-requests-auth sends the body's hash and does not list it: it cannot be exchanged."""

    class Meddling(AWSRequestsAuth):
        def __call__(self, request):
            signed = super().__call__(request)
            assert "x-amz-content-sha256" not in signed.headers["Authorization"]
            signed.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
            return signed

    keys = user.caller
    auth = Meddling(keys.access_key_id, keys.secret_access_key, keys.server.host_and_port, REGION, "sts")
    answer = requests.post(f"{keys.server.url}/", data=WHO, headers=FORM, auth=auth, timeout=10)
    assert answer.status_code == 403 and WRONG in answer.text


# curl, which signs the query as it is written.


def curl(caller, *words):
    keys = f"{caller.access_key_id}:{caller.secret_access_key}"
    token = ("--header", f"X-Amz-Security-Token: {caller.session_token}") if caller.session_token else ()
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--user", keys, "--aws-sigv4", f"aws:amz:{REGION}:sts", *token, *words],
        env=clean_environment("/nonexistent"), capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--header", "Expect: 100-continue"),
        ("--header", "Transfer-Encoding: chunked"),
        ("--header", "Content-Type: application/x-www-form-urlencoded; charset=utf-8"),
        ("--compressed",),
        ("--http2-prior-knowledge",),
        ("--http1.0",),
    ],
)
def test_curl_posts(user, role, more):
    words = ["Action=AssumeRole", "Version=2011-06-15", f"RoleArn={role.arn}", "RoleSessionName=curl"]
    data = [word for part in words for word in ("--data-urlencode", part)]
    assert f":assumed-role/{role.name}/curl" in curl(user.caller, *data, *more, user.caller.server.url)


def test_curl_gets(user, session):
    url = f"{user.caller.server.url}/?Action=GetCallerIdentity&Version=2011-06-15"
    assert user.arn in curl(user.caller, url)
    assert ":assumed-role/" in curl(session, url)
    assert WRONG in curl(with_secret(user.caller, "wrong"), url)
    denied = "Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=AKIAQNZGKIQY56JQ7WML"
    assert "AccessDenied" in curl(session, "--data", denied, user.caller.server.url)


# The clients of MinIO.


def minio(caller, role, **options):
    return AssumeRoleProvider(
        sts_endpoint=caller.server.url, access_key=caller.access_key_id, secret_key=caller.secret_access_key,
        **{"role_arn": role.arn, "role_session_name": "minio", "region": REGION, **options},
    ).retrieve()  # fmt: skip


def found(server, credentials):
    return Caller(server, credentials.access_key, credentials.secret_key, credentials.session_token)


def test_minio_for_python(user, role, root):
    caller, idle = user.caller, make_user(root).caller
    for options in ({}, {"policy": policy(allow("*")), "external_id": "abc"}):
        assert found(caller.server, minio(caller, role, **options)).arn.endswith(f":assumed-role/{role.name}/minio")
    # It tells nothing of a refusal but its status.
    for refused, status in (
        (lambda: minio(with_secret(caller, "wrong"), role), 403),
        (lambda: minio(idle, role), 403),
        (lambda: minio(caller, role, region=None), 403),
        (lambda: minio(caller, role, role_session_name=None), 400),
    ):
        with pytest.raises(ValueError, match=f"status code {status}"):
            refused()


def test_minio_for_python_with_a_web_identity(issuer, server, nobody):
    token = issuer.issuer.token()

    def provider(token, **options):
        said = {"access_token": token, "expires_in": 3600}
        return WebIdentityProvider(jwt_provider_func=lambda: said, sts_endpoint=server.url, **options)

    # The keys of the issuer are on their way at the first call, and this client does not ask again.
    issuer.ask(nobody, token)
    options = {"role_arn": issuer.role.arn, "role_session_name": "minio"}
    assert found(server, provider(token, **options).retrieve()).arn.endswith(f":assumed-role/{issuer.role.name}/minio")
    for refused in (provider(f"{token[:-8]}AAAAAAAA", **options), provider(token)):
        with pytest.raises(ValueError, match="status code 400"):
            refused.retrieve()


def test_minio_for_node(user, role, root, tmp_path):
    def ask(caller, **options):
        given = {"accessKey": caller.access_key_id, "secretKey": caller.secret_access_key, "stsEndpoint": caller.server.url}
        named = {"region": REGION, "roleArn": role.arn, "roleSessionName": "minio", "durationSeconds": 900}
        return node("minio.mjs", given | named | options, tmp_path)

    caller, idle = user.caller, make_user(root)
    made = ask(caller, policy=policy(allow("*")), externalId="abc")
    got = Caller(caller.server, made["accessKey"], made["secretKey"], made["sessionToken"])
    assert got.arn.endswith(f":assumed-role/{role.name}/minio")
    assert WRONG in ask(with_secret(caller, "wrong"))["error"]
    assert not_authorized(idle.arn, "sts:AssumeRole", role.arn) in ask(idle.caller)["error"]
    assert "Credential should be scoped to a valid region." in ask(caller, region="")["error"]
