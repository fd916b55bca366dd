//! A denial: the sentence for the client, and the explanation for those who may read it.
//!
//! The sentence is AWS's to the letter. The explanation has the shape of AWS's decoded message (`facts: sts §2.8`) with one
//! member more, `explanation`, that says which layer decided and what would have to change. It goes into a sealed
//! header, and in clear into the audit log. Of another account it says nothing at all: there it judges the caller's own
//! side as if the other side were willing, so a caller cannot learn whether a foreign role exists, how it is tagged, where
//! its account stands or whom it trusts (`facts: sts §2.4`). Where the caller's own policies decide over what another account
//! owns, the explanation leaves out that account as well, unless the caller's account manages the organization. Whom an identity provider vouches for carries away what was asked and nothing
//! else, since even the length of a sealed message shows; why it was denied stands in the audit log alone.

mod document;
mod reason;

use std::{ptr, sync::LazyLock};

use locum_api::ApiError;
use locum_directory::{Group, ManagedPolicy, PolicyOwner, Snapshot, User};
use locum_names::{AccountId, Partition, UniqueId};
use locum_policy::{
    Context, Decision, Explanation, Layer, Layers, Policy, PolicyKind, Request, ResourcePolicy, Source,
    because, explain,
};

/// How much of the reason the sentence carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// `… on resource: R`, and nothing about why: AssumeRole and its siblings (`facts: sts §2.4`).
    Unexplained,
    /// `… on resource: R because …` (`facts: sts §7.2`).
    Full,
    /// `… because …` without the resource (`facts: sts §2.8`).
    WithoutResource,
    /// `Not authorized to perform O`: of an operation that nobody signs, whichever action was denied
    /// (`facts: sts §2.6, §6.1`).
    Federated(&'static str),
}

/// A denied request.
#[derive(Debug, Clone)]
pub struct Denial {
    /// The sentence for the client.
    pub message: String,
    /// The account whose principals may decode the explanation.
    pub account: AccountId,
    /// What a decoded authorization message says.
    pub explanation: String,
    /// What the audit log says, as JSON: the layer and the statement that decided.
    pub reason: String,
}

impl Denial {
    /// The error on the wire.
    #[must_use]
    pub fn error(&self) -> ApiError {
        ApiError::access_denied(self.message.as_str())
    }
}

/// Who asked, and how the answer is worded.
pub(crate) struct Asked<'a> {
    pub(crate) caller_arn: &'a str,
    pub(crate) caller_id: &'a str,
    pub(crate) partition: Partition,
    /// The account that owns what is acted on, whichever side decides.
    pub(crate) owner: AccountId,
    /// The user whose policies the caller has.
    pub(crate) user: Option<&'a User>,
    pub(crate) wording: Wording,
    /// What to tell the account's own callers in place of what the policies say.
    pub(crate) instead: Option<&'a str>,
}

/// Makes the denial of a request that was decided otherwise than `Allow`.
pub(crate) fn denial(
    snapshot: &Snapshot,
    asked: &Asked<'_>,
    request: &Request<'_>,
    layers: &Layers<'_>,
    decision: &Decision<'_>,
) -> Denial {
    let account = request.principal.account.unwrap_or(request.resource_account);
    let names = Names {
        snapshot,
        partition: asked.partition,
        account,
        user: asked.user,
    };
    let mut decision = *decision;
    let (explanation, reason) = if account != request.resource_account {
        own_side(asked, request, layers, &names)
    } else if !may_know(snapshot, account, asked.owner) {
        let (told, document, reason) = over_another(asked, request, layers, &names);
        decision = told;
        (document, reason)
    } else {
        let explanation = explain(request, layers);
        let reason = match asked.instead {
            Some(text) => reason::of_service(text),
            None => reason::of(request, layers, &explanation, &names),
        };
        let document = match asked.wording {
            Wording::Federated(operation) => outside(asked, request, operation),
            Wording::Unexplained | Wording::Full | Wording::WithoutResource => {
                document::document(asked, request, &explanation, &reason)
            }
        };
        (document, reason)
    };
    Denial {
        message: sentence(asked, request, &decision, &names),
        account,
        explanation,
        reason,
    }
}

/// Whether callers of an account may know the policies, the tags and the place of what another owns.
fn may_know(snapshot: &Snapshot, account: AccountId, owner: AccountId) -> bool {
    let organization = snapshot.organization();
    account == owner || organization.is_some_and(|organization| organization.management_account == account)
}

fn sentence(asked: &Asked<'_>, request: &Request<'_>, decision: &Decision<'_>, names: &Names<'_>) -> String {
    if let Wording::Federated(operation) = asked.wording {
        return format!("Not authorized to perform {operation}");
    }
    let (arn, action) = (asked.caller_arn, request.action);
    let mut message = format!("User: {arn} is not authorized to perform: {action}");
    if asked.wording != Wording::WithoutResource {
        message.push_str(" on resource: ");
        message.push_str(request.resource);
    }
    // What the caller's own policies allow as far as the caller may know is denied without a word about why.
    if asked.wording != Wording::Unexplained && !decision.is_allowed() {
        message.push(' ');
        message.push_str(&because(action, decision));
        if let Decision::ExplicitDeny { layer, source, .. } = decision
            && let Some(arn) = names.managed(*layer, source)
        {
            message.push_str(": ");
            message.push_str(&arn);
        }
    }
    message
}

static WILLING: LazyLock<Option<Policy>> = LazyLock::new(|| {
    let document =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:*"}}"#;
    Policy::compile(document, PolicyKind::Trust).ok()
});

