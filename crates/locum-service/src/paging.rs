//! Lists, a page at a time.
//!
//! A marker is the key of the last entry shown, sealed and bound to the account, the operation and its filters: it tells
//! nothing, cannot be made up, and opens for the very question it belongs to only.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use locum_api::{ApiError, model::Operation};

use crate::call::{Call, Failure};

const DEFAULT_ITEMS: usize = 100;
const MAX_ITEMS: usize = 1000;

/// The question that a list answers.
pub(crate) struct Question<'q> {
    pub(crate) operation: &'static Operation,
    /// Whatever decides which entries there are.
    pub(crate) filters: &'q [&'q str],
    pub(crate) marker: Option<&'q str>,
    pub(crate) max_items: Option<i32>,
}

/// A marker that was not sealed for this question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidMarker;

/// IAM's words for it.
impl From<InvalidMarker> for Failure {
    fn from(_: InvalidMarker) -> Self {
        Self::Api(ApiError::validation("Invalid Marker."))
    }
}

/// Where a page begins and how long it may be.
pub(crate) struct Pager<'q> {
    question: Question<'q>,
    after: Option<String>,
    limit: usize,
}

/// One page.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub(crate) marker: Option<String>,
}

impl<'q> Pager<'q> {
    /// Opens the marker.
    ///
    /// # Errors
    /// `InvalidMarker` for one that was not sealed for this question.
    pub(crate) fn open(call: &Call<'_>, question: Question<'q>) -> Result<Self, InvalidMarker> {
        let after = question
            .marker
            .map(|marker| {
                let sealed = BASE64_URL_SAFE_NO_PAD.decode(marker).ok()?;
                let bound = bound(call, &question);
                let key = call.rings.marker.open(&parts(&bound), &sealed).ok()?;
                String::from_utf8(key).ok()
            })
            .map(|key| key.ok_or(InvalidMarker))
            .transpose()?;
        let limit = question
            .max_items
            .and_then(|items| usize::try_from(items).ok())
            .unwrap_or(DEFAULT_ITEMS)
            .clamp(1, MAX_ITEMS);
        Ok(Self {
            question,
            after,
            limit,
        })
    }

    /// The key of the last entry of the page before.
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Takes a page of the entries after [`after`](Self::after). `key` finds an entry again, within 180 bytes: a marker
    /// has at most 320 characters.
    pub(crate) fn take<T>(
        &self,
        call: &mut Call<'_>,
        entries: impl Iterator<Item = T>,
        key: impl FnOnce(&T) -> String,
    ) -> Page<T> {
        self.take_enough(call, entries, key, |_| 0, 0)
    }

    /// As [`take`](Self::take), but the page ends with the entry that makes its entries weigh more than `enough` together.
    pub(crate) fn take_enough<T>(
        &self,
        call: &mut Call<'_>,
        mut entries: impl Iterator<Item = T>,
        key: impl FnOnce(&T) -> String,
        weight: impl Fn(&T) -> usize,
        enough: usize,
    ) -> Page<T> {
        let mut items: Vec<T> = Vec::new();
        let mut weighed: usize = 0;
        while items.len() < self.limit && weighed <= enough {
            let Some(entry) = entries.next() else { break };
            weighed = weighed.saturating_add(weight(&entry));
            items.push(entry);
        }
        let more = entries.next().is_some();
        let last = items.last().filter(|_| more).map(key);
        let marker = last.map(|key| self.seal(call, &key));
        Page { items, marker }
    }

    /// The most entries the page may have.
    pub(crate) const fn limit(&self) -> usize {
        self.limit
    }

    /// Makes the marker of a page that ends with this key, within 180 bytes.
    pub(crate) fn seal(&self, call: &mut Call<'_>, key: &str) -> String {
        let (ring, bound) = (&call.rings.marker, bound(call, &self.question));
        let mut sealed = Vec::new();
        ring.seal(&parts(&bound), key.as_bytes(), call.random, &mut sealed);
        BASE64_URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Takes a page of entries that all have a key, and gives them in the order of their keys.
    pub(crate) fn take_sorted<T>(
        &self,
        call: &mut Call<'_>,
        entries: impl Iterator<Item = (String, T)>,
    ) -> Page<T> {
        let after = self.after();
        let mut entries: Vec<(String, T)> = entries
            .filter(|(key, _)| after.is_none_or(|after| key.as_str() > after))
            .collect();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        let page = self.take(call, entries.into_iter(), |(key, _)| key.clone());
        page.map(|(_, item)| item)
    }
}

impl<T> Page<T> {
    /// The same page, with its items shown.
    pub(crate) fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(show).collect(),
            marker: self.marker,
        }
    }

    /// Whether there is another page.
    pub(crate) const fn is_truncated(&self) -> bool {
        self.marker.is_some()
    }
}

/// What a marker is bound to.
fn bound(call: &Call<'_>, question: &Question<'_>) -> Vec<Vec<u8>> {
    let deployment = call.settings.deployment.as_bytes().to_vec();
    let account = call.account().to_string().into_bytes();
    let operation = question.operation.name.as_bytes().to_vec();
    let filters = question.filters.iter().map(|filter| filter.as_bytes().to_vec());
    [deployment, account, operation]
        .into_iter()
        .chain(filters)
        .collect()
}

fn parts(bound: &[Vec<u8>]) -> Vec<&[u8]> {
    bound.iter().map(Vec::as_slice).collect()
}
