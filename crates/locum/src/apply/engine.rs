//! From a description to what has to be done: look and plan. The rest, try and do, is [`super::carry`]'s.
//!
//! The organization comes first, since it makes accounts and units, then each account by itself. One transaction each: a
//! process that dies in between leaves every account as it was or as it is described, and run again it does the rest. Of
//! accounts that trust each other, one is left as it was but for new policies, users and roles that can do nothing yet.

use std::collections::BTreeSet;

use locum_apply::{
    Account, AccountState, ApiFailure, Described, Inventory, Named, Numbers, OrganizationState, Plan,
    PlanError, Protected, SeveralAccounts, Turn, can_be_pending, is_account_number, is_of, member_of,
    numbers_in_arns, numbers_of, order, plan_account, plan_organization,
};

use super::reach::{Reach, ReachError};

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
    #[error("account {0} is described twice, by its name and by its number; describe it once")]
    TwiceByKey(String),
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
    #[error("{0}: {1} stands for nothing here; only documents have placeholders, for numbers of accounts")]
    Placeholder(String, String),
    #[error("there is no organization yet")]
    NoOrganization,
}

/// A request that was refused, with everything that was sent beside it.
#[derive(Debug, thiserror::Error)]
#[error("{title}: {what}: {action}: {error}{}", .mistake.as_ref().map(|mistake| format!(" ({mistake})")).unwrap_or_default())]
pub(crate) struct Refused {
    pub(super) title: String,
    pub(super) what: String,
    pub(super) action: &'static str,
    pub(super) error: ReachError,
    /// What is wrong with the policy that was refused: the service, as AWS, does not tell.
    pub(super) mistake: Option<String>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(super) organization: Option<Plan>,
    pub(super) accounts: Vec<AccountWork>,
    /// The numbers of accounts by every key that means one.
    numbers: Named<String>,
    /// The accounts that are described and not there, with their addresses.
    pub(super) pending: Named<String>,
}

#[derive(Debug)]
pub(super) struct AccountWork {
    /// Its key in the description; the caller's own account may have none.
    pub(super) key: Option<String>,
    /// Its number, unless it is still to be made.
    pub(super) number: Option<String>,
    /// What is to be done in it; for an account that is not there, what can be told beforehand.
    pub(super) plan: Plan,
    /// The accounts whose users and roles must be there before it can be tried.
    pub(super) waits: Vec<Option<String>>,
    /// What is tried in place of the plan, which trusts whom nobody has made yet.
    pub(super) rehearsal: Option<Plan>,
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
                let email = account.email.clone().unwrap_or_default();
                work.pending.insert(key.clone(), email);
            }
        }
        check_once(described, &work.numbers)?;
        let numbers = numbers(&work, &own);
        let title = "organization".to_owned();
        let filled = fill_organization(described, &numbers).map_err(|error| plan_failed(&title, error))?;
        let plan = plan_organization(&filled, state, wishes.prune, wishes.access_role)
            .map_err(|error| plan_failed(&title, error))?;
        work.organization = Some(plan);
    } else {
        // Without the organization's list, only numbers can be meant.
        let keys = described.accounts.iter().flatten().map(|(key, _)| key);
        work.numbers = keys.map(|key| (key.clone(), key.clone())).collect();
    }
    for Turn { key, waits } in order(described, &own, &work.numbers) {
        let account = match &key {
            None => described.account.as_ref(),
            Some(key) => described.accounts.as_ref().and_then(|accounts| accounts.get(key)),
        };
        let Some(account) = account else { continue };
        let number = key
            .as_ref()
            .map_or(Some(&own), |key| work.numbers.get(key))
            .cloned();
        if let Some(key) = &key
            && number.as_ref() == Some(&own)
            && described.account.is_some()
        {
            return Err(EngineError::Twice(key.clone()));
        }
        if key.is_none() || account.has_contents() {
            let plan = plan_one(wishes, reach, &work, key.as_deref(), number.as_deref(), account)?;
            work.accounts.push(AccountWork {
                key,
                number,
                plan,
                waits,
                rehearsal: None,
            });
        }
    }
    untangle(&mut work, &own);
    for plan in work.plans() {
        if let Some(placeholder) = plan.placeholder(&work.pending) {
            return Err(EngineError::Placeholder(plan.title.clone(), placeholder));
        }
    }
    Ok(work)
}

/// Refuses two descriptions of one account: each would take for surplus what the other has.
fn check_once(described: &Described, numbers: &Named<String>) -> Result<(), EngineError> {
    let mut known = BTreeSet::new();
    let keys = described.accounts.iter().flatten().map(|(key, _)| key);
    for number in keys.filter_map(|key| numbers.get(key)) {
        if !known.insert(number) {
            return Err(EngineError::TwiceByKey(number.clone()));
        }
    }
    Ok(())
}

/// Accounts may trust each other's roles. The first of them only makes its own before the others' turn, and does everything
/// else when theirs are there.
fn untangle(work: &mut Work, own: &str) {
    let names: Vec<_> = work
        .accounts
        .iter()
        .map(|account| numbers_in_arns(account.key.as_deref(), own, &work.numbers))
        .collect();
    let keys: Vec<_> = work
        .accounts
        .iter()
        .map(|account| (account.key.clone(), account.plan.is_empty()))
        .collect();
    let mut second = Vec::new();
    for (at, mut account) in std::mem::take(&mut work.accounts).into_iter().enumerate() {
        let later: Vec<usize> = (at + 1..keys.len())
            .filter(|other| {
                let found = keys.get(*other);
                found.is_some_and(|(key, done)| !done && account.waits.contains(key))
            })
            .collect();
        let is_later = |principal: &str| {
            let mut names = later.iter().filter_map(|other| names.get(*other));
            names.any(|names| is_of(principal, names))
        };
        account.waits.retain(|key| {
            !later
                .iter()
                .any(|other| keys.get(*other).is_some_and(|(k, _)| k == key))
        });
        let Some(halves) = account.plan.halves(&is_later) else {
            work.accounts.push(account);
            continue;
        };
        if !halves.first.is_empty() {
            work.accounts.push(AccountWork {
                key: account.key.clone(),
                number: account.number.clone(),
                plan: halves.first,
                waits: Vec::new(),
                rehearsal: None,
            });
        }
        second.push(AccountWork {
            plan: halves.rest,
            rehearsal: Some(halves.rehearsal),
            ..account
        });
    }
    work.accounts.extend(second);
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

fn fill_organization(described: &Described, numbers: &Numbers) -> Result<Described, PlanError> {
    let mut filled = described.clone();
    if let Some(organization) = &described.organization {
        filled.organization = Some(numbers.fill_organization(organization)?);
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

pub(super) fn plan_failed(title: &str, error: PlanError) -> EngineError {
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
        None => AccountState::new_account(&caller.partition, &own, &caller.account, wishes.access_role),
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
