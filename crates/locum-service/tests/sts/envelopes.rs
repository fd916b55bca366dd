//! What stands around a result or an error (`facts: sts §1.1–1.5`).

use locum_api::model::Service as Api;

use super::scene::{ACCOUNT, Scene, Wire, trust, user_arn};

#[test]
fn a_target_that_names_nothing_is_refused_in_json() {
    let scene = Scene::new();
    let answer = scene.organizations(&scene.root, "AcceptHandshake", &serde_json::json!({}));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["__type"], "UnknownOperationException");
}

/// A signature joins equal headers with a comma, so it says of neither that it alone was meant.
#[test]
fn two_targets_are_refused() {
    let scene = Scene::new();
    let target = |action: &str| format!("AWSOrganizationsV20161128.{action}");
    let (one, other) = (target("DescribeOrganization"), target("ListAccounts"));
    for second in [&one, &other] {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &*one),
            ("x-amz-target", &**second),
        ];
        let answer = scene.send(&scene.root, Api::Organizations, &headers, b"{}");
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["__type"], "InvalidQueryParameter");
        assert_eq!(
            answer.json()["Message"],
            "Header 'x-amz-target' must not be repeated."
        );
    }
}

#[test]
fn a_success_is_recorded_byte_for_byte() {
    // §1.2: no XML declaration, two spaces, line end at the end, `Arn, UserId, Account`, the id of the header in the body.
    let scene = Scene::new();
    let answer = scene.sts(&scene.root, "GetCallerIdentity", &[]).ok();
    let id = answer.header("x-amzn-requestid").unwrap();
    let expected = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <GetCallerIdentityResult>\n    \
         <Arn>arn:aws:iam::{ACCOUNT}:root</Arn>\n    <UserId>{ACCOUNT}</UserId>\n    <Account>{ACCOUNT}</Account>\n  \
         </GetCallerIdentityResult>\n  <ResponseMetadata>\n    <RequestId>{id}</RequestId>\n  </ResponseMetadata>\n\
         </GetCallerIdentityResponse>\n"
    );
    assert_eq!(answer.body, expected);
    assert_eq!(answer.header("content-type"), Some("text/xml"));
    assert_eq!(id.len(), 36);
    assert!(answer.header("x-amz-sts-extended-request-id").is_some());
}

#[test]
fn the_result_of_assume_role_has_its_order() {
    // §1.2: `AssumedRoleUser{AssumedRoleId, Arn}`, then `Credentials{AccessKeyId, SecretAccessKey, SessionToken,
    // Expiration}`; no PackedPolicySize when nothing was passed; whole seconds; Expiration - now == DurationSeconds.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "reader", &trust(ACCOUNT), |_| ());
    let answer = scene.assume(&alice, &role, &[("DurationSeconds", "900")]).ok();
    let order = [
        "<AssumeRoleResult>",
        "<AssumedRoleUser>",
        "<AssumedRoleId>",
        "<Arn>",
        "<Credentials>",
        "<AccessKeyId>",
        "<SecretAccessKey>",
        "<SessionToken>",
        "<Expiration>",
        "<ResponseMetadata>",
    ];
    let places: Vec<usize> = order.map(|name| answer.body.find(name).unwrap()).into();
    assert!(places.is_sorted(), "{}", answer.body);
    for absent in [
        "PackedPolicySize",
        "SourceIdentity",
        "SessionTokenSize",
        "SessionTokenUtilization",
    ] {
        assert_eq!(answer.find(absent), None);
    }
    assert_eq!(answer.text("Expiration"), "2026-11-22T12:15:00Z");
}

#[test]
fn an_error_is_recorded_byte_for_byte() {
    // §1.3: `RequestId` is a direct child.
    let scene = Scene::new();
    let answer = Wire::identity().send(&scene);
    let id = answer.header("x-amzn-requestid").unwrap();
    let expected = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    \
         <Code>MissingAuthenticationToken</Code>\n    <Message>Request is missing Authentication Token</Message>\n  \
         </Error>\n  <RequestId>{id}</RequestId>\n</ErrorResponse>\n"
    );
    assert_eq!((answer.status, answer.body.as_str()), (403, expected.as_str()));
    assert_eq!(answer.header("content-type"), Some("text/xml"));
}

