//! Credentials, with what is known about them.

use jiff::Timestamp;
use locum_crypto::SecretString;
use serde_json::Value;

/// An access key and what belongs to it.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The public part.
    pub access_key_id: String,
    /// The secret part.
    pub secret_access_key: SecretString,
    /// The session token of temporary credentials.
    pub session_token: Option<SecretString>,
    /// When they end, if that is known.
    pub expiration: Option<Timestamp>,
    /// The account that they belong to, if that is known.
    pub account_id: Option<String>,
}

impl Credentials {
    /// Credentials of which nothing else is known.
    #[must_use]
    pub const fn new(
        access_key_id: String,
        secret_access_key: SecretString,
        session_token: Option<SecretString>,
    ) -> Self {
        Self {
            access_key_id,
            secret_access_key,
            session_token,
            expiration: None,
            account_id: None,
        }
    }

    /// Reads the temporary credentials of an answer of STS.
    ///
    /// # Errors
    /// The name of a member that is missing or empty, or `Expiration` if that is no time.
    pub fn of_answer(answer: &Value) -> Result<Self, &'static str> {
        let text = |name: &'static str| {
            let found = answer
                .get("Credentials")
                .and_then(|found| found.get(name)?.as_str());
            found.filter(|text| !text.is_empty()).ok_or(name)
        };
        Ok(Self {
            access_key_id: text("AccessKeyId")?.to_owned(),
            secret_access_key: text("SecretAccessKey")?.into(),
            session_token: Some(text("SessionToken")?.into()),
            expiration: Some(parse_time(text("Expiration")?).ok_or("Expiration")?),
            account_id: None,
        })
    }
}

/// Reads a point in time as the original's caches and the tools around it write it: RFC 3339, with `UTC` for `Z`, or
/// without an offset, which means UTC.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let plain = text.strip_suffix("UTC").map(str::trim_end);
    if let Some(plain) = plain {
        return format!("{plain}Z").parse().ok();
    }
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_that_lacks_a_part_gives_no_credentials() {
        let whole = json!({"Credentials": {
            "AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-22T12:00:00Z",
        }});
        let found = Credentials::of_answer(&whole).unwrap();
        assert_eq!(found.access_key_id, "ASIA");
        assert_eq!(found.expiration, parse_time("2026-11-22T12:00:00Z"));
        for name in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"] {
            for wrong in [json!(""), json!(null), json!(7)] {
                let mut answer = whole.clone();
                answer["Credentials"][name] = wrong;
                assert_eq!(Credentials::of_answer(&answer).unwrap_err(), name, "{answer}");
            }
        }
        assert_eq!(Credentials::of_answer(&json!({})).unwrap_err(), "AccessKeyId");
        let mut never = whole;
        never["Credentials"]["Expiration"] = json!("never");
        assert_eq!(Credentials::of_answer(&never).unwrap_err(), "Expiration");
    }

    #[test]
    fn times_are_read_as_others_write_them() {
        for text in [
            "2027-01-01T00:00:00Z",
            "2027-01-01T00:00:00+00:00",
            "2027-01-01T00:00:00UTC",
            "2027-01-01 00:00:00 UTC",
            "2027-01-01T01:00:00+01:00",
            "2027-01-01T00:00:00.000Z",
            "2027-01-01T00:00:00",
        ] {
            assert_eq!(
                parse_time(text).map(Timestamp::as_second),
                Some(1_798_761_600),
                "{text}"
            );
        }
        for text in ["", "soon", "2027-13-01T00:00:00Z", "1798761600"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
