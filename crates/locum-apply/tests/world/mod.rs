//! A small IAM, just true enough: it performs the requests of plans and answers the questions that plans ask.
//!
//! It refuses what the real one refuses for order's sake: a thing twice, a thing that is not there, a thing that others
//! hold on to.

use std::collections::{BTreeMap, BTreeSet};

use locum_apply::{Api, ApiFailure, Plan};
use serde_json::{Value, json};

pub(crate) const ACCOUNT: &str = "111122223333";

#[derive(Default)]
pub(crate) struct World {
    /// By kind and name.
    entities: BTreeMap<(String, String), Entity>,
}

#[derive(Default, Clone)]
struct Entity {
    path: String,
    description: String,
    document: String,
    versions: Vec<String>,
    made: usize,
    duration: u64,
    boundary: Option<String>,
    attached: BTreeSet<String>,
    inline: BTreeMap<String, String>,
    groups: BTreeSet<String>,
    tags: BTreeMap<String, String>,
}

fn text(parameters: &Value, name: &str) -> String {
    parameters[name].as_str().unwrap_or_default().to_owned()
}

fn arn(name: &str, path: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy{path}{name}")
}

impl World {
    pub(crate) fn add_user(&mut self, name: &str) {
        self.perform("CreateUser", &json!({"UserName": name}));
    }

    /// Performs a plan as a transaction would.
    pub(crate) fn carry_out(&mut self, plan: &Plan) {
        for request in plan.changes.iter().flat_map(|change| &change.requests) {
            self.perform(request.action, &request.parameters);
        }
    }

    fn entity(&mut self, kind: &str, name: &str) -> &mut Entity {
        let found = self.entities.get_mut(&(kind.to_owned(), name.to_owned()));
        found.unwrap_or_else(|| panic!("there is no {kind} {name}"))
    }

    fn policy_of(&self, wanted: &str) -> Option<String> {
        let policies = self.entities.iter().filter(|((kind, _), _)| kind == "Policy");
        let found = policies.filter(|((_, name), entity)| arn(name, &entity.path) == wanted);
        found.map(|((_, name), _)| name.clone()).next()
    }

    fn create(&mut self, kind: &str, name: &str, parameters: &Value, document: &str) {
        let path = text(parameters, "Path");
        let tags = parameters["Tags"].as_array().cloned().unwrap_or_default();
        let entity = Entity {
            path: if path.is_empty() { "/".to_owned() } else { path },
            description: text(parameters, "Description"),
            document: text(parameters, document),
            versions: vec!["v1".to_owned()],
            made: 1,
            duration: parameters["MaxSessionDuration"].as_u64().unwrap_or(3600),
            boundary: parameters["PermissionsBoundary"].as_str().map(str::to_owned),
            tags: tags
                .iter()
                .map(|tag| (text(tag, "Key"), text(tag, "Value")))
                .collect(),
            ..Entity::default()
        };
        let before = self.entities.insert((kind.to_owned(), name.to_owned()), entity);
        assert!(before.is_none(), "{kind} {name} is there already");
    }

