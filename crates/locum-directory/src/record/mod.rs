//! The stored form of an entity: a format byte and JSON, in types of their own, so that an entity may change its shape
//! without changing what is on disk. Only ever sealed values of these leave the process.

mod access_key;
mod delegation;
mod federation;
mod group;
mod instance_profile;
mod mfa;
mod organization;
mod password;
mod plain;
mod principal;
mod text;
mod time;
mod tree;
mod usage;
mod wiped;

use std::str::{self, Utf8Error};

use locum_policy::PolicyError;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Documents, Entity};
use access_key::AccessKeyRecord;
use delegation::DelegationRecord;
use federation::{OidcRecord, OutboundRecord, SamlRecord, UsedAssertionRecord};
use group::GroupRecord;
use instance_profile::InstanceProfileRecord;
use mfa::MfaRecord;
use organization::{ControlAttachmentsRecord, ControlPolicyRecord, DelegatedAdministratorRecord, UnitRecord};
use password::{LoginProfileRecord, PasswordPolicyRecord};
pub(crate) use plain::Recent;
use principal::{RoleRecord, UserRecord};
use tree::{AccountRecord, CreateAccountRecord, OrganizationRecord, PolicyRecord, RingRecord};
use usage::{CredentialReportRecord, LastUseRecord};
use wiped::Wiped;

/// The first byte of every value.
const FORMAT: u8 = 1;

