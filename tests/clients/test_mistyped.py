"""What every command of locum's own has in common: an option of the caller that makes no sense is told in one line and ends with
the status of a wrong command line, whichever command it is given to."""

import pytest

from server import REGION, run_locum

MESSAGE = "A" * 100
COMMANDS = {
    "apply": ["apply", "a.yaml", "--yes"],
    "export": ["export"],
    "revoke": ["revoke", "root"],
    "whoami": ["whoami"],
    "doctor": ["doctor"],
    "token": ["token", "prod"],
    "decode": ["decode", MESSAGE],
    "env": ["env"],
    "serve-credentials": ["serve-credentials"],
    "console": ["console"],
    "login": ["login"],
    "exec": ["exec"],
}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": REGION, "SHELL": "/bin/sh"}


OPTIONS = [
    ("--endpoint-url", "nowhere"),
    ("--external-id", "x"),
    ("--role", "admin"),
    ("--frobnicate",),
    ("--region", "no region!"),
    ("--region", ""),
    ("--ca-bundle", "/nonexistent/ca.pem"),
    ("--ca-bundle", "a.yaml"),
]
PROFILE = """[default]
locum_oidc_issuer = https://127.0.0.1:1
locum_oidc_client_id = locum
locum_role_arn = arn:aws:iam::123456789012:role/r
"""


OF_LOGIN = [
    ("--role-arn", "admin"),
    ("--role-arn", ""),
    ("--duration-seconds", "1"),
    ("--oidc-flow", "magic"),
    ("--oidc-issuer", "http://idp.example.com"),
    ("--oidc-redirect-url", "http://idp.example.com/"),
]


@pytest.mark.parametrize("option", OF_LOGIN)
def test_a_mistyped_option_of_login(tmp_path, option):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(PROFILE)
    done = run_locum("login", *option, home=tmp_path, **KEYS)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1) and option[0] in done.stderr, done


@pytest.mark.parametrize(
    "command, option",
    [(command, option) for command in COMMANDS for option in OPTIONS if command != "login" or option[0] != "--external-id"],
)
def test_a_mistyped_option(tmp_path, command, option):
    (tmp_path / "a.yaml").write_text("account: {}\n")
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(PROFILE)
    program = ["--", "true"] if command == "exec" else []
    done = run_locum(*COMMANDS[command], *option, *program, home=tmp_path, **KEYS)
    assert done.returncode == (125 if command == "exec" else 2), done
    assert done.stdout == "" and done.stderr.count("\n") == 1 and option[0] in done.stderr, done
    # That is said for scripts of `aws`, which do not run these commands.
    assert "An error occurred" not in done.stderr