    fn perform(&mut self, action: &str, p: &Value) {
        for kind in ["User", "Group", "Role"] {
            let Some((verb, rest)) = action.split_once(kind) else {
                continue;
            };
            let name = text(p, &format!("{kind}Name"));
            match (verb, rest) {
                ("Create", "") => return self.create(kind, &name, p, "AssumeRolePolicyDocument"),
                ("Delete", "") => {
                    let entity = self.entities.remove(&(kind.to_owned(), name.clone())).unwrap();
                    let held =
                        !entity.attached.is_empty() || !entity.inline.is_empty() || !entity.groups.is_empty();
                    let members = self
                        .entities
                        .values()
                        .any(|other| kind == "Group" && other.groups.contains(&name));
                    assert!(!held && !members, "{kind} {name} has something still");
                    return;
                }
                ("Attach", "Policy") => {
                    let policy = text(p, "PolicyArn");
                    assert!(
                        policy.contains("::aws:") || self.policy_of(&policy).is_some(),
                        "no {policy}"
                    );
                    assert!(self.entity(kind, &name).attached.insert(policy));
                    return;
                }
                ("Detach", "Policy") => {
                    assert!(self.entity(kind, &name).attached.remove(&text(p, "PolicyArn")));
                    return;
                }
                ("Put", "Policy") => {
                    self.entity(kind, &name)
                        .inline
                        .insert(text(p, "PolicyName"), text(p, "PolicyDocument"));
                    return;
                }
                ("Delete", "Policy") => {
                    self.entity(kind, &name)
                        .inline
                        .remove(&text(p, "PolicyName"))
                        .unwrap();
                    return;
                }
                ("Put", "PermissionsBoundary") => {
                    self.entity(kind, &name).boundary = Some(text(p, "PermissionsBoundary"));
                    return;
                }
                ("Delete", "PermissionsBoundary") => {
                    self.entity(kind, &name).boundary = None;
                    return;
                }
                ("Update", "") => {
                    let entity = self.entity(kind, &name);
                    if let Some(text) = p["Description"].as_str() {
                        text.clone_into(&mut entity.description);
                    }
                    if let Some(seconds) = p["MaxSessionDuration"].as_u64() {
                        entity.duration = seconds;
                    }
                    return;
                }
                ("Tag", "") => return tag(self.entity(kind, &name), p),
                ("Untag", "") => return untag(self.entity(kind, &name), p),
                _ => {}
            }
        }
        match action {
            "AddUserToGroup" => {
                let group = text(p, "GroupName");
                self.entity("Group", &group);
                assert!(self.entity("User", &text(p, "UserName")).groups.insert(group));
            }
            "RemoveUserFromGroup" => {
                assert!(
                    self.entity("User", &text(p, "UserName"))
                        .groups
                        .remove(&text(p, "GroupName"))
                );
            }
            "UpdateAssumeRolePolicy" => {
                self.entity("Role", &text(p, "RoleName")).document = text(p, "PolicyDocument");
            }
            "CreatePolicy" => self.create("Policy", &text(p, "PolicyName"), p, "PolicyDocument"),
            _ => self.perform_on_policy(action, p),
        }
    }

    fn perform_on_policy(&mut self, action: &str, p: &Value) {
        let policy = text(p, "PolicyArn");
        let name = self
            .policy_of(&policy)
            .unwrap_or_else(|| panic!("{action}: no {policy}"));
        match action {
            "CreatePolicyVersion" => {
                let entity = self.entity("Policy", &name);
                entity.made += 1;
                entity.document = text(p, "PolicyDocument");
                // The default version is kept last.
                entity.versions.push(format!("v{}", entity.made));
                assert!(entity.versions.len() <= 5, "too many versions");
            }
            "DeletePolicyVersion" => {
                let entity = self.entity("Policy", &name);
                let at = entity
                    .versions
                    .iter()
                    .position(|id| *id == text(p, "VersionId"))
                    .unwrap();
                assert!(at + 1 < entity.versions.len(), "the default version");
                entity.versions.remove(at);
            }
            "DeletePolicy" => {
                let held = self.entities.values().any(|other| {
                    other.attached.contains(&policy) || other.boundary.as_deref() == Some(&policy)
                });
                assert!(
                    !held && self.entity("Policy", &name).versions.len() == 1,
                    "{name} is held"
                );
                self.entities.remove(&("Policy".to_owned(), name));
            }
            "TagPolicy" => tag(self.entity("Policy", &name), p),
            "UntagPolicy" => untag(self.entity("Policy", &name), p),
            other => panic!("{other} is not known here"),
        }
    }

    fn names(&self, kind: &str) -> impl Iterator<Item = (&String, &Entity)> {
        let of = self.entities.iter().filter(move |((found, _), _)| found == kind);
        of.map(|((_, name), entity)| (name, entity))
    }

