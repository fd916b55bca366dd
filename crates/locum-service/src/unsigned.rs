//! A call that nobody signed: an identity provider vouches for whoever makes it.
//!
//! There is no caller here, and so no way to act as one. Whom the provider vouches for has no policies of its own; the
//! role's trust policy and the resource control policies over it decide alone (`facts: sts §4.6`).

use jiff::Timestamp;
use locum_crypto::Random;
use locum_directory::{Changes, Snapshot};
use locum_federation::oidc::KeyCache;
use locum_names::Partition;
use locum_policy::{
    ConditionKeys, Context, Decision, Deferred, Layer, Layers, Principal, Request, RequesterKind, decide,
};

use crate::{
    call::{Failure, Notes, Target},
    carried::Carried,
    circumstances::{Circumstances, owner_keys, owner_path, request_keys},
    denial::{Asked, Wording, denial},
    layers::ControlPolicies,
    rings::Rings,
    settings::Settings,
};

/// Everything an unsigned operation sees.
pub struct UnsignedCall<'a> {
    /// The deployment's settings.
    pub settings: &'a Settings,
    /// The state of the directory.
    pub snapshot: &'a Snapshot,
    /// The keys that seal tokens and messages.
    pub rings: &'a Rings,
    /// The keys of OpenID Connect issuers.
    pub identity_keys: &'a KeyCache,
    /// Where, when and how.
    pub at: Circumstances<'a>,
    /// The id of the request, which some texts of identity providers repeat.
    pub request_id: &'a str,
    /// The only source of randomness.
    pub random: &'a mut dyn Random,
    /// What the operation wants stored if it succeeds.
    pub changes: Changes,
    /// What must be stored whatever becomes of the operation.
    pub kept: Changes,
    /// What goes into the audit record beyond the parameters.
    pub notes: Notes,
    /// What the first run worked out for the second.
    pub carried: Carried,
}

/// Whom an identity provider vouches for, after its word was verified.
#[derive(Debug, Clone, Copy)]
pub struct Vouched<'a> {
    /// The provider's ARN.
    pub provider: &'a str,
    /// The user, as the provider calls them.
    pub user: &'a str,
}

impl<'a> UnsignedCall<'a> {
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

    /// Asks whether whom a provider vouches for may perform `action` on `target`; `operation` is what the denial names,
    /// whichever action was denied (`facts: sts §6.1`).
    ///
    /// # Errors
    /// [`Failure::Denied`] with the one sentence that every denial of these operations has.
    pub fn authorize<'k>(
        &self,
        operation: &'static str,
        vouched: &Vouched<'k>,
        action: &str,
        target: Target<'k>,
        keys: impl Fn(&mut Context<'k>),
    ) -> Result<(), Failure>
    where
        'a: 'k,
    {
        let context = Deferred::new(|| self.context(&target, &keys));
        let request = self.request(vouched, action, &target, &context);
        self.with_layers(&request, &target, |layers| {
            let decision = decide(&request, layers);
            if decision.is_allowed() {
                return Ok(());
            }
            Err(self.denied(operation, vouched, &request, layers, &decision, None))
        })
    }

    /// The denial of what no policy can allow; the reason goes into the audit log.
    pub fn refuse<'k>(
        &self,
        operation: &'static str,
        vouched: &Vouched<'k>,
        target: Target<'k>,
        why: &str,
        keys: impl Fn(&mut Context<'k>),
    ) -> Failure
    where
        'a: 'k,
    {
        let context = Deferred::new(|| self.context(&target, &keys));
        let request = self.request(vouched, operation, &target, &context);
        self.with_layers(&request, &target, |layers| {
            let decision = Decision::ImplicitDeny { layer: Layer::Trust };
            self.denied(operation, vouched, &request, layers, &decision, Some(why))
        })
    }

    /// Nobody's own policies: the trust policy, and what the role's account may let anybody do at most. Whoever comes from
    /// outside has no service control policies (`facts: policy §2.3`).
    fn with_layers<T>(
        &self,
        request: &Request<'_>,
        target: &Target<'_>,
        decided: impl FnOnce(&Layers<'_>) -> T,
    ) -> T {
        let resource_control = ControlPolicies::of_owner(self.snapshot, target.owner, request.action);
        let levels = resource_control.levels();
        decided(&Layers {
            resource_control: &levels,
            resource: target.policy,
            ..Layers::default()
        })
    }

    fn context<'k>(&self, target: &Target<'k>, keys: &impl Fn(&mut Context<'k>)) -> Context<'k>
    where
        'a: 'k,
    {
        let mut context = Context::with_capacity(32);
        // What the provider says goes in first: none of it may replace a key that the server derives.
        keys(&mut context);
        request_keys(&mut context, &self.at);
        owner_keys(&mut context, target.owner, &self.at);
        owner_path(&mut context, target.owner, self.snapshot);
        context
    }

    fn request<'r>(
        &self,
        vouched: &Vouched<'r>,
        action: &'r str,
        target: &Target<'r>,
        context: &'r dyn ConditionKeys,
    ) -> Request<'r> {
        Request {
            principal: Principal::outside(self.partition(), RequesterKind::Federated(vouched.provider)),
            action,
            resource: target.arn,
            resource_account: target.account,
            context,
        }
    }

    fn denied(
        &self,
        operation: &'static str,
        vouched: &Vouched<'_>,
        request: &Request<'_>,
        layers: &Layers<'_>,
        decision: &Decision<'_>,
        instead: Option<&str>,
    ) -> Failure {
        let asked = Asked {
            caller_arn: vouched.provider,
            caller_id: vouched.user,
            partition: self.partition(),
            owner: request.resource_account,
            user: None,
            wording: Wording::Federated(operation),
            instead,
        };
        let denial = denial(self.snapshot, &asked, request, layers, decision);
        Failure::Denied(Box::new(denial))
    }
}
