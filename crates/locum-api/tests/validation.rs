//! The validation errors of `facts: sts §1.7`, recorded texts first.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

use locum_api::{ApiError, Parameters, Request, iam, operation_for, sts};

const ROLE: &str = "arn:aws:iam::123456789012:role/demo";
const STS_ARN_PATTERN: &str =
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+";

fn form(pairs: &[(&str, &str)]) -> Parameters {
    let escape = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<String>()
    };
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    Parameters::parse(b"", pairs.join("&").as_bytes()).unwrap()
}

fn error<R: Request + std::fmt::Debug>(pairs: &[(&str, &str)]) -> ApiError {
    R::decode(&form(pairs)).unwrap_err()
}

/// Returns the message of a refused AssumeRole, after checking that it is a `ValidationError`.
fn assume_role(pairs: &[(&str, &str)]) -> String {
    let error = error::<sts::AssumeRoleRequest>(pairs);
    assert_eq!((error.status, error.code.as_ref()), (400, "ValidationError"));
    error.message.unwrap()
}

fn assume_role_with(name: &str, value: &str) -> String {
    assume_role(&[("RoleArn", ROLE), ("RoleSessionName", "ada"), (name, value)])
}

#[test]
fn a_required_member_must_not_be_null() {
    assert_eq!(
        assume_role(&[("RoleSessionName", "ada")]),
        "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
    );
    assert_eq!(
        assume_role(&[]),
        "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be \
         null; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null"
    );
}

#[test]
fn lengths_are_bounded() {
    assert_eq!(
        assume_role(&[("RoleArn", "x"), ("RoleSessionName", "ada")]),
        "1 validation error detected: Value 'x' at 'roleArn' failed to satisfy constraint: Member must have length \
         greater than or equal to 20"
    );
    let long = "a".repeat(65);
    assert_eq!(
        assume_role(&[("RoleArn", ROLE), ("RoleSessionName", &long)]),
        format!(
            "1 validation error detected: Value '{long}' at 'roleSessionName' failed to satisfy constraint: Member \
             must have length less than or equal to 64"
        )
    );
}

#[test]
fn an_empty_role_arn_breaks_two_rules_and_an_empty_session_name_one() {
    assert_eq!(
        assume_role(&[("RoleArn", ""), ("RoleSessionName", "")]),
        format!(
            "3 validation errors detected: Value '' at 'roleArn' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: {STS_ARN_PATTERN}; Value '' at 'roleArn' failed to satisfy constraint: Member \
             must have length greater than or equal to 20; Value '' at 'roleSessionName' failed to satisfy constraint: \
             Member must have length greater than or equal to 2"
        )
    );
}

#[test]
fn the_pattern_comes_before_the_length() {
    assert_eq!(
        assume_role(&[("RoleArn", ROLE), ("RoleSessionName", "!")]),
        "2 validation errors detected: Value '!' at 'roleSessionName' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: [\\w+=,.@-]*; Value '!' at 'roleSessionName' failed to satisfy constraint: \
         Member must have length greater than or equal to 2"
    );
}

#[test]
fn durations_are_bounded() {
    assert_eq!(
        assume_role_with("DurationSeconds", "899"),
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have \
         value greater than or equal to 900"
    );
    assert_eq!(
        assume_role_with("DurationSeconds", "43201"),
        "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must \
         have value less than or equal to 43200"
    );
}

#[test]
fn numbers_are_read_as_java_reads_them() {
    let decode = |value| {
        let pairs = [
            ("RoleArn", ROLE),
            ("RoleSessionName", "ada"),
            ("DurationSeconds", value),
        ];
        sts::AssumeRoleRequest::decode(&form(&pairs))
    };
    for value in ["900", "+900", "0900"] {
        assert_eq!(decode(value).unwrap().duration_seconds, Some(900), "{value}");
    }
    for value in [
        "abc",
        "900.0",
        "2147483648",
        "-2147483649",
        " 900",
        "0x384",
        "+",
        "9_00",
        "٩٠٠",
    ] {
        assert_eq!(decode(value).unwrap_err(), ApiError::malformed_input(), "{value}");
    }
    let empty = decode("").unwrap_err();
    assert_eq!((empty.status, empty.code.as_ref()), (400, "MalformedInput"));
    assert_eq!(empty.message.as_deref(), Some("missing value for decimal type"));
    assert_eq!(ApiError::malformed_input().message, None);
}

#[test]
fn lengths_count_code_points() {
    let key = "é".repeat(128);
    let pairs = [
        ("RoleArn", ROLE),
        ("RoleSessionName", "ada"),
        ("Tags.member.1.Key", &key),
        ("Tags.member.1.Value", ""),
    ];
    assert_eq!(
        sts::AssumeRoleRequest::decode(&form(&pairs)).unwrap().tags[0].key,
        key
    );

    // Supplementary letters are one code point each.
    let key = "𝒜".repeat(129);
    let message = assume_role(&[
        ("RoleArn", ROLE),
        ("RoleSessionName", "ada"),
        ("Tags.member.1.Key", &key),
        ("Tags.member.1.Value", "v"),
    ]);
    assert!(message.ends_with(
        "at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128"
    ));
    assert!(message.starts_with("1 validation error detected"), "{message}");
}

#[test]
fn a_role_arn_refuses_supplementary_characters() {
    let arn = format!("{ROLE}𝒜");
    let message = assume_role(&[("RoleArn", &arn), ("RoleSessionName", "ada")]);
    assert!(
        message.contains("Member must satisfy regular expression pattern"),
        "{message}"
    );
}

