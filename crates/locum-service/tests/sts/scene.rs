//! Users, roles and policies put straight into the directory.

#![allow(unreachable_pub, reason = "a module of tests")]

use std::{cell::RefCell, ops::Deref, sync::Arc};

use locum_crypto::SeededRandom;
use locum_directory::{
    AccessKey, Account, Changes, InlinePolicy, KeyOwner, ManagedPolicy, Role, Snapshot, Tag, User,
};
use locum_names::{AccountId, Partition, UniqueId};
use locum_policy::{Policy, PolicyKind, resolve_principals};
use serde_json::Value;

pub use super::wire::Wire;
pub use crate::harness::{ACCOUNT, Answer, Credentials, Parameters, World};

/// A second account of the organization.
pub const OTHER: &str = "444455556666";

pub const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

pub const INVALID: &str = "The security token included in the request is invalid.";
pub const EXPIRED: &str = "The security token included in the request is expired";
pub const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
                            AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// A world and what makes its inhabitants.
pub struct Scene {
    world: World,
    random: RefCell<SeededRandom>,
}

impl Deref for Scene {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Scene {
    pub fn new() -> Self {
        Self::seeded(1)
    }

    /// The same scene in a deployment of its own.
    pub fn seeded(seed: u64) -> Self {
        Self {
            world: World::seeded(seed),
            random: RefCell::new(SeededRandom::new(77)),
        }
    }

    /// Applies changes and waits until they are durable.
    pub fn change(&self, make: impl FnOnce(&Snapshot) -> Changes) {
        let write = |snapshot: &Snapshot| Ok::<_, ()>(((), make(snapshot)));
        let ((), pending) = self.service.directory().write(write).unwrap();
        pending.wait().unwrap();
    }

    /// A user of `account` with a key.
    pub fn user(&self, account: &str, name: &str, edit: impl FnOnce(&mut User)) -> Credentials {
        let random = &mut *self.random.borrow_mut();
        let account: AccountId = account.parse().unwrap();
        let mut user = User::new(account, "/", name, self.now(), random);
        edit(&mut user);
        let key = AccessKey::generate(account, KeyOwner::User(user.id), self.now(), random);
        let credentials = Credentials {
            access_key_id: key.id.to_string(),
            secret: key.secret.clone(),
            token: None,
        };
        self.change(|_| {
            let mut changes = Changes::new();
            changes.put(user).put(key);
            changes
        });
        credentials
    }

    /// A user of the first account who may do everything.
    pub fn admin(&self, name: &str) -> Credentials {
        self.user(ACCOUNT, name, |user| user.inline.push(inline(ALLOW_ALL)))
    }

    /// A role. The ARNs in its trust policy are resolved as CreateRole resolves them. Returns its ARN.
    pub fn role(&self, account: &str, name: &str, trust: &str, edit: impl FnOnce(&mut Role)) -> String {
        let account: AccountId = account.parse().unwrap();
        let random = &mut *self.random.borrow_mut();
        let snapshot = self.snapshot();
        let trust = resolve_principals(trust, &mut |arn| snapshot.unique_id(arn)).unwrap();
        let trust = Policy::compile(&trust, PolicyKind::Trust).unwrap();
        let mut role = Role::new(account, "/", name, trust, self.now(), random);
        edit(&mut role);
        let arn = role.arn(Partition::Aws).to_string();
        self.change(|_| {
            let mut changes = Changes::new();
            changes.put(role);
            changes
        });
        arn
    }

    /// A managed policy and its ARN.
    pub fn policy(&self, account: &str, name: &str, document: &str) -> (UniqueId, String) {
        let account: AccountId = account.parse().unwrap();
        let compiled = Policy::compile(document, PolicyKind::Managed).unwrap();
        let random = &mut *self.random.borrow_mut();
        let policy = ManagedPolicy::new(account, "/", name, compiled, self.now(), random);
        let (id, arn) = (policy.id, policy.arn(Partition::Aws));
        self.change(|_| {
            let mut changes = Changes::new();
            changes.put(policy);
            changes
        });
        (id, arn)
    }

    pub fn edit_user(&self, name: &str, edit: impl FnOnce(&mut User)) {
        self.change(|snapshot| {
            let mut user = User::clone(snapshot.user(account(ACCOUNT), name).unwrap());
            edit(&mut user);
            let mut changes = Changes::new();
            changes.put(user);
            changes
        });
    }

