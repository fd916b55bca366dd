//! The condition keys of a call (`facts: sts §4.1–4.3`), read from the explanation of a denial and used in trust.

use std::net::IpAddr;

use super::scene::{
    ACCOUNT, ALLOW_ALL, Answer, Credentials, OTHER, Parameters, Scene, Wire, inline, role, tag, trust,
    trust_if, user_arn,
};

fn nobody(scene: &Scene) -> String {
    scene.role(ACCOUNT, "nobody", &trust(OTHER), |role| {
        role.tags.push(tag("own", "yes"))
    })
}

#[track_caller]
fn has(scene: &Scene, denied: &Answer, key: &str, value: Option<&str>) {
    assert_eq!(scene.key(denied, key).as_deref(), value, "{key}");
}

#[test]
fn keys_of_a_user() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let snapshot = scene.snapshot();
    let organization = snapshot.organization().unwrap();
    let role = nobody(&scene);
    let denied = scene.assume(&alice, &role, &[]);
    let id = snapshot
        .user(super::scene::account(ACCOUNT), "alice")
        .unwrap()
        .id
        .to_string();
    let arn = user_arn("alice");
    let path = format!("{}/{}/", organization.id, organization.root_id);
    for (key, value) in [
        ("sts:RoleSessionName", "session"),
        ("aws:PrincipalArn", &arn),
        ("aws:PrincipalAccount", ACCOUNT),
        ("aws:PrincipalType", "User"),
        ("aws:PrincipalOrgID", &organization.id),
        ("aws:PrincipalOrgPaths", &path),
        ("aws:userid", &id),
        ("aws:username", "alice"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:SecureTransport", "true"),
        ("aws:CurrentTime", "2026-11-22T12:00:00Z"),
        ("aws:EpochTime", "1795348800"),
        ("aws:RequestedRegion", "us-east-1"),
        ("aws:UserAgent", "test/1"),
        ("aws:ViaAWSService", "false"),
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:ResourceAccount", ACCOUNT),
        ("aws:ResourceTag/own", "yes"),
        ("iam:ResourceTag/own", "yes"),
    ] {
        has(&scene, &denied, key, Some(value));
    }
    // Absent for long-term keys, and absent because the request did not say it.
    for key in [
        "aws:MultiFactorAuthPresent",
        "aws:MultiFactorAuthAge",
        "aws:TokenIssueTime",
        "aws:SourceIdentity",
        "sts:ExternalId",
        "sts:SourceIdentity",
        "sts:TransitiveTagKeys",
        "aws:TagKeys",
        "sts:DurationSeconds",
    ] {
        has(&scene, &denied, key, None);
    }
}

#[test]
fn keys_of_a_role_session() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let nobody = nobody(&scene);
    let worker = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |role| {
        role.path = "/team/".into();
        role.inline.push(inline(ALLOW_ALL));
    });
    let session = scene
        .assume(&alice, &worker, &[("SourceIdentity", "alice")])
        .credentials();
    scene.advance(60);
    let denied = scene.assume(&session, &nobody, &[]);
    let id = format!("{}:session", role(&scene, "worker").id);
    for (key, value) in [
        // The role with its path, not the session.
        ("aws:PrincipalArn", &*worker),
        ("aws:PrincipalType", "AssumedRole"),
        ("aws:userid", &id),
        ("aws:TokenIssueTime", "2026-11-22T12:00:00Z"),
        ("aws:MultiFactorAuthPresent", "false"),
        ("aws:SourceIdentity", "alice"),
        ("sts:SourceIdentity", "alice"),
    ] {
        has(&scene, &denied, key, Some(value));
    }
    for key in ["aws:username", "aws:MultiFactorAuthAge"] {
        has(&scene, &denied, key, None);
    }
    let own = scene.sts(&alice, "GetSessionToken", &[]).credentials();
    let denied = scene.assume(&own, &nobody, &[]);
    has(&scene, &denied, "aws:username", Some("alice"));
    has(&scene, &denied, "aws:MultiFactorAuthPresent", Some("false"));
}

#[test]
fn keys_of_the_request() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let denied = scene.assume(
        &alice,
        &nobody(&scene),
        &[
            ("ExternalId", "external"),
            ("SourceIdentity", "me"),
            ("Tags.member.1.Key", "Team"),
            ("Tags.member.1.Value", "a"),
            ("Tags.member.2.Key", "site"),
            ("Tags.member.2.Value", ""),
            ("TransitiveTagKeys.member.1", "Team"),
        ],
    );
    for (key, value) in [
        ("sts:ExternalId", "external"),
        ("sts:SourceIdentity", "me"),
        ("sts:TransitiveTagKeys", "Team"),
        ("aws:TagKeys", "Team,site"),
        ("aws:RequestTag/Team", "a"),
        ("aws:RequestTag/site", ""),
    ] {
        has(&scene, &denied, key, Some(value));
    }
    has(&scene, &denied, "aws:SourceIdentity", None);
}

