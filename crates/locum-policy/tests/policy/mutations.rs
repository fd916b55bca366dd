//! The comparison notices every mistake it should (`facts: policy §7`): the naive interpreter makes each in turn, and some
//! generated pair tells the two apart. An engine with that mistake would fail [`crate::agreement`] the same way.

use crate::{
    compiled::{Compiled, each_own_pair, each_pair},
    generator::Asked,
    naive::{self, Mutation, Stack, with_mutation},
};

/// Far fewer than the comparison has.
const PAIRS: u64 = 40_000;

#[test]
fn every_mistake_is_noticed() {
    let mut unnoticed = Mutation::ALL.to_vec();
    let mut look = |_, asked: &Asked, stack: &Stack, compiled: &Compiled| {
        if unnoticed.is_empty() {
            return;
        }
        let right = compiled.decide(asked);
        unnoticed.retain(|mistake| {
            let wrong = with_mutation(*mistake, || naive::decide(&asked.ask(), stack).verdict);
            wrong == right
        });
    };
    each_pair(0, PAIRS, &mut look);
    each_own_pair(0, PAIRS, &mut look);
    assert!(unnoticed.is_empty(), "{unnoticed:?}");
}
