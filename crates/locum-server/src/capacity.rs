//! How many connections there may be, in all and from one peer, and for how many bodies of one peer the server waits.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Counts connections over all workers. Touched when a connection opens or closes, never by a request.
#[derive(Debug)]
pub(crate) struct Capacity {
    max: usize,
    max_per_peer: usize,
    open: AtomicUsize,
    peers: Mutex<HashMap<Peer, Arc<Share>>>,
}

/// What one peer takes.
#[derive(Debug, Default)]
pub(crate) struct Share {
    /// Its connections; changed under the lock of all peers.
    open: AtomicUsize,
    waiting: AtomicUsize,
    long: AtomicUsize,
}

/// A body of a peer that is waited for; dropping it ends the wait.
#[derive(Debug)]
pub(crate) struct Awaited<'a>(&'a AtomicUsize);

impl Share {
    /// Waits for one more body, unless there are as many as may be.
    pub(crate) fn wait(&self, most: usize) -> Option<Awaited<'_>> {
        Awaited::among(&self.waiting, most)
    }

    /// Waits for the rest of one more long body, unless there are as many as may be.
    pub(crate) fn wait_long(&self, most: usize) -> Option<Awaited<'_>> {
        Awaited::among(&self.long, most)
    }
}

impl<'a> Awaited<'a> {
    fn among(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let awaited = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < most).then_some(awaited)
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Who is one peer: an IPv4 address, or the /64 that one IPv6 host usually has to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Peer {
    V4(u32),
    V6(u64),
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6((address.to_bits() >> 64) as u64),
        }
    }
}

/// Why a connection is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    Server,
    Peer,
}

/// The place of one open connection; dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Place {
    capacity: Arc<Capacity>,
    peer: Peer,
    share: Arc<Share>,
}

impl Place {
    /// What the peer of this connection takes in all.
    pub(crate) fn share(&self) -> Arc<Share> {
        Arc::clone(&self.share)
    }
}

impl Capacity {
    pub(crate) fn new(max: usize, max_per_peer: usize) -> Self {
        Self {
            max,
            max_per_peer,
            open: AtomicUsize::new(0),
            peers: Mutex::new(HashMap::new()),
        }
    }

    /// Takes a place for a connection from `address`.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let peer = Peer::from(address);
        if self.open.fetch_add(1, Ordering::Relaxed) >= self.max {
            self.open.fetch_sub(1, Ordering::Relaxed);
            return Err(Full::Server);
        }
        let mut peers = self.peers();
        let share = Arc::clone(peers.entry(peer).or_default());
        if share.open.load(Ordering::Relaxed) >= self.max_per_peer {
            self.open.fetch_sub(1, Ordering::Relaxed);
            return Err(Full::Peer);
        }
        share.open.fetch_add(1, Ordering::Relaxed);
        drop(peers);
        Ok(Place {
            capacity: Arc::clone(self),
            peer,
            share,
        })
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<Peer, Arc<Share>>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.capacity.open.fetch_sub(1, Ordering::Relaxed);
        let mut peers = self.capacity.peers();
        if self.share.open.fetch_sub(1, Ordering::Relaxed) == 1 {
            peers.remove(&self.peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_so_many_bodies_of_a_peer() {
        let capacity = Arc::new(Capacity::new(9, 9));
        let share = |text: &str| capacity.admit(text.parse().unwrap()).unwrap();
        let places = [share("10.0.0.1"), share("10.0.0.1"), share("10.0.0.2")];
        let [one, two, other] = places.each_ref().map(Place::share);
        let first = one.wait(2);
        let second = two.wait(2);
        assert!(first.is_some() && second.is_some());
        assert!(one.wait(2).is_none() && two.wait(2).is_none());
        assert!(other.wait(2).is_some());
        drop(first);
        assert!(two.wait(2).is_some(), "what was refused took no place");
    }

    #[test]
    fn counts_in_all_and_by_peer() {
        let capacity = Arc::new(Capacity::new(3, 2));
        let address = |text: &str| text.parse::<IpAddr>().unwrap();

        let one = capacity.admit(address("2001:db8::1")).unwrap();
        let _two = capacity.admit(address("2001:db8::2")).unwrap();
        assert_eq!(
            capacity.admit(address("2001:db8::3")).unwrap_err(),
            Full::Peer,
            "one /64 is one peer"
        );
        let _three = capacity.admit(address("2001:db8:0:1::1")).unwrap();
        assert_eq!(capacity.admit(address("10.0.0.1")).unwrap_err(), Full::Server);
        assert_eq!(capacity.open(), 3);

        drop(one);
        let four = capacity.admit(address("10.0.0.1")).unwrap();
        drop(four);
        assert_eq!(capacity.open(), 2);
        assert_eq!(
            capacity.peers().len(),
            2,
            "a peer without connections is forgotten"
        );
    }
}
