//! Random changes of the tree and of what is attached to it, against a model of plain lists and full scans.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use locum_directory::{
    Account, Changes, ControlAttachments, ControlPolicyType, ControlTarget, Directory, OrganizationalUnit,
    Parent, RedbStore, UnitId,
};
use locum_names::AccountId;
use proptest::prelude::*;

use crate::{
    fixture::{account, open, queue, view},
    organization::{control, member, unit},
};
use ControlPolicyType::ServiceControl;

const NAMES: [&str; 3] = ["a", "b", "B"];
const FULL: &str = "p-FullAWSAccess";

#[derive(Debug, Clone)]
enum Step {
    /// A unit under the root or the unit at a place.
    CreateUnit(usize, usize),
    Rename(usize, usize),
    DeleteUnit(usize),
    CreateAccount(usize),
    Move(usize, usize),
    CreatePolicy(usize),
    DeletePolicy(usize),
    /// The policies that a target shall have.
    Attach(usize, Vec<usize>),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let any = 0..16_usize;
    let name = 0..NAMES.len();
    prop_oneof![
        6 => (any.clone(), name.clone()).prop_map(|(parent, name)| Step::CreateUnit(parent, name)),
        2 => (any.clone(), name.clone()).prop_map(|(unit, name)| Step::Rename(unit, name)),
        3 => any.clone().prop_map(Step::DeleteUnit),
        3 => any.clone().prop_map(Step::CreateAccount),
        4 => (any.clone(), any.clone()).prop_map(|(account, parent)| Step::Move(account, parent)),
        3 => name.prop_map(Step::CreatePolicy),
        2 => any.clone().prop_map(Step::DeletePolicy),
        6 => (any.clone(), prop::collection::vec(any, 1..4)).prop_map(|(target, ids)| Step::Attach(target, ids)),
        1 => Just(Step::Reopen),
    ]
}

#[derive(Debug, Default)]
struct Model {
    /// Parent and name.
    units: BTreeMap<UnitId, (Parent, String)>,
    accounts: BTreeMap<AccountId, Parent>,
    /// Id and name.
    policies: Vec<(String, String)>,
    attached: BTreeMap<ControlTarget, Vec<String>>,
}

impl Model {
    fn parent(&self, at: usize) -> Parent {
        let units: Vec<_> = self.units.keys().copied().collect();
        match at % (units.len() + 1) {
            0 => Parent::Root,
            place => Parent::Unit(units[place - 1]),
        }
    }

    fn unit(&self, at: usize) -> Option<UnitId> {
        let units: Vec<_> = self.units.keys().copied().collect();
        (!units.is_empty()).then(|| units[at % units.len()])
    }

    fn account(&self, at: usize) -> AccountId {
        let accounts: Vec<_> = self.accounts.keys().copied().collect();
        accounts[at % accounts.len()]
    }

    fn targets(&self) -> Vec<ControlTarget> {
        let units = self.units.keys().copied().map(ControlTarget::Unit);
        let accounts = self.accounts.keys().copied().map(ControlTarget::Account);
        [ControlTarget::Root]
            .into_iter()
            .chain(units)
            .chain(accounts)
            .collect()
    }

    fn attached(&self, target: ControlTarget) -> Vec<String> {
        self.attached
            .get(&target)
            .cloned()
            .unwrap_or_else(|| vec![FULL.to_owned()])
    }

    fn above(&self, parent: Parent) -> Vec<UnitId> {
        match parent {
            Parent::Root => Vec::new(),
            Parent::Unit(id) => {
                let mut above = self.above(self.units[&id].0);
                above.push(id);
                above
            }
        }
    }

    fn named(&self, parent: Parent, name: &str) -> Option<UnitId> {
        let found = self
            .units
            .iter()
            .find(|(_, (of, known))| *of == parent && known == name);
        found.map(|(id, _)| *id)
    }
}

