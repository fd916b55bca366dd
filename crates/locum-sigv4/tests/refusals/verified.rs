//! What is rightly signed is accepted; no key of another secret helps, and nothing shown holds a secret.

use locum_crypto::SecretString;
use locum_sigv4::{AuthError, ExpectedScope, Form, Signed, Signer, SigningKeyCache, Verified};

use crate::sent::{BODY, KEY, Sent, now, secret, signer};

#[test]
fn what_is_rightly_signed_is_accepted() {
    let seen = |v: Verified<'_>| {
        assert_eq!(v.access_key_id(), KEY);
        assert_eq!((v.scope().region, v.scope().service), ("us-east-1", "sts"));
        assert_eq!((v.signed_at(), v.security_token()), (now(), None));
        assert!(v.covers("host") && !v.covers("user-agent"));
        v.form()
    };
    assert_eq!(Sent::posted().check(seen), Ok(Form::Header));
    assert_eq!(Sent::presigned().check(seen), Ok(Form::Query));
}

#[test]
fn a_rotated_secret_does_not_verify_with_the_cached_key() {
    let cache = SigningKeyCache::default();
    let sent = Sent::posted();
    let verify = |secret: &SecretString| {
        sent.with(|request| {
            let signed = Signed::parse(request)?;
            let scope = ExpectedScope {
                service: "sts",
                accepts_region: &|_| true,
            };
            let scoped = signed.check_time(now())?.check_scope(&scope)?;
            scoped.verify(secret, &cache).map(|_| ())
        })
    };
    assert_eq!(verify(&SecretString::from("rotated")), Err(AuthError::Mismatch));
    assert!(
        cache.is_empty(),
        "only the key of a verified signature is remembered"
    );
    assert_eq!(verify(&secret()), Ok(()));
    assert_eq!(cache.len(), 1);
    assert_eq!(verify(&secret()), Ok(()));
    assert_eq!(verify(&SecretString::from("rotated")), Err(AuthError::Mismatch));
}

#[test]
fn nothing_shown_holds_a_secret() {
    let token = SecretString::from("IQoJb3JpZ2luX2VjTOKEN");
    let secret = secret();
    let signer = Signer {
        session_token: Some(&token),
        ..signer(&secret)
    };
    let mut sent = Sent::new("POST", "", &[("Host", "h")], BODY);
    let added = sent.with(|request| signer.sign_headers(request, now()).unwrap());
    let signature = added.last().unwrap().1.rsplit_once('=').unwrap().1.to_owned();
    sent.headers
        .extend(added.into_iter().map(|(n, v)| (n.to_owned(), v)));
    let shown = sent.with(|request| {
        let signed = Signed::parse(request).unwrap();
        let scope = ExpectedScope {
            service: "sts",
            accepts_region: &|_| true,
        };
        let scoped = signed.check_time(now()).unwrap().check_scope(&scope).unwrap();
        let verified = scoped.verify(&secret, &SigningKeyCache::default()).unwrap();
        assert_eq!(verified.security_token(), Some(token.expose()));
        format!("{request:?} {signed:?} {scoped:?} {verified:?} {signer:?}")
    });
    for hidden in [token.expose(), secret.expose(), &signature] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
