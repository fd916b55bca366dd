use super::texts::{ADMINISTRATOR, ALLOW_ALL, DENIED, READ_NOTES, TRUST_ACCOUNT};
use crate::harness::{Credentials, Parameters, World};

fn statement(text: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{text}]}}"#)
}

/// Checks whom the service lets do what.
#[track_caller]
fn decides(world: &World, caller: &Credentials, cases: &[(bool, &str, &Parameters<'_>)]) {
    for (allowed, action, parameters) in cases {
        let answer = world.iam(caller, action, parameters);
        let got = (
            answer.status != 403,
            answer.find("Code").as_deref() == Some(DENIED.1),
        );
        assert_eq!(
            got,
            (*allowed, !allowed),
            "{action} {parameters:?}: {}",
            answer.body
        );
    }
}

#[test]
fn nothing_is_allowed_to_whom_nothing_allows() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let staff = [("UserName", "bob"), ("Path", "/staff/")];
    world.admin("CreateUser", &staff).ok();
    let own_policy = world.policy("p", READ_NOTES);
    let here = "arn:aws:iam::111122223333:";
    for (action, parameters, resource) in [
        ("ListUsers", &[][..], format!("{here}user/")),
        (
            "ListUsers",
            &[("PathPrefix", "/staff/")],
            format!("{here}user/staff/"),
        ),
        ("ListRoles", &[], format!("{here}role/")),
        // No ARN, as recorded of AWS.
        ("ListPolicies", &[], "policy path /".to_owned()),
        (
            "ListPolicies",
            &[("PathPrefix", "/staff/")],
            "policy path /staff/".to_owned(),
        ),
        ("GetUser", &[], format!("{here}user/alice")),
        // On the ARN it has, and on the one it would have.
        ("GetUser", &[("UserName", "BOB")], format!("{here}user/staff/bob")),
        ("GetUser", &[("UserName", "nobody")], format!("{here}user/nobody")),
        (
            "CreateUser",
            &[("UserName", "x"), ("Path", "/y/")],
            format!("{here}user/y/x"),
        ),
        ("CreateUser", &staff, format!("{here}user/staff/bob")),
        ("DeleteRole", &[("RoleName", "none")], format!("{here}role/none")),
        (
            "CreateAccessKey",
            &[("UserName", "bob")],
            format!("{here}user/staff/bob"),
        ),
        ("GetPolicy", &[("PolicyArn", &own_policy)], own_policy.clone()),
        (
            "GetPolicy",
            &[("PolicyArn", ADMINISTRATOR)],
            ADMINISTRATOR.to_owned(),
        ),
        (
            "AttachUserPolicy",
            &[("UserName", "alice"), ("PolicyArn", ADMINISTRATOR)],
            format!("{here}user/alice"),
        ),
    ] {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:{action} on resource: \
             {resource} because no identity-based policy allows the iam:{action} action"
        );
        world
            .iam(&alice, action, parameters)
            .fails(403, "AccessDenied", &text);
    }
    assert!(
        world.snapshot().user(world.account, "x").is_none(),
        "a denied write writes nothing"
    );
}

