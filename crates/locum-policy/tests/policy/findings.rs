//! Every finding: a document that has it, the text it points at, and the document mended.

use locum_policy::{
    Finding, FindingKind, FindingsKind, IssueCode as Code, Location, PathElement, Policy, PolicyKind,
    findings,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    agreement::{cases, document},
    unsettled::{MALFORMED, UNREADABLE},
};

use FindingsKind::{Identity, Resource, ResourceControl, ServiceControl, Trust};

const TABLE: &str = include_str!("findings.tsv");

/// A row of the table. In a document `~9~` stands for nine letters, and `␊` for the end of a line.
struct Row {
    kind: FindingsKind,
    severity: &'static str,
    code: &'static str,
    bad: String,
    span: &'static str,
    good: String,
}

fn rows() -> Vec<Row> {
    let unfolded = |text: &str| match text.split('~').collect::<Vec<_>>().as_slice() {
        [head, length, tail] => format!("{head}{}{tail}", "x".repeat(length.parse().unwrap())),
        _ => text.replace('␊', "\n"),
    };
    let row = |line: &'static str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, severity, code, bad, span, good] = fields[..] else {
            panic!("not six fields: {line}");
        };
        let kind = match kind {
            "identity" => Identity,
            "resource" => Resource,
            "trust" => Trust,
            "scp" => ServiceControl,
            "rcp" => ResourceControl,
            other => panic!("no type {other}"),
        };
        let (bad, good) = (unfolded(bad), unfolded(good));
        Row {
            kind,
            severity,
            code,
            bad,
            span,
            good,
        }
    };
    TABLE.lines().skip(1).map(row).collect()
}

const READ: &str = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#;

/// A document of one statement.
fn one(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{{members}}}}}"#)
}

