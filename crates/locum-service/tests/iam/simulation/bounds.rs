//! How much a simulation takes and gives: pages, policies that compare slowly, and answers larger than their question.

use crate::harness::{Answer, World};
use crate::iam::texts::{ALLOW_ALL, READ_NOTES, VALIDATION};

#[test]
fn results_come_in_pages_of_the_very_request() {
    let world = World::new();
    let names: Vec<(String, String)> = (1..=7)
        .map(|n| (format!("ActionNames.member.{n}"), format!("s3:Action{n}")))
        .collect();
    let mut parameters = vec![("PolicyInputList.member.1", ALLOW_ALL), ("MaxItems", "3")];
    parameters.extend(
        names
            .iter()
            .map(|(name, action)| (name.as_str(), action.as_str())),
    );
    let mut seen = Vec::new();
    let mut marker: Option<String> = None;
    for size in [3, 3, 1] {
        let mut page = parameters.clone();
        page.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let answer = world.admin("SimulateCustomPolicy", &page).ok();
        let actions = answer.texts("EvalActionName");
        assert_eq!(actions.len(), size);
        seen.extend(actions);
        assert_eq!(answer.text("IsTruncated"), (size == 3).to_string());
        if let Some(next) = answer.find("Marker") {
            marker = Some(next);
        }
    }
    assert_eq!(seen, (1..=7).map(|n| format!("s3:Action{n}")).collect::<Vec<_>>());
    let marker = marker.unwrap();
    let mut other = parameters.clone();
    other[0].1 = READ_NOTES;
    other.push(("Marker", &marker));
    world.refuses(&[("SimulateCustomPolicy", &other, VALIDATION, "Invalid Marker.")]);
}

/// Parameters that name so many resources.
fn resources(count: usize) -> Vec<(String, String)> {
    (1..=count)
        .map(|n| (format!("ResourceArns.member.{n}"), format!("arn:aws:s3:::b{n}")))
        .collect()
}

#[track_caller]
fn too_complex(answer: &Answer, action: &str) {
    let message = format!("The policies are too complex to be evaluated for {action} on these resources.");
    answer.fails(500, "PolicyEvaluation", &message);
}

/// What compares slowly ends a page early, and what compares too slowly is an error, not a busy server.
#[test]
fn hostile_policies_are_bounded() {
    let world = World::new();
    let run = "a?".repeat(400);
    let list = vec![format!(r#""arn:aws:s3:::*{run}c""#); 120].join(",");
    let slow = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":[{list}]}}}}"#
    );
    let resource = format!("arn:aws:s3:::{}", "a".repeat(1900));
    let parameters = [
        ("PolicyInputList.member.1", slow.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ResourceArns.member.1", &resource),
    ];
    too_complex(&world.admin("SimulateCustomPolicy", &parameters), "s3:GetObject");
    // Many statements that all match many resources: the answer would be larger than the question by far.
    let statement = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let many = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        vec![statement; 1000].join(",")
    );
    let resources = resources(200);
    let mut parameters = vec![
        ("PolicyInputList.member.1", many.as_str()),
        ("ActionNames.member.1", "s3:A"),
    ];
    parameters.extend(resources.iter().map(|(name, arn)| (name.as_str(), arn.as_str())));
    too_complex(&world.admin("SimulateCustomPolicy", &parameters), "s3:A");
    // Action patterns that are compared slowly, on many resources.
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
    let patterns: Vec<String> = (0..3_000)
        .map(|n| format!(r#""s:*aa{}{}b""#, letter(n / 26), letter(n)))
        .collect();
    let scanned = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Resource":"*","Action":[{}]}}}}"#,
        patterns.join(",")
    );
    let action = format!("s:{}", "a".repeat(120));
    let mut slow = vec![
        ("PolicyInputList.member.1", scanned.as_str()),
        ("ActionNames.member.1", action.as_str()),
        ("ActionNames.member.2", action.as_str()),
    ];
    let alone = slow.clone();
    slow.extend(resources.iter().map(|(name, arn)| (name.as_str(), arn.as_str())));
    too_complex(&world.admin("SimulateCustomPolicy", &slow), &action);
    world.admin("SimulateCustomPolicy", &alone).ok();
    // With fewer it is answered, and the page ends before its time.
    parameters.truncate(22);
    parameters.extend([("ActionNames.member.2", "s3:B"), ("ActionNames.member.3", "s3:C")]);
    let answer = world.admin("SimulateCustomPolicy", &parameters).ok();
    assert_eq!(answer.text("IsTruncated"), "true");
    assert!(!answer.texts("EvalActionName").is_empty());
}

/// Every result tells the keys that are missing; their length is what an answer grows by.
#[test]
fn missing_keys_do_not_make_an_answer_large() {
    let world = World::new();
    let reads = |key: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{{key}}}}}}}}}"#
        )
    };
    let long = "k".repeat(257);
    for (name, key) in [
        ("PolicyInputList.member.1", format!(r#""{long}":"v""#)),
        ("PolicyInputList.member.1", format!(r#""k":"${{{long}}}""#)),
        (
            "PermissionsBoundaryPolicyInputList.member.1",
            format!(r#""{long}":"v""#),
        ),
    ] {
        let document = reads(&key);
        let other = match name {
            "PolicyInputList.member.1" => "PolicyInputList.member.2",
            _ => "PolicyInputList.member.1",
        };
        let parameters = [
            (name, document.as_str()),
            ("ActionNames.member.1", "s3:A"),
            (other, ALLOW_ALL),
        ];
        let message = format!(
            "Invalid policy {}: A condition key cannot exceed 256 characters.",
            name.replace(".member", "")
        );
        world
            .admin("SimulateCustomPolicy", &parameters)
            .fails(400, "InvalidInput", &message);
    }
    // A key of the greatest length is told; so many of them that it would take megabytes are not.
    let keys = |count: usize| {
        let keys: Vec<String> = (0..count)
            .map(|n| format!(r#""{}{n:03}":"v""#, "k".repeat(253)))
            .collect();
        reads(&keys.join(","))
    };
    let one = keys(1);
    let parameters = [
        ("PolicyInputList.member.1", one.as_str()),
        ("ActionNames.member.1", "s3:A"),
    ];
    let answer = world.admin("SimulateCustomPolicy", &parameters).ok();
    assert!(answer.body.contains(&format!("{}000", "k".repeat(253))));
    let many = keys(300);
    let resources = resources(60);
    let mut parameters = vec![
        ("PolicyInputList.member.1", many.as_str()),
        ("ActionNames.member.1", "s3:A"),
    ];
    parameters.extend(resources.iter().map(|(name, arn)| (name.as_str(), arn.as_str())));
    too_complex(&world.admin("SimulateCustomPolicy", &parameters), "s3:A");
}
