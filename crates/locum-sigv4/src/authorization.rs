//! Where a request says who signed it: the Authorization header, or the query of a presigned request.

use std::borrow::Cow;

use memchr::memchr;

use crate::AuthError;
use crate::error::shown;
use crate::key::ALGORITHM;
use crate::query::Query;
use crate::request::{Request, is};
use crate::split::{cut, split};

pub(crate) const ALGORITHM_PARAMETER: &str = "X-Amz-Algorithm";
pub(crate) const CREDENTIAL_PARAMETER: &str = "X-Amz-Credential";
pub(crate) const DATE_PARAMETER: &str = "X-Amz-Date";
pub(crate) const EXPIRES_PARAMETER: &str = "X-Amz-Expires";
pub(crate) const SIGNED_HEADERS_PARAMETER: &str = "X-Amz-SignedHeaders";
pub(crate) const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";
pub(crate) const TOKEN_PARAMETER: &str = "X-Amz-Security-Token";
const HASH_PARAMETER: &str = "X-Amz-Content-Sha256";

/// None of these may stand beside an Authorization header.
const PARAMETERS: [&str; 8] = [
    ALGORITHM_PARAMETER,
    CREDENTIAL_PARAMETER,
    DATE_PARAMETER,
    EXPIRES_PARAMETER,
    SIGNED_HEADERS_PARAMETER,
    SIGNATURE_PARAMETER,
    TOKEN_PARAMETER,
    HASH_PARAMETER,
];

/// A presigned request is good for at most a week.
const LONGEST_PRESIGNED: u32 = 604_800;

/// Where the signature was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// In the Authorization header.
    Header,
    /// In the query: a presigned request.
    Query,
}

/// The claims of a signature as they were written, complete but not yet judged.
pub(crate) struct Authorization<'a> {
    pub(crate) form: Form,
    pub(crate) credential: Cow<'a, str>,
    pub(crate) signed_headers: Cow<'a, str>,
    pub(crate) signature: Cow<'a, str>,
    pub(crate) date: Cow<'a, str>,
    pub(crate) token: Option<Cow<'a, str>>,
    /// How many seconds a presigned request is good for.
    pub(crate) expires: Option<u32>,
    /// What the query says the body's hash is.
    pub(crate) query_hash: Option<Cow<'a, str>>,
    /// What the header says the body's hash is.
    pub(crate) header_hash: Option<&'a str>,
}

/// The headers that take part in authentication, each there at most once.
#[derive(Default)]
struct Headers<'a> {
    authorization: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    amazon_date: Option<&'a [u8]>,
    token: Option<&'a [u8]>,
    hash: Option<&'a [u8]>,
}

impl<'a> Headers<'a> {
    fn read(request: &Request<'a>) -> Result<Self, AuthError> {
        let mut found = Self::default();
        for &(name, value) in request.headers {
            let (known, slot) = match name.len() {
                4 => ("host", &mut found.host),
                10 => ("x-amz-date", &mut found.amazon_date),
                13 => ("authorization", &mut found.authorization),
                20 if name.ends_with(['n', 'N']) => ("x-amz-security-token", &mut found.token),
                20 => ("x-amz-content-sha256", &mut found.hash),
                _ => continue,
            };
            if is(name, known) && slot.replace(value).is_some() {
                return Err(AuthError::RepeatedHeader(known));
            }
        }
        Ok(found)
    }
}

impl<'a> Authorization<'a> {
    /// Finds the one place that authenticates the request, and reads it.
    pub(crate) fn find(request: &Request<'a>, query: &Query) -> Result<Self, AuthError> {
        let headers = Headers::read(request)?;
        let date_header = text("x-amz-date", headers.amazon_date)?;
        let token_header = text("x-amz-security-token", headers.token)?;
        let header_hash = text("x-amz-content-sha256", headers.hash)?;
        if let Some(header) = text("authorization", headers.authorization)? {
            if !query.is_empty() && PARAMETERS.iter().any(|name| query.mentions(name)) {
                return Err(AuthError::TwoForms);
            }
            let date = match date_header {
                Some(date) => Some(date),
                None => text("date", request.single("date")?)?,
            };
            let claims = Claims::read(header, date)?;
            return Ok(Self {
                form: Form::Header,
                credential: claims.credential.into(),
                signed_headers: claims.signed_headers.into(),
                signature: claims.signature.into(),
                date: claims.date.into(),
                token: token_header.map(Cow::Borrowed),
                expires: None,
                query_hash: None,
                header_hash,
            });
        }
        if !query.mentions(ALGORITHM_PARAMETER) {
            return Err(AuthError::Missing);
        }
        if date_header.is_some() || token_header.is_some() {
            return Err(AuthError::TwoForms);
        }
        Ok(Self {
            header_hash,
            ..Self::read_query(query)?
        })
    }

