//! Access Analyzer's ValidatePolicy: who may ask, what it answers, and what it refuses.

use locum_policy::{FindingsKind, findings};
use serde_json::{Value, json};

use crate::harness::{Answer, Credentials, World};

const PATH: &str = "/policy/validation";
const ALLOWED: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"access-analyzer:ValidatePolicy","Resource":"*"}}"#;
/// Errors, warnings and suggestions, on several lines and beyond ASCII.
const POOR: &str = "{\n \"Statement\": [\n  {\"Sid\": \"é!\", \"Effect\": \"Allow\", \"Action\": [\"iam:PassRole\", \"s3\"],\n   \
                    \"Resource\": [\"*\", \"arn:aws:s3\"]},\n  {\"Effect\": \"Allow\", \"Action\": [], \"Resource\": \"*\"}]}";

fn ask(world: &World, who: &Credentials, query: &str, body: &Value) -> Answer {
    world.rest(who, ("POST", PATH, query), body.to_string().as_bytes())
}

fn identity(document: &str) -> Value {
    json!({ "policyDocument": document, "policyType": "IDENTITY_POLICY" })
}

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let found = answer.headers.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value)
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, says: &str) {
    assert_eq!(
        (answer.status, header(answer, "x-amzn-errortype")),
        (status, code),
        "{}",
        answer.body
    );
    assert_eq!(header(answer, "content-type"), "application/json");
    let body = read(answer);
    assert!(body["message"].as_str().unwrap().contains(says), "{body}");
    let reason = (code == "ValidationException").then_some("fieldValidationFailed");
    assert_eq!(body["reason"].as_str(), reason);
}

#[test]
fn the_findings_are_the_commands() {
    let world = World::new();
    let rows = [
        ("IDENTITY_POLICY", None, FindingsKind::Identity),
        ("RESOURCE_POLICY", None, FindingsKind::Resource),
        ("RESOURCE_POLICY", Some("AWS::S3::Bucket"), FindingsKind::Resource),
        (
            "RESOURCE_POLICY",
            Some("AWS::IAM::AssumeRolePolicyDocument"),
            FindingsKind::Trust,
        ),
        ("SERVICE_CONTROL_POLICY", None, FindingsKind::ServiceControl),
        ("RESOURCE_CONTROL_POLICY", None, FindingsKind::ResourceControl),
    ];
    for (policy_type, resource_type, kind) in rows {
        for document in [POOR, ALLOWED, "", "{"] {
            let mut body = json!({ "policyDocument": document, "policyType": policy_type, "locale": "DE" });
            if let Some(resource_type) = resource_type {
                body["validatePolicyResourceType"] = json!(resource_type);
            }
            let answer = ask(&world, &world.root, "", &body).ok();
            let found = read(&answer);
            let told: Vec<(String, String, String)> = findings(document, kind)
                .iter()
                .map(|f| {
                    (
                        f.kind.as_str().to_owned(),
                        f.code.as_str().to_owned(),
                        f.details(),
                    )
                })
                .collect();
            let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
            let shown: Vec<(String, String, String)> = found["findings"]
                .as_array()
                .unwrap()
                .iter()
                .map(|f| {
                    (
                        text(f, "findingType"),
                        text(f, "issueCode"),
                        text(f, "findingDetails"),
                    )
                })
                .collect();
            assert_eq!(shown, told, "{policy_type} {document}");
            assert!(found.get("nextToken").is_none());
        }
    }
    let found = read(&ask(&world, &world.root, "", &identity(POOR)).ok());
    let sid = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["issueCode"] == "UNSUPPORTED_SID");
    let sid = sid.unwrap_or_else(|| panic!("{found:#}"));
    assert!(
        sid["learnMoreLink"]
            .as_str()
            .unwrap()
            .starts_with("https://docs.aws.amazon.com/")
    );
    let place = &sid["locations"][0];
    assert_eq!(place["path"][0], json!({ "value": "Statement" }));
    assert_eq!(place["path"][1], json!({ "index": 0 }));
    assert_eq!(
        place["span"]["start"],
        json!({ "line": 3, "column": 10, "offset": 28 })
    );
}

#[test]
fn pages_hold_what_one_answer_does() {
    let world = World::new();
    let whole = read(&ask(&world, &world.root, "", &identity(POOR)).ok());
    let (mut all, mut pages, mut query) = (Vec::new(), 0, "maxResults=2".to_owned());
    loop {
        let page = read(&ask(&world, &world.root, &query, &identity(POOR)).ok());
        let findings = page["findings"].as_array().unwrap();
        assert!(!findings.is_empty() && findings.len() <= 2);
        all.extend(findings.iter().cloned());
        pages += 1;
        let Some(token) = page.get("nextToken").and_then(Value::as_str) else {
            break;
        };
        query = format!("maxResults=2&nextToken={token}");
    }
    assert_eq!(json!(all), whole["findings"]);
    assert!(pages > 1);
    // A token is for its own question, and for its own account.
    for (who, body) in [
        (&world.root, identity(ALLOWED)),
        (
            &world.root,
            json!({ "policyDocument": POOR, "policyType": "RESOURCE_POLICY" }),
        ),
        (&world.other_account("222222222222"), identity(POOR)),
    ] {
        refused(
            &ask(&world, who, &query, &body),
            400,
            "ValidationException",
            "nextToken",
        );
    }
    for token in ["", "x", "AAAA"] {
        let answer = ask(
            &world,
            &world.root,
            &format!("nextToken={token}"),
            &identity(POOR),
        );
        refused(&answer, 400, "ValidationException", "nextToken");
    }
}

