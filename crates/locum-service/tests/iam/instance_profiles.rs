use super::texts::{
    ALREADY_EXISTS, DELETE_CONFLICT, DENIED, INVALID_INPUT, LIMIT_EXCEEDED, NO_SUCH_ENTITY, TRUST_ACCOUNT,
    VALIDATION,
};
use crate::harness::{Answer, World};

const WEB: (&str, &str) = ("InstanceProfileName", "web");
const WORKER: (&str, &str) = ("RoleName", "worker");
const PASSED: &str = "arn:aws:ec2:*:111122223333:instance/*";

fn names(answer: &Answer) -> Vec<String> {
    answer.texts("InstanceProfileName")
}

impl World {
    /// A profile with a role of its own name in it, made by the root user.
    fn profile_of(&self, name: &str, role: &str) {
        let named = ("InstanceProfileName", name);
        self.admin("CreateInstanceProfile", &[named]).ok();
        self.admin("AddRoleToInstanceProfile", &[named, ("RoleName", role)])
            .ok();
    }
}

#[test]
fn a_profile_is_created_shown_listed_filled_and_deleted() {
    let world = World::new();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let parameters = [
        ("InstanceProfileName", "Web"),
        ("Path", "/machines/"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let made = world.admin("CreateInstanceProfile", &parameters).ok();
    let shown = world.admin("GetInstanceProfile", &[WEB]).ok();
    for answer in [&made, &shown] {
        assert_eq!(names(answer), ["Web"]);
        assert_eq!(answer.text("Path"), "/machines/");
        assert_eq!(
            answer.text("Arn"),
            "arn:aws:iam::111122223333:instance-profile/machines/Web"
        );
        assert_eq!(answer.text("CreateDate"), "2026-11-22T12:00:00Z");
        assert!(
            answer.text("InstanceProfileId").starts_with("AIPA"),
            "{}",
            answer.body
        );
        assert_eq!(
            (answer.texts("RoleName"), answer.text("Key")),
            (Vec::new(), "Team".to_owned())
        );
        assert!(answer.body.contains("<Roles"), "{}", answer.body);
    }
    world.admin("AddRoleToInstanceProfile", &[WEB, WORKER]).ok();
    let filled = world.admin("GetInstanceProfile", &[WEB]).ok();
    assert_eq!(filled.texts("RoleName"), ["worker"]);
    let listed = world
        .admin("ListInstanceProfiles", &[("PathPrefix", "/machines/")])
        .ok();
    assert_eq!(
        (names(&listed), listed.texts("RoleName"), listed.find("Key")),
        (vec!["Web".to_owned()], vec!["worker".to_owned()], None)
    );
    assert!(
        names(
            &world
                .admin("ListInstanceProfiles", &[("PathPrefix", "/other/")])
                .ok()
        )
        .is_empty()
    );

    let details = world
        .admin("GetAccountAuthorizationDetails", &[("Filter.member.1", "Role")])
        .ok();
    assert_eq!(
        (names(&details), details.text("Key")),
        (vec!["Web".to_owned()], "Team".to_owned())
    );
    let left = "Cannot delete entity, must remove roles from instance profile first.";
    world.refuses(&[
        ("DeleteInstanceProfile", &[WEB], DELETE_CONFLICT, left),
        ("DeleteRole", &[WORKER], DELETE_CONFLICT, left),
    ]);
    world.admin("RemoveRoleFromInstanceProfile", &[WEB, WORKER]).ok();
    world
        .admin("DeleteInstanceProfile", &[("InstanceProfileName", "WEB")])
        .ok();
    world.admin("DeleteRole", &[WORKER]).ok();
    let gone = "Instance Profile web cannot be found.";
    world.refuses(&[
        ("GetInstanceProfile", &[WEB], NO_SUCH_ENTITY, gone),
        ("DeleteInstanceProfile", &[WEB], NO_SUCH_ENTITY, gone),
        ("AddRoleToInstanceProfile", &[WEB, WORKER], NO_SUCH_ENTITY, gone),
        (
            "RemoveRoleFromInstanceProfile",
            &[WEB, WORKER],
            NO_SUCH_ENTITY,
            gone,
        ),
        ("ListInstanceProfileTags", &[WEB], NO_SUCH_ENTITY, gone),
    ]);
}

#[test]
fn a_profile_has_one_name_and_room_for_one_role() {
    let world = World::new();
    for role in ["worker", "other"] {
        world.role(&world.root, role, TRUST_ACCOUNT, None);
    }
    world.profile_of("Web", "worker");
    world.profile_of("second", "WORKER");
    let full = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
    world.refuses(&[
        (
            "CreateInstanceProfile",
            &[WEB, ("Path", "/x/")],
            ALREADY_EXISTS,
            "Instance Profile web already exists.",
        ),
        (
            "CreateInstanceProfile",
            &[("InstanceProfileName", "a b")],
            VALIDATION,
            "1 validation error detected: Value at 'instanceProfileName' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [\\w+=,.@-]+",
        ),
        ("AddRoleToInstanceProfile", &[WEB, ("RoleName", "other")], LIMIT_EXCEEDED, full),
        ("AddRoleToInstanceProfile", &[WEB, WORKER], LIMIT_EXCEEDED, full),
        (
            "AddRoleToInstanceProfile",
            &[WEB, ("RoleName", "none")],
            NO_SUCH_ENTITY,
            "The role with name none cannot be found.",
        ),
        (
            "RemoveRoleFromInstanceProfile",
            &[WEB, ("RoleName", "other")],
            NO_SUCH_ENTITY,
            "Role other in Instance Profile web cannot be found.",
        ),
        (
            "RemoveRoleFromInstanceProfile",
            &[WEB, ("RoleName", "none")],
            NO_SUCH_ENTITY,
            "The role with name none cannot be found.",
        ),
        (
            "ListInstanceProfilesForRole",
            &[("RoleName", "none")],
            NO_SUCH_ENTITY,
            "The role with name none cannot be found.",
        ),
    ]);
    let of_role = world.admin("ListInstanceProfilesForRole", &[WORKER]).ok();
    assert_eq!(names(&of_role), ["second", "Web"]);
    assert!(
        names(
            &world
                .admin("ListInstanceProfilesForRole", &[("RoleName", "other")])
                .ok()
        )
        .is_empty()
    );
}

#[test]
fn profiles_are_listed_in_pages() {
    let world = World::new();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    for name in ["delta", "Alpha", "charlie", "Bravo"] {
        world.profile_of(name, "worker");
    }
    for (action, more) in [
        ("ListInstanceProfiles", ("PathPrefix", "/")),
        ("ListInstanceProfilesForRole", WORKER),
    ] {
        let first = world.admin(action, &[more, ("MaxItems", "3")]).ok();
        assert_eq!(
            (names(&first), first.text("IsTruncated")),
            (
                ["Alpha", "Bravo", "charlie"].map(str::to_owned).to_vec(),
                "true".to_owned()
            )
        );
        let marker = first.text("Marker");
        let second = world.admin(action, &[more, ("Marker", &marker)]).ok();
        assert_eq!(
            (names(&second), second.text("IsTruncated")),
            (vec!["delta".to_owned()], "false".to_owned())
        );
        // A marker is of one question.
        let other = if action == "ListInstanceProfiles" {
            world.admin(action, &[("PathPrefix", "/x/"), ("Marker", &marker)])
        } else {
            world.admin("ListInstanceProfiles", &[("Marker", &marker)])
        };
        other.fails(400, "ValidationError", "Invalid Marker.");
    }
}

#[test]
fn tags_are_put_replaced_listed_and_removed() {
    let world = World::new();
    world.admin("CreateInstanceProfile", &[WEB]).ok();
    let tags = [
        WEB,
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
        ("Tags.member.2.Key", "Stage"),
        ("Tags.member.2.Value", ""),
    ];
    world.admin("TagInstanceProfile", &tags).ok();
    let again = [WEB, ("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "red")];
    world.admin("TagInstanceProfile", &again).ok();
    let listed = world.admin("ListInstanceProfileTags", &[WEB]).ok();
    assert_eq!(
        (listed.texts("Key"), listed.texts("Value")),
        (
            vec!["Stage".to_owned(), "TEAM".to_owned()],
            vec!["red".to_owned()]
        )
    );
    assert!(listed.body.contains("<Value/>"), "{}", listed.body);
    let page = world
        .admin("ListInstanceProfileTags", &[WEB, ("MaxItems", "1")])
        .ok();
    assert_eq!(page.texts("Key"), ["Stage"]);
    let marker = page.text("Marker");
    let page = world
        .admin("ListInstanceProfileTags", &[WEB, ("Marker", &marker)])
        .ok();
    assert_eq!(page.texts("Key"), ["TEAM"]);
    world
        .admin(
            "UntagInstanceProfile",
            &[WEB, ("TagKeys.member.1", "team"), ("TagKeys.member.2", "none")],
        )
        .ok();
    assert_eq!(
        world.admin("ListInstanceProfileTags", &[WEB]).ok().texts("Key"),
        ["Stage"]
    );
    world.refuses(&[(
        "TagInstanceProfile",
        &[WEB, ("Tags.member.1.Key", "aws:x"), ("Tags.member.1.Value", "")],
        INVALID_INPUT,
        "The tag key aws:x is reserved: it begins with aws:.",
    )]);
    let mut many: Vec<(String, String)> = Vec::new();
    for number in 1..=50 {
        many.push((format!("Tags.member.{number}.Key"), format!("k{number}")));
        many.push((format!("Tags.member.{number}.Value"), String::new()));
    }
    let mut parameters: Vec<(&str, &str)> = many.iter().map(|(k, v)| (&**k, &**v)).collect();
    parameters.push(WEB);
    world.admin("TagInstanceProfile", &parameters).fails(
        409,
        "LimitExceeded",
        "Cannot exceed quota for TagsPerInstanceProfile: 50",
    );
}

#[test]
fn a_role_is_handed_over_only_by_who_may_pass_it() {
    let world = World::new();
    for role in ["worker", "admin"] {
        world.role(&world.root, role, TRUST_ACCOUNT, None);
    }
    world.admin("CreateInstanceProfile", &[WEB]).ok();
    let fill = r#"{"Effect":"Allow","Action":"iam:AddRoleToInstanceProfile","Resource":"arn:aws:iam::111122223333:instance-profile/web"}"#;
    let pass = |condition: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/worker","Condition":{condition}}}"#
        )
    };
    let right = r#"{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}"#;
    let machines = format!(r#"{{"StringEquals":{{"iam:AssociatedResourceArn":"{PASSED}"}}}}"#);
    let tagged = r#"{"StringEquals":{"aws:ResourceTag/Team":"blue"}}"#;
    let other = r#"{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}"#;
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    for (number, (statements, asked, denied)) in [
        (
            vec![fill.to_owned()],
            "worker",
            Some(("PassRole", role("worker"))),
        ),
        (
            vec![pass(right)],
            "worker",
            Some((
                "AddRoleToInstanceProfile",
                "arn:aws:iam::111122223333:instance-profile/web".to_owned(),
            )),
        ),
        (
            vec![fill.to_owned(), pass(right)],
            "admin",
            Some(("PassRole", role("admin"))),
        ),
        // What does not exist is told to those alone who might pass it.
        (
            vec![fill.to_owned(), pass(right)],
            "none",
            Some(("PassRole", role("none"))),
        ),
        (
            vec![fill.to_owned(), pass(other)],
            "worker",
            Some(("PassRole", role("worker"))),
        ),
        (
            vec![fill.to_owned(), pass(tagged)],
            "worker",
            Some(("PassRole", role("worker"))),
        ),
        (vec![fill.to_owned(), pass(right)], "worker", None),
        (vec![fill.to_owned(), pass(&machines)], "WORKER", None),
    ]
    .into_iter()
    .enumerate()
    {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        );
        let name = format!("user-{number}");
        let caller = world.user(&world.root, &name, Some(&document));
        let answer = world.iam(&caller, "AddRoleToInstanceProfile", &[WEB, ("RoleName", asked)]);
        match denied {
            Some((action, resource)) => answer.fails(
                DENIED.0,
                DENIED.1,
                &format!(
                    "User: arn:aws:iam::111122223333:user/{name} is not authorized to perform: iam:{action} on \
                     resource: {resource} because no identity-based policy allows the iam:{action} action"
                ),
            ),
            None => {
                answer.ok();
                world.admin("RemoveRoleFromInstanceProfile", &[WEB, WORKER]).ok();
            }
        }
    }
    let shown = world.admin("GetInstanceProfile", &[WEB]).ok();
    assert!(shown.texts("RoleName").is_empty());
}

#[test]
fn each_operation_is_decided_on_what_it_acts_on() {
    let world = World::new();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    world
        .admin("CreateInstanceProfile", &[WEB, ("Path", "/dev/")])
        .ok();
    let nobody = world.user(&world.root, "nobody", None);
    let here = "arn:aws:iam::111122223333:";
    let tag = [WEB, ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")];
    for (action, parameters, resource) in [
        (
            "CreateInstanceProfile",
            &[("InstanceProfileName", "x"), ("Path", "/y/")][..],
            "instance-profile/y/x",
        ),
        ("GetInstanceProfile", &[WEB], "instance-profile/dev/web"),
        (
            "DeleteInstanceProfile",
            &[("InstanceProfileName", "none")],
            "instance-profile/none",
        ),
        ("ListInstanceProfiles", &[], "instance-profile/"),
        (
            "ListInstanceProfiles",
            &[("PathPrefix", "/dev/")],
            "instance-profile/dev/",
        ),
        ("ListInstanceProfilesForRole", &[WORKER], "role/worker"),
        (
            "RemoveRoleFromInstanceProfile",
            &[WEB, WORKER],
            "instance-profile/dev/web",
        ),
        ("TagInstanceProfile", &tag, "instance-profile/dev/web"),
        (
            "UntagInstanceProfile",
            &[WEB, ("TagKeys.member.1", "k")],
            "instance-profile/dev/web",
        ),
        ("ListInstanceProfileTags", &[WEB], "instance-profile/dev/web"),
    ] {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: iam:{action} on resource: \
             {here}{resource} because no identity-based policy allows the iam:{action} action"
        );
        world
            .iam(&nobody, action, parameters)
            .fails(DENIED.0, DENIED.1, &text);
    }

    // Tags in the request and on the resource decide; who tags in creating needs both rights.
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["iam:CreateInstanceProfile","iam:TagInstanceProfile"],"Resource":"*",
         "Condition":{"StringEquals":{"aws:RequestTag/Team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":"Team"}}},
        {"Effect":"Allow","Action":"iam:DeleteInstanceProfile","Resource":"*",
         "Condition":{"StringEquals":{"aws:ResourceTag/Team":"blue","iam:ResourceTag/Team":"blue"}}}]}"#;
    let blue = world.user(&world.root, "blue", Some(document));
    let made = |name, team| {
        [
            ("InstanceProfileName", name),
            ("Tags.member.1.Key", "Team"),
            ("Tags.member.1.Value", team),
        ]
    };
    world.iam(&blue, "CreateInstanceProfile", &made("a", "blue")).ok();
    world.admin("CreateInstanceProfile", &made("b", "red")).ok();
    for (action, parameters) in [
        ("CreateInstanceProfile", &made("c", "red")[..]),
        ("CreateInstanceProfile", &made("c", "blue")[..1]),
        ("DeleteInstanceProfile", &made("b", "")[..1]),
    ] {
        assert_eq!(
            world.iam(&blue, action, parameters).status,
            DENIED.0,
            "{action} {parameters:?}"
        );
    }
    world
        .iam(&blue, "DeleteInstanceProfile", &made("a", "")[..1])
        .ok();
    let untagged = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:CreateInstanceProfile","Resource":"*"}}"#;
    let maker = world.user(&world.root, "maker", Some(untagged));
    world.iam(&maker, "CreateInstanceProfile", &made("d", "blue")).fails(
        DENIED.0,
        DENIED.1,
        "User: arn:aws:iam::111122223333:user/maker is not authorized to perform: iam:TagInstanceProfile on resource: \
         arn:aws:iam::111122223333:instance-profile/d because no identity-based policy allows the \
         iam:TagInstanceProfile action",
    );
}
