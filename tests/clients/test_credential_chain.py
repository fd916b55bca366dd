"""Where `locum sts` gets its credentials, beside `aws` (version 1) with the same files (facts: cli §2).

Both programs work in one home directory, and what one leaves in its caches the other finds, if it is for both.
"""

import hashlib
import json
import re
import signal
import stat
import subprocess
import sys
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from credential_hosts import ContainerHost, IdentityCenter, InstanceHost, SignIn, stamp
from homes import WHO, Home, Protected, Screen
from oidc_issuers import AUDIENCE, Registered
from world import allow, assume, make_role, make_user, trusting

BOTH = ("locum", "v1")


@pytest.fixture
def home(tmp_path, server):
    return Home(tmp_path, server)


@pytest.fixture(scope="module")
def alice(root):
    return make_user(root, allow("*"))


@pytest.fixture(scope="module")
def role(root, alice):
    return make_role(root, trusting(alice.arn), allow("*"))


@pytest.fixture(scope="module")
def session(alice, role):
    return assume(alice, role, session="elsewhere")


def assumed(role, account):
    return rf"arn:aws:sts::{account}:assumed-role/{role.name}/botocore-session-\d+"


def test_environment_and_profiles(home, root, alice, admin):
    """`--profile` puts the environment aside, `AWS_PROFILE` does not."""
    home.config(f"[profile in-config]\naws_access_key_id = {admin.caller.access_key_id}\naws_secret_access_key = {admin.caller.secret_access_key}\n")
    home.credentials(default=root, alice=alice.caller)
    keys = {"AWS_ACCESS_KEY_ID": admin.caller.access_key_id, "AWS_SECRET_ACCESS_KEY": admin.caller.secret_access_key}
    for profile, variables, arn in [
        (None, {}, root.arn),
        ("alice", {}, alice.arn),
        ("alice", keys, alice.arn),
        ("in-config", {}, admin.arn),
        (None, keys, admin.arn),
        (None, {"AWS_PROFILE": "alice"}, alice.arn),
        (None, {"AWS_PROFILE": "alice", **keys}, admin.arn),
    ]:
        assert home.who("locum", profile, **variables) == arn, (profile, variables)


@pytest.mark.parametrize(("first", "second"), [("locum", "v1"), ("v1", "locum"), ("locum", "locum")])
def test_a_session_of_ones_own_service_is_not_shared_with_the_original(home, alice, role, account, first, second):
    """The original would use it at AWS, and what it leaves may be for AWS."""
    home.config(f"[profile p]\nrole_arn = {role.arn}\nsource_profile = alice\nexternal_id = a:1/b\nduration_seconds = 1800\n")
    home.credentials(alice=alice.caller)
    arn = home.who(first, "p")
    assert re.fullmatch(assumed(role, account), arn)
    [entry] = home.entries()
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    kept = json.loads(entry.read_text())
    assert kept["Credentials"]["AccountId"] == account
    # The name of a session is the second of its making: the same name is the same session.
    time.sleep(1.1)
    assert (home.who(second, "p") == arn) == (first == second)
    assert len(home.entries()) == len({first, second}) and entry in home.entries()
    assert json.loads(entry.read_text()) == kept
    assert home.who(first, "p") == arn


def test_hops(home, root, alice, role, account):
    onward = make_role(root, trusting(role.arn), allow("*"))
    home.config(
        f"[profile onward]\nrole_arn = {onward.arn}\nsource_profile = first\nrole_session_name = me\n"
        f"[profile first]\nrole_arn = {role.arn}\nsource_profile = alice\n"
    )
    home.credentials(alice=alice.caller)
    for program in BOTH:
        assert home.who(program, "onward") == f"arn:aws:sts::{account}:assumed-role/{onward.name}/me"
    # The source of a role may be the environment, which `--profile` puts aside for itself only.
    home.config(f"[profile p]\nrole_arn = {role.arn}\ncredential_source = Environment\n")
    assert re.fullmatch(assumed(role, account), home.who("locum", "p", **alice.caller.variables()))


def test_the_region_and_services_of_the_profile_are_used(home, server, alice, role, account):
    home.config(
        f"[profile p]\nrole_arn = {role.arn}\nsource_profile = alice\nregion = eu-west-1\nservices = here\n"
        f"[services here]\nsts =\n  endpoint_url = {server.url}\n"
    )
    home.credentials(alice=alice.caller)
    done = home.run("locum", *WHO, profile="p", AWS_ENDPOINT_URL="", AWS_DEFAULT_REGION="")
    assert re.fullmatch(assumed(role, account), done.stdout.strip()), done.stderr


