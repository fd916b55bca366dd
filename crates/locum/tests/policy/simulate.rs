//! `locum policy simulate`: answers, the files they come from, and cases for a pipeline.

use serde_json::Value;

use super::{Room, compare};

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::notes/*"
    },
    {
      "Sid": "WriteOfTeam",
      "Effect": "Allow",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::notes/*",
      "Condition": { "StringEquals": { "aws:PrincipalTag/team": "red" } }
    },
    {
      "Effect": "Deny",
      "Action": "s3:*",
      "Resource": "arn:aws:s3:::notes/secret*",
      "Condition": { "Bool": { "aws:SecureTransport": "false" } }
    }
  ]
}
"#;
const BOUNDARY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:Get*","sts:*"],"Resource":"*"}}"#;
const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const NO_S3: &str =
    r#"{"Version":"2012-10-17","Statement":{"Sid":"NoS3","Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
const BUCKET: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"s3:*","Resource":"arn:aws:s3:::notes/*"}}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Alice","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x/alice"},"Action":"sts:AssumeRole",
   "Condition":{"StringEquals":{"sts:ExternalId":"42"}}},
  {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ci"},"Action":"sts:AssumeRole"},
  {"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"},
  {"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity",
   "Condition":{"StringEquals":{"accounts.google.com:aud":"app"}}}]}"#;
const CASES: &str = "# who reads, who writes
allow          s3:GetObject  arn:aws:s3:::notes/today
allow          s3:PutObject  arn:aws:s3:::notes/today   aws:PrincipalTag/team=red   # the team may
deny           s3:PutObject  arn:aws:s3:::notes/today   aws:PrincipalTag/team=blue
implicit-deny  s3:GetObject  arn:aws:s3:::other
explicit-deny  s3:GetObject  arn:aws:s3:::notes/secret  aws:SecureTransport=false
";

fn room() -> Room {
    let room = Room::new();
    for (name, text) in [
        ("policy.json", POLICY),
        ("boundary.json", BOUNDARY),
        ("all.json", ALL),
        ("no-s3.json", NO_S3),
        ("bucket.json", BUCKET),
        ("role.json", TRUST),
        ("cases.txt", CASES),
    ] {
        room.write(name, text);
    }
    room
}

/// Runs it with words that have no spaces.
fn run(room: &Room, words: &str) -> (i32, String, String) {
    let words: Vec<&str> = ["simulate"].into_iter().chain(words.split_whitespace()).collect();
    room.run(&words)
}

#[test]
fn the_two_formats() {
    let room = room();
    let words = "--policy policy.json --boundary boundary.json --action s3:GetObject --action s3:PutObject \
                 --resource arn:aws:s3:::notes/today --resource arn:aws:s3:::notes/secret --resource arn:aws:s3:::other \
                 --context aws:PrincipalTag/team=red --expect allow";
    for (format, page) in [("text", "simulate.txt"), ("json", "simulate.json")] {
        let (code, out, err) = run(&room, &format!("{words} --format {format}"));
        assert_eq!((code, err.as_str()), (1, ""), "{out}");
        compare(page, &out);
    }
}

#[test]
fn the_layers_decide_as_in_the_service() {
    let room = room();
    let note = "--resource arn:aws:s3:::notes/today --action s3:GetObject";
    let bob = "--principal arn:aws:iam::111122223333:user/bob";
    for (words, decision, layer) in [
        (format!("--policy all.json {note}"), "allowed", ""),
        (
            format!("--policy no-s3.json {note}"),
            "explicitDeny",
            "identity-based policy",
        ),
        (
            format!("--policy all.json --boundary boundary.json {note}"),
            "allowed",
            "",
        ),
        (
            "--policy all.json --boundary boundary.json --action sqs:SendMessage".to_owned(),
            "implicitDeny",
            "permissions boundary",
        ),
        (
            format!("--policy all.json --session boundary.json {note}"),
            "allowed",
            "",
        ),
        (
            "--policy all.json --session boundary.json --action sqs:SendMessage".to_owned(),
            "implicitDeny",
            "session policy",
        ),
        (
            format!("--policy all.json --scp all.json,no-s3.json --scp all.json {note}"),
            "explicitDeny",
            "service control policy",
        ),
        (
            "--policy all.json --scp all.json --scp boundary.json --action sqs:SendMessage".to_owned(),
            "implicitDeny",
            "service control policy",
        ),
        (
            format!("--policy all.json --scp boundary.json,all.json {note}"),
            "allowed",
            "",
        ),
        (
            format!("--resource-policy bucket.json {bob} {note}"),
            "allowed",
            "",
        ),
        (
            format!("--resource-policy bucket.json --principal arn:aws:iam::111122223333:user/alice {note}"),
            "implicitDeny",
            "identity-based policy",
        ),
        (
            format!("--resource-policy bucket.json {bob} {note} --resource-owner 999999999999"),
            "implicitDeny",
            "identity-based policy",
        ),
        (
            format!(
                "--policy all.json --resource-policy bucket.json {bob} {note} --resource-owner 999999999999"
            ),
            "allowed",
            "",
        ),
        (
            "--policy all.json --action sqs:SendMessage --resource arn:aws:sqs:us-east-1:999999999999:q"
                .to_owned(),
            "implicitDeny",
            "resource-based policy",
        ),
    ] {
        let (code, out, err) = run(&room, &format!("{words} --format json"));
        assert_eq!((code, err.as_str()), (0, ""), "{words}");
        let page: Value = serde_json::from_str(&out).unwrap();
        let answer = &page["answers"][0];
        assert_eq!(answer["decision"], decision, "{words}");
        assert_eq!(answer["layer"].as_str().unwrap_or_default(), layer, "{words}");
    }
}

#[test]
fn a_trust_policy_means_who_it_names() {
    let room = room();
    let role = "--trust role.json --action sts:AssumeRole --resource arn:aws:iam::111122223333:role/worker";
    for (principal, more, expected) in [
        (
            "arn:aws:iam::111122223333:user/x/alice",
            "--context sts:ExternalId=42",
            "allow",
        ),
        ("arn:aws:iam::111122223333:user/x/alice", "", "deny"),
        (
            "arn:aws:iam::111122223333:user/alice",
            "--context sts:ExternalId=42",
            "deny",
        ),
        (
            "arn:aws:iam::444455556666:user/x/alice",
            "--context sts:ExternalId=42",
            "deny",
        ),
        ("arn:aws:iam::111122223333:role/ci", "", "allow"),
        ("arn:aws:sts::111122223333:assumed-role/ci/run", "", "allow"),
        ("arn:aws:sts::111122223333:assumed-role/cd/run", "", "deny"),
        ("arn:aws:iam::111122223333:root", "", "deny"),
        ("ec2.amazonaws.com", "", "allow"),
        ("lambda.amazonaws.com", "", "deny"),
        ("accounts.google.com", "", "deny"),
        ("anonymous", "", "deny"),
    ] {
        let (code, out, err) = run(
            &room,
            &format!("{role} --principal {principal} {more} --expect {expected}"),
        );
        assert_eq!((code, err.as_str()), (0, ""), "{principal} {more}: {out}");
    }
    let (code, out, _) = run(
        &room,
        "--trust role.json --action sts:AssumeRoleWithWebIdentity --resource arn:aws:iam::111122223333:role/worker \
         --principal accounts.google.com --context accounts.google.com:aud=app --expect allow",
    );
    assert_eq!(code, 0, "{out}");
    // Near misses are those of the policy as it is written.
    let (_, out, _) = run(
        &room,
        &format!("{role} --principal arn:aws:iam::111122223333:user/x/alice"),
    );
    assert!(
        out.contains(
            "role.json:2:3: statement 1 (Alice) of the role trust policy would allow it but for Condition \
                      StringEquals sts:ExternalId, which the request lacks."
        ),
        "{out}"
    );
    assert!(
        out.contains("? sts:ExternalId is read by the role trust policy"),
        "{out}"
    );
}

#[test]
fn cases_are_tests() {
    let room = room();
    let (code, out, err) = run(&room, "--policy policy.json --cases cases.txt");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.ends_with("5 answers, 0 not as expected\n"), "{out}");
    room.write(
        "wrong.txt",
        CASES.replace("implicit-deny  s3:GetObject", "explicit-deny  s3:GetObject"),
    );
    let (code, out, _) = run(&room, "--policy policy.json --cases wrong.txt");
    assert_eq!(code, 1);
    assert!(
        out.contains(
            "wrong.txt:5: implicit-deny: s3:GetObject on arn:aws:s3:::other\n  ! expected explicit-deny\n"
        ),
        "{out}"
    );
    assert!(out.ends_with("5 answers, 1 not as expected\n"), "{out}");

    let json = r#"[
      {"name": "the team writes", "action": ["s3:PutObject", "s3:GetObject"], "resource": "arn:aws:s3:::notes/today",
       "context": {"aws:PrincipalTag/team": "red", "aws:SecureTransport": true, "aws:TagKeys": ["a", "b"]}, "expect": "allow"},
      {"principal": "arn:aws:iam::111122223333:user/bob", "action": "s3:PutObject", "resource": ["arn:aws:s3:::notes/x", "*"],
       "expect": "deny"}
    ]"#;
    room.write("cases.json", json);
    room.write("object.json", format!("{{\"cases\": {json}}}"));
    for file in ["cases.json", "object.json"] {
        let (code, out, err) = run(
            &room,
            &format!("--policy policy.json --cases {file} --format json"),
        );
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        let page: Value = serde_json::from_str(&out).unwrap();
        let answers = page["answers"].as_array().unwrap();
        assert_eq!((answers.len(), &page["misses"]), (4, &Value::from(0)));
        assert_eq!(answers[0]["name"], "the team writes");
        assert_eq!(answers[2]["principal"], "arn:aws:iam::111122223333:user/bob");
        assert!(answers.iter().all(|answer| answer["asExpected"] == true));
    }
}

#[test]
fn condition_keys_come_from_words_and_from_a_file() {
    let room = room();
    let condition = |operator: &str, values: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"a:key":{values}}}}}}}}}"#
        )
    };
    room.write("one.json", condition("StringEquals", r#""x=y""#));
    room.write("many.json", condition("ForAnyValue:StringEquals", r#""x""#));
    room.write("bool.json", condition("Bool", "true"));
    room.write("keys.json", r#"{"a:key": ["z", "x"]}"#);
    room.write("flag.json", r#"{"A:KEY": true}"#);
    for (policy, words, expected) in [
        ("one.json", "--context a:key=x=y", "allow"),
        ("one.json", "--context a:key=x=y --context a:key=z", "deny"),
        ("many.json", "--context a:key=z --context a:key=x", "allow"),
        ("many.json", "--context a:key[]=x", "allow"),
        ("many.json", "--context-file keys.json", "allow"),
        ("many.json", "--context-file keys.json --context a:key=z", "deny"),
        ("bool.json", "--context-file flag.json", "allow"),
        ("bool.json", "", "deny"),
    ] {
        let words = format!("--policy {policy} --action s3:GetObject --expect {expected} {words}");
        let (code, out, err) = run(&room, &words);
        assert_eq!((code, err.as_str()), (0, ""), "{words}: {out}");
    }
}

#[test]
fn what_makes_no_sense_is_told_in_one_line() {
    let room = room();
    room.write("broken.json", "{\"Version\":\"2012-10-17\",\n \"Statement\":[}");
    room.write("list.json", r#"["a"]"#);
    room.write("null.json", r#"{"a:key": null}"#);
    room.write("empty.txt", "# nothing\n");
    room.write("short.txt", "allow s3:GetObject\n");
    room.write("word.txt", "maybe s3:GetObject *\n");
    room.write(
        "unknown.json",
        r#"[{"action":"s3:GetObject","expected":"allow"}]"#,
    );
    room.write("expects.json", r#"[{"action":"s3:GetObject","expect":"maybe"}]"#);
    room.write("no-action.json", r#"[{"action":[],"expect":"deny"}]"#);
    room.write(
        "no-resource.json",
        r#"[{"action":"s3:GetObject"},{"action":"s3:GetObject","resource":[]}]"#,
    );
    room.write("pattern.txt", "allow s3:Get* *\n");
    room.write("resource.txt", "deny s3:GetObject bucket/note\n");
    room.write("twice.json", r#"{"a:key":"x","b:key":"y","a:key":"z"}"#);
    room.write(
        "cases-twice.json",
        r#"[{"action":"s3:GetObject","context":{"a:équipe":"x","A:Équipe":"y"}}]"#,
    );
    let ask = "--policy policy.json --action s3:GetObject";
    for (words, text) in [
        (String::new(), "say which policies"),
        ("--action s3:GetObject".to_owned(), "say which policies"),
        ("--policy policy.json".to_owned(), "say which actions"),
        (
            "--policy absent.json --action s3:GetObject".to_owned(),
            "absent.json",
        ),
        (
            "--policy broken.json --action s3:GetObject".to_owned(),
            "broken.json:2:15: ",
        ),
        (
            "--policy bucket.json --action s3:GetObject".to_owned(),
            "bucket.json",
        ),
        (format!("{ask} --expect maybe"), "--expect is"),
        (format!("{ask} --format xml"), "--format is"),
        (format!("{ask} --loud"), "--loud"),
        (format!("{ask} word"), "word"),
        (format!("{ask} --context key"), "key=value"),
        (format!("{ask} --context =x"), "key=value"),
        (format!("{ask} --context-file list.json"), "list.json"),
        (format!("{ask} --context-file null.json"), "the value of a:key"),
        (format!("{ask} --context-file twice.json"), "a:key is given twice"),
        (
            "--policy policy.json --cases cases-twice.json".to_owned(),
            "A:Équipe is given twice",
        ),
        // No `Deny` of one action means a pattern of several.
        (
            "--policy policy.json --action s3:*".to_owned(),
            "without wildcards, such as s3:GetObject, not s3:*",
        ),
        ("--policy policy.json --action s3".to_owned(), "not s3\n"),
        (
            "--policy policy.json --action s3:Get:x".to_owned(),
            "not s3:Get:x",
        ),
        (
            "--policy policy.json --cases pattern.txt".to_owned(),
            "not s3:Get*",
        ),
        // To what is no ARN no ARN of a policy applies, and a slip would pass for a denial.
        (
            format!("{ask} --expect deny --resource notes/today"),
            "a resource is an ARN, such as arn:aws:s3:::bucket/key, or *, not notes/today",
        ),
        (
            format!("{ask} --resource arn:aws:s3:notes"),
            "not arn:aws:s3:notes",
        ),
        (format!("{ask} --resource="), "a resource is an ARN"),
        (
            "--policy policy.json --cases resource.txt".to_owned(),
            "not bucket/note",
        ),
        // What asks nothing can not fail.
        (
            "--policy policy.json --cases no-action.json".to_owned(),
            "case 1 has no action",
        ),
        (
            "--policy policy.json --cases no-resource.json".to_owned(),
            "case 2 has no resource",
        ),
        (format!("{ask} --principal nobody"), "nobody"),
        (
            format!("{ask} --principal arn:aws:iam::111122223333:group/g"),
            "group/g",
        ),
        (format!("{ask} --resource-owner 12"), "12 digits"),
        (
            format!("{ask} --boundary boundary.json --boundary all.json"),
            "given twice",
        ),
        (format!("{ask} --policy - --boundary -"), "standard input"),
        (
            format!("{ask} --trust role.json --resource-policy bucket.json"),
            "one policy",
        ),
        (
            format!("{ask} --resource-policy bucket.json"),
            "--principal must be given",
        ),
        (format!("{ask} --cases cases.txt"), "--cases has its own"),
        ("--policy policy.json --cases empty.txt".to_owned(), "no cases"),
        (
            "--policy policy.json --cases short.txt".to_owned(),
            "short.txt:1: ",
        ),
        ("--policy policy.json --cases word.txt".to_owned(), "word.txt:1: "),
        ("--policy policy.json --cases unknown.json".to_owned(), "expected"),
        (
            "--policy policy.json --cases expects.json".to_owned(),
            "case 1 expects maybe",
        ),
    ] {
        let (code, out, err) = run(&room, &words);
        assert_eq!((code, out.as_str()), (2, ""), "{words}");
        assert!(
            err.starts_with("locum: ") && err.ends_with('\n') && err.matches('\n').count() == 1,
            "{words}: {err}"
        );
        assert!(err.contains(text), "{words}: {err}");
    }
}

#[test]
fn the_page_of_help_names_every_option() {
    let (code, out, err) = room().run(&["simulate", "--help"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for option in [
        "--policy",
        "--boundary",
        "--session",
        "--resource-policy",
        "--trust",
        "--scp",
        "--rcp",
        "--principal",
        "--action",
        "--resource",
        "--resource-owner",
        "--context",
        "--context-file",
        "--expect",
        "--cases",
        "--format",
        "EXIT STATUS",
    ] {
        assert!(out.contains(option), "{option}");
    }
    assert!(out.lines().all(|line| line.chars().count() <= 120), "{out}");
}
