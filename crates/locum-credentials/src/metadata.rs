//! The metadata service of an instance: a token first, then what is asked for.
//!
//! Nothing is asked without a token unless the configuration says so in as many words; a service that would answer then can
//! be asked by any forged request (facts: security §1.8).

use locum_crypto::SecretString;

use crate::error::ConfigError;
use crate::instance_plan;
use crate::outside::{HttpReply, HttpRequest, Reach, Transport};
use crate::plan::Chain;
use crate::recipe::{Instance, Recipe};

const TOKEN: &str = "/latest/api/token";
/// How long the token may be good for, in seconds; the most that the service takes.
const TOKEN_LIFE: &str = "21600";
const REGION: &str = "/latest/meta-data/placement/region";
/// What older services have instead, and the only thing that AWS's command asks for.
const ZONE: &str = "/latest/meta-data/placement/availability-zone/";
/// The longest name of a region; it becomes a label of a host name.
const MAX_REGION: usize = 63;

/// A metadata service.
pub(crate) struct Metadata<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) http: &'a dyn Transport,
    pub(crate) debug: &'a dyn Fn(&str),
}

/// What opens the service: a token, or nothing where the configuration says so.
pub(crate) struct Pass(Option<SecretString>);

impl Chain<'_> {
    /// Asks the metadata service for the region of the instance, as the chain would ask it for credentials. `None` when it
    /// is switched off, or nobody says one.
    ///
    /// # Errors
    /// The settings of the service make no sense.
    pub fn instance_region(
        &self,
        http: &dyn Transport,
        debug: &dyn Fn(&str),
    ) -> Result<Option<String>, ConfigError> {
        let view = self.files.profile(self.profile).unwrap_or_default();
        let Some(Recipe::Instance(instance)) = instance_plan::instance(self.environment, view)? else {
            return Ok(None);
        };
        let service = Metadata {
            instance: &instance,
            http,
            debug: &|line| debug(&format!("region: {line}")),
        };
        Ok(service.region())
    }
}

impl Metadata<'_> {
    /// Gets the token. `None` where there is none to be had and none may be missing.
    pub(crate) fn pass(&self) -> Option<Pass> {
        let token = self.token();
        if token.is_none() && !self.instance.version_1 {
            (self.debug)("the metadata service gave no token");
            return None;
        }
        Some(Pass(token))
    }

    /// Gets a text that is `accepted`.
    pub(crate) fn get(&self, path: &str, pass: &Pass, accepted: impl Fn(&str) -> bool) -> Option<String> {
        let headers: Vec<(&'static str, SecretString)> = pass
            .0
            .iter()
            .map(|token| ("x-aws-ec2-metadata-token", token.clone()))
            .collect();
        let good = |reply: &HttpReply| reply.status == 200 && accepted(reply.body.expose());
        let reply = self.send("GET", path, &headers, good)?;
        Some(reply.body.expose().to_owned())
    }

    fn region(&self) -> Option<String> {
        let pass = self.pass()?;
        let region = self.get(REGION, &pass, |text| is_region(text.trim()));
        let region = region.map(|text| text.trim().to_owned());
        region.or_else(|| {
            let zone = self.get(ZONE, &pass, |text| region_of(text.trim()).is_some())?;
            region_of(zone.trim()).map(str::to_owned)
        })
    }

    fn token(&self) -> Option<SecretString> {
        let headers = [(
            "x-aws-ec2-metadata-token-ttl-seconds",
            SecretString::from(TOKEN_LIFE),
        )];
        let reply = self.send("PUT", TOKEN, &headers, |reply| {
            // What it says so clearly it says again.
            matches!(reply.status, 200 | 400 | 403 | 404 | 405)
        })?;
        let text = reply.body.expose();
        let good =
            reply.status == 200 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        good.then_some(reply.body)
    }

    /// Sends until an answer is good; `None` when none is.
    fn send(
        &self,
        method: &'static str,
        path: &str,
        headers: &[(&'static str, SecretString)],
        good: impl Fn(&HttpReply) -> bool,
    ) -> Option<HttpReply> {
        let url = format!("{}{path}", self.instance.endpoint);
        for _ in 0..self.instance.attempts.max(1) {
            let request = HttpRequest {
                method,
                url: &url,
                headers,
                body: None,
                timeout: self.instance.timeout,
                reach: Reach::Direct,
            };
            match self.http.send(&request) {
                Ok(reply) if good(&reply) => return Some(reply),
                Ok(reply) => (self.debug)(&format!("{method} {path}: status {}", reply.status)),
                Err(error) => (self.debug)(&format!("{method} {path}: {error}")),
            }
        }
        None
    }
}

/// The region of an availability zone, which has a letter at its end.
fn region_of(zone: &str) -> Option<&str> {
    let region = zone.strip_suffix(|c: char| c.is_ascii_lowercase())?;
    is_region(region).then_some(region)
}

/// Whether a text is the name of a region, such as `eu-central-1`: nothing else may become part of a host name.
fn is_region(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= MAX_REGION
        && text.bytes().all(plain)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.contains('-')
}
