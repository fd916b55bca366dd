//! Files as they are read: those of the command line, and those that they name, from beside them.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::Path,
};

use locum_apply::{Described, FileError, Source, read};

/// A file of more bytes is a mistake; the largest transaction is smaller.
const MAX_BYTES: u64 = 16 << 20;
const STANDARD_INPUT: &str = "<stdin>";

/// Why files could not be read as a description.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FilesError {
    #[error("cannot read {name}: {reason}")]
    Unreadable { name: String, reason: String },
    #[error(transparent)]
    Wrong(#[from] FileError),
}

/// Reads what files describe together; `-` is standard input.
pub(crate) fn described<S: AsRef<OsStr>>(files: &[S]) -> Result<Described, FilesError> {
    let mut sources = Vec::new();
    for file in files.iter().map(AsRef::as_ref) {
        let is_input = file == "-";
        let name = if is_input {
            STANDARD_INPUT.to_owned()
        } else {
            file.to_string_lossy().into_owned()
        };
        let text = if is_input {
            text(io::stdin().lock())
        } else {
            File::open(file).map_err(|error| error.to_string()).and_then(text)
        };
        let text = text.map_err(|reason| FilesError::Unreadable {
            name: name.clone(),
            reason,
        })?;
        sources.push(Source { name, text });
    }
    Ok(read(&sources, &beside)?)
}

/// Reads a file that another names. It must be a regular file below that one's directory, wherever links lead: who writes
/// a description is not to be shown what only the one who applies it may read.
fn beside(file: &str, path: &str) -> Result<String, String> {
    let directory = match Path::new(file).parent() {
        Some(parent) if file != STANDARD_INPUT && !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let unreadable = |error: io::Error| error.to_string();
    let directory = directory.canonicalize().map_err(unreadable)?;
    let path = directory.join(path).canonicalize().map_err(unreadable)?;
    if !path.starts_with(&directory) {
        return Err("it is not below the directory of the file that names it; put it there".to_owned());
    }
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err("it is no regular file".to_owned());
    }
    File::open(path).map_err(unreadable).and_then(text)
}

fn text(from: impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("it has more than 16 MiB".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}
