//! Everything that somebody may try in an account: the request, what AWS documents is asked of it, and what it changes.

use locum_api::model::Service as Api;

use super::oracle::{ADMINISTRATOR, Entity, Kind, Managed, Question, State, Tags, Who, arn, red};
use crate::harness::{ACCOUNT, Answer};

pub(super) const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
pub(super) const TRUST_ACCOUNT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","sts:TagSession"]}}"#;
const PASSWORD: &str = "Correct-Horse-9";

/// What an attempt changes if it succeeds; what it returns is whose credentials are in the answer.
type Effect = Box<dyn Fn(&mut State, &Answer) -> Option<Who>>;

pub(super) struct Attempt {
    pub(super) api: Api,
    pub(super) action: &'static str,
    pub(super) parameters: Vec<(&'static str, String)>,
    /// Each must be allowed.
    pub(super) questions: Vec<Question>,
    pub(super) effect: Effect,
}

/// The operations of one kind of entity.
struct Operations {
    kind: Kind,
    name: &'static str,
    put: &'static str,
    attach: &'static str,
    /// Groups have neither boundaries nor tags.
    put_boundary: &'static str,
    delete_boundary: &'static str,
    tag: &'static str,
}

const OPERATIONS: [Operations; 3] = [
    Operations {
        kind: "user",
        name: "UserName",
        put: "PutUserPolicy",
        attach: "AttachUserPolicy",
        put_boundary: "PutUserPermissionsBoundary",
        delete_boundary: "DeleteUserPermissionsBoundary",
        tag: "TagUser",
    },
    Operations {
        kind: "role",
        name: "RoleName",
        put: "PutRolePolicy",
        attach: "AttachRolePolicy",
        put_boundary: "PutRolePermissionsBoundary",
        delete_boundary: "DeleteRolePermissionsBoundary",
        tag: "TagRole",
    },
    Operations {
        kind: "group",
        name: "GroupName",
        put: "PutGroupPolicy",
        attach: "AttachGroupPolicy",
        put_boundary: "",
        delete_boundary: "",
        tag: "",
    },
];

struct Attempts<'s> {
    state: &'s State,
    all: Vec<Attempt>,
}

/// Every attempt on what there is, the actions in a fixed order.
pub(super) fn attempts(state: &State) -> Vec<Attempt> {
    let mut attempts = Attempts {
        state,
        all: Vec::new(),
    };
    for operations in &OPERATIONS {
        for name in state.names(operations.kind) {
            attempts.on_entity(operations, &name);
        }
    }
    for user in state.names("user") {
        attempts.on_user(&user);
    }
    for role in state.names("role") {
        attempts.on_role(&role);
    }
    for policy in state.policies.keys().filter(|arn| *arn != ADMINISTRATOR) {
        attempts.on_policy(policy);
    }
    attempts.creations();
    attempts.profiles();
    attempts.all
}

/// The question of an action on an entity, with its tags.
pub(super) fn about(state: &State, action: &str, kind: Kind, name: &str) -> Question {
    Question {
        action: format!("iam:{action}"),
        resource: state.arn(kind, name),
        resource_tags: state.entity(kind, name).tags.clone(),
        ..Question::default()
    }
}

/// As [`about`], where the boundary in force is a condition key.
pub(super) fn about_bounded(state: &State, action: &str, kind: Kind, name: &str) -> Question {
    let boundary = state.entity(kind, name).boundary.iter();
    let keys = boundary.map(|arn| ("iam:PermissionsBoundary", arn.clone()));
    Question {
        keys: keys.collect(),
        ..about(state, action, kind, name)
    }
}

