"""`locum decode`: a denial's message, found in what was pasted, decoded by a service and told for a person."""

import json
import os
import pty
import subprocess
import textwrap

import pytest

from commands import run
from server import BINARY, clean_environment
from world import allow, deny, make_role, make_user, refused, trusting

MARKER = "Encoded authorization failure message: "
SENTENCE = "You are not authorized to perform this operation. " + MARKER


def of_aws():
    """What AWS's DecodeAuthorizationMessage answers, decoded."""

    def items(*values):
        return {"items": [{"value": value} for value in values]}

    return {
        "allowed": False,
        "explicitDeny": True,
        "matchedStatements": {
            "items": [
                {
                    "statementId": "OnlySmall",
                    "effect": "DENY",
                    "principals": items("AROAVW7XGDOWATIX2A3IA"),
                    "principalGroups": {"items": []},
                    "actions": items("ec2:RunInstances"),
                    "resources": items("*"),
                    "conditions": {
                        "items": [{"key": "ec2:InstanceType", "operator": "StringNotEquals", "values": items("t3.nano")}]
                    },
                }
            ]
        },
        "failures": {"items": []},
        "context": {
            "principal": {"id": "AROAVW7XGDOWATIX2A3IA:i-1", "arn": "arn:aws:sts::392971033516:assumed-role/Role/i-1"},
            "action": "ec2:RunInstances",
            "resource": "arn:aws:ec2:eu-north-1:392971033516:instance/*",
            "conditions": {"items": [{"key": "ec2:InstanceType", "values": items("t3.micro")}]},
        },
    }


@pytest.fixture(scope="module")
def denial(root):
    """Somebody who was denied, and the message about it."""
    user = make_user(root, deny("sts:AssumeRole", Sid="NoRoles"))
    role = make_role(root, trusting(root.arn))
    with refused("AccessDenied") as refusal:
        user.sts.assume_role(RoleArn=role.arn, RoleSessionName="denied")
    return user, role, refusal.headers["x-locum-authorization-message"]


def decode(home, *words, caller=None, pasted=None, **variables):
    command = [BINARY, "decode", *words]
    environment = clean_environment(home, **(caller.variables() if caller else {}))
    if caller:
        environment["AWS_ENDPOINT_URL"] = caller.server.url
    return subprocess.run(
        command, env={**environment, **variables}, cwd=home, input=pasted or "", capture_output=True, text=True, timeout=60
    )


def test_a_message_is_explained(tmp_path, root, denial):
    user, role, message = denial
    done = decode(tmp_path, message, caller=root)
    assert done.returncode == 0, done.stderr
    for line in [
        f"{user.arn} ({user.id})",
        "asked for sts:AssumeRole",
        f"on {role.arn}",
        "and was denied.",
        "Decided by: identity-based policy",
        "Policy: own",
        "Statement: 1 (NoRoles)",
        "The request's condition keys",
    ]:
        assert line in done.stdout.splitlines(), done.stdout


def test_for_a_program(tmp_path, root, denial):
    user, role, message = denial
    done = decode(tmp_path, "--output", "json", message, caller=root)
    told = json.loads(done.stdout)
    assert told["decision"] == "explicitDeny"
    assert told["principal"] == {"arn": user.arn, "id": user.id}
    assert (told["action"], told["resource"]) == ("sts:AssumeRole", role.arn)
    assert told["decidedBy"]["layer"] == "identity-based policy"
    assert told["decidedBy"]["statementId"] == "NoRoles"
    assert told["conditionKeys"]["aws:PrincipalArn"] == [user.arn]
    assert told["matchedStatements"][0]["effect"] == "DENY"


@pytest.mark.parametrize("before", ["", "> ", "│ "])
@pytest.mark.parametrize("width", [40, 79, 132])
def test_it_is_found_in_pasted_text(tmp_path, root, denial, width, before):
    lines = textwrap.wrap(SENTENCE + denial[2], width, break_on_hyphens=False)
    text = "Error: it failed\n\n" + "\n".join(before + line for line in lines) + "\n\nexit status 1\n"
    done = decode(tmp_path, caller=root, pasted=text)
    assert done.returncode == 0, done.stderr
    assert "asked for sts:AssumeRole" in done.stdout
    assert decode(tmp_path, "-", caller=root, pasted=text).stdout == done.stdout
    assert decode(tmp_path, text, caller=root).stdout == done.stdout


