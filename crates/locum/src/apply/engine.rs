//! From a description to accounts that are so: look, plan, try, do.
//!
//! The organization comes first, since it makes accounts and units, then each account by itself. One transaction each: a
//! process that dies in between leaves every account as it was or as it is described, and run again it does the rest.
//! Everything that can be tried without storing it is tried before anything is stored.

use std::collections::BTreeSet;

use locum_apply::{
    Account, AccountState, Api, ApiFailure, Creations, Described, Inventory, Named, Numbers,
    OrganizationState, Plan, PlanError, Protected, SeveralAccounts, can_be_pending, is_account_number,
    member_of, numbers_of, order, plan_account, plan_organization,
};

use super::{
    options::ACCESS_ROLE,
    reach::{Reach, ReachError},
};

/// What is wanted.
pub(crate) struct Wishes<'a> {
    pub(crate) described: &'a Described,
    pub(crate) prune: bool,
    /// The role by which other accounts are entered.
    pub(crate) access_role: &'a str,
}

/// Why nothing was planned, or something planned was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    #[error("cannot see what there is: {title}: {failure}")]
    Look { title: String, failure: Box<ApiFailure> },
    #[error("{title}: {error}")]
    Plan { title: String, error: PlanError },
    #[error("{0}: {1}")]
    Reach(String, ReachError),
    /// A request that was refused, told by what it was for.
    #[error(transparent)]
    Refused(Box<Refused>),
    #[error("account {0} is described twice, under `account` and under `accounts`; describe it once")]
    Twice(String),
    #[error(
        "account {0} was not made, although the organization accepted the request; see its creation status"
    )]
    NotMade(String),
    #[error(transparent)]
    Several(#[from] SeveralAccounts),
    #[error(
        "account {0}: the name of an account that is made here cannot have \" \\ $ {{ }} or control characters"
    )]
    UnfitName(String),
    #[error("account {0}: its role {ACCESS_ROLE} is made with it; describe that once the account is there")]
    AccessRole(String),
    #[error("{0}: {1} stands for nothing here; only documents have placeholders, for numbers of accounts")]
    Placeholder(String, String),
    #[error("there is no organization yet")]
    NoOrganization,
}

/// A request that was refused, with everything that was sent beside it.
#[derive(Debug, thiserror::Error)]
#[error("{title}: {what}: {action}: {error}")]
pub(crate) struct Refused {
    title: String,
    what: String,
    action: &'static str,
    error: ReachError,
}

/// What is to be done.
#[derive(Debug, Default)]
pub(crate) struct Work {
    organization: Option<Plan>,
    accounts: Vec<AccountWork>,
    /// The numbers of accounts by every key that means one.
    numbers: Named<String>,
    /// The accounts that are described and not there, with their addresses.
    pending: Named<String>,
}

#[derive(Debug)]
struct AccountWork {
    /// Its key in the description; the caller's own account may have none.
    key: Option<String>,
    /// Its number, unless it is still to be made.
    number: Option<String>,
    /// What is to be done in it; for an account that is not there, what can be told beforehand.
    plan: Plan,
    /// The accounts whose users and roles it trusts.
    waits: Vec<String>,
}

impl Work {
    /// Every plan, in the order in which they are carried out.
    pub(crate) fn plans(&self) -> Vec<&Plan> {
        let accounts = self.accounts.iter().map(|work| &work.plan);
        self.organization.iter().chain(accounts).collect()
    }

    /// Whether everything is as described.
    pub(crate) fn is_done(&self) -> bool {
        self.plans().iter().all(|plan| plan.is_empty())
    }
}

/// Looks at what there is and plans the difference.
pub(crate) fn prepare(wishes: &Wishes<'_>, reach: &mut dyn Reach) -> Result<Work, EngineError> {
    let described = wishes.described;
    let own = reach.caller().account.clone();
    let mut work = Work::default();
    let organization = needs_organization(described)
        .then(|| look_at_organization(wishes, reach))
        .transpose()?;
    if let Some(state) = &organization {
        work.numbers = numbers_of(&state.members);
        for (key, account) in described.accounts.iter().flatten() {
            if member_of(&state.members, key)?.is_none() {
                if !can_be_pending(key) {
                    return Err(EngineError::UnfitName(key.clone()));
                }
                if account
                    .roles
                    .iter()
                    .flatten()
                    .any(|(name, _)| name == ACCESS_ROLE)
                {
                    return Err(EngineError::AccessRole(key.clone()));
                }
                let email = account.email.clone().unwrap_or_default();
                work.pending.insert(key.clone(), email);
            }
        }
        let numbers = numbers(&work, &own);
        let title = "organization".to_owned();
        let filled = fill_organization(described, &numbers).map_err(|error| plan_failed(&title, error))?;
        let plan =
            plan_organization(&filled, state, wishes.prune).map_err(|error| plan_failed(&title, error))?;
        work.organization = Some(plan);
    } else {
        // Without the organization's list, only numbers can be meant.
        let keys = described.accounts.iter().flatten().map(|(key, _)| key);
        work.numbers = keys.map(|key| (key.clone(), key.clone())).collect();
    }
    if let Some(account) = &described.account {
        let plan = plan_one(wishes, reach, &work, None, Some(&own), account)?;
        work.accounts.push(AccountWork {
            key: None,
            number: Some(own.clone()),
            plan,
            waits: Vec::new(),
        });
    }
    let nothing = Named::new();
    let others = described.accounts.as_ref().unwrap_or(&nothing);
    for (key, waits) in order(described) {
        let Some(account) = others.get(&key) else { continue };
        let number = work.numbers.get(&key).cloned();
        if number.as_ref() == Some(&own) && described.account.is_some() {
            return Err(EngineError::Twice(key));
        }
        if account.has_contents() {
            let plan = plan_one(wishes, reach, &work, Some(&key), number.as_deref(), account)?;
            work.accounts.push(AccountWork {
                key: Some(key),
                number,
                plan,
                waits,
            });
        }
    }
    for plan in work.plans() {
        if let Some(placeholder) = plan.placeholder(&work.pending) {
            return Err(EngineError::Placeholder(plan.title.clone(), placeholder));
        }
    }
    Ok(work)
}

