"""`locum sts X` against `aws sts X` (version 2): the same stdout in every format, and the same exit status.

Fresh credentials differ between two calls, so every character of theirs is masked by one of its kind: the length,
and with it the width of a table, is still compared.
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from commands import run
from oidc_issuers import AUDIENCE, Registered
from world import TAGGING, make_role, make_user, policy, allow, refused, trusting

FORMATS = ("json", "text", "table", "yaml")
PROGRAMS = ("locum", "v2")

CALLS = {
    "get-caller-identity": "",
    "get-access-key-info": "--access-key-id {key}",
    "assume-role": "--role-arn {role} --role-session-name parity",
    "assume-role with tags": "--role-arn {role} --role-session-name parity --tags Key=team,Value=blue Key=cost,Value= "
    "--transitive-tag-keys team --duration-seconds 900",
    "assume-role with a policy": "--role-arn {role} --role-session-name parity --policy {policy} --policy-arns arn={managed}",
    "assume-role-with-web-identity": "--role-arn {trusting} --role-session-name parity --web-identity-token {token}",
    "get-session-token": "--duration-seconds 900",
    "get-federation-token": "--name Bob",
    "decode-authorization-message": "--encoded-message={sealed}",
}

QUERIES = {
    "one value": "sts get-caller-identity --query Account --output text",
    "one value in json": "sts get-caller-identity --query Account",
    "one value in yaml": "sts get-caller-identity --query Account --output yaml",
    "nothing found": "sts get-caller-identity --query Nothing",
    "nothing found in text": "sts get-caller-identity --query Nothing --output text",
    "nothing found in table": "sts get-caller-identity --query Nothing --output table",
    "a list": "sts get-caller-identity --query [Account,Arn] --output text",
    "a list in table": "sts get-caller-identity --query [Account,Arn] --output table",
    "a hash": "sts get-caller-identity --query {{a:Account,b:Arn}}",
    "a hash in yaml": "sts get-caller-identity --query {{b:Arn,a:Account}} --output yaml",
    "of credentials": "sts assume-role --role-arn {role} --role-session-name parity --query Credentials.[AccessKeyId,SecretAccessKey,SessionToken] --output text",
    "abbreviated flags": "sts get-access-key-info --access-key {key} --outp text",
    "flag=value": "sts get-access-key-info --access-key-id={key} --output=text",
    "from json": 'sts get-access-key-info --cli-input-json {{"AccessKeyId":"{key}"}}',
    "from yaml": 'sts get-access-key-info --cli-input-yaml {{"AccessKeyId":"{key}"}}',
    "from yaml and a flag": "sts get-access-key-info --cli-input-yaml {{AccessKeyId}} --access-key-id {key}",
    "a stream": "sts get-caller-identity --output yaml-stream",
    "one value in a stream": "sts get-caller-identity --query Account --output yaml-stream",
    "nothing found in a stream": "sts get-caller-identity --query Nothing --output yaml-stream",
    "no prompt": "sts get-caller-identity --no-cli-auto-prompt --no-cli-pager --cli-binary-format base64",
    "an alias": "who --query Arn",
    "an alias with options": "who-text",
    "an alias of an operation": "sts me",
    "an alias that is a script": "script a$b it's",
}

DENIED = "denied by the server"

FAILURES = {
    DENIED: "sts assume-role --role-arn {closed} --role-session-name parity",
    "refused by the server": "sts assume-role --role-arn {role} --role-session-name parity --duration-seconds 43201",
    "no such message": "sts decode-authorization-message --encoded-message abcdef",
    "missing parameter": "sts assume-role --role-arn {role}",
    "all parameters missing": "sts assume-role",
    "unknown operation": "sts assume-rule",
    "no operation": "sts",
    "unknown option": "sts get-caller-identity --frobnicate",
    "too short": "sts assume-role --role-arn 1 --role-session-name parity",
    "below the minimum": "sts get-session-token --duration-seconds 1",
    "not a number": "sts get-session-token --duration-seconds soon",
    "no such file": "sts assume-role --role-arn {role} --role-session-name parity --policy file:///nonexistent",
    "bad shorthand": "sts assume-role --role-arn {role} --role-session-name parity --policy-arns bare",
    "bad query": "sts get-caller-identity --query foo[",
    "bad format": "sts get-caller-identity --output xml",
    "unknown profile": "sts get-caller-identity --profile nobody",
    "json and yaml": "sts get-access-key-info --cli-input-json {{}} --cli-input-yaml {{}}",
    "yaml that is no map": "sts get-access-key-info --cli-input-yaml [a]",
    "yaml that is none": "sts get-access-key-info --cli-input-yaml [a",
    "a key twice in yaml": "sts get-access-key-info --cli-input-yaml {{a:1,a:2}}",
    "wrong type in yaml": 'sts get-access-key-info --cli-input-yaml {{"AccessKeyId":12345678901234567890}}',
    "no such example": "sts get-caller-identity --generate-cli-skeleton xml",
    "output without parameters": "sts assume-role --generate-cli-skeleton output",
    "prompt and no prompt": "sts get-caller-identity --cli-auto-prompt --no-cli-auto-prompt",
    "an alias with a profile": "spy",
    "an alias that is no line": "broken",
    "a script that fails": "fail",
}

ALIASES = """\
[toplevel]
who = sts get-caller-identity
who-text = who --output text
script = !printf '%s|'
spy = sts get-caller-identity --profile other
broken = sts 'get-caller-identity
fail = !exit 7;
[command sts]
me = get-caller-identity --query Arn --output text
"""

# The recorded statuses of version 2 (facts: cli §1.6); what is not here is a mistake on the command line, 252.
FAILURE_STATUS = {
    DENIED: 254,
    "refused by the server": 254,
    "no such message": 254,
    "not a number": 255,
    "unknown profile": 255,
    "an alias with a profile": 255,
    "an alias that is no line": 255,
    "a script that fails": 7,
}


def masked(text):
    """Hides what a fresh session has of its own, character by character."""

    def like(kind):
        return lambda found: kind * len(found.group())

    text = re.sub(r"[A-Za-z0-9+/=_-]{120,}", like("T"), text)
    text = re.sub(r"\bASIA[A-Z2-7]{16}\b", like("K"), text)
    text = re.sub(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])", like("S"), text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", like("D"), text)


@pytest.fixture(scope="module")
def world(root, admin, account, issuers, nobody):
    cluster = Registered(root, issuers["parity"].start(), AUDIENCE)
    token = cluster.issuer.token()
    cluster.ask(nobody, token)
    with refused("AccessDenied") as refusal:
        make_user(root).sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/absent-role", RoleSessionName="no")
    managed = root.iam.create_policy(PolicyName="parity", PolicyDocument=policy(allow("*")))["Policy"]["Arn"]
    return {
        "key": admin.caller.access_key_id,
        "role": make_role(root, trusting(admin.arn, *TAGGING)).arn,
        "closed": make_role(root, trusting(admin.arn)).arn,
        "trusting": cluster.role.arn,
        "token": token,
        "managed": managed,
        "policy": policy(allow("iam:ListUsers")).replace(" ", ""),
        "sealed": refusal.headers["x-locum-authorization-message"],
    }


def both(words, home, caller, **variables):
    """What the two programs do with the same words."""
    return [run(program, *words, home=home, caller=caller, **variables) for program in PROGRAMS]


def fill(line, world):
    return [word.format_map(world) for word in line.split()]


@pytest.fixture(scope="module")
def answers(root, admin, world, tmp_path_factory):
    """Every case below, begun at once on two threads: `aws` costs a second, the tests wait only for theirs."""
    home = tmp_path_factory.mktemp("parity")
    (home / ".aws/cli").mkdir(parents=True)
    (home / ".aws/cli/alias").write_text(ALIASES)
    nobody = make_user(root).caller
    cases = {(call, output): f"sts {call.split()[0]} {CALLS[call]} --output {output}" for call in CALLS for output in FORMATS}
    cases |= QUERIES | FAILURES
    pool = ThreadPoolExecutor(2)
    yield {
        name: pool.submit(both, fill(line, world), home, nobody if name == DENIED else admin.caller)
        for name, line in cases.items()
    }
    pool.shutdown(cancel_futures=True)


def same(ours, theirs, status):
    assert theirs.returncode == status, theirs.stderr
    assert ours.returncode == theirs.returncode, ours.stderr
    assert masked(ours.stdout) == masked(theirs.stdout)


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("call", CALLS)
def test_operation(answers, call, output):
    ours, theirs = answers[call, output].result()
    same(ours, theirs, 0)
    assert ours.stdout.strip() and ours.stderr == ""


@pytest.mark.parametrize("name", QUERIES)
def test_query_and_flags(answers, name):
    same(*answers[name].result(), 0)


@pytest.mark.parametrize("name", FAILURES)
def test_failure(answers, name):
    ours, theirs = answers[name].result()
    same(ours, theirs, FAILURE_STATUS.get(name, 252))
    assert ours.stdout == "" and (ours.stderr.strip() or name == "a script that fails")
    assert "panicked" not in ours.stderr


def test_the_denial_says_the_same(answers):
    ours, theirs = answers[DENIED].result()
    said = theirs.stderr.strip()
    assert said.startswith("An error occurred (AccessDenied) when calling the AssumeRole operation: User: ")
    assert said in ours.stderr


def test_no_credentials_and_no_server(root, tmp_path):
    words = ["sts", "get-caller-identity", "--region", "us-east-1", "--endpoint-url", root.server.url]
    same(*both(words, tmp_path, None), 253)
    words[-1] = "http://127.0.0.1:1"
    ours, theirs = both(words, tmp_path, None, AWS_MAX_ATTEMPTS="1", **root.variables())
    same(ours, theirs, 255)


def test_skeletons(admin, tmp_path):
    """The template of an operation's input needs no server and no credentials."""
    for operation in ("assume-role", "get-federation-token", "get-caller-identity"):
        ours, theirs = both(["sts", operation, "--generate-cli-skeleton"], tmp_path, admin.caller)
        assert (ours.returncode, theirs.returncode) == (0, 0), ours.stderr
        known = json.loads(theirs.stdout)
        # The declaration here is newer than Debian's: what theirs has, ours has.
        assert {name: json.loads(ours.stdout).get(name) for name in known} == known


