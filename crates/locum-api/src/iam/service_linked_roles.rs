use super::entities::{ROLE, Role};
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
    pattern, shapes,
};

operation! {
    /// Creates a role that only a service can assume and that nobody can change.
    CreateServiceLinkedRole: Iam, Write;

    request CreateServiceLinkedRoleRequest {
        /// The service, as trust policies name it: `autoscaling.amazonaws.com`.
        required "AWSServiceName" aws_service_name: String, shapes::NAME_128;
        /// What the role is for.
        optional "Description" description: String, shapes::ROLE_DESCRIPTION;
        /// What is added to the role's name, for services that can have several roles.
        optional "CustomSuffix" custom_suffix: String, CUSTOM_SUFFIX;
    }
    response CreateServiceLinkedRoleResponse {
        /// The role.
        always "Role" role: Role, ROLE;
    }
    errors [INVALID_INPUT, LIMIT_EXCEEDED, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Deletes a service-linked role.
    DeleteServiceLinkedRole: Iam, Write;

    request DeleteServiceLinkedRoleRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
    }
    response DeleteServiceLinkedRoleResponse {
        /// What GetServiceLinkedRoleDeletionStatus takes.
        required "DeletionTaskId" deletion_task_id: String, DELETION_TASK_ID;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Shows how the deletion of a service-linked role stands.
    GetServiceLinkedRoleDeletionStatus: Iam, Read;

    request GetServiceLinkedRoleDeletionStatusRequest {
        /// The id that DeleteServiceLinkedRole gave.
        required "DeletionTaskId" deletion_task_id: String, DELETION_TASK_ID;
    }
    response GetServiceLinkedRoleDeletionStatusResponse {
        /// How the deletion stands.
        required "Status" status: String, STATUS;
        /// Why it failed.
        optional "Reason" reason: DeletionTaskFailureReasonType,
            Shape::Structure(DeletionTaskFailureReasonType::STRUCTURE);
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}

structure! {
    /// Why the deletion of a service-linked role failed.
    DeletionTaskFailureReasonType {
        /// A short description.
        optional "Reason" reason: String, REASON;
        /// Who still uses the role.
        list "RoleUsageList" role_usage_list: Vec<RoleUsageType>,
            Shape::list(&Shape::Structure(RoleUsageType::STRUCTURE));
    }
}

structure! {
    /// What still uses a service-linked role in one Region.
    RoleUsageType {
        /// The Region.
        optional "Region" region: String, REGION;
        /// The ARNs of what uses the role.
        list "Resources" resources: Vec<String>, Shape::list(&shapes::ARN);
    }
}

const CUSTOM_SUFFIX: Shape = Shape::String(StringRules::length(1, 64).matching(&pattern::NAME));
const DELETION_TASK_ID: Shape = Shape::String(StringRules::length(1, 1000));
const STATUS: Shape = Shape::String(StringRules::one_of(&[
    "SUCCEEDED",
    "IN_PROGRESS",
    "FAILED",
    "NOT_STARTED",
]));
const REASON: Shape = Shape::String(StringRules {
    max: Some(1000),
    ..StringRules::ANY
});
const REGION: Shape = Shape::String(StringRules::length(1, 100));
