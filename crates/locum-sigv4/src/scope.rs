use crate::AuthError;
use crate::error::shown;
use crate::split::{cut, split};

/// What a signature is good for: `date/region/service/aws4_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Scope<'a> {
    /// The day it was signed, `YYYYMMDD`.
    pub date: &'a str,
    /// The region it was signed for.
    pub region: &'a str,
    /// The service it was signed for.
    pub service: &'a str,
    /// `aws4_request`.
    pub terminator: &'a str,
}

/// The last element of every scope.
pub(crate) const TERMINATOR: &str = "aws4_request";

/// What the endpoint and the operation ask of a scope.
#[derive(Clone, Copy)]
pub struct ExpectedScope<'a> {
    /// The signing name of the service that has the operation.
    pub service: &'a str,
    /// Tells whether the endpoint answers for a region.
    pub accepts_region: &'a dyn Fn(&str) -> bool,
}

impl std::fmt::Debug for ExpectedScope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExpectedScope")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// Whose signature it is and what it is good for, as the request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credential<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) scope: Scope<'a>,
    /// The scope as it was written.
    pub(crate) scope_text: &'a str,
}

impl<'a> Credential<'a> {
    /// Splits `keyid/date/region/service/terminator`; `None` unless there are just these five.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (access_key_id, scope_text) = cut(text, b'/')?;
        let mut parts = split(scope_text, b'/');
        let scope = Scope {
            date: parts.next()?,
            region: parts.next()?,
            service: parts.next()?,
            terminator: parts.next()?,
        };
        parts.next().is_none().then_some(Self {
            access_key_id,
            scope,
            scope_text,
        })
    }
}

/// As it is written in a credential.
impl std::fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            date,
            region,
            service,
            terminator,
        } = self;
        write!(f, "{date}/{region}/{service}/{terminator}")
    }
}

impl Scope<'_> {
    /// Compares with what is expected; every difference adds its sentence, in AWS's order.
    pub(crate) fn check(&self, expected: &ExpectedScope<'_>, stamp: &str) -> Result<(), AuthError> {
        let mut message = String::new();
        if !(expected.accepts_region)(self.region) {
            message.push_str("Credential should be scoped to a valid region. ");
        }
        if self.service != expected.service {
            let service = expected.service;
            message += &format!("Credential should be scoped to correct service: '{service}'. ");
        }
        if self.terminator != TERMINATOR {
            let got = shown(self.terminator);
            message += &format!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{got}'. "
            );
        }
        let date = stamp.get(..8).unwrap_or_default();
        if self.date != date {
            let got = shown(self.date);
            message += &format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                 '{got}' != '{date}', from '{stamp}'. "
            );
        }
        if message.is_empty() {
            Ok(())
        } else {
            Err(AuthError::Scope(message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_has_five_parts() {
        let expected = Credential {
            access_key_id: "k",
            scope: Scope {
                date: "d",
                region: "é",
                service: "",
                terminator: "t",
            },
            scope_text: "d/é//t",
        };
        assert_eq!(Credential::parse("k/d/é//t"), Some(expected));
        assert_eq!(expected.scope.to_string(), expected.scope_text);
        for other in ["", "k", "k/d/r/s", "k/d/r/s/t/u", "k/d/r/s/t/"] {
            assert_eq!(Credential::parse(other), None, "{other}");
        }
        let empty = Credential::parse("////").unwrap();
        assert_eq!((empty.access_key_id, empty.scope), ("", Scope::default()));
    }
}
