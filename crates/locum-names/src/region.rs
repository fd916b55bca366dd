/// Tells whether a text has the shape of a region's name: `us-east-1`, `us-gov-west-1`. Lower-case words and a number of
/// at most two digits, joined by dashes, 32 characters at most. A shape, not a list: regions are added every year.
#[must_use]
pub fn has_region_shape(region: &str) -> bool {
    // Of the part that is read: how long it is, and how many digits it has, for those stand alone.
    let (mut length, mut digits) = (0, 0);
    let mut dashes = 0;
    for byte in region.bytes() {
        match byte {
            b'-' if length > 0 && digits == 0 => {
                dashes += 1;
                length = 0;
            }
            b'a'..=b'z' if digits == 0 => length += 1,
            b'0'..=b'9' if digits == length => {
                digits += 1;
                length += 1;
            }
            _ => return false,
        }
    }
    region.len() <= 32 && dashes >= 2 && (1..=2).contains(&digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, part by part.
    fn read_apart(region: &str) -> bool {
        let Some((words, number)) = region.rsplit_once('-') else {
            return false;
        };
        region.len() <= 32
            && words.contains('-')
            && words
                .split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
            && !number.is_empty()
            && number.len() <= 2
            && number.bytes().all(|b| b.is_ascii_digit())
    }

    proptest! {
        #[test]
        fn one_pass_reads_what_the_parts_say(region in "[ab1é-]{0,10}|([a-z]{1,9}-){0,4}[a-z0-9]{0,3}") {
            prop_assert_eq!(has_region_shape(&region), read_apart(&region));
        }
    }

    #[test]
    fn names_of_regions_and_what_is_none() {
        for region in ["us-east-1", "us-gov-west-1", "eu-central-12", "cn-north-1"] {
            assert!(has_region_shape(region), "{region}");
        }
        for other in [
            "",
            "local",
            "us-1",
            "US-EAST-1",
            "us-east-1a",
            "us--1",
            "us-east-123",
            "a.b-c-1",
            "us-east-",
        ] {
            assert!(!has_region_shape(other), "{other}");
        }
    }

    #[test]
    fn a_region_has_32_characters_at_most() {
        for (length, fits) in [(31, true), (32, true), (33, false), (300, false)] {
            let region = format!("{}-b-1", "a".repeat(length - 4));
            assert_eq!(has_region_shape(&region), fits, "{region}");
            assert_eq!(read_apart(&region), fits, "{region}");
        }
    }
}
