//! One life of a service: random steps, each taken by the service and by the model, and compared.

use std::{collections::BTreeMap, sync::Arc};

use locum_api::{
    encode_form,
    model::{Service as Api, find},
};
use locum_crypto::{RotationSchedule, SeededRandom};
use locum_directory::MemoryStore;
use serde_json::{Value, json};

use super::{
    chance::Chance,
    deeds::ADMINISTRATOR,
    model::{ACCOUNTS, Account, Credential, Key, Kind, MANAGEMENT, Managed, Model, Provider, Who},
    sessions::Form,
    verdict::End,
};
use crate::{
    harness::{Answer, Credentials, RCP, SCP, World},
    idp::Idp,
    phone::Phone,
};

/// What somebody holds, and what the model takes it for.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) credentials: Credentials,
    pub(super) credential: Credential,
    pub(super) name: String,
}

pub(super) struct Life {
    pub(super) world: World,
    pub(super) store: Arc<MemoryStore>,
    pub(super) seed: u64,
    pub(super) begin: i64,
    pub(super) model: Model,
    pub(super) chance: Chance,
    pub(super) held: Vec<Held>,
    /// The provider of SAML assertions, of all accounts.
    pub(super) idp: Idp,
    /// Requests whose assertions brought credentials, each with its role.
    pub(super) redeemed: Vec<(String, Form)>,
    pub(super) phones: BTreeMap<String, (Phone, i64)>,
    pub(super) log: Vec<String>,
    pub(super) tally: BTreeMap<(String, End), u32>,
}

impl Life {
    pub(super) fn new(seed: u64) -> Self {
        let store = Arc::new(MemoryStore::new());
        let world = World::over(Arc::clone(&store) as _, seed);
        let mut model = Model {
            now: world.now().as_second(),
            organization: world.organization_id(),
            scps_on: true,
            ..Model::default()
        };
        let mut held = Vec::new();
        let root_unit = world.root_id();
        for (at, account) in ACCOUNTS.into_iter().enumerate() {
            let root = if at == 0 {
                world.root.clone()
            } else {
                world.other_account(account)
            };
            let key = Key {
                account,
                user: None,
                active: true,
            };
            model.keys.insert(root.access_key_id.clone(), key);
            let unit = root_unit.clone();
            model.accounts.insert(
                account,
                Account {
                    unit,
                    ..Account::default()
                },
            );
            held.push(Held {
                credential: Credential::Key(root.access_key_id.clone()),
                credentials: root,
                name: format!("root of {account}"),
            });
        }
        let administrator = Managed {
            account: "aws",
            name: "AdministratorAccess".to_owned(),
            versions: [(1, FULL.to_owned())].into(),
            default: 1,
            next: 2,
            created: 0,
        };
        model.policies.insert(ADMINISTRATOR.to_owned(), administrator);
        model.units.insert(root_unit.clone(), None);
        let one = world.unit(&root_unit, "one");
        let two = world.unit(&one, "two");
        model.units.insert(two, Some(one.clone()));
        model.units.insert(one, Some(root_unit));
        model
            .controls
            .insert("p-FullAWSAccess".to_owned(), (false, FULL.to_owned()));
        model.attach_everywhere();
        world.done("EnableAWSServiceAccess", &json!({ "ServicePrincipal": SERVICE }));
        let mut life = Self {
            begin: model.now,
            world,
            store,
            seed,
            model,
            chance: Chance::new(seed),
            held,
            idp: Idp::new("https://idp.example.com/saml"),
            redeemed: Vec::new(),
            phones: BTreeMap::new(),
            log: Vec::new(),
            tally: BTreeMap::new(),
        };
        life.furnish();
        for at in 0..ACCOUNTS.len() {
            life.provide(at, Provider::Oidc);
            life.provide(at, Provider::Saml);
        }
        life.toggle_root_sessions();
        life
    }

    /// What accounts begin with, and control policies that are attached later or not.
    fn furnish(&mut self) {
        for at in 0..5 {
            let rcp = at % 2 == 0;
            let text = self.model.control(&mut self.chance, rcp);
            let kind = if rcp { RCP } else { SCP };
            let id = self.world.control_policy(kind, &format!("c{at}"), &text);
            self.model.controls.insert(id, (rcp, text));
        }
        for (at, account) in ACCOUNTS.into_iter().enumerate() {
            for _ in 0..40 {
                let who = self.held[at].clone();
                let deed = self.draw(account).founding();
                self.perform(&who, deed);
            }
            for _ in 0..3 {
                let who = self.held[at].clone();
                self.new_key(&who);
            }
        }
    }

    /// Takes so many steps.
    pub(super) fn live(&mut self, steps: usize) {
        for step in 1..=steps {
            self.step();
            if step % 100 == 0 {
                self.reopened();
            }
        }
    }

