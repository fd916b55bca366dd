//! What administrators do in their account: what each deed asks for, when it is possible, and what it changes.

use serde_json::{Value, json};

use super::{
    authorize::Question,
    chance::Chance,
    model::{Entity, Kind, Model, Tags, arn},
};

/// What a deed changes, given the id of what it made.
pub(super) type Change = Box<dyn FnOnce(&mut Model, &str)>;

/// A request to IAM.
pub(super) struct Deed {
    pub(super) action: String,
    pub(super) parameters: Value,
    pub(super) questions: Vec<Question>,
    /// Whether the state lets it happen.
    pub(super) possible: bool,
    /// What it makes.
    pub(super) makes: Option<(Kind, String)>,
    pub(super) change: Change,
}

pub(super) const USERS: &[&str] = &["ann", "Ann", "bob"];
const ROLES: &[&str] = &["r0", "R0", "r1", "a2"];
pub(super) const GROUPS: &[&str] = &["g0", "g1"];
pub(super) const POLICIES: &[&str] = &["p0", "P0", "p1"];
pub(super) const PATHS: &[&str] = &["/", "/", "/a/", "/b/"];
/// A policy of AWS.
pub(super) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

pub(super) fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::User => USERS,
        Kind::Role => ROLES,
        Kind::Group => GROUPS,
    }
}

/// One draw for a deed.
pub(super) struct Draw<'a> {
    pub(super) model: &'a Model,
    pub(super) chance: &'a mut Chance,
    pub(super) account: &'static str,
}

