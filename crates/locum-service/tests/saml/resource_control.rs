//! Resource control policies bind the users of SAML providers, as they bind callers who sign (`facts: policy §2.2, §2.3`).

use std::cell::Cell;

use serde_json::json;

use super::{
    idp::{Idp, Said},
    scene::{ACCOUNT, ACTIONS, ALLOW_ALL, Answer, Credentials, DENIED, OTHER, Scene, register, trust},
};
use crate::harness::{RCP, SCP, deny_everybody, deny_everybody_on};

const THIRD: &str = "777788889999";
const ASSUME: &str = ACTIONS[0];

/// An account with a provider of its own and a role for its users.
struct Tenant {
    root: Credentials,
    provider: String,
    role: String,
}

/// The scene, whose account manages the organization, and two members like it.
struct Organization {
    scene: Scene,
    /// The first member, the second, the management account.
    tenants: [Tenant; 3],
    /// No assertion is taken twice.
    asked: Cell<u32>,
}

impl Organization {
    fn new() -> Self {
        let scene = Scene::new();
        let member = |id: &str| {
            let root = scene.other_account(id);
            let provider = register(&scene, &root, "idp", &scene.idp);
            let role = scene.role(&root, "worker", &trust(&provider), Some(ALLOW_ALL));
            Tenant { root, provider, role }
        };
        let manager = Tenant {
            root: scene.root.clone(),
            provider: scene.provider.clone(),
            role: scene.role.clone(),
        };
        let tenants = [member(OTHER), member(THIRD), manager];
        scene.enable(RCP);
        Self {
            scene,
            tenants,
            asked: Cell::new(0),
        }
    }

    /// What is in order for a tenant's role, but for one thing, redeemed.
    fn ask_at(&self, tenant: &Tenant, edit: impl FnOnce(&mut Said)) -> Answer {
        self.ask_by(&self.scene.idp, tenant, edit)
    }

    fn ask_by(
        &self,
        idp: &Idp,
        Tenant { role, provider, .. }: &Tenant,
        edit: impl FnOnce(&mut Said),
    ) -> Answer {
        self.asked.set(self.asked.get() + 1);
        let said = Said::new(self.scene.now(), &[format!("{role},{provider}")]);
        let said = said.id(&format!("_{}", self.asked.get())).but(edit);
        let response = idp.response(&said);
        let parameters = [
            ("RoleArn", role.as_str()),
            ("PrincipalArn", provider),
            ("SAMLAssertion", &response),
        ];
        self.scene.unsigned("AssumeRoleWithSAML", &parameters)
    }

    /// Checks whether a policy on the first member lets one in who says this.
    #[track_caller]
    fn admits(&self, content: &str, admitted: bool, edit: impl FnOnce(&mut Said)) {
        let policy = self.scene.control_policy(RCP, "limit", content);
        self.scene.attach(&policy, OTHER);
        let answer = self.ask_at(&self.tenants[0], edit);
        if admitted {
            assert_eq!(answer.status, 200, "{content}: {}", answer.body);
        } else {
            let got = (answer.status, answer.find("Code"), answer.find("Message"));
            let denied = (403, Some("AccessDenied".to_owned()), Some(DENIED.to_owned()));
            assert_eq!(got, denied, "{content}");
        }
        self.scene.detach(&policy, OTHER);
        self.scene.done("DeletePolicy", &json!({ "PolicyId": policy }));
    }
}

fn plain(_: &mut Said) {}

