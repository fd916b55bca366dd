use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
    sync::{Mutex, MutexGuard, PoisonError},
};

use locum_policy::{Policy, PolicyError, PolicyKind};

/// Compiled policies by their document, so that a thousand roles with one trust policy share one matcher: for a start, which
/// reads them all. Nobody waits for a compilation of another: it is done without the lock.
#[derive(Debug, Default)]
pub(crate) struct Documents(Mutex<Compiled>);

type Compiled = HashMap<PolicyKind, HashSet<ByDocument>>;

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

impl Documents {
    pub(crate) fn compile(&self, document: &str, kind: PolicyKind) -> Result<Policy, PolicyError> {
        let find = |compiled: &Compiled| {
            let found = compiled.get(&kind)?.get(document);
            found.map(|ByDocument(policy)| policy.clone())
        };
        if let Some(policy) = find(&self.compiled()) {
            return Ok(policy);
        }
        let policy = Policy::compile(document, kind)?;
        let mut compiled = self.compiled();
        // Somebody else may have compiled it in the meantime: then that one is shared.
        if let Some(policy) = find(&compiled) {
            return Ok(policy);
        }
        compiled
            .entry(kind)
            .or_default()
            .insert(ByDocument(policy.clone()));
        Ok(policy)
    }

    fn compiled(&self) -> MutexGuard<'_, Compiled> {
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
        let documents = Documents::default();
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
}
