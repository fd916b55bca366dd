//! Every profile side by side: each is asked on a thread of its own, a few at a time, and its row stands where it stands in
//! the files.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use locum_credentials::{Prompt, State, one_line};
use locum_crypto::SecretString;

use super::identity::Identity;
use super::look::{offline, online};
use super::options::Options;
use super::{Caller, WhoamiError};
use crate::cli::config::{Environment, Files, Profile};
use crate::cli::errors::Failure;
use crate::columns;

/// Enough to wait for several services at once, and few enough for any of them.
const THREADS: usize = 8;
/// The longest reason in a row, in characters.
const LONGEST: usize = 100;

/// Asks about every profile.
pub(super) fn rows(options: &Options, environment: &Environment) -> Result<Vec<Identity>, WhoamiError> {
    let files = Profile::choose(Files::load(environment)?, None, &Environment::default())?.files;
    let names: Vec<&str> = files.names();
    if let Some(option) = options.caller.without_role() {
        return Err(Failure::Usage(format!("{option} needs --role")).into());
    }
    if names.is_empty() {
        return Err(WhoamiError::NoProfiles);
    }
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let shows = io::stderr().is_terminal() && !options.offline;
    let rows: Mutex<Vec<(usize, Identity)>> = Mutex::new(Vec::with_capacity(names.len()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(names.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(name) = names.get(index) else { break };
                    let row = row(name, options, environment);
                    let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                    let mut rows = rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    rows.push((index, row));
                    if shows {
                        let _ = write!(io::stderr(), "\r{count} of {} profiles asked", names.len());
                    }
                }
            });
        }
    });
    if shows {
        // Back to the beginning of the line, and nothing on it.
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    let mut rows = rows
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    rows.sort_by_key(|(index, _)| *index);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Nobody to ask, and whether somebody should have been.
#[derive(Default)]
struct Nobody(Cell<bool>);

impl Prompt for Nobody {
    fn code(&self, _: &str) -> Result<SecretString, String> {
        self.0.set(true);
        Err("nobody is asked with --all".to_owned())
    }
}

fn row(name: &str, options: &Options, environment: &Environment) -> Identity {
    let mut own = options.caller.clone();
    own.profile = Some(name.to_owned());
    let caller = match Caller::open(&own, environment) {
        Ok(caller) => caller,
        Err(failure) => return failed(name, None, &failure),
    };
    let seen = offline(&caller, &own, environment);
    if options.offline {
        return seen.unwrap_or_else(|failure| failed(name, None, &failure));
    }
    let nobody = Nobody::default();
    match online(&caller, &own, environment, &nobody) {
        Ok((who, _)) => who,
        Err(_) if nobody.0.get() => Identity {
            failure: Some("needs an MFA code".to_owned()),
            ..seen.unwrap_or_else(|failure| failed(name, None, &failure))
        },
        Err(failure) => failed(name, seen.ok(), &failure),
    }
}

fn failed(name: &str, seen: Option<Identity>, failure: &Failure) -> Identity {
    let empty = Identity {
        profile: name.to_owned(),
        profile_from: "--all",
        arn: None,
        user_id: None,
        account: None,
        alias: None,
        access_key_id: None,
        source_identity: None,
        expiration: None,
        state: State::Unknown,
        hops: Vec::new(),
        region: None,
        endpoint: None,
        failure: None,
        asked: false,
        now: Timestamp::now(),
    };
    Identity {
        failure: Some(reason(failure)),
        ..seen.unwrap_or(empty)
    }
}

/// A failure in a few words.
fn reason(failure: &Failure) -> String {
    let text = match failure {
        Failure::NoCredentials => "no credentials".to_owned(),
        Failure::NoRegion => "no region".to_owned(),
        Failure::Service { code, message, .. } => format!("{code}: {message}"),
        other => other.to_string(),
    };
    let line = one_line(&text);
    if line.chars().nth(LONGEST).is_some() {
        let cut: String = line.chars().take(LONGEST - 1).collect();
        return format!("{cut}…");
    }
    line
}

/// One row a profile, in columns.
pub(super) fn table(rows: &[Identity]) -> String {
    let cells = rows.iter().map(|who| {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let last = match (&who.failure, &who.arn) {
            (Some(failure), _) => format!("! {failure}"),
            (None, Some(arn)) => arn.clone(),
            (None, None) => {
                let source = if who.hops.is_empty() {
                    "no credentials"
                } else {
                    who.source()
                };
                format!("({source})")
            }
        };
        let left = who.left();
        let left = if left.is_empty() { "-".to_owned() } else { left };
        [who.profile.clone(), text(&who.account), left, last]
    });
    columns::table(["PROFILE", "ACCOUNT", "LEFT", "WHO"], cells)
}
