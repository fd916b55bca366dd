//! The language once more, as plainly as possible: no index, no compilation, dynamic programming for wildcards.
//! Slow and written apart from the library, so that the two can be compared.
//!
//! It can also be made wrong in one place ([`Mutation`]): a comparison that would not notice is no proof.

mod conditions;
mod mutation;
mod patterns;
mod principals;
mod values;

use locum_policy::{Context, FederatedIssuer, Layer, Principal, RequesterKind};
use serde_json::Value;

use conditions::condition;
pub use mutation::{Mutation, mutated, with_mutation};
use patterns::{Mode, Truth, both, glob, not, or, resource_matches, symbols};
use principals::principal_classes;
use values::lower;

/// What the naive interpreter knows of a request.
pub struct Ask<'a> {
    pub principal: Principal<'a>,
    pub action: &'a str,
    pub resource: &'a str,
    pub same_account: bool,
    pub context: &'a Context<'a>,
    pub bounded: bool,
}

/// Documents by layer; `None` stands for a layer that is not there.
#[derive(Debug, Clone)]
pub struct Stack {
    pub identity: Vec<Value>,
    pub boundary: Option<Value>,
    pub session: Option<Vec<Value>>,
    pub scps: Vec<Vec<Value>>,
    pub rcps: Vec<Vec<Value>>,
    pub resource: Option<Value>,
    pub trust: bool,
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        other => vec![other],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a text matches a pattern of wildcards alone.
pub fn glob_text(pattern: &str, text: &str) -> bool {
    glob(
        &symbols(pattern, true, Mode::PLAIN, &Context::new()).unwrap(),
        text,
    )
}

fn action_matches(statement: &Value, ask: &Ask<'_>) -> bool {
    let action = |pattern: &Value| {
        let (pattern, action) = if mutated(Mutation::ActionsHaveCase) {
            (text(pattern), ask.action.to_owned())
        } else {
            (
                text(pattern).to_ascii_lowercase(),
                ask.action.to_ascii_lowercase(),
            )
        };
        let pattern = match () {
            () if mutated(Mutation::PointInActionIsAny) => pattern.replace('.', "?"),
            () if mutated(Mutation::QuestionInActionIsLiteral) => pattern.replace('?', "."),
            () => pattern,
        };
        let symbols = symbols(&pattern, true, Mode::PLAIN, ask.context).unwrap();
        glob(&symbols, &action)
    };
    match (statement.get("Action"), statement.get("NotAction")) {
        (Some(list), _) => items(list).into_iter().any(action),
        (_, Some(list)) => {
            let unnamed =
                ask.action.to_ascii_lowercase().starts_with("locum:") && statement["Effect"] == "Allow";
            let reached = !unnamed || mutated(Mutation::NotActionReachesOwn);
            reached && !items(list).into_iter().any(action)
        }
        _ => unreachable!(),
    }
}

fn resource_truth(statement: &Value, ask: &Ask<'_>, variables: bool) -> Truth {
    match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(list), _) => or(items(list).into_iter().map(|r| match r {
            Value::Null => Some(false),
            r => both(variables, &text(r), |mode| resource_matches(&text(r), ask, mode)),
        })),
        (_, Some(list)) => not(or(items(list).into_iter().map(|r| match r {
            Value::Null => None,
            r => both(variables, &text(r), |mode| {
                if symbols(&text(r), true, mode, ask.context).is_none() {
                    let inert = mutated(Mutation::UnresolvedNotResourceIsInert);
                    return if inert { Some(false) } else { None };
                }
                resource_matches(&text(r), ask, mode)
            }),
        }))),
        _ => Some(true),
    }
}

/// Shows every element of a statement that is compared: its name, or a condition's operator, and whether it matches.
pub fn each_element(statement: &Value, ask: &Ask<'_>, variables: bool, mut show: impl FnMut(&str, bool)) {
    let deny = statement["Effect"] == "Deny";
    let take = |truth: Truth| truth.unwrap_or(deny);
    show("Action", action_matches(statement, ask));
    show("Resource", take(resource_truth(statement, ask, variables)));
    let blocks = statement.get("Condition").and_then(Value::as_object);
    for (operator, keys) in blocks.into_iter().flatten() {
        let keys = keys.as_object().unwrap();
        for key in keys.keys() {
            // Several spellings of a key.
            let same = keys.iter().filter(|(other, _)| lower(other) == lower(key));
            let same: Vec<&Value> = same.map(|(_, wanted)| wanted).collect();
            let together = same.iter().flat_map(|wanted| items(wanted)).cloned().collect();
            let together = Value::Array(together);
            let readings = same.iter().copied().chain((same.len() > 1).then_some(&together));
            let mut each = readings.map(|wanted| condition(operator, key, wanted, variables, ask.context));
            let first = each.next().unwrap();
            let agree = mutated(Mutation::SpellingsAreConditions) || each.all(|truth| truth == first);
            show(operator, take(if agree { first } else { None }));
        }
    }
}

