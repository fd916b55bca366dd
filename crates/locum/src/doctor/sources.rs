//! The sources of credentials in their order, and what the one that wins leads to.

use std::fs;

use jiff::Timestamp;
use locum_credentials::{Environment, Files, Need, Recipe, State, Verdict, plain};

use super::profiles;
use super::report::{Asked, Report};
use crate::caller::{Caller, CallerOptions};
use crate::cli::config::naming_variable;
use crate::cli::errors::Failure;
use crate::cli::similar::closest;
use crate::whoami::chain::hops;

/// What a profile has that wants credentials of its own.
const OF_PROFILE: [&str; 7] = [
    "role_arn",
    "web_identity_token_file",
    "sso_account_id",
    "sso_role_name",
    "aws_access_key_id",
    "login_session",
    "credential_process",
];

/// Asks the plan.
pub(super) fn look(
    caller: &Caller<'_>,
    options: &CallerOptions,
    environment: &Environment,
    report: &mut Report,
) {
    let profile = caller.profile();
    let plan = caller.plan();
    let recipe = plan.outcome.as_ref().ok().and_then(Option::as_ref);
    let way = recipe.map(|recipe| {
        let hops = hops(recipe, &profile.files, &profile.name, options.role.is_some());
        let hops: Vec<String> = hops.iter().map(ToString::to_string).collect();
        hops.join(", by ")
    });
    for step in &plan.steps {
        let text = step.to_string();
        let verdict = text.split_once(": ").map_or("", |(_, verdict)| verdict);
        report.sources.push(Asked {
            source: step.source.name(),
            verdict: verdict.to_owned(),
            detail: way.clone().filter(|_| step.verdict == Verdict::Chosen),
        });
    }
    let variable = naming_variable(environment);
    let named = if profile.explicit {
        Some("--profile")
    } else {
        variable
    };
    report.fact(
        "profile",
        match named {
            Some(by) => format!("{}, by {by}", profile.name),
            None => profile.name.clone(),
        },
    );
    overridden(caller, environment, variable, report);
    match &plan.outcome {
        Err(error) => {
            let sentence = error.to_string();
            let sentence = sentence.trim_end_matches('.');
            // What is the profile's own fault was told with the other profiles.
            if !report
                .findings
                .iter()
                .any(|finding| finding.text.contains(sentence))
            {
                let cure = profiles::cure(error, &profile.files);
                report.find("broken", format!("{sentence}: {cure}."));
            }
        }
        Ok(None) => report.find("no-credentials", NOTHING),
        Ok(Some(recipe)) => state(caller, recipe, report),
    }
}

const NOTHING: &str = "No source has credentials: run `aws configure`, `aws login` or `locum login`, set \
                       AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile that has some.";

/// Keys of the environment before a profile that has something of its own.
fn overridden(
    caller: &Caller<'_>,
    environment: &Environment,
    variable: Option<&'static str>,
    report: &mut Report,
) {
    let profile = caller.profile();
    let view = profile.files.profile(&profile.name).unwrap_or_default();
    let has_own = OF_PROFILE.iter().any(|setting| view.has(setting));
    if profile.explicit || !has_own || environment.non_empty("AWS_ACCESS_KEY_ID").is_none() {
        return;
    }
    let name = plain(&profile.name);
    match variable {
        Some(variable) => report.find(
            "overridden",
            format!(
                "AWS_ACCESS_KEY_ID is set, so the credentials of the profile {name}, which {variable} names, are not used: unset \
                 the key, or name the profile with --profile."
            ),
        ),
        None => report.fact(
            "profile",
            format!("the keys of the environment come before those of {name}"),
        ),
    }
}

fn state(caller: &Caller<'_>, recipe: &Recipe, report: &mut Report) {
    let known = caller.look(recipe, Timestamp::now());
    if let Some(end) = known.expiration {
        report.fact("session", format!("ends at {end}"));
    }
    match known.state {
        State::Valid => {}
        State::Ready => report.fact("session", "none yet; the next command gets one by itself"),
        State::Needs(Need::Code(serial)) => report.fact(
            "session",
            format!("none; the next command asks for a code of {serial}"),
        ),
        State::Needs(Need::SsoLogin) => report.find(
            "login",
            "The sign-in to IAM Identity Center is over: run `aws sso login`.",
        ),
        State::Needs(Need::Login) => report.find("login", "Nobody is signed in: run `aws login`."),
        State::Needs(Need::Keys) => report.find(
            "expired",
            "The credentials are over, or temporary without their session token: replace them, or unset them if they are the \
             environment's.",
        ),
        State::Needs(Need::TokenFile) => report.find(
            "token-file",
            "The web identity token is over, or its file cannot be read: put a good one there, or name another file.",
        ),
        State::Unknown if is_elsewhere(recipe) => report.find("no-credentials", NOTHING),
        State::Unknown => report.fact("session", "only asking the source can tell"),
    }
    if let Recipe::Process(process) = recipe
        && let Some(untrusted) = &process.untrusted
    {
        report.find("untrusted", format!("{untrusted}: run chmod o-w on it."));
    }
}

/// Whether the recipe asks for the metadata service of EC2 where there is none. At a place that somebody named there may be
/// one on any machine.
fn is_elsewhere(recipe: &Recipe) -> bool {
    matches!(recipe, Recipe::Instance(instance) if instance.is_usual()) && !on_an_instance()
}

/// Whether this machine says that it is one of EC2's.
fn on_an_instance() -> bool {
    let says = |path: &str, what: &str| fs::read_to_string(path).is_ok_and(|text| text.starts_with(what));
    says("/sys/class/dmi/id/sys_vendor", "Amazon EC2") || says("/sys/hypervisor/uuid", "ec2")
}

/// A profile that is not there, with the name that may have been meant.
pub(super) fn lacking(failure: &Failure, files: &Files) -> String {
    let sentence = failure.to_string();
    let named = sentence
        .strip_prefix("The config profile (")
        .and_then(|rest| rest.strip_suffix(") could not be found"));
    let names = files.names();
    match named.map(|named| closest(named, &names)) {
        Some(close) => match close.first() {
            Some(other) => format!("{sentence}; did you mean {other}?"),
            None if names.is_empty() => format!("{sentence}: there are no profiles, so run `aws configure`."),
            None => format!("{sentence}: name one of {}.", names.join(", ")),
        },
        None => format!("{sentence}: correct it."),
    }
}
