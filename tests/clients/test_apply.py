"""`locum apply`, `locum export` and `locum serve --apply` against a real server, seen through boto3."""

import json
import random
import re
import subprocess
import time
from pathlib import Path

import pytest

from conftest import create_account
from server import BINARY, Server, clean_environment, run_locum
from world import allow, make_user, policy

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = Path(__file__).parents[2] / "docs/schema/locum.schema.json"
EVERYONE = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "${locum:account}"}, "Action": "sts:AssumeRole"}}
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}


@pytest.fixture
def fresh(tmp_path):
    """A server of a test's own, with an administrator that is no root user."""
    server = Server(tmp_path / "server")
    server.admin = make_user(server.root, allow("*")).caller
    yield server
    if server.process.poll() is None:
        server.stop()


def run(command, caller, home, *words, timeout=120):
    arguments = [command, *words, "--endpoint-url", caller.server.url]
    return run_locum(*arguments, home=home, timeout=timeout, **caller.variables())


def apply(caller, home, described, *words, status=0):
    """Applies a description and returns what was printed."""
    if isinstance(described, dict):
        file = home / "described.json"
        file.write_text(json.dumps(described))
        described = file
    done = run("apply", caller, home, described, "--yes", *words)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def names(client, operation, member, key):
    pages = client.get_paginator(operation).paginate()
    return {found[key] for page in pages for found in page[member]}


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.iterdir()))
def test_examples_apply_and_then_there_is_nothing_to_do(fresh, tmp_path, example):
    first = apply(fresh.admin, tmp_path, EXAMPLES / example)
    assert "applied: " in first and "created" in first
    assert apply(fresh.admin, tmp_path, EXAMPLES / example) == "Everything is as described.\n"


def test_what_was_described_is_what_boto3_sees(fresh, tmp_path):
    apply(fresh.admin, tmp_path, EXAMPLES / "lakehouse.yaml")
    iam = fresh.root.iam
    role = iam.get_role(RoleName="query-engine")["Role"]
    assert role["Path"] == "/lake/" and role["MaxSessionDuration"] == 43200
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(":policy/lake/lake-boundary")
    assert role["Tags"] == [{"Key": "purpose", "Value": "queries"}]
    assert role["AssumeRolePolicyDocument"]["Statement"]["Principal"]["AWS"].endswith(":user/lake/ada")
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName="ada")["Groups"]] == ["engineers"]
    attached = iam.list_attached_role_policies(RoleName="deploy")["AttachedPolicies"]
    assert {p["PolicyName"] for p in attached} == {"lake-write", "SecurityAudit"}
    profile = iam.get_instance_profile(InstanceProfileName="query-engine")["InstanceProfile"]
    assert [r["RoleName"] for r in profile["Roles"]] == ["query-engine"]
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 16
    assert len(iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]) == 1
    assert iam.list_access_keys(UserName="ada")["AccessKeyMetadata"] == []