    /// Reads the `X-Amz-` parameters. Each may be there once: with two of them, what was checked and what another
    /// reader of the same URL takes for true could differ.
    fn read_query(query: &Query) -> Result<Self, AuthError> {
        let algorithm = query.single(ALGORITHM_PARAMETER)?;
        let credential = query.single(CREDENTIAL_PARAMETER)?;
        let signature = query.single(SIGNATURE_PARAMETER)?;
        let signed_headers = query.single(SIGNED_HEADERS_PARAMETER)?;
        let date = query.single(DATE_PARAMETER)?;
        let expires = query.single(EXPIRES_PARAMETER)?;
        let token = query.single(TOKEN_PARAMETER)?;
        let query_hash = query.single(HASH_PARAMETER)?;
        if let Some(other) = algorithm.filter(|name| name != ALGORITHM) {
            return Err(AuthError::Algorithm(shown(&other)));
        }
        let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
            (&credential, &signature, &signed_headers, &date)
        else {
            let told = |name: &Option<_>, text| (name.as_ref().map(|_: &Cow<'_, str>| ""), text);
            return Err(AuthError::MissingParameters(missing(&[
                told(
                    &credential,
                    "AWS query-string parameters must include 'X-Amz-Credential'. ",
                ),
                told(
                    &signature,
                    "AWS query-string parameters must include 'X-Amz-Signature'. ",
                ),
                told(
                    &signed_headers,
                    "AWS query-string parameters must include 'X-Amz-SignedHeaders'. ",
                ),
                told(&date, "AWS query-string parameters must include 'X-Amz-Date'. "),
            ])));
        };
        Ok(Self {
            form: Form::Query,
            credential: credential.clone(),
            signed_headers: signed_headers.clone(),
            signature: signature.clone(),
            date: date.clone(),
            token,
            expires: expires.as_deref().map(lifetime).transpose()?,
            query_hash,
            header_hash: None,
        })
    }
}

/// What an Authorization header claims, and the date beside it.
#[derive(Debug, PartialEq, Eq)]
struct Claims<'a> {
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
    date: &'a str,
}

impl<'a> Claims<'a> {
    fn read(header: &'a str, date: Option<&'a str>) -> Result<Self, AuthError> {
        match date.and_then(|date| Self::as_usual(header, date)) {
            Some(claims) => Ok(claims),
            None => Self::in_any_order(header, date),
        }
    }

    /// Reads what nearly every client writes, to the letter: the three parts in this order, a comma and a blank between them.
    /// `None` for whatever else there is, right or wrong.
    fn as_usual(header: &'a str, date: &'a str) -> Option<Self> {
        let rest = header.strip_prefix("AWS4-HMAC-SHA256 Credential=")?;
        let (credential, rest) = cut(rest, b',')?;
        let (signed_headers, rest) = cut(rest.strip_prefix(" SignedHeaders=")?, b',')?;
        let signature = rest.strip_prefix(" Signature=")?;
        // Blanks at an end are no part of a value, and a comma begins another part.
        let ends_in_blank = |value: &str| value.ends_with(|c: char| c.is_ascii_whitespace());
        let plain = memchr(b',', signature.as_bytes()).is_none();
        let plain = plain
            && ![credential, signed_headers, signature]
                .into_iter()
                .any(ends_in_blank);
        plain.then_some(Self {
            credential,
            signed_headers,
            signature,
            date,
        })
    }

