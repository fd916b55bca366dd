//! What profiles name on this machine: programs that are to be run and files that are to be read. Only full paths are looked at;
//! what else there is depends on where a command is run.

use std::path::Path;

use locum_credentials::{Files, plain, split_words};

use super::report::Report;

/// Looks whether what every profile names is there.
pub(super) fn look(files: &Files, report: &mut Report) {
    for name in files.names() {
        let view = files.profile(name).unwrap_or_default();
        for setting in ["credential_process", "mfa_process"] {
            let words = view.get(setting).and_then(|line| split_words(line).ok());
            if let Some(program) = words.as_ref().and_then(|words| words.first())
                && is_missing(program)
            {
                report.find(
                    "missing-program",
                    format!(
                        "The {setting} of the profile {} is {}, which is not there: install it, or correct the setting.",
                        plain(name),
                        plain(program)
                    ),
                );
            }
        }
        if let Some(token) = view.get("web_identity_token_file")
            && is_missing(token)
        {
            report.find(
                "missing-token",
                format!(
                    "The web_identity_token_file of the profile {} is {}, which is not there: have the token written there, or \
                     correct the setting.",
                    plain(name),
                    plain(token)
                ),
            );
        }
    }
}

/// Tells whether a full path leads nowhere. One that cannot be followed may lead somewhere.
fn is_missing(path: &str) -> bool {
    let path = Path::new(path);
    path.is_absolute() && matches!(path.try_exists(), Ok(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let there = directory.path().join("there");
        std::fs::write(&there, "").unwrap();
        let (there, gone) = (there.display(), directory.path().join("gone"));
        let gone = gone.display();
        for (setting, code) in [
            (format!("credential_process = {there} --for me"), None),
            (
                format!("credential_process = {gone} --for me"),
                Some("missing-program"),
            ),
            (
                format!("credential_process = \"{gone}\" me"),
                Some("missing-program"),
            ),
            ("credential_process = gone --for me".to_owned(), None),
            ("credential_process = '".to_owned(), None),
            (format!("mfa_process = {gone}"), Some("missing-program")),
            (format!("web_identity_token_file = {there}"), None),
            (format!("web_identity_token_file = {gone}"), Some("missing-token")),
            ("web_identity_token_file = gone".to_owned(), None),
        ] {
            let mut report = Report::default();
            look(
                &Files::of(&format!("[profile p]\n{setting}\n"), "").unwrap(),
                &mut report,
            );
            let found: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
            assert_eq!(found, Vec::from_iter(code), "{setting}");
        }
    }
}