def test_the_other_reading_is_tried(tmp_path, root, denial):
    for after in ["exit 1", "ab3 status code: 403"]:
        done = decode(tmp_path, caller=root, pasted=f"{SENTENCE}{denial[2]}\n{after}\n")
        assert done.returncode == 0, (after, done.stderr)


def test_several_at_once(tmp_path, root, denial):
    user = make_user(root)
    with refused("AccessDenied") as refusal:
        user.iam.list_roles()
    other = refusal.headers["x-locum-authorization-message"]
    done = decode(tmp_path, caller=root, pasted=f"{SENTENCE}{denial[2]}\n\n{SENTENCE}{other}\n")
    assert done.returncode == 0, done.stderr
    asked = [line for line in done.stdout.splitlines() if line.startswith("asked for")]
    assert asked == ["asked for sts:AssumeRole", "asked for iam:ListRoles"]


def test_what_is_decoded_already_asks_nobody(tmp_path):
    document = json.dumps(of_aws())
    for text in [document, json.dumps({"DecodedMessage": document}), json.dumps(document)]:
        done = decode(tmp_path, pasted=text)
        assert done.returncode == 0, done.stderr
        assert "The statement OnlySmall denies it:" in done.stdout
        assert "It matches while StringNotEquals ec2:InstanceType t3.nano holds; the request had t3.micro." in done.stdout
    told = json.loads(decode(tmp_path, document, "--output=json").stdout)
    assert told["decision"] == "explicitDeny" and told["decidedBy"] is None
    assert told["conditionKeys"] == {"ec2:InstanceType": ["t3.micro"]}


def test_refusals(tmp_path, root, denial):
    _, _, message = denial
    nobody = make_user(root)
    for words, caller, status, says in [
        ((message,), nobody.caller, 1, "sts:DecodeAuthorizationMessage"),
        (("-" + message[1:],), root, 1, "cannot be decoded"),
        (("-7i6cGIOHlTkIaWHQD0Q0m6XSnuUMCm",), root, 1, "cannot be decoded"),
        (("it did not work",), root, 2, "no authorization message was found"),
        (('{"a": 1}',), None, 2, "not a decoded message"),
        (("--output", "xml", message), None, 2, "--output is text or json"),
        ((message, "--external-id", "x"), None, 2, "--external-id needs --role"),
        ((message, "--frob"), None, 2, "run `locum decode --help`"),
    ]:
        done = decode(tmp_path, *words, caller=caller)
        assert (done.returncode, done.stdout) == (status, ""), (words, done.stderr)
        assert done.stderr.startswith("locum: ") and says in done.stderr and done.stderr.count("\n") == 1, done.stderr


def on_a_terminal(home, caller, *words):
    """Runs a command whose standard error is a terminal, and returns what it showed."""
    controller, terminal = pty.openpty()
    environment = {**clean_environment(home, **caller.variables()), "AWS_ENDPOINT_URL": caller.server.url}
    process = subprocess.Popen([BINARY, *words], env=environment, cwd=home, stdin=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(controller, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(controller)
    process.wait(timeout=60)
    return shown.decode().replace("\r\n", "\n")


def test_a_denied_call_offers_it(tmp_path, root, denial):
    user, role, _ = denial
    shown = on_a_terminal(
        tmp_path, user.caller, "sts", "assume-role", "--role-arn", role.arn, "--role-session-name", "denied"
    )
    hint = shown.splitlines()[-1]
    assert hint.startswith("Why: locum decode ")
    done = decode(tmp_path, hint.split()[-1], caller=root)
    assert "Statement: 1 (NoRoles)" in done.stdout
    assert decode(tmp_path, caller=root, pasted=shown).stdout == done.stdout
    piped = run("locum", "sts", "assume-role", "--role-arn", role.arn, "--role-session-name", "d", home=tmp_path, caller=user.caller)
    assert "Why:" not in piped.stderr
