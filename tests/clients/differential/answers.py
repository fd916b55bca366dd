"""What the recording server answers, by the name of a way to answer and the action."""

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
CREDENTIALS = (
    "<Credentials><AccessKeyId>ASIAHOP0000000000000</AccessKeyId><SecretAccessKey>secret-of-ASIAHOP0000000000000"
    "</SecretAccessKey><SessionToken>token-of-hop/+=</SessionToken><Expiration>{expiration}</Expiration></Credentials>"
)
ASSUMED = (
    "<AssumedRoleUser><AssumedRoleId>AROA000000000000000000:s</AssumedRoleId>"
    "<Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>"
)
RESULTS = {
    "AssumeRole": ASSUMED + CREDENTIALS + "<PackedPolicySize>6</PackedPolicySize><SourceIdentity>me</SourceIdentity>",
    "AssumeRoleWithSAML": "<Issuer>https://idp</Issuer>" + ASSUMED + CREDENTIALS + "<Subject>alice</Subject><Audience>aud</Audience>"
    "<SubjectType>transient</SubjectType><NameQualifier>q=</NameQualifier><PackedPolicySize>0</PackedPolicySize>",
    "AssumeRoleWithWebIdentity": "<Audience>client</Audience>" + ASSUMED + "<Provider>www.amazon.com</Provider>" + CREDENTIALS
    + "<SubjectFromWebIdentityToken>amzn1</SubjectFromWebIdentityToken>",
    "AssumeRoot": CREDENTIALS + "<SourceIdentity>me</SourceIdentity>",
    "DecodeAuthorizationMessage": "<DecodedMessage>{{&quot;allowed&quot;:false,&quot;x&quot;:&quot;&lt;é&gt;&quot;}}</DecodedMessage>",
    "GetAccessKeyInfo": "<Account>123456789012</Account>",
    "GetCallerIdentity": "<Arn>arn:aws:iam::123456789012:user/Alice</Arn><UserId>AIDA0000000000000000</UserId><Account>123456789012</Account>",
    "GetDelegatedAccessToken": CREDENTIALS + "<PackedPolicySize>2</PackedPolicySize>"
    "<AssumedPrincipal>arn:aws:iam::123456789012:role/d</AssumedPrincipal>",
    "GetFederationToken": CREDENTIALS + "<FederatedUser><Arn>arn:aws:sts::123456789012:federated-user/bob</Arn>"
    "<FederatedUserId>123456789012:bob</FederatedUserId></FederatedUser><PackedPolicySize>4</PackedPolicySize>",
    "GetSessionToken": CREDENTIALS,
    "GetWebIdentityToken": "<WebIdentityToken>a.b.c</WebIdentityToken><Expiration>{expiration}</Expiration>",
}
WHEN = "2099-01-01T00:00:00Z"
TIMES = {
    "milliseconds": "2099-01-01T00:00:00.359Z",
    "an offset": "2099-01-01T02:00:00+02:00",
    "the epoch": "4070908800",
    "a fraction of the epoch": "4070908800.5",
    "lower case": "2099-01-01t00:00:00z",
    "no zone": "2099-01-01T00:00:00",
}


def envelope(action, result):
    return (
        f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{result}</{action}Result>'
        f"<ResponseMetadata><RequestId>00000000-0000</RequestId></ResponseMetadata></{action}Response>"
    )


def error(code, message, kind="Sender"):
    return (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>'
        "<RequestId>00000000-0000</RequestId></ErrorResponse>"
    )


