//! AssumeRole (`facts: sts §2.4`).
//!
//! Whatever the reason of a denial, the answer is the same sentence: a caller cannot tell a role that does not exist from
//! one that does not trust it. The order is: shape of the request, what the caller's session already fixes, the second
//! factor, then the policies, and only for those who may, the role's own limits.

use locum_api::{
    ApiError,
    sts::{AssumeRoleRequest, AssumeRoleResponse},
};
use locum_directory::Role;
use locum_names::{AccountId, Arn};
use locum_policy::{Context, ResourcePolicy, Source};
use locum_session::{Session, SessionPrincipal, SessionTag, TagReach};
use serde_json::{Map, Value};

use crate::{
    call::{Call, Failure, Target},
    caller::{Caller, CredentialKind},
    circumstances::{request_tag_keys, resource_tag_keys},
    denial::Wording,
    route::Perform,
    sts::{
        issue::{Grant, issue, recorded},
        named_role, second_factor,
        session_policy::SessionPolicies,
        session_tags,
    },
};

/// The longest session of a role that was assumed by a role.
const CHAINED_MAX_SECONDS: i32 = 3600;

impl Perform for AssumeRoleRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<AssumeRoleResponse, Failure> {
        let arn = Arn::parse(&self.role_arn)
            .ok()
            .filter(|arn| arn.account.is_empty() || arn.account.parse::<AccountId>().is_ok())
            .ok_or_else(|| ApiError::not_an_arn(&self.role_arn))?;
        if call.caller.is_root() {
            return Err(ApiError::access_denied("Roles may not be assumed by root accounts.").into());
        }
        let chained_from = match call.caller.credential_kind() {
            CredentialKind::Role => call.caller.session.as_deref(),
            CredentialKind::LongTerm
            | CredentialKind::SessionToken { .. }
            | CredentialKind::Federation
            | CredentialKind::AssumedRoot
            | CredentialKind::Delegated => None,
        };
        let tags = session_tags::read(&self.tags, &self.transitive_tag_keys, chained_from)?;
        note_incoming(call, &tags);
        let source_identity = source_identity(call.caller, self.source_identity.as_deref())?;
        let account = arn.account.parse().unwrap_or_else(|_| call.account());
        // After what the request alone decides, so that no code is used up for nothing; before whatever state and
        // policies decide, so that a wrong code learns nothing. The session to come has no second factor.
        let serial_number = self.serial_number.as_deref();
        second_factor::verify(call, serial_number, self.token_code.as_deref())?;

        let role = named_role::find(call.snapshot, call.partition(), &arn, account);
        let asked = Asked {
            request: &self,
            account,
            tags: &tags,
            source_identity,
        };
        let Some(role) = &role else {
            return Err(asked.absent(call));
        };
        asked.authorize(call, role, "sts:AssumeRole")?;
        if source_identity.is_some() {
            asked.authorize(call, role, "sts:SetSourceIdentity")?;
        }
        if !tags.is_empty() {
            asked.authorize(call, role, "sts:TagSession")?;
        }
        if !self.provided_contexts.is_empty() {
            // No context provider is trusted by anything here, so nobody may set a context.
            return Err(asked.without_provider(call, role));
        }

        let policies = SessionPolicies::read(
            call.snapshot,
            call.partition(),
            account,
            self.policy.as_deref(),
            &self.policy_arns,
        )?;
        let seconds = named_role::seconds(role, self.duration_seconds)?;
        check_chained(seconds, chained_from)?;
        let packed = !policies.is_empty() || !tags.is_empty();
        let source_identity = source_identity.map(str::to_owned);
        let grant = Grant {
            policy: policies.inline,
            policy_arns: policies.arns,
            source_identity: source_identity.as_deref().map(Into::into),
            chain_depth: chained_from.map_or(0, |session| session.chain_depth.saturating_add(1)),
            tags,
            ..Grant::new(
                SessionPrincipal::Role {
                    id: role.id,
                    account,
                    session_name: self.role_session_name.as_str().into(),
                },
                seconds,
            )
        };
        let issued = issue(&mut *call, grant, self.minimum_session_token_size)?;
        let response = AssumeRoleResponse {
            credentials: issued.credentials,
            assumed_role_user: named_role::session(call.partition(), role, &self.role_session_name),
            packed_policy_size: packed.then_some(issued.utilization),
            source_identity,
            session_token_utilization: issued.padded_utilization,
            session_token_size: issued.padded_size,
        };
        call.notes.response_elements = recorded(&response);
        call.notes.other_account = Some(account);
        Ok(response)
    }
}

