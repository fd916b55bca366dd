//! `memcmp`, and `bcmp`, which asks for less.

use core::arch::x86_64::{__m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8};

/// Bytes of a register.
const REGISTER: usize = size_of::<__m128i>();

/// The answer of [`_mm_movemask_epi8`] where all bytes are equal: a bit for each.
const ALL_EQUAL: i32 = 0xffff;

/// Compares two texts by the first bytes in which they differ: negative if that of `one` is lower, 0 if none differ,
/// positive if it is higher.
///
/// Not for secrets: the time it takes tells how many bytes are equal.
///
/// # Safety
/// Both must be valid for reads of `length` bytes.
#[inline(always)]
pub unsafe fn compare(one: *const u8, other: *const u8, length: usize) -> i32 {
    // SAFETY: what is read begins before `length`, or as much before it as is read.
    unsafe {
        match length {
            0..4 => singly(one, other, length),
            4..8 => match order(u32_at(one), u32_at(other)) {
                0 => order(u32_at(one.add(length - 4)), u32_at(other.add(length - 4))),
                found => found,
            },
            8..16 => match order(u64_at(one), u64_at(other)) {
                0 => order(u64_at(one.add(length - 8)), u64_at(other.add(length - 8))),
                found => found,
            },
            _ => by_registers(one, other, length),
        }
    }
}

/// # Safety
/// As [`compare`].
#[inline(always)]
unsafe fn singly(one: *const u8, other: *const u8, length: usize) -> i32 {
    for at in 0..length {
        // SAFETY: `at` is below `length`.
        let (one, other) = unsafe { (one.add(at).read(), other.add(at).read()) };
        if one != other {
            return i32::from(one) - i32::from(other);
        }
    }
    0
}

/// # Safety
/// As [`compare`], and `length` is a register's or more.
#[inline(always)]
unsafe fn by_registers(one: *const u8, other: *const u8, length: usize) -> i32 {
    let last = length - REGISTER;
    let mut at = 0;
    while at < last {
        // SAFETY: there is a register's length from `last`, so there is from `at`.
        let found = unsafe { in_register(one.add(at), other.add(at)) };
        if found != 0 {
            return found;
        }
        at += REGISTER;
    }
    // SAFETY: there is a register's length from `last`.
    unsafe { in_register(one.add(last), other.add(last)) }
}

/// # Safety
/// Both must be valid for reads of a register's length.
#[inline(always)]
unsafe fn in_register(one: *const u8, other: *const u8) -> i32 {
    // SAFETY: the caller's word; the places need not be aligned, and the first byte that differs is among those read.
    unsafe {
        let equal = _mm_cmpeq_epi8(_mm_loadu_si128(one.cast()), _mm_loadu_si128(other.cast()));
        let equal = _mm_movemask_epi8(equal);
        if equal == ALL_EQUAL {
            return 0;
        }
        let first = equal.trailing_ones() as usize;
        i32::from(one.add(first).read()) - i32::from(other.add(first).read())
    }
}

/// The bytes as a number whose order is theirs.
///
/// # Safety
/// `from` must be valid for a read of four bytes.
#[inline(always)]
unsafe fn u32_at(from: *const u8) -> u64 {
    // SAFETY: the caller's word.
    u64::from(u32::from_be(unsafe { from.cast::<u32>().read_unaligned() }))
}

/// The bytes as a number whose order is theirs.
///
/// # Safety
/// `from` must be valid for a read of eight bytes.
#[inline(always)]
unsafe fn u64_at(from: *const u8) -> u64 {
    // SAFETY: the caller's word.
    u64::from_be(unsafe { from.cast::<u64>().read_unaligned() })
}

#[inline(always)]
fn order(one: u64, other: u64) -> i32 {
    i32::from(one > other) - i32::from(one < other)
}

#[cfg(test)]
mod tests {
    use std::{cmp::Ordering, vec::Vec};

    use super::*;

    const LONGEST: usize = 5 * REGISTER;

    fn compared(one: &[u8], other: &[u8]) -> Ordering {
        assert_eq!(one.len(), other.len());
        // SAFETY: both are as long as that.
        unsafe { compare(one.as_ptr(), other.as_ptr(), one.len()) }.cmp(&0)
    }

    #[test]
    fn one_byte_decides_wherever_it_is() {
        for length in 1..=LONGEST {
            let one: Vec<u8> = (0..length).map(|at| at as u8).collect();
            assert_eq!(compared(&one, &one.clone()), Ordering::Equal, "{length} bytes");
            for (at, byte) in (0..length).flat_map(|at| [0, 1, 127, 128, 255].map(|byte| (at, byte))) {
                let mut other = one.clone();
                other[at] = byte;
                assert_eq!(
                    compared(&one, &other),
                    one.cmp(&other),
                    "{length} bytes, {at}: {byte}"
                );
            }
        }
    }

    #[test]
    fn the_first_of_two_bytes_decides() {
        for length in 2..=LONGEST {
            let one = std::vec![128; length];
            for (first, second) in
                (0..length).flat_map(|first| (first + 1..length).map(move |second| (first, second)))
            {
                for (higher, lower) in [(first, second), (second, first)] {
                    let mut other = one.clone();
                    (other[higher], other[lower]) = (255, 0);
                    assert_eq!(
                        compared(&one, &other),
                        one.cmp(&other),
                        "{length} bytes, {first}, {second}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_around_does_not_count() {
        for (length, from) in (0..=LONGEST).flat_map(|length| (0..REGISTER).map(move |from| (length, from))) {
            let mut one = std::vec![1; from];
            let mut other = std::vec![2; from];
            for text in [&mut one, &mut other] {
                text.extend(core::iter::repeat_n(7, length));
            }
            one.push(3);
            other.push(4);
            let inner = from..from + length;
            let equal = compared(&one[inner.clone()], &other[inner]);
            assert_eq!(equal, Ordering::Equal, "{length} bytes from {from}");
        }
    }
}
