//! Whom service control policies and resource control policies bind, and at which level (`facts: policy §2.2`).

use serde_json::json;

use super::scene::{
    ACCOUNT, ALLOW_ALL, Credentials, FULL, MEMBER, OTHER, RCP, SCP, Scene, deny_everybody, refused,
    statement, trust,
};

/// One caller of each kind in the member account, by name, all allowed everything by their own policies.
fn callers(scene: &Scene) -> Vec<(&'static str, Credentials)> {
    let user = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let role = scene.role(&scene.member, "worker", &trust(MEMBER), Some(ALLOW_ALL));
    let session = scene.assume(&user, &role).credentials();
    let chained = {
        let next = scene.role(&scene.member, "next", &trust(MEMBER), Some(ALLOW_ALL));
        scene.assume(&session, &next).credentials()
    };
    let parameters = [("Name", "guest"), ("Policy", ALLOW_ALL)];
    let federated = scene.sts(&user, "GetFederationToken", &parameters).credentials();
    vec![
        ("root", scene.member.clone()),
        ("user", user),
        ("role session", session),
        ("chained session", chained),
        ("federated user", federated),
    ]
}

/// Something that only its own policies and the organization's decide.
fn may(scene: &Scene, who: &Credentials) -> bool {
    let answer = scene.organizations(who, "DescribeOrganization", &json!({}));
    if answer.status != 200 {
        refused(&answer, "AccessDeniedException", None);
    }
    answer.status == 200
}

#[test]
fn every_kind_of_principal_of_a_member_is_bound_at_every_level() {
    let scene = Scene::new();
    let (root, outer) = (scene.root_id(), scene.unit(&scene.root_id(), "outer"));
    let inner = scene.unit(&outer, "inner");
    scene.move_account(MEMBER, &root, &inner);
    let callers = callers(&scene);
    let deny = scene.policy(SCP, "deny", &statement("Deny", "organizations:*"));
    let little = scene.policy(SCP, "little", &statement("Allow", "sts:*"));
    let needed = scene.policy(SCP, "needed", &statement("Allow", "organizations:*"));
    let expect = |expected: bool, when: &str| {
        for (kind, who) in &callers {
            assert_eq!(may(&scene, who), expected, "{kind}: {when}");
        }
        assert!(may(&scene, &scene.root), "the management account: {when}");
        assert!(
            may(&scene, &scene.other) || root_denies(when),
            "the other member: {when}"
        );
    };
    expect(true, "nothing attached");
    for (name, target) in [
        ("root", &*root),
        ("outer", &*outer),
        ("inner", &*inner),
        ("account", MEMBER),
    ] {
        scene.attach(&deny, target);
        expect(false, &format!("a Deny at {name}"));
        scene.detach(&deny, target);
        // An Allow list at one level: what it leaves out is denied, whatever the other levels allow.
        scene.attach(&little, target);
        scene.detach(FULL, target);
        expect(false, &format!("a short Allow at {name}"));
        // Within a level any policy may allow.
        scene.attach(&needed, target);
        expect(true, &format!("two Allows at {name}, together enough"));
        scene.detach(&little, target);
        scene.attach(FULL, target);
        scene.detach(&needed, target);
        expect(true, &format!("as before at {name}"));
    }
}

/// Whether what was attached binds the other member too.
fn root_denies(when: &str) -> bool {
    when.ends_with("at root")
}

#[test]
fn a_type_that_is_not_in_force_does_nothing_and_starts_anew() {
    let scene = Scene::new();
    let deny = scene.policy(SCP, "deny", &statement("Deny", "*"));
    scene.attach(&deny, MEMBER);
    scene.attach(&deny, &scene.root_id());
    assert!(!may(&scene, &scene.member));
    let root = json!({ "RootId": scene.root_id(), "PolicyType": SCP });
    scene.done("DisablePolicyType", &root);
    assert!(may(&scene, &scene.member));
    assert!(scene.attached(SCP, MEMBER).is_empty());
    scene.fails(
        "AttachPolicy",
        &json!({ "PolicyId": deny, "TargetId": MEMBER }),
        "PolicyTypeNotEnabledException",
        None,
    );
    scene.done("EnablePolicyType", &root);
    assert!(may(&scene, &scene.member));
    assert_eq!(scene.attached(SCP, MEMBER), [FULL]);
    assert_eq!(scene.attached(SCP, &scene.root_id()), [FULL]);
    // Nothing holds the policy any more.
    scene.done("DeletePolicy", &json!({ "PolicyId": deny }));
}