#[test]
fn members_of_structures_in_lists_have_a_path() {
    assert_eq!(
        assume_role_with("Tags.member.1.Value", "v"),
        "1 validation error detected: Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not \
         be null"
    );
    assert!(assume_role_with("PolicyArns.member.1.arn", "short").starts_with(
        "1 validation error detected: Value 'short' at 'policyArns.1.member.arn' failed to satisfy constraint: Member \
         must have length"
    ));
}

#[test]
fn items_of_lists_break_all_their_constraints_at_once() {
    assert_eq!(
        assume_role_with("TransitiveTagKeys.member.1", "*"),
        "1 validation error detected: Value '[*]' at 'transitiveTagKeys' failed to satisfy constraint: Member must \
         satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than \
         or equal to 1, Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+]"
    );
}

#[test]
fn lists_are_bounded() {
    let mut pairs = vec![
        ("RoleArn".to_owned(), ROLE.to_owned()),
        ("RoleSessionName".to_owned(), "ada".to_owned()),
    ];
    for n in 1..=51 {
        pairs.push((format!("Tags.member.{n}.Key"), format!("k{n}")));
        pairs.push((format!("Tags.member.{n}.Value"), String::new()));
    }
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        assume_role(&pairs),
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than \
         or equal to 50"
    );
    assert_eq!(
        assume_role_with("ProvidedContexts", ""),
        "1 validation error detected: Value at 'providedContexts' failed to satisfy constraint: Member must have \
         length greater than or equal to 1"
    );
}

#[test]
fn iam_leaves_out_the_value_and_the_values() {
    let refused =
        error::<iam::UpdateAccessKeyRequest>(&[("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"), ("Status", "On")]);
    assert_eq!((refused.status, refused.code.as_ref()), (400, "ValidationError"));
    assert_eq!(
        refused.message.as_deref(),
        Some(
            "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum \
             value set"
        )
    );
    assert_eq!(
        error::<iam::GetRoleRequest>(&[("RoleName", "")])
            .message
            .as_deref(),
        Some(
            "2 validation errors detected: Value at 'roleName' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [\\w+=,.@-]+; Value at 'roleName' failed to satisfy constraint: Member must \
             have length greater than or equal to 1"
        )
    );
}

#[test]
fn members_that_cannot_be_honoured_are_still_read() {
    let request = sts::AssumeRoleRequest::decode(&form(&[
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", ROLE),
        ("RoleSessionName", "ada"),
        ("SerialNumber", "arn:aws:iam::123456789012:mfa/ada"),
        ("TokenCode", "123456"),
        (
            "ProvidedContexts.member.1.ProviderArn",
            "arn:aws:iam::aws:contextProvider/IdentityCenter",
        ),
        ("ProvidedContexts.member.1.ContextAssertion", "assertion"),
        (
            "PolicyArns.member.1.arn",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        ("MinimumSessionTokenSize", "4096"),
    ]))
    .unwrap();
    assert_eq!(request.token_code.as_deref(), Some("123456"));
    assert_eq!(
        request.serial_number.as_deref(),
        Some("arn:aws:iam::123456789012:mfa/ada")
    );
    assert_eq!(
        request.provided_contexts[0].context_assertion.as_deref(),
        Some("assertion")
    );
    assert_eq!(
        request.policy_arns[0].arn.as_deref(),
        Some("arn:aws:iam::aws:policy/ReadOnlyAccess")
    );
    assert_eq!(request.minimum_session_token_size, Some(4096));
}

#[test]
fn unknown_parameters_are_ignored() {
    // facts: sts §1.1 [REC]
    let request = form(&[
        ("Action", "GetCallerIdentity"),
        ("Version", "2011-06-15"),
        ("Nonsense", "1"),
    ]);
    assert_eq!(operation_for(&request).unwrap().name, "GetCallerIdentity");
    assert!(sts::GetCallerIdentityRequest::decode(&request).is_ok());
}

#[test]
fn nothing_below_a_known_name_is_ignored() {
    let refused = |name: &str, value: &str| {
        let pairs = [("RoleArn", ROLE), ("RoleSessionName", "ada"), (name, value)];
        let error = sts::AssumeRoleRequest::decode(&form(&pairs))
            .map(|_| name.to_owned())
            .unwrap_err();
        (error.status, error.code.into_owned())
    };
    for (name, value) in [
        ("PolicyArns.member.0.arn", ROLE),
        ("PolicyArns.member.2.arn", ROLE),
        ("PolicyArns.member.01.arn", ROLE),
        ("PolicyArns.member.-1.arn", ROLE),
        ("PolicyArns.member.+1.arn", ROLE),
        ("PolicyArns.member..arn", ROLE),
        ("PolicyArns.member.99999999999999999999999.arn", ROLE),
        ("PolicyArns.member.1.Arn", ROLE),
        ("PolicyArns.member.1.arn.x", ROLE),
        ("PolicyArns.member.1", ROLE),
        ("PolicyArns.member", ROLE),
        ("PolicyArns.1.arn", ROLE),
        ("PolicyArns.", ROLE),
        ("PolicyArns", ROLE),
        ("Policy.member.1", "{}"),
        ("Tags.Key", "k"),
    ] {
        assert_eq!(refused(name, value), (400, "MalformedInput".to_owned()), "{name}");
    }
    assert_eq!(refused("policy", "{}"), (400, "InvalidQueryParameter".to_owned()));
    assert_eq!(
        refused("POLICYARNS.member.1.arn", ROLE),
        (400, "InvalidQueryParameter".to_owned())
    );
}

#[test]
fn lists_may_come_in_any_order() {
    let request = sts::AssumeRoleRequest::decode(&form(&[
        ("TransitiveTagKeys.member.2", "b"),
        ("RoleArn", ROLE),
        ("TransitiveTagKeys.member.1", "a"),
        ("RoleSessionName", "ada"),
    ]))
    .unwrap();
    assert_eq!(request.transitive_tag_keys, ["a", "b"]);
}
