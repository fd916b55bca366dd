//! A byte for the width of a terminal, then a text with authorization messages in it: what `locum decode` finds there stands there,
//! and is found again in whatever sentence and lines it comes.
#![no_main]
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/locum/src/decode/find.rs"]
mod find;

const SENTENCE: &str = "You are not authorized. Encoded authorization failure message: ";

/// The end of a shorter one may look like a word, and what is left before it too short for a message. Those of services have
/// hundreds of letters.
const LONG: usize = 40;

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect()
}

fuzz_target!(|input: &[u8]| {
    let Some((width, text)) = input.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let found = find::messages(text);
    assert!(found.len() <= find::MOST + 1);
    let all = letters(text);
    for (place, one) in found.iter().enumerate() {
        assert!(
            found
                .iter()
                .skip(place + 1)
                .all(|other| other.message != one.message)
        );
        for message in std::iter::once(&one.message).chain(&one.or) {
            assert!(message.len() >= 16 && letters(message) == *message, "{one:?}");
            // The letters of a colour do not stand in what is left of the text.
            assert!(
                text.contains('\u{1b}') || all.contains(message.as_str()),
                "{one:?}"
            );
        }
        assert_ne!(one.or.as_ref(), Some(&one.message));
        // Alone or at the end of a sentence it is what it is, in one line and in many.
        let line = format!("{SENTENCE}{}", one.message);
        assert_eq!(find::in_sentence(&line).as_ref(), Some(&one.message));
        if one.message.len() < LONG {
            continue;
        }
        let width = usize::from(width % 128) + 10;
        let line: Vec<char> = line.chars().collect();
        let lines: Vec<String> = line
            .chunks(width)
            .map(|line| format!("> {}", line.iter().collect::<String>()))
            .collect();
        let again = find::messages(&lines.join("\n"));
        let first = again.first().expect("it is found again");
        assert!(
            first.message == one.message || first.or.as_ref() == Some(&one.message),
            "{width} {one:?} {first:?}"
        );
    }
});
