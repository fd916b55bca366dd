//! What an account says of itself: its alias and its preferences.

use crate::{
    declare::operation,
    model::{Shape, StringRules},
    pattern, shapes,
};

operation! {
    /// Gives the account an alias in place of the one it has.
    CreateAccountAlias: Iam, Write;

    request CreateAccountAliasRequest {
        /// The alias.
        required "AccountAlias" account_alias: String, ACCOUNT_ALIAS;
    }
    errors [CONCURRENT_MODIFICATION, ENTITY_ALREADY_EXISTS, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Takes the account's alias away.
    DeleteAccountAlias: Iam, Write;

    request DeleteAccountAliasRequest {
        /// The alias.
        required "AccountAlias" account_alias: String, ACCOUNT_ALIAS;
    }
    errors [CONCURRENT_MODIFICATION, NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Lists the account's alias.
    ListAccountAliases: Iam, Read;

    request ListAccountAliasesRequest {
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListAccountAliasesResponse {
        /// The alias, if there is one.
        required "AccountAliases" account_aliases: Vec<String>, Shape::list(&ACCOUNT_ALIAS);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [SERVICE_FAILURE]
}

operation! {
    /// Chooses the version of the tokens of the global endpoint.
    SetSecurityTokenServicePreferences: Iam, Write;

    request SetSecurityTokenServicePreferencesRequest {
        /// The version.
        required "GlobalEndpointTokenVersion" global_endpoint_token_version: String, TOKEN_VERSION;
    }
    errors [SERVICE_FAILURE]
}

const ACCOUNT_ALIAS: Shape = Shape::String(StringRules::length(3, 63).matching(&pattern::ACCOUNT_ALIAS));
const TOKEN_VERSION: Shape = Shape::String(StringRules::one_of(&["v1Token", "v2Token"]));
