//! Credentials from the endpoint of a container's platform: ECS, EKS, or whatever speaks like them.

use std::time::Duration;

use locum_crypto::SecretString;
use serde_json::Value;

use crate::credentials::Credentials;
use crate::error::CredentialsError;
use crate::host;
use crate::outside::{HttpRequest, Reach};
use crate::quote::plain;
use crate::recipe::Container;
use crate::resolve::{Resolver, Spelling, read_spelled};
use crate::source::Source;
use crate::state_file;

/// What the original allows: each request two seconds, three tries, a second between them.
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);
/// The largest authorization token, in bytes.
const MAX_TOKEN: u64 = 64 << 10;

const ANSWERED: Spelling = Spelling::usual("Token", true);

fn retrieval(reason: String) -> CredentialsError {
    CredentialsError::Retrieval {
        provider: Source::Container.name(),
        reason,
    }
}

impl Resolver<'_> {
    /// Asks the endpoint of a container's platform.
    pub(crate) fn ask_container(&self, container: &Container) -> Result<Credentials, CredentialsError> {
        let reach = host::check(&container.url).map_err(retrieval)?;
        let mut headers = vec![("Accept", SecretString::from("application/json"))];
        if let Some(token) = token(container)? {
            headers.push(("Authorization", token));
        }
        let mut attempt = 1;
        let answer = loop {
            match self.container_answer(&container.url, &headers, reach) {
                Ok(answer) => break answer,
                Err(reason) if attempt == ATTEMPTS => {
                    return Err(retrieval(format!("Error retrieving metadata: {reason}")));
                }
                Err(reason) => (self.debug)(&format!("credentials: container: {reason}")),
            }
            self.clock.sleep(PAUSE);
            attempt += 1;
        };
        let credentials = read_spelled(&answer, &ANSWERED, Source::Container)?;
        match credentials.expiration {
            Some(end) if end <= self.clock.now() => Err(CredentialsError::Expired),
            _ => Ok(credentials),
        }
    }

    fn container_answer(
        &self,
        url: &str,
        headers: &[(&'static str, SecretString)],
        reach: Reach,
    ) -> Result<Value, String> {
        let request = HttpRequest {
            method: "GET",
            url,
            headers,
            body: None,
            timeout: TIMEOUT,
            reach,
        };
        let reply = self.http.send(&request).map_err(|error| {
            format!("Received error when attempting to retrieve container metadata: {error}")
        })?;
        if reply.status != 200 {
            return Err(format!(
                "Received non 200 response {} from container metadata: {}",
                reply.status,
                plain(reply.body.expose())
            ));
        }
        serde_json::from_str(reply.body.expose())
            .map_err(|_| "Unable to parse JSON returned from container metadata services".to_owned())
    }
}

/// The authorization token; a file wins over a variable, because platforms renew it there.
fn token(container: &Container) -> Result<Option<SecretString>, CredentialsError> {
    let token = match (&container.token_file, &container.token) {
        (Some(file), _) => {
            let bytes = state_file::read_any(file, MAX_TOKEN).map_err(|error| {
                let file = plain(&file.display().to_string());
                retrieval(format!(
                    "Unable to read the authorization token file {file}: {error}"
                ))
            })?;
            let text = String::from_utf8(bytes).map_err(|_| illegal())?;
            SecretString::new(text)
        }
        (None, Some(token)) => token.clone(),
        (None, None) => return Ok(None),
    };
    if token.expose().chars().any(char::is_control) {
        return Err(illegal());
    }
    Ok(Some(token))
}

fn illegal() -> CredentialsError {
    retrieval("Auth token value is not a legal header value".to_owned())
}
