//! The words before the one being typed.

use locum_api::model::{Operation, Service, operations};

use crate::cli::args::{Arity, Flag};
use crate::cli::call;
use crate::cli::options;
use crate::cli::parameters::kebab;

/// What they mean.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) service: Option<String>,
    pub(super) operation: Option<&'static Operation>,
    /// Something stands where an operation does, declared or not.
    pub(super) has_operation: bool,
    pub(super) flags: Vec<Flag>,
    pub(super) used: Vec<String>,
    /// The option that the word being typed may belong to.
    pub(super) pending: Option<Flag>,
}

impl Typed {
    pub(super) fn read(before: &[String]) -> Self {
        let mut typed = Self {
            flags: options::flags(),
            ..Self::default()
        };
        for word in before {
            typed.take(word);
        }
        typed
    }

    fn take(&mut self, word: &str) {
        if let Some(long) = word.strip_prefix("--") {
            let (name, inline) = long
                .split_once('=')
                .map_or((long, false), |(name, _)| (name, true));
            let flag = self.flag(name).cloned();
            self.used.extend(flag.as_ref().map(|flag| flag.name.clone()));
            self.pending = flag.filter(|flag| !inline && flag.arity != Arity::Switch);
            return;
        }
        match &self.pending {
            Some(flag) if flag.arity == Arity::Many => return,
            Some(_) => {
                self.pending = None;
                return;
            }
            None => {}
        }
        if self.service.is_none() {
            self.service = Some(word.to_owned());
        } else if !self.has_operation {
            self.has_operation = true;
            let declared = operations(Service::Sts);
            self.operation = declared
                .iter()
                .copied()
                .find(|operation| kebab(operation.name) == word);
            self.flags
                .extend(self.operation.iter().copied().flat_map(call::flags));
        }
    }

    /// An option by its name or by the start of it that no other has.
    pub(super) fn flag(&self, name: &str) -> Option<&Flag> {
        let exact = self.flags.iter().find(|flag| flag.name == name);
        exact.or_else(|| {
            let mut starting = self.flags.iter().filter(|flag| flag.name.starts_with(name));
            starting.next().filter(|_| starting.next().is_none())
        })
    }
}
