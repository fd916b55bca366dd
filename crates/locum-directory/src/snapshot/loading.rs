//! A snapshot from the store's entities, when a directory is opened: filed in any number of pieces, put in order once.

use std::{io, thread};

use super::{ChangeError, Snapshot};
use crate::{AwsPolicies, Entity, Revision};

impl Snapshot {
    /// The state before the first of many entities is [loaded](Self::load). Until [`loaded_at`](Self::loaded_at) nothing
    /// can be listed by name.
    pub(crate) fn loading(aws: AwsPolicies) -> Self {
        let mut snapshot = Self::empty(aws);
        snapshot.users.put_off_order();
        snapshot.roles.put_off_order();
        snapshot.policies.put_off_order();
        snapshot
    }

    /// Files entities as they were stored, each at the revision it carries.
    pub(crate) fn load(&mut self, entities: Vec<Entity>) -> Result<(), ChangeError> {
        for entity in &entities {
            self.put(entity.clone())?;
        }
        entities.iter().try_for_each(|entity| self.verify(entity))
    }

    /// Sets the revision once everything of it is loaded.
    ///
    /// # Errors
    /// What the system says if it has no thread for half of the work that is left.
    pub(crate) fn loaded_at(mut self, revision: Revision) -> io::Result<Self> {
        let Self {
            users,
            roles,
            policies,
            ..
        } = &mut self;
        thread::scope(|scope| {
            thread::Builder::new().spawn_scoped(scope, || users.put_in_order())?;
            roles.put_in_order();
            policies.put_in_order();
            Ok::<_, io::Error>(())
        })?;
        self.revision = revision;
        Ok(self)
    }
}
