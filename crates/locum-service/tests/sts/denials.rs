//! The sealed explanation of a denial: its shape, who learns what of it (`facts: sts §2.8`).

use serde_json::{Value, json};

use super::scene::{
    ACCOUNT, ALLOW_ALL, Answer, Credentials, OTHER, Scene, all_but, allow, inline, tag, trust, trust_if,
    user_arn,
};

fn reason(explanation: &Value) -> &str {
    explanation["explanation"]["reason"].as_str().unwrap()
}

#[test]
fn it_has_the_shape_of_a_decoded_message() {
    let scene = Scene::new();
    let bob = scene.user(ACCOUNT, "bob", |_| ());
    let role = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let explanation = scene.explanation(&scene.root, &scene.assume(&bob, &role, &[]));
    assert_eq!(explanation["allowed"], false);
    assert_eq!(explanation["explicitDeny"], false);
    assert_eq!(explanation["failures"], json!({ "items": [] }));
    let context = &explanation["context"];
    assert_eq!(context["principal"]["arn"], user_arn("bob"));
    assert!(context["principal"]["id"].as_str().unwrap().starts_with("AIDA"));
    assert_eq!(context["action"], "sts:AssumeRole");
    assert_eq!(context["resource"], role);
    let items = context["conditions"]["items"].as_array().unwrap();
    for (key, value) in [
        ("aws:Resource", "role/worker"),
        ("aws:Account", ACCOUNT),
        ("aws:Region", ""),
        ("aws:Service", "iam"),
        ("aws:Type", "role"),
        ("aws:ARN", &role),
    ] {
        let item = json!({ "key": key, "values": { "items": [{ "value": value }] } });
        assert!(items.contains(&item), "{key}");
    }
    assert_eq!(explanation["explanation"]["layer"], "identity-based policy");
    assert_eq!(
        reason(&explanation),
        "No identity-based policy allows sts:AssumeRole on this resource."
    );
}

#[test]
fn a_deny_is_shown_whole() {
    let scene = Scene::new();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Sid":"Never","Effect":"Deny","Action":["sts:AssumeRole","s3:*"],"Resource":"*",
         "Condition":{"StringEquals":{"aws:username":["bob","eve"]}}}]}"#;
    let bob = scene.user(ACCOUNT, "bob", |user| user.inline.push(inline(document)));
    let id = scene
        .snapshot()
        .user(super::scene::account(ACCOUNT), "bob")
        .unwrap()
        .id
        .to_string();
    let role = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let explanation = scene.explanation(&scene.root, &scene.assume(&bob, &role, &[]));
    assert_eq!(explanation["explicitDeny"], true);
    let items = |values: &[&str]| {
        let values: Vec<Value> = values.iter().map(|value| json!({ "value": value })).collect();
        json!({ "items": values })
    };
    let expected = json!({
        "statementId": "Never",
        "effect": "DENY",
        "principals": items(&[&id]),
        "principalGroups": { "items": [] },
        "actions": items(&["sts:AssumeRole", "s3:*"]),
        "resources": items(&["*"]),
        "conditions": { "items": [
            { "key": "aws:username", "operator": "StringEquals", "values": items(&["bob", "eve"]) },
        ]},
    });
    assert_eq!(explanation["matchedStatements"], json!({ "items": [expected] }));
    assert_eq!(
        reason(&explanation),
        "Statement 2 (Never) of the identity-based policy inline denies sts:AssumeRole; no other statement can override \
         it."
    );
}

#[test]
fn it_says_what_would_have_to_change() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let reason_of = |answer: &Answer| reason(&scene.explanation(&scene.root, answer)).to_owned();
    let condition = r#"{"StringEquals":{"aws:PrincipalTag/team":"a"}}"#;
    let tagged = scene.role(ACCOUNT, "tagged", &trust_if(ACCOUNT, condition), |_| ());
    assert_eq!(
        reason_of(&scene.assume(&alice, &tagged, &[])),
        "No role trust policy allows sts:AssumeRole on this resource. Statement 1 of the role trust policy would allow it \
         but for the condition aws:PrincipalTag/team (StringEquals), which is not in the request."
    );
    scene.edit_user("alice", |user| user.tags.push(tag("team", "b")));
    assert!(reason_of(&scene.assume(&alice, &tagged, &[])).ends_with("which has another value."));
    let stranger = scene.role(ACCOUNT, "stranger", &trust(OTHER), |_| ());
    assert!(
        reason_of(&scene.assume(&alice, &stranger, &[])).ends_with("would allow it but for its Principal.")
    );

    let (id, arn) = scene.policy(ACCOUNT, "some", &allow("sts:AssumeRole", &stranger));
    let bob = scene.user(ACCOUNT, "bob", |user| user.attached.push(id));
    let open = scene.role(ACCOUNT, "open", &trust(ACCOUNT), |_| ());
    assert_eq!(
        reason_of(&scene.assume(&bob, &open, &[])),
        format!(
            "No identity-based policy allows sts:AssumeRole on this resource. Statement 1 of the identity-based policy \
             {arn} would allow it but for its Resource."
        )
    );
    let nowhere = format!("arn:aws:iam::{ACCOUNT}:role/nowhere");
    assert_eq!(
        reason_of(&scene.assume(&alice, &nowhere, &[])),
        "The account has no such role."
    );
}

