//! A user and a role of the first account, their sessions, and how a revocation is refused.

use std::ops::Deref;

use serde_json::Value;

pub(super) use crate::harness::{ACCOUNT, Answer, Credentials, World};

pub(super) const OTHER: &str = "444455556666";
pub(super) const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
pub(super) const USER: &str = "arn:aws:iam::111122223333:user/alice";
pub(super) const ROLE: &str = "arn:aws:iam::111122223333:role/worker";
pub(super) const ROOT: &str = "arn:aws:iam::111122223333:root";

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}"#;

/// A world with the user `alice` and the role `worker`, who may do everything.
pub(super) struct Scene {
    world: World,
    pub(super) alice: Credentials,
}

impl Deref for Scene {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::of(World::new())
    }

    pub(super) fn of(world: World) -> Self {
        let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
        world.role(&world.root, "worker", TRUST, Some(ALLOW_ALL));
        Self { world, alice }
    }

    pub(super) fn assumed(&self) -> Credentials {
        let parameters = [("RoleArn", ROLE), ("RoleSessionName", "session")];
        self.sts(&self.alice, "AssumeRole", &parameters).credentials()
    }

    pub(super) fn session_of(&self, who: &Credentials) -> Credentials {
        self.sts(who, "GetSessionToken", &[]).credentials()
    }

    pub(super) fn federated_by(&self, who: &Credentials) -> Credentials {
        let parameters = [("Name", "guest"), ("Policy", ALLOW_ALL)];
        self.sts(who, "GetFederationToken", &parameters).credentials()
    }

    /// Whether credentials are let in; if not, it is since they are over.
    #[track_caller]
    pub(super) fn lives(&self, who: &Credentials) -> bool {
        let answer = self.sts(who, "GetCallerIdentity", &[]);
        if answer.status == 200 {
            return true;
        }
        answer.fails(
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        );
        false
    }

    /// RevokeSessions with this body.
    pub(super) fn ask(&self, who: &Credentials, body: &Value) -> Answer {
        self.own(who, "RevokeSessions", body)
    }
}

/// Status, code and message of a refusal.
#[track_caller]
pub(super) fn refused(answer: &Answer) -> (u16, String, String) {
    assert_ne!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (answer.status, text("__type"), text("Message"))
}
