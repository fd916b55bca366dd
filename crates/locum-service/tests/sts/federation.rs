//! GetFederationToken (`facts: sts §2.11`).

use serde_json::json;

use super::scene::{ACCOUNT, ALLOW_ALL, Credentials, Scene, allow, denied, inline, tag, trust, user_arn};

const GUEST: (&str, &str) = ("Name", "guest");

#[test]
fn the_answer() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let answer = scene.sts(&alice, "GetFederationToken", &[GUEST]).ok();
    assert_eq!(answer.text("FederatedUserId"), format!("{ACCOUNT}:guest"));
    assert_eq!(
        answer.text("Arn"),
        format!("arn:aws:sts::{ACCOUNT}:federated-user/guest")
    );
    // 0 when nothing was passed (§1.2), where AssumeRole leaves it out.
    assert_eq!(answer.text("PackedPolicySize"), "0");
    let answer = scene
        .sts(&alice, "GetFederationToken", &[GUEST, ("Policy", ALLOW_ALL)])
        .ok();
    assert_ne!(answer.text("PackedPolicySize"), "0");
}

#[test]
fn durations() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let expires = |who: &Credentials, more: &[(&str, &str)]| {
        let parameters: Vec<(&str, &str)> = [GUEST].into_iter().chain(more.iter().copied()).collect();
        let answer = scene.sts(who, "GetFederationToken", &parameters).ok();
        let time: jiff::Timestamp = answer.text("Expiration").parse().unwrap();
        time.as_second() - scene.now().as_second()
    };
    assert_eq!(expires(&alice, &[]), 43_200);
    assert_eq!(expires(&alice, &[("DurationSeconds", "129600")]), 129_600);
    assert_eq!(expires(&scene.root, &[]), 3600);
    assert_eq!(expires(&scene.root, &[("DurationSeconds", "129600")]), 3600);
    assert_eq!(expires(&scene.root, &[("DurationSeconds", "900")]), 900);
}

#[test]
fn it_needs_a_permission_and_tags_another() {
    let scene = Scene::new();
    let federated = format!("arn:aws:sts::{ACCOUNT}:federated-user/guest");
    let bob = scene.user(ACCOUNT, "bob", |_| ());
    let text = denied(&user_arn("bob"), "sts:GetFederationToken", &federated);
    scene
        .sts(&bob, "GetFederationToken", &[GUEST])
        .fails(403, "AccessDenied", &text);
    scene.edit_user("bob", |user| {
        user.inline
            .push(inline(&allow("sts:GetFederationToken", &federated)))
    });
    scene.sts(&bob, "GetFederationToken", &[GUEST]).ok();
    let other = [("Name", "other")];
    assert_eq!(scene.sts(&bob, "GetFederationToken", &other).status, 403);
    let tagged = [GUEST, ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a")];
    let text = denied(&user_arn("bob"), "sts:TagSession", &federated);
    scene
        .sts(&bob, "GetFederationToken", &tagged)
        .fails(403, "AccessDenied", &text);
}

#[test]
fn whoever_may_not_ask_learns_nothing_of_the_accounts_policies() {
    let scene = Scene::new();
    let (_, there) = scene.policy(ACCOUNT, "there", ALLOW_ALL);
    let absent = format!("arn:aws:iam::{ACCOUNT}:policy/absent");
    let bob = scene.user(ACCOUNT, "bob", |_| ());
    let ask = |arn: &str| {
        let parameters = [GUEST, ("PolicyArns.member.1.arn", arn)];
        scene.sts(&bob, "GetFederationToken", &parameters).text("Message")
    };
    assert_eq!(ask(&there), ask(&absent));
}

#[test]
fn it_has_what_was_passed_of_what_its_issuer_has() {
    // Organizations is the one service whose permissions a federated user can use by API.
    let scene = Scene::new();
    let may = |who: &Credentials| {
        let answer = scene.organizations(who, "DescribeOrganization", &json!({}));
        answer.status == 200
    };
    let describe = allow("organizations:DescribeOrganization", "*");
    let alice = scene.admin("alice");
    let bob = scene.user(ACCOUNT, "bob", |user| {
        user.inline.push(inline(&allow("sts:GetFederationToken", "*")));
    });
    let issue = |who: &Credentials, policy: Option<&str>| {
        let parameters: Vec<(&str, &str)> = [GUEST]
            .into_iter()
            .chain(policy.map(|policy| ("Policy", policy)))
            .collect();
        scene.sts(who, "GetFederationToken", &parameters).credentials()
    };
    assert!(!may(&issue(&alice, None)), "nothing was passed");
    assert!(may(&issue(&alice, Some(&describe))));
    assert!(!may(&issue(&alice, Some(&allow("s3:*", "*")))));
    assert!(!may(&issue(&bob, Some(ALLOW_ALL))), "its issuer may not");
    assert!(!may(&issue(&scene.root, None)));
    assert!(may(&issue(&scene.root, Some(&describe))));
    // A managed policy counts as one that was passed whole.
    let denying =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"organizations:*","Resource":"*"}}"#;
    for (name, document, expected) in [("describing", &*describe, true), ("denying", denying, false)] {
        let (_, arn) = scene.policy(ACCOUNT, name, document);
        let named = ("PolicyArns.member.1.arn", &*arn);
        let with = |more: &[_]| scene.sts(&alice, "GetFederationToken", &[&[GUEST, named], more].concat());
        assert_eq!(may(&with(&[]).credentials()), expected, "{name}");
        assert_eq!(
            may(&with(&[("Policy", ALLOW_ALL)]).credentials()),
            expected,
            "{name}"
        );
    }
    // Its issuer's permissions are looked at now, not when it was issued.
    let live = issue(&alice, Some(ALLOW_ALL));
    assert!(may(&live));
    scene.edit_user("alice", |user| user.inline.clear());
    assert!(!may(&live));
}

