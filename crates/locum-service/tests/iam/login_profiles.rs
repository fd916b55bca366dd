use locum_directory::LoginProfile;

use super::texts::{ALLOW_ALL, ALREADY_EXISTS, DELETE_CONFLICT, NO_SUCH_ENTITY, TRUST_ACCOUNT, VALIDATION};
use crate::harness::{Answer, Credentials, World};

pub(super) const FIRST: &str = "Corr3ct horse";
pub(super) const SECOND: &str = "b4ttery Staple";
pub(super) const INCORRECT: &str = "The old password was incorrect.";
pub(super) const VIOLATION: (u16, &str) = (400, "PasswordPolicyViolation");
pub(super) const NOT_ALLOWED: &str = "Password does not conform to the account password policy.";

impl World {
    /// A user who may do everything and has a password.
    pub(super) fn user_with_password(&self, name: &str, password: &str) -> Credentials {
        let user = self.user(&self.root, name, Some(ALLOW_ALL));
        self.give_password(name, password).ok();
        user
    }

    pub(super) fn give_password(&self, name: &str, password: &str) -> Answer {
        self.admin(
            "CreateLoginProfile",
            &[("UserName", name), ("Password", password)],
        )
    }

    /// An administrator sets another password.
    pub(super) fn set_password(&self, name: &str, password: &str) -> Answer {
        self.admin(
            "UpdateLoginProfile",
            &[("UserName", name), ("Password", password)],
        )
    }

    pub(super) fn change_password(&self, who: &Credentials, old: &str, new: &str) -> Answer {
        self.iam(
            who,
            "ChangePassword",
            &[("OldPassword", old), ("NewPassword", new)],
        )
    }

    /// The profile as it is stored.
    pub(super) fn profile(&self, name: &str) -> LoginProfile {
        let snapshot = self.snapshot();
        let user = snapshot.user(self.account, name).unwrap();
        LoginProfile::clone(snapshot.login_profile(&user.id).unwrap())
    }

    pub(super) fn wrong_passwords(&self, name: &str) -> u32 {
        self.profile(name).failures.map_or(0, |failures| failures.count)
    }
}

#[test]
fn a_password_is_given_shown_replaced_and_taken_away() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "Alice")]).ok();
    let required = [
        ("UserName", "alice"),
        ("Password", FIRST),
        ("PasswordResetRequired", "true"),
    ];
    let made = world.admin("CreateLoginProfile", &required).ok();
    world.advance(60);
    let shown = world.admin("GetLoginProfile", &[("UserName", "Alice")]).ok();
    for answer in [&made, &shown] {
        assert_eq!(answer.text("UserName"), "Alice");
        assert_eq!(answer.text("CreateDate"), "2026-11-22T12:00:00Z");
        assert_eq!(answer.text("PasswordResetRequired"), "true");
        assert!(!answer.body.contains("orr3ct"));
    }
    world.set_password("Alice", SECOND).ok();
    let profile = world.profile("alice");
    assert!(profile.reset_required, "as it was");
    assert_eq!(
        (profile.changed, profile.created < profile.changed),
        (world.now(), true)
    );
    let unset = [("UserName", "Alice"), ("PasswordResetRequired", "false")];
    world.admin("UpdateLoginProfile", &unset).ok();
    let profile = world.profile("alice");
    assert!(!profile.reset_required);
    assert!(profile.password.scheme().hash(SECOND).matches(&profile.password));
    assert!(!profile.password.scheme().hash(FIRST).matches(&profile.password));
    world.admin("DeleteLoginProfile", &[("UserName", "ALICE")]).ok();
    let alice = ("UserName", "Alice");
    let text = "Login Profile for User Alice cannot be found.";
    world.refuses(&[
        ("GetLoginProfile", &[alice], NO_SUCH_ENTITY, text),
        ("UpdateLoginProfile", &[alice], NO_SUCH_ENTITY, text),
        ("DeleteLoginProfile", &[alice], NO_SUCH_ENTITY, text),
    ]);
    world.admin("DeleteUser", &[alice]).ok();
}

