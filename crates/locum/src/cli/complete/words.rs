//! A line cut into words as far as it is typed: a quote that is still open is no mistake here.

/// Splits what stands before the cursor. The last word is the one being typed, and empty after a blank.
pub(super) fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut between = true;
    let mut quote = None;
    let mut letters = line.trim_start().chars();
    while let Some(letter) = letters.next() {
        if quote.is_none() && letter.is_whitespace() {
            if !between {
                words.push(String::new());
            }
            between = true;
            continue;
        }
        between = false;
        let Some(word) = words.last_mut() else { break };
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None | Some('"'), '\\') => word.extend(letters.next()),
            _ => word.push(letter),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_the_one_being_typed() {
        for (line, expected) in [
            ("", &[""][..]),
            ("locum", &["locum"]),
            ("  locum ", &["locum", ""]),
            ("locum  sts  as", &["locum", "sts", "as"]),
            ("locum --profile 'two wo", &["locum", "--profile", "two wo"]),
            ("a \"b c\"d\\ e f", &["a", "b cd e", "f"]),
            ("a 'b\\' c", &["a", "b\\", "c"]),
            ("a \\", &["a", ""]),
            ("a '' ", &["a", "", ""]),
        ] {
            assert_eq!(split(line), expected, "{line:?}");
        }
    }
}