/// Adds the tags that come down the chain to the record's parameters (`facts: sts §10`).
fn note_incoming(call: &mut Call<'_>, tags: &[SessionTag]) {
    if tags.is_empty() {
        return;
    }
    let inherited = tags.iter().filter(|tag| tag.reach == TagReach::Inherited);
    let inherited: Map<String, Value> = inherited
        .map(|tag| (tag.key.to_string(), Value::from(&*tag.value)))
        .collect();
    if let Some(parameters) = &mut call.notes.request_parameters
        && !inherited.is_empty()
    {
        parameters.add("incomingTransitiveTags", &Value::Object(inherited));
    }
}

/// Refuses what lasts longer than a chain allows. The role's limit is reported before (`facts: sts §2.4`).
fn check_chained(seconds: i32, chained_from: Option<&Session>) -> Result<(), ApiError> {
    if chained_from.is_none() || seconds <= CHAINED_MAX_SECONDS {
        return Ok(());
    }
    let text =
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    Err(ApiError::validation(text))
}

/// The source identity of the session to be: what the chain has set, or what the request sets.
fn source_identity<'r>(caller: &'r Caller, requested: Option<&'r str>) -> Result<Option<&'r str>, ApiError> {
    let fixed = caller
        .session
        .as_deref()
        .and_then(|session| session.source_identity.as_deref());
    match (fixed, requested) {
        (Some(fixed), Some(requested)) if fixed != requested => Err(ApiError::validation(
            "The source identity is already set for this assume role session",
        )),
        (Some(fixed), _) => Ok(Some(fixed)),
        (None, requested) => Ok(requested),
    }
}

/// The three questions that an AssumeRole may ask of the policies; all have the same circumstances.
struct Asked<'a> {
    request: &'a AssumeRoleRequest,
    account: AccountId,
    tags: &'a [SessionTag],
    source_identity: Option<&'a str>,
}

impl Asked<'_> {
    fn authorize(&self, call: &Call<'_>, role: &Role, action: &str) -> Result<(), Failure> {
        call.authorize(action, self.target(role), Wording::Unexplained, |context| {
            self.keys(Some(role), context);
        })
    }

    /// The denial of a role that is not there.
    fn absent(&self, call: &Call<'_>) -> Failure {
        let target = Target::plain(&self.request.role_arn, self.account);
        let why = "The account has no such role.";
        call.refuse("sts:AssumeRole", target, Wording::Unexplained, why, |context| {
            self.keys(None, context);
        })
    }

    fn without_provider(&self, call: &Call<'_>, role: &Role) -> Failure {
        let why = "No context provider is trusted here, so no request may have ProvidedContexts.";
        let keys = |context: &mut _| self.keys(Some(role), context);
        call.refuse(
            "sts:SetContext",
            self.target(role),
            Wording::Unexplained,
            why,
            keys,
        )
    }

    fn target<'k>(&'k self, role: &'k Role) -> Target<'k> {
        let trust = ResourcePolicy::Trust(Source::new(&role.trust, "trust policy"));
        Target::with_policy(&self.request.role_arn, self.account, trust)
    }

    /// The keys of `facts: sts §4.2` that AssumeRole has. Inherited transitive tags count as requested ones, because the
    /// session will carry them; they do not replace the role's own tags, or a caller could match any role by carrying the
    /// tag (`facts: sts §4.3`, where the documents disagree).
    fn keys<'k>(&'k self, role: Option<&'k Role>, context: &mut Context<'k>) {
        context.set("sts:RoleSessionName", self.request.role_session_name.as_str());
        if let Some(external_id) = self.request.external_id.as_deref() {
            context.set("sts:ExternalId", external_id);
        }
        if let Some(source_identity) = self.source_identity {
            context.set("sts:SourceIdentity", source_identity);
        }
        let transitive = self.tags.iter().filter(|tag| tag.reach.is_transitive());
        if transitive.clone().next().is_some() {
            context.set_many("sts:TransitiveTagKeys", transitive.map(|tag| &*tag.key));
        }
        request_tag_keys(context, self.tags.iter().map(|tag| (&*tag.key, &*tag.value)));
        let tags = role.map_or(&[][..], |role| &role.tags);
        resource_tag_keys(context, tags.iter().map(|tag| (&*tag.key, &*tag.value)));
    }
}
