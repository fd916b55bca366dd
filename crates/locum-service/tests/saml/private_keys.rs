//! The keys that open encrypted assertions, in IAM (`facts: sts §6.1`).

use super::{
    office::{Office, arn},
    sealed::PrivateKey,
};

/// The eight texts of IAM, each where it belongs.
#[test]
fn private_keys_and_their_texts() {
    let office = Office::new();
    let pem = |at| PrivateKey::number(at).pem;
    let required = ("AssertionEncryptionMode", "Required");
    let none = "Unable to set assertion encryption mode to Required because no private key is provided.";
    office
        .create("none", &[required])
        .fails(400, "InvalidInput", none);
    let invalid = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    office
        .create("idp", &[("AddPrivateKey", invalid)])
        .fails(400, "InvalidInput", "Invalid private key.");
    office.create("idp", &[]).ok();
    let arn = arn("idp");
    let key_ids = || office.show(&arn).ok().texts("KeyId");
    office.update(&arn, &[required]).fails(400, "InvalidInput", none);
    office.update(&arn, &[]).fails(
        400,
        "InvalidInput",
        "Unable to update identity provider. No updates are defined for metadata or encryption assertion.",
    );
    office
        .update(&arn, &[("AddPrivateKey", invalid)])
        .fails(400, "InvalidInput", "Invalid private key.");
    office.update(&arn, &[required, ("AddPrivateKey", &pem(0))]).ok();
    let first = key_ids()[0].clone();
    assert!(
        first.len() == 64
            && first
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
        "{first}"
    );
    office.update(&arn, &[("AddPrivateKey", &pem(1)), ("RemovePrivateKey", &first)]).fails(
        400,
        "InvalidInput",
        "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.",
    );
    // The last key stays as long as assertions must be encrypted.
    office.update(&arn, &[("RemovePrivateKey", &first)]).fails(
        400,
        "InvalidInput",
        "Failed to remove private key.",
    );
    office
        .update(&arn, &[required, ("RemovePrivateKey", &first)])
        .fails(400, "InvalidInput", "Failed to remove private key.");
    office.update(&arn, &[("AddPrivateKey", &pem(0))]).fails(
        400,
        "InvalidInput",
        &format!("The private key with the Key ID {first} was already added."),
    );
    office.world.advance(60);
    office.update(&arn, &[("AddPrivateKey", &pem(1))]).ok();
    let shown = office.show(&arn).ok();
    assert_eq!(
        shown.texts("Timestamp"),
        ["2026-11-22T12:00:00Z", "2026-11-22T12:01:00Z"]
    );
    office.update(&arn, &[("AddPrivateKey", &pem(2))]).fails(
        409,
        "LimitExceeded",
        "Private key limit of 2 is reached.",
    );
    office
        .update(&arn, &[("RemovePrivateKey", &"A".repeat(64))])
        .fails(
            400,
            "InvalidInput",
            "Failed to remove private key because the Key ID does not match a private key.",
        );
    office.update(&arn, &[("RemovePrivateKey", &first)]).ok();
    let second = key_ids();
    assert_eq!(second.len(), 1);
    assert_ne!(second[0], first);
    office
        .update(
            &arn,
            &[
                ("AssertionEncryptionMode", "Allowed"),
                ("RemovePrivateKey", &second[0]),
            ],
        )
        .ok();
    assert_eq!(key_ids(), [""; 0]);
    // None of it was refused in part: the mode that came with the key that failed was not set.
    office
        .update(&arn, &[required, ("AddPrivateKey", invalid)])
        .fails(400, "InvalidInput", "Invalid private key.");
    assert_eq!(office.show(&arn).text("AssertionEncryptionMode"), "Allowed");
}

/// A private key goes in and never comes out: not in an answer, not in a record.
#[test]
fn private_keys_are_never_shown() {
    let office = Office::new();
    let pem = PrivateKey::number(0).pem;
    office
        .create(
            "idp",
            &[("AddPrivateKey", &pem), ("AssertionEncryptionMode", "Required")],
        )
        .ok();
    office
        .update(&arn("idp"), &[("AddPrivateKey", &PrivateKey::number(1).pem)])
        .ok();
    let records = serde_json::to_string(&office.world.records()).unwrap();
    let shown = office.show(&arn("idp")).ok().body;
    for key in [0, 1] {
        let pem = PrivateKey::number(key).pem;
        for line in pem.lines().filter(|line| line.len() == 64) {
            assert!(!records.contains(line) && !shown.contains(line));
        }
    }
    assert!(records.contains("assertionEncryptionMode"), "{records}");
}
