use std::{collections::HashMap, mem};

use locum_crypto::sha256;
use locum_policy::{Policy, PolicyError, PolicyKind};

type Compiled = HashMap<(PolicyKind, [u8; 32]), Policy>;

/// Compiled policies by the hash of their document, so that a thousand roles with one trust policy share one matcher.
///
/// Two generations, each of at most `capacity`: when the young one is full it becomes the old one, and what nobody
/// asked for meanwhile is forgotten. Forgetting costs a compilation, never a wrong answer.
#[derive(Debug)]
pub(crate) struct Documents {
    young: Compiled,
    old: Compiled,
    capacity: usize,
}

impl Documents {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            capacity,
        }
    }

    /// Changes how many are remembered from now on.
    pub(crate) fn with_capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity;
        self
    }

    pub(crate) fn compile(&mut self, document: &str, kind: PolicyKind) -> Result<Policy, PolicyError> {
        let key = (kind, sha256(document.as_bytes()));
        if let Some(policy) = self.young.get(&key) {
            return Ok(policy.clone());
        }
        let policy = match self.old.remove(&key) {
            Some(policy) => policy,
            None => Policy::compile(document, kind)?,
        };
        if self.young.len() >= self.capacity {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, policy.clone());
        Ok(policy)
    }
}
