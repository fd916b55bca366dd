//! Who somebody is, as far as it is known, and how it is told.

use std::fmt::Write as _;

use jiff::Timestamp;
use locum_credentials::{Need, State, one_line};
use serde_json::{Value, json};

use super::chain::Hop;

/// Who somebody is.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) profile: String,
    /// What named the profile.
    pub(super) profile_from: &'static str,
    pub(super) arn: Option<String>,
    pub(super) user_id: Option<String>,
    pub(super) account: Option<String>,
    pub(super) alias: Option<String>,
    pub(super) access_key_id: Option<String>,
    pub(super) source_identity: Option<String>,
    pub(super) expiration: Option<Timestamp>,
    pub(super) state: State,
    /// From the source that won to where its credentials come from; empty if no source has any.
    pub(super) hops: Vec<Hop>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
    /// Why it is not known, in a few words.
    pub(super) failure: Option<String>,
    /// Whether a service said so.
    pub(super) asked: bool,
    pub(super) now: Timestamp,
}

impl Identity {
    /// Whether there are credentials, or will be without anybody's help.
    pub(super) fn is_good(&self) -> bool {
        self.failure.is_none() && !self.hops.is_empty() && matches!(self.state, State::Valid | State::Ready)
    }

    pub(super) fn source(&self) -> &'static str {
        self.hops.first().map_or("", |hop| hop.source.name())
    }

    /// The word for what the next command would find.
    pub(super) fn state_word(&self) -> &'static str {
        match &self.state {
            _ if self.hops.is_empty() => "none",
            State::Valid => "valid",
            State::Ready => "ready",
            State::Needs(_) if self.expiration.is_some() => "expired",
            State::Needs(Need::Code(_)) => "mfa",
            State::Needs(Need::Keys) => "expired",
            State::Needs(Need::SsoLogin | Need::Login | Need::TokenFile) => "login",
            State::Unknown => "unknown",
        }
    }

    /// What would have to be done, or is not known.
    fn state_sentence(&self) -> Option<String> {
        Some(match &self.state {
            State::Valid => return None,
            State::Ready => "not in a cache yet; the next command gets them by itself".to_owned(),
            State::Needs(Need::Code(serial)) => format!("needs an MFA code of {}", one_line(serial)),
            State::Needs(Need::SsoLogin) => "needs `aws sso login`".to_owned(),
            State::Needs(Need::Login) => "needs `aws login`".to_owned(),
            State::Needs(Need::Keys) => {
                "the keys are over, or lack their session token; replace them".to_owned()
            }
            State::Needs(Need::TokenFile) => {
                "the web identity token is over, or its file cannot be read".to_owned()
            }
            State::Unknown => "only asking the source can tell".to_owned(),
        })
    }

    /// The seconds until the end.
    pub(super) fn seconds_left(&self) -> Option<i64> {
        let end = self.expiration?.as_second();
        Some(end.saturating_sub(self.now.as_second()).max(0))
    }

    /// The time left in a few letters; nothing if there is no end, and the state if there are no credentials.
    pub(super) fn left(&self) -> String {
        match (&self.state, self.seconds_left()) {
            _ if self.failure.is_some() => String::new(),
            (State::Valid, None) => String::new(),
            (State::Valid | State::Ready, Some(seconds)) if seconds > 0 => short(seconds),
            _ => self.state_word().to_owned(),
        }
    }

    fn profile_and_why(&self) -> String {
        match self.profile_from {
            "default" => self.profile.clone(),
            from => format!("{}, by {from}", self.profile),
        }
    }

    fn ends(&self) -> String {
        let is_temporary = self
            .access_key_id
            .as_deref()
            .is_some_and(|key| key.starts_with("ASIA"));
        match (self.expiration, self.seconds_left()) {
            (Some(end), Some(0)) => format!("over since {}", whole(end)),
            (Some(end), Some(seconds)) => format!("in {}, at {}", short(seconds), whole(end)),
            _ if is_temporary => "at a time that only the issuer knows".to_owned(),
            _ => "never".to_owned(),
        }
    }

    /// The user or role.
    pub(super) fn name(&self) -> Option<String> {
        let arn = match &self.arn {
            Some(arn) => arn,
            None => self.hops.first()?.role_arn.as_ref()?,
        };
        let mut parts = resource(arn)?.split('/');
        let kind = parts.next()?;
        let name = match kind {
            "assumed-role" => parts.next(),
            "root" => Some("root"),
            _ => parts.next_back(),
        };
        name.map(str::to_owned)
    }

    /// The name of a role's session.
    pub(super) fn session_name(&self) -> Option<String> {
        let (kind, rest) = resource(self.arn.as_ref()?)?.split_once('/')?;
        let (_, session) = rest.split_once('/').filter(|_| kind == "assumed-role")?;
        Some(session.to_owned())
    }

    /// What a person reads.
    pub(super) fn page(&self) -> String {
        let mut page = String::new();
        let mut row = |name: &str, value: &str| {
            // Writing to a string does not fail.
            let _ = writeln!(page, "{name:11}{}", one_line(value));
        };
        match &self.arn {
            Some(arn) => row("who", arn),
            None => row("who", "not known before STS is asked"),
        }
        let alias = self.alias.as_ref().map(|alias| format!(" ({alias})"));
        for (name, value) in [
            (
                "account",
                self.account
                    .as_ref()
                    .map(|account| format!("{account}{}", alias.unwrap_or_default())),
            ),
            ("user id", self.user_id.clone()),
            ("session", self.session_name()),
            ("for", self.source_identity.clone()),
            ("key", self.access_key_id.clone()),
            ("ends", self.access_key_id.as_ref().map(|_| self.ends())),
            ("state", self.state_sentence().filter(|_| !self.asked)),
            ("profile", Some(self.profile_and_why())),
        ] {
            if let Some(value) = value {
                row(name, &value);
            }
        }
        for (index, hop) in self.hops.iter().enumerate() {
            row(if index == 0 { "through" } else { "from" }, &hop.to_string());
        }
        if let Some(endpoint) = &self.endpoint {
            let region = self.region.as_deref().unwrap_or("no region");
            row("at", &format!("{endpoint}, for {region}"));
        }
        page
    }

    /// What a program reads.
    pub(super) fn document(&self) -> Value {
        let chain: Vec<Value> = self.hops.iter().map(Hop::document).collect();
        json!({
            "arn": self.arn,
            "userId": self.user_id,
            "account": self.account,
            "accountAlias": self.alias,
            "sessionName": self.session_name(),
            "sourceIdentity": self.source_identity,
            "accessKeyId": self.access_key_id,
            "expiration": self.expiration.map(|end| end.to_string()),
            "secondsLeft": self.seconds_left(),
            "state": self.state_word(),
            "profile": self.profile,
            "profileFrom": self.profile_from,
            "chain": chain,
            "region": self.region,
            "endpoint": self.endpoint,
            "error": self.failure,
        })
    }
}

