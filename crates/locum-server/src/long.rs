//! Requests that may be longer than others, and take longer: few at a time, and each on a thread of its own, so that
//! neither the memory nor the time of a worker is theirs.
//!
//! The application says which they are before the body is read; those that are merely slow it tells by the body. A body within the common limit needs no place; so whoever
//! holds the places, sending slowly, holds up nobody but other senders of long bodies; and of one address only so many are waited for, since to be
//! taken for a long request it is enough to know an access key id.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use http::HeaderName;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    Answer, Incoming, Limits,
    capacity::{Awaited, Share},
    refusal::Refusal,
    whole::Whole,
    worker::Worker,
};

/// The header without which no request is long.
static TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// The places of all workers.
#[derive(Debug)]
pub(crate) struct LongRequests {
    bodies: Arc<Semaphore>,
    calls: Arc<Semaphore>,
}

impl LongRequests {
    pub(crate) fn new(limits: &Limits) -> Self {
        let places = || Arc::new(Semaphore::new(limits.max_long_requests));
        Self {
            bodies: places(),
            calls: places(),
        }
    }
}

/// Whether the application takes the request behind this head for a long one; a panic counts as no. Most heads lack the header
/// that it takes, and are not made ready to be asked about.
pub(crate) fn is_long(worker: &Worker, head: &Whole) -> bool {
    if !head.parts().headers.contains_key(&TARGET) {
        return false;
    }
    let headers = head.headers();
    or_panic(worker, || {
        worker.shared.application.is_long(head.incoming(&headers))
    })
}

/// Whether the application takes this whole request for a slow one; a panic counts as no.
pub(crate) fn is_slow(worker: &Worker, whole: Incoming<'_>) -> bool {
    or_panic(worker, || worker.shared.application.is_slow(whole))
}

fn or_panic(worker: &Worker, ask: impl FnOnce() -> bool) -> bool {
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or_else(|_| {
        worker.shared.metrics.panics.add();
        false
    })
}

/// How long the body of one request may become, and the place it takes up if it is longer than most.
pub(crate) struct Allowance<'a> {
    limits: &'a Limits,
    share: &'a Share,
    long: Option<&'a LongRequests>,
    place: Option<OwnedSemaphorePermit>,
    awaited: Option<Awaited<'a>>,
}

impl<'a> Allowance<'a> {
    /// That of a peer with this share.
    pub(crate) const fn new(limits: &'a Limits, share: &'a Share, long: Option<&'a LongRequests>) -> Self {
        Self {
            limits,
            share,
            long,
            place: None,
            awaited: None,
        }
    }

    /// Lets the body grow to this length, in bytes.
    pub(crate) fn admit(&mut self, length: u64) -> Result<(), Refusal> {
        if length <= self.limits.max_body as u64 {
            return Ok(());
        }
        let long = self
            .long
            .filter(|_| length <= self.limits.max_long_body as u64)
            .ok_or(Refusal::BodyTooLarge)?;
        if self.place.is_none() {
            let awaited = self.share.wait_long(self.limits.long_of_one_peer());
            self.awaited = Some(awaited.ok_or(Refusal::Busy)?);
            let place = Arc::clone(&long.bodies).try_acquire_owned();
            self.place = Some(place.map_err(|_| Refusal::Busy)?);
        }
        Ok(())
    }

    /// Notes that the body has come: its peer may send another one.
    pub(crate) fn end_wait(&mut self) {
        self.awaited = None;
    }
}

/// Calls the application on a thread of its own, in turn. `Ok(None)` if it panicked.
pub(crate) async fn call(worker: &Worker, whole: &Arc<Whole>) -> Result<Option<Answer>, Refusal> {
    let calls = &worker.shared.long.calls;
    let turn = timeout(worker.limits.durable_timeout, Arc::clone(calls).acquire_owned()).await;
    let Ok(Ok(turn)) = turn else {
        return Err(Refusal::Busy);
    };
    let (shared, whole) = (Arc::clone(&worker.shared), Arc::clone(whole));
    let called = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let headers = whole.headers();
        shared.application.call(whole.incoming(&headers))
    });
    Ok(called.await.ok())
}
