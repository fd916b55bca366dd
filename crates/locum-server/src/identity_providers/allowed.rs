//! Issuers that the operator vouches for by name.

use super::{
    get::Reach,
    url::{BadUrl, Url},
};

/// Issuers that may have a private address, or `http://`: those of a cluster, which the internet does not see.
///
/// The default allows none. A name counts to the letter, as it stands in `iss`; it says nothing about paths below it.
#[derive(Debug, Clone, Default)]
pub struct AllowedIssuers(Vec<Box<str>>);

/// An issuer that cannot be allowed, since nothing could be fetched from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not the URL of an issuer: it begins with https:// or http:// and has no user, query or fragment"
)]
pub struct NotAnIssuer(String);

impl AllowedIssuers {
    /// Allows one more issuer.
    ///
    /// # Errors
    /// `NotAnIssuer` unless it is a URL that could be fetched from.
    pub fn allow(&mut self, issuer: &str) -> Result<(), NotAnIssuer> {
        Url::of_discovery(issuer).map_err(|BadUrl| NotAnIssuer(issuer.to_owned()))?;
        self.0.push(issuer.into());
        Ok(())
    }

    /// Returns the allowed issuers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|issuer| &**issuer)
    }

    pub(super) fn reach(&self, issuer: &str) -> Reach {
        if self.iter().any(|allowed| allowed == issuer) {
            Reach::Anywhere
        } else {
            Reach::Internet
        }
    }
}
