//! What ends a request early, and what becomes of it: a reply, and words in the record.

use std::borrow::Cow;

use jiff::Timestamp;
use locum_api::{ApiError, Format, errors, model::Service as ApiService};
use locum_crypto::Random;
use locum_session::AuthorizationMessage;
use locum_sigv4::AuthError;

use super::Service;
use crate::{
    call::Failure,
    denial::Denial,
    incoming::Reply,
    reply::{contained_failure, failure},
    trace::Trace,
    transaction::Contained,
};

/// How long a denied caller may decode the message of the denial, in seconds.
const MESSAGE_LIFETIME: i64 = 24 * 3600;

/// The header with the sealed reason of a denial.
pub const AUTHORIZATION_MESSAGE_HEADER: &str = "x-locum-authorization-message";

/// Everything that may end a request early.
pub(crate) enum Problem {
    Api(ApiError),
    Refused(AuthError),
    Denied(Box<Denial>),
    /// One of the requests that it contains.
    Contained(Box<Contained>),
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Api(error) => Self::Api(error),
            Failure::Denied(denial) => Self::Denied(denial),
        }
    }
}

impl Service {
    /// Turns what went wrong into a reply, and notes it in the record.
    pub(super) fn problem(
        &self,
        problem: Problem,
        service: ApiService,
        trace: &mut Trace,
        format: Format,
        random: &mut dyn Random,
    ) -> Reply {
        if let Problem::Contained(contained) = problem {
            return self.contained_problem(*contained, trace, random);
        }
        trace.forget_parts();
        let (error, message) = self.verdict(problem, service, trace, random);
        let reply = failure(
            service,
            &error,
            trace.request_id(),
            format,
            trace.operation_name(),
        );
        with_message(reply, message)
    }

    /// The same for a transaction that one of its requests ends.
    fn contained_problem(&self, contained: Contained, trace: &mut Trace, random: &mut dyn Random) -> Reply {
        let Contained {
            index,
            service,
            mut part,
            problem,
        } = contained;
        let own = part.as_mut().unwrap_or(trace);
        let (error, message) = self.verdict(problem, service, own, random);
        trace.forget_parts();
        if let Some(part) = part {
            trace.keep(&part);
        }
        trace.fail(&error);
        trace.failed_at(index);
        with_message(contained_failure(&error, index, trace.operation_name()), message)
    }

    /// The error that a problem is to the client of a service, and the sealed explanation of a denial. Both are noted in
    /// the record.
    fn verdict(
        &self,
        problem: Problem,
        service: ApiService,
        trace: &mut Trace,
        random: &mut dyn Random,
    ) -> (ApiError, Option<String>) {
        let (error, message) = match problem {
            Problem::Api(error) => (error, None),
            // INVARIANT: a transaction contains no transactions.
            Problem::Contained(_) => (ApiError::internal_failure(), None),
            Problem::Refused(error) => (
                ApiError::sender(error.status(), error.code(), error.to_string()),
                None,
            ),
            Problem::Denied(mut denial) => {
                let message = self.seal(&mut denial, trace.now(), random);
                trace.explain(&denial.reason);
                let error = match service {
                    ApiService::Sts | ApiService::Iam | ApiService::Locum => denial.error(),
                    ApiService::AccessAnalyzer => {
                        errors::ACCESS_DENIED_EXCEPTION.with(denial.message.as_str())
                    }
                    ApiService::Organizations => {
                        errors::ORGANIZATIONS_ACCESS_DENIED.with(denial.message.as_str())
                    }
                };
                (error, message)
            }
        };
        trace.fail(&error);
        (error, message)
    }

    /// The sealed explanation. It fits, for it was cut to; a denial without one is a denial all the same.
    fn seal(&self, denial: &mut Denial, now: Timestamp, random: &mut dyn Random) -> Option<String> {
        let document = std::mem::take(&mut denial.explanation);
        let created_at = now.as_second();
        let expires_at = created_at.saturating_add(MESSAGE_LIFETIME);
        let message = AuthorizationMessage {
            account: denial.account,
            created_at,
            expires_at,
            document,
        };
        message
            .seal(&self.rings.load().message, &self.settings.deployment, random)
            .ok()
    }
}

fn with_message(mut reply: Reply, message: Option<String>) -> Reply {
    let header = message.map(|message| (AUTHORIZATION_MESSAGE_HEADER, Cow::Owned(message)));
    reply.headers.extend(header);
    reply
}
