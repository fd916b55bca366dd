//! Which statements of a policy may match a request, found without looking at the others.
//!
//! Statements are filed under their actions, exact or by literal prefix, and within that under the literal prefixes of
//! their resources, so that a principal with thousands of statements costs about what one with ten does
//! (`facts: policy §5`). An index only ever leaves out what can not match: a candidate is still compared in full, and
//! whatever does not fit is filed under "any".

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use crate::{
    fold::{SEED, step},
    statement::Statement,
};

/// Up to this many statements are simply walked.
const SMALL: usize = 6;
/// A statement with more actions than this, or more pairs of action and resource, is filed by its resources alone: an index
/// of everything that sixteen actions and sixteen resources may be takes fifty times the memory of their document.
const MAX_ACTIONS: usize = 4;
const MAX_PAIRS: usize = 16;
/// Longer literals are filed under this much of them.
const MAX_PREFIX: usize = 200;

/// The keys are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = step(self.0, u32::from(*byte));
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type Map<V> = HashMap<u64, V, BuildHasherDefault<Identity>>;

/// Statements by a literal prefix of some text.
#[derive(Debug, Clone, Default)]
struct ByPrefix<V> {
    /// The lengths that occur, ascending.
    lengths: Vec<usize>,
    entries: Map<V>,
}

impl<V: Default> ByPrefix<V> {
    fn slot(&mut self, prefix: &[u8]) -> &mut V {
        let prefix = prefix.get(..MAX_PREFIX).unwrap_or(prefix);
        if let Err(at) = self.lengths.binary_search(&prefix.len()) {
            self.lengths.insert(at, prefix.len());
        }
        self.entries.entry(hash(SEED, prefix)).or_default()
    }

    /// Visits the entries of every prefix of `text`, hashing it once.
    fn each(&self, text: &[u8], mut visit: impl FnMut(&V)) {
        let mut state = SEED;
        let mut done = 0;
        for length in &self.lengths {
            let Some(next) = text.get(done..*length) else {
                return;
            };
            state = hash(state, next);
            done = *length;
            if let Some(entry) = self.entries.get(&state) {
                visit(entry);
            }
        }
    }
}

/// ASCII case does not matter to the hash; a match is decided elsewhere.
fn hash(state: u64, bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(state, |h, b| step(h, u32::from(b.to_ascii_lowercase())))
}

/// Statements of one action, by resource.
#[derive(Debug, Clone, Default)]
struct Bucket {
    any: Vec<u32>,
    by_resource: ByPrefix<Vec<u32>>,
}

/// The statements of one effect.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Statements whose action is anything, or whose policy is small.
    any: Bucket,
    exact: Map<Bucket>,
    by_prefix: ByPrefix<Bucket>,
}

impl Index {
    /// Files the statements at these places.
    pub(crate) fn build<'a>(statements: impl Iterator<Item = (u32, &'a Statement)> + Clone) -> Self {
        let mut index = Self::default();
        if statements.clone().count() <= SMALL {
            index.any.any = statements.map(|(at, _)| at).collect();
            return index;
        }
        for (at, statement) in statements {
            index.file(at, statement);
        }
        index
    }

    fn file(&mut self, at: u32, statement: &Statement) {
        let prefixes = resource_prefixes(statement);
        let actions = statement.actions.patterns.len();
        let is_large = |prefixes: &Vec<&str>| actions > MAX_ACTIONS || actions * prefixes.len() > MAX_PAIRS;
        let by_resource_alone = prefixes.as_ref().is_some_and(is_large);
        let put = |bucket: &mut Bucket| match &prefixes {
            Some(prefixes) => {
                for prefix in prefixes {
                    push(bucket.by_resource.slot(prefix.as_bytes()), at);
                }
            }
            None => push(&mut bucket.any, at),
        };
        if statement.actions.negated || by_resource_alone {
            put(&mut self.any);
            return;
        }
        for pattern in &statement.actions.patterns {
            match pattern.prefix() {
                (literal, true) => put(self.exact.entry(hash(SEED, literal.as_bytes())).or_default()),
                ("", false) => put(&mut self.any),
                (literal, false) => put(self.by_prefix.slot(literal.as_bytes())),
            }
        }
    }

    /// How many lists of statements there are.
    #[cfg(test)]
    pub(crate) fn entries(&self) -> usize {
        let buckets = [&self.any].into_iter().chain(self.exact.values());
        let each = buckets.chain(self.by_prefix.entries.values());
        each.map(|bucket| usize::from(!bucket.any.is_empty()) + bucket.by_resource.entries.len())
            .sum()
    }

    /// Visits every statement that may match, some perhaps twice, in no order.
    pub(crate) fn candidates(&self, action: &str, resource: &str, mut visit: impl FnMut(u32)) {
        let mut open = |bucket: &Bucket| {
            bucket.any.iter().copied().for_each(&mut visit);
            bucket.by_resource.each(resource.as_bytes(), |statements| {
                statements.iter().copied().for_each(&mut visit);
            });
        };
        open(&self.any);
        if !self.exact.is_empty()
            && let Some(bucket) = self.exact.get(&hash(SEED, action.as_bytes()))
        {
            open(bucket);
        }
        self.by_prefix.each(action.as_bytes(), open);
    }
}

fn push(statements: &mut Vec<u32>, at: u32) {
    if statements.last() != Some(&at) {
        statements.push(at);
    }
}

/// The literal prefixes of every resource a statement may match; `None` when there is no limit to them.
fn resource_prefixes(statement: &Statement) -> Option<Vec<&str>> {
    let resources = statement.resources.as_ref().filter(|r| !r.negated)?;
    let prefixes = resources
        .patterns
        .iter()
        .flatten()
        .map(|pattern| pattern.prefix());
    prefixes
        .map(|prefix| (!prefix.is_empty()).then_some(prefix))
        .collect()
}
