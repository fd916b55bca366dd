//! MFA devices in the hands of users; `virtual_mfa_devices.rs` has how they are made.

use jiff::Timestamp;

use crate::{
    MapEntry,
    declare::{operation, structure},
    model::Shape,
    shapes,
};

operation! {
    /// Gives an MFA device to a user, who proves to have it with two codes in a row.
    EnableMFADevice: Iam, Write;

    request EnableMFADeviceRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The serial number of the device.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// A code that the device showed.
        required "AuthenticationCode1" authentication_code1: String, shapes::AUTHENTICATION_CODE;
        /// The code that it showed next.
        required "AuthenticationCode2" authentication_code2: String, shapes::AUTHENTICATION_CODE;
    }
    errors [
        ENTITY_ALREADY_EXISTS, ENTITY_TEMPORARILY_UNMODIFIABLE, INVALID_AUTHENTICATION_CODE, LIMIT_EXCEEDED,
        NO_SUCH_ENTITY, SERVICE_FAILURE, CONCURRENT_MODIFICATION,
    ]
}

operation! {
    /// Finds the clock of an MFA device again from two codes in a row.
    ResyncMFADevice: Iam, Write;

    request ResyncMFADeviceRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The serial number of the device.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// A code that the device showed.
        required "AuthenticationCode1" authentication_code1: String, shapes::AUTHENTICATION_CODE;
        /// The code that it showed next.
        required "AuthenticationCode2" authentication_code2: String, shapes::AUTHENTICATION_CODE;
    }
    errors [INVALID_AUTHENTICATION_CODE, NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE, CONCURRENT_MODIFICATION]
}

operation! {
    /// Takes an MFA device from its user.
    DeactivateMFADevice: Iam, Write;

    request DeactivateMFADeviceRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_128;
        /// The serial number of the device.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
    }
    errors [
        ENTITY_TEMPORARILY_UNMODIFIABLE, NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE, CONCURRENT_MODIFICATION,
    ]
}

operation! {
    /// Shows an MFA device.
    GetMFADevice: Iam, Read;

    request GetMFADeviceRequest {
        /// The serial number of the device.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// The name of the user.
        optional "UserName" user_name: String, shapes::NAME_64;
    }
    response GetMFADeviceResponse {
        /// The user who has it.
        optional "UserName" user_name: String, shapes::NAME_64;
        /// Its serial number.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// When the user got it.
        optional "EnableDate" enable_date: Timestamp, Shape::Timestamp;
        /// The certifications of a hardware device.
        list "Certifications" certifications: Vec<MapEntry>, Shape::Map;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists a user's MFA devices.
    ListMFADevices: Iam, Read;

    request ListMFADevicesRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListMFADevicesResponse {
        /// The devices.
        required "MFADevices" mfa_devices: Vec<MFADevice>, Shape::list(&Shape::Structure(MFADevice::STRUCTURE));
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

structure! {
    /// An MFA device that a user has.
    MFADevice {
        /// The user who has it.
        required "UserName" user_name: String, shapes::NAME_64;
        /// Its serial number.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// When the user got it.
        required "EnableDate" enable_date: Timestamp, Shape::Timestamp;
    }
}
