//! Access that somebody of one account delegates to another account, and its end.
//!
//! How a request is made, and by whom, is not what is looked at here, but what the delegate's sessions can do, and how long.

use serde_json::json;

use super::{
    life::{Held, Life},
    model::{ACCOUNTS, Credential, Session, Who},
    verdict::{End, end},
};

impl Life {
    pub(super) fn delegate_access(&mut self) {
        if self.chance.once_in(3) {
            self.reject();
            return;
        }
        let approver = self.actor();
        let Ok(caller) = self.caller(&approver) else {
            return;
        };
        let Some(at) = ACCOUNTS.iter().position(|account| *account == caller.account) else {
            return;
        };
        let (vendor, customer) = (self.chance.below(ACCOUNTS.len()), at);
        if vendor == customer {
            return;
        }
        let (vendor, vendor_account, owner) = (
            self.held[vendor].clone(),
            ACCOUNTS[vendor],
            self.held[customer].clone(),
        );
        let name = format!("template-{}", self.fresh());
        let text = self.model.rights(&mut self.chance, caller.account);
        if text.contains("${") {
            return;
        }
        let made = self.iam(
            &vendor,
            "CreatePolicy",
            &json!({ "PolicyName": name, "PolicyDocument": text }),
        );
        if made.status != 200 {
            return;
        }
        let asked = json!({
            "OwnerAccountId": caller.account,
            "Description": "Set up what the product needs.",
            "Permissions": { "PolicyTemplateArn": made.text("Arn") },
            "RequestorWorkflowId": name,
            "NotificationChannel": "arn:aws:sns:us-east-1:444455556666:news",
            "SessionDuration": 3600,
        });
        let asked = self.iam(&vendor, "CreateDelegationRequest", &asked);
        let Some(id) = asked.find("DelegationRequestId") else {
            return;
        };
        let request = json!({ "DelegationRequestId": id });
        self.iam(&owner, "AssociateDelegationRequest", &request);
        let accepted = self.iam(&approver, "AcceptDelegationRequest", &request);
        if accepted.status != 200 {
            return;
        }
        let approved = self.model.now;
        if self.chance.once_in(2) {
            self.wait(5);
        }
        let sent = self.iam(&owner, "SendDelegationToken", &request);
        let Some(token) = sent.header("x-locum-trade-in-token").map(str::to_owned) else {
            return;
        };
        let traded = self.world.sts(
            &vendor.credentials,
            "GetDelegatedAccessToken",
            &[("TradeInToken", &token)],
        );
        if traded.status != 200 {
            return;
        }
        self.compare(&vendor, "GetDelegatedAccessToken", End::Done, &traded);
        let seconds = match &caller.who {
            Who::Role(id, _) => self.model.by_id(id).unwrap().longest.min(3600),
            _ => 3600,
        };
        let by = caller.session.as_ref();
        let session = Session {
            account: caller.account,
            who: caller.who.clone(),
            // As old as what was delegated, if the clock was not put back since.
            issued: by.map_or(approved, |session| session.issued).min(self.model.now),
            expires: self.model.now + seconds,
            policy: Some(text),
            policy_arns: Vec::new(),
            tags: by.map(|session| session.tags.clone()).unwrap_or_default(),
            transitive: Default::default(),
            source_identity: by.and_then(|session| session.source_identity.clone()),
            vouched: None,
            assumed_root: false,
            mfa: by.is_some_and(|session| session.mfa),
            delegated: Some((id.clone(), vendor_account)),
        };
        let name = format!("delegate {id} of ({})", approver.name);
        self.hold(traded.credentials(), Credential::Session(Box::new(session)), name);
    }

    /// Takes back what somebody delegated.
    fn reject(&mut self) {
        let delegated = |held: &Held| match &held.credential {
            Credential::Session(session) => session.delegated.clone().map(|(id, _)| (id, session.account)),
            Credential::Key(_) => None,
        };
        let requests: Vec<_> = self.held.iter().filter_map(delegated).collect();
        if requests.is_empty() {
            return;
        }
        let (id, account) = requests[self.chance.below(requests.len())].clone();
        let at = ACCOUNTS.iter().position(|known| *known == account).unwrap();
        let answer = self.iam(
            &self.held[at],
            "RejectDelegationRequest",
            &json!({ "DelegationRequestId": id }),
        );
        if end(&answer) == End::Done {
            self.model.rejected.insert(id);
        }
    }
}
