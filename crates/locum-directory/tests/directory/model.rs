//! Random writes against a model that is plain lists and full scans; and the same again after reopening.

use std::sync::Arc;

use locum_crypto::SeededRandom;
use locum_directory::{
    AccessKey, Changes, Directory, Group, InstanceProfile, KeyOwner, ManagedPolicy, RedbStore, Role, User,
};
use locum_names::UniqueId;
use locum_policy::PolicyKind;
use proptest::prelude::*;

use crate::fixture::{account, now, open, policy, queue, view};

const NAMES: [&str; 5] = ["alice", "Alice", "BOB", "carol", "a"];

#[derive(Debug, Clone)]
enum Step {
    CreateUser(usize),
    CreateRole(usize),
    CreateGroup(usize),
    /// The groups that a user shall be in.
    Join(usize, Vec<usize>),
    CreateProfile(usize),
    /// The role that an instance profile shall have.
    Hand(usize, Option<usize>),
    CreatePolicy(usize),
    RenameUser(usize, usize),
    /// The policies that a principal shall have attached, and its boundary.
    Attach(usize, Vec<usize>, Option<usize>),
    CreateKey(usize),
    Delete(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let name = 0..NAMES.len();
    let any = 0..12_usize;
    prop_oneof![
        4 => name.clone().prop_map(Step::CreateUser),
        2 => name.clone().prop_map(Step::CreateRole),
        3 => name.clone().prop_map(Step::CreateGroup),
        2 => name.clone().prop_map(Step::CreateProfile),
        4 => (any.clone(), prop::option::of(any.clone())).prop_map(|(which, role)| Step::Hand(which, role)),
        4 => name.clone().prop_map(Step::CreatePolicy),
        5 => (any.clone(), prop::collection::vec(any.clone(), 0..4))
            .prop_map(|(which, groups)| Step::Join(which, groups)),
        2 => (any.clone(), name).prop_map(|(which, name)| Step::RenameUser(which, name)),
        6 => (any.clone(), prop::collection::vec(any.clone(), 0..3), prop::option::of(any.clone()))
            .prop_map(|(which, attached, boundary)| Step::Attach(which, attached, boundary)),
        3 => any.clone().prop_map(Step::CreateKey),
        5 => any.prop_map(Step::Delete),
        1 => Just(Step::Reopen),
    ]
}

/// What the model knows of an entity.
#[derive(Debug, Clone)]
struct Known {
    kind: Kind,
    id: String,
    name: String,
    attached: Vec<String>,
    boundary: Option<String>,
    /// A user's.
    groups: Vec<String>,
    /// A key's user, or the role in a profile.
    owner: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Role,
    Group,
    Profile,
    Policy,
    Key,
}

/// Everything, in the order it was made.
#[derive(Debug, Default)]
struct Model(Vec<Known>);

impl Model {
    fn named(&self, kind: Kind, name: &str) -> bool {
        self.0
            .iter()
            .any(|k| k.kind == kind && k.name.eq_ignore_ascii_case(name))
    }

    fn pick(&self, which: usize, kinds: &[Kind]) -> Option<usize> {
        let places: Vec<_> = (0..self.0.len())
            .filter(|at| kinds.contains(&self.0[*at].kind))
            .collect();
        (!places.is_empty()).then(|| places[which % places.len()])
    }

    fn used(&self, id: &str) -> bool {
        let uses = |k: &Known| {
            k.attached.iter().any(|p| p == id)
                || k.boundary.as_deref() == Some(id)
                || k.groups.iter().any(|group| group == id)
                || k.owner.as_deref() == Some(id)
        };
        self.0.iter().any(uses)
    }