    fn step(&mut self) {
        match self.chance.below(46) {
            0..=13 => self.administer(),
            14 => self.clear(),
            15..=16 => self.key(),
            19..=21 => self.organize(),
            22 => self.revoke(),
            23 => {
                let at = self.chance.below(ACCOUNTS.len());
                let provider = self.chance.of(&[Provider::Oidc, Provider::Saml]);
                self.provide(at, provider);
            }
            24 | 25 => self.pass_time(),
            17 | 18 | 26..=31 => self.assume(),
            32 => self.session_token(),
            33 => self.federate(),
            34 | 35 => self.web_identity(),
            44 | 45 => self.saml(),
            36 => self.assume_root(),
            38 => self.guard(),
            39 => self.delegate_access(),
            42 => self.replace(),
            43 => self.toggle_root_sessions(),
            37 => self.transact(),
            _ => self.look_around(),
        }
        // Whoever it is that was just concerned, somebody of before is asked who they are and looks at something.
        self.look();
    }

    pub(super) fn anybody(&mut self) -> Held {
        for _ in 0..6 {
            // The newest are the most telling.
            let from = match self.chance.below(3) {
                0 => 0,
                _ => self.held.len().saturating_sub(12),
            };
            let at = from + self.chance.below(self.held.len() - from);
            // Those whose time is over have little more to tell.
            if self.model.caller(&self.held[at].credential).is_ok() || self.chance.once_in(5) {
                return self.held[at].clone();
            }
        }
        self.held[0].clone()
    }

    /// A number for a name that nobody had before.
    pub(super) fn fresh(&self) -> usize {
        self.log.len()
    }

    /// Somebody who may assume roles, mostly.
    pub(super) fn actor(&mut self) -> Held {
        let mut who = self.anybody();
        for _ in 0..3 {
            match self.model.caller(&who.credential).map(|caller| caller.who) {
                Ok(Who::User(_) | Who::Role(..)) => break,
                _ => who = self.anybody(),
            }
        }
        who
    }

    /// The root user of an account, mostly; else anybody.
    pub(super) fn administrator(&mut self) -> Held {
        let anybody = self.anybody();
        // What a delegate may not do whatever policies say is not modelled.
        let delegate =
            matches!(&anybody.credential, Credential::Session(session) if session.delegated.is_some());
        if !delegate && self.chance.once_in(2) {
            return anybody;
        }
        let at = self.chance.below(ACCOUNTS.len());
        self.held[at].clone()
    }

    pub(super) fn iam(&self, who: &Held, action: &str, parameters: &Value) -> Answer {
        let operation = find(Api::Iam, action).unwrap();
        let form = encode_form(operation, parameters.as_object().unwrap());
        let form: Vec<(&str, &str)> = form
            .iter()
            .skip(2)
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        self.world.iam(&who.credentials, action, &form)
    }

    pub(super) fn account_of(&self, who: &Held) -> &'static str {
        match &who.credential {
            Credential::Key(id) => self.model.keys.get(id).map_or(MANAGEMENT, |key| key.account),
            Credential::Session(session) => session.account,
        }
    }

    pub(super) fn id_of(&self, account: &str, kind: Kind, name: &str) -> String {
        let (snapshot, account) = (self.world.snapshot(), account.parse().unwrap());
        let ids: Vec<(String, String)> = match kind {
            Kind::User => snapshot
                .users(account, None, "/")
                .map(|e| (e.name.to_string(), e.id.to_string()))
                .collect(),
            Kind::Role => snapshot
                .roles(account, None, "/")
                .map(|e| (e.name.to_string(), e.id.to_string()))
                .collect(),
            Kind::Group => snapshot
                .groups(account, None, "/")
                .map(|e| (e.name.to_string(), e.id.to_string()))
                .collect(),
        };
        ids.into_iter().find(|(known, _)| known == name).unwrap().1
    }

    pub(super) fn hold(&mut self, credentials: Credentials, credential: Credential, name: String) {
        self.held.push(Held {
            credentials,
            credential,
            name,
        });
        if self.held.len() > 60 {
            // The root users stay.
            self.held.remove(ACCOUNTS.len());
        }
        let newest = self.held.last().unwrap().clone();
        self.identify(&newest);
    }

    fn pass_time(&mut self) {
        let seconds = match self.chance.below(8) {
            0 => self.chance.of(&[899, 900, 1799, 3599, 3600, 7199, 43_200]),
            1 => self.chance.of(&[-600, -60, -1]),
            _ => self.chance.of(&[1, 1, 30, 60, 299, 300, 301]),
        };
        if self.model.now + seconds <= self.begin {
            return;
        }
        self.wait(seconds);
        self.log.push(format!("{seconds} s pass"));
        self.upkeep();
    }

    /// What the service does from time to time.
    pub(super) fn upkeep(&self) {
        let random = &mut SeededRandom::new(self.model.now.unsigned_abs());
        let schedule = RotationSchedule::default();
        self.world
            .service
            .rotate(self.world.now(), &schedule, random)
            .unwrap();
    }

    pub(super) fn wait(&mut self, seconds: i64) {
        self.world.advance(seconds);
        self.model.now += seconds;
        self.model.latest = self.model.latest.max(self.model.now);
    }
}

pub(super) const SERVICE: &str = "config.amazonaws.com";
const FULL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
