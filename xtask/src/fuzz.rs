//! Short runs of the fuzz targets, with the pinned stable compiler.
//!
//! `cargo fuzz` wants a nightly compiler for the address sanitizer. Safe code without it needs only coverage, and the
//! flags that LLVM takes for that are stable. They go to the target alone (`--target`), never to build scripts, which
//! would not link.

use crate::error::TaskError;
use crate::packages;
use crate::places;
use crate::tool::Tool;
use std::path::{Path, PathBuf};

const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

/// How many targets run side by side: one a core of the smallest machine that CI has.
const AT_ONCE: usize = 2;

/// The fuzz crate's manifest, if there is one.
pub(crate) fn manifest() -> Option<PathBuf> {
    let manifest = places::root().join("fuzz/Cargo.toml");
    manifest.is_file().then_some(manifest)
}

/// Builds all targets, then runs each for `seconds`, from its seeds and what earlier runs found.
pub(crate) fn run(seconds: u32) -> Result<(), TaskError> {
    let Some(manifest) = manifest() else {
        return Err(TaskError::Usage(
            "there are no fuzz targets: fuzz/Cargo.toml does not exist".to_owned(),
        ));
    };
    if Tool::new("c++").arg("--version").output().is_none() {
        packages::install(&["g++"])?;
    }
    let host = host()?;
    let built = places::target().join("fuzz");
    Tool::cargo()
        .words("build --release --locked --bins --manifest-path")
        .arg(&manifest)
        .arg("--target")
        .arg(&host)
        .arg("--target-dir")
        .arg(&built)
        .env("RUSTFLAGS", COVERAGE)
        .run()?;
    let programs = built.join(&host).join("release");
    let targets = targets(&places::read(&manifest)?);
    if targets.is_empty() {
        return Err(TaskError::Usage(
            "there are no fuzz targets: fuzz/Cargo.toml names none".to_owned(),
        ));
    }
    for together in targets.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            let running: Vec<_> = together
                .iter()
                .map(|target| {
                    let program = programs.join(target);
                    scope.spawn(move || run_one(&program, target, seconds))
                })
                .collect();
            // All are waited for before the first failure ends the step.
            let outcomes: Vec<_> = running.into_iter().map(|run| run.join()).collect();
            outcomes
                .into_iter()
                .try_for_each(|outcome| outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
    }
    Ok(())
}

fn run_one(program: &Path, target: &str, seconds: u32) -> Result<(), TaskError> {
    let fuzz = places::root().join("fuzz");
    let (corpus, artifacts) = (
        fuzz.join("corpus").join(target),
        fuzz.join("artifacts").join(target),
    );
    for directory in [&corpus, &artifacts] {
        std::fs::create_dir_all(directory).map_err(|source| TaskError::File {
            path: directory.clone(),
            source,
        })?;
    }
    let mut prefix = std::ffi::OsString::from("-artifact_prefix=");
    prefix.push(artifacts.join(""));
    let tool = Tool::new(program)
        .arg(format!("-max_total_time={seconds}"))
        .arg("-print_final_stats=1");
    let tool = tool.arg("-verbosity=0").arg(prefix).arg(&corpus);
    let seeds = fuzz.join("seeds").join(target);
    if seeds.is_dir() {
        tool.arg(seeds).run()
    } else {
        tool.run()
    }
}

/// The triple that the compiler builds for by itself.
fn host() -> Result<String, TaskError> {
    let version = Tool::new("rustc").arg("-vV").output().unwrap_or_default();
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| TaskError::Missing {
            program: "rustc".to_owned(),
            remedy: "install Rust with rustup".to_owned(),
        })
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
