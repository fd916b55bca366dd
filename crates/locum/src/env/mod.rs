//! `locum env`: credentials for a shell or a program to read.

mod options;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use locum_credentials::Credentials;
use locum_crypto::SecretString;
use serde_json::json;

use self::options::{HELP, HELP_END, Options, Output};
use crate::caller::CALLER_HELP;
use crate::cli::{config, errors::Failure, stream};
use crate::handout::{Format, Unquotable, Variables, Whose};
use crate::outcome::{USAGE, asks_for_help, hint, print, refuse, status};

/// Runs `locum env …`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    // A prompt for a code hides what is typed, and an interrupt must not leave the terminal so.
    stream::watch_interrupts();
    if asks_for_help(&words) {
        return print(
            &format!("{HELP}\nWHOSE CREDENTIALS, AND WHERE\n{CALLER_HELP}{HELP_END}"),
            ExitCode::SUCCESS,
        );
    }
    let shell = std::env::var("SHELL").ok();
    let options = match Options::parse(words, shell.as_deref()) {
        Ok(options) => options,
        Err(error) => return refuse(&error.to_string(), USAGE),
    };
    let text = match (&options.output, options.unset) {
        (Output::Variables(format), true) => {
            config::environment().map(|environment| format.removal(&environment, false))
        }
        _ => text(&options),
    };
    match text {
        Ok(text) => {
            if let (Output::Variables(format), false) = (options.output, options.unset) {
                warn(format);
            }
            print(&text, ExitCode::SUCCESS)
        }
        Err(failure) => refuse(&failure.sentence(), status(&failure)),
    }
}

fn text(options: &Options) -> Result<String, Failure> {
    let whose = Whose::new(options.caller.clone(), config::environment()?);
    match options.output {
        Output::Process => Ok(process(&whose.credentials()?)),
        Output::Variables(format) => {
            let unquotable = |error: Unquotable| Failure::General(error.to_string());
            // Before a code is asked for, which is good once.
            let around = whose.surroundings()?;
            format.check(&around).map_err(unquotable)?;
            let variables = Variables::of_credentials(&whose.credentials()?, &around);
            let text = format.write(&variables).map_err(unquotable)?;
            format.tell_what_stays(&variables, whose.environment());
            Ok(text)
        }
    }
}

/// What `credential_process` expects. Members that are not known are left out.
fn process(credentials: &Credentials) -> String {
    let mut object = json!({
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.expose(),
    });
    if let Some(object) = object.as_object_mut() {
        let known = [
            (
                "SessionToken",
                credentials.session_token.as_ref().map(SecretString::expose),
            ),
            ("AccountId", credentials.account_id.as_deref()),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                object.insert(name.to_owned(), value.into());
            }
        }
        if let Some(end) = credentials.expiration {
            object.insert("Expiration".to_owned(), end.to_string().into());
        }
    }
    format!("{object:#}\n")
}

/// Tells a person who sees secrets on the screen what they are for.
fn warn(format: Format) {
    if io::stdout().is_terminal()
        && let Some(advice) = format.advice("locum env")
    {
        hint(&format!(
            "these are secrets, and they change nothing until the shell reads them: {advice}"
        ));
    }
}
