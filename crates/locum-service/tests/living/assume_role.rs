//! AssumeRole, as the model has it.

use super::{
    authenticate::Caller,
    authorize::Question,
    life::{Held, Life},
    model::{Entity, Kind, Session, Who},
    sessions::{Form, Passed, put},
    statements::Keys,
    verdict::End,
};

impl Life {
    /// Somebody and a role, mostly one that they may assume.
    fn pair(&mut self) -> (Held, (&'static str, String, Option<Entity>)) {
        loop {
            let (who, target) = (self.actor(), self.role());
            let (account, arn, role) = &target;
            let may = self.caller(&who).is_ok_and(|caller| {
                let keys = assume_keys("s1", false);
                let role = role.as_ref();
                self.assume_end(&caller, arn, account, role, &mut Passed::default(), keys) == End::Done
            });
            if may || self.chance.once_in(10) {
                return (who, target);
            }
        }
    }

    pub(super) fn assume(&mut self) {
        let (who, (account, arn, role)) = self.pair();
        let mut form = Form::new();
        put(&mut form, "RoleArn", &arn);
        let name = self.chance.of(&["s1", "ann", "bob"]);
        put(&mut form, "RoleSessionName", name);
        let mut passed = self.passed_tags(&mut form, true);
        if self.chance.once_in(5) {
            let identity = self.chance.of(&["ann", "eve"]);
            put(&mut form, "SourceIdentity", identity);
            passed.source_identity = Some(identity.to_owned());
        }
        let external = self.chance.once_in(3);
        if external {
            put(&mut form, "ExternalId", "x9");
        }
        let duration = self
            .chance
            .of(&[None, None, None, Some(900), Some(3600), Some(3601), Some(7200)]);
        if let Some(duration) = duration {
            put(&mut form, "DurationSeconds", &duration.to_string());
        }
        let code = self.code_of(&who);
        for (name, value) in code.iter().flatten() {
            put(&mut form, name, value);
        }
        let (policy, policy_arns, there) = self.limits(account, &mut form);
        let seconds = duration.unwrap_or(3600);
        let caller = self.caller(&who);
        let expected = match &caller {
            Err(end) => *end,
            Ok(caller) => {
                let role = role.as_ref().filter(|_| !self.model.accounts[account].closed);
                let mut keys = assume_keys(name, external);
                if code.is_some() {
                    keys.insert("aws:multifactorauthpresent".to_owned(), vec!["true".to_owned()]);
                }
                let may = self.assume_end(caller, &arn, account, role, &mut passed, keys);
                let chained = matches!(caller.who, Who::Role(..));
                let fits = |role: &Entity| seconds <= role.longest && (!chained || seconds <= 3600);
                match may {
                    End::Done if !there || !role.is_some_and(fits) => End::Refused,
                    end => end,
                }
            }
        };
        let answer = self.sts(&who.credentials, "AssumeRole", &form);
        self.compare(&who, &format!("AssumeRole {form:?}"), expected, &answer);
        if expected != End::Done {
            return;
        }
        let role = role.unwrap();
        let told = (answer.text("Arn"), answer.text("AssumedRoleId"));
        let session = format!("arn:aws:sts::{account}:assumed-role/{}/{name}", role.name);
        assert_eq!(told, (session, format!("{}:{name}", role.id)));
        assert_eq!(answer.find("SourceIdentity"), passed.source_identity);
        let session = Session {
            account,
            who: Who::Role(role.id.clone(), name.to_owned()),
            issued: self.model.now,
            expires: self.model.now + seconds,
            policy,
            policy_arns,
            tags: passed.tags,
            transitive: passed.transitive,
            source_identity: passed.source_identity,
            vouched: None,
            assumed_root: false,
            mfa: false,
            delegated: None,
        };
        self.keep(answer, session, format!("{} by ({})", role.arn(), who.name));
    }

    /// What becomes of a request for a role, but for its limits; what the session inherits is added to what was passed.
    fn assume_end(
        &self,
        caller: &Caller,
        arn: &str,
        account: &'static str,
        role: Option<&Entity>,
        passed: &mut Passed,
        mut keys: Keys,
    ) -> End {
        match &caller.who {
            Who::Root | Who::Federated(..) => return End::Denied,
            Who::User(_) | Who::Role(..) => {}
        }
        if caller.is_delegated() {
            return End::Denied;
        }
        if let (Who::Role(..), Some(from)) = (&caller.who, &caller.session) {
            for (key, value) in &from.tags {
                if !from.transitive.iter().any(|t| t.eq_ignore_ascii_case(key)) {
                    continue;
                }
                if passed.tags.keys().any(|own| own.eq_ignore_ascii_case(key)) {
                    return End::Refused;
                }
                passed.tags.insert(key.clone(), value.clone());
                passed.transitive.insert(key.clone());
            }
            if let Some(identity) = &from.source_identity {
                if passed.source_identity.as_ref().is_some_and(|own| own != identity) {
                    return End::Refused;
                }
                passed.source_identity = Some(identity.clone());
            }
        }
        let Some(role) = role else {
            return End::Denied;
        };
        keys.extend(passed.keys());
        keys.extend(self.model.tags_of(account, Kind::Role, &role.name));
        let mut actions = vec!["sts:AssumeRole"];
        actions.extend(passed.source_identity.as_ref().map(|_| "sts:SetSourceIdentity"));
        actions.extend((!passed.tags.is_empty()).then_some("sts:TagSession"));
        let questions: Vec<Question> = actions
            .into_iter()
            .map(|action| {
                let mut question = Question::new(action, arn, account);
                question.keys = keys.clone();
                question.trust = Some(role.trust.clone());
                question
            })
            .collect();
        self.verdict(caller, &questions, true)
    }
}

fn assume_keys(name: &str, external: bool) -> Keys {
    let mut keys = Keys::new();
    keys.insert("sts:rolesessionname".to_owned(), vec![name.to_owned()]);
    if external {
        keys.insert("sts:externalid".to_owned(), vec!["x9".to_owned()]);
    }
    keys
}
