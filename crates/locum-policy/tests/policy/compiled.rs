//! A generated stack, compiled, and what the engine says of a request to it.

use locum_policy::{Decision, Layers, Policy, PolicyKind, Request, ResourcePolicy, Source, decide};
use serde_json::Value;

use crate::{
    dice::Dice,
    generator::{self, Asked},
    naive::{Ask, Stack, Verdict},
    world::{HERE, account},
};

/// Requests asked of the same policies.
const REQUESTS: u64 = 5;
const PLACES: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];

/// A stack's policies, compiled.
pub struct Compiled {
    identity: Vec<Policy>,
    boundary: Option<Policy>,
    session: Option<Vec<Policy>>,
    scps: Vec<Vec<Policy>>,
    rcps: Vec<Vec<Policy>>,
    resource: Option<Policy>,
    trust: bool,
}

fn compile(documents: &mut Vec<Value>, kind: PolicyKind) -> Vec<Policy> {
    let mut compiled = Vec::new();
    documents.retain(|document| {
        let policy = Policy::compile(&document.to_string(), kind).ok();
        let valid = policy.is_some();
        compiled.extend(policy);
        valid
    });
    compiled
}

/// Names policies by their places.
fn sources<'a>(policies: &'a [Policy], places: &mut std::slice::Iter<'a, &'static str>) -> Vec<Source<'a>> {
    policies
        .iter()
        .zip(places)
        .map(|(policy, place)| Source { policy, id: place })
        .collect()
}

fn leveled(levels: &[Vec<Policy>]) -> Vec<Vec<Source<'_>>> {
    let mut places = PLACES.iter();
    levels.iter().map(|list| sources(list, &mut places)).collect()
}

impl Compiled {
    /// Compiles what is valid; what is not is dropped from the stack as well.
    pub fn of(stack: &mut Stack) -> Self {
        let levels =
            |levels: &mut Vec<Vec<Value>>, kind| levels.iter_mut().map(|l| compile(l, kind)).collect();
        let one = |document: &mut Option<Value>, kind| {
            let mut list: Vec<Value> = document.take().into_iter().collect();
            let policy = compile(&mut list, kind).pop();
            *document = list.pop();
            policy
        };
        let on = if stack.trust {
            PolicyKind::Trust
        } else {
            PolicyKind::Resource
        };
        let resource = one(&mut stack.resource, on);
        stack.trust &= resource.is_some();
        Self {
            identity: compile(&mut stack.identity, PolicyKind::Inline),
            boundary: one(&mut stack.boundary, PolicyKind::Inline),
            session: stack
                .session
                .as_mut()
                .map(|list| compile(list, PolicyKind::Session)),
            scps: levels(&mut stack.scps, PolicyKind::ServiceControl),
            rcps: levels(&mut stack.rcps, PolicyKind::ResourceControl),
            resource,
            trust: stack.trust,
        }
    }

    /// The layers, each policy named by its place in its own.
    pub fn with_layers<T>(&self, run: impl FnOnce(&Layers<'_>) -> T) -> T {
        let identity = sources(&self.identity, &mut PLACES.iter());
        let session = self
            .session
            .as_ref()
            .map(|list| sources(list, &mut PLACES.iter()));
        let (scps, rcps) = (leveled(&self.scps), leveled(&self.rcps));
        let scps: Vec<&[Source<'_>]> = scps.iter().map(Vec::as_slice).collect();
        let rcps: Vec<&[Source<'_>]> = rcps.iter().map(Vec::as_slice).collect();
        let named = |policy| Source {
            policy,
            id: PLACES[0],
        };
        run(&Layers {
            identity: &identity,
            boundary: self.boundary.as_ref().map(named),
            session: session.as_deref(),
            service_control: &scps,
            resource_control: &rcps,
            resource: match &self.resource {
                Some(policy) if self.trust => ResourcePolicy::Trust(named(policy)),
                Some(policy) => ResourcePolicy::Attached(named(policy)),
                None => ResourcePolicy::None,
            },
        })
    }

    /// What the compiled engine says.
    pub fn decide(&self, asked: &Asked) -> Verdict {
        self.with_layers(|layers| verdict(&decide(&asked.request(), layers)))
    }
}

impl Asked {
    pub fn request(&self) -> Request<'_> {
        Request {
            principal: self.principal,
            action: &self.action,
            resource: &self.resource,
            resource_account: account(self.owner),
            context: &self.context,
        }
    }

    pub fn ask(&self) -> Ask<'_> {
        Ask {
            principal: self.principal,
            action: &self.action,
            resource: &self.resource,
            same_account: self.owner == HERE,
            context: &self.context,
            bounded: false,
        }
    }
}

pub fn verdict(decision: &Decision<'_>) -> Verdict {
    match decision {
        Decision::Allow => Verdict::Allow,
        Decision::ExplicitDeny {
            layer,
            source,
            statement,
            ..
        } => Verdict::Explicit(*layer, source.parse().unwrap(), *statement),
        Decision::ImplicitDeny { layer } => Verdict::Implicit(*layer),
    }
}

/// Calls `each` with this many pairs; a stack is compiled once and asked several requests.
pub fn each_pair(seed: u64, pairs: u64, each: impl FnMut(u64, &Asked, &Stack, &Compiled)) {
    each_pair_of(seed, pairs, |_, _| (), each);
}

/// The same pairs, but about what has a rule of its own: an action that AWS does not have, and a key whose values are the keys
/// of tags.
pub fn each_own_pair(seed: u64, pairs: u64, each: impl FnMut(u64, &Asked, &Stack, &Compiled)) {
    each_pair_of(seed, pairs, generator::make_own, each);
}

fn each_pair_of(
    seed: u64,
    pairs: u64,
    make: impl Fn(&mut Asked, &mut Stack),
    mut each: impl FnMut(u64, &Asked, &Stack, &Compiled),
) {
    for round in 0..pairs / REQUESTS {
        let mut dice = Dice::new(seed + round);
        let mut asked = generator::asked(&mut dice);
        let mut stack = generator::stack(&mut dice, &asked);
        make(&mut asked, &mut stack);
        let compiled = Compiled::of(&mut stack);
        each(round, &asked, &stack, &compiled);
        for _ in 1..REQUESTS {
            let bent = generator::bend(&mut dice, &asked);
            each(round, &bent, &stack, &compiled);
        }
    }
}
