//! Copying and comparing of memory for the static program.
//!
//! musl copies by an instruction that takes some thirty cycles to begin, after it has copied byte by byte up to an aligned place, and
//! compares byte by byte. A call of locum copies and compares hundreds of short texts: a quarter of the static program's time
//! went there. For x86-64 this crate has the four functions of C that matter, which take the place of musl's when a program
//! for it is linked; for anything else it exports nothing (docs/decisions/0009-copying-in-the-static-program.md).
//!
//! They use what every x86-64 processor has, SSE2, and the usual way: whatever is short is read whole, by overlapping pieces from both
//! ends, before anything is written.

// The compiler must not make a call of `memcpy` out of what is `memcpy`.
#![no_builtins]
#![no_std]
#![cfg(target_arch = "x86_64")]

#[cfg(test)]
extern crate std;

mod compare;
mod copy;
#[cfg(target_env = "musl")]
mod exports;

pub use compare::compare;
pub use copy::copy;
