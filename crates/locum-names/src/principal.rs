use std::{fmt, str::FromStr};

use smol_str::SmolStr;

use crate::{AccountId, Arn, NameError, Partition};

/// The ARN of somebody who can sign a request, or who a request's session came from (`facts: sts §2.10, §3.4`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PrincipalArn {
    /// The partition of its account.
    pub partition: Partition,
    /// The account it belongs to.
    pub account: AccountId,
    /// Who in that account.
    pub kind: PrincipalKind,
}

/// Who in an account. Paths begin and end with `/`; the root path is `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PrincipalKind {
    /// The account's root user.
    Root,
    /// An IAM user.
    User {
        /// `/` or `/division/team/`.
        path: SmolStr,
        /// Its name, case kept.
        name: SmolStr,
    },
    /// A role.
    Role {
        /// `/` or `/division/team/`.
        path: SmolStr,
        /// Its name, case kept.
        name: SmolStr,
    },
    /// A session of a role. The role's path is not part of the ARN.
    AssumedRole {
        /// The role's name.
        role: SmolStr,
        /// The session's name, chosen by the caller.
        session: SmolStr,
    },
    /// A session from `GetFederationToken`.
    FederatedUser {
        /// The name the issuing user chose.
        name: SmolStr,
    },
}

/// Tells whether a text is of the alphabet of every name in IAM, and of session names: `[\w+=,.@-]+` (`facts: sts §8.4`).
/// How long it may be is another matter.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b'-'))
}

/// Splits `division/team/name` into `/division/team/` and `name`.
fn path_and_name(text: &str) -> Option<(SmolStr, SmolStr)> {
    let (path, name) = match text.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name),
        None => ("/".to_owned(), text),
    };
    let printable = path.bytes().all(|b| (0x21..=0x7e).contains(&b));
    (printable && is_name(name)).then(|| (path.into(), name.into()))
}

impl FromStr for PrincipalArn {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let arn = Arn::parse(text)?;
        if !arn.region.is_empty() {
            return Err(NameError::Principal);
        }
        let (kind, rest) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
        let named = || path_and_name(rest).ok_or(NameError::Principal);
        let kind = match (arn.service, kind) {
            ("iam", "root") if arn.resource == "root" => PrincipalKind::Root,
            ("iam", "user") => named().map(|(path, name)| PrincipalKind::User { path, name })?,
            ("iam", "role") => named().map(|(path, name)| PrincipalKind::Role { path, name })?,
            ("sts", "assumed-role") => match rest.split_once('/') {
                Some((role, session)) if is_name(role) && is_name(session) => PrincipalKind::AssumedRole {
                    role: role.into(),
                    session: session.into(),
                },
                _ => return Err(NameError::Principal),
            },
            ("sts", "federated-user") if is_name(rest) => PrincipalKind::FederatedUser { name: rest.into() },
            _ => return Err(NameError::Principal),
        };
        Ok(Self {
            partition: arn.partition.parse()?,
            account: arn.account.parse()?,
            kind,
        })
    }
}

impl fmt::Display for PrincipalArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            account,
            kind,
        } = self;
        let service = match kind {
            PrincipalKind::Root | PrincipalKind::User { .. } | PrincipalKind::Role { .. } => "iam",
            PrincipalKind::AssumedRole { .. } | PrincipalKind::FederatedUser { .. } => "sts",
        };
        write!(f, "arn:{partition}:{service}::{account}:")?;
        match kind {
            PrincipalKind::Root => f.write_str("root"),
            PrincipalKind::User { path, name } => write!(f, "user{path}{name}"),
            PrincipalKind::Role { path, name } => write!(f, "role{path}{name}"),
            PrincipalKind::AssumedRole { role, session } => write!(f, "assumed-role/{role}/{session}"),
            PrincipalKind::FederatedUser { name } => write!(f, "federated-user/{name}"),
        }
    }
}
