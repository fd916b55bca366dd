//! Resource control policies bind whoever comes from an issuer, as they bind callers who sign (`facts: policy §2.2, §2.3`).

use serde_json::{Value, json};

use super::scene::{
    ACCOUNT, ALL_ACTIONS, Answer, CLIENT, Credentials, DENIED, PLACE, Scene, URL, equals, provider_arn, trust,
};
use crate::harness::{RCP, SCP, deny_everybody, deny_everybody_on};

const MEMBER: &str = "444455556666";
const OTHER: &str = "777788889999";
const ASSUME: &str = "sts:AssumeRoleWithWebIdentity";

/// The scene with two members that trust the issuer as the first account does, and one role each.
struct Organization {
    scene: Scene,
    member: Credentials,
    /// The role of the member, of the other member, of the management account.
    roles: [String; 3],
}

impl Organization {
    fn new() -> Self {
        let scene = Scene::new();
        let [member, other] = [MEMBER, OTHER].map(|id| scene.other_account(id));
        let accounts = [(&member, MEMBER), (&other, OTHER), (&scene.root, ACCOUNT)];
        let roles = accounts.map(|(who, id)| {
            if id != ACCOUNT {
                scene.provider(who, URL, &[CLIENT, "client-2"], &[]).ok();
            }
            let trust = trust(&provider_arn(id, PLACE), ALL_ACTIONS, "{}");
            scene.role(who, "worker", &trust, None)
        });
        scene.register();
        scene.enable(RCP);
        Self { scene, member, roles }
    }

    /// Attaches a policy to the member, asks with tokens of these claims, and takes it away again.
    fn while_bound(&self, content: &str, claims: &[Value]) -> Vec<Answer> {
        let policy = self.scene.control_policy(RCP, "limit", content);
        self.scene.attach(&policy, MEMBER);
        let ask = |claims: &Value| self.scene.assume_with(&self.roles[0], claims.clone());
        let answers = claims.iter().map(ask).collect();
        self.scene.detach(&policy, MEMBER);
        self.scene.done("DeletePolicy", &json!({ "PolicyId": policy }));
        answers
    }

    /// Checks whom a policy on the member lets in.
    #[track_caller]
    fn admits(&self, content: &str, cases: &[(Value, bool)]) {
        let claims: Vec<Value> = cases.iter().map(|(claims, _)| claims.clone()).collect();
        for (answer, (claims, admitted)) in self.while_bound(content, &claims).iter().zip(cases) {
            if *admitted {
                assert_eq!(answer.status, 200, "{content} {claims}: {}", answer.body);
            } else {
                let got = (answer.status, answer.find("Code"), answer.find("Message"));
                let denied = (403, Some("AccessDenied".to_owned()), Some(DENIED.to_owned()));
                assert_eq!(got, denied, "{content} {claims}");
            }
        }
    }
}

/// Which of the three roles may be assumed, by where the policy is attached.
#[test]
fn they_bind_the_roles_of_the_accounts_below_their_target() {
    let Organization { scene, roles, .. } = Organization::new();
    let root = scene.root_id();
    let unit = scene.unit(&root, "unit");
    scene.move_account(MEMBER, &root, &unit);
    let deny = scene.control_policy(RCP, "deny", &deny_everybody(ASSUME, "{}"));
    let expect = |expected: [bool; 3], at: &str| {
        for (role, expected) in roles.iter().zip(expected) {
            let answer = scene.assume_with(role, json!({}));
            if expected {
                assert_eq!(answer.status, 200, "{at}, {role}: {}", answer.body);
                continue;
            }
            answer.fails(403, "AccessDenied", DENIED);
            let record = scene.record();
            let told = &record["additionalEventData"]["authorization"];
            assert_eq!(told["layer"], "resource control policy", "{at}, {role}: {record}");
            assert!(told["policy"].as_str().unwrap().ends_with(&deny), "{record}");
        }
    };
    expect([true, true, true], "nowhere");
    for (target, expected) in [
        (&*root, [false, false, true]),
        (&unit, [false, true, true]),
        (MEMBER, [false, true, true]),
        (OTHER, [true, false, true]),
        // The management account is exempt even where one is attached to itself.
        (ACCOUNT, [true, true, true]),
    ] {
        scene.attach(&deny, target);
        expect(expected, target);
        scene.detach(&deny, target);
        expect([true, true, true], "nowhere again");
    }
    // And only while the type is in force.
    scene.attach(&deny, &root);
    let body = json!({ "RootId": root, "PolicyType": RCP });
    scene.done("DisablePolicyType", &body);
    expect([true, true, true], "not in force");
    scene.enable(RCP);
    scene.attach(&deny, &unit);
    expect([false, true, true], "in force again");
}

