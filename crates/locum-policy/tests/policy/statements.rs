//! Actions, resources, versions and the reader (`facts: policy §1.1–1.6`).

use locum_policy::{Context, Policy, PolicyKind, significant_len};

use crate::world::{alone, policy};

/// Whether an `Allow` and a `Deny` with these elements match.
fn matches(elements: &str, action: &str, resource: &str, context: &Context<'_>) -> (bool, bool) {
    let allow = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{elements}}}}}"#);
    let deny = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Effect":"Deny",{elements}}}]}}"#
    );
    (
        alone(&allow, action, resource, context),
        !alone(&deny, action, resource, context),
    )
}

fn context() -> Context<'static> {
    let mut context = Context::new();
    context.set("aws:username", "alice");
    context.set("aws:PrincipalTag/star", "*");
    context.set("aws:PrincipalTag/blank", "");
    context.set("aws:PrincipalTag/nested", "${aws:username}");
    context
}

#[test]
fn actions() {
    let rows = [
        (r#""Action":"s3:GetObject""#, "s3:GetObject", true),
        (r#""Action":"S3:getobject""#, "s3:GetObject", true),
        (r#""Action":"s3:Get*""#, "s3:getobject", true),
        (r#""Action":"s3:*Object""#, "s3:GetObject", true),
        (r#""Action":"s3:Get?bject""#, "s3:GetObject", true),
        (r#""Action":"s3:Get.bject""#, "s3:GetObject", false),
        (r#""Action":"s3:GetObject""#, "s3:GetObjectAcl", false),
        (r#""Action":"*:*""#, "s3:GetObject", true),
        (r#""Action":["ec2:*","s3:*"]"#, "s3:GetObject", true),
        (r#""Action":"s3express:*""#, "s3:GetObject", false),
        (r#""NotAction":"s3:*""#, "s3:GetObject", false),
        (r#""NotAction":"s3:*""#, "ec2:RunInstances", true),
        (r#""NotAction":["s3:*","ec2:*"]"#, "ec2:RunInstances", false),
    ];
    for (element, action, expected) in rows {
        let found = matches(&format!(r#"{element},"Resource":"*""#), action, "*", &context());
        assert_eq!(found, (expected, expected), "{element} on {action}");
    }
}

/// Who wrote a policy for AWS left out of `NotAction` what AWS has.
#[test]
fn an_allow_names_the_actions_that_aws_does_not_have() {
    let rows = [
        (r#""NotAction":"iam:*""#, "locum:RevokeSessions", (false, true)),
        (r#""NotAction":"iam:*""#, "LOCUM:revokesessions", (false, true)),
        (
            r#""NotAction":["iam:*","locum:*"]"#,
            "locum:RevokeSessions",
            (false, false),
        ),
        (r#""NotAction":"iam:*""#, "locumx:Do", (true, true)),
        (r#""NotAction":"iam:*""#, "locum", (true, true)),
        (r#""Action":"*""#, "locum:RevokeSessions", (true, true)),
        (r#""Action":"*:*""#, "locum:RevokeSessions", (true, true)),
        (
            r#""Action":"locum:Revoke*""#,
            "locum:RevokeSessions",
            (true, true),
        ),
        (r#""Action":"iam:*""#, "locum:RevokeSessions", (false, false)),
    ];
    for (element, action, expected) in rows {
        let found = matches(&format!(r#"{element},"Resource":"*""#), action, "*", &context());
        assert_eq!(found, expected, "{element} on {action}");
    }
}

#[test]
fn resources() {
    let rows = [
        (r#""Resource":"arn:aws:s3:::b/*""#, "arn:aws:s3:::b/x/y:z", true),
        (r#""Resource":"arn:aws:s3:::b/*""#, "arn:aws:s3:::b/", true),
        (r#""Resource":"arn:aws:s3:::b/*""#, "arn:aws:s3:::B/x", false),
        (r#""Resource":"arn:aws:s3:::b/*""#, "arn:aws:s3:::b/a\nb", true),
        (r#""Resource":"arn:aws:s3:::b/*""#, "*", false),
        (r#""Resource":"*""#, "*", true),
        (r#""Resource":"arn:*:s3:::b/?""#, "arn:aws-cn:s3:::b/é", true),
        (
            r#""Resource":"arn:aws:sqs:*:1*:q""#,
            "arn:aws:sqs:eu-west-1:123:q",
            true,
        ),
        (
            r#""Resource":"arn:aws:sqs:*:1*:q""#,
            "arn:aws:sqs:eu-west-1:213:q",
            false,
        ),
        (
            r#""Resource":"arn:aws:s3:::home/${aws:username}/*""#,
            "arn:aws:s3:::home/alice/x",
            true,
        ),
        (
            r#""Resource":"arn:aws:s3:::home/${aws:username}/*""#,
            "arn:aws:s3:::home/alicex/x",
            false,
        ),
        (
            r#""Resource":"arn:aws:s3:::home/${aws:none}/*""#,
            "arn:aws:s3:::home//x",
            false,
        ),
        (
            r#""Resource":"arn:aws:s3:::home/${aws:none, 'all'}/*""#,
            "arn:aws:s3:::home/all/x",
            true,
        ),
        (
            r#""Resource":"arn:aws:s3:::home/${aws:PrincipalTag/star}""#,
            "arn:aws:s3:::home/x",
            false,
        ),
        (
            r#""Resource":"arn:aws:s3:::home/${aws:PrincipalTag/nested}""#,
            "arn:aws:s3:::home/alice",
            false,
        ),
        (r#""Resource":"arn:aws:s3:::a${*}""#, "arn:aws:s3:::ab", false),
        (r#""Resource":["arn:aws:s3:::b",null]"#, "arn:aws:s3:::b", true),
        (r#""Resource":[null]"#, "arn:aws:s3:::b", false),
        (r#""NotResource":"arn:aws:s3:::b/*""#, "arn:aws:s3:::b/x", false),
        (r#""NotResource":"arn:aws:s3:::b/*""#, "arn:aws:s3:::c/x", true),
        (
            r#""NotResource":["arn:aws:s3:::b/*","arn:aws:s3:::c/*"]"#,
            "arn:aws:s3:::c/x",
            false,
        ),
        (r#""NotResource":"arn:aws:s3:::b/*""#, "*", true),
        (r#""NotResource":"*""#, "arn:aws:s3:::c/x", false),
    ];
    for (element, resource, expected) in rows {
        let found = matches(&format!(r#""Action":"*",{element}"#), "a:b", resource, &context());
        assert_eq!(found, (expected, expected), "{element} on {resource}");
    }
}

#[test]
fn where_readings_differ_an_allow_is_narrow_and_a_deny_wide() {
    let rows = [
        // A star that would have to cross a colon.
        (r#""Resource":"arn:aws:sqs:*:q""#, "arn:aws:sqs:eu-west-1:123:q"),
        (r#""Resource":"arn:aws:sqs:e*:12:q:r""#, "arn:aws:sqs:eu:1:12:q:r"),
        // Too few fields.
        (r#""Resource":"arn:aws:sqs""#, "arn:aws:sqs:eu-west-1:123:q"),
        // A variable too early.
        (
            r#""Resource":"arn:aws:sqs:${aws:username}:1:q""#,
            "arn:aws:sqs:alice:1:q",
        ),
        // An entry of NotResource without a value.
        (r#""NotResource":"arn:aws:s3:::${aws:none}""#, "arn:aws:s3:::x"),
        (
            r#""NotResource":"arn:aws:sqs:*:q""#,
            "arn:aws:sqs:eu-west-1:123:q",
        ),
        // An empty value, which may count as none: everybody's home is not the home of nobody.
        (
            r#""Resource":"arn:aws:s3:::home/${aws:PrincipalTag/blank}*""#,
            "arn:aws:s3:::home/bob",
        ),
        (
            r#""Resource":"arn:aws:s3:::home/${aws:PrincipalTag/blank, 'bob'}""#,
            "arn:aws:s3:::home/bob",
        ),
        (
            r#""NotResource":"arn:aws:s3:::home/${aws:PrincipalTag/blank}""#,
            "arn:aws:s3:::home/bob",
        ),
    ];
    for (element, resource) in rows {
        let found = matches(&format!(r#""Action":"*",{element}"#), "a:b", resource, &context());
        assert_eq!(found, (false, true), "{element} on {resource}");
    }
}

#[test]
fn the_old_version_has_no_variables() {
    let document = |version: &str, resource: &str| {
        format!(r#"{{{version}"Statement":{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}}}"#)
    };
    for version in ["", r#""Version":"2008-10-17","#] {
        let ask =
            |pattern: &str, resource: &str| alone(&document(version, pattern), "a:b", resource, &context());
        assert!(!ask("arn:aws:s3:::${aws:username}", "arn:aws:s3:::alice"));
        assert!(ask(
            "arn:aws:s3:::${aws:username}",
            "arn:aws:s3:::${aws:username}"
        ));
        assert!(ask("arn:aws:s3:::${*}", "arn:aws:s3:::${anything}"));
    }
}

#[test]
fn the_reader_refuses_what_two_parsers_could_read_differently() {
    let statement = r#""Effect":"Deny","Action":"*","Resource":"*""#;
    let nested = "[".repeat(40) + &"]".repeat(40);
    let rows = [
        format!(r#"{{"Statement":[{{{statement},"Effect":"Allow"}}]}}"#),
        format!(r#"{{"Statement":[{{{statement},"\u0045ffect":"Allow"}}]}}"#),
        format!(r#"{{"Statement":[{{{statement}}}],"Statement":[]}}"#),
        format!(r#"{{"Statement":[{{{statement},"Condition":{{"Bool":{{"a":"b","a":"c"}}}}}}]}}"#),
        format!(r#"{{"Statement":[{{{statement},"Sid":"\u0000"}}]}}"#),
        format!(r#"{{"Statement":[{{{statement},"Sid":"\ud800"}}]}}"#),
        format!(r#"{{"Statement":[{{{statement},"Sid":"\ud800\u0041"}}]}}"#),
        format!(r#"{{"Statement":[{{{statement},"sid":"x"}}]}}"#),
        format!(r#"{{"Statement":[{{{statement}}}]}} x"#),
        format!(r#"{{"Statement":[{{{statement}}},]}}"#),
        format!(r#"{{"Statement":{nested}}}"#),
        format!("\u{feff}{{\"Statement\":[{{{statement}}}]}}"),
        format!("{{\"Statement\":[{{{statement},\"Sid\":\"a\nb\"}}]}}"),
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericEquals":{"k":01}}}]}"#
            .to_owned(),
        String::new(),
    ];
    for document in rows {
        let error = Policy::compile(&document, PolicyKind::Inline).expect_err(&document);
        assert_eq!(error.message, "Syntax errors in policy.", "{document}");
    }
    let error =
        Policy::compile("{\n \"Statement\": [],\n \"Statement\": []}", PolicyKind::Inline).unwrap_err();
    assert_eq!(error.detail, "the key `Statement` occurs twice");
    assert_eq!(
        error.line_and_column("{\n \"Statement\": [],\n \"Statement\": []}"),
        Some((3, 2))
    );
}

#[test]
fn context_keys_have_no_case_but_an_order() {
    let mut context = Context::new();
    context.set("aws:RequestTag/Équipe", "a");
    context.set_many("aws:TagKeys", ["Équipe"]);
    context.set("AWS:requesttag/équipe", "b");
    assert_eq!(context.len(), 2);
    assert_eq!(
        context
            .get("aws:requestTag/ÉQUIPE")
            .unwrap()
            .iter()
            .collect::<Vec<_>>(),
        ["b"]
    );
    let keys: Vec<&str> = context.iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["aws:RequestTag/Équipe", "aws:TagKeys"]);
    context.remove("AWS:TAGKEYS");
    assert!(context.get("aws:TagKeys").is_none());
    // The Kelvin sign is not a k.
    assert!(context.get("aws:RequestTag/\u{212a}").is_none());
}

#[test]
fn white_space_does_not_count() {
    assert_eq!(
        significant_len("{ \"a\" :\n\t\"b é\" }"),
        "{\"a\":\"bé\"}".chars().count()
    );
}

#[test]
fn wildcards_take_no_exponential_time() {
    let stars = "*a".repeat(500);
    let document = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::{stars}b"}}"#);
    policy(PolicyKind::Inline, &document);
    let text = format!("arn:aws:s3:::{}", "a".repeat(2_000));
    let document = format!(r#"{{"Version":"2012-10-17","Statement":{document}}}"#);
    let start = std::time::Instant::now();
    assert!(!alone(&document, "a:b", &text, &Context::new()));
    assert!(start.elapsed().as_secs() < 2);
}

/// What can not be finished within the bound of one decision is unclear: it does not allow, and it denies.
#[test]
fn what_takes_too_long_does_not_allow() {
    let text = format!("arn:aws:s3:::{}b", "a".repeat(2_000));
    let mut context = Context::new();
    context.set("x:long", "a".repeat(200));
    context.set_many("x:many", vec!["a".repeat(500); 50]);
    let list = |entry: String, count: usize| vec![format!("\"{entry}\""); count].join(",");
    let resources = list(format!("arn:aws:s3:::*{}c", "a?".repeat(450)), 8);
    let values = list("*${x:long}?${x:long}b*".to_owned(), 40);
    for hard in [
        format!(r#""Resource":[{resources}]"#),
        format!(r#""Resource":"*","Condition":{{"ForAnyValue:StringLike":{{"x:many":[{values}]}}}}"#),
    ] {
        let hard = format!(r#""Action":"*",{hard}"#);
        assert_eq!(matches(&hard, "a:b", &text, &context), (false, true), "{hard}");
        // Nothing that comes after it is allowed because it looks easy.
        for easy in ["arn:aws:s3:::*b", "*"] {
            let tail = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"{easy}"}}"#);
            let both =
                format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{hard}}},{tail}]}}"#);
            assert!(!alone(&both, "a:b", &text, &context));
        }
    }
}
