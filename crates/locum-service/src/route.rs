//! From an operation's name to the function that performs it.
//!
//! Whatever `locum-api` declares is routed here and nothing else is; a test compares the two.

use locum_api::{
    ApiError, Body, Format, Parameters, Record, Request,
    locum::{ApplyTransactionRequest, RevokeSessionsRequest},
    model::{self, Operation, Service},
    success_body,
};

use crate::{
    access_analyzer,
    audit::Elements,
    call::{Call, Failure},
    iam, organizations, sts,
    unsigned::UnsignedCall,
};

/// What an operation does with its typed request. One implementation an operation, each in a file named after what it
/// acts on.
pub trait Perform: Request + Record {
    /// Performs the operation: checks, authorizes, answers, and puts what must be stored into `call.changes`.
    ///
    /// # Errors
    /// [`Failure`], as the operation's facts have it.
    fn perform(self, call: &mut Call<'_>) -> Result<Self::Response, Failure>;
}

/// What an operation that nobody signs does with its typed request: the word of an identity provider stands in the
/// request itself.
pub trait PerformUnsigned: Request + Record {
    /// Performs the operation: verifies what vouches for whoever calls, authorizes, answers.
    ///
    /// # Errors
    /// [`Failure`], as the operation's facts have it.
    fn perform(self, call: &mut UnsignedCall<'_>) -> Result<Self::Response, Failure>;
}

/// The parameters of a request, not yet read along the operation's declaration.
#[derive(Clone, Copy)]
pub(crate) enum Input<'a> {
    Query(&'a Parameters),
    Json(&'a [u8]),
    /// As a transaction contains it.
    Contained(&'a [u8]),
    Rest {
        query: &'a Parameters,
        body: &'a [u8],
    },
}

/// An operation and its function, its types erased.
pub(crate) struct Route {
    pub(crate) operation: &'static Operation,
    pub(crate) run: Run,
}

/// The function of an operation that is called by whoever signed.
pub(crate) type Signed = fn(&mut Call<'_>, Input<'_>, &Encoding<'_>) -> Result<Body, Failure>;

/// How an operation is performed.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// By a caller who signed.
    Signed(Signed),
    /// By the functions of the requests that it contains.
    Transaction,
    /// By whoever an identity provider vouches for.
    Unsigned(fn(&mut UnsignedCall<'_>, Input<'_>, &Encoding<'_>) -> Result<Body, Failure>),
}

/// How the answer is to be written.
pub(crate) struct Encoding<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) format: Format,
}

impl Route {
    pub(crate) const fn of<R: Perform>() -> Self {
        Self {
            operation: R::OPERATION,
            run: Run::Signed(run::<R>),
        }
    }

    pub(crate) const fn unsigned<R: PerformUnsigned>() -> Self {
        Self {
            operation: R::OPERATION,
            run: Run::Unsigned(run_unsigned::<R>),
        }
    }
}

fn decoded<R: Request>(input: Input<'_>) -> Result<R, ApiError> {
    match input {
        Input::Query(parameters) => R::decode(parameters),
        Input::Json(body) => R::decode_json(body),
        Input::Contained(body) => R::decode_contained(body),
        Input::Rest { query, body } => R::decode_rest(query, body),
    }
}

fn run_unsigned<R: PerformUnsigned>(
    call: &mut UnsignedCall<'_>,
    input: Input<'_>,
    encoding: &Encoding<'_>,
) -> Result<Body, Failure> {
    let request: R = decoded(input)?;
    call.notes.request_parameters = Elements::of(&request);
    let response = request.perform(call)?;
    Ok(success_body(
        R::OPERATION,
        &response,
        encoding.request_id,
        encoding.format,
    ))
}

fn run<R: Perform>(call: &mut Call<'_>, input: Input<'_>, encoding: &Encoding<'_>) -> Result<Body, Failure> {
    let request: R = decoded(input)?;
    call.notes.request_parameters = Elements::of(&request);
    let response = request.perform(call)?;
    if call.notes.response_elements.is_none() && !call.changes.is_empty() {
        call.notes.response_elements = Elements::of(&response);
    }
    Ok(success_body(
        R::OPERATION,
        &response,
        encoding.request_id,
        encoding.format,
    ))
}

/// The routes of locum's own, sorted by the operation's name.
const OWN: &[Route] = &[
    Route {
        operation: ApplyTransactionRequest::OPERATION,
        run: Run::Transaction,
    },
    Route::of::<RevokeSessionsRequest>(),
];

/// Whether an operation is the one that contains others.
pub(crate) fn is_transaction(operation: &Operation) -> bool {
    operation.service == Service::Locum && operation.name == ApplyTransactionRequest::OPERATION.name
}

/// The routes of a service, in the order in which its operations are declared: by their names.
pub(crate) const fn routes(service: Service) -> &'static [Route] {
    match service {
        Service::Sts => sts::ROUTES,
        Service::Iam => iam::ROUTES,
        Service::Organizations => organizations::ROUTES,
        Service::Locum => OWN,
        Service::AccessAnalyzer => access_analyzer::ROUTES,
    }
}

pub(crate) fn find(operation: &Operation) -> Option<&'static Route> {
    let place = model::place(operation.service, operation.name)?;
    // The two lists are alike, as a test has it; no list may ever make one operation run as another.
    let route = routes(operation.service).get(place)?;
    (route.operation.name == operation.name).then_some(route)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_operation_is_routed_and_nothing_else() {
        for service in Service::ALL {
            let declared: Vec<_> = locum_api::model::operations(service)
                .iter()
                .map(|o| o.name)
                .collect();
            let routed: Vec<_> = routes(service).iter().map(|r| r.operation.name).collect();
            assert_eq!(routed, declared, "{service:?}");
            for route in routes(service) {
                let signed = !matches!(route.run, Run::Unsigned(_));
                assert_eq!(signed, route.operation.signed, "{}", route.operation.name);
                let transaction = matches!(route.run, Run::Transaction);
                assert_eq!(
                    transaction,
                    is_transaction(route.operation),
                    "{}",
                    route.operation.name
                );
            }
        }
    }
}
