//! `locum keys`: long-term access keys in the vault instead of in `~/.aws/credentials`.
//!
//! `aws` and every SDK find them by one line of the config file, `credential_process = locum keys get NAME`; `locum` itself
//! goes the same way. A secret comes from the terminal, from standard input or out of a file, and never from a command line.

mod entry;
mod options;
mod profile;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Read as _};
use std::process::ExitCode;

use jiff::Timestamp;
use locum_credentials::{Environment, Kind, Vault, VaultError};
use locum_crypto::{SecretBytes, SecretString};

use self::entry::{Entry, EntryError};
use self::options::{Add, HELP, OptionsError, Wanted, parse};
use self::profile::{Plan, ProfileError, asking_for};
use crate::cli::config::{self, Files, Profile};
use crate::cli::errors::Failure;
use crate::cli::{credentials, prompt, stream};
use crate::columns;
use crate::outcome::{FAILED, USAGE, asks_for_help, hint, print, refuse};
use crate::vault;

/// The largest JSON that is read, in bytes.
const MAX_INPUT: u64 = 64 << 10;
/// What is locked while files are changed: no name of keys, since it has a blank.
const FILES: &str = "configuration files";

/// Why keys are not kept, found or given.
#[derive(Debug, thiserror::Error)]
enum KeysError {
    #[error("{0}")]
    Options(#[from] OptionsError),
    #[error("{}", .0.sentence())]
    Configuration(Box<Failure>),
    #[error("{0}")]
    Vault(#[from] VaultError),
    #[error("{0}")]
    Entry(#[from] EntryError),
    #[error("{0}")]
    Profile(#[from] ProfileError),
    #[error("no keys are kept under the name {0}; `locum keys list` shows those that are")]
    Unknown(String),
    #[error("there are keys under the name {0} already; --replace replaces them")]
    Taken(String),
    #[error("what is kept under the name {0} is not keys; remove it and add them anew")]
    Spoilt(String),
    #[error("cannot ask for the keys: {0}")]
    Asking(String),
    #[error("cannot read standard input: {0}")]
    Input(io::Error),
}

impl From<Failure> for KeysError {
    fn from(failure: Failure) -> Self {
        Self::Configuration(Box::new(failure))
    }
}

impl KeysError {
    const fn exit_code(&self) -> u8 {
        match self {
            Self::Options(_) => USAGE,
            _ => FAILED,
        }
    }
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    if asks_for_help(&words) {
        return print(HELP, ExitCode::SUCCESS);
    }
    stream::watch_interrupts();
    match perform(words) {
        Ok(text) => print(text.expose(), ExitCode::SUCCESS),
        Err(error) => refuse(&error.to_string(), error.exit_code()),
    }
}

fn perform(words: Vec<OsString>) -> Result<SecretString, KeysError> {
    let wanted = parse(words)?;
    let environment = config::environment()?;
    let vault = match &wanted {
        // Others run it, with profiles in force that say nothing of where these keys are.
        Wanted::Get(_) => vault::open(&environment, None).map_err(VaultError::Unusable)?,
        _ => {
            let profile = configured(&environment)?;
            credentials::open_vault(&environment, &profile)
        }
    };
    match wanted {
        Wanted::Add(add) => {
            keep(&add, &environment, &*vault)?;
            Ok("".into())
        }
        Wanted::Get(name) => Ok(load(&*vault, &name)?.to_process()),
        Wanted::List => Ok(list(&*vault)?.into()),
        Wanted::Remove(name) => {
            if !vault.remove(Kind::Keys, &name)? {
                return Err(KeysError::Unknown(name));
            }
            for profile in asking_for(&configured(&environment)?.files, &name) {
                hint(&format!(
                    "the profile {profile} still has credential_process = locum keys get {name}: take that line out"
                ));
            }
            Ok("".into())
        }
        Wanted::Forget => {
            let mut done = Ok("".into());
            for name in vault.list(Kind::MfaSession)? {
                // One that stays keeps no other.
                if let Err(error) = vault.remove(Kind::MfaSession, &name) {
                    done = Err(error.into());
                }
            }
            done
        }
    }
}

/// The profile in force, with the files as they are now.
fn configured(environment: &Environment) -> Result<Profile, Failure> {
    Profile::choose(Files::load(environment)?, None, environment)
}

fn load(vault: &dyn Vault, name: &str) -> Result<Entry, KeysError> {
    let kept = vault.load(Kind::Keys, name)?;
    let kept = kept.ok_or_else(|| KeysError::Unknown(name.to_owned()))?;
    Entry::from_json(kept.expose()).map_err(|_| KeysError::Spoilt(name.to_owned()))
}

fn keep(add: &Add, environment: &Environment, vault: &dyn Vault) -> Result<(), KeysError> {
    let name = &add.name;
    let target = add.from_profile.as_deref().unwrap_or(name);
    let moving = add.from_profile.is_some();
    let check = |plan: &Plan<'_>| match add.write_config {
        true => plan.check_config(moving),
        false => Ok(()),
    };
    // What cannot be done later is told before anything is asked or moved.
    let files = configured(environment)?.files;
    let plan = Plan::new(environment, &files, target, name);
    check(&plan)?;
    let typed = if moving {
        plan.keys()?;
        None
    } else {
        Some(given()?)
    };
    // One command at a time reads the files and replaces them; what another has done meanwhile is looked at anew.
    let _lock = vault.lock(Kind::Keys, FILES);
    let files = configured(environment)?.files;
    let plan = Plan::new(environment, &files, target, name);
    check(&plan)?;
    let entry = match typed {
        Some(entry) => entry,
        None => plan.keys()?,
    };
    if !add.replace && vault.load(Kind::Keys, name)?.is_some() {
        return Err(KeysError::Taken(name.clone()));
    }
    let now = Timestamp::now();
    vault.store(Kind::Keys, name, &entry.to_kept(now))?;
    // They leave the file only when they are found where they went, and the line is there that says where.
    let found = load(vault, name)?;
    if !found.secret_access_key.matches(entry.secret_access_key.expose()) {
        return Err(KeysError::Spoilt(name.clone()));
    }
    if add.write_config {
        let path = plan.write_config(now)?;
        hint(&format!("{path} says now where `aws` and SDKs find them"));
    } else {
        hint(&format!(
            "for `aws` and SDKs, put this below [{}] in the config file: credential_process = locum keys get {name}",
            plan.heading()
        ));
    }
    if moving {
        plan.take_keys_out(now)?;
    }
    Ok(())
}

/// Keys that somebody types, or that a program pipes in.
fn given() -> Result<Entry, KeysError> {
    if !io::stdin().is_terminal() {
        let mut bytes = Vec::new();
        let read = io::stdin().take(MAX_INPUT).read_to_end(&mut bytes);
        let bytes = SecretBytes::new(bytes);
        read.map_err(KeysError::Input)?;
        // PowerShell puts a byte order mark before what it pipes.
        let text = bytes.expose();
        return Ok(Entry::from_json(
            text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text),
        )?);
    }
    let ask = |question: &str, hidden| {
        let line =
            prompt::on_terminal(question, hidden).map_err(|error| KeysError::Asking(error.to_string()))?;
        line.ok_or_else(|| KeysError::Asking("nobody answered".to_owned()))
    };
    let id = ask("Access key id: ", false)?;
    let secret = ask("Secret access key: ", true)?;
    Ok(Entry::new(id.expose(), secret)?)
}

fn list(vault: &dyn Vault) -> Result<String, KeysError> {
    let mut rows = Vec::new();
    for name in vault.list(Kind::Keys)? {
        let unknown = || "-".to_owned();
        let row = match load(vault, &name) {
            Ok(entry) => [
                name,
                entry.access_key_id.clone(),
                entry.account().unwrap_or_else(unknown),
                entry.since.map_or_else(unknown, |since| since.to_string()),
            ],
            Err(KeysError::Spoilt(_)) => [name, "not keys".to_owned(), unknown(), unknown()],
            Err(error) => return Err(error),
        };
        rows.push(row);
    }
    Ok(columns::table(
        ["NAME", "ACCESS KEY ID", "ACCOUNT", "SINCE"],
        rows,
    ))
}
