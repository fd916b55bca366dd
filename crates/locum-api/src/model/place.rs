//! From an operation's name to its place among its service's operations: a hash table, made of their list when the program is
//! built, since every request is looked up in it more than once.

use super::Operation;

/// What a slot without an operation holds.
const EMPTY: u16 = u16::MAX;

/// Returns how many slots a list of operations has: at least two for each, so that nearly every name has its own, and some
/// are left empty, at which a search ends.
pub(super) const fn slots(operations: &[&Operation]) -> usize {
    (2 * operations.len() + 1).next_power_of_two()
}

/// Returns the table of a list of operations: in the slot of a name its place, or in the next slot that was free.
pub(super) const fn table<const SLOTS: usize>(operations: &[&Operation]) -> [u16; SLOTS] {
    let mut table = [EMPTY; SLOTS];
    let mut rest = operations;
    let mut place = 0;
    while let [operation, after @ ..] = rest {
        let (front, back) = table.split_at_mut(slot(operation.name, SLOTS));
        assert!(
            fill(back, place) || fill(front, place),
            "the table has too few slots"
        );
        rest = after;
        place += 1;
    }
    table
}

/// Puts a place into the first slot that is empty; false if none is.
const fn fill(mut slots: &mut [u16], place: u16) -> bool {
    while let [slot, after @ ..] = slots {
        if *slot == EMPTY {
            *slot = place;
            return true;
        }
        slots = after;
    }
    false
}

/// Returns the place of the operation with this exact name in the list that the table was made of.
#[inline]
pub(super) fn find(table: &[u16], operations: &[&Operation], name: &str) -> Option<usize> {
    let (front, back) = table.split_at_checked(slot(name, table.len()))?;
    let mut places = back.iter().chain(front).map(|place| usize::from(*place));
    // An empty slot has the place of no operation, and ends the search.
    places.find_map(|place| match operations.get(place) {
        Some(operation) if operation.name == name => Some(Some(place)),
        Some(_) => None,
        None => Some(None),
    })?
}

/// The slot that a name has among so many, a power of two. It follows from the length and the bytes at both ends, which tell
/// most names apart.
const fn slot(name: &str, slots: usize) -> usize {
    let bytes = name.as_bytes();
    let ends = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first) ^ u64::from_be_bytes(*last),
        _ => folded(bytes),
    };
    // Each byte of a product depends on those below it, so the highest depend on all.
    let mixed = (ends ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize & slots.wrapping_sub(1)
}

/// Fewer than eight bytes as a number.
const fn folded(mut bytes: &[u8]) -> u64 {
    let mut number = 0;
    while let [byte, rest @ ..] = bytes {
        number = number << 8 | *byte as u64;
        bytes = rest;
    }
    number
}

#[cfg(test)]
mod tests {
    use crate::model::{Service, operations, place, places};

    use super::*;

    #[test]
    fn every_operation_is_at_its_place_and_nothing_else_is() {
        for service in Service::ALL {
            for (at, operation) in operations(service).iter().enumerate() {
                let name = operation.name;
                assert_eq!(place(service, name), Some(at), "{name}");
                let others = [
                    name.to_lowercase(),
                    name.to_uppercase(),
                    format!("{name}s"),
                    format!(" {name}"),
                    name.get(1..).unwrap().to_owned(),
                    name.replacen(|c: char| c.is_lowercase(), "é", 1),
                ];
                for other in others {
                    assert_eq!(place(service, &other), None, "{other}");
                }
            }
            assert_eq!(place(service, ""), None);
        }
    }

    /// A worse spread would be no error, but slow. One more name may fall anywhere, so the bound is on all of them together.
    #[test]
    fn names_are_found_near_their_slots() {
        let (mut all, mut further) = (0, 0);
        for service in Service::ALL {
            let table = places(service);
            for (at, operation) in operations(service).iter().enumerate() {
                let slots = table.iter().cycle().skip(slot(operation.name, table.len()));
                let steps = slots
                    .take(table.len())
                    .position(|place| usize::from(*place) == at);
                all += 1;
                further += steps.unwrap();
            }
        }
        assert!(further * 4 <= all, "{further} slots further for {all} names");
    }

    #[test]
    fn a_full_table_ends_a_search_too() {
        let operations = operations(Service::Sts);
        let [first, second, ..] = operations else {
            unreachable!()
        };
        let two = [*first, *second];
        let full: [u16; 2] = table(&two);
        assert!(!full.contains(&EMPTY));
        assert_eq!(find(&full, &two, first.name), Some(0));
        assert_eq!(find(&full, &two, second.name), Some(1));
        assert_eq!(find(&full, &two, "Other"), None);
        assert_eq!(find(&[], &two, first.name), None);
        assert_eq!(slots(&two), 8);
    }
}
