//! What lies between those who record and the one who writes: a buffer that records are put at the end of, and that the
//! writer takes as a whole.
//!
//! A record is copied once, behind the one before, and nothing is allocated for it: the writer gives a buffer back for
//! the one that it takes. It is woken only when it sleeps for want of records.

use std::{
    mem,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

/// How much room a buffer keeps after a burst, in bytes.
const KEPT: usize = 128 * 1024;

/// How many bytes of records may wait: a record may be as long as the request that it tells of, and a disk that hangs lets
/// all gather that there is room for.
const MOST: usize = 64 * 1024 * 1024;

/// Records on their way to the file, and what else is asked of its writer.
#[derive(Debug)]
pub(crate) struct AuditQueue {
    /// How many records may wait.
    room: usize,
    state: Mutex<State>,
    /// Whether the queue stayed full for longer than anybody waits, and nothing was written since. Changed under the lock.
    stalled: AtomicBool,
    /// Told when a sleeping writer has something to do.
    work: Condvar,
}

#[derive(Debug, Default)]
struct State {
    batch: Batch,
    /// Records that the writer has taken and not yet written, and their length.
    taken: usize,
    taken_bytes: usize,
    closed: bool,
    asleep: bool,
}

/// Records in order, each with its line break.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The records, one behind the other.
    pub(crate) bytes: Vec<u8>,
    /// Where each record ends.
    pub(crate) ends: Vec<usize>,
    /// Before which records the file is to be opened anew, by their number.
    pub(crate) reopen: Vec<usize>,
}

/// Why a record was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotQueued {
    /// As many wait as may.
    Full,
    /// No more are taken.
    Closed,
}

impl AuditQueue {
    /// A queue in which `room` records may wait.
    pub(crate) fn new(room: usize) -> Self {
        Self {
            room: room.max(1),
            state: Mutex::default(),
            stalled: AtomicBool::default(),
            work: Condvar::new(),
        }
    }

    /// Puts a record, given without its line break, at the end.
    pub(crate) fn push(&self, line: &[u8]) -> Result<(), NotQueued> {
        self.put(line, 1)
    }

    /// Puts a record of what has happened and cannot be undone at the end. There is as much room again for these.
    pub(crate) fn push_late(&self, line: &[u8]) -> Result<(), NotQueued> {
        self.put(line, 2)
    }

    fn put(&self, line: &[u8], times: usize) -> Result<(), NotQueued> {
        let mut state = self.state();
        if state.closed {
            return Err(NotQueued::Closed);
        }
        if self.is_full(&state, line.len(), times) {
            return Err(NotQueued::Full);
        }
        let batch = &mut state.batch;
        batch.give_back();
        batch.bytes.reserve(line.len() + 1);
        batch.bytes.extend_from_slice(line);
        batch.bytes.push(b'\n');
        batch.ends.push(batch.bytes.len());
        self.wake(state);
        Ok(())
    }

    /// Whether so many times the room is taken, or too little of it left for a record of this length. The first always fits.
    fn is_full(&self, state: &State, length: usize, times: usize) -> bool {
        let waiting = state.batch.ends.len() + state.taken;
        let bytes = state.batch.bytes.len() + state.taken_bytes;
        waiting >= self.room.saturating_mul(times)
            || (waiting > 0 && bytes.saturating_add(length) >= MOST.saturating_mul(times))
    }

    /// Notes that a record of this length waited too long for room, unless there is some now; returns whether it is noted. It
    /// is until something is written.
    pub(crate) fn stall(&self, length: usize) -> bool {
        let state = self.state();
        let full = self.is_full(&state, length, 1);
        if full {
            self.stalled.store(true, Relaxed);
        }
        full
    }

