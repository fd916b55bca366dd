use jiff::Timestamp;
use locum_crypto::RotationSchedule;
use locum_directory::{Changes, Directory, OutboundFederation, Snapshot};
use locum_names::AccountId;

use super::keys;
use crate::service::{StartError, store};

/// Takes the steps that are due for the keys of every issuer. A key is made before its write begins, while nobody waits;
/// where no step is due nothing is made and nothing is written.
pub(crate) fn rotate(
    directory: &Directory,
    now: Timestamp,
    schedule: &RotationSchedule,
) -> Result<(), StartError> {
    let snapshot = directory.snapshot();
    let waiting = snapshot.outbound_federations().filter(|issuer| {
        !keys::due(issuer, now, schedule).is_empty()
            || keys::has_expired(issuer, now)
            || keys::is_ahead(issuer, now, schedule)
    });
    let mut outcome = Ok(());
    for issuer in waiting {
        // One that cannot go on does not hold up the others.
        outcome = outcome.and(rotate_one(directory, issuer, now, schedule));
    }
    outcome
}

fn rotate_one(
    directory: &Directory,
    issuer: &OutboundFederation,
    now: Timestamp,
    schedule: &RotationSchedule,
) -> Result<(), StartError> {
    let due = keys::due(issuer, now, schedule);
    let made = due.into_iter().map(keys::make).collect::<Result<Vec<_>, _>>()?;
    // The newest state decides once more: another node may have made the next key, or the issuer was disabled.
    store(directory, |newest| {
        Ok(advanced(newest, issuer.account, &made, now, schedule))
    })
}

fn advanced(
    newest: &Snapshot,
    account: AccountId,
    made: &[keys::NewKey],
    now: Timestamp,
    schedule: &RotationSchedule,
) -> Changes {
    let mut changes = Changes::new();
    if let Some(issuer) = newest.outbound_federation(account) {
        let mut issuer = OutboundFederation::clone(issuer);
        let before: Vec<_> = issuer.keys.iter().map(|key| key.kid.clone()).collect();
        let brought_back = keys::bring_back(&mut issuer, now, schedule);
        keys::advance(&mut issuer, made, now, schedule);
        if brought_back || !issuer.keys.iter().map(|key| &key.kid).eq(&before) {
            changes.put(issuer);
        }
    }
    changes
}
