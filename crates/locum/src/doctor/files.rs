//! The two files: where they are, who may read and write them, and whether they can be read.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use locum_credentials::{Environment, Files, Section, parse_profile_file, plain};

use super::profiles;
use super::report::{Report, absent};

/// The largest file that is looked into, in bytes; the chain refuses larger ones.
const MAX_FILE: u64 = 16 << 20;

/// Looks at the files and returns what they say, or nothing if they cannot be read.
pub(super) fn look(environment: &Environment, report: &mut Report) -> Files {
    let [config, credentials] = Files::paths(environment);
    for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        if environment.get(variable).is_some_and(|value| value.is_empty()) {
            let text =
                format!("{variable} is set and empty, so that file is not read: unset it, or name a file.");
            report.find("file-off", text);
        }
    }
    if environment.home().is_none() && (config.is_none() || credentials.is_none()) {
        let text = "There is no home directory to look for files in: set HOME.";
        report.find("no-home", text);
    }
    let config = file("config", config.as_deref(), report);
    let credentials = file("credentials", credentials.as_deref(), report);
    if let (Some(config), Some(credentials)) = (&config, &credentials) {
        profiles::headings(config, credentials, report);
    }
    match Files::load(environment) {
        Ok(files) => files,
        Err(error) => {
            let sentence = plain(&error.to_string());
            report.find(
                "unreadable",
                format!("{sentence}: correct or remove it; until then no command works."),
            );
            Files::default()
        }
    }
}

/// Looks at one file, and returns its sections.
fn file(what: &'static str, path: Option<&Path>, report: &mut Report) -> Option<Vec<(String, Section)>> {
    let path = path?;
    let shown = plain(&path.display().to_string());
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            report.fact("file", absent(&shown, &error));
            return Some(Vec::new());
        }
    };
    permissions(what, &shown, &metadata, report);
    if metadata.len() > MAX_FILE || !metadata.is_file() {
        return None;
    }
    let sections = parse_profile_file(&fs::read_to_string(path).ok()?).ok()?;
    let count = match sections.len() {
        1 => "1 section".to_owned(),
        count => format!("{count} sections"),
    };
    report.fact(
        "file",
        format!("{shown}, mode {:04o}, {count}", metadata.mode() & 0o7777),
    );
    Some(sections)
}

fn permissions(what: &str, shown: &str, metadata: &Metadata, report: &mut Report) {
    let me = rustix::process::geteuid().as_raw();
    let mode = metadata.mode();
    if metadata.uid() != me && metadata.uid() != 0 {
        report.find(
            "foreign-file",
            format!("{shown} belongs to somebody else, so its programs and endpoints are not followed: run chown on it."),
        );
    } else if mode & 0o002 != 0 {
        report.find(
            "writable-file",
            format!(
                "{shown} can be written by everybody, so its programs and endpoints are not followed: run `chmod o-w {shown}`."
            ),
        );
    }
    if what == "credentials" && mode & 0o044 != 0 {
        report.find(
            "readable-file",
            format!("{shown} can be read by others, and holds secrets: run `chmod 600 {shown}`."),
        );
    }
}