/// The classes by which a statement means the request; empty when it does not match.
fn statement_classes(statement: &Value, ask: &Ask<'_>, variables: bool, trust: bool) -> String {
    let mut matches = true;
    each_element(statement, ask, variables, |_, holds| matches &= holds);
    if matches {
        principal_classes(statement, ask, trust)
    } else {
        String::new()
    }
}

/// What is decided, and by which statement or layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    /// The first statement that denies: its layer, its policy's place in it and its own in that.
    Explicit(Layer, usize, usize),
    /// The first layer that had to allow and did not.
    Implicit(Layer),
}

/// A statement that matches.
#[derive(Debug)]
pub struct Hit {
    pub layer: Layer,
    pub deny: bool,
    pub classes: String,
    level: usize,
    policy: usize,
    statement: usize,
}

/// A verdict, and all that led to it.
#[derive(Debug)]
pub struct Ruling {
    pub verdict: Verdict,
    pub hits: Vec<Hit>,
    /// By which names the resource's policy allows.
    pub grants: String,
    /// The layers that apply.
    pub layers: Vec<Layer>,
}

/// The documents that apply, in the order in which denials are reported: layer, level and place.
fn applying<'s>(ask: &Ask<'_>, stack: &'s Stack) -> Vec<(Layer, usize, usize, &'s Value)> {
    let exempt = is_exempt(ask);
    let leveled = |layer, levels: &'s [Vec<Value>]| {
        let all = levels.iter().enumerate();
        let all = all.flat_map(|(level, list)| list.iter().map(move |document| (level, document)));
        let numbered = all.enumerate();
        numbered
            .map(move |(at, (level, document))| (layer, level, at, document))
            .collect::<Vec<_>>()
    };
    let flat = |layer, list: Vec<&'s Value>| {
        let numbered = list.into_iter().enumerate();
        numbered
            .map(move |(at, document)| (layer, 0, at, document))
            .collect::<Vec<_>>()
    };
    let limited = !exempt || mutated(Mutation::ServiceLinkedIsLimited);
    let scps: &[Vec<Value>] = if limited { &stack.scps } else { &[] };
    let rcps: &[Vec<Value>] = if exempt { &[] } else { &stack.rcps };
    let identity: &[Value] = if is_root(ask) && !mutated(Mutation::RootHasIdentity) {
        &[]
    } else {
        &stack.identity
    };
    let mut all = leveled(Layer::ServiceControl, scps);
    all.extend(leveled(Layer::ResourceControl, rcps));
    let on = if stack.trust {
        Layer::Trust
    } else {
        Layer::Resource
    };
    all.extend(flat(on, stack.resource.iter().collect()));
    all.extend(flat(Layer::Identity, identity.iter().collect()));
    all.extend(flat(
        Layer::Boundary,
        stack.boundary.iter().filter(|_| !exempt).collect(),
    ));
    all.extend(flat(Layer::Session, stack.session.iter().flatten().collect()));
    all
}

fn is_exempt(ask: &Ask<'_>) -> bool {
    matches!(
        ask.principal.kind,
        RequesterKind::RoleSession {
            service_linked: true,
            ..
        }
    )
}

fn is_root(ask: &Ask<'_>) -> bool {
    matches!(
        ask.principal.kind,
        RequesterKind::Root
            | RequesterKind::FederatedUser {
                issuer: FederatedIssuer::Root,
                ..
            }
    )
}

