//! What is promised of the code rather than of the language.

use locum_policy::{Policy, PolicyKind};
use regex::Regex;
use serde_json::{Value, json};

use super::{CASES, documents, each_case, outcome};
use crate::{dice::Dice, generator, naive::Stack};

const KINDS: [PolicyKind; 7] = [
    PolicyKind::Managed,
    PolicyKind::Inline,
    PolicyKind::Trust,
    PolicyKind::Session,
    PolicyKind::Resource,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
];

/// The texts of `facts: policy §6.1`, and of Organizations.
const TEXTS: [&str; 40] = [
    "Syntax errors in policy.",
    "Policy document must be version 2012-10-17 or greater.",
    "The policy failed legacy parsing",
    "Statement IDs \\(SID\\) in a single policy must be unique.",
    "Policy statement must contain actions.",
    "Policy statement must contain resources.",
    "Resource (?s:.*) must be in ARN format or \"\\*\".",
    "Partition \"(?s:.*)\" is not valid for resource \"(?s:.*)\".",
    "Resource vendor must be fully qualified and cannot contain regexes.",
    "IAM resource (?s:.*) cannot contain region information.",
    "Resource (?s:.*) can not contain region information.",
    "IAM resource path must either be \"\\*\" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.",
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    "Actions/Condition can contain only one colon.",
    "Vendor (?s:.*) is not valid",
    "Policy document should not specify a principal.",
    "This policy contains invalid Json",
    "The policy must contain a valid version string",
    "Missing required field Statement",
    "Could not parse the policy: Statement is empty!",
    "Unknown field (?s:.*)",
    "The Statement Ids in the policy are not unique",
    "Missing required field Effect",
    "Invalid effect: (?s:.*)",
    "Missing required field Principal",
    "Missing required field Principal cannot be empty!",
    "Principal must be a JSON object.",
    "Invalid principal in policy: \"[A-Z]*\":\"(?s:.*)\"",
    "Invalid principal in policy: \"(?s:.*)\"",
    "Federated principals must be valid domain names or SAML metadata ARNs",
    "Allow with NotPrincipal is not allowed.",
    "AssumeRole policy must not contain NotPrincipal field.",
    "Missing required field Action",
    "AssumeRole policy may only specify STS AssumeRole actions.",
    "Has prohibited field Resource",
    "AssumeRole policy must not contain resources.",
    "A condition block must be present for the Cognito provider",
    "Syntax error in policy.",
    "Trust policy with trusted principal (?s:.*) must evaluate, using StringEquals, StringLike or StringEqualsIgnoreCase, (?s:.*) which is not scoped to all.",
    "The provided policy document does not meet the requirements of the specified policy type.",
];

/// One value somewhere in a document replaced, or one key renamed or removed.
fn broken(dice: &mut Dice, document: &Value) -> Value {
    let odd = [
        json!(null),
        json!(7),
        json!([]),
        json!({}),
        json!("x"),
        json!("arn:aws:s3:eu-west-1::b"),
        json!("arn:aws:iam::1:x/y"),
        json!("a:b:c"),
        json!("_:x"),
        json!({"AWS": "*"}),
        json!({"Service": "*"}),
        json!({"Federated": "accounts.google.com"}),
        json!({"Federated": "cognito-identity.amazonaws.com"}),
        json!({"DateEquals": {"a:b": "soon"}}),
        json!(["arn:x:s3:::b"]),
    ];
    let mut document = document.clone();
    for _ in 0..1 + dice.below(2) {
        let inside = dice.percent(85);
        let target = match document.get_mut("Statement").and_then(|s| s.get_mut(0)) {
            Some(statement) if inside => statement,
            _ => &mut document,
        };
        let Some(map) = target.as_object_mut() else {
            break;
        };
        let keys: Vec<String> = map.keys().cloned().collect();
        if keys.is_empty() {
            break;
        }
        let key = &keys[dice.below(keys.len())];
        match dice.below(8) {
            0 => drop(map.remove(key)),
            1 => {
                let value = map.remove(key).unwrap();
                map.insert(
                    dice.pick(&["Resource", "NotAction", "Principal", "NotPrincipal", "Other"])
                        .to_owned(),
                    value,
                );
            }
            2 => {
                map.insert(
                    dice.pick(&["Sid", "Id", "NotResource", "Condition"]).to_owned(),
                    odd[dice.below(odd.len())].clone(),
                );
            }
            _ => {
                map.insert(key.clone(), odd[dice.below(odd.len())].clone());
            }
        }
    }
    document
}

#[test]
fn every_refusal_has_a_known_text() {
    let known: Vec<Regex> = TEXTS
        .iter()
        .map(|text| Regex::new(&format!(r"\A{text}\z")).unwrap())
        .collect();
    let mut refused = 0;
    for seed in 0..4 * CASES {
        let mut dice = Dice::new(seed + 6_000_000);
        let asked = generator::asked(&mut dice);
        let made_for = dice.pick(&KINDS);
        let document = generator::document(&mut dice, &asked, made_for);
        let document = broken(&mut dice, &document).to_string();
        let text = if dice.percent(95) {
            document
        } else {
            document[1..].to_owned()
        };
        for kind in KINDS {
            if let Err(error) = Policy::compile(&text, kind) {
                refused += 1;
                assert!(
                    known.iter().any(|k| k.is_match(&error.message)),
                    "{kind:?} {:?}: {text}",
                    error.message
                );
            }
        }
    }
    assert!(refused > 1_000, "{refused}");
}

/// An empty `NotAction` would match everything (`facts: policy §1.2`).
#[test]
fn an_empty_list_is_refused() {
    for effect in ["Allow", "Deny"] {
        for (element, other) in [
            ("NotAction", "Resource"),
            ("NotResource", "Action"),
            ("Action", "Resource"),
            ("Resource", "Action"),
        ] {
            for kind in KINDS {
                let mut statement = json!({"Effect": effect, element: [], other: "*"});
                if matches!(
                    kind,
                    PolicyKind::Trust | PolicyKind::Resource | PolicyKind::ResourceControl
                ) {
                    statement["Principal"] = json!({"AWS": "*"});
                }
                let document = json!({"Version": "2012-10-17", "Statement": statement});
                assert!(
                    Policy::compile(&document.to_string(), kind).is_err(),
                    "{kind:?} {document}"
                );
            }
        }
    }
}

/// Whether some condition or variable of a stack asks for a key.
fn reads(stack: &Stack, key: &str) -> bool {
    let mut stack = stack.clone();
    let mut all = documents(&mut stack).into_iter();
    all.any(|document| document.to_string().to_lowercase().contains(key))
}

#[test]
fn only_keys_that_are_read_matter() {
    let mut mattered = 0;
    each_case(|_, asked, stack| {
        let expected = outcome(asked, stack);
        let mut more = asked.clone();
        more.context.set("nobody:reads", "this");
        assert_eq!(outcome(&more, stack), expected, "{asked:?} {stack:#?}");
        for key in [
            "x:tag",
            "aws:username",
            "x:arn",
            "x:number",
            "x:date",
            "x:flag",
            "x:ip",
            "x:blob",
        ] {
            let mut fewer = asked.clone();
            fewer.context.remove(key);
            let same = outcome(&fewer, stack) == expected;
            assert!(same || reads(stack, key), "{key}: {asked:?} {stack:#?}");
            mattered += usize::from(!same);
        }
    });
    assert!(mattered > 50, "{mattered}");
}
