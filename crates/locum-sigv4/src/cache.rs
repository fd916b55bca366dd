//! Signing keys that were derived before: four of the six HMACs of a verification are the same all day.
//!
//! The table is many small shards, each behind a lock that is only ever tried: a thread that finds it taken derives
//! its own key (2 µs) and goes on. A key is remembered only after a signature by it was verified, so strangers cannot
//! fill the table, and it is found by the hash of the secret as well as by its name, so a rotated secret never
//! verifies with the key of its predecessor.

use std::fmt;
use std::sync::{Arc, Mutex};

use locum_crypto::{HmacKey, SecretString, sha256};

use crate::scope::Scope;

/// How many keys a shard holds; it is searched from the front, the most recently used first.
const WAYS: usize = 8;

/// A bounded memory of signing keys that all threads share.
pub struct SigningKeyCache {
    shards: Box<[Mutex<Vec<Entry>>]>,
}

/// What a signing key depends on.
#[derive(Clone, Copy)]
pub(crate) struct KeyName<'a> {
    access_key_id: &'a str,
    secret_hash: [u8; 32],
    day: i64,
    region: &'a str,
    service: &'a str,
}

struct Entry {
    access_key_id: Box<str>,
    secret_hash: [u8; 32],
    day: i64,
    region: Box<str>,
    service: Box<str>,
    key: Arc<HmacKey>,
}

impl<'a> KeyName<'a> {
    /// `day` counts from 1970 and is the scope's date.
    pub(crate) fn new(access_key_id: &'a str, secret: &SecretString, day: i64, scope: &Scope<'a>) -> Self {
        Self {
            access_key_id,
            secret_hash: sha256(secret.expose().as_bytes()),
            day,
            region: scope.region,
            service: scope.service,
        }
    }

    fn is(&self, entry: &Entry) -> bool {
        self.secret_hash == entry.secret_hash
            && self.day == entry.day
            && *self.access_key_id == *entry.access_key_id
            && *self.region == *entry.region
            && *self.service == *entry.service
    }
}

impl SigningKeyCache {
    /// Makes room for about `capacity` keys, of which it takes about one kilobyte each once they are in use.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let shards = capacity.div_ceil(WAYS).max(1);
        Self {
            shards: (0..shards).map(|_| Mutex::default()).collect(),
        }
    }

    /// Returns the number of keys it holds. For metrics: it waits for every shard in turn.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| shard.lock().map_or(0, |entries| entries.len()))
            .sum()
    }

    /// Tells whether it holds no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn find(&self, name: &KeyName<'_>) -> Option<Arc<HmacKey>> {
        let mut entries = self.shard(name)?.try_lock().ok()?;
        let place = entries.iter().position(|entry| name.is(entry))?;
        entries.get_mut(..=place)?.rotate_right(1);
        entries.first().map(|entry| Arc::clone(&entry.key))
    }

    pub(crate) fn remember(&self, name: &KeyName<'_>, key: Arc<HmacKey>) {
        let Some(mut entries) = self.shard(name).and_then(|shard| shard.try_lock().ok()) else {
            return;
        };
        let newest = entries.iter().map(|e| e.day).fold(name.day, i64::max);
        // Around midnight two days are in use; a presigned request older than that is rare.
        entries.retain(|entry| entry.day + 1 >= newest);
        if name.day + 1 < newest || entries.iter().any(|entry| name.is(entry)) {
            return;
        }
        entries.truncate(WAYS - 1);
        entries.insert(
            0,
            Entry {
                access_key_id: name.access_key_id.into(),
                secret_hash: name.secret_hash,
                day: name.day,
                region: name.region.into(),
                service: name.service.into(),
                key,
            },
        );
    }

    /// The hash of a secret is as good as random, and nobody can aim at a shard without knowing the secret.
    fn shard(&self, name: &KeyName<'_>) -> Option<&Mutex<Vec<Entry>>> {
        let [a, b, c, d, ..] = name.secret_hash;
        let shards = u32::try_from(self.shards.len()).unwrap_or(u32::MAX);
        let index = u32::from_be_bytes([a, b, c, d]).checked_rem(shards)?;
        self.shards.get(usize::try_from(index).ok()?)
    }
}

impl Default for SigningKeyCache {
    /// Room for 8,192 keys.
    fn default() -> Self {
        Self::new(8192)
    }
}

impl fmt::Debug for SigningKeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyCache")
            .field("shards", &self.shards.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPE: Scope<'static> = Scope {
        date: "20261122",
        region: "us-east-1",
        service: "sts",
        terminator: "aws4_request",
    };

    fn key() -> Arc<HmacKey> {
        Arc::new(HmacKey::new(b"key"))
    }

    #[test]
    fn every_part_of_the_name_counts() {
        let cache = SigningKeyCache::new(8);
        let secret = SecretString::from("one");
        cache.remember(&KeyName::new("AKIA1", &secret, 7, &SCOPE), key());
        assert!(cache.find(&KeyName::new("AKIA1", &secret, 7, &SCOPE)).is_some());
        let region = Scope {
            region: "eu-west-1",
            ..SCOPE
        };
        let service = Scope {
            service: "iam",
            ..SCOPE
        };
        for other in [
            KeyName::new("AKIA2", &secret, 7, &SCOPE),
            KeyName::new("AKIA1", &SecretString::from("two"), 7, &SCOPE),
            KeyName::new("AKIA1", &secret, 8, &SCOPE),
            KeyName::new("AKIA1", &secret, 7, &region),
            KeyName::new("AKIA1", &secret, 7, &service),
        ] {
            assert!(cache.find(&other).is_none());
        }
    }

    #[test]
    fn it_stays_bounded_and_keeps_what_is_used() {
        let cache = SigningKeyCache::new(WAYS);
        let used = SecretString::from("used");
        cache.remember(&KeyName::new("AKIA", &used, 7, &SCOPE), key());
        for n in 0..100 {
            let secret = SecretString::from(format!("secret {n}"));
            cache.remember(&KeyName::new("AKIA", &secret, 7, &SCOPE), key());
            assert!(
                cache.find(&KeyName::new("AKIA", &used, 7, &SCOPE)).is_some(),
                "{n}"
            );
        }
        assert_eq!(cache.len(), WAYS);
    }

    #[test]
    fn keys_of_past_days_go() {
        let cache = SigningKeyCache::new(WAYS);
        let secret = SecretString::from("one");
        for day in [5, 6] {
            cache.remember(&KeyName::new("AKIA", &secret, day, &SCOPE), key());
        }
        assert_eq!(cache.len(), 2);
        cache.remember(&KeyName::new("AKIA", &secret, 7, &SCOPE), key());
        assert_eq!(cache.len(), 2, "the fifth day went");
        cache.remember(&KeyName::new("AKIA", &secret, 4, &SCOPE), key());
        assert!(cache.find(&KeyName::new("AKIA", &secret, 4, &SCOPE)).is_none());
    }

    #[test]
    fn a_taken_shard_is_not_waited_for() {
        let cache = SigningKeyCache::new(WAYS);
        let secret = SecretString::from("one");
        let name = KeyName::new("AKIA", &secret, 7, &SCOPE);
        cache.remember(&name, key());
        let taken = cache.shards.first().unwrap().lock().unwrap();
        assert!(cache.find(&name).is_none());
        cache.remember(&name, key());
        drop(taken);
        assert!(cache.find(&name).is_some());
    }
}