#[test]
fn its_tags_are_its_issuers_and_its_own() {
    let scene = Scene::new();
    let only = |team: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:PrincipalTag/team":"{team}","aws:PrincipalTag/site":"x"}}}}}}}}"#
        )
    };
    let alice = scene.user(ACCOUNT, "alice", |user| {
        user.tags = vec![tag("Team", "a"), tag("site", "x")];
        user.inline.push(inline(ALLOW_ALL));
    });
    let may = |team: &str, tags: &[(&str, &str)]| {
        let policy = only(team);
        let mut parameters = vec![GUEST, ("Policy", &*policy)];
        parameters.extend(tags);
        let session = scene.sts(&alice, "GetFederationToken", &parameters).credentials();
        scene
            .organizations(&session, "DescribeOrganization", &json!({}))
            .status
            == 200
    };
    assert!(may("a", &[]));
    let b = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "b")];
    assert!(may("b", &b));
    assert!(!may("a", &b));
}

#[test]
fn policies_see_the_tags_that_are_passed() {
    let scene = Scene::new();
    let blue = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["sts:GetFederationToken","sts:TagSession"],"Resource":"*"},
        {"Effect":"Deny","Action":"sts:GetFederationToken","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}},
        {"Effect":"Deny","Action":"sts:TagSession","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"green"}}}]}"#;
    let carl = scene.user(ACCOUNT, "carl", |user| user.inline.push(inline(blue)));
    for (team, expected) in [("blue", 200), ("red", 403), ("green", 403)] {
        let parameters = [
            GUEST,
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", team),
        ];
        let answer = scene.sts(&carl, "GetFederationToken", &parameters);
        assert_eq!(answer.status, expected, "{team}: {}", answer.body);
    }
}

#[test]
fn it_may_not_assume_a_role_that_trusts_it() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let federated = format!("arn:aws:sts::{ACCOUNT}:federated-user/guest");
    let role = scene.role(ACCOUNT, "open", &trust(&federated), |_| ());
    let parameters = [GUEST, ("Policy", ALLOW_ALL)];
    let session = scene.sts(&alice, "GetFederationToken", &parameters).credentials();
    let text = "Cannot call AssumeRole with session credentials";
    scene
        .assume(&session, &role, &[])
        .fails(403, "AccessDenied", text);
}
