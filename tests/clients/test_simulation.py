"""The policy simulator, and that it says what enforcement does."""

import json

import pytest
from botocore.exceptions import ClientError

from commands import run
from world import NO_IDENTITY, allow, because, deny, make_role, make_user, policy, refused, trusting, unique

NOTE = "arn:aws:s3:::notes/today"


def entry(key, values, kind="string"):
    values = values if isinstance(values, list) else [values]
    return {"ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": kind}


def simulate(root, arn, *actions, **more):
    """The decisions by action."""
    answer = root.iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=list(actions), **more)
    assert not answer["IsTruncated"]
    return {result["EvalActionName"]: result["EvalDecision"] for result in answer["EvaluationResults"]}


def test_documented_example(root):
    """The policy, the request and the places are those of AWS's documentation."""
    document = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
        '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
    )
    [result] = root.iam.simulate_custom_policy(
        PolicyInputList=[document],
        ActionNames=["dynamodb:CreateBackup"],
        ContextEntries=[entry("aws:CurrentTime", "2019-04-25T11:00:00Z", "date")],
    )["EvaluationResults"]
    assert result == {
        "EvalActionName": "dynamodb:CreateBackup",
        "EvalResourceName": "*",
        "EvalDecision": "allowed",
        "MatchedStatements": [
            {
                "SourcePolicyId": "PolicyInputList.1",
                "SourcePolicyType": "IAM Policy",
                "StartPosition": {"Line": 1, "Column": 38},
                "EndPosition": {"Line": 1, "Column": 167},
            }
        ],
        "MissingContextValues": [],
    }
    [result] = root.iam.simulate_custom_policy(
        PolicyInputList=[document], ActionNames=["dynamodb:CreateBackup"]
    )["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny" and result["MatchedStatements"] == []
    assert result["MissingContextValues"] == ["aws:CurrentTime"]


def test_principal(root):
    tagged = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}
    user = make_user(root, allow("s3:Get*"), deny("s3:GetBucketAcl"), allow("s3:PutObject", **tagged))
    group = unique("group")
    root.iam.create_group(GroupName=group)
    root.iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=policy(allow("sqs:*")))
    root.iam.add_user_to_group(GroupName=group, UserName=user.name)
    actions = ["s3:GetObject", "s3:GetBucketAcl", "s3:PutObject", "sqs:SendMessage", "ec2:RunInstances"]
    assert simulate(root, user.arn, *actions) == {
        "s3:GetObject": "allowed",
        "s3:GetBucketAcl": "explicitDeny",
        "s3:PutObject": "implicitDeny",
        "sqs:SendMessage": "allowed",
        "ec2:RunInstances": "implicitDeny",
    }
    red = [entry("aws:PrincipalTag/team", "red")]
    assert simulate(root, user.arn, "s3:PutObject", ContextEntries=red) == {"s3:PutObject": "allowed"}
    excluded = [
        {"InlinePolicyIdentifier": {"PolicyName": "own", "AttachmentType": "group", "AttachmentName": "group-*"}}
    ]
    assert simulate(root, user.arn, "sqs:SendMessage", PolicyExclusionList=excluded) == {
        "sqs:SendMessage": "implicitDeny"
    }
    answer = root.iam.get_context_keys_for_principal_policy(PolicySourceArn=user.arn)
    assert answer["ContextKeyNames"] == ["aws:PrincipalTag/team"]