@pytest.fixture
def protected(root):
    return Protected(root)


def test_a_code_is_asked_for_once(home, protected, account):
    protected.furnish(home)
    wrong = home.run("locum", *WHO, profile="p", typed="000000\n")
    assert wrong.returncode == 254
    assert "An error occurred (AccessDenied) when calling the AssumeRole operation: MultiFactorAuthentication" in wrong.stderr
    nobody = home.run("locum", *WHO, profile="p")
    assert nobody.returncode == 255
    assert f"The MFA code for {protected.serial} cannot be asked for: nobody answered" in nobody.stderr
    done = home.run("locum", *WHO, profile="p", typed=f"{protected.authenticator.code()}\n")
    assert re.fullmatch(assumed(protected.role, account), done.stdout.strip()), done.stderr
    assert f"Enter MFA code for {protected.serial}: " in done.stderr
    # Nobody is asked again.
    assert home.who("locum", "p") == done.stdout.strip()


@pytest.mark.parametrize("duration", [900, 3600])
def test_ten_at_once_ask_for_one_code(home, protected, duration):
    """A code is good once: if two were asked for, one of them would be refused."""
    protected.furnish(home, duration_seconds=duration)
    code = protected.authenticator.code()
    processes = [home.begin("locum", *WHO, profile="p", stdin=subprocess.PIPE) for _ in range(10)]
    for process in processes:
        process.stdin.write(f"{code}\n")
        process.stdin.flush()
    done = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert [status for *_, status in done] == [0] * 10, done
    assert sum("Enter MFA code" in stderr for _, stderr, _ in done) == 1
    assert len({stdout for stdout, *_ in done}) == 1


def test_the_code_is_hidden_on_a_terminal(home, protected, account):
    protected.furnish(home)
    screen = Screen(home, *WHO, "--profile", "p")
    screen.until(f"Enter MFA code for {protected.serial}: ")
    screen.hidden()
    code = protected.authenticator.code()
    screen.type(f"{code}\n")
    stdout, stderr = screen.process.communicate(timeout=60)
    assert re.fullmatch(assumed(protected.role, account), stdout.strip()), stderr
    assert stderr == "" and code not in screen.shown
    assert screen.echoes()


def test_an_interrupt_at_the_prompt_leaves_the_terminal_as_it_was(home, protected):
    protected.furnish(home)
    screen = Screen(home, *WHO, "--profile", "p")
    screen.until("Enter MFA code")
    screen.hidden()
    screen.process.send_signal(signal.SIGINT)
    assert screen.process.wait(timeout=20) == 130
    assert screen.echoes() and home.entries() == []


def test_web_identity(home, root, issuers, account, nobody):
    registered = Registered(root, issuers["chain"].start(), AUDIENCE)
    token = registered.issuer.token()
    registered.ask(nobody, token)
    (home.path / "token").write_text(token)
    home.config(f"[profile w]\nrole_arn = {registered.role.arn}\nweb_identity_token_file = {home.path}/token\nrole_session_name = pod\n")
    arn = f"arn:aws:sts::{account}:assumed-role/{registered.role.name}/pod"
    assert home.who("locum", "w") == arn
    assert len(home.entries()) == 1
    assert home.who("v1", "w") == arn
    assert len(home.entries()) == 2, "each has its own of a service that is not AWS"
    pod = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": f"{home.path}/token",
        "AWS_ROLE_ARN": registered.role.arn,
        "AWS_ROLE_SESSION_NAME": "of-environment",
    }
    assert home.who("locum", **pod) == arn.replace("/pod", "/of-environment")
    gone = home.run("locum", *WHO, **{**pod, "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token", "AWS_ROLE_SESSION_NAME": "x"})
    assert gone.returncode == 255 and "/nonexistent/token" in gone.stderr


def program(home, body):
    """A program in the home directory that does what the body says."""
    path = home.path / "tool with blanks"
    path.write_text(f"#!{sys.executable}\nimport json, sys\n{body}\n")
    path.chmod(0o700)
    return f"'{path}'"


