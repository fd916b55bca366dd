//! Which answers of an HTTP/2 connection its peer has not taken yet, and since when.
//!
//! A window that stays shut holds an answer in memory, however lively the connection is otherwise, and nothing but the
//! answer's own bytes tell: so they carry a note of when some of them last went.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    convert::Infallible,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Instant,
};

use bytes::{Buf, Bytes};
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

/// When each answer was last taken some of, or was given.
#[derive(Debug, Default)]
pub(crate) struct Unsent {
    taken: RefCell<BTreeMap<u64, Instant>>,
    next: Cell<u64>,
}

impl Unsent {
    /// Whether there is any.
    pub(crate) fn is_any(&self) -> bool {
        !self.taken.borrow().is_empty()
    }

    /// Since when the one that waits longest has waited.
    pub(crate) fn longest(&self) -> Option<Instant> {
        self.taken.borrow().values().min().copied()
    }

    /// Watches the body of an answer until it is sent or given up.
    pub(crate) fn watch(self: &Rc<Self>, body: Full<Bytes>) -> Watched {
        let note = (!body.is_end_stream()).then(|| {
            let number = self.next.get();
            self.next.set(number.wrapping_add(1));
            self.taken.borrow_mut().insert(number, Instant::now());
            Note {
                unsent: Rc::clone(self),
                number,
            }
        });
        Watched { body, note }
    }
}

/// The place of one answer among those that are not sent; dropping it gives the place up.
#[derive(Debug)]
struct Note {
    unsent: Rc<Unsent>,
    number: u64,
}

impl Note {
    fn renew(&self) {
        self.unsent.taken.borrow_mut().insert(self.number, Instant::now());
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        self.unsent.taken.borrow_mut().remove(&self.number);
    }
}

/// The body of an answer.
pub(crate) struct Watched {
    body: Full<Bytes>,
    note: Option<Note>,
}

impl Body for Watched {
    type Data = Piece;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, Infallible>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        frame.map_ok(|frame| {
            frame.map_data(|bytes| Piece {
                bytes,
                // It is one piece.
                note: self.note.take(),
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The bytes of an answer on their way out.
pub(crate) struct Piece {
    bytes: Bytes,
    note: Option<Note>,
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        if let Some(note) = &self.note {
            note.renew();
        }
    }
}