fn when(block: &str) -> String {
    one(&format!(r#"{READ},"Condition":{block}"#))
}

fn action(actions: &str) -> String {
    one(&format!(r#""Effect":"Allow","Action":{actions},"Resource":"*""#))
}

fn resource(resources: &str) -> String {
    one(&format!(
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":{resources}"#
    ))
}

fn text_of(document: &str, location: &Location) -> String {
    let (start, end) = (location.span.start, location.span.end);
    document
        .chars()
        .skip(start.offset)
        .take(end.offset - start.offset)
        .collect()
}

fn compiles(document: &str, kind: FindingsKind) -> bool {
    Policy::compile(document, kind.policy_kind()).is_ok()
}

fn is_error(finding: &Finding) -> bool {
    finding.kind == FindingKind::Error
}

#[test]
fn every_code_is_found_where_it_is_and_nowhere_else() {
    let rows = rows();
    for Row {
        kind,
        severity,
        code,
        bad,
        span,
        good,
    } in &rows
    {
        let found = findings(bad, *kind);
        let Some(finding) = found.iter().find(|finding| finding.code.as_str() == *code) else {
            panic!("no {code} in {bad}: {found:#?}");
        };
        let wanted = span.replace('…', bad).replace('␊', "\n");
        assert_eq!(text_of(bad, &finding.locations[0]), wanted, "{code} in {bad}");
        assert_eq!(finding.kind.as_str(), *severity, "{code} in {bad}");
        assert!(finding.message.ends_with('.'), "{}", finding.message);
        assert!(compiles(bad, *kind) || found.iter().any(is_error), "{bad}");
        let found = findings(good, *kind);
        let has = |f: &Finding| f.code.as_str() == *code || is_error(f);
        assert!(!found.iter().any(has), "{code} in {good}: {found:#?}");
        assert!(
            compiles(good, *kind),
            "{good}: {:?}",
            Policy::compile(good, kind.policy_kind())
        );
    }
    for code in Code::ALL {
        assert!(
            rows.iter().any(|row| row.code == code.as_str()),
            "{code} is not tested"
        );
    }
}

/// Whoever writes what the engine can not read is told, at the place.
#[test]
fn what_is_unclear_for_how_it_is_written_is_found() {
    let found = |condition: &str, wanted: &str, least: FindingKind| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"a:b","Resource":"*","Condition":{{{condition}}}}}}}"#
        );
        let found = findings(&document, Identity);
        let told = found.iter().any(|finding| {
            let enough = finding.kind == FindingKind::Error || finding.kind == least;
            enough && wanted.contains(text_of(&document, &finding.locations[0]).as_str())
        });
        assert!(told, "{document}: {found:#?}");
    };
    for (operator, negated, value, _) in UNREADABLE {
        for operator in [operator, negated] {
            found(
                &format!(r#""{operator}":{{"x:key":{value}}}"#),
                value,
                FindingKind::Warning,
            );
        }
    }
    for value in [r#""perhaps""#, r#""${aws:username}""#, r#""""#, "0"] {
        found(
            &format!(r#""Null":{{"x:key":{value}}}"#),
            value,
            FindingKind::Warning,
        );
    }
    for variable in MALFORMED {
        let value = format!("\"a/{variable}\"");
        found(
            &format!(r#""StringLike":{{"x:key":{value}}}"#),
            &value,
            FindingKind::Error,
        );
    }
    found(
        r#""StringEquals":{"x:key":"a","X:Key":"b"}"#,
        r#""X:Key""#,
        FindingKind::Error,
    );
}

#[test]
fn names_and_links_are_those_of_access_analyzer() {
    let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 126);
    assert_eq!(
        Code::MismatchedActionForPrincipal.learn_more(),
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html\
         #access-analyzer-reference-policy-checks-error-mismatched-action-for-principal"
    );
    assert_eq!(
        Code::ForallvaluesWithSingleValuedKey.as_str(),
        "FORALLVALUES_WITH_SINGLE_VALUED_KEY"
    );
    assert_eq!(Code::AllowWithNotprincipal.kind().as_str(), "SECURITY_WARNING");
}

/// The path and span that Access Analyzer itself was seen to give for an action in a list.
#[test]
fn places_are_told_as_access_analyzer_tells_them() {
    let document = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Principal\": \
         {\"Federated\": \"cognito-identity.amazonaws.com\"},\n      \"Action\": [\n        \"sts:AssumeRole\"\n      ],\n      \
         \"Condition\": {\"StringEquals\": {\"cognito-identity.amazonaws.com:aud\": \"é\", \"ab\": \"c\"}}\n    }\n  ]\n}";
    let found = findings(document, Trust);
    let of = |code| {
        found
            .iter()
            .find(|finding| finding.code == code)
            .unwrap()
            .locations[0]
            .clone()
    };
    let value = |name: &str| PathElement::Value(name.into());
    let action = of(Code::MismatchedActionForPrincipal);
    let first = PathElement::Index(0);
    assert_eq!(
        action.path,
        [value("Statement"), first.clone(), value("Action"), first]
    );
    assert_eq!((action.span.start.line, action.span.start.column), (8, 8));
    assert_eq!((action.span.end.line, action.span.end.column), (8, 24));
    assert_eq!(action.span.end.offset - action.span.start.offset, 16);
    let key = of(Code::InvalidConditionKeyFormat);
    assert_eq!(key.path.last(), Some(&PathElement::Key("ab".into())));
    // Columns are characters: the é before it is one.
    let line = document.lines().nth(key.span.start.line - 1).unwrap();
    assert_eq!(
        line.chars()
            .skip(key.span.start.column)
            .take(4)
            .collect::<String>(),
        "\"ab\""
    );

    let document = resource(r#""arn:aws:s3:::é/${}""#);
    let variable = findings(&document, Identity)[0].locations[0].clone();
    assert_eq!(text_of(&document, &variable), "${}");
    assert_eq!(
        variable.path.last(),
        Some(&PathElement::Substring { start: 15, length: 3 })
    );
}

#[test]
fn there_is_an_end_to_findings_but_errors_come_first() {
    let many = "\"s3:a\",".repeat(3_000);
    let document = action(&format!("[{many}\"bad\"]"));
    let found = findings(&document, Identity);
    assert_eq!(found.len(), 1_000);
    assert!(found.iter().any(is_error));
}

/// What takes time squared takes minutes here.
#[test]
fn long_documents_take_no_longer_than_they_are_long() {
    let list = |entry: &dyn Fn(usize) -> String, count: usize| {
        let entries: Vec<String> = (0..count).map(entry).collect();
        format!("[{}]", entries.join(","))
    };
    let documents = [
        action(&list(&|n| format!("\"s3:{}{n}*\"", "a".repeat(20)), 40_000)),
        resource(&format!("\"arn:aws:s3:::{}\"", "${".repeat(200_000))),
        resource(&format!("\"arn:aws:s3:::{}\"", "${}".repeat(100_000))),
        when(&format!(
            "{{\"NumericLessThan\":{{\"a:b\":{}}}}}",
            list(&|n| n.to_string(), 60_000)
        )),
        format!(
            r#"{{"Version":"2012-10-17","Statement":{}}}"#,
            list(&|n| format!("{{\"Sid\":\"s{n}\",{READ}}}"), 10_000)
        ),
    ];
    for document in &documents {
        assert!(!findings(document, Identity).is_empty());
    }
}

const KINDS: [FindingsKind; 5] = [Identity, Resource, Trust, ServiceControl, ResourceControl];

fn holds(text: &str) -> Result<(), TestCaseError> {
    let characters = text.chars().count();
    for kind in KINDS {
        let found = findings(text, kind);
        prop_assert!(
            compiles(text, kind) || found.iter().any(is_error),
            "{:?} {}\n{:#?}",
            kind,
            text,
            found
        );
        prop_assert!(found.len() <= 1_000);
        for location in found.iter().flat_map(|finding| &finding.locations) {
            let (start, end) = (location.span.start, location.span.end);
            prop_assert!(start.offset <= end.offset && end.offset <= characters);
            let before: String = text.chars().take(start.offset).collect();
            prop_assert_eq!(start.line, before.matches('\n').count() + 1);
            prop_assert_eq!(start.column, before.rsplit('\n').next().unwrap().chars().count());
        }
    }
    Ok(())
}

/// A document with one place of its tree replaced, removed or renamed.
fn mutated(document: &Value, at: usize, with: &Value) -> Value {
    fn walk(value: &mut Value, left: &mut usize, with: &Value) -> bool {
        if *left == 0 {
            *value = with.clone();
            return true;
        }
        *left -= 1;
        match value {
            Value::Object(map) => {
                let keys: Vec<String> = map.keys().cloned().collect();
                for key in keys {
                    if *left == 0 {
                        let old = map.remove(&key).unwrap();
                        if let Some(name) = with.as_str() {
                            map.insert(name.to_owned(), old);
                        }
                        return true;
                    }
                    *left -= 1;
                    if walk(map.get_mut(&key).unwrap(), left, with) {
                        return true;
                    }
                }
                false
            }
            Value::Array(list) => list.iter_mut().any(|element| walk(element, left, with)),
            _ => false,
        }
    }
    let mut document = document.clone();
    walk(&mut document, &mut { at }, with);
    document
}

fn replacements() -> Vec<Value> {
    let texts = [
        "",
        "*",
        "Allow",
        "deny",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Sid",
        "Condition",
        "Version",
        "Id",
        "2012-10-17",
        "2008-10-17",
        "x",
        "a b",
        "arn:aws:s3::b",
        "arn:aws:s3:eu:1:b",
        "arn:aws::::b",
        "arn:a:b",
        "x:y",
        "a:b:c",
        "s*:x",
        ":",
        "arn:aws:iam::1:x",
        "arn:*:s$3:::x",
        "Null",
        "NullIfExists",
        "DateEquals",
        "2026-13-01",
        "AWS",
        "Service",
        "Federated",
        "CanonicalUser",
        "gitlab.com",
        "token.actions.githubusercontent.com",
        "sts:AssumeRole",
        "sts:*",
        "${a}",
        "AIDAQNZGKIQY56JQ7WML2",
        "é",
    ];
    let others = [
        json!(null),
        json!(true),
        json!(7),
        json!([]),
        json!({}),
        json!([null]),
        json!([[]]),
        json!(["*"]),
        json!({"AWS": "*"}),
        json!({"AWS": []}),
        json!({"Bool": {}}),
        json!({"DateEquals": {"a:b": [true]}}),
    ];
    texts.iter().map(|text| json!(text)).chain(others).collect()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn what_is_refused_is_an_error(
        identity in document(PolicyKind::Inline),
        trust in document(PolicyKind::Trust),
        resource in document(PolicyKind::Resource),
        control in document(PolicyKind::ResourceControl),
        edits in prop::collection::vec((0..120_usize, prop::sample::select(replacements())), 0..3),
    ) {
        for document in [identity, trust, resource, control] {
            let edited = edits.iter().fold(document, |document, (at, with)| mutated(&document, *at, with));
            holds(&edited.to_string())?;
            holds(&serde_json::to_string_pretty(&edited).unwrap())?;
        }
    }

    /// One edit to a document without errors: no other error can hide that one is missing.
    #[test]
    fn what_one_edit_breaks_is_an_error(
        row in any::<prop::sample::Index>(),
        at in 0..60_usize,
        with in prop::sample::select(replacements()),
    ) {
        let rows = rows();
        let Row { kind, good, .. } = &rows[row.index(rows.len())];
        let edited = mutated(&serde_json::from_str(good).unwrap(), at, &with).to_string();
        let found = findings(&edited, *kind);
        prop_assert!(compiles(&edited, *kind) || found.iter().any(is_error), "{:?} {}", kind, edited);
    }

    #[test]
    fn no_text_is_too_odd(
        document in document(PolicyKind::Trust),
        cut in any::<prop::sample::Index>(),
        noise in any::<String>(),
        letters in "[\\[\\]{}\":,${} *?a\n\\\\é]{0,60}",
    ) {
        let text = document.to_string();
        let at = (0..=cut.index(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let (head, tail) = text.split_at(at);
        for text in [head.to_owned(), format!("{head}{noise}{tail}"), format!("{head}{letters}{tail}"), noise, letters] {
            holds(&text)?;
        }
    }
}

/// A key that every finding below it would repeat is where their paths end: a document of a few kilobytes must not make
/// an answer of megabytes.
#[test]
fn a_long_key_ends_the_way_to_a_place() {
    let long = "k".repeat(100_000);
    let values = vec!["null"; 500].join(",");
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{{"StringLike":{{"{long}":[{values}]}}}}}}}}"#
    );
    let found = locum_policy::findings(&document, FindingsKind::Identity);
    let places: Vec<&Location> = found.iter().flat_map(|finding| &finding.locations).collect();
    assert!(places.len() > 100, "{}", places.len());
    let told: usize = places
        .iter()
        .flat_map(|place| &place.path)
        .map(|element| match element {
            PathElement::Value(name) => name.len(),
            PathElement::Key(name) => name.len().min(1),
            PathElement::Index(_) | PathElement::Substring { .. } => 0,
        })
        .sum();
    assert!(told < 100_000, "{told}");
}
