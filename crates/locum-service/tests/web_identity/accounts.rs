//! Whose provider it is: of the role's account, with exactly this URL, for as long as it is there.

use locum_directory::{Account, AccountStatus, Changes};
use serde_json::json;

use super::{
    issuer::{EC, STRANGER, token},
    scene::{ACCOUNT, Answer, CLIENT, DENIED, EC_ID, PLACE, Scene, URL, provider_arn, trust},
};

const OTHER: &str = "444455556666";
const ACTION: &str = r#""sts:AssumeRoleWithWebIdentity""#;

#[track_caller]
fn no_provider(answer: &Answer, issuer: &str) {
    let text = format!("No OpenIDConnect provider found in your account for {issuer}");
    answer.fails(400, "InvalidIdentityToken", &text);
}

#[test]
fn a_provider_vouches_in_its_own_account_only() {
    let scene = Scene::new();
    let other = scene.other_account(OTHER);
    // The other account trusts the first one's provider, which AWS lets it write and which grants nothing.
    let foreign = trust(&provider_arn(ACCOUNT, PLACE), ACTION, "{}");
    let role = scene.role(&other, "worker", &foreign, None);
    no_provider(&scene.assume_with(&role, json!({})), URL);
    // With a provider of its own for the same issuer, the first account's is still another one.
    scene.provider(&other, URL, &[CLIENT], &[]).ok();
    scene.register();
    scene
        .assume_with(&role, json!({}))
        .fails(403, "AccessDenied", DENIED);
    let own = trust(&provider_arn(OTHER, PLACE), ACTION, "{}");
    let parameters = [("RoleName", "worker"), ("PolicyDocument", own.as_str())];
    scene.iam(&other, "UpdateAssumeRolePolicy", &parameters).ok();
    let answer = scene.assume_with(&role, json!({})).ok();
    assert_eq!(
        answer.text("Arn"),
        format!("arn:aws:sts::{OTHER}:assumed-role/worker/session")
    );
}

#[test]
fn each_account_has_its_own_client_ids() {
    let scene = Scene::new();
    let other = scene.other_account(OTHER);
    scene.provider(&other, URL, &["client-2"], &[]).ok();
    scene.register();
    let here = scene.open_role("worker");
    let there = scene.role(
        &other,
        "worker",
        &trust(&provider_arn(OTHER, PLACE), ACTION, "{}"),
        None,
    );
    let wrong = "Incorrect token audience";
    scene.assume_with(&here, json!({})).ok();
    scene
        .assume_with(&there, json!({}))
        .fails(400, "InvalidIdentityToken", wrong);
    scene.assume_with(&there, json!({ "aud": "client-2" })).ok();
    scene
        .assume_with(&here, json!({ "aud": "client-2" }))
        .fails(400, "InvalidIdentityToken", wrong);
}

#[test]
fn issuers_that_look_alike_are_others() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    for issuer in [
        "https://idp.example.com/realms/a/",
        "https://idp.example.com/realms/A",
        "https://IDP.example.com/realms/a",
        "http://idp.example.com/realms/a",
        "https://idp.example.com:443/realms/a",
        "https://idp.example.com/realms/a?",
        "https://idp.example.com/realms/a#",
        "https://idp.example.com/realms/./a",
        "https://idp.example.com./realms/a",
        "https://idp.example.com",
        "https://idp.example.com.evil.example/realms/a",
        "https://evil.example/https://idp.example.com/realms/a",
        "https://idp.example.com/realms/\u{430}",
        " https://idp.example.com/realms/a",
        "https://idp.example.com/realms/a\u{0}",
        "idp.example.com/realms/a",
        "x://idp.example.com/realms/a",
        "",
    ] {
        let answer = scene.assume_with(&role, json!({ "iss": issuer }));
        assert_eq!(
            (answer.status, answer.text("Code")),
            (400, "InvalidIdentityToken".to_owned()),
            "{issuer:?}"
        );
        assert!(
            answer
                .text("Message")
                .starts_with("No OpenIDConnect provider found"),
            "{issuer:?}"
        );
    }
    // One that is registered for itself stands beside the first and vouches for nobody of it.
    let slash = format!("{URL}/");
    scene.provider(&scene.root, &slash, &[CLIENT], &[]).ok();
    scene.publish(&slash, &[(EC_ID, &STRANGER)]);
    let mut claims = scene.claims();
    let forged = token(EC_ID, &STRANGER, &json!(claims));
    scene.assume(&role, &forged, &[]).fails(
        400,
        "InvalidIdentityToken",
        "The token's signature could not be verified",
    );
    claims.insert("iss".to_owned(), json!(slash));
    let own = token(EC_ID, &STRANGER, &json!(claims));
    scene.assume(&role, &own, &[]).fails(403, "AccessDenied", DENIED);
}

