use jiff::Timestamp;
use locum_names::AccountId;
use serde_json::{Map, Value, json};

/// The claim that holds what OpenID Connect has no claim for.
pub(super) const NAMESPACE: &str = "https://sts.amazonaws.com/";

/// What a token says (`facts: sts §6.3`).
///
/// Of AWS's claims, those are left out that nothing here has a source for: of instances, functions and identity stores.
#[derive(Debug, Clone)]
pub struct Claims<'a> {
    /// `iss`: the URL of the account's issuer.
    pub issuer: &'a str,
    /// `sub` and `principal_id`: the ARN of the user, or of the role with its path, never of the session.
    pub subject: &'a str,
    /// `aud`: for whom the token is; a string if it is one, an array if there are several.
    pub audience: &'a [String],
    /// `jti`: unlike that of any other token.
    pub id: &'a str,
    /// `iat`, in Unix seconds.
    pub issued_at: i64,
    /// `exp`: the first Unix second in which the token is no longer valid.
    pub expires_at: i64,
    /// `aws_account`.
    pub account: AccountId,
    /// `source_region`: where the token was asked for.
    pub region: &'a str,
    /// `org_id`.
    pub organization: Option<&'a str>,
    /// The one element of `ou_path`: `o-…/r-…/`.
    pub organization_path: Option<&'a str>,
    /// `principal_tags`: the tags that policies see of the caller, each key once.
    pub principal_tags: &'a [(&'a str, &'a str)],
    /// `request_tags`: what the caller asked to be said, each key once.
    pub request_tags: &'a [(&'a str, &'a str)],
    /// `original_session_exp`: when the caller's session ends, if a session asked.
    pub session_expires_at: Option<Timestamp>,
    /// `source_identity`.
    pub source_identity: Option<&'a str>,
    /// `federated_provider`: the ARN of the identity provider that the session came from.
    pub federated_provider: Option<&'a str>,
}

impl Claims<'_> {
    /// Returns the claims as one JSON object, in the order that was recorded.
    pub(super) fn to_json(&self) -> String {
        let audience = match self.audience {
            [one] => json!(one),
            several => json!(several),
        };
        let claims = json!({
            "aud": audience,
            "sub": self.subject,
            NAMESPACE: self.of_aws(),
            "iss": self.issuer,
            "exp": self.expires_at,
            "iat": self.issued_at,
            "jti": self.id,
        });
        claims.to_string()
    }

    fn of_aws(&self) -> Value {
        let mut claims = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                claims.insert(name.to_owned(), value);
            }
        };
        put("source_identity", self.source_identity.map(Value::from));
        put("org_id", self.organization.map(Value::from));
        put("aws_account", Some(json!(self.account.to_string())));
        put("ou_path", self.organization_path.map(|path| json!([path])));
        put("request_tags", tags(self.request_tags));
        let expiry = self.session_expires_at.map(|time| time.to_string());
        put("original_session_exp", expiry.map(Value::from));
        put("federated_provider", self.federated_provider.map(Value::from));
        put("source_region", Some(json!(self.region)));
        put("principal_id", Some(json!(self.subject)));
        put("principal_tags", tags(self.principal_tags));
        Value::Object(claims)
    }
}

/// No tags, no claim.
fn tags(tags: &[(&str, &str)]) -> Option<Value> {
    let object: Map<_, _> = tags
        .iter()
        .map(|(key, value)| ((*key).to_owned(), json!(value)))
        .collect();
    (!object.is_empty()).then_some(Value::Object(object))
}