fn resource(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5)
}

/// The time to the second, as people write it.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// A length of time in a few letters, rounded down.
fn short(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        ..60 => format!("{seconds}s"),
        60..3_600 => format!("{minutes}m"),
        3_600..86_400 => format!("{hours}h{:02}m", minutes % 60),
        _ => format!("{days}d{:02}h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whoami::format::Template;
    use locum_credentials::Source;

    fn session() -> Identity {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        Identity {
            profile: "prod".into(),
            profile_from: "AWS_PROFILE",
            arn: Some("arn:aws:sts::111122223333:assumed-role/admin/me".into()),
            user_id: Some("AROAX:me".into()),
            account: Some("111122223333".into()),
            alias: None,
            access_key_id: Some("ASIAQNZGKIQY56JQ7WML".into()),
            source_identity: Some("alice".into()),
            expiration: Some("2026-11-22T11:05:30Z".parse().unwrap()),
            state: State::Valid,
            hops: vec![Hop {
                source: Source::AssumeRole,
                profile: Some("prod".into()),
                role_arn: Some("arn:aws:iam::111122223333:role/path/admin".into()),
                session_name: None,
                detail: None,
            }],
            region: Some("eu-west-1".into()),
            endpoint: None,
            failure: None,
            asked: false,
            now,
        }
    }

    fn filled(template: &str, who: &Identity) -> String {
        template.parse::<Template>().unwrap().fill(who)
    }

    #[test]
    fn templates_are_filled() {
        let who = session();
        for (template, expected) in [
            ("{profile}@{account} {left}", "prod@111122223333 1h05m"),
            ("{{{name}}} {session} {state}", "{admin} me valid"),
            ("{seconds} {expiration}", "3930 2026-11-22T11:05:30Z"),
            ("{region} {source} [{alias}]", "eu-west-1 assume-role []"),
            ("", ""),
        ] {
            assert_eq!(filled(template, &who), expected);
        }
    }

    #[test]
    fn the_time_left_is_short() {
        for (seconds, expected) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (3_599, "59m"),
            (3_600, "1h00m"),
            (86_399, "23h59m"),
            (86_400, "1d00h"),
            (129_600, "1d12h"),
        ] {
            assert_eq!(short(seconds), expected);
        }
    }

    #[test]
    fn states_have_words() {
        let mut who = session();
        let code = || State::Needs(Need::Code("arn:mfa".into()));
        for (state, expiration, word, left, good) in [
            (State::Valid, who.expiration, "valid", "1h05m", true),
            (State::Valid, None, "valid", "", true),
            (State::Ready, None, "ready", "ready", true),
            (code(), None, "mfa", "mfa", false),
            (code(), Some(who.now), "expired", "expired", false),
            (
                State::Needs(Need::Keys),
                Some(who.now),
                "expired",
                "expired",
                false,
            ),
            (State::Needs(Need::SsoLogin), None, "login", "login", false),
            (State::Unknown, None, "unknown", "unknown", false),
        ] {
            who.state = state;
            who.expiration = expiration;
            assert_eq!(
                (who.state_word(), who.left().as_str(), who.is_good()),
                (word, left, good)
            );
        }
        who.hops.clear();
        assert_eq!((who.state_word(), who.is_good()), ("none", false));
    }

    #[test]
    fn names_come_from_arns() {
        let mut who = session();
        for (arn, name, session) in [
            ("arn:aws:iam::1:user/a/b/alice", "alice", None),
            ("arn:aws:iam::1:root", "root", None),
            ("arn:aws:sts::1:assumed-role/r/s:x", "r", Some("s:x")),
            ("arn:aws:sts::1:federated-user/bob", "bob", None),
        ] {
            who.arn = Some(arn.into());
            assert_eq!(
                (who.name().as_deref(), who.session_name().as_deref()),
                (Some(name), session)
            );
        }
        who.arn = None;
        assert_eq!(
            who.name().as_deref(),
            Some("admin"),
            "of the role that will be assumed"
        );
        who.arn = Some("nonsense".into());
        assert_eq!(who.name(), None);
    }

    #[test]
    fn nothing_that_was_read_breaks_a_line() {
        let mut who = session();
        who.profile = "a\u{1b}[2J\nb".into();
        assert_eq!(filled("{profile}", &who), "a\\x1b[2J\\nb");
        assert!(!who.page().contains('\u{1b}') && who.page().contains("a\\x1b[2J\\nb, by AWS_PROFILE"));
    }
}