#[test]
fn moving_and_changing_take_effect_on_the_next_request_of_live_sessions() {
    let scene = Scene::new();
    let root = scene.root_id();
    let closed = scene.unit(&root, "closed");
    let deny = scene.policy(SCP, "deny", &statement("Deny", "organizations:*"));
    scene.attach(&deny, &closed);
    let callers = callers(&scene);
    for (to, from, expected) in [
        (&closed, &root, false),
        (&root, &closed, true),
        (&closed, &root, false),
    ] {
        scene.move_account(MEMBER, from, to);
        for (kind, who) in &callers {
            assert_eq!(may(&scene, who), expected, "{kind}");
        }
    }
    let harmless = json!({ "PolicyId": deny, "Content": statement("Deny", "s3:*") });
    scene.done("UpdatePolicy", &harmless);
    for (kind, who) in &callers {
        assert!(may(&scene, who), "{kind}");
    }
}

#[test]
fn the_management_account_is_bound_by_nothing() {
    let scene = Scene::new();
    scene.enable(RCP);
    let admin = scene.user(&scene.root, "admin", Some(ALLOW_ALL));
    let role = scene.role(&scene.root, "worker", &trust(ACCOUNT), Some(ALLOW_ALL));
    let deny = scene.policy(SCP, "deny", &statement("Deny", "*"));
    let nobody = scene.policy(RCP, "deny", &deny_everybody("sts:*", "{}"));
    for policy in [&deny, &nobody] {
        scene.attach(policy, &scene.root_id());
        scene.attach(policy, ACCOUNT);
    }
    assert!(may(&scene, &scene.root) && may(&scene, &admin));
    scene.assume(&admin, &role).ok();
    assert!(!may(&scene, &scene.member));
}

#[test]
fn calls_that_no_policy_decides_go_on() {
    let scene = Scene::new();
    let user = scene.user(&scene.member, "alice", None);
    let deny = scene.policy(SCP, "deny", &statement("Deny", "*"));
    scene.attach(&deny, MEMBER);
    for who in [&user, &scene.member] {
        scene.sts(who, "GetCallerIdentity", &[]).ok();
        scene.sts(who, "GetSessionToken", &[]).ok();
    }
    assert_eq!(scene.iam(&scene.member, "ListUsers", &[]).status, 403);
}

#[test]
fn an_allow_of_the_organization_grants_nothing() {
    let scene = Scene::new();
    let nobody = scene.user(&scene.member, "nobody", None);
    assert!(!may(&scene, &nobody));
    let boundless = scene.policy(SCP, "boundless", ALLOW_ALL);
    scene.attach(&boundless, MEMBER);
    assert!(!may(&scene, &nobody));
}

/// Who assumes a role of whom, and which of the four accounts' sides says no.
#[test]
fn crossing_accounts_needs_the_callers_services_and_the_owners_resources() {
    let scene = Scene::new();
    scene.enable(RCP);
    let scp = scene.policy(SCP, "no-sts", &statement("Deny", "sts:AssumeRole"));
    let rcp = scene.policy(RCP, "no-sts", &deny_everybody("sts:AssumeRole", "{}"));
    let caller = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let manager = scene.user(&scene.root, "admin", Some(ALLOW_ALL));
    let arns: Vec<String> = [&scene.member, &scene.other, &scene.root]
        .map(|owner| scene.role(owner, "worker", &trust("*"), None))
        .into();
    let [own, foreign, managers] = [&arns[0], &arns[1], &arns[2]];
    let asks: [(&str, &Credentials, &str); 5] = [
        ("member to itself", &caller, own),
        ("member to other", &caller, foreign),
        ("member to management", &caller, managers),
        ("management to member", &manager, own),
        ("management to itself", &manager, managers),
    ];
    for (policy, target, expected) in [
        (None, MEMBER, [true, true, true, true, true]),
        (Some(&scp), MEMBER, [false, false, false, true, true]),
        (Some(&scp), OTHER, [true, true, true, true, true]),
        (Some(&scp), ACCOUNT, [true, true, true, true, true]),
        (Some(&rcp), MEMBER, [false, true, true, false, true]),
        (Some(&rcp), OTHER, [true, false, true, true, true]),
        (Some(&rcp), ACCOUNT, [true, true, true, true, true]),
    ] {
        if let Some(policy) = policy {
            scene.attach(policy, target);
        }
        for ((name, who, role), expected) in asks.into_iter().zip(expected) {
            let answer = scene.assume(who, role);
            assert_eq!(
                answer.status == 200,
                expected,
                "{policy:?} at {target}, {name}: {}",
                answer.body
            );
        }
        if let Some(policy) = policy {
            scene.detach(policy, target);
        }
    }
}