impl Draw<'_> {
    pub(super) fn of(&mut self, choices: &[&'static str]) -> &'static str {
        self.chance.of(choices)
    }

    /// A deed on an entity, which is there or not.
    pub(super) fn on(
        &self,
        action: &str,
        (kind, name): (Kind, &str),
        parameters: Value,
        possible: impl FnOnce(&Entity) -> bool,
        change: impl FnOnce(&mut Entity) + 'static,
    ) -> Deed {
        let account = self.account;
        let mut parameters = parameters;
        parameters[format!("{}Name", kind.word())] = name.into();
        let found = self.model.named(account, kind, name);
        let mut question = Question::new(
            &format!("iam:{action}"),
            &self.model.arn_of(account, kind, name),
            account,
        );
        question.keys = self.model.tags_of(account, kind, name);
        let name = name.to_owned();
        Deed {
            action: action.to_owned(),
            parameters,
            questions: vec![question],
            possible: found.is_some_and(possible),
            makes: None,
            change: Box::new(move |model, _| {
                let at = model.place(account, kind, &name).unwrap();
                change(&mut model.entities[at]);
            }),
        }
    }

    /// Mostly somebody who is there.
    pub(super) fn name(&mut self, kind: Kind) -> &'static str {
        let known = names(kind);
        let there = |name: &&&str| {
            self.model
                .named(self.account, kind, name)
                .is_some_and(|e| e.name == **name)
        };
        let there: Vec<&'static str> = known.iter().filter(there).copied().collect();
        match there.is_empty() || self.chance.once_in(6) {
            true => self.of(known),
            false => self.of(&there),
        }
    }

    /// What an account is made of.
    pub(super) fn founding(&mut self) -> Deed {
        let kind = self.chance.of(&[Kind::User, Kind::Role, Kind::Role, Kind::Group]);
        match self.chance.below(8) {
            0 | 1 => self.create(kind),
            2 | 3 => self.put_inline(kind),
            4 => self.attach(kind),
            5 => self.create_policy(),
            6 => self.join(),
            _ if kind == Kind::Group => self.join(),
            _ => self.tag(kind),
        }
    }

    /// A policy of the account or, now and then, of AWS.
    pub(super) fn attachable(&mut self) -> String {
        match self.chance.once_in(8) {
            true => ADMINISTRATOR.to_owned(),
            false => self.policy_arn(),
        }
    }

    pub(super) fn policy_arn(&mut self) -> String {
        let there = self
            .model
            .policies
            .iter()
            .filter(|(_, policy)| policy.account == self.account);
        let there: Vec<&String> = there.map(|(arn, _)| arn).collect();
        if !there.is_empty() && !self.chance.once_in(5) {
            return there[self.chance.below(there.len())].clone();
        }
        let name = self.of(POLICIES);
        format!("arn:aws:iam::{}:policy/{name}", self.account)
    }

    pub(super) fn deed(&mut self) -> Deed {
        let kind = self
            .chance
            .of(&[Kind::User, Kind::User, Kind::Role, Kind::Role, Kind::Group]);
        let principal = self.chance.of(&[Kind::User, Kind::Role]);
        match self.chance.below(24) {
            0..=2 => self.create(kind),
            3 | 4 => self.delete(kind),
            5 if self.chance.once_in(3) => self.rename_group(),
            5 => self.rename(),
            6 | 7 => self.tag(principal),
            8..=10 => self.put_inline(kind),
            11 => self.delete_inline(kind),
            12 | 13 => self.attach(kind),
            14 => self.detach(kind),
            15 => self.bound(principal),
            16 => self.unbound(principal),
            17 => self.join(),
            18..=20 => self.policy(),
            21 | 22 => self.trust(),
            _ => self.lengthen(),
        }
    }

    fn create(&mut self, kind: Kind) -> Deed {
        let name = self.of(names(kind));
        self.create_named(kind, name)
    }

    pub(super) fn create_named(&mut self, kind: Kind, name: &'static str) -> Deed {
        let path = self.of(PATHS);
        let account = self.account;
        let action = format!("Create{}", kind.word());
        let mut parameters = json!({ "Path": path });
        parameters[format!("{}Name", kind.word())] = name.into();
        let mut trust = Value::Null;
        if kind == Kind::Role {
            let text = self.model.trust(self.chance, account);
            trust = self.model.resolved(&text);
            parameters["AssumeRolePolicyDocument"] = text.into();
        }
        let made = arn(account, kind, path, name);
        let mut questions = vec![Question::new(&format!("iam:{action}"), &made, account)];
        let mut tags = Tags::new();
        let mut boundary = None;
        let mut possible = self.model.named(account, kind, name).is_none();
        if kind != Kind::Group && self.chance.once_in(4) {
            let value = self.of(&["red", "blue"]);
            parameters["Tags"] = json!([{ "Key": "team", "Value": value }]);
            tags.insert("team".to_owned(), value.to_owned());
            let keys = [("aws:requesttag/team", value), ("aws:tagkeys", "team")];
            questions.push(Question::new(&format!("iam:Tag{}", kind.word()), &made, account));
            for question in &mut questions {
                let keys = keys.map(|(key, value)| (key.to_owned(), vec![value.to_owned()]));
                question.keys.extend(keys);
            }
        }
        if kind != Kind::Group && self.chance.once_in(4) {
            let policy = self.attachable();
            parameters["PermissionsBoundary"] = policy.as_str().into();
            possible &= self.model.policies.contains_key(&policy);
            boundary = Some(policy);
        }
        Deed {
            action,
            parameters,
            questions,
            possible,
            makes: Some((kind, name.to_owned())),
            change: Box::new(move |model, id| {
                model.entities.push(Entity {
                    kind,
                    id: id.to_owned(),
                    account,
                    path: path.to_owned(),
                    name: name.to_owned(),
                    tags,
                    inline: Default::default(),
                    attached: Default::default(),
                    boundary,
                    groups: Default::default(),
                    trust,
                    longest: 3600,
                    revoked: None,
                });
            }),
        }
    }

    pub(super) fn delete(&mut self, kind: Kind) -> Deed {
        let name = self.name(kind);
        self.delete_named(kind, name)
    }

    fn delete_named(&self, kind: Kind, name: &str) -> Deed {
        let model = self.model;
        let bare = |entity: &Entity| {
            let keys = model
                .keys
                .values()
                .any(|key| key.user.as_ref() == Some(&entity.id));
            let members = model.entities.iter().any(|user| user.groups.contains(&entity.id));
            !keys
                && !model.guarded.contains(&entity.id)
                && !members
                && entity.inline.is_empty()
                && entity.attached.is_empty()
                && entity.groups.is_empty()
        };
        let action = format!("Delete{}", kind.word());
        let mut deed = self.on(&action, (kind, name), json!({}), bare, |_| ());
        let (account, name) = (self.account, name.to_owned());
        deed.change = Box::new(move |model, _| {
            let at = model.place(account, kind, &name).unwrap();
            model.entities.remove(at);
        });
        deed
    }

    /// What stands in the way of deleting an entity, one after the other, and then the deletion.
    pub(super) fn clear(&self, kind: Kind, name: &str) -> Deed {
        let Some(entity) = self.model.named(self.account, kind, name) else {
            return self.delete_named(kind, name);
        };
        let word = kind.word();
        let name = entity.name.clone();
        if let Some(policy) = entity.inline.keys().next().cloned() {
            let parameters = json!({ "PolicyName": policy });
            let action = format!("Delete{word}Policy");
            return self.on(
                &action,
                (kind, &name),
                parameters,
                |_| true,
                move |entity| {
                    entity.inline.remove(&policy);
                },
            );
        }
        if let Some(policy) = entity.attached.iter().next().cloned() {
            let parameters = json!({ "PolicyArn": policy });
            let action = format!("Detach{word}Policy");
            return self.on(
                &action,
                (kind, &name),
                parameters,
                |_| true,
                move |entity| {
                    entity.attached.remove(&policy);
                },
            );
        }
        let member = match kind {
            Kind::User => entity.groups.iter().next().map(|id| (name.clone(), id.clone())),
            _ => {
                let members = &self.model.entities;
                let member = members.iter().find(|user| user.groups.contains(&entity.id));
                member.map(|user| (user.name.clone(), entity.id.clone()))
            }
        };
        match member {
            Some((user, group)) => {
                let group = self.model.by_id(&group).unwrap().name.clone();
                self.member("RemoveUserFromGroup", &user, &group)
            }
            None => self.delete_named(kind, &name),
        }
    }
}
