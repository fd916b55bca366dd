use jiff::Timestamp;

use crate::{
    Sensitive,
    declare::{operation, structure},
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Creates an access key for a user.
    CreateAccessKey: Iam, Write;

    request CreateAccessKeyRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_128;
    }
    response CreateAccessKeyResponse {
        /// The key, with its secret: nobody can read it again.
        required "AccessKey" access_key: AccessKey, ACCESS_KEY;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Switches an access key on or off.
    UpdateAccessKey: Iam, Write;

    request UpdateAccessKeyRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_128;
        /// The access key id.
        required "AccessKeyId" access_key_id: String, shapes::UNIQUE_ID;
        /// Whether the key can sign requests.
        required "Status" status: String, STATUS;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE, INVALID_INPUT]
}

operation! {
    /// Deletes an access key.
    DeleteAccessKey: Iam, Write;

    request DeleteAccessKeyRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_128;
        /// The access key id.
        required "AccessKeyId" access_key_id: String, shapes::UNIQUE_ID;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Lists a user's access keys.
    ListAccessKeys: Iam, Read;

    request ListAccessKeysRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListAccessKeysResponse {
        /// The keys, without their secrets.
        required "AccessKeyMetadata" access_key_metadata: Vec<AccessKeyMetadata>, Shape::list(&METADATA);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Tells when an access key was last used, for which service and in which Region.
    GetAccessKeyLastUsed: Iam, Read;

    request GetAccessKeyLastUsedRequest {
        /// The access key id.
        required "AccessKeyId" access_key_id: String, shapes::UNIQUE_ID;
    }
    response GetAccessKeyLastUsedResponse {
        /// The user it belongs to.
        optional "UserName" user_name: String, shapes::NAME_128;
        /// Its last use.
        optional "AccessKeyLastUsed" access_key_last_used: AccessKeyLastUsed,
            Shape::Structure(AccessKeyLastUsed::STRUCTURE);
    }
    errors []
}

structure! {
    /// The last use of an access key.
    AccessKeyLastUsed {
        /// When it last signed a request, to the minute; absent if it never did.
        optional "LastUsedDate" last_used_date: Timestamp, Shape::Timestamp;
        /// The service that the request was for, or `N/A`.
        required "ServiceName" service_name: String, Shape::TEXT;
        /// The Region that it was signed for, or `N/A`.
        required "Region" region: String, Shape::TEXT;
    }
}

structure! {
    /// An access key with its secret.
    AccessKey {
        /// The user it belongs to.
        required "UserName" user_name: String, shapes::NAME_64;
        /// The access key id.
        required "AccessKeyId" access_key_id: String, shapes::UNIQUE_ID;
        /// Whether it can sign requests.
        required "Status" status: String, STATUS;
        /// The secret that signs requests.
        required "SecretAccessKey" secret_access_key: Sensitive, shapes::SECRET;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// An access key without its secret.
    AccessKeyMetadata {
        /// The user it belongs to.
        optional "UserName" user_name: String, shapes::NAME_64;
        /// The access key id.
        optional "AccessKeyId" access_key_id: String, shapes::UNIQUE_ID;
        /// Whether it can sign requests.
        optional "Status" status: String, STATUS;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
    }
}

/// Whether a credential can be used.
pub(super) const STATUS: Shape = Shape::String(StringRules::one_of(&["Active", "Inactive", "Expired"]));
const ACCESS_KEY: Shape = Shape::Structure(AccessKey::STRUCTURE);
const METADATA: Shape = Shape::Structure(AccessKeyMetadata::STRUCTURE);
