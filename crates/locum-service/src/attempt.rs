//! One run of an operation over one state of the directory.
//!
//! A request is run once or twice (see `Service::answer`); each run authenticates anew, since the second one may see a
//! state in which the caller's key is gone.

use std::sync::Arc;

use jiff::Timestamp;
use locum_api::{
    ApiError, Body, Format,
    model::{Operation, Service as ApiService},
};
use locum_crypto::{Random, SecretString};
use locum_directory::{Changes, Snapshot};
use locum_names::AccountId;

use crate::{
    asked::Asked,
    authenticate::{Authenticated, Authenticator, Refused},
    call::{Call, Failure, Notes},
    carried::Carried,
    circumstances::{Circumstances, SecondFactor},
    incoming::Incoming,
    restrictions,
    rings::Rings,
    route::{self, Encoding, Run},
    service::{Problem, Service},
    settings::requested_region,
    trace::Trace,
    unsigned::UnsignedCall,
};

/// A request to be run.
pub(crate) struct Attempt<'a> {
    pub(crate) service: &'a Service,
    pub(crate) incoming: &'a Incoming<'a>,
    pub(crate) asked: &'a Asked,
    pub(crate) rings: &'a Rings,
    pub(crate) format: Format,
    pub(crate) credentials: Credentials,
    pub(crate) carried: Carried,
}

/// What a request shows to say whose it is.
#[derive(Clone, Copy)]
pub(crate) enum Credentials {
    /// What came with it.
    Signature,
    /// Nothing: whoever runs the program makes it, as the root user of this account.
    Operator(AccountId),
}

/// What an operation that succeeded says.
pub(crate) struct Answered {
    pub(crate) body: Body,
    pub(crate) headers: Vec<(&'static str, SecretString)>,
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) answered: Result<Answered, Problem>,
    /// To be stored if it succeeded.
    pub(crate) changes: Changes,
    /// To be stored in any case.
    pub(crate) kept: Changes,
}

impl Ran {
    pub(crate) fn asks_for_nothing(&self) -> bool {
        self.kept.is_empty() && (self.answered.is_err() || self.changes.is_empty())
    }
}

impl From<Problem> for Ran {
    fn from(problem: Problem) -> Self {
        Self {
            answered: Err(problem),
            changes: Changes::new(),
            kept: Changes::new(),
        }
    }
}

/// What a run leaves behind, signed or not.
pub(crate) struct Left {
    pub(crate) body: Result<Body, Failure>,
    pub(crate) headers: Vec<(&'static str, SecretString)>,
    pub(crate) changes: Changes,
    pub(crate) kept: Changes,
    pub(crate) notes: Notes,
    pub(crate) carried: Carried,
}

impl Attempt<'_> {
    /// Runs the operation on `snapshot`.
    pub(crate) fn run(&mut self, snapshot: &Snapshot, trace: &mut Trace, random: &mut dyn Random) -> Ran {
        let operation = self.asked.operation;
        let Some(route) = route::find(operation) else {
            return Problem::from(ApiError::internal_failure()).into();
        };
        let left = match route.run {
            Run::Signed(run) => {
                let authenticated = match self.authenticate(snapshot, trace) {
                    Ok(authenticated) => authenticated,
                    Err(problem) => return problem.into(),
                };
                self.signed(run, &authenticated, snapshot, trace, random)
            }
            Run::Unsigned(run) => self.unsigned(run, snapshot, trace, random),
            // INVARIANT: `Service::answer` gives transactions to `Transaction::answer`.
            Run::Transaction => return Problem::from(ApiError::internal_failure()).into(),
        };
        self.carried = left.carried;
        trace.notes(left.notes);
        let headers = left.headers;
        let answered = left.body.map(|body| Answered { body, headers });
        Ran {
            answered: answered.map_err(Problem::from),
            changes: left.changes,
            kept: left.kept,
        }
    }

    pub(crate) fn authenticator<'s>(&'s self, snapshot: &'s Snapshot, now: Timestamp) -> Authenticator<'s> {
        Authenticator {
            settings: &self.service.settings,
            snapshot,
            ring: &self.rings.session,
            keys: &self.service.signing_keys,
            now,
        }
    }

