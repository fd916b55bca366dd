"""Every list in small pages through boto3's own paginators: nothing twice, nothing missing."""

import pytest

from world import allow, make_role, make_user, policy, refused, trusting, unique


@pytest.fixture(scope="module")
def prefix(root):
    """Five users and five roles under one path; the first of each has five of everything else."""
    path = f"/{unique('paging')}/"
    document = policy(allow("iam:ListUsers"))
    users = [make_user(root, Path=path) for _ in range(5)]
    roles = [make_role(root, trusting(users[0].arn), Path=path) for _ in range(5)]
    policies = [
        root.iam.create_policy(PolicyName=unique("paging"), Path=path, PolicyDocument=document)["Policy"]["Arn"] for _ in range(5)
    ]
    for number, arn in enumerate(policies):
        root.iam.put_user_policy(UserName=users[0].name, PolicyName=f"inline{number}", PolicyDocument=document)
        root.iam.put_role_policy(RoleName=roles[0].name, PolicyName=f"inline{number}", PolicyDocument=document)
        root.iam.attach_user_policy(UserName=users[0].name, PolicyArn=arn)
        root.iam.attach_role_policy(RoleName=roles[0].name, PolicyArn=arn)
        root.iam.tag_user(UserName=users[0].name, Tags=[{"Key": f"tag{number}", "Value": "x"}])
        root.iam.tag_role(RoleName=roles[0].name, Tags=[{"Key": f"tag{number}", "Value": "x"}])
    for _ in range(4):
        root.iam.create_policy_version(PolicyArn=policies[0], PolicyDocument=document)
    root.iam.create_access_key(UserName=users[0].name)
    return path, users[0].name, roles[0].name, policies[0]


LISTS = {
    "list_users": ("Users", "UserName", "PathPrefix", 5),
    "list_roles": ("Roles", "RoleName", "PathPrefix", 5),
    "list_policies": ("Policies", "Arn", "PathPrefix", 5),
    "list_user_policies": ("PolicyNames", None, "UserName", 5),
    "list_role_policies": ("PolicyNames", None, "RoleName", 5),
    "list_attached_user_policies": ("AttachedPolicies", "PolicyArn", "UserName", 5),
    "list_attached_role_policies": ("AttachedPolicies", "PolicyArn", "RoleName", 5),
    "list_user_tags": ("Tags", "Key", "UserName", 5),
    "list_role_tags": ("Tags", "Key", "RoleName", 5),
    "list_policy_versions": ("Versions", "VersionId", "PolicyArn", 5),
    "list_access_keys": ("AccessKeyMetadata", "AccessKeyId", "UserName", 2),
}


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize("operation", LISTS)
def test_pages(root, prefix, operation, size):
    member, key, selector, expected = LISTS[operation]
    path, user, role, arn = prefix
    selected = {"PathPrefix": path, "UserName": user, "RoleName": role, "PolicyArn": arn}[selector]
    pages = list(root.iam.get_paginator(operation).paginate(**{selector: selected}, PaginationConfig={"PageSize": size}))
    found = [entry[key] if key else entry for page in pages for entry in page[member]]
    assert len(found) == len(set(found)) == expected
    assert all(len(page[member]) <= size for page in pages)
    assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert len(pages) <= expected // size + 1


def test_max_items_and_starting_token(root, prefix):
    paginator = root.iam.get_paginator("list_users")
    first = paginator.paginate(PathPrefix=prefix[0], PaginationConfig={"MaxItems": 2}).build_full_result()
    rest = paginator.paginate(PathPrefix=prefix[0], PaginationConfig={"StartingToken": first["NextToken"]}).build_full_result()
    names = [user["UserName"] for user in first["Users"] + rest["Users"]]
    assert len(first["Users"]) == 2 and len(set(names)) == 5


def test_a_marker_is_only_good_where_it_came_from(root, prefix):
    page = root.iam.list_users(PathPrefix=prefix[0], MaxItems=1)
    marker = page["Marker"]
    for spoiled in ("AAAA", marker[:-4], marker + "AAAA"):
        with refused(("ValidationError", "InvalidInput"), status=400):
            root.iam.list_users(PathPrefix=prefix[0], MaxItems=1, Marker=spoiled)
    with refused(("ValidationError", "InvalidInput"), status=400):
        root.iam.list_roles(PathPrefix=prefix[0], MaxItems=1, Marker=marker)