/// The changes of a step, whether they shall be accepted, and what the model then does.
fn decide(step: &Step, seed: u64, directory: &Directory, model: &mut Model) -> Option<(Changes, bool)> {
    let snapshot = directory.snapshot();
    let mut changes = Changes::new();
    let accepted = match step {
        Step::CreateUnit(parent, name) => {
            let (parent, name) = (model.parent(*parent), NAMES[*name]);
            let made = unit(directory, parent, name, seed);
            let fits = model.above(parent).len() < 5 && model.named(parent, name).is_none();
            if fits {
                model.units.insert(made.id, (parent, name.to_owned()));
            }
            changes.put(made);
            fits
        }
        Step::Rename(unit, name) => {
            let (id, name) = (model.unit(*unit)?, NAMES[*name]);
            let parent = model.units[&id].0;
            let free = model.named(parent, name).is_none_or(|other| other == id);
            changes.put(OrganizationalUnit {
                name: name.into(),
                ..OrganizationalUnit::clone(snapshot.unit(id).unwrap())
            });
            if free {
                model.units.insert(id, (parent, name.to_owned()));
            }
            free
        }
        Step::DeleteUnit(unit) => {
            let id = model.unit(*unit)?;
            let parent = Parent::Unit(id);
            let empty = !model.units.values().any(|(of, _)| *of == parent)
                && !model.accounts.values().any(|of| *of == parent)
                && !model.attached.contains_key(&ControlTarget::Unit(id));
            if empty {
                model.units.remove(&id);
            }
            changes.delete(&**snapshot.unit(id).unwrap());
            empty
        }
        Step::CreateAccount(parent) => {
            let made = member(seed, model.parent(*parent));
            model.accounts.insert(made.id, made.parent);
            changes.put(made);
            true
        }
        Step::Move(account, parent) => {
            let (id, parent) = (model.account(*account), model.parent(*parent));
            model.accounts.insert(id, parent);
            changes.put(Account {
                parent,
                ..Account::clone(snapshot.account(id).unwrap())
            });
            true
        }
        Step::CreatePolicy(name) => {
            let name = NAMES[*name];
            let made = control(ServiceControl, name, seed);
            let free = model.policies.iter().all(|(_, known)| known != name);
            if free {
                model.policies.push((made.id.to_string(), name.to_owned()));
            }
            changes.put(made);
            free
        }
        Step::DeletePolicy(at) => {
            let place = *at % model.policies.len().max(1);
            let (id, _) = model.policies.get(place)?.clone();
            let free = model.attached.values().flatten().all(|other| *other != id);
            if free {
                model.policies.remove(place);
            }
            changes.delete(&**snapshot.control_policy(&id).unwrap());
            free
        }
        Step::Attach(target, ids) => {
            let targets = model.targets();
            let target = targets[*target % targets.len()];
            let id = |at: &usize| match *at % (model.policies.len() + 1) {
                0 => FULL.to_owned(),
                place => model.policies[place - 1].0.clone(),
            };
            let ids: Vec<String> = ids.iter().map(id).collect();
            let known = snapshot.control_attachments(ServiceControl, target);
            let initial = ControlAttachments::initial(ServiceControl, target);
            let wanted = ControlAttachments {
                policies: ids.iter().map(|id| id.as_str().into()).collect(),
                ..known.map_or(initial, |known| ControlAttachments::clone(known))
            };
            if wanted.is_initial() {
                model.attached.remove(&target);
                changes.delete(&**known?);
                return Some((changes, true));
            }
            changes.put(wanted);
            let once: BTreeSet<_> = ids.iter().collect();
            let distinct = once.len() == ids.len();
            if distinct {
                model.attached.insert(target, ids);
            }
            distinct
        }
        Step::Reopen => return None,
    };
    Some((changes, accepted))
}

fn agree(directory: &Directory, model: &Model) {
    let snapshot = directory.snapshot();
    let organization = snapshot.organization().unwrap();
    assert_eq!(snapshot.unit_count(), model.units.len());
    assert_eq!(
        snapshot.control_policy_count(ServiceControl),
        model.policies.len()
    );
    let parents = model
        .units
        .keys()
        .copied()
        .map(Parent::Unit)
        .chain([Parent::Root]);
    for parent in parents {
        let units: Vec<_> = snapshot.units_under(parent, None).map(|unit| unit.id).collect();
        let expected = model.units.iter().filter(|(_, (of, _))| *of == parent);
        assert_eq!(units, expected.map(|(id, _)| *id).collect::<Vec<_>>());
        let accounts: Vec<_> = snapshot
            .accounts_under(parent, None)
            .map(|account| account.id)
            .collect();
        let expected = model.accounts.iter().filter(|(_, of)| **of == parent);
        assert_eq!(accounts, expected.map(|(id, _)| *id).collect::<Vec<_>>());
        for name in NAMES {
            let found = snapshot.unit_by_name(parent, name).map(|unit| unit.id);
            assert_eq!(found, model.named(parent, name));
        }
    }
    for (id, parent) in &model.accounts {
        let above = model.above(*parent);
        let mut path = format!("{}/{}/", organization.id, organization.root_id);
        above.iter().for_each(|unit| path.push_str(&format!("{unit}/")));
        assert_eq!(snapshot.organization_path(*id), Some(path));
        let targets: Vec<_> = snapshot.control_targets(*id).unwrap().collect();
        let units = above.into_iter().map(ControlTarget::Unit);
        let expected = [ControlTarget::Root].into_iter().chain(units);
        assert_eq!(
            targets,
            expected.chain([ControlTarget::Account(*id)]).collect::<Vec<_>>()
        );
    }
    for target in model.targets() {
        let attached: Vec<_> = snapshot.attached_controls(ServiceControl, target).collect();
        assert_eq!(attached, model.attached(target), "{target:?}");
    }
    let policies = model.policies.iter().map(|(id, _)| id.as_str()).chain([FULL]);
    for id in policies {
        let policy = snapshot.control_policy(id).unwrap();
        let expected: Vec<_> = model
            .targets()
            .into_iter()
            .filter(|target| model.attached(*target).iter().any(|other| other == id))
            .collect();
        let found: Vec<_> = snapshot.control_policy_targets(policy, None).collect();
        assert_eq!(found, expected, "{id}");
        for (place, target) in expected.iter().enumerate() {
            let rest: Vec<_> = snapshot.control_policy_targets(policy, Some(*target)).collect();
            assert_eq!(rest, expected[place + 1..], "{id} after {target:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_tree_is_its_model_before_and_after_reopening(steps in prop::collection::vec(step(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.redb");
        let reopen = || open(Arc::new(RedbStore::open(&path).unwrap()));
        let mut directory = reopen();
        let mut model = Model::default();
        model.accounts.insert(account(), Parent::Root);
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
    }
}
