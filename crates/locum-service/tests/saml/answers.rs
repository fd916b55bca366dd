use super::{
    idp::{Idp, Part, Said},
    scene::{ACCOUNT, Scene, register, trust},
};
use crate::harness::World;

#[test]
fn a_user_of_the_provider_gets_credentials_that_work() {
    let scene = Scene::new();
    let answer = scene.ask(&scene.said()).ok();
    assert_eq!(answer.text("Audience"), "https://signin.aws.amazon.com/saml");
    assert_eq!(answer.text("Subject"), "alice@example.com");
    assert_eq!(answer.text("SubjectType"), "persistent");
    assert_eq!(answer.text("Issuer"), "https://idp.example.com/saml");
    assert_eq!(answer.text("Expiration"), "2026-11-22T13:00:00Z");
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/alice");
    assert_eq!(answer.text("Arn"), arn);
    assert!(answer.text("AssumedRoleId").starts_with("AROA"));
    assert!(answer.text("AssumedRoleId").ends_with(":alice"));
    for absent in ["PackedPolicySize", "SourceIdentity", "SessionTokenSize"] {
        assert_eq!(answer.find(absent), None, "{absent}");
    }
    let session = answer.credentials();
    let who = scene.sts(&session, "GetCallerIdentity", &[]).ok();
    assert_eq!(who.text("Arn"), arn);
    scene.iam(&session, "ListUsers", &[]).ok();
}

/// `BASE64(SHA1(issuer + account + "/" + provider))`, worked out elsewhere.
#[test]
fn the_name_qualifier_of_a_known_issuer() {
    let scene = Scene::new();
    let answer = scene.ask(&scene.said()).ok();
    assert_eq!(answer.text("NameQualifier"), "w9623T/DM68QqX6yODhgW5uvh0U=");
}

#[test]
fn the_order_of_the_members_is_the_recorded_one() {
    let scene = Scene::new();
    let said = scene.said().but(|said| {
        said.aws("SourceIdentity", &["alice"]);
        said.aws("PrincipalTag:team", &["blue"]);
    });
    let response = scene.idp.response(&said);
    let answer = scene
        .redeem(&response, &[("MinimumSessionTokenSize", "2048")])
        .ok();
    let members = [
        "Audience",
        "AssumedRoleUser",
        "Credentials",
        "Subject",
        "NameQualifier",
        "SubjectType",
        "Issuer",
        "PackedPolicySize",
        "SourceIdentity",
        "SessionTokenUtilization",
        "SessionTokenSize",
    ];
    let places: Vec<usize> = members
        .iter()
        .map(|member| {
            answer
                .body
                .find(&format!("    <{member}>"))
                .unwrap_or_else(|| panic!("{member}"))
        })
        .collect();
    assert!(places.is_sorted(), "{}", answer.body);
    assert_eq!(answer.text("SessionTokenSize"), "2048");
}

