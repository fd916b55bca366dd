//! What has to be done so that what is there becomes what is described: changes to show, and the requests behind them.
//!
//! The order is that of dependency, and the same for the same input: what others refer to comes first, and goes last.
//! A plan is made of ordinary requests, so nothing can be done by a file that its caller could not do by hand.

mod account;
mod circles;
mod documents;
mod facets;
mod needs;
mod order;
mod organization;
pub(crate) mod placeholders;
mod policies;
mod principals;
mod providers;
mod removals;
mod roles;
mod show;

use serde_json::{Value, json};

use crate::Named;

pub(crate) use self::facets::NONE;
pub use self::{
    account::{Protected, plan_account},
    circles::Halves,
    order::{Turn, is_of, numbers_in_arns, order},
    organization::plan_organization,
    placeholders::{Numbers, can_be_pending},
    show::{json_text, summary, visible},
};

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Something new.
    Created,
    /// Something else than before.
    Changed,
    /// Something less.
    Removed,
}

impl Mark {
    /// Returns the sign in front of a line.
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Created => '+',
            Self::Changed => '~',
            Self::Removed => '-',
        }
    }

    /// Returns the word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// An ordinary request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `iam` or `organizations`.
    pub service: &'static str,
    /// The operation.
    pub action: &'static str,
    /// Its members by AWS's names.
    pub parameters: Value,
}

/// A thing that is created, changed or removed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which of them.
    pub mark: Mark,
    /// The thing, such as `role etl`.
    pub what: String,
    /// What of it, line by line.
    pub details: Vec<(Mark, String)>,
    /// The requests that do it.
    pub requests: Vec<Request>,
}

impl Change {
    fn new(mark: Mark, what: impl Into<String>) -> Self {
        Self {
            mark,
            what: what.into(),
            details: Vec::new(),
            requests: Vec::new(),
        }
    }

    fn detail(&mut self, mark: Mark, text: impl Into<String>) {
        self.details.push((mark, text.into()));
    }

    fn iam(&mut self, action: &'static str, parameters: Value) {
        self.requests.push(Request {
            service: "iam",
            action,
            parameters,
        });
    }
}

/// All changes of one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// What it is about, such as `account data (111122223333)`.
    pub title: String,
    /// The changes in the order in which they are made.
    pub changes: Vec<Change>,
    /// What stays although it is not described, and why.
    pub kept: Vec<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns how many things are created, changed and removed.
    #[must_use]
    pub fn counts(&self) -> [usize; 3] {
        [Mark::Created, Mark::Changed, Mark::Removed]
            .map(|mark| self.changes.iter().filter(|change| change.mark == mark).count())
    }

    /// Puts the numbers of accounts, by name, in place of their placeholders. Nothing else of the plan changes: what is
    /// sent is what was shown.
    pub fn number(&mut self, numbers: &Named<String>) {
        let requests = self.changes.iter_mut().flat_map(|change| &mut change.requests);
        for request in requests {
            placeholders::number(&mut request.parameters, numbers);
        }
    }

    /// Returns the first placeholder in a request that does not stand for one of the accounts in `pending`.
    #[must_use]
    pub fn placeholder(&self, pending: &Named<String>) -> Option<String> {
        let mut requests = self.changes.iter().flat_map(|change| &change.requests);
        requests.find_map(|request| placeholders::left(&request.parameters, pending))
    }

    /// Returns the parameters of `ApplyTransaction`.
    ///
    /// # Errors
    /// [`PlanError`] for a placeholder in what is not only tried: stored, it would be a text that stands for nothing, and
    /// a statement with it would do nothing.
    pub fn transaction(&self, dry_run: bool) -> Result<Value, PlanError> {
        if !dry_run && let Some(placeholder) = self.placeholder(&Named::new()) {
            let message = format!("{placeholder} stands for nothing, so nothing was sent");
            return Err(PlanError::of("placeholder", message));
        }
        let requests = self
            .changes
            .iter()
            .flat_map(|change| &change.requests)
            .map(|request| {
                let service = request.service;
                json!({"Service": service, "Action": request.action, "Parameters": request.parameters})
            });
        Ok(json!({"Requests": requests.collect::<Vec<_>>(), "DryRun": dry_run}))
    }

    /// Returns the change that a request of the transaction is part of, and the request.
    #[must_use]
    pub fn request(&self, index: usize) -> Option<(&Change, &Request)> {
        let mut requests = self
            .changes
            .iter()
            .flat_map(|change| change.requests.iter().map(move |request| (change, request)));
        requests.nth(index)
    }
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {message}")]
pub struct PlanError {
    /// The thing that is described.
    pub what: String,
    /// What cannot be done about it, and what can.
    pub message: String,
}

impl PlanError {
    fn of(what: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            message: message.into(),
        }
    }
}
