//! What a request would meet: the decision of enforcement, with what a simulator tells about it.
//!
//! The decision is [`decide`]'s own, never worked out a second time. Beside it stand the statements that match, what
//! each kind of policy says by itself, and the condition keys that were asked for and are not there: a decision made
//! without them may be another one in production. Unlike [`explain`](crate::explain) this reads no document again, so
//! that it can be asked a thousand times.

use std::collections::HashSet;

use crate::{
    Decision, Effect, Layer, Layers, Request, Source, StatementRef, decide::Case, fold::folded, work::Work,
};

/// What it takes to look at a statement, or at a policy without any.
const STEPS_A_STATEMENT: usize = 16;
/// How much of a document is read in the time of a step, where nothing else counts: its principals, say.
const BYTES_A_STEP: usize = 8;
/// The same for a key, which is folded twice.
const KEY_BYTES_A_STEP: usize = 2;

/// What one kind of policy says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// A statement allows, at every level if there are levels, and none denies.
    Allow,
    /// Nothing allows.
    ImplicitDeny,
    /// A statement denies.
    ExplicitDeny,
}

/// A condition key that a statement reads and the request does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingKey<'a> {
    /// The layer of the statement.
    pub layer: Layer,
    /// The key, as the policy spells it.
    pub key: &'a str,
}

/// A decision and what a simulator tells about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation<'a> {
    /// The same answer that [`decide`] gives.
    pub decision: Decision<'a>,
    /// The statements that match, in the order of the layers.
    pub matched: Vec<StatementRef<'a>>,
    /// What each layer says that the request meets, in the order of the layers.
    pub verdicts: Vec<(Layer, Verdict)>,
    /// The keys that are missing, each once a layer. A statement reads its keys if it is for the principal and the
    /// action, and for the resource or for one that a variable of its own makes.
    pub missing: Vec<MissingKey<'a>>,
    /// Whether everything was looked at. Without it the work of a decision was used up, and it denies; or the policies
    /// are longer than any that can be attached, and what enforcement would say of them can not be told. Nor can what
    /// matches.
    pub is_complete: bool,
    /// What it took, in steps of comparing; a step is some nanoseconds.
    pub steps: usize,
}

/// Decides a request and tells what took part in it.
///
/// ```
/// use locum_names::{AccountId, Partition};
/// use locum_policy::{
///     Context, Decision, Layer, Layers, Policy, PolicyKind, Principal, Request, Source, Verdict, simulate,
/// };
///
/// let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*",
///   "Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}]}"#;
/// let policy = Policy::compile(document, PolicyKind::Inline)?;
/// let account: AccountId = "123456789012".parse()?;
/// let user = "AIDAQNZGKIQY56JQ7WML2".parse()?;
/// let mut context = Context::new();
/// let identity = [Source::new(&policy, "team")];
/// let layers = Layers { identity: &identity, ..Layers::default() };
/// let ask = |context: &Context<'_>| {
///     let request = Request {
///         principal: Principal::user(Partition::Aws, account, user, "/", "alice"),
///         action: "s3:GetObject",
///         resource: "arn:aws:s3:::notes/today",
///         resource_account: account,
///         context,
///     };
///     simulate(&request, &layers)
/// };
/// let without = ask(&context);
/// assert_eq!(without.verdict(Layer::Identity), Some(Verdict::ImplicitDeny));
/// assert_eq!(without.missing[0].key, "aws:PrincipalTag/team");
///
/// context.set("aws:PrincipalTag/team", "red");
/// let with = ask(&context);
/// assert_eq!(with.decision, Decision::Allow);
/// assert_eq!((with.matched[0].source, with.missing.len()), ("team", 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn simulate<'a>(request: &Request<'_>, layers: &Layers<'a>) -> Simulation<'a> {
    let deciding = Work::of_simulation();
    let work = Work::of_simulation();
    let case = Case {
        request,
        layers,
        work: &work,
    };
    let decided = Case {
        work: &deciding,
        ..case
    };
    let mut simulation = Simulation {
        decision: decided.decide(),
        matched: Vec::new(),
        verdicts: Vec::new(),
        missing: Vec::new(),
        is_complete: true,
        steps: 0,
    };
    let mut seen = HashSet::new();
    case.each_policy(|layer, source| {
        let statements = source.policy.statements().len().saturating_add(1);
        let document = source.policy.document().len() / BYTES_A_STEP;
        if work.scan(document.saturating_add(statements.saturating_mul(STEPS_A_STATEMENT))) {
            look(&case, layer, source, &mut simulation, &mut seen);
        }
        work.is_spent().then_some(())
    });
    simulation.verdicts = verdicts(&case);
    simulation.is_complete = !work.is_spent() && !deciding.is_spent();
    simulation.steps = work.taken().saturating_add(deciding.taken());
    simulation
}

