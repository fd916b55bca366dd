//! The entities as responses show them.

use jiff::Timestamp;

use crate::{
    declare::structure,
    model::{Shape, StringRules},
    shapes,
};

structure! {
    /// A user.
    User {
        /// Its path.
        required "Path" path: String, shapes::PATH;
        /// Its name.
        required "UserName" user_name: String, shapes::NAME_64;
        /// Its unique id.
        required "UserId" user_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        required "Arn" arn: String, shapes::ARN;
        /// When it was created.
        required "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// When its password was last used.
        optional "PasswordLastUsed" password_last_used: Timestamp, Shape::Timestamp;
        /// The policy that bounds its permissions.
        optional "PermissionsBoundary" permissions_boundary: AttachedPermissionsBoundary, BOUNDARY;
        /// Its tags; lists of users leave them out.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
}

structure! {
    /// A group of users.
    Group {
        /// Its path.
        required "Path" path: String, shapes::PATH;
        /// Its name.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// Its unique id.
        required "GroupId" group_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        required "Arn" arn: String, shapes::ARN;
        /// When it was created.
        required "CreateDate" create_date: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// A role.
    Role {
        /// Its path.
        required "Path" path: String, shapes::PATH;
        /// Its name.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// Its unique id.
        required "RoleId" role_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        required "Arn" arn: String, shapes::ARN;
        /// When it was created.
        required "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// Its trust policy: who may assume it.
        optional "AssumeRolePolicyDocument" assume_role_policy_document: String, shapes::ENCODED_DOCUMENT;
        /// What it is for.
        optional "Description" description: String, shapes::ROLE_DESCRIPTION;
        /// The longest session it allows, in seconds.
        optional "MaxSessionDuration" max_session_duration: i32, shapes::MAX_SESSION_DURATION;
        /// The policy that bounds its permissions; lists of roles leave it out.
        optional "PermissionsBoundary" permissions_boundary: AttachedPermissionsBoundary, BOUNDARY;
        /// Its tags; lists of roles leave them out.
        list "Tags" tags: Vec<Tag>, TAGS;
        /// When and where it was last used; lists of roles leave it out.
        optional "RoleLastUsed" role_last_used: RoleLastUsed, Shape::Structure(RoleLastUsed::STRUCTURE);
        /// The template it was made from.
        optional "SourceRoleTemplate" source_role_template: SourceRoleTemplate,
            Shape::Structure(SourceRoleTemplate::STRUCTURE);
    }
}

structure! {
    /// The policy that bounds the permissions of a user or a role.
    AttachedPermissionsBoundary {
        /// What kind of boundary it is.
        optional "PermissionsBoundaryType" permissions_boundary_type: String,
            Shape::String(StringRules::one_of(&["Policy"]));
        /// The policy's ARN.
        optional "PermissionsBoundaryArn" permissions_boundary_arn: String, shapes::ARN;
    }
}

structure! {
    /// When and where a role was last used.
    RoleLastUsed {
        /// When a request was last signed by a session of it.
        optional "LastUsedDate" last_used_date: Timestamp, Shape::Timestamp;
        /// The Region of that request.
        optional "Region" region: String, Shape::TEXT;
    }
}

structure! {
    /// The template a role was made from.
    SourceRoleTemplate {
        /// The template's ARN.
        required "TemplateArn" template_arn: String, shapes::ARN;
        /// The template's minor version.
        required "TemplateMinorVersion" template_minor_version: i32, Shape::INTEGER;
    }
}

structure! {
    /// A managed policy.
    Policy {
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
        /// What it is for; lists of policies leave it out.
        optional "Description" description: String, shapes::POLICY_DESCRIPTION;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// When its newest version was created.
        optional "UpdateDate" update_date: Timestamp, Shape::Timestamp;
        /// Its tags; lists of policies leave them out.
        optional "Tags" tags: Vec<Tag>, TAGS;
    }
}

structure! {
    /// A tag.
    Tag {
        /// The key; case does not distinguish keys.
        required "Key" key: String, shapes::TAG_KEY;
        /// The value; it may be empty.
        required "Value" value: String, shapes::TAG_VALUE;
    }
}

/// A user in a result.
pub(super) const USER: Shape = Shape::Structure(User::STRUCTURE);
/// A group in a result.
pub(super) const GROUP: Shape = Shape::Structure(Group::STRUCTURE);
/// A role in a result.
pub(super) const ROLE: Shape = Shape::Structure(Role::STRUCTURE);
/// A managed policy in a result.
pub(super) const POLICY: Shape = Shape::Structure(Policy::STRUCTURE);
/// The tags of an entity.
pub(super) const TAGS: Shape = Shape::list_up_to(50, &TAG);
const TAG: Shape = Shape::Structure(Tag::STRUCTURE);
/// The boundary of a user or a role.
pub(super) const BOUNDARY: Shape = Shape::Structure(AttachedPermissionsBoundary::STRUCTURE);
