//! Random accounts: a few users with little, and roles, a group and policies that are worth reaching.

use std::collections::BTreeSet;

use locum_crypto::{Random, SeededRandom};

use super::{
    attempts::{EVERYTHING, TRUST_ACCOUNT},
    oracle::{ADMINISTRATOR, Entity, Kind, Managed, State, Tags, Who, arn, red},
};
use crate::harness::{Credentials, Parameters, World};

const USERS: [(&str, &str); 3] = [("u0", "/"), ("u1", "/team/"), ("u2", "/")];
const ROLES: [(&str, &str); 2] = [("r0", "/"), ("r1", "/team/")];

const ACTIONS: &[&str] = &[
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
    "iam:Put*Policy",
    "iam:AttachUserPolicy",
    "iam:Attach*Policy",
    "iam:AddUserToGroup",
    "iam:CreateAccessKey",
    "iam:CreateUser",
    "iam:CreateRole",
    "iam:CreateLoginProfile",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:*PolicyVersion",
    "iam:*UserPermissionsBoundary",
    "iam:Delete*PermissionsBoundary",
    "iam:Put*PermissionsBoundary",
    "iam:Tag*",
    "iam:*InstanceProfile",
    "iam:PassRole",
    "iam:*User*",
    "iam:*Role*",
    "iam:Get*",
    "sts:AssumeRole",
    "sts:*",
];

const RESOURCES: &[&str] = &[
    "*",
    "*",
    "*",
    "*",
    "*",
    "*",
    "arn:aws:iam::111122223333:user/*",
    "arn:aws:iam::111122223333:user/${aws:username}",
    "arn:aws:iam::111122223333:user/team/*",
    "arn:aws:iam::111122223333:user/u?",
    "arn:aws:iam::111122223333:user/new-*",
    "arn:aws:iam::111122223333:role/team/*",
    "arn:aws:iam::111122223333:role/new-*",
    "arn:aws:iam::111122223333:role/*",
    "arn:aws:iam::111122223333:role/r0",
    "arn:aws:iam::111122223333:group/g0",
    "arn:aws:iam::111122223333:policy/*",
    "arn:aws:iam::111122223333:policy/p0",
    "arn:aws:iam::111122223333:instance-profile/*",
];

const CONDITIONS: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    r#"{"ArnEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/p1"}}"#,
    r#"{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/p1"}}"#,
    r#"{"ArnNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/p1"}}"#,
    r#"{"Null":{"iam:PermissionsBoundary":"true"}}"#,
    r#"{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::111122223333:policy/p0"}}"#,
    r#"{"ArnNotEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#,
    r#"{"StringEquals":{"aws:ResourceTag/team":"red"}}"#,
    r#"{"StringEquals":{"iam:ResourceTag/team":"${aws:PrincipalTag/team}"}}"#,
    r#"{"StringEquals":{"aws:PrincipalTag/team":"red"}}"#,
    r#"{"StringEquals":{"aws:RequestTag/team":"red"}}"#,
    r#"{"Null":{"aws:TagKeys":"true"}}"#,
    r#"{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}"#,
    r#"{"ArnLike":{"iam:AssociatedResourceArn":"arn:aws:ec2:*:*:instance/*"}}"#,
    r#"{"Null":{"aws:TokenIssueTime":"false"}}"#,
];

