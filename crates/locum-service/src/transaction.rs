//! Several requests as one: each performed as if it came alone, all stored or none.
//!
//! There is no second way to anything in here. A contained request takes the route of its operation: its caller is looked
//! up again in the state that its predecessors leave, may or may not call it with these credentials, is authorized, and
//! asks for changes; these are a step of the draft, and the next request sees them. So a transaction can do what its
//! requests could do one after another, and nothing else; a rule that forbids one of them forbids it here.
//!
//! Like every write it is decided on the published state first. If nobody wrote in the meantime, that decision is the one
//! on the newest state too, and the draft is queued as it is. Transactions wait for each other, so only ordinary writes
//! overtake one; it is then decided anew, and a short one at last while other writers wait. A long one gives up instead:
//! nobody may hold up everybody's writes for as long as thousands of requests take.

mod answers;

use std::sync::Arc;

use locum_api::{
    ApiError, Body, Document, Request, errors,
    locum::{ApplyTransactionRequest, ApplyTransactionResponse, ContainedRequest},
    model::{Access, Operation, Service, Shape, Structure, find},
    success_body,
};
use locum_crypto::{Random, Uuid};
use locum_directory::{Directory, Draft, Pending, WriteError};

use self::answers::Answers;
use crate::{
    attempt::{Answered, Attempt},
    audit::Elements,
    authenticate::Authenticated,
    call::Notes,
    carried::Carried,
    reply::conflict,
    restrictions,
    route::{self, Input, Run},
    service::Problem,
    trace::Trace,
};

/// What cannot be taken back, hands something to one person, or costs too much to be done by the thousand while other
/// writers wait: codes are counted even if they are wrong, a delegation token leaves beside the answer, a password is
/// hashed slowly. What answers with a secret is kept out by its declaration.
const ALONE: &[&str] = &[
    "AcceptDelegationRequest",
    "AssociateDelegationRequest",
    "ChangePassword",
    "CreateDelegationRequest",
    "CreateLoginProfile",
    "EnableMFADevice",
    "GenerateCredentialReport",
    "RejectDelegationRequest",
    "ResyncMFADevice",
    "SendDelegationToken",
    "UpdateDelegationRequest",
    "UpdateLoginProfile",
];

/// How often a transaction is decided without holding up other writers.
const ATTEMPTS: usize = 3;

/// How many requests may be decided while other writers wait: some 20 ms.
const MOST_ALONE: usize = 200;

/// A transaction that is being answered.
pub(crate) struct Transaction<'a> {
    attempt: Attempt<'a>,
}

/// What a transaction asks for.
struct Batch {
    /// Each with what its first run worked out for the second.
    requests: Vec<(ContainedRequest, Carried)>,
    dry_run: bool,
}

/// The request that ended a transaction.
pub(crate) struct Contained {
    /// Its place, from 0.
    pub(crate) index: usize,
    /// In whose words it is refused.
    pub(crate) service: Service,
    /// What is known of it, if it names an operation that may stand here.
    pub(crate) part: Option<Trace>,
    pub(crate) problem: Problem,
}

impl<'a> Transaction<'a> {
    pub(crate) const fn new(attempt: Attempt<'a>) -> Self {
        Self { attempt }
    }

    /// Decides the transaction, and queues what it asks for.
    pub(crate) fn answer(
        self,
        directory: &Directory,
        trace: &mut Trace,
        random: &mut dyn Random,
    ) -> (Result<Answered, Problem>, Option<Pending>) {
        // Whoever waits for others here has shown who they are.
        let mut batch = match self.prepare(directory, trace) {
            Ok(batch) => batch,
            Err(problem) => return (Err(problem), None),
        };
        let service = self.attempt.service;
        if !batch.dry_run
            && let Err(problem) = service.may_write()
        {
            return (Err(problem), None);
        }
        let _turn = (!batch.dry_run).then(|| service.transaction_turn());
        for _ in 0..ATTEMPTS {
            let mut draft = directory.draft();
            let answered = match self.run(&mut batch, &mut draft, trace, random) {
                Ok(answered) => answered,
                Err(problem) => return (Err(problem), None),
            };
            if batch.dry_run {
                trace.forget_parts();
                return (Ok(answered), None);
            }
            match directory.commit(draft) {
                Ok(Some(pending)) => return (Ok(answered), Some(pending)),
                // Another write overtook it.
                Ok(None) => {}
                Err(_) => return (Err(ApiError::service_unavailable().into()), None),
            }
        }
        if batch.requests.len() > MOST_ALONE {
            return (Err(conflict(Service::Locum).into()), None);
        }
        match directory.write_steps(|draft| self.run(&mut batch, draft, trace, random)) {
            Ok((answered, pending)) => (Ok(answered), Some(pending)),
            Err(WriteError::Refused(problem)) => (Err(problem), None),
            Err(WriteError::Change(_) | WriteError::Busy | WriteError::Closed) => {
                (Err(ApiError::service_unavailable().into()), None)
            }
        }
    }