def test_changes_are_planned_and_made(fresh, tmp_path):
    def described(**more):
        role = {"trust": EVERYONE, "policies": ["p"], "tags": {"a": "1", "b": "2"}, "inline": {"i": READ}, **more}
        return {"account": {"policies": {"p": {"document": READ}, "q": {"document": READ}}, "roles": {"r": role}}}

    apply(fresh.admin, tmp_path, described())
    changed = {**READ, "Statement": [{**READ["Statement"][0], "Action": "s3:List*"}]}
    second = described(policies=["q", "aws:ReadOnlyAccess"], tags={"b": "3"}, description="x", inline={"i": changed})
    second["account"]["policies"]["p"]["document"] = changed
    told = apply(fresh.admin, tmp_path, second)
    for line in (
        "  ~ policy p\n", "  ~ role r\n", "- policy p\n", "+ policy q\n", "+ policy aws:ReadOnlyAccess\n",
        "- tag a\n", "~ tag b = 3\n", '~ description "x"\n', "~ inline policy i\n", '"Action": "s3:List*"',
    ):
        assert line in told, told
    assert apply(fresh.admin, tmp_path, second) == "Everything is as described.\n"
    role = fresh.root.iam.get_role(RoleName="r")["Role"]
    assert role["Description"] == "x" and role["Tags"] == [{"Key": "b", "Value": "3"}]
    # Five versions is the most there can be; the oldest goes.
    for number in range(6):
        more = {**READ, "Statement": [{**READ["Statement"][0], "Sid": f"S{number}"}]}
        apply(fresh.admin, tmp_path, {"account": {"policies": {"p": {"document": more}}}})
    arn = f"arn:aws:iam::{fresh.account}:policy/p"
    assert len(fresh.root.iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 5


def test_a_denied_request_leaves_everything_as_it_was(fresh, tmp_path):
    rights = allow(["iam:Get*", "iam:List*", "iam:CreateUser", "iam:CreateGroup"])
    limited = make_user(fresh.root, rights).caller
    described = {"account": {"groups": {"g": {}}, "users": {"u": {}}, "roles": {"r": {"trust": EVERYONE}}}}
    before = names(fresh.root.iam, "list_users", "Users", "UserName")
    told = apply(limited, tmp_path, described, status=1)
    assert "role r: CreateRole: AccessDenied: User: " in told and "is not authorized to perform: iam:CreateRole" in told
    assert names(fresh.root.iam, "list_users", "Users", "UserName") == before
    assert names(fresh.root.iam, "list_groups", "Groups", "GroupName") == set()
    # It is told before anybody is asked, too.
    shown = run("apply", limited, tmp_path, tmp_path / "described.json", "--dry-run")
    assert shown.returncode == 1 and "+ role r" in shown.stdout


def test_dry_runs_and_the_lack_of_a_terminal(fresh, tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("account:\n  users:\n    u: {}\n")
    shown = run("apply", fresh.admin, tmp_path, file, "--dry-run", "--output", "json")
    answer = json.loads(shown.stdout)
    assert shown.returncode == 3 and answer["applied"] is False
    assert [change["what"] for change in answer["plans"][0]["changes"]] == ["user u"]
    refused = run("apply", fresh.admin, tmp_path, file)
    assert refused.returncode == 2 and "--yes" in refused.stderr and refused.stdout == ""
    assert "u" not in names(fresh.root.iam, "list_users", "Users", "UserName")
    done = run("apply", fresh.admin, tmp_path, file, "--yes", "--output", "json")
    assert done.returncode == 0 and json.loads(done.stdout)["applied"] is True
    assert run("apply", fresh.admin, tmp_path, file, "--dry-run").returncode == 0


def test_files_that_are_wrong_are_told_with_their_place(tmp_path):
    def told(**files):
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        paths = [name.replace("_", ".") for name in files]
        done = run_locum("apply", *paths, "--yes", home=tmp_path)
        assert done.returncode == 2 and done.stdout == "", done
        return done.stderr

    assert "a.yaml:3:9: there is no value here" in told(a_yaml="account:\n  alias: x\n  groups: \n")
    assert "a.yaml:4:7: unknown field `grups`" in told(a_yaml="account:\n  users:\n    u:\n      grups: []\n")
    assert "a.toml:2:8: a list is wanted here" in told(a_toml="[account.users.u]\ngroups='x'\n")
    assert "a.json:1:" in told(a_json='{"account": {"users": {"u": {}, "u": {}}}}')
    twice = told(a_yaml="account:\n  users:\n    u: {}\n", b_yaml="account:\n  users:\n    v: {}\n    u: {}\n")
    assert "b.yaml:4:5: `account.users.u` is described a second time, after a.yaml:3:5" in twice
    assert "cannot read missing.json" in told(a_yaml="account:\n  policies:\n    p: {document: 'file:missing.json'}\n")
    assert run_locum("apply", "absent.yaml", "--yes", home=tmp_path).returncode == 2


def test_names_do_not_drive_the_terminal(fresh, tmp_path):
    done = run_locum("apply", "\x1b[2J\x9b.yaml", "--yes", home=tmp_path)
    assert done.returncode == 2 and r"cannot read \x1b[2J\x9b.yaml" in done.stderr, done
    described = {"account": {"groups": {"g": {"inline": {"i": {**READ, "Id": "a\x9b2J\u202eb\U000e0041"}}}}}}
    file = tmp_path / "described.json"
    file.write_text(json.dumps(described))
    for words in ((), ("--output", "json")):
        shown = run("apply", fresh.admin, tmp_path, file, "--dry-run", *words)
        assert not set("\x9b\u202e\U000e0041") & set(shown.stdout + shown.stderr), shown


def test_files_are_named_from_below_the_file_that_names_them_only(fresh, tmp_path):
    inside = tmp_path / "inside"
    (inside / "more").mkdir(parents=True)
    (tmp_path / "secret.json").write_text(json.dumps({**READ, "Id": "secret"}))
    (inside / "more" / "p.json").write_text(json.dumps(READ))
    (inside / "out").symlink_to(tmp_path / "secret.json")
    (inside / "link").symlink_to("more/p.json")
    file = inside / "a.yaml"
    for path, told in (
        (tmp_path / "secret.json", "it is not below the directory of the file that names it"),
        ("../secret.json", "it is not below the directory"),
        ("out", "it is not below the directory"),
        ("/dev/stdin", "it is not below the directory"),
        ("more", "it is no regular file"),
        ("gone.json", "No such file"),
    ):
        file.write_text(f"account: {{policies: {{p: {{document: 'file:{path}'}}}}}}")
        shown = run("apply", fresh.admin, tmp_path, file, "--dry-run")
        assert shown.returncode == 2 and told in shown.stderr and shown.stdout == "", shown
    for path in ("more/p.json", "link", "more/../link"):
        file.write_text(f"account: {{policies: {{p: {{document: 'file:{path}'}}}}}}")
        assert run("apply", fresh.admin, tmp_path, file, "--dry-run").returncode == 3


def test_prune_removes_what_a_described_section_does_not_mention(fresh, tmp_path):
    iam = fresh.root.iam
    iam.create_group(GroupName="old-group")
    iam.create_user(UserName="old-user")
    iam.add_user_to_group(GroupName="old-group", UserName="old-user")
    iam.create_access_key(UserName="old-user")
    arn = iam.create_policy(PolicyName="old-policy", PolicyDocument=policy(allow("s3:Get*")))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="old-user", PolicyArn=arn)
    iam.put_user_policy(UserName="old-user", PolicyName="inline", PolicyDocument=policy(allow("s3:Get*")))
    iam.create_role(RoleName="old-role", AssumeRolePolicyDocument=json.dumps(EVERYONE).replace("${locum:account}", fresh.account))
    iam.attach_role_policy(RoleName="old-role", PolicyArn=arn)
    described = {"account": {"users": {"kept": {}}, "groups": {}, "policies": {}}}
    apply(fresh.admin, tmp_path, described)
    assert {"old-user", "kept"} <= names(iam, "list_users", "Users", "UserName")
    told = apply(fresh.admin, tmp_path, described, "--prune")
    own = fresh.admin.arn.rsplit("/", 1)[1]
    held = "policy old-policy: role old-role has it, whose policies are not described (kept)"
    for line in ("- user old-user\n", "- access key\n", "- group old-group\n", f"user {own}: it is the caller's own (kept)", held):
        assert line in told, told
    assert names(iam, "list_users", "Users", "UserName") == {"kept", own}
    assert names(iam, "list_groups", "Groups", "GroupName") == set()
    # Roles are not described, so the role keeps what it has.
    assert [policy["PolicyName"] for policy in iam.list_attached_role_policies(RoleName="old-role")["AttachedPolicies"]] == ["old-policy"]
    assert "(kept)" in apply(fresh.admin, tmp_path, described, "--prune")
    told = apply(fresh.admin, tmp_path, {"account": {"roles": {}, "policies": {}}}, "--prune")
    assert "- role old-role\n" in told and "- policy old-policy\n" in told


def test_an_export_makes_another_deployment_the_same(fresh, tmp_path):
    for example in ("lakehouse.yaml", "development.yaml", "on-call.toml"):
        apply(fresh.admin, tmp_path, EXAMPLES / example)
    written = {}
    for form in ("yaml", "json", "toml"):
        exported = run("export", fresh.root, tmp_path, "--format", form)
        assert exported.returncode == 0, exported.stderr
        assert fresh.account not in exported.stdout
        written[form] = exported.stdout
    other = Server(tmp_path / "other")
    try:
        for form, text in written.items():
            file = tmp_path / f"export.{form}"
            file.write_text(text)
            apply(other.root, tmp_path, file)
            assert apply(other.root, tmp_path, file) == "Everything is as described.\n", form
            # What one format says, the others say too.
            assert run("export", other.root, tmp_path, "--format", form).stdout == text
    finally:
        other.stop()


def test_an_organization_is_applied_and_exported(fresh, tmp_path):
    apply(fresh.admin, tmp_path, EXAMPLES / "organization.json")
    organizations = fresh.root.organizations
    accounts = {account["Name"]: account["Id"] for account in organizations.list_accounts()["Accounts"]}
    assert {"data", "tools", "playground"} <= set(accounts)
    parent = organizations.list_parents(ChildId=accounts["data"])["Parents"][0]
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent["Id"])["OrganizationalUnit"]
    assert unit["Name"] == "Europe"
    exported = run("export", fresh.admin, tmp_path, "--all")
    assert exported.returncode == 0, exported.stderr
    assert not any(number in exported.stdout for number in accounts.values())
    file = tmp_path / "all.yaml"
    file.write_text(exported.stdout)
    assert apply(fresh.admin, tmp_path, file) == "Everything is as described.\n"
    other = Server(tmp_path / "other")
    try:
        admin = make_user(other.root, allow("*")).caller
        apply(admin, tmp_path, file)
        assert apply(admin, tmp_path, file) == "Everything is as described.\n"
    finally:
        other.stop()


