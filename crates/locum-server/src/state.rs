//! What the parts that serve one connection know of each other: the guard, hyper's service, the driver.
//!
//! All on one thread, so plain cells do.

use std::{cell::Cell, net::SocketAddr, rc::Rc, sync::Arc, time::Instant};

use crate::{TlsFacts, capacity::Share, refusal::Refusal};

/// The state of one connection.
pub(crate) struct State {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
    pub(crate) tls: Option<TlsFacts>,
    pub(crate) share: Arc<Share>,
    heads: Cell<u64>,
    served: Cell<u64>,
    busy: Cell<u32>,
    refused: Cell<Option<(u64, Refusal)>>,
    stopping: Cell<bool>,
    unread: Cell<bool>,
    active: Cell<Instant>,
}

impl State {
    pub(crate) fn new(
        peer: SocketAddr,
        local: SocketAddr,
        tls: Option<TlsFacts>,
        share: Arc<Share>,
    ) -> Rc<Self> {
        Rc::new(Self {
            peer,
            local,
            tls,
            share,
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

    /// Whether there is a last request, and it has ended.
    pub(crate) fn is_idle(&self) -> bool {
        let served = self.served.get();
        served > 0 && served == self.heads.get() && !self.is_busy()
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

    /// Begins a request; returns why it is to be refused, if the guard said so. [`end`](Self::end) must follow.
    pub(crate) fn begin(&self) -> Option<Refusal> {
        self.busy.set(self.busy.get() + 1);
        self.served.set(self.served.get() + 1);
        match self.refused.get() {
            Some((head, refusal)) if head == self.served.get() => Some(refusal),
            Some(_) | None => None,
        }
    }

    /// Ends a request.
    pub(crate) fn end(&self, now: Instant) {
        self.busy.set(self.busy.get().saturating_sub(1));
        self.active.set(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_that_hyper_has_and_nobody_serves_yet_is_no_idleness() {
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        let state = State::new(address, address, None, Arc::default());
        assert!(!state.is_idle(), "before the first request");
        for _ in 0..2 {
            state.count_head();
            assert!(!state.is_idle(), "the time of the last request is not this one's");
            assert_eq!(state.begin(), None);
            assert!(!state.is_idle() && state.is_busy());
            let now = Instant::now();
            state.end(now);
            assert!(state.is_idle());
            assert_eq!(state.last_active(), now);
        }
    }
}
