//! Where the facts end (`facts: policy §1.6, §1.7`): odd spellings, empty lists, and what is not of its type. Expected is what
//! every reading has in common; where they differ, an `Allow` does not match and a `Deny` does.

use crate::operators::{table, unclear};

#[test]
fn binary() {
    table(&[
        ("BinaryEquals", r#""AAEC""#, Some("AAEC"), true),
        ("BinaryEquals", r#""AAECAw==""#, Some("AAECAw=="), true),
        ("BinaryEquals", r#""AAECAw==""#, Some("AAEC"), false),
        ("BinaryEquals", r#""AAEC""#, Some("AAECAw=="), false),
        ("BinaryEquals", r#""AAEC""#, Some("aaec"), false),
        ("BinaryEquals", r#""?""#, Some("!"), false),
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
        ("ArnEquals", r#""topic""#, Some("arn:aws:sns:eu:123:topic"), false),
        ("ArnNotLikeIfExists", r#""arn:aws:sns:*:123:*""#, None, true),
        (
            "ArnNotLike",
            r#"["topic","arn:aws:sns:*:123:*"]"#,
            Some("arn:aws:sns:eu:123:topic"),
            false,
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
