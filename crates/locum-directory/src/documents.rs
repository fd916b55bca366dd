use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use locum_policy::{Policy, PolicyError, PolicyKind};

/// Compiled policies by their document, so that a thousand roles with one trust policy share one matcher.
///
/// Two generations, each of at most `capacity`: when the young one is full it becomes the old one, and what nobody
/// asked for meanwhile is forgotten. Forgetting costs a compilation, never a wrong answer. Nobody waits for a compilation
/// of another: it is done without the lock.
#[derive(Debug)]
pub(crate) struct Documents(Mutex<Generations>);

#[derive(Debug)]
struct Generations {
    young: Compiled,
    old: Compiled,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Compiled {
    of_kind: HashMap<PolicyKind, HashSet<ByDocument>>,
    len: usize,
}

/// A policy, found by the text of its document: the policy keeps it anyway, so it is there once.
#[derive(Debug)]
struct ByDocument(Policy);

impl Borrow<str> for ByDocument {
    fn borrow(&self) -> &str {
        self.0.document()
    }
}

impl Hash for ByDocument {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.document().hash(state);
    }
}

impl PartialEq for ByDocument {
    fn eq(&self, other: &Self) -> bool {
        self.0.document() == other.0.document()
    }
}

impl Eq for ByDocument {}

impl Compiled {
    fn get(&self, document: &str, kind: PolicyKind) -> Option<&Policy> {
        let found = self.of_kind.get(&kind)?.get(document);
        found.map(|ByDocument(policy)| policy)
    }

    fn take(&mut self, document: &str, kind: PolicyKind) -> Option<Policy> {
        let ByDocument(policy) = self.of_kind.get_mut(&kind)?.take(document)?;
        self.len = self.len.saturating_sub(1);
        Some(policy)
    }

    fn insert(&mut self, policy: Policy) {
        let kind = self.of_kind.entry(policy.kind()).or_default();
        if kind.insert(ByDocument(policy)) {
            self.len += 1;
        }
    }
}

impl Generations {
    fn find(&mut self, document: &str, kind: PolicyKind) -> Option<Policy> {
        if let Some(policy) = self.young.get(document, kind) {
            return Some(policy.clone());
        }
        let policy = self.old.take(document, kind)?;
        self.remember(policy.clone());
        Some(policy)
    }

    fn remember(&mut self, policy: Policy) {
        if self.young.len >= self.capacity {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(policy);
    }
}

impl Documents {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Mutex::new(Generations {
            young: Compiled::default(),
            old: Compiled::default(),
            capacity,
        }))
    }

    /// Changes how many are remembered from now on.
    pub(crate) fn with_capacity(self, capacity: usize) -> Self {
        self.generations().capacity = capacity;
        self
    }

    pub(crate) fn compile(&self, document: &str, kind: PolicyKind) -> Result<Policy, PolicyError> {
        if let Some(policy) = self.generations().find(document, kind) {
            return Ok(policy);
        }
        let policy = Policy::compile(document, kind)?;
        let mut generations = self.generations();
        // Somebody else may have compiled it in the meantime: then that one is shared.
        if let Some(policy) = generations.find(document, kind) {
            return Ok(policy);
        }
        generations.remember(policy.clone());
        Ok(policy)
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        // INVARIANT: what is half done under this lock has forgotten a policy at worst.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(number: usize) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:Get{number}","Resource":"*"}}}}"#
        )
    }

    fn shared(a: &Policy, b: &Policy) -> bool {
        std::ptr::eq(a.document(), b.document())
    }

    #[test]
    fn one_document_of_one_kind_is_compiled_once() {
        let documents = Documents::new(10);
        let first = documents.compile(&document(1), PolicyKind::Inline).unwrap();
        assert!(shared(
            &first,
            &documents.compile(&document(1), PolicyKind::Inline).unwrap()
        ));
        let managed = documents.compile(&document(1), PolicyKind::Managed).unwrap();
        assert_eq!(managed.kind(), PolicyKind::Managed);
        assert!(!shared(&first, &managed));
        let other = documents.compile(&document(2), PolicyKind::Inline).unwrap();
        assert_eq!(other.document(), document(2));
        assert!(documents.compile("{}", PolicyKind::Inline).is_err());
    }

    #[test]
    fn what_is_asked_for_again_outlives_what_is_not() {
        let documents = Documents::new(2);
        let compile = |number| documents.compile(&document(number), PolicyKind::Inline).unwrap();
        let (kept, forgotten) = (compile(1), compile(2));
        for number in 3..20 {
            compile(number);
            assert!(shared(&kept, &compile(1)), "{number}");
        }
        assert!(!shared(&forgotten, &compile(2)));
        let generations = documents.generations();
        assert!(generations.young.len <= 2 && generations.old.len <= 2);
    }
}
