"""Inputs of the vectors that the AWS SDKs publish, for `derive.py`, which asks botocore what they come to: `aws` is what
is replaced here, and it reads some of them otherwise than the SDKs do.

Origin: <https://github.com/smithy-lang/smithy-rs> and <https://github.com/awslabs/aws-sdk-rust>, `aws-config/test-data`:
`profile-parser-tests.json`, `assume-role-tests.json`, `ecs-tests.json`, `imds-config/imds-tests.json`. Copyright Amazon.com,
Inc. or its affiliates; licensed under the Apache License, version 2.0 (LICENSE-APACHE at the root has its text).
Changed: names are the originals', each input is written as the text of its files, and the outputs are left away.
"""

# profile-parser-tests.json: the text of one file; of two files, one after the other.
TEXTS = {
    "Empty files have no profiles.": "",
    "Empty profiles have no properties.": "[profile foo]",
    "Profile names support alphanumeric characters and - / . % @ _ : +": "[profile some-thing:long/the_one%only.foo@bar+]\n[profile foo!bar]",
    "Profile definitions must end with brackets.": "[profile foo",
    "Profile names should be trimmed.": "[profile \tfoo \t]",
    "Tabs can separate profile names from profile prefix.": "[profile\tfoo]",
    "Properties must be defined in a profile.": "name = value",
    "Profiles can contain properties.": "[profile foo]\nname = value",
    "Windows style line endings are supported.": "[profile foo]\r\nname = value",
    "Equals signs are supported in property values.": "[profile foo]\nname = val=ue",
    "Unicode characters are supported in property values.": "[profile foo]\nname = 😂",
    "Profiles can contain multiple properties.": "[profile foo]\nname = value\nname2 = value2",
    "Property keys and values are trimmed.": "[profile foo]\nname \t=  \tvalue \t",
    "Property values can be empty.": "[profile foo]\nname =",
    "Property key cannot be empty.": "[profile foo]\n= value",
    "Property definitions must contain an equals sign.": "[profile foo]\nkey : value",
    "Multiple profiles can be empty.": "[profile foo]\n[profile bar]",
    "Multiple profiles can have properties.": "[profile foo]\nname = value\n[profile bar]\nname2 = value2",
    "Blank lines are ignored.": "\t \n[profile foo]\n\t\n \nname = value\n\t \n[profile bar]\n \t",
    "Pound sign comments are ignored.": "# Comment\n[profile foo] # Comment\nname = value # Comment with # sign",
    "Semicolon sign comments are ignored.": "; Comment\n[profile foo] ; Comment\nname = value ; Comment with ; sign",
    "All comment types can be used together.": "# Comment\n[profile foo] ; Comment\nname = value # Comment with ; sign",
    "Comments can be empty.": ";\n[profile foo];\nname = value ;\n",
    "Comments can be adjacent to profile names.": "[profile foo]; Adjacent semicolons\n[profile bar]# Adjacent pound signs",
    "Comments adjacent to values are included in the value.": "[profile foo]\nname = value; Adjacent semicolons\nname2 = value# Adjacent pound signs",
    "Property values can be continued on the next line.": "[profile foo]\nname = value\n -continued",
    "Property values can be continued with multiple lines.": "[profile foo]\nname = value\n -continued\n -and-continued",
    "Continuations are trimmed.": "[profile foo]\nname = value\n \t -continued \t ",
    "Continuation values include pound comments.": "[profile foo]\nname = value\n -continued # Comment",
    "Continuation values include semicolon comments.": "[profile foo]\nname = value\n -continued ; Comment",
    "Continuations cannot be used outside of a profile.": " -continued",
    "Continuations cannot be used outside of a property.": "[profile foo]\n -continued",
    "Continuations reset with profile definitions.": "[profile foo]\nname = value\n[profile foo]\n -continued",
    "Duplicate profiles in the same file merge properties.": "[profile foo]\nname = value\n[profile foo]\nname2 = value2",
    "Duplicate properties in a profile use the last one defined.": "[profile foo]\nname = value\nname = value2",
    "Duplicate properties in duplicate profiles use the last one defined.": "[profile foo]\nname = value\n[profile foo]\nname = value2",
    "Duplicate properties in duplicate profiles use the last one defined (case insensitive).": "[profile foo]\nName = value\n[profile foo]\nname = value2",
    "Default profile with profile prefix overrides default profile without prefix when profile prefix is first.": "[profile default]\nname = value\n[default]\nname2 = value2",
    "Default profile with profile prefix overrides default profile without prefix when profile prefix is last.": "[default]\nname2 = value2\n[profile default]\nname = value",
    "Invalid profile names are ignored.": "[profile in valid]\nname = value\n[in valid 2]\nname2 = value2",
    "Invalid property names are ignored.": "[profile foo]\nin valid = value",
    "All valid profile name characters are supported.": "[profile ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_]",
    "All valid property name characters are supported.": "[profile foo]\nABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ = value",
    "Properties can have sub-properties.": "[profile foo]\ns3 =\n name = value",
    "Invalid sub-property definitions cause an error.": "[profile foo]\ns3 =\n invalid",
    "Sub-property definitions can have an empty value.": "[profile foo]\ns3 =\n name =",
    "Sub-property definitions cannot have an empty name.": "[profile foo]\ns3 =\n = value",
    "Sub-property definitions can have an invalid name.": "[profile foo]\ns3 =\n in valid = value",
    "Sub-properties can have blank lines that are ignored": "[profile foo]\ns3 =\n name = value\n\t \n name2 = value2",
    "Default profiles with mixed prefixes in the config file ignore the one without prefix when merging.": "[profile default]\nname = value\n[default]\nname2 = value2\n[profile default]\nname3 = value3",
    "Config profiles without prefix are ignored.": "[foo]\nname = value",
    "sneaky profile name": "[profilefoo]\nname = value\n[profile bar]",
    "profile name with extra whitespace": "[   profile foo    ]\nname = value\n[profile bar]",
    "profile name with extra whitespace in credentials": "[   foo    ]\nname = value\n[profile bar]",
    "properties from an invalid profile name are ignored": "[profile foo]\nname = value\n[profile in valid]\nx = 1\n[profile bar]\nname = value2",
    "sso-session with properties": "[sso-session foo]\nname = value\n[profile bar]",
    "sso-session without the space before the name is a profile": "[sso-sessionfoo]\nname = value\n[bar]",
}  # fmt: skip


