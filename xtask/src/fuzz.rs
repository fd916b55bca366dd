//! Short runs of the fuzz targets, with the pinned stable compiler.

use crate::error::TaskError;
use crate::places;
use crate::tool::Tool;
use std::path::PathBuf;

/// The fuzz crate's manifest, if there is one.
pub(crate) fn manifest() -> Option<PathBuf> {
    let manifest = places::root().join("fuzz/Cargo.toml");
    manifest.is_file().then_some(manifest)
}

/// Runs every target for `seconds`.
pub(crate) fn run(seconds: u32) -> Result<(), TaskError> {
    let Some(manifest) = manifest() else {
        return Err(TaskError::Usage(
            "there are no fuzz targets: fuzz/Cargo.toml does not exist".to_owned(),
        ));
    };
    for target in targets(&places::read(&manifest)?) {
        Tool::cargo()
            .words("run --quiet --release --manifest-path")
            .arg(&manifest)
            .words("--bin")
            .arg(&target)
            .arg("--")
            .arg(format!("-max_total_time={seconds}"))
            .run()?;
    }
    Ok(())
}

/// The names of a manifest's `[[bin]]` entries.
fn targets(manifest: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[[bin]]";
        } else if inside
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "name"
        {
            names.push(value.trim().trim_matches('"').to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_the_binaries() {
        let manifest = "[package]\nname = \"fuzz\"\n[[bin]]\nname = \"form\"\npath = \"a.rs\"\n\n[[bin]]\npath = \"b.rs\"\nname=\"token\"\n";
        assert_eq!(targets(manifest), ["form", "token"]);
    }
}
