//! AssumeRole, row by row (`facts: sts §2.4`).

use super::scene::{
    ACCOUNT, ALLOW_ALL, OTHER, Scene, all_but, allow, denied, inline, role, tag, trust, trust_action,
    trust_if, user_arn,
};

#[test]
fn every_cause_of_a_denial_gives_the_same_sentence() {
    let scene = Scene::new();
    scene.other_account(OTHER);
    let alice = scene.admin("alice");
    let bob = scene.user(ACCOUNT, "bob", |_| ());
    let trusted = scene.role(ACCOUNT, "trusted", &trust(ACCOUNT), |_| ());
    let external = r#"{"StringEquals":{"sts:ExternalId":"right"}}"#;
    let closed = scene.role(ACCOUNT, "closed", &trust_if(ACCOUNT, external), |_| ());
    let stranger = scene.role(ACCOUNT, "stranger", &trust(OTHER), |_| ());
    let foreign = scene.role(OTHER, "foreign", &trust(OTHER), |_| ());
    let willing = scene.role(OTHER, "willing", &trust(ACCOUNT), |_| ());
    let nowhere = format!("arn:aws:iam::{ACCOUNT}:role/nowhere");
    let no_account = "arn:aws:iam::999999999999:role/nowhere".to_owned();
    let other_case = trusted.replace("trusted", "Trusted");
    let other_path = trusted.replace("trusted", "path/trusted");
    let other_partition = trusted.replace("arn:aws:", "arn:aws-cn:");
    let not_a_role = format!("arn:aws:iam::{ACCOUNT}:user/alice");
    for arn in [
        &closed,
        &stranger,
        &foreign,
        &nowhere,
        &no_account,
        &other_case,
        &other_path,
        &other_partition,
        &not_a_role,
    ] {
        let text = denied(&user_arn("alice"), "sts:AssumeRole", arn);
        scene.assume(&alice, arn, &[]).fails(403, "AccessDenied", &text);
    }
    // One that trusts her by name, which is enough, is found by its own ARN only.
    let direct = scene.role(ACCOUNT, "direct", &trust(&user_arn("alice")), |_| ());
    for (from, to) in [
        ("arn:aws:", "arn:aws-cn:"),
        (":iam:", ":sts:"),
        (":iam::", ":iam:eu-central-1:"),
        (ACCOUNT, ""),
    ] {
        let arn = direct.replace(from, to);
        let text = denied(&user_arn("alice"), "sts:AssumeRole", &arn);
        scene.assume(&alice, &arn, &[]).fails(403, "AccessDenied", &text);
    }
    scene.assume(&alice, &direct, &[]).ok();
    let wrong = [("ExternalId", "wrong")];
    let text = denied(&user_arn("alice"), "sts:AssumeRole", &closed);
    scene
        .assume(&alice, &closed, &wrong)
        .fails(403, "AccessDenied", &text);
    for arn in [&trusted, &willing] {
        let text = denied(&user_arn("bob"), "sts:AssumeRole", arn);
        scene.assume(&bob, arn, &[]).fails(403, "AccessDenied", &text);
    }
    scene.assume(&alice, &trusted, &[]).ok();
    scene.assume(&alice, &willing, &[]).ok();
    scene.assume(&alice, &closed, &[("ExternalId", "right")]).ok();
}

#[test]
fn source_identity_and_tags_have_permissions_of_their_own() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "plain", &trust_action(ACCOUNT, "sts:AssumeRole"), |_| ());
    let tags = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a")];
    let text = denied(&user_arn("alice"), "sts:SetSourceIdentity", &role);
    let answer = scene.assume(&alice, &role, &[("SourceIdentity", "alice")]);
    answer.fails(403, "AccessDenied", &text);
    let text = denied(&user_arn("alice"), "sts:TagSession", &role);
    scene
        .assume(&alice, &role, &tags)
        .fails(403, "AccessDenied", &text);

    // And on the caller's side.
    let open = scene.role(ACCOUNT, "open", &trust(ACCOUNT), |_| ());
    for action in ["sts:SetSourceIdentity", "sts:TagSession"] {
        scene.edit_user("alice", |user| user.inline = vec![inline(&all_but(action))]);
        let more: &[(&str, &str)] = match action {
            "sts:TagSession" => &tags,
            _ => &[("SourceIdentity", "alice")],
        };
        let text = denied(&user_arn("alice"), action, &open);
        scene
            .assume(&alice, &open, more)
            .fails(403, "AccessDenied", &text);
        scene.assume(&alice, &open, &[]).ok();
    }
}

