//! Small random accounts: users, roles with sessions, trust policies, and what their organization puts over them.
//!
//! Everything is about the few things that the questions are about, so that policies meet often.

use locum_crypto::{Random, SeededRandom};

use super::texts::{ALLOW_ALL, TRUST_ACCOUNT};
use crate::harness::{ACCOUNT, Credentials, RCP, SCP, World};

pub(super) const MEMBER: &str = "444455556666";
/// An account that no policy of the organization is over.
pub(super) const ELSEWHERE: &str = "777788889999";

pub(super) const USERS: [&str; 3] = ["u0", "u1", "u2"];
pub(super) const ROLES: [&str; 3] = ["r0", "r1", "r2"];

/// What lets the account's root user simulate, where the organization does not allow everything.
const SIMULATE: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Simulate*","Resource":"*"}}"#;

pub(super) struct Dice(SeededRandom);

impl Dice {
    pub(super) const fn new(random: SeededRandom) -> Self {
        Self(random)
    }

    pub(super) fn roll(&mut self, sides: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % sides as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    /// A document of an account, of one to three statements.
    fn document(&mut self, account: &str, statement: fn(&mut Self) -> String) -> String {
        let statements: Vec<String> = (0..=self.roll(2)).map(|_| statement(self)).collect();
        let statements = statements.join(",").replace("HOME", account);
        format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
    }

    /// One of an identity policy or a boundary.
    fn statement(&mut self) -> String {
        let effect = self.one(&["Allow", "Allow", "Allow", "Deny"]);
        let action = self.one(&["Action", "Action", "Action", "NotAction"]);
        let actions = self.one(&[
            "*",
            "*",
            "iam:*",
            "iam:Get*",
            "iam:GetUser",
            "iam:GetRole",
            "sts:*",
            "iam:List*",
        ]);
        self.finish(effect, action, actions)
    }

    /// One of a service control policy, which never denies to simulate.
    fn ceiling(&mut self) -> String {
        match self.roll(4) {
            0 => {
                let actions = self.one(&["iam:Get*", "iam:GetRole", "sts:*", "iam:List*", "sts:TagSession"]);
                self.finish("Deny", "Action", actions)
            }
            _ => {
                let actions = self.one(&["*", "*", "iam:*", "sts:*", "iam:Get*"]);
                self.finish("Allow", "Action", actions)
            }
        }
    }

    fn finish(&mut self, effect: &str, action: &str, actions: &str) -> String {
        let resource = self.one(&["Resource", "Resource", "Resource", "Resource", "NotResource"]);
        let resources = self.one(&[
            "*",
            "*",
            "arn:aws:iam::HOME:user/*",
            "arn:aws:iam::HOME:user/${aws:username}",
            "arn:aws:iam::HOME:user/u?",
            "arn:aws:iam::*:role/r1",
            "arn:aws:iam::*:role/r*",
        ]);
        let condition = self.condition();
        format!(r#"{{"Effect":"{effect}","{action}":"{actions}","{resource}":"{resources}"{condition}}}"#)
    }

    /// One of a role's trust policy.
    fn trust(&mut self) -> String {
        let effect = self.one(&["Allow", "Allow", "Allow", "Deny"]);
        let principal = self.one(&[
            r#"{"AWS":"*"}"#,
            r#"{"AWS":"HOME"}"#,
            r#"{"AWS":"arn:aws:iam::HOME:root"}"#,
            r#"{"AWS":"arn:aws:iam::HOME:user/u0"}"#,
            r#"{"AWS":["arn:aws:iam::HOME:user/u1","arn:aws:iam::HOME:role/r1"]}"#,
            r#"{"AWS":"arn:aws:iam::HOME:role/r0"}"#,
            r#"{"AWS":["arn:aws:iam::HOME:role/r2","777788889999"]}"#,
            r#"{"AWS":"arn:aws:sts::HOME:assumed-role/r0/other"}"#,
            r#"{"Service":"ec2.amazonaws.com"}"#,
        ]);
        let actions = self.one(&[
            r#""sts:*""#,
            r#""sts:AssumeRole""#,
            r#"["sts:AssumeRole","sts:TagSession"]"#,
            r#""sts:TagSession""#,
        ]);
        let condition = self.condition();
        format!(r#"{{"Effect":"{effect}","Principal":{principal},"Action":{actions}{condition}}}"#)
    }

    /// One of a resource control policy.
    fn outline(&mut self) -> String {
        let actions = self.one(&["sts:*", "sts:AssumeRole", "sts:TagSession", "s3:*"]);
        let resource = self.one(&["*", "arn:aws:iam::*:role/r1", "arn:aws:iam::HOME:role/r*"]);
        let condition = self.condition();
        format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"{actions}","Resource":"{resource}"{condition}}}"#
        )
    }