#[test]
fn every_denial_by_policy_has_one() {
    let scene = Scene::new();
    scene.other_account(OTHER);
    let bob = scene.user(ACCOUNT, "bob", |_| ());
    let foreign = scene.role(OTHER, "foreign", &trust(OTHER), |_| ());
    let nowhere = format!("arn:aws:iam::{ACCOUNT}:role/nowhere");
    let long = format!("arn:aws:iam::{ACCOUNT}:role/{}", "é".repeat(1900));
    let answers = [
        scene.assume(&bob, &foreign, &[]),
        scene.assume(&bob, &nowhere, &[]),
        scene.assume(&bob, &long, &[]),
        scene.sts(
            &bob,
            "GetAccessKeyInfo",
            &[("AccessKeyId", "AKIAQNZGKIQY56JQ7WML")],
        ),
        scene.sts(
            &bob,
            "DecodeAuthorizationMessage",
            &[("EncodedMessage", "message")],
        ),
        scene.sts(&bob, "GetFederationToken", &[("Name", "guest")]),
    ];
    for answer in answers {
        assert_eq!(answer.text("Code"), "AccessDenied");
        scene.explanation(&scene.root, &answer);
        assert!(headers(&answer) <= 8_000);
    }
    // What is no denial by policy has none.
    let role = scene.role(ACCOUNT, "open", &trust("*"), |_| ());
    let root = scene.assume(&scene.root, &role, &[]);
    assert_eq!(root.header("x-locum-authorization-message"), None);
}

/// How many bytes all headers of an answer take up: many proxies and clients have room for 8 KiB.
fn headers(answer: &Answer) -> usize {
    let lines = answer
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4);
    // What the edge adds.
    let added = "HTTP/1.1 403 Forbidden\r\ndate: Sun, 22 Nov 2026 12:00:00 GMT\r\ncontent-length: 100000\r\nconnection: close\r\n";
    lines.sum::<usize>() + added.len()
}

/// A policy that denies, of some length.
fn long_deny(sid: &str, resources: usize) -> String {
    let resources: String = (0..resources)
        .map(|n| format!(",\"arn:aws:s3:::bucket-number-{n}\""))
        .collect();
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{sid}","Effect":"Deny","Action":"sts:*","Resource":["*"{resources}]}}]}}"#
    )
}

