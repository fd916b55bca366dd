//! What users and accounts can have on AWS for its own services: SSH keys, signing certificates, credentials of single
//! services, server certificates. Here nothing makes one; the lists are there for whoever looks before deleting a user.

use jiff::Timestamp;

use super::access_keys::STATUS;
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
    pattern, shapes,
};

operation! {
    /// Lists a user's SSH keys for CodeCommit. Nobody has any.
    ListSSHPublicKeys: Iam, Read;

    request ListSSHPublicKeysRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_64;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListSSHPublicKeysResponse {
        /// The keys.
        always "SSHPublicKeys" ssh_public_keys: Vec<SSHPublicKeyMetadata>,
            Shape::list(&Shape::Structure(SSHPublicKeyMetadata::STRUCTURE));
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY]
}

operation! {
    /// Lists a user's certificates for signing requests. Nobody has any.
    ListSigningCertificates: Iam, Read;

    request ListSigningCertificatesRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListSigningCertificatesResponse {
        /// The certificates.
        required "Certificates" certificates: Vec<SigningCertificate>,
            Shape::list(&Shape::Structure(SigningCertificate::STRUCTURE));
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists a user's credentials for single services. Nobody has any.
    ListServiceSpecificCredentials: Iam, Read;

    request ListServiceSpecificCredentialsRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_64;
        /// Only credentials for this service.
        optional "ServiceName" service_name: String, Shape::TEXT;
        /// Whether the list is of all users.
        optional "AllUsers" all_users: bool, Shape::Boolean;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListServiceSpecificCredentialsResponse {
        /// The credentials.
        always "ServiceSpecificCredentials" service_specific_credentials: Vec<ServiceSpecificCredentialMetadata>,
            Shape::list(&Shape::Structure(ServiceSpecificCredentialMetadata::STRUCTURE));
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
    }
    errors [NO_SUCH_ENTITY, NOT_SUPPORTED_SERVICE]
}

operation! {
    /// Lists the account's certificates for servers. There are none.
    ListServerCertificates: Iam, Read;

    request ListServerCertificatesRequest {
        /// Only entries whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::PATH_PREFIX;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListServerCertificatesResponse {
        /// The certificates.
        required "ServerCertificateMetadataList" server_certificate_metadata_list: Vec<ServerCertificateMetadata>,
            Shape::list(&Shape::Structure(ServerCertificateMetadata::STRUCTURE));
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [SERVICE_FAILURE]
}

structure! {
    /// An SSH key without its body.
    SSHPublicKeyMetadata {
        /// The user it belongs to.
        required "UserName" user_name: String, shapes::NAME_64;
        /// Its unique id.
        required "SSHPublicKeyId" ssh_public_key_id: String, CREDENTIAL_ID;
        /// Whether it can be used.
        required "Status" status: String, STATUS;
        /// When it was uploaded.
        required "UploadDate" upload_date: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// A certificate for signing requests.
    SigningCertificate {
        /// The user it belongs to.
        required "UserName" user_name: String, shapes::NAME_64;
        /// Its unique id.
        required "CertificateId" certificate_id: String, CERTIFICATE_ID;
        /// The certificate in PEM.
        required "CertificateBody" certificate_body: String, CERTIFICATE_BODY;
        /// Whether it can be used.
        required "Status" status: String, STATUS;
        /// When it was uploaded.
        optional "UploadDate" upload_date: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// A credential for one service, without its secret.
    ServiceSpecificCredentialMetadata {
        /// The user it belongs to.
        required "UserName" user_name: String, shapes::NAME_64;
        /// Whether it can be used.
        required "Status" status: String, STATUS;
        /// The name that the service knows it by.
        optional "ServiceUserName" service_user_name: String, SERVICE_USER_NAME;
        /// The public part of an API key.
        optional "ServiceCredentialAlias" service_credential_alias: String, SERVICE_CREDENTIAL_ALIAS;
        /// When it was created.
        required "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// When it stops working.
        optional "ExpirationDate" expiration_date: Timestamp, Shape::Timestamp;
        /// Its unique id.
        required "ServiceSpecificCredentialId" service_specific_credential_id: String, CREDENTIAL_ID;
        /// The service it is for.
        required "ServiceName" service_name: String, Shape::TEXT;
    }
}

structure! {
    /// A certificate for servers, without its body.
    ServerCertificateMetadata {
        /// Its path.
        required "Path" path: String, shapes::PATH;
        /// Its name.
        required "ServerCertificateName" server_certificate_name: String, shapes::NAME_128;
        /// Its unique id.
        required "ServerCertificateId" server_certificate_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        required "Arn" arn: String, shapes::ARN;
        /// When it was uploaded.
        optional "UploadDate" upload_date: Timestamp, Shape::Timestamp;
        /// When it stops being valid.
        optional "Expiration" expiration: Timestamp, Shape::Timestamp;
    }
}

const CREDENTIAL_ID: Shape = Shape::String(StringRules::length(20, 128).matching(&pattern::UNIQUE_ID));
const CERTIFICATE_ID: Shape = Shape::String(StringRules::length(24, 128).matching(&pattern::UNIQUE_ID));
const CERTIFICATE_BODY: Shape = Shape::String(StringRules::length(1, 16_384).matching(&pattern::DOCUMENT));
const SERVICE_USER_NAME: Shape = Shape::String(StringRules::length(0, 200).matching(&pattern::SESSION_NAME));
const SERVICE_CREDENTIAL_ALIAS: Shape = Shape::String(StringRules::length(0, 200).matching(&pattern::NAME));
