//! One call: what an operation may look at, and how it asks whether its caller may.
//!
//! An operation is a function of a `Call` and its typed request. The clock, the randomness and the state it reads are
//! all in here, and what it wants changed goes into `changes`; whoever made the call commits them. So any decision can
//! be replayed from its inputs.

use jiff::Timestamp;
use locum_api::ApiError;
use locum_crypto::{Random, SecretString};
use locum_directory::{Changes, Snapshot};
use locum_names::{AccountId, Partition};
use locum_policy::{
    ConditionKeys, Context, Decision, Deferred, Layer, Layers, Request, ResourcePolicy, Source, decide,
};

use crate::{
    audit::{Elements, Resource, UserIdentity},
    caller::Caller,
    carried::Carried,
    circumstances::{Circumstances, global_keys, owner_keys, owner_path},
    denial::{Asked, Denial, Wording, denial},
    last_uses::LastUses,
    layers::{CallerPolicies, ControlPolicies, SessionPolicies},
    outbound::Issuers,
    rings::Rings,
    settings::Settings,
};

/// Everything one operation sees.
pub struct Call<'a> {
    /// The deployment's settings.
    pub settings: &'a Settings,
    /// The state of the directory.
    pub snapshot: &'a Snapshot,
    /// The keys that seal tokens, messages and markers.
    pub rings: &'a Rings,
    /// The keys of the accounts that issue tokens.
    pub issuers: &'a Issuers,
    /// When keys and roles were last used, as far as the snapshot does not know it yet.
    pub last_uses: &'a LastUses,
    /// Who calls.
    pub caller: &'a Caller,
    /// Where, when and how.
    pub at: Circumstances<'a>,
    /// The only source of randomness.
    pub random: &'a mut dyn Random,
    /// What the operation wants stored if it succeeds.
    pub changes: Changes,
    /// What must be stored whatever becomes of the operation, such as the count of wrong codes.
    pub kept: Changes,
    /// What goes into the audit record beyond the parameters.
    pub notes: Notes,
    /// What the first run worked out for the second.
    pub carried: Carried,
    /// What the reply says beside its body if the operation succeeds. It is not recorded.
    pub reply_headers: Vec<(&'static str, SecretString)>,
}

/// What an operation adds to its audit record.
#[derive(Debug, Default)]
pub struct Notes {
    /// In place of the response's own members.
    pub response_elements: Option<Elements>,
    /// In place of the request's own members.
    pub request_parameters: Option<Elements>,
    /// The other account that the call concerns, which gets a record of its own.
    pub other_account: Option<AccountId>,
    /// Whom an identity provider vouched for, and the account of the provider: the caller of a call that nobody signed.
    pub vouched: Option<(UserIdentity<'static>, AccountId)>,
    /// What CloudTrail has no other field for.
    pub additional_event_data: Option<Elements>,
    /// The resources that the call concerned.
    pub resources: Vec<Resource>,
}

/// Why an operation ended without a result.
#[derive(Debug)]
pub enum Failure {
    /// An error of the operation.
    Api(ApiError),
    /// A policy, or the lack of one, denied it.
    Denied(Box<Denial>),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// What is acted on.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// Its ARN, or `*`.
    pub arn: &'a str,
    /// The account whose side decides: the one it belongs to, but for [`Target::of_member`] and [`Target::of_stranger`].
    pub account: AccountId,
    /// The account it belongs to, which is `aws:ResourceAccount`.
    pub owner: AccountId,
    /// Whether policies may decide by where that account stands.
    pub place: OwnersPlace,
    /// Its own policy.
    pub policy: ResourcePolicy<'a>,
}

/// Whether policies may decide by the place of an account in the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnersPlace {
    /// They may: it is `aws:ResourceOrgPaths`.
    Known,
    /// They may not: what they decide would tell the caller.
    Untold,
}

impl<'a> Target<'a> {
    /// Something of `account` that has no policy of its own.
    #[must_use]
    pub const fn plain(arn: &'a str, account: AccountId) -> Self {
        Self::with_policy(arn, account, ResourcePolicy::None)
    }

    /// Something of `account` that has a policy of its own.
    #[must_use]
    pub const fn with_policy(arn: &'a str, account: AccountId, policy: ResourcePolicy<'a>) -> Self {
        Self {
            arn,
            account,
            owner: account,
            place: OwnersPlace::Known,
            policy,
        }
    }

    /// Something of a member account over which the organization gave `manager` the say: the manager's policies decide
    /// as if it were its own.
    #[must_use]
    pub const fn of_member(arn: &'a str, member: AccountId, manager: AccountId) -> Self {
        Self {
            arn,
            account: manager,
            owner: member,
            place: OwnersPlace::Known,
            policy: ResourcePolicy::None,
        }
    }