#[test]
fn an_error_repeats_an_issuer_only_so_far() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let issuer = format!("https://{}", "a".repeat(10_000));
    let answer = scene.assume_with(&role, json!({ "iss": issuer }));
    assert!(answer.text("Message").len() < 400);
}

#[test]
fn a_role_that_is_not_there_answers_like_one_that_does_not_trust() {
    let scene = Scene::new();
    let denying = scene.trusting("denying", ACTION, &super::scene::equals("aws:RequestTag/a", "b"));
    let absent = format!("arn:aws:iam::{ACCOUNT}:role/absent");
    let shape = |answer: &Answer| {
        let mut names: Vec<_> = answer.headers.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        (answer.status, answer.text("Code"), answer.text("Message"), names)
    };
    let expected = shape(&scene.assume_with(&denying, json!({})));
    assert_eq!(
        (expected.0, &*expected.1, &*expected.2),
        (403, "AccessDenied", DENIED)
    );
    for role in [
        &*absent,
        "arn:aws:iam::111122223333:role/path/denying",
        "arn:aws:iam::111122223333:role/Denying",
        "arn:aws:iam::111122223333:user/denying",
        "arn:aws:sts::111122223333:assumed-role/denying/session",
        "arn:aws-cn:iam::111122223333:role/denying",
        "arn:aws:s3::111122223333:role/denying",
        "arn:aws:iam:us-east-1:111122223333:role/denying",
    ] {
        assert_eq!(shape(&scene.assume_with(role, json!({}))), expected, "{role}");
    }
    // Not even the sealed message differs, which shows its length: not in who, what and where, and not by the action.
    let tagged = scene.trusting("tagged", ACTION, "{}");
    scene
        .iam(
            &scene.root,
            "TagRole",
            &[
                ("RoleName", "tagged"),
                ("Tags.member.1.Key", "a"),
                ("Tags.member.1.Value", "b"),
            ],
        )
        .ok();
    let absent_too = format!("arn:aws:iam::{ACCOUNT}:role/absen2");
    let claims = json!({ "https://aws.amazon.com/tags": { "principal_tags": { "Team": ["blue"] } } });
    let sealed = |role: &str| {
        let denied = scene.assume_with(role, claims.clone());
        denied.fails(403, "AccessDenied", DENIED);
        (
            denied.header("x-locum-authorization-message").unwrap().len(),
            scene.keys(&denied),
        )
    };
    let (length, keys) = sealed(&tagged);
    let (other_length, mut other_keys) = sealed(&absent_too);
    assert_eq!(length, other_length);
    for (key, values) in &mut other_keys {
        if matches!(&**key, "aws:ARN" | "aws:Resource") {
            values[0] = values[0].replace("absen2", "tagged");
        }
    }
    assert_eq!(keys, other_keys);
    assert_eq!(keys["aws:RequestTag/Team"], ["blue"]);
    // A bad token tells as little.
    for role in [&*absent, &*denying] {
        let answer = scene.assume_with(role, json!({ "aud": "other" }));
        answer.fails(400, "InvalidIdentityToken", "Incorrect token audience");
    }
    // Of an account that is not there, what of one without the provider.
    no_provider(
        &scene.assume_with("arn:aws:iam::999999999999:role/worker", json!({})),
        URL,
    );
}

