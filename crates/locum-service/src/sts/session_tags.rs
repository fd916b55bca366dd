//! The session tags of a request, and those that come down the chain (`facts: sts §1.8, §4.3`).

use locum_api::{ApiError, pattern, sts::Tag};
use locum_session::{Session, SessionTag, TagReach};

/// The most tags of a session (`facts: sts §2.2`).
const MOST_TAGS: usize = 50;

/// The tags of the session to be: inherited ones first, then those passed.
///
/// # Errors
/// A key of AWS's own, keys that collide, a transitive key without a tag, or a tag that the chain has already fixed.
pub(super) fn read(
    tags: &[Tag],
    transitive: &[String],
    chained_from: Option<&Session>,
) -> Result<Vec<SessionTag>, ApiError> {
    if tags.is_empty() && transitive.is_empty() && chained_from.is_none_or(|session| session.tags.is_empty())
    {
        return Ok(Vec::new());
    }
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    for (at, tag) in tags.iter().enumerate() {
        if tags.iter().take(at).any(|earlier| same(&earlier.key, &tag.key)) {
            return Err(ApiError::duplicate_tag_keys());
        }
    }
    if let Some(tag) = tags.iter().find(|tag| is_reserved(&tag.key)) {
        let text = format!("The tag key {} is reserved: it begins with aws:.", tag.key);
        return Err(ApiError::invalid_parameter_value(text));
    }
    if transitive
        .iter()
        .any(|key| !tags.iter().any(|tag| same(&tag.key, key)))
    {
        return Err(ApiError::transitive_key_without_tag());
    }
    let inherited: Vec<SessionTag> = chained_from
        .map_or(&[][..], |session| &session.tags)
        .iter()
        .filter(|tag| tag.reach.is_transitive())
        .map(|tag| SessionTag {
            reach: TagReach::Inherited,
            ..tag.clone()
        })
        .collect();
    if tags
        .iter()
        .any(|tag| inherited.iter().any(|fixed| same(&fixed.key, &tag.key)))
    {
        return Err(ApiError::transitive_tag_conflict());
    }
    let passed = tags.iter().map(|tag| SessionTag {
        key: tag.key.as_str().into(),
        value: tag.value.as_str().into(),
        reach: match transitive.iter().any(|key| same(key, &tag.key)) {
            true => TagReach::Transitive,
            false => TagReach::Session,
        },
    });
    Ok(inherited.into_iter().chain(passed).collect())
}

/// The tags that an identity provider claims, if each is one that a request could pass (`facts: sts §2.2`).
pub(super) fn claimed(claims: &[(String, String)]) -> Option<Vec<Tag>> {
    let fits = |(key, value): &(String, String)| {
        (1..=128).contains(&key.chars().count())
            && value.chars().count() <= 256
            && (pattern::TAG_KEY.matches)(key)
            && (pattern::TAG_VALUE.matches)(value)
    };
    if claims.len() > MOST_TAGS || !claims.iter().all(fits) {
        return None;
    }
    let tags = claims.iter().map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    });
    Some(tags.collect())
}

/// Whether a key is one that nobody but AWS sets, so that policies may trust a tag of it.
fn is_reserved(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|begin| begin.eq_ignore_ascii_case("aws:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str) -> Tag {
        Tag {
            key: key.to_owned(),
            value: "v".to_owned(),
        }
    }

    #[test]
    fn a_key_may_be_given_once_ignoring_case() {
        assert_eq!(
            read(&[tag("a"), tag("A")], &[], None),
            Err(ApiError::duplicate_tag_keys())
        );
        assert_eq!(
            read(&[tag("É"), tag("é")], &[], None),
            Err(ApiError::duplicate_tag_keys())
        );
    }

    #[test]
    fn a_key_of_awss_own_is_refused() {
        for key in ["aws:x", "AWS:x", "aWs:"] {
            let error = read(&[tag(key)], &[], None).unwrap_err();
            assert_eq!(error.code, "InvalidParameterValue", "{key}");
        }
        assert!(read(&[tag("aws"), tag("awsx:"), tag("é:aws:")], &[], None).is_ok());
    }

    #[test]
    fn a_transitive_key_needs_its_tag() {
        assert_eq!(
            read(&[tag("a")], &["b".to_owned()], None),
            Err(ApiError::transitive_key_without_tag())
        );
        let tags = read(&[tag("a"), tag("b")], &["A".to_owned()], None).unwrap();
        assert_eq!(tags[0].reach, TagReach::Transitive);
        assert_eq!(tags[1].reach, TagReach::Session);
    }
}