#[test]
fn json_for_who_asks_for_it() {
    // §1.4: `Expiration` is a number, in seconds.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "reader", &trust(ACCOUNT), |_| ());
    let parameters = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", &*role),
        ("RoleSessionName", "session"),
    ];
    let ask = |parameters: &[(&str, &str)]| {
        let wire = Wire::post(parameters).header("accept", "application/json");
        wire.signed(&alice, scene.now()).send(&scene)
    };
    let answer = ask(&parameters);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let json = answer.json();
    let result = &json["AssumeRoleResponse"]["AssumeRoleResult"];
    let expires = scene.now().as_second() + 3600;
    assert_eq!(result["Credentials"]["Expiration"].as_i64(), Some(expires));
    assert!(result["Credentials"]["SessionToken"].is_string());

    let refused = ask(&[("Action", "AssumeRole"), ("Version", "2011-06-15")]);
    let json = refused.json();
    assert_eq!(refused.status, 400);
    assert_eq!(json["Error"]["Code"], "ValidationError");
    assert_eq!(json["Error"]["Type"], "Sender");
    assert_eq!(json["RequestId"], refused.header("x-amzn-requestid").unwrap());
}

#[test]
fn post_and_get_header_and_presigned_are_all_served() {
    // §1.1: a form with or without charset, or GET with a query.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let identity = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let now = scene.now();
    let charset = "application/x-www-form-urlencoded; charset=utf-8";
    let requests = [
        Wire::post(&identity).signed(&alice, now),
        Wire::post(&identity)
            .replace("content-type", |_| charset.to_owned())
            .signed(&alice, now),
        Wire::get(&identity).signed(&alice, now),
        Wire::get(&identity).presigned(&alice, now, 60),
    ];
    for request in requests {
        assert_eq!(request.send(&scene).ok().text("Arn"), user_arn("alice"));
    }
}

#[test]
fn what_is_not_an_operation() {
    // §1.5, and its own namespace (§1.3).
    let scene = Scene::new();
    let ask = |parameters: &[(&str, &str)]| {
        let wire = Wire::post(parameters).signed(&scene.root, scene.now());
        wire.send(&scene)
    };
    let unknown = ask(&[("Action", "NoSuchAction"), ("Version", "2011-06-15")]);
    unknown.fails(
        400,
        "InvalidAction",
        "Could not find operation NoSuchAction for version 2011-06-15",
    );
    assert!(
        unknown
            .body
            .starts_with("<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">")
    );
    let text = "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED";
    ask(&[("Action", "GetCallerIdentity")]).fails(400, "InvalidAction", text);
    let text = "Could not find operation GetCallerIdentity for version ";
    ask(&[("Action", "GetCallerIdentity"), ("Version", "")]).fails(400, "InvalidAction", text);
    let text = "Could not find operation  for version 2011-06-15";
    ask(&[("Action", ""), ("Version", "2011-06-15")]).fails(400, "InvalidAction", text);
    let text = "The request must contain the parameter Action.";
    ask(&[("Version", "2011-06-15")]).fails(400, "MissingAction", text);
}

#[test]
fn a_body_that_is_no_form_is_refused() {
    // Were it ignored, whoever passes a signed request on could take its session policy away: curl and others sign no
    // `Content-Type` (security S3).
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let parameters = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", &*role),
        ("RoleSessionName", "session"),
    ];
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    let split = Wire {
        query: Wire::get(&parameters).query,
        ..Wire::post(&[("Policy", deny)]).without("content-type")
    };
    let sign = |wire: Wire| wire.signed(&alice, scene.now());
    let form = sign(split.clone()).header("content-type", "application/x-www-form-urlencoded");
    assert!(form.send(&scene).ok().find("PackedPolicySize").is_some());
    let text = "The body must be a form; give it the Content-Type application/x-www-form-urlencoded.";
    let others = [
        sign(split.clone()),
        sign(split.clone()).header("content-type", "text/plain"),
        sign(split).header("content-type", "application/json"),
        sign(Wire::identity().replace("content-type", |_| "text/plain".to_owned())),
    ];
    for other in others {
        other.send(&scene).fails(400, "InvalidQueryParameter", text);
    }
}

#[test]
fn unknown_parameters_are_ignored_and_repeated_ones_refused() {
    // §1.1 records both; the second is refused on purpose (security S2).
    let scene = Scene::new();
    let action = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let ask = |more: (&str, &str)| {
        let wire = Wire::post(&[action[0], action[1], more]);
        wire.signed(&scene.root, scene.now()).send(&scene)
    };
    assert_eq!(ask(("Whatever", "1")).status, 200);
    for repeated in ["Action", "action", "Version"] {
        let answer = ask((repeated, "AssumeRole"));
        assert_eq!(
            (answer.status, answer.text("Code").as_str()),
            (400, "InvalidQueryParameter")
        );
    }
}
