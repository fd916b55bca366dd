//! A GetCallerIdentity, signed for others to send.

use jiff::Timestamp;
use locum_sigv4::{SignError, Signer};

/// The form of the call, which is also its query.
const FORM: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// Who signs, for which service, and when.
pub(super) struct Request<'a> {
    pub(super) signer: Signer<'a>,
    /// The URL of STS.
    pub(super) endpoint: &'a str,
    pub(super) now: Timestamp,
}

/// A request to be posted: URL, headers, body.
pub(super) struct Posted {
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: &'static str,
}

impl Request<'_> {
    /// The URL that carries its own signature, good for `lifetime` seconds, with headers that must be sent with it.
    pub(super) fn presigned(&self, headers: &[(&str, &[u8])], lifetime: u32) -> Result<String, SignError> {
        let url = format!("{}?{FORM}", self.url());
        self.signer.presign(&url, headers, self.now, lifetime)
    }

    /// The request as headers and a body.
    pub(super) fn posted(&self, more: &[(&'static str, &str)]) -> Result<Posted, SignError> {
        let url = self.url();
        let (scheme, rest) = url.split_once("://").ok_or(SignError::Url)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        let host = authority.strip_suffix(default_port).unwrap_or(authority);
        let mut headers = vec![(
            "Content-Type",
            "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
        )];
        headers.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let mut raw: Vec<(&str, &[u8])> = vec![("Host", host.as_bytes())];
        raw.extend(headers.iter().map(|(name, value)| (*name, value.as_bytes())));
        let added = self.signer.sign_headers(
            &locum_sigv4::Request {
                method: "POST",
                path,
                query: "",
                headers: &raw,
                body: FORM.as_bytes(),
            },
            self.now,
        )?;
        headers.extend(added);
        Ok(Posted {
            url,
            headers,
            body: FORM,
        })
    }

    /// The URL without query, its path ending in a slash. A name and a password in it are for whoever asks the endpoint, and
    /// whoever gets this is somebody else.
    fn url(&self) -> String {
        let end = self.endpoint.find(['?', '#']).unwrap_or(self.endpoint.len());
        let whole = self.endpoint.get(..end).unwrap_or_default();
        let (scheme, rest) = whole.split_once("://").unwrap_or(("http", whole));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or_default();
        format!("{scheme}://{host}{}/", path.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_crypto::SecretString;
    use locum_sigv4::PathRule;

    #[test]
    fn a_password_of_the_endpoint_goes_to_nobody_else() {
        for (endpoint, expected) in [
            ("https://h", "https://h/"),
            ("https://h:1/a//", "https://h:1/a/"),
            ("https://u:p@h/a?b=/#c", "https://h/a/"),
            ("https://u:p@h", "https://h/"),
            ("https://h/a@b", "https://h/a@b/"),
        ] {
            let signer = Signer {
                access_key_id: "AKIA",
                secret: &SecretString::from("secret"),
                session_token: None,
                region: "us-east-1",
                service: "sts",
                path: PathRule::SERVICE,
            };
            let request = Request {
                signer,
                endpoint,
                now: Timestamp::UNIX_EPOCH,
            };
            let posted = request.posted(&[]).unwrap();
            assert_eq!(posted.url, expected);
            let presigned = request.presigned(&[], 60).unwrap();
            assert!(presigned.starts_with(&format!("{expected}?")), "{presigned}");
        }
    }
}
