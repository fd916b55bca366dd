"""Tools for people with many profiles: aws-mfa and awsume, on boto3. They write and print credentials for other tools."""

import subprocess
import sys
from pathlib import Path

import pytest

from homes import Home, Protected
from server import Caller
from world import allow, make_role, not_authorized, trusting

BINARIES = Path(sys.executable).parent


@pytest.fixture
def protected(root):
    # One each test: a device has two codes at hand, and then one every half minute.
    return Protected(root)


@pytest.fixture
def home(tmp_path, server):
    return Home(tmp_path, server)


def run(home, program, *words, typed=""):
    return subprocess.run(
        [BINARIES / program, *words], env=home.environment(), cwd=home.path, input=typed,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_aws_mfa(home, protected):
    user, role = protected.user, protected.role
    home.config("")
    home.credentials(**{"work-long-term": user.caller})

    def ask(code, *more):
        named = ("--profile", "work", "--device", protected.serial, "--duration", "900", "--force")
        return run(home, "aws-mfa", *named, *more, typed=f"{code}\n")

    refused = ask("000000")
    assert refused.returncode != 0 and "MultiFactorAuthentication failed with invalid MFA one time pass code" in refused.stdout
    done = ask(protected.authenticator.code())
    assert done.returncode == 0, done.stdout
    assert home.who("v1", "work") == user.arn
    done = ask(protected.authenticator.code(), "--assume-role", role.arn, "--role-session-name", "night")
    assert done.returncode == 0, done.stdout
    assert home.who("v1", "work").endswith(f":assumed-role/{role.name}/night")
    home.credentials(**{"work-long-term": Caller(home.server, user.caller.access_key_id, "wrong")})
    refused = ask("000000")
    assert refused.returncode != 0 and "(SignatureDoesNotMatch)" in refused.stdout


def awsumed(home, *words):
    """The caller that awsume would make of a shell."""
    done = run(home, "awsumepy", *words)
    assert done.stdout.startswith("Awsume "), done.stderr
    return Caller(home.server, *done.stdout.split()[1:4])


def test_awsume(root, home, protected):
    user = protected.user
    near = make_role(root, trusting(user.arn), allow("*"))
    far = make_role(root, trusting(near.arn), allow("*"))
    other = make_role(root, trusting(near.arn))
    home.config(
        f"[profile near]\nrole_arn = {near.arn}\nsource_profile = me\nrole_session_name = desk\n"
        f"[profile far]\nrole_arn = {far.arn}\nsource_profile = near\nrole_session_name = desk\n"
        f"[profile other]\nrole_arn = {other.arn}\nsource_profile = me\n"
        f"[profile guarded]\nrole_arn = {protected.role.arn}\nsource_profile = me\nmfa_serial = {protected.serial}\n"
        "role_session_name = desk\n"
    )
    home.credentials(me=user.caller)
    assert awsumed(home, "near").arn.endswith(f":assumed-role/{near.name}/desk")
    assert awsumed(home, "far").arn.endswith(f":assumed-role/{far.name}/desk")
    code = protected.authenticator.code()
    assert awsumed(home, "guarded", "--mfa-token", code).arn.endswith(f":assumed-role/{protected.role.name}/desk")
    refused = run(home, "awsumepy", "other")
    assert refused.returncode != 0 and not_authorized(user.arn, "sts:AssumeRole", other.arn) in refused.stderr
    home.credentials(me=Caller(home.server, user.caller.access_key_id, "wrong"))
    refused = run(home, "awsumepy", "near")
    assert refused.returncode != 0 and "(SignatureDoesNotMatch)" in refused.stderr