    /// Authenticates and reads the envelope.
    fn prepare(&self, directory: &Directory, trace: &mut Trace) -> Result<Batch, Problem> {
        self.attempt.authenticate(&directory.snapshot(), trace)?;
        Ok(self.read()?)
    }

    /// Performs every request on the draft.
    fn run(
        &self,
        batch: &mut Batch,
        draft: &mut Draft,
        trace: &mut Trace,
        random: &mut dyn Random,
    ) -> Result<Answered, Problem> {
        trace.forget_parts();
        let authenticated = self.attempt.authenticate(draft.snapshot(), trace)?;
        let outcome = self.run_all(batch, &authenticated, draft, trace, random);
        let applied = if batch.dry_run { 0 } else { batch.requests.len() };
        trace.notes(Notes {
            request_parameters: Some(Elements::from_iter([
                ("dryRun", batch.dry_run.into()),
                ("requestCount", batch.requests.len().into()),
            ])),
            response_elements: Some(Elements::from_iter([("applied", applied.into())])),
            ..Notes::default()
        });
        outcome.map_err(Problem::Contained)?;
        let response = ApplyTransactionResponse {
            // INVARIANT: the model allows far fewer requests than fit.
            applied: i32::try_from(applied).unwrap_or(i32::MAX),
        };
        let encoding = self.attempt.encoding(trace);
        let operation = ApplyTransactionRequest::OPERATION;
        let body = success_body(operation, &response, encoding.request_id, encoding.format);
        Ok(Answered {
            body,
            headers: Vec::new(),
        })
    }

    fn read(&self) -> Result<Batch, ApiError> {
        let Input::Json(body) = self.attempt.asked.input(self.attempt.incoming) else {
            return Err(ApiError::internal_failure());
        };
        let request = ApplyTransactionRequest::decode_json(body)?;
        let requests = request.requests.into_iter();
        Ok(Batch {
            requests: requests.map(|request| (request, Carried::default())).collect(),
            dry_run: request.dry_run.unwrap_or_default(),
        })
    }

    fn run_all(
        &self,
        batch: &mut Batch,
        authenticated: &Authenticated,
        draft: &mut Draft,
        trace: &mut Trace,
        random: &mut dyn Random,
    ) -> Result<(), Box<Contained>> {
        let mut answers = Answers::default();
        for (index, (request, carried)) in batch.requests.iter_mut().enumerate() {
            let admitted = admit(request).and_then(|(operation, run)| {
                let parameters = request.parameters.as_ref();
                let parameters = parameters
                    .map(|parameters| answers.fill(parameters))
                    .transpose()?;
                Ok(Part {
                    operation,
                    run,
                    parameters: parameters.unwrap_or_default(),
                })
            });
            let asked = admitted.map_err(|error| {
                Box::new(Contained {
                    index,
                    service: Service::Locum,
                    part: None,
                    problem: error.into(),
                })
            })?;
            let operation = asked.operation;
            let mut part = trace.part(operation, index, Uuid::random(random));
            match self.perform(&asked, carried, authenticated, draft, &mut part, random) {
                Ok(body) => {
                    answers.keep(operation.service, &body);
                    trace.keep(&part);
                }
                Err(problem) => {
                    return Err(Box::new(Contained {
                        index,
                        service: operation.service,
                        part: Some(part),
                        problem,
                    }));
                }
            }
        }
        Ok(())
    }

