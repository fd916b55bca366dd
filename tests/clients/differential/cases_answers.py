"""Cases about answers: every format, queries over them, and what a server may say that is no plain answer."""

from differential.answers import ANSWERS, SUCCESSES, TIMES
from differential.cases_words import OPERATIONS, WHO
from differential.outcome import Case

ASSUME = OPERATIONS["assume-role"]

# So that tables are of one width in both versions.
ISO = "[default]\ncli_timestamp_format = iso8601\n"
FORMATS = {
    f"{name} in {output}": Case(f"{words} --output {output}", config=ISO)
    for name, words in OPERATIONS.items()
    for output in ("text", "table")
    if "," not in name
} | {
    f"{name} in yaml": Case(f"{OPERATIONS[name]} --output yaml", originals=("v2",))
    for name in ("assume-role", "get-caller-identity", "decode-authorization-message", "assume-role-with-saml")
}

QUERIES = {
    f"query {query} in {output}": Case(
        (*ASSUME.split(), "--query", query, "--output", output), config=ISO, originals=("v1", "v2") if output != "yaml" else ("v2",)
    )
    for query, outputs in {
        "Credentials": "json text table yaml",
        "Credentials.AccessKeyId": "json text table yaml",
        "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]": "json text table yaml",
        "Credentials.*": "text",
        "[Credentials.Expiration,PackedPolicySize]": "json text yaml",
        "PackedPolicySize": "json text table yaml",
        "{b:PackedPolicySize,a:SourceIdentity}": "json text table yaml",
        "{a:{c:PackedPolicySize,b:[`1`,`2`]}}": "json text table yaml",
        "[[SourceIdentity,PackedPolicySize],[`a`,`b`]]": "json text table yaml",
        "[AssumedRoleUser,Credentials]": "json text table",
        "AssumedRoleUser.Nothing": "json text table yaml",
        "[]": "json text",
        "`true`": "json text table yaml",
        "`null`": "json text",
        "`[]`": "json text table yaml",
        "`{}`": "json text table yaml",
        "`1.0`": "json text",
        "`1e3`": "json",
        "`\"é日本\"`": "json text table yaml",
        "'a\tb'": "json text",
        "length(Credentials)": "json text",
        "sum(`[1,2]`)": "json",
        "avg(`[1,2]`)": "json text",
        "keys(@)": "json text",
        "sort(keys(Credentials))": "json text",
        "type(PackedPolicySize)": "text",
        "to_string(AssumedRoleUser)": "json",
        "to_number('5')": "json",
        "max(`[1.5,2]`)": "json",
        "starts_with(AssumedRoleUser.Arn,'arn:')": "json text yaml",
        "PackedPolicySize > `5`": "json text",
        "Credentials.Expiration > '2026-01-01'": "json text yaml",
        "Credentials.Expiration <= '2026-01-01'": "json",
        "SourceIdentity >= 'me'": "json",
        "[Credentials][?Expiration < '2100'].AccessKeyId": "json text",
        "[sum(`[1,2]`),avg(`[1,2]`),`2.0`]": "json text",
        "[ceil(`1.5`),floor(`-1.5`),abs(`-3`),abs(`-3.0`)]": "json",
        "to_number('007')": "json",
        "[`1e-5`,`-1.25e-7`,`0.0001`]": "json text yaml",
        "{a:`\"\\u2028\\u2029 x\"`}": "yaml",
        "to_string([SourceIdentity,'é𝄞'])": "json",
        "SourceIdentity == 'me' && PackedPolicySize": "json",
        "Credentials|AccessKeyId": "json",
        "AssumedRoleUser.Arn | split(@,':')": "json",
        "foo[": "json",
        "": "json",
        "length(Nothing)": "json",
        "unknown_function(@)": "json",
        "abs(SourceIdentity)": "json",
    }.items()
    for output in outputs.split()
}

ODD_ANSWERS = {
    f"answered with {name}": Case(WHO, answer=name, environment={"AWS_MAX_ATTEMPTS": "1"}) for name in (*ANSWERS, *SUCCESSES)
} | {
    f"{name} in {output}": Case(f"{WHO} --output {output}", answer=name, originals=originals)
    for name in SUCCESSES
    for output, originals in (("text", ("v1", "v2")), ("table", ("v1", "v2")), ("yaml", ("v2",)))
}

MORE = {f"a time with {name}": Case(f"{ASSUME} --query Credentials.Expiration", answer=name) for name in TIMES} | {
    "a time on the wire": Case(ASSUME, answer="milliseconds", config="[default]\ncli_timestamp_format = wire\n"),
    "a time of iso 8601": Case(ASSUME, answer="milliseconds", config="[default]\ncli_timestamp_format = iso8601\n"),
    "a time of another format": Case(ASSUME, config="[default]\ncli_timestamp_format = rfc822\n"),
    "throttled, then answered": Case(WHO, answer="throttled once"),
    "no page of a balancer the second time": Case(WHO, answer="a page of a balancer once"),
    "throttled to the end": Case(WHO, answer="throttled", environment={"AWS_MAX_ATTEMPTS": "2"}),
    "unavailable to the end": Case(WHO, answer="unavailable", environment={"AWS_MAX_ATTEMPTS": "2", "AWS_RETRY_MODE": "standard"}),
    "denied in text": Case(f"{ASSUME} --output text", answer="denied"),
    "denied with a query": Case(f"{ASSUME} --query Credentials", answer="denied"),
    "nobody listens": Case(f"{WHO} --endpoint-url http://127.0.0.1:1", here=False, environment={"AWS_MAX_ATTEMPTS": "1", "NO_PROXY": "127.0.0.1"}),
    "nobody has the name": Case(
        f"{WHO} --endpoint-url http://name.invalid:1", here=False, environment={"AWS_MAX_ATTEMPTS": "1", "NO_PROXY": "name.invalid"}
    ),
}

GROUPS = (FORMATS, QUERIES, ODD_ANSWERS, MORE)
