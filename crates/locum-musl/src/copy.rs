//! `memcpy` and `memmove`, which are one function.

use core::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_storeu_si128};

/// Bytes of a register.
const REGISTER: usize = size_of::<__m128i>();

/// Bytes that a step of a long copy takes.
const STEP: usize = 4 * REGISTER;

/// Copies `length` bytes to a place that may overlap with where they are.
///
/// # Safety
/// `from` must be valid for reads of `length` bytes and `to` for writes of as many.
#[inline(always)]
pub unsafe fn copy(to: *mut u8, from: *const u8, length: usize) {
    // SAFETY: a piece from either end lies within `length` bytes that are at least as long as it.
    unsafe {
        match length {
            0 => {}
            1 => to.write(from.read()),
            2..4 => Ends::<u16>::read(from, length).write(to, length),
            4..8 => Ends::<u32>::read(from, length).write(to, length),
            8..16 => Ends::<u64>::read(from, length).write(to, length),
            16..=32 => Ends::<Registers<1>>::read(from, length).write(to, length),
            33..=64 => Ends::<Registers<2>>::read(from, length).write(to, length),
            65..=128 => Ends::<Registers<4>>::read(from, length).write(to, length),
            // Wraps to a large number where the bytes go to a lower place.
            _ if to.addr().wrapping_sub(from.addr()) >= length => upwards(to, from, length),
            _ => downwards(to, from, length),
        }
    }
}

/// Copies more than two steps, the lowest byte first: what is written has been read, unless `to` lies within what is copied.
///
/// # Safety
/// As [`copy`], and `length` is more than two steps.
unsafe fn upwards(to: *mut u8, from: *const u8, length: usize) {
    // SAFETY: `at` stays below `last`, a step before the end.
    unsafe {
        let (head, tail) = (
            Registers::<1>::read(from),
            Registers::<4>::read(from.add(length - STEP)),
        );
        let last = length - STEP;
        // To an aligned place: a register that crosses a line of the cache is written twice.
        let mut at = REGISTER - to.addr() % REGISTER;
        while at < last {
            Registers::<4>::read(from.add(at)).write(to.add(at));
            at += STEP;
        }
        head.write(to);
        tail.write(to.add(last));
    }
}

/// Copies more than two steps, the highest byte first, to a higher place.
///
/// # Safety
/// As [`copy`], and `length` is more than two steps.
unsafe fn downwards(to: *mut u8, from: *const u8, length: usize) {
    // SAFETY: `at` stays above a step, which is taken below it.
    unsafe {
        let (head, tail) = (
            Registers::<4>::read(from),
            Registers::<1>::read(from.add(length - REGISTER)),
        );
        let mut at = length - to.add(length).addr() % REGISTER;
        while at > STEP {
            at -= STEP;
            Registers::<4>::read(from.add(at)).write(to.add(at));
        }
        tail.write(to.add(length - REGISTER));
        head.write(to);
    }
}

/// What can be read whole and then written.
trait Piece: Copy {
    /// # Safety
    /// `from` must be valid for a read of as many bytes as it has.
    unsafe fn read(from: *const u8) -> Self;

    /// # Safety
    /// `to` must be valid for a write of as many bytes as it has.
    unsafe fn write(self, to: *mut u8);
}

/// The first and the last bytes, which together are all.
struct Ends<P>(P, P);

impl<P: Piece> Ends<P> {
    /// # Safety
    /// `from` must be valid for reads of `length` bytes, as many as a piece has or more.
    #[inline(always)]
    unsafe fn read(from: *const u8, length: usize) -> Self {
        // SAFETY: the caller's word.
        unsafe { Self(P::read(from), P::read(from.add(length - size_of::<P>()))) }
    }

    /// # Safety
    /// `to` must be valid for writes of `length` bytes, as many as a piece has or more.
    #[inline(always)]
    unsafe fn write(self, to: *mut u8, length: usize) {
        // SAFETY: the caller's word.
        unsafe {
            self.0.write(to);
            self.1.write(to.add(length - size_of::<P>()));
        }
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Piece for $number {
            #[inline(always)]
            unsafe fn read(from: *const u8) -> Self {
                // SAFETY: the caller's word.
                unsafe { from.cast::<Self>().read_unaligned() }
            }

            #[inline(always)]
            unsafe fn write(self, to: *mut u8) {
                // SAFETY: the caller's word.
                unsafe { to.cast::<Self>().write_unaligned(self) }
            }
        }
    )*};
}

numbers!(u16, u32, u64);

/// As many bytes as fit into so many registers.
#[derive(Clone, Copy)]
struct Registers<const N: usize>([__m128i; N]);

impl<const N: usize> Piece for Registers<N> {
    #[inline(always)]
    unsafe fn read(from: *const u8) -> Self {
        // SAFETY: the caller's word; the place need not be aligned.
        Self(core::array::from_fn(|number| unsafe {
            _mm_loadu_si128(from.cast::<__m128i>().add(number))
        }))
    }

    #[inline(always)]
    unsafe fn write(self, to: *mut u8) {
        for (number, register) in self.0.into_iter().enumerate() {
            // SAFETY: the caller's word; the place need not be aligned.
            unsafe { _mm_storeu_si128(to.cast::<__m128i>().add(number), register) };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{vec, vec::Vec};

    use super::*;

    /// Up to some steps, and lengths at which the way changes.
    const LONGEST: usize = 5 * STEP;
    /// Around what is copied, where nothing may change.
    const MARGIN: usize = 2 * REGISTER;

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * 131 % 251) as u8).collect()
    }

    #[test]
    fn copies_every_length_from_and_to_every_alignment() {
        for length in (0..=LONGEST).chain([1000, 4096, 10_001]) {
            for (from, to) in (0..REGISTER).flat_map(|from| (0..REGISTER).map(move |to| (from, to))) {
                let source = bytes(from + length);
                let mut target = vec![255; MARGIN + to + length + MARGIN];
                let mut expected = target.clone();
                expected[MARGIN + to..][..length].copy_from_slice(&source[from..]);
                // SAFETY: both are as long as that.
                unsafe {
                    copy(
                        target.as_mut_ptr().add(MARGIN + to),
                        source.as_ptr().add(from),
                        length,
                    )
                };
                assert_eq!(target, expected, "{length} bytes from {from} to {to}");
            }
        }
    }

    #[test]
    fn moves_every_length_by_every_distance() {
        for length in 0..=LONGEST {
            for (from, to) in
                (0..=2 * STEP + 3).flat_map(|way| [(way, 0), (0, way), (7, 7 + way), (7 + way, 7)])
            {
                let mut memory = bytes(from.max(to) + length + MARGIN);
                let mut expected = memory.clone();
                expected.copy_within(from..from + length, to);
                let start = memory.as_mut_ptr();
                // SAFETY: the memory is as long as either end needs.
                unsafe { copy(start.add(to), start.add(from), length) };
                assert_eq!(memory, expected, "{length} bytes from {from} to {to}");
            }
        }
    }
}
