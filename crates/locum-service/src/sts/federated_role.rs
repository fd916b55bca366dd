//! The role that somebody wants for whom an identity provider vouches: what is asked of its trust policy.
//!
//! Nobody here has policies of their own, so the trust policy decides alone, and whatever it lacks is answered with one
//! sentence: whether the role is there, whom it trusts and what it lacks is for its account to know
//! (`facts: sts §6.1`).

use locum_directory::{Role, Tag};
use locum_names::AccountId;
use locum_policy::{Context, ResourcePolicy, Source};
use locum_session::SessionTag;

use crate::{
    call::{Failure, Target},
    circumstances::{request_tag_keys, resource_tag_keys},
    unsigned::{UnsignedCall, Vouched},
};

/// Roles that another service manages for its own sign-in (`facts: sts §2.5`).
const RESERVED: &str = "AWSReservedSSO_";

/// What is asked of a role's trust policy.
pub(super) struct Wanted<'w> {
    /// `sts:AssumeRoleWithSAML` or its sibling.
    pub(super) operation: &'static str,
    pub(super) vouched: Vouched<'w>,
    pub(super) role_arn: &'w str,
    pub(super) account: AccountId,
    pub(super) session_name: &'w str,
    pub(super) source_identity: Option<&'w str>,
    pub(super) tags: &'w [SessionTag],
}

impl<'w> Wanted<'w> {
    /// Asks whether the role may be assumed, and with the tags and the source identity if there are some. `claims` sets
    /// the condition keys of what the provider says.
    ///
    /// # Errors
    /// The one denial that there is.
    pub(super) fn authorize<'a: 'w>(
        &'w self,
        call: &UnsignedCall<'a>,
        role: Option<&'w Role>,
        claims: impl Fn(&mut Context<'w>),
    ) -> Result<(), Failure> {
        let Some(role) = role else {
            return Err(self.refuse(call, "The account has no such role.", claims));
        };
        // Names of roles are the same in either case.
        let reserved = role.name.get(..RESERVED.len());
        if reserved.is_some_and(|begin| begin.eq_ignore_ascii_case(RESERVED)) {
            return Err(self.refuse(
                call,
                "Roles of AWSReservedSSO are assumed through their own portal only.",
                claims,
            ));
        }
        let identity = self.source_identity.map(|_| "sts:SetSourceIdentity");
        let tagging = (!self.tags.is_empty()).then_some("sts:TagSession");
        for action in [Some(self.operation), identity, tagging].into_iter().flatten() {
            let trust = ResourcePolicy::Trust(Source::new(&role.trust, "trust policy"));
            let target = Target::with_policy(self.role_arn, self.account, trust);
            call.authorize(self.operation, &self.vouched, action, target, |context| {
                claims(context);
                self.keys(&role.tags, context);
            })?;
        }
        Ok(())
    }

    /// The denial of a role that no policy could give, in the circumstances of any other.
    fn refuse<'a: 'w>(
        &'w self,
        call: &UnsignedCall<'a>,
        why: &str,
        claims: impl Fn(&mut Context<'w>),
    ) -> Failure {
        let target = Target::plain(self.role_arn, self.account);
        call.refuse(self.operation, &self.vouched, target, why, |context| {
            claims(context);
            self.keys(&[], context);
        })
    }

    /// The keys of `facts: sts §4.2`. They go in after the provider's claims, which therefore cannot replace them.
    fn keys(&'w self, role_tags: &'w [Tag], context: &mut Context<'w>) {
        context.set("sts:RoleSessionName", self.session_name);
        if let Some(source_identity) = self.source_identity {
            context.set("sts:SourceIdentity", source_identity);
        }
        let transitive = self.tags.iter().filter(|tag| tag.reach.is_transitive());
        if transitive.clone().next().is_some() {
            context.set_many("sts:TransitiveTagKeys", transitive.map(|tag| &*tag.key));
        }
        request_tag_keys(context, self.tags.iter().map(|tag| (&*tag.key, &*tag.value)));
        resource_tag_keys(context, role_tags.iter().map(|tag| (&*tag.key, &*tag.value)));
    }
}
