//! SAML providers in IAM: what is shown, what is refused and how (`facts: sts §6.1`).

use super::{
    idp::Idp,
    office::{Office, arn},
    scene::{ACCOUNT, OTHER, Scene, register},
};

#[test]
fn what_is_made_is_shown() {
    let office = Office::new();
    let made = office.create(
        "Idp.one_x-1",
        &[("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")],
    );
    let made = made.ok();
    assert_eq!(made.text("SAMLProviderArn"), arn("Idp.one_x-1"));
    assert_eq!(
        (made.text("Key"), made.text("Value")),
        ("team".to_owned(), "blue".to_owned())
    );
    let shown = office.show(&arn("Idp.one_x-1")).ok();
    assert_eq!(shown.text("SAMLMetadataDocument"), office.idp.metadata());
    assert_eq!(shown.text("CreateDate"), "2026-11-22T12:00:00Z");
    // A hundred years, as AWS shows it; nothing ends then.
    assert_eq!(shown.text("ValidUntil"), "2126-11-22T12:00:00Z");
    assert_eq!(shown.text("AssertionEncryptionMode"), "Allowed");
    let uuid = shown.text("SAMLProviderUUID");
    assert!(
        (22..=64).contains(&uuid.len()) && uuid.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    );
    assert!(
        shown.body.contains("<PrivateKeyList/>") || shown.body.contains("<PrivateKeyList></PrivateKeyList>"),
        "{}",
        shown.body
    );
    // The metadata's certificate may have expired and the provider's date have passed: neither is looked at.
    office.world.advance(40_000_000);
    office.show(&arn("Idp.one_x-1")).ok();
}

#[test]
fn providers_are_listed_in_the_order_of_their_names() {
    let office = Office::new();
    for name in ["charlie", "Alpha", "bravo"] {
        office.create(name, &[]).ok();
        office.world.advance(1);
    }
    let listed = office.call("ListSAMLProviders", &[]).ok();
    assert_eq!(listed.texts("Arn"), [arn("Alpha"), arn("bravo"), arn("charlie")]);
    assert_eq!(
        listed.texts("CreateDate"),
        [
            "2026-11-22T12:00:01Z",
            "2026-11-22T12:00:02Z",
            "2026-11-22T12:00:00Z"
        ]
    );
    assert_eq!(listed.texts("ValidUntil")[0], "2126-11-22T12:00:01Z");
    // Another account's are not among them.
    let root = office.world.other_account(OTHER);
    let empty = office.world.iam(&root, "ListSAMLProviders", &[]).ok();
    assert_eq!(empty.texts("Arn"), [""; 0]);
}

#[test]
fn a_name_is_taken_whatever_its_case() {
    let office = Office::new();
    office.create("idp", &[]).ok();
    for name in ["idp", "IDP"] {
        let text = format!("SAMLProvider with name {name} already exists.");
        office.create(name, &[]).fails(409, "EntityAlreadyExists", &text);
    }
    office
        .call("DeleteSAMLProvider", &[("SAMLProviderArn", &arn("idp"))])
        .ok();
    let before = office.create("IDP", &[]).ok();
    assert_eq!(before.text("SAMLProviderArn"), arn("IDP"));
}

#[test]
fn what_is_not_there() {
    let office = Office::new();
    office.create("idp", &[]).ok();
    let root = office.world.other_account(OTHER);
    let theirs = register(&office.world, &root, "theirs", &office.idp);
    for named in [
        arn("absent"),
        arn("IDP"),
        theirs,
        format!("arn:aws-cn:iam::{ACCOUNT}:saml-provider/idp"),
        format!("arn:aws:iam::{ACCOUNT}:oidc-provider/idp"),
    ] {
        let text = format!("Manifest not found for arn {named}");
        let named = ("SAMLProviderArn", named.as_str());
        for (action, more) in [
            ("GetSAMLProvider", vec![]),
            ("DeleteSAMLProvider", vec![]),
            ("UpdateSAMLProvider", vec![("AssertionEncryptionMode", "Allowed")]),
            (
                "TagSAMLProvider",
                vec![("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")],
            ),
            ("UntagSAMLProvider", vec![("TagKeys.member.1", "a")]),
            ("ListSAMLProviderTags", vec![]),
        ] {
            let parameters = [vec![named], more].concat();
            office.call(action, &parameters).fails(404, "NoSuchEntity", &text);
        }
    }
    office.show("this-is-not-an-arn-at-all").fails(
        400,
        "ValidationError",
        "Invalid ARN:  Could not be parsed!",
    );
}

