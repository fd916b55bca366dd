//! Accounts reached from inside: `locum serve --apply` makes a deployment what files describe before it listens.
//!
//! The calls are those of each account's root user, made by the process that holds the store. They are decided and
//! recorded like anybody's.

use jiff::Timestamp;
use locum_api::model::Service as ApiService;
use locum_apply::{Api, ApiFailure, Caller, Described};
use locum_crypto::SystemRandom;
use locum_names::AccountId;
use locum_service::{OperatorError, Service};
use serde_json::Value;

use super::{
    carry,
    engine::{self, EngineError, Wishes},
    options::ACCESS_ROLE,
    reach::{Reach, ReachError},
};

/// Makes the accounts of a service what is described. Nothing is removed.
pub(crate) fn apply_in_process(service: &Service, described: &Described) -> Result<(), EngineError> {
    let mut reach = Operators::of(service).ok_or(EngineError::NoOrganization)?;
    let wishes = Wishes {
        described,
        prune: false,
        access_role: ACCESS_ROLE,
    };
    let work = engine::prepare(&wishes, &mut reach)?;
    carry::try_out(&work, &mut reach)?;
    let mut told = |plan: &locum_apply::Plan| tracing::info!(title = plan.title, "applied");
    carry::carry_out(work, &mut reach, &mut told)
}

pub(super) struct Operators<'a> {
    service: &'a Service,
    caller: Caller,
}

/// The root user of one account.
struct Operator<'a> {
    service: &'a Service,
    account: AccountId,
}

/// Why a call of the operator failed.
enum CallError {
    Refused(OperatorError),
    /// Decided, but not on disk.
    NotStored(String),
}

impl Operator<'_> {
    fn call(&self, service: ApiService, action: &str, parameters: &Value) -> Result<Value, CallError> {
        let operator = self.service.operator(self.account);
        let called = operator.call(service, action, parameters, Timestamp::now(), &mut SystemRandom);
        let (result, commit) = called.map_err(CallError::Refused)?;
        if let Some(commit) = commit {
            let stored = commit.wait();
            stored.map_err(|_| CallError::NotStored("a write did not reach the disk".to_owned()))?;
        }
        Ok(result)
    }
}

impl Reach for Operators<'_> {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn api<'a>(&'a mut self, account: &str) -> Result<Box<dyn Api + 'a>, ReachError> {
        Ok(Box::new(self.operator(account)?))
    }

    fn transact(&mut self, account: &str, transaction: &Value) -> Result<(), ReachError> {
        let operator = self.operator(account)?;
        match operator.call(ApiService::Locum, "ApplyTransaction", transaction) {
            Ok(_) => Ok(()),
            Err(CallError::NotStored(reason)) => Err(ReachError::NoAnswer(reason)),
            Err(CallError::Refused(OperatorError { error, request_index })) => Err(ReachError::Refused {
                request: request_index,
                code: error.code.to_string(),
                message: error.message.unwrap_or_default(),
            }),
        }
    }
}

impl<'a> Operators<'a> {
    /// Returns the root users of a service that has an organization.
    pub(super) fn of(service: &'a Service) -> Option<Self> {
        let snapshot = service.directory().snapshot();
        let organization = snapshot.organization()?;
        let caller = Caller {
            partition: service.settings().partition.to_string(),
            account: organization.management_account.to_string(),
            principal: None,
        };
        Some(Self { service, caller })
    }

    fn operator(&self, account: &str) -> Result<Operator<'_>, ReachError> {
        let number = account.parse().map_err(|_| ReachError::Closed {
            account: account.to_owned(),
            role: "root".to_owned(),
            reason: "this is no number of an account".to_owned(),
        })?;
        Ok(Operator {
            service: self.service,
            account: number,
        })
    }
}

impl Api for Operator<'_> {
    fn call(&mut self, service: &str, action: &'static str, parameters: Value) -> Result<Value, ApiFailure> {
        let failure = |code: &str, message: &str| ApiFailure {
            action: action.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        };
        let found = ApiService::ALL
            .into_iter()
            .find(|known| known.cli_name() == service);
        let service = found.ok_or_else(|| failure("UnknownService", service))?;
        Self::call(self, service, action, &parameters).map_err(|error| match error {
            CallError::Refused(OperatorError { error, .. }) => {
                failure(&error.code, error.message.as_deref().unwrap_or_default())
            }
            CallError::NotStored(reason) => failure("no answer", &reason),
        })
    }
}
