//! What a trust policy must allow, and the one sentence when it does not.

use super::{
    idp::Said,
    scene::{ACCOUNT, ACTIONS, DENIED, OTHER, Scene, account, register, trust, trust_with},
};
use locum_directory::{Account, AccountStatus, Changes, Snapshot};

const ASSUME: &str = ACTIONS[0];
const TAG: &str = ACTIONS[1];
const IDENTIFY: &str = ACTIONS[2];

/// The actions that the trust policy allows, whether the assertion has a tag, whether a source identity; whether it works.
#[test]
fn tags_and_source_identity_need_their_own_permission() {
    let scene = Scene::new();
    for (at, (actions, tag, identity, works)) in [
        (&[ASSUME][..], false, false, true),
        (&[ASSUME], true, false, false),
        (&[ASSUME], false, true, false),
        (&[ASSUME, TAG], true, false, true),
        (&[ASSUME, TAG], false, true, false),
        (&[ASSUME, TAG], true, true, false),
        (&[ASSUME, IDENTIFY], false, true, true),
        (&[ASSUME, IDENTIFY], true, true, false),
        (&[ASSUME, TAG, IDENTIFY], true, true, true),
        (&[TAG, IDENTIFY], false, false, false),
        (&["sts:AssumeRole"], false, false, false),
        (&["sts:AssumeRoleWithWebIdentity"], false, false, false),
        (&["sts:*"], true, true, true),
    ]
    .into_iter()
    .enumerate()
    {
        let (role, said) = scene.role_with(&format!("r{at}"), &trust_with(&scene.provider, actions, "{}"));
        let said = said.but(|said| {
            if tag {
                said.aws("PrincipalTag:team", &["blue"]);
            }
            if identity {
                said.aws("SourceIdentity", &["alice"]);
            }
        });
        let answer = scene.ask_for(&role, &said);
        if works {
            answer.ok();
        } else {
            answer.fails(403, "AccessDenied", DENIED);
        }
    }
}

/// Whatever the reason, the answer is the same: code, sentence, and headers but for ids.
#[test]
fn denials_do_not_tell_one_reason_from_another() {
    let scene = Scene::new();
    let elsewhere = format!("arn:aws:iam::{ACCOUNT}:saml-provider/elsewhere");
    let (mistrusting, mistrusting_said) = scene.role_with("mistrusting", &trust(&elsewhere));
    let (untagged, untagged_said) =
        scene.role_with("untagged", &trust_with(&scene.provider, &[ASSUME], "{}"));
    let (reserved, reserved_said) = scene.role_with("AWSReservedSSO_admin", &trust(&scene.provider));
    let (small, small_said) = scene.role_with("awsreservedsso_admin2", &trust(&scene.provider));
    let denying = trust(&scene.provider).replace("\"Allow\"", "\"Deny\"");
    let (denied, denied_said) = scene.role_with("denied", &denying);
    let absent = format!("arn:aws:iam::{ACCOUNT}:role/absent");
    let with_path = format!("arn:aws:iam::{ACCOUNT}:role/path/worker");
    let other_case = format!("arn:aws:iam::{ACCOUNT}:role/Worker");
    let pair = |role: &str| format!("{role},{}", scene.provider);
    let of = |role: &str, id: &str| Said::new(scene.now(), &[pair(role)]).id(id);
    let tagged = untagged_said.but(|said| said.aws("PrincipalTag:team", &["blue"]));
    let nameless = scene.said().id("_n").but(|said| said.subject = String::new());
    let names = |answer: &super::scene::Answer| -> Vec<String> {
        answer.headers.iter().map(|(name, _)| name.clone()).collect()
    };
    let first = scene.ask_for(&absent, &of(&absent, "_a"));
    for (role, said) in [
        (&absent, of(&absent, "_a")),
        (&with_path, of(&with_path, "_p")),
        (&other_case, of(&other_case, "_c")),
        (&mistrusting, mistrusting_said),
        (&untagged, tagged),
        (&reserved, reserved_said),
        (&small, small_said),
        (&denied, denied_said),
    ] {
        let answer = scene.ask_for(role, &said);
        answer.fails(403, "AccessDenied", DENIED);
        assert_eq!(names(&answer), names(&first), "{role}");
    }
    scene.ask(&nameless).fails(403, "AccessDenied", DENIED);
}

#[test]
fn a_closed_account_has_no_roles() {
    let scene = Scene::new();
    let root = scene.other_account(OTHER);
    let provider = register(&scene, &root, "idp", &scene.idp);
    let role = scene.role(&root, "worker", &trust(&provider), None);
    let ask = |id: &str| {
        let said = Said::new(scene.now(), &[format!("{role},{provider}")]).id(id);
        let response = scene.idp.response(&said);
        let parameters = [
            ("RoleArn", role.as_str()),
            ("PrincipalArn", &provider),
            ("SAMLAssertion", &response),
        ];
        scene.unsigned("AssumeRoleWithSAML", &parameters)
    };
    let session = ask("_1").credentials();
    let close = |snapshot: &Snapshot| {
        let mut closed = Account::clone(snapshot.account(account(OTHER)).unwrap());
        closed.status = AccountStatus::Suspended;
        let mut changes = Changes::new();
        changes.put(closed);
        Ok::<_, ()>(((), changes))
    };
    scene.service.directory().write(close).unwrap().1.wait().unwrap();
    ask("_2").fails(403, "AccessDenied", DENIED);
    assert_eq!(scene.sts(&session, "GetCallerIdentity", &[]).status, 403);
}

/// The administrators of the account may learn why; the explanation names the statement and the user.
#[test]
fn the_accounts_own_people_may_read_why() {
    let scene = Scene::new();
    let (role, said) = scene.role_with(
        "strict",
        &trust_with(
            &scene.provider,
            &[ASSUME],
            r#"{"StringEquals":{"saml:sub":"bob@example.com"}}"#,
        ),
    );
    let answer = scene.ask_for(&role, &said);
    answer.fails(403, "AccessDenied", DENIED);
    let record = scene.records().pop().unwrap();
    let why = record["additionalEventData"]["authorization"]["reason"]
        .as_str()
        .unwrap();
    assert_eq!(
        why,
        "No role trust policy allows sts:AssumeRoleWithSAML on this resource. Statement 1 of the role trust policy \
         would allow it but for the condition saml:sub (StringEquals), which has another value."
    );
    let message = answer.header("x-locum-authorization-message").unwrap();
    let decoded = scene.sts(
        &scene.root,
        "DecodeAuthorizationMessage",
        &[("EncodedMessage", message)],
    );
    assert!(decoded.ok().text("DecodedMessage").contains("alice@example.com"));
}
