use locum_crypto::SeededRandom;
use locum_directory::{Changes, Entity, InstanceProfile, ManagedPolicy, Role, User};
use locum_policy::{Policy, PolicyKind};

use super::texts::{Kind, LIMIT_EXCEEDED, READ_NOTES, TRUST_ACCOUNT};
use crate::harness::World;

/// Puts `count` entities straight into the directory: the quota is tested, not the patience.
fn fill(world: &World, count: usize, mut make: impl FnMut(&str, &mut SeededRandom) -> Entity) {
    let mut random = SeededRandom::new(9);
    let decide = |_: &locum_directory::Snapshot| {
        let mut changes = Changes::new();
        for n in 0..count {
            changes.put(make(&format!("filler{n}"), &mut random));
        }
        Ok::<_, &str>(((), changes))
    };
    let ((), pending) = world.service.directory().write(decide).unwrap();
    pending.wait().unwrap();
}

#[test]
fn an_account_has_so_many_users_roles_and_policies() {
    let world = World::new();
    let (account, now) = (world.account, world.now());
    let trust = Policy::compile(TRUST_ACCOUNT, PolicyKind::Trust).unwrap();
    let document = Policy::compile(READ_NOTES, PolicyKind::Managed).unwrap();
    fill(&world, 4999, |name, random| {
        User::new(account, "/", name, now, random).into()
    });
    fill(&world, 999, |name, random| {
        Role::new(account, "/", name, trust.clone(), now, random).into()
    });
    fill(&world, 1499, |name, random| {
        ManagedPolicy::new(account, "/", name, document.clone(), now, random).into()
    });
    fill(&world, 999, |name, random| {
        InstanceProfile::new(account, "/", name, now, random).into()
    });
    let create = |name| {
        [
            (
                "CreateInstanceProfile",
                vec![("InstanceProfileName", name)],
                "Cannot exceed quota for InstanceProfilesPerAccount: 1000",
            ),
            (
                "CreateUser",
                vec![("UserName", name)],
                "Cannot exceed quota for UsersPerAccount: 5000",
            ),
            (
                "CreateRole",
                vec![("RoleName", name), ("AssumeRolePolicyDocument", TRUST_ACCOUNT)],
                "Cannot exceed quota for RolesPerAccount: 1000",
            ),
            (
                "CreatePolicy",
                vec![("PolicyName", name), ("PolicyDocument", READ_NOTES)],
                "Cannot exceed quota for PoliciesPerAccount: 1500",
            ),
        ]
    };
    for (action, parameters, _) in create("last") {
        world.admin(action, &parameters).ok();
    }
    for (action, parameters, text) in create("more") {
        world.refuses(&[(action, &parameters, LIMIT_EXCEEDED, text)]);
    }
    // Another account has its own.
    let other = world.other_account("444455556666");
    world.iam(&other, "CreateUser", &[("UserName", "first")]).ok();
}

#[test]
fn so_many_policies_may_be_attached() {
    let world = World::new();
    let policies: Vec<String> = (0..11)
        .map(|n| world.policy(&format!("p{n}"), READ_NOTES))
        .collect();
    world.admin("CreateUser", &[("UserName", "worker")]).ok();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    for (action, owner, limit, text) in [
        (
            "AttachUserPolicy",
            ("UserName", "worker"),
            10,
            "Cannot exceed quota for PoliciesPerUser: 10",
        ),
        (
            "AttachRolePolicy",
            ("RoleName", "worker"),
            10,
            "Cannot exceed quota for PoliciesPerRole: 10",
        ),
    ] {
        for policy in &policies[..limit] {
            world.admin(action, &[owner, ("PolicyArn", policy)]).ok();
        }
        // What is attached already needs no room.
        world.admin(action, &[owner, ("PolicyArn", &policies[0])]).ok();
        world.refuses(&[(
            action,
            &[owner, ("PolicyArn", &policies[limit])],
            LIMIT_EXCEEDED,
            text,
        )]);
    }
}

