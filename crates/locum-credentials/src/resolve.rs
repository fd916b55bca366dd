//! From a recipe to credentials: whom to ask, and what becomes of the answer.

use std::cell::RefCell;

use locum_crypto::Random;
use serde_json::Value;

use crate::cache::Cache;
use crate::credentials::{Credentials, parse_time};
use crate::error::CredentialsError;
use crate::mfa_codes::Codes;
use crate::outside::{Clock, Prompt, Runner, Services, Transport};
use crate::quote::plain;
use crate::recipe::Recipe;
use crate::source::Source;
use crate::vault::Vault;

/// The world as the resolver sees it, and its caches.
#[derive(Clone, Copy)]
pub struct Resolver<'a> {
    /// Calls to services.
    pub services: &'a dyn Services,
    /// HTTP.
    pub http: &'a dyn Transport,
    /// Programs.
    pub runner: &'a dyn Runner,
    /// A person.
    pub prompt: &'a dyn Prompt,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Sessions of roles, `~/.aws/cli/cache`.
    pub sessions: &'a Cache,
    /// Tokens of IAM Identity Center, `~/.aws/sso/cache`.
    pub tokens: &'a Cache,
    /// Sessions of `aws login`, `~/.aws/login/cache`.
    pub logins: &'a Cache,
    /// Sessions with a second factor.
    pub vault: &'a dyn Vault,
    /// Where the codes of this command come from before anybody is asked.
    pub codes: &'a Codes,
    /// Randomness, for numbers used once.
    pub random: &'a RefCell<dyn Random + 'a>,
    /// Gets a line for each step; no line holds a secret.
    pub debug: &'a dyn Fn(&str),
}

impl Resolver<'_> {
    /// Follows a recipe. `None` is an instance that has no role, or no instance at all.
    ///
    /// # Errors
    /// The source gives no credentials.
    pub fn resolve(&self, recipe: &Recipe) -> Result<Option<Credentials>, CredentialsError> {
        match recipe {
            Recipe::Keys { credentials, .. } => match credentials.expiration {
                Some(end) if end <= self.clock.now() => Err(CredentialsError::Expired),
                _ => Ok(Some(credentials.clone())),
            },
            Recipe::Role(role) => self.assume(role).map(Some),
            Recipe::MfaSession(session) => self.sign_with_session(session).map(Some),
            Recipe::WebIdentity(role) => self.assume_with_web_identity(role).map(Some),
            Recipe::Sso(sso) => self.ask_identity_center(sso).map(Some),
            Recipe::Login(login) => self.continue_login(login).map(Some),
            Recipe::Process(process) => self.run_process(process).map(Some),
            Recipe::Container(container) => self.ask_container(container).map(Some),
            Recipe::Instance(instance) => self.ask_instance(instance),
        }
    }

    /// Follows the recipe of somebody who signs for a role.
    pub(crate) fn resolve_source(&self, recipe: &Recipe) -> Result<Credentials, CredentialsError> {
        self.resolve(recipe)?.ok_or_else(|| match recipe {
            Recipe::Instance(_) => CredentialsError::Retrieval {
                provider: "Ec2InstanceMetadata",
                reason: "No credentials found in credential_source".to_owned(),
            },
            _ => CredentialsError::None,
        })
    }
}

/// How a source spells the members of its answer.
pub(crate) struct Spelling {
    pub(crate) key: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) token: &'static str,
    pub(crate) expiration: &'static str,
    pub(crate) account: &'static str,
    /// Whether token and expiration must be there.
    pub(crate) temporary: bool,
}

impl Spelling {
    /// The spelling that most have in common, but for the token.
    pub(crate) const fn usual(token: &'static str, temporary: bool) -> Self {
        Self {
            key: "AccessKeyId",
            secret: "SecretAccessKey",
            token,
            expiration: "Expiration",
            account: "AccountId",
            temporary,
        }
    }
}

/// Reads an answer that holds credentials. What is missing is an error that names it, never what is there.
pub(crate) fn read_spelled(
    answer: &Value,
    spelling: &Spelling,
    source: Source,
) -> Result<Credentials, CredentialsError> {
    let text = |name: &str| {
        let text = answer.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let missing = |name: &str| CredentialsError::Retrieval {
        provider: source.name(),
        reason: format!("Missing required key in response: '{name}'"),
    };
    let needed = |name: &str| text(name).ok_or_else(|| missing(name));
    let access_key_id = needed(spelling.key)?;
    let secret = needed(spelling.secret)?;
    let session_token = text(spelling.token);
    let expiration = answer.get(spelling.expiration).filter(|end| !end.is_null());
    if spelling.temporary {
        for (name, is_there) in [
            (spelling.token, session_token.is_some()),
            (spelling.expiration, expiration.is_some()),
        ] {
            if !is_there {
                return Err(missing(name));
            }
        }
    }
    // What cannot be read is not taken for credentials without an end.
    let end = |value: &Value| {
        let time = value.as_str().and_then(parse_time);
        time.ok_or_else(|| CredentialsError::Retrieval {
            provider: source.name(),
            reason: format!(
                "{} is not a time: {}",
                spelling.expiration,
                plain(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            ),
        })
    };
    let expiration = expiration.map(end).transpose()?;
    Ok(Credentials {
        access_key_id,
        secret_access_key: secret.into(),
        session_token: session_token.map(Into::into),
        expiration,
        account_id: text(spelling.account),
    })
}