    pub fn edit_role(&self, name: &str, edit: impl FnOnce(&mut Role)) {
        self.change(|snapshot| {
            let mut role = Role::clone(snapshot.role(account(ACCOUNT), name).unwrap());
            edit(&mut role);
            let mut changes = Changes::new();
            changes.put(role);
            changes
        });
    }

    pub fn edit_account(&self, id: &str, edit: impl FnOnce(&mut Account)) {
        self.change(|snapshot| {
            let mut account = Account::clone(snapshot.account(account(id)).unwrap());
            edit(&mut account);
            let mut changes = Changes::new();
            changes.put(account);
            changes
        });
    }

    pub fn delete_role(&self, name: &str) {
        self.change(|snapshot| {
            let mut changes = Changes::new();
            changes.delete(&**snapshot.role(account(ACCOUNT), name).unwrap());
            changes
        });
    }

    /// AssumeRole with a session named `session`.
    pub fn assume(&self, who: &Credentials, role: &str, more: &[(&str, &str)]) -> Answer {
        let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "session")];
        parameters.extend(more);
        self.sts(who, "AssumeRole", &parameters)
    }

    /// What the sealed explanation of a denial says, opened by `by`.
    pub fn explanation(&self, by: &Credentials, denied: &Answer) -> Value {
        let message = denied
            .header("x-locum-authorization-message")
            .unwrap_or_else(|| panic!("no message with {}", denied.body));
        let answer = self.sts(by, "DecodeAuthorizationMessage", &[("EncodedMessage", message)]);
        serde_json::from_str(&answer.ok().text("DecodedMessage")).unwrap()
    }

    /// The condition keys of a denied request, as its explanation has them.
    pub fn keys(&self, by: &Credentials, denied: &Answer) -> Vec<(String, Vec<String>)> {
        let explanation = self.explanation(by, denied);
        let items = explanation["context"]["conditions"]["items"].as_array().unwrap();
        let value = |item: &Value| item["value"].as_str().unwrap().to_owned();
        items
            .iter()
            .map(|item| {
                let values = item["values"]["items"].as_array().unwrap();
                let key = item["key"].as_str().unwrap().to_owned();
                (key, values.iter().map(value).collect())
            })
            .collect()
    }

    /// The value of one condition key of a denied request of the first account.
    pub fn key(&self, denied: &Answer, key: &str) -> Option<String> {
        let keys = self.keys(&self.root, denied);
        let found = keys.into_iter().find(|(known, _)| known == key)?;
        Some(found.1.join(","))
    }
}

pub fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

pub fn inline(document: &str) -> InlinePolicy {
    InlinePolicy {
        name: "inline".into(),
        policy: Policy::compile(document, PolicyKind::Inline).unwrap(),
    }
}

pub fn tag(key: &str, value: &str) -> Tag {
    Tag {
        key: key.into(),
        value: value.into(),
    }
}

/// A policy of one `Allow`.
pub fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}}}"#
    )
}

/// A policy that allows everything but one action.
pub fn all_but(action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Sid":"Never","Effect":"Deny","Action":"{action}","Resource":"*"}}]}}"#
    )
}

/// A trust policy that lets one AWS principal do everything there is to a role.
pub fn trust(principal: &str) -> String {
    trust_if(principal, "{}")
}

/// The same under a condition.
pub fn trust_if(principal: &str, condition: &str) -> String {
    let actions = r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#;
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":{actions},"Condition":{condition}}}}}"#
    )
}

/// A trust policy of one action.
pub fn trust_action(principal: &str, action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"{action}"}}}}"#
    )
}

pub fn user_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

pub fn denied(caller: &str, action: &str, resource: &str) -> String {
    format!("User: {caller} is not authorized to perform: {action} on resource: {resource}")
}

/// The role of this name in the first account, as it is now.
pub fn role(scene: &Scene, name: &str) -> Arc<Role> {
    Arc::clone(scene.snapshot().role(account(ACCOUNT), name).unwrap())
}

/// Credentials with another token, secret or id: the parts of two made into one.
pub fn mixed(id: &Credentials, secret: &Credentials, token: &Credentials) -> Credentials {
    Credentials {
        access_key_id: id.access_key_id.clone(),
        secret: secret.secret.clone(),
        token: token.token.clone(),
    }
}
