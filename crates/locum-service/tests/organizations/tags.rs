//! Tags of accounts, the root, units and policies.

use serde_json::{Value, json};

use super::scene::{ALLOW_ALL, FULL, MEMBER, SCP, Scene};

fn tag(key: &str, value: &str) -> Value {
    json!({ "Key": key, "Value": value })
}

#[test]
fn everything_has_tags() {
    let scene = Scene::new();
    let unit = scene.unit(&scene.root_id(), "a");
    let policy = scene.policy(SCP, "a", ALLOW_ALL);
    for id in [&*scene.root_id(), &unit, &policy, MEMBER] {
        let listed = || scene.done("ListTagsForResource", &json!({ "ResourceId": id }))["Tags"].clone();
        let change = |action: &str, name: &str, what: Value| {
            scene.done(action, &json!({ "ResourceId": id, name: what }));
        };
        assert_eq!(listed(), json!([]));
        change("TagResource", "Tags", json!([tag("b", "1"), tag("a", "")]));
        assert_eq!(listed(), json!([tag("a", ""), tag("b", "1")]));
        change("TagResource", "Tags", json!([tag("B", "2")]));
        assert_eq!(listed(), json!([tag("a", ""), tag("B", "2")]));
        change("UntagResource", "TagKeys", json!(["A", "c"]));
        assert_eq!(listed(), json!([tag("B", "2")]));
    }
}

#[test]
fn tags_that_cannot_be() {
    let scene = Scene::new();
    let invalid = "InvalidInputException";
    for (tags, reason) in [
        (json!([tag("a", ""), tag("A", "")]), "DUPLICATE_TAG_KEY"),
        (json!([tag("aws:a", "")]), "INVALID_SYSTEM_TAGS_PARAMETER"),
        (json!([tag("", "")]), "MIN_LENGTH_EXCEEDED"),
        (json!([tag("a*", "")]), "INVALID_PATTERN"),
    ] {
        let body = json!({ "ResourceId": MEMBER, "Tags": tags });
        scene.fails("TagResource", &body, invalid, Some(reason));
    }
    for key in ["aws:a", "AWS:b"] {
        let body = json!({ "ResourceId": MEMBER, "TagKeys": ["a", key] });
        let reason = Some("INVALID_SYSTEM_TAGS_PARAMETER");
        scene.fails("UntagResource", &body, invalid, reason);
    }
    for id in [
        "r-zzzz",
        "ou-zzzz-zzzzzzzz",
        "999900001111",
        "p-zzzzzzzzzz",
        "rp-zzzz",
    ] {
        let body = json!({ "ResourceId": id, "Tags": [] });
        scene.fails("TagResource", &body, "TargetNotFoundException", None);
        let body = json!({ "ResourceId": id, "TagKeys": [] });
        scene.fails("UntagResource", &body, "TargetNotFoundException", None);
        scene.fails(
            "ListTagsForResource",
            &json!({ "ResourceId": id }),
            "TargetNotFoundException",
            None,
        );
    }
    let body = json!({ "ResourceId": FULL, "Tags": [tag("a", "")] });
    scene.fails("TagResource", &body, invalid, Some("TARGET_NOT_SUPPORTED"));
}

#[test]
fn fifty_tags_and_no_more() {
    let scene = Scene::new();
    let many =
        |from: usize, to: usize| -> Vec<Value> { (from..to).map(|n| tag(&format!("k{n}"), "")).collect() };
    let body = |tags: Vec<Value>| json!({ "ResourceId": MEMBER, "Tags": tags });
    let (violation, reason) = ("ConstraintViolationException", Some("MAX_TAG_LIMIT_EXCEEDED"));
    scene.fails("TagResource", &body(many(0, 51)), violation, reason);
    // They are counted before they are compared.
    let twice = [many(0, 50), many(0, 1)].concat();
    scene.fails("TagResource", &body(twice), violation, reason);
    scene.done("TagResource", &body(many(0, 50)));
    scene.done("TagResource", &body(many(0, 1)));
    scene.fails("TagResource", &body(many(50, 51)), violation, reason);
}
