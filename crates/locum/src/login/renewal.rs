//! A session without a browser: what is left of one, or a new one for the refresh token.

use jiff::Timestamp;
use locum_credentials::{Kind, quoted};

use super::Login;
use super::error::LoginError;
use super::issuer::Issuer;
use super::session::{self, Renewal, Session};
use super::settings::{self, How, Oidc, Settings};
use super::tokens::{self, Awaited, Tokens};
use super::web::Web;
use crate::outcome::hint;

impl Login<'_> {
    /// A session for a program: renewed, or what is left of it.
    pub(super) fn renewed(&self) -> Result<Session, LoginError> {
        let over = || {
            LoginError::LoggedOut(match self.profile() {
                "default" => String::new(),
                profile => format!(" --profile {}", quoted(profile)),
            })
        };
        // Whatever is wrong with the settings, a session may be left; what is wrong is told when somebody signs in.
        if let Ok(settings) = Settings::read(self.options, self.caller.profile())
            && let How::Oidc(oidc) = &settings.how
        {
            match self.renew(oidc, &settings) {
                Ok(Some(session)) => return Ok(session),
                Ok(None) => {}
                Err(error) => hint(&error.to_string()),
            }
        }
        let role_arn = settings::role_arn(self.options, self.caller.profile())?;
        let kept = Session::load(self.vault, self.profile(), &self.origin()?, role_arn.as_deref())?;
        kept.filter(|kept| kept.seconds_left(Timestamp::now()) > 0)
            .ok_or_else(over)
    }

    /// Changes the refresh token for a new session, if there is one. A refresh token may be good once, hence the lock.
    pub(super) fn renew(&self, oidc: &Oidc, settings: &Settings) -> Result<Option<Session>, LoginError> {
        let profile = self.profile();
        self.check_service()?;
        let origin = self.origin()?;
        if Renewal::load(self.vault, profile, oidc)?.is_none() {
            return Ok(None);
        }
        let _lock = self.vault.lock(Kind::RefreshToken, profile);
        let kept = Session::load(self.vault, profile, &origin, settings.role_arn.as_deref())?;
        if let Some(session) = kept.filter(|kept| kept.is_good(Timestamp::now())) {
            return Ok(Some(session));
        }
        let Some(renewal) = Renewal::load(self.vault, profile, oidc)? else {
            return Ok(None);
        };
        let web = Web(self.caller);
        let issuer = Issuer::discover(oidc, &web)?;
        let grant = [
            ("grant_type", "refresh_token"),
            ("refresh_token", renewal.token.expose()),
        ];
        let awaited = Awaited {
            nonce: None,
            subject: Some(&renewal.subject),
        };
        let reply = match tokens::request(&grant, oidc, &issuer, &web) {
            Err(LoginError::Refused { code, description }) if code == "invalid_grant" => {
                session::forget_renewal(self.vault, profile)?;
                return Err(LoginError::Refused { code, description });
            }
            other => other?,
        };
        // Before anything else can fail: the old one may be used up.
        if let Some(token) = tokens::rotated(&reply, &renewal.subject) {
            Renewal {
                token,
                ..renewal.clone()
            }
            .store(self.vault, profile)?;
        }
        let tokens = Tokens::read(&reply, oidc, awaited)?;
        let session = self.redeem_token(&tokens, settings)?;
        session.store(self.vault, profile, &origin)?;
        Ok(Some(session))
    }

    pub(super) fn keep_renewal(&self, oidc: &Oidc, tokens: &Tokens) -> Result<(), LoginError> {
        let Some(token) = &tokens.refresh_token else {
            return Ok(());
        };
        Renewal {
            token: token.clone(),
            issuer: oidc.issuer.clone(),
            client_id: oidc.client_id.clone(),
            subject: tokens.subject().to_owned(),
        }
        .store(self.vault, self.profile())
    }
}