fn tag_parameters() -> [(&'static str, String); 2] {
    [
        ("Tags.member.1.Key", "team".to_owned()),
        ("Tags.member.1.Value", "red".to_owned()),
    ]
}

impl Attempts<'_> {
    fn iam(
        &mut self,
        action: &'static str,
        parameters: impl Into<Vec<(&'static str, String)>>,
        questions: impl Into<Vec<Question>>,
        effect: impl Fn(&mut State, &Answer) -> Option<Who> + 'static,
    ) {
        self.all.push(Attempt {
            api: Api::Iam,
            action,
            parameters: parameters.into(),
            questions: questions.into(),
            effect: Box::new(effect),
        });
    }

    /// What can be done to users, roles and groups alike: to give policies, and, but for groups, to bound and to tag.
    fn on_entity(&mut self, operations: &Operations, name: &str) {
        let (state, kind) = (self.state, operations.kind);
        let target = (operations.name, name.to_owned());
        let bounded = |action: &str| about_bounded(state, action, kind, name);
        let of = name.to_owned();
        self.iam(
            operations.put,
            [
                target.clone(),
                ("PolicyName", "more".to_owned()),
                ("PolicyDocument", EVERYTHING.to_owned()),
            ],
            [bounded(operations.put)],
            move |state, _| {
                let inline = &mut state.change(kind, &of).inline;
                inline.insert("more", EVERYTHING.to_owned());
                None
            },
        );
        for policy in state.policies.keys().filter(|arn| !arn.ends_with("p1")) {
            let mut question = bounded(operations.attach);
            question.keys.push(("iam:PolicyARN", policy.clone()));
            let (of, attached) = (name.to_owned(), policy.clone());
            self.iam(
                operations.attach,
                [target.clone(), ("PolicyArn", policy.clone())],
                [question],
                move |state, _| {
                    state.change(kind, &of).attached.insert(attached.clone());
                    None
                },
            );
        }
        if kind == "group" {
            return;
        }
        for policy in state.policies.keys().filter(|arn| !arn.ends_with("p0")) {
            let mut question = about(state, operations.put_boundary, kind, name);
            question.keys.push(("iam:PermissionsBoundary", policy.clone()));
            let (of, boundary) = (name.to_owned(), policy.clone());
            self.iam(
                operations.put_boundary,
                [target.clone(), ("PermissionsBoundary", policy.clone())],
                [question],
                move |state, _| {
                    state.change(kind, &of).boundary = Some(boundary.clone());
                    None
                },
            );
        }
        let of = name.to_owned();
        self.iam(
            operations.delete_boundary,
            [target.clone()],
            [bounded(operations.delete_boundary)],
            move |state, _| {
                state.change(kind, &of).boundary = None;
                None
            },
        );
        let mut question = about(state, operations.tag, kind, name);
        question.request_tags = red();
        let of = name.to_owned();
        let parameters = [&[target][..], &tag_parameters()].concat();
        self.iam(operations.tag, parameters, [question], move |state, _| {
            state.change(kind, &of).tags.extend(red());
            None
        });
    }

    fn on_user(&mut self, name: &str) {
        let state = self.state;
        let target = ("UserName", name.to_owned());
        let of = name.to_owned();
        self.iam(
            "CreateAccessKey",
            [target.clone()],
            [about(state, "CreateAccessKey", "user", name)],
            move |_, _| Some(Who::User(of.clone())),
        );
        let of = name.to_owned();
        self.iam(
            "CreateLoginProfile",
            [target.clone(), ("Password", PASSWORD.to_owned())],
            [about(state, "CreateLoginProfile", "user", name)],
            move |state, _| {
                state.passwords.insert(of.clone());
                None
            },
        );
        for group in state.names("group") {
            let (of, joined) = (name.to_owned(), group.clone());
            self.iam(
                "AddUserToGroup",
                [target.clone(), ("GroupName", group.clone())],
                [about(state, "AddUserToGroup", "group", &group)],
                move |state, _| {
                    state.change("user", &of).groups.insert(joined.clone());
                    None
                },
            );
        }
    }

    fn on_role(&mut self, name: &str) {
        let state = self.state;
        let of = name.to_owned();
        self.iam(
            "UpdateAssumeRolePolicy",
            [
                ("RoleName", name.to_owned()),
                ("PolicyDocument", TRUST_ACCOUNT.to_owned()),
            ],
            [about_bounded(state, "UpdateAssumeRolePolicy", "role", name)],
            move |state, _| {
                state.change("role", &of).trust = TRUST_ACCOUNT.to_owned();
                None
            },
        );
        for tags in [Tags::new(), red()] {
            let question = Question {
                action: "sts:AssumeRole".to_owned(),
                keys: vec![("sts:RoleSessionName", "session".to_owned())],
                request_tags: tags.clone(),
                trust: Some(state.entity("role", name).trust.clone()),
                ..about(state, "", "role", name)
            };
            let tagging = Question {
                action: "sts:TagSession".to_owned(),
                ..question.clone()
            };
            let mut parameters = vec![
                ("RoleArn", state.arn("role", name)),
                ("RoleSessionName", "session".to_owned()),
            ];
            let mut questions = vec![question];
            if !tags.is_empty() {
                parameters.extend(tag_parameters());
                questions.push(tagging);
            }
            let of = name.to_owned();
            self.all.push(Attempt {
                api: Api::Sts,
                action: "AssumeRole",
                parameters,
                questions,
                effect: Box::new(move |_, _| Some(Who::Session(of.clone(), tags.clone()))),
            });
        }
    }

    fn on_policy(&mut self, policy: &str) {
        let question = |action: &str| Question {
            action: format!("iam:{action}"),
            resource: policy.to_owned(),
            ..Question::default()
        };
        for default in [true, false] {
            let of = policy.to_owned();
            self.iam(
                "CreatePolicyVersion",
                [
                    ("PolicyArn", policy.to_owned()),
                    ("PolicyDocument", EVERYTHING.to_owned()),
                    ("SetAsDefault", default.to_string()),
                ],
                [question("CreatePolicyVersion")],
                move |state, _| {
                    let Managed {
                        versions,
                        default: at,
                    } = state.policies.get_mut(&of).unwrap();
                    versions.push(EVERYTHING.to_owned());
                    if default {
                        *at = versions.len() - 1;
                    }
                    None
                },
            );
        }
        for at in 0..self.state.policies[policy].versions.len() {
            let of = policy.to_owned();
            self.iam(
                "SetDefaultPolicyVersion",
                [
                    ("PolicyArn", policy.to_owned()),
                    ("VersionId", format!("v{}", at + 1)),
                ],
                [question("SetDefaultPolicyVersion")],
                move |state, _| {
                    state.policies.get_mut(&of).unwrap().default = at;
                    None
                },
            );
        }
    }

    /// New users and roles: as they are, bounded, and tagged.
    fn creations(&mut self) {
        let limit = arn("policy", "/", "p1");
        for (action, tagging, kind, name, parameter) in [
            ("CreateUser", "TagUser", "user", "new-user", "UserName"),
            ("CreateRole", "TagRole", "role", "new-role", "RoleName"),
        ] {
            for (boundary, tags) in [
                (None, Tags::new()),
                (Some(limit.clone()), Tags::new()),
                (None, red()),
            ] {
                let mut parameters = vec![(parameter, name.to_owned())];
                let mut question = Question {
                    action: format!("iam:{action}"),
                    resource: arn(kind, "/", name),
                    request_tags: tags.clone(),
                    ..Question::default()
                };
                if kind == "role" {
                    parameters.push(("AssumeRolePolicyDocument", TRUST_ACCOUNT.to_owned()));
                }
                if let Some(boundary) = &boundary {
                    parameters.push(("PermissionsBoundary", boundary.clone()));
                    let key = ("iam:PermissionsBoundary", boundary.clone());
                    question.keys.push(key);
                }
                let mut questions = vec![question.clone()];
                if !tags.is_empty() {
                    parameters.extend(tag_parameters());
                    questions.push(Question {
                        action: format!("iam:{tagging}"),
                        ..question
                    });
                }
                let id = if kind == "user" { "UserId" } else { "RoleId" };
                self.iam(action, parameters, questions, move |state, answer| {
                    let entity = Entity {
                        id: answer.text(id),
                        path: "/",
                        tags: tags.clone(),
                        boundary: boundary.clone(),
                        trust: TRUST_ACCOUNT.to_owned(),
                        ..Entity::default()
                    };
                    state.entities.insert((kind, name.to_owned()), entity);
                    None
                });
            }
        }
    }

    /// Instance profiles; whoever puts a role into one passes it to the machines that will have it.
    fn profiles(&mut self) {
        let question = |action: &str, profile: &str| Question {
            action: format!("iam:{action}"),
            resource: arn("instance-profile", "/", profile),
            ..Question::default()
        };
        let create = "CreateInstanceProfile";
        let name = ("InstanceProfileName", "new-profile".to_owned());
        self.iam(
            create,
            [name],
            [question(create, "new-profile")],
            move |state, _| {
                state.profiles.insert("new-profile".to_owned(), false);
                None
            },
        );
        let state = self.state;
        for profile in state.profiles.keys() {
            for role in state.names("role") {
                let mut pass = about(state, "PassRole", "role", &role);
                let machines = format!("arn:aws:ec2:*:{ACCOUNT}:instance/*");
                pass.keys = vec![
                    ("iam:PassedToService", "ec2.amazonaws.com".to_owned()),
                    ("iam:AssociatedResourceArn", machines),
                ];
                let add = "AddRoleToInstanceProfile";
                let of = profile.clone();
                self.iam(
                    add,
                    [("InstanceProfileName", profile.clone()), ("RoleName", role)],
                    [question(add, profile), pass],
                    move |state, _| {
                        state.profiles.insert(of.clone(), true);
                        None
                    },
                );
            }
        }
    }
}
