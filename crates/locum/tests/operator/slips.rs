//! Slips that people make: files of another system, a comma too many, an address of something else.

use std::process::Stdio;

use crate::place::{Place, Told};

const MARK: &str = "\u{feff}";
const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

#[test]
fn a_byte_order_mark_is_named_where_iam_refuses_it() {
    let place = Place::new();
    place.write("policy.json", format!("{MARK}{POLICY}"));
    let told = place.run("policy validate policy.json");
    assert_eq!(told.code, Some(1));
    assert!(
        told.out.contains("policy.json:1:1: error: ") && told.out.contains("a byte order mark"),
        "{told:?}"
    );
    place
        .run("policy simulate --policy policy.json --action s3:GetObject")
        .refused(2, "a byte order mark");
}

#[test]
fn a_byte_order_mark_before_what_is_sent_nowhere_is_passed_over() {
    let place = Place::new();
    place
        .write("policy.json", POLICY)
        .write(
            "lines.cases",
            format!("{MARK}allow s3:GetObject arn:aws:s3:::a/b\r\n"),
        )
        .write(
            "list.json",
            format!("{MARK}[{{\"action\": \"s3:GetObject\", \"expect\": \"allow\"}}]"),
        )
        .write(
            "keys.json",
            format!("{MARK}{{\"aws:PrincipalTag/team\": \"red\"}}"),
        );
    for rest in [
        "--cases lines.cases",
        "--cases list.json",
        "--action s3:GetObject --context-file keys.json",
    ] {
        let told = place.run(&format!("policy simulate --policy policy.json {rest}"));
        assert_eq!((told.code, &*told.err), (Some(0), ""), "{rest}: {told:?}");
    }
    let made = r#"{"AccessKey":{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}}"#;
    place.write("made.json", format!("{MARK}{made}\r\n"));
    let made = std::fs::File::open(place.home.path().join("made.json")).unwrap();
    let run = place
        .command("keys add ci")
        .env("LOCUM_VAULT", "file")
        .stdin(Stdio::from(made))
        .output();
    assert_eq!(Told::of(&run.unwrap()).code, Some(0));
}

