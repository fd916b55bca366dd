"""Fixtures: a server for the whole run, its root caller, a member account, and identity providers.

Run it with `cargo xtask clients`, or by hand: `LOCUM_BIN=target/debug/locum pytest tests/clients`.
"""

import os
import signal
import time

# A run in the background is started with these ignored, which the programs under test would then ignore too.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
# One that outlives its terminal, as under nohup, is started with this one ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Before boto3 is imported anywhere: nothing of this machine's own configuration may be seen.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(
    AWS_CONFIG_FILE="/nonexistent/config",
    AWS_SHARED_CREDENTIALS_FILE="/nonexistent/credentials",
    AWS_EC2_METADATA_DISABLED="true",
)

import pytest

pytest.register_assert_rewrite("differential.comparison")

from logins import Home, settings_of
from oidc_issuers import Key, KubernetesIssuer, LoginIssuer, NodeIssuer, Registered
from saml_providers import PySaml2, Samlp
from server import BINARY, Caller, Server, stranger
from world import allow, make_role, make_user, trusting


def pytest_sessionstart(session):
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"{BINARY} does not exist: build it (`cargo build --workspace --bins`) or set LOCUM_BIN", 2)


@pytest.fixture(scope="session")
def issuers(tmp_path_factory):
    """Issuers with an address, not yet started: the server is told their addresses when it starts."""
    made = {
        "node": NodeIssuer(tmp_path_factory.mktemp("oidc")),
        "self-signed": KubernetesIssuer(certificate_in=tmp_path_factory.mktemp("self-signed")),
    }
    for name in ("kubernetes", "signing", "rotating", "flooded", "broken", "short-lived", "parity", "chain", "javascript", "small"):
        made[name] = KubernetesIssuer()
    made["login"] = LoginIssuer()
    yield made
    for issuer in made.values():
        issuer.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory, issuers):
    allowed = [word for issuer in issuers.values() for word in ("--allow-issuer", issuer.url)]
    running = Server(tmp_path_factory.mktemp("server"), *allowed)
    yield running
    status = running.stop()
    assert status == 0, f"locum ended with {status} on SIGTERM\n{running.told()}"


@pytest.fixture(scope="session")
def root(server):
    """The management account's root user."""
    return server.root


@pytest.fixture(scope="session")
def account(server):
    return server.account


@pytest.fixture(scope="session")
def admin(root):
    """A user who may do everything; root may not assume roles."""
    return make_user(root, allow("*"))


@pytest.fixture(scope="session")
def admin_session(root, admin):
    """A role session that may do everything."""
    role = make_role(root, trusting(admin.arn), allow("*"))
    response = admin.sts.assume_role(RoleArn=role.arn, RoleSessionName="admin")
    return Caller.of(root.server, response["Credentials"])


class Member:
    """An account made by CreateAccount, administered through its OrganizationAccountAccessRole."""

    def __init__(self, management, account_id, role_name="OrganizationAccountAccessRole"):
        self.id = account_id
        self.role_arn = f"arn:aws:iam::{account_id}:role/{role_name}"
        response = management.sts.assume_role(RoleArn=self.role_arn, RoleSessionName="setup")
        self.admin = Caller.of(management.caller.server, response["Credentials"])


def create_account(caller, name, **parameters):
    """Makes an account and returns its finished status."""
    client = caller.organizations
    status = client.create_account(AccountName=name, Email=f"{name}@example.com", **parameters)["CreateAccountStatus"]
    deadline = time.monotonic() + 10
    while status["State"] == "IN_PROGRESS" and time.monotonic() < deadline:
        time.sleep(0.05)
        status = client.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    return status


@pytest.fixture(scope="session")
def member(root, admin):
    status = create_account(root, "member")
    assert status["State"] == "SUCCEEDED", status
    return Member(admin, status["AccountId"])


@pytest.fixture(scope="session")
def nobody(server):
    """STS for those who have no credentials yet."""
    return stranger(server)


@pytest.fixture(scope="session")
def oidc_issuer(issuers):
    """npm's oidc-provider."""
    return issuers["node"].start()


@pytest.fixture(scope="session")
def kubernetes_issuer(issuers):
    """An issuer like a cluster's."""
    return issuers["kubernetes"].start()


@pytest.fixture(scope="session")
def signing_issuer(issuers):
    """An issuer with a key for every algorithm, which signs whatever a test wants."""
    issuer = issuers["signing"].start()
    issuer.published += [Key(algorithm) for algorithm in ("RS384", "RS512", "ES256", "ES384", "ES512")]
    return issuer


@pytest.fixture(scope="session")
def login_issuer(issuers):
    """An issuer at which a program signs in."""
    return issuers["login"].start()


@pytest.fixture(scope="session")
def party(root, login_issuer):
    """The issuer at which a program signs in, as the server knows it, and a role for whom it vouches."""
    return Registered(root, login_issuer, login_issuer.client_id)


@pytest.fixture
def oidc_home(tmp_path, server, party):
    """A home whose profile signs in at that issuer, which has no surprises left of another test."""
    party.issuer.published_as, party.issuer.claimed, party.issuer.pending = {}, {}, []
    return Home(tmp_path, **settings_of(server, party))


@pytest.fixture(scope="session")
def saml_idp_pysaml2(tmp_path_factory):
    return PySaml2(tmp_path_factory.mktemp("pysaml2"))


@pytest.fixture(scope="session")
def saml_idp_node(tmp_path_factory):
    provider = Samlp(tmp_path_factory.mktemp("samlp"))
    yield provider
    provider.stop()
