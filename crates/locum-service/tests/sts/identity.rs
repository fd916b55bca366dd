//! GetCallerIdentity, GetAccessKeyInfo, GetSessionToken, DecodeAuthorizationMessage, and who may call them
//! (`facts: sts §2.8–2.12, §7`).

use super::scene::{
    ACCOUNT, ALLOW_ALL, Answer, Credentials, OTHER, Scene, all_but, allow, inline, role, trust, user_arn,
};

fn who(answer: &Answer) -> (String, String, String) {
    (answer.text("Arn"), answer.text("UserId"), answer.text("Account"))
}

#[test]
fn everyone_learns_who_it_is() {
    // §2.10.
    let scene = Scene::new();
    let alice = scene.user(ACCOUNT, "alice", |user| {
        user.path = "/team/".into();
        user.inline.push(inline(ALLOW_ALL));
    });
    let arn = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |role| {
        role.path = "/team/".into()
    });
    let ask = |who_: &Credentials| who(&scene.sts(who_, "GetCallerIdentity", &[]).ok());
    let account = ACCOUNT.to_owned();
    let root = (
        format!("arn:aws:iam::{ACCOUNT}:root"),
        account.clone(),
        account.clone(),
    );
    let user = scene
        .snapshot()
        .user(super::scene::account(ACCOUNT), "alice")
        .unwrap()
        .id
        .to_string();
    let user = (user_arn("team/alice"), user, account.clone());
    assert_eq!(ask(&scene.root), root);
    assert_eq!(ask(&alice), user);
    let session = scene.sts(&alice, "GetSessionToken", &[]).credentials();
    assert_eq!(ask(&session), user);
    let session = scene.sts(&scene.root, "GetSessionToken", &[]).credentials();
    assert_eq!(ask(&session), root);
    let session = scene.assume(&alice, &arn, &[]).credentials();
    let id = format!("{}:session", role(&scene, "worker").id);
    let expected = (
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session"),
        id,
        account.clone(),
    );
    assert_eq!(ask(&session), expected);
    let session = scene
        .sts(&alice, "GetFederationToken", &[("Name", "guest")])
        .credentials();
    let expected = (
        format!("arn:aws:sts::{ACCOUNT}:federated-user/guest"),
        format!("{ACCOUNT}:guest"),
        account,
    );
    assert_eq!(ask(&session), expected);
}

#[test]
fn no_deny_hides_who_one_is() {
    let scene = Scene::new();
    let alice = scene.user(ACCOUNT, "alice", |user| user.inline.push(inline(&all_but("*"))));
    scene.sts(&alice, "GetCallerIdentity", &[]).ok();
    // Nor does one keep a user from a session of its own (§2.12).
    scene.sts(&alice, "GetSessionToken", &[]).ok();
}

#[test]
fn the_account_of_a_key() {
    // §2.9, §3.2.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let ask = |id: &str| scene.sts(&alice, "GetAccessKeyInfo", &[("AccessKeyId", id)]);
    assert_eq!(ask("ASIAQNZGKIQY56JQ7WML").ok().text("Account"), "029608264753");
    assert_eq!(ask("ASIAY34FZKBOKMUTVV7A").ok().text("Account"), "609629065308");
    assert_eq!(ask(&alice.access_key_id).ok().text("Account"), ACCOUNT);
    for unreadable in ["AKIAIOSFODNN7EXAMPLE", "AROAQNZGKIQY56JQ7WML", "1234567890123456"] {
        let text = format!("{unreadable} is not a valid access key ID.");
        ask(unreadable).fails(400, "ValidationError", &text);
    }
}

#[test]
fn two_operations_need_a_permission_and_say_no_resource() {
    // §2.8: no `on resource`.
    let scene = Scene::new();
    let bob = scene.user(ACCOUNT, "bob", |_| ());
    let parameters = [
        ("GetAccessKeyInfo", ("AccessKeyId", "AKIAQNZGKIQY56JQ7WML")),
        ("DecodeAuthorizationMessage", ("EncodedMessage", "message")),
    ];
    for (operation, parameter) in parameters {
        let arn = user_arn("bob");
        let text = format!(
            "User: {arn} is not authorized to perform: sts:{operation} because no identity-based policy allows the \
             sts:{operation} action"
        );
        scene
            .sts(&bob, operation, &[parameter])
            .fails(403, "AccessDenied", &text);
    }
}

#[test]
fn an_explicit_deny_names_its_layer_and_its_policy() {
    // §7.2.
    let scene = Scene::new();
    let ask = |who: &Credentials| {
        let key = [("AccessKeyId", "AKIAQNZGKIQY56JQ7WML")];
        scene.sts(who, "GetAccessKeyInfo", &key).text("Message")
    };
    let says = |arn: &str, how: &str| {
        format!("User: {arn} is not authorized to perform: sts:GetAccessKeyInfo {how}")
    };
    let never = all_but("sts:GetAccessKeyInfo");
    let alice = scene.user(ACCOUNT, "alice", |user| user.inline.push(inline(&never)));
    let how = "with an explicit deny in an identity-based policy";
    assert_eq!(ask(&alice), says(&user_arn("alice"), how));
    let (id, policy) = scene.policy(ACCOUNT, "never", &never);
    let bob = scene.user(ACCOUNT, "bob", |user| user.attached.push(id));
    assert_eq!(ask(&bob), says(&user_arn("bob"), &format!("{how}: {policy}")));
    let carol = scene.user(ACCOUNT, "carol", |user| {
        user.inline.push(inline(ALLOW_ALL));
        user.boundary = Some(id);
    });
    let how = format!("with an explicit deny in a permissions boundary: {policy}");
    assert_eq!(ask(&carol), says(&user_arn("carol"), &how));
    let (id, _) = scene.policy(ACCOUNT, "narrow", &allow("s3:*", "*"));
    scene.edit_user("carol", |user| user.boundary = Some(id));
    let how = "because no permissions boundary allows the sts:GetAccessKeyInfo action";
    assert_eq!(ask(&carol), says(&user_arn("carol"), how));

    let admin = scene.admin("admin");
    let arn = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |role| {
        role.inline.push(inline(ALLOW_ALL))
    });
    let caller = format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session");
    let session = scene.assume(&admin, &arn, &[("Policy", &never)]).credentials();
    assert_eq!(
        ask(&session),
        says(&caller, "with an explicit deny in a session policy")
    );
    let narrow = allow("s3:*", "*");
    let session = scene.assume(&admin, &arn, &[("Policy", &narrow)]).credentials();
    let how = "because no session policy allows the sts:GetAccessKeyInfo action";
    assert_eq!(ask(&session), says(&caller, how));
}

