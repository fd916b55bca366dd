//! Where accounts and units stand: the tree under the organization's root.
//!
//! An entity names its parent, so the way up, which every decision about a member account walks, is at most
//! [`MAX_UNIT_DEPTH`] look-ups and allocates nothing. The ways down are the indexes here.

use std::{fmt::Write, ops::Bound, sync::Arc};

use imbl::{OrdMap, OrdSet};
use jiff::Timestamp;
use locum_names::AccountId;

use super::{ChangeError, Snapshot};
use crate::{Account, ControlTarget, EntityKey, MAX_UNIT_DEPTH, OrganizationalUnit, Parent, UnitId};

#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    pub(super) units: OrdMap<UnitId, Arc<OrganizationalUnit>>,
    /// As [`children`] takes them.
    units_under: OrdSet<(Parent, Option<UnitId>)>,
    unit_names: OrdMap<(Parent, Box<str>), UnitId>,
    accounts_under: OrdSet<(Parent, Option<AccountId>)>,
    /// When accounts were closed.
    closed: OrdSet<(Timestamp, AccountId)>,
}

impl Tree {
    pub(super) fn put_unit(&mut self, unit: Arc<OrganizationalUnit>) -> Result<(), ChangeError> {
        let key = EntityKey::Unit(unit.id);
        let name = (unit.parent, unit.name.clone());
        if let Some(other) = self.unit_names.get(&name)
            && *other != unit.id
        {
            return Err(ChangeError::Invalid(
                key,
                "its parent has another unit of this name",
            ));
        }
        if let Some(previous) = self.units.get(&unit.id) {
            // A unit that could move could come to stand under itself.
            if previous.parent != unit.parent {
                return Err(ChangeError::Invalid(key, "a unit cannot be moved"));
            }
            self.unit_names.remove(&(previous.parent, previous.name.clone()));
        }
        self.unit_names.insert(name, unit.id);
        self.units_under.insert((unit.parent, Some(unit.id)));
        self.units.insert(unit.id, unit);
        Ok(())
    }

    pub(super) fn delete_unit(&mut self, id: UnitId) {
        if let Some(unit) = self.units.remove(&id) {
            self.unit_names.remove(&(unit.parent, unit.name.clone()));
            self.units_under.remove(&(unit.parent, Some(id)));
        }
    }

    pub(super) fn place(&mut self, account: &Account) {
        self.accounts_under.insert((account.parent, Some(account.id)));
        if let Some(closed) = account.closed {
            self.closed.insert((closed, account.id));
        }
    }

    pub(super) fn displace(&mut self, account: &Account) {
        self.accounts_under.remove(&(account.parent, Some(account.id)));
        if let Some(closed) = account.closed {
            self.closed.remove(&(closed, account.id));
        }
    }
}

/// The children of one parent after one of them. A parent without a child is before its first one: where a range begins.
pub(super) fn children<P: Ord + Copy, C: Ord + Copy>(
    of: &OrdSet<(P, Option<C>)>,
    parent: P,
    after: Option<C>,
) -> impl Iterator<Item = C> {
    of.range((Bound::Excluded((parent, after)), Bound::Unbounded))
        .take_while(move |(of, _)| *of == parent)
        .filter_map(|(_, child)| *child)
}

/// The units between the root and an account or a unit, the root's child first.
#[derive(Debug, Clone, Copy, Default)]
struct Units([Option<UnitId>; MAX_UNIT_DEPTH]);

