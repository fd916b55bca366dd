"""Cases about places: credentials, profiles, regions and endpoints, from the environment and from files."""

from differential.cases_words import ASSUME, WHO
from differential.outcome import KEYS, Case

MORE_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAMORE000000000000", "AWS_SECRET_ACCESS_KEY": "secret-of-AKIAMORE000000000000"}
DIRECT = {"NO_PROXY": "127.0.0.1"}
EAST = {"AWS_DEFAULT_REGION": "us-east-1"}
ROLE = "role_arn = arn:aws:iam::123456789012:role/x\n"


def keys(name, token=None):
    key = f"AKIA{name.upper():0<16}"
    token = f"aws_session_token = {token}\n" if token else ""
    return f"aws_access_key_id = {key}\naws_secret_access_key = secret-of-{key}\n{token}"


def bare(words=WHO, **parts):
    return Case(words, bare=True, **{"environment": EAST, **parts})


BOTH_FILES = {
    "config": f"[default]\n{keys('cdefault')}[profile a]\n{keys('ca')}region = eu-west-1\noutput = text\n[profile b]\nregion = eu-west-2\n[c]\nregion = x\n",
    "credentials": f"[default]\n{keys('default')}[a]\n{keys('a', 'token-of-a')}[c]\n{keys('c')}",
}