def test_resources_accounts_and_details(root, account):
    bucket = json.dumps({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:user/alice"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::notes/*",
        }],
    })
    parameters = dict(
        PolicyInputList=[policy(allow("s3:GetObject", "arn:aws:s3:::notes/today"))],
        PermissionsBoundaryPolicyInputList=[policy(allow("s3:*"))],
        OrderedOrganizationPolicyInputList=[
            {"ServiceControlPolicyInputList": [policy(allow("*"))]},
            {"ServiceControlPolicyInputList": [policy(allow("s3:*")), policy(allow("sts:*"))]},
        ],
        ActionNames=["s3:GetObject"],
        ResourceArns=[NOTE, "arn:aws:s3:::notes/other"],
        ResourcePolicy=bucket,
        CallerArn=f"arn:aws:iam::{account}:user/alice",
    )
    [result] = root.iam.simulate_custom_policy(**parameters)["EvaluationResults"]
    assert result["EvalDecision"] == "allowed" and result["EvalDecisionDetails"] == {}
    assert [of["EvalResourceName"] for of in result["ResourceSpecificResults"]] == parameters["ResourceArns"]
    assert {of["SourcePolicyType"] for of in result["MatchedStatements"]} == {"IAM Policy", "Resource Policy"}
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    # Of another account's bucket both sides must allow.
    parameters["ResourceOwner"] = "arn:aws:iam::999999999999:root"
    [result] = root.iam.simulate_custom_policy(**parameters)["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny"
    decisions = [
        (of["EvalResourceDecision"], of["EvalDecisionDetails"]["IAM Policy"]) for of in result["ResourceSpecificResults"]
    ]
    assert decisions == [("allowed", "allowed"), ("implicitDeny", "implicitDeny")]
    assert result["EvalDecisionDetails"] == {
        "IAM Policy": "implicitDeny",
        "Resource Policy": "allowed",
        "Permissions Boundary Policy": "allowed",
    }


def test_pages(root):
    user = make_user(root, allow("s3:*"))
    actions = [f"s3:Action{number}" for number in range(7)]
    document = policy(allow("s3:*"))
    for name, parameters in [
        ("simulate_principal_policy", {"PolicySourceArn": user.arn}),
        ("simulate_custom_policy", {"PolicyInputList": [document]}),
    ]:
        for size in (1, 3, 7, 1000):
            pages = root.iam.get_paginator(name).paginate(
                ActionNames=actions, PaginationConfig={"PageSize": size}, **parameters
            )
            pages = [page["EvaluationResults"] for page in pages]
            assert len(pages) == -(-7 // size)
            assert [of["EvalActionName"] for page in pages for of in page] == actions
            assert {of["EvalDecision"] for page in pages for of in page} == {"allowed"}
    marker = root.iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=actions, MaxItems=2)["Marker"]
    with refused("ValidationError", "Invalid Marker.", 400):
        root.iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=actions[1:], MaxItems=2, Marker=marker)


def test_every_type_of_value(root):
    operators = {
        "string": ("StringEquals", "x", "y"),
        "numeric": ("NumericLessThan", "5", "6"),
        "boolean": ("Bool", "true", "false"),
        "ip": ("IpAddress", "10.0.0.0/8", "11.0.0.1"),
        "binary": ("BinaryEquals", "AAE=", "AAI="),
        "date": ("DateLessThan", "2026-11-22", "2026-11-23"),
    }
    right = {"ip": "10.1.2.3", "numeric": "4", "date": "2026-11-21T10:00:00Z"}
    for kind, (operator, value, wrong) in operators.items():
        one = policy(allow("s3:GetObject", Condition={operator: {"a:key": value}}))
        many = policy(allow("s3:GetObject", Condition={f"ForAnyValue:{operator}": {"a:key": value}}))
        good = right.get(kind, value)
        for document, values, of, expected in [
            (one, good, kind, "allowed"),
            (one, wrong, kind, "implicitDeny"),
            (many, [wrong, good], f"{kind}List", "allowed"),
            (many, [wrong], f"{kind}List", "implicitDeny"),
        ]:
            [result] = root.iam.simulate_custom_policy(
                PolicyInputList=[document], ActionNames=["s3:GetObject"], ContextEntries=[entry("a:key", values, of)]
            )["EvaluationResults"]
            assert result["EvalDecision"] == expected, (kind, values, of)
    with refused("InvalidInput", "Invalid value for context key a:key: 'x' is not of the type numeric.", 400):
        root.iam.simulate_custom_policy(
            PolicyInputList=[one], ActionNames=["s3:GetObject"], ContextEntries=[entry("a:key", "x", "numeric")]
        )


def test_context_keys(root):
    document = policy(
        allow("s3:*", "arn:aws:s3:::${aws:username}", Condition={"StringLike": {"aws:PrincipalTag/a": "${aws:userid}"}})
    )
    answer = root.iam.get_context_keys_for_custom_policy(PolicyInputList=[document, policy(allow("*"))])
    assert answer["ContextKeyNames"] == ["aws:username", "aws:PrincipalTag/a", "aws:userid"]


