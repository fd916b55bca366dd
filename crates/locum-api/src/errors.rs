//! The errors that operations declare (`facts: sts §2.1, §8.2`), each with its wire code, which often is not the name
//! of its exception (`facts: sts §1.8`).

use crate::{
    ApiError,
    model::{ErrorShape, Fault},
};

impl ErrorShape {
    /// Returns this error with a message.
    pub fn with(&self, message: impl Into<String>) -> ApiError {
        ApiError {
            status: self.status,
            code: self.code.into(),
            message: Some(message.into()),
            fault: self.fault,
            reason: None,
        }
    }
}

macro_rules! errors {
    ($( $(#[doc = $doc:literal])+ $name:ident = $code:literal, $status:literal, $fault:ident; )*) => {
        $(
            $(#[doc = $doc])+
            pub const $name: ErrorShape = ErrorShape {
                code: $code,
                status: $status,
                fault: Fault::$fault,
                doc: concat!($($doc),+).trim_ascii(),
            };
        )*

        /// Every declared error.
        pub const ALL: &[&ErrorShape] = &[$(&$name),*];
    };
}

errors! {
    /// The policy document does not say anything the policy language knows.
    MALFORMED_POLICY_DOCUMENT = "MalformedPolicyDocument", 400, Sender;
    /// The session's policies and tags do not fit into its token.
    PACKED_POLICY_TOO_LARGE = "PackedPolicyTooLarge", 400, Sender;
    /// The service is not offered in this Region.
    REGION_DISABLED = "RegionDisabledException", 403, Sender;
    /// A token that was passed as a parameter has expired.
    EXPIRED_TOKEN = "ExpiredTokenException", 400, Sender;
    /// The identity provider, or the role's trust in it, does not cover what its token claims.
    IDP_REJECTED_CLAIM = "IDPRejectedClaim", 403, Sender;
    /// The identity provider could not be asked for its keys; try again.
    IDP_COMMUNICATION_ERROR = "IDPCommunicationError", 400, Sender;
    /// The identity provider's token is not valid here.
    INVALID_IDENTITY_TOKEN = "InvalidIdentityToken", 400, Sender;
    /// The token would outlive the session that asks for it.
    SESSION_DURATION_ESCALATION = "SessionDurationEscalationException", 403, Sender;
    /// The account issues no tokens for other services.
    OUTBOUND_FEDERATION_DISABLED = "OutboundWebIdentityFederationDisabledException", 403, Sender;
    /// The claims do not fit into the token.
    JWT_PAYLOAD_SIZE_EXCEEDED = "JWTPayloadSizeExceededException", 400, Sender;
    /// The trade-in token can no longer be exchanged.
    EXPIRED_TRADE_IN_TOKEN = "ExpiredTradeInTokenException", 400, Sender;
    /// The authorization message was not issued here, or no longer opens.
    INVALID_AUTHORIZATION_MESSAGE = "InvalidAuthorizationMessageException", 400, Sender;

    /// Somebody else changed the same thing at the same time; try again.
    CONCURRENT_MODIFICATION = "ConcurrentModification", 409, Sender;
    /// Something still depends on what would be deleted.
    DELETE_CONFLICT = "DeleteConflict", 409, Sender;
    /// The name is taken.
    ENTITY_ALREADY_EXISTS = "EntityAlreadyExists", 409, Sender;
    /// A recent change of the same thing has not settled yet.
    ENTITY_TEMPORARILY_UNMODIFIABLE = "EntityTemporarilyUnmodifiable", 409, Sender;
    /// The feature is not enabled.
    FEATURE_DISABLED = "FeatureDisabled", 404, Sender;
    /// The feature is enabled already.
    FEATURE_ENABLED = "FeatureEnabled", 409, Sender;
    /// The codes are not those of the MFA device.
    INVALID_AUTHENTICATION_CODE = "InvalidAuthenticationCode", 403, Sender;
    /// A parameter has a value that the operation cannot use.
    INVALID_INPUT = "InvalidInput", 400, Sender;
    /// Only the users of an account can do this.
    INVALID_USER_TYPE = "InvalidUserType", 400, Sender;
    /// A quota of the account is used up.
    LIMIT_EXCEEDED = "LimitExceeded", 409, Sender;
    /// What the request names does not exist.
    NO_SUCH_ENTITY = "NoSuchEntity", 404, Sender;
    /// The service has no credentials of its own.
    NOT_SUPPORTED_SERVICE = "NotSupportedService", 404, Sender;
    /// The identity provider could not be reached.
    OPEN_ID_IDP_COMMUNICATION_ERROR = "OpenIdIdpCommunicationError", 400, Sender;
    /// The account's password policy does not allow this password.
    PASSWORD_POLICY_VIOLATION = "PasswordPolicyViolation", 400, Sender;
    /// The policies cannot be evaluated.
    POLICY_EVALUATION = "PolicyEvaluation", 500, Receiver;
    /// The policy may not be attached here.
    POLICY_NOT_ATTACHABLE = "PolicyNotAttachable", 400, Sender;
    /// The report is too old; make another.
    REPORT_EXPIRED = "ReportExpired", 410, Sender;
    /// The report is still being made.
    REPORT_IN_PROGRESS = "ReportInProgress", 404, Sender;
    /// There is no report; make one.
    REPORT_NOT_PRESENT = "ReportNotPresent", 410, Sender;
    /// Only a service may change this role.
    UNMODIFIABLE_ENTITY = "UnmodifiableEntity", 400, Sender;
    /// The service failed.
    SERVICE_FAILURE = "ServiceFailure", 500, Receiver;

    // The model gives the next five no status; 400 is what the protocol then says.
    /// Only the organization's management account, or one it delegated this to, may do it.
    ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR =
        "AccountNotManagementOrDelegatedAdministratorException", 400, Sender;
    /// Only the organization's management account may do it.
    CALLER_IS_NOT_MANAGEMENT_ACCOUNT = "CallerIsNotManagementAccountException", 400, Sender;
    /// The caller's account belongs to no organization.
    ORGANIZATION_NOT_FOUND = "OrganizationNotFoundException", 400, Sender;
    /// The organization has only consolidated billing.
    ORGANIZATION_NOT_IN_ALL_FEATURES_MODE = "OrganizationNotInAllFeaturesModeException", 400, Sender;
    /// The organization does not trust this service.
    SERVICE_ACCESS_NOT_ENABLED = "ServiceAccessNotEnabledException", 400, Sender;

    /// The caller may not do this.
    ORGANIZATIONS_ACCESS_DENIED = "AccessDeniedException", 400, Sender;
    /// The account is closed already.
    ACCOUNT_ALREADY_CLOSED = "AccountAlreadyClosedException", 400, Sender;
    /// The account administers this service already.
    ACCOUNT_ALREADY_REGISTERED = "AccountAlreadyRegisteredException", 400, Sender;
    /// No account of the organization has this id.
    ACCOUNT_NOT_FOUND = "AccountNotFoundException", 400, Sender;
    /// The account does not administer this service.
    ACCOUNT_NOT_REGISTERED = "AccountNotRegisteredException", 400, Sender;
    /// No account or organizational unit has this id.
    CHILD_NOT_FOUND = "ChildNotFoundException", 400, Sender;
    /// What is asked for does not fit with what is there.
    ORGANIZATIONS_CONFLICT = "ConflictException", 400, Sender;
    /// No root or organizational unit to move to has this id.
    DESTINATION_PARENT_NOT_FOUND = "DestinationParentNotFoundException", 400, Sender;
    /// The account stands there already.
    DUPLICATE_ACCOUNT = "DuplicateAccountException", 400, Sender;
    /// Another organizational unit under the same parent has this name.
    DUPLICATE_ORGANIZATIONAL_UNIT = "DuplicateOrganizationalUnitException", 400, Sender;
    /// The policy is attached there already.
    DUPLICATE_POLICY_ATTACHMENT = "DuplicatePolicyAttachmentException", 400, Sender;
    /// Another policy of the same type has this name.
    DUPLICATE_POLICY = "DuplicatePolicyException", 400, Sender;
    /// The document is not one of the policy's type.
    MALFORMED_ORGANIZATION_POLICY = "MalformedPolicyDocumentException", 400, Sender;
    /// Something stands under the organizational unit.
    ORGANIZATIONAL_UNIT_NOT_EMPTY = "OrganizationalUnitNotEmptyException", 400, Sender;
    /// No organizational unit has this id.
    ORGANIZATIONAL_UNIT_NOT_FOUND = "OrganizationalUnitNotFoundException", 400, Sender;
    /// No root or organizational unit has this id.
    PARENT_NOT_FOUND = "ParentNotFoundException", 400, Sender;
    /// A change of the policies has not settled yet; try again.
    POLICY_CHANGES_IN_PROGRESS = "PolicyChangesInProgressException", 400, Sender;
    /// The policy is attached to something.
    POLICY_IN_USE = "PolicyInUseException", 400, Sender;
    /// The policy is not attached there.
    POLICY_NOT_ATTACHED = "PolicyNotAttachedException", 400, Sender;
    /// No policy has this id.
    ORGANIZATION_POLICY_NOT_FOUND = "PolicyNotFoundException", 400, Sender;
    /// Policies of this type are in force already.
    POLICY_TYPE_ALREADY_ENABLED = "PolicyTypeAlreadyEnabledException", 400, Sender;
    /// The organization cannot have policies of this type.
    POLICY_TYPE_NOT_AVAILABLE = "PolicyTypeNotAvailableForOrganizationException", 400, Sender;
    /// Policies of this type are not in force.
    POLICY_TYPE_NOT_ENABLED = "PolicyTypeNotEnabledException", 400, Sender;
    /// No root has this id.
    ROOT_NOT_FOUND = "RootNotFoundException", 400, Sender;
    /// The account does not stand under a root or organizational unit of this id.
    SOURCE_PARENT_NOT_FOUND = "SourceParentNotFoundException", 400, Sender;
    /// Nothing in the organization has this id.
    TARGET_NOT_FOUND = "TargetNotFoundException", 400, Sender;
    /// The caller's account belongs to no organization.
    NO_ORGANIZATION = "AWSOrganizationsNotInUseException", 400, Sender;
    /// Somebody else changes the organization at the same time; try again.
    ORGANIZATIONS_CONCURRENT_MODIFICATION = "ConcurrentModificationException", 400, Sender;
    /// A quota or a rule of the organization forbids it.
    CONSTRAINT_VIOLATION = "ConstraintViolationException", 400, Sender;
    /// No request to create an account has this id.
    CREATE_ACCOUNT_STATUS_NOT_FOUND = "CreateAccountStatusNotFoundException", 400, Sender;
    /// The organization is still being set up; try again.
    FINALIZING_ORGANIZATION = "FinalizingOrganizationException", 400, Sender;
    /// A parameter has a value that the operation cannot use.
    ORGANIZATIONS_INVALID_INPUT = "InvalidInputException", 400, Sender;
    /// The service failed.
    SERVICE_EXCEPTION = "ServiceException", 500, Receiver;
    /// Too many requests in a short time; try again later.
    TOO_MANY_REQUESTS = "TooManyRequestsException", 400, Sender;
    /// This endpoint does not offer the operation.
    UNSUPPORTED_API_ENDPOINT = "UnsupportedAPIEndpointException", 400, Sender;

    /// A parameter has a value that the operation cannot use, or one is missing.
    VALIDATION_EXCEPTION = "ValidationException", 400, Sender;

    /// The caller may not do this.
    ACCESS_DENIED_EXCEPTION = "AccessDeniedException", 403, Sender;
    /// The service failed.
    INTERNAL_SERVER_EXCEPTION = "InternalServerException", 500, Receiver;
    /// Too many requests in a short time; try again later.
    THROTTLING_EXCEPTION = "ThrottlingException", 429, Sender;
}
