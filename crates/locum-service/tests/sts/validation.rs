//! Parameters that break a constraint (`facts: sts §1.7, §1.8`).

use super::scene::{ACCOUNT, ALLOW_ALL, Answer, Credentials, Scene, trust};

struct Stage {
    scene: Scene,
    alice: Credentials,
    role: String,
}

fn stage() -> Stage {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |role| {
        role.max_session_duration = 43_200
    });
    Stage { scene, alice, role }
}

impl Stage {
    fn ask(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.scene.sts(&self.alice, action, parameters)
    }

    #[track_caller]
    fn invalid(&self, action: &str, parameters: &[(&str, &str)], text: &str) {
        self.ask(action, parameters).fails(400, "ValidationError", text);
    }
}

const ARN_PATTERN: &str =
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+";

#[test]
fn required_members() {
    let text = "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be \
                null; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null";
    stage().invalid("AssumeRole", &[], text);
    let text = "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null";
    stage().invalid("GetFederationToken", &[], text);
    let text = "1 validation error detected: Value null at 'encodedMessage' failed to satisfy constraint: Member must not be null";
    stage().invalid("DecodeAuthorizationMessage", &[], text);
    let text = "1 validation error detected: Value null at 'accessKeyId' failed to satisfy constraint: Member must not be null";
    stage().invalid("GetAccessKeyInfo", &[], text);
}

#[test]
fn lengths_patterns_and_ranges() {
    let stage = stage();
    let role = &*stage.role;
    let constraint = "failed to satisfy constraint: Member must";
    let cases: [(&[(&str, &str)], String); 7] = [
        (
            &[("RoleArn", "x"), ("RoleSessionName", "session")],
            format!(
                "1 validation error detected: Value 'x' at 'roleArn' {constraint} have length greater than or equal to 20"
            ),
        ),
        // An empty RoleArn fails its pattern, which comes first, and its length; an empty session name its length only.
        (
            &[("RoleArn", ""), ("RoleSessionName", "session")],
            format!(
                "2 validation errors detected: Value '' at 'roleArn' {constraint} satisfy regular expression pattern: \
                 {ARN_PATTERN}; Value '' at 'roleArn' {constraint} have length greater than or equal to 20"
            ),
        ),
        (
            &[("RoleArn", role), ("RoleSessionName", "")],
            format!(
                "1 validation error detected: Value '' at 'roleSessionName' {constraint} have length greater than or equal to 2"
            ),
        ),
        (
            &[("RoleArn", role), ("RoleSessionName", "a b")],
            format!(
                "1 validation error detected: Value 'a b' at 'roleSessionName' {constraint} satisfy regular expression \
                 pattern: [\\w+=,.@-]*"
            ),
        ),
        (
            &[
                ("RoleArn", role),
                ("RoleSessionName", "session"),
                ("DurationSeconds", "899"),
            ],
            format!(
                "1 validation error detected: Value '899' at 'durationSeconds' {constraint} have value greater than or equal to 900"
            ),
        ),
        (
            &[
                ("RoleArn", role),
                ("RoleSessionName", "session"),
                ("DurationSeconds", "43201"),
            ],
            format!(
                "1 validation error detected: Value '43201' at 'durationSeconds' {constraint} have value less than or equal to 43200"
            ),
        ),
        (
            &[
                ("RoleArn", role),
                ("RoleSessionName", "session"),
                ("SourceIdentity", "aws:me"),
            ],
            format!(
                "1 validation error detected: Value 'aws:me' at 'sourceIdentity' {constraint} satisfy regular expression \
                 pattern: [\\w+=,.@-]*"
            ),
        ),
    ];
    for (parameters, text) in cases {
        stage.invalid("AssumeRole", parameters, &text);
    }
    let long = "x".repeat(2049);
    let text = format!(
        "1 validation error detected: Value '{long}' at 'roleArn' {constraint} have length less than or equal to 2048"
    );
    stage.invalid(
        "AssumeRole",
        &[("RoleArn", &long), ("RoleSessionName", "session")],
        &text,
    );
}

#[test]
fn lengths_count_code_points() {
    // ORACLE: code points, and the ARN's pattern refuses supplementary characters.
    let stage = stage();
    let umlauts = "ü".repeat(20);
    let text = format!("{umlauts} is invalid");
    stage.invalid(
        "AssumeRole",
        &[("RoleArn", &umlauts), ("RoleSessionName", "session")],
        &text,
    );
    let emoji = "😀".repeat(20);
    let text = format!(
        "1 validation error detected: Value '{emoji}' at 'roleArn' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: {ARN_PATTERN}"
    );
    stage.invalid(
        "AssumeRole",
        &[("RoleArn", &emoji), ("RoleSessionName", "session")],
        &text,
    );
}

