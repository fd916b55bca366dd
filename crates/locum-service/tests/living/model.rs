//! The world as the model sees it: plain lists, and no more of AWS than its documents say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub(super) const MANAGEMENT: &str = "111122223333";
pub(super) const ACCOUNTS: [&str; 3] = [MANAGEMENT, "444455556666", "777788889999"];

pub(super) type Tags = BTreeMap<String, String>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    User,
    Role,
    Group,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Role => "Role",
            Self::Group => "Group",
        }
    }

    pub(super) const fn lower(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Role => "role",
            Self::Group => "group",
        }
    }
}

/// A user, a role or a group.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) account: &'static str,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) tags: Tags,
    pub(super) inline: BTreeMap<String, String>,
    /// ARNs of managed policies.
    pub(super) attached: BTreeSet<String>,
    pub(super) boundary: Option<String>,
    /// Ids of a user's groups.
    pub(super) groups: BTreeSet<String>,
    /// A role's, with ids for users and roles.
    pub(super) trust: Value,
    pub(super) longest: i64,
    pub(super) revoked: Option<i64>,
}

impl Entity {
    pub(super) fn arn(&self) -> String {
        arn(self.account, self.kind, &self.path, &self.name)
    }
}

pub(super) fn arn(account: &str, kind: Kind, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{}{path}{name}", kind.lower())
}

#[derive(Debug, Clone)]
pub(super) struct Managed {
    pub(super) account: &'static str,
    pub(super) name: String,
    pub(super) versions: BTreeMap<u32, String>,
    pub(super) default: u32,
    pub(super) next: u32,
    pub(super) created: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) account: &'static str,
    /// The id of a user, or the account's root.
    pub(super) user: Option<String>,
    pub(super) active: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    pub(super) closed: bool,
    /// The units above it, the organization's root first.
    pub(super) unit: String,
    pub(super) root_revoked: Option<i64>,
    /// What is registered here now.
    pub(super) providers: BTreeSet<Provider>,
    pub(super) providers_revoked: BTreeMap<Provider, i64>,
    pub(super) delegated: bool,
}

/// The identity providers that an account may have: each is one for all accounts, under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Provider {
    Oidc,
    Saml,
}

impl Provider {
    pub(super) fn arn(self, account: &str) -> String {
        match self {
            Self::Oidc => format!("arn:aws:iam::{account}:oidc-provider/{}", super::sessions::PLACE),
            Self::Saml => format!("arn:aws:iam::{account}:saml-provider/corp"),
        }
    }

    /// The condition key of who the user is.
    pub(super) fn subject_key(self) -> String {
        match self {
            Self::Oidc => format!("{}:sub", super::sessions::PLACE),
            Self::Saml => "saml:sub".to_owned(),
        }
    }
}

/// Who a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Root,
    User(String),
    Role(String, String),
    /// Of a user, or of root, and the name that was given.
    Federated(Option<String>, String),
}

/// What was handed out, as it was then.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) account: &'static str,
    pub(super) who: Who,
    pub(super) issued: i64,
    pub(super) expires: i64,
    pub(super) policy: Option<String>,
    pub(super) policy_arns: Vec<String>,
    pub(super) tags: Tags,
    /// Keys of tags, in lower case.
    pub(super) transitive: BTreeSet<String>,
    pub(super) source_identity: Option<String>,
    /// The identity provider, and who the user is there.
    pub(super) vouched: Option<(Provider, String)>,
    pub(super) assumed_root: bool,
    pub(super) mfa: bool,
    /// The delegation request that it stands on, and the account that asked.
    pub(super) delegated: Option<(String, &'static str)>,
}

#[derive(Debug, Clone)]
pub(super) enum Credential {
    Key(String),
    Session(Box<Session>),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) now: i64,
    pub(super) accounts: BTreeMap<&'static str, Account>,
    pub(super) entities: Vec<Entity>,
    /// By ARN.
    pub(super) policies: BTreeMap<String, Managed>,
    /// By access key id.
    pub(super) keys: BTreeMap<String, Key>,
    pub(super) organization: String,
    /// The organization's root and units, each with what is above it.
    pub(super) units: BTreeMap<String, Option<String>>,
    /// Control policies: whether an RCP, and the document.
    pub(super) controls: BTreeMap<String, (bool, String)>,
    /// Target and policy.
    pub(super) control_attachments: BTreeSet<(String, String)>,
    pub(super) scps_on: bool,
    pub(super) rcps_on: bool,
    pub(super) root_sessions: bool,
    /// Delegation requests that were rejected.
    pub(super) rejected: BTreeSet<String>,
    /// Users with an MFA device.
    pub(super) guarded: BTreeSet<String>,
    /// When root sessions were last turned off.
    pub(super) root_sessions_ended: Option<i64>,
    /// The latest that it ever was.
    pub(super) latest: i64,
}

impl Model {
    pub(super) fn by_id(&self, id: &str) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.id == id)
    }

    pub(super) fn place(&self, account: &str, kind: Kind, name: &str) -> Option<usize> {
        self.entities.iter().position(|entity| {
            entity.account == account && entity.kind == kind && entity.name.eq_ignore_ascii_case(name)
        })
    }

    pub(super) fn named(&self, account: &str, kind: Kind, name: &str) -> Option<&Entity> {
        self.place(account, kind, name).map(|at| &self.entities[at])
    }

    /// The ARN that an operation on a name is asked on.
    pub(super) fn arn_of(&self, account: &str, kind: Kind, name: &str) -> String {
        self.named(account, kind, name)
            .map_or_else(|| arn(account, kind, "/", name), Entity::arn)
    }

    /// The organization's root, the units, and the account.
    pub(super) fn levels(&self, account: &str) -> Vec<String> {
        let mut levels = vec![account.to_owned()];
        let mut at = Some(self.accounts[account].unit.clone());
        while let Some(unit) = at {
            at = self.units[&unit].clone();
            levels.push(unit);
        }
        levels.reverse();
        levels
    }

    /// `aws:PrincipalOrgPaths`.
    pub(super) fn path(&self, account: &str) -> String {
        let mut levels = self.levels(account);
        levels.pop();
        format!("{}/{}/", self.organization, levels.join("/"))
    }

    /// A managed policy's document that is in force.
    pub(super) fn in_force(&self, arn: &str) -> &str {
        let policy = &self.policies[arn];
        &policy.versions[&policy.default]
    }

    /// The documents that give an entity its rights.
    pub(super) fn granted(&self, entity: &Entity) -> Vec<&str> {
        let by_id = |id: &String| self.by_id(id).unwrap();
        let mut all: Vec<&str> = Vec::new();
        let groups: Vec<&Entity> = entity.groups.iter().map(by_id).collect();
        let own = self.by_id(&entity.id).unwrap();
        for holder in groups.into_iter().chain([own]) {
            all.extend(holder.inline.values().map(String::as_str));
            all.extend(holder.attached.iter().map(|arn| self.in_force(arn)));
        }
        all
    }
}