#[test]
fn resource_control_policies_are_of_some_services_only() {
    let scene = Scene::new();
    scene.enable(RCP);
    let nobody = scene.policy(RCP, "deny", &deny_everybody("sts:*", "{}"));
    scene.attach(&nobody, MEMBER);
    // IAM is none of them.
    scene.iam(&scene.member, "ListUsers", &[]).ok();
    let user = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let parameters = [("Name", "guest"), ("Policy", ALLOW_ALL)];
    assert_eq!(scene.sts(&user, "GetFederationToken", &parameters).status, 403);
}

#[test]
fn a_resource_control_policy_draws_a_line_around_the_organization_or_a_unit() {
    let scene = Scene::new();
    scene.enable(RCP);
    let root = scene.root_id();
    let unit = scene.unit(&root, "inside");
    scene.move_account(OTHER, &root, &unit);
    let caller = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let role = scene.role(&scene.other, "worker", &trust("*"), None);
    let path = format!("{}/{root}/{unit}/*", scene.organization_id());
    let condition = format!(r#"{{"ForAllValues:StringNotLike":{{"aws:PrincipalOrgPaths":"{path}"}}}}"#);
    let line = scene.policy(RCP, "line", &deny_everybody("sts:AssumeRole", &condition));
    scene.attach(&line, &unit);
    assert_eq!(scene.assume(&caller, &role).status, 403);
    scene.move_account(MEMBER, &root, &unit);
    scene.assume(&caller, &role).ok();
    // And by where the resource stands, for the caller's own policies.
    let there = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*","Condition":{{"ForAnyValue:StringLike":{{"aws:ResourceOrgPaths":"{path}"}}}}}}]}}"#
    );
    let bob = scene.user(&scene.member, "bob", Some(&there));
    assert_eq!(scene.assume(&bob, &role).status, 403);
    scene.move_account(OTHER, &unit, &root);
    scene.assume(&bob, &role).ok();
}

#[test]
fn the_root_session_of_a_member_is_bound_like_its_root() {
    let scene = Scene::new();
    let admin = scene.user(&scene.root, "admin", Some(ALLOW_ALL));
    scene
        .iam(&admin, "EnableOrganizationsRootCredentialsManagement", &[])
        .ok();
    let parameters = [
        ("TargetPrincipal", MEMBER),
        (
            "TaskPolicyArn.arn",
            "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
        ),
    ];
    let session = scene.sts(&admin, "AssumeRoot", &parameters).credentials();
    scene.iam(&session, "ListAccessKeys", &[]).ok();
    let deny = scene.policy(SCP, "deny", &statement("Deny", "iam:*"));
    scene.attach(&deny, MEMBER);
    assert_eq!(scene.iam(&session, "ListAccessKeys", &[]).status, 403);
    // The one who assumes it is of the management account, but what is assumed is the member's.
    scene.enable(RCP);
    let nobody = scene.policy(RCP, "deny", &deny_everybody("sts:AssumeRoot", "{}"));
    scene.attach(&nobody, MEMBER);
    assert_eq!(scene.sts(&admin, "AssumeRoot", &parameters).status, 403);
}

#[test]
fn service_linked_roles_are_exempt() {
    let scene = Scene::new();
    // Nobody here may assume one, so its session is made through the directory: by a role that becomes one afterwards.
    let user = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let role = scene.role(&scene.member, "worker", &trust(MEMBER), Some(ALLOW_ALL));
    let session = scene.assume(&user, &role).credentials();
    let deny = scene.policy(SCP, "deny", &statement("Deny", "*"));
    scene.attach(&deny, MEMBER);
    assert!(!may(&scene, &session));
    let write = |snapshot: &locum_directory::Snapshot| {
        let account = MEMBER.parse().unwrap();
        let mut changes = locum_directory::Changes::new();
        let known = snapshot.role(account, "worker").unwrap();
        let mut random = locum_crypto::SeededRandom::new(9);
        let (service, name) = ("guardduty.amazonaws.com", "AWSServiceRoleForGuardDuty");
        let linked = locum_directory::Role::service_linked(account, service, name, scene.now(), &mut random);
        // No role becomes one: it goes, and one of its unique id comes.
        changes.delete(&**known);
        changes.put(locum_directory::Role {
            id: known.id,
            ..linked.unwrap()
        });
        Ok::<_, ()>(((), changes))
    };
    scene.service.directory().write(write).unwrap().1.wait().unwrap();
    // Such a role has no policies of others, so it still may not; but it is not the organization that says so.
    let message = |who: &Credentials| scene.iam(who, "ListUsers", &[]).text("Message");
    let own = message(&session);
    assert!(
        own.ends_with("because no identity-based policy allows the iam:ListUsers action"),
        "{own}"
    );
    let bound = message(&user);
    assert!(
        bound.contains("with an explicit deny in a service control policy"),
        "{bound}"
    );
}
