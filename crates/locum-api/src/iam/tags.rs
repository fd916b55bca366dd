use super::entities::{TAGS, Tag};
use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Adds tags to a user, or replaces their values.
    TagUser: Iam, Write;

    request TagUserRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Removes tags from a user.
    UntagUser: Iam, Write;

    request UntagUserRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The keys of the tags to remove.
        required "TagKeys" tag_keys: Vec<String>, shapes::IAM_TAG_KEYS;
    }
    errors [NO_SUCH_ENTITY, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Lists the tags of a user.
    ListUserTags: Iam, Read;

    request ListUserTagsRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListUserTagsResponse {
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Adds tags to a role, or replaces their values.
    TagRole: Iam, Write;

    request TagRoleRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Removes tags from a role.
    UntagRole: Iam, Write;

    request UntagRoleRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The keys of the tags to remove.
        required "TagKeys" tag_keys: Vec<String>, shapes::IAM_TAG_KEYS;
    }
    errors [NO_SUCH_ENTITY, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Lists the tags of a role.
    ListRoleTags: Iam, Read;

    request ListRoleTagsRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListRoleTagsResponse {
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Adds tags to a managed policy, or replaces their values.
    TagPolicy: Iam, Write;

    request TagPolicyRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Removes tags from a managed policy.
    UntagPolicy: Iam, Write;

    request UntagPolicyRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// The keys of the tags to remove.
        required "TagKeys" tag_keys: Vec<String>, shapes::IAM_TAG_KEYS;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Lists the tags of a managed policy.
    ListPolicyTags: Iam, Read;

    request ListPolicyTagsRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListPolicyTagsResponse {
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, INVALID_INPUT]
}

operation! {
    /// Adds tags to a SAML provider, or replaces their values.
    TagSAMLProvider: Iam, Write;

    request TagSAMLProviderRequest {
        /// The ARN of the provider.
        required "SAMLProviderArn" saml_provider_arn: String, shapes::ARN;
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Removes tags from a SAML provider.
    UntagSAMLProvider: Iam, Write;

    request UntagSAMLProviderRequest {
        /// The ARN of the provider.
        required "SAMLProviderArn" saml_provider_arn: String, shapes::ARN;
        /// The keys of the tags to remove.
        required "TagKeys" tag_keys: Vec<String>, shapes::IAM_TAG_KEYS;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Lists the tags of a SAML provider.
    ListSAMLProviderTags: Iam, Read;

    request ListSAMLProviderTagsRequest {
        /// The ARN of the provider.
        required "SAMLProviderArn" saml_provider_arn: String, shapes::ARN;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListSAMLProviderTagsResponse {
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, INVALID_INPUT]
}

operation! {
    /// Adds tags to an OpenID Connect provider, or replaces their values.
    TagOpenIDConnectProvider: Iam, Write;

    request TagOpenIDConnectProviderRequest {
        /// The ARN of the provider.
        required "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Removes tags from an OpenID Connect provider.
    UntagOpenIDConnectProvider: Iam, Write;

    request UntagOpenIDConnectProviderRequest {
        /// The ARN of the provider.
        required "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
        /// The keys of the tags to remove.
        required "TagKeys" tag_keys: Vec<String>, shapes::IAM_TAG_KEYS;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Lists the tags of an OpenID Connect provider.
    ListOpenIDConnectProviderTags: Iam, Read;

    request ListOpenIDConnectProviderTagsRequest {
        /// The ARN of the provider.
        required "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListOpenIDConnectProviderTagsResponse {
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, INVALID_INPUT]
}

operation! {
    /// Adds tags to an MFA device, or replaces their values.
    TagMFADevice: Iam, Write;

    request TagMFADeviceRequest {
        /// The serial number of the device.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [INVALID_INPUT, NO_SUCH_ENTITY, LIMIT_EXCEEDED, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Removes tags from an MFA device.
    UntagMFADevice: Iam, Write;

    request UntagMFADeviceRequest {
        /// The serial number of the device.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// The keys of the tags to remove.
        required "TagKeys" tag_keys: Vec<String>, shapes::IAM_TAG_KEYS;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Lists the tags of an MFA device.
    ListMFADeviceTags: Iam, Read;

    request ListMFADeviceTagsRequest {
        /// The serial number of the device.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListMFADeviceTagsResponse {
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}
