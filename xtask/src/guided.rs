//! A build that is guided by a profile (docs/decisions/0008-guided-builds.md).
//!
//! The programs are built once to count how often each of their branches is taken, put through every kind of call
//! (`locum-bench train`), and built again with those counts, which tell the compiler what to inline and what to lay beside what.
//! A profile is named after the programs that it is of: what was counted before is not counted again, and a new profile is a
//! new build.

use crate::error::TaskError;
use crate::places;
use crate::tool::Tool;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// What belongs to a profile, be it built guided or not: the program, and what puts it through everything.
const COUNTED: [&str; 2] = ["locum", "locum-bench"];

/// Builds packages for a target on which they run here, and returns the directory of their programs.
pub(crate) fn build(target: &str, packages: &[&str]) -> Result<PathBuf, TaskError> {
    let profile = profile(target)?;
    released(target, packages, "-Cprofile-use=", &profile).run()?;
    Ok(places::target().join(target).join("release"))
}

/// The target that the compiler itself was built for.
fn host() -> Result<String, TaskError> {
    told_by_rustc("host-tuple")
}

/// Counts, unless that was done for the same programs.
fn profile(target: &str) -> Result<PathBuf, TaskError> {
    let merge = merging_tool()?;
    let directory = places::target().join("counted");
    let raw = directory.join("raw");
    released(target, &COUNTED, "-Cprofile-generate=", &raw)
        .arg("--target-dir")
        .arg(&directory)
        .run()?;
    let [program, bench] = COUNTED.map(|name| directory.join(target).join("release").join(name));
    let profile = directory.join(format!("{:016x}.profdata", hash_of(&[&program, &bench])?));
    if profile.is_file() {
        return Ok(profile);
    }
    // Counts of other programs do not belong to these.
    let _ = fs::remove_dir_all(&raw);
    Tool::new(bench).arg("train").arg(program).run()?;
    let unfinished = profile.with_extension("unfinished");
    Tool::new(merge)
        .words("merge --output")
        .arg(&unfinished)
        .arg(&raw)
        .run()?;
    fs::rename(&unfinished, &profile).map_err(|source| TaskError::File {
        path: unfinished,
        source,
    })?;
    Ok(profile)
}

/// A build of the release profile. With a target named, what runs while it builds is built without this flag.
fn released(target: &str, packages: &[&str], flag: &str, path: &Path) -> Tool {
    let given = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut cargo = Tool::cargo()
        .words("build --release --locked --target")
        .arg(target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(&given, flag, path));
    for package in packages {
        cargo = cargo.arg("--package").arg(package);
    }
    cargo
}

/// The compiler's flags that are given and one more, as cargo takes them where a path may have spaces.
fn flags(given: &str, flag: &str, path: &Path) -> OsString {
    let mut flags = OsString::new();
    for given in given.split_whitespace() {
        flags.push(given);
        flags.push("\u{1f}");
    }
    flags.push(flag);
    flags.push(path);
    flags
}

/// Where the compiler's own `llvm-profdata` is: one of another version may not read what its programs write.
fn merging_tool() -> Result<PathBuf, TaskError> {
    let directory = Path::new(&told_by_rustc("sysroot")?)
        .join("lib/rustlib")
        .join(host()?)
        .join("bin");
    let tool = directory.join("llvm-profdata");
    if !tool.is_file() {
        Tool::new("rustup")
            .words("component add llvm-tools")
            .or_else_tell("install rustup, or the compiler's llvm-tools by other means")
            .run()?;
    }
    Ok(tool)
}

fn told_by_rustc(what: &'static str) -> Result<String, TaskError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Tool::new(rustc)
        .arg("--print")
        .arg(what)
        .output()
        .ok_or(TaskError::Unknown(what))
}

fn hash_of(files: &[&Path]) -> Result<u64, TaskError> {
    let mut hasher = DefaultHasher::new();
    for path in files {
        let bytes = fs::read(path).map_err(|source| TaskError::File {
            path: path.to_path_buf(),
            source,
        })?;
        bytes.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_added_to_those_given_and_its_path_is_one_word() {
        let path = Path::new("/a b/c");
        assert_eq!(flags("", "-Cx=", path), "-Cx=/a b/c");
        assert_eq!(flags(" -Ca  -Cb ", "-Cx=", path), "-Ca\u{1f}-Cb\u{1f}-Cx=/a b/c");
    }

    #[test]
    fn a_profile_is_of_both_programs() {
        let this = std::env::current_exe().unwrap();
        let manifest = places::root().join("Cargo.toml");
        let of = |files: &[&Path]| hash_of(files).unwrap();
        assert_eq!(of(&[&this, &manifest]), of(&[&this, &manifest]));
        assert_ne!(of(&[&this, &manifest]), of(&[&manifest, &this]));
        assert_ne!(of(&[&this]), of(&[&manifest]));
        assert!(hash_of(&[Path::new("/nonexistent")]).is_err());
    }

    #[test]
    fn the_compiler_names_its_host() {
        assert!(host().unwrap().starts_with(std::env::consts::ARCH));
        assert!(told_by_rustc("nothing-of-this-name").is_err());
    }
}
