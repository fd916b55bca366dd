//! Credentials that only services of AWS take: SSH keys, signing certificates, credentials of single services, server
//! certificates. None can be made here, so every list is empty.
//!
//! The lists are served because tools look into them before they delete a user, and take an operation that does not exist
//! for a failure. They are decided as if something were in them: who may not look is told nothing, and a user who
//! does not exist has no empty list.

use locum_api::{
    ApiError, Request, errors,
    iam::{
        ListSSHPublicKeysRequest, ListSSHPublicKeysResponse, ListServerCertificatesRequest,
        ListServerCertificatesResponse, ListServiceSpecificCredentialsRequest,
        ListServiceSpecificCredentialsResponse, ListSigningCertificatesRequest,
        ListSigningCertificatesResponse,
    },
    model::Operation,
};
use locum_directory::User;

use super::{
    access::{Keys, arn, authorize},
    holder::Holder,
    owner,
    whose::{NOT_A_USER, Whose, whose},
};
use crate::{
    call::{Call, Failure},
    paging::{InvalidMarker, Pager, Question},
    route::Perform,
};

/// The services that have credentials of their own.
const SERVICES: [&str; 4] = [
    "bedrock.amazonaws.com",
    "cassandra.amazonaws.com",
    "codecommit.amazonaws.com",
    "logs.amazonaws.com",
];

impl Perform for ListSSHPublicKeysRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListSSHPublicKeysResponse, Failure> {
        let user = permitted(call, Self::OPERATION, self.user_name)?;
        check_marker(call, Self::OPERATION, &[&user], self.marker.as_deref())?;
        Ok(ListSSHPublicKeysResponse::default())
    }
}

impl Perform for ListSigningCertificatesRequest {
    /// Of the root user too, which can have them.
    fn perform(self, call: &mut Call<'_>) -> Result<ListSigningCertificatesResponse, Failure> {
        let holder = Holder::permitted(call, Self::OPERATION, self.user_name)?;
        let of = holder.user_name.as_deref().unwrap_or_default();
        check_marker(call, Self::OPERATION, &[of], self.marker.as_deref())?;
        Ok(ListSigningCertificatesResponse::default())
    }
}

impl Perform for ListServiceSpecificCredentialsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListServiceSpecificCredentialsResponse, Failure> {
        let all = self.all_users == Some(true);
        if all && self.user_name.is_some() {
            let text = "AllUsers cannot be specified together with UserName.";
            return Err(ApiError::validation(text).into());
        }
        let of = if all {
            authorize(call, Self::OPERATION, "*", Keys::default())?;
            // No user's name.
            "*".to_owned()
        } else {
            permitted(call, Self::OPERATION, self.user_name)?
        };
        let service = self.service_name.as_deref();
        if let Some(name) = service.filter(|name| !SERVICES.contains(name)) {
            let text = format!("No such service {name} is supported for Service Specific Credentials");
            return Err(errors::NO_SUCH_ENTITY.with(text).into());
        }
        check_marker(
            call,
            Self::OPERATION,
            &[&of, service.unwrap_or_default()],
            self.marker.as_deref(),
        )?;
        Ok(ListServiceSpecificCredentialsResponse::default())
    }
}

impl Perform for ListServerCertificatesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListServerCertificatesResponse, Failure> {
        let prefix = self.path_prefix.as_deref().unwrap_or("/");
        let arn = arn(call, "server-certificate", prefix);
        authorize(call, Self::OPERATION, &arn, Keys::default())?;
        check_marker(call, Self::OPERATION, &[prefix], self.marker.as_deref())?;
        Ok(ListServerCertificatesResponse::default())
    }
}

/// Refuses a marker that was not given for this list: none ever is, since none has a second page.
fn check_marker(
    call: &Call<'_>,
    operation: &'static Operation,
    filters: &[&str],
    marker: Option<&str>,
) -> Result<(), InvalidMarker> {
    let question = Question {
        operation,
        filters,
        marker,
        max_items: None,
    };
    Pager::open(call, question).map(drop)
}

/// The name of the user that is named or, without a name, signed, if the caller may perform the operation there. The root
/// user cannot have what the operation is about.
fn permitted(call: &Call<'_>, operation: &Operation, user_name: Option<String>) -> Result<String, Failure> {
    match whose(call, user_name)? {
        Whose::User(name) => {
            let user = owner::permitted::<User>(call, operation, &name, Keys::default())?;
            Ok(user.name.to_string())
        }
        Whose::Root => Err(ApiError::validation(NOT_A_USER).into()),
    }
}
