"""IAM roles for service accounts: a pod's projected token becomes credentials, with nothing but three variables.

The tokens are those of a cluster's API server (see docs/kubernetes.md), signed with a key pair that the test makes.
"""

import json
import subprocess
import sys

import pytest

from commands import run
from oidc_issuers import AUDIENCE, Registered
from server import Caller, clean_environment
from test_web_identity import INVALID, NOT_AUTHORIZED
from world import allow, refused

POD = "import boto3, json; print(json.dumps(boto3.client('sts').get_caller_identity()['Arn']))"


@pytest.fixture(scope="module")
def cluster(root, kubernetes_issuer):
    return Registered(root, kubernetes_issuer, AUDIENCE)


@pytest.fixture(scope="module")
def web(cluster):
    """The role of one service account."""
    only = {f"{cluster.host}:sub": "system:serviceaccount:apps:web", f"{cluster.host}:aud": AUDIENCE}
    return cluster.make_role(allow("*"), condition={"StringEquals": only})


def variables(server, role, token_file, **more):
    """What the pod identity webhook puts into a pod, and where locum is."""
    return {
        "AWS_ROLE_ARN": role.arn,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token_file),
        "AWS_ROLE_SESSION_NAME": "pod",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_STS_REGIONAL_ENDPOINTS": "regional",
        "AWS_ENDPOINT_URL": server.url,
        **more,
    }


@pytest.fixture
def token_file(cluster, tmp_path):
    path = tmp_path / "token"
    path.write_text(cluster.issuer.token())
    return path


def test_boto3(server, account, web, token_file, tmp_path):
    """In a process of its own, with default settings and default retries."""
    done = subprocess.run(
        [sys.executable, "-c", POD],
        env=clean_environment(tmp_path, **variables(server, web, token_file)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == f"arn:aws:sts::{account}:assumed-role/{web.name}/pod"


def test_aws_from_the_environment(server, account, web, token_file, tmp_path):
    """Version 1; Debian's version 2 is older than the variable that names another endpoint for credentials."""
    done = run(
        "v1", *"sts get-caller-identity --query Arn --output text".split(),
        home=tmp_path, **variables(server, web, token_file),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"arn:aws:sts::{account}:assumed-role/{web.name}/pod\n"


def test_aws_from_a_profile(server, account, web, token_file, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        f"[profile pod]\nrole_arn = {web.arn}\nweb_identity_token_file = {token_file}\nrole_session_name = profile\n"
        f"region = us-east-1\nendpoint_url = {server.url}\n"
    )
    done = run("v1", *"sts get-caller-identity --profile pod --query Arn --output text".split(), home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"arn:aws:sts::{account}:assumed-role/{web.name}/profile\n"


@pytest.mark.parametrize("program", ["v2", "locum"])
def test_commands(server, account, web, token_file, tmp_path, program):
    words = f"sts assume-role-with-web-identity --role-arn {web.arn} --role-session-name {program}"
    done = run(
        program, *words.split(), "--web-identity-token", f"file://{token_file}", "--output", "json",
        home=tmp_path, url=server.url, AWS_DEFAULT_REGION="us-east-1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["SubjectFromWebIdentityToken"] == "system:serviceaccount:apps:web"
    assert Caller.of(server, answer["Credentials"]).arn == f"arn:aws:sts::{account}:assumed-role/{web.name}/{program}"


def test_other_service_accounts(cluster, web, nobody):
    token = cluster.issuer.token
    assert cluster.ask(nobody, token(), web)
    for pod in (token("apps", "db"), token("apps2", "web"), token("apps:web", ""), token("kube-system", "web")):
        with refused("AccessDenied", NOT_AUTHORIZED, 403):
            cluster.ask(nobody, pod, web)


def test_a_whole_namespace(cluster, nobody):
    like = {"StringLike": {f"{cluster.host}:sub": "system:serviceaccount:apps:*"}}
    role = cluster.make_role(allow("*"), condition=like)
    for name in ("web", "db"):
        assert cluster.ask(nobody, cluster.issuer.token("apps", name), role)
    with refused("AccessDenied", NOT_AUTHORIZED, 403):
        cluster.ask(nobody, cluster.issuer.token("other", "web"), role)


def test_tokens_for_others(cluster, web, nobody):
    """The token for the API server itself, or for another service, is not for STS."""
    for audience in ("https://kubernetes.default.svc.cluster.local", "vault"):
        with refused(INVALID, "Incorrect token audience", 400):
            cluster.ask(nobody, cluster.issuer.token(audience=audience), web)
    with refused("ExpiredTokenException", status=400):
        cluster.ask(nobody, cluster.issuer.token(lifetime=-1), web)


def test_another_cluster(cluster, web, nobody, signing_issuer):
    """It may name itself as this one; its keys are its own."""
    forged = signing_issuer.key.sign(cluster.issuer.claims())
    with refused((INVALID, "IDPCommunicationError"), status=400):
        cluster.ask(nobody, forged, web, patient=False)
