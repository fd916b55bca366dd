//! The fixed layout of a session's sealed body.
//!
//! `version ‖ issued ‖ expires ‖ chain depth`, then fields of `tag ‖ length ‖ value` with strictly ascending tags. A node
//! that meets a tag it does not know refuses the token: the field may restrict the session. Tags from 128 on are for
//! facts that restrict nothing, and are skipped.

use locum_crypto::SecretString;
use locum_names::{AccessKeyId, UniqueId, UniqueKind};

use crate::{
    Federation, FederationKey, Issuer, MfaFacts, Session, SessionPrincipal, SessionScope, SessionTag,
    TagReach,
    fields::{Reader, Writer},
};

const VERSION: u8 = 1;

const SECRET: u8 = 1;
const PRINCIPAL: u8 = 2;
const MFA: u8 = 3;
const POLICY: u8 = 4;
const POLICY_ARNS: u8 = 5;
const TAGS: u8 = 6;
const SOURCE_IDENTITY: u8 = 7;
const FEDERATION: u8 = 8;
const ASSUMED_ROOT: u8 = 9;
const DELEGATED: u8 = 10;
const FIRST_OPTIONAL: u8 = 128;
const PADDING: u8 = 128;

const ROOT: u8 = 1;
const USER: u8 = 2;
const ROLE: u8 = 3;
const FEDERATED_BY_ROOT: u8 = 4;
const FEDERATED_BY_USER: u8 = 5;

const UNIQUE_ID_LEN: usize = 21;

/// Appends the body of `session`.
pub(crate) fn write(session: &Session, out: &mut Vec<u8>) {
    let mut w = Writer(out);
    w.u8(VERSION);
    w.i64(session.issued_at);
    w.i64(session.expires_at);
    w.u8(session.chain_depth);
    w.field(SECRET, |w| w.bytes(session.secret_access_key.expose().as_bytes()));
    w.field(PRINCIPAL, |w| write_principal(&session.principal, w));
    if let Some(mfa) = session.mfa {
        w.field(MFA, |w| w.i64(mfa.authenticated_at));
    }
    if let Some(policy) = &session.policy {
        w.field(POLICY, |w| w.bytes(policy.as_bytes()));
    }
    if !session.policy_arns.is_empty() {
        w.field(POLICY_ARNS, |w| {
            session.policy_arns.iter().for_each(|arn| w.text(arn))
        });
    }
    if !session.tags.is_empty() {
        w.field(TAGS, |w| session.tags.iter().for_each(|tag| write_tag(tag, w)));
    }
    if let Some(identity) = &session.source_identity {
        w.field(SOURCE_IDENTITY, |w| w.bytes(identity.as_bytes()));
    }
    if let Some(federation) = &session.federation {
        w.field(FEDERATION, |w| write_federation(federation, w));
    }
    match &session.scope {
        None => {}
        Some(SessionScope::AssumedRoot) => w.field(ASSUMED_ROOT, |_| {}),
        Some(SessionScope::Delegated { request }) => w.field(DELEGATED, |w| w.bytes(request.as_bytes())),
    }
}

/// Appends a field of zeros that makes `out` at least `len` long.
pub(crate) fn pad(out: &mut Vec<u8>, len: usize) {
    const HEAD: usize = 3;
    let Some(missing) = len.checked_sub(out.len()).filter(|missing| *missing > 0) else {
        return;
    };
    let zeros = missing.saturating_sub(HEAD);
    Writer(out).field(PADDING, |w| w.bytes(&vec![0; zeros]));
}

fn write_principal(principal: &SessionPrincipal, w: &mut Writer<'_>) {
    let (kind, id, name) = match principal {
        SessionPrincipal::Root { .. } => (ROOT, None, ""),
        SessionPrincipal::User { id, .. } => (USER, Some(id), ""),
        SessionPrincipal::Role { id, session_name, .. } => (ROLE, Some(id), session_name.as_ref()),
        SessionPrincipal::FederatedUser { issuer, name, .. } => match issuer {
            Issuer::Root => (FEDERATED_BY_ROOT, None, name.as_ref()),
            Issuer::User(id) => (FEDERATED_BY_USER, Some(id), name.as_ref()),
        },
    };
    w.u8(kind);
    w.account(principal.account());
    if let Some(id) = id {
        w.bytes(id.as_str().as_bytes());
    }
    w.bytes(name.as_bytes());
}

fn write_federation(federation: &Federation, w: &mut Writer<'_>) {
    w.text(&federation.provider);
    for key in &federation.keys {
        w.text(&key.name);
        w.bytes(&u16::try_from(key.values.len()).unwrap_or(u16::MAX).to_be_bytes());
        key.values.iter().for_each(|value| w.text(value));
    }
}