def test_refusals(root, account):
    user, nobody = make_user(root, allow("s3:*")), make_user(root)
    absent = f"arn:aws:iam::{account}:role/{unique('absent')}"
    with refused("NoSuchEntity", f"The role with name {absent.split('/')[1]} cannot be found.", 404):
        root.iam.simulate_principal_policy(PolicySourceArn=absent, ActionNames=["s3:GetObject"])
    with refused("InvalidInput", "Invalid action: s3:* must not have wildcards.", 400):
        root.iam.simulate_principal_policy(PolicySourceArn=user.arn, ActionNames=["s3:*"])
    for operation, parameters in [
        ("SimulatePrincipalPolicy", {"PolicySourceArn": user.arn, "ActionNames": ["s3:GetObject"]}),
        ("SimulateCustomPolicy", {"PolicyInputList": [policy(allow("*"))], "ActionNames": ["s3:GetObject"]}),
        ("GetContextKeysForPrincipalPolicy", {"PolicySourceArn": user.arn}),
        ("GetContextKeysForCustomPolicy", {"PolicyInputList": [policy(allow("*"))]}),
    ]:
        action = f"iam:{operation}"
        with refused("AccessDenied", status=403, matching=because(nobody.arn, action, NO_IDENTITY(action))):
            name = "".join("_" + c.lower() if c.isupper() else c for c in operation).lstrip("_")
            getattr(nobody.iam, name)(**parameters)


def test_what_is_simulated_is_what_happens(root, account):
    """The requests themselves, and the same ones simulated."""
    role = make_role(root, trusting(f"arn:aws:iam::{account}:root"))
    user = make_user(root, allow(["iam:GetRole", "iam:ListUsers"]), deny("iam:GetRole", f"{role.arn}x"))
    calls = [
        ("iam:GetRole", role.arn, lambda: user.iam.get_role(RoleName=role.name)),
        ("iam:DeleteRole", role.arn, lambda: user.iam.delete_role(RoleName=role.name)),
        ("iam:ListUsers", f"arn:aws:iam::{account}:user/", user.iam.list_users),
        ("iam:GetUser", user.arn, lambda: user.iam.get_user(UserName=user.name)),
    ]
    for action, resource, call in calls:
        try:
            call()
            happened = "allowed"
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied"
            happened = "implicitDeny"
        assert simulate(root, user.arn, action, ResourceArns=[resource]) == {action: happened}
    # Simulated often, done never.
    assert root.iam.get_role(RoleName=role.name)["Role"]["Arn"] == role.arn


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_aws_commands(root, tmp_path, version):
    user = make_user(root, allow("s3:Get*"))
    document = policy(allow("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}))

    def aws(*words):
        done = run(version, "iam", *words, "--output", "json", home=tmp_path, caller=root)
        assert done.returncode == 0, (words, done.stderr)
        return json.loads(done.stdout)

    words = ("--action-names", "s3:GetObject", "s3:PutObject", "--resource-arns", NOTE)
    answer = aws("simulate-principal-policy", "--policy-source-arn", user.arn, *words, "--page-size", "1")
    assert [of["EvalDecision"] for of in answer["EvaluationResults"]] == ["allowed", "implicitDeny"]
    assert answer["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == f"user_{user.name}_own"
    given = "ContextKeyName=aws:SecureTransport,ContextKeyValues=true,ContextKeyType=boolean"
    answer = aws("simulate-custom-policy", "--policy-input-list", document, *words, "--context-entries", given)
    assert {of["EvalDecision"] for of in answer["EvaluationResults"]} == {"allowed"}
    keys = aws("get-context-keys-for-custom-policy", "--policy-input-list", document)
    assert keys["ContextKeyNames"] == ["aws:SecureTransport"]
    keys = aws("get-context-keys-for-principal-policy", "--policy-source-arn", user.arn)
    assert keys["ContextKeyNames"] == []


def test_a_denial_is_explained(root, tmp_path):
    """From the header of a denial to a page for a person."""
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    user = make_user(root, allow("iam:ListRoles", Condition=condition, Sid="Mfa"))
    with refused("AccessDenied", status=403) as refusal:
        user.iam.list_roles()
    message = refusal.headers["x-locum-authorization-message"]
    decoded = run(
        "locum", "sts", "decode-authorization-message", "--encoded-message", message, home=tmp_path, caller=root
    )
    assert decoded.returncode == 0, decoded.stderr
    (tmp_path / "denial.json").write_text(decoded.stdout)
    page = run("locum", "policy", "explain", "denial.json", home=tmp_path)
    assert page.returncode == 0, page.stderr
    for line in [
        f"{user.arn} ({user.id})",
        "asked for iam:ListRoles",
        "Decided by: identity-based policy",
        "Statement: 1 (Mfa)",
        "which is not in the request",
        f"  aws:PrincipalArn = {user.arn}",
    ]:
        assert line in page.stdout
