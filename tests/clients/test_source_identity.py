"""Source identity: permission to set it, that it stays, and that it can be required (facts: sts §2.4)."""

from world import NAMING, allow, assume, make_role, make_user, not_authorized, refused, trusting

SET = "sts:SetSourceIdentity"


def test_needs_permission(root, admin):
    role = make_role(root, trusting(admin.arn))
    with refused("AccessDenied", not_authorized(admin.arn, SET, role.arn), 403):
        assume(admin, role, SourceIdentity="alice")


def test_is_told_back(root, admin):
    role = make_role(root, trusting(admin.arn, *NAMING))
    response = admin.sts.assume_role(RoleArn=role.arn, RoleSessionName="named", SourceIdentity="alice")
    assert response["SourceIdentity"] == "alice"


def test_stays_through_the_chain(root, admin):
    first = make_role(root, trusting(admin.arn, *NAMING), allow("sts:*"))
    seen = {"StringEquals": {"aws:SourceIdentity": "alice"}}
    second = make_role(root, trusting(first.arn, *NAMING), allow("iam:ListUsers", Condition=seen))
    session = assume(admin, first, SourceIdentity="alice")
    inherited = session.sts.assume_role(RoleArn=second.arn, RoleSessionName="next")
    assert inherited["SourceIdentity"] == "alice"
    assert assume(session, second, SourceIdentity="alice").iam.list_users()["Users"]
    with refused("ValidationError", "The source identity is already set for this assume role session", 400):
        assume(session, second, SourceIdentity="bob")


def test_inheriting_alone_needs_permission(root, admin):
    first = make_role(root, trusting(admin.arn, *NAMING), allow("sts:*"))
    second = make_role(root, trusting(first.arn))
    assert assume(assume(admin, first), second)
    session = assume(admin, first, SourceIdentity="alice")
    with refused("AccessDenied", not_authorized(session.arn, SET, second.arn), 403):
        assume(session, second)


def test_trust_may_require_it(root):
    user = make_user(root, allow("sts:*"))
    role = make_role(root, trusting(user.arn, *NAMING, condition={"StringEquals": {"sts:SourceIdentity": "${aws:username}"}}))
    assert assume(user, role, SourceIdentity=user.name)
    for parameters in ({}, {"SourceIdentity": "somebody"}):
        with refused("AccessDenied", status=403):
            assume(user, role, **parameters)