impl<'a> Simulation<'a> {
    /// What one layer says by itself; `None` if the request does not meet it.
    #[must_use]
    pub fn verdict(&self, layer: Layer) -> Option<Verdict> {
        let found = self.verdicts.iter().find(|(of, _)| *of == layer);
        found.map(|(_, verdict)| *verdict)
    }

    /// The statements that made the decision: those that deny when there is one, those that allow when it is allowed,
    /// and none when nothing allows.
    pub fn deciding(&self) -> impl Iterator<Item = &StatementRef<'a>> {
        let effect = match self.decision {
            Decision::Allow => Some(Effect::Allow),
            Decision::ExplicitDeny { .. } => Some(Effect::Deny),
            Decision::ImplicitDeny { .. } => None,
        };
        self.matched.iter().filter(move |s| Some(s.effect) == effect)
    }
}

/// Looks at every statement of one policy.
fn look<'a>(
    case: &Case<'_, 'a>,
    layer: Layer,
    source: Source<'a>,
    simulation: &mut Simulation<'a>,
    seen: &mut HashSet<(Layer, String)>,
) {
    let subject = case.subject(layer);
    let context = case.request.context.context();
    let read = |key: &str| context.steps_of_look_up() + key.len() / KEY_BYTES_A_STEP;
    for (index, statement) in source.policy.statements().iter().enumerate() {
        if case.work.is_spent() {
            return;
        }
        if !statement.match_action(&subject) || statement.principal_grants(&subject).is_none() {
            continue;
        }
        let for_resource = statement.match_resource(&subject);
        statement.each_key_read(case.request.resource, for_resource, &mut |key| {
            let lacks = || context.get(key).is_none_or(|v| v.iter().next().is_none());
            if case.work.scan(read(key)) && lacks() && seen.insert((layer, folded(key))) {
                simulation.missing.push(MissingKey { layer, key });
            }
        });
        if !for_resource
            || !statement
                .conditions
                .iter()
                .all(|c| statement.match_condition(c, &subject))
        {
            continue;
        }
        if case.work.is_spent() {
            return;
        }
        simulation.matched.push(source.statement(layer, index, statement));
    }
}

fn verdicts(case: &Case<'_, '_>) -> Vec<(Layer, Verdict)> {
    let mut verdicts = Vec::new();
    let mut tell = |layer: Layer, levels: &[&[Source<'_>]]| {
        let subject = case.subject(layer);
        let denies = |s: &Source<'_>| s.policy.first_deny(&subject).is_some();
        let verdict = if levels.iter().any(|level| level.iter().any(denies)) {
            Verdict::ExplicitDeny
        } else if levels.iter().all(|level| case.any_allows(layer, level)) {
            Verdict::Allow
        } else {
            Verdict::ImplicitDeny
        };
        verdicts.push((layer, verdict));
    };
    if !case.service_control().is_empty() {
        tell(Layer::ServiceControl, case.service_control());
    }
    if !case.resource_control().is_empty() {
        tell(Layer::ResourceControl, case.resource_control());
    }
    if let Some((layer, source)) = case.resource() {
        tell(layer, &[&[source]]);
    }
    if case.request.principal.has_identity() && !case.is_root() {
        tell(Layer::Identity, &[case.identity()]);
    }
    if let Some(boundary) = case.boundary() {
        tell(Layer::Boundary, &[&[boundary]]);
    }
    if let Some(session) = case.session() {
        tell(Layer::Session, &[session]);
    }
    verdicts
}