/// Whatever is long, there is an explanation, it fits, and it says what it is without.
#[test]
fn there_is_always_one_that_fits() {
    let scene = Scene::new();
    let policies = [
        long_deny("S", 0),
        long_deny("S", 40),
        long_deny("S", 80),
        long_deny("S", 200),
        long_deny(&"S".repeat(3_000), 0),
        long_deny(&"S".repeat(8_000), 0),
    ];
    let names = [
        "w".to_owned(),
        "w".repeat(900),
        "é".repeat(900),
        "€".repeat(2_000),
        "\t".repeat(2_000),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for (number, policy) in policies.iter().enumerate() {
        let name = format!("bob-{number}");
        let bob = scene.user(ACCOUNT, &name, |user| user.inline.push(inline(policy)));
        for name in &names {
            let role = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
            let denied = scene.assume(&bob, &role, &[("ExternalId", &"x".repeat(1_000))]);
            let what = format!("policy {number}, {} bytes of name", name.len());
            assert_eq!(denied.text("Code"), "AccessDenied", "{what}");
            assert!(headers(&denied) <= 8_000, "{what}: {}", headers(&denied));
            let explanation = scene.explanation(&scene.root, &denied);
            assert_eq!(explanation["explicitDeny"], true, "{what}");
            let conditions = explanation["context"]["conditions"]["items"].as_array().unwrap();
            let omitted = explanation["omitted"].as_str().unwrap_or_default().to_owned();
            assert_eq!(conditions.is_empty(), !omitted.is_empty(), "{what}");
            let is_cut = explanation["context"]["resource"] != role;
            assert_eq!(is_cut, omitted.ends_with("the ends of long names"), "{what}");
            seen.insert(omitted);
        }
    }
    assert_eq!(seen.len(), 5, "every form: {seen:?}");
}

/// Which form a long one takes goes by what the caller said and by whole steps of the rest: a name of the caller's own choice cannot be
/// made so long that the form tells more.
#[test]
fn its_form_tells_no_more_than_its_length() {
    let scene = Scene::new();
    let mut forms = std::collections::BTreeSet::new();
    for (number, resources) in [0, 30, 60, 90].into_iter().enumerate() {
        let callers = ["S", "SSSSSSSS"].map(|sid| {
            let name = format!("bob-{number}-{}", sid.len());
            let policy = long_deny(sid, resources);
            scene.user(ACCOUNT, &name, |user| user.inline.push(inline(&policy)))
        });
        for length in (1..1_900).step_by(41) {
            let role = format!("arn:aws:iam::{ACCOUNT}:role/{}", "w".repeat(length));
            let denied = callers
                .each_ref()
                .map(|caller| scene.assume(caller, &role, &[("ExternalId", &"x".repeat(1_000))]));
            let [one, other] = denied.each_ref().map(|denied| {
                let explanation = scene.explanation(&scene.root, denied);
                let message = denied.header("x-locum-authorization-message").unwrap();
                (message.len(), explanation["omitted"].to_string())
            });
            assert_eq!(one, other, "{resources} resources, {length} bytes of name");
            forms.insert(one.1);
        }
    }
    assert!(forms.len() >= 3, "{forms:?}");
}

#[test]
fn a_long_one_is_cut_until_it_fits() {
    let scene = Scene::new();
    let resources: Vec<String> = (0..60)
        .map(|n| format!("\"arn:aws:s3:::{}{n}\"", "b".repeat(60)))
        .collect();
    let statement = |sid: usize| {
        let resources = resources.join(",");
        format!(r#"{{"Sid":"S{sid}","Effect":"Deny","Action":"sts:*","Resource":["*",{resources}]}}"#)
    };
    let statements: Vec<String> = (0..6).map(statement).collect();
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    );
    let bob = scene.user(ACCOUNT, "bob", |user| user.inline.push(inline(&document)));
    let role = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let explanation = scene.explanation(&scene.root, &scene.assume(&bob, &role, &[]));
    assert_eq!(explanation["context"]["conditions"]["items"], json!([]));
    let items = explanation["matchedStatements"]["items"].as_array().unwrap();
    assert_eq!(items.len(), 6);
    assert_eq!(items[5], json!({ "statementId": "S5", "effect": "DENY" }));
}

/// Beside what the caller said, the length of the message tells nothing.
#[test]
fn its_length_tells_neither_tags_nor_policies_nor_what_there_is() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let denies = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Sid":"Never","Effect":"Deny","Action":"sts:*","Resource":"*","Condition":{"StringLike":{"aws:ResourceTag/team":"*"}}}]}"#;
    let bob = scene.user(ACCOUNT, "bob", |user| user.inline.push(inline(denies)));
    let carol = scene.user(ACCOUNT, "carol", |_| ());
    let tagged = |role: &mut locum_directory::Role| {
        role.tags.push(tag("team", "payments"));
        role.tags.push(tag("secret", &"x".repeat(100)));
    };
    let condition = r#"{"StringEquals":{"sts:ExternalId":"right"}}"#;
    scene.role(ACCOUNT, "refuses-1", &trust(OTHER), |_| ());
    scene.role(ACCOUNT, "refuses-2", &trust(OTHER), tagged);
    scene.role(ACCOUNT, "external1", &trust_if(ACCOUNT, condition), |_| ());
    scene.role(ACCOUNT, "external2", &trust_if(ACCOUNT, condition), tagged);
    for who in [&alice, &bob, &carol] {
        for external in ["xx".to_owned(), "x".repeat(1000)] {
            let lengths = ["refuses-1", "refuses-2", "external1", "external2", "no-where1"].map(|name| {
                let role = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
                let denied = scene.assume(who, &role, &[("ExternalId", &external)]);
                assert_eq!(denied.text("Code"), "AccessDenied");
                // It opens to JSON, whatever was added.
                scene.explanation(&scene.root, &denied);
                denied.header("x-locum-authorization-message").unwrap().len()
            });
            assert!(lengths.iter().all(|length| *length == lengths[0]), "{lengths:?}");
        }
    }
}

/// Whoever may assume a role names managed policies of its account for the session, which they need not be able to read.
#[test]
fn its_length_tells_nothing_of_a_session_policy_that_is_named() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let wide = scene.role(ACCOUNT, "wide", &trust(ACCOUNT), |role| {
        role.inline.push(inline(ALLOW_ALL))
    });
    let other = scene.role(ACCOUNT, "other", &trust(ACCOUNT), |_| ());
    let lengths = ["x", &"x".repeat(200)].map(|secret| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"sts:*","Resource":["{other}","arn:aws:iam::{ACCOUNT}:role/{secret}"]}}}}"#
        );
        let (_, named) = scene.policy(ACCOUNT, &format!("never-{}", secret.len() % 10), &document);
        let session = scene.assume(&alice, &wide, &[("PolicyArns.member.1.arn", &named)]).credentials();
        let denied = scene.assume(&session, &other, &[]);
        assert_eq!(denied.text("Code"), "AccessDenied");
        denied.header("x-locum-authorization-message").unwrap().len()
    });
    assert_eq!(lengths[0], lengths[1]);
}