def test_units_and_attachments_change_and_are_pruned(fresh, tmp_path):
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    organization = {
        "policyTypes": ["SERVICE_CONTROL_POLICY"],
        "serviceControlPolicies": {"x": {"document": everything}},
        "units": {"A": {"units": {"B": {}}}, "C": {}},
    }
    account = {"email": "m@example.com", "unit": "A/B", "serviceControlPolicies": ["x"], "fullAccess": False, "tags": {"a": "b"}}
    first = {"organization": organization, "accounts": {"m": account}}
    apply(fresh.admin, tmp_path, first)
    assert apply(fresh.admin, tmp_path, first) == "Everything is as described.\n"
    number = next(a["Id"] for a in fresh.root.organizations.list_accounts()["Accounts"] if a["Name"] == "m")

    def attached():
        found = fresh.root.organizations.list_policies_for_target(TargetId=number, Filter="SERVICE_CONTROL_POLICY")
        return {policy["Name"] for policy in found["Policies"]}

    assert attached() == {"x"}
    left = {"organization": {"serviceControlPolicies": {}, "units": {"C": {}}}, "accounts": {"m": {"serviceControlPolicies": [], "fullAccess": True}}}
    second = {"document": everything}
    on_root = {"organization": {"serviceControlPolicies": {"y": second}, "root": {"serviceControlPolicies": ["y"]}, "units": {"C": {"serviceControlPolicies": ["y"]}}}}
    told = apply(fresh.admin, tmp_path, on_root)
    assert "  + service control policy y\n      + document\n" in told and '"Action": "*"' in told
    told = apply(fresh.admin, tmp_path, left, "--prune")
    assert "service control policy y: root has it, and no written list takes it away (kept)" in told
    nothing = {"serviceControlPolicies": []}
    left["organization"] |= {"root": nothing, "units": {"C": nothing}}
    told += apply(fresh.admin, tmp_path, left, "--prune")
    assert "  - service control policy y\n" in told and "~ root\n" in told and "~ unit C\n" in told
    assert "- service control policy x" in told and "unit A/B: there are accounts in it (kept)" in told
    assert attached() == {"FullAWSAccess"}
    left["accounts"]["m"]["unit"] = "C"
    told = apply(fresh.admin, tmp_path, left, "--prune")
    assert "- unit A/B\n" in told and "- unit A\n" in told and "~ unit C\n" in told
    assert apply(fresh.admin, tmp_path, left, "--prune") == "Everything is as described.\n"


