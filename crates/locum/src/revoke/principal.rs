//! Whose sessions: an ARN, or what stands at its end.

use std::str::FromStr;

use locum_names::Arn;
use serde_json::Value;

/// What may be revoked: how the last field of its ARN begins.
const KINDS: [&str; 4] = ["user/", "role/", "saml-provider/", "oidc-provider/"];

/// Whose sessions are to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    /// By a whole ARN.
    Arn(String),
    /// Of the caller's account, by the last field of the ARN.
    Own(String),
}

/// What names nobody.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} is neither the ARN of a user, a role, a root user, a SAML provider or an OpenID Connect provider nor user/NAME, \
     role/NAME, root, saml-provider/NAME or oidc-provider/HOST"
)]
pub(super) struct PrincipalError(String);

impl FromStr for Principal {
    type Err = PrincipalError;

    fn from_str(text: &str) -> Result<Self, PrincipalError> {
        let named = |resource: &str| {
            resource == "root"
                || KINDS.iter().any(|kind| {
                    let name = resource.strip_prefix(kind);
                    name.is_some_and(|name| !name.is_empty())
                })
        };
        let arn = Arn::parse(text);
        match arn {
            Ok(arn) if arn.service == "iam" && named(arn.resource) => Ok(Self::Arn(text.to_owned())),
            Err(_) if named(text) => Ok(Self::Own(text.to_owned())),
            _ => Err(PrincipalError(text.to_owned())),
        }
    }
}

impl Principal {
    /// Returns the ARN of a principal of the account that an answer of GetCallerIdentity names; `None` if it names none.
    pub(super) fn of_account(resource: &str, identity: &Value) -> Option<String> {
        let text = |name: &str| identity.get(name)?.as_str();
        let partition = Arn::parse(text("Arn")?).ok()?.partition;
        Some(format!("arn:{partition}:iam::{}:{resource}", text("Account")?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_arn_or_its_end_will_do() {
        let own = |text: &str| Some(Principal::Own(text.to_owned()));
        let arn = |text: &str| Some(Principal::Arn(text.to_owned()));
        for (text, principal) in [
            ("root", own("root")),
            ("role/team/worker", own("role/team/worker")),
            ("user/alice", own("user/alice")),
            ("saml-provider/idp", own("saml-provider/idp")),
            ("oidc-provider/idp.example/a", own("oidc-provider/idp.example/a")),
            (
                "arn:aws:iam::111122223333:root",
                arn("arn:aws:iam::111122223333:root"),
            ),
            (
                "arn:aws-cn:iam::111122223333:role/a",
                arn("arn:aws-cn:iam::111122223333:role/a"),
            ),
            ("", None),
            ("worker", None),
            ("role/", None),
            ("group/staff", None),
            ("arn:aws:iam::111122223333:group/staff", None),
            ("arn:aws:sts::111122223333:assumed-role/worker/session", None),
            ("arn:aws:iam::role/worker", None),
        ] {
            assert_eq!(text.parse().ok(), principal, "{text}");
        }
    }

    #[test]
    fn the_account_is_the_callers() {
        let identity = json!({ "Account": "111122223333", "Arn": "arn:aws-cn:iam::111122223333:user/alice" });
        assert_eq!(
            Principal::of_account("role/worker", &identity).unwrap(),
            "arn:aws-cn:iam::111122223333:role/worker"
        );
        assert_eq!(
            Principal::of_account("root", &json!({ "Account": "111122223333" })),
            None
        );
        assert_eq!(Principal::of_account("root", &json!({})), None);
    }
}