#[test]
fn how_the_calls_fail() {
    let world = World::new();
    world.user_with_password("alice", FIRST);
    world.admin("CreateUser", &[("UserName", "bob")]).ok();
    let (alice, bob, nobody) = (("UserName", "alice"), ("UserName", "bob"), ("UserName", "nobody"));
    let password = ("Password", SECOND);
    let missing = "The user with name nobody cannot be found.";
    let tab = ("Password", "Abc\u{100}12345");
    let not_null = "1 validation error detected: Value null at 'password' failed to satisfy constraint: Member must \
                    not be null";
    let of_root = "Login Profile for User root cannot be found.";
    world.refuses(&[
        (
            "CreateLoginProfile",
            &[alice, password],
            ALREADY_EXISTS,
            "Login Profile for user alice already exists.",
        ),
        ("CreateLoginProfile", &[nobody, password], NO_SUCH_ENTITY, missing),
        ("GetLoginProfile", &[nobody], NO_SUCH_ENTITY, missing),
        ("UpdateLoginProfile", &[nobody, password], NO_SUCH_ENTITY, missing),
        ("DeleteLoginProfile", &[nobody], NO_SUCH_ENTITY, missing),
        ("CreateLoginProfile", &[bob], VALIDATION, not_null),
        (
            "CreateLoginProfile",
            &[password],
            VALIDATION,
            "The root user cannot be given a password.",
        ),
        ("GetLoginProfile", &[], NO_SUCH_ENTITY, of_root),
        ("DeleteLoginProfile", &[], NO_SUCH_ENTITY, of_root),
        (
            "CreateLoginProfile",
            &[bob, tab],
            VALIDATION,
            "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
        ),
        (
            "DeleteUser",
            &[alice],
            DELETE_CONFLICT,
            "Cannot delete entity, must delete policies first.",
        ),
    ]);
    let key = world.admin("ListAccessKeys", &[alice]).ok().text("AccessKeyId");
    world
        .admin("DeleteAccessKey", &[alice, ("AccessKeyId", &key)])
        .ok();
    world
        .admin("DeleteUserPolicy", &[alice, ("PolicyName", "inline")])
        .ok();
    world.refuses(&[(
        "DeleteUser",
        &[alice],
        DELETE_CONFLICT,
        "Cannot delete entity, must delete login profile first.",
    )]);
}

#[test]
fn users_change_their_own_password() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    world
        .admin(
            "UpdateLoginProfile",
            &[("UserName", "alice"), ("PasswordResetRequired", "true")],
        )
        .ok();
    world
        .change_password(&alice, "wrong", SECOND)
        .fails(403, "AccessDenied", INCORRECT);
    assert_eq!(world.wrong_passwords("alice"), 1);
    world.change_password(&alice, FIRST, SECOND).ok();
    let profile = world.profile("alice");
    assert!(!profile.reset_required, "it was reset");
    assert_eq!(world.wrong_passwords("alice"), 1, "a right one takes none back");
    world
        .change_password(&alice, FIRST, SECOND)
        .fails(403, "AccessDenied", INCORRECT);
    world.change_password(&alice, SECOND, FIRST).ok();

    let bob = world.user(&world.root, "bob", Some(ALLOW_ALL));
    world.change_password(&bob, FIRST, SECOND).fails(
        404,
        "NoSuchEntity",
        "Login Profile for User bob cannot be found.",
    );
    let carol = world.user(&world.root, "carol", None);
    world.give_password("carol", FIRST).ok();
    world.change_password(&carol, FIRST, SECOND).fails(
        403,
        "AccessDenied",
        "User: arn:aws:iam::111122223333:user/carol is not authorized to perform: iam:ChangePassword on resource: \
         arn:aws:iam::111122223333:user/carol because no identity-based policy allows the iam:ChangePassword action",
    );
    assert_eq!(world.wrong_passwords("carol"), 0);
}

#[test]
fn only_a_user_has_a_password_to_change() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, Some(ALLOW_ALL));
    let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "session")];
    let session = world.sts(&alice, "AssumeRole", &parameters).credentials();
    for who in [&world.root, &session] {
        world.change_password(who, FIRST, SECOND).fails(
            400,
            "InvalidUserType",
            "Only IAM Users can change their own password",
        );
    }
    // A session without a second factor may call nothing of IAM.
    let session = world.sts(&alice, "GetSessionToken", &[]).credentials();
    assert_eq!(world.change_password(&session, FIRST, SECOND).status, 403);
    assert_eq!(world.profile("alice").previous.len(), 0);
}

