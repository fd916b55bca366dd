//! A store read by several threads: in turn, for a store has one order, and each decodes what it has read.
//!
//! Opening and decoding is most of what a start costs, and needs nothing but the value itself. What becomes of a page is kept
//! by the page's number, so that the first of what is wrong is what is told, whoever came upon it first. A directory of a few
//! pages is read by one thread.

use std::{
    slice,
    sync::{Mutex, PoisonError},
};

use super::{OpenError, load::Decoder};
use crate::{Entity, Item, Store, threads::together};

/// Items of a full page.
const PAGE: usize = 1000;

/// Items whose keys begin with `prefix`.
struct Page {
    prefix: &'static str,
    items: Vec<Item>,
}

type Decoded = Result<Vec<Entity>, OpenError>;

/// Where in the store the next page begins.
struct Place<'a> {
    store: &'a dyn Store,
    prefixes: slice::Iter<'a, &'static str>,
    prefix: Option<&'static str>,
    after: Option<String>,
    /// Pages that were read.
    number: usize,
}

impl Place<'_> {
    /// The next page that is not empty, and how many were before it.
    fn next(&mut self) -> Option<(usize, Result<Page, OpenError>)> {
        while let Some(prefix) = self.prefix {
            let number = self.number;
            let items = match self.store.range(prefix, self.after.as_deref(), PAGE) {
                Ok(items) => items,
                Err(error) => {
                    self.stop();
                    return Some((number, Err(error.into())));
                }
            };
            // A page may be short although more follows: only an empty one ends a prefix.
            if let Some(last) = items.last() {
                self.after = Some(last.key.clone());
                self.number += 1;
                return Some((number, Ok(Page { prefix, items })));
            }
            self.next_prefix();
        }
        None
    }

    fn next_prefix(&mut self) {
        self.after = None;
        self.prefix = self.prefixes.next().copied();
    }

    /// Gives out no more pages. Those that were given out are the earlier ones.
    fn stop(&mut self) {
        self.prefix = None;
    }
}

/// Reads and decodes everything whose key begins with one of `prefixes`, in their order: a page is of one prefix, and none
/// is empty.
pub(super) fn read(
    store: &dyn Store,
    prefixes: &[&'static str],
    decoder: &Decoder<'_>,
) -> Result<Vec<Vec<Entity>>, OpenError> {
    let mut place = Place {
        store,
        prefixes: prefixes.iter(),
        prefix: None,
        after: None,
        number: 0,
    };
    place.next_prefix();
    let mut pages = Vec::new();
    while let Some((_, page)) = place.next() {
        let page = page?;
        let full = page.items.len() == PAGE;
        pages.push(decoder.decode(page.prefix, page.items)?);
        if full {
            pages.extend(read_together(&mut place, decoder)?);
        }
    }
    Ok(pages)
}

/// Reads what is left with several threads.
fn read_together(place: &mut Place<'_>, decoder: &Decoder<'_>) -> Result<Vec<Vec<Entity>>, OpenError> {
    let place = Mutex::new(place);
    let turn = || place.lock().unwrap_or_else(PoisonError::into_inner);
    let read = || {
        let mut decoded: Vec<(usize, Decoded)> = Vec::new();
        loop {
            let next = turn().next();
            let Some((number, page)) = next else {
                return decoded;
            };
            let entities = page.and_then(|page| decoder.decode(page.prefix, page.items));
            if entities.is_err() {
                turn().stop();
            }
            decoded.push((number, entities));
        }
    };
    let mut decoded: Vec<(usize, Decoded)> = together(read).into_iter().flatten().collect();
    decoded.sort_unstable_by_key(|(number, _)| *number);
    decoded.into_iter().map(|(_, entities)| entities).collect()
}
