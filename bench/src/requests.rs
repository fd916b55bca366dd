//! What is sent to a server: whole requests, made and signed before anything is measured.

use std::{cell::Cell, rc::Rc};

/// Requests of one kind, and the status they must be answered with. Clones share how far they have come.
#[derive(Clone)]
pub(crate) struct Requests {
    bytes: Rc<[Vec<u8>]>,
    sent: Rc<Cell<usize>>,
    again: Again,
    /// Any other status ends the run.
    pub(crate) status: u16,
}

/// Whether a request may be sent more than once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

impl Requests {
    /// Requests that are sent in turn, again and again, which SigV4 allows.
    pub(crate) fn repeated(bytes: Vec<Vec<u8>>, status: u16) -> Self {
        Self {
            bytes: bytes.into(),
            sent: Rc::default(),
            again: Again::Yes,
            status,
        }
    }

    /// Requests each of which succeeds once only.
    pub(crate) fn single(bytes: Vec<Vec<u8>>, status: u16) -> Self {
        Self {
            again: Again::No,
            ..Self::repeated(bytes, status)
        }
    }

    /// The same requests for a server that answers 200 to everything, as often as one likes.
    pub(crate) fn bare(&self) -> Self {
        Self {
            bytes: Rc::clone(&self.bytes),
            ..Self::repeated(Vec::new(), 200)
        }
    }

    /// The next one, unless none is left.
    pub(crate) fn next(&self) -> Option<&[u8]> {
        let number = self.sent.get();
        self.sent.set(number + 1);
        let number = match self.again {
            Again::Yes => number.checked_rem(self.bytes.len())?,
            Again::No => number,
        };
        self.bytes.get(number).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Vec<Vec<u8>> {
        vec![b"one".to_vec(), b"two".to_vec()]
    }

    #[test]
    fn repeated_requests_begin_again() {
        let requests = Requests::repeated(two(), 200);
        let sent: Vec<_> = (0..3).map(|_| requests.next()).collect();
        assert_eq!(sent, [Some(&b"one"[..]), Some(b"two"), Some(b"one")]);
        assert_eq!(Requests::repeated(Vec::new(), 200).next(), None);
    }

    #[test]
    fn single_requests_are_used_up_by_all_clones_together() {
        let requests = Requests::single(two(), 403);
        let clone = requests.clone();
        assert_eq!(requests.next(), Some(&b"one"[..]));
        assert_eq!(clone.next(), Some(&b"two"[..]));
        assert_eq!(requests.next(), None);
        let bare = requests.bare();
        assert_eq!((bare.next(), bare.status), (Some(&b"one"[..]), 200));
    }
}