def outline(text):
    """A YAML example without what the help says."""
    return re.sub(r"(# (\[REQUIRED\])?).*", r"\1", text)


@pytest.mark.parametrize("operation", ("assume-role", "get-federation-token", "get-session-token", "get-caller-identity"))
def test_yaml_skeletons(admin, tmp_path, operation):
    ours, theirs = both(["sts", operation, "--generate-cli-skeleton", "yaml-input"], tmp_path, admin.caller)
    assert (ours.returncode, theirs.returncode) == (0, 0), ours.stderr
    if theirs.stdout == "{}\n":
        assert ours.stdout == theirs.stdout
    else:
        assert outline(ours.stdout).startswith(outline(theirs.stdout).removesuffix("{}\n"))
    # What is printed can be read again; nothing is required of it but the least lengths.
    again = run("locum", "sts", operation, "--cli-input-yaml", ours.stdout, home=tmp_path, caller=admin.caller)
    assert again.returncode == (0 if operation == "get-caller-identity" else 252)
    assert "Unknown parameter" not in again.stderr and "Invalid type" not in again.stderr


def test_profile_and_region_from_files(admin, account, tmp_path):
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text(
        f"[deploy]\naws_access_key_id = {admin.caller.access_key_id}\naws_secret_access_key = {admin.caller.secret_access_key}\n"
    )
    (folder / "config").write_text("[profile deploy]\nregion = us-east-1\noutput = yaml\n")
    words = ["sts", "get-caller-identity", "--profile", "deploy", "--endpoint-url", admin.caller.server.url]
    ours, theirs = both(words, tmp_path, None)
    same(ours, theirs, 0)
    assert f"'{account}'" in ours.stdout