    /// Reads `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. Of repeated parts the last one counts
    /// (facts: sts §1.6).
    fn in_any_order(header: &'a str, date: Option<&'a str>) -> Result<Self, AuthError> {
        let (algorithm, parameters) = cut(header, b' ').unwrap_or((header, ""));
        if algorithm != ALGORITHM {
            return Err(AuthError::Algorithm(shown(algorithm)));
        }
        let (mut credential, mut signature, mut signed_headers) = (None, None, None);
        for part in split(parameters, b',')
            .map(str::trim_ascii)
            .filter(|p| !p.is_empty())
        {
            let Some((name, value)) = cut(part, b'=') else {
                return Err(AuthError::NotKeyValue {
                    part: shown(part),
                    header: shown(header),
                });
            };
            match name {
                "Credential" => credential = Some(value),
                "Signature" => signature = Some(value),
                "SignedHeaders" => signed_headers = Some(value),
                _ => {}
            }
        }
        let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
            (credential, signature, signed_headers, date)
        else {
            return Err(AuthError::MissingParts(missing(&[
                (
                    credential,
                    "Authorization header requires 'Credential' parameter. ",
                ),
                (signature, "Authorization header requires 'Signature' parameter. "),
                (
                    signed_headers,
                    "Authorization header requires 'SignedHeaders' parameter. ",
                ),
                (
                    date,
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
                ),
            ])));
        };
        Ok(Self {
            credential,
            signed_headers,
            signature,
            date,
        })
    }
}

/// A header's value as text, without the blanks around it.
fn text<'a>(name: &'static str, value: Option<&'a [u8]>) -> Result<Option<&'a str>, AuthError> {
    value
        .map(|value| {
            std::str::from_utf8(value)
                .map_err(|_| AuthError::NotText(name))
                .map(str::trim_ascii)
        })
        .transpose()
}

/// The sentences of the parts that are not there.
fn missing(parts: &[(Option<&str>, &str)]) -> String {
    parts
        .iter()
        .filter(|(value, _)| value.is_none())
        .map(|&(_, sentence)| sentence)
        .collect()
}

fn lifetime(text: &str) -> Result<u32, AuthError> {
    let digits_only = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|seconds| digits_only && (1..=LONGEST_PRESIGNED).contains(seconds))
        .ok_or_else(|| AuthError::Expires(shown(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is read in one go is what is read part by part.
        #[test]
        fn the_usual_header_is_read_like_any(
            start in "(AWS4-HMAC-SHA256 ?|AWS4|)",
            parts in prop::collection::vec(
                "( ?Credential=[a/= \t]{0,5}| ?SignedHeaders=[a;=é ]{0,5}| ?Signature=[0a,= ]{0,5}|[ a=]{0,3})",
                0..5
            ),
            separator in "(, |,| ,)",
            usual in any::<bool>(),
        ) {
            let start = if usual { "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=a;b, " } else { start.as_str() };
            let header = [start, &parts.join(&separator)].concat();
            let header = header.trim_ascii();
            for date in [None, Some("d")] {
                prop_assert_eq!(Claims::read(header, date), Claims::in_any_order(header, date));
            }
        }
    }

    #[test]
    fn the_usual_header_is_taken_for_it() {
        let header = "AWS4-HMAC-SHA256 Credential=k/d/r/s/t, SignedHeaders=host;x-amz-date, Signature=00ff";
        let claims = Claims {
            credential: "k/d/r/s/t",
            signed_headers: "host;x-amz-date",
            signature: "00ff",
            date: "now",
        };
        assert_eq!(Claims::as_usual(header, "now"), Some(claims));
        for other in [
            "AWS4-HMAC-SHA256 Credential=k, SignedHeaders=host, Signature=00, Signature=ff",
            "AWS4-HMAC-SHA256 Credential=k , SignedHeaders=host, Signature=00",
            "AWS4-HMAC-SHA256 Credential=k,SignedHeaders=host,Signature=00",
            "AWS4-HMAC-SHA256 Credential=k, Signature=00, SignedHeaders=host",
        ] {
            assert_eq!(Claims::as_usual(other, "now"), None, "{other}");
        }
    }

    #[test]
    fn blanks_at_an_end_are_no_part_of_a_value() {
        for blank in [" ", "\t", "\n", "\r", "\x0c", "\x0b", " \t"] {
            for [a, b, c] in [[blank, "", ""], ["", blank, ""], ["", "", blank]] {
                let header =
                    format!("AWS4-HMAC-SHA256 Credential=k{a}, SignedHeaders=host{b}, Signature=00{c}");
                let read = Claims::read(&header, Some("d"));
                assert_eq!(read, Claims::in_any_order(&header, Some("d")), "{header:?}");
            }
        }
    }
}