def printed(caller, **more):
    return json.dumps(
        {
            "Version": 1,
            "AccessKeyId": caller.access_key_id,
            "SecretAccessKey": caller.secret_access_key,
            "SessionToken": caller.session_token,
            **more,
        }
    )


def test_a_program_prints_credentials(home, session):
    tool = program(home, f"assert sys.argv[1:] == ['$HOME', 'a b'], sys.argv\nprint({printed(session, Expiration=stamp(3600))!r})")
    home.config(f'[profile p]\ncredential_process = {tool} $HOME "a b"\n')
    for name in BOTH:
        assert home.who(name, "p") == session.arn
    # A role behind it.
    tool = program(home, f"print({printed(session)!r})")
    home.config(f"[profile p]\ncredential_process = {tool}\n[profile q]\nrole_arn = arn:aws:iam::000000000000:role/no\nsource_profile = p\n")
    denied = home.run("locum", *WHO, profile="q")
    assert denied.returncode == 254 and "when calling the AssumeRole operation" in denied.stderr


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("sys.exit('out of luck')", "Error when retrieving credentials from custom-process: out of luck"),
        (
            "print(json.dumps({'Version': 3}))",
            "Error when retrieving credentials from custom-process: Unsupported version '3' for credential process provider, "
            "supported versions: 1",
        ),
        (
            "print(json.dumps({'Version': 1, 'AccessKeyId': 'K'}))",
            "Error when retrieving credentials from custom-process: Missing required key in response: 'SecretAccessKey'",
        ),
    ],
)
def test_a_program_fails_in_the_words_of_the_original(home, body, sentence):
    home.config(f"[profile p]\ncredential_process = {program(home, body)}\n")
    for name in BOTH:
        done = home.run(name, *WHO, profile="p")
        assert done.returncode == 255 and sentence in done.stderr, (name, done.stderr)


def test_a_program_cannot_drive_the_terminal(home):
    home.config(f"[profile p]\ncredential_process = {program(home, 'sys.exit(chr(27) + chr(0x9b) + chr(0x202e))')}\n")
    done = home.run("locum", *WHO, profile="p")
    assert done.returncode == 255
    assert "\\x1b\\x9b\\u202e" in done.stderr and "\x1b" not in done.stderr


def test_no_program_is_run_for_a_file_that_others_may_write(home, session):
    home.config(f"[profile p]\ncredential_process = {program(home, f'print({printed(session)!r})')}\n")
    (home.path / ".aws/config").chmod(0o666)
    done = home.run("locum", *WHO, profile="p")
    assert done.returncode == 255 and "other users may write it" in done.stderr


