use memchr::memchr_iter;

use crate::AuthError;
use crate::error::shown;

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

/// Splits `keyid/date/region/service/terminator`; `None` unless there are just these five.
pub(crate) fn split_credential(text: &str) -> Option<(&str, Scope<'_>)> {
    let mut slashes = memchr_iter(b'/', text.as_bytes());
    let ends = [slashes.next()?, slashes.next()?, slashes.next()?, slashes.next()?];
    if slashes.next().is_some() {
        return None;
    }
    let [key, date, region, service] = ends;
    // INVARIANT: an ASCII byte begins and ends a character.
    let scope = Scope {
        date: text.get(key + 1..date)?,
        region: text.get(date + 1..region)?,
        service: text.get(region + 1..service)?,
        terminator: text.get(service + 1..)?,
    };
    Some((text.get(..key)?, scope))
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
        let (key, scope) = split_credential("k/d/é//t").unwrap();
        let expected = Scope {
            date: "d",
            region: "é",
            service: "",
            terminator: "t",
        };
        assert_eq!((key, scope), ("k", expected));
        for other in ["", "k", "k/d/r/s", "k/d/r/s/t/u", "k/d/r/s/t/"] {
            assert_eq!(split_credential(other), None, "{other}");
        }
        assert_eq!(split_credential("////"), Some(("", Scope::default())));
    }
}
