//! The account as an issuer of tokens for other services: on, off, and where.

use locum_api::{
    Request, errors,
    iam::{
        DisableOutboundWebIdentityFederationRequest, EnableOutboundWebIdentityFederationRequest,
        EnableOutboundWebIdentityFederationResponse, GetOutboundWebIdentityFederationInfoRequest,
        GetOutboundWebIdentityFederationInfoResponse,
    },
};
use locum_directory::OutboundFederation;

use crate::{
    call::{Call, Failure},
    iam::access::{Keys, authorize},
    outbound,
    route::Perform,
};

impl Perform for EnableOutboundWebIdentityFederationRequest {
    /// The issuer and its keys outlive being disabled, so what partners have configured holds when it is enabled again.
    fn perform(self, call: &mut Call<'_>) -> Result<EnableOutboundWebIdentityFederationResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let (account, now) = (call.account(), call.now());
        let mut issuer = match call.snapshot.outbound_federation(account) {
            Some(known) if known.enabled => {
                let text = format!("Outbound identity federation is already enabled for account {account}");
                return Err(errors::FEATURE_ENABLED.with(text).into());
            }
            Some(known) => OutboundFederation {
                enabled: true,
                ..OutboundFederation::clone(known)
            },
            None => OutboundFederation::new(account, now, call.random),
        };
        let missing = outbound::missing(&issuer);
        if !missing.is_empty() {
            // Made in the first run only: the second one holds up every other writer.
            let made: Vec<outbound::NewKey> = call
                .carried
                .once(|| missing.into_iter().map(outbound::make).collect())
                .map_err(|_| locum_api::ApiError::internal_failure())?;
            outbound::add(&mut issuer, &made, now);
        }
        let issuer_identifier = call.settings.public_url.issuer(&issuer.issuer_id);
        call.changes.put(issuer);
        Ok(EnableOutboundWebIdentityFederationResponse { issuer_identifier })
    }
}

impl Perform for DisableOutboundWebIdentityFederationRequest {
    /// No token is issued from now on; those that were can be verified until they expire.
    fn perform(self, call: &mut Call<'_>) -> Result<Self::Response, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let account = call.account();
        let known = call.snapshot.outbound_federation(account);
        let Some(known) = known.filter(|known| known.enabled) else {
            let text = format!("Outbound identity federation is already disabled for account {account}");
            return Err(errors::FEATURE_DISABLED.with(text).into());
        };
        call.changes.put(OutboundFederation {
            enabled: false,
            ..OutboundFederation::clone(known)
        });
        Ok(Default::default())
    }
}

impl Perform for GetOutboundWebIdentityFederationInfoRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetOutboundWebIdentityFederationInfoResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let account = call.account();
        let known = call.snapshot.outbound_federation(account);
        let Some(known) = known.filter(|known| known.enabled) else {
            let text = format!("Outbound identity federation is disabled for account {account}");
            return Err(errors::FEATURE_DISABLED.with(text).into());
        };
        Ok(GetOutboundWebIdentityFederationInfoResponse {
            issuer_identifier: call.settings.public_url.issuer(&known.issuer_id),
            jwt_vending_enabled: true,
        })
    }
}
