//! Those who call: what they sign with, and the accounts, users and roles that a test makes.

use locum_crypto::SecretString;
use locum_directory::{AccessKey, Account, Changes, JoinedMethod, KeyOwner};
use locum_names::AccountId;

use super::World;

/// What signs a request.
#[derive(Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret: SecretString,
    pub token: Option<SecretString>,
}

impl Credentials {
    pub(super) fn of(key: &AccessKey) -> Self {
        Self {
            access_key_id: key.id.to_string(),
            secret: key.secret.clone(),
            token: None,
        }
    }
}

impl World {
    /// Another account of the organization, and its root user's key.
    pub fn other_account(&self, id: &str) -> Credentials {
        let random = &mut *self.random.borrow_mut();
        let id: AccountId = id.parse().unwrap();
        let (key, pending) = self
            .service
            .directory()
            .write(|_| {
                let email = format!("{id}@example.com");
                let joined = JoinedMethod::Created;
                let account = Account::new(id, "other", &email, joined, self.now());
                let key = AccessKey::generate(id, KeyOwner::Root(id), self.now(), random);
                let mut changes = Changes::new();
                changes.put(account).put(key.clone());
                Ok::<_, &str>((key, changes))
            })
            .unwrap();
        pending.wait().unwrap();
        Credentials::of(&key)
    }

    /// A user with an access key, made by `who`, allowed what the inline policy `document` says, if there is one.
    pub fn user(&self, who: &Credentials, name: &str, document: Option<&str>) -> Credentials {
        self.iam(who, "CreateUser", &[("UserName", name)]).ok();
        if let Some(document) = document {
            let parameters = [
                ("UserName", name),
                ("PolicyName", "inline"),
                ("PolicyDocument", document),
            ];
            self.iam(who, "PutUserPolicy", &parameters).ok();
        }
        self.iam(who, "CreateAccessKey", &[("UserName", name)])
            .credentials()
    }

    /// A role made by `who`, with an inline policy if there is one. Returns its ARN.
    pub fn role(&self, who: &Credentials, name: &str, trust: &str, document: Option<&str>) -> String {
        let parameters = [("RoleName", name), ("AssumeRolePolicyDocument", trust)];
        let arn = self.iam(who, "CreateRole", &parameters).ok().text("Arn");
        if let Some(document) = document {
            let parameters = [
                ("RoleName", name),
                ("PolicyName", "inline"),
                ("PolicyDocument", document),
            ];
            self.iam(who, "PutRolePolicy", &parameters).ok();
        }
        arn
    }
}
