use crate::{
    ApiError, Parameters,
    model::{Operation, Service, find},
};

/// Returns the operation that an awsQuery request names by `Action` and `Version` (`facts: sts §1.5`).
///
/// The version alone tells STS from IAM; that the request was signed for that service is the signature's business.
pub fn operation_for(parameters: &Parameters) -> Result<&'static Operation, ApiError> {
    let action = parameters.value("Action").ok_or_else(ApiError::missing_action)?;
    let version = parameters.value("Version").unwrap_or("NO_VERSION_SPECIFIED");
    [Service::Sts, Service::Iam]
        .into_iter()
        .find(|service| service.api_version() == version)
        .and_then(|service| find(service, action))
        .ok_or_else(|| ApiError::invalid_action(action, version))
}

/// Returns the operation that an AWS JSON 1.1 request names in its `X-Amz-Target` header.
pub fn operation_for_target(target: &str) -> Result<&'static Operation, ApiError> {
    let (prefix, name) = target.split_once('.').ok_or_else(ApiError::unknown_operation)?;
    Service::ALL
        .into_iter()
        .find(|service| service.target_prefix() == Some(prefix))
        .and_then(|service| find(service, name))
        .ok_or_else(ApiError::unknown_operation)
}
