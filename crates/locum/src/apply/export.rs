//! `locum export`: what there is, as a file.

use std::{ffi::OsString, process::ExitCode};

use locum_apply::{
    AccountState, ApiFailure, Described, Inventory, Named, OrganizationState, SeveralAccounts,
    export_account, export_organization, is_account_number, write,
};

use super::{
    client::{Client, ConnectError},
    options::{EXPORT_HELP, ExportOptions, OptionsError},
    reach::{Reach, ReachError},
};
use crate::outcome::{FAILED, Refusal, USAGE, answer};

#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Reach(#[from] ReachError),
    #[error("cannot see what there is: account {account}: {failure}")]
    Look { account: String, failure: ApiFailure },
    #[error("cannot see what there is: organization: {0}")]
    Organization(ApiFailure),
    #[error("there is no account {0} in the organization")]
    NoAccount(String),
    #[error(transparent)]
    Several(#[from] SeveralAccounts),
    #[error(transparent)]
    Write(#[from] locum_apply::WriteError),
}

impl Refusal for ExportError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Options(_) => USAGE,
            Self::Connect(error) => error.status(),
            _ => FAILED,
        }
    }
}

/// Runs `locum export …`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    answer(words, || super::page(EXPORT_HELP), export)
}

fn export(words: Vec<OsString>) -> Result<String, ExportError> {
    let options = ExportOptions::parse(words)?;
    let mut client = Client::connect(&options.connection)?;
    let role = options.connection.access_role();
    let own = client.caller().account.clone();
    let described = if options.all {
        let state = organization(&mut client, true)?;
        let mut accounts = Named::new();
        for member in state.members.iter().filter(|member| member.active) {
            accounts.insert(member.id.clone(), account(&mut client, &member.id)?);
        }
        export_organization(&state, &accounts, role)
    } else {
        let number = match &options.account {
            None => own,
            Some(number) if is_account_number(number) => number.clone(),
            Some(name) => {
                let state = organization(&mut client, false)?;
                let member = state.member(name)?.map(|member| member.id.clone());
                member.ok_or_else(|| ExportError::NoAccount(name.clone()))?
            }
        };
        export_account(&account(&mut client, &number)?, role)
    };
    Ok(write(&described, options.format)?)
}

fn organization(client: &mut Client, everything: bool) -> Result<OrganizationState, ExportError> {
    let own = client.caller().account.clone();
    let mut api = client.api(&own)?;
    OrganizationState::read(api.as_mut(), &Described::default(), everything)
        .map_err(ExportError::Organization)
}

fn account(client: &mut Client, number: &str) -> Result<AccountState, ExportError> {
    let mut caller = client.caller().clone();
    number.clone_into(&mut caller.account);
    let mut api = client.api(number)?;
    AccountState::read(api.as_mut(), &caller, Inventory::Everything).map_err(|failure| ExportError::Look {
        account: number.to_owned(),
        failure,
    })
}