def test_a_container(home, session):
    host = ContainerHost(session, "Basic container")
    try:
        (home.path / "token").write_text("Basic container")
        full = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{host.url}/credentials"}
        token = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic container"}
        file = {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(home.path / "token")}
        named = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://localhost:{host.port}/credentials"}
        # A proxy of the environment is none of a container's business.
        proxy = {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1", "NO_PROXY": home.server.host_and_port}
        assert home.who("v1", **full, **token) == session.arn
        for variables in (full | token, full | file, named | token):
            assert home.who("locum", **variables) == session.arn, variables
        host.failures = 2
        done = home.run("locum", "sts", "get-caller-identity", **full, **token, **proxy, AWS_ENDPOINT_URL=home.server.url)
        assert "container-role" not in done.stderr, done.stderr
        host.seen.clear()
        host.failures = 0
        for url in ("http://example.com/", f"http://127.0.0.1:{host.port}@example.com/", "ftp://127.0.0.1/"):
            done = home.run("locum", *WHO, AWS_CONTAINER_CREDENTIALS_FULL_URI=url, **token)
            assert done.returncode == 255 and "container-role" in done.stderr, done.stderr
        assert host.seen == []
        # A redirection is an answer that is no success.
        done = home.run("locum", *WHO, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{host.url}/elsewhere", **token)
        assert done.returncode == 255 and "Received non 200 response 302" in done.stderr
        assert set(host.paths()) == {"GET /elsewhere"}
    finally:
        host.stop()


@pytest.mark.parametrize(("version", "variables", "found"), [
    (2, {}, True),
    (1, {}, False),
    (1, {"AWS_EC2_METADATA_V1_DISABLED": "false"}, True),
    (2, {"AWS_EC2_METADATA_DISABLED": "true"}, False),
])  # fmt: skip
def test_an_instance(home, session, version, variables, found):
    host = InstanceHost(session, version)
    try:
        here = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": host.url, **variables}
        done = home.run("locum", *WHO, **here)
        if found:
            assert done.stdout.strip() == session.arn, done.stderr
        else:
            assert done.returncode == 253 and "Unable to locate credentials" in done.stderr
        asked = host.paths()
        if variables.get("AWS_EC2_METADATA_DISABLED") == "true":
            assert asked == []
        else:
            assert asked[0] == "PUT /latest/api/token"
        if version == 2 and found:
            assert home.who("v1", **here) == session.arn
    finally:
        host.stop()


def test_an_instance_tells_the_region_where_nobody_else_does(home, session):
    host = InstanceHost(session)
    try:
        here = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": host.url, "AWS_DEFAULT_REGION": ""}
        done = home.run("locum", *WHO, "--debug", **here)
        assert done.stdout.strip() == session.arn and "signed for eu-test-1" in done.stderr, done.stderr
        # A key of the environment needs no instance, but its call needs a region.
        mine = {"AWS_ACCESS_KEY_ID": session.access_key_id, "AWS_SECRET_ACCESS_KEY": session.secret_access_key, "AWS_SESSION_TOKEN": session.session_token}
        before = len(host.paths())
        assert home.run("locum", *WHO, **here, **mine).stdout.strip() == session.arn
        assert all("security-credentials" not in path for path in host.paths()[before:])
        before = len(host.paths())
        assert home.run("locum", *WHO, "--region", "us-east-1", **here, **mine).returncode == 0
        assert host.paths()[before:] == []
        done = home.run("locum", *WHO, **here | mine | {"AWS_EC2_METADATA_DISABLED": "true"})
        assert done.returncode == 253 and "You must specify a region" in done.stderr
    finally:
        host.stop()


SSO_SESSION = (
    "[sso-session corp]\nsso_start_url = https://corp.test/start\nsso_region = us-east-1\n"
    "[profile p]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Ops\n"
    "[profile other]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Other\n"
)
SSO_LEGACY = (
    "[profile p]\nsso_start_url = https://corp.test/start\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = Ops\n"
)


def signed_in(home, name, lasting, token="first"):
    """What `aws sso login` leaves behind."""
    directory = home.path / ".aws/sso/cache"
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{hashlib.sha1(name.encode()).hexdigest()}.json"
    kept = {
        "startUrl": "https://corp.test/start", "region": "us-east-1", "accessToken": token, "expiresAt": stamp(lasting),
        "clientId": "client", "clientSecret": "secret", "registrationExpiresAt": stamp(86400), "refreshToken": "refresh-0",
    }  # fmt: skip
    path.write_text(json.dumps(kept))
    path.chmod(0o600)
    return path


@pytest.fixture
def center(session):
    host = IdentityCenter(session)
    yield host
    host.stop()


def there(center):
    return {"AWS_ENDPOINT_URL_SSO": center.url, "AWS_ENDPOINT_URL_SSO_OIDC": center.url}


@pytest.mark.parametrize("program", BOTH)
def test_identity_center(home, session, center, program):
    home.config(SSO_SESSION)
    signed_in(home, "corp", 7200)
    assert home.who(program, "p", **there(center)) == session.arn
    denied = home.run(program, *WHO, profile="other", **there(center))
    assert "(ForbiddenException) when calling the GetRoleCredentials operation: No access" in denied.stderr
    home.config(SSO_LEGACY)
    signed_in(home, "https://corp.test/start", 7200)
    assert home.who(program, "p", **there(center)) == session.arn


@pytest.mark.parametrize(("first", "second"), [("locum", "v1"), ("v1", "locum")])
def test_a_renewed_token_is_shared(home, session, center, first, second):
    """A refresh token is good once; the second program has to find what the first one left."""
    home.config(SSO_SESSION)
    path = signed_in(home, "corp", 60, token="over")
    assert home.who(first, "p", **there(center)) == session.arn
    kept = json.loads(path.read_text())
    assert (kept["accessToken"], kept["refreshToken"]) == ("renewed-1", "refresh-1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for entry in home.entries():
        entry.unlink()
    assert home.who(second, "p", **there(center)) == session.arn
    assert center.renewals == 1


def test_identity_center_refuses_in_the_words_of_the_original(home, center):
    home.config(SSO_SESSION)
    for lasting, sentence in [
        (None, "Error loading SSO Token: Token for corp does not exist"),
        (7200, "The SSO session associated with this profile has expired or is otherwise invalid."),
    ]:
        if lasting:
            signed_in(home, "corp", lasting, token="unknown")
        for name in BOTH:
            done = home.run(name, *WHO, profile="p", **there(center))
            assert done.returncode == 255 and sentence in done.stderr, (name, done.stderr)


BROKEN = {
    "loop": "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = q\n"
    "[profile q]\nrole_arn = arn:aws:iam::123456789012:role/y\nsource_profile = p\n",
    "no such source": "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = nope\n",
    "two sources": "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = p\ncredential_source = Environment\n",
    "no source": "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\n",
    "unknown source": "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\ncredential_source = Nowhere\n",
    "half a key": "[profile p]\naws_access_key_id = AKIA\n",
    "half of single sign-on": "[profile p]\nsso_account_id = 1\n",
    "no session": "[profile p]\nsso_session = no\nsso_account_id = 1\nsso_role_name = x\n",
    "web identity without a role": "[profile p]\nweb_identity_token_file = /t\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_in_the_words_of_the_original(home, name):
    home.config(BROKEN[name])
    ours, theirs = (home.run(program, *WHO, profile="p") for program in BOTH)
    sentence = theirs.stderr.strip().removeprefix("aws: [ERROR]: ")
    assert ours.returncode == 255
    assert sentence and ours.stderr.strip().removeprefix("aws: [ERROR]: ") == sentence


def test_a_login_goes_on(home, session, account):
    """Ten commands renew it once, and the next finds it renewed."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    name = "arn:aws:iam::123456789012:user/me"
    home.config(f"[profile p]\nlogin_session = {name}\n")
    path = home.path / f".aws/login/cache/{hashlib.sha256(name.encode()).hexdigest()}.json"
    path.parent.mkdir(parents=True)
    over = {"accessKeyId": "OVER", "secretAccessKey": "s", "sessionToken": "t", "accountId": account, "expiresAt": stamp(60)}
    kept = {"accessToken": over, "refreshToken": "refresh-0", "clientId": "c", "dpopKey": pem.decode(), "idToken": "i"}
    path.write_text(json.dumps(kept))
    path.chmod(0o600)
    host = SignIn(session)
    try:
        here = {"AWS_ENDPOINT_URL_SIGNIN": host.url}
        processes = [home.begin("locum", *WHO, profile="p", **here) for _ in range(10)]
        done = [process.communicate(timeout=120) for process in processes]
        assert {stdout.strip() for stdout, _ in done} == {session.arn}, done
        assert len(host.proofs) == 1
        after = json.loads(path.read_text())
        assert (after["refreshToken"], after["idToken"], after["accessToken"]["accountId"]) == ("refresh-1", "i", account)
        # A session that is over says what to do.
        path.write_text(json.dumps(kept))
        done = home.run("locum", *WHO, profile="p", **here)
        assert done.returncode == 255 and "Please reauthenticate using 'aws login'." in done.stderr
    finally:
        host.stop()


def test_a_cache_that_cannot_be_written_is_survived(home, alice, role, account):
    home.config(f"[profile p]\nrole_arn = {role.arn}\nsource_profile = alice\n")
    home.credentials(alice=alice.caller)
    (home.path / ".aws/cli").write_text("a file in the place of the directory")
    assert re.fullmatch(assumed(role, account), home.who("locum", "p"))
    # No home at all, and files elsewhere.
    files = {f"AWS_{kind}_FILE": str(home.path / ".aws" / name) for kind, name in (("CONFIG", "config"), ("SHARED_CREDENTIALS", "credentials"))}
    assert re.fullmatch(assumed(role, account), home.who("locum", "p", HOME="", **files))


def test_secrets_are_not_debugged(home, alice, role):
    home.config(f"[profile p]\nrole_arn = {role.arn}\nsource_profile = alice\n")
    home.credentials(alice=alice.caller)
    done = home.run("locum", *WHO, "--debug", profile="p")
    [entry] = home.entries()
    kept = json.loads(entry.read_text())["Credentials"]
    assert "credentials: assume-role: chosen" in done.stderr
    for secret in (alice.caller.secret_access_key, kept["SecretAccessKey"], kept["SessionToken"]):
        assert secret not in done.stderr
