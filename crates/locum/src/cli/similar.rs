//! The words that come close to a mistyped one, by Ratcliff and Obershelp's measure, as `aws` suggests them.

/// The least likeness of a suggestion (`facts: cli §1.6`).
const CUTOFF: f64 = 0.8;

/// Returns up to three of `choices` that are like `word`, the likest first.
pub(crate) fn closest<'a>(word: &str, choices: &[&'a str]) -> Vec<&'a str> {
    let word: Vec<char> = word.chars().collect();
    let mut scored: Vec<(f64, &str)> = choices
        .iter()
        .map(|choice| (ratio(&word, &choice.chars().collect::<Vec<_>>()), *choice))
        .filter(|(score, _)| *score >= CUTOFF)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, choice)| choice).collect()
}

fn ratio(a: &[char], b: &[char]) -> f64 {
    let length = a.len() + b.len();
    if length == 0 {
        return 1.0;
    }
    // Both are words of a command line: far below the 2^52 that a double counts exactly.
    2.0 * matching(a, b) as f64 / length as f64
}

/// Counts the characters of the longest common run and, recursively, of what lies left and right of it.
fn matching(a: &[char], b: &[char]) -> usize {
    let (start_a, start_b, length) = longest_run(a, b);
    if length == 0 {
        return 0;
    }
    let before = matching(
        a.get(..start_a).unwrap_or_default(),
        b.get(..start_b).unwrap_or_default(),
    );
    let after = matching(
        a.get(start_a + length..).unwrap_or_default(),
        b.get(start_b + length..).unwrap_or_default(),
    );
    before + length + after
}

fn longest_run(a: &[char], b: &[char]) -> (usize, usize, usize) {
    let mut best = (0, 0, 0);
    for start_a in 0..a.len() {
        for start_b in 0..b.len() {
            let tails = a.iter().skip(start_a).zip(b.iter().skip(start_b));
            let length = tails.take_while(|(x, y)| x == y).count();
            if length > best.2 {
                best = (start_a, start_b, length);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let choices = ["assume-role", "get-caller-identity", "get-session-token"];
        assert_eq!(closest("get-caller-identiy", &choices), ["get-caller-identity"]);
        assert_eq!(closest("asume-role", &choices), ["assume-role"]);
        assert!(closest("nothing-like-it", &choices).is_empty());
    }
}
