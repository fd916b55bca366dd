//! Access keys, and the end of what was handed out.

use serde_json::json;

use super::{
    authorize::Question,
    deeds::names,
    life::{Held, Life},
    model::{ACCOUNTS, Credential, Key, Kind, Provider},
    verdict::End,
};

impl Life {
    pub(super) fn user_question(&self, action: &str, account: &'static str, user: &str) -> Question {
        let arn = self.model.arn_of(account, Kind::User, user);
        let mut question = Question::new(&format!("iam:{action}"), &arn, account);
        question.keys = self.model.tags_of(account, Kind::User, user);
        question
    }

    pub(super) fn delete_key(&mut self, who: &Held, user: &str, id: &str) -> bool {
        let account = self.account_of(who);
        let question = self.user_question("DeleteAccessKey", account, user);
        let owner = self
            .model
            .named(account, Kind::User, user)
            .map(|user| user.id.clone());
        let possible = owner.is_some() && self.model.keys.get(id).is_some_and(|key| key.user == owner);
        let expected = self.iam_end(who, &[question], possible);
        let parameters = json!({ "UserName": user, "AccessKeyId": id });
        let answer = self.iam(who, "DeleteAccessKey", &parameters);
        self.compare(who, &format!("DeleteAccessKey {user} {id}"), expected, &answer);
        if expected == End::Done {
            self.model.keys.remove(id);
        }
        expected == End::Done
    }

    pub(super) fn key(&mut self) {
        let who = self.administrator();
        let account = self.account_of(&who);
        let user = self.chance.of(&["ann", "ann", "bob", "Ann"]);
        let owner = self
            .model
            .named(account, Kind::User, user)
            .map(|user| user.id.clone());
        let keys: Vec<String> = self.model.keys.keys().cloned().collect();
        let own = |id: &&String| owner.is_some() && self.model.keys[*id].user == owner;
        let id = keys.iter().find(own).unwrap_or(&keys[0]).clone();
        match self.chance.below(5) {
            0 => {
                self.delete_key(&who, user, &id);
            }
            1 => {
                let active = self.chance.once_in(2);
                let question = self.user_question("UpdateAccessKey", account, user);
                let possible = owner.is_some() && self.model.keys[&id].user == owner;
                let expected = self.iam_end(&who, &[question], possible);
                let status = if active { "Active" } else { "Inactive" };
                let parameters = json!({ "UserName": user, "AccessKeyId": id, "Status": status });
                let answer = self.iam(&who, "UpdateAccessKey", &parameters);
                self.compare(&who, &format!("UpdateAccessKey {parameters}"), expected, &answer);
                if expected == End::Done {
                    self.model.keys.get_mut(&id).unwrap().active = active;
                }
            }
            _ => self.new_key(&who),
        }
    }

    pub(super) fn new_key(&mut self, who: &Held) {
        let account = self.account_of(who);
        let user = self.chance.of(&["ann", "ann", "bob", "Ann"]);
        let owner = self
            .model
            .named(account, Kind::User, user)
            .map(|user| user.id.clone());
        let theirs = self
            .model
            .keys
            .values()
            .filter(|key| key.user.is_some() && key.user == owner)
            .count();
        let question = self.user_question("CreateAccessKey", account, user);
        let possible = owner.is_some() && theirs < 2;
        let expected = self.iam_end(who, &[question], possible);
        let answer = self.iam(who, "CreateAccessKey", &json!({ "UserName": user }));
        self.compare(who, &format!("CreateAccessKey {user}"), expected, &answer);
        if expected == End::Done {
            let credentials = answer.credentials();
            let id = credentials.access_key_id.clone();
            let key = Key {
                account,
                user: owner,
                active: true,
            };
            self.model.keys.insert(id.clone(), key);
            let name = format!("key {id} of {account} {user}");
            self.hold(credentials, Credential::Key(id), name);
        }
    }

    /// The root user of an account where a session stands on what a provider said, if there is one.
    pub(super) fn trusting(&self, who: Held, provider: Provider) -> (Held, &'static str) {
        let vouched = |held: &&Held| match &held.credential {
            Credential::Session(session) => {
                let by = session.vouched.as_ref().map(|(by, _)| *by);
                by == Some(provider) && self.caller(held).is_ok()
            }
            Credential::Key(_) => false,
        };
        let account = self
            .held
            .iter()
            .find(vouched)
            .map_or(ACCOUNTS[0], |held| self.account_of(held));
        let at = ACCOUNTS.iter().position(|known| *known == account);
        match at.map(|at| self.held[at].clone()) {
            Some(root) if self.caller(&root).is_ok() => (root, account),
            _ => {
                let account = self.account_of(&who);
                (who, account)
            }
        }
    }

    pub(super) fn revoke(&mut self) {
        let who = self.administrator();
        let account = self.account_of(&who);
        let kind = self.chance.of(&[Kind::User, Kind::Role, Kind::Role]);
        let name = self.chance.of(names(kind));
        let which = self.chance.below(5);
        let provider = if which == 1 {
            Provider::Oidc
        } else {
            Provider::Saml
        };
        let (who, account) = if which == 1 || which == 2 {
            self.trusting(who, provider)
        } else {
            (who, account)
        };
        let (arn, tags, possible) = match which {
            0 => (format!("arn:aws:iam::{account}:root"), Default::default(), true),
            1 | 2 => (
                provider.arn(account),
                Default::default(),
                self.model.accounts[account].providers.contains(&provider),
            ),
            _ => {
                let arn = self.model.arn_of(account, kind, name);
                (
                    arn,
                    self.model.tags_of(account, kind, name),
                    self.model.named(account, kind, name).is_some(),
                )
            }
        };
        let mut question = Question::new("locum:RevokeSessions", &arn, account);
        question.keys = tags;
        let ago = self.chance.of(&[0, 0, 1, 60, 3600]);
        let until = self.model.now - ago;
        let expected = match self.caller(&who) {
            Ok(caller) if caller.is_kept_from_iam() => End::Denied,
            _ => self.iam_end(&who, &[question], possible),
        };
        let body = json!({ "PrincipalArn": arn, "IssuedBefore": until });
        let answer = self.world.own(&who.credentials, "RevokeSessions", &body);
        self.compare(&who, &format!("RevokeSessions {body}"), expected, &answer);
        if expected == End::Done {
            let place = self.model.place(account, kind, name);
            let of = self.model.accounts.get_mut(account).unwrap();
            match which {
                0 => of.root_revoked = of.root_revoked.max(Some(until)),
                1 | 2 => {
                    let revoked = of.providers_revoked.entry(provider).or_insert(until);
                    *revoked = until.max(*revoked);
                }
                _ => {
                    let entity = &mut self.model.entities[place.unwrap()];
                    entity.revoked = entity.revoked.max(Some(until));
                }
            }
            self.look_around();
            match which {
                1 => self.web_identity(),
                2 => self.saml(),
                _ => {}
            }
        }
    }
}
