//! What the organization does to its accounts.

use serde_json::json;

use super::{
    life::{Life, SERVICE},
    model::{ACCOUNTS, MANAGEMENT, Model},
    verdict::End,
};
use crate::harness::{RCP, SCP};

const FULL: &str = "p-FullAWSAccess";

impl Model {
    /// Every target has the policy that allows everything, and no other of its type.
    pub(super) fn attach_everywhere(&mut self) {
        let targets = self.units.keys().cloned().chain(ACCOUNTS.map(str::to_owned));
        self.control_attachments
            .extend(targets.map(|target| (target, FULL.to_owned())));
    }

    fn of_type(&self, rcp: bool, target: Option<&str>) -> usize {
        let mut all: Vec<_> = self.control_attachments.iter().collect();
        all.retain(|(to, policy)| target.is_none_or(|target| to == target) && self.controls[policy].0 == rcp);
        all.len()
    }
}

impl Life {
    pub(super) fn organize(&mut self) {
        match self.chance.below(16) {
            0..=2 => self.move_account(),
            3..=8 => self.attach(),
            9 | 10 => self.toggle(),
            11 => self.rewrite(),
            12 => self.toggle_root_sessions(),
            13 => self.delegate(),
            14 => self.list_accounts(),
            _ => self.close(),
        }
    }

    fn manage(&mut self, action: &str, body: &serde_json::Value, possible: bool) -> bool {
        // Others are in no place to do it, whatever their policies say.
        let who = match self.chance.once_in(6) && action != "DisablePolicyType" {
            true => self.anybody(),
            false => self.held[0].clone(),
        };
        let root = self.held[0].credentials.access_key_id == who.credentials.access_key_id;
        let expected = match self.caller(&who) {
            Err(end) => end,
            Ok(_) if root && possible => End::Done,
            Ok(_) if root => End::Refused,
            Ok(caller) if caller.account != MANAGEMENT => End::Denied,
            // What the account's own policies say of it is not asked here.
            Ok(_) => return false,
        };
        let answer = self.world.organizations(&who.credentials, action, body);
        self.compare(&who, &format!("{action} {body}"), expected, &answer);
        expected == End::Done
    }

    fn target(&mut self) -> String {
        let units: Vec<&String> = self.model.units.keys().collect();
        match self.chance.below(2) {
            0 => units[self.chance.below(units.len())].clone(),
            _ => self.chance.of(&ACCOUNTS).to_owned(),
        }
    }

    fn move_account(&mut self) {
        let account = self.chance.of(&ACCOUNTS);
        let units: Vec<String> = self.model.units.keys().cloned().collect();
        let to = units[self.chance.below(units.len())].clone();
        let from = self.model.accounts[account].unit.clone();
        let body = json!({ "AccountId": account, "SourceParentId": from, "DestinationParentId": to });
        if from != to && self.manage("MoveAccount", &body, true) {
            self.model.accounts.get_mut(account).unwrap().unit = to;
        }
    }

    fn attach(&mut self) {
        let target = self.target();
        let policies: Vec<String> = self.model.controls.keys().cloned().collect();
        let policy = policies[self.chance.below(policies.len())].clone();
        let rcp = self.model.controls[&policy].0;
        let on = if rcp {
            self.model.rcps_on
        } else {
            self.model.scps_on
        };
        let pair = (target.clone(), policy.clone());
        let there = self.model.control_attachments.contains(&pair);
        let here = self.model.of_type(rcp, Some(&target));
        let body = json!({ "PolicyId": policy, "TargetId": target });
        if there {
            // The last one stays; an RCP is never the last.
            let possible = on && (rcp || here > 1);
            if self.manage("DetachPolicy", &body, possible) {
                self.model.control_attachments.remove(&pair);
            }
        } else if self.manage("AttachPolicy", &body, on) {
            self.model.control_attachments.insert(pair);
        }
    }

    fn toggle(&mut self) {
        let rcp = self.chance.once_in(2);
        self.toggle_type(rcp);
    }

    pub(super) fn toggle_type(&mut self, rcp: bool) {
        let on = if rcp {
            self.model.rcps_on
        } else {
            self.model.scps_on
        };
        let action = if on {
            "DisablePolicyType"
        } else {
            "EnablePolicyType"
        };
        let body = json!({ "RootId": self.world.root_id(), "PolicyType": if rcp { RCP } else { SCP } });
        if !self.manage(action, &body, true) {
            return;
        }
        if rcp {
            self.model.rcps_on = !on;
        } else {
            self.model.scps_on = !on;
        }
        let controls = &self.model.controls;
        self.model
            .control_attachments
            .retain(|(_, policy)| controls[policy].0 != rcp);
        if !on && !rcp {
            self.model.attach_everywhere();
        }
    }

    fn rewrite(&mut self) {
        let policies: Vec<String> = self
            .model
            .controls
            .keys()
            .filter(|id| *id != FULL)
            .cloned()
            .collect();
        let policy = policies[self.chance.below(policies.len())].clone();
        let rcp = self.model.controls[&policy].0;
        let text = self.model.control(&mut self.chance, rcp);
        if self.manage(
            "UpdatePolicy",
            &json!({ "PolicyId": policy, "Content": text }),
            true,
        ) {
            self.model.controls.insert(policy, (rcp, text));
        }
    }

    pub(super) fn toggle_root_sessions(&mut self) {
        let who = self.held[0].clone();
        let on = self.model.root_sessions;
        let verb = if on { "Disable" } else { "Enable" };
        for feature in ["RootSessions", "RootCredentialsManagement"] {
            let action = format!("{verb}Organizations{feature}");
            let answer = self.iam(&who, &action, &json!({}));
            let expected = self.caller(&who).err().unwrap_or(End::Done);
            self.compare(&who, &action, expected, &answer);
            if expected != End::Done {
                return;
            }
        }
        self.model.root_sessions = !on;
        if on {
            self.model.root_sessions_ended = Some(self.model.now);
        }
        self.look_around();
    }

    fn delegate(&mut self) {
        let account = self.chance.of(&[ACCOUNTS[1], ACCOUNTS[2]]);
        let on = self.model.accounts[account].delegated;
        let verb = if on { "Deregister" } else { "Register" };
        let body = json!({ "AccountId": account, "ServicePrincipal": SERVICE });
        let possible = on || !self.model.accounts[account].closed;
        if self.manage(&format!("{verb}DelegatedAdministrator"), &body, possible) {
            self.model.accounts.get_mut(account).unwrap().delegated = !on;
        }
    }

    /// The management account and delegated administrators may look.
    fn list_accounts(&mut self) {
        for _ in 0..4 {
            let who = self.anybody();
            let expected = match self.caller(&who) {
                Err(end) => end,
                Ok(caller)
                    if caller.account != MANAGEMENT && !self.model.accounts[caller.account].delegated =>
                {
                    End::Denied
                }
                Ok(caller) => {
                    let question =
                        super::authorize::Question::new("organizations:ListAccounts", "*", caller.account);
                    self.verdict(&caller, &[question], true)
                }
            };
            let answer = self
                .world
                .organizations(&who.credentials, "ListAccounts", &json!({}));
            self.compare(&who, "ListAccounts", expected, &answer);
        }
    }

    fn close(&mut self) {
        let account = ACCOUNTS[2];
        // Seldom: it is for good.
        let late = self.chance.once_in(10);
        let possible = !self.model.accounts[account].closed;
        if late && possible && self.manage("CloseAccount", &json!({ "AccountId": account }), possible) {
            self.model.accounts.get_mut(account).unwrap().closed = true;
            self.look_around();
        }
    }
}
