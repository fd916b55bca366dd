//! Which resources an action of EC2 needs together, where the request says that it is such an action.

use locum_api::ApiError;
use locum_names::Arn;

use super::invalid;

/// The scenarios, and the kinds of resources that each must have.
const SCENARIOS: [(&str, &[&str]); 4] = [
    (
        "EC2-VPC-InstanceStore",
        &["instance", "image", "security-group", "network-interface"],
    ),
    (
        "EC2-VPC-InstanceStore-Subnet",
        &[
            "instance",
            "image",
            "security-group",
            "network-interface",
            "subnet",
        ],
    ),
    (
        "EC2-VPC-EBS",
        &[
            "instance",
            "image",
            "security-group",
            "network-interface",
            "volume",
        ],
    ),
    (
        "EC2-VPC-EBS-Subnet",
        &[
            "instance",
            "image",
            "security-group",
            "network-interface",
            "subnet",
            "volume",
        ],
    ),
];

/// Checks that the resources of a scenario are there.
///
/// # Errors
/// The scenario is not known, or lacks a resource.
pub(super) fn check(option: Option<&str>, resources: &[String]) -> Result<(), ApiError> {
    let Some(option) = option else { return Ok(()) };
    let found = SCENARIOS.iter().find(|(name, _)| *name == option);
    let Some((_, needed)) = found else {
        return Err(invalid(format!("Invalid resource handling option: {option}.")));
    };
    let has = |kind: &str| {
        resources.iter().any(|resource| {
            Arn::parse(resource)
                .is_ok_and(|arn| arn.service == "ec2" && arn.resource.split('/').next() == Some(kind))
        })
    };
    match needed.iter().find(|kind| !has(kind)) {
        None => Ok(()),
        Some(kind) => Err(invalid(format!(
            "The resource handling option {option} requires a resource of the type {kind}."
        ))),
    }
}