#[test]
fn the_subject_type_is_the_format_without_its_prefix() {
    let scene = Scene::new();
    for (format, shown) in [
        (
            Some("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
            "transient",
        ),
        (
            Some("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
            "unspecified",
        ),
        (
            Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
            "emailAddress",
        ),
        (Some("urn:example:own"), "urn:example:own"),
        (None, "unspecified"),
    ] {
        let id = format!("_{}{}", shown.replace(':', "-"), format.is_none());
        let said = scene
            .said()
            .id(&id)
            .but(|said| said.format = format.map(str::to_owned));
        assert_eq!(scene.ask(&said).ok().text("SubjectType"), shown);
    }
}

#[test]
fn either_part_may_be_signed_with_either_kind_of_key() {
    let world = World::new();
    for (name, idp) in [
        ("elliptic", Idp::new("https://a.example.com")),
        ("rsa", Idp::with_rsa("https://b.example.com")),
    ] {
        let provider = register(&world, &world.root, name, &idp);
        let role = world.role(&world.root, name, &trust(&provider), None);
        for (id, signed) in [("_1", Part::Assertion), ("_2", Part::Response)] {
            let pair = format!("{role},{provider}");
            let said = Said::new(world.now(), &[pair])
                .id(id)
                .but(|said| said.signed = signed);
            let parameters = [
                ("RoleArn", role.as_str()),
                ("PrincipalArn", &provider),
                ("SAMLAssertion", &idp.response(&said)),
            ];
            world.unsigned("AssumeRoleWithSAML", &parameters).ok();
        }
    }
}

#[test]
fn the_pair_may_be_in_either_order_and_among_others() {
    let scene = Scene::new();
    let (role, provider) = (&scene.role, &scene.provider);
    let elsewhere = "arn:aws:iam::999988887777:role/x,arn:aws:iam::999988887777:saml-provider/x";
    for (id, pairs) in [
        ("_1", vec![format!("{provider},{role}")]),
        ("_2", vec![elsewhere.to_owned(), format!("{role},{provider}")]),
    ] {
        scene.ask(&Said::new(scene.now(), &pairs).id(id)).ok();
    }
}

/// However much a role trusts the provider, its users get the roles that it says they have.
#[test]
fn a_role_that_the_assertion_does_not_give_is_refused() {
    let scene = Scene::new();
    let (role, provider) = (&scene.role, &scene.provider);
    let other = scene.role(&scene.root, "other", &trust(provider), None);
    let elsewhere = register(&scene, &scene.root, "elsewhere", &scene.idp);
    for (id, pairs) in [
        ("_1", vec![format!("{other},{provider}")]),
        ("_2", vec![format!("{role},{elsewhere}")]),
        (
            "_3",
            vec![format!("{role},{elsewhere}"), format!("{other},{provider}")],
        ),
        ("_4", vec![format!("{},{provider}", role.to_uppercase())]),
        ("_5", vec![format!("{role}s,{provider}")]),
    ] {
        let answer = scene.ask(&Said::new(scene.now(), &pairs).id(id));
        assert_eq!(
            answer.text("Message"),
            "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
            "{pairs:?}"
        );
    }
}

/// A provider is named by its own ARN, and vouches in its own account.
#[test]
fn a_provider_of_another_account_or_partition_does_not_exist() {
    let scene = Scene::new();
    let member = scene.other_account(super::scene::OTHER);
    let theirs = register(&scene, &member, "idp", &scene.idp);
    for provider in [theirs, scene.provider.replace("arn:aws:", "arn:aws-cn:")] {
        let pair = format!("{},{provider}", scene.role);
        let response = scene.idp.response(&Said::new(scene.now(), &[pair]));
        let parameters = [
            ("RoleArn", scene.role.as_str()),
            ("PrincipalArn", &provider),
            ("SAMLAssertion", &response),
        ];
        let answer = scene.unsigned("AssumeRoleWithSAML", &parameters);
        let message = answer.text("Message");
        assert!(
            message.starts_with("Specified provider doesn't exist"),
            "{message}"
        );
    }
}

#[test]
fn session_policies_limit_the_session() {
    let scene = Scene::new();
    let policy =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"}}"#;
    let response = scene.idp.response(&scene.said());
    let answer = scene.redeem(&response, &[("Policy", policy)]).ok();
    assert!(answer.find("PackedPolicySize").is_some());
    let session = answer.credentials();
    scene.iam(&session, "ListRoles", &[]).ok();
    assert_eq!(scene.iam(&session, "ListUsers", &[]).status, 403);
    // Malformed ones are refused, and spend nothing.
    let response = scene.idp.response(&scene.said().id("_2"));
    let answer = scene.redeem(&response, &[("Policy", "{")]);
    assert_eq!(answer.text("Code"), "MalformedPolicyDocument");
    scene.redeem(&response, &[]).ok();
    // A managed one limits it too.
    let response = scene.idp.response(&scene.said().id("_3"));
    let managed = [(
        "PolicyArns.member.1.arn",
        "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    )];
    let session = scene.redeem(&response, &managed).credentials();
    assert_eq!(scene.iam(&session, "ListRoles", &[]).status, 403);
}
