//! The structures that several operations take or give.

use jiff::Timestamp;

use crate::{Sensitive, declare::structure, model::Shape, shapes};

structure! {
    /// Temporary credentials.
    Credentials {
        /// The access key id, which names the session's account.
        required "AccessKeyId" access_key_id: String, shapes::STS_ACCESS_KEY_ID;
        /// The secret that signs requests.
        required "SecretAccessKey" secret_access_key: Sensitive, shapes::SECRET;
        /// The token that goes with every request.
        required "SessionToken" session_token: Sensitive, Shape::TEXT;
        /// When they stop working.
        required "Expiration" expiration: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// A role session, as policies and logs name it.
    AssumedRoleUser {
        /// The role's unique id, a colon and the session's name.
        required "AssumedRoleId" assumed_role_id: String, shapes::ASSUMED_ROLE_ID;
        /// The session's ARN.
        required "Arn" arn: String, shapes::STS_ARN;
    }
}

structure! {
    /// A federated user, as policies and logs name it.
    FederatedUser {
        /// The account, a colon and the user's name.
        required "FederatedUserId" federated_user_id: String, shapes::FEDERATED_ID;
        /// The federated user's ARN.
        required "Arn" arn: String, shapes::STS_ARN;
    }
}

structure! {
    /// A managed policy that limits a session.
    PolicyDescriptor {
        /// The policy's ARN.
        optional "arn" arn: String, shapes::STS_ARN;
    }
}

structure! {
    /// A tag of a session.
    Tag {
        /// The key; case does not distinguish keys.
        required "Key" key: String, shapes::TAG_KEY;
        /// The value; it may be empty.
        required "Value" value: String, shapes::TAG_VALUE;
    }
}

/// The managed policies that limit a session.
pub(super) const POLICY_DESCRIPTORS: Shape = Shape::list(&POLICY_DESCRIPTOR);
/// A managed policy that limits a session.
pub(super) const POLICY_DESCRIPTOR: Shape = Shape::Structure(PolicyDescriptor::STRUCTURE);
/// The tags of a session.
pub(super) const TAGS: Shape = Shape::list_up_to(50, &TAG);
const TAG: Shape = Shape::Structure(Tag::STRUCTURE);
/// Temporary credentials in a result.
pub(super) const CREDENTIALS: Shape = Shape::Structure(Credentials::STRUCTURE);
