//! Where the facts end (`facts: policy §1.6, §1.7`): odd spellings, empty lists, and what is not of its type. Expected is what
//! every reading has in common; where they differ, an `Allow` does not match and a `Deny` does.

use locum_policy::{Context, Layers, PolicyKind, Request, ResourcePolicy, Source, decide};

use crate::{
    operators::{in_context, matches, table, unclear},
    world::{HERE, account, alice, allow_all, alone, policy},
};

#[test]
fn binary() {
    table(&[
        ("BinaryEquals", r#""AAEC""#, Some("AAEC"), true),
        ("BinaryEquals", r#""AAECAw==""#, Some("AAECAw=="), true),
        ("BinaryEquals", r#""AAECAw==""#, Some("AAEC"), false),
        ("BinaryEquals", r#""AAEC""#, Some("AAECAw=="), false),
        ("BinaryEquals", r#""AAEC""#, Some("aaec"), false),
        ("BinaryEquals", r#""AAEC""#, Some("A"), false),
        ("BinaryEquals", r#"["?","AAEC"]"#, Some("AAEC"), true),
        ("BinaryEquals", r#""""#, Some("A"), false),
        ("BinaryEquals", r#""AQ==""#, None, false),
    ]);
    // The same as text, or to a lenient reader.
    unclear(&[
        ("BinaryEquals", r#""?""#, Some("?")),
        ("BinaryEquals", r#""AR==""#, Some("AR==")),
        ("BinaryEquals", r#""AQ==""#, Some("AR==")),
        ("BinaryEquals", r#""AQ==""#, Some("AQ")),
        ("BinaryEquals", r#""AQ""#, Some("AQ==")),
        ("BinaryEquals", r#""+/+/""#, Some("-_-_")),
        ("BinaryEquals", r#""AAECAw==""#, Some("AAEC Aw==\n")),
    ]);
}

/// What is no ARN does not match one; whether it is therefore another is not known.
#[test]
fn what_is_no_arn() {
    table(&[
        ("ArnLike", r#""arn:aws:sns:*:123:*""#, Some("topic"), false),
        ("ArnLike", r#""arn:aws:sns:*:123:*""#, Some("arn:aws:sns"), false),
        ("ArnEquals", r#""arn:aws:sns""#, None, false),
        ("ArnNotLikeIfExists", r#""arn:aws:sns:*:123:*""#, None, true),
        (
            "ArnNotLike",
            r#"["topic","arn:aws:sns:*:123:*"]"#,
            Some("arn:aws:sns:eu:123:topic"),
            false,
        ),
        (
            "ArnNotLike",
            r#""a?n:*:sns:*:*:*""#,
            Some("arn:aws:sqs:eu:123:q"),
            true,
        ),
    ]);
    unclear(&[
        ("ArnNotLike", r#""arn:aws:sns:*:123:*""#, Some("topic")),
        ("ArnNotEquals", r#""arn:aws:sns:*:123:*""#, Some("")),
        (
            "ArnNotEquals",
            r#""arn:aws:sns:*:123:*""#,
            Some("arn:aws:sns:eu:123"),
        ),
        (
            "ArnNotLike",
            r#""arn:aws:sns:*:123:*""#,
            Some("ARN:aws:sqs:eu:123:q"),
        ),
        ("ArnNotLike", r#""arn:aws:sns""#, Some("arn:aws:sqs:eu:123:q")),
        (
            "ArnNotEquals",
            r#""ARN:aws:sns:*:123:*""#,
            Some("arn:aws:sqs:eu:123:q"),
        ),
        ("ArnNotLike", r#""a:b:c:d:e:*""#, Some("arn:aws:sqs:eu:123:q")),
        ("ArnNotLike", r#""arn*x:b:c:d:e:*""#, Some("arn:aws:sqs:eu:123:q")),
        (
            "ArnNotLike",
            r#"["arn:aws:sns:*:123:*","topic"]"#,
            Some("arn:aws:sqs:eu:123:q"),
        ),
        (
            "ForAllValues:ArnNotLike",
            r#""arn:aws:sns:*:123:*""#,
            Some("arn:aws:sqs:::q|topic"),
        ),
        ("ArnEquals", r#""topic""#, Some("topic")),
        ("ArnLike", r#""a:b:c:d:e:*""#, Some("a:b:c:d:e:f")),
    ]);
}

/// A plain operator, a negated one if there is, a policy's value that it can not read, and a request's that it can.
pub const UNREADABLE: &[(&str, &str, &str, &str)] = &[
    ("NumericEquals", "NumericNotEquals", r#""abc""#, "5"),
    ("NumericLessThan", "NumericNotEquals", r#""""#, "5"),
    (
        "NumericGreaterThan",
        "NumericNotEquals",
        r#""${aws:username}""#,
        "5",
    ),
    ("NumericEquals", "NumericNotEquals", "true", "1"),
    ("NumericEquals", "NumericNotEquals", "1e3", "7"),
    ("IpAddress", "NotIpAddress", r#""10.0.0.0/33""#, "10.0.0.0"),
    ("IpAddress", "NotIpAddress", r#""10.0.0/24""#, "192.0.2.1"),
    ("IpAddress", "NotIpAddress", r#""10.0.0.1 ""#, "10.0.0.1"),
    ("IpAddress", "NotIpAddress", r#""${x:arn}""#, "2001:db8::1"),
    ("Bool", "Bool", r#""fals""#, "false"),
    ("Bool", "Bool", r#""fals""#, "true"),
    ("Bool", "Bool", r#"" true""#, "true"),
    ("Bool", "Bool", "1", "true"),
    ("Bool", "Bool", r#""${aws:username}""#, "false"),
    ("BinaryEquals", "BinaryEquals", r#""?""#, "AQ=="),
    ("BinaryEquals", "BinaryEquals", r#""A""#, "AQ=="),
    (
        "ArnEquals",
        "ArnNotEquals",
        r#""topic""#,
        "arn:aws:sns:eu:123:topic",
    ),
    (
        "ArnLike",
        "ArnNotLike",
        r#""arn:aws:sns:eu:topic""#,
        "arn:aws:sns:eu:123:topic",
    ),
    (
        "ArnLike",
        "ArnNotLike",
        r#""ARN:aws:sns:*:*:*""#,
        "arn:aws:sns:eu:123:topic",
    ),
    (
        "ArnLike",
        "ArnNotLike",
        r#""user/${aws:username}""#,
        "arn:aws:sns:eu:123:topic",
    ),
    (
        "ArnLike",
        "ArnNotLike",
        r#""arn:aws:sns:topic-?""#,
        "arn:aws:sns:eu:123:topic-1",
    ),
    (
        "ArnLike",
        "ArnNotLike",
        r#""arn:aws:iam:123:user/*""#,
        "arn:aws:iam::123:user/alice",
    ),
];

/// What a policy compares with and can not be read may mean anything: a `Deny` that holds it is not without effect, and an
/// `Allow` is. A value of the request that can not be read is another matter, and so is a key that is missing.
#[test]
fn what_can_not_be_read() {
    for &(positive, negative, value, given) in UNREADABLE {
        for operator in [positive, negative] {
            let negated = operator.contains("Not");
            let listed = format!("[{value}]");
            for given in [given, "neither", ""] {
                unclear(&[(operator, value, Some(given))]);
                unclear(&[(&format!("{operator}IfExists"), &listed, Some(given))]);
                unclear(&[(&format!("ForAnyValue:{operator}"), &listed, Some(given))]);
                unclear(&[(&format!("ForAllValues:{operator}"), &listed, Some(given))]);
            }
            // No value is compared with anything.
            table(&[
                (operator, value, None, negated),
                (&format!("{operator}IfExists"), value, None, true),
                (&format!("ForAnyValue:{operator}"), value, None, false),
                (&format!("ForAllValues:{operator}"), value, None, true),
            ]);
        }
    }
    for value in [r#""perhaps""#, r#""${aws:username}""#, r#""""#, "0"] {
        for given in [None, Some("a"), Some(""), Some("[]")] {
            unclear(&[("Null", value, given)]);
        }
        table(&[
            ("ForAllValues:Null", value, Some("a"), true),
            ("ForAnyValue:Null", value, None, false),
        ]);
    }
    // What stands beside it may settle it.
    table(&[
        ("NumericEquals", r#"["abc",5]"#, Some("5"), true),
        ("NumericNotEquals", r#"["abc",5]"#, Some("5"), false),
        (
            "IpAddress",
            r#"["10.0.0.0/33","10.0.0.0/8"]"#,
            Some("10.0.0.1"),
            true,
        ),
        ("Bool", r#"["fals",true]"#, Some("true"), true),
        ("Null", r#"["perhaps",true]"#, None, true),
        (
            "ArnLike",
            r#"["topic","arn:aws:sns:*:*:*"]"#,
            Some("arn:aws:sns:eu:123:t"),
            true,
        ),
        // What can be read is not what the request has.
        ("NumericEquals", "5", Some("five"), false),
        ("IpAddress", r#""10.0.0.0/8""#, Some("10.0.0.0/8"), false),
        ("Bool", "true", Some("yes"), false),
        ("BinaryEquals", r#""AQ==""#, Some("?"), false),
        (
            "ArnLike",
            r#""arn:aws:s*""#,
            Some("arn:aws:iam::123:user/a"),
            false,
        ),
    ]);
}

/// Keys have no case, so two spellings of one are one condition: with the values of both, of either, or both must hold.
#[test]
fn a_key_in_several_spellings() {
    let (yes, no, unclear) = ((true, true), (false, false), (false, true));
    for (condition, given, expected) in [
        (r#""StringEquals":{"x:key":"a","X:Key":"b"}"#, Some("a"), unclear),
        (r#""StringEquals":{"x:key":"a","X:Key":"b"}"#, Some("b"), unclear),
        (r#""StringEquals":{"x:key":"a","X:Key":"b"}"#, Some("c"), no),
        (r#""StringEquals":{"x:key":"a","X:Key":"b"}"#, None, no),
        (
            r#""StringEquals":{"x:key":["a","b"],"X:Key":["b"]}"#,
            Some("b"),
            yes,
        ),
        (
            r#""StringEquals":{"x:key":"a","aws:username":"alice","X:KEY":"b"}"#,
            Some("b"),
            unclear,
        ),
        (
            r#""StringEquals":{"x:key":"a","aws:username":"bob","X:KEY":"b"}"#,
            Some("b"),
            no,
        ),
        (
            r#""StringNotEquals":{"x:key":"a","X:Key":"b"}"#,
            Some("a"),
            unclear,
        ),
        (r#""StringNotEquals":{"x:key":"a","X:Key":"b"}"#, Some("c"), yes),
        (r#""StringNotEquals":{"x:key":"a","X:Key":"b"}"#, None, yes),
        (r#""Null":{"x:key":true,"X:Key":false}"#, None, unclear),
        (
            r#""IpAddress":{"x:key":"10.0.0.0/8","X:key":"10.0.0.0/8","x:KEY":"10.1.0.0/16"}"#,
            Some("10.2.0.1"),
            unclear,
        ),
        (
            r#""IpAddress":{"x:key":"10.0.0.0/8","X:key":"10.0.0.0/8","x:KEY":"10.1.0.0/16"}"#,
            Some("10.1.0.1"),
            yes,
        ),
        // Of a set, one spelling may mean some, and another the rest.
        (
            r#""ForAllValues:StringEquals":{"x:key":"a","X:Key":"b"}"#,
            Some("a|b"),
            unclear,
        ),
        (
            r#""ForAllValues:StringEquals":{"x:key":"a","X:Key":"b"}"#,
            Some("a|c"),
            no,
        ),
        (
            r#""ForAllValues:StringNotEquals":{"x:key":"a","X:Key":"b"}"#,
            Some("c|d"),
            yes,
        ),
        (
            r#""ForAnyValue:StringNotEquals":{"x:key":"a","X:Key":"b"}"#,
            Some("a|b"),
            unclear,
        ),
        (
            r#""ForAnyValue:StringNotEquals":{"x:key":"a","X:Key":"b"}"#,
            Some("a|c"),
            yes,
        ),
        (
            r#""ForAnyValue:NumericNotEquals":{"x:key":[1,2],"X:Key":[],"X:KEY":[3]}"#,
            Some("1|3"),
            unclear,
        ),
        // Operators apart are conditions apart.
        (
            r#""StringEquals":{"x:key":"a"},"StringLike":{"X:Key":"b"}"#,
            Some("a"),
            no,
        ),
    ] {
        assert_eq!(matches(condition, given), expected, "{condition} on {given:?}");
    }
}

/// A resource that is nothing but a malformed variable may be any, and so the one of a request without a resource.
#[test]
fn a_malformed_variable_may_be_every_resource() {
    let policy = |resource: &str| {
        policy(
            PolicyKind::Resource,
            &format!(r#"{{"Effect":"Deny","Principal":"*","Action":"*",{resource}}}"#),
        )
    };
    let context = Context::new();
    let all = allow_all();
    for (resource, denied) in [
        (r#""Resource":"${aws:username""#, true),
        (r#""Resource":"${aws:user name}*""#, true),
        (r#""Resource":["arn:aws:s3:::b","${aws:username,x}"]"#, true),
        (r#""Resource":"${aws:username, '*'}""#, false),
        (r#""Resource":"arn:aws:s3:::${aws:username""#, false),
        (r#""NotResource":"${aws:username""#, true),
    ] {
        let policy = policy(resource);
        let layers = Layers {
            identity: &[Source::new(&all, "all")],
            resource: ResourcePolicy::Attached(Source::new(&policy, "")),
            ..Layers::default()
        };
        let request = Request {
            principal: alice(),
            action: "s3:ListAllMyBuckets",
            resource: "*",
            resource_account: account(HERE),
            context: &context,
        };
        assert_eq!(!decide(&request, &layers).is_allowed(), denied, "{resource}");
    }
}

/// Without values a negated operator holds; but `IfExists` and `ForAllValues:` then hold for a missing key only, and
/// `ForAnyValue:` for none (`facts: policy §1.7`).
#[test]
fn empty_lists() {
    table(&[
        ("StringEquals", "[]", Some("a"), false),
        ("StringEquals", "[]", None, false),
        ("StringEqualsIfExists", "[]", Some("a"), false),
        ("StringEqualsIfExists", "[]", None, true),
        ("ForAllValues:StringEquals", "[]", Some("a|b"), false),
        ("ForAllValues:StringEquals", "[]", None, true),
        ("ForAnyValue:StringEquals", "[]", Some("a|b"), false),
        ("ForAnyValue:StringEquals", "[]", None, false),
        ("StringNotEquals", "[]", Some("a"), true),
        ("StringNotEquals", "[]", None, true),
        ("NotIpAddress", "[]", Some("10.0.0.1"), true),
        ("StringNotEqualsIfExists", "[]", None, true),
        ("ForAllValues:StringNotEquals", "[]", None, true),
        ("ForAllValues:StringNotEquals", "[]", Some("[]"), true),
        ("ForAnyValue:StringNotEquals", "[]", None, false),
        ("Null", "[]", None, false),
    ]);
    unclear(&[
        ("StringNotEqualsIfExists", "[]", Some("a")),
        ("NumericNotEqualsIfExists", "[]", Some("1")),
        ("NotIpAddressIfExists", "[]", Some("10.0.0.1")),
        ("ForAllValues:StringNotEquals", "[]", Some("a")),
        ("ForAllValues:StringNotLike", "[]", Some("a|b")),
        ("ForAllValues:StringNotEqualsIfExists", "[]", Some("a|b")),
        ("ForAnyValue:StringNotEquals", "[]", Some("a")),
        ("ForAnyValue:ArnNotLike", "[]", Some("a|b")),
        ("ForAnyValue:StringNotEqualsIfExists", "[]", None),
    ]);
}

/// What is not quite written as a variable, as it stands in JSON.
pub const MALFORMED: &[&str] = &[
    "${ aws:username }",
    "${aws:user name}",
    "${aws:username,x}",
    "${aws:username, \\\"x\\\"}",
    "${aws:username,'x'}",
    "${aws:username, 'x}",
    "${x:none, 'a}b'}",
    "${x:none, 'it's'}",
    "${x:none, '${aws:username}'}",
    "${}",
    "${aws:username",
    "${\\taws:username}",
    "${aws:username\\u00a0}",
    "${aws:username;'x'}",
    "${'aws:username'}",
    "${aws:user*}",
    "${aws:${x:none}}",
    "${aws:username/${aws:userid}",
];

/// What is not written as a variable may be one, another, or literal text: it is not known what it stands for, and what it
/// might stand for is unclear. What no text in its place would make equal is settled.
#[test]
fn malformed_variables() {
    for variable in MALFORMED {
        let closed = variable.contains('}');
        let around = if closed {
            format!("a/{variable}/*")
        } else {
            format!("a/{variable}")
        };
        for (text, expected) in [("a/alice/b", (false, true)), ("b/alice/b", (false, false))] {
            for operator in [
                "StringLike",
                "StringNotLike",
                "ForAnyValue:StringLike",
                "ForAllValues:StringNotLike",
            ] {
                let negated = operator.contains("Not");
                let expected = if negated {
                    (!expected.1, !expected.0)
                } else {
                    expected
                };
                let condition = format!(r#""{operator}":{{"x:key":"{around}"}}"#);
                assert_eq!(matches(&condition, Some(text)), expected, "{condition} on {text}");
            }
        }
        for (resource, expected) in [
            ("arn:aws:s3:::a/alice/b", (false, true)),
            ("arn:aws:s3:::b/alice/b", (false, false)),
        ] {
            let pattern = format!("arn:aws:s3:::{around}");
            assert_eq!(
                resources(&format!(r#""Resource":"{pattern}""#), resource),
                expected,
                "{pattern}"
            );
            // An entry that is nothing spares nothing, and its statement may be nothing either.
            assert_eq!(
                resources(&format!(r#""NotResource":"{pattern}""#), resource),
                (false, true),
                "{pattern}"
            );
        }
    }
    unclear(&[
        (
            "StringEquals",
            r#""${aws:username,x}""#,
            Some("${aws:username,x}"),
        ),
        ("StringEquals", r#""${ aws:username }""#, Some("alice")),
        ("StringNotEquals", r#""${ aws:username }""#, Some("alice")),
        ("StringNotEquals", r#""${ aws:username }""#, Some("bob")),
        ("StringEqualsIgnoreCase", r#""A${aws:username""#, Some("aALICE")),
        ("StringEquals", r#"["b","${x:none, 'a}"]"#, Some("a")),
        (
            "ArnLike",
            r#""arn:aws:sns:::${aws:username""#,
            Some("arn:aws:sns:::alice"),
        ),
        (
            "ArnNotLike",
            r#""arn:aws:sns:::${aws:username""#,
            Some("arn:aws:sns:::bob"),
        ),
        (
            "StringLike",
            r#""${x:none, '${aws:username}'}""#,
            Some("${aws:username}"),
        ),
    ]);
    table(&[
        ("StringEquals", r#"["b","${x:none, 'a}"]"#, Some("b"), true),
        ("StringNotEquals", r#"["b","${x:none, 'a}"]"#, Some("b"), false),
        ("StringEquals", r#""b${ aws:username }""#, Some("alice"), false),
    ]);
}

/// Whether `Allow` and `Deny` of an element match a resource.
fn resources(element: &str, resource: &str) -> (bool, bool) {
    let mut context = Context::new();
    context.set("aws:username", "alice");
    context.set_many("x:one", ["alice"]);
    context.set_many("x:two", ["alice", "bob"]);
    let document = |statements: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let statement = |effect: &str| format!(r#"{{"Effect":"{effect}","Action":"*",{element}}}"#);
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let ask = |document: String| alone(&document, "a:b", resource, &context);
    let allow = ask(document(&statement("Allow")));
    (allow, !ask(document(&format!("{all},{}", statement("Deny")))))
}

/// No text stands for a set. Whether its only value, or the default, does instead is not known.
#[test]
fn variables_of_several_values() {
    let mut context = Context::new();
    context.set("x:key", "alice");
    context.set_many("x:one", ["alice"]);
    context.set_many("x:set", ["carol"]);
    context.set_many("x:ice", ["ice"]);
    context.set_many("x:two", ["alice", "bob"]);
    context.set_many("x:none", Vec::<&str>::new());
    context.set("x:blank", "");
    let (yes, no, unclear) = ((true, true), (false, false), (false, true));
    for (operator, value, expected) in [
        ("StringEquals", "${x:one}", unclear),
        ("StringNotEquals", "${x:one}", unclear),
        ("StringEquals", "${x:one, 'bob'}", unclear),
        ("StringEquals", "${x:one, 'bob'}${x:two, ''}", unclear),
        ("StringEquals", "${x:set, 'alice'}", unclear),
        ("StringNotEquals", "${x:set, 'alice'}", unclear),
        ("StringEquals", "${x:set, 'bob'}", no),
        ("StringEquals", "${x:blank}${x:one}", unclear),
        ("StringEquals", "${x:blank, 'al'}${x:ice}", unclear),
        ("StringEquals", "${x:two}", no),
        ("StringNotEquals", "${x:two}", yes),
        ("StringEquals", "${x:two, 'alice'}", unclear),
        ("StringNotEquals", "${x:two, 'alice'}", unclear),
        ("StringEquals", "${x:two, 'bob'}", no),
        ("StringNotEquals", "${x:two, 'bob'}", yes),
        ("StringEquals", "${x:none, 'alice'}", unclear),
        ("StringEquals", "${x:none}", no),
    ] {
        let condition = format!(r#""{operator}":{{"x:key":"{value}"}}"#);
        assert_eq!(in_context(&condition, &context), expected, "{condition}");
    }
    let pattern = |element: &str, variable: &str| {
        resources(
            &format!(r#""{element}":"arn:aws:s3:::a/${{{variable}}}""#),
            "arn:aws:s3:::a/alice",
        )
    };
    assert_eq!(pattern("Resource", "x:one"), unclear);
    assert_eq!(pattern("Resource", "x:two"), no);
    assert_eq!(pattern("Resource", "x:two, 'alice'"), unclear);
    assert_eq!(pattern("NotResource", "x:one"), unclear);
    assert_eq!(pattern("NotResource", "x:two"), unclear);
    assert_eq!(pattern("NotResource", "x:two, 'bob'"), unclear);
}
