//! The operations of the Security Token Service (`facts: sts §2`).

mod assume_role;
mod authorization_message;
mod credentials;
mod federation_token;
mod identity;
mod session_token;

pub use assume_role::{AssumeRoleRequest, AssumeRoleResponse, ProvidedContext};
pub use authorization_message::{DecodeAuthorizationMessageRequest, DecodeAuthorizationMessageResponse};
pub use credentials::{AssumedRoleUser, Credentials, FederatedUser, PolicyDescriptor, Tag};
pub use federation_token::{GetFederationTokenRequest, GetFederationTokenResponse};
pub use identity::{
    GetAccessKeyInfoRequest, GetAccessKeyInfoResponse, GetCallerIdentityRequest, GetCallerIdentityResponse,
};
pub use session_token::{GetSessionTokenRequest, GetSessionTokenResponse};

use crate::{Request, model::Operation};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[
    AssumeRoleRequest::OPERATION,
    DecodeAuthorizationMessageRequest::OPERATION,
    GetAccessKeyInfoRequest::OPERATION,
    GetCallerIdentityRequest::OPERATION,
    GetFederationTokenRequest::OPERATION,
    GetSessionTokenRequest::OPERATION,
];