#[test]
fn they_bind_by_action_and_by_role() {
    let organization = Organization::new();
    let (tags, identity) = (
        json!({ "https://aws.amazon.com/tags": { "principal_tags": { "Team": ["blue"] } } }),
        json!({ "https://aws.amazon.com/source_identity": "alice" }),
    );
    for (action, plain, tagged, identified) in [
        (ASSUME, false, false, false),
        ("STS:assumerolewithwebidentity", false, false, false),
        ("sts:AssumeRoleWith*", false, false, false),
        ("sts:*", false, false, false),
        // What a call does besides is asked for by itself.
        ("sts:TagSession", true, false, true),
        ("sts:SetSourceIdentity", true, true, false),
        ("sts:AssumeRole", true, true, true),
        ("sts:AssumeRoleWithSAML", true, true, true),
        ("s3:*", true, true, true),
    ] {
        organization.admits(
            &deny_everybody(action, "{}"),
            &[
                (json!({}), plain),
                (tags.clone(), tagged),
                (identity.clone(), identified),
            ],
        );
    }
    let own = organization.roles[0].as_str();
    for (resource, admitted) in [
        (own, false),
        ("arn:aws:iam::*:role/work*", false),
        ("arn:aws:iam::444455556666:role/other", true),
        ("arn:aws:iam::777788889999:role/worker", true),
    ] {
        organization.admits(
            &deny_everybody_on(resource, ASSUME, "{}"),
            &[(json!({}), admitted)],
        );
    }
}