/// Decides, visiting everything.
pub fn decide(ask: &Ask<'_>, stack: &Stack) -> Ruling {
    let ask = &Ask {
        bounded: stack.boundary.is_some() && !is_exempt(ask),
        ..*ask
    };
    let mut hits = Vec::new();
    let mut layers = Vec::new();
    for (layer, level, policy, document) in applying(ask, stack) {
        layers.push(layer);
        let variables = document["Version"] == "2012-10-17" || mutated(Mutation::OldVersionHasVariables);
        for (at, statement) in items(&document["Statement"]).into_iter().enumerate() {
            let classes = statement_classes(statement, ask, variables, layer == Layer::Trust);
            if !classes.is_empty() {
                let deny = statement["Effect"] == "Deny";
                hits.push(Hit {
                    layer,
                    deny,
                    classes,
                    level,
                    policy,
                    statement: at,
                });
            }
        }
    }
    let grants = hits
        .iter()
        .filter(|hit| !hit.deny && matches!(hit.layer, Layer::Resource | Layer::Trust));
    let grants = if is_abroad(ask) {
        String::new()
    } else {
        grants.map(|hit| hit.classes.as_str()).collect()
    };
    let verdict = match hits.iter().find(|hit| hit.deny) {
        Some(hit) => Verdict::Explicit(hit.layer, hit.policy, hit.statement),
        None => refusal(ask, stack, &hits, &grants).map_or(Verdict::Allow, Verdict::Implicit),
    };
    Ruling {
        verdict,
        hits,
        grants,
        layers,
    }
}

/// Whether the resource is of another partition than the caller.
fn is_abroad(ask: &Ask<'_>) -> bool {
    let fields: Vec<&str> = ask.resource.split(':').collect();
    fields[0] == "arn"
        && fields[1] != ask.principal.partition.as_str()
        && !mutated(Mutation::PartitionsAreOne)
}

/// The first layer that had to allow and did not.
fn refusal(ask: &Ask<'_>, stack: &Stack, hits: &[Hit], grants: &str) -> Option<Layer> {
    let allows = |layer| hits.iter().any(|hit| hit.layer == layer && !hit.deny);
    let level_allows = |level| {
        hits.iter()
            .any(|hit| hit.layer == Layer::ServiceControl && hit.level == level && !hit.deny)
    };
    let on = if stack.trust {
        Layer::Trust
    } else {
        Layer::Resource
    };
    let organization = is_exempt(ask) && !mutated(Mutation::ServiceLinkedIsLimited)
        || mutated(Mutation::LevelsAreJoined) && (stack.scps.is_empty() || allows(Layer::ServiceControl))
        || mutated(Mutation::ResourceGrantBeatsServiceControl) && grants.contains('D')
        || (0..stack.scps.len()).all(|level| {
            level_allows(level) || mutated(Mutation::EmptyLevelAllows) && stack.scps[level].is_empty()
        });
    if !organization {
        return Some(Layer::ServiceControl);
    }
    if ask.principal.account.is_none() {
        let foreign = match ask.principal.kind {
            // The tests know providers of the caller's own account only.
            RequesterKind::Federated(provider) => provider.starts_with("arn:") && !ask.same_account,
            _ => false,
        };
        return (grants.is_empty() || foreign).then_some(on);
    }
    let bounded = stack.boundary.is_some() && !is_exempt(ask);
    let limits = || {
        let federated = matches!(ask.principal.kind, RequesterKind::FederatedUser { .. });
        let session = match &stack.session {
            Some(_) => allows(Layer::Session) || mutated(Mutation::SessionIsIgnored),
            None => !federated || mutated(Mutation::FederatedNeedsNoSession),
        };
        if bounded && !allows(Layer::Boundary) && !mutated(Mutation::BoundaryIsIgnored) {
            Some(Layer::Boundary)
        } else {
            (!session).then_some(Layer::Session)
        }
    };
    let own = || {
        let identity = is_root(ask)
            || allows(Layer::Identity)
            || mutated(Mutation::BoundaryGrants) && bounded && allows(Layer::Boundary);
        if identity { limits() } else { Some(Layer::Identity) }
    };
    if !ask.same_account {
        return match grants.is_empty() {
            true if mutated(Mutation::CrossAccountNeedsNoGrant) => own(),
            true => Some(on),
            false if mutated(Mutation::CrossAccountNeedsNoIdentity) => None,
            false => own(),
        };
    }
    let direct = grants.contains('D')
        || mutated(Mutation::RoleGrantIsDirect) && grants.contains('R')
        || mutated(Mutation::UserGrantIsDirect) && grants.contains('U')
        || mutated(Mutation::AccountGrantIsDirect) && grants.contains('A');
    if direct {
        None
    } else if grants.contains(['R', 'U']) {
        limits()
    } else if stack.trust && !grants.contains('A') && !mutated(Mutation::TrustIsNotMandatory) {
        Some(Layer::Trust)
    } else {
        own()
    }
}
