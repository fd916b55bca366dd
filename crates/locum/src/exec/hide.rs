//! Sources of credentials that SDKs ask before an endpoint like a container's.
//!
//! Keys in the environment come first everywhere, an endpoint comes late: a `[default]` profile with keys, a role or a
//! program would win over it, and the command would work as somebody else without a word.

use std::process::Command;

use locum_credentials::{Chain, Environment, Files, Recipe};

use crate::handout::Variables;
use crate::outcome::hint;

/// The files that may name such a source, the one that usually does first.
const FILES: [&str; 2] = ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"];
const NOTHING: &str = "/dev/null";

/// Lets the command see no file whose default profile would win.
pub(super) fn sources_before_the_endpoint(command: &mut Command, variables: &Variables) {
    let mut hidden = Vec::new();
    for file in FILES {
        if leads_to_endpoint(variables, &hidden) {
            break;
        }
        hidden.push(file);
        command.env(file, NOTHING);
    }
    if let Some((last, _)) = hidden.split_last() {
        let files = if *last == FILES[0] {
            "credentials file"
        } else {
            "configuration files"
        };
        hint(&format!(
            "the default profile has credentials of its own, which would win: the command sees no {files}"
        ));
    }
}

/// Plans as the command's SDK would.
fn leads_to_endpoint(variables: &Variables, hidden: &[&str]) -> bool {
    let removed: Vec<&str> = variables.to_remove().collect();
    let inherited: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| !removed.contains(&name.as_str()))
        .collect();
    let inherited = inherited
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let set = variables
        .to_set()
        .iter()
        .map(|(name, value)| (*name, value.expose()));
    let hidden = hidden.iter().map(|file| (*file, NOTHING));
    let all: Vec<(&str, &str)> = inherited.chain(set).chain(hidden).collect();
    let environment = Environment::of(&all);
    let Ok(files) = Files::load(&environment) else {
        return false;
    };
    let chain = Chain {
        environment: &environment,
        files: &files,
        profile: "default",
        explicit: false,
        sessions: false,
    };
    matches!(chain.plan().outcome, Ok(Some(Recipe::Container(_))))
}
