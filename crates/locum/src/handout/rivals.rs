//! Sources of credentials that SDKs ask before an endpoint like a container's or an instance's.
//!
//! Keys in the environment come first in nearly every SDK, an endpoint comes late: a `[default]` profile with keys, a role
//! or a program would win over it, and a program would work as somebody else without a word.

use locum_credentials::{Chain, Environment, Files, Recipe};

use super::Variables;

/// The files that may name such a source, the one that usually does first.
const FILES: [&str; 2] = ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"];
/// A file that names none.
pub(crate) const NOTHING: &str = "/dev/null";

/// Returns the variables of those files that must be [`NOTHING`], or their default profile would win over the endpoint that
/// `variables` lead to.
pub(crate) fn files_to_hide(variables: &Variables) -> Vec<&'static str> {
    let mut hidden = Vec::new();
    for file in FILES {
        if leads_to_endpoint(variables, &hidden) {
            break;
        }
        hidden.push(file);
    }
    hidden
}

/// Returns what a person calls the files of these variables.
pub(crate) fn called(files: &[&str]) -> &'static str {
    if files == [FILES[0]] {
        "credentials file"
    } else {
        "configuration files"
    }
}

/// Plans as the program's SDK would.
fn leads_to_endpoint(variables: &Variables, hidden: &[&str]) -> bool {
    let removed: Vec<&str> = variables.to_remove().collect();
    let inherited: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| !removed.contains(&name.as_str()))
        // An empty one turns the file off for some programs, and means nothing to others.
        .filter(|(name, value)| !(value.is_empty() && FILES.contains(&name.as_str())))
        .collect();
    let inherited = inherited
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let set = variables
        .to_set()
        .iter()
        .map(|(name, value)| (&**name, value.expose()));
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
    matches!(
        chain.plan().outcome,
        Ok(Some(Recipe::Container(_) | Recipe::Instance(_)))
    )
}