#[test]
fn the_callers_arn_is_that_of_its_session() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let first = scene.role(ACCOUNT, "first", &trust(ACCOUNT), |_| ());
    let second = scene.role(ACCOUNT, "second", &trust(ACCOUNT), |_| ());
    let session = scene.assume(&alice, &first, &[]).credentials();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/first/session");
    let text = denied(&arn, "sts:AssumeRole", &second);
    scene
        .assume(&session, &second, &[])
        .fails(403, "AccessDenied", &text);
}

#[test]
fn the_path_of_a_role_is_not_in_its_sessions_arn() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let arn = scene.role(ACCOUNT, "deep", &trust(ACCOUNT), |role| {
        role.path = "/a/b/".into()
    });
    assert_eq!(arn, format!("arn:aws:iam::{ACCOUNT}:role/a/b/deep"));
    let answer = scene.assume(&alice, &arn, &[]).ok();
    assert_eq!(
        answer.text("Arn"),
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/deep/session")
    );
    assert_eq!(
        answer.text("AssumedRoleId"),
        format!("{}:session", role(&scene, "deep").id)
    );
    // Without its path it is another role.
    let without = arn.replace("/a/b/", "/");
    assert_eq!(scene.assume(&alice, &without, &[]).status, 403);
}

#[test]
fn durations() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let long = scene.role(ACCOUNT, "long", &trust(ACCOUNT), |role| {
        role.max_session_duration = 7200;
        role.inline.push(inline(ALLOW_ALL));
    });
    let ask = |who, seconds: &str| scene.assume(who, &long, &[("DurationSeconds", seconds)]);
    let expires = |seconds: i64| (scene.now() + jiff::SignedDuration::from_secs(seconds)).to_string();
    assert_eq!(ask(&alice, "7200").ok().text("Expiration"), expires(7200));
    assert_eq!(
        scene.assume(&alice, &long, &[]).ok().text("Expiration"),
        expires(3600)
    );
    let over = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    ask(&alice, "7201").fails(400, "ValidationError", over);

    let session = scene.assume(&alice, &long, &[]).credentials();
    let chained =
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    ask(&session, "3601").fails(400, "ValidationError", chained);
    // The role's limit is reported first when both are exceeded.
    ask(&session, "7201").fails(400, "ValidationError", over);
    assert_eq!(ask(&session, "3600").ok().text("Expiration"), expires(3600));

    // A session of GetSessionToken is not a chain.
    let own = scene.sts(&alice, "GetSessionToken", &[]).credentials();
    ask(&own, "7200").ok();
}

#[test]
fn the_source_identity_comes_down_the_chain() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let all = |role: &mut locum_directory::Role| role.inline.push(inline(ALLOW_ALL));
    let first = scene.role(ACCOUNT, "first", &trust(ACCOUNT), all);
    let second = scene.role(ACCOUNT, "second", &trust(ACCOUNT), all);
    let plain = scene.role(ACCOUNT, "plain", &trust_action(ACCOUNT, "sts:AssumeRole"), |_| ());
    let answer = scene.assume(&alice, &first, &[("SourceIdentity", "alice")]).ok();
    assert_eq!(answer.text("SourceIdentity"), "alice");
    let session = answer.credentials();

    let inherited = scene.assume(&session, &second, &[]).ok();
    assert_eq!(inherited.text("SourceIdentity"), "alice");
    scene
        .assume(&session, &second, &[("SourceIdentity", "alice")])
        .ok();
    for other in ["bob", "Alice"] {
        scene
            .assume(&session, &second, &[("SourceIdentity", other)])
            .fails(
                400,
                "ValidationError",
                "The source identity is already set for this assume role session",
            );
    }
    // Inheriting alone needs the permission, on both sides.
    let caller = format!("arn:aws:sts::{ACCOUNT}:assumed-role/first/session");
    let text = denied(&caller, "sts:SetSourceIdentity", &plain);
    scene
        .assume(&session, &plain, &[])
        .fails(403, "AccessDenied", &text);
    scene.edit_role("first", |role| {
        role.inline = vec![inline(&all_but("sts:SetSourceIdentity"))]
    });
    let text = denied(&caller, "sts:SetSourceIdentity", &second);
    scene
        .assume(&session, &second, &[])
        .fails(403, "AccessDenied", &text);
    // And it goes on to the third.
    scene.edit_role("first", all);
    let third = scene.assume(&inherited.credentials(), &first, &[]).ok();
    assert_eq!(third.text("SourceIdentity"), "alice");
}

