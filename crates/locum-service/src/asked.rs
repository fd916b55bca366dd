use locum_api::{
    ApiError, Parameters, access_analyzer, model::Operation, operation_for, operation_for_target,
};

use crate::{incoming::Incoming, route::Input};

/// Which operation a request asks for, and where its parameters are.
pub(crate) struct Asked {
    pub(crate) operation: &'static Operation,
    parameters: Where,
}

/// Where the parameters are.
enum Where {
    /// In a form or a query.
    Form(Parameters),
    /// In the body, which is JSON.
    Body,
    /// Some in the query, the others in the body.
    Both(Parameters),
}

impl Asked {
    /// Reads the parameters and finds the operation. Ambiguous parameters are refused before anything else is looked at
    /// (`facts: security §1.1` S2).
    pub(crate) fn read(incoming: &Incoming<'_>) -> Result<Self, ApiError> {
        if access_analyzer::is_path(incoming.path) {
            return Self::read_rest(incoming);
        }
        let form = if incoming.has_form() { incoming.body } else { &[] };
        let parameters = Parameters::parse(incoming.query.as_bytes(), form)?;
        let Some(target) = target(incoming)? else {
            // The type need not be signed, so it must not decide whether a signed body counts (`facts: security §1.1` S3).
            if form.len() != incoming.body.len() {
                let text =
                    "The body must be a form; give it the Content-Type application/x-www-form-urlencoded.";
                return Err(ApiError::invalid_query_parameter(text));
            }
            return Ok(Self {
                operation: operation_for(&parameters)?,
                parameters: Where::Form(parameters),
            });
        };
        if parameters.iter().next().is_some() {
            let text = "The operation must be given either by X-Amz-Target or by Action, not by both.";
            return Err(ApiError::invalid_query_parameter(text));
        }
        Ok(Self {
            operation: operation_for_target(target)?,
            parameters: Where::Body,
        })
    }

    /// The operation that method and path name, and nothing else.
    fn read_rest(incoming: &Incoming<'_>) -> Result<Self, ApiError> {
        let operation = access_analyzer::operation_at(incoming.method, incoming.path);
        let target = target(incoming)?;
        let operation = operation.filter(|_| target.is_none());
        Ok(Self {
            operation: operation.ok_or_else(ApiError::unknown_operation)?,
            parameters: Where::Both(Parameters::parse(incoming.query.as_bytes(), &[])?),
        })
    }

    /// An operation whose parameters are a body of JSON.
    pub(crate) const fn of(operation: &'static Operation) -> Self {
        Self {
            operation,
            parameters: Where::Body,
        }
    }

    pub(crate) fn input<'a>(&'a self, incoming: &Incoming<'a>) -> Input<'a> {
        match &self.parameters {
            Where::Form(parameters) => Input::Query(parameters),
            Where::Body => Input::Json(incoming.body),
            Where::Both(query) => Input::Rest {
                query,
                body: incoming.body,
            },
        }
    }
}

/// The header that names an operation of AWS JSON. Two of them would be one request to us and another to whoever reads the last.
fn target<'a>(incoming: &Incoming<'a>) -> Result<Option<&'a str>, ApiError> {
    let named = |(name, _): &&(&str, &[u8])| *name == "x-amz-target";
    if incoming.headers.iter().filter(named).count() > 1 {
        let text = "Header 'x-amz-target' must not be repeated.";
        return Err(ApiError::invalid_query_parameter(text));
    }
    Ok(incoming.header("x-amz-target"))
}