    fn condition(&mut self) -> String {
        if self.roll(2) == 0 {
            return String::new();
        }
        let condition = self.one(&[
            r#""Bool":{"aws:SecureTransport":"true"}"#,
            r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#,
            r#""StringEquals":{"aws:PrincipalTag/team":"red"}"#,
            r#""StringNotEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}"#,
            r#""Null":{"aws:TokenIssueTime":"true"}"#,
            r#""DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}"#,
            r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::HOME:role/r?"}"#,
            r#""StringNotEquals":{"aws:PrincipalType":"AssumedRole"}"#,
            r#""BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}"#,
            r#""StringLike":{"sts:RoleSessionName":"sess*"}"#,
            r#""StringNotEquals":{"sts:ExternalId":"secret"}"#,
            r#""StringEquals":{"aws:RequestTag/team":"${aws:PrincipalTag/team}"}"#,
            r#""ForAllValues:StringEquals":{"aws:TagKeys":["team"]}"#,
        ]);
        format!(r#","Condition":{{{condition}}}"#)
    }

    fn team(&mut self) -> Option<&'static str> {
        [None, Some("red"), Some("blue")][self.roll(3)]
    }
}

/// A user or a role, and how it or its session signs.
pub(super) struct Asker {
    pub(super) arn: String,
    pub(super) name: &'static str,
    pub(super) team: Option<&'static str>,
    pub(super) credentials: Credentials,
}

impl Asker {
    pub(super) fn is_session(&self) -> bool {
        ROLES.contains(&self.name)
    }
}

/// A role that may be assumed, perhaps.
pub(super) struct Target {
    pub(super) arn: String,
    pub(super) team: Option<&'static str>,
    pub(super) trust: String,
}

pub(super) struct RandomAccount {
    pub(super) id: &'static str,
    /// Its root user.
    pub(super) root: Credentials,
    pub(super) askers: Vec<Asker>,
    /// Its roles, then one of another account.
    pub(super) targets: Vec<Target>,
}

impl RandomAccount {
    /// A member account, or the one that manages the organization.
    pub(super) fn new(world: &World, dice: &mut Dice, member: bool) -> Self {
        let (id, root) = match member {
            true => (MEMBER, world.other_account(MEMBER)),
            false => (ACCOUNT, world.root.clone()),
        };
        let mut account = Self {
            id,
            root,
            askers: Vec::new(),
            targets: Vec::new(),
        };
        account.make_groups(world, dice);
        for name in USERS {
            account.make_user(world, dice, name);
        }
        let door = world.user(&account.root, "door", Some(ALLOW_ALL));
        for name in ROLES {
            account.make_role(world, dice, name, &door);
        }
        account.make_targets(world, dice);
        // Last: they bind whoever makes all the rest.
        account.limit(world, dice);
        account
    }

    fn call(&self, world: &World, action: &str, parameters: &[(&str, &str)]) {
        world.iam(&self.root, action, parameters).ok();
    }

    fn make_groups(&self, world: &World, dice: &mut Dice) {
        for name in ["limit", "shared"] {
            let document = dice.document(self.id, Dice::statement);
            let parameters = [("PolicyName", name), ("PolicyDocument", &*document)];
            self.call(world, "CreatePolicy", &parameters);
        }
        for group in ["g0", "g1"] {
            self.call(world, "CreateGroup", &[("GroupName", group)]);
            let document = dice.document(self.id, Dice::statement);
            let parameters = [
                ("GroupName", group),
                ("PolicyName", "own"),
                ("PolicyDocument", &*document),
            ];
            self.call(world, "PutGroupPolicy", &parameters);
        }
    }