    /// Performs one request on the state its predecessors leave, and makes what it asks for a step of the draft.
    fn perform(
        &self,
        asked: &Part,
        carried: &mut Carried,
        authenticated: &Authenticated,
        draft: &mut Draft,
        part: &mut Trace,
        random: &mut dyn Random,
    ) -> Result<Body, Problem> {
        let snapshot = Arc::clone(draft.snapshot());
        let authenticator = self.attempt.authenticator(&snapshot, part.now());
        let caller = authenticator
            .again(&authenticated.caller)
            .map_err(Problem::Refused)?;
        let authenticated = Arc::new(Authenticated {
            caller,
            region: authenticated.region.clone(),
        });
        part.caller(Arc::clone(&authenticated));
        restrictions::check(&authenticated.caller, asked.operation)?;

        let left = self.attempt.perform(
            asked.run,
            asked.operation.service,
            Input::Contained(asked.parameters.text().as_bytes()),
            &authenticated,
            std::mem::take(carried),
            &snapshot,
            part,
            random,
        );
        *carried = left.carried;
        part.notes(left.notes);
        // What must be stored or said whatever becomes of the rest has no place here, and nobody is told how it went.
        if !left.kept.is_empty() || !left.headers.is_empty() {
            return Err(stands_alone(asked.operation).into());
        }
        let body = left.body?;
        match draft.step(left.changes) {
            Ok(_) => Ok(body),
            Err(_) => Err(conflict(asked.operation.service).into()),
        }
    }
}

/// A contained request whose operation may stand in a transaction.
struct Part {
    operation: &'static Operation,
    run: route::Signed,
    /// What it asks for, nothing left in it that stands for something else.
    parameters: Document,
}

/// The operation of a contained request, and its function.
fn admit(request: &ContainedRequest) -> Result<(&'static Operation, route::Signed), ApiError> {
    let service = match &*request.service {
        "iam" => Service::Iam,
        "organizations" => Service::Organizations,
        _ => {
            let text = "Only requests to iam and organizations can be part of a transaction.";
            return Err(errors::VALIDATION_EXCEPTION.with(text));
        }
    };
    let operation = find(service, &request.action).ok_or_else(|| match service {
        Service::Organizations => ApiError::unknown_operation(),
        _ => ApiError::invalid_action(&request.action, service.api_version()),
    })?;
    if operation.access == Access::Read {
        let text = format!(
            "{} writes nothing: it cannot be part of a transaction.",
            operation.name
        );
        return Err(errors::VALIDATION_EXCEPTION.with(text));
    }
    // What Organizations marks are names and addresses, which the sender knows; the rest would be lost.
    let secret = service == Service::Iam && operation.output.is_some_and(tells_secrets);
    if secret || ALONE.contains(&operation.name) {
        return Err(stands_alone(operation));
    }
    match route::find(operation).map(|route| route.run) {
        Some(Run::Signed(run)) => Ok((operation, run)),
        Some(Run::Transaction | Run::Unsigned(_)) | None => Err(stands_alone(operation)),
    }
}

fn stands_alone(operation: &Operation) -> ApiError {
    let text = format!(
        "{} cannot be part of a transaction: call it alone.",
        operation.name
    );
    errors::VALIDATION_EXCEPTION.with(text)
}

/// Whether a result has a secret anywhere in it.
fn tells_secrets(structure: &Structure) -> bool {
    structure.members.iter().any(|member| is_secret(member.shape))
}

fn is_secret(shape: &Shape) -> bool {
    match shape {
        Shape::Structure(structure) => tells_secrets(structure),
        Shape::List { member, .. } => is_secret(member),
        other => other.is_secret(),
    }
}

#[cfg(test)]
mod tests {
    use locum_api::model::operations;

    use super::*;

    /// What a new operation is, in here or not, is decided by its declaration, and for a few by name.
    #[test]
    fn what_reads_or_tells_secrets_or_stands_alone_is_refused() {
        let request = |service: &str, operation: &Operation| ContainedRequest {
            service: service.to_owned(),
            action: operation.name.to_owned(),
            parameters: None,
        };
        for (service, name) in [(Service::Iam, "iam"), (Service::Organizations, "organizations")] {
            for operation in operations(service) {
                let refused = operation.access == Access::Read
                    || ALONE.contains(&operation.name)
                    || matches!(operation.name, "CreateAccessKey" | "CreateVirtualMFADevice")
                    || operation.name.contains("ServiceSpecificCredential");
                let admitted = admit(&request(name, operation));
                assert_eq!(admitted.is_err(), refused, "{}", operation.name);
            }
        }
        for operation in operations(Service::Sts) {
            assert!(admit(&request("sts", operation)).is_err(), "{}", operation.name);
            assert!(admit(&request("iam", operation)).is_err(), "{}", operation.name);
        }
        for service in ["locum", "iam", "organizations", "IAM", ""] {
            assert!(admit(&request(service, ApplyTransactionRequest::OPERATION)).is_err());
        }
    }
}
