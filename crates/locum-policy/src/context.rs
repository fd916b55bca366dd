//! The condition keys of one request.
//!
//! Keys are compared without regard to case, tag keys included (`facts: policy §1.7`). A key's hash is kept beside it
//! and a compiled condition carries the hash of its own key, so a look-up is a scan over a few integers. Values stay
//! text until an operator asks for more: most requests never reach one that does.

use std::borrow::Cow;

use crate::fold::{fold_hash, fold_hash_ascii, same_key};

/// How many hashes are compared in the time of a step.
const HASHES_A_STEP: usize = 8;

/// The values of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values<'a> {
    /// A single-valued key. Binary values are base64 text.
    One(Cow<'a, str>),
    /// A multi-valued key, which may hold none.
    Many(Vec<Cow<'a, str>>),
}

impl Values<'_> {
    /// Iterates over the values.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::One(value) => (Some(value), [].as_slice()),
            Self::Many(values) => (None, values.as_slice()),
        };
        one.into_iter().chain(many).map(AsRef::as_ref)
    }
}

/// A key that the program itself knows: its hash is made when the program is built.
#[derive(Debug, Clone, Copy)]
pub struct KnownKey {
    name: &'static str,
    hash: u64,
}

impl KnownKey {
    /// Hashes a key's name, which is ASCII. To be called in a constant.
    ///
    /// # Panics
    /// Does not compile for another name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert!(name.is_ascii());
        Self {
            name,
            hash: fold_hash_ascii(name.as_bytes()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry<'a> {
    key: Cow<'a, str>,
    values: Values<'a>,
}

/// The condition keys of one request, in the order they were set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context<'a> {
    hashes: Vec<u64>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Context<'a> {
    /// A context without keys.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            hashes: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// A context with room for `keys` keys.
    #[must_use]
    pub fn with_capacity(keys: usize) -> Self {
        Self {
            hashes: Vec::with_capacity(keys),
            entries: Vec::with_capacity(keys),
        }
    }

    /// Sets a single-valued key, replacing what any spelling of it held.
    pub fn set(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.put(key.into(), Values::One(value.into()));
    }

    /// As [`set`](Self::set).
    pub fn set_known(&mut self, key: KnownKey, value: impl Into<Cow<'a, str>>) {
        self.put_hashed(key.hash, key.name.into(), Values::One(value.into()));
    }

    /// Sets a boolean key.
    pub fn set_bool(&mut self, key: impl Into<Cow<'a, str>>, value: bool) {
        self.set(key, if value { "true" } else { "false" });
    }

    /// Sets a multi-valued key, replacing what any spelling of it held.
    pub fn set_many<V: Into<Cow<'a, str>>>(
        &mut self,
        key: impl Into<Cow<'a, str>>,
        values: impl IntoIterator<Item = V>,
    ) {
        self.put(
            key.into(),
            Values::Many(values.into_iter().map(Into::into).collect()),
        );
    }

    /// Removes a key in any spelling.
    pub fn remove(&mut self, key: &str) {
        if let Some(at) = self.position(fold_hash(key), key) {
            self.hashes.remove(at);
            self.entries.remove(at);
        }
    }

    /// A copy without the keys that `left_out` says so of.
    #[must_use]
    pub fn without(&self, left_out: impl Fn(&str) -> bool) -> Self {
        let kept = self.hashes.iter().zip(&self.entries);
        let kept = kept.filter(|(_, entry)| !left_out(&entry.key));
        let (hashes, entries) = kept.map(|(hash, entry)| (*hash, entry.clone())).unzip();
        Self { hashes, entries }
    }

    /// The values of a key in any spelling.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Values<'a>> {
        self.get_hashed(fold_hash(key), key)
    }

    /// Iterates over keys and values in the order they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Values<'a>)> {
        self.entries.iter().map(|e| (e.key.as_ref(), &e.values))
    }

    /// How many keys are set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no key is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The steps of looking for a key.
    pub(crate) const fn steps_of_look_up(&self) -> usize {
        1 + self.hashes.len() / HASHES_A_STEP
    }

    pub(crate) fn get_hashed(&self, hash: u64, key: &str) -> Option<&Values<'a>> {
        let at = self.position(hash, key)?;
        self.entries.get(at).map(|e| &e.values)
    }

    fn position(&self, hash: u64, key: &str) -> Option<usize> {
        self.hashes
            .iter()
            .zip(&self.entries)
            .position(|(h, e)| *h == hash && same_key(&e.key, key))
    }

    fn put(&mut self, key: Cow<'a, str>, values: Values<'a>) {
        self.put_hashed(fold_hash(&key), key, values);
    }

    fn put_hashed(&mut self, hash: u64, key: Cow<'a, str>, values: Values<'a>) {
        match self.position(hash, &key).and_then(|at| self.entries.get_mut(at)) {
            Some(entry) => entry.values = values,
            None => {
                self.hashes.push(hash);
                self.entries.push(Entry { key, values });
            }
        }
    }
}
