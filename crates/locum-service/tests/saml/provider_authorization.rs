//! Who may manage SAML providers.

use super::{
    idp::Idp,
    scene::{ACCOUNT, register},
};
use crate::harness::World;

/// An operation, parameters with which it would succeed, and the resource that a policy must name.
type Asked<'a> = (&'static str, Vec<(&'static str, &'a str)>, &'a str);

fn operations<'a>(provider: &'a str, metadata: &'a str) -> [Asked<'a>; 8] {
    let named = ("SAMLProviderArn", provider);
    let tag = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
    let new = [("Name", "new"), ("SAMLMetadataDocument", metadata)];
    [
        (
            "CreateSAMLProvider",
            new.to_vec(),
            "arn:aws:iam::111122223333:saml-provider/new",
        ),
        ("GetSAMLProvider", vec![named], provider),
        (
            "UpdateSAMLProvider",
            vec![named, ("SAMLMetadataDocument", metadata)],
            provider,
        ),
        ("ListSAMLProviders", vec![], "*"),
        ("TagSAMLProvider", [vec![named], tag.to_vec()].concat(), provider),
        ("ListSAMLProviderTags", vec![named], provider),
        (
            "UntagSAMLProvider",
            vec![named, ("TagKeys.member.1", "team")],
            provider,
        ),
        ("DeleteSAMLProvider", vec![named], provider),
    ]
}

#[test]
fn each_operation_needs_its_own_permission_on_the_provider() {
    let world = World::new();
    let idp = Idp::new("https://idp.example.com");
    let provider = register(&world, &world.root, "idp", &idp);
    let metadata = idp.metadata();
    for (at, (action, parameters, resource)) in operations(&provider, &metadata).into_iter().enumerate() {
        let document = |effect: &str, action: &str, resource: &str| {
            format!(r#"{{"Effect":"{effect}","Action":"iam:{action}","Resource":"{resource}"}}"#)
        };
        let policy = |statements: &[String]| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
                statements.join(",")
            )
        };
        let all_but = [document("Allow", "*", "*"), document("Deny", action, "*")];
        let just = [document("Allow", action, resource)];
        let elsewhere = [document(
            "Allow",
            action,
            "arn:aws:iam::111122223333:saml-provider/elsewhere",
        )];
        let name = |kind: &str| format!("{kind}{at}");
        let barred = world.user(&world.root, &name("barred"), Some(&policy(&all_but)));
        let astray = world.user(&world.root, &name("astray"), Some(&policy(&elsewhere)));
        let able = world.user(&world.root, &name("able"), Some(&policy(&just)));
        for (who, kind, because) in [
            (
                &barred,
                "barred",
                "with an explicit deny in an identity-based policy",
            ),
            (
                &astray,
                "astray",
                &*format!("because no identity-based policy allows the iam:{action} action"),
            ),
        ] {
            let text = format!(
                "User: arn:aws:iam::{ACCOUNT}:user/{} is not authorized to perform: iam:{action} on resource: \
                 {resource} {because}",
                name(kind)
            );
            world
                .iam(who, action, &parameters)
                .fails(403, "AccessDenied", &text);
        }
        world.iam(&able, action, &parameters).ok();
    }
}

/// Whether it is there or not: the denial comes first.
#[test]
fn who_may_not_learns_nothing() {
    let world = World::new();
    let idp = Idp::new("https://idp.example.com");
    let provider = register(&world, &world.root, "idp", &idp);
    let nobody = world.user(&world.root, "nobody", None);
    let absent = provider.replace("/idp", "/absent");
    for named in [&provider, &absent] {
        let answer = world.iam(&nobody, "GetSAMLProvider", &[("SAMLProviderArn", named)]);
        assert_eq!(answer.text("Code"), "AccessDenied");
    }
    // Not even whether metadata could be read, which costs.
    let refused = "x".repeat(1000);
    for metadata in [idp.metadata(), refused] {
        let parameters = [("Name", "idp"), ("SAMLMetadataDocument", &*metadata)];
        let answer = world.iam(&nobody, "CreateSAMLProvider", &parameters);
        assert_eq!(answer.text("Code"), "AccessDenied");
    }
}

#[test]
fn tags_are_condition_keys() {
    let world = World::new();
    let idp = Idp::new("https://idp.example.com");
    let provider = register(&world, &world.root, "idp", &idp);
    let named = ("SAMLProviderArn", provider.as_str());
    let blue = [
        named,
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let red = [
        named,
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    let requesting = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*SAMLProvider*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}}}"#;
    let tagger = world.user(&world.root, "tagger", Some(requesting));
    assert_eq!(world.iam(&tagger, "TagSAMLProvider", &red).status, 403);
    world.iam(&tagger, "TagSAMLProvider", &blue).ok();
    let metadata = idp.metadata();
    let new = [
        ("Name", "new"),
        ("SAMLMetadataDocument", &*metadata),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
    ];
    world.iam(&tagger, "CreateSAMLProvider", &new).ok();
    assert_eq!(world.iam(&tagger, "CreateSAMLProvider", &new[..2]).status, 403);
    let owning = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetSAMLProvider","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}}"#;
    let owner = world.user(&world.root, "owner", Some(owning));
    world.iam(&owner, "GetSAMLProvider", &[named]).ok();
    world.iam(&world.root, "TagSAMLProvider", &red).ok();
    assert_eq!(world.iam(&owner, "GetSAMLProvider", &[named]).status, 403);
}

/// Tags at creation need the permission to tag.
#[test]
fn creation_with_tags_is_tagging_too() {
    let world = World::new();
    let metadata = Idp::new("https://idp.example.com").metadata();
    let creating = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:CreateSAMLProvider","Resource":"*"}}"#;
    let creator = world.user(&world.root, "creator", Some(creating));
    let plain = [("Name", "a"), ("SAMLMetadataDocument", &*metadata)];
    let tagged = [
        &plain[..],
        &[("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")],
    ]
    .concat();
    let answer = world.iam(&creator, "CreateSAMLProvider", &tagged);
    assert!(
        answer.text("Message").contains("iam:TagSAMLProvider"),
        "{}",
        answer.body
    );
    world.iam(&creator, "CreateSAMLProvider", &plain).ok();
}
