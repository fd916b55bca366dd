//! The program as it is handed out: one file for Linux that needs nothing of the machine it runs on, its build guided by a profile.
//!
//! musl is in it, for which the C parts of the cryptography need `musl-gcc` beside the compiler's target.

use std::fs;

use crate::error::TaskError;
use crate::guided;
use crate::packages;
use crate::tool::Tool;

/// Builds it, and makes sure that it needs nothing.
pub(crate) fn build() -> Result<(), TaskError> {
    let path = guided::build(&prepare()?, &["locum"])?.join("locum");
    let binary = fs::read(&path).map_err(|source| TaskError::File {
        path: path.clone(),
        source,
    })?;
    if asks_for_a_loader(&binary) != Some(false) {
        return Err(TaskError::NotStatic { path });
    }
    Tool::new(path).arg("--version").run()
}

/// Installs what such programs are built with, and returns the target that they are built for.
pub(crate) fn prepare() -> Result<String, TaskError> {
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    if Tool::new("musl-gcc").arg("--version").output().is_none() {
        packages::install(&["musl-tools"])?;
    }
    Tool::new("rustup")
        .words("target add")
        .arg(&target)
        .or_else_tell("install rustup, or the compiler's libraries for musl by other means")
        .run()?;
    Ok(target)
}

/// Tells whether an ELF file names a program interpreter, which is what loads shared libraries; `None` if it is no 64-bit
/// little-endian ELF file.
fn asks_for_a_loader(elf: &[u8]) -> Option<bool> {
    const INTERPRETER: u32 = 3;
    let number = |at: usize, length: usize| -> Option<u64> {
        let bytes = elf.get(at..at.checked_add(length)?)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |number, byte| (number << 8) | u64::from(*byte)),
        )
    };
    if elf.get(..6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    for entry in 0..count {
        let at = usize::try_from(table.checked_add(entry.checked_mul(size)?)?).ok()?;
        if number(at, 4)? == u64::from(INTERPRETER) {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_is_linked_dynamically_and_text_is_no_program() {
        let this = fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(asks_for_a_loader(&this), Some(true));
        assert_eq!(asks_for_a_loader(b"#!/bin/sh\n"), None);
        assert_eq!(asks_for_a_loader(this.get(..60).unwrap()), None);
    }
}