def test_a_unit_with_a_slash_in_its_name_is_told(fresh, tmp_path):
    organizations = fresh.root.organizations
    described = {"organization": {"units": {"Prod": {"units": {"Europe": {}}}}}}
    apply(fresh.admin, tmp_path, described)
    root = organizations.list_roots()["Roots"][0]["Id"]
    made = organizations.create_organizational_unit(ParentId=root, Name="Prod/Europe")["OrganizationalUnit"]["Id"]
    told = apply(fresh.admin, tmp_path, described, status=1)
    assert "`Prod/Europe` may be one unit or one in another" in told and made in told
    organizations.update_organizational_unit(OrganizationalUnitId=made, Name="Prod-Europe")
    assert apply(fresh.admin, tmp_path, described) == "Everything is as described.\n"


def test_a_member_account_is_entered_by_its_role(fresh, tmp_path):
    made = create_account(fresh.root, "member")
    described = {"accounts": {"member": {"users": {"u": {"inline": {"own": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:iam::${locum:account}:user/u"}],
    }}}}}}}
    told = apply(fresh.admin, tmp_path, described)
    assert f"applied: account member ({made['AccountId']})" in told
    exported = run("export", fresh.admin, tmp_path, "--account", "member", "--format", "json")
    user = json.loads(exported.stdout)["account"]["users"]["u"]
    assert user["inline"]["own"]["Statement"][0]["Resource"] == "arn:aws:iam::${locum:account}:user/u"
    # The root user may not assume roles, and is told so.
    assert "a root user cannot enter other accounts" in apply(fresh.root, tmp_path, described, status=1)


