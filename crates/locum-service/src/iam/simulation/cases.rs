//! A simulated set-up, and the answer to one action in it.

use locum_api::{ApiError, errors, iam};
use locum_names::{AccountId, Arn};
use locum_policy::{Context, Layers, Policy, Request, ResourcePolicy, Simulation, Source, simulate};

use super::{
    context_entries, documents, handling, invalid,
    policies::Named,
    results::{Outcome, result},
    who::Who,
};
use crate::layers::is_resource_controlled;

/// How many resources an action may be simulated on.
const MAX_RESOURCES: usize = 1000;
/// How many steps the simulation of one action may take.
const MAX_STEPS: usize = 64_000_000;
/// What a statement costs that an answer tells, in steps.
const STEPS_A_STATEMENT_TOLD: usize = 1000;

/// What a byte of a missing key costs, which every result tells again.
const STEPS_A_BYTE_TOLD: usize = 16;

/// The parts of a request that both simulations have.
pub(super) struct Inputs<'r> {
    pub(super) actions: &'r [String],
    pub(super) resources: &'r [String],
    pub(super) resource_policy: Option<&'r str>,
    pub(super) resource_owner: Option<&'r str>,
    pub(super) context_entries: &'r [iam::ContextEntry],
    pub(super) handling: Option<&'r str>,
}

/// The policies of a simulation.
pub(super) struct Policies {
    pub(super) identity: Vec<Named>,
    pub(super) boundary: Option<Named>,
    /// From the organization's root to the account; none if the account is in no organization or exempt.
    pub(super) service_control: Vec<Vec<Policy>>,
    /// Likewise, of the account that owns the resources.
    pub(super) resource_control: Vec<Vec<Policy>>,
    /// Whose resources these are.
    pub(super) controlled: AccountId,
}

/// A simulated set-up.
pub(super) struct Case<'r> {
    pub(super) actions: &'r [String],
    pub(super) resources: Vec<&'r str>,
    who: Who,
    owner: AccountId,
    policies: Policies,
    resource: Option<Named>,
    trust: Option<Named>,
    context: Context<'static>,
}

impl<'r> Case<'r> {
    /// Checks and compiles what a request gives. `who`: nobody in particular if the request says nothing.
    ///
    /// # Errors
    /// `InvalidInput`.
    pub(super) fn read(
        inputs: &Inputs<'r>,
        policies: Policies,
        who: Option<Who>,
        own: Who,
    ) -> Result<Self, ApiError> {
        inputs
            .actions
            .iter()
            .try_for_each(|action| check_action(action))?;
        let resources = resources(inputs.resources)?;
        handling::check(inputs.handling, inputs.resources)?;
        let context = context_entries::read(inputs.context_entries)?;
        if inputs.resource_policy.is_some() {
            if who.is_none() {
                return Err(invalid("Invalid caller - Caller cannot be null or empty."));
            }
            if resources == ["*"] {
                return Err(invalid(
                    "Invalid Entity Arn: * does not clearly define entity type and name.",
                ));
            }
        }
        let who = who.unwrap_or(own);
        let owner = inputs.resource_owner.map(owner).transpose()?;
        let mut case = Self {
            actions: inputs.actions,
            resources,
            owner: owner.unwrap_or_else(|| who.account()),
            who,
            policies,
            resource: None,
            trust: None,
            context,
        };
        if let Some(document) = inputs.resource_policy {
            let pairs = || {
                let actions = case.actions.iter();
                actions.flat_map(|action| case.resources.iter().map(move |resource| (action, resource)))
            };
            let (trusting, other) = (
                pairs().any(|(action, resource)| is_trusted(action, resource)),
                pairs().any(|(action, resource)| !is_trusted(action, resource)),
            );
            case.trust = trusting
                .then(|| documents::trust(document, &case.who))
                .transpose()?;
            case.resource = other.then(|| documents::resource(document)).transpose()?;
        }
        Ok(case)
    }