/// Which of the three roles may be assumed, by where the policy is attached.
#[test]
fn they_bind_the_roles_of_the_accounts_below_their_target() {
    let organization = Organization::new();
    let scene = &organization.scene;
    let root = scene.root_id();
    let unit = scene.unit(&root, "unit");
    scene.move_account(OTHER, &root, &unit);
    let deny = scene.control_policy(RCP, "deny", &deny_everybody(ASSUME, "{}"));
    let expect = |expected: [bool; 3], at: &str| {
        for (tenant, expected) in organization.tenants.iter().zip(expected) {
            let (role, answer) = (&tenant.role, organization.ask_at(tenant, plain));
            if expected {
                assert_eq!(answer.status, 200, "{at}, {role}: {}", answer.body);
                continue;
            }
            answer.fails(403, "AccessDenied", DENIED);
            let record = scene.records().pop().unwrap();
            let told = &record["additionalEventData"]["authorization"];
            assert_eq!(told["layer"], "resource control policy", "{at}, {role}: {record}");
            assert!(told["policy"].as_str().unwrap().ends_with(&deny), "{record}");
        }
    };
    expect([true, true, true], "nowhere");
    for (target, expected) in [
        (&*root, [false, false, true]),
        (&unit, [false, true, true]),
        (OTHER, [false, true, true]),
        (THIRD, [true, false, true]),
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
    scene.done("DisablePolicyType", &json!({ "RootId": root, "PolicyType": RCP }));
    expect([true, true, true], "not in force");
    scene.enable(RCP);
    scene.attach(&deny, &unit);
    expect([false, true, true], "in force again");
}

#[test]
fn they_bind_by_action_and_by_role() {
    let organization = Organization::new();
    let tagged = |said: &mut Said| said.aws("PrincipalTag:team", &["blue"]);
    let identified = |said: &mut Said| said.aws("SourceIdentity", &["alice"]);
    for (action, expected) in [
        (ASSUME, [false, false, false]),
        ("STS:assumerolewithsaml", [false, false, false]),
        ("sts:AssumeRoleWith*", [false, false, false]),
        ("sts:*", [false, false, false]),
        // What a call does besides is asked for by itself.
        ("sts:TagSession", [true, false, true]),
        ("sts:SetSourceIdentity", [true, true, false]),
        ("sts:AssumeRole", [true, true, true]),
        ("sts:AssumeRoleWithWebIdentity", [true, true, true]),
        ("s3:*", [true, true, true]),
    ] {
        let content = deny_everybody(action, "{}");
        organization.admits(&content, expected[0], plain);
        organization.admits(&content, expected[1], tagged);
        organization.admits(&content, expected[2], identified);
    }
    let own = organization.tenants[0].role.as_str();
    for (resource, admitted) in [
        (own, false),
        ("arn:aws:iam::*:role/work*", false),
        ("arn:aws:iam::444455556666:role/other", true),
        ("arn:aws:iam::777788889999:role/worker", true),
    ] {
        organization.admits(&deny_everybody_on(resource, ASSUME, "{}"), admitted, plain);
    }
}

/// A Deny on a condition, and whether Alice, whose provider says what is in order, is let in.
#[test]
fn a_condition_decides() {
    let organization = Organization::new();
    let id = organization.scene.organization_id();
    for (operator, key, value, admitted) in [
        // What the provider says.
        (
            "StringEquals",
            "saml:aud",
            "https://signin.aws.amazon.com/saml",
            false,
        ),
        (
            "StringNotEquals",
            "saml:aud",
            "https://signin.aws.amazon.com/saml",
            true,
        ),
        ("StringNotEquals", "saml:aud", "https://other.example.com", false),
        ("StringEquals", "saml:sub", "alice@example.com", false),
        ("StringEquals", "saml:sub", "bob@example.com", true),
        ("StringNotLikeIfExists", "saml:sub", "*@example.com", true),
        ("StringNotLikeIfExists", "saml:sub", "*@elsewhere.example", false),
        ("StringEquals", "saml:sub_type", "persistent", false),
        // Which provider it is.
        ("StringEquals", "saml:iss", "https://idp.example.com/saml", false),
        (
            "StringNotEquals",
            "saml:iss",
            "https://idp.example.com/saml",
            true,
        ),
        ("StringNotEquals", "saml:doc", "444455556666/idp", true),
        ("StringNotEquals", "saml:doc", "111122223333/idp", false),
        // There or not.
        ("Null", "saml:aud", "true", true),
        ("Null", "saml:aud", "false", false),
        ("Null", "saml:mail", "true", false),
        ("StringNotEquals", "saml:mail", "a@example.com", false),
        ("Null", "idp.example.com/saml:sub", "true", false),
        // Whoever comes from a provider is of no organization and nobody's principal.
        ("StringNotEquals", "aws:PrincipalOrgID", &*id, false),
        ("StringNotEqualsIfExists", "aws:PrincipalOrgID", &id, false),
        ("StringEquals", "aws:PrincipalOrgID", &id, true),
        ("StringEquals", "aws:PrincipalAccount", OTHER, true),
        ("StringEquals", "aws:ResourceOrgID", &id, false),
        ("StringEquals", "aws:ResourceAccount", OTHER, false),
        ("StringEquals", "aws:ResourceAccount", THIRD, true),
        ("StringEquals", "sts:RoleSessionName", "alice", false),
        ("StringEquals", "sts:RoleSessionName", "bob", true),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", false),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", true),
        ("Bool", "aws:SecureTransport", "false", true),
        ("BoolIfExists", "aws:PrincipalIsAWSService", "false", false),
    ] {
        let condition = format!(r#"{{"{operator}":{{"{key}":"{value}"}}}}"#);
        organization.admits(&deny_everybody(ASSUME, &condition), admitted, plain);
    }
    // The same condition lets one user in and not the other.
    let alone = r#"{"StringNotEquals":{"saml:sub":"alice@example.com"}}"#;
    let alone = deny_everybody(ASSUME, alone);
    organization.admits(&alone, true, plain);
    organization.admits(&alone, false, |said| said.subject = "bob@example.com".to_owned());
    let groups = r#"{"ForAnyValue:StringEquals":{"saml:edupersonaffiliation":["guest"]}}"#;
    let (groups, attribute) = (deny_everybody(ASSUME, groups), "urn:oid:1.3.6.1.4.1.5923.1.1.1.1");
    organization.admits(&groups, true, |said| said.set(attribute, &["staff"]));
    organization.admits(&groups, false, |said| said.set(attribute, &["staff", "guest"]));
}

/// The second provider of the account is kept out by its name, the first is not.
#[test]
fn only_trusted_providers_are_let_in() {
    let organization = Organization::new();
    let (scene, tenant) = (&organization.scene, &organization.tenants[0]);
    let idp = Idp::new("https://other.example.com/saml");
    let provider = register(scene, &tenant.root, "second", &idp);
    let second = Tenant {
        role: scene.role(&tenant.root, "second", &trust(&provider), None),
        root: tenant.root.clone(),
        provider,
    };
    organization.ask_by(&idp, &second, plain).ok();
    let condition = r#"{"StringNotEquals":{"saml:doc":"444455556666/idp"}}"#;
    let limit = scene.control_policy(RCP, "limit", &deny_everybody(ASSUME, condition));
    scene.attach(&limit, OTHER);
    let answer = organization.ask_by(&idp, &second, plain);
    answer.fails(403, "AccessDenied", DENIED);
    organization.ask_at(tenant, plain).ok();
}

/// Service control policies are of the caller's account, and this caller has none; the session is the account's own.
#[test]
fn service_control_policies_do_not_bind_who_comes_from_outside() {
    let organization = Organization::new();
    let (scene, tenant) = (&organization.scene, &organization.tenants[0]);
    let parameters = [("RoleArn", tenant.role.as_str()), ("RoleSessionName", "next")];
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    let policy = scene.control_policy(SCP, "deny", deny);
    scene.attach(&policy, OTHER);
    let session = organization.ask_at(tenant, plain).credentials();
    assert_eq!(scene.sts(&session, "AssumeRole", &parameters).status, 403);
}

/// What the provider said stays with the session, for the policies over what it does later.
#[test]
fn a_session_is_bound_by_what_its_provider_said() {
    let organization = Organization::new();
    let (scene, tenant) = (&organization.scene, &organization.tenants[0]);
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}}}"#,
        tenant.role
    );
    let next = scene.role(&tenant.root, "next", &trust, None);
    let sessions = ["alice@example.com", "bob@example.com"].map(|user| {
        let answer = organization.ask_at(tenant, |said| said.subject = user.to_owned());
        answer.credentials()
    });
    let chained = || {
        let parameters = [("RoleArn", next.as_str()), ("RoleSessionName", "next")];
        [0, 1].map(|at: usize| scene.sts(&sessions[at], "AssumeRole", &parameters).status)
    };
    assert_eq!(chained(), [200, 200]);
    let condition = r#"{"StringEquals":{"saml:sub":"alice@example.com"}}"#;
    let limit = scene.control_policy(RCP, "limit", &deny_everybody("sts:AssumeRole", condition));
    scene.attach(&limit, OTHER);
    assert_eq!(chained(), [403, 200]);
}

/// A service-linked role trusts its service alone: no provider's user gets one, whatever the organization says or does not.
#[test]
fn a_service_linked_role_is_for_no_provider() {
    let organization = Organization::new();
    let (scene, tenant) = (&organization.scene, &organization.tenants[0]);
    let parameters = [("AWSServiceName", "guardduty.amazonaws.com")];
    let made = scene.iam(&tenant.root, "CreateServiceLinkedRole", &parameters);
    let linked = Tenant {
        root: tenant.root.clone(),
        provider: tenant.provider.clone(),
        role: made.ok().text("Arn"),
    };
    let ask = || {
        organization
            .ask_at(&linked, plain)
            .fails(403, "AccessDenied", DENIED)
    };
    ask();
    let deny = scene.control_policy(RCP, "deny", &deny_everybody("sts:*", "{}"));
    scene.attach(&deny, OTHER);
    ask();
}
