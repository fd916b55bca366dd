//! Where a response may be made for.

use locum_names::Partition;
use locum_service::{SamlRecipients, Settings};

use super::{idp::Said, scene::Scene};
use crate::harness::World;

const OWN: &str = "https://sts.example.com/saml";

/// Whether a response for this address is accepted, and one whose audience it is as well.
fn accepted(scene: &Scene, url: &str, id: &str) -> bool {
    let said = |id: &str| {
        scene
            .said()
            .id(id)
            .but(|said| url.clone_into(&mut said.recipient))
    };
    let by_name = scene.ask(&said(&format!("_n{id}")));
    let as_audience: Said = said(&format!("_a{id}")).but(|said| url.clone_into(&mut said.audience));
    let as_audience = scene.ask(&as_audience);
    assert_eq!(by_name.status, as_audience.status, "{url}");
    if by_name.status == 200 {
        assert_eq!(by_name.text("Audience"), url);
    } else {
        let text = "Invalid SAML response: the destination is another one";
        by_name.fails(400, "InvalidIdentityToken", text);
    }
    by_name.status == 200
}

#[track_caller]
fn check(edit: impl FnOnce(&mut Settings), good: &[&str], bad: &[&str]) {
    let scene = Scene::of(World::with_settings(edit));
    for (at, url) in good.iter().enumerate() {
        assert!(accepted(&scene, url, &format!("g{at}")), "{url}");
    }
    for (at, url) in bad.iter().enumerate() {
        assert!(!accepted(&scene, url, &format!("b{at}")), "{url}");
    }
}

#[test]
fn what_was_set_up_for_aws_and_our_own_address() {
    check(
        |_| (),
        &[
            "https://signin.aws.amazon.com/saml",
            "https://signin.aws.amazon.com/static/saml",
            "https://us-east-1.signin.aws.amazon.com/saml",
            "https://eu-central-2.signin.aws.amazon.com/saml",
            OWN,
        ],
        &[
            "https://signin.aws.amazon.com/saml/",
            "http://signin.aws.amazon.com/saml",
            "https://evil.signin.aws.amazon.com/saml",
            "https://eu-west-1.signin.aws.amazon.com.evil.example/saml",
            "https://signin.amazonaws.cn/saml",
            "https://sts.example.com",
            "urn:amazon:webservices",
        ],
    );
}

#[test]
fn what_an_operator_names_replaces_awss_addresses() {
    check(
        |settings| {
            settings.saml_recipients = SamlRecipients::Only(vec!["https://login.example.com/acs".to_owned()]);
        },
        &["https://login.example.com/acs", OWN],
        &[
            "https://signin.aws.amazon.com/saml",
            "https://login.example.com/acs/",
        ],
    );
}

#[test]
fn other_partitions_have_addresses_of_their_own() {
    for (partition, recipients) in [
        (
            Partition::China,
            &[
                "https://signin.amazonaws.cn/saml",
                "https://{region}.signin.amazonaws.cn/saml",
                OWN,
            ][..],
        ),
        (
            Partition::UsGov,
            &[
                "https://signin.amazonaws-us-gov.com/saml",
                "https://{region}.signin.amazonaws-us-gov.com/saml",
                OWN,
            ],
        ),
        (Partition::Iso, &[OWN]),
        (Partition::Eusc, &[OWN]),
    ] {
        let mut found = Vec::new();
        World::with_settings(|settings| {
            settings.partition = partition;
            found = settings.saml_recipients().into_iter().map(String::from).collect();
            settings.partition = Partition::Aws;
        });
        assert_eq!(found, recipients, "{partition}");
    }
}

/// A trailing part of the audience's own list suffices, and an audience alone does not.
#[test]
fn the_audience_is_aws_or_an_address() {
    let scene = Scene::new();
    for (at, (audience, status)) in [
        ("urn:amazon:webservices", 200),
        ("https://signin.aws.amazon.com/saml", 200),
        (OWN, 200),
        ("urn:amazon:webservices:govcloud", 400),
        ("https://other.example.com", 400),
        ("", 400),
    ]
    .into_iter()
    .enumerate()
    {
        let said = scene
            .said()
            .id(&format!("_{at}"))
            .but(|said| audience.clone_into(&mut said.audience));
        assert_eq!(scene.ask(&said).status, status, "{audience}");
    }
}
