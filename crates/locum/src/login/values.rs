//! Values that say how one signs in, the same from an option and from a profile.

use locum_credentials::quoted;

/// A value that is none, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{name} must be {wanted}, not {}", quoted(.value))]
pub(super) struct BadValue {
    name: &'static str,
    wanted: &'static str,
    value: String,
}

impl BadValue {
    fn new(name: &'static str, wanted: &'static str, value: &str) -> Self {
        let value = value.to_owned();
        Self { name, wanted, value }
    }
}

/// The ARN of a role.
pub(super) fn role(name: &'static str, text: &str) -> Result<String, BadValue> {
    const WANTED: &str = "the ARN of a role, such as arn:aws:iam::123456789012:role/NAME";
    let role = text.starts_with("arn:").then(|| text.to_owned());
    role.ok_or_else(|| BadValue::new(name, WANTED, text))
}

/// How long a session should last.
pub(super) fn seconds(name: &'static str, text: &str) -> Result<i64, BadValue> {
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (900..=43_200).contains(seconds));
    seconds.ok_or_else(|| BadValue::new(name, "a number from 900 to 43200", text))
}

/// Whether a browser on this machine comes back, or a code is typed anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Browser,
    Device,
}

impl Flow {
    pub(super) fn parse(name: &'static str, text: &str) -> Result<Self, BadValue> {
        match text {
            "browser" => Ok(Self::Browser),
            "device" => Ok(Self::Device),
            _ => Err(BadValue::new(name, "browser or device", text)),
        }
    }
}

/// An address on this machine that a browser comes back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Callback {
    /// `127.0.0.1` or `localhost`.
    pub(super) host: String,
    /// 0 for any.
    pub(super) port: u16,
    pub(super) path: String,
}

impl Callback {
    pub(super) fn parse(name: &'static str, url: &str) -> Result<Self, BadValue> {
        const WANTED: &str = "an address such as http://127.0.0.1:8400/callback on this machine";
        let refused = || BadValue::new(name, WANTED, url);
        let rest = url.strip_prefix("http://").ok_or_else(refused)?;
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (host, port) = match authority.split_once(':') {
            None => (authority, 0),
            Some((host, port)) => (host, port.parse().map_err(|_| refused())?),
        };
        let plain_path = path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b));
        if !matches!(host, "127.0.0.1" | "localhost") || !plain_path {
            return Err(refused());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            path: path.to_owned(),
        })
    }

    /// The address, at the port that was had.
    pub(super) fn url(&self, port: u16) -> String {
        format!("http://{}:{port}{}", self.host, self.path)
    }
}