/// A name of the caller's own choice does not push what else there is over the end of a step.
#[test]
fn its_length_goes_by_what_the_caller_said() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let with = |name: &str, value: &str| {
        scene.role(ACCOUNT, name, &trust(OTHER), |role| {
            role.tags.push(tag("secret", value))
        });
        format!("arn:aws:iam::{ACCOUNT}:role/{name}")
    };
    let roles = [with("refuses-1", "x"), with("refuses-2", &"x".repeat(200))];
    let mut last = None;
    // Base64 makes four characters of three bytes.
    for length in (2..1100).step_by(3) {
        let external = "x".repeat(length);
        let sizes = roles.each_ref().map(|role| {
            let denied = scene.assume(&alice, role, &[("ExternalId", &external)]);
            denied.header("x-locum-authorization-message").unwrap().len()
        });
        assert_eq!(sizes[0], sizes[1], "{length}");
        let grown = last.replace(sizes[0]).map_or(4, |before| sizes[0] - before);
        assert_eq!(grown, 4, "{length}");
    }
}

/// The explanation with the words for the resource taken out, so that only what differs otherwise is left.
fn faceless(scene: &Scene, by: &Credentials, answer: &Answer, name: &str) -> String {
    let message = answer.text("Message").replace(name, "ROLE");
    scene.explanation(by, answer).to_string().replace(name, "ROLE") + &message
}

#[test]
fn nobody_learns_of_another_accounts_roles() {
    let scene = Scene::new();
    scene.other_account(OTHER);
    let alice = scene.admin("alice");
    let bob = scene.user(ACCOUNT, "bob", |_| ());
    let carol = scene.user(ACCOUNT, "carol", |user| {
        user.inline.push(inline(&all_but("sts:AssumeRole")));
    });
    let by_tag = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/secret":"x"}}}}"#;
    let dave = scene.user(ACCOUNT, "dave", |user| user.inline.push(inline(by_tag)));
    let tagged = |role: &mut locum_directory::Role| role.tags.push(tag("secret", "x"));
    let refuses = scene.role(OTHER, "their-refuses", &trust(OTHER), tagged);
    let condition = r#"{"StringEquals":{"sts:ExternalId":"right"}}"#;
    scene.role(OTHER, "their-external", &trust_if("*", condition), tagged);
    let denies = r#"{"Version":"2012-10-17","Statement":{"Sid":"Hidden","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:*"}}"#;
    scene.role(OTHER, "their-denies", denies, tagged);
    scene.role(OTHER, "their-trusts", &trust("*"), tagged);
    let nowhere = refuses.replace("their-refuses", "their-nowhere");
    for who in [&alice, &bob, &carol, &dave] {
        let baseline = faceless(
            &scene,
            &scene.root,
            &scene.assume(who, &nowhere, &[]),
            "their-nowhere",
        );
        for name in ["their-refuses", "their-external", "their-denies", "their-trusts"] {
            let answer = scene.assume(who, &refuses.replace("their-refuses", name), &[]);
            if answer.status == 200 {
                continue;
            }
            let says = faceless(&scene, &scene.root, &answer, name);
            assert_eq!(says, baseline, "{name}");
            assert!(!says.contains("secret\",\"values"), "{says}");
        }
    }
    let explanation = scene.explanation(&scene.root, &scene.assume(&alice, &refuses, &[]));
    assert_eq!(explanation["explicitDeny"], false);
    assert_eq!(explanation["explanation"]["layer"], "resource account");
    // The caller's own side is explained.
    let explanation = scene.explanation(&scene.root, &scene.assume(&bob, &refuses, &[]));
    assert_eq!(explanation["explanation"]["layer"], "identity-based policy");
    let explanation = scene.explanation(&scene.root, &scene.assume(&carol, &refuses, &[]));
    assert_eq!(
        explanation["matchedStatements"]["items"][0]["statementId"],
        "Never"
    );
    // The role's account cannot open the message either.
    let theirs = scene.user(OTHER, "theirs", |user| user.inline.push(inline(ALLOW_ALL)));
    let denied = scene.assume(&alice, &refuses, &[]);
    let message = denied.header("x-locum-authorization-message").unwrap();
    let answer = scene.sts(
        &theirs,
        "DecodeAuthorizationMessage",
        &[("EncodedMessage", message)],
    );
    assert_eq!(answer.text("Code"), "InvalidAuthorizationMessageException");
}
