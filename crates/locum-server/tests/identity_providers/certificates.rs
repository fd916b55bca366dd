//! What vouches for an issuer's server: a root, or a registered thumbprint.

use locum_crypto::sha1;
use locum_federation::oidc::{FetchProblem, Keys};

use crate::{
    fixture::Fixture,
    idp::{Identity, Idp},
};

const MISMATCH: Result<&str, FetchProblem> = Err(FetchProblem::CertificateMismatch);

/// What comes of a provider with this thumbprint, without any trusted root.
fn pinned(idp: &Idp, thumbprint: [u8; 20]) -> Result<&'static str, FetchProblem> {
    let fixture = Fixture::start(&[&idp.issuer()], &[]);
    fixture.register(&idp.issuer(), &[&thumbprint]);
    fixture.outcome(&idp.issuer(), &[thumbprint])
}

#[test]
fn an_unknown_root_needs_a_thumbprint() {
    let (identity, other) = (Identity::new(), Identity::new());
    let idp = Idp::presenting(&identity, std::slice::from_ref(&identity.root));
    let fixture = Fixture::start(&[&idp.issuer()], &[&other.root]);
    assert_eq!(fixture.fetch(&idp.issuer()), MISMATCH);
    assert_eq!(idp.asked().len(), 0, "nothing was asked of an unknown server");
    assert_eq!(pinned(&idp, [7; 20]), MISMATCH);
    assert_eq!(pinned(&idp, sha1(&other.root)), MISMATCH);
    // The top of the chain, as AWS takes it, or the server's own certificate.
    assert_eq!(pinned(&idp, sha1(&identity.root)), Ok("Thumbprint"));
    assert_eq!(pinned(&idp, sha1(&identity.leaf)), Ok("Thumbprint"));
}

#[test]
fn a_trusted_root_needs_no_thumbprint() {
    let identity = Identity::new();
    let idp = Idp::https(&identity);
    let fixture = Fixture::start(&[&idp.issuer()], &[&identity.root]);
    fixture.register(&idp.issuer(), &[&[7; 20]]);
    assert_eq!(fixture.outcome(&idp.issuer(), &[[7; 20]]), Ok("IAMTrustStore"));
}

#[test]
fn a_thumbprint_must_be_presented() {
    let identity = Identity::new();
    let idp = Idp::https(&identity);
    assert_eq!(
        pinned(&idp, sha1(&identity.root)),
        MISMATCH,
        "nobody has seen that certificate"
    );
}

#[test]
fn showing_a_registered_certificate_is_not_enough() {
    let (genuine, attacker) = (Identity::new(), Identity::new());
    // The attacker's own leaf, with the genuine certificates above it.
    let idp = Idp::presenting(&attacker, std::slice::from_ref(&genuine.root));
    assert_eq!(pinned(&idp, sha1(&genuine.root)), MISMATCH);
    let idp = Idp::presenting(
        &attacker,
        &[attacker.root.clone(), genuine.leaf.clone(), genuine.root.clone()],
    );
    assert_eq!(pinned(&idp, sha1(&genuine.root)), MISMATCH);
    assert_eq!(pinned(&idp, sha1(&genuine.leaf)), MISMATCH);
}

#[test]
fn a_certificate_names_its_host_and_is_valid_now() {
    let elsewhere = Identity::with(|params| {
        *params = rcgen::CertificateParams::new(["idp.example.com".to_owned()]).unwrap();
    });
    let expired = Identity::with(|params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    for identity in [&elsewhere, &expired] {
        let idp = Idp::presenting(identity, std::slice::from_ref(&identity.root));
        assert_eq!(pinned(&idp, sha1(&identity.root)), MISMATCH);
        let fixture = Fixture::start(&[&idp.issuer()], &[&identity.root]);
        assert_eq!(fixture.fetch(&idp.issuer()), MISMATCH);
    }
    let idp = Idp::https(&elsewhere);
    assert_eq!(pinned(&idp, sha1(&elsewhere.leaf)), MISMATCH, "another host's");
}

#[test]
fn a_new_thumbprint_is_tried_at_once() {
    let identity = Identity::new();
    let idp = Idp::presenting(&identity, std::slice::from_ref(&identity.root));
    let (good, bad) = (sha1(&identity.root), [7; 20]);
    let fixture = Fixture::start(&[&idp.issuer()], &[]);
    fixture.register(&idp.issuer(), &[&bad]);
    assert_eq!(fixture.outcome(&idp.issuer(), &[bad]), MISMATCH);
    fixture.delete(&idp.issuer());
    fixture.register(&idp.issuer(), &[&bad, &good]);
    crate::fixture::eventually(|| matches!(fixture.look_up(&idp.issuer(), &[good]), Keys::Ready(_)));
    assert!(matches!(
        fixture.look_up(&idp.issuer(), &[bad]),
        Keys::Failed(FetchProblem::CertificateMismatch)
    ));
}
