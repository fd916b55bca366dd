"""Derives `sources.json`, `profiles.json` and `keys.json` from botocore: run it with a Python that has
awscli 1.46 or later, whose own botocore takes the place of any other.

`sources.json`: which source botocore takes for a configuration, and how it would assume roles, or its error.
`profiles.json`: what botocore reads from the text of a profile file, or that it refuses it.
The vectors that the AWS SDKs publish are among them (`published.py`).
`keys.json`: the names that `aws` gives the entries of the cache; `@TOKEN@` is a file with the text `token`.
"""

import json
import os
import tempfile
from pathlib import Path

import awscli.botocore.session  # noqa: F401 (from here on it is `botocore`)
import botocore.configloader
import botocore.credentials
import botocore.session
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

import published

HERE = Path(__file__).parent

KEYS = "aws_access_key_id = {0}\naws_secret_access_key = secret\n"
ENV = {"AWS_ACCESS_KEY_ID": "ENVKEY", "AWS_SECRET_ACCESS_KEY": "secret"}
ROLE = "role_arn = arn:aws:iam::123456789012:role/{0}\n"
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/"}
SSO = "sso_start_url = https://p.test/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = Ops\n"


def keys(name):
    return KEYS.format(name)


def role(name):
    return ROLE.format(name)


# name: config, credentials, environment, profile of the flag
CASES = {
    "nothing but the instance": ("", "", {}, None),
    "nothing and no instance": ("", "", {"AWS_EC2_METADATA_DISABLED": "TRUE"}, None),
    "environment": (f"[default]\n{keys('C')}", f"[default]\n{keys('S')}", ENV, None),
    "environment with a token": ("", "", {**ENV, "AWS_SESSION_TOKEN": "t"}, None),
    "environment without a secret": ("", "", {"AWS_ACCESS_KEY_ID": "K"}, None),
    "environment with an empty key": ("", f"[default]\n{keys('S')}", {"AWS_ACCESS_KEY_ID": ""}, None),
    "profile of the environment": ("", f"[p]\n{keys('P')}", {**ENV, "AWS_PROFILE": "p"}, None),
    "explicit profile": ("", f"[p]\n{keys('P')}", ENV, "p"),
    "explicit default": ("", f"[default]\n{keys('D')}", ENV, "default"),
    "explicit profile without keys": ("[profile p]\nregion = x\n", "", ENV, "p"),
    "credentials before config": (f"[default]\n{keys('C')}", f"[default]\n{keys('S')}", {}, None),
    "config alone": (f"[profile p]\n{keys('C')}", "", {}, "p"),
    "half a key in credentials": ("", "[default]\naws_access_key_id = K\n", {}, None),
    "half a key in config": ("[default]\naws_access_key_id = K\n", "", {}, None),
    "only a secret": ("", "[default]\naws_secret_access_key = K\n", {"AWS_EC2_METADATA_DISABLED": "true"}, None),
    "process before config keys": (f"[default]\ncredential_process = /p\n{keys('C')}", "", {}, None),
    "credentials before process": ("[default]\ncredential_process = /p\n", f"[default]\n{keys('S')}", {}, None),
    "process in credentials": ("", "[default]\ncredential_process = /p\n", {}, None),
    "container": ("", "", CONTAINER, None),
    "relative container": ("", "", {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x", **CONTAINER}, None),
    "keys before container": ("", f"[default]\n{keys('S')}", CONTAINER, None),
    "explicit profile and container": ("[profile p]\nregion = x\n", "", CONTAINER, "p"),
    "role from another": (f"[profile p]\n{role('r')}source_profile = s\n", f"[s]\n{keys('S')}", {}, "p"),
    "role loses to the environment": (f"[default]\n{role('r')}source_profile = s\n", f"[s]\n{keys('S')}", ENV, None),
    "role of the environment's profile": (
        f"[profile p]\n{role('r')}source_profile = s\n",
        f"[s]\n{keys('S')}",
        {"AWS_PROFILE": "p"},
        None,
    ),
    "role with everything": (
        f"[profile p]\n{role('r')}source_profile = s\nrole_session_name = me\nexternal_id = x\nmfa_serial = arn:mfa\n"
        "duration_seconds = 1800\n",
        f"[s]\n{keys('S')}",
        {},
        "p",
    ),
    "duration in groups": (
        f"[profile p]\n{role('r')}source_profile = s\nduration_seconds = 1_800\n",
        f"[s]\n{keys('S')}",
        {},
        "p",
    ),
    "duration with a sign": (
        f"[profile p]\n{role('r')}source_profile = s\nduration_seconds = +01800\n",
        f"[s]\n{keys('S')}",
        {},
        "p",
    ),
    "duration in groups that are none": (
        f"[profile p]\n{role('r')}source_profile = s\nduration_seconds = 1__800\n",
        f"[s]\n{keys('S')}",
        {},
        "p",
    ),
    "duration that is no number": (
        f"[profile p]\n{role('r')}source_profile = s\nduration_seconds = an hour\n",
        f"[s]\n{keys('S')}",
        {},
        "p",
    ),
    "role and keys": (f"[profile p]\n{role('r')}source_profile = s\n{keys('P')}", f"[s]\n{keys('S')}", {}, "p"),
    "role of itself": (f"[profile p]\n{role('r')}source_profile = p\n{keys('P')}", "", {}, "p"),
    "role of itself, keys in credentials": (f"[profile p]\n{role('r')}source_profile = p\n", f"[p]\n{keys('P')}", {}, "p"),
    "role of itself without keys": (f"[profile p]\n{role('r')}source_profile = p\n", "", {}, "p"),
    "two hops": (
        f"[profile a]\n{role('a')}source_profile = b\n[profile b]\n{role('b')}source_profile = c\nexternal_id = e\n",
        f"[c]\n{keys('C')}",
        {},
        "a",
    ),
    "four hops": (
        f"[profile a]\n{role('a')}source_profile = b\n[profile b]\n{role('b')}source_profile = c\n"
        f"[profile c]\n{role('c')}source_profile = d\n[profile d]\n{role('d')}source_profile = e\n",
        f"[e]\n{keys('E')}",
        {},
        "a",
    ),
    "keys end the hops": (
        f"[profile a]\n{role('a')}source_profile = b\n[profile b]\n{role('b')}source_profile = c\n{keys('B')}",
        f"[c]\n{keys('C')}",
        {},
        "a",
    ),
    "loop of two": (
        f"[profile a]\n{role('a')}source_profile = b\n[profile b]\n{role('b')}source_profile = a\n",
        "",
        {},
        "a",
    ),
    "loop of three": (
        f"[profile a]\n{role('a')}source_profile = b\n[profile b]\n{role('b')}source_profile = c\n"
        f"[profile c]\n{role('c')}source_profile = b\n",
        "",
        {},
        "a",
    ),
    "second hop of itself": (
        f"[profile a]\n{role('a')}source_profile = b\n[profile b]\n{role('b')}source_profile = b\n{keys('B')}",
        "",
        {},
        "a",
    ),
    "no such source": (f"[profile p]\n{role('r')}source_profile = nope\n", "", {}, "p"),
    "empty source": (f"[profile p]\n{role('r')}source_profile = s\n[profile s]\nregion = x\n", "", {}, "p"),
    "source with half a key": (
        f"[profile p]\n{role('r')}source_profile = s\n",
        "[s]\naws_access_key_id = K\n",
        {},
        "p",
    ),
    "source with a secret alone": (
        f"[profile p]\n{role('r')}source_profile = s\n",
        "[s]\naws_secret_access_key = K\n",
        {},
        "p",
    ),
    "neither source": (f"[profile p]\n{role('r')}", f"[p]\n{keys('P')}", {}, "p"),
    "both sources": (
        f"[profile p]\n{role('r')}source_profile = s\ncredential_source = Environment\n",
        f"[s]\n{keys('S')}",
        {},
        "p",
    ),
    "source of the environment": (f"[profile p]\n{role('r')}credential_source = Environment\n", "", ENV, "p"),
    "source of an empty environment": (f"[profile p]\n{role('r')}credential_source = Environment\n", "", {}, "p"),
    "source of half an environment": (
        f"[profile p]\n{role('r')}credential_source = Environment\n",
        "",
        {"AWS_ACCESS_KEY_ID": "K"},
        "p",
    ),
    "source in another case": (f"[profile p]\n{role('r')}credential_source = environment\n", "", ENV, "p"),
    "source of a container": (f"[profile p]\n{role('r')}credential_source = EcsContainer\n", "", CONTAINER, "p"),
    "source of no container": (f"[profile p]\n{role('r')}credential_source = EcsContainer\n", "", {}, "p"),
    "source of an instance": (f"[profile p]\n{role('r')}credential_source = Ec2InstanceMetadata\n", "", {}, "p"),
    "source that is none": (f"[profile p]\n{role('r')}credential_source = Magic\n", "", {}, "p"),
    "source is a process": (
        f"[profile p]\n{role('r')}source_profile = s\n[profile s]\ncredential_process = /p\n",
        "",
        {},
        "p",
    ),
    "source is single sign-on": (f"[profile p]\n{role('r')}source_profile = s\n[profile s]\n{SSO}", "", {}, "p"),
    "source is web identity": (
        f"[profile p]\n{role('r')}source_profile = s\n[profile s]\n{role('w')}web_identity_token_file = /t\n",
        "",
        {},
        "p",
    ),
    "source does not see the environment": (
        f"[profile p]\n{role('r')}source_profile = s\n[profile s]\nregion = x\n",
        "",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:env"},
        None,
    ),
    "web identity": (f"[profile p]\n{role('w')}web_identity_token_file = /t\nrole_session_name = me\n", "", {}, "p"),
    "web identity before keys": (f"[profile p]\n{role('w')}web_identity_token_file = /t\n{keys('P')}", "", {}, "p"),
    "web identity of the environment": (
        "",
        "",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::1:role/e", "AWS_ROLE_SESSION_NAME": "s"},
        None,
    ),
    "web identity of the environment and an explicit profile": (
        "[profile p]\nregion = x\n",
        "",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:env"},
        "p",
    ),
    "web identity half of each": (
        f"[default]\n{role('w')}",
        "",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_EC2_METADATA_DISABLED": "true"},
        None,
    ),
    "web identity switched off": (
        f"[default]\nregion = x\nweb_identity_token_file = /t\n{keys('D')}",
        "",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": ""},
        None,
    ),
    "web identity without a role": ("", "", {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t"}, None),
    "single sign-on": (f"[profile p]\n{SSO}", "", {}, "p"),
    "single sign-on before keys": (f"[profile p]\n{SSO}", f"[p]\n{keys('P')}", {}, "p"),
    "single sign-on with a session": (
        "[sso-session s]\nsso_start_url = https://p.test/start\nsso_region = eu-west-1\n"
        "[profile p]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Ops\n",
        "",
        {},
        "p",
    ),
    "single sign-on that contradicts itself": (
        "[sso-session s]\nsso_start_url = https://p.test/start\nsso_region = eu-west-1\n"
        "[profile p]\nsso_session = s\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = Ops\n",
        "",
        {},
        "p",
    ),
    "single sign-on without its session": (
        "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = Ops\n",
        "",
        {},
        "p",
    ),
    "single sign-on in part": ("[profile p]\nsso_account_id = 1\n", "", {}, "p"),
    "single sign-on for tokens only": (
        f"[sso-session s]\nsso_region = x\n[profile p]\nsso_session = s\n{keys('P')}",
        "",
        {},
        "p",
    ),
    "quoted profile": (f'[profile "two words"]\n{keys("Q")}', "", {}, "two words"),
    "profile twice": (f'[profile p]\n{keys("A")}[profile "p"]\n{keys("B")}', "", {}, "p"),
    "default in two spellings": (f"[profile default]\n{keys('A')}[default]\n{keys('B')}", "", {}, None),
    "default in two spellings, turned": (f"[default]\n{keys('A')}[profile default]\n{keys('B')}", "", {}, None),
    "metadata mode that is none": ("", "", {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "v5"}, None),
    "metadata endpoint that is none": ("", "", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "nowhere"}, None),
}

TEXTS = {
    "plain": "[default]\nregion = us-east-1\noutput=json\n",
    "colon": "[a]\nregion : x\nkey: a=b\nother = c:d\n",
    "case": "[A]\nRegion = X\n",
    "comments": "# one\n[a]\n; two\nkey = v # stays\n  # three\nother = w ; stays\n",
    "indented keys": "[a]\n  region = x\n  output = y\n",
    "indented section": "  [a]\n  region = x\n",
    "unindented after indented": "[a]\n  region = x\noutput = y\n",
    "nested": "[a]\ns3 =\n  endpoint_url = http://s3\n  Max = 10\nregion = x\n",
    "nested with a blank": "[a]\ns3 =\n  x = 1\n\n  y = 2\nz = 3\n",
    "nested with a comment": "[a]\ns3 =\n  # c\n  x = 1\n",
    "nested without equals": "[a]\ns3 =\n  nothing\n",
    "continued": "[a]\nrole_arn = x\n  y = z\n",
    "continued over a blank": "[a]\nrole_arn = x\n\n  more\nnext = n\n",
    "empty value": "[a]\nkey =\nother = x\n",
    "trailing blanks": "[a]  \nkey = v \t \n\n\n",
    "carriage returns": "[a]\r\nkey = v\r\nother = w\r\n",
    "lone carriage returns": "[a]\rkey = v\r",
    "brackets in a name": "[a]b]\nkey = v\n",
    "text after a section": "[a] rest\nkey = v\n",
    "empty section name": "[]\nkey = v\n",
    "open section": "[a\nkey = v\n",
    "no section": "key = v\n",
    "no key": "[a]\n= v\n",
    "no delimiter": "[a]\nregion us-east-1\n",
    "section twice": "[a]\nx = 1\n[a]\ny = 2\n",
    "key twice": "[a]\nx = 1\nX = 2\n",
    "same key of two sections": "[a]\nx = 1\n[b]\nx = 2\n",
    "interpolation": "[a]\nx = %(y)s ${z}\n",
    "unicode": "[é]\nschlüssel = wört\n",
    "proto": "[__proto__]\nconstructor = x\n",
    "control characters": "[a]\nx = \x1b[2J\x00\n",
    "tabs": "[a]\n\tx\t=\ty\n\tz = 1\n",
    "deeper and back": "[a]\nx = 1\n    2\n  3\n",
    "nothing": "",
    "only comments": "# a\n; b\n",
}


# Profiles whose entries in the cache have names; the profile is `p`.
NAMED = [
    "",
    "external_id = ext1\nduration_seconds = 1800\n",
    "duration_seconds = 900\n",
    "role_session_name = me\n",
    "mfa_serial = arn:aws:iam::123456789012:mfa/alice\n",
    "external_id = ext1\nmfa_serial = arn:mfa\nduration_seconds = 43200\nrole_session_name = a@b\n",
    'external_id = quote " and \\\\ backslash\n',
    "external_id = é 漢 😀\n",
    "external_id = tab\there\n",
    "external_id = del\x7f and bell\x07\n",
]


def entry_names(directory):
    rows = []
    source = "[profile keys]\naws_access_key_id = K\naws_secret_access_key = s\n"
    single = SSO + "[sso-session s]\nsso_start_url = https://p.test/start\nsso_region = eu-west-1\n"
    configs = [f"[profile p]\n{role('x')}source_profile = keys\n{more}{source}" for more in NAMED]
    configs += [
        f"[profile p]\n{role('x')}web_identity_token_file = @TOKEN@\n",
        f"[profile p]\n{role('x')}web_identity_token_file = @TOKEN@\nrole_session_name = me\n",
        f"[profile p]\n{SSO}",
        f"[profile p]\nsso_session = s\n{single}",
    ]
    for config in configs:
        (directory / "token").write_text("token")
        (directory / "config").write_text(config.replace("@TOKEN@", str(directory / "token")))
        (directory / "credentials").write_text("")
        os.environ.update(
            AWS_CONFIG_FILE=str(directory / "config"),
            AWS_SHARED_CREDENTIALS_FILE=str(directory / "credentials"),
        )
        session = botocore.session.Session(profile="p")
        refresh = session.get_credentials()._refresh_using
        refresh = getattr(refresh, "_refresh", refresh)
        rows.append({"config": config, "key": refresh.__self__._cache_key})
    return rows


def describe(found):
    """Where credentials come from, in one line."""
    if found is None:
        return "none"
    if found.method == "assume-role":
        refresh = found._refresh_using
        refresh = getattr(refresh, "_refresh", refresh)
        fetcher = refresh.__self__
        words = dict(fetcher._assume_kwargs)
        if fetcher._using_default_session_name:
            del words["RoleSessionName"]
        return f"{json.dumps(words, sort_keys=True)} from {describe(fetcher._source_credentials)}"
    if found.method == "assume-role-with-web-identity":
        fetcher = found._refresh_using.__self__
        words = dict(fetcher._assume_kwargs)
        if fetcher._using_default_session_name:
            del words["RoleSessionName"]
        words["File"] = fetcher._web_identity_token_loader._web_identity_token_path
        return f"{json.dumps(words, sort_keys=True)} by web identity"
    if found.method == "sso":
        fetcher = found._refresh_using.__self__
        where = fetcher._sso_session_name or "-"
        return f"sso {where} {fetcher._start_url} {fetcher._sso_region} {fetcher._account_id} {fetcher._role_name}"
    token = " with a token" if found.token else ""
    return f"{found.method} {found.access_key}{token}"


def marked(method):
    return Credentials(method.upper(), "s", method=method)


def isolate():
    """Takes away whatever would run a program or open a socket: the source is the answer."""
    c = botocore.credentials
    c.AssumeRoleWithWebIdentityCredentialFetcher._cache_key_args = lambda self: self._assume_kwargs
    c.ProcessProvider._retrieve_credentials_using = lambda self, command: {"access_key": command, "secret_key": "s"}
    c.ContainerProvider._retrieve_or_fail = lambda self: Credentials(
        self._fetcher.full_url(self._environ[self.ENV_VAR]) if self._provided_relative_uri() else self._environ[self.ENV_VAR_FULL],
        "s", method=self.METHOD,
    )  # fmt: skip
    c.InstanceMetadataProvider.load = lambda self: (
        None if self._role_fetcher._disabled else Credentials(self._role_fetcher.get_base_url().rstrip("/") + "/", "s", method=self.METHOD)
    )
    c.BotoProvider.load = c.OriginalEC2Provider.load = lambda self: None


def source(config, credentials, environment, profile, directory):
    (directory / "config").write_text(config)
    (directory / "credentials").write_text(credentials)
    os.environ.clear()
    os.environ.update(
        environment,
        AWS_CONFIG_FILE=str(directory / "config"),
        AWS_SHARED_CREDENTIALS_FILE=str(directory / "credentials"),
        HOME=str(directory),
    )
    session = botocore.session.Session(profile=profile)
    try:
        return {"source": describe(session.get_credentials())}
    except BotoCoreError as error:
        return {"error": str(error)}


def profiles(text, directory):
    path = directory / "text"
    path.write_bytes(text.encode())
    try:
        return {"sections": list(botocore.configloader.raw_config_parse(str(path)).items())}
    except BotoCoreError:
        return {"refused": True}


def main():
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        named = entry_names(directory)
        isolate()
        sources = [
            {"name": name, "config": c, "credentials": k, "environment": e, "profile": p, **source(c, k, e, p, directory)}
            for name, (c, k, e, p) in (CASES | published.CASES).items()
        ]
        texts = [{"name": name, "text": text, **profiles(text, directory)} for name, text in (TEXTS | published.TEXTS).items()]
    for file, rows in (("keys.json", named), ("sources.json", sources), ("profiles.json", texts)):
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (HERE / file).write_text(f"[\n{lines}\n]\n")


main()