def test_numbers_of_accounts_that_are_made_reach_those_that_are_there(fresh, tmp_path):
    deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::${locum:account/new}-*"}}
    new = {"email": "new@example.com", "policies": {"p": {"document": deny}}, "roles": {"r": {"trust": EVERYONE, "policies": ["p"], "boundary": "p"}}}
    described = {"account": {"users": {"u": {"inline": {"i": deny}}}}, "accounts": {"new": new}}
    told = apply(fresh.admin, tmp_path, described)
    number = next(a["Id"] for a in fresh.root.organizations.list_accounts()["Accounts"] if a["Name"] == "new")
    assert f"applied: account new ({number})" in told
    found = fresh.root.iam.get_user_policy(UserName="u", PolicyName="i")["PolicyDocument"]
    assert found["Statement"]["Resource"] == f"arn:aws:s3:::{number}-*"
    assert apply(fresh.admin, tmp_path, described) == "Everything is as described.\n"
    wrong = {"account": {"users": {"u": {"tags": {"a": "${locum:account}"}}}}}
    assert "only documents have placeholders" in apply(fresh.admin, tmp_path, wrong, status=1)


def test_an_account_that_is_made_is_entered_by_the_role_that_was_named(fresh, tmp_path):
    trusted = json.loads(json.dumps(EVERYONE).replace("${locum:account}", "arn:aws:iam::${locum:account}:role/r"))
    described = {"accounts": {"new": {"email": "new@example.com", "users": {"u": {}}, "roles": {"r": {"trust": trusted}}}}}
    told = apply(fresh.admin, tmp_path, described, "--role-name", "Keeper")
    assert "+ entered by role Keeper\n" in told and "~ trust, as shown above\n" in told
    assert apply(fresh.admin, tmp_path, described, "--role-name", "Keeper") == "Everything is as described.\n"
    exported = run("export", fresh.admin, tmp_path, "--account", "new", "--role-name", "Keeper", "--format", "json")
    assert list(json.loads(exported.stdout)["account"]["roles"]) == ["r"]


