//! MFA devices of users, and codes of them.

use serde_json::json;

use super::{
    life::{Held, Life},
    model::{ACCOUNTS, Credential, Kind, Who},
    verdict::End,
};
use crate::phone::Phone;

impl Life {
    /// A user gets a device, or loses the one there is.
    pub(super) fn guard(&mut self) {
        let at = self.chance.below(ACCOUNTS.len());
        let (who, account) = (self.held[at].clone(), ACCOUNTS[at]);
        let user = self.chance.of(&["ann", "bob"]);
        let Some(found) = self.model.named(account, Kind::User, user).cloned() else {
            return;
        };
        if self.model.guarded.contains(&found.id) {
            if self.chance.once_in(4) {
                self.unguard(&who, &found.name, &found.id);
            }
            return;
        }
        if self.iam_end(
            &who,
            &[self.user_question("EnableMFADevice", account, user)],
            true,
        ) != End::Done
        {
            return;
        }
        let name = format!("phone-{}", self.fresh());
        let made = self.iam(
            &who,
            "CreateVirtualMFADevice",
            &json!({ "VirtualMFADeviceName": name }),
        );
        if made.status != 200 {
            return;
        }
        let phone = Phone::of(&made);
        let answer = phone.enable(&self.world, &who.credentials, user);
        self.compare(&who, &format!("EnableMFADevice {user}"), End::Done, &answer);
        self.model.guarded.insert(found.id.clone());
        let used = self.model.now;
        self.phones.insert(found.id, (phone, used));
    }

    pub(super) fn unguard(&mut self, who: &Held, user: &str, id: &str) -> bool {
        let account = self.account_of(who);
        let question = self.user_question("DeactivateMFADevice", account, user);
        let expected = self.iam_end(who, &[question], true);
        let serial = self.phones[id].0.serial.clone();
        let parameters = json!({ "UserName": user, "SerialNumber": serial });
        let answer = self.iam(who, "DeactivateMFADevice", &parameters);
        self.compare(who, &format!("DeactivateMFADevice {user}"), expected, &answer);
        if expected == End::Done {
            self.model.guarded.remove(id);
            self.phones.remove(id);
        }
        expected == End::Done
    }

    /// A code that somebody can give, after the time that makes it a new one.
    pub(super) fn code_of(&mut self, who: &Held) -> Option<[(&'static str, String); 2]> {
        if !matches!(&who.credential, Credential::Key(_)) {
            return None;
        }
        let Ok(Who::User(id)) = self.model.caller(&who.credential).map(|caller| caller.who) else {
            return None;
        };
        let used = self.phones.get(&id)?.1;
        // Codes of a time that was before are used up, even if the clock was put back.
        if self.model.now < used || self.chance.once_in(3) {
            return None;
        }
        self.wait(60);
        let (phone, used) = self.phones.get_mut(&id)?;
        *used = self.model.now;
        let code = phone.shows(&self.world, 0);
        Some([("SerialNumber", phone.serial.clone()), ("TokenCode", code)])
    }
}