#[test]
fn transitive_tags_come_down_the_chain() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let all = |role: &mut locum_directory::Role| role.inline.push(inline(ALLOW_ALL));
    let first = scene.role(ACCOUNT, "first", &trust(ACCOUNT), all);
    let tagged = r#"{"StringEquals":{"aws:PrincipalTag/team":"a"}}"#;
    let second = scene.role(ACCOUNT, "second", &trust_if(ACCOUNT, tagged), all);
    let gone = r#"{"StringEquals":{"aws:PrincipalTag/here":"b"}}"#;
    let third = scene.role(ACCOUNT, "third", &trust_if(ACCOUNT, gone), all);
    let more = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
        ("Tags.member.2.Key", "here"),
        ("Tags.member.2.Value", "b"),
        ("TransitiveTagKeys.member.1", "TEAM"),
    ];
    let one = scene.assume(&alice, &first, &more).credentials();
    scene.assume(&one, &third, &[]).ok();
    let two = scene.assume(&one, &second, &[]).credentials();
    scene.assume(&two, &second, &[]).ok();
    assert_eq!(
        scene.assume(&two, &third, &[]).status,
        403,
        "only transitive tags go on"
    );
    for key in ["team", "TEAM"] {
        let over = [("Tags.member.1.Key", key), ("Tags.member.1.Value", "z")];
        scene.assume(&two, &second, &over).fails(
            400,
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from \
             the calling session.",
        );
    }
    // Inherited tags alone need sts:TagSession.
    let plain = scene.role(ACCOUNT, "plain", &trust_action(ACCOUNT, "sts:AssumeRole"), |_| ());
    let caller = format!("arn:aws:sts::{ACCOUNT}:assumed-role/second/session");
    let text = denied(&caller, "sts:TagSession", &plain);
    scene.assume(&two, &plain, &[]).fails(403, "AccessDenied", &text);
}

#[test]
fn root_users_assume_nothing() {
    let scene = Scene::new();
    let role = scene.role(ACCOUNT, "open", &trust("*"), |_| ());
    let session = scene.sts(&scene.root, "GetSessionToken", &[]).credentials();
    for who in [&scene.root, &session] {
        let text = "Roles may not be assumed by root accounts.";
        scene.assume(who, &role, &[]).fails(403, "AccessDenied", text);
    }
}

#[test]
fn a_second_factor_that_nobody_has() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "open", &trust(ACCOUNT), |_| ());
    let serial = ("SerialNumber", "arn:aws:iam::111122223333:mfa/alice");
    let text = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
                valid and associated with this user.";
    let both = [serial, ("TokenCode", "123456")];
    scene
        .assume(&alice, &role, &both)
        .fails(403, "AccessDenied", text);
    scene
        .sts(&alice, "GetSessionToken", &both)
        .fails(403, "AccessDenied", text);
    for one in [serial, ("TokenCode", "123456")] {
        assert_eq!(scene.assume(&alice, &role, &[one]).status, 403);
        assert_eq!(scene.sts(&alice, "GetSessionToken", &[one]).status, 403);
    }
}

#[test]
fn a_context_that_nobody_may_set() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let everything = trust_action(ACCOUNT, "sts:*");
    let role = scene.role(ACCOUNT, "open", &everything, |_| ());
    let context = [
        (
            "ProvidedContexts.member.1.ProviderArn",
            "arn:aws:iam::aws:contextProvider/IdentityCenter",
        ),
        ("ProvidedContexts.member.1.ContextAssertion", "assertion"),
    ];
    let text = denied(&user_arn("alice"), "sts:SetContext", &role);
    scene
        .assume(&alice, &role, &context)
        .fails(403, "AccessDenied", &text);
}

#[test]
fn packed_size_and_padding() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "open", &trust(ACCOUNT), |role| {
        role.tags.push(tag("a", "b"))
    });
    let policy = allow("sts:*", "*");
    let answer = scene.assume(&alice, &role, &[("Policy", &policy)]).ok();
    let token = answer.text("SessionToken");
    let percent = (token.len() * 100).div_ceil(4096).to_string();
    assert_eq!(answer.text("PackedPolicySize"), percent);
    let answer = scene
        .assume(&alice, &role, &[("MinimumSessionTokenSize", "4096")])
        .ok();
    assert_eq!(answer.text("SessionToken").len(), 4096);
    assert_eq!(answer.text("SessionTokenSize"), "4096");
    assert_eq!(answer.text("SessionTokenUtilization"), "100");
    scene.sts(&answer.credentials(), "GetCallerIdentity", &[]).ok();
}