HTML = "<html><body><h1>Bad Gateway</h1></body></html>"
# Name: status, body, headers; a body may name the action.
ANSWERS = {
    "denied": (403, error("AccessDenied", "User: x is not authorized to perform: sts:Y on resource: z"), {}),
    "denied in unicode": (403, error("AccessDenied", "é 日本 &lt;&amp;&gt; 𝄞"), {}),
    "a message of lines": (400, error("ValidationError", "one\ntwo\n"), {}),
    "a modelled error": (400, error("PackedPolicyTooLarge", "Packed size of session policies consumes 120%"), {}),
    "an error without message": (400, error("Odd", ""), {}),
    "an error without error": (400, f'<ErrorResponse xmlns="{NAMESPACE}"></ErrorResponse>', {}),
    "an error in another root": (400, "<Response><Errors><Error><Code>X</Code><Message>y</Message></Error></Errors></Response>", {}),
    "an error with a request id": (400, f"<Response><Error><Code>X</Code><Message>y</Message></Error><RequestID>1</RequestID></Response>", {}),
    "an error with comments": (400, error("A<!-- b -->C", "one<!-- two -->three"), {}),
    "an error in cdata": (400, error("A", "<![CDATA[<b>&amp;</b>]]>"), {}),
    "throttled": (400, error("Throttling", "Rate exceeded"), {}),
    "an internal failure": (500, error("InternalFailure", "oops", "Receiver"), {}),
    "unavailable": (503, error("ServiceUnavailable", "later", "Receiver"), {}),
    "a page of a balancer": (502, HTML, {}),
    "an empty 500": (500, "", {}),
    "a page of another kind": (404, "not here", {}),
    "no document": (200, "this is no xml", {}),
    "half a document": (200, "<GetCallerIdentityResponse><GetCallerIdentityResult>", {}),
    "nothing": (200, "", {}),
    "a redirection": (302, "", {"Location": "/elsewhere"}),
    "another root": (200, "<Other><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></Other>", {}),
    "no namespace": (200, "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>", {}),
    "a prefix": (200, f'<a:GetCallerIdentityResponse xmlns:a="{NAMESPACE}"><a:GetCallerIdentityResult><a:Account>1</a:Account></a:GetCallerIdentityResult></a:GetCallerIdentityResponse>', {}),
    "no result": (200, f'<GetCallerIdentityResponse xmlns="{NAMESPACE}"></GetCallerIdentityResponse>', {}),
    "a declaration": (200, '<?xml version="1.0" encoding="UTF-8"?>\n' + envelope("GetCallerIdentity", "<Account>1</Account>"), {}),
}  # fmt: skip
# Other results of a success, by the name of the way.
SUCCESSES = {
    "an empty result": "",
    "one member": "<Account>123456789012</Account>",
    "an empty member": "<Account></Account><Arn/><UserId> </UserId>",
    "unknown members": "<Account>1</Account><New>x</New><Deep><Er>y</Er></Deep>",
    "texts around a member": "<Account>1<New>x</New>2</Account>",
    "a member twice": "<Account>1</Account><Account>2</Account>",
    "blanks": "<Account>  1 \n 2  </Account>",
    "entities": "<Account>a&#10;b&#9;c&amp;d</Account><Arn>&quot;&apos;\\</Arn>",
    "wide characters": "<Account>日本語</Account><Arn>é𝄞</Arn><UserId>ｆｕｌｌ</UserId>",
    "yaml words": "<Account>yes</Account><Arn>- a: b #c</Arn><UserId>~</UserId>",
    "a number": "<Account>0123</Account><UserId>1e3</UserId>",
    "comments": "<!-- x --><Account>1<!-- y -->2</Account>",
    "cdata": "<Account><![CDATA[<1>&amp;]]></Account>",
    "a long value": f"<Account>{'x' * 300}</Account>",
}


def answer(way, form, count):
    """Status, body and headers for a form; `count` is which request of the command it is."""
    action = form.get("Action", "")
    if way == "throttled once":
        way = "throttled" if count == 1 else "plain"
    if way == "a page of a balancer once":
        way = "a page of a balancer" if count == 1 else "plain"
    if way in ANSWERS:
        return ANSWERS[way]
    if way in SUCCESSES:
        return 200, envelope(action, SUCCESSES[way]), {}
    if action not in RESULTS:
        return 400, error("InvalidAction", f"Could not find operation {action}"), {}
    return 200, envelope(action, RESULTS[action].format(expiration=TIMES.get(way, WHEN))), {}
