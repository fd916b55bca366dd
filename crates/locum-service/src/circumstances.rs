//! The condition keys that every request has (`facts: sts §4.3`).
//!
//! They are made from what the server itself knows: the verified caller, the socket, the clock, the signed scope. The only
//! header among them is the client's name for itself, which decides nothing by default. A proxy's word about the
//! address is not taken (`facts: security §1.4`).

use std::{borrow::Cow, net::IpAddr};

use jiff::Timestamp;
use locum_directory::Snapshot;
use locum_names::{AccountId, Arn};
use locum_policy::{Context, KnownKey};
use locum_session::SessionScope;

use crate::{
    audit::push_address,
    caller::Caller,
    clock::{instant_text, push_now},
};

/// Where, when and how a request arrived.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The time of the request.
    pub now: Timestamp,
    /// The address of the peer.
    pub source_ip: IpAddr,
    /// Whether the connection is encrypted.
    pub secure: bool,
    /// The client's name for itself.
    pub user_agent: Option<&'a str>,
    /// The region of the credential scope.
    pub region: &'a str,
    /// The organization's id.
    pub organization: Option<&'a str>,
    /// Whether this very call proved a second factor.
    pub second_factor: SecondFactor,
}

/// Whether a call proved a second factor, whatever its session did before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// No code came with it.
    NotGiven,
    /// Its code was right.
    Given,
}

/// A key whose hash is made when the program is built: every request has most of them.
macro_rules! known {
    ($name:literal) => {
        const { KnownKey::new($name) }
    };
}

const fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// The address as a policy compares it: an IPv4 address inside an IPv6 one is that IPv4 address.
#[must_use]
pub(crate) fn canonical_ip(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Sets the keys that every request of `caller` has.
pub(crate) fn global_keys<'a>(
    context: &mut Context<'a>,
    caller: &'a Caller,
    at: &Circumstances<'a>,
    snapshot: &Snapshot,
) {
    request_keys(context, at);
    principal_keys(context, caller, at, snapshot);
}

/// Sets the keys that every request has, whoever made it.
pub(crate) fn request_keys<'a>(context: &mut Context<'a>, at: &Circumstances<'a>) {
    let mut second = String::with_capacity(20);
    push_now(&mut second, at.now);
    let mut address = String::with_capacity(40);
    push_address(&mut address, canonical_ip(at.source_ip));
    context.set_known(known!("aws:CurrentTime"), second);
    context.set_known(known!("aws:EpochTime"), at.now.as_second().to_string());
    context.set_known(known!("aws:SourceIp"), address);
    context.set_known(known!("aws:SecureTransport"), truth(at.secure));
    context.set_known(known!("aws:RequestedRegion"), at.region);
    context.set_known(known!("aws:ViaAWSService"), truth(false));
    context.set_known(known!("aws:PrincipalIsAWSService"), truth(false));
    if let Some(agent) = at.user_agent {
        context.set_known(known!("aws:UserAgent"), agent);
    }
}

fn principal_keys<'a>(
    context: &mut Context<'a>,
    caller: &'a Caller,
    at: &Circumstances<'a>,
    snapshot: &Snapshot,
) {
    context.set_known(known!("aws:PrincipalArn"), caller.principal_arn_text());
    context.set_known(known!("aws:PrincipalAccount"), caller.account.text());
    context.set_known(known!("aws:PrincipalType"), caller.principal_type());
    context.set_known(known!("aws:userid"), caller.user_id());
    if let Some(name) = caller.user_name() {
        context.set_known(known!("aws:username"), name);
    }
    if let Some(organization) = at.organization {
        context.set_known(known!("aws:PrincipalOrgID"), organization);
    }
    if let Some(path) = snapshot.organization_path(caller.account) {
        context.set_many("aws:PrincipalOrgPaths", [path]);
    }
    for (key, value) in caller.tags() {
        context.set(tag_key("aws:PrincipalTag/", key), value);
    }
    mfa_keys(context, caller, at);
    let Some(session) = caller.session.as_deref() else {
        return;
    };
    context.set_known(known!("aws:TokenIssueTime"), instant_text(session.issued_at));
    if let Some(source_identity) = session.source_identity.as_deref() {
        context.set_known(known!("aws:SourceIdentity"), source_identity);
    }
    if matches!(session.scope, Some(SessionScope::AssumedRoot)) {
        context.set_known(known!("aws:AssumedRoot"), truth(true));
    }
    if let Some(federation) = &session.federation {
        // Sessions of web identities have it, those of SAML have `saml:namequalifier` (`facts: sts §4.3`).
        // The kind stands where the ARN's name begins: an issuer's path may have these letters further on.
        let saml =
            Arn::parse(&federation.provider).is_ok_and(|arn| arn.resource.starts_with("saml-provider/"));
        if !saml {
            context.set_known(known!("aws:FederatedProvider"), &*federation.provider);
        }
        for key in &federation.keys {
            claim_key(context, &key.name, &key.values);
        }
    }
}

