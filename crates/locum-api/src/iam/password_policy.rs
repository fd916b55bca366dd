use crate::{
    declare::{operation, structure},
    model::Shape,
};

operation! {
    /// Replaces the account's password policy; what is not given gets its default.
    UpdateAccountPasswordPolicy: Iam, Write;

    request UpdateAccountPasswordPolicyRequest {
        /// The fewest characters a password has; 6 when absent.
        optional "MinimumPasswordLength" minimum_password_length: i32, LENGTH;
        /// Whether a password has a symbol; no when absent.
        optional "RequireSymbols" require_symbols: bool, Shape::Boolean;
        /// Whether a password has a digit; no when absent.
        optional "RequireNumbers" require_numbers: bool, Shape::Boolean;
        /// Whether a password has a letter from A to Z; no when absent.
        optional "RequireUppercaseCharacters" require_uppercase_characters: bool, Shape::Boolean;
        /// Whether a password has a letter from a to z; no when absent.
        optional "RequireLowercaseCharacters" require_lowercase_characters: bool, Shape::Boolean;
        /// Whether every user may change the own password; no when absent.
        optional "AllowUsersToChangePassword" allow_users_to_change_password: bool, Shape::Boolean;
        /// After how many days a password expires; never when absent.
        optional "MaxPasswordAge" max_password_age: i32, AGE;
        /// How many of the last passwords cannot be used again; none when absent.
        optional "PasswordReusePrevention" password_reuse_prevention: i32, REUSE;
        /// Whether an expired password keeps its user from choosing another at the sign-in; no when absent.
        optional "HardExpiry" hard_expiry: bool, Shape::Boolean;
    }
    errors [NO_SUCH_ENTITY, MALFORMED_POLICY_DOCUMENT, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Shows the account's password policy.
    GetAccountPasswordPolicy: Iam, Read;

    request GetAccountPasswordPolicyRequest {}
    response GetAccountPasswordPolicyResponse {
        /// The policy.
        required "PasswordPolicy" password_policy: PasswordPolicy, Shape::Structure(PasswordPolicy::STRUCTURE);
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Removes the account's password policy: the default one holds again.
    DeleteAccountPasswordPolicy: Iam, Write;

    request DeleteAccountPasswordPolicyRequest {}
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

structure! {
    /// What an account asks of the passwords of its users.
    PasswordPolicy {
        /// The fewest characters a password has.
        optional "MinimumPasswordLength" minimum_password_length: i32, LENGTH;
        /// Whether a password has a symbol.
        optional "RequireSymbols" require_symbols: bool, Shape::Boolean;
        /// Whether a password has a digit.
        optional "RequireNumbers" require_numbers: bool, Shape::Boolean;
        /// Whether a password has a letter from A to Z.
        optional "RequireUppercaseCharacters" require_uppercase_characters: bool, Shape::Boolean;
        /// Whether a password has a letter from a to z.
        optional "RequireLowercaseCharacters" require_lowercase_characters: bool, Shape::Boolean;
        /// Whether every user may change the own password.
        optional "AllowUsersToChangePassword" allow_users_to_change_password: bool, Shape::Boolean;
        /// Whether passwords expire.
        optional "ExpirePasswords" expire_passwords: bool, Shape::Boolean;
        /// After how many days a password expires.
        optional "MaxPasswordAge" max_password_age: i32, AGE;
        /// How many of the last passwords cannot be used again.
        optional "PasswordReusePrevention" password_reuse_prevention: i32, REUSE;
        /// Whether an expired password keeps its user from choosing another at the sign-in.
        optional "HardExpiry" hard_expiry: bool, Shape::Boolean;
    }
}

const LENGTH: Shape = Shape::between(6, 128);
const AGE: Shape = Shape::between(1, 1095);
const REUSE: Shape = Shape::between(1, 24);
