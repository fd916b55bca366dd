//! When access keys and roles were last used, to the minute.
//!
//! Every request that was signed rightly comes by here, so what it costs there is a look-up in a map that nobody locks and
//! the reading of one number: only the first request of a key in a minute writes. Nothing of it is stored by the request
//! itself; once a minute, and when the service stops, whatever is new goes to the store in one write. A crash may lose
//! the last minute, which is what AWS's delay of hours allows.
//!
//! Entries are made by keys and roles that exist and go when these are gone, so there are never many more of them.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use arc_swap::ArcSwap;
use imbl::HashMap;
use jiff::Timestamp;
use locum_directory::{Changes, Directory, LastUse, Revision, Snapshot, UsedBy};
use locum_names::AccountId;

use crate::{
    caller::{Caller, Identity},
    clock::instant,
    service::{StartError, store},
};

const MINUTE: i64 = 60;
/// How many last uses go into one write.
const A_WRITE: usize = 10_000;

/// The last uses that the store may not know yet.
#[derive(Default)]
pub struct LastUses {
    cells: ArcSwap<HashMap<UsedBy, Arc<Cell>>>,
    /// Held by whoever adds or removes cells.
    changing: Mutex<()>,
}

/// The last use of one key or role.
struct Cell {
    account: AccountId,
    /// The minute of the last use: all that most requests look at.
    minute: AtomicI64,
    last: Mutex<Use>,
    /// The minute of the last use that is stored.
    stored: AtomicI64,
}

#[derive(Clone)]
struct Use {
    minute: i64,
    region: Box<str>,
    service: &'static str,
}

/// A last use, as far as it is known.
pub(crate) struct Known {
    pub(crate) at: Timestamp,
    pub(crate) region: Box<str>,
    pub(crate) service: Box<str>,
}

impl LastUses {
    /// Notes that a caller signed a request. Sessions of users are not uses of their keys, and an operator has no key.
    pub(crate) fn note(&self, caller: &Caller, now: Timestamp, region: &str, service: &'static str) {
        let by = match (&caller.identity, &caller.session, caller.access_key_id) {
            (_, None, Some(key)) => UsedBy::Key(key),
            (Identity::Role { role, .. }, Some(_), _) => UsedBy::Role(role.id),
            _ => return,
        };
        let minute = now.as_second().div_euclid(MINUTE);
        let used = || Use {
            minute,
            region: region.into(),
            service,
        };
        if let Some(cell) = self.cells.load().get(&by) {
            cell.note(minute, used);
            return;
        }
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let cells = self.cells.load_full();
        if let Some(cell) = cells.get(&by) {
            cell.note(minute, used);
            return;
        }
        let cell = Cell {
            account: caller.account,
            minute: AtomicI64::new(minute),
            last: Mutex::new(used()),
            stored: AtomicI64::new(i64::MIN),
        };
        self.cells.store(Arc::new(cells.update(by, Arc::new(cell))));
    }

    /// The last use of a key or role: the newer one of what was noted here and what is stored.
    pub(crate) fn of(&self, snapshot: &Snapshot, by: UsedBy) -> Option<Known> {
        let noted = self.cells.load().get(&by).map(|cell| {
            let Use {
                minute,
                region,
                service,
            } = cell.last();
            Known {
                at: instant(minute.saturating_mul(MINUTE)),
                region,
                service: service.into(),
            }
        });
        let stored = snapshot.last_use(by).map(|used| Known {
            at: used.at,
            region: used.region.clone(),
            service: used.service.clone(),
        });
        match (noted, stored) {
            (Some(noted), Some(stored)) if noted.at < stored.at => Some(stored),
            (noted, stored) => noted.or(stored),
        }
    }

    /// Stores what is new, and forgets what tells of keys and roles that are gone.
    ///
    /// # Errors
    /// `StartError::Store`; what was not stored is kept for the next time.
    pub(crate) fn flush(&self, directory: &Directory) -> Result<(), StartError> {
        let cells = self.cells.load_full();
        let new: Vec<(UsedBy, Arc<Cell>, Use)> = cells
            .iter()
            .filter(|(_, cell)| cell.is_new())
            .map(|(by, cell)| (*by, Arc::clone(cell), cell.last()))
            .collect();
        let orphans = directory.snapshot().orphaned_last_uses().next().is_some();
        let rounds = new
            .chunks(A_WRITE)
            .chain((orphans && new.is_empty()).then_some(&[][..]));
        for some in rounds {
            store(directory, |newest| Ok(changes(newest, some)))?;
            for (_, cell, used) in some {
                cell.stored.store(used.minute, Ordering::Relaxed);
            }
        }
        self.forget(&directory.snapshot());
        Ok(())
    }

    /// Removes the cells of keys and roles that do not exist any more.
    fn forget(&self, snapshot: &Snapshot) {
        let gone = |by: &UsedBy| snapshot.account_of(*by).is_none();
        let some_gone = self.cells.load().keys().any(gone);
        if !some_gone {
            return;
        }
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut cells = HashMap::clone(&self.cells.load());
        cells.retain(|by, _| !gone(by));
        self.cells.store(Arc::new(cells));
    }
}

impl Cell {
    /// Notes a use; only the first of a minute gets past the first line.
    fn note(&self, minute: i64, used: impl FnOnce() -> Use) {
        let seen = self.minute.load(Ordering::Relaxed);
        let first = seen < minute
            && self
                .minute
                .compare_exchange(seen, minute, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !first {
            return;
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.minute < minute {
            *last = used();
        }
    }

    fn last(&self) -> Use {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_new(&self) -> bool {
        self.minute.load(Ordering::Relaxed) > self.stored.load(Ordering::Relaxed)
    }
}

fn changes(newest: &Snapshot, some: &[(UsedBy, Arc<Cell>, Use)]) -> Changes {
    let mut changes = Changes::new();
    for orphan in newest.orphaned_last_uses().take(A_WRITE) {
        changes.delete(&**orphan);
    }
    for (by, cell, used) in some {
        let at = instant(used.minute.saturating_mul(MINUTE));
        let stored = newest.last_use(*by);
        let newer = stored.is_none_or(|stored| stored.at < at);
        if !newer || newest.account_of(*by) != Some(cell.account) {
            continue;
        }
        changes.put(LastUse {
            revision: stored.map_or(Revision::NEW, |stored| stored.revision),
            account: cell.account,
            by: *by,
            at,
            region: used.region.clone(),
            service: used.service.into(),
        });
    }
    changes
}

impl fmt::Debug for LastUses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LastUses({})", self.cells.load().len())
    }
}
