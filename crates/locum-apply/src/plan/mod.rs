//! What has to be done so that what is there becomes what is described: changes to show, and the requests behind them.
//!
//! The order is that of dependency, and the same for the same input: what others refer to comes first, and goes last.
//! A plan is made of ordinary requests, so nothing can be done by a file that its caller could not do by hand.

mod account;
mod documents;
mod facets;
mod organization;
pub(crate) mod placeholders;
mod policies;
mod principals;
mod providers;
mod removals;
mod show;

use serde_json::{Value, json};

pub use self::{
    account::{Protected, plan_account},
    organization::plan_organization,
    placeholders::{Numbers, order},
    show::summary,
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

    /// Returns the parameters of `ApplyTransaction`.
    #[must_use]
    pub fn transaction(&self, dry_run: bool) -> Value {
        let requests = self
            .changes
            .iter()
            .flat_map(|change| &change.requests)
            .map(|request| {
                let service = request.service;
                json!({"Service": service, "Action": request.action, "Parameters": request.parameters})
            });
        json!({"Requests": requests.collect::<Vec<_>>(), "DryRun": dry_run})
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
