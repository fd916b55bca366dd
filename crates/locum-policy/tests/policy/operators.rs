//! Every operator, row by row (`facts: policy §1.7`).

use locum_policy::{Context, Policy, PolicyKind};

use crate::world::alone;

/// Whether `Allow *` and `Deny *` under this condition match, with these values of `x:key`: `None` absent, `Some("a|b")` a set.
pub fn matches(condition: &str, values: Option<&str>) -> (bool, bool) {
    let mut context = Context::new();
    match values {
        None => {}
        Some("[]") => context.set_many("X:Key", Vec::<String>::new()),
        Some(list) if list.contains('|') => context.set_many("X:Key", list.split('|').map(str::to_owned)),
        Some(one) => context.set("X:Key", one),
    }
    context.set("aws:username", "alice");
    context.set("aws:PrincipalTag/star", "*");
    context.set("aws:PrincipalTag/blank", "");
    context.set("x:arn", "arn:aws:sns:eu:123:topic");
    in_context(condition, &context)
}

/// The same with these keys.
pub fn in_context(condition: &str, context: &Context<'_>) -> (bool, bool) {
    let document = |statements: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let statement = |effect: &str| {
        format!(r#"{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{{{condition}}}}}"#)
    };
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let ask = |document: String| alone(&document, "s3:GetObject", "*", context);
    let allow = ask(document(&statement("Allow")));
    let deny = !ask(document(&format!("{all},{}", statement("Deny"))));
    (allow, deny)
}

pub fn table(rows: &[(&str, &str, Option<&str>, bool)]) {
    for (operator, wanted, given, expected) in rows {
        let condition = format!(r#""{operator}":{{"x:key":{wanted}}}"#);
        let found = matches(&condition, *given);
        assert_eq!(found, (*expected, *expected), "{condition} on {given:?}");
    }
}

/// Rows whose reading is unsettled: an `Allow` does not match, a `Deny` does.
pub fn unclear(rows: &[(&str, &str, Option<&str>)]) {
    for (operator, wanted, given) in rows {
        let condition = format!(r#""{operator}":{{"x:key":{wanted}}}"#);
        assert_eq!(
            matches(&condition, *given),
            (false, true),
            "{condition} on {given:?}"
        );
    }
}

#[test]
fn strings() {
    table(&[
        ("StringEquals", r#""a""#, Some("a"), true),
        ("StringEquals", r#""a""#, Some("A"), false),
        ("StringEquals", r#""a*""#, Some("ab"), false),
        ("StringEquals", r#""a*""#, Some("a*"), true),
        ("StringEquals", r#"["b","a"]"#, Some("a"), true),
        ("StringEquals", r#"[]"#, Some("a"), false),
        ("StringEquals", r#""""#, Some(""), true),
        ("StringEquals", r#"5.50"#, Some("5.50"), true),
        ("StringEquals", r#"5.50"#, Some("5.5"), false),
        ("StringEquals", r#"true"#, Some("true"), true),
        ("StringEquals", r#""a""#, None, false),
        ("StringEqualsIfExists", r#""a""#, None, true),
        ("StringEqualsIfExists", r#""a""#, Some("b"), false),
        ("StringNotEquals", r#""a""#, Some("b"), true),
        ("StringNotEquals", r#"["a","b"]"#, Some("b"), false),
        ("StringNotEquals", r#"[]"#, Some("b"), true),
        ("StringNotEquals", r#""a""#, None, true),
        ("StringNotEqualsIfExists", r#""a""#, None, true),
        ("StringEqualsIgnoreCase", r#""aÉ""#, Some("Aé"), true),
        ("StringNotEqualsIgnoreCase", r#""a""#, Some("A"), false),
        ("StringLike", r#""a*c?""#, Some("a:/bcd"), true),
        ("StringLike", r#""a*""#, Some("a"), true),
        ("StringLike", r#""a*""#, Some("A"), false),
        ("StringLike", r#""a?b""#, Some("a\nb"), true),
        ("StringLike", r#""a?b""#, Some("aéb"), true),
        ("StringLike", r#""*ab*ab*""#, Some("abab"), true),
        ("StringLike", r#""*ab*ab*""#, Some("abb"), false),
        ("StringNotLike", r#"["a*","b*"]"#, Some("cb"), true),
        ("StringNotLike", r#"["a*","b*"]"#, Some("bc"), false),
    ]);
    // Equal under Unicode's folding only.
    unclear(&[
        ("StringEqualsIgnoreCase", r#""Pass""#, Some("pa\u{17f}s")),
        ("StringEqualsIgnoreCase", r#""k""#, Some("\u{212a}")),
        ("StringNotEqualsIgnoreCase", r#""k""#, Some("\u{212a}")),
    ]);
}

#[test]
fn numbers() {
    table(&[
        ("NumericEquals", "5", Some("5.0"), true),
        ("NumericEquals", r#""05""#, Some("5"), true),
        (
            "NumericEquals",
            "9007199254740993",
            Some("9007199254740992"),
            false,
        ),
        ("NumericEquals", "0", Some("-0"), true),
        ("NumericEquals", "5", Some("five"), false),
        ("NumericNotEquals", "5", Some("6"), true),
        ("NumericLessThan", "10", Some("9"), true),
        ("NumericLessThan", "10", Some("10"), false),
        ("NumericLessThan", "-1", Some("-2"), true),
        ("NumericLessThanEquals", "10", Some("10.00"), true),
        ("NumericGreaterThan", "1.25", Some("1.3"), true),
        ("NumericGreaterThanEquals", "1.25", Some("1.2"), false),
        ("NumericGreaterThan", "1", None, false),
        ("NumericGreaterThanIfExists", "1", None, true),
    ]);
    unclear(&[
        ("NumericNotEquals", r#""abc""#, Some("5")),
        ("NumericNotEquals", "5", Some("abc")),
        // Numbers to some engines.
        ("NumericEquals", "1e3", Some("1000")),
        ("NumericGreaterThan", "5", Some("+10")),
        ("NumericLessThan", "100", Some(" 10 apples")),
        ("NumericNotEquals", "1e3", Some("1000")),
    ]);
}

#[test]
fn dates() {
    table(&[
        (
            "DateEquals",
            r#""2024-01-01T00:00:00Z""#,
            Some("1704067200"),
            true,
        ),
        (
            "DateEquals",
            r#""2024-01-01T01:00:00+01:00""#,
            Some("2024-01-01T00:00:00Z"),
            true,
        ),
        (
            "DateEquals",
            r#""2023-12-31T19:00-05:00""#,
            Some("2024-01-01"),
            true,
        ),
        ("DateEquals", r#""2024-01""#, Some("2024-01-01t00:00:00z"), true),
        (
            "DateNotEquals",
            r#""2024-01-01T00:00:00Z""#,
            Some("2024-01-01T00:00:00.001Z"),
            true,
        ),
        (
            "DateLessThan",
            r#""2024-01-01T00:00:00Z""#,
            Some("2023-12-31T23:59:59.999Z"),
            true,
        ),
        (
            "DateLessThan",
            r#""2024-01-01T00:00:00Z""#,
            Some("2024-01-01T00:00:00Z"),
            false,
        ),
        (
            "DateLessThanEquals",
            r#""2024-01-01T00:00:00Z""#,
            Some("2024-01-01T00:00:00Z"),
            true,
        ),
        (
            "DateGreaterThan",
            r#""2024-02-29T00:00:00Z""#,
            Some("2024-03-01T00:00:00Z"),
            true,
        ),
        (
            "DateGreaterThanEquals",
            "1704067200",
            Some("2024-01-01T00:00:00Z"),
            true,
        ),
        ("DateGreaterThan", r#""2024-01-01""#, Some("soon"), false),
        ("DateGreaterThan", r#""2024""#, Some("2025-01-01"), true),
    ]);
    // 2020 is a year, or a second in 1970.
    unclear(&[("DateGreaterThan", r#""2020""#, Some("2019-01-01"))]);
    // There is a year zero, but no year minus zero.
    table(&[("DateNotEquals", r#""2024-01-01""#, Some("0-01-01"), true)]);
    unclear(&[("DateNotEquals", r#""2024-01-01""#, Some("-0-01-01"))]);
}

#[test]
fn booleans_and_null() {
    table(&[
        ("Bool", "true", Some("true"), true),
        ("Bool", r#""True""#, Some("tRUE"), true),
        ("Bool", r#""false""#, Some("false"), true),
        ("Bool", r#""false""#, None, false),
        ("BoolIfExists", r#""true""#, None, true),
        ("Bool", r#""true""#, Some("maybe"), false),
        ("Bool", r#""${aws:username}""#, None, false),
        ("Null", "true", None, true),
        ("Null", "true", Some("[]"), true),
        ("Null", "true", Some("a"), false),
        ("Null", r#""false""#, Some("a"), true),
        ("Null", r#""false""#, None, false),
        ("ForAllValues:Null", "true", Some("a"), true),
        ("ForAnyValue:Null", "true", None, false),
    ]);
    unclear(&[
        ("Null", "true", Some("")),
        ("Null", "false", Some("")),
        // What is not a boolean is false to some engines, and variables may work.
        ("Bool", r#""false""#, Some("maybe")),
        ("Bool", r#""${aws:username}""#, Some("true")),
    ]);
}

#[test]
fn addresses() {
    table(&[
        ("IpAddress", r#""10.0.0.0/8""#, Some("10.255.0.1"), true),
        ("IpAddress", r#""10.1.2.3/8""#, Some("10.255.0.1"), true),
        ("IpAddress", r#""10.0.0.0/8""#, Some("11.0.0.1"), false),
        ("IpAddress", r#""10.0.0.1""#, Some("10.0.0.1"), true),
        ("IpAddress", r#""10.0.0.1""#, Some("10.0.0.2"), false),
        ("IpAddress", r#""0.0.0.0/0""#, Some("203.0.113.9"), true),
        ("IpAddress", r#""0.0.0.0/0""#, Some("2001:db8::1"), false),
        ("IpAddress", r#""::/0""#, Some("2001:db8::1"), true),
        ("IpAddress", r#""::/0""#, Some("203.0.113.9"), false),
        ("IpAddress", r#""2001:DB8::/32""#, Some("2001:0db8:0:0::1"), true),
        ("IpAddress", r#""10.0.0.0/8""#, Some("::ffff:10.0.0.1"), true),
        ("IpAddress", r#""::ffff:10.0.0.0/104""#, Some("10.0.0.1"), true),
        ("IpAddress", r#""10.0.0.0/8""#, Some("ten"), false),
        ("NotIpAddress", r#""10.0.0.0/8""#, Some("11.0.0.1"), true),
        (
            "NotIpAddress",
            r#"["10.0.0.0/8","11.0.0.0/8"]"#,
            Some("11.0.0.1"),
            false,
        ),
        ("NotIpAddress", r#""10.0.0.0/8""#, None, true),
    ]);
    unclear(&[("NotIpAddress", r#""10.0.0.0/8""#, Some("ten"))]);
}

#[test]
fn arns() {
    table(&[
        (
            "ArnLike",
            r#""arn:aws:sns:*:123:topic*""#,
            Some("arn:aws:sns:eu-west-1:123:topic:sub"),
            true,
        ),
        (
            "ArnEquals",
            r#""arn:aws:sns:*:123:topic*""#,
            Some("arn:aws:sns:eu-west-1:123:topic"),
            true,
        ),
        (
            "ArnLike",
            r#""arn:aws:sns:eu-west-1:123:a""#,
            Some("arn:aws:sns:eu-west-1:123:A"),
            false,
        ),
        (
            "ArnNotLike",
            r#""arn:aws:sns:*:123:*""#,
            Some("arn:aws:sns:x:123:y"),
            false,
        ),
        (
            "ArnNotEquals",
            r#""arn:aws:sns:*:123:*""#,
            Some("arn:aws:sqs:x:123:y"),
            true,
        ),
        ("ArnNotLike", r#""arn:aws:sns:*:123:*""#, None, true),
        (
            "ArnLike",
            r#""arn:aws:iam::1:user/${aws:username}""#,
            Some("arn:aws:iam::1:user/alice"),
            true,
        ),
        (
            "ArnLike",
            r#""arn:aws:${aws:username}:*:1:x""#,
            Some("arn:aws:alice::1:x"),
            true,
        ),
        (
            "ArnLike",
            r#""arn:aws:sns:*:123:topic""#,
            Some("arn:aws:sns:eu-west-1:topic"),
            false,
        ),
    ]);
    // A star that would have to cross a colon (facts: policy §1.4).
    unclear(&[
        (
            "ArnLike",
            r#""arn:*:123:topic""#,
            Some("arn:aws:sns:eu:123:topic"),
        ),
        ("ArnLike", r#""*""#, Some("arn:aws:sns:eu:123:topic")),
        ("ArnNotLike", r#""*""#, Some("arn:aws:sns:eu:123:topic")),
        // Fields that are there before variables are put in.
        ("ArnLike", r#""${x:arn}""#, Some("arn:aws:sns:eu:123:topic")),
        ("ArnNotLike", r#""${x:arn}""#, Some("arn:aws:sns:eu:123:topic")),
    ]);
}

#[test]
fn sets() {
    table(&[
        ("ForAllValues:StringEquals", r#"["a","b"]"#, Some("a|b"), true),
        ("ForAllValues:StringEquals", r#"["a","b"]"#, Some("a|c"), false),
        ("ForAllValues:StringEquals", r#"["a"]"#, None, true),
        ("ForAllValues:StringEquals", r#"["a"]"#, Some("[]"), true),
        ("ForAllValues:StringEquals", r#"[]"#, Some("a"), false),
        ("ForAllValues:StringEquals", r#"["a"]"#, Some("a"), true),
        ("ForAnyValue:StringEquals", r#"["a"]"#, Some("a|b"), true),
        ("ForAnyValue:StringEquals", r#"["a"]"#, Some("b|c"), false),
        ("ForAnyValue:StringEquals", r#"["a"]"#, None, false),
        ("ForAnyValue:StringEquals", r#"["a"]"#, Some("[]"), false),
        ("ForAnyValue:StringEquals", r#"["a"]"#, Some(""), false),
        (
            "ForAllValues:StringNotLike",
            r#"["key1*","key2*"]"#,
            Some("key3:x|z"),
            true,
        ),
        ("ForAllValues:StringNotLike", r#"["key1*","key2*"]"#, None, true),
        (
            "ForAllValues:StringNotLike",
            r#"["key1*","key2*"]"#,
            Some("key1:a|key3:a"),
            false,
        ),
        ("ForAnyValue:StringNotEquals", r#"["a"]"#, Some("a|b"), true),
        ("ForAnyValue:StringNotEquals", r#"["a"]"#, Some("a|a"), false),
        ("ForAnyValue:StringNotEquals", r#"["a"]"#, None, false),
        ("ForAllValues:StringEqualsIfExists", r#"["a"]"#, None, true),
        ("StringEquals", r#""a""#, Some("b|c"), false),
        ("StringNotEquals", r#""a""#, Some("a|a"), false),
    ]);
    unclear(&[
        ("ForAllValues:StringEquals", r#"["a"]"#, Some("")),
        // An empty string may be an empty set, of which there is no member.
        ("ForAnyValue:StringEquals", r#"[""]"#, Some("")),
        ("ForAnyValue:StringNotEquals", r#"["a"]"#, Some("")),
        ("ForAnyValue:StringLike", r#"["*"]"#, Some("")),
        ("ForAnyValue:StringEqualsIfExists", r#"["a"]"#, None),
        ("StringEquals", r#""a""#, Some("a|b")),
        ("StringEquals", r#""a""#, Some("a|a")),
        ("StringNotEquals", r#""a""#, Some("b|c")),
    ]);
}

/// A tag's key in another case is the key: it neither passes by a `Deny` nor through an `Allow`.
#[test]
fn keys_of_tags() {
    let with = |condition: &str, keys: &[&str]| {
        let mut context = Context::new();
        context.set_many("aws:TagKeys", keys.to_vec());
        context.set_many("sts:TransitiveTagKeys", keys.to_vec());
        context.set_many("x:keys", keys.to_vec());
        in_context(condition, &context)
    };
    let (yes, no, unclear) = ((true, true), (false, false), (false, true));
    let rows: [(&str, &[&str], (bool, bool)); 12] = [
        (
            r#""ForAnyValue:StringEquals":{"aws:TagKeys":"team"}"#,
            &["x", "team"],
            yes,
        ),
        (
            r#""ForAnyValue:StringEquals":{"aws:TagKeys":"team"}"#,
            &["x", "Team"],
            unclear,
        ),
        (
            r#""ForAnyValue:StringEquals":{"AWS:tagkeys":"équipe"}"#,
            &["ÉQUIPE"],
            unclear,
        ),
        (
            r#""ForAnyValue:StringEquals":{"aws:TagKeys":"task"}"#,
            &["tas\u{212a}"],
            no,
        ),
        (
            r#""ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":"team"}"#,
            &["TEAM"],
            unclear,
        ),
        (r#""ForAnyValue:StringEquals":{"x:keys":"team"}"#, &["TEAM"], no),
        (
            r#""ForAllValues:StringNotEquals":{"aws:TagKeys":"team"}"#,
            &["x"],
            yes,
        ),
        (
            r#""ForAllValues:StringNotEquals":{"aws:TagKeys":"team"}"#,
            &["x", "TEAM"],
            unclear,
        ),
        (
            r#""ForAllValues:StringEquals":{"aws:TagKeys":["team","x"]}"#,
            &["TEAM"],
            unclear,
        ),
        (
            r#""ForAnyValue:StringLike":{"aws:TagKeys":"te*m"}"#,
            &["TEaM"],
            unclear,
        ),
        (
            r#""ForAnyValue:StringNotLike":{"aws:TagKeys":"te*"}"#,
            &["TEAM"],
            unclear,
        ),
        (
            r#""ForAnyValue:StringEqualsIgnoreCase":{"aws:TagKeys":"team"}"#,
            &["TEAM"],
            yes,
        ),
    ];
    for (condition, keys, expected) in rows {
        assert_eq!(with(condition, keys), expected, "{condition} on {keys:?}");
    }
}

#[test]
fn variables() {
    table(&[
        ("StringEquals", r#""${aws:username}""#, Some("alice"), true),
        ("StringEquals", r#""${AWS:UserName}""#, Some("alice"), true),
        (
            "StringEquals",
            r#""${aws:missing}""#,
            Some("${aws:missing}"),
            false,
        ),
        ("StringNotEquals", r#""${aws:missing}""#, Some("x"), true),
        (
            "StringEquals",
            r#""${aws:missing, 'dflt'}x""#,
            Some("dfltx"),
            true,
        ),
        (
            "StringEquals",
            r#""${aws:username, 'dflt'}""#,
            Some("dflt"),
            false,
        ),
        (
            "StringLike",
            r#""${aws:PrincipalTag/star}""#,
            Some("anything"),
            false,
        ),
        ("StringLike", r#""${aws:PrincipalTag/star}""#, Some("*"), true),
        ("StringLike", r#""a${*}${?}${$}""#, Some("a*?$"), true),
        ("StringLike", r#""a${*}""#, Some("ab"), false),
        (
            "StringEqualsIgnoreCase",
            r#""${aws:username}""#,
            Some("ALICE"),
            true,
        ),
        ("StringEquals", r#""${x:none, 'bob'}""#, Some("bob"), true),
        (
            "StringEquals",
            r#""${aws:PrincipalTag/blank}a""#,
            Some("b"),
            false,
        ),
    ]);
    // An empty value may count as none.
    unclear(&[
        // A default that is not quite written as one may be none.
        ("StringEquals", r#""${x:none,'bob'}""#, Some("bob")),
        ("StringNotEquals", r#""${x:none,'bob'}""#, Some("bob")),
        ("StringEquals", r#""${x:none,  'bob'}""#, Some("bob")),
        ("StringEquals", r#""${x:none , 'bob'}""#, Some("bob")),
        ("StringEquals", r#""${aws:username , 'bob'}""#, Some("bob")),
        ("StringEquals", r#""${*, 'bob'}""#, Some("bob")),
        ("StringEquals", r#""${, 'bob'}""#, Some("bob")),
        ("StringEquals", r#""${aws:PrincipalTag/blank}""#, Some("")),
        ("StringNotEquals", r#""${aws:PrincipalTag/blank}""#, Some("")),
        ("StringLike", r#""${aws:PrincipalTag/blank}*""#, Some("anything")),
        (
            "StringEquals",
            r#""${aws:PrincipalTag/blank, 'dflt'}""#,
            Some("dflt"),
        ),
        (
            "ArnLike",
            r#""arn:aws:sns:::${aws:PrincipalTag/blank}*""#,
            Some("arn:aws:sns:::topic"),
        ),
    ]);
}

#[test]
fn operator_names_are_exact() {
    for name in [
        "stringEquals",
        "StringEqual",
        "NullIfExists",
        "ForAllValues:ForAnyValue:StringEquals",
        "forAllValues:StringEquals",
        "StringEqualsIfExistsIfExists",
        "BinaryNotEquals",
    ] {
        let condition = |keys: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{name}":{{{keys}}}}}}}}}"#
            )
        };
        let refused = Policy::compile(&condition(r#""k":"v""#), PolicyKind::Managed).unwrap_err();
        assert_eq!(refused.message, "Syntax errors in policy.", "{name}");
        assert!(
            Policy::compile(&condition(""), PolicyKind::Managed).is_ok(),
            "{name}"
        );
    }
}
