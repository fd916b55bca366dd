"""Access Analyzer's ValidatePolicy (facts: policy §6.3): the findings of `locum policy validate`, over the network."""

import json

import pytest

from commands import run
from world import allow, make_user, refused

POOR = """{
  "Statement": [
    {"Sid": "é!", "Effect": "Allow", "Action": ["iam:PassRole", "s3"], "Resource": ["*", "arn:aws:s3"]},
    {"Effect": "Allow", "Action": [], "Resource": "*"}
  ]
}"""


@pytest.fixture(scope="module")
def analyzer(root):
    return root.client("accessanalyzer")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the command says of the same document, which it is given on its own."""
    home = tmp_path_factory.mktemp("findings")
    (home / "poor.json").write_text(POOR)
    ran = run("locum", "policy", "validate", "--format", "json", "--type", "identity", "poor.json", home=home)
    return json.loads(ran.stdout)["files"][0]["findings"]


def test_the_findings_are_the_commands(analyzer, told):
    answer = analyzer.validate_policy(policyDocument=POOR, policyType="IDENTITY_POLICY", locale="EN")
    assert answer["findings"] == told and len(told) > 3
    assert "nextToken" not in answer


def test_pages(analyzer, told):
    paginator = analyzer.get_paginator("validate_policy")
    asked = dict(policyDocument=POOR, policyType="IDENTITY_POLICY", PaginationConfig={"PageSize": 2})
    pages = list(paginator.paginate(**asked))
    assert [finding for page in pages for finding in page["findings"]] == told
    assert len(pages) > 1 and all(len(page["findings"]) <= 2 for page in pages)
    with refused("ValidationException", status=400):
        analyzer.validate_policy(policyDocument="{}", policyType="IDENTITY_POLICY", nextToken=pages[0]["nextToken"])


def test_kinds_of_policies(analyzer):
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}

    def codes(**asked):
        found = analyzer.validate_policy(policyDocument=json.dumps(trust), **asked)["findings"]
        return {finding["issueCode"] for finding in found if finding["findingType"] == "ERROR"}

    assert not codes(policyType="RESOURCE_POLICY", validatePolicyResourceType="AWS::IAM::AssumeRolePolicyDocument")
    assert codes(policyType="IDENTITY_POLICY") and codes(policyType="SERVICE_CONTROL_POLICY")


def test_needs_permission(root):
    asked = dict(policyDocument="{}", policyType="IDENTITY_POLICY")
    with refused("AccessDeniedException", status=403):
        make_user(root).caller.client("accessanalyzer").validate_policy(**asked)
    author = make_user(root, allow("access-analyzer:ValidatePolicy")).caller.client("accessanalyzer")
    assert author.validate_policy(**asked)["findings"]


def test_what_is_asked_is_checked(root, analyzer):
    unchecked = root.client("accessanalyzer", parameter_validation=False)
    for asked in (dict(policyDocument="{}"), dict(policyDocument="{}", policyType="TRUST")):
        with refused("ValidationException", matching="policyType", status=400):
            unchecked.validate_policy(**asked)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_aws(root, told, tmp_path, version):
    (tmp_path / "poor.json").write_text(POOR)
    asked = ("--policy-type", "IDENTITY_POLICY", "--policy-document", "file://poor.json", "--page-size", 2, "--output", "json")
    ran = run(version, "accessanalyzer", "validate-policy", *asked, home=tmp_path, caller=root)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["findings"] == told