/// Sets what an issuer said. Of its keys `amr` alone has many values (`facts: sts §4.5`); one that has a single value can stand
/// in for a variable, which a `Deny` may rely on (`facts: policy §1.6`).
pub(crate) fn claim_key<'a>(context: &mut Context<'a>, key: &'a str, values: &'a [impl AsRef<str>]) {
    match values {
        [only] if !key.ends_with(":amr") => context.set(key, only.as_ref()),
        several => context.set_many(key, several.iter().map(AsRef::as_ref)),
    }
}

/// Absent for long-term keys, present for temporary ones, and true for a call that itself has a code
/// (`facts: sts §4.3`).
fn mfa_keys(context: &mut Context<'_>, caller: &Caller, at: &Circumstances<'_>) {
    let now = at.now.as_second();
    let session = caller.session.as_deref();
    let authenticated_at = match at.second_factor {
        SecondFactor::Given => Some(now),
        SecondFactor::NotGiven => session
            .and_then(|session| session.mfa)
            .map(|mfa| mfa.authenticated_at),
    };
    if session.is_some() || authenticated_at.is_some() {
        context.set_known(
            known!("aws:MultiFactorAuthPresent"),
            truth(authenticated_at.is_some()),
        );
    }
    if let Some(authenticated_at) = authenticated_at {
        let age = now.saturating_sub(authenticated_at).max(0);
        context.set_known(known!("aws:MultiFactorAuthAge"), age.to_string());
    }
}

/// Sets the keys of the account that owns what is acted on.
pub(crate) fn owner_keys<'a>(context: &mut Context<'a>, owner: AccountId, at: &Circumstances<'a>) {
    context.set_known(known!("aws:ResourceAccount"), owner.text());
    if let Some(organization) = at.organization {
        context.set_known(known!("aws:ResourceOrgID"), organization);
    }
}

/// Sets `aws:ResourceOrgPaths`: where the account that owns what is acted on stands in the organization.
pub(crate) fn owner_path(context: &mut Context<'_>, owner: AccountId, snapshot: &Snapshot) {
    if let Some(path) = snapshot.organization_path(owner) {
        context.set_many("aws:ResourceOrgPaths", [path]);
    }
}

/// Sets the keys of tags that a request passes: `aws:RequestTag/*` and `aws:TagKeys`.
pub(crate) fn request_tag_keys<'a>(
    context: &mut Context<'a>,
    tags: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) {
    if tags.clone().next().is_none() {
        return;
    }
    context.set_many("aws:TagKeys", tags.clone().map(|(key, _)| key));
    for (key, value) in tags {
        context.set(tag_key("aws:RequestTag/", key), value);
    }
}

/// Sets the keys of a resource's tags: `aws:ResourceTag/*` and, in IAM, `iam:ResourceTag/*`.
pub(crate) fn resource_tag_keys<'a>(
    context: &mut Context<'a>,
    tags: impl Iterator<Item = (&'a str, &'a str)>,
) {
    for (key, value) in tags {
        context.set(tag_key("aws:ResourceTag/", key), value);
        context.set(tag_key("iam:ResourceTag/", key), value);
    }
}

/// Sets the keys of the tags of something in the organization: `aws:ResourceTag/*`.
pub(crate) fn organization_tag_keys<'a>(
    context: &mut Context<'a>,
    tags: impl Iterator<Item = (&'a str, &'a str)>,
) {
    for (key, value) in tags {
        context.set(tag_key("aws:ResourceTag/", key), value);
    }
}

fn tag_key(prefix: &'static str, key: &str) -> Cow<'static, str> {
    Cow::Owned([prefix, key].concat())
}
