//! One caller, looked at from here, or asked about at STS.

use jiff::Timestamp;
use locum_credentials::{Credentials, Known, Prompt, Recipe, State};
use locum_names::AccessKeyId;
use serde_json::{Map, Value};

use super::chain::hops;
use super::identity::Identity;
use crate::caller::{Caller, CallerOptions};
use crate::cli::config::{Environment, naming_variable};
use crate::cli::errors::Failure;
use crate::cli::proxy::without_password;

/// Tells what environment, files and caches say. Without any source there are no hops.
pub(super) fn offline(
    caller: &Caller<'_>,
    options: &CallerOptions,
    environment: &Environment,
) -> Result<Identity, Failure> {
    let recipe = caller
        .plan()
        .outcome
        .map_err(|error| Failure::General(error.to_string()))?;
    let now = Timestamp::now();
    let known = recipe.as_ref().map(|recipe| caller.look(recipe, now));
    Ok(identity(
        caller,
        options,
        environment,
        recipe.as_ref(),
        known,
        now,
    ))
}

/// Gets the credentials, and asks STS whose they are.
pub(super) fn online(
    caller: &Caller<'_>,
    options: &CallerOptions,
    environment: &Environment,
    prompt: &dyn Prompt,
) -> Result<(Identity, Credentials), Failure> {
    let found = caller.credentials_by(prompt)?;
    let (answer, credentials) = caller.sts_by(prompt, "GetCallerIdentity", &Map::new(), &found)?;
    // The session is in the cache by now, with what its making said of it.
    let seen = offline(caller, options, environment)?;
    let endpoint = caller.endpoint(true)?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let who = Identity {
        arn: text("Arn"),
        user_id: text("UserId"),
        account: text("Account"),
        access_key_id: Some(credentials.access_key_id.clone()),
        expiration: credentials.expiration,
        state: State::Valid,
        region: Some(endpoint.signing_region),
        endpoint: Some(without_password(&endpoint.url)),
        asked: true,
        ..seen
    };
    Ok((who, credentials))
}

fn identity(
    caller: &Caller<'_>,
    options: &CallerOptions,
    environment: &Environment,
    recipe: Option<&Recipe>,
    known: Option<Known>,
    now: Timestamp,
) -> Identity {
    let profile = caller.profile();
    let profile_from = if profile.explicit {
        "--profile"
    } else {
        naming_variable(environment).unwrap_or("default")
    };
    let on_top = options.role.is_some();
    let hops = recipe.map_or_else(Vec::new, |recipe| {
        hops(recipe, &profile.files, &profile.name, on_top)
    });
    let (state, known) = match known {
        Some(known) => (known.state.clone(), Some(known)),
        None => (State::Unknown, None),
    };
    let key = known.as_ref().and_then(|known| known.access_key_id.clone());
    let role_arn = hops.first().and_then(|hop| hop.role_arn.as_deref());
    let of_arn = |arn: &str| {
        arn.split(':')
            .nth(4)
            .filter(|account| !account.is_empty())
            .map(str::to_owned)
    };
    let arn = known.as_ref().and_then(|known| known.arn.clone());
    // What a file claims of a key counts least: the key itself says whose it is.
    let account = arn
        .as_deref()
        .and_then(of_arn)
        .or_else(|| role_arn.and_then(of_arn))
        .or_else(|| key.as_deref().and_then(account_of))
        .or_else(|| known.as_ref().and_then(|known| known.account_id.clone()));
    Identity {
        profile: profile.name.clone(),
        profile_from,
        arn,
        user_id: None,
        account,
        alias: None,
        access_key_id: key,
        source_identity: known.as_ref().and_then(|known| known.source_identity.clone()),
        expiration: known.and_then(|known| known.expiration),
        state,
        hops,
        region: caller.region(),
        endpoint: None,
        failure: None,
        asked: false,
        now,
    }
}

/// The account that a key carries in its name.
fn account_of(key: &str) -> Option<String> {
    let key: AccessKeyId = key.parse().ok()?;
    key.account().map(|account| account.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_carry_their_account() {
        assert_eq!(
            account_of("ASIAQNZGKIQY56JQ7WML").as_deref(),
            Some("029608264753")
        );
        assert_eq!(account_of("AKIAIOSFODNN7EXAMPLE"), None, "older than the scheme");
        assert_eq!(account_of("KEY"), None);
    }
}
