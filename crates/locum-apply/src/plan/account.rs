//! The plan of one account.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Change, Mark, Plan, PlanError, circles::untangle, facets::members};
use crate::{Account, AccountState, PasswordPolicy, Principal};

/// What is never removed.
#[derive(Debug, Clone, Default)]
pub struct Protected {
    /// The callers' own users and roles.
    pub principals: BTreeSet<Principal>,
    /// The role by which the management account reaches this one.
    pub access_role: String,
}

/// Plans an account. `described` has its placeholders filled in; with `prune`, what a described section does not
/// mention is removed.
///
/// # Errors
/// [`PlanError`] if something described cannot come about.
pub fn plan_account(
    title: &str,
    described: &Account,
    state: &AccountState,
    prune: bool,
    protected: &Protected,
) -> Result<Plan, PlanError> {
    let mut planner = Planner {
        described,
        state,
        protected,
        detached: BTreeSet::new(),
        unbound: BTreeSet::new(),
        plan: Plan {
            title: title.to_owned(),
            ..Plan::default()
        },
    };
    planner.settings();
    planner.policies()?;
    planner.providers()?;
    planner.groups()?;
    planner.users()?;
    planner.roles()?;
    planner.instance_profiles()?;
    untangle(&mut planner.plan, &state.id);
    planner.own_rights_last();
    if prune {
        planner.removals()?;
    }
    Ok(planner.plan)
}

/// A plan under way.
pub(super) struct Planner<'a> {
    pub(super) described: &'a Account,
    pub(super) state: &'a AccountState,
    pub(super) protected: &'a Protected,
    /// Kind, name and policy of what is detached already.
    pub(super) detached: BTreeSet<(&'static str, String, String)>,
    /// Kind, name and policy of what loses its boundary.
    pub(super) unbound: BTreeSet<(&'static str, String, String)>,
    pub(super) plan: Plan,
}

impl Planner<'_> {
    /// Lets what changes the callers' own users and roles come after everything that they make: it may take away the rights
    /// to do so.
    fn own_rights_last(&mut self) {
        let own = self.protected.principals.iter().map(|principal| match principal {
            Principal::User(name) => format!("user {name}"),
            Principal::Role(name) => format!("role {name}"),
        });
        let access = format!("role {}", self.protected.access_role);
        let own: BTreeSet<String> = own.chain([access]).collect();
        let changes = std::mem::take(&mut self.plan.changes);
        let (last, first): (Vec<_>, Vec<_>) = changes
            .into_iter()
            .partition(|change| change.mark == Mark::Changed && own.contains(&change.what));
        self.plan.changes.extend(first.into_iter().chain(last));
    }

    /// Takes a change, unless it changes nothing.
    pub(super) fn push(&mut self, change: Change) {
        if !change.requests.is_empty() {
            self.plan.changes.push(change);
        }
    }

    /// The ARN of a policy that is named in a file.
    pub(super) fn arn(&self, what: &str, name: &str) -> Result<String, PlanError> {
        let partition = &self.state.partition;
        if name.starts_with("arn:") {
            return Ok(name.to_owned());
        }
        if let Some(of_aws) = name.strip_prefix("aws:") {
            return Ok(format!("arn:{partition}:iam::aws:policy/{of_aws}"));
        }
        if let Some(arn) = self.state.policy_arns.get(name) {
            return Ok(arn.clone());
        }
        let described = self
            .described
            .policies
            .as_ref()
            .and_then(|policies| policies.get(name));
        match described {
            Some(policy) => {
                let path = policy.path.as_deref().unwrap_or("/");
                Ok(format!(
                    "arn:{partition}:iam::{}:policy{path}{name}",
                    self.state.id
                ))
            }
            None => {
                let message = format!(
                    "there is no policy `{name}` in the account; describe it, or write aws:{name} if it is one of AWS's"
                );
                Err(PlanError::of(what, message))
            }
        }
    }

    /// What a policy is called in a plan.
    pub(super) fn shown(&self, arn: &str) -> String {
        let of_aws = format!("arn:{}:iam::aws:policy/", self.state.partition);
        match arn.strip_prefix(&of_aws) {
            Some(name) => format!("aws:{name}"),
            None if arn.contains(&format!(":iam::{}:policy/", self.state.id)) => {
                arn.rsplit('/').next().unwrap_or(arn).to_owned()
            }
            None => arn.to_owned(),
        }
    }

    /// Alias, password policy and preferences.
    fn settings(&mut self) {
        let (described, present) = (self.described, &self.state.account);
        if let Some(alias) = &described.alias
            && present.alias.as_ref() != Some(alias)
        {
            let mut change = Change::new(Mark::Created, format!("alias {alias}"));
            if let Some(old) = &present.alias {
                change.mark = Mark::Changed;
                change.detail(Mark::Removed, format!("alias {old}"));
                change.iam("DeleteAccountAlias", json!({"AccountAlias": old}));
            }
            change.iam("CreateAccountAlias", json!({"AccountAlias": alias}));
            self.push(change);
        }
        if let Some(wanted) = &described.password_policy {
            self.password_policy(wanted);
        }
        if let Some(wanted) = &described.sts
            && present.sts.as_ref() != Some(wanted)
        {
            let version = wanted.global_endpoint_token_version.as_str();
            let mut change = Change::new(Mark::Changed, "token preferences");
            change.detail(Mark::Changed, format!("globalEndpointTokenVersion = {version}"));
            let parameters = json!({"GlobalEndpointTokenVersion": version});
            change.iam("SetSecurityTokenServicePreferences", parameters);
            self.push(change);
        }
    }

    /// Sets the password policy whole, as the API does: what is not described keeps its value.
    fn password_policy(&mut self, wanted: &PasswordPolicy) {
        let present = self.state.account.password_policy.as_ref();
        let rules = |policy: &PasswordPolicy| {
            let policy = policy.clone();
            [
                (
                    "MinimumPasswordLength",
                    policy.minimum_password_length.map(|n| json!(n)),
                ),
                ("RequireSymbols", policy.require_symbols.map(|b| json!(b))),
                ("RequireNumbers", policy.require_numbers.map(|b| json!(b))),
                (
                    "RequireUppercaseCharacters",
                    policy.require_uppercase_characters.map(|b| json!(b)),
                ),
                (
                    "RequireLowercaseCharacters",
                    policy.require_lowercase_characters.map(|b| json!(b)),
                ),
                (
                    "AllowUsersToChangePassword",
                    policy.allow_users_to_change_password.map(|b| json!(b)),
                ),
                ("MaxPasswordAge", policy.max_password_age.map(|n| json!(n))),
                (
                    "PasswordReusePrevention",
                    policy.password_reuse_prevention.map(|n| json!(n)),
                ),
                ("HardExpiry", policy.hard_expiry.map(|b| json!(b))),
            ]
        };
        let before = present.map(rules).unwrap_or_default();
        let mark = if present.is_some() {
            Mark::Changed
        } else {
            Mark::Created
        };
        let mut change = Change::new(mark, "password policy");
        let mut whole = Vec::new();
        let mut differs = present.is_none();
        for ((name, wanted), (_, before)) in rules(wanted).into_iter().zip(before) {
            if let Some(value) = &wanted
                && before.as_ref() != Some(value)
            {
                differs = true;
                change.detail(Mark::Changed, format!("{name} = {value}"));
            }
            whole.extend(wanted.or(before).map(|value| (name, value)));
        }
        if differs {
            change.iam("UpdateAccountPasswordPolicy", members(whole));
        }
        self.push(change);
    }
}
