//! The operations that hand out sessions, as the model has them.

use std::collections::BTreeSet;

use super::{
    authenticate::Caller,
    authorize::Question,
    deeds::{ADMINISTRATOR, names},
    life::Life,
    model::{ACCOUNTS, Credential, Entity, Kind, MANAGEMENT, Session, Tags, Who, arn},
    statements::Keys,
    verdict::End,
};
use crate::harness::{Answer, Credentials};

pub(super) const PLACE: &str = "idp.example.com/realms/a";
pub(super) const CLIENT: &str = "client-1";
const AUDIT: &str = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";

/// What a session will carry besides the name of who it is.
#[derive(Default)]
pub(super) struct Passed {
    pub(super) tags: Tags,
    pub(super) transitive: BTreeSet<String>,
    pub(super) source_identity: Option<String>,
}

impl Passed {
    pub(super) fn keys(&self) -> Keys {
        let mut keys = Keys::new();
        for (key, value) in &self.tags {
            keys.insert(
                format!("aws:requesttag/{}", key.to_lowercase()),
                vec![value.clone()],
            );
        }
        if !self.tags.is_empty() {
            keys.insert("aws:tagkeys".to_owned(), self.tags.keys().cloned().collect());
        }
        if !self.transitive.is_empty() {
            keys.insert(
                "sts:transitivetagkeys".to_owned(),
                self.transitive.iter().cloned().collect(),
            );
        }
        if let Some(identity) = &self.source_identity {
            keys.insert("sts:sourceidentity".to_owned(), vec![identity.clone()]);
        }
        keys
    }
}

/// Parameters as they are sent.
pub(super) type Form = Vec<(String, String)>;

pub(super) fn put(form: &mut Form, name: &str, value: &str) {
    form.push((name.to_owned(), value.to_owned()));
}

impl Life {
    pub(super) fn sts(&self, who: &Credentials, action: &str, form: &Form) -> Answer {
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.world.sts(who, action, &form)
    }

    pub(super) fn unsigned(&self, action: &str, form: &Form) -> Answer {
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.world.unsigned(action, &form)
    }

    /// Perhaps session policies. Returns them and whether they are there.
    pub(super) fn limits(&mut self, account: &str, form: &mut Form) -> (Option<String>, Vec<String>, bool) {
        let mut policy = None;
        if self.chance.once_in(4) {
            let text = self.model.rights(&mut self.chance, account);
            put(form, "Policy", &text);
            policy = Some(text);
        }
        let mut arns = Vec::new();
        let mut there = true;
        if self.chance.once_in(5) {
            let arn = match self.chance.of(&["p0", "p1", ""]) {
                "" => ADMINISTRATOR.to_owned(),
                name => format!("arn:aws:iam::{account}:policy/{name}"),
            };
            put(form, "PolicyArns.member.1.arn", &arn);
            there = self.model.policies.contains_key(&arn);
            arns.push(arn);
        }
        (policy, arns, there)
    }

    pub(super) fn passed_tags(&mut self, form: &mut Form, transitive: bool) -> Passed {
        let mut passed = Passed::default();
        if self.chance.once_in(3) {
            let key = self.chance.of(&["team", "Team", "cost"]);
            let value = self.chance.of(&["red", "blue"]);
            put(form, "Tags.member.1.Key", key);
            put(form, "Tags.member.1.Value", value);
            passed.tags.insert(key.to_owned(), value.to_owned());
            if transitive && self.chance.once_in(2) {
                put(form, "TransitiveTagKeys.member.1", key);
                passed.transitive.insert(key.to_owned());
            }
        }
        passed
    }

    pub(super) fn role(&mut self) -> (&'static str, String, Option<Entity>) {
        let roles: Vec<&Entity> = self
            .model
            .entities
            .iter()
            .filter(|e| e.kind == Kind::Role)
            .collect();
        if roles.is_empty() || self.chance.once_in(12) {
            let account = self.chance.of(&ACCOUNTS);
            let name = self.chance.of(names(Kind::Role));
            let arn = arn(account, Kind::Role, "/", name);
            let found = self.model.entities.iter().find(|e| e.arn() == arn).cloned();
            return (account, arn, found);
        }
        let role = roles[self.chance.below(roles.len())].clone();
        (role.account, role.arn(), Some(role))
    }

    pub(super) fn keep(&mut self, answer: Answer, session: Session, name: String) {
        let name: String = name.chars().take(200).collect();
        let expires = answer.text("Expiration");
        assert_eq!(expires, super::documents::time(session.expires));
        self.hold(answer.credentials(), Credential::Session(Box::new(session)), name);
    }

