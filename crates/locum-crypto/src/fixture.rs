//! Reads the vectors under `fixtures/`: lines of `name = hexadecimal digits`, and hexadecimal text in tests.

/// The bytes that `digits` spell, blanks left out.
pub(crate) fn bytes(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Every named value, in order.
pub(crate) fn values(text: &str) -> impl Iterator<Item = (&str, Vec<u8>)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(" = ").unwrap())
        .map(|(name, digits)| (name, bytes(digits)))
}

/// The value of one name.
pub(crate) fn value(text: &str, name: &str) -> Vec<u8> {
    values(text).find(|(found, _)| *found == name).unwrap().1
}