    fn make_user(&mut self, world: &World, dice: &mut Dice, name: &'static str) {
        let document = dice.document(self.id, Dice::statement);
        let credentials = world.user(&self.root, name, Some(&document));
        if dice.roll(2) == 0 {
            let group = dice.one(&["g0", "g1"]);
            self.call(
                world,
                "AddUserToGroup",
                &[("UserName", name), ("GroupName", group)],
            );
        }
        let team = self.dress(world, dice, "User", name);
        self.askers.push(Asker {
            arn: format!("arn:aws:iam::{}:user/{name}", self.id),
            name,
            team,
            credentials,
        });
    }

    /// A role and a session of it.
    fn make_role(&mut self, world: &World, dice: &mut Dice, name: &'static str, door: &Credentials) {
        let document = dice.document(self.id, Dice::statement);
        let open = TRUST_ACCOUNT.replace(ACCOUNT, self.id);
        let arn = world.role(&self.root, name, &open, Some(&document));
        let team = self.dress(world, dice, "Role", name);
        let parameters = [("RoleArn", &*arn), ("RoleSessionName", "own")];
        let credentials = world.sts(door, "AssumeRole", &parameters).credentials();
        self.askers.push(Asker {
            arn,
            name,
            team,
            credentials,
        });
    }

    /// Perhaps a managed policy, a boundary and a tag for a user or a role.
    fn dress(&self, world: &World, dice: &mut Dice, kind: &str, name: &str) -> Option<&'static str> {
        let named = format!("{kind}Name");
        let named = (&*named, name);
        let arn = |policy: &str| format!("arn:aws:iam::{}:policy/{policy}", self.id);
        if dice.roll(2) == 0 {
            let parameters = [named, ("PolicyArn", &*arn("shared"))];
            self.call(world, &format!("Attach{kind}Policy"), &parameters);
        }
        if dice.roll(3) == 0 {
            let parameters = [named, ("PermissionsBoundary", &*arn("limit"))];
            self.call(world, &format!("Put{kind}PermissionsBoundary"), &parameters);
        }
        let team = dice.team()?;
        let parameters = [
            named,
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", team),
        ];
        self.call(world, &format!("Tag{kind}"), &parameters);
        Some(team)
    }

    /// The trust policies, when everybody whom they may name is there.
    fn make_targets(&mut self, world: &World, dice: &mut Dice) {
        for name in ROLES {
            let trust = dice.document(self.id, Dice::trust);
            let parameters = [("RoleName", name), ("PolicyDocument", &*trust)];
            self.call(world, "UpdateAssumeRolePolicy", &parameters);
            let asker = self.askers.iter().find(|asker| asker.name == name).unwrap();
            self.targets.push(Target {
                arn: asker.arn.clone(),
                team: asker.team,
                trust,
            });
        }
        let elsewhere = world.other_account(ELSEWHERE);
        let trust = dice.document(self.id, Dice::trust);
        let arn = world.role(&elsewhere, "r1", &trust, None);
        self.targets.push(Target {
            arn,
            team: None,
            trust,
        });
    }

    /// What the organization puts over the account, which the one that manages it does not heed.
    fn limit(&self, world: &World, dice: &mut Dice) {
        let attach = |policy_type: &str, name: &str, document: &str| {
            let policy = world.control_policy(policy_type, name, document);
            world.attach(&policy, self.id);
        };
        world.enable(RCP);
        for name in ["a", "b"] {
            if dice.roll(3) == 0 {
                attach(RCP, name, &dice.document(self.id, Dice::outline));
            }
        }
        if dice.roll(2) == 0 {
            attach(SCP, "a", &dice.document(self.id, Dice::ceiling));
            attach(SCP, "simulate", SIMULATE);
            if dice.roll(2) == 0 {
                world.detach("p-FullAWSAccess", self.id);
            }
        }
    }
}
