//! The operations of the Security Token Service (`facts: sts §2`).

mod assume_role;
mod authorization_message;
mod credentials;
mod delegated_access;
mod federation_token;
mod identity;
mod root;
mod saml;
mod session_token;
mod web_identity;

pub use assume_role::{AssumeRoleRequest, AssumeRoleResponse, ProvidedContext};
pub use authorization_message::{DecodeAuthorizationMessageRequest, DecodeAuthorizationMessageResponse};
pub use credentials::{AssumedRoleUser, Credentials, FederatedUser, PolicyDescriptor, Tag};
pub use delegated_access::{GetDelegatedAccessTokenRequest, GetDelegatedAccessTokenResponse};
pub use federation_token::{GetFederationTokenRequest, GetFederationTokenResponse};
pub use identity::{
    GetAccessKeyInfoRequest, GetAccessKeyInfoResponse, GetCallerIdentityRequest, GetCallerIdentityResponse,
};
pub use root::{AssumeRootRequest, AssumeRootResponse};
pub use saml::{AssumeRoleWithSAMLRequest, AssumeRoleWithSAMLResponse};
pub use session_token::{GetSessionTokenRequest, GetSessionTokenResponse};
pub use web_identity::{
    AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse, GetWebIdentityTokenRequest,
    GetWebIdentityTokenResponse,
};

use crate::{Request, model::Operation};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[
    AssumeRoleRequest::OPERATION,
    AssumeRoleWithSAMLRequest::OPERATION,
    AssumeRoleWithWebIdentityRequest::OPERATION,
    AssumeRootRequest::OPERATION,
    DecodeAuthorizationMessageRequest::OPERATION,
    GetAccessKeyInfoRequest::OPERATION,
    GetCallerIdentityRequest::OPERATION,
    GetDelegatedAccessTokenRequest::OPERATION,
    GetFederationTokenRequest::OPERATION,
    GetSessionTokenRequest::OPERATION,
    GetWebIdentityTokenRequest::OPERATION,
];
