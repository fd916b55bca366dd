//! The login of HashiCorp Vault's AWS method, of its `iam` kind: the parts of a request that Vault sends to STS itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use locum_sigv4::SignError;
use serde_json::{Map, Value, json};

use super::request::Request;

/// Binds a login to one server, so that none can use it at another.
const SERVER_ID: &str = "X-Vault-AWS-IAM-Server-ID";

/// The parameters of a login, for `vault write auth/aws/login -` or the API.
pub(super) fn login(request: &Request<'_>, server: &str, role: Option<&str>) -> Result<String, SignError> {
    let more = [(SERVER_ID, server)];
    let more = if server.is_empty() { &[][..] } else { &more[..] };
    let posted = request.posted(more)?;
    let mut headers = Map::new();
    for (name, value) in posted.headers {
        headers.insert(name.to_owned(), json!([value]));
    }
    let mut login = json!({
        "iam_http_request_method": "POST",
        "iam_request_url": STANDARD.encode(&posted.url),
        "iam_request_body": STANDARD.encode(posted.body),
        "iam_request_headers": STANDARD.encode(Value::Object(headers).to_string()),
    });
    if let (Some(role), Some(members)) = (role, login.as_object_mut()) {
        members.insert("role".to_owned(), json!(role));
    }
    Ok(format!("{login:#}\n"))
}
