//! From whom nothing is fetched.

use locum_federation::oidc::{FetchProblem, Keys};
use locum_server::AllowedIssuers;

use crate::{
    fixture::Fixture,
    idp::{Answer, DISCOVERY, Identity, Idp},
};

#[test]
fn private_addresses_are_refused_unless_the_operator_names_the_issuer() {
    let identity = Identity::new();
    let idp = Idp::https(&identity);
    let fixture = Fixture::start(&[], &[&identity.root]);
    let port = idp.address.port();
    // A name that resolves to one, the address itself, and other spellings of it.
    for host in [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
    ] {
        let issuer = format!("https://{host}:{port}/tenant");
        assert_eq!(fixture.fetch(&issuer), Err(FetchProblem::Forbidden), "{issuer}");
    }
    assert_eq!(idp.connections(), 0, "nobody came");

    let fixture = Fixture::start(&[&idp.issuer()], &[&identity.root]);
    assert_eq!(fixture.fetch(&idp.issuer()), Ok("IAMTrustStore"));
    let Keys::Ready(ready) = fixture.look_up(&idp.issuer(), &[]) else {
        panic!("the keys are there");
    };
    assert_eq!(ready.key_set().len(), 4);
}

#[test]
fn an_issuer_is_allowed_to_the_letter() {
    let identity = Identity::new();
    let idp = Idp::https(&identity);
    let issuer = idp.issuer();
    let fixture = Fixture::start(&[&issuer], &[&identity.root]);
    for other in [
        format!("{issuer}/"),
        format!("{issuer}/x"),
        issuer.replace("tenant", "Tenant"),
        idp.url(""),
    ] {
        assert_eq!(fixture.fetch(&other), Err(FetchProblem::Forbidden), "{other}");
    }
    assert_eq!(idp.connections(), 0);
    assert_eq!(fixture.fetch(&issuer), Ok("IAMTrustStore"));
}

#[test]
fn http_is_refused_unless_the_operator_names_the_issuer() {
    let idp = Idp::http();
    let fixture = Fixture::start(&[&idp.issuer().replace("http", "https")], &[]);
    assert_eq!(fixture.fetch(&idp.issuer()), Err(FetchProblem::Forbidden));
    assert_eq!(idp.connections(), 0);
    let fixture = Fixture::start(&[&idp.issuer()], &[]);
    assert_eq!(fixture.fetch(&idp.issuer()), Ok("IAMTrustStore"));
}

#[test]
fn an_allowed_issuer_may_keep_its_keys_elsewhere_but_not_without_tls() {
    let identity = Identity::new();
    let (idp, other, plain) = (Idp::https(&identity), Idp::https(&identity), Idp::http());
    let elsewhere = other.url("/keys").replace("localhost", "127.0.0.1");
    idp.answer(
        DISCOVERY,
        Answer::Document(idp.discovery(&idp.issuer(), &elsewhere)),
    );
    let fixture = Fixture::start(&[&idp.issuer()], &[&identity.root]);
    assert_eq!(fixture.fetch(&idp.issuer()), Ok("IAMTrustStore"));
    assert_eq!(other.asked().len(), 1);

    idp.answer(
        DISCOVERY,
        Answer::Document(idp.discovery(&idp.issuer(), &plain.url("/keys"))),
    );
    let fixture = Fixture::start(&[&idp.issuer()], &[&identity.root]);
    assert_eq!(fixture.fetch(&idp.issuer()), Err(FetchProblem::Forbidden));
    assert_eq!(plain.connections(), 0);
}

#[test]
fn a_redirect_leads_nowhere() {
    let identity = Identity::new();
    let (idp, target) = (Idp::https(&identity), Idp::https(&identity));
    for path in [DISCOVERY, "/keys"] {
        for status in [
            "301 Moved Permanently",
            "302 Found",
            "303 See Other",
            "307 Temporary Redirect",
            "308 Permanent Redirect",
        ] {
            let location = target.url(path);
            idp.answer(
                path,
                Answer::raw(format!(
                    "HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
                )),
            );
            let fixture = Fixture::start(&[&idp.issuer(), &target.issuer()], &[&identity.root]);
            assert_eq!(
                fixture.fetch(&idp.issuer()),
                Err(FetchProblem::BadDocument),
                "{status}"
            );
        }
        idp.answer(
            DISCOVERY,
            Answer::Document(idp.discovery(&idp.issuer(), &idp.url("/keys"))),
        );
    }
    assert_eq!(target.connections(), 0);
}

#[test]
fn only_a_url_can_be_allowed() {
    let mut allowed = AllowedIssuers::default();
    for issuer in [
        "",
        "idp.example.com",
        "ftp://h",
        "https://user@h",
        "https://h#x",
        "https://h?x",
        "https://",
    ] {
        assert!(allowed.allow(issuer).is_err(), "{issuer}");
    }
    for issuer in [
        "https://kubernetes.default.svc.cluster.local",
        "http://10.0.0.1:8080/realms/x",
    ] {
        assert!(allowed.allow(issuer).is_ok(), "{issuer}");
    }
}