/// What an administrator writes to give a part away: the actions, and the condition that keeps them in bounds.
const DELEGATED: &[(&str, &str)] = &[
    (
        r#""iam:Attach*Policy""#,
        r#"{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::111122223333:policy/p0"}}"#,
    ),
    (
        r#""iam:Attach*Policy","iam:Put*""#,
        r#"{"ArnNotEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#,
    ),
    (
        r#""iam:CreateUser","iam:CreateRole","iam:Put*PermissionsBoundary""#,
        r#"{"ArnEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/p1"}}"#,
    ),
    (
        r#""iam:Put*Policy","iam:Attach*","iam:Delete*""#,
        r#"{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/p1"}}"#,
    ),
    (r#""iam:AddRoleToInstanceProfile","sts:AssumeRole""#, "{}"),
    (
        r#""iam:*InstanceProfile","iam:PassRole""#,
        r#"{"StringEqualsIfExists":{"iam:PassedToService":"ec2.amazonaws.com","iam:ResourceTag/team":"red"}}"#,
    ),
    (
        r#""iam:CreateAccessKey","iam:CreateLoginProfile","iam:CreateRole","iam:UpdateAssumeRolePolicy","iam:Get*""#,
        r#"{"StringEqualsIfExists":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}"#,
    ),
];

const TRUSTED: &[&str] = &[
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/u0",
    "arn:aws:iam::111122223333:user/team/u1",
    "arn:aws:iam::111122223333:role/r0",
    "*",
];

pub(super) struct Dice(SeededRandom);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.0.next_u64() % count as u64).unwrap()
    }

    fn one(&mut self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }

    /// A document of one to three statements, most of which allow.
    fn document(&mut self) -> String {
        let statements: Vec<String> = (0..=self.below(3)).map(|_| self.statement()).collect();
        let statements = statements.join(",");
        format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
    }

    fn statement(&mut self) -> String {
        if self.below(2) == 0 {
            let (actions, condition) = DELEGATED[self.below(DELEGATED.len())];
            return format!(
                r#"{{"Effect":"Allow","Action":[{actions}],"Resource":"*","Condition":{condition}}}"#
            );
        }
        let effect = self.one(&["Allow", "Allow", "Allow", "Allow", "Allow", "Deny"]);
        let actions = [(); 4].map(|()| format!("\"{}\"", self.one(ACTIONS))).join(",");
        let (resource, condition) = (self.one(RESOURCES), self.condition());
        format!(r#"{{"Effect":"{effect}","Action":[{actions}],"Resource":"{resource}"{condition}}}"#)
    }

    fn condition(&mut self) -> String {
        match self.one(CONDITIONS) {
            "" => String::new(),
            condition => format!(r#","Condition":{condition}"#),
        }
    }

    /// A boundary: often all of IAM but something.
    fn limit(&mut self) -> String {
        if self.below(3) == 0 {
            return self.document();
        }
        let but = [(); 4].map(|()| format!("\"{}\"", self.one(ACTIONS))).join(",");
        let condition = self.condition();
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["iam:*","sts:*"],"Resource":"*"}},{{"Effect":"Deny","Action":[{but}],"Resource":"*"{condition}}}]}}"#
        )
    }

    fn trust(&mut self) -> String {
        let who = self.one(TRUSTED);
        let action = self.one(&[r#""sts:AssumeRole""#, r#"["sts:AssumeRole","sts:TagSession"]"#]);
        let condition = self.one(&[
            "",
            "",
            "",
            r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}"#,
            r#","Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}"#,
            r#","Condition":{"StringEquals":{"sts:ExternalId":"secret"}}"#,
        ]);
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{who}"}},"Action":{action}{condition}}}}}"#
        )
    }
}

