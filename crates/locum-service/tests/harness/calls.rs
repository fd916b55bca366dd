//! Calls of every API, each over the whole service, and what is asked again or from elsewhere.

use locum_api::model::Service as Api;
use locum_names::AccountId;
use locum_service::OperatorError;
use serde_json::{Value, json};

use super::{
    Answer, Credentials, Parameters, World,
    signed::{Signed, form},
};

impl World {
    /// Calls an operation of IAM as `who`.
    pub fn iam(&self, who: &Credentials, action: &str, parameters: &Parameters<'_>) -> Answer {
        self.call(who, Api::Iam, action, parameters)
    }

    /// Calls an operation of STS as `who`.
    pub fn sts(&self, who: &Credentials, action: &str, parameters: &Parameters<'_>) -> Answer {
        self.call(who, Api::Sts, action, parameters)
    }

    /// Calls an awsQuery operation and waits until its write is durable.
    pub fn call(&self, who: &Credentials, api: Api, action: &str, parameters: &Parameters<'_>) -> Answer {
        let signed = self.signed_call(who, api, action, parameters);
        signed.answered(&self.service, self.now(), &mut *self.random.borrow_mut())
    }

    /// Signs a call of an awsQuery operation.
    pub fn signed_call(
        &self,
        who: &Credentials,
        api: Api,
        action: &str,
        parameters: &Parameters<'_>,
    ) -> Signed {
        let version = [("Action", action), ("Version", api.api_version())];
        let body = form(version.iter().chain(parameters));
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        self.signed(who, api, &[("content-type", content_type)], body.as_bytes())
    }

    /// Calls an operation of STS that nobody signs.
    pub fn unsigned(&self, action: &str, parameters: &Parameters<'_>) -> Answer {
        let call = Self::unsigned_call(action, parameters);
        call.answered(&self.service, self.now(), &mut *self.random.borrow_mut())
    }

    /// A call of an operation of STS that nobody signs.
    pub fn unsigned_call(action: &str, parameters: &Parameters<'_>) -> Signed {
        let version = [("Action", action), ("Version", Api::Sts.api_version())];
        let body = form(version.iter().chain(parameters));
        let headers = [
            ("host", "sts.us-east-1.example.com"),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("user-agent", "test/1"),
        ];
        Signed {
            headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
            body: body.into_bytes(),
        }
    }

    /// Calls an operation of Organizations as `who`.
    pub fn organizations(&self, who: &Credentials, action: &str, body: &Value) -> Answer {
        let target = format!("{}.{action}", Api::Organizations.target_prefix().unwrap());
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &*target),
        ];
        self.send(who, Api::Organizations, &headers, body.to_string().as_bytes())
    }

    /// Applies requests as one transaction, or tries to: each is its service, its action and its parameters.
    pub fn transaction(&self, who: &Credentials, requests: &[(&str, &str, Value)]) -> Answer {
        let requests: Vec<Value> = requests.iter().map(contained).collect();
        self.locum(who, &json!({ "Requests": requests }))
    }

    /// Calls ApplyTransaction as `who` with this body.
    pub fn locum(&self, who: &Credentials, body: &Value) -> Answer {
        self.own(who, "ApplyTransaction", body)
    }

    /// Calls RevokeSessions as `who` for this principal, up to now.
    pub fn revoke(&self, who: &Credentials, principal: &str) -> Answer {
        self.own(who, "RevokeSessions", &json!({ "PrincipalArn": principal }))
    }

    /// Calls an operation of locum's own as `who`.
    pub fn own(&self, who: &Credentials, action: &str, body: &Value) -> Answer {
        let target = format!("{}.{action}", Api::Locum.target_prefix().unwrap());
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &*target),
        ];
        self.send(who, Api::Locum, &headers, body.to_string().as_bytes())
    }

    /// Signs a POST for `/`, sends it, and waits until its write is durable.
    pub fn send(&self, who: &Credentials, api: Api, headers: &Parameters<'_>, body: &[u8]) -> Answer {
        let signed = self.signed(who, api, headers, body);
        signed.answered(&self.service, self.now(), &mut *self.random.borrow_mut())
    }

    /// Sends what was signed, and waits until its write is durable.
    pub fn sent(&self, signed: &Signed) -> Answer {
        signed.answered(&self.service, self.now(), &mut *self.random.borrow_mut())
    }

    /// Calls an operation for whoever runs the program, and waits until its write is durable.
    pub fn operator(
        &self,
        account: AccountId,
        api: Api,
        action: &str,
        parameters: &Value,
    ) -> Result<Value, OperatorError> {
        let random = &mut *self.random.borrow_mut();
        let operator = self.service.operator(account);
        let (result, commit) = operator.call(api, action, parameters, self.now(), random)?;
        if let Some(commit) = commit {
            commit.wait().unwrap();
        }
        Ok(result)
    }
}

/// A request as a transaction contains it.
pub fn contained((service, action, parameters): &(&str, &str, Value)) -> Value {
    json!({ "Service": service, "Action": action, "Parameters": parameters })
}
