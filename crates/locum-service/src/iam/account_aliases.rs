//! The alias of an account, and its preferences.
//!
//! An alias is another name for an account, of which no two accounts of the deployment have the same. Nothing is decided
//! by it.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        CreateAccountAliasRequest, DeleteAccountAliasRequest, ListAccountAliasesRequest,
        ListAccountAliasesResponse, SetSecurityTokenServicePreferencesRequest,
    },
};
use locum_directory::{Account, GlobalTokenVersion};
use locum_names::AccountId;

use super::access::{Keys, authorize};
use crate::{
    call::{Call, Failure},
    paging::{Pager, Question},
    route::Perform,
};

impl Perform for CreateAccountAliasRequest {
    /// Replaces the alias that the account has; whoever asks for the one it has is told that it is taken (both as on
    /// AWS).
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let alias = self.account_alias;
        if alias.parse::<AccountId>().is_ok() {
            let text = "An account alias must not be twelve digits: that is the form of an account's number.";
            return Err(ApiError::validation(text).into());
        }
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        if call.snapshot.account_by_alias(&alias).is_some() {
            let text = format!("The account alias {alias} already exists.");
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        let account = own(call)?;
        call.changes.put(Account {
            alias: Some(alias.into()),
            ..account
        });
        Ok(NoResult)
    }
}

impl Perform for DeleteAccountAliasRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let account = own(call)?;
        if account.alias.as_deref() != Some(&*self.account_alias) {
            let text = format!("The account alias {} cannot be found.", self.account_alias);
            return Err(errors::NO_SUCH_ENTITY.with(text).into());
        }
        call.changes.put(Account {
            alias: None,
            ..account
        });
        Ok(NoResult)
    }
}

impl Perform for ListAccountAliasesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAccountAliasesResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let alias = own(call)?.alias.into_iter();
        let page = pager.take_sorted(call, alias.map(|alias| (alias.to_string(), alias.to_string())));
        Ok(ListAccountAliasesResponse {
            is_truncated: page.is_truncated(),
            account_aliases: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for SetSecurityTokenServicePreferencesRequest {
    /// Kept and shown by GetAccountSummary. The tokens do not change: every one is good at every endpoint.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let versions = [GlobalTokenVersion::V1, GlobalTokenVersion::V2];
        let asked = versions
            .into_iter()
            .find(|version| version.as_str() == self.global_endpoint_token_version);
        // The declaration has checked the words.
        let global_tokens = asked.ok_or_else(ApiError::malformed_input)?;
        let account = own(call)?;
        call.changes.put(Account {
            global_tokens,
            ..account
        });
        Ok(NoResult)
    }
}

/// The caller's account as it is stored.
fn own(call: &Call<'_>) -> Result<Account, ApiError> {
    let account = call.snapshot.account(call.account());
    account
        .map(|account| Account::clone(Arc::as_ref(account)))
        .ok_or_else(ApiError::internal_failure)
}
