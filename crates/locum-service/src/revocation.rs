//! RevokeSessions, locum's own: what was issued up to a time counts for nothing any more.
//!
//! Sessions are stored nowhere, so what is stored is the time. Authentication holds every session against it, and it never
//! becomes earlier again: nobody can take a revocation back, least of all with what was revoked. That of a provider stands with
//! its account, and so outlives the provider.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use locum_api::{
    ApiError, Request, errors,
    locum::{RevokeSessionsRequest, RevokeSessionsResponse},
};
use locum_directory::{Account, ProviderRevocation, Role, Snapshot, Tag, User};
use locum_names::{AccountId, Arn};

use crate::{
    call::{Call, Failure, Target},
    circumstances::resource_tag_keys,
    clock::instant,
    denial::Wording,
    route::Perform,
};

/// How long the revocation of a provider that was deleted is remembered: longer than any session that it vouched for.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// How many providers an account remembers a revocation of: several times as many as it may have at one time. Each write of
/// the account carries them all, and whoever makes and deletes providers could make more without end.
const MOST_PROVIDERS: usize = 1000;

/// What a request names, by the form of its ARN. Whether there is such a thing is another matter.
#[derive(Clone, Copy)]
enum Named<'r> {
    Root,
    User { path: &'r str, name: &'r str },
    Role { path: &'r str, name: &'r str },
    SamlProvider,
    OidcProvider,
}

/// What is there of what a request names.
enum Found {
    Root(Arc<Account>),
    User(Arc<User>),
    Role(Arc<Role>),
    /// What a provider said is revoked in its account.
    Provider(Arc<Account>, Vec<Tag>),
}

impl Perform for RevokeSessionsRequest {
    /// A principal of another account is as one that does not exist: it is asked for in the caller's own account, and is not
    /// there.
    fn perform(self, call: &mut Call<'_>) -> Result<RevokeSessionsResponse, Failure> {
        let text = &*self.principal_arn;
        let (arn, named) = named(text).ok_or_else(|| not_revocable(text))?;
        let until = until(self.issued_before, call.now())?;
        let found = find(call, &arn, named);
        let tags = found.as_ref().map_or(&[][..], Found::tags);
        let action = format!("locum:{}", Self::OPERATION.name);
        let target = Target::plain(text, call.account());
        call.authorize(&action, target, Wording::Full, |context| {
            resource_tag_keys(context, tags.iter().map(|tag| (&*tag.key, &*tag.value)));
        })?;
        let found = found.ok_or_else(|| no_such(named, text))?;
        let revoked_before = revoke(call, found, text, until)?;
        Ok(RevokeSessionsResponse {
            principal_arn: self.principal_arn,
            revoked_before,
        })
    }
}

/// Reads the ARN of something that sessions are issued for, or for whom an identity provider vouches.
fn named(text: &str) -> Option<(Arn<'_>, Named<'_>)> {
    let arn = Arn::parse(text).ok()?;
    if arn.service != "iam" || !arn.region.is_empty() {
        return None;
    }
    let (kind, rest) = match arn.resource.split_once('/') {
        None => return (arn.resource == "root").then_some((arn, Named::Root)),
        Some((kind, _)) => (kind, arn.resource.get(kind.len()..)?),
    };
    let (path, name) = rest.split_at_checked(rest.rfind('/')? + 1)?;
    let named = match kind {
        "user" => Named::User { path, name },
        "role" => Named::Role { path, name },
        "saml-provider" => Named::SamlProvider,
        "oidc-provider" => Named::OidcProvider,
        _ => return None,
    };
    Some((arn, named))
}

fn not_revocable(text: &str) -> ApiError {
    errors::VALIDATION_EXCEPTION.with(format!(
        "{text} is not the ARN of a user, a role, a root user, a SAML provider or an OpenID Connect provider."
    ))
}

