"""The account's alias, its summary and its token preference (facts: sts §8.6, §9.2)."""

import json

import pytest

from commands import run
from world import NO_IDENTITY, allow, because, make_user, refused, unique


@pytest.fixture
def own(member):
    """A member account's administrator: what is counted there is made by nobody else meanwhile."""
    return member.admin


@pytest.fixture(scope="module")
def summary_keys(root):
    model = root.iam.meta.service_model.shape_for("summaryKeyType")
    return set(model.enum)


def test_aliases(root, own):
    first, second = unique("alias"), unique("alias")
    own.iam.create_account_alias(AccountAlias=first)
    own.iam.create_account_alias(AccountAlias=second)
    (page,) = own.iam.get_paginator("list_account_aliases").paginate(PaginationConfig={"PageSize": 1})
    assert (page["AccountAliases"], page["IsTruncated"]) == ([second], False)
    for caller in (own, root):
        with refused("EntityAlreadyExists", f"The account alias {second} already exists.", 409):
            caller.iam.create_account_alias(AccountAlias=second)
    with refused("NoSuchEntity", f"The account alias {second} cannot be found.", 404):
        root.iam.delete_account_alias(AccountAlias=second)
    for alias in ("123456789012", "a--b", "-ab", "Abc"):
        with refused("ValidationError", status=400):
            own.iam.create_account_alias(AccountAlias=alias)
    own.iam.delete_account_alias(AccountAlias=second)
    assert own.iam.list_account_aliases()["AccountAliases"] == []
    with refused("NoSuchEntity", status=404):
        own.iam.delete_account_alias(AccountAlias=second)


def test_the_summary_counts(own, summary_keys):
    before = own.iam.get_account_summary()["SummaryMap"]
    assert set(before) == summary_keys
    assert (before["UsersQuota"], before["RolesQuota"], before["AccountAccessKeysPresent"]) == (5000, 1000, 0)
    name = unique("counted")
    own.iam.create_user(UserName=name)
    own.iam.create_group(GroupName=name)
    own.iam.create_instance_profile(InstanceProfileName=name)
    after = own.iam.get_account_summary()["SummaryMap"]
    changed = {key: value - before[key] for key, value in after.items() if value != before[key]}
    assert changed == {"Users": 1, "Groups": 1, "InstanceProfiles": 1}
    own.iam.delete_instance_profile(InstanceProfileName=name)
    own.iam.delete_group(GroupName=name)
    own.iam.delete_user(UserName=name)
    assert own.iam.get_account_summary()["SummaryMap"] == before


def test_the_token_preference_is_shown(own):
    shown = lambda: own.iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"]
    assert shown() == 1
    own.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    assert shown() == 2
    own.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v1Token")
    assert shown() == 1
    with refused("ValidationError", status=400):
        own.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v3Token")


@pytest.mark.parametrize(
    "operation, parameters",
    [
        ("create_account_alias", {"AccountAlias": "somebody-elses"}),
        ("delete_account_alias", {"AccountAlias": "somebody-elses"}),
        ("list_account_aliases", {}),
        ("get_account_summary", {}),
        ("set_security_token_service_preferences", {"GlobalEndpointTokenVersion": "v2Token"}),
    ],
)
def test_denials(root, operation, parameters):
    user = make_user(root, allow("iam:GetUser"))
    action = "iam:" + "".join(word.capitalize() for word in operation.split("_"))
    with refused("AccessDenied", status=403, matching=because(user.arn, action, NO_IDENTITY(action))):
        getattr(user.iam, operation)(**parameters)


def test_tags_of_an_oidc_provider_are_shown_when_there_are_none(root):
    arn = root.iam.create_open_id_connect_provider(Url=f"https://{unique('tagless')}.example.com")["OpenIDConnectProviderArn"]
    assert root.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["Tags"] == []
    root.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_aws_commands(own, summary_keys, tmp_path, version):
    alias = unique("cli")

    def aws(*words):
        done = run(version, "iam", *words, "--output", "json", home=tmp_path, caller=own)
        assert done.returncode == 0, (words, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    aws("create-account-alias", "--account-alias", alias)
    assert aws("list-account-aliases")["AccountAliases"] == [alias]
    aws("delete-account-alias", "--account-alias", alias)
    aws("set-security-token-service-preferences", "--global-endpoint-token-version", "v1Token")
    assert set(aws("get-account-summary")["SummaryMap"]) == summary_keys
