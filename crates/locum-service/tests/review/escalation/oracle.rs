//! What the walk knows by itself: who has which documents, and what they allow by what AWS documents of each action.
//!
//! It shares the policy engine with the service and nothing else: which policies bear on a caller, on which ARN an action
//! is asked and with which condition keys is all said here once more.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use locum_names::{AccountId, Partition};
use locum_policy::{
    Context, Decision, Layer, Layers, Policy, PolicyKind, Principal, Request, RequesterKind, ResourcePolicy,
    Source, decide,
};

use crate::harness::ACCOUNT;

pub(super) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// `user`, `role` or `group`.
pub(super) type Kind = &'static str;

pub(super) type Tags = BTreeMap<String, String>;

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Who {
    User(String),
    /// A session `s` of a role, with these tags.
    Session(String, Tags),
}

/// A user, a role or a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Entity {
    pub(super) id: String,
    pub(super) path: &'static str,
    pub(super) tags: Tags,
    /// The ARN of a managed policy.
    pub(super) boundary: Option<String>,
    pub(super) inline: BTreeMap<&'static str, String>,
    /// ARNs of managed policies.
    pub(super) attached: BTreeSet<String>,
    pub(super) groups: BTreeSet<String>,
    /// A role's, with unique ids for users and roles.
    pub(super) trust: String,
}

/// A managed policy: its versions from `v1` on, and the place of the one in force.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Managed {
    pub(super) versions: Vec<String>,
    pub(super) default: usize,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct State {
    pub(super) entities: BTreeMap<(Kind, String), Entity>,
    /// By ARN.
    pub(super) policies: BTreeMap<String, Managed>,
    /// Instance profiles and whether a role is in it.
    pub(super) profiles: BTreeMap<String, bool>,
    /// Users with a password.
    pub(super) passwords: BTreeSet<String>,
}

/// One action on one resource, with the condition keys that AWS documents for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Question {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) keys: Vec<(&'static str, String)>,
    pub(super) resource_tags: Tags,
    pub(super) request_tags: Tags,
    pub(super) trust: Option<String>,
}

thread_local! {
    static COMPILED: RefCell<HashMap<(PolicyKind, String), Policy>> = RefCell::default();
}

fn compiled(kind: PolicyKind, document: &str) -> Policy {
    COMPILED.with_borrow_mut(|known| {
        let entry = known.entry((kind, document.to_owned()));
        entry
            .or_insert_with(|| Policy::compile(document, kind).unwrap())
            .clone()
    })
}

impl State {
    pub(super) fn entity(&self, kind: Kind, name: &str) -> &Entity {
        &self.entities[&(kind, name.to_owned())]
    }

    pub(super) fn change(&mut self, kind: Kind, name: &str) -> &mut Entity {
        self.entities.get_mut(&(kind, name.to_owned())).unwrap()
    }

    /// The names of all of a kind.
    pub(super) fn names(&self, kind: Kind) -> Vec<String> {
        let all = self.entities.keys().filter(|(known, _)| *known == kind);
        all.map(|(_, name)| name.clone()).collect()
    }

    pub(super) fn arn(&self, kind: Kind, name: &str) -> String {
        arn(kind, self.entity(kind, name).path, name)
    }

    /// A trust policy as it is kept: whoever it names is named by the id.
    pub(super) fn resolved(&self, trust: &str) -> String {
        let named = self.entities.iter();
        named.fold(trust.to_owned(), |trust, ((kind, name), entity)| {
            let arn = format!("\"{}\"", arn(kind, entity.path, name));
            trust.replace(&arn, &format!("\"{}\"", entity.id))
        })
    }

    fn in_force(&self, arn: &str) -> Policy {
        let policy = &self.policies[arn];
        compiled(PolicyKind::Managed, &policy.versions[policy.default])
    }

    fn granted(&self, kind: Kind, name: &str) -> Vec<Policy> {
        let entity = self.entity(kind, name);
        let inline = entity.inline.values();
        let mut granted: Vec<_> = inline.map(|text| compiled(PolicyKind::Inline, text)).collect();
        granted.extend(entity.attached.iter().map(|arn| self.in_force(arn)));
        for group in &entity.groups {
            granted.extend(self.granted("group", group));
        }
        granted
    }

    /// Whether the stored documents allow it, or else which layer does not.
    pub(super) fn decide(&self, who: &Who, question: &Question) -> Result<(), Layer> {
        let account: AccountId = ACCOUNT.parse().unwrap();
        let mut context = Context::new();
        for (key, value) in &question.keys {
            context.set(*key, value.as_str());
        }
        for (key, value) in &question.resource_tags {
            context.set(format!("aws:ResourceTag/{key}"), value.as_str());
            context.set(format!("iam:ResourceTag/{key}"), value.as_str());
        }
        for (key, value) in &question.request_tags {
            context.set(format!("aws:RequestTag/{key}"), value.as_str());
        }
        if !question.request_tags.is_empty() {
            context.set_many("aws:TagKeys", question.request_tags.keys().map(String::as_str));
        }
        let (kind, name) = match who {
            Who::User(name) => ("user", name),
            Who::Session(role, _) => ("role", role),
        };
        let entity = self.entity(kind, name);
        context.set("aws:PrincipalArn", self.arn(kind, name));
        context.set("aws:PrincipalAccount", ACCOUNT);
        context.set("aws:ResourceAccount", ACCOUNT);
        let mut tags = entity.tags.clone();
        let id = entity.id.parse().unwrap();
        let principal = match who {
            Who::User(name) => {
                context.set("aws:username", name.as_str());
                context.set("aws:PrincipalType", "User");
                RequesterKind::User {
                    id,
                    path: entity.path,
                    name,
                }
            }
            Who::Session(role, session_tags) => {
                tags.extend(session_tags.clone());
                context.set("aws:PrincipalType", "AssumedRole");
                context.set("aws:TokenIssueTime", "2026-11-22T12:00:00Z");
                RequesterKind::RoleSession {
                    role_id: id,
                    role_path: entity.path,
                    role_name: role,
                    session_name: "session",
                    service_linked: false,
                }
            }
        };
        for (key, value) in tags {
            context.set(format!("aws:PrincipalTag/{key}"), value);
        }
        let (granted, boundary) = (
            self.granted(kind, name),
            entity.boundary.as_ref().map(|arn| self.in_force(arn)),
        );
        let identity: Vec<Source<'_>> = granted.iter().map(|policy| Source::new(policy, "")).collect();
        let trust = question
            .trust
            .as_ref()
            .map(|text| compiled(PolicyKind::Trust, text));
        let layers = Layers {
            identity: &identity,
            boundary: boundary.as_ref().map(|policy| Source::new(policy, "")),
            resource: match &trust {
                Some(policy) => ResourcePolicy::Trust(Source::new(policy, "")),
                None => ResourcePolicy::None,
            },
            ..Layers::default()
        };
        let request = Request {
            principal: Principal::of(Partition::Aws, account, principal),
            action: &question.action,
            resource: &question.resource,
            resource_account: account,
            context: &context,
        };
        match decide(&request, &layers) {
            Decision::Allow => Ok(()),
            Decision::ExplicitDeny { layer, .. } | Decision::ImplicitDeny { layer } => Err(layer),
        }
    }
}

pub(super) fn arn(kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind}{path}{name}")
}

/// The tag that attribute-based documents look for.
pub(super) fn red() -> Tags {
    Tags::from([("team".to_owned(), "red".to_owned())])
}
