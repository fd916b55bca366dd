use jiff::Timestamp;

use crate::{
    Sensitive,
    declare::{operation, structure},
    model::{Shape, StringRules},
    pattern, shapes,
};

operation! {
    /// Gives a user a password.
    CreateLoginProfile: Iam, Write;

    request CreateLoginProfileRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_64;
        /// The password.
        optional "Password" password: Sensitive, PASSWORD;
        /// Whether the user must choose another at the next sign-in; no when absent.
        optional "PasswordResetRequired" password_reset_required: bool, Shape::Boolean;
    }
    response CreateLoginProfileResponse {
        /// The login profile, without the password.
        required "LoginProfile" login_profile: LoginProfile, LOGIN_PROFILE;
    }
    errors [
        ENTITY_ALREADY_EXISTS, NO_SUCH_ENTITY, PASSWORD_POLICY_VIOLATION, LIMIT_EXCEEDED, SERVICE_FAILURE,
    ]
}

operation! {
    /// Tells whether a user has a password, and since when.
    GetLoginProfile: Iam, Read;

    request GetLoginProfileRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_64;
    }
    response GetLoginProfileResponse {
        /// The login profile, without the password.
        required "LoginProfile" login_profile: LoginProfile, LOGIN_PROFILE;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Gives a user another password.
    UpdateLoginProfile: Iam, Write;

    request UpdateLoginProfileRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_64;
        /// The password; the old one stays when absent.
        optional "Password" password: Sensitive, PASSWORD;
        /// Whether the user must choose another at the next sign-in; as it was when absent.
        optional "PasswordResetRequired" password_reset_required: bool, Shape::Boolean;
    }
    errors [
        ENTITY_TEMPORARILY_UNMODIFIABLE, NO_SUCH_ENTITY, PASSWORD_POLICY_VIOLATION, LIMIT_EXCEEDED,
        SERVICE_FAILURE,
    ]
}

operation! {
    /// Takes a user's password away.
    DeleteLoginProfile: Iam, Write;

    request DeleteLoginProfileRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_64;
    }
    errors [ENTITY_TEMPORARILY_UNMODIFIABLE, NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Changes the caller's own password.
    ChangePassword: Iam, Write;

    request ChangePasswordRequest {
        /// The password as it is.
        required "OldPassword" old_password: Sensitive, PASSWORD;
        /// The password as it shall be.
        required "NewPassword" new_password: Sensitive, PASSWORD;
    }
    errors [
        NO_SUCH_ENTITY, INVALID_USER_TYPE, LIMIT_EXCEEDED, ENTITY_TEMPORARILY_UNMODIFIABLE,
        PASSWORD_POLICY_VIOLATION, SERVICE_FAILURE,
    ]
}

structure! {
    /// That a user has a password.
    LoginProfile {
        /// The user's name.
        required "UserName" user_name: String, shapes::NAME_64;
        /// When the user was given the first password.
        required "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// Whether the user must choose another at the next sign-in.
        optional "PasswordResetRequired" password_reset_required: bool, Shape::Boolean;
    }
}

const LOGIN_PROFILE: Shape = Shape::Structure(LoginProfile::STRUCTURE);
const PASSWORD: Shape = Shape::String(StringRules::length(1, 128).matching(&pattern::DOCUMENT).secret());