#[test]
fn it_needs_its_own_permission() {
    let world = World::new();
    let nobody = world.user(&world.root, "nobody", None);
    let answer = ask(&world, &nobody, "", &identity(ALLOWED));
    refused(
        &answer,
        403,
        "AccessDeniedException",
        "is not authorized to perform: access-analyzer:ValidatePolicy on resource: *",
    );
    assert!(!header(&answer, "x-locum-authorization-message").is_empty());
    let other = world.user(
        &world.root,
        "other",
        Some(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"access-analyzer:*","Resource":"*"}}"#),
    );
    refused(
        &ask(&world, &other, "", &identity(ALLOWED)),
        403,
        "AccessDeniedException",
        "ValidatePolicy",
    );
    let author = world.user(&world.root, "author", Some(ALLOWED));
    ask(&world, &author, "", &identity(ALLOWED)).ok();
    let record = world.records().pop().unwrap();
    for (name, expected) in [
        ("eventSource", json!("access-analyzer.amazonaws.com")),
        ("eventName", json!("ValidatePolicy")),
        ("readOnly", json!(true)),
    ] {
        assert_eq!(record[name], expected);
    }
    assert_eq!(record["requestParameters"]["policyType"], "IDENTITY_POLICY");
    // A session without a second factor may ask: it is neither IAM nor STS.
    let session = world.sts(&author, "GetSessionToken", &[]).ok().credentials();
    ask(&world, &session, "", &identity(ALLOWED)).ok();
}

#[test]
fn what_is_asked_is_checked() {
    let world = World::new();
    let whole = |query: &str, body: &Value| ask(&world, &world.root, query, body);
    for (body, says) in [
        (json!({}), "policyDocument"),
        (json!({ "policyDocument": "{}" }), "policyType"),
        (
            json!({ "policyDocument": "{}", "policyType": "TRUST" }),
            "policyType",
        ),
        (
            json!({ "policyDocument": "{}", "policyType": "IDENTITY_POLICY", "locale": "XX" }),
            "locale",
        ),
        (
            json!({ "policyDocument": "{}", "policyType": "RESOURCE_POLICY", "validatePolicyResourceType": "AWS::X" }),
            "validatePolicyResourceType",
        ),
        (
            json!({ "policyDocument": "{}", "policyType": "IDENTITY_POLICY", "validatePolicyResourceType": "AWS::S3::Bucket" }),
            "RESOURCE_POLICY",
        ),
    ] {
        refused(&whole("", &body), 400, "ValidationException", says);
    }
    for (query, says) in [
        ("maxResults=0", "maxResults"),
        ("maxResults=1001", "maxResults"),
        ("maxResults=x", ""),
        ("Action=GetCallerIdentity&Version=2011-06-15", "Action"),
        ("policyDocument=x", "policyDocument"),
    ] {
        refused(&whole(query, &identity("{}")), 400, "ValidationException", says);
    }
    assert_eq!(whole("maxResults=1&maxresults=2", &identity("{}")).status, 400);
    // Where a parameter belongs to the query, the body has no say.
    let mut paged = identity(POOR);
    paged["maxResults"] = json!(1);
    paged["nextToken"] = json!("x");
    let found = read(&whole("", &paged).ok());
    assert!(found["findings"].as_array().unwrap().len() > 1);
    for body in [
        "[]",
        "{",
        "{\"policyType\":1}",
        "{\"policyType\":\"a\",\"policyType\":\"b\"}",
    ] {
        let answer = world.rest(&world.root, ("POST", PATH, ""), body.as_bytes());
        refused(&answer, 400, "SerializationException", "");
    }
}

#[test]
fn a_path_is_one_operation_and_no_other() {
    let world = World::new();
    let body = identity("{}").to_string();
    for (method, path) in [("GET", PATH), ("PUT", PATH)] {
        refused(
            &world.rest(&world.root, (method, path, ""), body.as_bytes()),
            400,
            "UnknownOperationException",
            "",
        );
    }
    // At `/` there is no such operation, whatever the form says.
    let form = "Action=ValidatePolicy&Version=2019-11-01";
    let answer = world.rest(&world.root, ("POST", "/", form), b"");
    answer.fails(
        400,
        "InvalidAction",
        "Could not find operation ValidatePolicy for version 2019-11-01",
    );
    // What was signed for another path, another query or another service is not for this one.
    for (signed, sent) in [(("/", ""), (PATH, "")), ((PATH, ""), (PATH, "maxResults=1"))] {
        let answer = world.rest_elsewhere(&world.root, signed, sent, body.as_bytes());
        assert_eq!(
            (answer.status, header(&answer, "x-amzn-errortype")),
            (403, "SignatureDoesNotMatch"),
            "{}",
            answer.body
        );
    }
}