/// A stored value that is not an entity.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("unknown format {0:?}")]
    Format(Option<u8>),
    #[error("not a text: {0}")]
    Text(#[from] Utf8Error),
    #[error("not a record: {0}")]
    Json(#[from] serde_json::Error),
    #[error("its policy document is refused: {0}")]
    Policy(#[from] PolicyError),
    #[error("unknown {0}")]
    Unknown(&'static str),
}

/// Writes an entity. The revision is not part of it: the store keeps that.
pub(crate) fn encode(entity: &Entity) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    match entity {
        Entity::Organization(organization) => write(&OrganizationRecord::from(&**organization)),
        Entity::Ring(ring) => write(&RingRecord::from(&**ring)),
        Entity::Account(account) => write(&AccountRecord::from(&**account)),
        Entity::CreateAccountStatus(status) => write(&CreateAccountRecord::from(&**status)),
        Entity::Policy(policy) => write(&PolicyRecord::from(&**policy)),
        Entity::Group(group) => write(&GroupRecord::from(&**group)),
        Entity::User(user) => write(&UserRecord::from(&**user)),
        Entity::Role(role) => write(&RoleRecord::from(&**role)),
        Entity::InstanceProfile(profile) => write(&InstanceProfileRecord::from(&**profile)),
        Entity::AccessKey(key) => write(&AccessKeyRecord::from(&**key)),
        Entity::SamlProvider(provider) => write(&SamlRecord::from(&**provider)),
        Entity::OidcProvider(provider) => write(&OidcRecord::from(&**provider)),
        Entity::MfaDevice(device) => write(&MfaRecord::from(&**device)),
        Entity::UsedAssertion(used) => write(&UsedAssertionRecord::from(&**used)),
        Entity::OutboundFederation(issuer) => write(&OutboundRecord::from(&**issuer)),
        Entity::DelegationRequest(request) => write(&DelegationRecord::from(&**request)),
        Entity::LoginProfile(profile) => write(&LoginProfileRecord::from(&**profile)),
        Entity::PasswordPolicy(policy) => write(&PasswordPolicyRecord::from(&**policy)),
        Entity::LastUse(used) => write(&LastUseRecord::from(&**used)),
        Entity::CredentialReport(report) => write(&CredentialReportRecord::from(&**report)),
        Entity::Unit(unit) => write(&UnitRecord::from(&**unit)),
        Entity::ControlPolicy(policy) => write(&ControlPolicyRecord::from(&**policy)),
        Entity::ControlAttachments(attachments) => write(&ControlAttachmentsRecord::from(&**attachments)),
        Entity::DelegatedAdministrator(administrator) => {
            write(&DelegatedAdministratorRecord::from(&**administrator))
        }
    }
}

/// Reads an entity that was stored under a key of `prefix`, as if it were new.
///
/// `trusts` are the trust policies that were read before.
pub(crate) fn decode(
    prefix: &str,
    value: &[u8],
    documents: &Documents,
    trusts: &mut Recent,
) -> Result<Entity, RecordError> {
    let json = match value.split_first() {
        // All at once: a piece of every name is slower to look through.
        Some((&FORMAT, json)) => str::from_utf8(json)?,
        other => return Err(RecordError::Format(other.map(|(format, _)| *format))),
    };
    Ok(match prefix {
        "/organization" => read::<OrganizationRecord<'_>>(json)?.into_entity()?.into(),
        "/rings/" => read::<RingRecord<'_>>(json)?.into_entity()?.into(),
        "/accounts/" => read::<AccountRecord<'_>>(json)?.into_entity()?.into(),
        "/create-account/" => read::<CreateAccountRecord<'_>>(json)?.into_entity()?.into(),
        "/policies/" => read::<PolicyRecord<'_>>(json)?.into_entity(documents)?.into(),
        "/groups/" => read::<GroupRecord<'_>>(json)?.into_entity(documents)?.into(),
        "/users/" => plain_or_read(UserRecord::plain, json)?
            .into_entity(documents)?
            .into(),
        "/roles/" => plain_or_read(|json| RoleRecord::plain(json, trusts), json)?
            .into_entity(documents, trusts)?
            .into(),
        "/instance-profiles/" => read::<InstanceProfileRecord<'_>>(json)?.into_entity().into(),
        "/access-keys/" => plain_or_read(AccessKeyRecord::plain, json)?.into_entity()?.into(),
        "/saml-providers/" => read::<SamlRecord<'_>>(json)?.into_entity()?.into(),
        "/oidc-providers/" => read::<OidcRecord<'_>>(json)?.into_entity()?.into(),
        "/mfa-devices/" => read::<MfaRecord<'_>>(json)?.into_entity()?.into(),
        "/used-assertions/" => read::<UsedAssertionRecord<'_>>(json)?.into_entity()?.into(),
        "/outbound-federation/" => read::<OutboundRecord<'_>>(json)?.into_entity()?.into(),
        "/delegation-requests/" => read::<DelegationRecord<'_>>(json)?.into_entity()?.into(),
        "/login-profiles/" => read::<LoginProfileRecord>(json)?.into_entity()?.into(),
        "/password-policies/" => read::<PasswordPolicyRecord>(json)?.into_entity().into(),
        "/last-uses/" => read::<LastUseRecord<'_>>(json)?.into_entity()?.into(),
        "/credential-reports/" => read::<CredentialReportRecord<'_>>(json)?.into_entity().into(),
        "/units/" => read::<UnitRecord<'_>>(json)?.into_entity()?.into(),
        "/control-policies/" => read::<ControlPolicyRecord<'_>>(json)?
            .into_entity(documents)?
            .into(),
        "/control-attachments/" => read::<ControlAttachmentsRecord<'_>>(json)?.into_entity()?.into(),
        "/delegated-administrators/" => read::<DelegatedAdministratorRecord<'_>>(json)?
            .into_entity()
            .into(),
        _ => return Err(RecordError::Unknown("kind of entity")),
    })
}

fn write<T: Serialize>(record: &T) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    let mut value = Wiped::with_capacity(1024);
    value.0.push(FORMAT);
    serde_json::to_writer(&mut value, record)?;
    Ok(value.0)
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, serde_json::Error> {
    serde_json::from_str(json)
}

/// Reads a kind of record of which there may be a million.
fn plain_or_read<'a, T: Deserialize<'a>>(
    plain: impl Fn(&'a str) -> Option<T>,
    json: &'a str,
) -> Result<T, serde_json::Error> {
    plain(json).map_or_else(|| read(json), Ok)
}

/// The value that is written as `text`.
fn one_of<T: Copy>(
    values: &[T],
    name: impl Fn(T) -> &'static str,
    text: &str,
    what: &'static str,
) -> Result<T, RecordError> {
    let found = values.iter().copied().find(|value| name(*value) == text);
    found.ok_or(RecordError::Unknown(what))
}
