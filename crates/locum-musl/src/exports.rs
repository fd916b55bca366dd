//! The names under which C and the compiler call these functions. The linker takes them before it looks into musl.

use core::ffi::c_int;

use crate::{compare, copy};

/// As in C.
///
/// # Safety
/// As [`copy`].
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    // SAFETY: asks for no more than this function does.
    unsafe { copy(to, from, length) };
    to
}

/// As in C.
///
/// # Safety
/// As [`copy`].
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    // SAFETY: asks for no more than this function does.
    unsafe { copy(to, from, length) };
    to
}

/// As in C.
///
/// # Safety
/// As [`compare`].
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, length: usize) -> c_int {
    // SAFETY: asks for no more than this function does.
    unsafe { compare(one, other, length) }
}

/// As in C.
///
/// # Safety
/// As [`compare`].
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, length: usize) -> c_int {
    // SAFETY: asks for no more than this function does.
    unsafe { compare(one, other, length) }
}
