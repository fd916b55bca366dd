use super::texts::{ALLOW_ALL, READ_NOTES, TRUST_ACCOUNT, VALIDATION};
use crate::harness::{Parameters, World};

/// All pages of a list: the texts of `element`, and how many pages there were.
fn pages(
    world: &World,
    action: &str,
    parameters: &Parameters<'_>,
    items: &str,
    element: &str,
) -> (Vec<String>, usize) {
    let (mut all, mut count, mut marker) = (Vec::new(), 0, None::<String>);
    loop {
        let mut asked = parameters.to_vec();
        asked.push(("MaxItems", items));
        if let Some(marker) = &marker {
            asked.push(("Marker", marker));
        }
        let page = world.admin(action, &asked).ok();
        all.extend(page.texts(element));
        count += 1;
        marker = page.find("Marker");
        assert_eq!(page.text("IsTruncated"), marker.is_some().to_string());
        if marker.is_none() {
            return (all, count);
        }
        assert!(marker.as_ref().is_some_and(|marker| marker.len() <= 320));
    }
}

/// A world in which every list has five entries.
fn five() -> World {
    let world = World::new();
    let policies: Vec<String> = (1..=5)
        .map(|n| world.policy(&format!("p{n}"), READ_NOTES))
        .collect();
    for name in ["delta", "Alpha", "charlie", "Bravo", "echo"] {
        world.admin("CreateUser", &[("UserName", name)]).ok();
        world.role(&world.root, name, TRUST_ACCOUNT, None);
    }
    for (n, policy) in policies.iter().enumerate() {
        let (name, key) = (format!("n{n}"), format!("k{n}"));
        let inline = [("PolicyName", name.as_str()), ("PolicyDocument", READ_NOTES)];
        let tag = [("Tags.member.1.Key", key.as_str()), ("Tags.member.1.Value", "v")];
        for (kind, owner) in [("User", ("UserName", "alpha")), ("Role", ("RoleName", "alpha"))] {
            world
                .admin(&format!("Put{kind}Policy"), &[owner, inline[0], inline[1]])
                .ok();
            world
                .admin(&format!("Attach{kind}Policy"), &[owner, ("PolicyArn", policy)])
                .ok();
            world.admin(&format!("Tag{kind}"), &[owner, tag[0], tag[1]]).ok();
        }
        world
            .admin("TagPolicy", &[("PolicyArn", &policies[0]), tag[0], tag[1]])
            .ok();
        if n > 0 {
            let version = [("PolicyArn", policies[0].as_str()), ("PolicyDocument", ALLOW_ALL)];
            world.admin("CreatePolicyVersion", &version).ok();
        }
    }
    world
}

#[test]
fn every_list_is_read_to_its_end() {
    let world = five();
    let arn = super::texts::policy_arn("p1");
    let (user, role, policy) = (
        &[("UserName", "alpha")][..],
        &[("RoleName", "alpha")][..],
        &[("PolicyArn", arn.as_str())][..],
    );
    let names = &["Alpha", "Bravo", "charlie", "delta", "echo"];
    for (action, parameters, element, expected) in [
        ("ListUsers", &[][..], "UserName", names),
        ("ListRoles", &[], "RoleName", names),
        (
            "ListPolicies",
            &[("Scope", "Local")],
            "PolicyName",
            &["p1", "p2", "p3", "p4", "p5"],
        ),
        (
            "ListAttachedUserPolicies",
            user,
            "PolicyName",
            &["p1", "p2", "p3", "p4", "p5"],
        ),
        (
            "ListAttachedRolePolicies",
            role,
            "PolicyName",
            &["p1", "p2", "p3", "p4", "p5"],
        ),
        (
            "ListUserPolicies",
            user,
            "member",
            &["n0", "n1", "n2", "n3", "n4"],
        ),
        (
            "ListRolePolicies",
            role,
            "member",
            &["n0", "n1", "n2", "n3", "n4"],
        ),
        ("ListUserTags", user, "Key", &["k0", "k1", "k2", "k3", "k4"]),
        ("ListRoleTags", role, "Key", &["k0", "k1", "k2", "k3", "k4"]),
        ("ListPolicyTags", policy, "Key", &["k0", "k1", "k2", "k3", "k4"]),
        (
            "ListPolicyVersions",
            policy,
            "VersionId",
            &["v5", "v4", "v3", "v2", "v1"],
        ),
    ] {
        for (items, count) in [("1", 5), ("2", 3), ("3", 2), ("5", 1)] {
            let got = pages(&world, action, parameters, items, element);
            let expected = expected.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(got, (expected, count), "{action} by {items}");
        }
    }
    world.admin("CreateAccessKey", &[]).ok();
    let (keys, count) = pages(&world, "ListAccessKeys", &[], "1", "AccessKeyId");
    assert_eq!((keys.len(), count), (2, 2));
}

#[test]
fn a_page_goes_on_where_its_last_entry_was() {
    let world = five();
    let first = world.admin("ListUsers", &[("MaxItems", "2")]).ok();
    assert_eq!(first.texts("UserName"), ["Alpha", "Bravo"]);
    world.admin("DeleteUser", &[("UserName", "bravo")]).ok();
    world.admin("CreateUser", &[("UserName", "aardvark")]).ok();
    let second = world
        .admin("ListUsers", &[("Marker", &first.text("Marker"))])
        .ok();
    assert_eq!(second.texts("UserName"), ["charlie", "delta", "echo"]);
}

#[test]
fn a_marker_opens_for_its_own_question_only() {
    let world = five();
    let other = world.other_account("444455556666");
    let marker = world.admin("ListUsers", &[("MaxItems", "2")]).ok().text("Marker");
    let of_alpha = world
        .admin("ListUserPolicies", &[("UserName", "alpha"), ("MaxItems", "2")])
        .ok()
        .text("Marker");
    let mut bent = marker.clone();
    bent.replace_range(20..21, if &marker[20..21] == "A" { "B" } else { "A" });
    let sealed = |text: &'static str| ("Marker", text);
    let (marker, bent) = (("Marker", marker.as_str()), ("Marker", bent.as_str()));
    let kind = VALIDATION;
    world.refuses(&[
        ("ListUsers", &[bent], kind, "Invalid Marker."),
        ("ListUsers", &[sealed("alpha")], kind, "Invalid Marker."),
        ("ListUsers", &[sealed("not base64!")], kind, "Invalid Marker."),
        ("ListRoles", &[marker], kind, "Invalid Marker."),
        (
            "ListUsers",
            &[marker, ("PathPrefix", "/x/")],
            kind,
            "Invalid Marker.",
        ),
        (
            "ListUserPolicies",
            &[("UserName", "bravo"), ("Marker", &of_alpha)],
            kind,
            "Invalid Marker.",
        ),
    ]);
    world
        .iam(&other, "ListUsers", &[marker])
        .fails(400, "ValidationError", "Invalid Marker.");
    // The same question with another page size is the same question.
    let rest = world.admin("ListUsers", &[marker, ("MaxItems", "1")]).ok();
    assert_eq!(rest.texts("UserName"), ["charlie"]);
}