/// What the issuer says, and whether a Deny on a condition about it lets the user in.
#[test]
fn a_condition_on_what_the_issuer_says_decides() {
    let organization = Organization::new();
    let key = |name: &str| format!("{PLACE}:{name}");
    let on = |operator: &str, name: &str, value: &str| {
        deny_everybody(
            ASSUME,
            &format!(r#"{{"{operator}":{{"{}":"{value}"}}}}"#, key(name)),
        )
    };
    let (user, other) = (json!({}), json!({ "sub": "user-2" }));
    let (first, second) = (json!({}), json!({ "aud": "client-2" }));
    for (content, cases) in [
        (
            on("StringEquals", "sub", "user-1"),
            [(user.clone(), false), (other.clone(), true)],
        ),
        (
            on("StringNotEquals", "sub", "user-1"),
            [(user.clone(), true), (other.clone(), false)],
        ),
        (
            on("StringNotLikeIfExists", "sub", "user-?"),
            [(user.clone(), true), (json!({ "sub": "guest" }), false)],
        ),
        (
            on("StringEquals", "aud", CLIENT),
            [(first.clone(), false), (second.clone(), true)],
        ),
        (
            on("StringNotEquals", "aud", CLIENT),
            [(first.clone(), true), (second, false)],
        ),
        // Whatever else the token says: there or not.
        (
            on("StringNotEquals", "email", "a@example.com"),
            [(json!({ "email": "a@example.com" }), true), (json!({}), false)],
        ),
        (
            on("StringNotEqualsIfExists", "email", "a@example.com"),
            [
                (json!({ "email": "a@example.com" }), true),
                (json!({ "email": "b@example.com" }), false),
            ],
        ),
        (
            on("Null", "email", "true"),
            [(json!({ "email": "a@example.com" }), true), (json!({}), false)],
        ),
        (
            on("ForAnyValue:StringEquals", "amr", "pwd"),
            [
                (json!({ "amr": ["mfa"] }), true),
                (json!({ "amr": ["mfa", "pwd"] }), false),
            ],
        ),
    ] {
        organization.admits(&content, &cases);
    }
}

/// The provider is known by the keys that only its tokens have.
#[test]
fn only_trusted_issuers_are_let_in() {
    let organization = Organization::new();
    let scene = &organization.scene;
    let trusted = |place: &str| {
        let condition = format!(r#"{{"Null":{{"{place}:sub":"true"}}}}"#);
        deny_everybody(ASSUME, &condition)
    };
    organization.admits(&trusted(PLACE), &[(json!({}), true)]);
    for place in ["other.example.com", "idp.example.com", "idp.example.com/realms/b"] {
        organization.admits(&trusted(place), &[(json!({}), false)]);
    }
    // A claim that is called like another issuer's key is not that key.
    let claims = json!({ "other.example.com:sub": "user-1" });
    organization.admits(&trusted("other.example.com"), &[(claims, false)]);
    // The second issuer of the account is kept out, the first is not.
    let second = "https://other.example.com";
    scene.provider(&organization.member, second, &[CLIENT], &[]).ok();
    scene.publish(second, &[(super::scene::EC_ID, &super::issuer::EC)]);
    let trust = trust(&provider_arn(MEMBER, "other.example.com"), ALL_ACTIONS, "{}");
    let role = scene.role(&organization.member, "second", &trust, None);
    let ask = || scene.assume_with(&role, json!({ "iss": second }));
    ask().ok();
    let limit = scene.control_policy(RCP, "trusted", &trusted(PLACE));
    scene.attach(&limit, MEMBER);
    ask().fails(403, "AccessDenied", DENIED);
    scene.assume_with(&organization.roles[0], json!({})).ok();
}

/// Whoever comes from an issuer is of no organization and nobody's principal; where the call comes from is as of any.
#[test]
fn a_condition_on_anything_else_decides() {
    let organization = Organization::new();
    let id = organization.scene.organization_id();
    for (condition, admitted) in [
        (
            format!(r#"{{"StringNotEquals":{{"aws:PrincipalOrgID":"{id}"}}}}"#),
            false,
        ),
        (
            format!(r#"{{"StringNotEqualsIfExists":{{"aws:PrincipalOrgID":"{id}"}}}}"#),
            false,
        ),
        (equals("aws:PrincipalOrgID", &id), true),
        (equals("aws:PrincipalAccount", MEMBER), true),
        (equals("aws:ResourceOrgID", &id), false),
        (equals("aws:ResourceAccount", MEMBER), false),
        (equals("aws:ResourceAccount", OTHER), true),
        (equals("sts:RoleSessionName", "session"), false),
        (equals("sts:RoleSessionName", "other"), true),
        (
            r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#.to_owned(),
            true,
        ),
        (
            r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#.to_owned(),
            false,
        ),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#.to_owned(), true),
        (
            r#"{"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}"#.to_owned(),
            false,
        ),
    ] {
        organization.admits(&deny_everybody(ASSUME, &condition), &[(json!({}), admitted)]);
    }
}

/// Service control policies are of the caller's account, and this caller has none.
#[test]
fn service_control_policies_do_not_bind_who_comes_from_outside() {
    let organization = Organization::new();
    let scene = &organization.scene;
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    let policy = scene.control_policy(SCP, "deny", deny);
    scene.attach(&policy, MEMBER);
    let session = scene.assume_with(&organization.roles[0], json!({})).credentials();
    // The session is the account's own, and bound.
    let role = organization.roles[0].as_str();
    let parameters = [("RoleArn", role), ("RoleSessionName", "next")];
    assert_eq!(scene.sts(&session, "AssumeRole", &parameters).status, 403);
}

/// What the issuer said stays with the session, for the policies over what it does later.
#[test]
fn a_session_is_bound_by_what_its_issuer_said() {
    let organization = Organization::new();
    let scene = &organization.scene;
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}}}"#,
        organization.roles[0]
    );
    let next = scene.role(&organization.member, "next", &trust, None);
    let sessions = ["user-1", "user-2"].map(|user| {
        let answer = scene.assume_with(&organization.roles[0], json!({ "sub": user }));
        answer.credentials()
    });
    let chained = || {
        let parameters = [("RoleArn", next.as_str()), ("RoleSessionName", "next")];
        [0, 1].map(|at: usize| scene.sts(&sessions[at], "AssumeRole", &parameters).status)
    };
    assert_eq!(chained(), [200, 200]);
    let condition = equals(&format!("{PLACE}:sub"), "user-1");
    let limit = scene.control_policy(RCP, "limit", &deny_everybody("sts:AssumeRole", &condition));
    scene.attach(&limit, MEMBER);
    assert_eq!(chained(), [403, 200]);
}

/// A service-linked role trusts its service alone: no issuer's user gets one, whatever the organization says or does not.
#[test]
fn a_service_linked_role_is_for_no_issuer() {
    let organization = Organization::new();
    let scene = &organization.scene;
    let parameters = [("AWSServiceName", "guardduty.amazonaws.com")];
    let made = scene.iam(&organization.member, "CreateServiceLinkedRole", &parameters);
    let role = made.ok().text("Arn");
    scene
        .assume_with(&role, json!({}))
        .fails(403, "AccessDenied", DENIED);
    let deny = scene.control_policy(RCP, "deny", &deny_everybody("sts:*", "{}"));
    scene.attach(&deny, MEMBER);
    scene
        .assume_with(&role, json!({}))
        .fails(403, "AccessDenied", DENIED);
}
