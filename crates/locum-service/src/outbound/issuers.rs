use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use locum_crypto::{SigningAlgorithm, SigningError, SigningKey};
use locum_directory::{OutboundAlgorithm, OutboundFederation, Revision};
use locum_federation::outbound::key_set;
use locum_names::AccountId;

use crate::service::Service;

/// The keys of issuers, read once: reading an RSA key costs as much as signing with it, and the set of public keys is
/// there for anybody to ask for as often as they like.
#[derive(Default)]
pub struct Issuers(Mutex<HashMap<AccountId, Arc<Issuer>>>);

/// An issuer's keys as they were at one revision.
pub(crate) struct Issuer {
    revision: Revision,
    keys: Vec<(Box<str>, SigningKey)>,
    pub(crate) key_set: Arc<str>,
}

impl Issuers {
    /// The keys of an issuer of a published snapshot.
    pub(crate) fn of(&self, issuer: &OutboundFederation) -> Result<Arc<Issuer>, SigningError> {
        let known = self.lock().get(&issuer.account).map(Arc::clone);
        if let Some(known) = known
            && known.revision == issuer.revision
        {
            return Ok(known);
        }
        let read = Arc::new(Issuer::read(issuer)?);
        self.lock().insert(issuer.account, Arc::clone(&read));
        Ok(read)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Arc<Issuer>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// Reads the keys of every issuer and signs once, so that nobody's token waits for what the first signature of a
    /// process costs. Does nothing if no account issues tokens.
    pub fn warm_up(&self) {
        let snapshot = self.directory().snapshot();
        let enabled = snapshot.outbound_federations().filter(|issuer| issuer.enabled);
        let read: Vec<_> = enabled
            .filter_map(|issuer| self.issuers.of(issuer).ok())
            .collect();
        if let Some((_, key)) = read.iter().find_map(|issuer| issuer.keys.first()) {
            // A key that cannot sign will say so to whoever asks for a token.
            let _ = key.sign(&[]);
        }
    }
}

impl fmt::Debug for Issuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuers").finish_non_exhaustive()
    }
}

impl Issuer {
    fn read(issuer: &OutboundFederation) -> Result<Self, SigningError> {
        let read = |key: &locum_directory::OutboundKey| {
            let pair = SigningKey::from_pkcs8(algorithm(key.algorithm), key.pkcs8.expose())?;
            Ok::<_, SigningError>((key.kid.clone(), pair))
        };
        let keys = issuer.keys.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let key_set = key_set(keys.iter().map(|(kid, key)| (&**kid, key.public()))).into();
        Ok(Self {
            revision: issuer.revision,
            keys,
            key_set,
        })
    }

    /// The key of this id.
    pub(crate) fn key(&self, kid: &str) -> Option<&SigningKey> {
        let (_, key) = self.keys.iter().find(|(known, _)| **known == *kid)?;
        Some(key)
    }
}

const fn algorithm(stored: OutboundAlgorithm) -> SigningAlgorithm {
    match stored {
        OutboundAlgorithm::Rs256 => SigningAlgorithm::Rs256,
        OutboundAlgorithm::Es384 => SigningAlgorithm::Es384,
    }
}
