//! What is asked of the service after each step, and when its store is opened once more.

use std::sync::Arc;

use serde_json::json;

use super::{
    authorize::Question,
    deeds::names,
    life::{Held, Life},
    model::Kind,
    verdict::End,
};
use crate::harness::World;

impl Life {
    /// Asks somebody who they are.
    pub(super) fn identify(&mut self, who: &Held) {
        let answer = self.world.sts(&who.credentials, "GetCallerIdentity", &[]);
        let expected = self.caller(who);
        let end = expected.as_ref().err().copied().unwrap_or(End::Done);
        self.compare(who, "GetCallerIdentity", end, &answer);
        if let Ok(caller) = expected {
            let (arn, id) = self.model.identity(&caller);
            let told = (answer.text("Arn"), answer.text("UserId"), answer.text("Account"));
            let account = caller.account.to_owned();
            assert_eq!(told.clone(), (arn, id, account), "{}", self.log.join("\n"));
            let record = &self.world.last_record()["userIdentity"];
            let recorded = (record["arn"].as_str(), record["accountId"].as_str());
            assert_eq!(recorded, (Some(&*told.0), Some(caller.account)));
        }
    }

    pub(super) fn look(&mut self) {
        let who = self.anybody();
        self.identify(&who);
        let account = self.account_of(&who);
        let kind = self.chance.of(&[Kind::User, Kind::Role]);
        let name = self.chance.of(names(kind));
        let action = format!("Get{}", kind.word());
        let mut question = Question::new(
            &format!("iam:{action}"),
            &self.model.arn_of(account, kind, name),
            account,
        );
        question.keys = self.model.tags_of(account, kind, name);
        let found = self.model.named(account, kind, name).cloned();
        if !self.caller(&who).is_ok_and(|caller| caller.is_assumed_root()) {
            let expected = self.iam_end(&who, &[question], found.is_some());
            let mut parameters = json!({});
            parameters[format!("{}Name", kind.word())] = name.into();
            let answer = self.iam(&who, &action, &parameters);
            self.compare(&who, &format!("{action} {account} {name}"), expected, &answer);
            if expected == End::Done {
                let found = found.unwrap();
                let told = (answer.text("Arn"), answer.text(&format!("{}Id", kind.word())));
                assert_eq!(told, (found.arn(), found.id), "{}", self.log.join("\n"));
                let boundary = answer.find("PermissionsBoundaryArn");
                assert_eq!(boundary, found.boundary, "{}", self.log.join("\n"));
            }
        }
        self.describe(&who);
    }

    pub(super) fn describe(&mut self, who: &Held) {
        let account = self.account_of(who);
        let question = Question::new("organizations:DescribeOrganization", "*", account);
        let expected = match self.caller(who) {
            Ok(caller) => self.verdict(&caller, &[question], true),
            Err(end) => end,
        };
        let answer = self
            .world
            .organizations(&who.credentials, "DescribeOrganization", &json!({}));
        self.compare(who, "DescribeOrganization", expected, &answer);
    }

    /// Everybody once.
    pub(super) fn look_around(&mut self) {
        for who in self.held.clone() {
            self.identify(&who);
        }
    }

    /// Everybody tries something.
    pub(super) fn look_at_everything(&mut self) {
        for who in self.held.clone() {
            self.describe(&who);
        }
    }

    /// The same store, opened once more, holds the same and answers the same.
    pub(super) fn restart(&mut self) {
        self.world = self.reopened();
        self.look_around();
        for _ in 0..30 {
            self.look();
            self.assume();
        }
    }

    /// A service that loads what this one has stored, which is what this one has in memory.
    pub(super) fn reopened(&self) -> World {
        let again = World::over(Arc::clone(&self.store) as _, self.seed);
        again.advance(self.model.now - self.begin);
        let lines = |world: &World| {
            let mut lines: Vec<String> = format!("{:#?}", world.snapshot())
                .lines()
                .map(str::to_owned)
                .collect();
            lines.sort();
            lines
        };
        let (left, right) = (lines(&self.world), lines(&again));
        if left != right {
            let gone: Vec<_> = left.iter().filter(|line| !right.contains(line)).collect();
            let new: Vec<_> = right.iter().filter(|line| !left.contains(line)).collect();
            panic!(
                "seed {}\n{}\nliving {gone:#?}\nloaded {new:#?}",
                self.seed,
                self.log.join("\n")
            );
        }
        again
    }
}