    fn answer(&self, action: &str, p: &Value) -> Option<Value> {
        let find = |kind: &str, name: &str| self.entities.get(&(kind.to_owned(), name.to_owned()));
        for kind in ["User", "Group", "Role"] {
            let name = text(p, &format!("{kind}Name"));
            let shown = |name: &str, entity: &Entity| {
                let tags: Vec<_> = entity
                    .tags
                    .iter()
                    .map(|(k, v)| json!({"Key": k, "Value": v}))
                    .collect();
                let mut shown = json!({
                    "Path": entity.path, "Description": entity.description, "Tags": tags,
                    "MaxSessionDuration": entity.duration, "AssumeRolePolicyDocument": entity.document,
                });
                shown[format!("{kind}Name")] = json!(name);
                if let Some(boundary) = &entity.boundary {
                    shown["PermissionsBoundary"] = json!({"PermissionsBoundaryArn": boundary});
                }
                shown
            };
            if action == format!("List{kind}s") {
                let all: Vec<_> = self
                    .names(kind)
                    .map(|(name, entity)| shown(name, entity))
                    .collect();
                return Some(json!({format!("{kind}s"): all}));
            } else if action == format!("Get{kind}") {
                let mut answer = json!({kind: shown(&name, find(kind, &name)?)});
                let members = self.names("User").filter(|(_, user)| user.groups.contains(&name));
                answer["Users"] = members.map(|(user, _)| json!({"UserName": user})).collect();
                return Some(answer);
            } else if action == format!("ListAttached{kind}Policies") {
                let attached = &find(kind, &name)?.attached;
                let attached: Vec<_> = attached.iter().map(|arn| json!({"PolicyArn": arn})).collect();
                return Some(json!({"AttachedPolicies": attached}));
            } else if action == format!("List{kind}Policies") {
                let names: Vec<_> = find(kind, &name)?.inline.keys().collect();
                return Some(json!({"PolicyNames": names}));
            } else if action == format!("Get{kind}Policy") {
                let document = find(kind, &name)?.inline.get(&text(p, "PolicyName"))?;
                return Some(json!({"PolicyDocument": document}));
            }
        }
        let policy = self.policy_of(&text(p, "PolicyArn"));
        let policy = policy.as_deref().and_then(|name| find("Policy", name));
        Some(match action {
            "ListPolicies" => {
                let all = self.names("Policy");
                let all =
                    all.map(|(name, entity)| json!({"PolicyName": name, "Arn": arn(name, &entity.path)}));
                json!({"Policies": all.collect::<Vec<_>>()})
            }
            "GetPolicy" => {
                let entity = policy?;
                let tags: Vec<_> = entity
                    .tags
                    .iter()
                    .map(|(k, v)| json!({"Key": k, "Value": v}))
                    .collect();
                json!({"Policy": {
                    "DefaultVersionId": entity.versions.last(), "Path": entity.path,
                    "Description": entity.description, "Tags": tags,
                }})
            }
            "GetPolicyVersion" => json!({"PolicyVersion": {"Document": policy?.document}}),
            "ListPolicyVersions" => {
                let versions = policy?.versions.iter().map(|id| json!({"VersionId": id}));
                json!({"Versions": versions.collect::<Vec<_>>()})
            }
            "ListEntitiesForPolicy" => {
                let (kind, arn) = (text(p, "EntityFilter"), text(p, "PolicyArn"));
                let holders = self
                    .names(&kind)
                    .filter(|(_, entity)| match p["PolicyUsageFilter"].as_str() {
                        Some("PermissionsBoundary") => entity.boundary.as_ref() == Some(&arn),
                        _ => entity.attached.contains(&arn),
                    });
                let holders: Vec<_> = holders
                    .map(|(name, _)| json!({format!("{kind}Name"): name}))
                    .collect();
                json!({format!("Policy{kind}s"): holders})
            }
            "ListGroupsForUser" => {
                let groups = &find("User", &text(p, "UserName"))?.groups;
                json!({"Groups": groups.iter().map(|name| json!({"GroupName": name})).collect::<Vec<_>>()})
            }
            "GetLoginProfile" | "GetAccountPasswordPolicy" => return None,
            _ => json!({}),
        })
    }
}

fn tag(entity: &mut Entity, p: &Value) {
    for tag in p["Tags"].as_array().unwrap() {
        entity.tags.insert(text(tag, "Key"), text(tag, "Value"));
    }
}

fn untag(entity: &mut Entity, p: &Value) {
    for key in p["TagKeys"].as_array().unwrap() {
        entity.tags.remove(key.as_str().unwrap()).unwrap();
    }
}

impl Api for World {
    fn call(&mut self, _: &str, action: &'static str, parameters: Value) -> Result<Value, ApiFailure> {
        self.answer(action, &parameters).ok_or_else(|| ApiFailure {
            action: action.to_owned(),
            code: "NoSuchEntity".to_owned(),
            message: format!("{action} {parameters}"),
        })
    }
}