def test_an_exported_organization_with_everything_applies_at_once(fresh, tmp_path):
    deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::${locum:account/data}:role/x"}}
    organization = {
        "policyTypes": ["SERVICE_CONTROL_POLICY"],
        "serviceControlPolicies": {"p": {"document": deny}},
        "units": {"U": {"serviceControlPolicies": ["p"]}},
        "delegatedAdministrators": {"data": ["sso.amazonaws.com"]},
    }
    described = {"organization": organization, "accounts": {"data": {"email": "data@example.com", "unit": "U"}}}
    apply(fresh.admin, tmp_path, described)
    assert apply(fresh.admin, tmp_path, described) == "Everything is as described.\n"
    exported = run("export", fresh.admin, tmp_path, "--all").stdout
    assert "arn:aws:iam::${locum:account/data}:role/x" in exported
    file = tmp_path / "all.yaml"
    file.write_text(exported)
    other = Server(tmp_path / "other")
    try:
        admin = make_user(other.root, allow("*")).caller
        apply(admin, tmp_path, file)
        assert apply(admin, tmp_path, file) == "Everything is as described.\n"
    finally:
        other.stop()


def test_a_name_that_several_accounts_have_means_none_of_them(fresh, tmp_path):
    trust = json.loads(json.dumps(EVERYONE).replace("${locum:account}", "arn:aws:iam::${locum:account/tools}:root"))
    described = {"account": {"roles": {"r": {"trust": trust}}}, "accounts": {"tools": {"email": "tools@example.com"}}}
    apply(fresh.admin, tmp_path, {"accounts": described["accounts"]})
    apply(fresh.admin, tmp_path, described)
    organizations = fresh.root.organizations
    number = next(a["Id"] for a in organizations.list_accounts()["Accounts"] if a["Name"] == "tools")

    def trusted():
        return fresh.root.iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]["Statement"]["Principal"]["AWS"]

    assert trusted() == f"arn:aws:iam::{number}:root"
    # Whoever may create accounts makes another of that name.
    other = organizations.create_account(AccountName="tools", Email="other@example.com")["CreateAccountStatus"]["AccountId"]
    told = apply(fresh.admin, tmp_path, described, status=1)
    assert "several accounts are named tools; use the number" in told
    assert trusted() == f"arn:aws:iam::{number}:root"
    by_number = json.loads(json.dumps({**described, "accounts": {number: {}}}).replace("/tools}", f"/{number}}}"))
    assert apply(fresh.admin, tmp_path, by_number) == "Everything is as described.\n"
    exported = run("export", fresh.admin, tmp_path, "--account", "tools")
    assert exported.returncode == 1 and "several accounts are named tools" in exported.stderr
    # A name that looks like a number is no number.
    organizations.create_account(AccountName="444455556666", Email="digits@example.com")
    by_number["accounts"] = {"444455556666": {"tags": {"a": "b"}}}
    assert "there is no such account" in apply(fresh.admin, tmp_path, by_number, status=1)
    # One that was closed has no name any more.
    organizations.close_account(AccountId=other)
    assert apply(fresh.admin, tmp_path, described) == "Everything is as described.\n"


