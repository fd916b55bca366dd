//! The lists that are always empty: what tools look into before they delete a user.

use super::texts::{ALLOW_ALL, NO_SUCH_ENTITY, TRUST_ACCOUNT, VALIDATION};
use crate::harness::{Parameters, World};

const OF_USERS: [(&str, &str); 3] = [
    ("ListSSHPublicKeys", "SSHPublicKeys"),
    ("ListSigningCertificates", "Certificates"),
    ("ListServiceSpecificCredentials", "ServiceSpecificCredentials"),
];

#[test]
fn there_are_none() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    for (action, list) in OF_USERS {
        for (who, parameters) in [
            (&world.root, &[("UserName", "Alice")][..]),
            (&alice, &[]),
            (&alice, &[("MaxItems", "1")]),
        ] {
            let answer = world.iam(who, action, parameters).ok();
            // An empty list is there: clients go through it without asking.
            assert!(answer.body.contains(&format!("<{list}/>")), "{}", answer.body);
            assert_eq!(answer.text("IsTruncated"), "false");
            assert_eq!(answer.find("Marker"), None);
        }
    }
    // Of these the root user has some on AWS.
    let answer = world.admin("ListSigningCertificates", &[]).ok();
    assert!(answer.body.contains("<Certificates/>"), "{}", answer.body);

    for parameters in [
        &[("AllUsers", "true")][..],
        &[("AllUsers", "false"), ("UserName", "alice")],
        &[("AllUsers", "true"), ("ServiceName", "bedrock.amazonaws.com")],
        &[("UserName", "alice"), ("ServiceName", "codecommit.amazonaws.com")],
    ] {
        let answer = world.admin("ListServiceSpecificCredentials", parameters).ok();
        assert!(answer.body.contains("<ServiceSpecificCredentials/>"));
    }
    for parameters in [&[][..], &[("PathPrefix", "/company/")]] {
        let answer = world.admin("ListServerCertificates", parameters).ok();
        assert!(answer.body.contains("<ServerCertificateMetadataList/>"));
        assert_eq!(answer.text("IsTruncated"), "false");
    }
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    let world = World::new();
    world.user(&world.root, "alice", None);
    world.user(&world.root, "bob", None);
    let nobody = "The user with name nobody cannot be found.";
    let no_user = "Must specify userName when calling with non-User credentials";
    for (action, _) in OF_USERS {
        world.refuses(&[
            (action, &[("UserName", "nobody")], NO_SUCH_ENTITY, nobody),
            (
                action,
                &[("UserName", "alice"), ("Marker", "AAAA")],
                VALIDATION,
                "Invalid Marker.",
            ),
        ]);
    }
    let credentials = "ListServiceSpecificCredentials";
    world.refuses(&[
        ("ListSSHPublicKeys", &[], VALIDATION, no_user),
        (credentials, &[], VALIDATION, no_user),
        (credentials, &[("AllUsers", "false")], VALIDATION, no_user),
        (
            credentials,
            &[("AllUsers", "true"), ("UserName", "alice")],
            VALIDATION,
            "AllUsers cannot be specified together with UserName.",
        ),
        (
            credentials,
            &[("UserName", "alice"), ("ServiceName", "ec2.amazonaws.com")],
            NO_SUCH_ENTITY,
            "No such service ec2.amazonaws.com is supported for Service Specific Credentials",
        ),
        (
            "ListServerCertificates",
            &[("Marker", "AAAA")],
            VALIDATION,
            "Invalid Marker.",
        ),
        (
            "ListServerCertificates",
            &[("PathPrefix", "company/")],
            VALIDATION,
            "1 validation error detected: Value at 'pathPrefix' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: \\u002F[\\u0021-\\u007F]*",
        ),
    ]);
    // A session of a role has no user either; a marker of another list is none of this one.
    let role = world.role(&world.root, "role", TRUST_ACCOUNT, Some(ALLOW_ALL));
    let assume = [("RoleArn", role.as_str()), ("RoleSessionName", "session")];
    let alice = world.user(&world.root, "carol", Some(ALLOW_ALL));
    let session = world.sts(&alice, "AssumeRole", &assume).credentials();
    for (action, _) in OF_USERS {
        world
            .iam(&session, action, &[])
            .fails(400, "ValidationError", no_user);
    }
    let page = world.admin("ListUsers", &[("MaxItems", "1")]).ok();
    let marker = page.text("Marker");
    world.refuses(&[(
        "ListServerCertificates",
        &[("Marker", marker.as_str())],
        VALIDATION,
        "Invalid Marker.",
    )]);
}

/// Each on the ARN of the user whose list it is; of all users, on none in particular.
#[test]
fn who_may_not_look_learns_nothing() {
    let world = World::new();
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:List*",
        "Resource":["arn:aws:iam::111122223333:user/alice","arn:aws:iam::111122223333:server-certificate/mine/*"]}}"#;
    let alice = world.user(&world.root, "alice", Some(document));
    world.user(&world.root, "bob", None);
    for (action, _) in OF_USERS {
        world.iam(&alice, action, &[]).ok();
    }
    world
        .iam(&alice, "ListServerCertificates", &[("PathPrefix", "/mine/")])
        .ok();
    let here = "arn:aws:iam::111122223333:";
    let mut denied: Vec<(&str, &Parameters<'_>, String)> = Vec::new();
    for (action, _) in OF_USERS {
        denied.push((action, &[("UserName", "bob")], format!("{here}user/bob")));
        denied.push((action, &[("UserName", "nobody")], format!("{here}user/nobody")));
    }
    let (credentials, certificates) = ("ListServiceSpecificCredentials", "ListServerCertificates");
    denied.push((credentials, &[("AllUsers", "true")], "*".to_owned()));
    denied.push((certificates, &[], format!("{here}server-certificate/")));
    for (action, parameters, resource) in denied {
        let text = format!(
            "User: {here}user/alice is not authorized to perform: iam:{action} on resource: {resource} because no \
             identity-based policy allows the iam:{action} action"
        );
        world
            .iam(&alice, action, parameters)
            .fails(403, "AccessDenied", &text);
    }
}
