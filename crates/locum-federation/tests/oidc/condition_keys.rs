//! The condition keys of a token (facts: sts §4.5).

use locum_federation::oidc::TokenError;

use crate::issuer::{claims, verify_claims};

fn keys(provider: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let read = verify_claims(claims(changes)).unwrap();
    let keys = read.condition_keys(provider).unwrap().into_iter();
    keys.map(|(key, values)| (key, values.join("|"))).collect()
}

/// The keys beyond those that every token has.
fn further(provider: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    keys(provider, changes).split_off(3)
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[test]
fn every_provider_has_the_generic_keys() {
    let changes = [
        ("azp", r#""client-2""#),
        ("aud", r#"["client-1","x"]"#),
        ("amr", r#"["pwd","otp"]"#),
        ("email", r#""u@example.com""#),
        ("repository", r#""org/repo""#),
        ("actor", r#""someone""#),
    ];
    assert_eq!(
        keys("idp.example.com/tenant", &changes),
        [
            pair("idp.example.com/tenant:aud", "client-2"),
            pair("idp.example.com/tenant:oaud", "client-1|x"),
            pair("idp.example.com/tenant:sub", "user-1"),
            pair("idp.example.com/tenant:amr", "pwd|otp"),
            pair("idp.example.com/tenant:email", "u@example.com"),
        ]
    );
    assert_eq!(
        keys("h", &[]),
        [
            pair("h:aud", "client-1"),
            pair("h:oaud", "client-1"),
            pair("h:sub", "user-1")
        ]
    );
}

#[test]
fn known_providers_have_their_own() {
    for (provider, claim, value, expected) in [
        (
            "token.actions.githubusercontent.com",
            "repository",
            r#""o/r""#,
            "o/r",
        ),
        (
            "token.actions.githubusercontent.com",
            "repository_id",
            r#""74""#,
            "74",
        ),
        (
            "token.actions.githubusercontent.com/acme",
            "job_workflow_ref",
            r#""o/r/w@x""#,
            "o/r/w@x",
        ),
        ("accounts.google.com", "google/organization_number", "123", "123"),
        (
            "oidc.circleci.com/org/1",
            "oidc.circleci.com/project-id",
            r#""p""#,
            "p",
        ),
        ("identity.oraclecloud.com", "rpst_id", r#""r""#, "r"),
        ("gitlab.com", "ref_protected", "true", "true"),
        ("gitlab.com", "project_id", "42", "42"),
        ("agent.buildkite.com", "build_branch", r#""main""#, "main"),
    ] {
        assert_eq!(
            further(provider, &[(claim, value)]),
            [pair(&format!("{provider}:{claim}"), expected)]
        );
        let host = provider.split('/').next().unwrap();
        let elsewhere = provider.replacen(host, &format!("{host}.attacker.example.com"), 1);
        assert_eq!(further(&elsewhere, &[(claim, value)]), [], "{elsewhere}");
        assert_eq!(further(provider, &[(claim, "null")]), []);
        // A Deny by the claim must not be passed by giving it another shape.
        for odd in [r#"{"x":1}"#, r#"["a"]"#, r#"["a",1]"#, "[]"] {
            let read = verify_claims(claims(&[(claim, odd)])).unwrap();
            let refused = read.condition_keys(provider).unwrap_err();
            assert_eq!(refused, TokenError::BadClaim(claim), "{odd}");
        }
    }
    assert_eq!(
        further(
            "accounts.google.com",
            &[("google", r#"{"organization_number":5,"x":1}"#)]
        ),
        [pair("accounts.google.com:google/organization_number", "5")]
    );
    assert_eq!(
        further("cognito-identity.amazonaws.com", &[("user_id", r#""x""#)]),
        []
    );
}
