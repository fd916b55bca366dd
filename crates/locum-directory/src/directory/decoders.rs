//! Stored values opened and decoded by several threads, and given back in the order in which they were read.
//!
//! Opening and decoding is half of what a start costs, and needs nothing but the value itself. What is read is filed by
//! one thread, in order, so that every check sees what it would see if there were no other thread. A directory of a few
//! pages has none: they are started when a page is full.

use std::{
    collections::VecDeque,
    io,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender, SyncSender, sync_channel},
    },
    thread::{self, Scope},
};

use super::{OpenError, load::Decoder};
use crate::{Entity, Item};

/// Items of a full page.
pub(super) const PAGE: usize = 1000;
/// More threads than this wait for the one that reads and files.
const MOST_THREADS: usize = 4;

type Decoded = Result<Vec<Entity>, OpenError>;

/// Items whose keys begin with `prefix`.
struct Page {
    prefix: &'static str,
    items: Vec<Item>,
    done: SyncSender<Decoded>,
}

/// The threads, and the pages they have.
pub(super) struct Decoders<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    decoder: &'env Decoder<'env>,
    pages: Option<Sender<Page>>,
    /// In the order in which they were read.
    waited_for: VecDeque<Receiver<Decoded>>,
    threads: usize,
}

impl<'scope, 'env> Decoders<'scope, 'env> {
    pub(super) fn new(scope: &'scope Scope<'scope, 'env>, decoder: &'env Decoder<'env>) -> Self {
        Self {
            scope,
            decoder,
            pages: None,
            waited_for: VecDeque::new(),
            threads: thread::available_parallelism()
                .map_or(1, NonZeroUsize::get)
                .min(MOST_THREADS),
        }
    }

    /// Takes a page, and gives the oldest one back if enough of them are under way.
    pub(super) fn take(
        &mut self,
        prefix: &'static str,
        items: Vec<Item>,
    ) -> Result<Option<Vec<Entity>>, OpenError> {
        if items.len() < PAGE && self.waited_for.is_empty() {
            return self.decoder.decode(prefix, items).map(Some);
        }
        let (done, waited_for) = sync_channel(1);
        self.waited_for.push_back(waited_for);
        let pages = match &self.pages {
            Some(pages) => pages,
            None => self.pages.insert(start(self.scope, self.decoder, self.threads)?),
        };
        let page = Page { prefix, items, done };
        pages.send(page).map_err(|_| gone())?;
        if self.waited_for.len() <= 2 * self.threads {
            return Ok(None);
        }
        self.next()
    }

    /// Gives the oldest page back; `None` when there is none any more.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Entity>>, OpenError> {
        let Some(oldest) = self.waited_for.pop_front() else {
            return Ok(None);
        };
        oldest.recv().map_err(|_| gone())?.map(Some)
    }
}

fn start<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    decoder: &'env Decoder<'env>,
    threads: usize,
) -> Result<Sender<Page>, OpenError> {
    let (sender, pages) = mpsc::channel::<Page>();
    let pages = Arc::new(Mutex::new(pages));
    for _ in 0..threads {
        let pages = Arc::clone(&pages);
        let next = move || pages.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
        let work = move || {
            while let Some(Page { prefix, items, done }) = next() {
                // Nobody waits any more if the start has failed.
                let _ = done.send(decoder.decode(prefix, items));
            }
        };
        let builder = thread::Builder::new().name("locum-decoder".to_owned());
        builder.spawn_scoped(scope, work).map_err(OpenError::Thread)?;
    }
    Ok(sender)
}

/// Only a thread that panicked leaves a page behind.
fn gone() -> OpenError {
    OpenError::Thread(io::Error::other(
        "a thread that reads the store ended before its work",
    ))
}
