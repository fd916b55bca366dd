//! Which condition keys a policy reads: those of its conditions, and those of its variables.

use std::collections::HashSet;

use crate::{Policy, arn_pattern::ArnPattern, fold::folded, statement::Statement};

impl Policy {
    /// The condition keys that it reads, in conditions and in policy variables, each once, as it is first spelled and
    /// in the order of the document.
    #[must_use]
    pub fn context_keys(&self) -> Vec<&str> {
        let mut keys = Vec::new();
        let mut seen = HashSet::new();
        for statement in self.statements() {
            statement.each_key(&mut |key| {
                if seen.insert(folded(key)) {
                    keys.push(key);
                }
            });
        }
        keys
    }
}

impl Statement {
    /// Visits every key that it may read; a malformed variable names none.
    fn each_key<'a>(&'a self, visit: &mut impl FnMut(&'a str)) {
        self.resource_patterns()
            .flat_map(ArnPattern::variables)
            .for_each(&mut *visit);
        self.each_condition_key(visit);
    }

    /// Visits every key that is read when a request for this resource is decided. `matched`: the resource is meant; if
    /// it is not, it may be for want of a variable.
    pub(crate) fn each_key_read<'a>(
        &'a self,
        resource: &str,
        matched: bool,
        visit: &mut impl FnMut(&'a str),
    ) {
        let with_variables = self
            .resource_patterns()
            .filter(|pattern| pattern.variables().next().is_some());
        let negated = self.resources.as_ref().is_some_and(|r| r.negated);
        if matched {
            if negated {
                with_variables
                    .flat_map(ArnPattern::variables)
                    .for_each(&mut *visit);
            }
            self.each_condition_key(visit);
        } else {
            let mut perhaps = with_variables
                .filter(|pattern| negated || resource.starts_with(pattern.prefix()))
                .peekable();
            if perhaps.peek().is_some() {
                perhaps.flat_map(ArnPattern::variables).for_each(&mut *visit);
                self.each_condition_key(visit);
            }
        }
    }

    fn resource_patterns(&self) -> impl Iterator<Item = &ArnPattern> {
        let resources = self.resources.iter();
        resources.flat_map(|resources| resources.patterns.iter().flatten())
    }

    fn each_condition_key<'a>(&'a self, visit: &mut impl FnMut(&'a str)) {
        for condition in &self.conditions {
            visit(condition.key());
            condition.each_variable(visit);
        }
    }
}
