//! Who signed this, and what is answered when it is not clear (`facts: sts §1.6`).

use locum_directory::KeyStatus;
use locum_directory::{AccessKey, Changes};

use super::scene::{ACCOUNT, Credentials, EXPIRED, INVALID, MISMATCH, Scene, Wire, trust};

fn session(scene: &Scene) -> Credentials {
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    scene.assume(&alice, &role, &[]).credentials()
}

fn identity(scene: &Scene, who: &Credentials) -> Wire {
    Wire::identity().signed(who, scene.now())
}

/// The signature made wrong in its last digit.
fn unsign(authorization: &str) -> String {
    let (rest, last) = authorization.split_at(authorization.len() - 1);
    format!("{rest}{}", if last == "0" { '1' } else { '0' })
}

#[test]
fn without_any_signature() {
    let scene = Scene::new();
    Wire::identity().send(&scene).fails(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
}

#[test]
fn parts_missing() {
    let scene = Scene::new();
    let text = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
                parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires \
                existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256";
    Wire::identity()
        .header("authorization", "AWS4-HMAC-SHA256")
        .send(&scene)
        .fails(400, "IncompleteSignature", text);
}

#[test]
fn a_clock_that_is_wrong() {
    let scene = Scene::new();
    let now = scene.now();
    let request = identity(&scene, &scene.root);
    scene.advance(15 * 60);
    assert_eq!(request.send(&scene).status, 200);
    scene.advance(1);
    let text = "Signature expired: 20261122T120000Z is now earlier than 20261122T120001Z (20261122T121501Z - 15 min.)";
    request.send(&scene).fails(403, "SignatureDoesNotMatch", text);
    scene.advance(-2 * 15 * 60 - 2);
    let text = "Signature not yet current: 20261122T120000Z is still later than 20261122T115959Z (20261122T114459Z + 15 \
                min.)";
    Wire::identity()
        .signed(&scene.root, now)
        .send(&scene)
        .fails(403, "SignatureDoesNotMatch", text);
}

#[test]
fn scopes_of_other_regions_and_services() {
    let scene = Scene::new();
    let ask = |region: &str, service: &str, text: &str| {
        let mut wire = Wire::identity();
        (wire.region, wire.service) = (region.to_owned(), service.to_owned());
        let answer = wire.signed(&scene.root, scene.now()).send(&scene);
        answer.fails(403, "SignatureDoesNotMatch", text);
    };
    let region = "Credential should be scoped to a valid region. ";
    let service = "Credential should be scoped to correct service: 'sts'. ";
    ask("nowhere", "sts", region);
    ask("us-east-1", "iam", service);
    ask("nowhere", "iam", &format!("{region}{service}"));
}

#[test]
fn the_scope_comes_before_the_token_and_the_token_before_the_signature() {
    // ORACLE: scope errors beat token and signature errors.
    let scene = Scene::new();
    let mut nobody = session(&scene);
    nobody.access_key_id = "ASIAQNZGKIQY56JQ7WML".to_owned();
    let mut wire = Wire::identity();
    wire.region = "nowhere".to_owned();
    wire.signed(&nobody, scene.now())
        .replace("authorization", unsign)
        .send(&scene)
        .fails(
            403,
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region. ",
        );
    identity(&scene, &nobody)
        .replace("authorization", unsign)
        .send(&scene)
        .fails(403, "InvalidClientTokenId", INVALID);
}

#[test]
fn an_unknown_or_inactive_key() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let unknown = Credentials {
        access_key_id: "AKIAQNZGKIQY56JQ7WML".to_owned(),
        ..alice.clone()
    };
    identity(&scene, &unknown)
        .send(&scene)
        .fails(403, "InvalidClientTokenId", INVALID);
    scene.change(|snapshot| {
        let id = alice.access_key_id.parse().unwrap();
        let mut key = AccessKey::clone(snapshot.access_key(&id).unwrap());
        key.status = KeyStatus::Inactive;
        let mut changes = Changes::new();
        changes.put(key);
        changes
    });
    identity(&scene, &alice)
        .send(&scene)
        .fails(403, "InvalidClientTokenId", INVALID);
}

#[test]
fn a_wrong_signature_or_another_body() {
    let scene = Scene::new();
    let refused = |wire: Wire| wire.send(&scene).fails(403, "SignatureDoesNotMatch", MISMATCH);
    let wire = identity(&scene, &scene.root);
    refused(wire.clone().replace("authorization", unsign));
    let mut other = wire;
    other.body = Wire::post(&[("Action", "GetSessionToken"), ("Version", "2011-06-15")]).body;
    refused(other);
    let unsigned = Wire::identity().header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    refused(unsigned.signed(&scene.root, scene.now()));
    let mut secret = scene.root.clone();
    secret.secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into();
    refused(identity(&scene, &secret));
}

#[test]
fn a_session_of_a_deleted_role_even_with_a_bad_signature() {
    let scene = Scene::new();
    let session = session(&scene);
    scene.delete_role("worker");
    identity(&scene, &session)
        .send(&scene)
        .fails(403, "InvalidClientTokenId", INVALID);
    identity(&scene, &session)
        .replace("authorization", unsign)
        .send(&scene)
        .fails(403, "InvalidClientTokenId", INVALID);
}

#[test]
fn a_session_of_a_role_deleted_and_made_again() {
    let scene = Scene::new();
    let session = session(&scene);
    scene.delete_role("worker");
    scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    identity(&scene, &session)
        .send(&scene)
        .fails(403, "InvalidClientTokenId", INVALID);
}

#[test]
fn an_expired_session_says_so_whatever_else_is_wrong() {
    let scene = Scene::new();
    let session = session(&scene);
    scene.advance(3599);
    assert_eq!(identity(&scene, &session).send(&scene).status, 200);
    scene.advance(1);
    identity(&scene, &session)
        .send(&scene)
        .fails(403, "ExpiredToken", EXPIRED);
    identity(&scene, &session)
        .replace("authorization", unsign)
        .send(&scene)
        .fails(403, "ExpiredToken", EXPIRED);
    scene.delete_role("worker");
    identity(&scene, &session)
        .send(&scene)
        .fails(403, "ExpiredToken", EXPIRED);
}

#[test]
fn a_malformed_query() {
    let scene = Scene::new();
    let mut wire = Wire::get(&[]);
    wire.query = "Action=GetCallerIdentity&Version=2011-06-15&x=%".to_owned();
    let answer = wire.clone().send(&scene);
    answer.fails(
        400,
        "MalformedQueryString",
        "Incomplete trailing escape % sequence",
    );
    wire.query = "Action=GetCallerIdentity&Version=2011-06-15&x=%zz".to_owned();
    let answer = wire.send(&scene);
    answer.fails(
        400,
        "MalformedQueryString",
        "Illegal hex character in escape % pattern: %zz",
    );
}
