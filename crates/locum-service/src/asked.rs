use locum_api::{ApiError, Parameters, model::Operation, operation_for, operation_for_target};

use crate::{incoming::Incoming, route::Input};

/// Which operation a request asks for, and where its parameters are.
pub(crate) struct Asked {
    pub(crate) operation: &'static Operation,
    /// `None` for AWS JSON, whose parameters are the body itself.
    form: Option<Parameters>,
}

impl Asked {
    /// Reads the parameters and finds the operation. Ambiguous parameters are refused before anything else is looked at
    /// (`facts: security §1.1` S2).
    pub(crate) fn read(incoming: &Incoming<'_>) -> Result<Self, ApiError> {
        let form = if incoming.has_form() { incoming.body } else { &[] };
        let parameters = Parameters::parse(incoming.query.as_bytes(), form)?;
        let Some(target) = incoming.header("x-amz-target") else {
            return Ok(Self {
                operation: operation_for(&parameters)?,
                form: Some(parameters),
            });
        };
        if parameters.iter().next().is_some() {
            let text = "The operation must be given either by X-Amz-Target or by Action, not by both.";
            return Err(ApiError::invalid_query_parameter(text));
        }
        Ok(Self {
            operation: operation_for_target(target)?,
            form: None,
        })
    }

    /// An operation whose parameters are a body of JSON.
    pub(crate) const fn of(operation: &'static Operation) -> Self {
        Self {
            operation,
            form: None,
        }
    }

    pub(crate) fn input<'a>(&'a self, incoming: &Incoming<'a>) -> Input<'a> {
        self.form
            .as_ref()
            .map_or(Input::Json(incoming.body), Input::Query)
    }
}
