"""Session tags: permission to set them, what they do in policies, transitive ones, their texts (facts: sts §1.8, §2.4, §4.3)."""

import pytest

from world import NO_IDENTITY, TAGGING, allow, assume, because, make_role, make_user, not_authorized, refused, trusting

BLUE = [{"Key": "team", "Value": "blue"}]


def listing_for(team, key="team"):
    return allow("iam:ListUsers", Condition={"StringEquals": {f"aws:PrincipalTag/{key}": team}})


def may_list(session):
    return bool(session.iam.list_users()["Users"])


def cannot_list(session):
    return refused("AccessDenied", status=403, matching=because(session.arn, "iam:ListUsers", NO_IDENTITY("iam:ListUsers")))


def test_needs_permission_to_tag(root, admin):
    role = make_role(root, trusting(admin.arn))
    with refused("AccessDenied", not_authorized(admin.arn, "sts:TagSession", role.arn), 403):
        assume(admin, role, Tags=BLUE)
    root.iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trusting(admin.arn, *TAGGING))
    assert assume(admin, role, Tags=BLUE)


def test_tags_count_in_policies(root, admin):
    role = make_role(root, trusting(admin.arn, *TAGGING), listing_for("blue", key="TEAM"))
    assert may_list(assume(admin, role, Tags=BLUE))
    for tags in ([], [{"Key": "team", "Value": "red"}], [{"Key": "crew", "Value": "blue"}]):
        session = assume(admin, role, Tags=tags)
        with cannot_list(session):
            may_list(session)


def test_session_tag_beats_role_tag(root, admin):
    role = make_role(root, trusting(admin.arn, *TAGGING), listing_for("blue"), Tags=[{"Key": "Team", "Value": "blue"}])
    assert may_list(assume(admin, role))
    red = assume(admin, role, Tags=[{"Key": "team", "Value": "red"}])
    with cannot_list(red):
        may_list(red)


def test_a_tag_fills_a_policy_variable(root, admin):
    own = allow("iam:GetUser", "arn:aws:iam::*:user/${aws:PrincipalTag/user}")
    role = make_role(root, trusting(admin.arn, *TAGGING), own)
    user = make_user(root)
    named = assume(admin, role, Tags=[{"Key": "user", "Value": user.name}])
    assert named.iam.get_user(UserName=user.name)["User"]["Arn"] == user.arn
    for tags in ([{"Key": "user", "Value": user.name[:-1]}], [{"Key": "user", "Value": ""}], []):
        session = assume(admin, role, Tags=tags)
        with refused("AccessDenied", status=403):
            session.iam.get_user(UserName=user.name)


def test_trust_may_ask_for_tags(root, admin):
    condition = {"StringEquals": {"aws:RequestTag/team": ["blue", "green"]}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    role = make_role(root, trusting(admin.arn, *TAGGING, condition=condition))
    assert assume(admin, role, Tags=BLUE)
    for tags in ([], [{"Key": "team", "Value": "red"}], [*BLUE, {"Key": "other", "Value": "x"}]):
        with refused("AccessDenied", status=403):
            assume(admin, role, Tags=tags)


@pytest.fixture(scope="module")
def hops(root, admin):
    """A role, and one that it may go on to; both accept tags and list users for team blue."""
    first = make_role(root, trusting(admin.arn, *TAGGING), allow(["sts:AssumeRole", "sts:TagSession"]), listing_for("blue"))
    second = make_role(root, trusting(first.arn, *TAGGING), listing_for("blue"))
    return first, second


def test_transitive_tags_travel(admin, hops):
    first, second = hops
    kept = assume(assume(admin, first, Tags=BLUE, TransitiveTagKeys=["team"]), second)
    assert may_list(kept)
    dropped = assume(assume(admin, first, Tags=BLUE), second)
    with cannot_list(dropped):
        may_list(dropped)


@pytest.mark.parametrize("key", ["team", "TEAM"])
def test_transitive_tags_cannot_be_changed(admin, hops, key):
    first, second = hops
    session = assume(admin, first, Tags=BLUE, TransitiveTagKeys=["team"])
    text = (
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
        "from the calling session."
    )
    with refused("InvalidParameterValue", text, 400):
        assume(session, second, Tags=[{"Key": key, "Value": "red"}])


def test_transitive_key_must_be_a_tag(admin, hops):
    text = "The specified transitive tag key must be included in the requested tags."
    with refused("InvalidParameterValue", text, 400):
        assume(admin, hops[0], Tags=BLUE, TransitiveTagKeys=["crew"])


def test_duplicate_keys(admin, hops):
    text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    with refused("InvalidParameterValue", text, 400):
        assume(admin, hops[0], Tags=[*BLUE, {"Key": "Team", "Value": "red"}])


def test_too_many(admin, hops):
    with refused("ValidationError", status=400):
        assume(admin, hops[0], Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(51)])