#[test]
fn long_enough_but_no_arn() {
    let stage = stage();
    for value in [
        "nothing-valid-in-here",
        "arn::b:::something/test-role",
        "arn:a::::something/test-role",
        "arn:a:::something/test-role",
        "arn:a:a::aaaaaaaaaa:",
    ] {
        let parameters = [("RoleArn", value), ("RoleSessionName", "session")];
        stage.invalid("AssumeRole", &parameters, &format!("{value} is invalid"));
    }
}

#[test]
fn durations_that_are_no_numbers() {
    let stage = stage();
    let ask = |value: &str| {
        stage
            .scene
            .assume(&stage.alice, &stage.role, &[("DurationSeconds", value)])
    };
    for value in ["abc", "900.0", "2147483648", "9 00", "0x384"] {
        let answer = ask(value);
        assert_eq!(
            (answer.status, answer.text("Code").as_str()),
            (400, "MalformedInput")
        );
        assert_eq!(answer.find("Message"), None, "{value}");
    }
    ask("").fails(400, "MalformedInput", "missing value for decimal type");
    for value in ["+900", "0900"] {
        assert_eq!(ask(value).ok().text("Expiration"), "2026-11-22T12:15:00Z");
    }
}

#[test]
fn the_limit_of_the_operation_comes_before_that_of_the_role() {
    let stage = stage();
    stage
        .scene
        .edit_role("worker", |role| role.max_session_duration = 3600);
    let ask = |seconds: &str| {
        stage
            .scene
            .assume(&stage.alice, &stage.role, &[("DurationSeconds", seconds)])
    };
    let text = "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member \
                must have value less than or equal to 43200";
    ask("43201").fails(400, "ValidationError", text);
    let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    ask("3601").fails(400, "ValidationError", text);
    ask("3600").ok();
}

#[test]
fn session_tags_that_do_not_fit_together() {
    // §1.8.
    let stage = stage();
    let ask = |more: &[(&str, &str)]| stage.scene.assume(&stage.alice, &stage.role, more);
    let one = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a")];
    ask(&[one[0], one[1], ("TransitiveTagKeys.member.1", "other")]).fails(
        400,
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    );
    ask(&[one[0], one[1], ("TransitiveTagKeys.member.1", "TEAM")]).ok();
    let two = [("Tags.member.2.Key", "TEAM"), ("Tags.member.2.Value", "b")];
    ask(&[one[0], one[1], two[0], two[1]]).fails(
        400,
        "InvalidParameterValue",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    );
}

#[test]
fn session_policies_that_are_none() {
    let stage = stage();
    let ask = |more: &[(&str, &str)]| stage.scene.assume(&stage.alice, &stage.role, more);
    let refused = |more: &[(&str, &str)]| {
        let answer = ask(more);
        assert_eq!(
            (answer.status, answer.text("Code").as_str()),
            (400, "MalformedPolicyDocument")
        );
    };
    refused(&[("Policy", "{")]);
    refused(&[("Policy", "{}")]);
    let with_principal = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
    refused(&[("Policy", with_principal)]);
    let twice = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}"#;
    refused(&[("Policy", twice)]);
    let absent = format!("arn:aws:iam::{ACCOUNT}:policy/absent");
    refused(&[("PolicyArns.member.1.arn", &absent)]);
    refused(&[(
        "PolicyArns.member.1.arn",
        "arn:aws:iam::444455556666:policy/theirs",
    )]);
    // One that is there, but for its partition.
    refused(&[(
        "PolicyArns.member.1.arn",
        "arn:aws-cn:iam::aws:policy/AdministratorAccess",
    )]);
    let eleven: Vec<(String, String)> = (1..=11)
        .map(|n| (format!("PolicyArns.member.{n}.arn"), absent.clone()))
        .collect();
    let eleven: Vec<(&str, &str)> = eleven.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(ask(&eleven).text("Code"), "ValidationError");
}

#[test]
fn session_policies_have_2048_characters_together() {
    const NAMED: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
    let stage = stage();
    for (length, expected) in [(2048, 200), (2049, 400)] {
        let inline = format!("{ALLOW_ALL:width$}", width = length - NAMED.len());
        let more = [("Policy", &*inline), ("PolicyArns.member.1.arn", NAMED)];
        let answer = stage.scene.assume(&stage.alice, &stage.role, &more);
        assert_eq!(answer.status, expected, "{length}: {}", answer.body);
        assert_eq!(answer.body.contains("PackedPolicyTooLarge"), expected == 400);
    }
}

#[test]
fn a_token_that_would_be_too_large() {
    let stage = stage();
    let tags: Vec<(String, String)> = (1..=50)
        .flat_map(|n| {
            [
                (format!("Tags.member.{n}.Key"), format!("key{n}")),
                (format!("Tags.member.{n}.Value"), "v".repeat(256)),
            ]
        })
        .collect();
    let tags: Vec<(&str, &str)> = tags.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let answer = stage.scene.assume(&stage.alice, &stage.role, &tags);
    assert_eq!(
        (answer.status, answer.text("Code").as_str()),
        (400, "PackedPolicyTooLarge")
    );
    assert!(answer.text("Message").contains("% of allotted space"));
}
