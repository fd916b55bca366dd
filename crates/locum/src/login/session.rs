//! What a login leaves in the vault: the session of a profile, and what renews it.

use jiff::Timestamp;
use locum_credentials::{Credentials, Kind, Vault, VaultError};
use locum_crypto::{SecretBytes, SecretString};
use serde_json::{Map, Value, json};

use super::error::LoginError;
use super::settings::Oidc;

/// How much longer a session must last to be used, in seconds.
const MARGIN: i64 = 300;

/// Between whom a session was made. What one deployment gave is of no use to another, and none of its business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// The service, as [`Caller::realm`](crate::caller::Caller::realm) has it.
    pub(super) realm: String,
    /// The issuer or the page that starts a sign-in, and the client or entity; `None` where nothing says.
    pub(super) provider: Option<(String, String)>,
}

impl Origin {
    /// Tells whether an entry is of a session for this. A profile that names no provider has only its service to compare.
    fn takes(&self, kept: &Value) -> bool {
        let text = |name: &str| kept.get(name)?.as_str().map(str::to_owned);
        let provider = text("Provider").zip(text("Client"));
        text("Realm").as_ref() == Some(&self.realm) && (self.provider.is_none() || self.provider == provider)
    }
}

/// Somebody's session.
#[derive(Debug)]
pub(super) struct Session {
    /// Who they are.
    pub(super) arn: String,
    /// The role that was asked for.
    pub(super) role_arn: String,
    pub(super) credentials: Credentials,
    pub(super) expiration: Timestamp,
}

/// A refresh token, and whose it is.
#[derive(Debug, Clone)]
pub(super) struct Renewal {
    pub(super) token: SecretString,
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) subject: String,
}

impl Session {
    /// Reads the answer of a service.
    pub(super) fn answered(answer: &Value, role_arn: &str) -> Result<Self, LoginError> {
        let credentials = Credentials::of_answer(answer).map_err(LoginError::Answer)?;
        let arn = answer
            .get("AssumedRoleUser")
            .and_then(|user| user.get("Arn")?.as_str());
        Ok(Self {
            arn: arn.ok_or(LoginError::Answer("Arn"))?.to_owned(),
            role_arn: role_arn.to_owned(),
            expiration: credentials.expiration.ok_or(LoginError::Answer("Expiration"))?,
            credentials,
        })
    }

    /// Finds the session of a profile, if it is of this origin and role; what cannot be read is none.
    pub(super) fn load(
        vault: &dyn Vault,
        profile: &str,
        origin: &Origin,
        role_arn: Option<&str>,
    ) -> Result<Option<Self>, LoginError> {
        let found = vault.load(Kind::Login, profile)?;
        let found: Option<Value> = found.and_then(|bytes| serde_json::from_slice(bytes.expose()).ok());
        let Some(entry) = found else { return Ok(None) };
        let kept = entry.get("RoleArn").and_then(Value::as_str).unwrap_or_default();
        if role_arn.is_some_and(|wanted| wanted != kept) || !origin.takes(&entry) {
            return Ok(None);
        }
        Ok(Self::answered(&entry, kept).ok())
    }

    pub(super) fn store(&self, vault: &dyn Vault, profile: &str, origin: &Origin) -> Result<(), LoginError> {
        let provider = origin.provider.as_ref();
        let entry = json!({
            "Realm": origin.realm,
            "Provider": provider.map(|(provider, _)| provider),
            "Client": provider.map(|(_, client)| client),
            "RoleArn": self.role_arn,
            "AssumedRoleUser": {"Arn": self.arn},
            "Credentials": self.members(),
        });
        write(vault, Kind::Login, profile, &entry)
    }

    /// Whether it lasts long enough to be used.
    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        self.seconds_left(now) > MARGIN
    }

    pub(super) fn seconds_left(&self, now: Timestamp) -> i64 {
        self.expiration.as_second().saturating_sub(now.as_second())
    }

    /// What a `credential_process` prints.
    pub(super) fn printed(&self) -> String {
        let mut members = self.members();
        members.insert("Version".to_owned(), 1.into());
        format!("{}\n", Value::Object(members))
    }

    fn members(&self) -> Map<String, Value> {
        let token = self.credentials.session_token.as_ref();
        let members = [
            ("AccessKeyId", self.credentials.access_key_id.as_str()),
            ("SecretAccessKey", self.credentials.secret_access_key.expose()),
            ("SessionToken", token.map_or("", SecretString::expose)),
            ("Expiration", &self.expiration.to_string()),
        ];
        let members = members.map(|(name, value)| (name.to_owned(), Value::from(value)));
        members.into_iter().collect()
    }
}

