//! Whether a caller may do a thing: the formula of `facts: policy §2.2`, spelled out.

use serde_json::Value;

use super::{
    authenticate::Caller,
    model::{MANAGEMENT, Model, Who},
    statements::{Asked, Keys, bears, list, says, statements},
};

/// One action on one resource.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) action: String,
    pub(super) resource: String,
    /// Whose the resource is.
    pub(super) owner: &'static str,
    pub(super) keys: Keys,
    /// The trust policy that has to allow.
    pub(super) trust: Option<Value>,
}

impl Question {
    pub(super) fn new(action: &str, resource: &str, owner: &'static str) -> Self {
        Self {
            action: action.to_owned(),
            resource: resource.to_owned(),
            owner,
            keys: Keys::new(),
            trust: None,
        }
    }
}

/// How a trust policy names a caller, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Account,
    Role,
    Direct,
}

impl Model {
    pub(super) fn may(&self, caller: &Caller, question: &Question) -> bool {
        let mut keys = self.keys_of(caller);
        keys.extend(question.keys.clone());
        keys.insert("aws:resourceaccount".to_owned(), vec![question.owner.to_owned()]);
        keys.insert("aws:resourceorgpaths".to_owned(), vec![self.path(question.owner)]);
        let asked = Asked {
            action: &question.action,
            resource: &question.resource,
            keys: &keys,
        };
        let holder = self.holder(caller);
        let granted = holder.map_or(Vec::new(), |holder| self.granted(holder));
        let boundary = holder.and_then(|holder| holder.boundary.as_ref());
        let boundary = boundary.map(|arn| self.in_force(arn));
        let Some(session) = self.session_policies(caller) else {
            // One that is gone might have denied.
            return false;
        };
        let allow = |documents: &[&str]| documents.iter().any(|text| says(text, "Allow", &asked));
        let deny = |documents: &[&str]| documents.iter().any(|text| says(text, "Deny", &asked));
        let scps = self.controls_over(caller.account, false);
        let rcps = match question.action.starts_with("sts:") {
            true => self.controls_over(question.owner, true),
            false => Vec::new(),
        };
        let denied = deny(&granted)
            || boundary.is_some_and(|text| deny(&[text]))
            || session.as_ref().is_some_and(|texts| deny(texts))
            || scps.iter().chain(&rcps).any(|level| deny(level));
        if denied || !scps.iter().all(|level| allow(level)) {
            return false;
        }
        let bounds = boundary.is_none_or(|text| allow(&[text]));
        let limits = session.is_none_or(|texts| allow(&texts));
        let identity = (holder.is_none() || allow(&granted)) && bounds && limits;
        let same = caller.account == question.owner;
        let Some(trust) = &question.trust else {
            return identity;
        };
        if self.trusted(caller, trust, "Deny", &asked).is_some() {
            return false;
        }
        match self.trusted(caller, trust, "Allow", &asked) {
            None => false,
            Some(Named::Direct) if same => true,
            Some(Named::Role) if same => bounds && limits,
            Some(_) => identity,
        }
    }

    /// The policies that limit a session: `Some(None)` if there are none, `None` if one of them is gone.
    fn session_policies<'a>(&'a self, caller: &'a Caller) -> Option<Option<Vec<&'a str>>> {
        let Some(session) = &caller.session else {
            return Some(None);
        };
        let mut texts: Vec<&str> = session.policy.iter().map(String::as_str).collect();
        for arn in &session.policy_arns {
            let policy = self.policies.get(arn)?;
            if policy.created > session.issued {
                return None;
            }
            texts.push(self.in_force(arn));
        }
        let needed = matches!(caller.who, Who::Federated(..));
        Some((needed || !texts.is_empty()).then_some(texts))
    }

    /// The control policies over an account, level by level.
    pub(super) fn controls_over(&self, account: &str, rcp: bool) -> Vec<Vec<&str>> {
        let on = if rcp { self.rcps_on } else { self.scps_on };
        if account == MANAGEMENT || !on {
            return Vec::new();
        }
        let at = |target: String| {
            let here = self
                .control_attachments
                .iter()
                .filter(move |(to, _)| *to == target);
            let here = here.map(|(_, policy)| &self.controls[policy]);
            here.filter(|(kind, _)| *kind == rcp)
                .map(|(_, text)| text.as_str())
                .collect()
        };
        self.levels(account).into_iter().map(at).collect()
    }

    fn trusted(&self, caller: &Caller, trust: &Value, effect: &str, asked: &Asked<'_>) -> Option<Named> {
        let statements = statements(trust).into_iter();
        let found = statements.filter(|statement| statement["Effect"] == effect && bears(statement, asked));
        found
            .flat_map(|statement| list(&statement["Principal"]["AWS"]))
            .filter_map(|principal| Self::names(principal, caller))
            .max()
    }

    fn names(principal: &str, caller: &Caller) -> Option<Named> {
        let root = format!("arn:aws:iam::{}:root", caller.account);
        if principal == "*" {
            return Some(Named::Direct);
        }
        if principal == caller.account || principal == root {
            return Some(Named::Account);
        }
        match &caller.who {
            Who::User(id) => (principal == id).then_some(Named::Direct),
            Who::Role(id, name) if principal == format!("{id}:{name}") => Some(Named::Direct),
            Who::Role(id, _) => (principal == id).then_some(Named::Role),
            Who::Root | Who::Federated(..) => None,
        }
    }
}