fn write_tag(tag: &SessionTag, w: &mut Writer<'_>) {
    w.u8(match tag.reach {
        TagReach::Session => 0,
        TagReach::Transitive => 1,
        TagReach::Inherited => 2,
    });
    w.text(&tag.key);
    w.text(&tag.value);
}

/// Reads a body; `None` unless it is one that this version of the layout writes.
pub(crate) fn read(access_key_id: AccessKeyId, body: &[u8]) -> Option<Session> {
    let mut r = Reader(body);
    if r.u8()? != VERSION {
        return None;
    }
    let (issued_at, expires_at, chain_depth) = (r.i64()?, r.i64()?, r.u8()?);
    let (mut secret, mut principal) = (None, None);
    let (mut mfa, mut policy, mut source_identity) = (None, None, None);
    let (mut policy_arns, mut tags) = (Vec::new(), Vec::new());
    let (mut federation, mut scope) = (None, None);
    let mut last = 0;
    while !r.is_empty() {
        let (tag, mut value) = r.field()?;
        if tag <= last {
            return None;
        }
        last = tag;
        match tag {
            SECRET => secret = Some(SecretString::from(value.rest_as_text()?)),
            PRINCIPAL => principal = Some(read_principal(&mut value)?),
            MFA => {
                mfa = Some(MfaFacts {
                    authenticated_at: value.i64()?,
                });
            }
            POLICY => policy = Some(value.rest_as_text()?.into()),
            POLICY_ARNS => policy_arns = read_all(&mut value, |r| r.text().map(Box::from))?,
            TAGS => tags = read_all(&mut value, read_tag)?,
            SOURCE_IDENTITY => source_identity = Some(value.rest_as_text()?.into()),
            FEDERATION => federation = Some(read_federation(&mut value)?),
            ASSUMED_ROOT if scope.is_none() => scope = Some(SessionScope::AssumedRoot),
            DELEGATED if scope.is_none() => {
                scope = Some(SessionScope::Delegated {
                    request: value.rest_as_text()?.into(),
                });
            }
            FIRST_OPTIONAL.. => continue,
            _ => return None,
        }
        if !value.is_empty() {
            return None;
        }
    }
    Some(Session {
        access_key_id,
        secret_access_key: secret?,
        issued_at,
        expires_at,
        principal: principal?,
        mfa,
        policy,
        policy_arns,
        tags,
        source_identity,
        chain_depth,
        federation,
        scope,
    })
}

fn read_principal(r: &mut Reader<'_>) -> Option<SessionPrincipal> {
    let kind = r.u8()?;
    let account = r.account()?;
    Some(match kind {
        ROOT => SessionPrincipal::Root { account },
        USER => SessionPrincipal::User {
            id: read_id(r, UniqueKind::User)?,
            account,
        },
        ROLE => SessionPrincipal::Role {
            id: read_id(r, UniqueKind::Role)?,
            account,
            session_name: r.rest_as_text()?.into(),
        },
        FEDERATED_BY_ROOT => SessionPrincipal::FederatedUser {
            account,
            issuer: Issuer::Root,
            name: r.rest_as_text()?.into(),
        },
        FEDERATED_BY_USER => SessionPrincipal::FederatedUser {
            account,
            issuer: Issuer::User(read_id(r, UniqueKind::User)?),
            name: r.rest_as_text()?.into(),
        },
        _ => return None,
    })
}

fn read_id(r: &mut Reader<'_>, kind: UniqueKind) -> Option<UniqueId> {
    let text = std::str::from_utf8(r.bytes(UNIQUE_ID_LEN)?).ok()?;
    let id: UniqueId = text.parse().ok()?;
    (id.kind() == kind).then_some(id)
}

fn read_federation(r: &mut Reader<'_>) -> Option<Federation> {
    let provider = r.text()?.into();
    let keys = read_all(r, |r| {
        let name = r.text()?.into();
        let values = (0..r.u16()?)
            .map(|_| r.text().map(Box::from))
            .collect::<Option<_>>()?;
        Some(FederationKey { name, values })
    })?;
    Some(Federation { provider, keys })
}

fn read_tag(r: &mut Reader<'_>) -> Option<SessionTag> {
    let reach = match r.u8()? {
        0 => TagReach::Session,
        1 => TagReach::Transitive,
        2 => TagReach::Inherited,
        _ => return None,
    };
    Some(SessionTag {
        key: r.text()?.into(),
        value: r.text()?.into(),
        reach,
    })
}

fn read_all<'a, T>(r: &mut Reader<'a>, mut read: impl FnMut(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
    let mut all = Vec::new();
    while !r.is_empty() {
        all.push(read(r)?);
    }
    Some(all)
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
