/// Tells whether a text has the shape of a region's name: `us-east-1`, `us-gov-west-1`. Lower-case words and a number of
/// at most two digits, joined by dashes, 32 characters at most. A shape, not a list: regions are added every year.
#[must_use]
pub fn has_region_shape(region: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