/// Whether the organization has to be asked at all: a caller of one account may not be allowed to.
fn needs_organization(described: &Described) -> bool {
    let mut accounts = described.accounts.iter().flatten();
    described.organization.is_some()
        || accounts.any(|(key, account)| !is_account_number(key) || account.is_in_organization())
}

fn look_at_organization(
    wishes: &Wishes<'_>,
    reach: &mut dyn Reach,
) -> Result<OrganizationState, EngineError> {
    let title = "organization".to_owned();
    let own = reach.caller().account.clone();
    let mut api = reach
        .api(&own)
        .map_err(|error| EngineError::Reach(title.clone(), error))?;
    OrganizationState::read(api.as_mut(), wishes.described, wishes.prune).map_err(|failure| {
        EngineError::Look {
            title,
            failure: Box::new(failure),
        }
    })
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

fn fill_organization(described: &Described, numbers: &Numbers) -> Result<Described, PlanError> {
    let mut filled = described.clone();
    if let Some(organization) = &described.organization {
        // A policy of the organization is stored before the numbers of new accounts are known.
        let known = Numbers {
            pending: BTreeSet::new(),
            ..numbers.clone()
        };
        filled.organization = Some(known.fill_organization(organization)?);
    }
    Ok(filled)
}

fn numbers(work: &Work, own: &str) -> Numbers {
    Numbers {
        own: own.to_owned(),
        by_name: work.numbers.clone(),
        pending: work.pending.keys().cloned().collect(),
    }
}

fn plan_failed(title: &str, error: PlanError) -> EngineError {
    EngineError::Plan {
        title: title.to_owned(),
        error,
    }
}

fn plan_one(
    wishes: &Wishes<'_>,
    reach: &mut dyn Reach,
    work: &Work,
    key: Option<&str>,
    number: Option<&str>,
    account: &Account,
) -> Result<Plan, EngineError> {
    let caller = reach.caller().clone();
    let title = match (key, number) {
        (Some(key), Some(number)) if key != number => format!("account {key} ({number})"),
        (_, Some(number)) => format!("account {number}"),
        (key, None) => format!("account {} (new)", key.unwrap_or_default()),
    };
    let own = number.map_or_else(
        || format!("${{locum:account/{}}}", key.unwrap_or_default()),
        str::to_owned,
    );
    let filled = numbers(work, &own)
        .fill_account(account)
        .map_err(|error| plan_failed(&title, error))?;
    let state = match number {
        None => AccountState::new_account(&caller.partition, &own),
        Some(number) => {
            let mut there = caller.clone();
            number.clone_into(&mut there.account);
            let mut api = reach
                .api(number)
                .map_err(|error| EngineError::Reach(title.clone(), error))?;
            let inventory = Inventory::Of {
                described: &filled,
                prune: wishes.prune,
            };
            AccountState::read(api.as_mut(), &there, inventory).map_err(|failure| EngineError::Look {
                title: title.clone(),
                failure: Box::new(failure),
            })?
        }
    };
    let mine = number == Some(caller.account.as_str());
    let protected = Protected {
        principals: caller.principal.filter(|_| mine).into_iter().collect(),
        access_role: wishes.access_role.to_owned(),
    };
    plan_account(&title, &filled, &state, wishes.prune, &protected)
        .map_err(|error| plan_failed(&title, error))
}

/// Asks the service whether everything would be accepted that can be asked before it is done.
pub(crate) fn try_out(work: &Work, reach: &mut dyn Reach) -> Result<(), EngineError> {
    let own = reach.caller().account.clone();
    if let Some(plan) = &work.organization {
        transact(reach, &own, plan, true)?;
    }
    let busy = |key: &String| {
        let found = work.accounts.iter().find(|other| other.key.as_ref() == Some(key));
        found.is_none_or(|other| !other.plan.is_empty())
    };
    for account in &work.accounts {
        // What trusts somebody who is not there yet would be refused without need.
        if let Some(number) = &account.number
            && !account.waits.iter().any(busy)
        {
            transact(reach, number, &account.plan, true)?;
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
                account.plan.title = format!("account {key} ({number})");
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
                error,
            })),
            None => EngineError::Reach(plan.title.clone(), error),
        }
    })
}
