"""Users, roles and policies made for one test, and the words policies are written in."""

import itertools
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError

from server import Caller

_counter = itertools.count(1)


def unique(prefix):
    """A name that no other test uses, also when several runs share one server."""
    return f"{prefix}-{os.getpid()}-{next(_counter)}"


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions, resources="*", **more):
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusting(principal, *actions, condition=None):
    """A trust policy: `principal` may perform `actions` (sts:AssumeRole if none is named)."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": list(actions) or "sts:AssumeRole",
    }
    if condition:
        statement["Condition"] = condition
    return policy(statement)


def federated(provider, action, *more, condition=None):
    """A trust policy for those whom the provider vouches for."""
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": [action, *more]}
    if condition:
        statement["Condition"] = condition
    return policy(statement)


TAGGING = ("sts:AssumeRole", "sts:TagSession")
NAMING = ("sts:AssumeRole", "sts:SetSourceIdentity")


@dataclass
class User:
    name: str
    arn: str
    id: str
    caller: Caller

    @property
    def sts(self):
        return self.caller.sts

    @property
    def iam(self):
        return self.caller.iam


@dataclass
class Role:
    name: str
    arn: str
    id: str


def make_user(admin, *statements, name=None, **parameters):
    """A user with an access key, and one inline policy of `statements` if there are any."""
    name = name or unique("user")
    made = admin.iam.create_user(UserName=name, **parameters)["User"]
    if statements:
        admin.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(*statements))
    key = admin.iam.create_access_key(UserName=name)["AccessKey"]
    return User(name, made["Arn"], made["UserId"], Caller.of(admin.server, key))


def delete_user(admin, name):
    """Deletes a user and what hangs on it."""
    for key in admin.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        admin.iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for inline in admin.iam.list_user_policies(UserName=name)["PolicyNames"]:
        admin.iam.delete_user_policy(UserName=name, PolicyName=inline)
    admin.iam.delete_user(UserName=name)


def make_role(admin, trust, *statements, name=None, **parameters):
    """A role with a trust policy, and one inline policy of `statements` if there are any."""
    name = name or unique("role")
    made = admin.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **parameters)["Role"]
    if statements:
        admin.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
    return Role(name, made["Arn"], made["RoleId"])


def delete_role(admin, name):
    """Deletes a role and its inline policies."""
    for inline in admin.iam.list_role_policies(RoleName=name)["PolicyNames"]:
        admin.iam.delete_role_policy(RoleName=name, PolicyName=inline)
    admin.iam.delete_role(RoleName=name)


def assume(caller, role, session="session", **parameters):
    """The caller that holds the role's session."""
    caller = getattr(caller, "caller", caller)
    response = caller.sts.assume_role(RoleArn=role.arn, RoleSessionName=session, **parameters)
    return Caller.of(caller.server, response["Credentials"])


class Refusal:
    """What a refused call was told; filled when the block ends."""

    code = message = status = headers = None


@contextmanager
def refused(code, message=None, status=None, matching=None):
    """The block's call is refused with this code, and this text or pattern."""
    refusal = Refusal()
    with pytest.raises(ClientError) as caught:
        yield refusal
    response = caught.value.response
    refusal.code = response["Error"]["Code"]
    refusal.message = response["Error"].get("Message")
    refusal.status = response["ResponseMetadata"]["HTTPStatusCode"]
    refusal.headers = response["ResponseMetadata"]["HTTPHeaders"]
    codes = (code,) if isinstance(code, str) else code
    assert refusal.code in codes, (refusal.code, refusal.message)
    if message is not None:
        assert refusal.message == message
    if matching is not None:
        assert re.search(matching, refusal.message), refusal.message
    if status is not None:
        assert refusal.status == status


def not_authorized(arn, action, resource=None):
    """The text of a denial that gives no reason (facts: sts §2.4)."""
    text = f"User: {arn} is not authorized to perform: {action}"
    return f"{text} on resource: {resource}" if resource else text


def because(arn, action, reason):
    """A pattern for a denial with its reason, whatever resource it names (facts: sts §7.2)."""
    start = re.escape(f"User: {arn} is not authorized to perform: {action}")
    return rf"^{start}( on resource: \S+)? {re.escape(reason)}"


NO_IDENTITY = "because no identity-based policy allows the {} action".format
NO_SESSION = "because no session policy allows the {} action".format
NO_BOUNDARY = "because no permissions boundary allows the {} action".format
EXPLICIT_IDENTITY = "with an explicit deny in an identity-based policy"
INVALID_TOKEN = "The security token included in the request is invalid."
