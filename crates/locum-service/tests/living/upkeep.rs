//! What administrators do, one deed after the other, and several deeds that belong together.

use serde_json::json;

use super::{
    deeds::{Deed, Draw, names},
    life::{Held, Life},
    model::{ACCOUNTS, Credential, Kind},
    verdict::End,
};

/// What the ids begin with that the model gives until those of a transaction are known.
const NEW: &str = "new ";

impl Life {
    /// What draws the next deed in an account.
    pub(super) fn draw(&mut self, account: &'static str) -> Draw<'_> {
        Draw {
            model: &self.model,
            chance: &mut self.chance,
            account,
        }
    }

    pub(super) fn administer(&mut self) {
        let who = self.administrator();
        let account = self.account_of(&who);
        let deed = self.draw(account).deed();
        self.perform(&who, deed);
    }

    pub(super) fn perform(&mut self, who: &Held, deed: Deed) -> End {
        let account = self.account_of(who);
        let expected = self.iam_end(who, &deed.questions, deed.possible);
        let answer = self.iam(who, &deed.action, &deed.parameters);
        self.compare(
            who,
            &format!("{} {}", deed.action, deed.parameters),
            expected,
            &answer,
        );
        if expected == End::Done {
            self.change(account, deed);
        }
        expected
    }

    pub(super) fn change(&mut self, account: &'static str, deed: Deed) {
        let id = deed.makes.map(|(kind, name)| self.id_of(account, kind, &name));
        (deed.change)(&mut self.model, &id.unwrap_or_default());
    }

    /// Deletes somebody with all that is theirs, perhaps to be made again.
    pub(super) fn clear(&mut self) {
        let at = self.chance.below(ACCOUNTS.len());
        let who = self.held[at].clone();
        let kind = self.chance.of(&[Kind::User, Kind::User, Kind::Role, Kind::Group]);
        let name = self.chance.of(names(kind));
        let account = self.account_of(&who);
        for _ in 0..16 {
            let Some(entity) = self.model.named(account, kind, name) else {
                self.look_around();
                return self.make_again(&who, kind, name);
            };
            if self.model.guarded.contains(&entity.id) {
                let (id, user) = (entity.id.clone(), entity.name.clone());
                if !self.unguard(&who, &user, &id) {
                    return;
                }
                continue;
            }
            let keys = self
                .model
                .keys
                .iter()
                .find(|(_, key)| key.user.as_ref() == Some(&entity.id));
            if let Some((id, _)) = keys {
                let (id, user) = (id.clone(), entity.name.clone());
                if !self.delete_key(&who, &user, &id) {
                    return;
                }
                continue;
            }
            let deed = self.draw(account).clear(kind, name);
            if self.perform(&who, deed) != End::Done {
                return;
            }
        }
    }

    /// Somebody new of an old name, who may do everything.
    pub(super) fn make_again(&mut self, who: &Held, kind: Kind, name: &'static str) {
        if self.chance.once_in(3) {
            return;
        }
        let account = self.account_of(who);
        for which in 0..2 {
            let mut draw = self.draw(account);
            let deed = match which {
                0 => draw.create_named(kind, name),
                _ => draw.allow_all(kind, name),
            };
            self.perform(who, deed);
        }
        self.look_around();
    }

    /// Deletes a policy that limits a session, and makes another of its name.
    pub(super) fn replace(&mut self) {
        let limits = |held: &Held| match &held.credential {
            Credential::Session(session) => session.policy_arns.first().cloned(),
            Credential::Key(_) => None,
        };
        let mut limits: Vec<String> = self.held.iter().filter_map(limits).collect();
        limits.retain(|arn| {
            self.model
                .policies
                .get(arn)
                .is_some_and(|policy| policy.account != "aws")
        });
        if limits.is_empty() {
            return;
        }
        let arn = limits[self.chance.below(limits.len())].clone();
        let account = self.model.policies[&arn].account;
        let at = ACCOUNTS.iter().position(|known| *known == account).unwrap();
        let who = self.held[at].clone();
        for _ in 0..20 {
            let deed = self.draw(account).unmake(&arn);
            let last = deed.action == "DeletePolicy";
            if self.perform(&who, deed) != End::Done {
                return;
            }
            if last {
                break;
            }
        }
        if self.chance.once_in(2) {
            self.wait(1);
        }
        self.look_at_everything();
        let deed = self.draw(account).make_policy(&arn);
        self.perform(&who, deed);
        self.look_at_everything();
    }

    /// Several deeds as one.
    pub(super) fn transact(&mut self) {
        let who = self.administrator();
        let account = self.account_of(&who);
        let before = self.model.clone();
        let Ok(caller) = self.caller(&who) else {
            return;
        };
        if caller.is_kept_from_iam() || caller.is_assumed_root() {
            return;
        }
        let mut requests = Vec::new();
        let mut expected = End::Done;
        for at in 0..1 + self.chance.below(4) {
            let deed = self.draw(account).deed();
            // The id of who is made in the same transaction is not known yet.
            if deed.parameters.to_string().contains(NEW) {
                continue;
            }
            requests.push(json!({ "Service": "iam", "Action": deed.action, "Parameters": deed.parameters }));
            if expected != End::Done {
                continue;
            }
            expected = self.iam_end(&who, &deed.questions, deed.possible);
            if expected == End::Done {
                (deed.change)(&mut self.model, &format!("{NEW}{at}"));
            }
        }
        let body = json!({ "Requests": requests });
        let answer = self.world.locum(&who.credentials, &body);
        let what = format!("ApplyTransaction {body}");
        if expected != End::Done {
            self.model = before;
        }
        self.compare(&who, &what, expected, &answer);
        if expected != End::Done {
            return;
        }
        // Names that the model gave are those of ids that are known now.
        let fresh: Vec<(String, String)> = self
            .model
            .entities
            .iter()
            .filter(|e| e.id.starts_with(NEW))
            .map(|e| (e.id.clone(), self.id_of(e.account, e.kind, &e.name)))
            .collect();
        for (new, id) in fresh {
            for entity in &mut self.model.entities {
                if entity.id == new {
                    entity.id.clone_from(&id);
                }
                if entity.groups.remove(&new) {
                    entity.groups.insert(id.clone());
                }
                let trust = entity.trust.to_string().replace(&new, &id);
                entity.trust = serde_json::from_str(&trust).unwrap();
            }
        }
    }
}