/// The second up to whose end sessions are revoked.
fn until(asked: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, ApiError> {
    let second = asked.unwrap_or(now).as_second();
    if second > now.as_second() {
        let text = format!(
            "IssuedBefore must not be in the future: it is {} now.",
            instant(now.as_second())
        );
        return Err(errors::VALIDATION_EXCEPTION.with(text));
    }
    Ok(instant(second))
}

/// What the ARN names in the caller's account, to the letter.
fn find(call: &Call<'_>, arn: &Arn<'_>, named: Named<'_>) -> Option<Found> {
    let (snapshot, account) = (call.snapshot, call.account());
    let own = arn.partition == call.partition().as_str() && arn.account.parse::<AccountId>() == Ok(account);
    if !own {
        return None;
    }
    let provider = |tags: &[Tag]| {
        let account = Arc::clone(snapshot.account(account)?);
        Some(Found::Provider(account, tags.to_vec()))
    };
    match named {
        Named::Root => snapshot
            .account(account)
            .map(|account| Found::Root(Arc::clone(account))),
        Named::User { path, name } => snapshot
            .user(account, name)
            .filter(|user| *user.path == *path && *user.name == *name)
            .map(|user| Found::User(Arc::clone(user))),
        Named::Role { path, name } => snapshot
            .role(account, name)
            .filter(|role| *role.path == *path && *role.name == *name)
            .map(|role| Found::Role(Arc::clone(role))),
        Named::SamlProvider => provider(&snapshot.saml_provider_by_arn(arn)?.tags),
        Named::OidcProvider => provider(&snapshot.oidc_provider_by_arn(arn)?.tags),
    }
}

fn no_such(named: Named<'_>, text: &str) -> ApiError {
    let kind = match named {
        Named::Root => "root user",
        Named::User { .. } => "user",
        Named::Role { .. } => "role",
        Named::SamlProvider => "SAML provider",
        Named::OidcProvider => "OpenID Connect provider",
    };
    errors::NO_SUCH_ENTITY.with(format!(
        "The {kind} with ARN {text} cannot be found in the caller's account."
    ))
}

impl Found {
    fn tags(&self) -> &[Tag] {
        match self {
            Self::Root(_) => &[],
            Self::User(user) => &user.tags,
            Self::Role(role) => &role.tags,
            Self::Provider(_, tags) => tags,
        }
    }
}

/// Puts the later of the time that is there and the one that is asked for, and returns it.
///
/// # Errors
/// More providers than are remembered.
fn revoke(call: &mut Call<'_>, found: Found, arn: &str, until: Timestamp) -> Result<Timestamp, ApiError> {
    let later = |before: Option<Timestamp>| before.map_or(until, |before| before.max(until));
    Ok(match found {
        Found::Root(account) => {
            let time = later(account.root.revoke_before);
            let mut account = Arc::unwrap_or_clone(account);
            account.root.revoke_before = Some(time);
            call.changes.put(account);
            time
        }
        Found::User(user) => {
            let time = later(user.revoke_before);
            let mut user = Arc::unwrap_or_clone(user);
            user.revoke_before = Some(time);
            call.changes.put(user);
            time
        }
        Found::Role(role) => {
            let time = later(role.revoke_before);
            let mut role = Arc::unwrap_or_clone(role);
            role.revoke_before = Some(time);
            call.changes.put(role);
            time
        }
        Found::Provider(account, _) => {
            let time = later(account.provider_revocation(arn));
            let mut account = Arc::unwrap_or_clone(account);
            let (snapshot, now) = (call.snapshot, call.now());
            account
                .provider_revocations
                .retain(|known| *known.provider != *arn && !is_over(snapshot, known, now));
            if account.provider_revocations.len() >= MOST_PROVIDERS {
                let text =
                    format!("Cannot exceed quota for RevokedIdentityProvidersPerAccount: {MOST_PROVIDERS}");
                return Err(errors::LIMIT_EXCEEDED.with(text));
            }
            account.provider_revocations.push(ProviderRevocation {
                provider: arn.into(),
                revoke_before: time,
            });
            call.changes.put(account);
            time
        }
    })
}

/// Whether nothing is left that a revocation could end: the provider is gone, and with it everybody it vouched for.
fn is_over(snapshot: &Snapshot, revocation: &ProviderRevocation, now: Timestamp) -> bool {
    let exists = Arn::parse(&revocation.provider).is_ok_and(|arn| {
        snapshot.saml_provider_by_arn(&arn).is_some() || snapshot.oidc_provider_by_arn(&arn).is_some()
    });
    !exists && now.duration_since(revocation.revoke_before) > REMEMBERED
}
