//! What was planned, tried and done.
//!
//! Everything that can be tried without storing it is tried before anything is stored. Nothing is planned again: what is sent
//! is what was shown.

use locum_apply::{Api, ApiFailure, Creations, Named, Plan, PolicyType, Request};
use locum_policy::{FindingKind, FindingsKind, findings};

use super::{
    engine::{EngineError, Refused, Work, plan_failed},
    reach::{Reach, ReachError},
};

/// Stands for the number of an account that is not there while requests are only tried.
const UNKNOWN: &str = "000000000000";

/// Asks the service whether everything would be accepted that can be asked before it is done.
pub(crate) fn try_out(work: &Work, reach: &mut dyn Reach) -> Result<(), EngineError> {
    let own = reach.caller().account.clone();
    if let Some(plan) = &work.organization {
        transact(reach, &own, plan, true)?;
    }
    let busy = |key: &Option<String>| {
        let found = work.accounts.iter().find(|other| other.key == *key);
        let new = key.as_ref().is_some_and(|key| work.pending.contains_key(key));
        new || found.is_some_and(|other| !other.plan.is_empty())
    };
    // A number that nobody has will do where one is not known yet.
    let numbers = work.pending.keys().map(|key| (key.clone(), UNKNOWN.to_owned()));
    let numbers: Named<String> = numbers.collect();
    for account in &work.accounts {
        // Whether an account that is not there could be entered is known all the same.
        if account.number.is_none() && !account.plan.is_empty() {
            let entry = reach.may_enter_others();
            entry.map_err(|error| EngineError::Reach(account.plan.title.clone(), error))?;
        }
        // What trusts somebody who is not there yet would be refused without need.
        if let Some(number) = &account.number
            && !account.waits.iter().any(busy)
        {
            let mut plan = account.rehearsal.as_ref().unwrap_or(&account.plan).clone();
            plan.number(&numbers);
            transact(reach, number, &plan, true)?;
        }
    }
    Ok(())
}

/// Does what was shown and nothing else, and tells each transaction that is stored. Nothing is planned again: the plans of
/// accounts that are made here only get their numbers.
pub(crate) fn carry_out(
    mut work: Work,
    reach: &mut dyn Reach,
    told: &mut dyn FnMut(&Plan),
) -> Result<(), EngineError> {
    let own = reach.caller().account.clone();
    let before = (!work.pending.is_empty())
        .then(|| look_at_creations(reach, Creations::read))
        .transpose()?;
    if let Some(plan) = &work.organization
        && !plan.is_empty()
    {
        transact(reach, &own, plan, false)?;
        told(plan);
    }
    let mut made = Named::new();
    if let Some(before) = before {
        made = look_at_creations(reach, |api| before.made_since(api, &work.pending))?;
        if let Some(lost) = work.pending.keys().find(|key| !made.contains_key(*key)) {
            return Err(EngineError::NotMade(lost.clone()));
        }
    }
    for account in &mut work.accounts {
        account.plan.number(&made);
        let key = account.key.as_deref().unwrap_or_default();
        let number = match &account.number {
            Some(number) => number,
            None => {
                let number = made.get(key);
                let number = number.ok_or_else(|| EngineError::NotMade(key.to_owned()))?;
                let new = format!("account {key} (new)");
                account.plan.title =
                    account
                        .plan
                        .title
                        .replacen(&new, &format!("account {key} ({number})"), 1);
                number
            }
        };
        if !account.plan.is_empty() {
            transact(reach, number, &account.plan, false)?;
            told(&account.plan);
        }
    }
    Ok(())
}

fn transact(reach: &mut dyn Reach, account: &str, plan: &Plan, dry_run: bool) -> Result<(), EngineError> {
    if plan.is_empty() {
        return Ok(());
    }
    let transaction = plan.transaction(dry_run);
    let transaction = transaction.map_err(|error| plan_failed(&plan.title, error))?;
    reach.transact(account, &transaction).map_err(|error| {
        let request = match &error {
            ReachError::Refused {
                request: Some(index), ..
            } => plan.request(*index),
            _ => None,
        };
        match request {
            Some((change, request)) => EngineError::Refused(Box::new(Refused {
                title: plan.title.clone(),
                what: change.what.clone(),
                action: request.action,
                mistake: mistake_in(&change.what, request, &error),
                error,
            })),
            None => EngineError::Reach(plan.title.clone(), error),
        }
    })
}

/// The first error in a policy that the service calls malformed, as `locum policy validate` tells it.
fn mistake_in(what: &str, request: &Request, error: &ReachError) -> Option<String> {
    let ReachError::Refused { code, .. } = error else {
        return None;
    };
    if !code.starts_with("MalformedPolicyDocument") {
        return None;
    }
    let members = ["AssumeRolePolicyDocument", "PolicyDocument", "Content"];
    let found = members
        .into_iter()
        .find_map(|name| Some((name, request.parameters.get(name)?.as_str()?)));
    let (name, document) = found?;
    let kind = match name {
        "AssumeRolePolicyDocument" => FindingsKind::Trust,
        "PolicyDocument" if request.action == "UpdateAssumeRolePolicy" => FindingsKind::Trust,
        // A request that changes one does not say of which type it is.
        "Content" if what.starts_with(PolicyType::ResourceControl.described()) => {
            FindingsKind::ResourceControl
        }
        "Content" => FindingsKind::ServiceControl,
        _ => FindingsKind::Identity,
    };
    let mut findings = findings(document, kind).into_iter();
    let error = findings.find(|finding| finding.kind == FindingKind::Error)?;
    Some(error.details())
}

/// Asks the organization about accounts that are made.
fn look_at_creations<T>(
    reach: &mut dyn Reach,
    ask: impl FnOnce(&mut dyn Api) -> Result<T, ApiFailure>,
) -> Result<T, EngineError> {
    let title = "organization".to_owned();
    let own = reach.caller().account.clone();
    let mut api = reach
        .api(&own)
        .map_err(|error| EngineError::Reach(title.clone(), error))?;
    ask(api.as_mut()).map_err(|failure| EngineError::Look {
        title,
        failure: Box::new(failure),
    })
}