/// A document of exactly so many characters besides white space, and much white space.
fn document(base: &str, size: usize) -> String {
    let sid = |length: usize| {
        base.replacen(
            r#"{"Effect""#,
            &format!(r#"{{"Sid":"{}","Effect""#, "a".repeat(length)),
            1,
        )
    };
    let significant = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let padded = sid(size - significant(&sid(0)));
    assert_eq!(significant(&padded), size);
    padded.replace(',', ",          \n")
}

#[test]
fn documents_are_measured_without_white_space() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "worker")]).ok();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let policy = world.policy("p", READ_NOTES);
    let (user, role) = (("UserName", "worker"), ("RoleName", "worker"));
    let new = ("PolicyName", "new");
    type Case<'a> = (
        &'a str,
        &'a [(&'a str, &'a str)],
        &'a str,
        &'a str,
        usize,
        &'a str,
    );
    let cases: [Case<'_>; 6] = [
        (
            "CreatePolicy",
            &[new],
            "PolicyDocument",
            READ_NOTES,
            6144,
            "Cannot exceed quota for PolicySize: 6144",
        ),
        (
            "CreatePolicyVersion",
            &[("PolicyArn", &policy)],
            "PolicyDocument",
            READ_NOTES,
            6144,
            "Cannot exceed quota for PolicySize: 6144",
        ),
        (
            "PutUserPolicy",
            &[user, new],
            "PolicyDocument",
            READ_NOTES,
            2048,
            "Maximum policy size of 2048 bytes exceeded for user worker",
        ),
        (
            "PutRolePolicy",
            &[role, new],
            "PolicyDocument",
            READ_NOTES,
            10_240,
            "Maximum policy size of 10240 bytes exceeded for role worker",
        ),
        (
            "CreateRole",
            &[("RoleName", "new")],
            "AssumeRolePolicyDocument",
            TRUST_ACCOUNT,
            2048,
            "Cannot exceed quota for ACLSizePerRole: 2048",
        ),
        (
            "UpdateAssumeRolePolicy",
            &[role],
            "PolicyDocument",
            TRUST_ACCOUNT,
            2048,
            "Cannot exceed quota for ACLSizePerRole: 2048",
        ),
    ];
    for (action, parameters, member, base, limit, text) in cases {
        let with = |document| [parameters, &[(member, document)]].concat();
        let (fits, long) = (document(base, limit), document(base, limit + 1));
        world.refuses(&[(action, &with(&long), LIMIT_EXCEEDED, text)]);
        world.admin(action, &with(&fits)).ok();
    }
    // Inline policies count together, and a replaced one no longer counts.
    let more = [user, ("PolicyName", "more"), ("PolicyDocument", READ_NOTES)];
    let text = "Maximum policy size of 2048 bytes exceeded for user worker";
    world.refuses(&[("PutUserPolicy", &more, LIMIT_EXCEEDED, text)]);
    world
        .admin("PutUserPolicy", &[user, new, ("PolicyDocument", READ_NOTES)])
        .ok();
    world.admin("PutUserPolicy", &more).ok();
}

#[test]
fn an_entity_has_fifty_tags() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "worker")]).ok();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let arn = world.policy("worker", READ_NOTES);
    let limit: Kind = LIMIT_EXCEEDED;
    for (action, owner, text) in [
        (
            "TagUser",
            ("UserName", "worker"),
            "Cannot exceed quota for TagsPerUser: 50",
        ),
        (
            "TagRole",
            ("RoleName", "worker"),
            "Cannot exceed quota for TagsPerRole: 50",
        ),
        (
            "TagPolicy",
            ("PolicyArn", arn.as_str()),
            "Cannot exceed quota for TagsPerPolicy: 50",
        ),
    ] {
        let fifty: Vec<(String, String)> = (1..=50)
            .flat_map(|n| {
                let key = (format!("Tags.member.{n}.Key"), format!("k{n}"));
                [key, (format!("Tags.member.{n}.Value"), "v".to_owned())]
            })
            .collect();
        let mut parameters: Vec<(&str, &str)> = fifty.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        parameters.push(owner);
        world.admin(action, &parameters).ok();
        let tag = |key| [owner, ("Tags.member.1.Key", key), ("Tags.member.1.Value", "w")];
        world.admin(action, &tag("K7")).ok();
        world.refuses(&[(action, &tag("one more"), limit, text)]);
    }
}