/// What whom an identity provider vouches for is told: the same whether the role is not there, does not trust, or lacks a
/// permission.
fn outside(asked: &Asked<'_>, request: &Request<'_>, operation: &str) -> String {
    let context = without_resource_secrets(request.context.context());
    let request = Request {
        action: operation,
        context: &context,
        ..*request
    };
    document::document(asked, &request, &nothing(), &reason::outside(&request))
}

/// The explanation of a denial across accounts: of what the caller's own side says, whatever the other side does.
fn own_side(
    asked: &Asked<'_>,
    request: &Request<'_>,
    layers: &Layers<'_>,
    names: &Names<'_>,
) -> (String, String) {
    let context = without_resource_secrets(request.context.context());
    let request = Request {
        context: &context,
        ..*request
    };
    let Some(willing) = &*WILLING else {
        let reason = reason::hidden(&request, asked.owner);
        return (document::document(asked, &request, &nothing(), &reason), reason);
    };
    let layers = Layers {
        resource: ResourcePolicy::Trust(Source::new(willing, "")),
        resource_control: &[],
        ..*layers
    };
    let mut explanation = explain(&request, &layers);
    explanation
        .matched
        .retain(|statement| statement.layer != Layer::Trust);
    explanation
        .near
        .retain(|near| near.statement.layer != Layer::Trust);
    let reason = match explanation.decision {
        Decision::Allow | Decision::ImplicitDeny { layer: Layer::Trust } => {
            reason::hidden(&request, asked.owner)
        }
        _ => reason::of(&request, &layers, &explanation, names),
    };
    (document::document(asked, &request, &explanation, &reason), reason)
}

/// The explanation of a denial where the caller's own policies decide over what another account owns, and what they say as
/// far as the caller may know: the same wherever that account stands, whatever policies it has, and if there is none.
fn over_another<'l>(
    asked: &Asked<'_>,
    request: &Request<'_>,
    layers: &Layers<'l>,
    names: &Names<'_>,
) -> (Decision<'l>, String, String) {
    let context = without_resource_secrets(request.context.context());
    let request = Request {
        context: &context,
        ..*request
    };
    let layers = Layers {
        resource_control: &[],
        ..*layers
    };
    let explanation = explain(&request, &layers);
    let reason = match explanation.decision {
        Decision::Allow => reason::hidden(&request, asked.owner),
        _ => reason::of(&request, &layers, &explanation, names),
    };
    let document = document::document(asked, &request, &explanation, &reason);
    (explanation.decision, document, reason)
}

const fn nothing() -> Explanation<'static> {
    Explanation {
        decision: Decision::ImplicitDeny { layer: Layer::Trust },
        matched: Vec::new(),
        near: Vec::new(),
    }
}

fn without_resource_secrets<'a>(context: &Context<'a>) -> Context<'a> {
    let begins = |key: &str, start: &str| {
        key.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    context.without(|key| {
        begins(key, "aws:resourcetag/")
            || begins(key, "iam:resourcetag/")
            || key.eq_ignore_ascii_case("aws:resourceorgpaths")
    })
}

/// What policies are called: managed ones go by their unique id until somebody asks.
pub(crate) struct Names<'a> {
    snapshot: &'a Snapshot,
    partition: Partition,
    /// The account whose policies are told.
    account: AccountId,
    user: Option<&'a User>,
}

impl Names<'_> {
    /// The ARN of a managed policy or a control policy. Which of them an id means, the layer says: anybody may give an
    /// inline policy the name of either.
    fn managed(&self, layer: Layer, source: &str) -> Option<String> {
        if matches!(layer, Layer::ServiceControl | Layer::ResourceControl) {
            let organization = self.snapshot.organization()?;
            let policy = self.snapshot.control_policy(source)?;
            return Some(policy.arn(self.partition, organization));
        }
        Some(self.managed_policy(source)?.arn(self.partition))
    }

    /// The managed policy that a source is: AWS's, or one of the account whose policies are told.
    ///
    /// Any inline policy may be named like the unique id of a managed one, of another account even. It is told from it by
    /// the name itself: a source's name is the very one in the snapshot.
    fn managed_policy(&self, source: &str) -> Option<&ManagedPolicy> {
        let id: UniqueId = source.parse().ok()?;
        let policy = self.snapshot.policy_by_id(&id)?;
        let is_told = match policy.owner {
            PolicyOwner::Aws => true,
            PolicyOwner::Account(owner) => owner == self.account,
        };
        (is_told && ptr::eq(policy.id.as_str(), source)).then_some(policy)
    }

    /// The group through which the caller has an identity policy; `None` for one of its own.
    fn group(&self, source: &str) -> Option<&Group> {
        let user = self.user?;
        let id = self.managed_policy(source).map(|policy| policy.id);
        let own = id.is_some_and(|id| user.attached.contains(&id));
        let mut groups = user.groups.iter().filter_map(|id| self.snapshot.group_by_id(id));
        let found = groups.find(|group| {
            let attached = id.is_some_and(|id| group.attached.contains(&id));
            let mut inline = group.inline.iter();
            attached || inline.any(|inline| ptr::eq(&*inline.name, source))
        });
        found.filter(|_| !own).map(AsRef::as_ref)
    }

    /// The ARN of a managed policy or a control policy, or an inline policy's name.
    fn name(&self, layer: Layer, source: &str) -> String {
        self.managed(layer, source).unwrap_or_else(|| source.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_willing_policy_is_one() {
        assert!(WILLING.is_some());
    }
}
