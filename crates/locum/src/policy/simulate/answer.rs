//! One answer: the engine's, with the files it comes from.

use locum_names::{AccountId, Arn};
use locum_policy::{
    Decision, Effect, Layer, Layers, Mismatch, Policy, Request, ResourcePolicy, Source, Span, StatementRef,
    Verdict, explain, simulate,
};

use super::{
    SimulateError,
    cases::{Case, Expected},
    setup::{File, OfResource, Setup},
};

/// The account of resources where nothing says which, and nobody of an account asks.
const NOBODYS: &str = "123456789012";

/// What becomes of one request.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) name: Option<String>,
    pub(super) principal: String,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) decision: Outcome,
    pub(super) expected: Option<Expected>,
    is_met: bool,
    /// The statements that made the decision.
    pub(super) statements: Vec<Told>,
    /// Statements that would have made it another one, but for one thing.
    pub(super) near: Vec<(Told, Mismatch)>,
    pub(super) missing: Vec<(Layer, String)>,
    pub(super) verdicts: Vec<(Layer, Verdict)>,
    pub(super) is_complete: bool,
}

/// The decision, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Allow,
    ExplicitDeny(Layer),
    ImplicitDeny(Layer),
}

/// A statement and where it is.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) layer: Layer,
    pub(super) file: String,
    pub(super) span: Option<Span>,
    /// From 1.
    pub(super) number: usize,
    pub(super) sid: String,
    pub(super) effect: Effect,
}

impl Answer {
    /// Whether it is not as expected.
    pub(super) const fn is_missed(&self) -> bool {
        !self.is_met
    }
}

impl Setup {
    /// The file of a policy that takes part, by the number under which [`answer`] let it take part.
    fn files(&self) -> Vec<&File> {
        let resource = match &self.resource {
            OfResource::None => None,
            OfResource::Attached(file) | OfResource::Trust(file) => Some(file),
        };
        self.identity
            .iter()
            .chain(&self.boundary)
            .chain(self.session.iter().flatten())
            .chain(self.service_control.iter().flatten())
            .chain(self.resource_control.iter().flatten())
            .chain(resource)
            .collect()
    }
}

