"""`locum token`: what it makes is what `aws` makes, and STS takes it, once it is whole and in time."""

import base64
import datetime
import json
import re
import subprocess
import time
import urllib.error
import urllib.request

import botocore.auth
import botocore.session
import pytest
from awscli.customizations.eks.get_token import STSClientFactory, TokenGenerator

from commands import run
from server import BINARY, REGION, clean_environment
from world import assume, make_role, make_user, trusting

PREFIX = "k8s-aws-v1."
CLUSTER = "prod"


def locum(home, *words, caller=None, url=None, **variables):
    environment = clean_environment(home, **(caller.variables() if caller else {}))
    if url := url or (caller.server.url if caller else None):
        environment["AWS_ENDPOINT_URL"] = url
    return subprocess.run(
        [BINARY, "token", *words], env={**environment, **variables}, cwd=home,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def token(home, *words, **more):
    done = locum(home, *words, "--output", "token", **more)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


def url_of(token):
    assert token.startswith(PREFIX) and len(token) <= 4096
    text = token[len(PREFIX) :]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def fetch(url, headers=None, body=None):
    """Sends a request as an authenticator does, and returns status and body."""
    request = urllib.request.Request(url, data=body, headers={"Accept": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def made_by_aws(monkeypatch, caller, url, signed_at, endpoint):
    """The token that `aws eks get-token` makes in the same second."""
    when = datetime.datetime.strptime(signed_at, "%Y%m%dT%H%M%SZ")
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: when)
    session = botocore.session.Session()
    session.set_credentials(caller.access_key_id, caller.secret_access_key, caller.session_token)
    client = session.create_client("sts", region_name=REGION, endpoint_url=endpoint)
    STSClientFactory(session)._register_k8s_aws_id_handlers(client)
    return TokenGenerator(client).get_token(CLUSTER)


@pytest.fixture(scope="module")
def session(root):
    user = make_user(root)
    role = make_role(root, trusting(user.arn))
    return assume(user, role)


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:9"])
@pytest.mark.parametrize("who", ["root", "session"])
def test_it_is_the_token_of_aws(tmp_path, request, monkeypatch, who, endpoint):
    caller = request.getfixturevalue(who)
    variables = {"AWS_ENDPOINT_URL": endpoint} if endpoint else {}
    environment = clean_environment(tmp_path, **caller.variables(), **variables)
    command = [BINARY, "token", CLUSTER, "--output", "token", *(["--expires-in", "60"] if endpoint else [])]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    url = url_of(made)
    signed_at = re.search("X-Amz-Date=([0-9TZ]+)", url)[1]
    assert made == made_by_aws(monkeypatch, caller, url, signed_at, endpoint)


@pytest.mark.parametrize("who", ["root", "session"])
def test_sts_takes_it_with_its_cluster_only(tmp_path, request, who):
    caller = request.getfixturevalue(who)
    url = url_of(token(tmp_path, "--kubernetes", CLUSTER, caller=caller))
    status, body = fetch(url, {"x-k8s-aws-id": CLUSTER})
    assert (status, json.loads(body)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Arn"]) == (200, caller.arn)
    assert fetch(url, {"x-k8s-aws-id": "other"})[0] == 403
    assert fetch(url)[0] in (400, 403)
    assert fetch(url.replace("GetCallerIdentity", "GetSessionToken"), {"x-k8s-aws-id": CLUSTER})[0] == 403


def test_its_time_is_over_at_its_end(tmp_path, root):
    url = url_of(token(tmp_path, CLUSTER, "--expires-in", "1", caller=root))
    deadline = time.monotonic() + 30
    while (answer := fetch(url, {"x-k8s-aws-id": CLUSTER}))[0] == 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert answer[0] == 403 and "Signature expired" in answer[1], answer


def test_what_kubectl_reads(tmp_path, session):
    """The same document as that of `aws`, but for the times."""
    info = {"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "spec": {"interactive": False}}
    for variables in [{}, {"KUBERNETES_EXEC_INFO": json.dumps(info)}]:
        done = locum(tmp_path, CLUSTER, caller=session, **variables)
        assert (done.returncode, done.stderr) == (0, "")
        ours = json.loads(done.stdout)
        theirs = json.loads(
            run("v1", "eks", "get-token", "--cluster-name", CLUSTER, home=tmp_path, caller=session, **variables).stdout
        )
        assert ours["apiVersion"] == theirs["apiVersion"]
        for document in (ours, theirs):
            assert document["status"].pop("token").startswith(PREFIX)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["status"].pop("expirationTimestamp"))
        assert ours == theirs


def test_a_bare_url(tmp_path, root):
    done = locum(tmp_path, "--url", caller=root)
    assert fetch(done.stdout.strip())[0] == 200


@pytest.mark.parametrize("server_id", ["vault.example.com", ""])
def test_a_login_to_vault(tmp_path, session, server_id):
    done = locum(tmp_path, "--vault", server_id, "--vault-role", "dev", caller=session)
    assert done.returncode == 0, done.stderr
    login = json.loads(done.stdout)
    assert (login["role"], login["iam_http_request_method"]) == ("dev", "POST")
    url, body, headers = (base64.b64decode(login[f"iam_request_{part}"]) for part in ("url", "body", "headers"))
    assert url.decode() == session.server.url + "/"
    headers = {name: values[0] for name, values in json.loads(headers).items()}
    signed = re.search("SignedHeaders=([^,]+)", headers["Authorization"])[1].split(";")
    assert ("x-vault-aws-iam-server-id" in signed) == bool(server_id)
    assert headers.get("X-Vault-AWS-IAM-Server-ID", "") == server_id
    status, answer = fetch(url.decode(), headers, body)
    assert status == 200 and session.arn in answer
    if server_id:
        assert fetch(url.decode(), {**headers, "X-Vault-AWS-IAM-Server-ID": "evil"}, body)[0] == 403


def test_refusals(tmp_path, root):
    for words, caller, status, says in [
        ((), root, 2, "whom the token is for"),
        ((CLUSTER, "--url"), root, 2, "exclude each other"),
        ((CLUSTER, "--output", "yaml"), root, 2, "exec-credential or token"),
        ((CLUSTER, "--expires-in", "0"), root, 2, "1 to 604800"),
        ((CLUSTER,), None, 1, "Unable to locate credentials"),
        ((CLUSTER, "--profile", "nobody"), root, 1, "could not be found"),
    ]:
        done = locum(tmp_path, *words, caller=caller, AWS_REGION=REGION)
        assert (done.returncode, done.stdout) == (status, ""), (words, done.stderr)
        assert done.stderr.startswith("locum: ") and says in done.stderr and done.stderr.count("\n") == 1, done.stderr