    fn count(&self, kind: Kind) -> usize {
        self.0.iter().filter(|k| k.kind == kind).count()
    }
}

fn add(model: &mut Model, kind: Kind, id: &impl ToString, name: &str, owner: Option<String>) {
    model.0.push(Known {
        kind,
        id: id.to_string(),
        name: name.to_owned(),
        attached: Vec::new(),
        boundary: None,
        groups: Vec::new(),
        owner,
    });
}

/// Makes the write of a step, notes it in the model, and returns the changes and whether they shall be accepted.
fn decide(step: &Step, seed: u64, directory: &Directory, model: &mut Model) -> Option<(Changes, bool)> {
    let snapshot = directory.snapshot();
    let mut rng = SeededRandom::new(seed);
    let mut changes = Changes::new();
    let user_at = |model: &Model, at: usize| {
        let id: UniqueId = model.0[at].id.parse().unwrap();
        User::clone(snapshot.user_by_id(&id).unwrap())
    };
    let accepted = match step {
        Step::CreateUser(name) => {
            let user = User::new(account(), "/", NAMES[*name], now(), &mut rng);
            let free = !model.named(Kind::User, NAMES[*name]);
            if free {
                add(model, Kind::User, &user.id, NAMES[*name], None);
            }
            changes.put(user);
            free
        }
        Step::CreateRole(name) => {
            let role = Role::new(
                account(),
                "/",
                NAMES[*name],
                policy(PolicyKind::Trust),
                now(),
                &mut rng,
            );
            let free = !model.named(Kind::Role, NAMES[*name]);
            if free {
                add(model, Kind::Role, &role.id, NAMES[*name], None);
            }
            changes.put(role);
            free
        }
        Step::CreateGroup(name) => {
            let group = Group::new(account(), "/", NAMES[*name], now(), &mut rng);
            let free = !model.named(Kind::Group, NAMES[*name]);
            if free {
                add(model, Kind::Group, &group.id, NAMES[*name], None);
            }
            changes.put(group);
            free
        }
        Step::Join(which, groups) => {
            let at = model.pick(*which, &[Kind::User])?;
            let groups = groups
                .iter()
                .filter_map(|which| model.pick(*which, &[Kind::Group]));
            let groups: Vec<String> = groups.map(|at| model.0[at].id.clone()).collect();
            changes.put(User {
                groups: groups.iter().map(|id| id.parse().unwrap()).collect(),
                ..user_at(model, at)
            });
            let mut once = groups.clone();
            once.sort();
            once.dedup();
            let distinct = once.len() == groups.len();
            if distinct {
                model.0[at].groups = groups;
            }
            distinct
        }
        Step::CreateProfile(name) => {
            let profile = InstanceProfile::new(account(), "/", NAMES[*name], now(), &mut rng);
            let free = !model.named(Kind::Profile, NAMES[*name]);
            if free {
                add(model, Kind::Profile, &profile.id, NAMES[*name], None);
            }
            changes.put(profile);
            free
        }
        Step::Hand(which, role) => {
            let at = model.pick(*which, &[Kind::Profile])?;
            let role = role.and_then(|which| model.pick(which, &[Kind::Role]));
            let role = role.map(|at| model.0[at].id.clone());
            let id: UniqueId = model.0[at].id.parse().unwrap();
            changes.put(InstanceProfile {
                role: role.as_ref().map(|id| id.parse().unwrap()),
                ..InstanceProfile::clone(snapshot.instance_profile_by_id(&id).unwrap())
            });
            model.0[at].owner = role;
            true
        }
        Step::CreatePolicy(name) => {
            let managed = policy(PolicyKind::Managed);
            let managed = ManagedPolicy::new(account(), "/", NAMES[*name], managed, now(), &mut rng);
            let free = !model.named(Kind::Policy, NAMES[*name]);
            if free {
                add(model, Kind::Policy, &managed.id, NAMES[*name], None);
            }
            changes.put(managed);
            free
        }
        Step::RenameUser(which, name) => {
            let at = model.pick(*which, &[Kind::User])?;
            let same = model.0[at].name.eq_ignore_ascii_case(NAMES[*name]);
            let free = same || !model.named(Kind::User, NAMES[*name]);
            changes.put(User {
                name: NAMES[*name].into(),
                ..user_at(model, at)
            });
            if free {
                model.0[at].name = NAMES[*name].to_owned();
            }
            free
        }
        Step::Attach(which, attached, boundary) => {
            let at = model.pick(*which, &[Kind::User, Kind::Role, Kind::Group])?;
            let policy_id = |which: &usize| {
                let place = model.pick(*which, &[Kind::Policy])?;
                model.0[place].id.parse::<UniqueId>().ok()
            };
            let mut ids: Vec<UniqueId> = attached.iter().filter_map(policy_id).collect();
            ids.dedup();
            let bounded = model.0[at].kind != Kind::Group;
            let boundary = boundary.as_ref().filter(|_| bounded).and_then(policy_id);
            let id: UniqueId = model.0[at].id.parse().unwrap();
            if model.0[at].kind == Kind::User {
                changes.put(User {
                    attached: ids.clone(),
                    boundary,
                    ..user_at(model, at)
                });
            } else if model.0[at].kind == Kind::Group {
                changes.put(Group {
                    attached: ids.clone(),
                    ..Group::clone(snapshot.group_by_id(&id).unwrap())
                });
            } else {
                let role = Role::clone(snapshot.role_by_id(&id).unwrap());
                changes.put(Role {
                    attached: ids.clone(),
                    boundary,
                    ..role
                });
            }
            model.0[at].attached = ids.iter().map(ToString::to_string).collect();
            model.0[at].boundary = boundary.map(|id| id.to_string());
            true
        }
        Step::CreateKey(which) => {
            let at = model.pick(*which, &[Kind::User])?;
            let owner = model.0[at].id.clone();
            let key = AccessKey::generate(account(), KeyOwner::User(owner.parse().unwrap()), now(), &mut rng);
            add(model, Kind::Key, &key.id, "", Some(owner));
            changes.put(key);
            true
        }
        Step::Delete(which) => {
            let kinds = [
                Kind::User,
                Kind::Role,
                Kind::Group,
                Kind::Profile,
                Kind::Policy,
                Kind::Key,
            ];
            let at = model.pick(*which, &kinds)?;
            let Known { kind, id, .. } = model.0[at].clone();
            match kind {
                Kind::User => changes.delete(&user_at(model, at)),
                Kind::Role => changes.delete(&**snapshot.role_by_id(&id.parse().unwrap()).unwrap()),
                Kind::Group => changes.delete(&**snapshot.group_by_id(&id.parse().unwrap()).unwrap()),
                Kind::Profile => {
                    changes.delete(&**snapshot.instance_profile_by_id(&id.parse().unwrap()).unwrap())
                }
                Kind::Policy => changes.delete(&**snapshot.policy_by_id(&id.parse().unwrap()).unwrap()),
                Kind::Key => changes.delete(&**snapshot.access_key(&id.parse().unwrap()).unwrap()),
            };
            let free = kind == Kind::Key || !model.used(&id);
            if free {
                model.0.remove(at);
            }
            free
        }
        Step::Reopen => return None,
    };
    Some((changes, accepted))
}

fn agree(directory: &Directory, model: &Model) {
    let snapshot = directory.snapshot();
    let counts = snapshot.counts(account());
    assert_eq!(counts.users, model.count(Kind::User));
    assert_eq!(counts.roles, model.count(Kind::Role));
    assert_eq!(counts.groups, model.count(Kind::Group));
    assert_eq!(counts.instance_profiles, model.count(Kind::Profile));
    assert_eq!(counts.policies, model.count(Kind::Policy));
    for known in &model.0 {
        match known.kind {
            Kind::User => {
                let user = snapshot
                    .user(account(), &known.name.to_ascii_uppercase())
                    .unwrap();
                assert_eq!(
                    (user.id.to_string(), &*user.name),
                    (known.id.clone(), &*known.name)
                );
                let keys: Vec<_> = snapshot
                    .access_keys(KeyOwner::User(user.id))
                    .map(|k| k.id.to_string())
                    .collect();
                let owned = model.0.iter().filter(|k| k.owner.as_ref() == Some(&known.id));
                let mut owned: Vec<_> = owned.map(|k| k.id.clone()).collect();
                owned.sort();
                assert_eq!(keys, owned);
            }
            Kind::Group => {
                let group = snapshot.group(account(), &known.name).unwrap();
                assert_eq!(group.id.to_string(), known.id);
                let members: Vec<_> = snapshot
                    .group_members(group.id)
                    .map(|user| user.id.to_string())
                    .collect();
                let joined = model.0.iter().filter(|k| k.groups.contains(&known.id));
                let mut joined: Vec<_> = joined.map(|k| k.id.clone()).collect();
                joined.sort();
                assert_eq!(members, joined);
            }
            Kind::Role => {
                let role = snapshot.role(account(), &known.name).unwrap();
                assert_eq!(role.id.to_string(), known.id);
                let profiles: Vec<_> = snapshot
                    .instance_profiles_of_role(role.id)
                    .map(|profile| profile.id.to_string())
                    .collect();
                let holding = model.0.iter().filter(|k| k.owner.as_ref() == Some(&known.id));
                let mut holding: Vec<_> = holding.map(|k| k.id.clone()).collect();
                holding.sort();
                assert_eq!(profiles, holding);
            }
            Kind::Profile => {
                let profile = snapshot.instance_profile(account(), &known.name).unwrap();
                assert_eq!(profile.id.to_string(), known.id);
                assert_eq!(profile.role.map(|id| id.to_string()), known.owner);
            }
            Kind::Policy => {
                let found = snapshot.policy(account(), &known.name).unwrap();
                assert_eq!(found.id.to_string(), known.id);
                let usage = snapshot.policy_usage(&found.id, account());
                let attached = model.0.iter().filter(|k| k.attached.contains(&known.id)).count();
                let bounded = model
                    .0
                    .iter()
                    .filter(|k| k.boundary.as_ref() == Some(&known.id))
                    .count();
                assert_eq!((usage.attachments, usage.boundaries), (attached, bounded));
            }
            Kind::Key => assert!(snapshot.access_key(&known.id.parse().unwrap()).is_some()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_directory_is_its_model_before_and_after_reopening(steps in prop::collection::vec(step(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.redb");
        let reopen = || open(Arc::new(RedbStore::open(&path).unwrap()));
        let mut directory = reopen();
        let mut model = Model::default();
        for (seed, step) in steps.iter().enumerate() {
            if let Some((changes, accepted)) = decide(step, seed as u64 + 100, &directory, &mut model) {
                match queue(&directory, changes) {
                    Ok(pending) => {
                        pending.wait().unwrap();
                        prop_assert!(accepted, "{step:?} was accepted");
                    }
                    Err(error) => prop_assert!(!accepted, "{step:?}: {error}"),
                }
            } else if matches!(step, Step::Reopen) {
                let before = view(&directory.snapshot());
                drop(directory);
                directory = reopen();
                prop_assert_eq!(view(&directory.snapshot()), before);
            }
            agree(&directory, &model);
        }
        let before = view(&directory.snapshot());
        drop(directory);
        prop_assert_eq!(view(&reopen().snapshot()), before);
    }
}
