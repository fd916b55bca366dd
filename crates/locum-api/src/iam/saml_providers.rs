use jiff::Timestamp;

use super::entities::{TAGS, Tag};
use crate::{
    Sensitive,
    declare::{operation, structure},
    model::{Shape, StringRules},
    pattern, shapes,
};

operation! {
    /// Registers a SAML provider whose users may assume roles.
    CreateSAMLProvider: Iam, Write;

    request CreateSAMLProviderRequest {
        /// The provider's metadata document.
        required "SAMLMetadataDocument" saml_metadata_document: String, METADATA;
        /// The name of the provider.
        required "Name" name: String, Shape::String(StringRules::length(1, 128).matching(&pattern::SAML_PROVIDER_NAME));
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
        /// Whether assertions must be encrypted or may be.
        optional "AssertionEncryptionMode" assertion_encryption_mode: String, ENCRYPTION;
        /// A private key, in PEM, that opens encrypted assertions.
        optional "AddPrivateKey" add_private_key: Sensitive, PRIVATE_KEY;
    }
    response CreateSAMLProviderResponse {
        /// The ARN of the provider.
        always "SAMLProviderArn" saml_provider_arn: String, shapes::ARN;
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [INVALID_INPUT, ENTITY_ALREADY_EXISTS, LIMIT_EXCEEDED, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Shows a SAML provider.
    GetSAMLProvider: Iam, Read;

    request GetSAMLProviderRequest {
        /// The ARN of the provider.
        required "SAMLProviderArn" saml_provider_arn: String, shapes::ARN;
    }
    response GetSAMLProviderResponse {
        /// Its unique id.
        always "SAMLProviderUUID" saml_provider_uuid: String, PRIVATE_KEY_ID;
        /// Its metadata document.
        always "SAMLMetadataDocument" saml_metadata_document: String, METADATA;
        /// When it was created.
        always "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// When its metadata expires.
        always "ValidUntil" valid_until: Timestamp, Shape::Timestamp;
        /// Its tags.
        always "Tags" tags: Vec<Tag>, TAGS;
        /// Whether assertions must be encrypted or may be.
        optional "AssertionEncryptionMode" assertion_encryption_mode: String, ENCRYPTION;
        /// The private keys that open encrypted assertions, without their secrets.
        always "PrivateKeyList" private_key_list: Vec<SAMLPrivateKey>,
            Shape::list_up_to(2, &Shape::Structure(SAMLPrivateKey::STRUCTURE));
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}

operation! {
    /// Replaces a SAML provider's metadata, or changes how its assertions are encrypted.
    UpdateSAMLProvider: Iam, Write;

    request UpdateSAMLProviderRequest {
        /// The new metadata document.
        optional "SAMLMetadataDocument" saml_metadata_document: String, METADATA;
        /// The ARN of the provider.
        required "SAMLProviderArn" saml_provider_arn: String, shapes::ARN;
        /// Whether assertions must be encrypted or may be.
        optional "AssertionEncryptionMode" assertion_encryption_mode: String, ENCRYPTION;
        /// Another private key, in PEM, that opens encrypted assertions; a provider has at most two.
        optional "AddPrivateKey" add_private_key: Sensitive, PRIVATE_KEY;
        /// The id of the private key to forget.
        optional "RemovePrivateKey" remove_private_key: String, PRIVATE_KEY_ID;
    }
    response UpdateSAMLProviderResponse {
        /// The ARN of the provider.
        always "SAMLProviderArn" saml_provider_arn: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, LIMIT_EXCEEDED, SERVICE_FAILURE, CONCURRENT_MODIFICATION]
}

operation! {
    /// Deletes a SAML provider; roles that trust it are left as they are.
    DeleteSAMLProvider: Iam, Write;

    request DeleteSAMLProviderRequest {
        /// The ARN of the provider.
        required "SAMLProviderArn" saml_provider_arn: String, shapes::ARN;
    }
    errors [INVALID_INPUT, LIMIT_EXCEEDED, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists the account's SAML providers.
    ListSAMLProviders: Iam, Read;

    request ListSAMLProvidersRequest {}
    response ListSAMLProvidersResponse {
        /// The providers.
        always "SAMLProviderList" saml_provider_list: Vec<SAMLProviderListEntry>,
            Shape::list(&Shape::Structure(SAMLProviderListEntry::STRUCTURE));
    }
    errors [SERVICE_FAILURE]
}

structure! {
    /// A SAML provider in a list.
    SAMLProviderListEntry {
        /// Its ARN.
        optional "Arn" arn: String, shapes::ARN;
        /// When its metadata expires.
        optional "ValidUntil" valid_until: Timestamp, Shape::Timestamp;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// A private key of a SAML provider, without its secret.
    SAMLPrivateKey {
        /// Its id.
        optional "KeyId" key_id: String, PRIVATE_KEY_ID;
        /// When it was added.
        optional "Timestamp" timestamp: Timestamp, Shape::Timestamp;
    }
}

const METADATA: Shape = Shape::String(StringRules::length(1000, 10_000_000));
const ENCRYPTION: Shape = Shape::String(StringRules::one_of(&["Required", "Allowed"]));
const PRIVATE_KEY: Shape = Shape::String(
    StringRules::length(1, 16_384)
        .matching(&pattern::DOCUMENT)
        .secret(),
);
const PRIVATE_KEY_ID: Shape = Shape::String(StringRules::length(22, 64).matching(&pattern::PRIVATE_KEY_ID));