#[test]
fn an_explicit_deny_names_its_policy() {
    let world = World::new();
    let document = statement(r#"{"Effect":"Deny","Action":"iam:DeleteUser","Resource":"*"}"#);
    let arn = world.policy("guard", &document);
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    world
        .admin("AttachUserPolicy", &[("UserName", "alice"), ("PolicyArn", &arn)])
        .ok();
    let text = format!(
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:DeleteUser on resource: \
         arn:aws:iam::111122223333:user/bob with an explicit deny in an identity-based policy: {arn}"
    );
    world
        .iam(&alice, "DeleteUser", &[("UserName", "bob")])
        .fails(403, "AccessDenied", &text);
}

#[test]
fn whoever_is_kept_to_a_path_stays_in_it() {
    let world = World::new();
    let document = statement(
        r#"{"Effect":"Allow","Action":"iam:*","Resource":["arn:aws:iam::111122223333:user/dev/*",
           "arn:aws:iam::111122223333:role/dev/*","arn:aws:iam::111122223333:policy/dev/*"]}"#,
    );
    let lead = world.user(&world.root, "lead", Some(&document));
    world.role(&world.root, "admin", TRUST_ACCOUNT, Some(ALLOW_ALL));
    let outside = world.policy("outside", READ_NOTES);
    let dev = ("Path", "/dev/");
    let trust = ("AssumeRolePolicyDocument", TRUST_ACCOUNT);
    let inside = "arn:aws:iam::111122223333:policy/dev/p";
    let allow_all = ("PolicyDocument", ALLOW_ALL);
    decides(
        &world,
        &lead,
        &[
            (true, "CreateUser", &[("UserName", "inside"), dev]),
            (true, "CreateRole", &[("RoleName", "inside"), dev, trust]),
            (
                true,
                "CreatePolicy",
                &[("PolicyName", "p"), dev, ("PolicyDocument", READ_NOTES)],
            ),
            (true, "GetUser", &[("UserName", "inside")]),
            (true, "ListUsers", &[("PathPrefix", "/dev/")]),
            (true, "CreateAccessKey", &[("UserName", "inside")]),
            (
                true,
                "UpdateUser",
                &[("UserName", "inside"), ("NewPath", "/dev/sub/")],
            ),
            (true, "CreatePolicyVersion", &[("PolicyArn", inside), allow_all]),
            (false, "CreateUser", &[("UserName", "x")]),
            (false, "CreateUser", &[("UserName", "x"), ("Path", "/devs/")]),
            (false, "CreateRole", &[("RoleName", "x"), trust]),
            (false, "CreatePolicy", &[("PolicyName", "x"), allow_all]),
            (false, "GetUser", &[("UserName", "lead")]),
            (false, "ListUsers", &[]),
            (false, "CreateAccessKey", &[("UserName", "lead")]),
            (false, "CreateAccessKey", &[]),
            // Neither out of the path nor into it.
            (false, "UpdateUser", &[("UserName", "inside"), ("NewPath", "/")]),
            (false, "UpdateUser", &[("UserName", "lead"), ("NewPath", "/dev/")]),
            (
                false,
                "UpdateAssumeRolePolicy",
                &[("RoleName", "admin"), ("PolicyDocument", TRUST_ACCOUNT)],
            ),
            (
                false,
                "PutUserPolicy",
                &[("UserName", "lead"), ("PolicyName", "x"), allow_all],
            ),
            (
                false,
                "PutRolePolicy",
                &[("RoleName", "admin"), ("PolicyName", "x"), allow_all],
            ),
            (
                false,
                "AttachUserPolicy",
                &[("UserName", "lead"), ("PolicyArn", ADMINISTRATOR)],
            ),
            (
                false,
                "CreatePolicyVersion",
                &[("PolicyArn", &outside), allow_all],
            ),
            (false, "DeleteUser", &[("UserName", "LEAD")]),
        ],
    );
}