#[test]
fn a_comma_too_many_is_named() {
    let place = Place::new();
    place.write("policy.json", POLICY.replace("}]", "},]"));
    let told = place.run("policy validate policy.json");
    assert!(
        told.out.contains("policy.json:1:87: ") && told.out.contains("a comma before the closing `]`"),
        "{told:?}"
    );
    place.write("file.json", r#"{"account": {"users": {"bob": {},}}}"#);
    place
        .run("apply file.json --dry-run")
        .refused(2, "file.json:1:33: not JSON: a comma before the closing `}`");
}

#[test]
fn https_where_there_is_none_is_said_with_the_way_out() {
    let place = Place::new();
    let service = place.serve(&[]);
    let url = service.url.replace("http:", "https:");
    let told = service.run(&place, &format!("whoami --no-verify-ssl --endpoint-url {url}"));
    told.refused(
        1,
        "what answers there does not speak TLS; see whether it is http://",
    );
}

#[test]
fn an_endpoint_that_is_something_else_is_said_to_be() {
    let place = Place::new();
    let service = place.serve(&[]);
    let url = format!("{}/sts", service.url);
    place.write("file.json", r#"{"account": {}}"#);
    for command in ["whoami", "apply file.json --yes"] {
        let told = service.run(&place, &format!("{command} --endpoint-url {url}"));
        told.refused(
            1,
            "what answers there is not what was called; look at the endpoint's address and path",
        );
    }
}

#[test]
fn what_is_missing_is_said_with_the_way_out() {
    let place = Place::new();
    for (line, code, sentence) in [
        (
            "whoami --endpoint-url http://127.0.0.1:1",
            1,
            "`locum doctor` tells where was looked",
        ),
        (
            "serve-credentials --port 99999",
            2,
            "--port is a number from 0 to 65535, and 0 any free one, not 99999",
        ),
        ("serve-credentials --port x", 2, "--port is a number"),
        (
            "exec --profile p ls",
            125,
            "put -- before the command: locum exec [options] -- ls",
        ),
    ] {
        place.run(line).refused(code, sentence);
    }
    let run = place
        .command("serve-credentials --env-file no/such/place")
        .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "s")
        .env("AWS_SESSION_TOKEN", "t")
        .output();
    Told::of(&run.unwrap()).refused(1, "cannot write the variables to no/such/place: ");
}

#[test]
fn doctor_does_not_say_of_what_it_cannot_see_that_it_is_not_there() {
    let place = Place::new();
    // A link to itself: what a directory of somebody else's is to everybody but root.
    std::os::unix::fs::symlink(".aws", place.home.path().join(".aws")).unwrap();
    let told = place.run("doctor");
    for line in told.out.lines().filter(|line| line.contains(".aws/")) {
        assert!(!line.contains("is not there"), "{line}");
    }
    assert!(told.out.contains(".aws/config cannot be looked at: "), "{told:?}");
}

#[test]
fn what_is_wrong_with_a_policy_is_said_where_the_service_says_only_that_something_is() {
    let place = Place::new();
    let service = place.serve(&[]);
    let allow =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ACTION", "Resource": "*"}}"#;
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Alow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}}"#;
    for (account, sentence) in [
        (
            format!(
                r#"{{"policies": {{"p": {{"document": {}}}}}}}"#,
                allow.replace("Allow", "Alow")
            ),
            "policy p: CreatePolicy: MalformedPolicyDocument: Syntax errors in policy. (Alow is no effect. Write Allow or Deny, in this case.)",
        ),
        (
            format!(
                r#"{{"users": {{"u": {{"inline": {{"p": {}}}}}}}}}"#,
                allow.replace("ACTION", "PutObject")
            ),
            "user u: PutUserPolicy: MalformedPolicyDocument: ",
        ),
        (
            format!(r#"{{"roles": {{"r": {{"trust": {trust}}}}}}}"#),
            "role r: CreateRole: MalformedPolicyDocument: Invalid effect: Alow (Alow is no effect.",
        ),
    ] {
        place.write("file.json", format!(r#"{{"account": {account}}}"#));
        service.run(&place, "apply file.json --yes").refused(1, sentence);
    }
    let organization = |kind: &str, document: &str| {
        let policies = format!(r#"{{"{kind}": {{"s": {{"document": {document}}}}}}}"#);
        place.write("file.json", format!(r#"{{"organization": {policies}}}"#));
        service.run(&place, "apply file.json --yes")
    };
    organization("serviceControlPolicies", &allow.replace("Allow", "Alow")).refused(1, "Alow is no effect.");
    // A policy of the resources has a principal, also where it is changed.
    let resources = |principal: &str| {
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Principal": {principal}, "Action": "s3:*", "Resource": "*"}}}}"#
        );
        organization("resourceControlPolicies", &document)
    };
    let mistake = " (A resource control policy means everybody: ";
    let told = resources(r#"{"AWS": "*"}"#);
    assert!(told.err.contains("CreatePolicy: "), "{told:?}");
    told.refused(1, mistake);
    let told = resources(r#""*""#);
    assert_eq!(told.code, Some(0), "{told:?}");
    let told = resources(r#"{"AWS": "*"}"#);
    assert!(told.err.contains("UpdatePolicy: "), "{told:?}");
    told.refused(1, mistake);
}

#[test]
fn a_root_user_is_told_before_anything_is_made_that_it_cannot_enter_what_is_made() {
    let place = Place::new();
    let service = place.serve(&[]);
    place.write(
        "file.json",
        r#"{"accounts": {"data": {"email": "data@example.com", "users": {"ada": {}}}}}"#,
    );
    for options in ["--yes", "--dry-run"] {
        service
            .run(&place, &format!("apply file.json {options}"))
            .refused(
                1,
                "account data (new): a federated or a root user cannot enter other accounts: run this as a user",
            );
    }
    let told = service.run(&place, "export --all --format json");
    assert!(
        told.code == Some(0) && !told.out.contains("data@example.com"),
        "{told:?}"
    );

    // An account that nothing is done in can be made.
    place.write(
        "file.json",
        r#"{"accounts": {"data": {"email": "data@example.com"}}}"#,
    );
    let told = service.run(&place, "apply file.json --yes");
    assert_eq!(told.code, Some(0), "{told:?}");
    place.write("file.json", r#"{"accounts": {"data": {"users": {"ada": {}}}}}"#);
    service
        .run(&place, "apply file.json --dry-run")
        .refused(1, "a root user cannot enter other accounts: run this as a user");
}
