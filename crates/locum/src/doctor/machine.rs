//! What is about this machine and this program: the vault, and which `aws` it is that people type.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use locum_credentials::{Environment, Kind, Vault as _, plain};

use super::report::Report;
use crate::cli::config::Profile;
use crate::vault;

/// Looks at where this program keeps its own secrets. Only names are read.
pub(super) fn vault(environment: &Environment, profile: &Profile, report: &mut Report) {
    let setting = match profile.trusted(vault::SETTING) {
        Ok(setting) => setting,
        Err(failure) => {
            report.find("untrusted", format!("{failure}: run chmod o-w on it."));
            return;
        }
    };
    let (chosen, by) = match environment.non_empty("LOCUM_VAULT") {
        Some(chosen) => (chosen, ", by LOCUM_VAULT"),
        None => match setting {
            Some(setting) => (setting.to_owned(), ", by the profile"),
            None => (String::new(), ""),
        },
    };
    if let Err(reason) = vault::open(environment, setting) {
        report.find("vault", format!("{reason}: correct it."));
        return;
    }
    // A keyring is not asked: it may have to be unlocked, and so ask somebody.
    if !matches!(chosen.as_str(), "" | "file") {
        report.fact("vault", format!("{chosen}{by}"));
        return;
    }
    let files = vault::files(environment);
    let mut kept = Vec::new();
    for kind in Kind::ALL {
        match files.list(kind) {
            Ok(names) if names.is_empty() => {}
            Ok(names) => kept.push(format!("{} {}", names.len(), kind.word())),
            Err(error) => {
                report.find("vault", format!("{error}: mend or remove it."));
                return;
            }
        }
    }
    let kept = if kept.is_empty() {
        "nothing kept".to_owned()
    } else {
        kept.join(", ")
    };
    report.fact("vault", format!("files{by}: {kept}"));
}

/// Looks for the `aws` that a shell would run.
pub(super) fn program(environment: &Environment, report: &mut Report) {
    let path = environment.non_empty("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|directory| directory.join("aws"))
        .find(|file| is_program(file));
    let Some(found) = found else {
        report.fact("aws", "none on PATH");
        return;
    };
    let own = std::env::current_exe().and_then(|own| own.canonicalize());
    let is_own = own.is_ok_and(|own| found.canonicalize().is_ok_and(|other| other == own));
    let shown = plain(&found.display().to_string());
    report.fact(
        "aws",
        if is_own {
            format!("{shown} is this program")
        } else {
            format!("{shown} is another program")
        },
    );
}

fn is_program(file: &Path) -> bool {
    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