/// AWS lists policies, its own among them, for nobody who may do it to ARNs only.
#[test]
fn policies_are_listed_for_those_who_may_list_all_of_them() {
    let world = World::new();
    let policies = "arn:aws:iam::111122223333:policy/";
    let allow = |resource: &str| {
        format!(r#"{{"Effect":"Allow","Action":"iam:ListPolicies","Resource":"{resource}"}}"#)
    };
    let deny = |resource: &str| {
        format!(r#"{{"Effect":"Deny","Action":"iam:ListPolicies","Resource":"{resource}"}}"#)
    };
    let dev = [("PathPrefix", "/dev/")];
    for (at, (statements, all, below)) in [
        (allow("*"), true, true),
        (allow(&format!("{policies}*")), false, false),
        (allow(&format!("{policies}dev/*")), false, false),
        (allow("arn:aws:iam::111122223333:*"), false, false),
        (allow("arn:aws:iam::*:*"), false, false),
        // What is denied by ARN is denied.
        (
            format!("{},{}", allow("*"), deny(&format!("{policies}dev/*"))),
            true,
            false,
        ),
        (
            format!("{},{}", allow("*"), deny(&format!("{policies}*"))),
            false,
            false,
        ),
        (format!("{},{}", allow("*"), deny("*")), false, false),
    ]
    .into_iter()
    .enumerate()
    {
        let lister = world.user(&world.root, &format!("lister{at}"), Some(&statement(&statements)));
        decides(
            &world,
            &lister,
            &[(all, "ListPolicies", &[]), (below, "ListPolicies", &dev)],
        );
    }
}

#[test]
fn condition_keys_of_iam_decide() {
    let world = World::new();
    let notes = world.policy("notes", READ_NOTES);
    let document = statement(&format!(
        r#"{{"Effect":"Allow","Action":["iam:AttachUserPolicy","iam:DetachUserPolicy"],"Resource":"*",
             "Condition":{{"ArnEquals":{{"iam:PolicyARN":"{notes}"}}}}}},
           {{"Effect":"Allow","Action":"iam:DeleteUser","Resource":"*",
             "Condition":{{"StringEquals":{{"iam:ResourceTag/Team":"blue","aws:ResourceTag/team":"blue"}}}}}},
           {{"Effect":"Allow","Action":["iam:CreateUser","iam:TagUser"],"Resource":"*",
             "Condition":{{"StringEquals":{{"aws:RequestTag/Team":"blue"}}}}}},
           {{"Effect":"Allow","Action":"iam:UntagUser","Resource":"*",
             "Condition":{{"ForAllValues:StringEquals":{{"aws:TagKeys":"Note"}}}}}}"#
    ));
    let delegate = world.user(&world.root, "delegate", Some(&document));
    let tagged = |name, team| {
        [
            ("UserName", name),
            ("Tags.member.1.Key", "Team"),
            ("Tags.member.1.Value", team),
        ]
    };
    world.admin("CreateUser", &tagged("green", "green")).ok();
    decides(
        &world,
        &delegate,
        &[
            (true, "CreateUser", &tagged("blue", "blue")),
            (false, "CreateUser", &tagged("red", "red")),
            (false, "CreateUser", &[("UserName", "plain")]),
            (false, "TagUser", &tagged("green", "green")),
            (
                true,
                "AttachUserPolicy",
                &[("UserName", "green"), ("PolicyArn", &notes)],
            ),
            (
                false,
                "AttachUserPolicy",
                &[("UserName", "green"), ("PolicyArn", ADMINISTRATOR)],
            ),
            (
                true,
                "DetachUserPolicy",
                &[("UserName", "green"), ("PolicyArn", &notes)],
            ),
            (
                true,
                "UntagUser",
                &[("UserName", "green"), ("TagKeys.member.1", "Note")],
            ),
            (
                false,
                "UntagUser",
                &[("UserName", "green"), ("TagKeys.member.1", "Team")],
            ),
            (false, "DeleteUser", &[("UserName", "green")]),
            (true, "DeleteUser", &[("UserName", "blue")]),
        ],
    );
}

#[test]
fn tags_at_creation_need_the_permission_to_tag() {
    let world = World::new();
    let document = statement(
        r#"{"Effect":"Allow","Action":["iam:CreateUser","iam:CreateRole","iam:CreatePolicy"],"Resource":"*"}"#,
    );
    let maker = world.user(&world.root, "maker", Some(&document));
    let (key, value) = (("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "blue"));
    let user = ("UserName", "x");
    let role = [("RoleName", "x"), ("AssumeRolePolicyDocument", TRUST_ACCOUNT)];
    let policy = [("PolicyName", "x"), ("PolicyDocument", READ_NOTES)];
    decides(
        &world,
        &maker,
        &[
            (false, "CreateUser", &[user, key, value]),
            (false, "CreateRole", &[role[0], role[1], key, value]),
            (false, "CreatePolicy", &[policy[0], policy[1], key, value]),
            (true, "CreateUser", &[user]),
            (true, "CreateRole", &role),
            (true, "CreatePolicy", &policy),
        ],
    );
}

#[test]
fn a_session_token_without_a_second_factor_calls_nothing() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let session = world.sts(&alice, "GetSessionToken", &[]).credentials();
    let text = "The security token included in the request is invalid";
    world
        .iam(&session, "ListUsers", &[])
        .fails(403, "InvalidClientTokenId", text);
}

#[test]
fn a_call_is_recorded_as_it_ended() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    world.iam(&alice, "DeleteUser", &[("UserName", "alice")]);
    let records = world.records();
    let created = records
        .iter()
        .find(|record| record["eventName"] == "CreateUser")
        .unwrap();
    assert_eq!(created["eventSource"], "iam.amazonaws.com");
    assert_eq!(created["requestParameters"]["userName"], "alice");
    assert_eq!(created["responseElements"]["user"]["userName"], "alice");
    assert_eq!(created["readOnly"], false);
    let denied = records.last().unwrap();
    assert_eq!(
        (&denied["eventName"], &denied["errorCode"]),
        (&"DeleteUser".into(), &"AccessDenied".into())
    );
}
