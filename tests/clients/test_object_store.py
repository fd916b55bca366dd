"""object_store, the Rust library by which deltalake, polars and DataFusion read and write: by its Python binding, obstore. It
exchanges the token of a web identity by an STS client of its own, over HTTPS only, and signs for S3 with what it gets."""

import http.server
import json
import threading
import time

import obstore
import pytest
from obstore.store import S3Store

from oidc_issuers import AUDIENCE, KubernetesIssuer, Registered, self_signed
from server import REGION, Server, stranger


class Bucket:
    """A store that has one object, asks nobody, and remembers who wanted it."""

    def __init__(self):
        self.callers = []
        bucket = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                key = self.headers["Authorization"].split("Credential=")[1].split("/")[0]
                bucket.callers.append((key, self.headers["x-amz-security-token"]))
                self.send_response(200)
                for header in ("ETag: \"1\"", "Last-Modified: Wed, 21 Oct 2026 07:28:00 GMT", "Content-Length: 2"):
                    self.send_header(*header.split(": "))
                self.end_headers()
                self.wfile.write(b"it")

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def bucket():
    bucket = Bucket()
    yield bucket
    bucket.stop()


@pytest.fixture(scope="module")
def slow():
    """An issuer that takes longer to answer than anybody waits."""
    issuer = KubernetesIssuer().start()
    issuer.pause = 3.0
    yield issuer
    issuer.stop()


@pytest.fixture(scope="module")
def lake(tmp_path_factory, slow):
    """An issuer whose users may assume a role, at a server that speaks HTTPS."""
    folder, issuer = tmp_path_factory.mktemp("lake"), KubernetesIssuer().start()
    certificate, _ = self_signed(folder)
    server = Server(
        folder, "--allow-issuer", issuer.url, "--allow-issuer", slow.url, "--tls-cert", certificate, "--tls-key", certificate,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(certificate))
        patch.setenv("SSL_CERT_FILE", str(certificate))
        lake = Registered(server.root, issuer, AUDIENCE)
        # The keys of the issuer are on their way at first, and this client does not ask again.
        lake.ask(stranger(server), issuer.token())
        yield lake
    assert server.stop() == 0
    issuer.stop()


@pytest.fixture
def fetch(lake, bucket, tmp_path):
    """Reads the object as whoever a token says."""

    def fetch(token, role=None):
        file = tmp_path / "token"
        file.write_text(token)
        store = S3Store(
            "lake", endpoint=bucket.url, region=REGION, client_options={"allow_http": True},
            web_identity_token_file=str(file), role_arn=(role or lake.role).arn, role_session_name="reader",
            endpoint_url_sts=lake.root.server.url,
        )  # fmt: skip
        return obstore.get(store, "table").bytes()

    return fetch


def recorded(lake):
    """The exchanges in the audit log, in which those of before stand when a later call does."""
    later = lake.root.sts.get_caller_identity()["ResponseMetadata"]["RequestId"]
    deadline = time.monotonic() + 20
    while later not in (text := (lake.root.server.data / "audit.jsonl").read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    records = map(json.loads, text[: text.rindex("\n")].splitlines())
    return [record for record in records if record["eventName"] == "AssumeRoleWithWebIdentity"]


def test_a_token_becomes_credentials(lake, bucket, fetch):
    assert fetch(lake.issuer.token()) == b"it"
    record = recorded(lake)[-1]
    assert record["userAgent"].startswith("object_store/")
    assert record["requestParameters"] == {
        "roleArn": lake.role.arn, "roleSessionName": "reader", "durationSeconds": 3600,
    }  # fmt: skip
    key, token = bucket.callers[-1]
    assert key == record["responseElements"]["credentials"]["accessKeyId"] and token


def test_a_refusal_is_told(lake, bucket, fetch):
    asked = len(bucket.callers)
    for token, told in (
        (f"{lake.issuer.token()[:-8]}AAAAAAAA", "InvalidIdentityToken"),
        (lake.issuer.token(lifetime=-600), "ExpiredTokenException"),
        (lake.issuer.token(audience="other"), "Incorrect token audience"),
    ):
        with pytest.raises(Exception, match=told):
            fetch(token)
    for_another = lake.make_role(condition={"StringEquals": {f"{lake.host}:sub": "system:serviceaccount:apps:another"}})
    with pytest.raises(Exception, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        fetch(lake.issuer.token(), for_another)
    assert len(bucket.callers) == asked, "nobody without credentials comes as far as the store"


def test_it_asks_once_where_keys_are_on_their_way(lake, slow, fetch):
    registered = Registered(lake.root, slow, AUDIENCE)
    with pytest.raises(Exception, match="IDPCommunicationError|InvalidIdentityToken"):
        fetch(slow.token(), registered.role)
    assert [record["requestParameters"]["roleArn"] for record in recorded(lake)].count(registered.role.arn) == 1
