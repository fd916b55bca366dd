//! The list of signed headers: names with `;` between. In canonical spelling they are in lower case and sorted.

use std::borrow::Cow;

/// Brings a list of signed headers into its canonical spelling. `None` for names that are empty, repeated, or could not be a
/// header's, which would let two requests share one canonical form.
pub(crate) fn canonical_names(list: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if is_canonical(&list) {
        return Some(list);
    }
    let mut names: Vec<String> = list.split(';').map(str::to_ascii_lowercase).collect();
    names.sort_unstable();
    let list = names.join(";");
    is_canonical(&list).then_some(Cow::Owned(list))
}

fn is_canonical(list: &str) -> bool {
    Names::of(list).all(|name| name.is_some())
}

/// The names of a list, read and checked in one walk: `None` for one that is not in canonical spelling, or does not belong
/// behind the name before it. What follows such a name may be left out.
pub(crate) struct Names<'a> {
    rest: Option<&'a str>,
    last: &'a str,
}

impl<'a> Names<'a> {
    pub(crate) const fn of(list: &'a str) -> Self {
        Self {
            rest: Some(list),
            last: "",
        }
    }
}

impl<'a> Iterator for Names<'a> {
    type Item = Option<&'a str>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest?;
        // HTTP/2's `:authority` is the only name with a colon.
        let colon = usize::from(text.starts_with(':'));
        let symbols = text.bytes().skip(colon);
        let length = colon + symbols.take_while(|byte| is_token(*byte)).count();
        // INVARIANT: the name is ASCII, so it ends between two characters; were it not, it would be empty and refused.
        let (name, after) = text.split_at_checked(length).unwrap_or_default();
        self.rest = after.strip_prefix(';');
        let is_whole = after.is_empty() || self.rest.is_some();
        let ascends = self.last.bytes().lt(name.bytes());
        self.last = name;
        let is_known = colon == 0 || name == ":authority";
        Some((is_whole && ascends && is_known).then_some(name))
    }
}

/// Whether a byte is a character of a header's name in lower case.
#[inline]
fn is_token(byte: u8) -> bool {
    TOKEN.get(usize::from(byte)) == Some(&true)
}

/// The characters of a header's name in lower case. A table, since every name of every request is checked.
static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut rest: &[u8] = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
    while let [byte, after @ ..] = rest {
        if let Some((_, [slot, ..])) = table.split_at_mut_checked(*byte as usize) {
            *slot = true;
        }
        rest = after;
    }
    table
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The names of a canonical list, by the plain way: split, compare with what is sorted, look at each character.
    fn split(list: &str) -> Option<Vec<&str>> {
        let names: Vec<_> = list.split(';').collect();
        let symbol = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "!#$%&'*+-.^_`|~".contains(c);
        let is_name = |name: &&str| !name.is_empty() && (*name == ":authority" || name.chars().all(symbol));
        let canonical = names.is_sorted_by(|a, b| a < b) && names.iter().all(is_name);
        canonical.then_some(names)
    }

    fn walked(list: &str) -> Option<Vec<&str>> {
        Names::of(list).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn one_walk_finds_what_splitting_finds(
            mut names in prop::collection::vec("(host|x-amz-date|x-amz-|[a-c~]{0,3}|[ -~]{1,2}|:authority|:a?|é|A|[ \0]?)", 0..6),
            sorted in any::<bool>(),
            end in "(|;|:| )",
        ) {
            if sorted {
                names.sort_unstable();
                names.dedup();
            }
            let list = names.join(";") + &end;
            prop_assert_eq!(walked(&list), split(&list));
            prop_assert_eq!(is_canonical(&list), split(&list).is_some());
        }

        #[test]
        fn a_character_belongs_into_a_name_or_not(c in any::<char>(), before in "[a-z]{0,2}", after in "[a-z]{0,2}") {
            let list = format!("{before}{c}{after}");
            prop_assert_eq!(walked(&list), split(&list));
        }
    }

    #[test]
    fn a_list_is_canonical_or_not() {
        for list in [
            "a",
            ":authority",
            ":authority;a",
            "a;b;c-d",
            "a;aa;b",
            "content-type;host;x-amz-date",
        ] {
            assert!(is_canonical(list), "{list}");
            assert_eq!(walked(list), split(list));
        }
        for list in [
            "",
            ";",
            "a;",
            ";a",
            "a;;b",
            "a;a",
            "b;a",
            "aa;a",
            "A",
            "a:",
            ":",
            "::authority",
            ":authority:",
            ":a",
            ":authority;;",
            "a;:authority",
            "a b",
            "a, b",
            "a\n",
            "é",
            "aé;b",
        ] {
            assert!(!is_canonical(list), "{list}");
            assert_eq!(split(list), None);
        }
        for byte in 0..=u8::MAX {
            let list = String::from(char::from(byte));
            assert_eq!(is_canonical(&list), split(&list).is_some(), "{list:?}");
        }
    }

    #[test]
    fn a_list_becomes_canonical() {
        let names = |list| canonical_names(Cow::Borrowed(list));
        assert_eq!(names("a;b").as_deref(), Some("a;b"));
        assert_eq!(names("X-Amz-Date;Host").as_deref(), Some("host;x-amz-date"));
        for list in ["a;A", "a;", "", "b;é", "a b"] {
            assert_eq!(names(list), None, "{list}");
        }
    }
}