impl Renewal {
    /// Finds what renews the session of a profile, if it is of this issuer and client.
    pub(super) fn load(vault: &dyn Vault, profile: &str, oidc: &Oidc) -> Result<Option<Self>, LoginError> {
        let found = vault.load(Kind::RefreshToken, profile)?;
        let found: Option<Value> = found.and_then(|bytes| serde_json::from_slice(bytes.expose()).ok());
        let member = |name: &str| found.as_ref()?.get(name)?.as_str().map(str::to_owned);
        let read = || {
            Some(Self {
                token: member("RefreshToken")?.into(),
                issuer: member("Issuer")?,
                client_id: member("ClientId")?,
                subject: member("Subject")?,
            })
        };
        Ok(read().filter(|kept| kept.issuer == oidc.issuer && kept.client_id == oidc.client_id))
    }

    pub(super) fn store(&self, vault: &dyn Vault, profile: &str) -> Result<(), LoginError> {
        let entry = json!({
            "RefreshToken": self.token.expose(),
            "Issuer": self.issuer,
            "ClientId": self.client_id,
            "Subject": self.subject,
        });
        write(vault, Kind::RefreshToken, profile, &entry)
    }
}

/// Tries whether the session of a profile can be kept, before somebody signs in for nothing.
pub(super) fn check_room(vault: &dyn Vault, profile: &str) -> Result<(), LoginError> {
    if vault.load(Kind::Login, profile).map_err(keep)?.is_some() {
        return Ok(());
    }
    write(vault, Kind::Login, profile, &json!({}))?;
    vault.remove(Kind::Login, profile).map(drop).map_err(keep)
}

/// Forgets what renews the session of a profile.
pub(super) fn forget_renewal(vault: &dyn Vault, profile: &str) -> Result<bool, LoginError> {
    Ok(vault.remove(Kind::RefreshToken, profile)?)
}

/// Forgets a profile's session and what renews it, and tells whether there was one.
pub(super) fn forget(vault: &dyn Vault, profile: &str) -> Result<bool, LoginError> {
    // A renewal that is under way would keep its session afterwards.
    let _lock = vault.lock(Kind::RefreshToken, profile);
    // What renews goes first: what is left for a moment ends by itself.
    let renewal = forget_renewal(vault, profile)?;
    Ok(vault.remove(Kind::Login, profile)? || renewal)
}

