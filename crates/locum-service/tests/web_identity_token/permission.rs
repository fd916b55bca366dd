//! Who gets a token, and for how long. Texts and the order of the checks are recorded.

use super::scene::{ACCOUNT, AUDIENCE, Answer, Credentials, Scene, World, borrowed, numbered};

fn policy(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn allow(action: &str, resource: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}","Condition":{condition}}}"#)
}

fn because(caller: &str, action: &str, why: &str) -> String {
    format!(
        "User: arn:aws:iam::{ACCOUNT}:user/{caller} is not authorized to perform: sts:{action} on resource: \
         arn:aws:sts::{ACCOUNT}:self {why}"
    )
}

fn no_policy(caller: &str, action: &str) -> String {
    let why = format!("because no identity-based policy allows the sts:{action} action");
    because(caller, action, &why)
}

#[track_caller]
fn denied(answer: &Answer, text: &str) {
    answer.fails(403, "AccessDenied", text);
}

#[test]
fn a_policy_must_allow_it() {
    let scene = Scene::new();
    let nobody = scene.user(&scene.root, "nobody", None);
    denied(
        &scene.ask(&nobody, &[]),
        &no_policy("nobody", "GetWebIdentityToken"),
    );

    let stopped = policy(
        r#"{"Effect":"Allow","Action":"sts:*","Resource":"*"},{"Effect":"Deny","Action":"sts:GetWebIdentityToken","Resource":"*"}"#,
    );
    let stopped = scene.user(&scene.root, "stopped", Some(&stopped));
    let why = "with an explicit deny in an identity-based policy";
    denied(
        &scene.ask(&stopped, &[]),
        &because("stopped", "GetWebIdentityToken", why),
    );

    let own = format!("arn:aws:iam::{ACCOUNT}:user/narrow");
    let narrow = policy(&allow("sts:GetWebIdentityToken", &own, "{}"));
    let narrow = scene.user(&scene.root, "narrow", Some(&narrow));
    denied(
        &scene.ask(&narrow, &[]),
        &no_policy("narrow", "GetWebIdentityToken"),
    );

    let this = format!("arn:aws:sts::{ACCOUNT}:self");
    let exact = policy(&allow("sts:*GetWebIdentityToken", &this, "{}"));
    let exact = scene.user(&scene.root, "exact", Some(&exact));
    let tags = numbered(&[("team", "test")]);
    scene.ask(&exact, &borrowed(&tags)).ok();
}

#[test]
fn audience_algorithm_and_duration_are_condition_keys() {
    let scene = Scene::new();
    let condition = format!(
        r#"{{"ForAllValues:StringEquals":{{"sts:IdentityTokenAudience":["{AUDIENCE}"]}},"StringEquals":{{"sts:SigningAlgorithm":"RS256"}},"NumericEquals":{{"sts:DurationSeconds":"300"}}}}"#
    );
    let document = policy(&allow("sts:GetWebIdentityToken", "*", &condition));
    let held = scene.user(&scene.root, "held", Some(&document));
    // The default duration counts as if it had been given.
    scene.ask(&held, &[]).ok();
    scene.ask(&held, &[("DurationSeconds", "300")]).ok();
    for more in [
        &[("DurationSeconds", "301")][..],
        &[("SigningAlgorithm", "ES384")],
        &[("Audience.member.2", "other")],
    ] {
        denied(&scene.ask(&held, more), &no_policy("held", "GetWebIdentityToken"));
    }
}