    /// Answers for one action, and tells how many steps it took.
    ///
    /// # Errors
    /// `PolicyEvaluation`: it takes too much.
    pub(super) fn answer(&self, action: &str) -> Result<(iam::EvaluationResult, usize), ApiError> {
        let keys: Vec<String> = (0..self.policies.identity.len())
            .map(|at| at.to_string())
            .collect();
        let identity: Vec<Source<'_>> = self
            .policies
            .identity
            .iter()
            .zip(&keys)
            .map(|(policy, key)| policy.source(key))
            .collect();
        let own = levels(&self.policies.service_control);
        let own: Vec<&[Source<'_>]> = own.iter().map(Vec::as_slice).collect();
        let owners = match is_resource_controlled(action) {
            true => levels(&self.policies.resource_control),
            false => Vec::new(),
        };
        let owners: Vec<&[Source<'_>]> = owners.iter().map(Vec::as_slice).collect();
        let mut steps = 0_usize;
        let mut outcomes = Vec::with_capacity(self.resources.len());
        for resource in &self.resources {
            let account = self.account_of(resource);
            let layers = Layers {
                identity: &identity,
                boundary: self.policies.boundary.as_ref().map(|policy| policy.source("")),
                service_control: &own,
                resource_control: match account == self.policies.controlled {
                    true => &owners,
                    false => &[],
                },
                resource: self.resource_policy(action, resource),
                ..Layers::default()
            };
            let request = Request {
                principal: self.who.principal(),
                action,
                resource,
                resource_account: account,
                context: &self.context,
            };
            let simulation = simulate(&request, &layers);
            if !simulation.is_complete {
                return Err(too_much(action));
            }
            let told = simulation
                .deciding()
                .count()
                .saturating_add(simulation.missing.len());
            let bytes: usize = simulation.missing.iter().map(|missing| missing.key.len()).sum();
            steps = steps
                .saturating_add(simulation.steps)
                .saturating_add(STEPS_A_BYTE_TOLD.saturating_mul(bytes))
                .saturating_add(STEPS_A_STATEMENT_TOLD.saturating_mul(told.saturating_add(1)));
            if steps > MAX_STEPS {
                return Err(too_much(action));
            }
            outcomes.push(self.outcome(resource, account, &simulation));
        }
        Ok((result(action, outcomes), steps))
    }

    fn outcome(&self, resource: &str, account: AccountId, simulation: &Simulation<'_>) -> Outcome {
        Outcome::of(
            resource,
            simulation,
            account != self.who.account(),
            |statement| match statement.layer {
                locum_policy::Layer::Identity => {
                    let at: usize = statement.source.parse().ok()?;
                    self.policies.identity.get(at)
                }
                locum_policy::Layer::Boundary => self.policies.boundary.as_ref(),
                locum_policy::Layer::Resource => self.resource.as_ref(),
                locum_policy::Layer::Trust => self.trust.as_ref(),
                _ => None,
            },
        )
    }

    fn resource_policy(&self, action: &str, resource: &str) -> ResourcePolicy<'_> {
        if is_trusted(action, resource) {
            let trust = self.trust.as_ref();
            return trust.map_or(ResourcePolicy::None, |policy| {
                ResourcePolicy::Trust(policy.source(""))
            });
        }
        let attached = self.resource.as_ref();
        attached.map_or(ResourcePolicy::None, |policy| {
            ResourcePolicy::Attached(policy.source(""))
        })
    }

    /// The account of a resource: the one its ARN names, otherwise the owner that the request gives.
    fn account_of(&self, resource: &str) -> AccountId {
        match Arn::parse(resource) {
            Ok(arn) => arn.account.parse().unwrap_or(self.owner),
            Err(_) => self.who.account(),
        }
    }
}

fn levels(levels: &[Vec<Policy>]) -> Vec<Vec<Source<'_>>> {
    let levels = levels.iter();
    let sources = levels.map(|level| level.iter().map(|policy| Source::new(policy, "")).collect());
    sources.collect()
}

/// Whether the policy of a resource is a role's trust policy, which must allow whoever else does.
fn is_trusted(action: &str, resource: &str) -> bool {
    let is_sts = action
        .split_once(':')
        .is_some_and(|(service, _)| service.eq_ignore_ascii_case("sts"));
    is_sts && Arn::parse(resource).is_ok_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"))
}

fn check_action(action: &str) -> Result<(), ApiError> {
    let Some((service, name)) = action.split_once(':') else {
        return Err(invalid("The action is invalid since it is missing names"));
    };
    if service.is_empty() || name.is_empty() || name.contains(':') {
        return Err(invalid(format!(
            "Invalid action: {action} is not of the form service:name."
        )));
    }
    if action.contains(['*', '?']) {
        return Err(invalid(format!(
            "Invalid action: {action} must not have wildcards."
        )));
    }
    Ok(())
}

/// The resources; none is all, as `*`.
fn resources(given: &[String]) -> Result<Vec<&str>, ApiError> {
    if given.len() > MAX_RESOURCES {
        return Err(invalid(format!(
            "The list of resources cannot exceed {MAX_RESOURCES} items."
        )));
    }
    let resources: Vec<&str> = given.iter().map(String::as_str).collect();
    match resources.as_slice() {
        [] | ["*"] => return Ok(vec!["*"]),
        _ => {}
    }
    let is_arn = |text: &str| {
        Arn::parse(text)
            .is_ok_and(|arn| !arn.partition.is_empty() && !arn.service.is_empty() && !arn.resource.is_empty())
    };
    match resources.iter().find(|resource| !is_arn(resource)) {
        None => Ok(resources),
        Some(other) => Err(invalid(format!(
            "ResourceNames are not in a valid ARN format: {other}."
        ))),
    }
}

/// The account of a `ResourceOwner`: the ARN of its root user.
fn owner(text: &str) -> Result<AccountId, ApiError> {
    let refused = || invalid(format!("'{text}' is not a valid as a Resource Owner."));
    let arn = Arn::parse(text).map_err(|_| refused())?;
    let is_root = arn.service == "iam" && arn.region.is_empty() && arn.resource == "root";
    let account = arn.account.parse().map_err(|_| refused())?;
    is_root.then_some(account).ok_or_else(refused)
}

fn too_much(action: &str) -> ApiError {
    errors::POLICY_EVALUATION.with(format!(
        "The policies are too complex to be evaluated for {action} on these resources."
    ))
}
