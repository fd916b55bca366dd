//! An entity of each kind that federation, MFA and delegation need.

use jiff::{SignedDuration, Timestamp};
use locum_crypto::{SecretBytes, SecretString, SeededRandom};
use locum_directory::{
    AssertionEncryption, DelegationApproval, DelegationParty, DelegationRequest, DelegationState,
    DelegationToken, Entity, IssuerScheme, KeyOwner, MfaDevice, OidcProvider, OutboundAlgorithm,
    OutboundFederation, OutboundKey, PolicyParameter, Revision, SamlPrivateKey, SamlProvider, Tag,
    UsedAssertion, WrongGuesses,
};

use crate::fixture::{account, now};

pub(crate) fn later(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

fn tags() -> Vec<Tag> {
    vec![Tag {
        key: "Team".into(),
        value: "\"quoted\"\n".into(),
    }]
}

pub(crate) fn saml(name: &str, seed: u64) -> SamlProvider {
    let certificates = vec![Box::from([0x30, 0, 0xff]), Box::from([0x30, 1])];
    let mut rng = SeededRandom::new(seed);
    let metadata = "<EntityDescriptor entityID=\"https://idp.example\">\n</EntityDescriptor>";
    SamlProvider::new(
        account(),
        name,
        metadata,
        "https://idp.example",
        certificates,
        now(),
        &mut rng,
    )
}

/// A provider with a value in every field.
pub(crate) fn full_saml() -> SamlProvider {
    let key = |id: &str, added| SamlPrivateKey {
        id: id.into(),
        added,
        pem: SecretString::from("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"),
    };
    SamlProvider {
        valid_until: later(1000),
        encryption: AssertionEncryption::Required,
        private_keys: vec![key("OLD", now()), key("NEW", later(1))],
        tags: tags(),
        ..saml("Corporate.IdP", 1)
    }
}

pub(crate) fn full_oidc() -> OidcProvider {
    OidcProvider {
        scheme: IssuerScheme::Http,
        client_ids: vec!["sts.amazonaws.com".into(), "a \"b\"".into()],
        thumbprints: vec!["0123456789abcdef0123456789ABCDEF01234567".into()],
        tags: tags(),
        ..OidcProvider::new(account(), "idp.example/Realm", now())
    }
}

pub(crate) fn device(name: &str) -> MfaDevice {
    MfaDevice::new(account(), "/", name, SecretBytes::new([7; 40]), now())
}

pub(crate) fn full_device(owner: KeyOwner) -> MfaDevice {
    MfaDevice {
        path: "/team/".into(),
        owner: Some(owner),
        enabled_at: Some(later(1)),
        last_step: Some(59_000_000),
        drift: -1,
        failures: Some(WrongGuesses {
            count: 3,
            since: later(2),
        }),
        locked_until: Some(later(3)),
        tags: tags(),
        ..device("phone")
    }
}

pub(crate) fn full_outbound() -> OutboundFederation {
    let key = |kid: &str, algorithm, published_until| OutboundKey {
        kid: kid.into(),
        algorithm,
        pkcs8: SecretBytes::new(kid.as_bytes()),
        created: now(),
        signs_from: later(1),
        published_until,
    };
    OutboundFederation {
        enabled: false,
        keys: vec![
            key("RSA_0", OutboundAlgorithm::Rs256, Some(later(9))),
            key("EC384_0", OutboundAlgorithm::Es384, None),
        ],
        ..OutboundFederation::new(account(), now(), &mut SeededRandom::new(3))
    }
}

/// A request that nobody owns yet.
pub(crate) fn request(id: &str, workflow: &str) -> DelegationRequest {
    DelegationRequest {
        revision: Revision::NEW,
        id: id.into(),
        requestor: account(),
        requestor_name: "Example".into(),
        workflow_id: workflow.into(),
        description: "Backups".into(),
        message: None,
        template_arn: None,
        parameters: Vec::new(),
        permission_policy: "{}".into(),
        role_restrictions: Vec::new(),
        notification_channel: "backups".into(),
        redirect_url: None,
        session_duration: 3600,
        only_send_by_owner: false,
        owner_account: None,
        owner: None,
        approval: None,
        token: None,
        notes: None,
        rejection_reason: None,
        state: DelegationState::Unassigned,
        created: now(),
        updated: now(),
        expires: later(10),
    }
}

/// A finalized request with a value in every field.
pub(crate) fn full_request() -> DelegationRequest {
    let root = DelegationParty {
        account: account(),
        principal: None,
        arn: "arn:aws:iam::123456789012:root".into(),
    };
    let role = DelegationParty {
        account: account(),
        principal: Some("AROAQNZGKIQY56JQ7WML2".parse().unwrap()),
        arn: "arn:aws:sts::123456789012:assumed-role/approver/alice".into(),
    };
    DelegationRequest {
        message: Some("again, \"please\"".into()),
        template_arn: Some("arn:aws:iam::123456789012:policy/template".into()),
        parameters: vec![PolicyParameter {
            name: "bucket".into(),
            values: vec!["a".into(), "b".into()],
            is_list: true,
        }],
        role_restrictions: vec!["arn:aws:iam::aws:policy/AdministratorAccess".into()],
        redirect_url: Some("https://example.com/".into()),
        only_send_by_owner: true,
        owner_account: Some(account()),
        owner: Some(root),
        approval: Some(DelegationApproval {
            by: role,
            at: later(1),
            session_issued_at: Some(now()),
            mfa_at: Some(now()),
            session_name: Some("alice".into()),
            session_tags: tags(),
            source_identity: Some("alice".into()),
        }),
        token: Some(DelegationToken {
            digest: [5; 32],
            sent: later(2),
            used: Some(later(3)),
        }),
        notes: Some("fine".into()),
        rejection_reason: Some("once".into()),
        state: DelegationState::Finalized,
        updated: later(3),
        ..request("delegation-request-1", "workflow-1")
    }
}

/// Every new kind of entity, with a value in every field.
pub(crate) fn one_of_each() -> [Entity; 6] {
    [
        full_saml().into(),
        full_oidc().into(),
        full_device(KeyOwner::Root(account())).into(),
        UsedAssertion::new(account(), [9; 32], later(5)).into(),
        full_outbound().into(),
        full_request().into(),
    ]
}
