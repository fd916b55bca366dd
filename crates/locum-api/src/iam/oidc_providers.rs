use jiff::Timestamp;

use super::entities::{TAGS, Tag};
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Registers an OpenID Connect provider whose users may assume roles.
    CreateOpenIDConnectProvider: Iam, Write;

    request CreateOpenIDConnectProviderRequest {
        /// The provider's issuer URL, as its tokens have it.
        required "Url" url: String, URL;
        /// The client ids whose tokens are taken.
        list "ClientIDList" client_id_list: Vec<String>, Shape::list(&CLIENT_ID);
        /// SHA-1 digests, in hexadecimal, of certificates that the provider's key server may have.
        list "ThumbprintList" thumbprint_list: Vec<String>, Shape::list(&THUMBPRINT);
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    response CreateOpenIDConnectProviderResponse {
        /// The ARN of the provider.
        always "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [
        INVALID_INPUT, ENTITY_ALREADY_EXISTS, LIMIT_EXCEEDED, CONCURRENT_MODIFICATION, SERVICE_FAILURE,
        OPEN_ID_IDP_COMMUNICATION_ERROR,
    ]
}

operation! {
    /// Shows an OpenID Connect provider.
    GetOpenIDConnectProvider: Iam, Read;

    request GetOpenIDConnectProviderRequest {
        /// The ARN of the provider.
        required "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
    }
    response GetOpenIDConnectProviderResponse {
        /// Its issuer URL, without the scheme.
        always "Url" url: String, URL;
        /// The client ids whose tokens are taken.
        always "ClientIDList" client_id_list: Vec<String>, Shape::list(&CLIENT_ID);
        /// SHA-1 digests of certificates that its key server may have.
        always "ThumbprintList" thumbprint_list: Vec<String>, Shape::list(&THUMBPRINT);
        /// When it was created.
        always "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// Its tags.
        always "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [INVALID_INPUT, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Deletes an OpenID Connect provider; roles that trust it are left as they are.
    DeleteOpenIDConnectProvider: Iam, Write;

    request DeleteOpenIDConnectProviderRequest {
        /// The ARN of the provider.
        required "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
    }
    errors [INVALID_INPUT, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists the account's OpenID Connect providers.
    ListOpenIDConnectProviders: Iam, Read;

    request ListOpenIDConnectProvidersRequest {}
    response ListOpenIDConnectProvidersResponse {
        /// The providers.
        always "OpenIDConnectProviderList" open_id_connect_provider_list: Vec<OpenIDConnectProviderListEntry>,
            Shape::list(&Shape::Structure(OpenIDConnectProviderListEntry::STRUCTURE));
    }
    errors [SERVICE_FAILURE]
}

operation! {
    /// Adds a client id to an OpenID Connect provider; one that is there already stays.
    AddClientIDToOpenIDConnectProvider: Iam, Write;

    request AddClientIDToOpenIDConnectProviderRequest {
        /// The ARN of the provider.
        required "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
        /// The client id.
        required "ClientID" client_id: String, CLIENT_ID;
    }
    errors [CONCURRENT_MODIFICATION, INVALID_INPUT, NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Removes a client id from an OpenID Connect provider; one that is not there is no error.
    RemoveClientIDFromOpenIDConnectProvider: Iam, Write;

    request RemoveClientIDFromOpenIDConnectProviderRequest {
        /// The ARN of the provider.
        required "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
        /// The client id.
        required "ClientID" client_id: String, CLIENT_ID;
    }
    errors [CONCURRENT_MODIFICATION, INVALID_INPUT, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Replaces the thumbprints of an OpenID Connect provider.
    UpdateOpenIDConnectProviderThumbprint: Iam, Write;

    request UpdateOpenIDConnectProviderThumbprintRequest {
        /// The ARN of the provider.
        required "OpenIDConnectProviderArn" open_id_connect_provider_arn: String, shapes::ARN;
        /// SHA-1 digests, in hexadecimal, of certificates that the provider's key server may have.
        required "ThumbprintList" thumbprint_list: Vec<String>, Shape::list(&THUMBPRINT);
    }
    errors [CONCURRENT_MODIFICATION, INVALID_INPUT, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

structure! {
    /// An OpenID Connect provider in a list.
    OpenIDConnectProviderListEntry {
        /// Its ARN.
        optional "Arn" arn: String, shapes::ARN;
    }
}

const URL: Shape = Shape::String(StringRules::length(1, 255));
const CLIENT_ID: Shape = Shape::String(StringRules::length(1, 255));
const THUMBPRINT: Shape = Shape::String(StringRules::length(40, 40));