#[test]
fn tags_need_a_permission_of_their_own() {
    let scene = Scene::new();
    let team = numbered(&[("team", "test")]);
    let document = policy(&allow("sts:GetWebIdentityToken", "*", "{}"));
    let plain = scene.user(&scene.root, "plain", Some(&document));
    scene.ask(&plain, &[]).ok();
    denied(
        &scene.ask(&plain, &borrowed(&team)),
        &no_policy("plain", "TagGetWebIdentityToken"),
    );

    let condition = r#"{"StringEquals":{"aws:RequestTag/team":"test"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#;
    let document = policy(&format!(
        "{},{}",
        allow("sts:GetWebIdentityToken", "*", "{}"),
        allow("sts:TagGetWebIdentityToken", "*", condition)
    ));
    let tagger = scene.user(&scene.root, "tagger", Some(&document));
    scene.ask(&tagger, &borrowed(&team)).ok();
    for tags in [
        &[("team", "other")][..],
        &[("extra", "test")],
        &[("team", "test"), ("extra", "test")],
    ] {
        let tags = numbered(tags);
        denied(
            &scene.ask(&tagger, &borrowed(&tags)),
            &no_policy("tagger", "TagGetWebIdentityToken"),
        );
    }
}

#[test]
fn session_policies_and_boundaries_hold() {
    let scene = Scene::new();
    scene.make_role("/", "worker", &[]);
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sts:GetWebIdentityToken","Resource":"*"}}"#;
    let session = scene.session("worker", &[("Policy", document)]);
    let text = format!(
        "User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/session is not authorized to perform: \
         sts:GetWebIdentityToken on resource: arn:aws:sts::{ACCOUNT}:self with an explicit deny in a session policy"
    );
    denied(&scene.ask(&session, &[]), &text);

    let alice = scene.asker("alice");
    let document =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}"#;
    let made = scene.iam(
        &scene.root,
        "CreatePolicy",
        &[("PolicyName", "fence"), ("PolicyDocument", document)],
    );
    let arn = made.ok().text("Arn");
    let boundary = [("UserName", "alice"), ("PermissionsBoundary", arn.as_str())];
    scene
        .iam(&scene.root, "PutUserPermissionsBoundary", &boundary)
        .ok();
    let why = "because no permissions boundary allows the sts:GetWebIdentityToken action";
    denied(
        &scene.ask(&alice, &[]),
        &because("alice", "GetWebIdentityToken", why),
    );
}

#[test]
fn the_three_operations_of_iam_need_permission() {
    let scene = Scene::new();
    let nobody = scene.user(&scene.root, "nobody", None);
    for operation in [
        "EnableOutboundWebIdentityFederation",
        "DisableOutboundWebIdentityFederation",
        "GetOutboundWebIdentityFederationInfo",
    ] {
        let text = format!(
            "User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: iam:{operation} on resource: * \
             because no identity-based policy allows the iam:{operation} action"
        );
        denied(&scene.iam(&nobody, operation, &[]), &text);
    }
}

#[test]
fn some_credentials_get_no_token_whatever_policies_say() {
    let scene = Scene::new();
    let root = "GetWebIdentityToken does not support the root user";
    denied(&scene.ask(&scene.root, &[]), root);
    let session = scene.sts(&scene.root, "GetSessionToken", &[]).credentials();
    denied(&scene.ask(&session, &[]), root);

    let all = policy(&allow("*", "*", "{}"));
    let alice = scene.user(&scene.root, "alice", Some(&all));
    let federated = [("Name", "guest"), ("Policy", all.as_str())];
    let guest = scene.sts(&alice, "GetFederationToken", &federated).credentials();
    let text = "GetWebIdentityToken does not support federated user sessions";
    denied(&scene.ask(&guest, &[]), text);

    // Documented otherwise, recorded so.
    let session = scene.sts(&alice, "GetSessionToken", &[]).credentials();
    let token = scene.ask(&session, &[]).ok().text("WebIdentityToken");
    let token = scene.partner().verify(&token).unwrap();
    assert_eq!(token.of_aws()["original_session_exp"], "2026-11-23T00:00:00Z");
    assert_eq!(token.claims["sub"], format!("arn:aws:iam::{ACCOUNT}:user/alice"));
}

