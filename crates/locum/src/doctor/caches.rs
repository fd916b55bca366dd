//! What commands keep for each other, in caches and in the vault's files: how much of it is good, and who else could read or change it.

use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use locum_credentials::{Environment, Kind, others_read, others_write, parse_time, plain, state_directory};
use serde_json::Value;

use super::report::{Report, absent};
use crate::cli::credentials::Caches;

/// No entry is larger.
const MAX_ENTRY: u64 = 1 << 20;
/// Where entries say when they end: those of roles, of Identity Center, of `aws login`.
const ENDS: [&str; 3] = ["/Credentials/Expiration", "/expiresAt", "/accessToken/expiresAt"];

/// Looks at the directories.
pub(super) fn look(environment: &Environment, report: &mut Report) {
    let now = Timestamp::now();
    for directory in Caches::directories(environment).into_iter().flatten() {
        let shown = plain(&directory.display().to_string());
        let metadata = match fs::metadata(&directory) {
            Ok(metadata) => metadata,
            Err(error) => {
                report.fact("cache", absent(&shown, &error));
                continue;
            }
        };
        if others_write(&metadata) {
            report.find(
                "open-cache",
                format!("{shown} can be written by others, who could put their own sessions there: run `chmod 700 {shown}`."),
            );
        }
        let (mut valid, mut over, mut other) = (0_usize, 0_usize, 0_usize);
        for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            match entry.metadata() {
                Ok(metadata) => guard(&path, &metadata, report),
                Err(_) => continue,
            }
            match end(&path) {
                Some(end) if end > now => valid += 1,
                Some(_) => over += 1,
                None => other += 1,
            }
        }
        let other = if other > 0 {
            format!(", {other} others")
        } else {
            String::new()
        };
        report.fact("cache", format!("{shown}: {valid} valid, {over} over{other}"));
    }
    vault(environment, report);
}

/// Looks at the files of the vault, which are refused where those of a cache are passed over.
fn vault(environment: &Environment, report: &mut Report) {
    let directories = Kind::ALL.into_iter().filter_map(|kind| {
        let directory = state_directory(environment)?.join(kind.word());
        Some((fs::metadata(&directory).ok()?, directory))
    });
    for (metadata, directory) in directories {
        let shown = plain(&directory.display().to_string());
        if others_write(&metadata) {
            report.find(
                "open-vault",
                format!("{shown} can be written by others, so what it holds is refused: look what that is, and run `chmod 700 {shown}`."),
            );
        }
        for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(metadata) = entry.metadata() else { continue };
            if path.extension().is_none_or(|ending| ending != "secret") {
                continue;
            }
            let shown = plain(&path.display().to_string());
            if metadata.is_symlink() || others_write(&metadata) {
                report.find(
                    "refused-secret",
                    format!("{shown} is a link or can be written by others, and is refused: remove it."),
                );
            } else if others_read(&metadata) {
                report.find(
                    "refused-secret",
                    format!("{shown} can be read by others, and is refused: replace what others may have read, or run `chmod 600 {shown}`."),
                );
            }
        }
    }
}

/// Looks at one file, of which `metadata` is its own and not that of what it leads to.
fn guard(path: &Path, metadata: &Metadata, report: &mut Report) {
    let shown = plain(&path.display().to_string());
    if metadata.is_symlink() {
        report.find(
            "passed-over",
            format!("{shown} is a link and passed over: remove it."),
        );
    } else if others_write(metadata) {
        report.find(
            "passed-over",
            format!("{shown} can be written by others and is passed over: remove it."),
        );
    } else if others_read(metadata) {
        report.find(
            "readable-entry",
            format!("{shown} can be read by others, and holds secrets: run `chmod 600 {shown}`."),
        );
    }
}

/// When an entry ends.
fn end(path: &Path) -> Option<Timestamp> {
    let metadata = fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_ENTRY {
        return None;
    }
    let mut text = String::new();
    File::open(path)
        .ok()?
        .take(MAX_ENTRY)
        .read_to_string(&mut text)
        .ok()?;
    let entry: Value = serde_json::from_str(&text).ok()?;
    let end = ENDS.iter().find_map(|place| entry.pointer(place)?.as_str());
    parse_time(end?)
}
