"""Passwords of users, and what an account asks of them (facts: sts §8)."""

import datetime
import json

import pytest

from commands import run
from server import Caller
from world import NO_IDENTITY, allow, because, deny, make_user, policy, refused, unique

FIRST, SECOND = "Corr3ct horse", "b4ttery Staple"
INCORRECT = "The old password was incorrect."
NOT_ALLOWED = "Password does not conform to the account password policy."


def with_password(root, *statements, password=FIRST, **parameters):
    user = make_user(root, *statements)
    root.iam.create_login_profile(UserName=user.name, Password=password, **parameters)
    return user


def test_life(root):
    user = make_user(root)
    made = root.iam.create_login_profile(UserName=user.name, Password=FIRST, PasswordResetRequired=True)["LoginProfile"]
    assert (made["UserName"], made["PasswordResetRequired"]) == (user.name, True)
    assert isinstance(made["CreateDate"], datetime.datetime)
    assert root.iam.get_login_profile(UserName=user.name)["LoginProfile"] == made
    with refused("EntityAlreadyExists", f"Login Profile for user {user.name} already exists.", 409):
        root.iam.create_login_profile(UserName=user.name, Password=FIRST)
    root.iam.update_login_profile(UserName=user.name, Password=SECOND, PasswordResetRequired=False)
    assert root.iam.get_login_profile(UserName=user.name)["LoginProfile"]["PasswordResetRequired"] is False
    for key in root.iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"]:
        root.iam.delete_access_key(UserName=user.name, AccessKeyId=key["AccessKeyId"])
    with refused("DeleteConflict", "Cannot delete entity, must delete login profile first.", 409):
        root.iam.delete_user(UserName=user.name)
    root.iam.delete_login_profile(UserName=user.name)
    gone = f"Login Profile for User {user.name} cannot be found."
    with refused("NoSuchEntity", gone, 404):
        root.iam.get_login_profile(UserName=user.name)
    with refused("NoSuchEntity", gone, 404):
        root.iam.update_login_profile(UserName=user.name, Password=SECOND)
    with refused("NoSuchEntity", gone, 404):
        root.iam.delete_login_profile(UserName=user.name)
    root.iam.delete_user(UserName=user.name)


def test_own(root):
    """Without a name, the caller's."""
    user = make_user(root, allow("iam:*LoginProfile"))
    user.iam.create_login_profile(Password=FIRST)
    assert user.iam.get_login_profile()["LoginProfile"]["UserName"] == user.name
    user.iam.delete_login_profile()


def test_waiter(root):
    user = make_user(root)
    root.iam.get_waiter("user_exists").wait(UserName=user.name)


def test_change(root):
    user = with_password(root, allow("iam:ChangePassword"), PasswordResetRequired=True)
    with refused("AccessDenied", INCORRECT, 403):
        user.iam.change_password(OldPassword="guess", NewPassword=SECOND)
    with refused("PasswordPolicyViolation", NOT_ALLOWED, 400):
        user.iam.change_password(OldPassword=FIRST, NewPassword="short")
    user.iam.change_password(OldPassword=FIRST, NewPassword=SECOND)
    assert root.iam.get_login_profile(UserName=user.name)["LoginProfile"]["PasswordResetRequired"] is False
    with refused("AccessDenied", INCORRECT, 403):
        user.iam.change_password(OldPassword=FIRST, NewPassword=SECOND)


def test_change_by_others(root, admin_session):
    for caller in (root, admin_session):
        with refused("InvalidUserType", "Only IAM Users can change their own password", 400):
            caller.iam.change_password(OldPassword=FIRST, NewPassword=SECOND)


def test_guesses_lock(root):
    user = with_password(root, allow("iam:ChangePassword"))
    for _ in range(10):
        with refused("AccessDenied", INCORRECT, 403):
            user.iam.change_password(OldPassword="guess", NewPassword=SECOND)
    with refused("AccessDenied", INCORRECT, 403):
        user.iam.change_password(OldPassword=FIRST, NewPassword=SECOND)
    # An administrator sets another, and ends it.
    root.iam.update_login_profile(UserName=user.name, Password=SECOND)
    user.iam.change_password(OldPassword=SECOND, NewPassword=FIRST)


