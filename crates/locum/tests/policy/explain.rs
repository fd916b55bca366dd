//! `locum policy explain`: messages of locum and of AWS, told for a person.

use serde_json::{Value, json};

use super::{Room, compare};

fn items(values: &[&str]) -> Value {
    let values: Vec<Value> = values.iter().map(|value| json!({ "value": value })).collect();
    json!({ "items": values })
}

/// A message as AWS's documentation shows it.
fn of_aws(explicit: bool) -> Value {
    let statement = json!({
        "statementId": "NoRoles",
        "effect": if explicit { "DENY" } else { "ALLOW" },
        "principals": items(&["AIDACKCEVSQ6C2EXAMPLE"]),
        "principalGroups": { "items": [] },
        "actions": items(&["iam:CreateRole", "iam:DeleteRole"]),
        "resources": items(&["*"]),
        "conditions": { "items": [
            { "key": "aws:MultiFactorAuthPresent", "operator": "BoolIfExists", "values": items(&["false"]) },
            { "key": "aws:SourceIp", "operator": "IpAddress", "values": items(&["203.0.113.0/24"]) },
        ] },
    });
    json!({
        "allowed": false,
        "explicitDeny": explicit,
        "matchedStatements": { "items": [statement] },
        "failures": { "items": [] },
        "context": {
            "principal": { "id": "AIDACKCEVSQ6C2EXAMPLE", "arn": "arn:aws:iam::111122223333:user/alice" },
            "action": "iam:CreateRole",
            "resource": "arn:aws:iam::111122223333:role/reader",
            "conditions": { "items": [
                { "key": "aws:SourceIp", "values": items(&["203.0.113.7"]) },
                { "key": "aws:Region", "values": items(&["us-east-1"]) },
            ] },
        },
    })
}

fn of_locum(layer: &str, explicit: bool) -> Value {
    let mut message = of_aws(explicit);
    if !explicit {
        message["matchedStatements"]["items"] = json!([]);
    }
    message["explanation"] = json!({
        "layer": layer,
        "policy": "arn:aws:iam::111122223333:policy/limits",
        "statement": 2,
        "statementId": "NoRoles",
        "group": "arn:aws:iam::111122223333:group/staff",
        "reason": "This is the reason.",
    });
    message
}

fn explained(room: &Room, message: &str) -> String {
    let output = room.run_with(&["explain"], message.as_bytes());
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn pages() {
    let room = Room::new();
    for (page, message) in [
        ("explain-aws-explicit.txt", of_aws(true)),
        ("explain-aws-implicit.txt", of_aws(false)),
        ("explain-explicit.txt", of_locum("service control policy", true)),
        ("explain-implicit.txt", of_locum("permissions boundary", false)),
    ] {
        compare(page, &explained(&room, &message.to_string()));
    }
}

#[test]
fn what_was_left_out_is_told() {
    let (room, mut message) = (Room::new(), of_locum("permissions boundary", false));
    let told = "\nLeft out, for want of room: the condition keys of the request\n";
    assert!(!explained(&room, &message.to_string()).contains("Left out"));
    message["omitted"] = json!("the condition keys of the request");
    let page = explained(&room, &message.to_string());
    assert!(page.contains(told), "{page}");
}

/// The whole answer, the text in it, the document and a file are one.
#[test]
fn every_form_of_a_message_is_read() {
    let room = Room::new();
    let document = of_locum("identity-based policy", false).to_string();
    let expected = explained(&room, &document);
    let text = Value::from(document.as_str()).to_string();
    let answer = json!({ "DecodedMessage": document }).to_string();
    for form in [&text, &answer] {
        assert_eq!(explained(&room, form), expected);
        room.write("message.json", form);
        assert_eq!(
            room.run(&["explain", "message.json"]),
            (0, expected.clone(), String::new())
        );
    }
}

#[test]
fn every_layer_has_its_advice() {
    let room = Room::new();
    for (layer, advice) in [
        (
            "identity-based policy",
            "A policy of the caller, of one of its groups, or of its role must allow iam:CreateRole",
        ),
        (
            "permissions boundary",
            "The permissions boundary must allow iam:CreateRole",
        ),
        (
            "session policy",
            "A session must be made whose session policy allows iam:CreateRole",
        ),
        (
            "service control policy",
            "Only the organization's management account can change its policies.",
        ),
        (
            "resource-based policy",
            "The resource's own policy must allow iam:CreateRole",
        ),
        (
            "role trust policy",
            "The role's trust policy must allow iam:CreateRole",
        ),
        ("resource account", "Ask the administrators of the other account."),
        ("service", "No policy can allow it"),
    ] {
        let page = explained(&room, &of_locum(layer, false).to_string());
        assert!(page.contains(advice), "{layer}: {page}");
    }
    // What is not said is not made up.
    let page = explained(&room, &of_aws(false).to_string());
    assert!(
        page.contains("AWS does not say which kind of policy that is."),
        "{page}"
    );
}

#[test]
fn nothing_of_a_message_moves_the_cursor() {
    let room = Room::new();
    let mut message = of_locum("identity-based policy", true);
    for place in [
        "/explanation/reason",
        "/explanation/policy",
        "/context/action",
        "/context/resource",
        "/context/principal/arn",
        "/matchedStatements/items/0/statementId",
    ] {
        *message.pointer_mut(place).unwrap() = Value::from("a\u{1b}[2J\u{202e}\nb");
    }
    let page = explained(&room, &message.to_string());
    let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!page.contains(hidden), "{page:?}");
}

#[test]
fn what_is_no_message_is_refused_in_one_line() {
    let room = Room::new();
    let huge = "x".repeat(2 << 20);
    for (input, text) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("{}", "not a decoded authorization message"),
        (r#"{"allowed":false}"#, "not a decoded authorization message"),
        ("[1]", "not a decoded authorization message"),
        ("AQoDYXdzEJr", "still encoded"),
        (r#""AQoDYXdzEJr""#, "still encoded"),
        (r#"{"DecodedMessage":"AQoDYXdzEJr"}"#, "still encoded"),
        (&huge, "1 MiB"),
    ] {
        let output = room.run_with(&["explain", "-"], input.as_bytes());
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{err}");
        assert!(
            err.starts_with("locum: ") && err.matches('\n').count() == 1,
            "{err}"
        );
        assert!(err.contains(text), "{text}: {err}");
    }
    for words in [
        &["explain", "a", "b"][..],
        &["explain", "--format", "json"],
        &["explain", "absent"],
    ] {
        let (code, out, err) = room.run(words);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
    }
    let (code, out, _) = room.run(&["explain", "--help"]);
    assert!(code == 0 && out.contains("EXIT STATUS"));
}