#[test]
fn durations_of_get_session_token() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let expires = |who: &Credentials, more: &[(&str, &str)]| {
        let time: jiff::Timestamp = scene
            .sts(who, "GetSessionToken", more)
            .ok()
            .text("Expiration")
            .parse()
            .unwrap();
        time.as_second() - scene.now().as_second()
    };
    assert_eq!(expires(&alice, &[]), 43_200);
    assert_eq!(expires(&alice, &[("DurationSeconds", "129600")]), 129_600);
    assert_eq!(expires(&alice, &[("DurationSeconds", "900")]), 900);
    // Longer ones of the root user are cut without a word.
    assert_eq!(expires(&scene.root, &[]), 3600);
    assert_eq!(expires(&scene.root, &[("DurationSeconds", "129600")]), 3600);
    let over = scene.sts(&alice, "GetSessionToken", &[("DurationSeconds", "129601")]);
    assert_eq!(over.text("Code"), "ValidationError");
}

#[test]
fn what_each_kind_of_credentials_may_call() {
    // §7.1.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let arn = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |role| {
        role.inline.push(inline(ALLOW_ALL))
    });
    let assumed = scene.assume(&alice, &arn, &[]).credentials();
    let own = scene.sts(&alice, "GetSessionToken", &[]).credentials();
    let federated = [("Name", "guest"), ("Policy", ALLOW_ALL)];
    let federated = scene.sts(&alice, "GetFederationToken", &federated).credentials();
    let calls: [(&str, &[(&str, &str)]); 6] = [
        ("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "session")]),
        ("DecodeAuthorizationMessage", &[("EncodedMessage", "message")]),
        ("GetAccessKeyInfo", &[("AccessKeyId", "AKIAQNZGKIQY56JQ7WML")]),
        ("GetCallerIdentity", &[]),
        ("GetFederationToken", &[("Name", "guest")]),
        ("GetSessionToken", &[]),
    ];
    let allowed = [
        (&assumed, [true, true, true, true, false, false]),
        (&own, [true, false, false, true, false, false]),
        (&federated, [false, false, false, true, false, false]),
    ];
    for (who, expected) in allowed {
        for ((operation, parameters), expected) in calls.iter().zip(expected) {
            let answer = scene.sts(who, operation, parameters);
            let text = format!("Cannot call {operation} with session credentials");
            let refused = answer.find("Message") == Some(text);
            assert_eq!(!refused, expected, "{operation}: {}", answer.body);
            assert!(expected || answer.text("Code") == "AccessDenied");
        }
    }
}

#[test]
fn sessions_without_a_second_factor_are_strangers_to_iam() {
    // §1.6, §7.1: InvalidClientTokenId without a period, not AccessDenied.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let own = scene.sts(&alice, "GetSessionToken", &[]).credentials();
    let federated = [("Name", "guest"), ("Policy", ALLOW_ALL)];
    let federated = scene.sts(&alice, "GetFederationToken", &federated).credentials();
    for who in [&own, &federated] {
        let text = "The security token included in the request is invalid";
        scene
            .iam(who, "ListUsers", &[])
            .fails(403, "InvalidClientTokenId", text);
    }
}

#[test]
fn a_message_opens_for_its_account_and_for_a_day() {
    let scene = Scene::new();
    let other = scene.other_account(OTHER);
    let alice = scene.admin("alice");
    let bob = scene.user(ACCOUNT, "bob", |_| ());
    let denied = scene.assume(&bob, &format!("arn:aws:iam::{ACCOUNT}:role/nowhere"), &[]);
    let message = denied.header("x-locum-authorization-message").unwrap();
    let open = |who: &Credentials, message: &str| {
        scene.sts(who, "DecodeAuthorizationMessage", &[("EncodedMessage", message)])
    };
    open(&alice, message).ok();
    open(&scene.root, message).ok();
    assert_eq!(open(&bob, message).text("Code"), "AccessDenied");
    let invalid = |answer: Answer| {
        assert_eq!(answer.status, 400);
        assert_eq!(answer.text("Code"), "InvalidAuthorizationMessageException");
    };
    invalid(open(&other, message));
    invalid(open(&alice, "message"));
    invalid(open(&alice, &message[..message.len() - 1]));
    let (head, tail) = message.split_at(message.len() / 2);
    invalid(open(&alice, &format!("{head}\n{tail}")));
    scene.advance(24 * 3600 - 1);
    open(&alice, message).ok();
    scene.advance(1);
    invalid(open(&alice, message));
}
