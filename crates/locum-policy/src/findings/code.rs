//! The codes of findings, and how to mend what each of them is about.
//!
//! The names are Access Analyzer's (`facts: policy §6.3`), so that a pipeline that sorts findings by code keeps working;
//! the sentences are our own. One table, so that a code can not be without its kind or its advice.

use std::fmt;

use super::FindingKind;

macro_rules! issue_codes {
    ($($variant:ident $name:literal $kind:ident $advice:literal;)*) => {
        /// What a finding is about, under Access Analyzer's name for it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum IssueCode {
            $(
                #[doc = concat!("`", $name, "`. ", $advice)]
                $variant,
            )*
        }

        impl IssueCode {
            /// Every code that a finding can have.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            const fn row(self) -> (&'static str, FindingKind, &'static str) {
                match self {
                    $(Self::$variant => ($name, FindingKind::$kind, $advice),)*
                }
            }
        }
    };
}

issue_codes! {
    ArnAccountNotAllowed "ARN_ACCOUNT_NOT_ALLOWED" Error "Leave the account field of this ARN empty.";
    ArnRegionNotAllowed "ARN_REGION_NOT_ALLOWED" Error "Leave the region field of this ARN empty.";
    DataTypeMismatch "DATA_TYPE_MISMATCH" Error "Write a value of the JSON type that the element takes.";
    DuplicateKeysWithDifferentCase "DUPLICATE_KEYS_WITH_DIFFERENT_CASE" Error
        "Condition keys ignore case; merge the values under one spelling.";
    InvalidAction "INVALID_ACTION" Error "Write service:Action, such as s3:GetObject.";
    InvalidArnAccount "INVALID_ARN_ACCOUNT" Error "Write the twelve digits of an account, or a wildcard.";
    InvalidArnPrefix "INVALID_ARN_PREFIX" Error "Write a full ARN, which begins with arn:, or \"*\" alone.";
    InvalidArnResource "INVALID_ARN_RESOURCE" Error
        "Write the last field as the service does, such as role/NAME.";
    InvalidArnServiceCase "INVALID_ARN_SERVICE_CASE" Error "Write the service in lower case.";
    InvalidConditionDataType "INVALID_CONDITION_DATA_TYPE" Error
        "Give all values of one key the same JSON type.";
    InvalidConditionKeyFormat "INVALID_CONDITION_KEY_FORMAT" Error "Write service:key, such as aws:SourceIp.";
    InvalidConditionMultipleBoolean "INVALID_CONDITION_MULTIPLE_BOOLEAN" Error
        "Keep one of the values, true or false.";
    InvalidConditionOperator "INVALID_CONDITION_OPERATOR" Error
        "Use an operator of the language, in its exact spelling, such as StringEquals.";
    InvalidEffect "INVALID_EFFECT" Error "Write Allow or Deny, in this case.";
    InvalidGlobalConditionKey "INVALID_GLOBAL_CONDITION_KEY" Error "Check the spelling of the aws: key.";
    InvalidKmsKeyValue "INVALID_KMS_KEY_VALUE" Error
        "Write the key's full ARN: arn:aws:kms:REGION:ACCOUNT:key/ID.";
    InvalidPartition "INVALID_PARTITION" Error
        "Use aws, aws-cn, aws-us-gov, aws-eusc, an aws-iso partition or *.";
    InvalidPolicyElement "INVALID_POLICY_ELEMENT" Error
        "Remove the element, or correct its spelling; names are case-sensitive.";
    InvalidPrincipalFormat "INVALID_PRINCIPAL_FORMAT" Error
        "Write an ARN, an account's twelve digits or \"*\".";
    InvalidPrincipalKey "INVALID_PRINCIPAL_KEY" Error "Use AWS, Service or Federated.";
    InvalidRegion "INVALID_REGION" Error "Write a region's name, such as eu-west-1, or a wildcard.";
    InvalidService "INVALID_SERVICE" Error "Write the service's prefix, such as s3.";
    InvalidServiceInAction "INVALID_SERVICE_IN_ACTION" Error
        "Write the service's prefix before the colon, such as s3.";
    InvalidVariableForOperator "INVALID_VARIABLE_FOR_OPERATOR" Error
        "Use variables with String and Arn operators only.";
    InvalidVersion "INVALID_VERSION" Error "Write \"Version\": \"2012-10-17\".";
    JsonSyntaxError "JSON_SYNTAX_ERROR" Error
        "Correct the JSON here; a key may occur only once in an object.";
    MissingAction "MISSING_ACTION" Error "Say which actions are meant.";
    MissingArnAccount "MISSING_ARN_ACCOUNT" Error "Fill in the account field, with twelve digits or *.";
    MissingArnField "MISSING_ARN_FIELD" Error
        "Write all six fields: arn:partition:service:region:account:resource.";
    MissingEffect "MISSING_EFFECT" Error "Add \"Effect\": \"Allow\" or \"Effect\": \"Deny\".";
    MissingPrincipal "MISSING_PRINCIPAL" Error "Say who is meant in Principal.";
    MissingQualifier "MISSING_QUALIFIER" Error "Put ForAllValues: or ForAnyValue: before the operator.";
    MissingResource "MISSING_RESOURCE" Error "Say which resources are meant.";
    MissingStatement "MISSING_STATEMENT" Error "Add at least one statement.";
    NullWithIfExists "NULL_WITH_IF_EXISTS" Error "Use Null alone; it asks for existence itself.";
    ScpSyntaxErrorPrincipal "SCP_SYNTAX_ERROR_PRINCIPAL" Error
        "Remove it; to narrow the statement use a condition on aws:PrincipalArn.";
    UniqueSidsRequired "UNIQUE_SIDS_REQUIRED" Error "Give every statement a Sid of its own, or none.";
    UnsupportedActionInPolicy "UNSUPPORTED_ACTION_IN_POLICY" Error
        "Trust policies take sts:AssumeRole, its variants, sts:TagSession, sts:SetSourceIdentity and sts:SetContext.";
    UnsupportedElementCombination "UNSUPPORTED_ELEMENT_COMBINATION" Error "Keep one of the two elements.";
    UnsupportedGlobalConditionKey "UNSUPPORTED_GLOBAL_CONDITION_KEY" Error
        "Use aws:PrincipalArn or aws:SourceArn.";
    UnsupportedPrincipal "UNSUPPORTED_PRINCIPAL" Error
        "Remove it: the principal is whoever the policy is attached to.";
    UnsupportedSid "UNSUPPORTED_SID" Error "Use letters and digits only.";
    UnsupportedWildcardInPrincipal "UNSUPPORTED_WILDCARD_IN_PRINCIPAL" Error
        "Name the principals one by one, or use \"*\" with a condition on aws:PrincipalArn.";
    MissingBraceInVariable "MISSING_BRACE_IN_VARIABLE" Error "Close the variable with }.";
    MissingQuoteInVariable "MISSING_QUOTE_IN_VARIABLE" Error
        "Put the default in single quotes: ${key, 'default'}.";
    UnsupportedSpaceInVariable "UNSUPPORTED_SPACE_IN_VARIABLE" Error
        "Remove the space from the variable's key.";
    EmptyVariable "EMPTY_VARIABLE" Error "Name a key between the braces, or remove them.";
    VariableUnsupportedInElement "VARIABLE_UNSUPPORTED_IN_ELEMENT" Error
        "Use variables in the last field of a resource's ARN and in condition values only.";
    VariableUnsupportedInVersion "VARIABLE_UNSUPPORTED_IN_VERSION" Error "Write \"Version\": \"2012-10-17\".";
    PrivateIpAddress "PRIVATE_IP_ADDRESS" Error
        "Name public addresses, or aws:VpcSourceIp for those within a VPC.";
    PrivateNotipaddress "PRIVATE_NOTIPADDRESS" Error
        "Name public addresses, or aws:VpcSourceIp for those within a VPC.";
    PolicySizeExceedsScpQuota "POLICY_SIZE_EXCEEDS_SCP_QUOTA" Error "Split the policy in several.";
    InvalidServicePrincipalFormat "INVALID_SERVICE_PRINCIPAL_FORMAT" Error
        "Write the service's host, such as lambda.amazonaws.com.";
    MissingTagKeyInCondition "MISSING_TAG_KEY_IN_CONDITION" Error
        "Add a slash and the tag's key, such as aws:ResourceTag/team.";
    InvalidVpcFormat "INVALID_VPC_FORMAT" Error "Write vpc- and 8 or 17 letters and digits.";
    InvalidVpceFormat "INVALID_VPCE_FORMAT" Error "Write vpce- and 8 or 17 letters and digits.";
    FederatedPrincipalNotSupported "FEDERATED_PRINCIPAL_NOT_SUPPORTED" Error
        "Name an account, role or user; federated identities are for trust policies.";
    RoleTrustPolicySyntaxErrorNotprincipal "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL" Error
        "List whom you trust in Principal.";
    RoleTrustPolicyUnsupportedWildcardInPrincipal "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL" Error
        "List whom you trust; a role is as open as its trust policy.";
    RoleTrustPolicySyntaxErrorResource "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE" Error
        "Remove it: a trust policy speaks of its own role.";
    MissingActionForConditionKey "MISSING_ACTION_FOR_CONDITION_KEY" Error
        "Add the action that may set this key.";
    InvalidFederatedPrincipalSyntaxInRoleTrustPolicy "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY" Error
        "Write the ARN of a SAML or OIDC provider, or the domain of a well-known one.";
    MismatchedActionForPrincipal "MISMATCHED_ACTION_FOR_PRINCIPAL" Error
        "SAML providers go with sts:AssumeRoleWithSAML, OIDC providers with sts:AssumeRoleWithWebIdentity, others with sts:AssumeRole.";
    MissingActionForRolesAnywhereTrustPolicy "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY" Error
        "Add the missing ones of sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession.";
    PolicySizeExceedsRcpQuota "POLICY_SIZE_EXCEEDS_RCP_QUOTA" Error "Split the policy in several.";
    RcpSyntaxErrorPrincipal "RCP_SYNTAX_ERROR_PRINCIPAL" Error
        "Write \"Principal\": \"*\", and narrow the statement with conditions.";
    RcpSyntaxErrorAllow "RCP_SYNTAX_ERROR_ALLOW" Error
        "Write a Deny; only the policy that allows everything to everybody may allow.";
    RcpSyntaxErrorNotaction "RCP_SYNTAX_ERROR_NOTACTION" Error "List the actions in Action.";
    RcpSyntaxErrorAction "RCP_SYNTAX_ERROR_ACTION" Error "Name the service before the colon, such as s3:*.";
    VariableUsageTooPermissive "VARIABLE_USAGE_TOO_PERMISSIVE" Error
        "Put the variable after the colon, or at least six characters before it.";
    WildcardUsageTooPermissive "WILDCARD_USAGE_TOO_PERMISSIVE" Error
        "Put the wildcard after the colon, or at least six characters before it.";
    CreateSlrWithNotResource "CREATE_SLR_WITH_NOT_RESOURCE" Warning
        "List the service-linked roles in Resource, or add a condition on iam:AWSServiceName.";
    CreateSlrWithStarInActionAndNotResource "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE" Warning
        "List the service-linked roles in Resource, or add a condition on iam:AWSServiceName.";
    CreateSlrWithNotActionAndNotResource "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE" Warning
        "List actions and resources instead of excluding some.";
    CreateSlrWithStarInResource "CREATE_SLR_WITH_STAR_IN_RESOURCE" Warning
        "List the service-linked roles in Resource, or add a condition on iam:AWSServiceName.";
    CreateSlrWithStarInActionAndResource "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE" Warning
        "List actions and resources, or add a condition on iam:AWSServiceName.";
    CreateSlrWithStarInResourceAndNotAction "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION" Warning
        "List actions and resources instead of excluding some.";
    InvalidDateValue "INVALID_DATE_VALUE" Warning "Write a date, such as 2026-01-31T00:00:00Z.";
    InvalidRoleReference "INVALID_ROLE_REFERENCE" Warning
        "Write the role's ARN; it is kept as the id of the role that has the name now.";
    InvalidUserReference "INVALID_USER_REFERENCE" Warning
        "Write the user's ARN; it is kept as the id of the user who has the name now.";
    MissingVersion "MISSING_VERSION" Warning "Write \"Version\": \"2012-10-17\".";
    WildcardWithoutLikeOperator "WILDCARD_WITHOUT_LIKE_OPERATOR" Warning
        "Use the Like form of the operator if a wildcard is meant.";
    PolicySizeExceedsIdentityPolicyQuota "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA" Warning
        "Split the policy in several.";
    TypeMismatch "TYPE_MISMATCH" Warning "Use an operator of the key's own type.";
    TypeMismatchBoolean "TYPE_MISMATCH_BOOLEAN" Warning "Write true or false.";
    TypeMismatchDate "TYPE_MISMATCH_DATE" Warning "Write a date, such as 2026-01-31T00:00:00Z.";
    TypeMismatchIpRange "TYPE_MISMATCH_IP_RANGE" Warning
        "Write an address or a range, such as 203.0.113.0/24.";
    TypeMismatchNumber "TYPE_MISMATCH_NUMBER" Warning "Write a number, such as 300.";
    TypeMismatchString "TYPE_MISMATCH_STRING" Warning "Put the value in quotes.";
    SpecificGithubRepoAndBranchRecommended "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED" Warning
        "Name the repository and the branch: repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH.";
    PolicySizeExceedsRoleTrustPolicyQuota "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA" Warning
        "Make the policy shorter, or have the quota raised to at most 4,096.";
    AllowWithNotprincipal "ALLOW_WITH_NOTPRINCIPAL" SecurityWarning
        "List whom you mean in Principal, or deny with NotPrincipal.";
    ForallvaluesWithSingleValuedKey "FORALLVALUES_WITH_SINGLE_VALUED_KEY" SecurityWarning
        "Remove ForAllValues:; it also holds when the key is missing.";
    PassRoleWithNotResource "PASS_ROLE_WITH_NOT_RESOURCE" SecurityWarning
        "List the roles in Resource, or add a condition on iam:PassedToService.";
    PassRoleWithStarInActionAndNotResource "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE" SecurityWarning
        "List the roles in Resource, or add a condition on iam:PassedToService.";
    PassRoleWithNotActionAndNotResource "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE" SecurityWarning
        "List actions and resources instead of excluding some.";
    PassRoleWithStarInResource "PASS_ROLE_WITH_STAR_IN_RESOURCE" SecurityWarning
        "List the roles in Resource, or add a condition on iam:PassedToService.";
    PassRoleWithStarInActionAndResource "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE" SecurityWarning
        "List actions and resources, or add a condition on iam:PassedToService.";
    PassRoleWithStarInResourceAndNotAction "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION" SecurityWarning
        "List actions and resources instead of excluding some.";
    MissingPairedConditionKeys "MISSING_PAIRED_CONDITION_KEYS" SecurityWarning
        "Add a condition on aws:SourceVpc or aws:SourceVpce to the same statement.";
    RestrictAccessToServicePrincipal "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL" SecurityWarning
        "Add a condition on aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths.";
    MissingConditionKeyForOidcPrincipal "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL" SecurityWarning
        "Add a condition on the provider's :sub or :aud.";
    MissingGithubRepoConditionKey "MISSING_GITHUB_REPO_CONDITION_KEY" SecurityWarning
        "Add a condition on token.actions.githubusercontent.com:sub that names your repository.";
    EmptyArrayAction "EMPTY_ARRAY_ACTION" Suggestion "List at least one action.";
    EmptyArrayCondition "EMPTY_ARRAY_CONDITION" Suggestion "List at least one value, or remove the key.";
    EmptyArrayConditionForallvalues "EMPTY_ARRAY_CONDITION_FORALLVALUES" Suggestion
        "List at least one value; with none the condition holds only for requests without the key.";
    EmptyArrayConditionForanyvalue "EMPTY_ARRAY_CONDITION_FORANYVALUE" Suggestion
        "List at least one value; with none the condition never holds.";
    EmptyArrayConditionIfexists "EMPTY_ARRAY_CONDITION_IFEXISTS" Suggestion
        "List at least one value; with none the condition holds only for requests without the key.";
    EmptyArrayPrincipal "EMPTY_ARRAY_PRINCIPAL" Suggestion "List at least one principal.";
    EmptyArrayResource "EMPTY_ARRAY_RESOURCE" Suggestion "List at least one resource.";
    EmptyObjectCondition "EMPTY_OBJECT_CONDITION" Suggestion "Remove the empty object.";
    EmptyObjectPrincipal "EMPTY_OBJECT_PRINCIPAL" Suggestion "Name at least one principal.";
    EmptySidValue "EMPTY_SID_VALUE" Suggestion "Remove the Sid, or give it a value.";
    ImproveIpRange "IMPROVE_IP_RANGE" Suggestion "Write the range with the bits beyond its prefix at zero.";
    NullWithQualifier "NULL_WITH_QUALIFIER" Suggestion
        "Use Null alone; with ForAllValues: it always holds, with ForAnyValue: never.";
    PrivateIpAddressSubset "PRIVATE_IP_ADDRESS_SUBSET" Suggestion
        "Remove the private addresses, or use aws:VpcSourceIp for them.";
    PrivateNotipaddressSubset "PRIVATE_NOTIPADDRESS_SUBSET" Suggestion
        "Remove the private addresses, or use aws:VpcSourceIp for them.";
    RedundantAction "REDUNDANT_ACTION" Suggestion "Remove the action; another entry covers it.";
    RedundantConditionValueNum "REDUNDANT_CONDITION_VALUE_NUM" Suggestion "Keep the one value that decides.";
    RedundantResource "REDUNDANT_RESOURCE" Suggestion "Remove the resource; another entry covers it.";
    RedundantStatement "REDUNDANT_STATEMENT" Suggestion "Remove one of the statements.";
    WildcardInServiceName "WILDCARD_IN_SERVICE_NAME" Suggestion
        "Name the service; a wildcard may take in services of the future.";
    RecommendedConditionKeyForServicePrincipal "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL" Suggestion
        "Use aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths.";
    IrrelevantConditionKeyInPolicy "IRRELEVANT_CONDITION_KEY_IN_POLICY" Suggestion
        "Use the key in identity policies.";
    RedundantPrincipalInRoleTrustPolicy "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY" Suggestion
        "Remove the session; its role is trusted already.";
    ConfirmAudienceClaimType "CONFIRM_AUDIENCE_CLAIM_TYPE" Suggestion
        "Remove ForAllValues: or ForAnyValue: unless the claim is a list.";
}

/// The page that explains every code.
const REFERENCE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

impl IssueCode {
    /// Its name in the API, such as `MISSING_VERSION`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The kind that its findings usually have. What is refused on write is an error all the same.
    #[must_use]
    pub const fn kind(self) -> FindingKind {
        self.row().1
    }

    /// How to mend it, in one sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.row().2
    }

    /// The `learnMoreLink` of the API: AWS's own explanation.
    #[must_use]
    pub fn learn_more(self) -> String {
        let kind = match self.kind() {
            FindingKind::Error => "error",
            FindingKind::SecurityWarning => "security-warning",
            FindingKind::Warning => "general-warning",
            FindingKind::Suggestion => "suggestion",
        };
        let name = self.as_str().to_ascii_lowercase().replace('_', "-");
        format!("{REFERENCE}#access-analyzer-reference-policy-checks-{kind}-{name}")
    }
}

impl fmt::Display for IssueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