#[test]
fn metadata_that_is_none() {
    let office = Office::new();
    let good = office.idp.metadata();
    for (document, reason) in [
        ("x".repeat(1000), "the metadata is not well-formed XML"),
        (
            good.replace("IDPSSODescriptor", "SPSSODescriptor"),
            "the metadata has not exactly one IDPSSODescriptor for SAML 2.0",
        ),
        (
            good.replace("use=\"signing\"", "use=\"encryption\""),
            "the metadata has no key for signing",
        ),
        (
            good.replace("entityID", "entityId"),
            "the entityID is missing, longer than 1024 characters or has white space in it",
        ),
        (format!("<!DOCTYPE x>{good}"), "the document has a document type"),
    ] {
        let parameters = [("Name", "idp"), ("SAMLMetadataDocument", &*document)];
        let answer = office.call("CreateSAMLProvider", &parameters);
        answer.fails(400, "InvalidInput", "Could not parse metadata.");
        // The administrator finds the reason in the record.
        let record = office.world.records().pop().unwrap();
        assert_eq!(record["additionalEventData"]["metadataRefused"], reason);
    }
    office.create("idp", &[]).ok();
    office
        .update(&arn("idp"), &[("SAMLMetadataDocument", &"x".repeat(1000))])
        .fails(400, "InvalidInput", "Could not parse metadata.");
    assert_eq!(office.show(&arn("idp")).text("SAMLMetadataDocument"), good);
    // Too short to be any.
    let parameters = [("Name", "short"), ("SAMLMetadataDocument", "<md/>")];
    assert_eq!(
        office.call("CreateSAMLProvider", &parameters).text("Code"),
        "ValidationError"
    );
}

#[test]
fn an_update_replaces_what_it_names() {
    let office = Office::new();
    office
        .create(
            "idp",
            &[("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")],
        )
        .ok();
    let before = office.show(&arn("idp")).ok();
    office.world.advance(100);
    let metadata = Idp::new("https://new.example.com").metadata();
    let updated = office
        .update(&arn("idp"), &[("SAMLMetadataDocument", &metadata)])
        .ok();
    assert_eq!(updated.text("SAMLProviderArn"), arn("idp"));
    let after = office.show(&arn("idp")).ok();
    assert_eq!(after.text("SAMLMetadataDocument"), metadata);
    for same in [
        "CreateDate",
        "ValidUntil",
        "SAMLProviderUUID",
        "Key",
        "AssertionEncryptionMode",
    ] {
        assert_eq!(after.text(same), before.text(same), "{same}");
    }
    // A namesake is another provider.
    office
        .call("DeleteSAMLProvider", &[("SAMLProviderArn", &arn("idp"))])
        .ok();
    office.create("idp", &[]).ok();
    assert_ne!(
        office.show(&arn("idp")).text("SAMLProviderUUID"),
        before.text("SAMLProviderUUID")
    );
}

#[test]
fn tags_are_put_and_taken() {
    let office = Office::new();
    office.create("idp", &[]).ok();
    let named = arn("idp");
    let tags = |parameters: &[(&str, &str)]| {
        let parameters = [vec![("SAMLProviderArn", named.as_str())], parameters.to_vec()].concat();
        office.call("TagSAMLProvider", &parameters)
    };
    tags(&[
        ("Tags.member.1.Key", "b"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "a"),
        ("Tags.member.2.Value", "2"),
    ])
    .ok();
    tags(&[("Tags.member.1.Key", "B"), ("Tags.member.1.Value", "3")]).ok();
    let list = |more: &[(&str, &str)]| {
        let parameters = [vec![("SAMLProviderArn", named.as_str())], more.to_vec()].concat();
        office.call("ListSAMLProviderTags", &parameters).ok()
    };
    let first = list(&[("MaxItems", "1")]);
    assert_eq!(
        (first.texts("Key"), first.text("IsTruncated")),
        (vec!["a".to_owned()], "true".to_owned())
    );
    let second = list(&[("Marker", &first.text("Marker"))]);
    assert_eq!(
        (second.texts("Key"), second.texts("Value")),
        (vec!["B".to_owned()], vec!["3".to_owned()])
    );
    let untag = [
        ("SAMLProviderArn", named.as_str()),
        ("TagKeys.member.1", "A"),
        ("TagKeys.member.2", "none"),
    ];
    office.call("UntagSAMLProvider", &untag).ok();
    assert_eq!(list(&[]).texts("Key"), ["B"]);
    tags(&[("Tags.member.1.Key", "aws:x"), ("Tags.member.1.Value", "")]).fails(
        400,
        "InvalidInput",
        "The tag key aws:x is reserved: it begins with aws:.",
    );
    for at in 0..49 {
        tags(&[
            ("Tags.member.1.Key", &format!("k{at}")),
            ("Tags.member.1.Value", ""),
        ])
        .ok();
    }
    tags(&[("Tags.member.1.Key", "one-more"), ("Tags.member.1.Value", "")]).fails(
        409,
        "LimitExceeded",
        "Cannot exceed quota for TagsPerSAMLProvider: 50",
    );
}

#[test]
fn an_account_has_a_hundred() {
    let office = Office::new();
    for at in 0..100 {
        office.create(&format!("idp{at}"), &[]).ok();
    }
    let text = "Cannot exceed quota for SAMLProvidersPerAccount: 100";
    office.create("one-more", &[]).fails(409, "LimitExceeded", text);
    office
        .call("DeleteSAMLProvider", &[("SAMLProviderArn", &arn("idp7"))])
        .ok();
    office.create("one-more", &[]).ok();
    let root = office.world.other_account(OTHER);
    register(&office.world, &root, "idp", &office.idp);
}

/// Roles that name it stay as they are.
#[test]
fn deletion_leaves_trust_policies_alone() {
    let scene = Scene::new();
    let named = [("SAMLProviderArn", scene.provider.as_str())];
    scene.iam(&scene.root, "DeleteSAMLProvider", &named).ok();
    let role = scene.iam(&scene.root, "GetRole", &[("RoleName", "worker")]).ok();
    assert!(
        role.document("AssumeRolePolicyDocument")
            .contains(&scene.provider)
    );
}