#[test]
fn an_assumed_root_gets_no_token() {
    let scene = Scene::new();
    let member = scene.other_account("444455556666");
    scene
        .iam(&member, "EnableOutboundWebIdentityFederation", &[])
        .ok();
    let admin = scene.user(&scene.root, "admin", Some(&policy(&allow("*", "*", "{}"))));
    scene
        .iam(&admin, "EnableOrganizationsRootCredentialsManagement", &[])
        .ok();
    scene.iam(&admin, "EnableOrganizationsRootSessions", &[]).ok();
    let task = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";
    let parameters = [("TargetPrincipal", "444455556666"), ("TaskPolicyArn.arn", task)];
    let root = scene.sts(&admin, "AssumeRoot", &parameters).credentials();
    denied(
        &scene.ask(&root, &[]),
        "Cannot call GetWebIdentityToken with session credentials",
    );
}

#[test]
fn a_token_ends_before_the_session_that_asks_for_it() {
    let scene = Scene::new();
    scene.make_role("/", "worker", &[]);
    let session = scene.session("worker", &[("DurationSeconds", "900")]);
    let escalates = |who: &Credentials, seconds: &str| {
        let text = "Requested token expiry time must be before the original session's expiry time.";
        scene.ask(who, &[("DurationSeconds", seconds)]).fails(
            403,
            "SessionDurationEscalationException",
            text,
        );
    };
    escalates(&session, "3600");
    escalates(&session, "900");
    scene.ask(&session, &[("DurationSeconds", "899")]).ok();
    scene.advance(700);
    escalates(&session, "200");
    scene.ask(&session, &[("DurationSeconds", "199")]).ok();
    // A user's own key has no end.
    scene
        .ask(&scene.asker("alice"), &[("DurationSeconds", "3600")])
        .ok();

    // Recorded: said even where nothing is issued at all.
    scene
        .iam(&scene.root, "DisableOutboundWebIdentityFederation", &[])
        .ok();
    escalates(&session, "3600");
}

#[test]
fn parameters_are_held_to_the_recorded_limits() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let unsupported = "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for \
                       supported algorithms";
    for algorithm in ["RS384", "ES256", "HS256", "rs256", "NONE5"] {
        scene
            .ask(&alice, &[("SigningAlgorithm", algorithm)])
            .fails(400, "ValidationError", unsupported);
    }
    let invalid = |more: &[(&str, &str)], text: &str| {
        let text = format!("1 validation error detected: {text}");
        scene.ask(&alice, more).fails(400, "ValidationError", &text);
    };
    invalid(
        &[("SigningAlgorithm", "none")],
        "Value 'none' at 'signingAlgorithm' failed to satisfy constraint: Member must have length greater than or \
         equal to 5",
    );
    invalid(
        &[("DurationSeconds", "59")],
        "Value '59' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal \
         to 60",
    );
    invalid(
        &[("DurationSeconds", "3601")],
        "Value '3601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal \
         to 3600",
    );
    for tags in [
        [("team", "one"), ("team", "two")],
        [("team", "one"), ("Team", "two")],
    ] {
        let tags = numbered(&tags);
        scene.ask(&alice, &borrowed(&tags)).fails(
            400,
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        );
    }
    let without = scene.sts(&alice, "GetWebIdentityToken", &[("SigningAlgorithm", "RS256")]);
    assert_eq!(without.status, 400);
    let least = [("DurationSeconds", "60"), ("SigningAlgorithm", "ES384")];
    scene.ask(&alice, &least).ok();
}

#[test]
fn a_disabled_user_or_deleted_role_gets_no_more_tokens() {
    let scene = Scene::new();
    scene.make_role("/", "worker", &[]);
    let session = scene.session("worker", &[]);
    scene.ask(&session, &[]).ok();
    let world: &World = &scene;
    world
        .iam(
            &world.root,
            "DeleteRolePolicy",
            &[("RoleName", "worker"), ("PolicyName", "ask")],
        )
        .ok();
    assert_eq!(scene.ask(&session, &[]).status, 403);
    world
        .iam(&world.root, "DeleteRole", &[("RoleName", "worker")])
        .ok();
    assert_eq!(
        scene.ask(&session, &[]).find("Code").unwrap(),
        "InvalidClientTokenId"
    );
}
