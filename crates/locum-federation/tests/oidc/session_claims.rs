//! Session tags, source identity and roles in claims (facts: sts §6.2).

use locum_federation::oidc::TokenError;

use crate::issuer::{claims, verify_claims};

const TAGS: &str = "https://aws.amazon.com/tags";

fn tags(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn nested_tags_are_one_element_arrays_or_strings() {
    let nested =
        r#"{"principal_tags":{"Project":["Automation"],"Team":"x"},"transitive_tag_keys":["Project"]}"#;
    let read = verify_claims(claims(&[(TAGS, nested)])).unwrap();
    assert_eq!(
        read.session_tags,
        tags(&[("Project", "Automation"), ("Team", "x")])
    );
    assert_eq!(read.transitive_tag_keys, ["Project"]);
}

#[test]
fn flat_tags_are_strings() {
    let read = verify_claims(claims(&[
        (
            "https://aws.amazon.com/tags/principal_tags/Project",
            r#""Automation""#,
        ),
        ("https://aws.amazon.com/tags/principal_tags/a/b", r#""""#),
        ("https://aws.amazon.com/tags/principal_tags/none", "null"),
        (
            "https://aws.amazon.com/tags/transitive_tag_keys",
            r#"["Project","a/b"]"#,
        ),
    ]))
    .unwrap();
    assert_eq!(read.session_tags, tags(&[("Project", "Automation"), ("a/b", "")]));
    assert_eq!(read.transitive_tag_keys, ["Project", "a/b"]);
}

#[test]
fn a_tag_in_both_forms_is_seen_twice() {
    let read = verify_claims(claims(&[
        (
            TAGS,
            r#"{"principal_tags":{"K":["a"]},"transitive_tag_keys":["K"]}"#,
        ),
        ("https://aws.amazon.com/tags/principal_tags/K", r#""b""#),
        ("https://aws.amazon.com/tags/transitive_tag_keys", r#"["K"]"#),
    ]))
    .unwrap();
    assert_eq!(
        read.session_tags,
        tags(&[("K", "a"), ("K", "b")]),
        "the caller refuses it"
    );
    assert_eq!(read.transitive_tag_keys, ["K"]);
}

#[test]
fn tags_of_another_shape_are_refused() {
    for (name, value) in [
        (TAGS, r#""K=v""#),
        (TAGS, r#"[]"#),
        (TAGS, r#"{"principal_tags":["K"]}"#),
        (TAGS, r#"{"principal_tags":{"K":[]}}"#),
        (TAGS, r#"{"principal_tags":{"K":["a","b"]}}"#),
        (TAGS, r#"{"principal_tags":{"K":[["a"]]}}"#),
        (TAGS, r#"{"principal_tags":{"K":7}}"#),
        (TAGS, r#"{"principal_tags":{"K":null}}"#),
        (
            TAGS,
            r#"{"principal_tags":{"K":["a"]},"transitive_tag_keys":"K"}"#,
        ),
        (
            TAGS,
            r#"{"principal_tags":{"K":["a"]},"transitive_tag_keys":[7]}"#,
        ),
        ("https://aws.amazon.com/tags/principal_tags/K", "7"),
        ("https://aws.amazon.com/tags/principal_tags/K", r#"["a","b"]"#),
        ("https://aws.amazon.com/tags/transitive_tag_keys", r#""K""#),
    ] {
        let error = verify_claims(claims(&[(name, value)])).unwrap_err();
        assert_eq!(error, TokenError::BadClaim(TAGS), "{name} {value}");
    }
}

#[test]
fn a_source_identity_is_a_string() {
    const NAME: &str = "https://aws.amazon.com/source_identity";
    let read = verify_claims(claims(&[(NAME, r#""diego""#)])).unwrap();
    assert_eq!(read.source_identity.as_deref(), Some("diego"));
    assert_eq!(verify_claims(claims(&[])).unwrap().source_identity, None);
    let error = verify_claims(claims(&[(NAME, r#"["diego"]"#)])).unwrap_err();
    assert_eq!(error, TokenError::BadClaim(NAME));
}

#[test]
fn roles_are_an_array_or_separated_by_semicolons() {
    const NAME: &str = "https://aws.amazon.com/roles";
    let (one, two) = (
        "arn:aws:iam::111122223333:role/one",
        "arn:aws:iam::111122223333:role/two",
    );
    let roles = |value: &str| verify_claims(claims(&[(NAME, value)])).unwrap().roles;
    let both = Some(vec![one.to_owned(), two.to_owned()]);
    assert_eq!(roles(&format!(r#"["{one}","{two}"]"#)), both);
    assert_eq!(roles(&format!(r#""{one};{two}""#)), both);
    assert_eq!(roles(&format!(r#"" {one} ; {two};""#)), both);
    assert_eq!(roles("[]"), Some(vec![]), "allows none");
    assert_eq!(roles(r#""""#), Some(vec![]), "allows none");
    assert_eq!(roles("null"), Some(vec![]), "allows none");
    assert_eq!(verify_claims(claims(&[])).unwrap().roles, None);
    for value in ["7", "{}", "[7]", "true"] {
        let error = verify_claims(claims(&[(NAME, value)])).unwrap_err();
        assert_eq!(error, TokenError::BadClaim(NAME), "{value}");
    }
}
