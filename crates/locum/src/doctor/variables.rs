//! What the environment says against itself.

use jiff::Timestamp;
use locum_credentials::{Environment, parse_time, plain};

use super::report::Report;
use super::settings::MISTAKEN_VARIABLES;

/// Pairs of which the first counts here and the second elsewhere.
const PAIRS: [(&str, &str, &str); 3] = [
    (
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "version 1 of aws takes the second",
    ),
    (
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "version 1 of aws takes the second",
    ),
    (
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_TOKEN",
        "the old name still wins",
    ),
];

/// Looks at the variables.
pub(super) fn look(environment: &Environment, report: &mut Report) {
    let get = |name: &str| environment.non_empty(name);
    for (first, second, why) in PAIRS {
        if let (Some(one), Some(other)) = (get(first), get(second))
            && one != other
        {
            report.find(
                "variables-differ",
                format!(
                    "{first} and {second} differ, and {why}: unset one of them, or set both to the same."
                ),
            );
        }
    }
    for (name, meant) in MISTAKEN_VARIABLES {
        if get(name).is_some() && get(meant).is_none() {
            report.find(
                "unknown-variable",
                format!("{name} is set, but nothing reads it: set {meant}."),
            );
        }
    }
    let token = get("AWS_SECURITY_TOKEN").or_else(|| get("AWS_SESSION_TOKEN"));
    match (get("AWS_ACCESS_KEY_ID"), &token) {
        (None, Some(_)) => report.find(
            "token-alone",
            "AWS_SESSION_TOKEN is set without AWS_ACCESS_KEY_ID, so it is not used: set the key it belongs to, or unset it.",
        ),
        (Some(key), None) if key.starts_with("ASIA") => report.find(
            "token-missing",
            "AWS_ACCESS_KEY_ID is a temporary key and works with its session token only: set AWS_SESSION_TOKEN.",
        ),
        (Some(key), Some(_)) if key.starts_with("AKIA") => report.find(
            "token-surplus",
            "AWS_ACCESS_KEY_ID is a long-term key, and the session token in the environment belongs to another: unset \
             AWS_SESSION_TOKEN.",
        ),
        _ => {}
    }
    if get("AWS_ACCESS_KEY_ID").is_none() && get("AWS_SECRET_ACCESS_KEY").is_some() {
        report.find(
            "secret-alone",
            "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID, so it is not used: set both, or unset it.",
        );
    }
    if let Some(text) = get("AWS_CREDENTIAL_EXPIRATION") {
        match parse_time(&text) {
            Some(end) if end <= Timestamp::now() => {
                report.find(
                    "expired",
                    format!(
                        "The credentials of the environment are over since {end}: replace or unset them."
                    ),
                );
            }
            Some(_) => {}
            None => report.find(
                "no-time",
                format!(
                    "AWS_CREDENTIAL_EXPIRATION is \"{}\": set it to a time like 2027-01-31T12:00:00Z.",
                    plain(&text)
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_contradicts_itself_is_found() {
        let secret = ("AWS_SECRET_ACCESS_KEY", "hush");
        for (variables, expected) in [
            (
                &[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "b")][..],
                Some("variables-differ"),
            ),
            (
                &[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "b")],
                Some("variables-differ"),
            ),
            (&[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "a")], None),
            (&[("AWS_SECRET_KEY", "hush")], Some("unknown-variable")),
            (&[("AWS_SESSION_TOKEN", "hush")], Some("token-alone")),
            (&[("AWS_ACCESS_KEY_ID", "ASIAX"), secret], Some("token-missing")),
            (
                &[
                    ("AWS_ACCESS_KEY_ID", "AKIAX"),
                    secret,
                    ("AWS_SESSION_TOKEN", "hush"),
                ],
                Some("token-surplus"),
            ),
            (&[("AWS_ACCESS_KEY_ID", "AKIAX"), secret], None),
            (&[secret], Some("secret-alone")),
            (
                &[("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T00:00:00Z")],
                Some("expired"),
            ),
            (&[("AWS_CREDENTIAL_EXPIRATION", "soon")], Some("no-time")),
        ] {
            let mut report = Report::default();
            look(&Environment::of(variables), &mut report);
            let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected.into_iter().collect::<Vec<_>>(), "{variables:?}");
            assert!(
                report
                    .findings
                    .iter()
                    .all(|finding| !finding.text.contains("hush"))
            );
        }
    }
}
