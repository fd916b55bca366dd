//! Deeds about policies: inline ones, managed ones and their versions, boundaries.

use serde_json::json;

use super::{
    authorize::Question,
    deeds::{Change, Deed, Draw, POLICIES},
    model::{Entity, Kind, Managed, Model},
};

const INLINE: &[&str] = &["in", "IN"];
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

impl Draw<'_> {
    pub(super) fn put_inline(&mut self, kind: Kind) -> Deed {
        let (name, policy) = (self.name(kind), self.of(INLINE));
        let text = self.model.rights(self.chance, self.account);
        let parameters = json!({ "PolicyName": policy, "PolicyDocument": text });
        let action = format!("Put{}Policy", kind.word());
        self.on(
            &action,
            (kind, name),
            parameters,
            |_| true,
            move |entity| {
                entity.inline.insert(policy.to_owned(), text);
            },
        )
    }

    pub(super) fn allow_all(&self, kind: Kind, name: &str) -> Deed {
        let text = EVERYTHING.to_owned();
        let parameters = json!({ "PolicyName": "in", "PolicyDocument": text });
        let action = format!("Put{}Policy", kind.word());
        self.on(
            &action,
            (kind, name),
            parameters,
            |_| true,
            move |entity| {
                entity.inline.insert("in".to_owned(), text);
            },
        )
    }

    pub(super) fn delete_inline(&mut self, kind: Kind) -> Deed {
        let (name, policy) = (self.name(kind), self.of(INLINE));
        let action = format!("Delete{}Policy", kind.word());
        let there = |entity: &Entity| entity.inline.contains_key(policy);
        self.on(
            &action,
            (kind, name),
            json!({ "PolicyName": policy }),
            there,
            |entity| {
                entity.inline.remove(policy);
            },
        )
    }

    pub(super) fn attach(&mut self, kind: Kind) -> Deed {
        let (name, policy) = (self.name(kind), self.attachable());
        let action = format!("Attach{}Policy", kind.word());
        let there = self.model.policies.contains_key(&policy);
        let parameters = json!({ "PolicyArn": policy });
        self.on(
            &action,
            (kind, name),
            parameters,
            |_| there,
            move |entity| {
                entity.attached.insert(policy);
            },
        )
    }

    pub(super) fn detach(&mut self, kind: Kind) -> Deed {
        let (name, policy) = (self.name(kind), self.attachable());
        let action = format!("Detach{}Policy", kind.word());
        let parameters = json!({ "PolicyArn": policy });
        let attached = |entity: &Entity| entity.attached.contains(&policy);
        let gone = policy.clone();
        self.on(&action, (kind, name), parameters, attached, move |entity| {
            entity.attached.remove(&gone);
        })
    }

    pub(super) fn bound(&mut self, kind: Kind) -> Deed {
        let (name, policy) = (self.name(kind), self.attachable());
        let action = format!("Put{}PermissionsBoundary", kind.word());
        let there = self.model.policies.contains_key(&policy);
        let parameters = json!({ "PermissionsBoundary": policy });
        self.on(
            &action,
            (kind, name),
            parameters,
            |_| there,
            move |entity| {
                entity.boundary = Some(policy);
            },
        )
    }

    pub(super) fn unbound(&mut self, kind: Kind) -> Deed {
        let name = self.name(kind);
        let action = format!("Delete{}PermissionsBoundary", kind.word());
        self.on(
            &action,
            (kind, name),
            json!({}),
            |_| true,
            |entity| entity.boundary = None,
        )
    }

    pub(super) fn create_policy(&mut self) -> Deed {
        self.policy_deed(0)
    }

    pub(super) fn policy(&mut self) -> Deed {
        let which = self.chance.below(8);
        self.policy_deed(which)
    }

    pub(super) fn policy_deed(&mut self, which: usize) -> Deed {
        let arn = match which {
            0 => {
                let name = self.of(POLICIES);
                format!("arn:aws:iam::{}:policy/{name}", self.account)
            }
            _ => self.policy_arn(),
        };
        let name = arn.rsplit('/').next().unwrap().to_owned();
        let account = self.account;
        let text = self.model.rights(self.chance, account);
        let version = u32::try_from(1 + self.chance.below(4)).unwrap();
        let (model, found) = (self.model, self.model.policies.get(&arn));
        let at = format!("v{version}");
        let has = |found: &Managed| found.versions.contains_key(&version);
        let target = arn.clone();
        let (action, parameters, possible, change): (_, _, _, Change) = match which {
            0 => {
                let same =
                    |policy: &Managed| policy.account == account && policy.name.eq_ignore_ascii_case(&name);
                let taken = model.policies.values().any(same);
                let parameters = json!({ "PolicyName": name, "PolicyDocument": text });
                let make = move |model: &mut Model, _: &str| {
                    let made = Managed {
                        account,
                        name,
                        versions: [(1, text)].into(),
                        default: 1,
                        next: 2,
                        created: model.now,
                    };
                    model.policies.insert(target, made);
                };
                ("CreatePolicy", parameters, !taken, Box::new(make))
            }
            1 => {
                let mut entities = model.entities.iter();
                let used = entities.any(|e| e.attached.contains(&arn) || e.boundary.as_ref() == Some(&arn));
                let possible = found.is_some_and(|found| found.versions.len() == 1 && !used);
                let drop = move |model: &mut Model, _: &str| {
                    model.policies.remove(&target);
                };
                (
                    "DeletePolicy",
                    json!({ "PolicyArn": arn }),
                    possible,
                    Box::new(drop),
                )
            }
            2..=4 => {
                let default = self.chance.once_in(2);
                let parameters = json!({ "PolicyArn": arn, "PolicyDocument": text, "SetAsDefault": default });
                let possible = found.is_some_and(|found| found.versions.len() < 5);
                let add = move |model: &mut Model, _: &str| {
                    let policy = model.policies.get_mut(&target).unwrap();
                    policy.versions.insert(policy.next, text);
                    if default {
                        policy.default = policy.next;
                    }
                    policy.next += 1;
                };
                ("CreatePolicyVersion", parameters, possible, Box::new(add))
            }
            5 | 6 => {
                let parameters = json!({ "PolicyArn": arn, "VersionId": at });
                let set = move |model: &mut Model, _: &str| {
                    model.policies.get_mut(&target).unwrap().default = version;
                };
                (
                    "SetDefaultPolicyVersion",
                    parameters,
                    found.is_some_and(has),
                    Box::new(set),
                )
            }
            _ => {
                let parameters = json!({ "PolicyArn": arn, "VersionId": at });
                let possible = found.is_some_and(|found| has(found) && found.default != version);
                let drop = move |model: &mut Model, _: &str| {
                    model.policies.get_mut(&target).unwrap().versions.remove(&version);
                };
                ("DeletePolicyVersion", parameters, possible, Box::new(drop))
            }
        };
        Deed {
            action: action.to_owned(),
            parameters,
            questions: vec![Question::new(&format!("iam:{action}"), &arn, account)],
            possible,
            makes: None,
            change,
        }
    }

    /// What stands in the way of deleting a policy, one after the other, and then the deletion.
    pub(super) fn unmake(&self, arn: &str) -> Deed {
        let arn = arn.to_owned();
        let parameters = json!({ "PolicyArn": arn });
        let mut entities = self.model.entities.iter();
        if let Some(holder) = entities.clone().find(|entity| entity.attached.contains(&arn)) {
            let action = format!("Detach{}Policy", holder.kind.word());
            let named = (holder.kind, &*holder.name);
            return self.on(
                &action,
                named,
                parameters,
                |_| true,
                move |entity| {
                    entity.attached.remove(&arn);
                },
            );
        }
        if let Some(bound) = entities.find(|entity| entity.boundary.as_ref() == Some(&arn)) {
            let action = format!("Delete{}PermissionsBoundary", bound.kind.word());
            let named = (bound.kind, &*bound.name);
            return self.on(
                &action,
                named,
                json!({}),
                |_| true,
                |entity| entity.boundary = None,
            );
        }
        let policy = &self.model.policies[&arn];
        let account = self.account;
        let other = policy
            .versions
            .keys()
            .find(|version| **version != policy.default)
            .copied();
        let (action, parameters) = match other {
            Some(version) => (
                "DeletePolicyVersion",
                json!({ "PolicyArn": arn, "VersionId": format!("v{version}") }),
            ),
            None => ("DeletePolicy", parameters),
        };
        Deed {
            action: action.to_owned(),
            parameters,
            questions: vec![Question::new(&format!("iam:{action}"), &arn, account)],
            possible: true,
            makes: None,
            change: Box::new(move |model, _| match other {
                Some(version) => drop(model.policies.get_mut(&arn).unwrap().versions.remove(&version)),
                None => drop(model.policies.remove(&arn)),
            }),
        }
    }

    /// A policy that allows everything, of a name that is free.
    pub(super) fn make_policy(&self, arn: &str) -> Deed {
        let name = arn.rsplit('/').next().unwrap().to_owned();
        let (arn, account) = (arn.to_owned(), self.account);
        Deed {
            action: "CreatePolicy".to_owned(),
            parameters: json!({ "PolicyName": name, "PolicyDocument": EVERYTHING }),
            questions: vec![Question::new("iam:CreatePolicy", &arn, account)],
            possible: true,
            makes: None,
            change: Box::new(move |model, _| {
                let made = Managed {
                    account,
                    name,
                    versions: [(1, EVERYTHING.to_owned())].into(),
                    default: 1,
                    next: 2,
                    created: model.now,
                };
                model.policies.insert(arn, made);
            }),
        }
    }
}
