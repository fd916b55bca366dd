//! How a request ends, as the model has it and as the service does.

use serde_json::Value;

use super::{
    authenticate::{Caller, EXPIRED},
    authorize::Question,
    life::{Held, Life},
    model::Who,
};
use crate::harness::Answer;

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// The credentials are not good, or not for this.
    Invalid,
    Expired,
    Denied,
    /// Allowed, but it cannot be.
    Refused,
    Done,
}

pub(super) fn end(answer: &Answer) -> End {
    if answer.status == 200 {
        return End::Done;
    }
    let code = answer.find("Code").unwrap_or_else(|| {
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        body["__type"].as_str().unwrap_or_default().to_owned()
    });
    match code.as_str() {
        "InvalidClientTokenId" | "UnrecognizedClientException" => End::Invalid,
        "ExpiredToken" | "ExpiredTokenException" => End::Expired,
        "AccessDenied" | "AccessDeniedException" => End::Denied,
        _ => End::Refused,
    }
}

impl Life {
    /// What the model makes of questions that IAM asks of somebody.
    pub(super) fn iam_end(&self, who: &Held, questions: &[Question], possible: bool) -> End {
        let caller = match self.caller(who) {
            Ok(caller) => caller,
            Err(end) => return end,
        };
        if caller.is_kept_from_iam() {
            return End::Invalid;
        }
        self.verdict(&caller, questions, possible)
    }

    pub(super) fn verdict(&self, caller: &Caller, questions: &[Question], possible: bool) -> End {
        let may =
            !caller.is_assumed_root() && questions.iter().all(|question| self.model.may(caller, question));
        match (may, possible) {
            (false, _) => End::Denied,
            (true, false) => End::Refused,
            (true, true) => End::Done,
        }
    }

    pub(super) fn caller(&self, who: &Held) -> Result<Caller, End> {
        let expired = |code| {
            if code == EXPIRED {
                End::Expired
            } else {
                End::Invalid
            }
        };
        self.model.caller(&who.credential).map_err(expired)
    }

    /// Compares what happened with what had to.
    pub(super) fn compare(&mut self, who: &Held, what: &str, expected: End, answer: &Answer) {
        let got = end(answer);
        let action = what.split(' ').next().unwrap().to_owned();
        *self.tally.entry((action, got)).or_default() += 1;
        let line = format!("{} {}: {what} -> {got:?}", self.model.now - self.begin, who.name);
        self.log.push(line);
        assert_eq!(
            got,
            expected,
            "seed {}\n{}\n{:#?}\n{}\n{:#?}",
            self.seed,
            self.log.join("\n"),
            who.credential,
            answer.body,
            self.model
        );
    }
}

impl Caller {
    /// Sessions of GetSessionToken without a second factor, and federated users.
    pub(super) fn is_kept_from_iam(&self) -> bool {
        match &self.who {
            Who::Federated(..) => true,
            Who::Root | Who::User(_) => self
                .session
                .as_ref()
                .is_some_and(|session| !session.assumed_root && !session.mfa && session.delegated.is_none()),
            Who::Role(..) => false,
        }
    }

    pub(super) fn is_delegated(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.delegated.is_some())
    }

    pub(super) fn is_assumed_root(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.assumed_root)
    }
}
