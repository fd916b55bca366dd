//! Control policies: made, changed, deleted, shown; what their documents may hold.

use serde_json::{Value, json};

use super::scene::{ALLOW_ALL, FULL, MEMBER, RCP, RCP_FULL, SCP, Scene, deny_everybody, ids, statement};

const MALFORMED: &str =
    "The provided policy document does not meet the requirements of the specified policy type.";

#[test]
fn a_policy_lives() {
    let scene = Scene::new();
    for (policy_type, word, content) in [
        (SCP, "service_control_policy", statement("Deny", "s3:*")),
        (RCP, "resource_control_policy", deny_everybody("s3:*", "{}")),
    ] {
        let body = json!({
            "Type": policy_type, "Name": "Ü", "Description": "what for", "Content": content,
            "Tags": [{ "Key": "team", "Value": "a" }],
        });
        let made = scene.done("CreatePolicy", &body)["Policy"].clone();
        let summary = &made["PolicySummary"];
        let id = summary["Id"].as_str().unwrap();
        assert!(id.starts_with("p-") && id.len() == 12, "{id}");
        assert_eq!(made["Content"], content.as_str());
        let organization = scene.organization_id();
        let arn = format!("arn:aws:organizations::111122223333:policy/{organization}/{word}/{id}");
        let expected = json!({
            "Id": id, "Arn": arn, "Name": "Ü", "Description": "what for", "Type": policy_type, "AwsManaged": false,
        });
        assert_eq!(*summary, expected);
        let named = json!({ "PolicyId": id });
        assert_eq!(scene.done("DescribePolicy", &named)["Policy"], made);
        // A name is taken once a type.
        scene.fails("CreatePolicy", &body, "DuplicatePolicyException", None);
        let second = scene.policy(policy_type, "second", &content);
        let rename = json!({ "PolicyId": second, "Name": "Ü" });
        scene.fails("UpdatePolicy", &rename, "DuplicatePolicyException", None);
        let taken = if policy_type == SCP {
            "FullAWSAccess"
        } else {
            "RCPFullAWSAccess"
        };
        let rename = json!({ "PolicyId": second, "Name": taken });
        scene.fails("UpdatePolicy", &rename, "DuplicatePolicyException", None);
        let content = content.replace("s3:*", "sqs:*");
        let change = json!({ "PolicyId": id, "Name": "other", "Description": "", "Content": content });
        let changed = scene.done("UpdatePolicy", &change)["Policy"].clone();
        assert_eq!(changed["PolicySummary"]["Name"], "other");
        assert_eq!(changed["PolicySummary"]["Description"], "");
        assert_eq!(changed["Content"], content.as_str());
        assert_eq!(scene.done("UpdatePolicy", &named)["Policy"], changed);
        scene.done("DeletePolicy", &named);
        scene.fails("DescribePolicy", &named, "PolicyNotFoundException", None);
    }
    for action in [
        "DescribePolicy",
        "UpdatePolicy",
        "DeletePolicy",
        "ListTargetsForPolicy",
    ] {
        let body = json!({ "PolicyId": "p-zzzzzzzzzz" });
        scene.fails(action, &body, "PolicyNotFoundException", None);
    }
}

#[test]
fn the_built_in_policies_are_shown_and_not_changed() {
    let scene = Scene::new();
    for (id, policy_type) in [(FULL, SCP), (RCP_FULL, RCP)] {
        let named = json!({ "PolicyId": id });
        let shown = scene.done("DescribePolicy", &named)["Policy"]["PolicySummary"].clone();
        assert_eq!(
            (&shown["AwsManaged"], &shown["Type"]),
            (&json!(true), &json!(policy_type))
        );
        let reason = Some("IMMUTABLE_POLICY");
        for action in ["UpdatePolicy", "DeletePolicy"] {
            scene.fails(action, &named, "InvalidInputException", reason);
        }
        let listed = scene.done("ListPolicies", &json!({ "Filter": policy_type }));
        assert_eq!(ids(&listed["Policies"], "Id"), [id]);
    }
}