CREDENTIALS = {
    "keys and a token": Case(WHO, environment={"AWS_SESSION_TOKEN": "a/token+="}),
    "the older name of a token": Case(WHO, environment={"AWS_SECURITY_TOKEN": "older"}),
    "both names of a token": Case(WHO, environment={"AWS_SECURITY_TOKEN": "older", "AWS_SESSION_TOKEN": "newer"}),
    "an empty token": Case(WHO, environment={"AWS_SESSION_TOKEN": ""}),
    "half a key": bare(environment=EAST | {"AWS_ACCESS_KEY_ID": "AKIAHALF000000000000"}),
    "the other half of a key": bare(environment=EAST | {"AWS_SECRET_ACCESS_KEY": "x"}),
    "an empty key": bare(environment=EAST | {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}),
    "a key with blanks": bare(environment=EAST | {"AWS_ACCESS_KEY_ID": "AKIA 0", "AWS_SECRET_ACCESS_KEY": "secret-of-AKIA 0"}),
    "no credentials": bare(),
    "no credentials, not needed": bare(
        "sts assume-role-with-web-identity --role-arn arn:aws:iam::123456789012:role/r --role-session-name s1 --web-identity-token a.b.c"
    ),
    "no credentials, no region": bare(environment={}),
    "the default profile": bare(**BOTH_FILES),
    "the environment before the default profile": Case(WHO, **BOTH_FILES),
    "a profile": bare(f"{WHO} --profile a", **BOTH_FILES),
    "a profile before the environment": Case(f"{WHO} --profile a", **BOTH_FILES),
    "a profile of the environment": bare(environment=EAST | {"AWS_PROFILE": "a"}, **BOTH_FILES),
    "a profile of the environment beside keys": Case(WHO, environment={"AWS_PROFILE": "a"}, **BOTH_FILES),
    "a profile of the older variable": bare(environment=EAST | {"AWS_DEFAULT_PROFILE": "a"}, **BOTH_FILES),
    "a profile of both variables": bare(environment=EAST | {"AWS_DEFAULT_PROFILE": "a", "AWS_PROFILE": "c"}, **BOTH_FILES),
    "a profile without keys": bare(f"{WHO} --profile b", **BOTH_FILES),
    "a profile of credentials only": bare(f"{WHO} --profile c", **BOTH_FILES),
    "no such profile": Case(f"{WHO} --profile nope", **BOTH_FILES),
    "no such profile in the environment": Case(WHO, environment={"AWS_PROFILE": "nope"}, **BOTH_FILES),
    "the profile called default": bare(f"{WHO} --profile default", **BOTH_FILES),
    "the profile called default, not there": Case(f"{WHO} --profile default"),
    "an empty profile": Case(("sts", "get-caller-identity", "--profile", ""), **BOTH_FILES),
    "an empty profile of the environment": bare(environment=EAST | {"AWS_PROFILE": ""}, **BOTH_FILES),
    "an empty profile of the environment beside keys": Case(WHO, environment={"AWS_PROFILE": ""}, **BOTH_FILES),
    "an empty profile of the environment and one of the flag": bare(f"{WHO} --profile a", environment=EAST | {"AWS_PROFILE": ""}, **BOTH_FILES),
    "an empty profile of the older variable": bare(environment=EAST | {"AWS_DEFAULT_PROFILE": ""}, **BOTH_FILES),
    "empty keys of a file": bare(credentials="[default]\naws_access_key_id =\naws_secret_access_key =\n", config=f"[default]\n{keys('other')}"),
    "a region named for its FIPS host": bare(environment={"AWS_DEFAULT_REGION": "fips-us-east-1"}, here=False, **BOTH_FILES),
    "no config file": bare(environment=EAST | {"AWS_CONFIG_FILE": ""}, **BOTH_FILES),
    "no credentials file": bare(environment=EAST | {"AWS_SHARED_CREDENTIALS_FILE": ""}, **BOTH_FILES),
    "neither file": bare(environment=EAST | {"AWS_CONFIG_FILE": "", "AWS_SHARED_CREDENTIALS_FILE": ""}, **BOTH_FILES),
    "a heading with a blank before its kind": bare(f"{WHO} --profile a", config=f"[ profile a]\n{keys('a')}"),
    "a heading twice, once with a blank before": bare(f"{WHO} --profile a", config=f"[profile a]\n{keys('a')}[ profile a]\n{keys('b')}"),
    "a heading with its kind in quotes": bare(f"{WHO} --profile a", config=f"['profile' a]\n{keys('a')}"),
    "a heading with blanks in credentials": bare(f"{WHO} --profile a", credentials=f"[ a ]\n{keys('a')}"),
    "a profile with blanks": bare((*WHO.split(), "--profile", "two words"), config=f'[profile "two words"]\n{keys("two")}'),
    "files elsewhere": bare(
        environment=EAST | {"AWS_CONFIG_FILE": "{home}/c", "AWS_SHARED_CREDENTIALS_FILE": "{home}/s"},
        files={"c": "[default]\noutput = text\n", "s": f"[default]\n{keys('elsewhere')}"},
    ),
    "files in the home directory": bare(environment=EAST | {"AWS_SHARED_CREDENTIALS_FILE": "~/s"}, files={"s": f"[default]\n{keys('tilde')}"}),
    "files that are not there": Case(WHO, environment={"AWS_CONFIG_FILE": "/nonexistent/c", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/s"}),
    "a file with carriage returns": bare(credentials=f"[default]\n{keys('crlf')}".replace("\n", "\r\n")),
    "a file that is no profile file": Case(WHO, config="not a profile file\n"),
    "a line without a value": Case(WHO, config="[default]\nregion\n"),
    "a section twice": bare(credentials=f"[default]\n{keys('first')}[default]\n{keys('second')}"),
    "a key twice": bare(credentials=f"[default]\n{keys('first')}{keys('second')}"),
    "keys in capitals": bare(credentials=f"[default]\n{keys('upper').replace('aws_access_key_id', 'AWS_ACCESS_KEY_ID')}"),
    "comments": bare(credentials=f"# one\n; two\n[default]\n{keys('comment')}# three\n"),
    "a comment behind a value": bare(config="[default]\nregion = eu-west-1 # here\n", environment=KEYS),
    "a process": bare(config="[default]\ncredential_process = /bin/echo '{\"Version\": 1, \"AccessKeyId\": \"AKIAP\", \"SecretAccessKey\": \"secret-of-AKIAP\"}'\n"),
    "a process that is not there": bare(config="[default]\ncredential_process = /nonexistent/process\n"),
    "a process that says nothing": bare(config="[default]\ncredential_process = /bin/true\n"),
    "a process that fails": bare(config="[default]\ncredential_process = /bin/false\n"),
}


def role(more, config="", credentials=f"[src]\n{keys('src')}", words=f"{WHO} --profile p", **parts):
    # The calls of the chain go where a profile says, which Debian's version does not know: through the proxy.
    return bare(words, config=f"[profile p]\nregion = us-east-1\n{more}{config}", credentials=credentials, here=False, **parts)


ROLES = {
    "a role": role(f"{ROLE}source_profile = src\n"),
    "a role with everything": role(
        f"{ROLE}source_profile = src\nexternal_id = e:1\nrole_session_name = me\nduration_seconds = 1800\n"
    ),
    "a role of the environment": role(f"{ROLE}credential_source = Environment\n", environment=KEYS),
    "a role of its own keys": role(f"{ROLE}source_profile = p\n{keys('own')}"),
    "a role of a role": role(f"{ROLE}source_profile = q\n", config="[profile q]\nrole_arn = arn:aws:iam::123456789012:role/y\nsource_profile = src\n"),
    "a role in a region": role(f"{ROLE}source_profile = src\n", words=f"{WHO} --profile p --region eu-west-1"),
    "a role that is denied": role(f"{ROLE}source_profile = src\n", answer="denied"),
    "a role with a code": role(f"{ROLE}source_profile = src\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n", stdin="123456\n"),
    "a role of the default profile": role("", config=f"[default]\n{ROLE}source_profile = src\n", words=WHO),
    "a role, from the environment's profile": role(f"{ROLE}source_profile = src\n", words=WHO, environment=EAST | {"AWS_PROFILE": "p"}),
    "a role with a bad duration": role(f"{ROLE}source_profile = src\nduration_seconds = long\n"),
    "a web identity": role(f"{ROLE}web_identity_token_file = {{home}}/token\n", files={"token": "a.b.c"}),
    "a web identity with a name": role(f"{ROLE}web_identity_token_file = {{home}}/token\nrole_session_name = pod\n", files={"token": "a.b.c"}),
    "a web identity of the environment": bare(
        here=False,
        environment=EAST
        | {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x", "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_SESSION_NAME": "pod"},
        files={"token": "a.b.c\n"},
    ),
    "assume-role by a role": role(f"{ROLE}source_profile = src\n", words=f"{ASSUME} --profile p"),
}

REGIONS = {
    "no region": Case(WHO, bare=True, environment=KEYS),
    "no region, no endpoint": Case(WHO, bare=True, environment=KEYS, here=False),
    "both variables": Case(WHO, environment={"AWS_REGION": "eu-west-1"}),
    "only the newer variable": Case(WHO, bare=True, environment=KEYS | {"AWS_REGION": "eu-west-1"}),
    "an empty region": Case(WHO, environment={"AWS_DEFAULT_REGION": ""}),
    "region of the flag": Case(f"{WHO} --region ap-southeast-2", environment={"AWS_REGION": "eu-west-1"}),
    "a bad region": f"{WHO} --region 'bad region!'",
    "a region that is no host": f"{WHO} --region a.b",
    "an empty region of the flag": Case(("sts", "get-caller-identity", "--region", "")),
    "region of the profile": Case(WHO, bare=True, environment=KEYS, config="[default]\nregion = sa-east-1\n"),
    **{
        f"endpoint of {region}": Case(f"{WHO} --region {region}", here=False)
        for region in (
            "us-east-1 us-west-2 eu-central-1 af-south-1 ap-east-1 il-central-1 mx-central-1 us-gov-west-1 us-gov-east-1 cn-north-1 "
            "cn-northwest-1 us-iso-east-1 us-isob-east-1 eu-isoe-west-1 aws-global aws-us-gov-global us-nowhere-7 xx-north-1"
        ).split()
    },
}

ENDPOINTS = {
    "fips": Case(WHO, here=False, environment={"AWS_USE_FIPS_ENDPOINT": "true"}),
    "fips in gov": Case(f"{WHO} --region us-gov-west-1", here=False, environment={"AWS_USE_FIPS_ENDPOINT": "true"}),
    "fips elsewhere": Case(f"{WHO} --region eu-west-1", here=False, environment={"AWS_USE_FIPS_ENDPOINT": "TRUE"}),
    "dual stack": Case(WHO, here=False, environment={"AWS_USE_DUALSTACK_ENDPOINT": "true"}),
    "both": Case(f"{WHO} --region us-gov-east-1", here=False, environment={"AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_USE_FIPS_ENDPOINT": "true"}),
    "fips of the profile": Case(WHO, here=False, config="[default]\nuse_fips_endpoint = true\n"),
    "dual stack of the profile": Case(WHO, here=False, config="[default]\nuse_dualstack_endpoint = true\n"),
    "dual stack that is neither": Case(WHO, here=False, environment={"AWS_USE_DUALSTACK_ENDPOINT": "maybe"}),
    "fips here": Case(WHO, environment={"AWS_USE_FIPS_ENDPOINT": "true"}),
    "legacy endpoints": Case(WHO, here=False, environment={"AWS_STS_REGIONAL_ENDPOINTS": "legacy"}),
    "legacy endpoints elsewhere": Case(f"{WHO} --region eu-south-1", here=False, environment={"AWS_STS_REGIONAL_ENDPOINTS": "legacy"}),
    "an endpoint of the environment": Case(WHO, here=False, environment={"AWS_ENDPOINT_URL": "{url}", "NO_PROXY": "127.0.0.1"}, originals=("v1",)),
    "an endpoint of the service": Case(
        WHO, here=False, environment={"AWS_ENDPOINT_URL_STS": "{url}", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1"}, originals=("v1",)
    ),
    "an endpoint of the profile": Case(WHO, here=False, config="[default]\nendpoint_url = {url}\n", environment=DIRECT, originals=("v1",)),
    "an endpoint of a section": Case(
        WHO, here=False, config="[default]\nservices = s\nendpoint_url = http://127.0.0.1:1\n[services s]\nsts =\n  endpoint_url = {url}\n", environment=DIRECT, originals=("v1",)
    ),
    "endpoints are ignored": Case(
        WHO, here=False, environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, originals=("v1",)
    ),
    "an endpoint with a path": Case(f"{WHO} --endpoint-url {{url}}/some/where", here=False, environment=DIRECT),
    "an endpoint with a slash": Case(f"{WHO} --endpoint-url {{url}}/", here=False, environment=DIRECT),
    "an endpoint with a path and a slash": Case(f"{WHO} --endpoint-url {{url}}/some/where/", here=False, environment=DIRECT),
    "an endpoint with a path in unicode": Case(f"{WHO} --endpoint-url {{url}}/é/日本/", here=False, environment=DIRECT),
    "an endpoint with blanks and quotes": Case(("sts", "get-caller-identity", "--endpoint-url", '{url}/a b/"<>'), here=False, environment=DIRECT),
    "an endpoint with a query": Case(f"{WHO} --endpoint-url '{{url}}/x?a=1&b=2'", here=False, environment=DIRECT, originals=("v1",)),
    "an endpoint with a fragment": Case(f"{WHO} --endpoint-url '{{url}}/x#b'", here=False, environment=DIRECT),
    "an endpoint without a scheme": f"{WHO} --endpoint-url localhost:1",
    "an endpoint of nothing": Case(("sts", "get-caller-identity", "--endpoint-url", ""), here=False),
    "an endpoint with a bad port": Case(f"{WHO} --endpoint-url http://127.0.0.1:port", originals=("v1",)),
    "an endpoint of another scheme": Case(f"{WHO} --endpoint-url ftp://127.0.0.1:1", here=False, environment={"AWS_MAX_ATTEMPTS": "1"}, originals=("v1",)),
    "an endpoint through the proxy": Case(f"{WHO} --endpoint-url http://sts.example.com", here=False),
    "a secure endpoint through the proxy": Case(f"{WHO} --endpoint-url https://sts.example.com:8443", here=False),
    "a scheme in capitals": Case(f"{WHO} --endpoint-url HTTPS://sts.example.com:8443", here=False),
    "an authority that is not there": Case(WHO, here=False, environment={"AWS_CA_BUNDLE": "/nonexistent/bundle.pem"}),
    "an authority of the flag": Case(f"{WHO} --ca-bundle {{home}}/b.pem", here=False, files={"b.pem": "no certificate\n"}),
    "unverified": Case(f"{WHO} --no-verify-ssl", here=False, environment={"AWS_CA_BUNDLE": ""}),
}

SETTINGS = {
    "output of the environment": Case(WHO, environment={"AWS_DEFAULT_OUTPUT": "text"}),
    "output of the profile": Case(WHO, config="[default]\noutput = table\n"),
    "output of the flag": Case(f"{WHO} --output json", environment={"AWS_DEFAULT_OUTPUT": "text"}, config="[default]\noutput = table\n"),
    "bad output of the environment": Case(WHO, environment={"AWS_DEFAULT_OUTPUT": "xml"}),
    "bad output of the profile": Case(WHO, config="[default]\noutput = xml\n"),
    "attempts of the environment": Case(WHO, answer="unavailable", environment={"AWS_MAX_ATTEMPTS": "1", "AWS_RETRY_MODE": "standard"}),
    "attempts of the profile": Case(WHO, answer="unavailable", config="[default]\nmax_attempts = 1\nretry_mode = standard\n"),
    "attempts of no number": Case(WHO, environment={"AWS_MAX_ATTEMPTS": "few"}),
    "attempts of none": Case(WHO, environment={"AWS_MAX_ATTEMPTS": "0"}),
    "a retry mode that is none": Case(WHO, environment={"AWS_RETRY_MODE": "often"}),
    "services that are not there": Case(WHO, config="[default]\nservices = nope\n", originals=("v1",)),
    "an unknown setting": Case(WHO, config="[default]\nfrobnicate = 1\n"),
    "validation turned off": Case("sts get-session-token --duration-seconds 1", config="[default]\nparameter_validation = false\n"),
    "files are not followed": Case(
        "sts get-federation-token --name bob --policy file://p", config="[default]\ncli_follow_urlparam = false\n", files={"p": "{{}}"}
    ),
}

GROUPS = (CREDENTIALS, ROLES, REGIONS, ENDPOINTS, SETTINGS)