    pub(super) fn session_token(&mut self) {
        let who = self.anybody();
        let caller = self.caller(&who);
        let expected = match &caller {
            Err(end) => *end,
            Ok(caller) if caller.session.is_some() => End::Denied,
            Ok(_) => End::Done,
        };
        let mut form = Form::new();
        let duration = self.chance.of(&[None, Some(900), Some(7200), Some(129_600)]);
        if let Some(duration) = duration {
            put(&mut form, "DurationSeconds", &duration.to_string());
        }
        let code = self.code_of(&who);
        for (name, value) in code.iter().flatten() {
            put(&mut form, name, value);
        }
        let answer = self.sts(&who.credentials, "GetSessionToken", &form);
        self.compare(&who, "GetSessionToken", expected, &answer);
        if expected == End::Done {
            let caller = caller.unwrap();
            let seconds = lasting(&caller, duration);
            let mut session = self.plain(&caller, caller.who.clone(), seconds);
            session.mfa = code.is_some();
            self.keep(answer, session, format!("session of ({})", who.name));
        }
    }

    fn plain(&self, caller: &Caller, who: Who, seconds: i64) -> Session {
        Session {
            account: caller.account,
            who,
            issued: self.model.now,
            expires: self.model.now + seconds,
            policy: None,
            policy_arns: Vec::new(),
            tags: Tags::new(),
            transitive: BTreeSet::new(),
            source_identity: None,
            vouched: None,
            assumed_root: false,
            mfa: false,
            delegated: None,
        }
    }

    pub(super) fn federate(&mut self) {
        let who = self.anybody();
        let caller = self.caller(&who);
        let name = self.chance.of(&["ann", "guest"]);
        let mut form = Form::new();
        put(&mut form, "Name", name);
        let passed = self.passed_tags(&mut form, false);
        let account = caller.as_ref().map_or(MANAGEMENT, |caller| caller.account);
        let (policy, policy_arns, there) = self.limits(account, &mut form);
        let expected = match &caller {
            Err(end) => *end,
            Ok(caller) if caller.session.is_some() => End::Denied,
            Ok(caller) => {
                let resource = format!("arn:aws:sts::{account}:federated-user/{name}");
                let mut questions = vec![Question::new("sts:GetFederationToken", &resource, account)];
                if !passed.tags.is_empty() {
                    questions.push(Question::new("sts:TagSession", &resource, account));
                }
                for question in &mut questions {
                    question.keys = passed.keys();
                }
                self.verdict(caller, &questions, there)
            }
        };
        let answer = self.sts(&who.credentials, "GetFederationToken", &form);
        self.compare(&who, &format!("GetFederationToken {form:?}"), expected, &answer);
        if expected == End::Done {
            let caller = caller.unwrap();
            let issuer = match &caller.who {
                Who::User(id) => Some(id.clone()),
                _ => None,
            };
            let federated = Who::Federated(issuer, name.to_owned());
            let session = Session {
                policy,
                policy_arns,
                tags: passed.tags,
                ..self.plain(&caller, federated, lasting(&caller, None))
            };
            self.keep(answer, session, format!("{name} of ({})", who.name));
        }
    }

    pub(super) fn assume_root(&mut self) {
        let who = self.actor();
        let account = self.chance.of(&ACCOUNTS);
        let root = format!("arn:aws:iam::{account}:root");
        let caller = self.caller(&who);
        let expected = match &caller {
            Err(end) => *end,
            Ok(caller) => {
                let kind = match &caller.who {
                    Who::Root | Who::Federated(..) => false,
                    Who::User(_) => caller.session.is_none(),
                    Who::Role(..) => !caller.is_delegated(),
                };
                let member = account != MANAGEMENT && !self.model.accounts[account].closed;
                let question = Question::new("sts:AssumeRoot", &root, account);
                let may = kind && member && caller.account == MANAGEMENT && self.model.root_sessions;
                match may {
                    true => self.verdict(caller, &[question], true),
                    false => End::Denied,
                }
            }
        };
        let mut form = Form::new();
        put(&mut form, "TargetPrincipal", account);
        put(&mut form, "TaskPolicyArn.arn", AUDIT);
        let answer = self.sts(&who.credentials, "AssumeRoot", &form);
        self.compare(&who, &format!("AssumeRoot {account}"), expected, &answer);
        if expected == End::Done {
            let mut session = self.plain(&caller.unwrap(), Who::Root, 900);
            session.account = account;
            session.assumed_root = true;
            self.keep(answer, session, format!("assumed root of {account}"));
        }
    }
}

/// How long the sessions of users and roots last.
fn lasting(caller: &Caller, asked: Option<i64>) -> i64 {
    match &caller.who {
        Who::Root => asked.unwrap_or(3600).min(3600),
        _ => asked.unwrap_or(43_200),
    }
}
