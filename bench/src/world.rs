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
    let mut random = SystemRandom;
    let now = Timestamp::now();
    fs::create_dir_all(data)?;
    let kek = KeyEncryptionKey::generate(&mut random);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(data.join("kek"))?;
    file.write_all(kek.file_text().expose().as_bytes())?;
    let store = Arc::new(RedbStore::open(&data.join("directory.redb"))?);
    let kept = Arc::clone(&store) as Arc<dyn Store>;
    let directory = Directory::open(kept, kek, Box::new(SystemRandom))?;
    let first: AccountId = "111122223333".parse()?;
    directory.bootstrap(Some(first), Partition::Aws, now, &mut random, |_| Ok(()))?;
    let mut writer = Writer::new(&directory);
    let trust = |principal: &str, action: &str| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":{action}}}}}"#
        );
        Policy::compile(&document, PolicyKind::Trust)
    };

    let mut caller = User::new(first, "/", "caller", now, &mut random);
    caller.inline = statements(size.statements)?;
    if size.boundary {
        let policy = Policy::compile(ALLOW, PolicyKind::Managed)?;
        let boundary = ManagedPolicy::new(first, "/", "boundary", policy, now, &mut random);
        caller.boundary = Some(boundary.id);
        writer.put(|changes| {
            changes.put(boundary);
        })?;
    }
    let key = AccessKey::generate(first, KeyOwner::User(caller.id), now, &mut random);
    let credentials = Credentials {
        id: key.id.to_string(),
        secret: key.secret.clone(),
        token: None,
    };
    let open = Role::new(
        first,
        "/",
        "open",
        trust("111122223333", ASSUME)?,
        now,
        &mut random,
    );
    let closed = Role::new(
        first,
        "/",
        "closed",
        trust("444455556666", ASSUME)?,
        now,
        &mut random,
    );
    let provider = SamlProvider::new(
        first,
        "bench",
        "<EntityDescriptor/>",
        saml::ENTITY_ID,
        vec![saml::CERTIFICATE.into()],
        now,
        &mut random,
    );
    let saml_provider = provider.arn(Partition::Aws);
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"{saml_provider}"}},"Action":"sts:AssumeRoleWithSAML","Condition":{{"StringEquals":{{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}}}}}}"#
    );
    let saml_trust = Policy::compile(&document, PolicyKind::Trust)?;
    let saml = Role::new(first, "/", "saml", saml_trust, now, &mut random);
    let saml_role = saml.arn(Partition::Aws).to_string();
    writer.put(|changes| {
        changes.put(provider).put(saml);
    })?;
    let federated = match issuer {
        Some(issuer) => {
            let host = issuer.host();
            let mut provider = OidcProvider::new(first, &host, now);
            provider.scheme = IssuerScheme::Http;
            provider.client_ids = vec![issuer::AUDIENCE.into()];
            let arn = provider.arn(Partition::Aws);
            let document = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"{arn}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{host}:aud":"{}"}}}}}}}}"#,
                issuer::AUDIENCE
            );
            let trust = Policy::compile(&document, PolicyKind::Trust)?;
            let role = Role::new(first, "/", "federated", trust, now, &mut random);
            let arn = role.arn(Partition::Aws).to_string();
            writer.put(|changes| {
                changes.put(provider).put(role);
            })?;
            arn
        }
        None => String::new(),
    };
    let mut seeds = Seeds {
        roles: Vec::new(),
        federated,
        saml_role,
        saml_provider,
        caller: credentials,
        open: open.arn(Partition::Aws).to_string(),
        closed: closed.arn(Partition::Aws).to_string(),
    };
    writer.put(|changes| {
        changes.put(caller).put(key).put(open).put(closed);
    })?;

    let mut accounts = vec![first];
    for number in 1..size.accounts {
        let id = AccountId::from_random(random.next_u64());
        let (name, email) = (
            format!("account-{number}"),
            format!("account-{number}@example.com"),
        );
        let account = Account::new(id, &name, &email, JoinedMethod::Created, now);
        accounts.push(id);
        writer.put(|changes| {
            changes.put(account);
        })?;
    }
    let shared = trust("111122223333", ASSUME_WITH_ALL)?;
    let half = size.principals / 2;
    let step = half.div_ceil(SAMPLE).max(1);
    let mut ids = HashSet::from([seeds.caller.id.clone()]);
    for number in 0..half {
        let account = *accounts
            .get(number % accounts.len())
            .ok_or("there are no accounts")?;
        // There may be more in an account here than its ids were made for: the service would ask for another try.
        let name = format!("user-{number:07}");
        let users = || User::new(account, "/", &name, now, &mut random);
        let user = iter::repeat_with(users).find(|user| ids.insert(user.id.to_string()));
        let user = user.ok_or("no user has an id of its own")?;
        let keys = || AccessKey::generate(account, KeyOwner::User(user.id), now, &mut random);
        let key = iter::repeat_with(keys).find(|key| ids.insert(key.id.to_string()));
        let key = key.ok_or("no key has an id of its own")?;
        let name = format!("role-{number:07}");
        let roles = || Role::new(account, "/", &name, shared.clone(), now, &mut random);
        let role = iter::repeat_with(roles).find(|role| ids.insert(role.id.to_string()));
        let role = role.ok_or("no role has an id of its own")?;
        if number % step == 0 {
            seeds.roles.push(role.arn(Partition::Aws).to_string());
        }
        writer.put(|changes| {
            changes.put(user).put(key).put(role);
        })?;
    }
    writer.finish()?;
    drop(directory);
    // As a service does when it ends.
    Arc::into_inner(store).ok_or("the store is in use")?.close()?;
    Ok(seeds)
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
