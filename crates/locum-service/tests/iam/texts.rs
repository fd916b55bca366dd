//! Documents and errors that several tests need.

use crate::harness::{Answer, Parameters, World};

pub(super) const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
pub(super) const READ_NOTES: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;
pub(super) const TRUST_ACCOUNT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}}"#;

/// Status and code of the errors of IAM.
pub(super) type Kind = (u16, &'static str);
pub(super) const NO_SUCH_ENTITY: Kind = (404, "NoSuchEntity");
pub(super) const ALREADY_EXISTS: Kind = (409, "EntityAlreadyExists");
pub(super) const DELETE_CONFLICT: Kind = (409, "DeleteConflict");
pub(super) const LIMIT_EXCEEDED: Kind = (409, "LimitExceeded");
pub(super) const INVALID_INPUT: Kind = (400, "InvalidInput");
pub(super) const VALIDATION: Kind = (400, "ValidationError");
pub(super) const MALFORMED: Kind = (400, "MalformedPolicyDocument");
pub(super) const DENIED: Kind = (403, "AccessDenied");

/// The ARN of a managed policy of the first account.
pub(super) fn policy_arn(name: &str) -> String {
    format!("arn:aws:iam::111122223333:policy/{name}")
}

pub(super) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

impl World {
    /// Calls an operation of IAM as the root user.
    pub(super) fn admin(&self, action: &str, parameters: &Parameters<'_>) -> Answer {
        self.iam(&self.root, action, parameters)
    }

    /// Checks how each call of the root user fails.
    #[track_caller]
    pub(super) fn refuses(&self, cases: &[(&str, &Parameters<'_>, Kind, &str)]) {
        for (action, parameters, (status, code), message) in cases {
            let answer = self.admin(action, parameters);
            let got = (answer.status, answer.find("Code"), answer.find("Message"));
            let expected = (*status, Some((*code).to_owned()), Some((*message).to_owned()));
            assert_eq!(got, expected, "{action} {parameters:?}");
        }
    }

    /// A managed policy made by the root user. Returns its ARN.
    pub(super) fn policy(&self, name: &str, document: &str) -> String {
        let parameters = [("PolicyName", name), ("PolicyDocument", document)];
        self.admin("CreatePolicy", &parameters).ok().text("Arn")
    }
}
