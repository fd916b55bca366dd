//! Canonicalises documents for comparison with another implementation (`tests/clients/test_canonical_octets.py`).
//!
//! On standard input, again and again: an element's `ID` (empty for the root element), a `PrefixList` and a document,
//! each after its length as four bytes, big-endian. On standard output for each document its canonical octets after
//! their length, or the length 0xffffffff alone if it is refused.

use std::io::{self, BufReader, BufWriter, Read, Write};

use locum_federation::saml::canonicalize;

fn main() -> io::Result<()> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::new(io::stdout().lock());
    while let Some(id) = read(&mut input)? {
        let prefixes = read(&mut input)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let document = read(&mut input)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let id = (!id.is_empty()).then_some(id.as_str());
        match canonicalize(&document, id, &prefixes) {
            Ok(octets) => {
                let len = u32::try_from(octets.len()).map_err(io::Error::other)?;
                output.write_all(&len.to_be_bytes())?;
                output.write_all(octets.as_bytes())?;
            }
            Err(_) => output.write_all(&u32::MAX.to_be_bytes())?,
        }
        output.flush()?;
    }
    Ok(())
}

/// Reads one length and as many bytes, or nothing at the end of the input.
fn read(input: &mut impl Read) -> io::Result<Option<String>> {
    let mut len = [0; 4];
    match input.read_exact(&mut len) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut text = String::new();
    input
        .take(u64::from(u32::from_be_bytes(len)))
        .read_to_string(&mut text)?;
    Ok(Some(text))
}