    /// Something that `asker` asks of an account that it chose: the asker's policies decide, and only by the account's
    /// number. By its place they could tell whether there is such an account.
    #[must_use]
    pub const fn of_stranger(arn: &'a str, stranger: AccountId, asker: AccountId) -> Self {
        Self {
            place: OwnersPlace::Untold,
            ..Self::of_member(arn, stranger, asker)
        }
    }
}

impl<'a> Call<'a> {
    /// The time of the call.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.at.now
    }

    /// The partition of every ARN.
    #[must_use]
    pub const fn partition(&self) -> Partition {
        self.settings.partition
    }

    /// The caller's account.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.caller.account
    }

    /// Asks whether the caller may perform `action` on `target`, with `keys` setting the condition keys that only this
    /// action has.
    ///
    /// # Errors
    /// [`Failure::Denied`] with the sentence in this wording.
    pub fn authorize<'k>(
        &self,
        action: &str,
        target: Target<'k>,
        wording: Wording,
        keys: impl Fn(&mut Context<'k>),
    ) -> Result<(), Failure>
    where
        'a: 'k,
    {
        self.authorize_as(action, target, wording, None, keys)
    }

    /// As [`authorize`](Self::authorize), with one more identity policy than the caller has: what a setting of the account
    /// gives to its users. Whatever else denies or bounds still does.
    ///
    /// # Errors
    /// [`Failure::Denied`] with the sentence in this wording.
    pub(crate) fn authorize_as<'k>(
        &self,
        action: &str,
        target: Target<'k>,
        wording: Wording,
        granted: Option<Source<'_>>,
        keys: impl Fn(&mut Context<'k>),
    ) -> Result<(), Failure>
    where
        'a: 'k,
    {
        let context = Deferred::new(|| self.context(&target, &keys));
        let request = self.request(action, &target, &context);
        self.with_layers(&request, &target, granted, |layers| {
            let decision = decide(&request, layers);
            if decision.is_allowed() {
                return Ok(());
            }
            Err(self.denied(&request, &target, layers, &decision, (wording, None)))
        })
    }

    /// The denial of an action that no policy can allow, because what it acts on is not there or nothing here can do
    /// it. Only callers of the target's own account are told `why`; to others it is a denial like any.
    pub fn refuse<'k>(
        &self,
        action: &str,
        target: Target<'k>,
        wording: Wording,
        why: &str,
        keys: impl Fn(&mut Context<'k>),
    ) -> Failure
    where
        'a: 'k,
    {
        let context = Deferred::new(|| self.context(&target, &keys));
        let request = self.request(action, &target, &context);
        self.with_layers(&request, &target, None, |layers| {
            let decision = Decision::ImplicitDeny { layer: Layer::Trust };
            self.denied(&request, &target, layers, &decision, (wording, Some(why)))
        })
    }

    /// Gathers every policy that bears on a request, with one more identity policy if there is one.
    fn with_layers<T>(
        &self,
        request: &Request<'_>,
        target: &Target<'_>,
        granted: Option<Source<'_>>,
        decided: impl FnOnce(&Layers<'_>) -> T,
    ) -> T {
        let session = SessionPolicies::of(self.caller);
        let policies = CallerPolicies::gather(self.snapshot, self.caller, session.as_ref()).and(granted);
        let resource_control = ControlPolicies::of_owner(self.snapshot, target.owner, request.action);
        let (own, owners) = (policies.service_control().levels(), resource_control.levels());
        decided(&policies.with_resource(target.policy, &own, &owners))
    }

    fn context<'k>(&self, target: &Target<'k>, keys: &impl Fn(&mut Context<'k>)) -> Context<'k>
    where
        'a: 'k,
    {
        let mut context = Context::with_capacity(32);
        // The request's own keys go in first: none of them may replace one that the server derives.
        keys(&mut context);
        global_keys(&mut context, self.caller, &self.at, self.snapshot);
        owner_keys(&mut context, target.owner, &self.at);
        if target.place == OwnersPlace::Known {
            owner_path(&mut context, target.owner, self.snapshot);
        }
        context
    }

    fn request<'r>(
        &'r self,
        action: &'r str,
        target: &Target<'r>,
        context: &'r dyn ConditionKeys,
    ) -> Request<'r> {
        Request {
            principal: self.caller.principal(),
            action,
            resource: target.arn,
            resource_account: target.account,
            context,
        }
    }

    fn denied(
        &self,
        request: &Request<'_>,
        target: &Target<'_>,
        layers: &Layers<'_>,
        decision: &Decision<'_>,
        (wording, instead): (Wording, Option<&str>),
    ) -> Failure {
        let asked = Asked {
            caller_arn: &self.caller.arn_text(),
            caller_id: &self.caller.user_id(),
            partition: self.partition(),
            owner: target.owner,
            user: self.caller.source_of_permissions(),
            wording,
            instead,
        };
        let denial = denial(self.snapshot, &asked, request, layers, decision);
        Failure::Denied(Box::new(denial))
    }
}