    /// Whether nothing was written since somebody waited too long.
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled.load(Relaxed)
    }

    /// Has the file opened anew, behind the records that wait.
    pub(crate) fn reopen(&self) {
        let mut state = self.state();
        let before = state.batch.ends.len();
        state.batch.reopen.push(before);
        self.wake(state);
    }

    /// Takes no more records.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        self.wake(state);
    }

    /// Waits for something to do and puts it into `batch`, whose records are forgotten and whose room is used for what
    /// comes next. Returns whether the queue is closed: then there will be nothing after it.
    pub(crate) fn take(&self, batch: &mut Batch) -> bool {
        batch.clear();
        let mut state = self.state();
        while state.batch.is_empty() && !state.closed {
            state.asleep = true;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.asleep = false;
        mem::swap(&mut state.batch, batch);
        (state.taken, state.taken_bytes) = (batch.ends.len(), batch.bytes.len());
        state.closed
    }

    /// Makes room for as many as were taken: they are written.
    pub(crate) fn settle(&self) {
        let mut state = self.state();
        (state.taken, state.taken_bytes) = (0, 0);
        self.stalled.store(false, Relaxed);
    }

    /// Whether the file is to be opened anew before or behind any record that waits.
    pub(crate) fn is_to_reopen(&self) -> bool {
        !self.state().batch.reopen.is_empty()
    }

    /// How many records are not written yet.
    pub(crate) fn waiting(&self) -> usize {
        let state = self.state();
        state.batch.ends.len() + state.taken
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().closed
    }

    fn wake(&self, mut state: MutexGuard<'_, State>) {
        if mem::take(&mut state.asleep) {
            drop(state);
            self.work.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What is done under the lock is done whole or not at all.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.reopen.is_empty()
    }

    /// Forgets the records and keeps their room.
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.reopen.clear();
    }

    /// Gives the room of a burst back, whole, when there is nothing in it. Whoever puts records made it, and gives it back:
    /// from the writer's thread it left the allocator a megabyte more every million records.
    fn give_back(&mut self) {
        if self.ends.is_empty() && self.bytes.capacity() > KEPT {
            self.bytes = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread};

    use super::*;

    fn taken(queue: &AuditQueue) -> (Batch, bool) {
        let mut batch = Batch::default();
        let closed = queue.take(&mut batch);
        (batch, closed)
    }

    #[test]
    fn records_are_taken_together_and_in_order() {
        let queue = AuditQueue::new(8);
        queue.reopen();
        queue.push(b"one").unwrap();
        queue.push(b"").unwrap();
        queue.reopen();
        queue.push(b"three").unwrap();
        let (mut batch, closed) = taken(&queue);
        assert!(!closed);
        assert_eq!(batch.bytes, b"one\n\nthree\n");
        assert_eq!(
            (&batch.ends[..], &batch.reopen[..]),
            (&[4, 5, 11][..], &[0, 2][..])
        );

        queue.push(b"four").unwrap();
        queue.take(&mut batch);
        assert_eq!(batch.bytes, b"four\n");
        assert_eq!((&batch.ends[..], &batch.reopen[..]), (&[5][..], &[][..]));
    }

    #[test]
    fn what_is_taken_waits_until_it_is_written() {
        let queue = AuditQueue::new(2);
        queue.push(b"one").unwrap();
        taken(&queue);
        queue.push(b"two").unwrap();
        assert_eq!(queue.push(b"three"), Err(NotQueued::Full));
        queue.settle();
        queue.push(b"three").unwrap();
        assert_eq!(queue.push(b"four"), Err(NotQueued::Full));
    }

    #[test]
    fn long_records_take_more_room() {
        let queue = AuditQueue::new(1_000);
        let line = vec![b'x'; MOST / 4];
        for _ in 0..2 {
            queue.push(&line).unwrap();
        }
        taken(&queue);
        queue.push(&line).unwrap();
        assert_eq!(queue.push(&line), Err(NotQueued::Full));
        assert_eq!(queue.push(b"a short one"), Ok(()));
        queue.push_late(&line).unwrap();
        queue.settle();
        taken(&queue);
        queue.settle();
        assert_eq!(queue.push(&vec![b'x'; MOST + 1]), Ok(()), "alone, any fits");
    }

    #[test]
    fn what_waited_too_long_is_noted_until_something_is_written() {
        let queue = AuditQueue::new(1);
        assert!(!queue.stall(3), "there is room");
        queue.push(b"one").unwrap();
        taken(&queue);
        assert!(queue.stall(3) && queue.is_stalled());
        assert_eq!(queue.push(b"two"), Err(NotQueued::Full));
        queue.push_late(b"two").unwrap();
        assert_eq!(queue.push_late(b"three"), Err(NotQueued::Full));
        queue.settle();
        assert!(!queue.is_stalled());
    }

    #[test]
    fn a_closed_queue_gives_what_it_has_and_takes_nothing() {
        let queue = AuditQueue::new(2);
        queue.push(b"one").unwrap();
        queue.close();
        assert_eq!(queue.push(b"two"), Err(NotQueued::Closed));
        let (batch, closed) = taken(&queue);
        assert_eq!((batch.bytes.as_slice(), closed), (&b"one\n"[..], true));
        let (batch, closed) = taken(&queue);
        assert_eq!((batch.is_empty(), closed), (true, true));
    }

    #[test]
    fn nothing_is_lost_between_threads() {
        let queue = Arc::new(AuditQueue::new(16));
        let writers: Vec<_> = (0..3)
            .map(|_| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || {
                    for _ in 0..2_000 {
                        while queue.push(b"x").is_err() {
                            thread::yield_now();
                        }
                    }
                })
            })
            .collect();
        let reader = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let (mut batch, mut read) = (Batch::default(), 0);
                while !queue.take(&mut batch) || !batch.is_empty() {
                    assert!(batch.ends.len() <= 16);
                    assert_eq!(batch.bytes.len(), 2 * batch.ends.len());
                    read += batch.ends.len();
                    queue.settle();
                }
                read
            })
        };
        for writer in writers {
            writer.join().unwrap();
        }
        queue.close();
        assert_eq!(reader.join().unwrap(), 6_000);
    }

    #[test]
    fn a_burst_leaves_no_room_behind() {
        let queue = AuditQueue::new(4);
        queue.push(&vec![b'x'; 2 * KEPT]).unwrap();
        let (mut batch, _) = taken(&queue);
        queue.push(b"one").unwrap();
        queue.take(&mut batch);
        assert_eq!(batch.bytes, b"one\n");
        // The burst's room is in the queue again, for the next record to give back.
        queue.push(b"two").unwrap();
        queue.take(&mut batch);
        assert!(batch.bytes.capacity() <= KEPT, "{}", batch.bytes.capacity());
    }
}
