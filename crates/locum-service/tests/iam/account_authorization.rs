use super::texts::{ADMINISTRATOR, ALLOW_ALL, READ_NOTES, TRUST_ACCOUNT, policy_arn};
use crate::harness::{Answer, Parameters, World, percent_decode};

/// A world in which everything has something, and everything hangs together.
fn world() -> World {
    let world = World::new();
    let notes = world.policy("notes", READ_NOTES);
    world
        .admin(
            "CreatePolicyVersion",
            &[("PolicyArn", &notes), ("PolicyDocument", ALLOW_ALL)],
        )
        .ok();
    let named = ("PolicyArn", notes.as_str());
    let inline = [("PolicyName", "own"), ("PolicyDocument", READ_NOTES)];
    let tag = [("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "a b")];
    let calls: [(&str, &Parameters<'_>); 13] = [
        ("CreateGroup", &[("GroupName", "Writers"), ("Path", "/g/")]),
        (
            "CreateUser",
            &[
                ("UserName", "Bob"),
                tag[0],
                tag[1],
                ("PermissionsBoundary", &notes),
            ],
        ),
        ("CreateUser", &[("UserName", "alice"), ("Path", "/u/")]),
        ("AddUserToGroup", &[("GroupName", "Writers"), ("UserName", "Bob")]),
        ("PutUserPolicy", &[("UserName", "Bob"), inline[0], inline[1]]),
        ("AttachUserPolicy", &[("UserName", "Bob"), named]),
        (
            "AttachUserPolicy",
            &[("UserName", "Bob"), ("PolicyArn", ADMINISTRATOR)],
        ),
        (
            "CreateRole",
            &[
                ("RoleName", "Worker"),
                ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
            ],
        ),
        ("CreateInstanceProfile", &[("InstanceProfileName", "Machines")]),
        (
            "AddRoleToInstanceProfile",
            &[("InstanceProfileName", "Machines"), ("RoleName", "Worker")],
        ),
        ("PutRolePolicy", &[("RoleName", "Worker"), inline[0], inline[1]]),
        (
            "PutGroupPolicy",
            &[("GroupName", "Writers"), inline[0], inline[1]],
        ),
        ("AttachGroupPolicy", &[("GroupName", "Writers"), named]),
    ];
    for (action, parameters) in calls {
        world.admin(action, parameters).ok();
    }
    world
}

/// The names of the entries, by kind, in the order of the answer.
fn names(answer: &Answer) -> Vec<String> {
    let list = |open: &str, name: &str| {
        let body = answer
            .body
            .split(&format!("<{open}>"))
            .nth(1)
            .and_then(|rest| rest.split(&format!("</{open}>")).next());
        let part = Answer {
            status: 200,
            headers: Vec::new(),
            body: body.unwrap_or_default().to_owned(),
        };
        part.texts(name)
    };
    // Attached policies have a name too, but only managed ones have an id next to it.
    let policies = list("Policies", "Arn");
    // A role is named once more in its instance profile.
    let mut roles = list("RoleDetailList", "RoleName");
    roles.dedup();
    [
        list("UserDetailList", "UserName"),
        list("GroupDetailList", "GroupName"),
        roles,
        policies,
    ]
    .concat()
}

fn details(world: &World, parameters: &Parameters<'_>) -> Answer {
    world.admin("GetAccountAuthorizationDetails", parameters).ok()
}

#[test]
fn it_shows_every_entity_with_all_that_hangs_on_it() {
    let world = world();
    let answer = details(&world, &[]);
    let notes = policy_arn("notes");
    assert_eq!(
        names(&answer),
        ["alice", "Bob", "Writers", "Worker", &notes, ADMINISTRATOR]
    );
    let part = |list: &str, at: usize| {
        let body = answer.body.split(&format!("<{list}>")).nth(1).unwrap();
        let body = body.split(&format!("</{list}>")).next().unwrap();
        // The members of the list itself are the ones that begin with a path or a policy's name.
        let begin = if list == "Policies" {
            "<member>\n        <PolicyName>"
        } else {
            "<member>\n        <Path>"
        };
        body.split(begin).nth(at).unwrap().to_owned()
    };
    let alice = part("UserDetailList", 1);
    assert!(!alice.contains("UserPolicyList"), "{alice}");
    for piece in [
        "<GroupList/>",
        "<AttachedManagedPolicies/>",
        ":user/u/alice</Arn>",
    ] {
        assert!(alice.contains(piece), "{piece} in {alice}");
    }
    let bob = part("UserDetailList", 2);
    for piece in [
        "<PolicyName>own</PolicyName>",
        "%22s3%3AGetObject%22",
        "<member>Writers</member>",
        "<PolicyName>AdministratorAccess</PolicyName>",
        "<PermissionsBoundaryArn>arn:aws:iam::111122223333:policy/notes</PermissionsBoundaryArn>",
        "<Value>a b</Value>",
    ] {
        assert!(bob.contains(piece), "{piece} in {bob}");
    }
    assert!(bob.find("AdministratorAccess") < bob.find(":policy/notes</PolicyArn>"));
    let group = part("GroupDetailList", 1);
    assert!(group.contains(":group/g/Writers</Arn>") && group.contains("<PolicyName>own</PolicyName>"));
    let role = part("RoleDetailList", 1);
    let role_list = answer.body.split("<RoleDetailList>").nth(1).unwrap();
    let role_list = role_list.split("</RoleDetailList>").next().unwrap();
    let encoded = role
        .split("<AssumeRolePolicyDocument>")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    assert_eq!(percent_decode(encoded.unwrap()), TRUST_ACCOUNT);
    for piece in [
        "<AttachedManagedPolicies/>",
        "<InstanceProfileName>Machines</InstanceProfileName>",
        "<PolicyName>own</PolicyName>",
    ] {
        assert!(role_list.contains(piece), "{piece} in {role_list}");
    }
    let policy = part("Policies", 1);
    for piece in [
        "<DefaultVersionId>v1</DefaultVersionId>",
        "<AttachmentCount>2</AttachmentCount>",
        "<PermissionsBoundaryUsageCount>1</PermissionsBoundaryUsageCount>",
        "<VersionId>v2</VersionId>",
        "%22s3%3AGetObject%22",
    ] {
        assert!(policy.contains(piece), "{piece} in {policy}");
    }
}

/// The newest version comes first, as recorded; names are in the order that the lists have them in.
#[test]
fn what_hangs_on_an_entity_is_in_the_order_of_its_list() {
    let world = World::new();
    let user = ("UserName", "alice");
    world.admin("CreateUser", &[user]).ok();
    for name in ["Zoo", "ant", "Bee"] {
        let policy = world.policy(name, READ_NOTES);
        world
            .admin("AttachUserPolicy", &[user, ("PolicyArn", &policy)])
            .ok();
        world.admin("CreateGroup", &[("GroupName", name)]).ok();
        world.admin("AddUserToGroup", &[user, ("GroupName", name)]).ok();
    }
    let ant = policy_arn("ant");
    for _ in 0..3 {
        let version = [("PolicyArn", &*ant), ("PolicyDocument", ALLOW_ALL)];
        world.admin("CreatePolicyVersion", &version).ok();
    }
    let shown = details(&world, &[("Filter.member.1", "User")]);
    assert_eq!(shown.texts("PolicyName"), ["ant", "Bee", "Zoo"]);
    let groups = shown.texts("member");
    let groups: Vec<&String> = groups.iter().filter(|text| !text.contains('<')).collect();
    assert_eq!(groups, ["ant", "Bee", "Zoo"]);
    let shown = details(&world, &[("Filter.member.1", "LocalManagedPolicy")]);
    assert_eq!(shown.texts("VersionId"), ["v4", "v3", "v2", "v1", "v1", "v1"]);
}

#[test]
fn a_filter_chooses_kinds() {
    let world = world();
    let notes = policy_arn("notes");
    let cases: [(&[&str], &[&str]); 7] = [
        (&["User"], &["alice", "Bob"]),
        (&["Group"], &["Writers"]),
        (&["Role"], &["Worker"]),
        (&["LocalManagedPolicy"], &[&notes]),
        (&["AWSManagedPolicy"], &[ADMINISTRATOR]),
        (
            &["AWSManagedPolicy", "User", "User"],
            &["alice", "Bob", ADMINISTRATOR],
        ),
        (
            &["Role", "Group", "LocalManagedPolicy"],
            &["Writers", "Worker", &notes],
        ),
    ];
    for (filter, expected) in cases {
        let keys: Vec<String> = (1..=filter.len()).map(|n| format!("Filter.member.{n}")).collect();
        let parameters: Vec<_> = keys
            .iter()
            .map(String::as_str)
            .zip(filter.iter().copied())
            .collect();
        assert_eq!(names(&details(&world, &parameters)), expected, "{filter:?}");
    }
    let unknown = world.admin(
        "GetAccountAuthorizationDetails",
        &[("Filter.member.1", "Everything")],
    );
    assert_eq!(
        (unknown.status, unknown.text("Code")),
        (400, "ValidationError".to_owned())
    );
}

#[test]
fn one_marker_leads_through_all_kinds() {
    let world = world();
    let expected = names(&details(&world, &[]));
    for size in ["1", "2", "3", "4", "5", "6"] {
        let (mut all, mut marker) = (Vec::new(), None::<String>);
        loop {
            let mut parameters = vec![("MaxItems", size)];
            if let Some(marker) = &marker {
                parameters.push(("Marker", marker));
            }
            let page = details(&world, &parameters);
            all.extend(names(&page));
            marker = page.find("Marker");
            assert_eq!(page.text("IsTruncated"), marker.is_some().to_string());
            if marker.is_none() {
                break;
            }
        }
        assert_eq!(all, expected, "by {size}");
    }
    let marker = details(&world, &[("MaxItems", "1")]).text("Marker");
    world
        .admin(
            "GetAccountAuthorizationDetails",
            &[("Marker", &marker), ("Filter.member.1", "User")],
        )
        .fails(400, "ValidationError", "Invalid Marker.");
}

/// However many entries may be asked for, a page has little more than a megabyte of documents.
#[test]
fn a_page_ends_when_it_has_had_enough_documents() {
    let world = World::new();
    let statement = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::PADDING"}"#;
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{}}}"#,
        statement.replace("PADDING", &"x".repeat(6000))
    );
    let names: Vec<String> = (0..60).map(|n| format!("p{n:02}")).collect();
    for name in &names {
        let arn = world.policy(name, &document);
        for _ in 0..4 {
            let version = [("PolicyArn", arn.as_str()), ("PolicyDocument", &document)];
            world.admin("CreatePolicyVersion", &version).ok();
        }
    }
    let first = details(&world, &[("MaxItems", "1000")]);
    assert_eq!(first.text("IsTruncated"), "true");
    let second = details(&world, &[("MaxItems", "1000"), ("Marker", &first.text("Marker"))]);
    assert_eq!(second.text("IsTruncated"), "false");
    let seen = [self::names(&first), self::names(&second)].concat();
    let expected: Vec<String> = names.iter().map(|name| policy_arn(name)).collect();
    assert_eq!(seen, expected);
    assert!(
        first.body.len() < 4 << 20 && self::names(&first).len() > 30,
        "{}",
        first.body.len()
    );
}

#[test]
fn it_takes_a_permission_on_everything_and_shows_one_account() {
    let world = world();
    let action = "GetAccountAuthorizationDetails";
    let narrow = ALLOW_ALL.replace(
        r#""Resource":"*""#,
        r#""Resource":"arn:aws:iam::111122223333:user/*""#,
    );
    let narrow = world.user(&world.root, "narrow", Some(&narrow));
    let refused = world.iam(&narrow, action, &[]);
    assert_eq!(
        (refused.status, refused.text("Message")),
        (
            403,
            "User: arn:aws:iam::111122223333:user/narrow is not authorized to perform: \
             iam:GetAccountAuthorizationDetails on resource: * because no identity-based policy allows the \
             iam:GetAccountAuthorizationDetails action"
                .to_owned()
        )
    );
    let other = world.other_account("444455556666");
    assert!(names(&world.iam(&other, action, &[]).ok()).is_empty());
}