    pub(crate) fn authenticate(
        &self,
        snapshot: &Snapshot,
        trace: &mut Trace,
    ) -> Result<Arc<Authenticated>, Problem> {
        let operation: &Operation = self.asked.operation;
        let authenticator = self.authenticator(snapshot, trace.now());
        let authenticated = match self.credentials {
            Credentials::Signature => authenticator.authenticate(&self.incoming.signed(), operation.service),
            Credentials::Operator(account) => authenticator.operator(account).map_or_else(
                |error| Err(Refused::unclaimed(error)),
                |caller| {
                    let region = self.service.settings.regions.of_host(None).to_owned();
                    Ok(Authenticated { caller, region })
                },
            ),
        };
        let authenticated = authenticated.map_err(|refused| {
            trace.refused(refused.access_key_id);
            Problem::Refused(refused.error)
        })?;
        let authenticated = Arc::new(authenticated);
        trace.caller(Arc::clone(&authenticated));
        let Authenticated { caller, region } = &*authenticated;
        let name = operation.service.signing_name();
        self.service.last_uses.note(caller, trace.now(), region, name);
        restrictions::check(caller, operation)?;
        Ok(authenticated)
    }

    fn signed(
        &mut self,
        run: route::Signed,
        authenticated: &Authenticated,
        snapshot: &Snapshot,
        trace: &Trace,
        random: &mut dyn Random,
    ) -> Left {
        let input = self.asked.input(self.incoming);
        let carried = std::mem::take(&mut self.carried);
        let service = self.asked.operation.service;
        self.perform(
            run,
            service,
            input,
            authenticated,
            carried,
            snapshot,
            trace,
            random,
        )
    }

    /// Calls the function of an operation, of the request itself or of one that it contains.
    #[allow(
        clippy::too_many_arguments,
        reason = "what a call is made of; a struct would be taken apart at once"
    )]
    pub(crate) fn perform(
        &self,
        run: route::Signed,
        service: ApiService,
        input: route::Input<'_>,
        authenticated: &Authenticated,
        carried: Carried,
        snapshot: &Snapshot,
        trace: &Trace,
        random: &mut dyn Random,
    ) -> Left {
        let region = requested_region(service, self.service.settings.partition, &authenticated.region);
        let mut call = Call {
            settings: &self.service.settings,
            snapshot,
            rings: self.rings,
            issuers: &self.service.issuers,
            last_uses: &self.service.last_uses,
            caller: &authenticated.caller,
            at: self.circumstances(snapshot, trace, region),
            random,
            changes: Changes::new(),
            kept: Changes::new(),
            notes: Notes::default(),
            carried,
            reply_headers: Vec::new(),
        };
        let body = run(&mut call, input, &self.encoding(trace));
        Left {
            body,
            headers: call.reply_headers,
            changes: call.changes,
            kept: call.kept,
            notes: call.notes,
            carried: call.carried,
        }
    }

    fn unsigned(
        &mut self,
        run: fn(&mut UnsignedCall<'_>, route::Input<'_>, &Encoding<'_>) -> Result<Body, Failure>,
        snapshot: &Snapshot,
        trace: &mut Trace,
        random: &mut dyn Random,
    ) -> Left {
        let region = self
            .service
            .settings
            .regions
            .of_host(self.incoming.header("host"));
        trace.region(region);
        let mut call = UnsignedCall {
            settings: &self.service.settings,
            snapshot,
            rings: self.rings,
            identity_keys: self.service.identity_keys(),
            at: self.circumstances(snapshot, trace, region),
            request_id: trace.request_id(),
            random,
            changes: Changes::new(),
            kept: Changes::new(),
            notes: Notes::default(),
            carried: std::mem::take(&mut self.carried),
        };
        let body = run(&mut call, self.asked.input(self.incoming), &self.encoding(trace));
        Left {
            body,
            headers: Vec::new(),
            changes: call.changes,
            kept: call.kept,
            notes: call.notes,
            carried: call.carried,
        }
    }

    pub(crate) fn encoding<'t>(&self, trace: &'t Trace) -> Encoding<'t> {
        Encoding {
            request_id: trace.request_id(),
            format: self.format,
        }
    }

    fn circumstances<'c>(&self, snapshot: &'c Snapshot, trace: &Trace, region: &'c str) -> Circumstances<'c>
    where
        Self: 'c,
    {
        Circumstances {
            now: trace.now(),
            source_ip: self.incoming.peer,
            // What never leaves the process cannot be overheard.
            secure: self.incoming.tls.is_some() || matches!(self.credentials, Credentials::Operator(_)),
            user_agent: self.incoming.header("user-agent"),
            region,
            organization: snapshot.organization().map(|o| &*o.id),
            second_factor: SecondFactor::NotGiven,
        }
    }
}