def _config(**profiles):
    return "".join(f"[profile {name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()) for name, keys in profiles.items())


def _keys(name, secret="secret"):
    return {"aws_access_key_id": name, "aws_secret_access_key": secret}


def _role(name, source=None, **more):
    source = {"source_profile": source} if source else {}
    return {"role_arn": f"arn:aws:iam::123456789:role/Role{name}", **source, **more}


# assume-role-tests.json: the profile A of this file.
_ROLES = {
    "basic test case, a role_arn backed by a static credential": _config(A=_role("A", "B"), B=_keys("abc123")),
    "ignore explicit credentials when source profile is specified": _config(A=_keys("abc123") | _role("A", "B"), B=_keys("ghi890")),
    "load role_session_name for the AssumeRole provider": _config(A=_role("A", "B", role_session_name="my_session_name"), B=_keys("abc123")),
    "load external id for the AssumeRole provider": _config(A=_role("A", "B", external_id="my_external_id"), B=_keys("abc123")),
    "self referential profile (first load base creds, then use for the role)": _config(A=_keys("abc123") | _role("A", "A")),
    "Load credentials from a credential_source": _config(A=_role("A", credential_source="Ec2InstanceMetadata")),
    "role_arn without source source_profile": _config(A=_role("A")),
    "source profile and credential source both present": _config(A=_role("A", "B", credential_source="Environment"), B=_keys("!23")),
    "partial credentials error (missing secret)": _config(A=_role("A", "B"), B={"aws_access_key_id": "abc123"}),
    "partial credentials error (missing access key)": _config(A=_role("A", "B"), B={"aws_secret_access_key": "abc123"}),
    "missing credentials error (empty source profile)": _config(A=_role("A", "B"), B={}),
    "missing source profile": _config(A=_role("A", "B")),
    "multiple chained assume role profiles": _config(A=_role("A", "B"), B=_role("B", "C"), C=_keys("mno456")),
    "chained assume role profiles with static credentials (ignore assume role when static credentials present)": _config(
        A=_role("A") | _keys("bug_if_returned") | {"source_profile": "B"}, B=_role("B", "C") | _keys("profile_b_key"), C=_keys("bug_if_returned")
    ),
    "assume role profile infinite loop": _config(A=_role("A", "B"), B=_role("B", "A")),
    "infinite loop with static credentials": _config(A=_role("A") | _keys("bug_if_returned") | {"source_profile": "B"}, B=_role("B", "A")),
    "web identity role": _config(A=_role("A", web_identity_token_file="/var/token.jwt")),
    "web identity role with session name": _config(A=_role("A", web_identity_token_file="/var/token.jwt", role_session_name="some_session_name")),
    "web identity without a role_arn": _config(A={"web_identity_token_file": "/var/token.jwt"}),
    "web identity token as source profile": _config(
        A=_role("A", "B"), B=_role("B", web_identity_token_file="/var/token.jwt", role_session_name="some_session_name")
    ),
}

_FULL, _RELATIVE = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
# ecs-tests.json: an environment.
_CONTAINERS = {
    "relative URI": {_RELATIVE: "/credentials"},
    "full uri HTTPS": {_FULL: "https://mypersonalsite/credentials"},
    "full uri HTTPS with port": {_FULL: "https://mypersonalsite:8080/credentials"},
    "localhost": {_FULL: "http://localhost:8080/credentials"},
    "ecs task role": {_FULL: "http://169.254.170.2/credentials"},
    "eks pod identity ipv4": {_FULL: "http://169.254.170.23/v1/credentials"},
    "eks pod identity ipv6": {_FULL: "http://[fd00:ec2::23]/v1/credentials"},
    "relative takes precedence over full": {_FULL: "http://localhost:8080/credentials", _RELATIVE: "/credentials"},
    "support query params": {_RELATIVE: "/credentials?a=1"},
}

_AT, _MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
# imds-config/imds-tests.json: an environment and a configuration file.
_INSTANCES = {
    "all fields unset, default endpoint": ({}, ""),
    "environment variable endpoint override": ({_AT: "http://override:456"}, ""),
    "profile endpoint override": ({}, "[default]\nec2_metadata_service_endpoint = http://override:456"),
    "environment overrides profile": ({_AT: "http://override:456"}, "[default]\nec2_metadata_service_endpoint = http://wrong:456"),
    "invalid endpoint mode override": ({_MODE: "error"}, ""),
    "ipv4 endpoint": ({_MODE: "IPv4"}, ""),
    "ipv6 endpoint": ({_MODE: "IPv6"}, ""),
    "ipv6 endpoint from config": ({}, "[default]\nec2_metadata_service_endpoint_mode = IPv6"),
    "invalid config endpoint mode": ({}, "[default]\nec2_metadata_service_endpoint_mode = IPv7"),
    "invalid uri": ({_AT: "not a uri"}, ""),
    "environment variable overrides endpoint mode override": ({_AT: "http://169.254.169.200", _MODE: "IPv6"}, ""),
}

# As in `derive.py`: config, credentials, environment, profile of the flag.
CASES = (
    {f"assume-role: {name}": (config, "", {}, "A") for name, config in _ROLES.items()}
    | {f"ecs: {name}": ("", "", environment, None) for name, environment in _CONTAINERS.items()}
    | {f"imds: {name}": (config, "", environment, None) for name, (environment, config) in _INSTANCES.items()}
)
