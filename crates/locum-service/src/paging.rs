//! Where a list goes on: the last name of a page, sealed and bound to its query.
//!
//! A marker opens for the account, list and filters it was made for and no others, so it cannot be turned into a look
//! at somebody else's names (`facts: security §1.3`).

use base64::{Engine, prelude::BASE64_STANDARD};
use locum_names::AccountId;
use locum_session::DeploymentId;

use crate::call::Call;

/// What a marker is bound to.
pub(crate) struct Scope<'a> {
    pub(crate) account: AccountId,
    pub(crate) list: &'a str,
    pub(crate) filters: &'a [&'a str],
}

impl Scope<'_> {
    fn aad<'a>(&'a self, deployment: &'a DeploymentId, account: &'a [u8]) -> Vec<&'a [u8]> {
        let fixed = [deployment.as_bytes().as_slice(), account, self.list.as_bytes()];
        fixed
            .into_iter()
            .chain(self.filters.iter().map(|filter| filter.as_bytes()))
            .collect()
    }
}

/// The marker behind the name `last`.
pub(crate) fn seal(call: &mut Call<'_>, scope: &Scope<'_>, last: &str) -> String {
    let mut sealed = Vec::new();
    let account = scope.account.digits();
    let aad = scope.aad(&call.settings.deployment, &account);
    call.rings
        .marker
        .seal(&aad, last.as_bytes(), call.random, &mut sealed);
    BASE64_STANDARD.encode(sealed)
}

/// The name that a marker stands for; `None` if it is not one of this query.
pub(crate) fn open(call: &Call<'_>, scope: &Scope<'_>, marker: &str) -> Option<String> {
    let sealed = BASE64_STANDARD.decode(marker).ok()?;
    let account = scope.account.digits();
    let aad = scope.aad(&call.settings.deployment, &account);
    let opened = call.rings.marker.open(&aad, &sealed).ok()?;
    String::from_utf8(opened).ok()
}
