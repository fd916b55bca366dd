//! A customer's account and a vendor's, and the steps of a delegation between them.

#![allow(unreachable_pub, reason = "a module of tests")]

use std::{cell::Cell, ops::Deref, sync::Arc};

use locum_directory::{Changes, DelegationRequest, Snapshot};

pub use crate::harness::{ACCOUNT, Answer, Credentials, Parameters, World};

/// The vendor's account; the customer's is [`ACCOUNT`].
pub const VENDOR: &str = "444455556666";
/// A third account that has no part in it.
pub const THIRD: &str = "777788889999";

pub const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
/// What the vendor asks for.
pub const TEMPLATE: &str = r#"{
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": ["iam:ListUsers", "iam:GetUser", "iam:CreateAccessKey"], "Resource": "*"}
}"#;
/// The same as it is granted.
pub const GRANTED: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:ListUsers","iam:GetUser","iam:CreateAccessKey"],"Resource":"*"}}"#;

pub const INVALID: &str = "The trade-in token is not valid.";
pub const EXPIRED: &str = "The trade-in token has expired.";
pub const SESSION_EXPIRED: &str = "The security token included in the request is expired";

/// A policy of one `Allow`.
pub fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}}}"#
    )
}

/// Everybody there is.
pub struct Parties {
    world: World,
    /// A user of the vendor who may do everything there.
    pub vendor: Credentials,
    pub vendor_root: Credentials,
    /// A user of the customer who may take requests and nothing else.
    pub owner: Credentials,
    /// A user of the customer who may do everything there.
    pub admin: Credentials,
    /// A user of the customer who may do nothing.
    pub nobody: Credentials,
    /// A user of a third account who may do everything there.
    pub third: Credentials,
    /// The ARN of the vendor's template.
    pub template: String,
    asked: Cell<u32>,
}

impl Deref for Parties {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Parties {
    pub fn new() -> Self {
        let world = World::new();
        let vendor_root = world.other_account(VENDOR);
        let third_root = world.other_account(THIRD);
        let vendor = world.user(&vendor_root, "vendor", Some(ALLOW_ALL));
        let third = world.user(&third_root, "third", Some(ALLOW_ALL));
        let root = world.root.clone();
        let owner = world.user(
            &root,
            "owner",
            Some(&allow("iam:AssociateDelegationRequest", "*")),
        );
        let admin = world.user(&root, "admin", Some(ALLOW_ALL));
        let nobody = world.user(&root, "nobody", None);
        let mut parties = Self {
            world,
            vendor,
            vendor_root,
            owner,
            admin,
            nobody,
            third,
            template: String::new(),
            asked: Cell::new(0),
        };
        parties.template = parties.template("template", TEMPLATE);
        parties
    }

    /// A managed policy of the vendor.
    pub fn template(&self, name: &str, document: &str) -> String {
        let parameters = [("PolicyName", name), ("PolicyDocument", document)];
        self.iam(&self.vendor, "CreatePolicy", &parameters)
            .ok()
            .text("Arn")
    }

    /// Asks for access as `who`; `more` replaces what is asked for otherwise, and an empty value leaves it out.
    pub fn create(&self, who: &Credentials, more: &Parameters<'_>) -> Answer {
        self.asked.set(self.asked.get() + 1);
        let workflow = format!("workflow-{}", self.asked.get());
        let mut parameters = vec![
            ("OwnerAccountId", ACCOUNT),
            ("Description", "Set up what the product needs."),
            ("Permissions.PolicyTemplateArn", &*self.template),
            ("RequestorWorkflowId", &*workflow),
            ("NotificationChannel", "arn:aws:sns:us-east-1:444455556666:news"),
            ("SessionDuration", "3600"),
        ];
        for given in more {
            parameters.retain(|(name, _)| *name != given.0);
            parameters.push(*given);
        }
        parameters.retain(|(_, value)| !value.is_empty());
        self.iam(who, "CreateDelegationRequest", &parameters)
    }

    /// The id of a request of the vendor.
    pub fn asked(&self, more: &Parameters<'_>) -> String {
        self.create(&self.vendor, more).ok().text("DelegationRequestId")
    }

    /// The id of a request of the vendor that the owner looks after.
    pub fn assigned(&self, more: &Parameters<'_>) -> String {
        let id = self.asked(more);
        self.on(&self.owner, "AssociateDelegationRequest", &id).ok();
        id
    }

    /// The id of a request that `approver` granted.
    pub fn accepted(&self, approver: &Credentials, more: &Parameters<'_>) -> String {
        let id = self.assigned(more);
        self.on(approver, "AcceptDelegationRequest", &id).ok();
        id
    }

    /// The id and the token of a request that `approver` granted.
    pub fn finalized(&self, approver: &Credentials, more: &Parameters<'_>) -> (String, String) {
        let id = self.accepted(approver, more);
        let token = self.sent(&self.owner, &id);
        (id, token)
    }

    /// Sends the token of a request.
    pub fn sent(&self, who: &Credentials, id: &str) -> String {
        let answer = self.on(who, "SendDelegationToken", id).ok();
        answer.header("x-locum-trade-in-token").unwrap().to_owned()
    }

    /// The delegate's credentials, of access that `approver` granted.
    pub fn delegated(&self, approver: &Credentials, more: &Parameters<'_>) -> (String, Credentials) {
        let (id, token) = self.finalized(approver, more);
        (id, self.trade(&self.vendor, &token).ok().credentials())
    }

    /// Performs an operation on a request.
    pub fn on(&self, who: &Credentials, action: &str, id: &str) -> Answer {
        self.iam(who, action, &[("DelegationRequestId", id)])
    }

    /// Trades a token in.
    pub fn trade(&self, who: &Credentials, token: &str) -> Answer {
        self.sts(who, "GetDelegatedAccessToken", &[("TradeInToken", token)])
    }

    /// How a request stands, as the customer's administrator sees it.
    pub fn state(&self, id: &str) -> String {
        self.on(&self.admin, "GetDelegationRequest", id)
            .ok()
            .text("State")
    }

    /// The request as it is kept.
    pub fn kept(&self, id: &str) -> Arc<DelegationRequest> {
        Arc::clone(self.snapshot().delegation_request(id).unwrap())
    }

    /// Applies changes and waits until they are durable.
    pub fn change(&self, make: impl FnOnce(&Snapshot) -> Changes) {
        let write = |snapshot: &Snapshot| Ok::<_, ()>(((), make(snapshot)));
        let ((), pending) = self.service.directory().write(write).unwrap();
        pending.wait().unwrap();
    }

    /// A role of the customer that everybody of its account may assume, and a session of it.
    pub fn in_role(&self, name: &str, document: &str) -> Credentials {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}}}"#
        );
        self.role(&self.root, name, &trust, Some(document));
        self.assume(&self.admin, name, &[])
    }

    /// A session of a role of the customer.
    pub fn assume(&self, who: &Credentials, name: &str, more: &Parameters<'_>) -> Credentials {
        let role = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        let mut parameters = vec![("RoleArn", &*role), ("RoleSessionName", "session")];
        for given in more {
            parameters.retain(|(name, _)| *name != given.0);
            parameters.push(*given);
        }
        self.sts(who, "AssumeRole", &parameters).ok().credentials()
    }
}