def numbered(generation):
    """Sixty things whose tags and documents all say the same number."""
    document = {"Version": "2012-10-17", "Statement": [{"Sid": f"G{generation}", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    tags = {"generation": str(generation)}
    return {
        "account": {
            "policies": {f"p{n}": {"document": document, "tags": tags} for n in range(20)},
            "users": {f"u{n}": {"tags": tags, "inline": {"i": document}} for n in range(20)},
            "roles": {f"r{n}": {"trust": EVERYONE, "tags": tags, "policies": [f"p{n}"]} for n in range(20)},
        }
    }


def generations(iam):
    """The numbers that are found, which must be one, on all things or none."""
    found, count = set(), 0
    for operation, member, key, get in (
        ("list_users", "Users", "UserName", lambda name: iam.list_user_tags(UserName=name)),
        ("list_roles", "Roles", "RoleName", lambda name: iam.list_role_tags(RoleName=name)),
    ):
        for name in names(iam, operation, member, key):
            if re.fullmatch(r"[ur]\d+", name):
                found |= {tag["Value"] for tag in get(name)["Tags"]}
                count += 1
    assert count in (0, 40), count
    assert len(found) == (1 if count else 0), found
    return found


def start(caller, home, file):
    environment = clean_environment(home, **caller.variables())
    command = [BINARY, "apply", str(file), "--yes", "--endpoint-url", caller.server.url]
    return subprocess.Popen(command, env=environment, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_command_that_is_killed_leaves_all_or_nothing(fresh, tmp_path):
    file = tmp_path / "numbered.json"
    file.write_text(json.dumps(numbered(0)))
    started = time.monotonic()
    assert start(fresh.admin, tmp_path, file).wait() == 0
    usual = time.monotonic() - started
    last = generations(fresh.root.iam)
    for generation in range(1, 11):
        file.write_text(json.dumps(numbered(generation)))
        process = start(fresh.admin, tmp_path, file)
        time.sleep(random.uniform(0, usual * 1.2))
        process.kill()
        process.communicate()
        # What was sent may still be on its way.
        time.sleep(0.3)
        now = generations(fresh.root.iam)
        assert now in (last, {str(generation)})
        last = now
    apply(fresh.admin, tmp_path, file)
    assert generations(fresh.root.iam) == {"10"}


def test_a_server_that_is_killed_comes_back_with_all_or_nothing(tmp_path):
    server = Server(tmp_path / "server")
    file = tmp_path / "numbered.json"
    last = set()
    for generation in range(6):
        file.write_text(json.dumps(numbered(generation)))
        process = start(server.root, tmp_path, file)
        if generation % 2:
            process.wait()
        else:
            time.sleep(random.uniform(0.05, 0.8))
        server.kill()
        code = process.wait()
        process.communicate()
        server = Server(tmp_path / "server")
        now = generations(server.root.iam)
        assert now in (last, {str(generation)})
        if code == 0:
            assert now == {str(generation)}, "what was told to be applied is gone"
        last = now
    server.stop()


def test_a_server_is_made_what_a_file_describes_before_it_listens(tmp_path):
    files = [EXAMPLES / "development.yaml", EXAMPLES / "organization.json"]
    words = [word for file in files for word in ("--apply", file)]
    server = Server(tmp_path / "server", *words)
    assert "alice" in names(server.root.iam, "list_users", "Users", "UserName")
    admin = make_user(server.root, allow("*")).caller
    for file in files:
        assert apply(admin, tmp_path, file) == "Everything is as described.\n"
    server.stop()
    # A second start finds nothing to do, and a file that is wrong ends it.
    Server(tmp_path / "server", *words).stop()
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("account:\n  users:\n    u: {policies: [nothing]}\n")
    data = tmp_path / "server" / "data"
    done = run_locum("serve", "--data", data, "--listen", "127.0.0.1:0", "--apply", wrong, home=tmp_path)
    assert done.returncode == 1 and "ready" not in done.stdout
    assert "--apply: account" in done.stderr and "there is no policy `nothing`" in done.stderr
    wrong.write_text("acount: {}\n")
    new = tmp_path / "new"
    done = run_locum("serve", "--data", new, "--listen", "127.0.0.1:0", "--apply", wrong, home=tmp_path)
    assert done.returncode == 1 and "wrong.yaml:1:1: unknown field `acount`" in done.stderr
    assert not new.exists()


def test_the_schema_is_printed_and_holds_for_the_examples(tmp_path):
    printed = run_locum("apply", "--schema", home=tmp_path)
    assert printed.returncode == 0 and printed.stdout == SCHEMA.read_text()
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(printed.stdout))
    validator.validate(json.loads((EXAMPLES / "organization.json").read_text()))
    assert list(validator.iter_errors({"account": {"users": {"u": {"password": "x"}}}}))


def test_what_is_not_locum_has_no_transactions(tmp_path):
    done = run_locum("apply", EXAMPLES / "on-call.toml", "--yes", home=tmp_path, AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="x", AWS_REGION="us-east-1")
    assert done.returncode == 1 and "AWS itself has no transactions" in done.stderr
