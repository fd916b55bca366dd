//! The simulator and enforcement agree: small random accounts are asked both ways.

use std::collections::BTreeMap;

use locum_crypto::SeededRandom;

use crate::harness::{Answer, World};
use crate::iam::random_account::{Asker, Dice, ELSEWHERE, MEMBER, RandomAccount, Target, USERS};

const ACCOUNTS: u64 = 16;

/// A condition key, its type, and its value.
type Key<'a> = (&'a str, &'a str, &'a str);

/// One request that an asker makes, and what it is when it is simulated.
struct Question<'a> {
    operation: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    actions: Vec<String>,
    resource: String,
    trust: Option<&'a str>,
    keys: Vec<Key<'a>>,
}

impl<'a> Question<'a> {
    /// An operation of IAM on a user or a role.
    fn of_iam(account: &'a RandomAccount, operation: &'a str, name: &'a str) -> Self {
        let (parameter, kind) = match USERS.contains(&name) {
            true => ("UserName", "user"),
            false => ("RoleName", "role"),
        };
        let target = account.askers.iter().find(|asker| asker.name == name).unwrap();
        Self {
            operation,
            parameters: vec![(parameter, name)],
            actions: vec![format!("iam:{operation}")],
            resource: format!("arn:aws:iam::{}:{kind}/{name}", account.id),
            trust: None,
            keys: resource_tag(target.team),
        }
    }

    /// AssumeRole, with an external id and a tag or without.
    fn of_assume_role(target: &'a Target, with_tag: bool) -> Self {
        let mut question = Self {
            operation: "AssumeRole",
            parameters: vec![("RoleArn", &target.arn), ("RoleSessionName", "session")],
            actions: vec!["sts:AssumeRole".to_owned()],
            resource: target.arn.clone(),
            trust: Some(&target.trust),
            keys: resource_tag(target.team),
        };
        question.keys.push(("sts:RoleSessionName", "string", "session"));
        if with_tag {
            question.actions.push("sts:TagSession".to_owned());
            question.parameters.extend([
                ("ExternalId", "secret"),
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "red"),
            ]);
            question.keys.extend([
                ("sts:ExternalId", "string", "secret"),
                ("aws:RequestTag/team", "string", "red"),
                ("aws:TagKeys", "stringList", "team"),
            ]);
        }
        question
    }

    fn all(account: &'a RandomAccount) -> Vec<Self> {
        let of_iam = [
            ("GetUser", "u0"),
            ("GetUser", "u1"),
            ("GetRole", "r1"),
            ("ListUserPolicies", "u2"),
            ("ListAttachedRolePolicies", "r1"),
        ]
        .map(|(operation, name)| Self::of_iam(account, operation, name));
        let targets = account.targets.iter();
        let of_sts = targets.flat_map(|target| [false, true].map(|tag| Self::of_assume_role(target, tag)));
        of_iam.into_iter().chain(of_sts).collect()
    }

    fn crosses_accounts(&self) -> bool {
        self.resource.contains(ELSEWHERE)
    }

    /// What the call itself decides. Its denial tells the caller's account which kind it was, if that account owns what was
    /// asked for.
    fn enforced(&self, world: &World, asker: &Asker) -> &'static str {
        let answer = match self.trust {
            Some(_) => world.sts(&asker.credentials, self.operation, &self.parameters),
            None => world.iam(&asker.credentials, self.operation, &self.parameters),
        };
        if answer.status == 200 {
            return "allowed";
        }
        let code = (answer.status, answer.text("Code"));
        assert_eq!(code, (403, "AccessDenied".to_owned()), "{}", answer.body);
        let record = world.last_record();
        let reason = &record["additionalEventData"]["authorization"]["reason"];
        match reason
            .as_str()
            .unwrap()
            .contains("no other statement can override it")
        {
            true => "explicitDeny",
            false => "implicitDeny",
        }
    }

    /// What the simulation decides: where it takes several actions, the first that is not allowed.
    fn simulated(&self, world: &World, account: &RandomAccount, asker: &Asker) -> (String, Answer) {
        let mut given = self.keys.clone();
        given.extend(keys_of(asker));
        let mut parameters = vec![
            ("PolicySourceArn".to_owned(), &*asker.arn),
            ("ResourceArns.member.1".to_owned(), &*self.resource),
        ];
        let trust = self.trust.map(|trust| ("ResourcePolicy".to_owned(), trust));
        parameters.extend(trust);
        for (at, action) in (1..).zip(&self.actions) {
            parameters.push((format!("ActionNames.member.{at}"), action));
        }
        for (at, (key, kind, value)) in (1..).zip(given) {
            let member = |name: &str| format!("ContextEntries.member.{at}.{name}");
            parameters.extend([
                (member("ContextKeyName"), key),
                (member("ContextKeyType"), kind),
                (member("ContextKeyValues.member.1"), value),
            ]);
        }
        let parameters: Vec<(&str, &str)> = parameters.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        let answer = world
            .iam(&account.root, "SimulatePrincipalPolicy", &parameters)
            .ok();
        let mut decisions = answer.texts("EvalDecision").into_iter();
        let decision = decisions.find(|decision| decision != "allowed");
        (decision.unwrap_or_else(|| "allowed".to_owned()), answer)
    }
}

