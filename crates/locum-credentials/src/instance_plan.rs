//! Whether there is a container's endpoint or an instance's metadata service to ask, and where.

use std::time::Duration;

use locum_crypto::SecretString;

use crate::environment::Environment;
use crate::error::ConfigError;
use crate::files::ProfileView;
use crate::recipe::{Container, Instance, Recipe};

/// Where a relative URI of a container leads.
const CONTAINER: &str = "http://169.254.170.2";
const INSTANCE: &str = "http://169.254.169.254";
const INSTANCE_V6: &str = "http://[fd00:ec2::254]";
/// Beyond these a setting is a mistake: a minute for each request, ten tries.
const MAX_TIMEOUT: f64 = 60.0;
const MAX_ATTEMPTS: u32 = 10;

impl Instance {
    /// Tells whether it is asked where EC2 has it.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        [INSTANCE, INSTANCE_V6].contains(&self.endpoint.as_str())
    }
}

/// Looks for the variables that a container's platform sets.
pub(crate) fn container(environment: &Environment) -> Option<Recipe> {
    let get = |name: &str| environment.non_empty(name);
    let url = match get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        Some(relative) => format!("{CONTAINER}{relative}"),
        None => get("AWS_CONTAINER_CREDENTIALS_FULL_URI")?,
    };
    Some(Recipe::Container(Container {
        url,
        token_file: get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").map(Into::into),
        token: get("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(SecretString::new),
    }))
}

/// Tells how to ask the metadata service, unless it is switched off.
pub(crate) fn instance(
    environment: &Environment,
    view: ProfileView<'_>,
) -> Result<Option<Recipe>, ConfigError> {
    let get = |variable: &str, key: &str| {
        environment
            .non_empty(variable)
            .or_else(|| view.get(key).map(str::to_owned))
    };
    if is_true(environment.non_empty("AWS_EC2_METADATA_DISABLED").as_deref()) {
        return Ok(None);
    }
    let mode = get(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "ec2_metadata_service_endpoint_mode",
    );
    let version_6 = match mode {
        Some(mode) => match mode.to_ascii_lowercase().as_str() {
            "ipv4" => false,
            "ipv6" => true,
            _ => return Err(ConfigError::EndpointMode(mode)),
        },
        None => is_true(get("AWS_IMDS_USE_IPV6", "imds_use_ipv6").as_deref()),
    };
    let endpoint = get(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "ec2_metadata_service_endpoint",
    );
    let endpoint = endpoint.unwrap_or_else(|| if version_6 { INSTANCE_V6 } else { INSTANCE }.to_owned());
    let is_url = ["http://", "https://"]
        .iter()
        .any(|scheme| endpoint.len() > scheme.len() && endpoint.starts_with(scheme));
    if !is_url || !endpoint.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConfigError::MetadataEndpoint(endpoint));
    }
    let number = |variable: &'static str, key: &str, usual: f64| match get(variable, key) {
        None => Ok(usual),
        Some(text) => match text.trim().parse::<f64>() {
            Ok(number) if number > 0.0 && number.is_finite() => Ok(number),
            _ => Err(ConfigError::Number {
                variable,
                value: text,
            }),
        },
    };
    let timeout = number("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", 1.0)?;
    let attempts = number(
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
        "metadata_service_num_attempts",
        1.0,
    )?;
    let version_1 = get("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled");
    Ok(Some(Recipe::Instance(Instance {
        endpoint: endpoint.trim_end_matches('/').to_owned(),
        timeout: Duration::from_secs_f64(timeout.min(MAX_TIMEOUT)),
        attempts: (1..MAX_ATTEMPTS)
            .find(|tries| f64::from(*tries) >= attempts)
            .unwrap_or(MAX_ATTEMPTS),
        version_1: version_1.is_some_and(|value| value.eq_ignore_ascii_case("false")),
    })))
}

fn is_true(value: Option<&str>) -> bool {
    value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}