/// The profiles that somebody signed in for.
pub(super) fn profiles(vault: &dyn Vault) -> Result<Vec<String>, LoginError> {
    let mut names = vault.list(Kind::Login)?;
    names.extend(vault.list(Kind::RefreshToken)?);
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

fn write(vault: &dyn Vault, kind: Kind, profile: &str, entry: &Value) -> Result<(), LoginError> {
    let bytes = SecretBytes::new(entry.to_string());
    vault.store(kind, profile, &bytes).map_err(keep)
}

fn keep(error: VaultError) -> LoginError {
    LoginError::Keep(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::SystemClock;
    use locum_credentials::FileVault;

    fn answer() -> Value {
        json!({
            "Credentials": {
                "AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2027-01-01T00:00:00Z",
            },
            "AssumedRoleUser": {"Arn": "arn:aws:sts::1:assumed-role/r/s"},
        })
    }

    #[test]
    fn a_session_is_found_again_for_its_role() {
        let directory = tempfile::tempdir().unwrap();
        let vault = FileVault::new(Some(directory.path().to_owned()), SystemClock);
        let origin = origin("https://sts", Some("https://idp"));
        let load = |name, role| Session::load(&vault, name, &origin, role).unwrap();
        assert!(load("p", None).is_none());
        Session::answered(&answer(), "role")
            .unwrap()
            .store(&vault, "p", &origin)
            .unwrap();
        for (role, found) in [(None, true), (Some("role"), true), (Some("other"), false)] {
            assert_eq!(load("p", role).is_some(), found);
        }
        assert!(load("q", None).is_none());
        let kept = load("p", None).unwrap();
        assert_eq!(kept.arn, "arn:aws:sts::1:assumed-role/r/s");
        let end = "2027-01-01T00:00:00Z";
        let printed = json!({
            "AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": end, "Version": 1,
        });
        assert_eq!(kept.printed(), format!("{printed}\n"));
        let end: Timestamp = end.parse().unwrap();
        let before = |seconds| Timestamp::from_second(end.as_second() - seconds).unwrap();
        assert!(kept.is_good(before(301)) && !kept.is_good(before(300)));
        vault.store(Kind::Login, "p", &SecretBytes::new("{")).unwrap();
        assert!(load("p", None).is_none());
    }

    fn origin(realm: &str, issuer: Option<&str>) -> Origin {
        Origin {
            realm: realm.into(),
            provider: issuer.map(|issuer| (issuer.into(), "cli".into())),
        }
    }

    #[test]
    fn a_session_is_for_those_who_made_it() {
        let directory = tempfile::tempdir().unwrap();
        let vault = FileVault::new(Some(directory.path().to_owned()), SystemClock);
        let session = Session::answered(&answer(), "role").unwrap();
        let mut client = origin("https://sts", Some("https://idp"));
        client.provider = Some(("https://idp".into(), "another".into()));
        for (made, wanted, found) in [
            (origin("https://sts", Some("https://idp")), client, false),
            (
                origin("https://sts", Some("a")),
                origin("https://sts", Some("b")),
                false,
            ),
            (
                origin("https://sts", Some("a")),
                origin("https://other", Some("a")),
                false,
            ),
            (
                origin("https://sts", Some("a")),
                origin("https://sts", None),
                true,
            ),
            (
                origin("https://sts", None),
                origin("https://sts", Some("a")),
                false,
            ),
            (origin("https://sts", None), origin("https://sts", None), true),
            (origin("https://sts", None), origin("aws", None), false),
        ] {
            session.store(&vault, "p", &made).unwrap();
            let kept = Session::load(&vault, "p", &wanted, None).unwrap();
            assert_eq!(kept.is_some(), found, "{made:?} {wanted:?}");
        }
        let entry = json!({"RoleArn": "role", "AssumedRoleUser": {"Arn": "a"}});
        assert!(!origin("https://sts", None).takes(&entry));
    }

    #[test]
    fn a_refresh_token_is_for_its_issuer_and_client() {
        let directory = tempfile::tempdir().unwrap();
        let vault = FileVault::new(Some(directory.path().to_owned()), SystemClock);
        let renewal = Renewal {
            token: "r".into(),
            issuer: "https://idp".into(),
            client_id: "cli".into(),
            subject: "s".into(),
        };
        renewal.store(&vault, "p").unwrap();
        let mut oidc = Oidc::for_tests();
        assert!(
            Renewal::load(&vault, "p", &oidc)
                .unwrap()
                .is_some_and(|kept| kept.token.matches("r"))
        );
        oidc.client_id = "other".into();
        assert!(Renewal::load(&vault, "p", &oidc).unwrap().is_none());
        oidc.client_id = "cli".into();
        oidc.issuer = "https://evil".into();
        assert!(Renewal::load(&vault, "p", &oidc).unwrap().is_none());
        assert_eq!(profiles(&vault).unwrap(), ["p"]);
        assert!(forget(&vault, "p").unwrap() && !forget(&vault, "p").unwrap());
    }

    #[test]
    fn a_renewal_under_way_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let vault = || FileVault::new(Some(directory.path().to_owned()), SystemClock);
        let lock = vault().lock(Kind::RefreshToken, "p");
        let other = vault();
        let forgetting = std::thread::spawn(move || forget(&other, "p").unwrap());
        std::thread::sleep(std::time::Duration::from_millis(200));
        let session = Session::answered(&answer(), "role").unwrap();
        session.store(&vault(), "p", &origin("aws", None)).unwrap();
        drop(lock);
        assert!(forgetting.join().unwrap());
        assert_eq!(profiles(&vault()).unwrap(), [""; 0]);
    }

    #[test]
    fn what_an_answer_lacks_is_named() {
        let mut broken = answer();
        broken["Credentials"]["SessionToken"] = Value::Null;
        let error = Session::answered(&broken, "r").unwrap_err().to_string();
        assert_eq!(error, "the service's answer has no SessionToken");
    }
}
