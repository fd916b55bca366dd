"""Both versions of the unmodified `aws` command, one call for every operation.

A command costs most of a second, so the two versions walk through their list at the same time, once; each test then
looks at one recorded answer.
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from authenticators import Authenticator
from commands import run
from world import allow, make_role, make_user, policy, refused, trusting, unique

VERSIONS = ("v1", "v2")
DOCUMENT = policy(allow("iam:ListUsers"))
OTHER = policy(allow("iam:ListRoles"))

# (operation, arguments, a path of keys into the answer that must be there); `{…}` is filled from the world of the version.
STEPS = [
    ("sts get-caller-identity", "", "Arn"),
    ("sts get-access-key-info", "--access-key-id {key}", "Account"),
    ("sts assume-role", "--role-arn {role_arn} --role-session-name cli", "Credentials.SessionToken"),
    ("sts get-session-token", "--duration-seconds 900", "Credentials.SessionToken"),
    ("sts get-federation-token", "--name Bob", "FederatedUser.Arn"),
    ("sts decode-authorization-message", "--encoded-message={sealed}", "DecodedMessage"),
    ("iam create-user", "--user-name {user} --tags Key=team,Value=blue", "User.UserId"),
    ("iam get-user", "--user-name {user}", "User.Arn"),
    ("iam list-users", "--page-size 2", "Users"),
    ("iam update-user", "--user-name {user} --new-path /cli/", None),
    ("iam create-access-key", "--user-name {user}", "AccessKey.SecretAccessKey"),
    ("iam list-access-keys", "--user-name {user}", "AccessKeyMetadata"),
    ("iam update-access-key", "--user-name {user} --access-key-id {made_key} --status Inactive", None),
    ("iam delete-access-key", "--user-name {user} --access-key-id {made_key}", None),
    ("iam tag-user", "--user-name {user} --tags Key=cost,Value=42", None),
    ("iam list-user-tags", "--user-name {user}", "Tags"),
    ("iam untag-user", "--user-name {user} --tag-keys cost", None),
    ("iam create-policy", "--policy-name {policy} --policy-document {document}", "Policy.Arn"),
    ("iam get-policy", "--policy-arn {policy_arn}", "Policy.PolicyId"),
    ("iam list-policies", "--scope Local", "Policies"),
    ("iam create-policy-version", "--policy-arn {policy_arn} --policy-document {other}", "PolicyVersion.VersionId"),
    ("iam list-policy-versions", "--policy-arn {policy_arn}", "Versions"),
    ("iam get-policy-version", "--policy-arn {policy_arn} --version-id v2", "PolicyVersion.Document.Statement"),
    ("iam set-default-policy-version", "--policy-arn {policy_arn} --version-id v2", None),
    ("iam delete-policy-version", "--policy-arn {policy_arn} --version-id v1", None),
    ("iam put-user-policy", "--user-name {user} --policy-name inline --policy-document {document}", None),
    ("iam get-user-policy", "--user-name {user} --policy-name inline", "PolicyDocument.Statement"),
    ("iam list-user-policies", "--user-name {user}", "PolicyNames"),
    ("iam delete-user-policy", "--user-name {user} --policy-name inline", None),
    ("iam attach-user-policy", "--user-name {user} --policy-arn {policy_arn}", None),
    ("iam list-attached-user-policies", "--user-name {user}", "AttachedPolicies"),
    ("iam detach-user-policy", "--user-name {user} --policy-arn {policy_arn}", None),
    ("iam put-user-permissions-boundary", "--user-name {user} --permissions-boundary {policy_arn}", None),
    ("iam delete-user-permissions-boundary", "--user-name {user}", None),
    ("iam create-role", "--role-name {role} --assume-role-policy-document {trust}", "Role.RoleId"),
    ("iam get-role", "--role-name {role}", "Role.AssumeRolePolicyDocument.Statement"),
    ("iam list-roles", "--page-size 2", "Roles"),
    ("iam update-role", "--role-name {role} --max-session-duration 7200", None),
    ("iam update-assume-role-policy", "--role-name {role} --policy-document {trust}", None),
    ("iam tag-role", "--role-name {role} --tags Key=cost,Value=42", None),
    ("iam list-role-tags", "--role-name {role}", "Tags"),
    ("iam untag-role", "--role-name {role} --tag-keys cost", None),
    ("iam put-role-policy", "--role-name {role} --policy-name inline --policy-document {document}", None),
    ("iam get-role-policy", "--role-name {role} --policy-name inline", "PolicyDocument.Statement"),
    ("iam list-role-policies", "--role-name {role}", "PolicyNames"),
    ("iam delete-role-policy", "--role-name {role} --policy-name inline", None),
    ("iam attach-role-policy", "--role-name {role} --policy-arn {policy_arn}", None),
    ("iam list-attached-role-policies", "--role-name {role}", "AttachedPolicies"),
    ("iam detach-role-policy", "--role-name {role} --policy-arn {policy_arn}", None),
    ("iam put-role-permissions-boundary", "--role-name {role} --permissions-boundary {policy_arn}", None),
    ("iam delete-role-permissions-boundary", "--role-name {role}", None),
    ("iam create-saml-provider", "--name {user} --saml-metadata-document file://metadata.xml", "SAMLProviderArn"),
    ("iam get-saml-provider", "--saml-provider-arn {saml_arn}", "SAMLMetadataDocument"),
    ("iam list-saml-providers", "", "SAMLProviderList"),
    ("iam update-saml-provider", "--saml-provider-arn {saml_arn} --saml-metadata-document file://metadata.xml", "SAMLProviderArn"),
    ("iam tag-saml-provider", "--saml-provider-arn {saml_arn} --tags Key=cost,Value=42", None),
    ("iam list-saml-provider-tags", "--saml-provider-arn {saml_arn}", "Tags"),
    ("iam untag-saml-provider", "--saml-provider-arn {saml_arn} --tag-keys cost", None),
    ("iam delete-saml-provider", "--saml-provider-arn {saml_arn}", None),
    (
        "iam create-open-id-connect-provider",
        "--url https://{user}.example.com --client-id-list a b --thumbprint-list {thumbprint}",
        "OpenIDConnectProviderArn",
    ),
    ("iam get-open-id-connect-provider", "--open-id-connect-provider-arn {oidc_arn}", "ClientIDList"),
    ("iam list-open-id-connect-providers", "", "OpenIDConnectProviderList"),
    ("iam add-client-id-to-open-id-connect-provider", "--open-id-connect-provider-arn {oidc_arn} --client-id c", None),
    ("iam remove-client-id-from-open-id-connect-provider", "--open-id-connect-provider-arn {oidc_arn} --client-id a", None),
    (
        "iam update-open-id-connect-provider-thumbprint",
        "--open-id-connect-provider-arn {oidc_arn} --thumbprint-list {thumbprint}",
        None,
    ),
    ("iam tag-open-id-connect-provider", "--open-id-connect-provider-arn {oidc_arn} --tags Key=cost,Value=42", None),
    ("iam list-open-id-connect-provider-tags", "--open-id-connect-provider-arn {oidc_arn}", "Tags"),
    ("iam untag-open-id-connect-provider", "--open-id-connect-provider-arn {oidc_arn} --tag-keys cost", None),
    ("iam delete-open-id-connect-provider", "--open-id-connect-provider-arn {oidc_arn}", None),
    (
        "iam create-virtual-mfa-device",
        "--virtual-mfa-device-name {user} --outfile seed --bootstrap-method Base32StringSeed",
        "VirtualMFADevice.SerialNumber",
    ),
    ("iam tag-mfa-device", "--serial-number {serial} --tags Key=cost,Value=42", None),
    ("iam list-mfa-device-tags", "--serial-number {serial}", "Tags"),
    ("iam untag-mfa-device", "--serial-number {serial} --tag-keys cost", None),
    (
        "iam enable-mfa-device",
        "--user-name {user} --serial-number {serial} --authentication-code1 {codes[0]} --authentication-code2 {codes[1]}",
        None,
    ),
    ("iam list-mfa-devices", "--user-name {user}", "MFADevices"),
    ("iam get-mfa-device", "--serial-number {serial} --user-name {user}", "SerialNumber"),
    ("iam list-virtual-mfa-devices", "--assignment-status Assigned", "VirtualMFADevices"),
    (
        "iam resync-mfa-device",
        "--user-name {user} --serial-number {serial} --authentication-code1 {codes[2]} --authentication-code2 {codes[3]}",
        None,
    ),
    ("iam deactivate-mfa-device", "--user-name {user} --serial-number {serial}", None),
    ("iam delete-virtual-mfa-device", "--serial-number {serial}", None),
    ("iam enable-outbound-web-identity-federation", "", "IssuerIdentifier"),
    ("iam get-outbound-web-identity-federation-info", "", "IssuerIdentifier"),
    ("iam disable-outbound-web-identity-federation", "", None),
    ("iam enable-organizations-root-credentials-management", "", "OrganizationId"),
    ("iam enable-organizations-root-sessions", "", "EnabledFeatures"),
    ("iam list-organizations-features", "", "EnabledFeatures"),
    ("iam disable-organizations-root-sessions", "", "OrganizationId"),
    ("iam disable-organizations-root-credentials-management", "", "OrganizationId"),
    ("iam delete-role", "--role-name {role}", None),
    ("iam delete-policy", "--policy-arn {policy_arn}", None),
    ("iam delete-user", "--user-name {user}", None),
    ("organizations describe-organization", "", "Organization.MasterAccountId"),
    ("organizations list-accounts", "", "Accounts"),
    ("organizations create-account", "--account-name {user} --email {user}@example.com", "CreateAccountStatus.Id"),
    ("organizations describe-create-account-status", "--create-account-request-id {request}", "CreateAccountStatus.State"),
    ("organizations describe-account", "--account-id {account}", "Account.Arn"),
]

# What Debian's version 2 is too old for.
NEWER = re.compile(r"iam (get-mfa-device|\S+-outbound-web-identity-\S+|\S+-organizations-(root|features)\S*)$")


def known(version):
    """The steps that a version can take."""
    return [step for step in STEPS if version == "v1" or not NEWER.match(step[0])]


# (name, operation, arguments, code): refused by the server, as somebody without any permission.
DENIALS = [
    ("AssumeRole", "sts assume-role", "--role-arn {closed_arn} --role-session-name cli", "AccessDenied"),
    ("GetAccessKeyInfo", "sts get-access-key-info", "--access-key-id {key}", "AccessDenied"),
    ("ListUsers", "iam list-users", "", "AccessDenied"),
    ("ListAccounts", "organizations list-accounts", "", "AccessDenied"),
]


def dig(answer, path):
    for key in path.split("."):
        answer = answer[key]
    return answer


def world_of(version, root, admin, account):
    with refused("AccessDenied") as refusal:
        make_user(root).sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/absent-role", RoleSessionName="no")
    return {
        "key": admin.caller.access_key_id,
        "role_arn": make_role(root, trusting(admin.arn)).arn,
        "closed_arn": make_role(root, trusting(admin.arn)).arn,
        "sealed": refusal.headers["x-locum-authorization-message"],
        "user": unique(f"cli-{version}"),
        "role": unique(f"cli-{version}"),
        "policy": unique(f"cli-{version}"),
        "document": DOCUMENT,
        "other": OTHER,
        "trust": trusting(admin.arn),
        "account": account,
        "thumbprint": "ab" * 20,
    }


def fill(arguments, world):
    return [word.format_map(world) for word in arguments.split()]


def walk(version, world, caller, nobody, home):
    """Runs every step in order and returns what each gave."""
    recorded = {}
    for operation, arguments, _ in known(version):
        done = run(version, *operation.split(), *fill(arguments, world), "--output", "json", home=home, caller=caller)
        recorded[operation] = done
        answer = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else {}
        if operation == "iam create-access-key":
            world["made_key"] = answer.get("AccessKey", {}).get("AccessKeyId", "missing")
        elif operation == "iam create-policy":
            world["policy_arn"] = answer.get("Policy", {}).get("Arn", "missing")
        elif operation == "iam create-saml-provider":
            world["saml_arn"] = answer.get("SAMLProviderArn", "missing")
        elif operation == "iam create-open-id-connect-provider":
            world["oidc_arn"] = answer.get("OpenIDConnectProviderArn", "missing")
        elif operation == "iam create-virtual-mfa-device":
            world["serial"] = answer.get("VirtualMFADevice", {}).get("SerialNumber", "missing")
            authenticator = Authenticator((home / "seed").read_text())
            # Two pairs, so that the second is newer than the first.
            world["codes"] = [*authenticator.pair(), authenticator.code(), authenticator.code()]
        elif operation == "organizations create-account":
            world["request"] = answer.get("CreateAccountStatus", {}).get("Id", "missing")
    for name, operation, arguments, _ in DENIALS:
        recorded["denied", name] = run(version, *operation.split(), *fill(arguments, world), home=home, caller=nobody)
    return recorded


@pytest.fixture(scope="module")
def recorded(root, admin, account, saml_idp_pysaml2, tmp_path_factory):
    nobody = make_user(root).caller
    worlds = {version: world_of(version, root, admin, account) for version in VERSIONS}
    homes = {version: tmp_path_factory.mktemp(version) for version in VERSIONS}
    for home in homes.values():
        (home / "metadata.xml").write_text(saml_idp_pysaml2.metadata)
    with ThreadPoolExecutor(len(VERSIONS)) as pool:
        walks = {
            version: pool.submit(walk, version, worlds[version], admin.caller, nobody, homes[version]) for version in VERSIONS
        }
        return {version: future.result() for version, future in walks.items()}


@pytest.mark.parametrize(
    ("version", "operation", "path"),
    [(version, operation, path) for version in VERSIONS for operation, _, path in known(version)],
)
def test_operation(recorded, version, operation, path):
    done = recorded[version][operation]
    assert done.returncode == 0, done.stderr
    if path is None:
        assert done.stdout == ""
    else:
        assert dig(json.loads(done.stdout), path)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("name", "code"), [(name, code) for name, _, _, code in DENIALS])
def test_denial(recorded, version, name, code):
    done = recorded[version]["denied", name]
    assert done.returncode == {"v1": 255, "v2": 254}[version], done.stderr
    assert done.stdout == ""
    assert f"An error occurred ({code}" in done.stderr and f"when calling the {name} operation" in done.stderr


def test_the_endpoint_variable_is_enough(admin, tmp_path):
    """`AWS_ENDPOINT_URL` is known to version 1 from PyPI; Debian's version 2 is older than the variable."""
    done = run(
        "v1", "sts", "get-caller-identity", "--query", "Arn", "--output", "text",
        home=tmp_path, AWS_ENDPOINT_URL=admin.caller.server.url, **admin.caller.variables(),
    )
    assert (done.returncode, done.stdout) == (0, admin.arn + "\n"), done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_the_credentials_file_of_the_first_start(server, account, tmp_path, version):
    """The file that the server writes is one that `aws` reads."""
    done = run(
        version, "sts", "get-caller-identity", "--query", "Arn", "--output", "text",
        home=tmp_path, url=server.url, AWS_SHARED_CREDENTIALS_FILE=str(server.data / "credentials"), AWS_DEFAULT_REGION="us-east-1",
    )
    assert (done.returncode, done.stdout) == (0, f"arn:aws:iam::{account}:root\n"), done.stderr


def test_a_profile_that_assumes_a_role(root, admin, account, tmp_path):
    """The command's own role chain, from a config file (Debian's version 2 would ask AWS: it has no setting for it)."""
    role = make_role(root, trusting(admin.arn))
    config = tmp_path / ".aws" / "config"
    config.parent.mkdir()
    config.write_text(
        f"[profile base]\naws_access_key_id = {admin.caller.access_key_id}\n"
        f"aws_secret_access_key = {admin.caller.secret_access_key}\nregion = us-east-1\n"
        f"[profile deploy]\nrole_arn = {role.arn}\nsource_profile = base\nrole_session_name = deploy\nregion = us-east-1\n"
    )
    done = run(
        "v1", "sts", "get-caller-identity", "--profile", "deploy", "--query", "Arn", "--output", "text",
        home=tmp_path, AWS_ENDPOINT_URL=root.server.url,
    )
    expected = f"arn:aws:sts::{account}:assumed-role/{role.name}/deploy\n"
    assert (done.returncode, done.stdout) == (0, expected), done.stderr
