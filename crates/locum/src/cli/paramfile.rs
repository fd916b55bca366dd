//! Values that stand in a file: `file://` and `fileb://`.

use std::io::{self, Read as _};
use std::path::Path;

use super::config::Environment;

/// The largest file that is read, in bytes: as much as AWS takes in a request. A device has no end.
const LARGEST: u64 = 10_000_000;

/// What a `file://` or `fileb://` value stands for.
pub(crate) enum Content {
    /// The text of the file, to the last line feed. Every end of a line is one, as Python reads text.
    Text(String),
    /// The bytes of the file, which no parameter of this service takes.
    Bytes(Vec<u8>),
}

/// Reads the file that `value` names, or returns `None` when it names none.
pub(crate) fn load(value: &str, environment: &Environment) -> Result<Option<Content>, String> {
    let (path, binary) = match (value.strip_prefix("file://"), value.strip_prefix("fileb://")) {
        (Some(path), _) => (path, false),
        (_, Some(path)) => (path, true),
        (None, None) => return Ok(None),
    };
    let path = environment.expand(path);
    let bytes = read(&path).map_err(|error| {
        let shown = path.display();
        match error.raw_os_error() {
            Some(number) => {
                let text = error.to_string();
                let text = text.split(" (os error").next().unwrap_or_default();
                format!("Unable to load paramfile {value}: [Errno {number}] {text}: '{shown}'")
            }
            None => format!("Unable to load paramfile {value}: {error}"),
        }
    })?;
    if binary {
        return Ok(Some(Content::Bytes(bytes)));
    }
    let text = String::from_utf8(bytes).map(|text| text.replace("\r\n", "\n").replace('\r', "\n"));
    text.map(|text| Some(Content::Text(text))).map_err(|_| {
        format!(
            "Unable to load paramfile ({}), text contents could not be decoded.  If this is a binary file, please use \
             the fileb:// prefix instead of the file:// prefix.",
            path.display()
        )
    })
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!(
            "it is larger than {LARGEST} bytes, which no request may hold"
        )));
    }
    Ok(bytes)
}
