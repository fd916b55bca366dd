//! Every text of validation, in the order in which AWS reports (`facts: policy §6.1`).

use locum_policy::{Policy, PolicyKind};

fn message(document: &str, kind: PolicyKind) -> String {
    match Policy::compile(document, kind) {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.message.into_owned(),
    }
}

fn managed(statement: &str) -> String {
    let document = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
    message(&document, PolicyKind::Managed)
}

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";

#[test]
fn identity_documents() {
    let good = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let rows = [
        ("[]".to_owned(), SYNTAX),
        (r#"{"Version":"2012-10-17"}"#.to_owned(), SYNTAX),
        (r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(), SYNTAX),
        (r#"{"Version":"2012-10-17","Statement":["x"]}"#.to_owned(), SYNTAX),
        (
            format!(r#"{{"Version":"2012-10-18","Statement":{good}}}"#),
            SYNTAX,
        ),
        (format!(r#"{{"Version":20121017,"Statement":{good}}}"#), SYNTAX),
        (
            format!(r#"{{"Version":"2012-10-17","Statement":{good},"Other":1}}"#),
            SYNTAX,
        ),
        (
            format!(r#"{{"Version":"2012-10-17","Id":[],"Statement":{good}}}"#),
            SYNTAX,
        ),
        (
            format!(r#"{{"Version":"2012-10-17","Id":"x","Statement":{good}}}"#),
            "ok",
        ),
        (
            format!(r#" {{"Version":"2012-10-17","Statement":{good}}}"#),
            LEGACY,
        ),
        (
            format!(r#"{{"Statement":{good}}}"#),
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (
            format!(r#"{{"Version":"2008-10-17","Statement":{good}}}"#),
            "Policy document must be version 2012-10-17 or greater.",
        ),
    ];
    for (document, expected) in rows {
        assert_eq!(message(&document, PolicyKind::Managed), expected, "{document}");
    }
    assert_eq!(
        message(&format!(r#"{{"Statement":{good}}}"#), PolicyKind::Inline),
        "ok"
    );
    assert_eq!(
        message(&format!(r#" {{"Statement":{good}}}"#), PolicyKind::Session),
        "ok"
    );
    assert_eq!(
        message("{", PolicyKind::Session),
        "This policy contains invalid Json"
    );
}

#[test]
fn identity_statements() {
    let rows = [
        (r#"{"Action":"*","Resource":"*"}"#, SYNTAX),
        (r#"{"Effect":"Permit","Action":"*","Resource":"*"}"#, SYNTAX),
        (r#"{"Effect":"allow","Action":"*","Resource":"*"}"#, LEGACY),
        (
            r#"{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}"#,
            SYNTAX,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","NotResource":"*"}"#,
            SYNTAX,
        ),
        (r#"{"Effect":"Allow","Action":{},"Resource":"*"}"#, SYNTAX),
        (r#"{"Effect":"Allow","Action":[1],"Resource":"*"}"#, SYNTAX),
        (r#"{"Effect":"Allow","Action":"*","Resource":true}"#, SYNTAX),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Sid":1}"#,
            SYNTAX,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Sid":"a b"}"#,
            SYNTAX,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":[]}"#,
            SYNTAX,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":"x"}}"#,
            SYNTAX,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"k":null}}}"#,
            SYNTAX,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"k":[[]]}}}"#,
            SYNTAX,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Boo":{"k":"v"}}}"#,
            SYNTAX,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Boo":{}}}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateEquals":{"k":"then"}}}"#,
            LEGACY,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateEquals":{"k":"2024-02-30"}}}"#,
            LEGACY,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateEquals":{"k":"2024-01-01T"}}}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateEquals":{"k":"-292275054-01-01t1:2:3.123456789+23"}}}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateEquals":{"k":"9223372036854775808"}}}"#,
            LEGACY,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericEquals":{"k":"then"}}}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3::b"}"#,
            LEGACY,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:sqs::b"}"#,
            LEGACY,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws::::b"}"#,
            LEGACY,
        ),
        (
            r#"[{"Sid":"a","Effect":"Allow","Action":[],"Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"}]"#,
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (
            r#"[{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"}]"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Resource":"*"}"#,
            "Policy statement must contain actions.",
        ),
        (
            r#"{"Effect":"Allow","Action":[],"Resource":"*"}"#,
            "Policy statement must contain actions.",
        ),
        (
            r#"{"Effect":"Allow","NotAction":[],"Resource":"*"}"#,
            "Policy statement must contain actions.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*"}"#,
            "Policy statement must contain resources.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","NotResource":[]}"#,
            "Policy statement must contain resources.",
        ),
        (
            r#"{"Effect":"Allow","Action":"x","Resource":"b"}"#,
            r#"Resource b must be in ARN format or "*"."#,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:p:a:b:c:d"}"#,
            r#"Partition "p" is not valid for resource "arn:p:a:b:c:d"."#,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"a:b"}"#,
            r#"Partition "b" is not valid for resource "arn:b:*:*:*:*"."#,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:*:::b"}"#,
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws"}"#,
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam:eu:1:user/x"}"#,
            "IAM resource arn:aws:iam:eu:1:user/x cannot contain region information.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:eu:1:b"}"#,
            "Resource arn:aws:s3:eu:1:b can not contain region information.",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:eu:1:accesspoint/b"}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::1:thing/x"}"#,
            r#"IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/."#,
        ),
        (
            r#"{"Effect":"Allow","Action":"sts:AssumeRoot","Resource":"arn:aws:iam::1:root"}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::1:delegation-request/*"}"#,
            "ok",
        ),
        // Sorted downwards, the last one that is wrong wins.
        (
            r#"{"Effect":"Allow","Action":"*","Resource":["b","a","c"]}"#,
            r#"Resource a must be in ARN format or "*"."#,
        ),
        (
            r#"{"Effect":"Allow","Action":"GetObject","Resource":"*"}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#"{"Effect":"Allow","Action":"a:b:c","Resource":"*"}"#,
            "Actions/Condition can contain only one colon.",
        ),
        (
            r#"{"Effect":"Allow","NotAction":"s*:x","Resource":"*"}"#,
            "Vendor s* is not valid",
        ),
        (
            r#"{"Effect":"Allow","Action":"iam: asdf safdsf af ","Resource":"*"}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Action":"*:*","Resource":["arn:aws:fdsasf",null]}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#,
            "Policy document should not specify a principal.",
        ),
    ];
    for (statement, expected) in rows {
        assert_eq!(managed(statement), expected, "{statement}");
    }
}

fn trust(statement: &str) -> String {
    let document = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
    message(&document, PolicyKind::Trust)
}

#[test]
fn trust_documents() {
    let rows = [
        ("{", "This policy contains invalid Json"),
        (
            r#"{"Version":"2013-10-17","Statement":[]}"#,
            "The policy must contain a valid version string",
        ),
        (r#"{"Version":"2012-10-17"}"#, "Missing required field Statement"),
        (
            r#"{"Statement":[]}"#,
            "Could not parse the policy: Statement is empty!",
        ),
        (r#"{"Statement":[{}],"Stuff":1}"#, "Unknown field Stuff"),
        (
            r#"{"Statement":[{"Sid":"a"},{"Sid":"a"}]}"#,
            "The Statement Ids in the policy are not unique",
        ),
        (r#"{"Statement":[{"Sid":"a"}]}"#, "Missing required field Effect"),
    ];
    for (document, expected) in rows {
        assert_eq!(message(document, PolicyKind::Trust), expected, "{document}");
        if !document.contains("AssumeRole") {
            assert_eq!(message(document, PolicyKind::Resource), expected, "{document}");
        }
    }
}

#[test]
fn trust_statements() {
    let rows = [
        (r#"{"Effect":"allow"}"#, "Invalid effect: allow"),
        (r#"{"Effect":"Allow","What":1}"#, "Unknown field What"),
        (
            r#"{"Effect":"Allow","Action":"sts:AssumeRole"}"#,
            "Missing required field Principal",
        ),
        (
            r#"{"Effect":"Allow","Principal":{},"Action":"sts:AssumeRole"}"#,
            "Missing required field Principal cannot be empty!",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":[]}}"#,
            "Missing required field Principal cannot be empty!",
        ),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}"#,
            "Principal must be a JSON object.",
        ),
        (
            r#"{"Effect":"Allow","Principal":["*"],"Action":"sts:AssumeRole"}"#,
            "Syntax error in policy.",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/*"}}"#,
            r#"Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:user/*""#,
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:group/g"}}"#,
            r#"Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:group/g""#,
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"12345"}}"#,
            r#"Invalid principal in policy: "AWS":"12345""#,
        ),
        (
            r#"{"Effect":"Allow","Principal":{"Service":"*"}}"#,
            r#"Invalid principal in policy: "SERVICE":"*""#,
        ),
        (
            r#"{"Effect":"Allow","Principal":{"CanonicalUser":"x"}}"#,
            r#"Invalid principal in policy: "CanonicalUser""#,
        ),
        (
            r#"{"Effect":"Allow","Principal":{"Federated":"*"}}"#,
            "Federated principals must be valid domain names or SAML metadata ARNs",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:role/x"}}"#,
            "Federated principals must be valid domain names or SAML metadata ARNs",
        ),
        (
            r#"{"Effect":"Allow","NotPrincipal":{"AWS":"*"}}"#,
            "Allow with NotPrincipal is not allowed.",
        ),
        (
            r#"{"Effect":"Deny","NotPrincipal":{"AWS":"*"}}"#,
            "AssumeRole policy must not contain NotPrincipal field.",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"*"}}"#,
            "Missing required field Action",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"NotAction":"sts:x"}"#,
            "Missing required field Action",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}"#,
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:GetCallerIdentity"]}"#,
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*"}"#,
            "Has prohibited field Resource",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","NotResource":"*"}"#,
            "AssumeRole policy must not contain resources.",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"Nope":{"a":"b"}}}"#,
            "Syntax error in policy.",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":["*","111111111111","AIDAQNZGKIQY56JQ7WML2"],"Service":"ec2.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}"#,
            "ok",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:saml-provider/corp"},"Action":"sts:AssumeRoleWithSAML"}"#,
            "ok",
        ),
    ];
    for (statement, expected) in rows {
        assert_eq!(trust(statement), expected, "{statement}");
    }
}

#[test]
fn trust_in_a_shared_issuer_names_a_subject() {
    let provider = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    let github = |condition: &str| {
        trust(&format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":"sts:AssumeRoleWithWebIdentity"{condition}}}"#
        ))
    };
    let refused = format!(
        "Trust policy with trusted principal {provider} must evaluate, using StringEquals, StringLike or \
         StringEqualsIgnoreCase, token.actions.githubusercontent.com:sub or \
         token.actions.githubusercontent.com:job_workflow_ref which is not scoped to all."
    );
    let condition = |operator: &str, claim: &str, values: &str| {
        format!(r#","Condition":{{"{operator}":{{"token.actions.githubusercontent.com:{claim}":{values}}}}}"#)
    };
    for open in [
        String::new(),
        condition("StringEquals", "aud", r#""sts.amazonaws.com""#),
        condition("StringLike", "sub", r#""*""#),
        condition("StringLike", "sub", r#"[]"#),
        condition("StringLike", "sub", r#"["repo:me/*","**"]"#),
        condition("StringLike", "sub", r#""*:*/*:?""#),
        condition(
            "StringLike",
            "sub",
            r#""${token.actions.githubusercontent.com:sub}""#,
        ),
        condition("StringNotLike", "sub", r#""repo:me/*""#),
        condition("StringLikeIfExists", "sub", r#""repo:me/*""#),
        condition("ForAllValues:StringLike", "sub", r#""repo:me/*""#),
        condition("ArnLike", "sub", r#""repo:me/*""#),
    ] {
        assert_eq!(github(&open), refused, "{open}");
    }
    for closed in [
        condition("StringLike", "sub", r#""repo:me/*""#),
        condition("StringLike", "sub", r#""repo:*""#),
        condition("StringEquals", "job_workflow_ref", r#""me/r/.github/w.yml@main""#),
        condition("StringEqualsIgnoreCase", "SUB", r#""repo:me/r""#),
        condition("ForAnyValue:StringLike", "sub", r#""repo:me/*""#),
    ] {
        assert_eq!(github(&closed), "ok", "{closed}");
    }
    let cognito = r#"{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity"}"#;
    assert_eq!(
        trust(cognito),
        "A condition block must be present for the Cognito provider"
    );
    let private = r#"{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/idp.example.com"},"Action":"sts:AssumeRoleWithWebIdentity"}"#;
    assert_eq!(trust(private), "ok");
}

/// AWS's list of issuers that several customers share, and the claim that tells their customers apart.
#[test]
fn every_shared_issuer_is_trusted_for_one_tenant_only() {
    const SHARED: [(&str, &str); 24] = [
        ("agent.buildkite.com", "sub"),
        ("api.pulumi.com/oidc", "aud"),
        ("app.terraform.io", "sub"),
        ("cognito-identity.amazonaws.com", "aud"),
        ("gitlab.com", "sub"),
        ("oidc-configuration.audit-log.githubusercontent.com", "sub"),
        ("oidc.codefresh.io", "sub"),
        (
            "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
            "sub",
        ),
        (
            "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
            "sub",
        ),
        ("oidc.vercel.com", "aud"),
        ("proidc.upbound.io", "sub"),
        (
            "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
            "sub",
        ),
        (
            "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
            "sub",
        ),
        (
            "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
            "sub",
        ),
        (
            "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
            "sub",
        ),
        ("sandboxes.cloud", "aud"),
        ("scalr.io", "sub"),
        (
            "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
            "sts:RoleSessionName",
        ),
        ("studio.datachain.ai/api", "sub"),
        ("token.actions.githubusercontent.com", "sub"),
        ("token.actions.githubusercontent.com/octo-enterprise", "sub"),
        ("tokens.cloud.shisho.dev", "sub"),
        ("vstoken.actions.githubusercontent.com", "sub"),
        // Not on AWS's list, and as open.
        ("accounts.google.com", "aud"),
    ];
    let asked = |issuer: &str, condition: &str| {
        trust(&format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::111111111111:oidc-provider/{issuer}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{{condition}}}}}"#
        ))
    };
    for (issuer, claim) in SHARED {
        let key = match claim.contains(':') {
            true => claim.to_owned(),
            false => format!("{issuer}:{claim}"),
        };
        let with = |value: &str| format!(r#""StringLike":{{"{key}":"{value}"}}"#);
        let refused = |condition: &str| {
            let message = asked(issuer, condition);
            let expected = format!(
                "Trust policy with trusted principal arn:aws:iam::111111111111:oidc-provider/{issuer} must evaluate, "
            );
            assert!(message.starts_with(&expected), "{issuer} {condition}: {message}");
        };
        refused(&format!(r#""StringEquals":{{"{issuer}:email":"a@example.com"}}"#));
        refused(&with("*"));
        assert_eq!(asked(issuer, &with("tenant*")), "ok", "{issuer}");
        let upper = issuer.to_uppercase();
        assert_ne!(asked(&upper, &with("*")), "ok", "{upper}");
    }
    // Issuers of one tenant each, at hosts that have a shared one as well.
    for private in [
        "oidc.vercel.com/acme",
        "sts.windows.net/00000000-0000-0000-0000-000000000000",
        "oidc.op1.openshiftapps.com/another",
    ] {
        let condition = format!(r#""StringEquals":{{"{private}:email":"a@example.com"}}"#);
        assert_eq!(asked(private, &condition), "ok", "{private}");
    }
}

#[test]
fn organization_policies_have_one_text() {
    let text = "The provided policy document does not meet the requirements of the specified policy type.";
    let ask = |statement: &str, kind| {
        message(
            &format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#),
            kind,
        )
    };
    let scp = |statement: &str| ask(statement, PolicyKind::ServiceControl);
    assert_eq!(scp(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#), "ok");
    assert_eq!(
        scp(r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#),
        text
    );
    assert_eq!(scp(r#"{"Effect":"Allow","Action":"*"}"#), text);
    assert_eq!(message("{", PolicyKind::ServiceControl), text);
    let rcp = |statement: &str| ask(statement, PolicyKind::ResourceControl);
    assert_eq!(
        rcp(r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#),
        "ok"
    );
    assert_eq!(
        rcp(r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#),
        "ok"
    );
    for bad in [
        r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Principal":{"AWS":"111111111111"},"Action":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Principal":"*","Action":["s3:*","*"],"Resource":"*"}"#,
    ] {
        assert_eq!(rcp(bad), text, "{bad}");
    }
}
