use super::texts::{ALLOW_ALL, MALFORMED, NO_SUCH_ENTITY, READ_NOTES, TRUST_ACCOUNT};
use crate::harness::World;

#[test]
fn inline_policies_are_put_shown_listed_and_deleted() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "Worker")]).ok();
    world.role(&world.root, "Worker", TRUST_ACCOUNT, None);
    for (kind, name, text) in [
        (
            "User",
            "UserName",
            "The user policy with name two cannot be found.",
        ),
        (
            "Role",
            "RoleName",
            "The role policy with name two cannot be found.",
        ),
    ] {
        let owner = (name, "worker");
        let put = format!("Put{kind}Policy");
        let (get, delete) = (format!("Get{kind}Policy"), format!("Delete{kind}Policy"));
        let list = format!("List{kind}Policies");
        let (one, two) = (("PolicyName", "one"), ("PolicyName", "two"));
        let document = ("PolicyDocument", READ_NOTES);
        // Inline policies may be of the old version, and white space is kept.
        let old = READ_NOTES
            .replace("2012-10-17", "2008-10-17")
            .replace(',', ",\n  ");
        world.admin(&put, &[owner, two, document]).ok();
        world.admin(&put, &[owner, one, document]).ok();
        world.admin(&put, &[owner, two, ("PolicyDocument", &old)]).ok();
        let shown = world.admin(&get, &[owner, two]).ok();
        assert_eq!(shown.document("PolicyDocument"), old);
        assert_eq!(
            (shown.text(name), shown.text("PolicyName")),
            ("Worker".to_owned(), "two".to_owned())
        );
        let listed = world.admin(&list, &[owner]).ok();
        assert_eq!(listed.texts("member"), ["one", "two"]);
        world.admin(&delete, &[owner, two]).ok();
        world.refuses(&[
            (&get, &[owner, two], NO_SUCH_ENTITY, text),
            (&delete, &[owner, two], NO_SUCH_ENTITY, text),
            (
                &put,
                &[owner, two, ("PolicyDocument", "{")],
                MALFORMED,
                "Syntax errors in policy.",
            ),
        ]);
        assert_eq!(world.admin(&list, &[owner]).ok().texts("member"), ["one"]);
    }
}

#[test]
fn an_inline_policy_takes_effect_and_ends() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    world.iam(&alice, "ListUsers", &[]).ok();
    let own = [("UserName", "alice"), ("PolicyName", "inline")];
    world.iam(&alice, "DeleteUserPolicy", &own).ok();
    assert_eq!(world.iam(&alice, "ListUsers", &[]).status, 403);
}
