//! What the servers under measurement know: written straight into a store, as fast as a disk takes it.

use std::{
    collections::HashSet, convert::Infallible, error::Error, fs, io::Write, iter,
    os::unix::fs::OpenOptionsExt, path::Path, sync::Arc,
};

use jiff::Timestamp;
use locum_crypto::{KeyEncryptionKey, Random, SecretString, SystemRandom};
use locum_directory::{
    AccessKey, Account, Changes, Directory, InlinePolicy, IssuerScheme, JoinedMethod, KeyOwner,
    ManagedPolicy, OidcProvider, RedbStore, Role, SamlProvider, Store, User,
};
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};

use crate::{
    issuer::{self, Issuer},
    saml,
};

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Accounts, over which the principals are spread.
    pub(crate) accounts: usize,
    /// Principals in all, half of them users with an access key each, half roles.
    pub(crate) principals: usize,
    /// Statements on the caller.
    pub(crate) statements: usize,
    /// Whether the caller has a permissions boundary.
    pub(crate) boundary: bool,
}

impl Size {
    /// One account, ten users and ten roles, five statements.
    pub(crate) const SMALL: Self = Self {
        accounts: 1,
        principals: 20,
        statements: 5,
        boundary: false,
    };
}

/// An access key and, of a session, its token.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) token: Option<SecretString>,
}

/// What requests can be made of.
#[derive(Debug, Clone)]
pub(crate) struct Seeds {
    /// A user with the statements that were asked for, which let it do everything.
    pub(crate) caller: Credentials,
    /// A role that the user may assume.
    pub(crate) open: String,
    /// One that it may not.
    pub(crate) closed: String,
    /// One for whoever the issuer vouches for; empty without an issuer.
    pub(crate) federated: String,
    /// One for whoever the SAML provider vouches for.
    pub(crate) saml_role: String,
    /// The ARN of that provider.
    pub(crate) saml_provider: String,
    /// A sample of all the other roles, which the user may assume too, from everywhere among them.
    pub(crate) roles: Vec<String>,
}

/// The account of the caller.
const FIRST: &str = "111122223333";
const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const ASSUME: &str = r#""sts:AssumeRole""#;
/// With whatever a session can be given.
const ASSUME_WITH_ALL: &str = r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#;
/// So many roles are in the sample, if there are as many.
pub(crate) const SAMPLE: usize = 4_096;
/// So many entities go into one transaction of the store.
const BATCH: usize = 5_000;
/// So many statements fit into one inline policy of this shape, far below what limits there are.
const STATEMENTS_A_POLICY: usize = 1_000;

/// Makes a deployment in `data`, as a first start would, with this much in it.
pub(crate) fn seed(data: &Path, size: Size, issuer: Option<&Issuer>) -> Result<Seeds, Box<dyn Error>> {
    fs::create_dir_all(data)?;
    let kek = KeyEncryptionKey::generate(&mut SystemRandom);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(data.join("kek"))?;
    file.write_all(kek.file_text().expose().as_bytes())?;
    let store = Arc::new(RedbStore::open(&data.join("directory.redb"))?);
    let kept = Arc::clone(&store) as Arc<dyn Store>;
    let directory = Directory::open(kept, kek, Box::new(SystemRandom))?;
    let mut maker = Maker {
        first: FIRST.parse()?,
        now: Timestamp::now(),
        random: SystemRandom,
        writer: Writer::new(&directory),
    };
    let (first, now) = (maker.first, maker.now);
    directory.bootstrap(Some(first), Partition::Aws, now, &mut maker.random, |_| Ok(()))?;
    let caller = maker.caller(size)?;
    let (saml_provider, saml_role) = maker.saml()?;
    let mut seeds = Seeds {
        open: maker.role("open", &trust(FIRST, ASSUME))?,
        closed: maker.role("closed", &trust("444455556666", ASSUME))?,
        federated: issuer.map_or_else(|| Ok(String::new()), |issuer| maker.federated(issuer))?,
        saml_role,
        saml_provider,
        roles: Vec::new(),
        caller,
    };
    seeds.roles = maker.crowd(size, seeds.caller.id.clone())?;
    maker.writer.finish()?;
    drop(directory);
    // As a service does when it ends.
    Arc::into_inner(store).ok_or("the store is in use")?.close()?;
    Ok(seeds)
}

/// A trust policy with one statement, for everybody in an account.
fn trust(account: &str, action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":{action}}}}}"#
    )
}

/// The same for whoever a provider vouches for, to this audience.
fn federated_trust(provider: &str, action: &str, key: &str, audience: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":"sts:{action}","Condition":{{"StringEquals":{{"{key}":"{audience}"}}}}}}}}"#
    )
}

/// Makes what there is, most of it in the first account.
struct Maker<'a> {
    first: AccountId,
    now: Timestamp,
    random: SystemRandom,
    writer: Writer<'a>,
}