/// A random account, what is known of it, and its users' first keys.
pub(super) fn account(world: &World, dice: &mut Dice) -> (State, Vec<(Who, Credentials)>) {
    let mut state = State::default();
    let administrator = Managed {
        versions: vec![EVERYTHING.to_owned()],
        default: 0,
    };
    state.policies.insert(ADMINISTRATOR.to_owned(), administrator);
    for (name, versions) in [
        ("p0", [dice.document(), dice.document()]),
        ("p1", [dice.limit(), dice.limit()]),
    ] {
        policy(world, &mut state, name, versions);
    }
    let mut keys = Vec::new();
    root(world, "CreateGroup", &[("GroupName", "g0")]);
    state
        .entities
        .insert(("group", "g0".to_owned()), entity("/", String::new()));
    put(world, &mut state, "group", "g0", dice.document());
    for (name, path) in USERS {
        let made = root(world, "CreateUser", &[("UserName", name), ("Path", path)]);
        state
            .entities
            .insert(("user", name.to_owned()), entity(path, made.text("UserId")));
        let key = root(world, "CreateAccessKey", &[("UserName", name)]);
        keys.push((Who::User(name.to_owned()), key.credentials()));
        furnish(world, &mut state, dice, "user", name);
    }
    for (name, path) in ROLES {
        let parameters = [
            ("RoleName", name),
            ("Path", path),
            ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
        ];
        let made = root(world, "CreateRole", &parameters);
        state
            .entities
            .insert(("role", name.to_owned()), entity(path, made.text("RoleId")));
        let trust = dice.trust();
        let parameters = [("RoleName", name), ("PolicyDocument", &*trust)];
        root(world, "UpdateAssumeRolePolicy", &parameters);
        state.change("role", name).trust = state.resolved(&trust);
        furnish(world, &mut state, dice, "role", name);
    }
    root(world, "CreateInstanceProfile", &[("InstanceProfileName", "i0")]);
    state.profiles.insert("i0".to_owned(), false);
    (state, keys)
}

fn root(world: &World, action: &str, parameters: &Parameters<'_>) -> crate::harness::Answer {
    world.iam(&world.root, action, parameters).ok()
}

fn entity(path: &'static str, id: String) -> Entity {
    Entity {
        id,
        path,
        ..Entity::default()
    }
}

fn policy(world: &World, state: &mut State, name: &str, versions: [String; 2]) {
    let arn = arn("policy", "/", name);
    let parameters = [("PolicyName", name), ("PolicyDocument", &*versions[0])];
    root(world, "CreatePolicy", &parameters);
    let parameters = [("PolicyArn", &*arn), ("PolicyDocument", &*versions[1])];
    root(world, "CreatePolicyVersion", &parameters);
    let versions = versions.to_vec();
    state.policies.insert(arn, Managed { versions, default: 0 });
}

fn put(world: &World, state: &mut State, kind: Kind, name: &str, document: String) {
    let (action, parameter) = match kind {
        "user" => ("PutUserPolicy", "UserName"),
        "role" => ("PutRolePolicy", "RoleName"),
        _ => ("PutGroupPolicy", "GroupName"),
    };
    let parameters = [
        (parameter, name),
        ("PolicyName", "own"),
        ("PolicyDocument", &*document),
    ];
    root(world, action, &parameters);
    state.change(kind, name).inline.insert("own", document);
}

/// Gives a user or a role its documents, and by chance a boundary, a tag, a group.
fn furnish(world: &World, state: &mut State, dice: &mut Dice, kind: Kind, name: &str) {
    put(world, state, kind, name, dice.document());
    let (parameter, attach, bound, tag) = match kind {
        "user" => (
            "UserName",
            "AttachUserPolicy",
            "PutUserPermissionsBoundary",
            "TagUser",
        ),
        _ => (
            "RoleName",
            "AttachRolePolicy",
            "PutRolePermissionsBoundary",
            "TagRole",
        ),
    };
    let target = (parameter, name);
    if dice.below(3) == 0 {
        let policy = arn("policy", "/", "p0");
        root(world, attach, &[target, ("PolicyArn", &policy)]);
        state.change(kind, name).attached = BTreeSet::from([policy]);
    }
    if dice.below(2) == 0 {
        let policy = arn("policy", "/", "p1");
        root(world, bound, &[target, ("PermissionsBoundary", &policy)]);
        state.change(kind, name).boundary = Some(policy);
    }
    let value = ["", "red", "blue"][dice.below(3)];
    if !value.is_empty() {
        let tag_of = [
            target,
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", value),
        ];
        root(world, tag, &tag_of);
        let keys = red().into_keys();
        state.change(kind, name).tags = keys.map(|key| (key, value.to_owned())).collect::<Tags>();
    }
    if kind == "user" && dice.below(3) == 0 {
        root(world, "AddUserToGroup", &[target, ("GroupName", "g0")]);
        state.change(kind, name).groups = BTreeSet::from(["g0".to_owned()]);
    }
}