#[test]
fn wrong_passwords_lock_for_a_while_and_right_ones_look_like_them() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    for _ in 0..10 {
        world
            .change_password(&alice, "wrong", SECOND)
            .fails(403, "AccessDenied", INCORRECT);
    }
    let locked = world.profile("alice");
    assert!(locked.locked_until.is_some());
    for old in ["wrong", FIRST] {
        world
            .change_password(&alice, old, SECOND)
            .fails(403, "AccessDenied", INCORRECT);
    }
    assert_eq!(
        world.profile("alice").revision,
        locked.revision,
        "nothing was written"
    );
    let last = world.records().pop().unwrap();
    assert_eq!(
        last["additionalEventData"]["passwordLockedUntil"],
        locked.locked_until.unwrap().to_string()
    );
    world.advance(1000);
    world.change_password(&alice, FIRST, SECOND).ok();
    // What an administrator sets is another password.
    world
        .change_password(&alice, "wrong", FIRST)
        .fails(403, "AccessDenied", INCORRECT);
    world.set_password("alice", FIRST).ok();
    assert_eq!(world.wrong_passwords("alice"), 0);
}

/// Who does not know the old password learns nothing about what is asked of the new one.
#[test]
fn the_old_password_is_looked_at_before_the_new_one() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    world
        .change_password(&alice, "wrong", "short")
        .fails(403, "AccessDenied", INCORRECT);
    world
        .change_password(&alice, FIRST, "short")
        .fails(VIOLATION.0, VIOLATION.1, NOT_ALLOWED);
    assert_eq!(world.wrong_passwords("alice"), 1);
}

#[test]
fn no_record_and_no_answer_has_a_password() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    world.set_password("alice", SECOND).ok();
    world
        .change_password(&alice, "wr0ng-Guess", FIRST)
        .fails(403, "AccessDenied", INCORRECT);
    world.change_password(&alice, SECOND, FIRST).ok();
    let records: Vec<String> = world.records().iter().map(ToString::to_string).collect();
    for name in ["CreateLoginProfile", "UpdateLoginProfile", "ChangePassword"] {
        assert!(records.iter().any(|record| record.contains(name)), "{name}");
    }
    for secret in [FIRST, SECOND, "wr0ng-Guess"] {
        assert!(!records.iter().any(|record| record.contains(secret)), "{secret}");
    }
    let printed = format!("{:?}", world.profile("alice"));
    assert!(
        printed.contains("PasswordHash(..)") && !printed.contains("horse"),
        "{printed}"
    );
}

#[test]
fn a_session_that_may_be_tasked_with_a_roots_password_can_take_none_and_give_none() {
    let world = World::new();
    world.other_account("444455556666");
    let enable = "EnableOrganizationsRootCredentialsManagement";
    world.admin(enable, &[]).ok();
    let admin = world.user(&world.root, "admin", Some(ALLOW_ALL));
    let task = |policy: &str| {
        let arn = format!("arn:aws:iam::aws:policy/root-task/{policy}");
        let parameters = [
            ("TargetPrincipal", "444455556666"),
            ("TaskPolicyArn.arn", arn.as_str()),
        ];
        world.sts(&admin, "AssumeRoot", &parameters).credentials()
    };
    let missing = "Login Profile for User root cannot be found.";
    let creator = task("IAMCreateRootUserPassword");
    world.iam(&creator, "CreateLoginProfile", &[]).fails(
        400,
        "ValidationError",
        "The root user cannot be given a password.",
    );
    for (policy, action) in [
        ("IAMCreateRootUserPassword", "GetLoginProfile"),
        ("IAMDeleteRootUserCredentials", "DeleteLoginProfile"),
        ("IAMAuditRootUserCredentials", "GetLoginProfile"),
    ] {
        world
            .iam(&task(policy), action, &[])
            .fails(404, "NoSuchEntity", missing);
    }
}
