//! The real clients: `aws` (both major versions), boto3, the AWS SDK for JavaScript and smaller ones, driven by pytest against
//! the built program, and the identity providers whose users they are.
//!
//! Version 1 of `aws`, boto3 and what signs SAML responses come from PyPI into a virtual environment under the build
//! directory; version 2 is not on PyPI, so it comes from Debian, as `curl`, `xmlsec1` and a keyring do; the SDK for JavaScript
//! and more providers come from npm.

use crate::environment::Environment;
use crate::error::TaskError;
use crate::node;
use crate::packages;
use crate::places;
use crate::tool::Tool;
use std::path::PathBuf;

const VERSION_2: &str = "/usr/bin/aws";

/// Installs whatever the client tests need and this machine lacks.
pub(crate) fn prepare() -> Result<(), TaskError> {
    packages::install(&missing_packages())?;
    environment().prepare()?;
    node::prepare()
}

/// Runs the client tests against the built program, handing `arguments` on to pytest. They run on every core, each
/// worker with a server of its own: most of their time is spent starting `aws`.
pub(crate) fn run(arguments: Vec<std::ffi::OsString>) -> Result<(), TaskError> {
    let binary = places::binary();
    if !binary.is_file() {
        return Err(TaskError::NotBuilt {
            path: binary,
            remedy: "run `cargo build --workspace --bins --examples`",
        });
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut pytest = Tool::new(environment().program("python"))
        .words("-m pytest -p no:cacheprovider --durations=5 --dist loadfile --numprocesses")
        .arg(cores.to_string())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("LOCUM_BIN", binary)
        .env("LOCUM_AWS_V1", environment().program("aws"))
        .env("LOCUM_AWS_V2", VERSION_2)
        .env("LOCUM_C14N", places::example("c14n"))
        .env("LOCUM_NPM", node::PROVIDERS.directory())
        .env("LOCUM_NPM_CLIENTS", node::CLIENTS.directory())
        .in_directory(&places::root().join("tests/clients"));
    for argument in arguments {
        pytest = pytest.arg(argument);
    }
    pytest.run()
}

/// The commands of AWS that are installed, version 1 first.
pub(crate) fn originals() -> impl Iterator<Item = PathBuf> {
    let both = [environment().program("aws"), PathBuf::from(VERSION_2)];
    both.into_iter().filter(|path| path.is_file())
}

fn environment() -> Environment {
    Environment::new("venv", "tests/clients/requirements.txt")
}

fn missing_packages() -> Vec<&'static str> {
    let mut missing = Vec::new();
    let version = Tool::new(VERSION_2).arg("--version").output().unwrap_or_default();
    if !version.starts_with("aws-cli/2") {
        missing.push("awscli");
    }
    // zsh and fish are the shells whose completion is tried beside that of bash.
    for program in ["curl", "xmlsec1", "zsh", "fish"] {
        if Tool::new(program).arg("--version").output().is_none() {
            missing.push(program);
        }
    }
    if Tool::new("gnome-keyring-daemon")
        .arg("--version")
        .output()
        .is_none()
    {
        missing.push("gnome-keyring");
    }
    if Tool::new("dbus-daemon").arg("--version").output().is_none() {
        missing.push("dbus-daemon");
    }
    if Tool::new("python3").arg("--version").output().is_none() {
        missing.push("python3");
    }
    if Tool::new("python3")
        .arg("-c")
        .arg("import venv, ensurepip")
        .output()
        .is_none()
    {
        missing.push("python3-venv");
    }
    missing
}
