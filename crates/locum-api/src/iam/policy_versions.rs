use jiff::Timestamp;

use crate::{
    declare::{operation, structure},
    model::Shape,
    shapes,
};

operation! {
    /// Adds a version to a managed policy; it keeps at most five.
    CreatePolicyVersion: Iam, Write;

    request CreatePolicyVersionRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// The policy document.
        required "PolicyDocument" policy_document: String, shapes::DOCUMENT;
        /// Whether the new version is in force at once.
        optional "SetAsDefault" set_as_default: bool, Shape::Boolean;
    }
    response CreatePolicyVersionResponse {
        /// The version.
        always "PolicyVersion" policy_version: PolicyVersion, VERSION;
    }
    errors [NO_SUCH_ENTITY, MALFORMED_POLICY_DOCUMENT, INVALID_INPUT, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Shows a version of a managed policy with its document.
    GetPolicyVersion: Iam, Read;

    request GetPolicyVersionRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// The version, such as `v2`.
        required "VersionId" version_id: String, shapes::POLICY_VERSION;
    }
    response GetPolicyVersionResponse {
        /// The version.
        always "PolicyVersion" policy_version: PolicyVersion, VERSION;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}

operation! {
    /// Lists the versions of a managed policy.
    ListPolicyVersions: Iam, Read;

    request ListPolicyVersionsRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListPolicyVersionsResponse {
        /// The versions.
        always "Versions" versions: Vec<PolicyVersion>, Shape::list(&VERSION);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}

operation! {
    /// Deletes a version of a managed policy that is not in force.
    DeletePolicyVersion: Iam, Write;

    request DeletePolicyVersionRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// The version, such as `v2`.
        required "VersionId" version_id: String, shapes::POLICY_VERSION;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, DELETE_CONFLICT, SERVICE_FAILURE]
}

operation! {
    /// Puts a version of a managed policy in force.
    SetDefaultPolicyVersion: Iam, Write;

    request SetDefaultPolicyVersionRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// The version, such as `v2`.
        required "VersionId" version_id: String, shapes::POLICY_VERSION;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

structure! {
    /// A version of a managed policy.
    PolicyVersion {
        /// The policy document; lists of versions leave it out.
        optional "Document" document: String, shapes::ENCODED_DOCUMENT;
        /// Its id, such as `v2`.
        optional "VersionId" version_id: String, shapes::POLICY_VERSION;
        /// Whether it is in force.
        optional "IsDefaultVersion" is_default_version: bool, Shape::Boolean;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
    }
}

/// A version in a result.
pub(super) const VERSION: Shape = Shape::Structure(PolicyVersion::STRUCTURE);
