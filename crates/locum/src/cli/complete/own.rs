//! Candidates for commands of the program's own, out of their help pages.
//!
//! Each command keeps the table of its options in its own page, which its tests hold against its parser. Reading the page
//! here means that there is no second table that could differ from it.

use super::engine::{Candidate, World, known_values};

/// An option as a page shows it.
struct Shown<'a> {
    name: &'a str,
    /// What stands between the angle brackets, if it takes a value.
    value: Option<&'a str>,
    doc: &'a str,
}

/// Options whose value some pages leave out where they name several at once.
const WITH_VALUES: [&str; 6] = [
    "endpoint-url",
    "region",
    "profile",
    "ca-bundle",
    "role-name",
    "role",
];

/// Returns what may follow the words of a command; the caller drops those that do not start as the current word does.
pub(super) fn candidates(before: &[String], current: &str, world: &dyn World) -> Vec<Candidate> {
    // What follows the dashes is another command's line.
    if before.iter().any(|word| word == "--") {
        return Vec::new();
    }
    let Some((first, rest)) = before.split_first() else {
        return Vec::new();
    };
    let page = world.page(&[first.as_str()]);
    let below = commands(&page);
    let chosen = rest
        .first()
        .filter(|word| below.iter().any(|(name, _)| name == word));
    let page = match chosen {
        Some(second) => world.page(&[first.as_str(), second.as_str()]),
        None if !below.is_empty() && rest.is_empty() && !current.starts_with('-') => {
            return below
                .iter()
                .map(|(name, doc)| Candidate::new(*name, doc))
                .collect();
        }
        None => page,
    };
    let options = options(&page);
    let find = |name: &str| options.iter().find(|option| option.name == name);
    if let Some(name) = before.last().and_then(|word| word.strip_prefix("--"))
        && let Some(option) = find(name)
        && option.value.is_some()
    {
        return values(option, world);
    }
    if let Some(long) = current.strip_prefix("--")
        && let Some((name, _)) = long.split_once('=')
    {
        let found = find(name).map_or_else(Vec::new, |option| values(option, world));
        let whole = |candidate: Candidate| Candidate::plain(format!("--{name}={}", candidate.text));
        return found.into_iter().map(whole).collect();
    }
    if !current.starts_with('-') {
        return Vec::new();
    }
    let mut found: Vec<Candidate> = options
        .iter()
        .map(|option| Candidate::new(format!("--{}", option.name), option.doc))
        .collect();
    if find("help").is_none() {
        found.push(Candidate::new("--help", "Show the help."));
    }
    found
}

/// The rows of the page's section of commands.
fn commands(page: &str) -> Vec<(&str, &str)> {
    page.lines()
        .skip_while(|line| line.trim_end() != "COMMANDS")
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .filter_map(|line| {
            let (name, doc) = line.strip_prefix("  ")?.split_once("  ")?;
            let word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            word.then_some((name, doc.trim()))
        })
        .collect()
}

fn options(page: &str) -> Vec<Shown<'_>> {
    let mut found: Vec<Shown<'_>> = Vec::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        let row = line.trim_start();
        if !row.starts_with('-') {
            continue;
        }
        // Beside a long name there is no room, and its line follows.
        let (left, doc) = match row.split_once("  ") {
            Some(both) => both,
            None => (row, lines.peek().copied().unwrap_or_default()),
        };
        let mut words = left.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                continue;
            };
            let (name, inline) = name
                .split_once('=')
                .map_or((name, None), |(name, value)| (name, Some(value)));
            let value = inline.or_else(|| words.peek().copied().filter(|next| next.starts_with('<')));
            let value = value.or_else(|| WITH_VALUES.contains(&name).then_some(""));
            if !found.iter().any(|option| option.name == name) {
                found.push(Shown {
                    name,
                    value: value.map(|value| value.trim_matches(['<', '>'])),
                    doc: doc.trim(),
                });
            }
        }
    }
    found
}

fn values(option: &Shown<'_>, world: &dyn World) -> Vec<Candidate> {
    if let Some(found) = known_values(option.name, world) {
        return found;
    }
    let choices = option.value.unwrap_or_default();
    if !choices.contains('|') {
        return Vec::new();
    }
    choices
        .split('|')
        .map(|choice| Candidate::new(choice, ""))
        .collect()
}
