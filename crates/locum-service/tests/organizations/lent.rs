//! Access that was lent, and tokens for others: bound by the organization wherever the account stands, and over with it.

use serde_json::json;

use super::scene::{ACCOUNT, ALLOW_ALL, Answer, Credentials, MEMBER, OTHER, SCP, Scene, statement};

const AUDIT: &str = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";

/// Credentials that act in the member account: a delegate's, an assumed root's, and a user's who may ask for tokens.
struct Lent {
    delegate: Credentials,
    root: Credentials,
    user: Credentials,
}

fn lent(scene: &Scene) -> Lent {
    let vendor = scene.user(&scene.other, "vendor", Some(ALLOW_ALL));
    let user = scene.user(&scene.member, "approver", Some(ALLOW_ALL));
    let template = [("PolicyName", "template"), ("PolicyDocument", ALLOW_ALL)];
    let template = scene.iam(&vendor, "CreatePolicy", &template).ok().text("Arn");
    let asked = [
        ("OwnerAccountId", MEMBER),
        ("Description", "Everything."),
        ("Permissions.PolicyTemplateArn", &*template),
        ("RequestorWorkflowId", "workflow"),
        ("NotificationChannel", "arn:aws:sns:us-east-1:777788889999:news"),
        ("SessionDuration", "3600"),
    ];
    let asked = scene.iam(&vendor, "CreateDelegationRequest", &asked).ok();
    let id = asked.text("DelegationRequestId");
    let on = |action: &str| scene.iam(&user, action, &[("DelegationRequestId", &*id)]).ok();
    on("AssociateDelegationRequest");
    on("AcceptDelegationRequest");
    let sent = on("SendDelegationToken");
    let token = [("TradeInToken", sent.header("x-locum-trade-in-token").unwrap())];
    let delegate = scene
        .sts(&vendor, "GetDelegatedAccessToken", &token)
        .credentials();

    let admin = scene.user(&scene.root, "admin", Some(ALLOW_ALL));
    scene
        .iam(&admin, "EnableOrganizationsRootCredentialsManagement", &[])
        .ok();
    let task = [("TargetPrincipal", MEMBER), ("TaskPolicyArn.arn", AUDIT)];
    let root = scene.sts(&admin, "AssumeRoot", &task).credentials();
    scene
        .iam(&scene.member, "EnableOutboundWebIdentityFederation", &[])
        .ok();
    Lent { delegate, root, user }
}

impl Lent {
    /// What each of them is there for.
    fn used(&self, scene: &Scene) -> [Answer; 3] {
        let token = [
            ("Audience.member.1", "https://a.example"),
            ("SigningAlgorithm", "RS256"),
        ];
        [
            scene.iam(&self.delegate, "ListUsers", &[]),
            scene.iam(&self.root, "ListAccessKeys", &[]),
            scene.sts(&self.user, "GetWebIdentityToken", &token),
        ]
    }

    #[track_caller]
    fn may(&self, scene: &Scene, expected: [bool; 3]) {
        let answers = self.used(scene);
        assert_eq!(answers.each_ref().map(|answer| answer.status == 200), expected);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert!(
                answer.text("Message").contains("service control policy"),
                "{}",
                answer.body
            );
        }
    }
}

#[test]
fn control_policies_bind_it_where_the_account_stands() {
    let scene = Scene::new();
    let (root, unit) = (scene.root_id(), scene.unit(&scene.root_id(), "unit"));
    let lent = lent(&scene);
    lent.may(&scene, [true; 3]);
    for (action, expected) in [
        ("iam:ListUsers", [false, true, true]),
        ("iam:ListAccessKeys", [true, false, true]),
        ("sts:GetWebIdentityToken", [true, true, false]),
    ] {
        let deny = scene.policy(SCP, &action.replace(':', "-"), &statement("Deny", action));
        scene.attach(&deny, &unit);
        lent.may(&scene, [true; 3]);
        scene.move_account(MEMBER, &root, &unit);
        lent.may(&scene, expected);
        scene.move_account(MEMBER, &unit, &root);
        lent.may(&scene, [true; 3]);
        scene.detach(&deny, &unit);
        // Where the vendor stands does not matter: he acts in the account that lent it.
        scene.attach(&deny, OTHER);
        lent.may(&scene, [true; 3]);
        scene.detach(&deny, OTHER);
    }
}

#[test]
fn it_ends_with_the_account() {
    for closed in [MEMBER, OTHER] {
        let scene = Scene::new();
        let lent = lent(&scene);
        scene
            .organizations(&scene.root, "CloseAccount", &json!({ "AccountId": closed }))
            .ok();
        let codes = lent.used(&scene).map(|answer| answer.find("Code"));
        let code = |code: &str| Some(code.to_owned());
        let expected = match closed {
            MEMBER => [
                code("ExpiredToken"),
                code("InvalidClientTokenId"),
                code("InvalidClientTokenId"),
            ],
            _ => [code("ExpiredToken"), None, None],
        };
        assert_eq!(codes, expected, "{closed}");
        // Nobody comes by it again.
        let admin = scene.user(&scene.root, "again", Some(ALLOW_ALL));
        let task = [("TargetPrincipal", closed), ("TaskPolicyArn.arn", AUDIT)];
        let answer = scene.sts(&admin, "AssumeRoot", &task);
        assert_eq!(answer.text("Code"), "AccessDenied");
        assert!(
            answer
                .text("Message")
                .starts_with(&format!("User: arn:aws:iam::{ACCOUNT}:user/again"))
        );
    }
}

#[test]
fn a_revocation_ends_what_its_principal_lent() {
    let scene = Scene::new();
    let lent = lent(&scene);
    scene
        .revoke(&scene.member, &format!("arn:aws:iam::{MEMBER}:user/approver"))
        .ok();
    assert_eq!(lent.used(&scene).map(|answer| answer.status), [403, 200, 200]);
    scene
        .revoke(&scene.member, &format!("arn:aws:iam::{MEMBER}:root"))
        .ok();
    assert_eq!(lent.used(&scene).map(|answer| answer.status), [403, 403, 200]);
}