#[test]
fn conditions_of_a_trust_policy_decide() {
    let scene = Scene::new();
    let alice = scene.user(ACCOUNT, "alice", |user| {
        user.inline.push(inline(ALLOW_ALL));
        user.tags.push(tag("Team", "a"));
    });
    let organization = scene.snapshot().organization().unwrap().id.clone();
    let org = format!(r#"{{"StringEquals":{{"aws:PrincipalOrgID":"{organization}"}}}}"#);
    let tags = [("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")];
    let external = [("ExternalId", "right")];
    let cases: [(&str, &Parameters<'_>, bool); 20] = [
        (r#"{"StringEquals":{"sts:ExternalId":"right"}}"#, &external, true),
        (r#"{"StringEquals":{"sts:ExternalId":"wrong"}}"#, &external, false),
        (r#"{"StringEquals":{"sts:ExternalId":"right"}}"#, &[], false),
        (r#"{"Null":{"sts:ExternalId":"true"}}"#, &[], true),
        (r#"{"StringLike":{"sts:RoleSessionName":"ses*"}}"#, &[], true),
        (
            r#"{"StringEquals":{"sts:RoleSessionName":"${aws:username}"}}"#,
            &[],
            false,
        ),
        (
            r#"{"StringEquals":{"sts:SourceIdentity":"${aws:username}"}}"#,
            &[("SourceIdentity", "alice")],
            true,
        ),
        (
            r#"{"StringEquals":{"sts:SourceIdentity":"${aws:username}"}}"#,
            &[],
            false,
        ),
        (r#"{"StringEquals":{"aws:RequestTag/k":"v"}}"#, &tags, true),
        (r#"{"StringEquals":{"aws:RequestTag/k":"w"}}"#, &tags, false),
        (
            r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["other"]}}"#,
            &tags,
            false,
        ),
        (
            r#"{"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":["k"]},"Null":{"sts:TransitiveTagKeys":"false"}}"#,
            &tags,
            false,
        ),
        (r#"{"StringEquals":{"aws:PrincipalTag/TEAM":"a"}}"#, &[], true),
        (r#"{"StringEquals":{"aws:PrincipalTag/team":"b"}}"#, &[], false),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, &[], false),
        (
            r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#,
            &[],
            true,
        ),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, &[], true),
        (r#"{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}"#, &[], false),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, &[], true),
        (&org, &[], true),
    ];
    for (at, (condition, more, expected)) in cases.into_iter().enumerate() {
        let role = scene.role(
            ACCOUNT,
            &format!("case{at}"),
            &trust_if(ACCOUNT, condition),
            |_| (),
        );
        let answer = scene.assume(&alice, &role, more);
        assert_eq!(answer.status == 200, expected, "{condition}: {}", answer.body);
    }
}

#[test]
fn a_sessions_tag_replaces_the_roles_whatever_its_case() {
    // §4.3. Latin-1 letters too: condition keys are compared so.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let worker = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |role| {
        role.inline.push(inline(ALLOW_ALL));
        role.tags = vec![
            tag("Team", "of-role"),
            tag("équipe", "of-role"),
            tag("site", "of-role"),
        ];
    });
    let more = [
        ("Tags.member.1.Key", "TEAM"),
        ("Tags.member.1.Value", "of-session"),
        ("Tags.member.2.Key", "Équipe"),
        ("Tags.member.2.Value", "of-session"),
    ];
    let session = scene.assume(&alice, &worker, &more).credentials();
    let may = |key: &str, value: &str| {
        let condition = format!(r#"{{"StringEquals":{{"aws:PrincipalTag/{key}":"{value}"}}}}"#);
        let name = format!(
            "role{}",
            scene.snapshot().counts(super::scene::account(ACCOUNT)).roles
        );
        let role = scene.role(ACCOUNT, &name, &trust_if(ACCOUNT, &condition), |_| ());
        scene.assume(&session, &role, &[]).status == 200
    };
    for key in ["team", "Team", "équipe", "Équipe"] {
        assert!(may(key, "of-session"), "{key}");
        assert!(!may(key, "of-role"), "{key}");
    }
    assert!(may("site", "of-role"));
}

/// `aws:PrincipalTag/admin` means the session's tag in any case, so a Deny of the key does.
#[test]
fn a_denied_tag_key_is_denied_in_any_case() {
    let scene = Scene::new();
    let deny = |action: &str, key: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Effect":"Deny","Action":"{action}","Resource":"*","Condition":{{"ForAnyValue:StringEquals":{{"{key}":["admin"]}}}}}}]}}"#
        )
    };
    let tags = deny("sts:TagSession", "aws:TagKeys");
    let passed = scene.user(ACCOUNT, "alice", |user| user.inline.push(inline(&tags)));
    let handed_on = deny("sts:TagSession", "sts:TransitiveTagKeys");
    let handed_on = scene.user(ACCOUNT, "bob", |user| user.inline.push(inline(&handed_on)));
    let role = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let none_of_them = r#"{"ForAllValues:StringNotEquals":{"aws:TagKeys":["admin"]}}"#;
    let open = scene.admin("carol");
    let guarded = scene.role(ACCOUNT, "guarded", &trust_if(ACCOUNT, none_of_them), |_| ());
    for (key, status) in [("admin", 403), ("ADMIN", 403), ("aDmin", 403), ("admins", 200)] {
        let more = [
            ("Tags.member.1.Key", key),
            ("Tags.member.1.Value", "yes"),
            ("TransitiveTagKeys.member.1", key),
        ];
        for (who, role) in [(&passed, &role), (&handed_on, &role), (&open, &guarded)] {
            let answer = scene.assume(who, role, &more);
            assert_eq!(answer.status, status, "{key}: {}", answer.body);
        }
        let federated = [
            ("Name", "guest"),
            ("Tags.member.1.Key", key),
            ("Tags.member.1.Value", "yes"),
        ];
        let answer = scene.sts(&passed, "GetFederationToken", &federated);
        assert_eq!(answer.status, status, "{key}: {}", answer.body);
    }
    // What an Allow says it says to the letter.
    let only = r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#;
    let exact = scene.role(ACCOUNT, "exact", &trust_if(ACCOUNT, only), |_| ());
    for (key, status) in [("team", 200), ("TEAM", 403)] {
        let more = [("Tags.member.1.Key", key), ("Tags.member.1.Value", "a")];
        assert_eq!(scene.assume(&open, &exact, &more).status, status, "{key}");
    }
}

#[test]
fn the_circumstances_are_the_servers_to_say() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = nobody(&scene);
    let parameters = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", &*role),
        ("RoleSessionName", "session"),
    ];
    let mut wire = Wire::post(&parameters).header("x-forwarded-for", "198.51.100.1");
    wire.tls = false;
    wire.peer = "::ffff:192.0.2.9".parse::<IpAddr>().unwrap();
    let denied = wire.signed(&alice, scene.now()).send(&scene);
    has(&scene, &denied, "aws:SecureTransport", Some("false"));
    has(&scene, &denied, "aws:SourceIp", Some("192.0.2.9"));
    has(&scene, &denied, "aws:RequestedRegion", Some("eu-central-1"));
    has(&scene, &denied, "aws:UserAgent", None);
}

/// IAM and Organizations are in one region, whatever a client signs for: the caller must not choose what a policy compares.
#[test]
fn what_is_global_is_asked_in_one_region() {
    let scene = Scene::new();
    for (wanted, status) in [("us-east-1", 200), ("eu-central-1", 403)] {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:RequestedRegion":"{wanted}"}}}}}}}}"#
        );
        let user = scene.user(ACCOUNT, &format!("of-{wanted}"), |user| {
            user.inline.push(inline(&policy))
        });
        for signed in ["us-east-1", "eu-central-1"] {
            let mut wire = Wire::post(&[("Action", "ListUsers"), ("Version", "2010-05-08")]);
            (wire.service, wire.region) = ("iam".to_owned(), signed.to_owned());
            let answer = wire.signed(&user, scene.now()).send(&scene);
            assert_eq!(
                answer.status, status,
                "{wanted}, signed for {signed}: {}",
                answer.body
            );
        }
    }
}

#[test]
fn no_parameter_sets_a_key_that_the_server_derives() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = nobody(&scene);
    let plain = scene.keys(&scene.root, &scene.assume(&alice, &role, &[]));
    let names = [
        "aws:PrincipalArn",
        "aws:userid",
        "aws:username",
        "aws:SourceIp",
        "aws:SecureTransport",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalTag/team",
        "aws:PrincipalOrgID",
        "aws:TokenIssueTime",
        "aws:SourceIdentity",
        "sts:ExternalId",
        "PrincipalTag/team",
        "../PrincipalArn",
    ];
    for name in names {
        // As a parameter of its own it is not known; as the key of a tag it stays a tag.
        let denied = scene.assume(&alice, &role, &[(name, "forged")]);
        assert_eq!(scene.keys(&scene.root, &denied), plain, "{name}");
        let tagged = [("Tags.member.1.Key", name), ("Tags.member.1.Value", "forged")];
        let denied = scene.assume(&alice, &role, &tagged);
        if name.starts_with("aws:") {
            // Not even that: such keys are AWS's own.
            assert_eq!(denied.status, 400, "{name}");
            continue;
        }
        let mut keys = scene.keys(&scene.root, &denied);
        keys.retain(|(key, _)| *key != format!("aws:RequestTag/{name}") && key != "aws:TagKeys");
        assert_eq!(keys, plain, "{name}");
    }
}

#[test]
fn a_federated_user_has_no_user_name() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let parameters = [("Name", "guest"), ("Policy", ALLOW_ALL)];
    let guest: Credentials = scene.sts(&alice, "GetFederationToken", &parameters).credentials();
    scene.edit_user("alice", |user| user.inline.clear());
    let denied = scene.organizations(&guest, "DescribeOrganization", &serde_json::json!({}));
    let arn = format!("arn:aws:sts::{ACCOUNT}:federated-user/guest");
    has(&scene, &denied, "aws:PrincipalArn", Some(&arn));
    has(&scene, &denied, "aws:PrincipalType", Some("FederatedUser"));
    has(&scene, &denied, "aws:userid", Some(&format!("{ACCOUNT}:guest")));
    has(&scene, &denied, "aws:username", None);
}
