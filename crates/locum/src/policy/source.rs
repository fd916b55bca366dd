//! Policies as they are read: from files and from standard input, whole and in UTF-8, or not at all.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read},
};

/// No service takes a policy of more bytes (`facts: policy §1.1` has 131,072 characters); a wrong file should not fill the
/// memory.
const MAX_BYTES: u64 = 1 << 20;

/// Why a policy was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("cannot read {name}: {source}")]
    Unreadable { name: String, source: io::Error },
    #[error("{name} has more than 1 MiB; a policy has at most 131,072 characters")]
    TooLong { name: String },
    #[error("{name} is not UTF-8")]
    NotText { name: String },
}

/// A policy and the name it goes by in messages: as it was typed, control characters and all.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads a file that is no policy and is sent nowhere: a byte order mark before it, which some editors write, is no part of it.
pub(crate) fn read_own(file: &OsStr) -> Result<Source, SourceError> {
    let mut source = read(file)?;
    if source.text.starts_with('\u{feff}') {
        source.text.remove(0);
    }
    Ok(source)
}

pub(crate) fn read(file: &OsStr) -> Result<Source, SourceError> {
    let is_input = file == "-";
    let name = if is_input {
        "<stdin>".to_owned()
    } else {
        file.to_string_lossy().into_owned()
    };
    let mut bytes = Vec::new();
    let read = if is_input {
        io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    if let Err(source) = read {
        return Err(SourceError::Unreadable { name, source });
    }
    if bytes.len() > 1 << 20 {
        return Err(SourceError::TooLong { name });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { name, text }),
        Err(_) => Err(SourceError::NotText { name }),
    }
}