#[test]
fn roles_of_the_sign_in_portal_are_for_that_alone() {
    let scene = Scene::new();
    for name in ["AWSReservedSSO_Admin_0123456789abcdef", "awsreservedsso_x"] {
        let role = scene.open_role(name);
        scene
            .assume_with(&role, json!({}))
            .fails(403, "AccessDenied", DENIED);
    }
}

#[test]
fn a_closed_account_has_no_providers() {
    let scene = Scene::new();
    let other = scene.other_account(OTHER);
    scene.provider(&other, URL, &[CLIENT], &[]).ok();
    scene.register();
    let role = scene.role(
        &other,
        "worker",
        &trust(&provider_arn(OTHER, PLACE), ACTION, "{}"),
        None,
    );
    scene.assume_with(&role, json!({})).ok();
    let close = |snapshot: &locum_directory::Snapshot| {
        let mut account = Account::clone(snapshot.account(OTHER.parse().unwrap()).unwrap());
        account.status = AccountStatus::Suspended;
        let mut changes = Changes::new();
        changes.put(account);
        Ok::<_, ()>(((), changes))
    };
    let ((), pending) = scene.service.directory().write(close).unwrap();
    pending.wait().unwrap();
    no_provider(&scene.assume_with(&role, json!({})), URL);
}

#[test]
fn a_deleted_provider_starts_no_more_sessions_and_is_forgotten() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let session = scene.assume_with(&role, json!({})).credentials();
    let arn = provider_arn(ACCOUNT, PLACE);
    scene
        .iam(
            &scene.root,
            "DeleteOpenIDConnectProvider",
            &[("OpenIDConnectProviderArn", &arn)],
        )
        .ok();
    no_provider(&scene.assume_with(&role, json!({})), URL);
    scene.sts(&session, "GetCallerIdentity", &[]).ok();
    // Registered again, it begins without keys.
    scene.register();
    scene.provider(&scene.root, URL, &[CLIENT], &[]).ok();
    scene.register();
    assert_eq!(
        scene.assume_with(&role, json!({})).text("Code"),
        "IDPCommunicationError"
    );
    scene.publish(URL, &[(EC_ID, &EC)]);
    scene.assume_with(&role, json!({})).ok();
}

#[test]
fn a_client_id_counts_from_when_it_is_added_until_it_is_removed() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let arn = provider_arn(ACCOUNT, PLACE);
    let parameters = [
        ("OpenIDConnectProviderArn", arn.as_str()),
        ("ClientID", "client-2"),
    ];
    let second = || scene.assume_with(&role, json!({ "aud": "client-2" })).status;
    assert_eq!(second(), 400);
    scene
        .iam(&scene.root, "AddClientIDToOpenIDConnectProvider", &parameters)
        .ok();
    assert_eq!(second(), 200);
    scene
        .iam(
            &scene.root,
            "RemoveClientIDFromOpenIDConnectProvider",
            &parameters,
        )
        .ok();
    assert_eq!(second(), 400);
}

#[test]
fn tokens_of_this_deployment_are_for_others() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let own = "https://sts.example.com/0d9f8a1c-2b3d-4e5f-8a9b-0c1d2e3f4a5b";
    let answer = scene.provider(&scene.root, own, &[CLIENT], &[]);
    answer.fails(
        400,
        "InvalidInput",
        &format!("The tokens of {own} are for other services to trust."),
    );
    // Registered before the deployment had this name, it still vouches for nobody.
    let mut provider =
        locum_directory::OidcProvider::new(scene.account, own.strip_prefix("https://").unwrap(), scene.now());
    provider.client_ids = vec![CLIENT.into()];
    let put = |_: &locum_directory::Snapshot| {
        let mut changes = Changes::new();
        changes.put(provider.clone());
        Ok::<_, ()>(((), changes))
    };
    let ((), pending) = scene.service.directory().write(put).unwrap();
    pending.wait().unwrap();
    scene.publish(own, &[(EC_ID, &EC)]);
    no_provider(&scene.assume_with(&role, json!({ "iss": own })), own);
}
