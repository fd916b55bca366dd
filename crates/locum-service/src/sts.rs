//! The Security Token Service (`facts: sts §2`).

mod assume_role;
mod authorization_message;
mod caller_identity;
mod federation_token;
mod issue;
mod session_policy;
mod session_tags;
mod session_token;

use locum_api::sts::{
    AssumeRoleRequest, DecodeAuthorizationMessageRequest, GetAccessKeyInfoRequest, GetCallerIdentityRequest,
    GetFederationTokenRequest, GetSessionTokenRequest,
};

use crate::route::Route;

/// Every operation, sorted by name.
pub(crate) const ROUTES: &[Route] = &[
    Route::of::<AssumeRoleRequest>(),
    Route::of::<DecodeAuthorizationMessageRequest>(),
    Route::of::<GetAccessKeyInfoRequest>(),
    Route::of::<GetCallerIdentityRequest>(),
    Route::of::<GetFederationTokenRequest>(),
    Route::of::<GetSessionTokenRequest>(),
];