def test_denied(root):
    user = with_password(root)
    for action, call in (
        ("iam:ChangePassword", lambda: user.iam.change_password(OldPassword=FIRST, NewPassword=SECOND)),
        ("iam:CreateLoginProfile", lambda: user.iam.create_login_profile(UserName=user.name, Password=FIRST)),
        ("iam:GetLoginProfile", lambda: user.iam.get_login_profile(UserName=user.name)),
        ("iam:UpdateLoginProfile", lambda: user.iam.update_login_profile(UserName=user.name, Password=FIRST)),
        ("iam:DeleteLoginProfile", lambda: user.iam.delete_login_profile(UserName=user.name)),
        ("iam:UpdateAccountPasswordPolicy", lambda: user.iam.update_account_password_policy()),
        ("iam:GetAccountPasswordPolicy", lambda: user.iam.get_account_password_policy()),
        ("iam:DeleteAccountPasswordPolicy", lambda: user.iam.delete_account_password_policy()),
    ):
        with refused("AccessDenied", status=403, matching=because(user.arn, action, NO_IDENTITY(action))):
            call()


def test_policy(member):
    """In an account of its own: the policy is the account's."""
    root = member.admin
    missing = f"The Password Policy with domain name {member.id} cannot be found."
    with refused("NoSuchEntity", missing, 404):
        root.iam.get_account_password_policy()
    with refused("NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.", 404):
        root.iam.delete_account_password_policy()
    asked = {
        "MinimumPasswordLength": 12,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True,
        "AllowUsersToChangePassword": True,
        "MaxPasswordAge": 90,
        "PasswordReusePrevention": 3,
        "HardExpiry": False,
    }
    root.iam.update_account_password_policy(**asked)
    shown = root.iam.get_account_password_policy()["PasswordPolicy"]
    assert shown == {**asked, "ExpirePasswords": True}
    with refused("ValidationError", status=400):
        root.client("iam", parameter_validation=False).update_account_password_policy(MinimumPasswordLength=5)

    name = unique("user")
    root.iam.create_user(UserName=name)
    for weak in ("Ab1!efghijk", "ab1!efghijkl", "AB1!EFGHIJKL", "Abc!efghijkl", "Ab1cefghijkl"):
        with refused("PasswordPolicyViolation", NOT_ALLOWED, 400):
            root.iam.create_login_profile(UserName=name, Password=weak)
    root.iam.create_login_profile(UserName=name, Password="Ab1!efghijkl")

    # The account lets every user change the own password; nobody was given a policy.
    key = root.iam.create_access_key(UserName=name)["AccessKey"]
    user = Caller.of(root.server, key)
    assert user.iam.get_account_password_policy()["PasswordPolicy"] == shown
    user.iam.change_password(OldPassword="Ab1!efghijkl", NewPassword="Ab2!efghijkl")
    user.iam.change_password(OldPassword="Ab2!efghijkl", NewPassword="Ab3!efghijkl")
    with refused("PasswordPolicyViolation", NOT_ALLOWED, 400):
        user.iam.change_password(OldPassword="Ab3!efghijkl", NewPassword="Ab1!efghijkl")
    root.iam.put_user_policy(UserName=name, PolicyName="no", PolicyDocument=policy(deny("iam:ChangePassword")))
    with refused("AccessDenied", status=403):
        user.iam.change_password(OldPassword="Ab3!efghijkl", NewPassword="Ab4!efghijkl")

    root.iam.update_account_password_policy()
    assert root.iam.get_account_password_policy()["PasswordPolicy"] == {
        "MinimumPasswordLength": 6,
        "RequireSymbols": False,
        "RequireNumbers": False,
        "RequireUppercaseCharacters": False,
        "RequireLowercaseCharacters": False,
        "AllowUsersToChangePassword": False,
        "ExpirePasswords": False,
    }
    root.iam.delete_account_password_policy()


def test_nothing_is_recorded(root, server):
    user = with_password(root, allow("iam:ChangePassword"), password="Unm1stakable words")
    user.iam.change_password(OldPassword="Unm1stakable words", NewPassword="0ther Unmistakable")
    for path in server.directory.rglob("*"):
        if path.is_file() and path.stat().st_size < 50_000_000:
            assert b"nmistakable" not in path.read_bytes().replace(b"Unm1stakable", b"nmistakable"), path


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_commands(root, tmp_path, version):
    user = make_user(root, allow("iam:ChangePassword"))

    def aws(*arguments, caller=root):
        done = run(version, "iam", *arguments, "--output", "json", home=tmp_path, caller=caller)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    made = aws("create-login-profile", "--user-name", user.name, "--password", FIRST, "--password-reset-required")
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    aws("change-password", "--old-password", FIRST, "--new-password", SECOND, caller=user.caller)
    assert aws("get-login-profile", "--user-name", user.name)["LoginProfile"]["UserName"] == user.name
    aws("delete-login-profile", "--user-name", user.name)
