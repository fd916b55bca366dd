//! Every profile side by side: each is asked on a thread of its own, a few at a time and none longer than a limit, and its row
//! stands where it stands in the files.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use locum_credentials::{Prompt, State, one_line};
use locum_crypto::SecretString;

use super::aside::side_by_side;
use super::identity::Identity;
use super::look::{offline, online};
use super::options::Options;
use super::{Caller, WhoamiError};
use crate::caller::CallerOptions;
use crate::cli::config::{Environment, Files};
use crate::cli::errors::Failure;
use crate::columns;

/// Enough to wait for several services at once, and few enough for any of them.
const THREADS: usize = 8;
/// Long enough for a browserless sign-in over a slow line, and short enough to be waited for.
const USUAL_LIMIT: Duration = Duration::from_secs(20);
/// So much later a profile is given up: by then its programs have been ended, which nobody would do afterwards.
const GRACE: Duration = Duration::from_millis(250);
/// The longest reason in a row, in characters.
const LONGEST: usize = 100;

/// Asks about every profile.
pub(super) fn rows(options: &Options, environment: &Environment) -> Result<Vec<Identity>, WhoamiError> {
    let names: Arc<[String]> = Files::load(environment)?.names().into();
    options.caller.check()?;
    if names.is_empty() {
        return Err(WhoamiError::NoProfiles);
    }
    let limit = options.timeout.unwrap_or(USUAL_LIMIT);
    let shows = io::stderr().is_terminal() && !options.offline;
    let mut told = |over: usize| {
        if shows {
            let line = format!("\r{over} of {} profiles asked", names.len());
            let _ = io::stderr().write_all(line.as_bytes());
        }
    };
    let ask = {
        let names = Arc::clone(&names);
        let (question, environment) = (Question::of(options, limit), environment.clone());
        move |index: usize| {
            let name = names.get(index).map_or("", String::as_str);
            question.row(name, &environment)
        }
    };
    let rows = side_by_side(names.len(), THREADS, limit + GRACE, ask, &mut told);
    if shows {
        // Back to the beginning of the line, and nothing on it.
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    let question = Question::of(options, limit);
    let rows = names.iter().zip(rows);
    Ok(rows
        .map(|(name, row)| row.unwrap_or_else(|| question.given_up(name, environment)))
        .collect())
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

/// What is asked about each profile.
struct Question {
    caller: CallerOptions,
    offline: bool,
    limit: Duration,
}

impl Question {
    fn of(options: &Options, limit: Duration) -> Self {
        Self {
            caller: options.caller.clone(),
            offline: options.offline,
            limit,
        }
    }

    fn row(&self, name: &str, environment: &Environment) -> Identity {
        let mut own = self.caller.clone();
        own.profile = Some(name.to_owned());
        let caller = match Caller::open(&own, environment) {
            Ok(caller) => caller.until(Instant::now() + self.limit),
            Err(failure) => return failed(name, None, &failure),
        };
        let seen = offline(&caller, &own, environment);
        if self.offline {
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

    /// The row of a profile that took too long: what files and caches say, and that.
    fn given_up(&self, name: &str, environment: &Environment) -> Identity {
        let mut own = self.caller.clone();
        own.profile = Some(name.to_owned());
        let seen = Caller::open(&own, environment).and_then(|caller| offline(&caller, &own, environment));
        let text = format!(
            "no answer within {} s; --timeout gives it longer",
            self.limit.as_secs()
        );
        failed(name, seen.ok(), &Failure::General(text))
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
