//! What the parts that serve one connection know of each other: the guard, hyper's service, the driver.
//!
//! All on one thread, so plain cells do.

use std::{cell::Cell, net::SocketAddr, rc::Rc, time::Instant};

use crate::{TlsFacts, refusal::Refusal};

/// The state of one connection.
pub(crate) struct State {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
    pub(crate) tls: Option<TlsFacts>,
    heads: Cell<u64>,
    served: Cell<u64>,
    busy: Cell<u32>,
    refused: Cell<Option<(u64, Refusal)>>,
    stopping: Cell<bool>,
    unread: Cell<bool>,
    active: Cell<Instant>,
}

impl State {
    pub(crate) fn new(peer: SocketAddr, local: SocketAddr, tls: Option<TlsFacts>) -> Rc<Self> {
        Rc::new(Self {
            peer,
            local,
            tls,
            heads: Cell::new(0),
            served: Cell::new(0),
            busy: Cell::new(0),
            refused: Cell::new(None),
            stopping: Cell::new(false),
            unread: Cell::new(false),
            active: Cell::new(Instant::now()),
        })
    }

    /// Counts a head that is passed to hyper.
    pub(crate) fn count_head(&self) {
        self.heads.set(self.heads.get() + 1);
    }

    pub(crate) fn heads(&self) -> u64 {
        self.heads.get()
    }

    /// Notes that the head counted last is to be refused.
    pub(crate) fn refuse(&self, refusal: Refusal) {
        self.refused.set(Some((self.heads.get(), refusal)));
        self.unread.set(true);
    }

    /// Whether a request is being answered.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy.get() > 0
    }

    /// Notes that the server stops: no further request is waited for.
    pub(crate) fn stop(&self) {
        self.stopping.set(true);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Notes that the peer may still be sending a body that nobody will read.
    pub(crate) fn leave_unread(&self) {
        self.unread.set(true);
    }

    pub(crate) fn has_unread(&self) -> bool {
        self.unread.get()
    }

    /// When the last request ended, or else the connection began.
    pub(crate) fn last_active(&self) -> Instant {
        self.active.get()
    }

    /// Begins a request; returns why it is to be refused, if the guard said so.
    pub(crate) fn begin(self: &Rc<Self>) -> (Busy, Option<Refusal>) {
        self.busy.set(self.busy.get() + 1);
        self.served.set(self.served.get() + 1);
        let refusal = match self.refused.get() {
            Some((head, refusal)) if head == self.served.get() => Some(refusal),
            Some(_) | None => None,
        };
        (Busy(Rc::clone(self)), refusal)
    }
}

/// A request under way.
pub(crate) struct Busy(Rc<State>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.set(self.0.busy.get().saturating_sub(1));
        self.0.active.set(Instant::now());
    }
}
