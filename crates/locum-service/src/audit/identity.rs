//! Who a record says called (`facts: sts §10`, the types of `userIdentity`).

use std::{borrow::Cow, collections::BTreeMap};

use locum_names::AccountId;

use super::{
    json::{Object, name},
    write_account, write_seconds,
};

/// The caller of a recorded call.
#[derive(Debug, Clone, Default)]
pub struct UserIdentity<'a> {
    /// `Root`, `IAMUser`, `AssumedRole`, `FederatedUser`, `SAMLUser`, `WebIdentityUser`, `AWSAccount` or `Unknown`.
    pub kind: &'static str,
    /// The unique id, with the session's name where there is one.
    pub principal_id: Option<Cow<'a, str>>,
    /// The caller's ARN.
    pub arn: Option<Cow<'a, str>>,
    /// The caller's account.
    pub account_id: Option<AccountId>,
    /// The key that signed.
    pub access_key_id: Option<Cow<'a, str>>,
    /// An IAM user's name, or a federated user's as its provider has it.
    pub user_name: Option<Cow<'a, str>>,
    /// The provider of a federated user.
    pub identity_provider: Option<Cow<'a, str>>,
    /// What the session is, of a call with temporary credentials.
    pub session_context: Option<SessionContext<'a>>,
    /// What acted for whoever runs the program: such a call has no key.
    pub invoked_by: Option<&'static str>,
    /// Who uses the access, if it was delegated.
    pub invoked_by_delegate: Option<Delegate>,
}

/// Who uses access that was delegated.
#[derive(Debug, Clone)]
pub struct Delegate {
    /// The account that asked for it.
    pub account_id: AccountId,
}

impl<'a> UserIdentity<'a> {
    /// The identity of a caller who could not be established.
    #[must_use]
    pub fn unknown(access_key_id: Option<&'a str>) -> Self {
        Self {
            kind: "Unknown",
            access_key_id: access_key_id.map(Cow::Borrowed),
            ..Self::default()
        }
    }

    pub(super) fn write(&self, identity: &mut Object<'_>) {
        identity.plain(name!("type"), self.kind);
        identity.perhaps(name!("principalId"), self.principal_id.as_deref());
        identity.perhaps(name!("arn"), self.arn.as_deref());
        if let Some(account) = self.account_id {
            write_account(identity.member(name!("accountId")), account);
        }
        identity.perhaps(name!("accessKeyId"), self.access_key_id.as_deref());
        identity.perhaps(name!("userName"), self.user_name.as_deref());
        identity.perhaps(name!("identityProvider"), self.identity_provider.as_deref());
        if let Some(context) = &self.session_context {
            identity.object(name!("sessionContext"), |object| context.write(object));
        }
        identity.perhaps(name!("invokedBy"), self.invoked_by);
        if let Some(delegate) = &self.invoked_by_delegate {
            identity.object(name!("invokedByDelegate"), |object| {
                write_account(object.member(name!("accountId")), delegate.account_id);
            });
        }
    }
}

/// What a session is and where it came from.
#[derive(Debug, Clone)]
pub struct SessionContext<'a> {
    /// Whose session it is.
    pub session_issuer: Option<SessionIssuer<'a>>,
    /// When it began, and how.
    pub attributes: SessionAttributes,
    /// The source identity, if one was set.
    pub source_identity: Option<Cow<'a, str>>,
    /// What an identity provider vouched for, if one did.
    pub web_id_federation_data: Option<WebIdFederationData<'a>>,
    /// `"true"`, as text, of a session of `AssumeRoot`.
    pub assumed_root: Option<&'static str>,
}

/// What an identity provider vouched for.
#[derive(Debug, Clone)]
pub struct WebIdFederationData<'a> {
    /// The provider's ARN.
    pub federated_provider: &'a str,
    /// The condition keys that the session carries, several values joined by a comma.
    pub attributes: BTreeMap<&'a str, String>,
}

/// The principal whose session it is.
#[derive(Debug, Clone)]
pub struct SessionIssuer<'a> {
    /// `Role`, `IAMUser` or `Root`.
    pub kind: &'static str,
    /// Its unique id.
    pub principal_id: Cow<'a, str>,
    /// Its ARN.
    pub arn: Cow<'a, str>,
    /// Its account.
    pub account_id: AccountId,
    /// Its name.
    pub user_name: Option<Cow<'a, str>>,
}

/// When a session began, and whether a second factor was given.
#[derive(Debug, Clone)]
pub struct SessionAttributes {
    /// A Unix second, which is shown as ISO 8601.
    pub creation_date: i64,
    /// `"true"` or `"false"`, as text.
    pub mfa_authenticated: &'static str,
}

impl SessionContext<'_> {
    fn write(&self, context: &mut Object<'_>) {
        if let Some(issuer) = &self.session_issuer {
            context.object(name!("sessionIssuer"), |object| {
                object.plain(name!("type"), issuer.kind);
                object.text(name!("principalId"), &issuer.principal_id);
                object.text(name!("arn"), &issuer.arn);
                write_account(object.member(name!("accountId")), issuer.account_id);
                object.perhaps(name!("userName"), issuer.user_name.as_deref());
            });
        }
        context.object(name!("attributes"), |object| {
            write_seconds(
                object.member(name!("creationDate")),
                self.attributes.creation_date,
            );
            object.plain(name!("mfaAuthenticated"), self.attributes.mfa_authenticated);
        });
        context.perhaps(name!("sourceIdentity"), self.source_identity.as_deref());
        if let Some(federation) = &self.web_id_federation_data {
            context.object(name!("webIdFederationData"), |object| {
                object.text(name!("federatedProvider"), federation.federated_provider);
                object.object(name!("attributes"), |attributes| {
                    for (name, value) in &federation.attributes {
                        attributes.foreign(name, value);
                    }
                });
            });
        }
        context.perhaps(name!("assumedRoot"), self.assumed_root);
    }
}
