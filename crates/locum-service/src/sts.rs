//! The Security Token Service (`facts: sts §2`).

mod assume_role;
mod assume_role_with_saml;
mod assume_role_with_web_identity;
mod assume_root;
mod authorization_message;
mod caller_identity;
mod delegated_access;
mod federated_role;
mod federation_token;
mod identity_token;
mod issue;
mod named_role;
mod saml_assertion;
mod saml_record;
mod second_factor;
mod session_policy;
mod session_tags;
mod session_token;
mod web_identity_record;
mod web_identity_token;

use locum_api::sts::{
    AssumeRoleRequest, AssumeRoleWithSAMLRequest, AssumeRoleWithWebIdentityRequest, AssumeRootRequest,
    DecodeAuthorizationMessageRequest, GetAccessKeyInfoRequest, GetCallerIdentityRequest,
    GetDelegatedAccessTokenRequest, GetFederationTokenRequest, GetSessionTokenRequest,
    GetWebIdentityTokenRequest,
};

use crate::route::Route;

/// Every operation, sorted by name.
pub(crate) const ROUTES: &[Route] = &[
    Route::of::<AssumeRoleRequest>(),
    Route::unsigned::<AssumeRoleWithSAMLRequest>(),
    Route::unsigned::<AssumeRoleWithWebIdentityRequest>(),
    Route::of::<AssumeRootRequest>(),
    Route::of::<DecodeAuthorizationMessageRequest>(),
    Route::of::<GetAccessKeyInfoRequest>(),
    Route::of::<GetCallerIdentityRequest>(),
    Route::of::<GetDelegatedAccessTokenRequest>(),
    Route::of::<GetFederationTokenRequest>(),
    Route::of::<GetSessionTokenRequest>(),
    Route::of::<GetWebIdentityTokenRequest>(),
];
