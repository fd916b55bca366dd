use jiff::Timestamp;

use super::{
    entities::{AttachedPermissionsBoundary, BOUNDARY, RoleLastUsed, TAGS, Tag},
    instance_profiles::{INSTANCE_PROFILE, InstanceProfile},
    policy_attachments::{ATTACHED, AttachedPolicy},
    policy_versions::{PolicyVersion, VERSION},
};
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Shows the account's users, groups, roles and managed policies, and how they hang together.
    GetAccountAuthorizationDetails: Iam, Read;

    request GetAccountAuthorizationDetailsRequest {
        /// Which kinds of entities to show; all when absent.
        list "Filter" filter: Vec<String>, Shape::list(&ENTITY_TYPE);
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
    }
    response GetAccountAuthorizationDetailsResponse {
        /// The users of the page.
        always "UserDetailList" user_detail_list: Vec<UserDetail>,
            Shape::list(&Shape::Structure(UserDetail::STRUCTURE));
        /// The groups of the page.
        always "GroupDetailList" group_detail_list: Vec<GroupDetail>,
            Shape::list(&Shape::Structure(GroupDetail::STRUCTURE));
        /// The roles of the page.
        always "RoleDetailList" role_detail_list: Vec<RoleDetail>,
            Shape::list(&Shape::Structure(RoleDetail::STRUCTURE));
        /// The managed policies of the page.
        always "Policies" policies: Vec<ManagedPolicyDetail>,
            Shape::list(&Shape::Structure(ManagedPolicyDetail::STRUCTURE));
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [SERVICE_FAILURE]
}

structure! {
    /// A user with all its policies.
    UserDetail {
        /// Its path.
        optional "Path" path: String, shapes::PATH;
        /// Its name.
        optional "UserName" user_name: String, shapes::NAME_64;
        /// Its unique id.
        optional "UserId" user_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::ARN;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// Its inline policies.
        list "UserPolicyList" user_policy_list: Vec<PolicyDetail>, POLICY_DETAILS;
        /// The names of the groups it is in.
        always "GroupList" group_list: Vec<String>, Shape::list(&shapes::NAME_128);
        /// The managed policies attached to it.
        always "AttachedManagedPolicies" attached_managed_policies: Vec<AttachedPolicy>, Shape::list(&ATTACHED);
        /// The policy that bounds its permissions.
        optional "PermissionsBoundary" permissions_boundary: AttachedPermissionsBoundary, BOUNDARY;
        /// Its tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
}

structure! {
    /// A group with all its policies.
    GroupDetail {
        /// Its path.
        optional "Path" path: String, shapes::PATH;
        /// Its name.
        optional "GroupName" group_name: String, shapes::NAME_128;
        /// Its unique id.
        optional "GroupId" group_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::ARN;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// Its inline policies.
        always "GroupPolicyList" group_policy_list: Vec<PolicyDetail>, POLICY_DETAILS;
        /// The managed policies attached to it.
        always "AttachedManagedPolicies" attached_managed_policies: Vec<AttachedPolicy>, Shape::list(&ATTACHED);
    }
}

structure! {
    /// A role with all its policies.
    RoleDetail {
        /// Its path.
        optional "Path" path: String, shapes::PATH;
        /// Its name.
        optional "RoleName" role_name: String, shapes::NAME_64;
        /// Its unique id.
        optional "RoleId" role_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::ARN;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// Its trust policy: who may assume it.
        optional "AssumeRolePolicyDocument" assume_role_policy_document: String, shapes::ENCODED_DOCUMENT;
        /// The instance profiles that it is in.
        always "InstanceProfileList" instance_profile_list: Vec<InstanceProfile>, Shape::list(&INSTANCE_PROFILE);
        /// Its inline policies.
        always "RolePolicyList" role_policy_list: Vec<PolicyDetail>, POLICY_DETAILS;
        /// The managed policies attached to it.
        always "AttachedManagedPolicies" attached_managed_policies: Vec<AttachedPolicy>, Shape::list(&ATTACHED);
        /// The policy that bounds its permissions.
        optional "PermissionsBoundary" permissions_boundary: AttachedPermissionsBoundary, BOUNDARY;
        /// Its tags.
        list "Tags" tags: Vec<Tag>, TAGS;
        /// When and where it was last used; empty if it was not.
        optional "RoleLastUsed" role_last_used: RoleLastUsed, Shape::Structure(RoleLastUsed::STRUCTURE);
    }
}

structure! {
    /// An inline policy.
    PolicyDetail {
        /// Its name.
        optional "PolicyName" policy_name: String, shapes::NAME_128;
        /// Its document.
        optional "PolicyDocument" policy_document: String, shapes::ENCODED_DOCUMENT;
    }
}

structure! {
    /// A managed policy with all its versions.
    ManagedPolicyDetail {
        /// Its name.
        optional "PolicyName" policy_name: String, shapes::NAME_128;
        /// Its unique id.
        optional "PolicyId" policy_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::ARN;
        /// Its path.
        optional "Path" path: String, shapes::POLICY_PATH;
        /// The version that is in force.
        optional "DefaultVersionId" default_version_id: String, shapes::POLICY_VERSION;
        /// How many users, groups and roles it is attached to.
        optional "AttachmentCount" attachment_count: i32, Shape::INTEGER;
        /// How many users and roles it bounds.
        optional "PermissionsBoundaryUsageCount" permissions_boundary_usage_count: i32, Shape::INTEGER;
        /// Whether it can be attached.
        optional "IsAttachable" is_attachable: bool, Shape::Boolean;
        /// What it is for.
        optional "Description" description: String, shapes::POLICY_DESCRIPTION;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// When its newest version was created.
        optional "UpdateDate" update_date: Timestamp, Shape::Timestamp;
        /// Its versions with their documents.
        always "PolicyVersionList" policy_version_list: Vec<PolicyVersion>, Shape::list(&VERSION);
    }
}

const ENTITY_TYPE: Shape = Shape::String(StringRules::one_of(&[
    "User",
    "Role",
    "Group",
    "LocalManagedPolicy",
    "AWSManagedPolicy",
]));
const POLICY_DETAILS: Shape = Shape::list(&Shape::Structure(PolicyDetail::STRUCTURE));