impl Maker<'_> {
    /// The user that calls, with its policies and its key.
    fn caller(&mut self, size: Size) -> Result<Credentials, Box<dyn Error>> {
        let (first, now) = (self.first, self.now);
        let mut caller = User::new(first, "/", "caller", now, &mut self.random);
        caller.inline = statements(size.statements)?;
        if size.boundary {
            let policy = Policy::compile(ALLOW, PolicyKind::Managed)?;
            let boundary = ManagedPolicy::new(first, "/", "boundary", policy, now, &mut self.random);
            caller.boundary = Some(boundary.id);
            self.writer.put(|changes| {
                changes.put(boundary);
            })?;
        }
        let key = AccessKey::generate(first, KeyOwner::User(caller.id), now, &mut self.random);
        let credentials = Credentials {
            id: key.id.to_string(),
            secret: key.secret.clone(),
            token: None,
        };
        self.writer.put(|changes| {
            changes.put(caller).put(key);
        })?;
        Ok(credentials)
    }

    /// A role, and its ARN.
    fn role(&mut self, name: &str, trust: &str) -> Result<String, Box<dyn Error>> {
        let trust = Policy::compile(trust, PolicyKind::Trust)?;
        let role = Role::new(self.first, "/", name, trust, self.now, &mut self.random);
        let arn = role.arn(Partition::Aws).to_string();
        self.writer.put(|changes| {
            changes.put(role);
        })?;
        Ok(arn)
    }

    /// A SAML provider and a role for whoever it vouches for; the ARNs of both.
    fn saml(&mut self) -> Result<(String, String), Box<dyn Error>> {
        let provider = SamlProvider::new(
            self.first,
            "bench",
            "<EntityDescriptor/>",
            saml::ENTITY_ID,
            vec![saml::CERTIFICATE.into()],
            self.now,
            &mut self.random,
        );
        let arn = provider.arn(Partition::Aws);
        self.writer.put(|changes| {
            changes.put(provider);
        })?;
        let audience = "https://signin.aws.amazon.com/saml";
        let trust = federated_trust(&arn, "AssumeRoleWithSAML", "SAML:aud", audience);
        let role = self.role("saml", &trust)?;
        Ok((arn, role))
    }

    /// The provider of an issuer and a role for whoever it vouches for; the ARN of the role.
    fn federated(&mut self, issuer: &Issuer) -> Result<String, Box<dyn Error>> {
        let host = issuer.host();
        let mut provider = OidcProvider::new(self.first, &host, self.now);
        provider.scheme = IssuerScheme::Http;
        provider.client_ids = vec![issuer::AUDIENCE.into()];
        let arn = provider.arn(Partition::Aws);
        self.writer.put(|changes| {
            changes.put(provider);
        })?;
        let key = format!("{host}:aud");
        let trust = federated_trust(&arn, "AssumeRoleWithWebIdentity", &key, issuer::AUDIENCE);
        self.role("federated", &trust)
    }

    /// All the others: accounts, and users and roles spread over them. Returns the sample of the roles.
    fn crowd(&mut self, size: Size, taken: String) -> Result<Vec<String>, Box<dyn Error>> {
        let (now, random) = (self.now, &mut self.random);
        let mut accounts = vec![self.first];
        for number in 1..size.accounts {
            let id = AccountId::from_random(random.next_u64());
            let name = format!("account-{number}");
            let email = format!("{name}@example.com");
            let account = Account::new(id, &name, &email, JoinedMethod::Created, now);
            accounts.push(id);
            self.writer.put(|changes| {
                changes.put(account);
            })?;
        }
        let document = trust(FIRST, ASSUME_WITH_ALL);
        let shared = Policy::compile(&document, PolicyKind::Trust)?;
        let half = size.principals / 2;
        let step = half.div_ceil(SAMPLE).max(1);
        let mut sample = Vec::new();
        let mut ids = HashSet::from([taken]);
        for (number, &account) in (0..half).zip(accounts.iter().cycle()) {
            // There may be more in an account here than its ids were made for: the service would ask for another try.
            let name = format!("user-{number:07}");
            let users = || User::new(account, "/", &name, now, random);
            let user = iter::repeat_with(users).find(|user| ids.insert(user.id.to_string()));
            let user = user.ok_or("no user has an id of its own")?;
            let keys = || AccessKey::generate(account, KeyOwner::User(user.id), now, random);
            let key = iter::repeat_with(keys).find(|key| ids.insert(key.id.to_string()));
            let key = key.ok_or("no key has an id of its own")?;
            let name = format!("role-{number:07}");
            let roles = || Role::new(account, "/", &name, shared.clone(), now, random);
            let role = iter::repeat_with(roles).find(|role| ids.insert(role.id.to_string()));
            let role = role.ok_or("no role has an id of its own")?;
            if number % step == 0 {
                sample.push(role.arn(Partition::Aws).to_string());
            }
            self.writer.put(|changes| {
                changes.put(user).put(key).put(role);
            })?;
        }
        Ok(sample)
    }
}

/// One statement that allows everything and enough others that concern something else.
fn statements(count: usize) -> Result<Vec<InlinePolicy>, Box<dyn Error>> {
    let mut policies = vec![InlinePolicy {
        name: "allow".into(),
        policy: Policy::compile(ALLOW, PolicyKind::Inline)?,
    }];
    let others: Vec<String> = (1..count)
        .map(|number| {
            format!(
                r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-{number}/*"}}"#
            )
        })
        .collect();
    for (number, chunk) in others.chunks(STATEMENTS_A_POLICY).enumerate() {
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, chunk.join(","));
        policies.push(InlinePolicy {
            name: format!("others-{number}").into(),
            policy: Policy::compile(&document, PolicyKind::Inline)?,
        });
    }
    Ok(policies)
}

/// Gathers entities into transactions.
struct Writer<'a> {
    directory: &'a Directory,
    changes: Changes,
    gathered: usize,
}

impl<'a> Writer<'a> {
    fn new(directory: &'a Directory) -> Self {
        Self {
            directory,
            changes: Changes::new(),
            gathered: 0,
        }
    }

    fn put(&mut self, add: impl FnOnce(&mut Changes)) -> Result<(), Box<dyn Error>> {
        add(&mut self.changes);
        self.gathered += 1;
        if self.gathered >= BATCH {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), Box<dyn Error>> {
        let changes = std::mem::take(&mut self.changes);
        self.gathered = 0;
        let ((), pending) = self.directory.write(|_| Ok::<_, Infallible>(((), changes)))?;
        pending.wait()?;
        Ok(())
    }

    fn finish(mut self) -> Result<(), Box<dyn Error>> {
        self.write()
    }
}