fn resource_tag(team: Option<&str>) -> Vec<Key<'_>> {
    let tag = team.map(|team| ("aws:ResourceTag/team", "string", team));
    tag.into_iter().collect()
}

/// The keys that every call of an asker has, of those that the policies read.
fn keys_of(asker: &Asker) -> Vec<Key<'_>> {
    let mut keys = vec![
        ("aws:SecureTransport", "boolean", "true"),
        ("aws:SourceIp", "ip", "203.0.113.7"),
        ("aws:CurrentTime", "date", "2026-11-22T12:00:00Z"),
        ("aws:PrincipalArn", "string", &*asker.arn),
    ];
    if asker.is_session() {
        keys.extend([
            ("aws:PrincipalType", "string", "AssumedRole"),
            ("aws:TokenIssueTime", "date", "2026-11-22T12:00:00Z"),
            ("aws:MultiFactorAuthPresent", "boolean", "false"),
        ]);
    } else {
        keys.extend([
            ("aws:PrincipalType", "string", "User"),
            ("aws:username", "string", asker.name),
        ]);
    }
    if let Some(team) = asker.team {
        keys.push(("aws:PrincipalTag/team", "string", team));
    }
    keys
}

#[test]
fn what_is_simulated_is_what_is_enforced() {
    // By the kind of caller, by what is asked, and by the answer.
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for seed in 0..ACCOUNTS {
        let world = World::seeded(seed + 1);
        let mut dice = Dice::new(SeededRandom::new(seed));
        let account = RandomAccount::new(&world, &mut dice, seed % 2 == 0);
        let questions = Question::all(&account);
        for asker in &account.askers {
            for question in &questions {
                let enforced = question.enforced(&world, asker);
                let (simulated, answer) = question.simulated(&world, &account, asker);
                let what = || {
                    let (resource, keys) = (&question.resource, &question.keys);
                    format!(
                        "{seed} {} {} {resource} {keys:?}: {}",
                        asker.arn, question.operation, answer.body
                    )
                };
                // Why another account's side denies is not told.
                if question.crosses_accounts() {
                    assert_eq!(simulated == "allowed", enforced == "allowed", "{}", what());
                } else {
                    assert_eq!(simulated, enforced, "{}", what());
                }
                let limited = account.id == MEMBER;
                assert!(
                    limited || answer.find("AllowedByOrganizations").is_none(),
                    "{}",
                    what()
                );
                let caller = if asker.is_session() { "session" } else { "user" };
                let asked = match question.trust {
                    None => "iam",
                    Some(_) if question.crosses_accounts() => "elsewhere",
                    Some(_) => "role",
                };
                *seen.entry((caller, asked, enforced)).or_default() += 1;
            }
        }
    }
    // Every answer occurs, or nothing was shown.
    for caller in ["user", "session"] {
        for (asked, answer, least) in [
            ("iam", "allowed", 40),
            ("iam", "implicitDeny", 40),
            ("iam", "explicitDeny", 20),
            ("role", "allowed", 30),
            ("role", "implicitDeny", 30),
            ("role", "explicitDeny", 30),
            ("elsewhere", "allowed", 5),
            ("elsewhere", "implicitDeny", 10),
        ] {
            let count = seen.get(&(caller, asked, answer)).copied().unwrap_or_default();
            assert!(count >= least, "{caller} {asked} {answer}: {seen:#?}");
        }
    }
}