impl Snapshot {
    /// The unit of this id.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Option<&Arc<OrganizationalUnit>> {
        self.tree.units.get(&id)
    }

    /// The unit of this name under a parent, to the letter.
    #[must_use]
    pub fn unit_by_name(&self, parent: Parent, name: &str) -> Option<&Arc<OrganizationalUnit>> {
        self.unit(*self.tree.unit_names.get(&(parent, Box::from(name)))?)
    }

    /// The units under a parent after one of them, in the order of ids.
    pub fn units_under(
        &self,
        parent: Parent,
        after: Option<UnitId>,
    ) -> impl Iterator<Item = &Arc<OrganizationalUnit>> {
        children(&self.tree.units_under, parent, after).filter_map(|id| self.unit(id))
    }

    /// Every unit after one of them, in the order of ids.
    pub fn units(&self, after: Option<UnitId>) -> impl Iterator<Item = &Arc<OrganizationalUnit>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.tree
            .units
            .range((from, Bound::Unbounded))
            .map(|(_, unit)| unit)
    }

    /// How many units there are.
    #[must_use]
    pub fn unit_count(&self) -> usize {
        self.tree.units.len()
    }

    /// The accounts directly under a parent after one of them, in the order of numbers.
    pub fn accounts_under(
        &self,
        parent: Parent,
        after: Option<AccountId>,
    ) -> impl Iterator<Item = &Arc<Account>> {
        children(&self.tree.accounts_under, parent, after).filter_map(|id| self.account(id))
    }

    /// How many accounts were closed after a time; at the cost of their number.
    #[must_use]
    pub fn closed_since(&self, time: Timestamp) -> usize {
        let newest_first = self.tree.closed.iter().rev();
        newest_first.take_while(|(closed, _)| *closed > time).count()
    }

    /// How many units a child of this parent would have above it; `None` if the parent does not stand in the tree.
    #[must_use]
    pub fn unit_depth(&self, parent: Parent) -> Option<usize> {
        self.units_to(parent)
            .map(|units| units.0.iter().flatten().count())
    }

    /// What control policies are attached to that bear on an account: the root, the units on the way, the account.
    /// `None` if the account does not stand in the tree, which cannot be stored.
    pub fn control_targets(&self, account: AccountId) -> Option<impl Iterator<Item = ControlTarget> + use<>> {
        let units = self.units_to(self.account(account)?.parent)?;
        let units = units.0.into_iter().flatten().map(ControlTarget::Unit);
        let root = std::iter::once(ControlTarget::Root);
        Some(root.chain(units).chain([ControlTarget::Account(account)]))
    }

    /// The organization's path to what stands under `parent`: `o-…/r-…/ou-…/`.
    #[must_use]
    pub fn path_to(&self, parent: Parent) -> Option<String> {
        let organization = self.organization()?;
        let mut path = String::with_capacity(128);
        // INVARIANT: writing to a string does not fail.
        let _ = write!(path, "{}/{}/", organization.id, organization.root_id);
        for unit in self.units_to(parent)?.0.iter().flatten() {
            let _ = write!(path, "{unit}/");
        }
        Some(path)
    }

    /// The organization's path to an account, without the account.
    #[must_use]
    pub fn organization_path(&self, account: AccountId) -> Option<String> {
        self.path_to(self.account(account)?.parent)
    }

    fn units_to(&self, parent: Parent) -> Option<Units> {
        let mut units = Units::default();
        let mut places = units.0.iter_mut().rev();
        let mut at = parent;
        while let Parent::Unit(id) = at {
            *places.next()? = Some(id);
            at = self.unit(id)?.parent;
        }
        Some(units)
    }

    pub(super) fn verify_unit(&self, key: EntityKey, unit: &OrganizationalUnit) -> Result<(), ChangeError> {
        if unit.name.is_empty() {
            return Err(ChangeError::Invalid(key, "its name is empty"));
        }
        Ok(())
    }

    /// Whether an account or a unit stands in the tree. At a start this is asked when everything is loaded, since a parent
    /// may come after its child.
    pub(super) fn verify_place(&self, key: &EntityKey) -> Result<(), ChangeError> {
        let (parent, most) = match key {
            EntityKey::Account(id) => (self.account(*id).map(|account| account.parent), MAX_UNIT_DEPTH),
            EntityKey::Unit(id) => (self.unit(*id).map(|unit| unit.parent), MAX_UNIT_DEPTH - 1),
            _ => return Ok(()),
        };
        let Some(parent) = parent else { return Ok(()) };
        match self.unit_depth(parent) {
            Some(depth) if depth <= most => Ok(()),
            Some(_) => Err(ChangeError::Invalid(key.clone(), "it stands too deep")),
            None => Err(ChangeError::Dangling(key.clone(), format!("{parent:?}").into())),
        }
    }

    pub(crate) fn verify_places(&self) -> Result<(), ChangeError> {
        let units = self.tree.units.keys().map(|id| EntityKey::Unit(*id));
        let accounts = self.accounts.keys().map(|id| EntityKey::Account(*id));
        units.chain(accounts).try_for_each(|key| self.verify_place(&key))
    }

    /// Why a unit cannot go.
    pub(super) fn unit_in_use(&self, id: UnitId) -> Option<&'static str> {
        let parent = Parent::Unit(id);
        if self.units_under(parent, None).next().is_some()
            || self.accounts_under(parent, None).next().is_some()
        {
            return Some("something stands under it");
        }
        self.has_control_attachments(ControlTarget::Unit(id))
            .then_some("policies are attached to it")
    }
}