/// Asks the engine.
///
/// # Errors
/// A trust policy can not be read as this asker's.
pub(super) fn answer(setup: &Setup, case: &Case) -> Result<Answer, SimulateError> {
    let trust: Option<Policy> = match &setup.resource {
        OfResource::Trust(file) => Some(file.resolved(&case.asker)?),
        OfResource::None | OfResource::Attached(_) => None,
    };
    let files = setup.files();
    let keys: Vec<String> = (0..files.len()).map(|at| at.to_string()).collect();
    // INVARIANT: in the order of `Setup::files`.
    let mut sources = files
        .iter()
        .zip(&keys)
        .map(|(file, key)| Source::new(&file.policy, key));
    let mut take = |count: usize| -> Vec<Source<'_>> { sources.by_ref().take(count).collect() };
    let identity = take(setup.identity.len());
    let boundary = take(usize::from(setup.boundary.is_some())).pop();
    let session = setup.session.as_ref().map(|session| take(session.len()));
    let scps: Vec<Vec<Source<'_>>> = setup
        .service_control
        .iter()
        .map(|level| take(level.len()))
        .collect();
    let rcps: Vec<Vec<Source<'_>>> = setup
        .resource_control
        .iter()
        .map(|level| take(level.len()))
        .collect();
    let resource = take(1).pop();
    let resource = match (&trust, resource) {
        (Some(policy), Some(source)) => ResourcePolicy::Trust(Source::new(policy, source.id)),
        (None, Some(source)) => ResourcePolicy::Attached(source),
        (_, None) => ResourcePolicy::None,
    };
    let scps: Vec<&[Source<'_>]> = scps.iter().map(Vec::as_slice).collect();
    let rcps: Vec<&[Source<'_>]> = rcps.iter().map(Vec::as_slice).collect();
    let layers = Layers {
        identity: &identity,
        boundary,
        session: session.as_deref(),
        service_control: &scps,
        resource_control: &rcps,
        resource,
    };
    let request = Request {
        principal: case.asker.principal(),
        action: &case.action,
        resource: &case.resource,
        resource_account: account(case),
        context: &case.context,
    };
    let simulation = simulate(&request, &layers);
    let told = |statement: &StatementRef<'_>| {
        let file = statement.source.parse().ok().and_then(|at: usize| files.get(at));
        Told {
            layer: statement.layer,
            file: file.map_or_else(String::new, |file| file.name.clone()),
            span: file.and_then(|file| file.spans.get(statement.index).copied()),
            number: statement.index.saturating_add(1),
            sid: statement.sid.to_owned(),
            effect: statement.effect,
        }
    };
    let near = near(&simulation.decision, &request, &layers, told);
    let missing = simulation.missing.iter();
    Ok(Answer {
        name: case.name.clone(),
        principal: case.principal.clone(),
        action: case.action.clone(),
        resource: case.resource.clone(),
        decision: match simulation.decision {
            Decision::Allow => Outcome::Allow,
            Decision::ExplicitDeny { layer, .. } => Outcome::ExplicitDeny(layer),
            Decision::ImplicitDeny { layer } => Outcome::ImplicitDeny(layer),
        },
        expected: case.expected,
        is_met: case
            .expected
            .is_none_or(|expected| expected.is_met_by(&simulation.decision)),
        statements: simulation.deciding().map(told).collect(),
        near,
        missing: missing.map(|key| (key.layer, key.key.to_owned())).collect(),
        verdicts: simulation.verdicts.clone(),
        is_complete: simulation.is_complete,
    })
}

/// The statements that would have made the decision another one: those that almost allow in the layer that had to, and
/// those that almost deny what is allowed. The nearest come first.
fn near(
    decision: &Decision<'_>,
    request: &Request<'_>,
    layers: &Layers<'_>,
    told: impl Fn(&StatementRef<'_>) -> Told,
) -> Vec<(Told, Mismatch)> {
    let (wanted, layer) = match decision {
        Decision::Allow => (Effect::Deny, None),
        Decision::ImplicitDeny { layer } => (Effect::Allow, Some(*layer)),
        Decision::ExplicitDeny { .. } => return Vec::new(),
    };
    let distance = |mismatch: &Mismatch| match mismatch {
        Mismatch::Condition { .. } => Some(0),
        Mismatch::Principal if wanted == Effect::Allow => Some(1),
        Mismatch::Resource if wanted == Effect::Allow => Some(2),
        // Another action is far, and a denial of something else is none.
        Mismatch::Principal | Mismatch::Resource | Mismatch::Action => None,
    };
    let explanation = explain(request, layers);
    let mut near: Vec<(u8, Told, Mismatch)> = explanation
        .near
        .into_iter()
        .filter(|near| {
            let of_layer = layer.is_none_or(|layer| near.statement.layer == layer);
            near.statement.effect == wanted && of_layer
        })
        .filter_map(|near| Some((distance(&near.mismatch)?, told(&near.statement), near.mismatch)))
        .collect();
    near.sort_by_key(|(distance, ..)| *distance);
    near.into_iter()
        .map(|(_, statement, mismatch)| (statement, mismatch))
        .collect()
}

/// The account of the resource: the one its ARN names, the one that is given, or the asker's own.
fn account(case: &Case) -> AccountId {
    let own = case.asker.account();
    let owner = case.owner.or(own);
    let named = || Arn::parse(&case.resource).ok()?.account.parse().ok();
    // A star is of the asker's own account, whoever owns what else is asked for.
    let found = if case.resource == "*" {
        own.or(owner)
    } else {
        named().or(owner)
    };
    found.unwrap_or_else(|| NOBODYS.parse().unwrap_or_else(|_| AccountId::from_random(0)))
}
