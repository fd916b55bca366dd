//! The simulator and enforcement agree: small random accounts are asked both ways.

use super::texts::TRUST_ACCOUNT;
use crate::harness::{Credentials, World};
use locum_crypto::{Random, SeededRandom};

const ACCOUNTS: u64 = 12;

struct Dice(SeededRandom);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % sides as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    /// A document that is about what the questions are about.
    fn document(&mut self) -> String {
        let statements: Vec<String> = (0..=self.roll(2)).map(|_| self.statement()).collect();
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        )
    }

    fn statement(&mut self) -> String {
        let effect = self.one(&["Allow", "Allow", "Allow", "Deny"]);
        let (action, resource) = (
            self.one(&["Action", "Action", "NotAction"]),
            self.one(&["Resource", "Resource", "NotResource"]),
        );
        let actions = self.one(&[
            "*",
            "iam:*",
            "iam:Get*",
            "iam:GetUser",
            "iam:GetRole",
            "sts:*",
            "iam:List*",
        ]);
        let resources = self.one(&[
            "*",
            "arn:aws:iam::111122223333:user/*",
            "arn:aws:iam::111122223333:user/${aws:username}",
            "arn:aws:iam::111122223333:user/u?",
            "arn:aws:iam::111122223333:role/r1",
        ]);
        let condition = self.one(&[
            "",
            "",
            r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#,
            r#","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
            r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}"#,
            r#","Condition":{"StringNotEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}"#,
            r#","Condition":{"Null":{"aws:TokenIssueTime":"true"}}"#,
            r#","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}"#,
        ]);
        format!(r#"{{"Effect":"{effect}","{action}":"{actions}","{resource}":"{resources}"{condition}}}"#)
    }
}

/// A principal and how it signs.
struct Asker {
    arn: String,
    name: String,
    team: Option<&'static str>,
    credentials: Credentials,
}

fn account(world: &World, dice: &mut Dice) -> Vec<Asker> {
    let limit = world.policy("limit", &dice.document());
    let shared = world.policy("shared", &dice.document());
    for group in ["g0", "g1"] {
        world.admin("CreateGroup", &[("GroupName", group)]).ok();
        let document = dice.document();
        let parameters = [
            ("GroupName", group),
            ("PolicyName", "own"),
            ("PolicyDocument", &*document),
        ];
        world.admin("PutGroupPolicy", &parameters).ok();
    }
    world.role(&world.root, "r1", TRUST_ACCOUNT, None);
    let mut askers = Vec::new();
    for name in ["u0", "u1", "u2"] {
        let document = dice.document();
        let credentials = world.user(&world.root, name, Some(&document));
        let user = ("UserName", name);
        if dice.roll(2) == 0 {
            world
                .admin("AttachUserPolicy", &[user, ("PolicyArn", &*shared)])
                .ok();
        }
        if dice.roll(2) == 0 {
            let group = dice.one(&["g0", "g1"]);
            world.admin("AddUserToGroup", &[user, ("GroupName", group)]).ok();
        }
        if dice.roll(3) == 0 {
            world
                .admin(
                    "PutUserPermissionsBoundary",
                    &[user, ("PermissionsBoundary", &*limit)],
                )
                .ok();
        }
        let team = [None, Some("red"), Some("blue")][dice.roll(3)];
        if let Some(team) = team {
            world
                .admin(
                    "TagUser",
                    &[user, ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", team)],
                )
                .ok();
        }
        askers.push(Asker {
            arn: format!("arn:aws:iam::111122223333:user/{name}"),
            name: name.to_owned(),
            team,
            credentials,
        });
    }
    askers
}

#[test]
fn what_is_simulated_is_what_is_enforced() {
    let mut seen = [0; 2];
    for seed in 0..ACCOUNTS {
        let world = World::seeded(seed + 1);
        let mut dice = Dice(SeededRandom::new(seed));
        let askers = account(&world, &mut dice);
        for asker in &askers {
            for (operation, parameter, kind, target) in [
                ("GetUser", "UserName", "user", "u0"),
                ("GetUser", "UserName", "user", "u1"),
                ("GetRole", "RoleName", "role", "r1"),
                ("ListUserPolicies", "UserName", "user", "u2"),
                ("ListAttachedRolePolicies", "RoleName", "role", "r1"),
            ] {
                let enforced = world.iam(&asker.credentials, operation, &[(parameter, target)]);
                let resource = format!("arn:aws:iam::111122223333:{kind}/{target}");
                let action = format!("iam:{operation}");
                let mut context = vec![
                    ("aws:SecureTransport", "boolean", "true"),
                    ("aws:SourceIp", "ip", "203.0.113.7"),
                    ("aws:CurrentTime", "date", "2026-11-22T12:00:00Z"),
                    ("aws:username", "string", &asker.name),
                ];
                let tag_of_target = askers.iter().find(|other| kind == "user" && other.name == target);
                if let Some(team) = tag_of_target.and_then(|other| other.team) {
                    context.push(("aws:ResourceTag/team", "string", team));
                }
                if let Some(team) = asker.team {
                    context.push(("aws:PrincipalTag/team", "string", team));
                }
                let names: Vec<[String; 3]> = (1..=context.len())
                    .map(|n| {
                        ["ContextKeyName", "ContextKeyType", "ContextKeyValues.member.1"]
                            .map(|member| format!("ContextEntries.member.{n}.{member}"))
                    })
                    .collect();
                let mut parameters = vec![
                    ("PolicySourceArn", &*asker.arn),
                    ("ActionNames.member.1", &action),
                    ("ResourceArns.member.1", &resource),
                ];
                for (names, (key, kind, value)) in names.iter().zip(&context) {
                    parameters.extend([(&*names[0], *key), (&*names[1], kind), (&*names[2], value)]);
                }
                let simulated = world.admin("SimulatePrincipalPolicy", &parameters).ok();
                let decision = simulated.text("EvalDecision");
                let message = enforced.find("Message").unwrap_or_default();
                let expected = match enforced.status {
                    200 => "allowed",
                    _ if message.contains("explicit deny") => "explicitDeny",
                    _ => "implicitDeny",
                };
                assert_eq!(
                    decision, expected,
                    "{seed} {} {operation} {target}: {message}",
                    asker.arn
                );
                seen[usize::from(enforced.status == 200)] += 1;
            }
        }
    }
    // Both answers occur, or nothing was shown.
    assert!(seen.iter().all(|count| *count >= 20), "{seen:?}");
}