#[test]
fn types_that_there_are_not_here() {
    let scene = Scene::new();
    let listed = scene.done("ListPolicies", &json!({ "Filter": "TAG_POLICY" }));
    assert_eq!(listed["Policies"], json!([]));
    assert!(scene.attached("BACKUP_POLICY", MEMBER).is_empty());
    let body = json!({ "Type": "TAG_POLICY", "Name": "a", "Description": "", "Content": "{}" });
    let unavailable = "PolicyTypeNotAvailableForOrganizationException";
    scene.fails("CreatePolicy", &body, unavailable, None);
    let root = |policy_type: &str| json!({ "RootId": scene.root_id(), "PolicyType": policy_type });
    scene.fails("EnablePolicyType", &root("TAG_POLICY"), unavailable, None);
    let disabled = "PolicyTypeNotEnabledException";
    scene.fails("DisablePolicyType", &root("TAG_POLICY"), disabled, None);
    scene.fails("DisablePolicyType", &root(RCP), disabled, None);
    scene.fails(
        "EnablePolicyType",
        &root(SCP),
        "PolicyTypeAlreadyEnabledException",
        None,
    );
    let elsewhere = json!({ "RootId": "r-zzzz", "PolicyType": RCP });
    scene.fails("EnablePolicyType", &elsewhere, "RootNotFoundException", None);
    let enabled = scene.done("EnablePolicyType", &root(RCP));
    assert_eq!(
        enabled["Root"]["PolicyTypes"],
        json!([{ "Type": SCP, "Status": "ENABLED" }, { "Type": RCP, "Status": "ENABLED" }])
    );
    let organization = scene.done("DescribeOrganization", &json!({}));
    assert_eq!(
        organization["Organization"]["AvailablePolicyTypes"],
        enabled["Root"]["PolicyTypes"]
    );
}

#[test]
fn documents_are_of_their_type() {
    let scene = Scene::new();
    let everybody = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let with_principal = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
    let deny = |action: &str| {
        everybody(&format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":{action},"Resource":"*"}}"#
        ))
    };
    for (policy_type, content) in [
        (SCP, "{".to_owned()),
        (SCP, "{}".to_owned()),
        (SCP, everybody(with_principal)),
        (
            SCP,
            everybody(r#"{"Effect":"Deny","NotPrincipal":"*","Action":"s3:*","Resource":"*"}"#),
        ),
        (SCP, everybody(r#"{"Effect":"Deny","Resource":"*"}"#)),
        (SCP, everybody(r#"{"Effect":"Deny","Action":"s3:*"}"#)),
        (
            SCP,
            everybody(r#"{"Effect":"Maybe","Action":"s3:*","Resource":"*"}"#),
        ),
        (
            SCP,
            r#"{"Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#.to_owned(),
        ),
        (RCP, statement("Deny", "s3:*")),
        (
            RCP,
            everybody(
                r#"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}"#,
            ),
        ),
        (
            RCP,
            everybody(r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#),
        ),
        (
            RCP,
            everybody(r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#),
        ),
        (
            RCP,
            everybody(r#"{"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"}"#),
        ),
        (RCP, deny(r#""*""#)),
        (RCP, deny(r#"["s3:*","*"]"#)),
        (RCP, deny(r#""*:*""#)),
        (RCP, deny(r#""s3:*Object""#)),
        (RCP, deny(r#""iam:CreateUser""#)),
        (RCP, deny(r#"["sts:AssumeRole","lambda:InvokeFunction"]"#)),
    ] {
        let body = json!({ "Type": policy_type, "Name": "a", "Description": "", "Content": content });
        let code = "MalformedPolicyDocumentException";
        assert_eq!(
            scene.fails("CreatePolicy", &body, code, None),
            MALFORMED,
            "{content}"
        );
    }
    for (name, policy_type, content) in [
        (
            "a",
            SCP,
            everybody(r#"{"Effect":"Allow","NotAction":"s3:*","NotResource":"arn:aws:s3:::a"}"#),
        ),
        (
            "b",
            SCP,
            everybody(
                r#"{"Effect":"Allow","Action":"s3:*Object","Resource":"*","Condition":{"Bool":{"a:b":true}}}"#,
            ),
        ),
        ("a", RCP, deny(r#"["sts:AssumeRole","s3:Get*","kms:*"]"#)),
    ] {
        scene.policy(policy_type, name, &content);
    }
    let id = scene.policy(SCP, "good", ALLOW_ALL);
    let body = json!({ "PolicyId": id, "Content": "{}" });
    scene.fails("UpdatePolicy", &body, "MalformedPolicyDocumentException", None);
}

#[test]
fn sizes_count_white_space() {
    let scene = Scene::new();
    for (policy_type, most, content) in [
        (SCP, 10_240, statement("Deny", "s3:*")),
        (RCP, 5120, deny_everybody("s3:*", "{}")),
    ] {
        let body = |name: &str, size: usize| -> Value {
            let content = format!("{content}{}", " ".repeat(size - content.len()));
            json!({ "Type": policy_type, "Name": name, "Description": "", "Content": content })
        };
        scene.done("CreatePolicy", &body("fits", most));
        let reason = Some("POLICY_CONTENT_LIMIT_EXCEEDED");
        let long = body("long", most + 1);
        scene.fails("CreatePolicy", &long, "ConstraintViolationException", reason);
    }
}
