//! Whose credentials a command of our own works with: found as `locum sts` finds them, with a role on top if one is named.
//!
//! Unlike with `locum sts`, whose options mean what they mean to AWS's command, `--endpoint-url`, `--region` and
//! `--no-verify-ssl` hold for every call to STS here, those on the way to the credentials included: who names a service
//! means that service.

mod options;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use locum_credentials::{
    Chain, Codes, ConfigError, Credentials, HttpError, HttpReply, HttpRequest, Known, MfaSession, Offline,
    Plan, Prompt, Recipe, Role, SystemRunner, one_line,
};
use serde_json::{Map, Value};

pub(crate) use self::options::{CALLER_HELP, CallerOptions};
use crate::cli::{
    config::{Environment, Files, Profile},
    credentials::{self, Caches, Ways},
    endpoint::{self, Endpoint, Wanted},
    errors::Failure,
    outside::Outside,
    prompt::Terminal,
    stream,
    transport::{self, Settings, Transport},
};
use crate::remote::Remote;

/// The region for a service that is not AWS and answers for all of them.
const USUAL_REGION: &str = "us-east-1";
const TIMEOUT: Duration = Duration::from_secs(60);

/// Somebody to work as.
pub(crate) struct Caller<'a> {
    options: &'a CallerOptions,
    environment: &'a Environment,
    profile: Profile,
    codes: Codes,
    runner: SystemRunner,
}

impl<'a> Caller<'a> {
    /// Reads the configuration; asks nothing of anybody.
    pub(crate) fn open(options: &'a CallerOptions, environment: &'a Environment) -> Result<Self, Failure> {
        options.check()?;
        let files = Files::load(environment)?;
        let profile = Profile::choose(files, options.profile.as_deref(), environment)?;
        Ok(Self {
            options,
            environment,
            profile,
            codes: Codes::new(options.code()?, options.mfa_process.clone()),
            runner: SystemRunner::default(),
        })
    }

    /// Lets no program that prints credentials or codes run past `end`.
    pub(crate) const fn until(mut self, end: Instant) -> Self {
        self.runner = SystemRunner::until(end);
        self
    }

    /// Returns the profile in force.
    pub(crate) const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Decides which source wins, from files and environment alone; the role of `--role` comes on top.
    pub(crate) fn plan(&self) -> Plan {
        let chain = self.chain();
        let mut plan = chain.plan();
        plan.outcome = plan.outcome.and_then(|found| {
            let recipe = found.map(|recipe| self.with_role(&chain, recipe));
            recipe.transpose()
        });
        plan
    }

    fn chain(&self) -> Chain<'_> {
        credentials::chain(self.environment, &self.profile, true)
    }

    fn with_role(&self, chain: &Chain<'_>, recipe: Recipe) -> Result<Recipe, ConfigError> {
        let options = self.options;
        let serial = options.serial_number.clone();
        let mfa = serial.map(|serial| chain.mfa(serial)).transpose()?;
        let Some(arn) = options.role.clone() else {
            return Ok(match (mfa, recipe) {
                (Some(mfa), Recipe::MfaSession(session)) => Recipe::MfaSession(Box::new(MfaSession {
                    mfa,
                    from: session.from,
                })),
                (Some(mfa), from) => Recipe::MfaSession(Box::new(MfaSession { mfa, from })),
                (None, recipe) => recipe,
            });
        };
        Ok(Recipe::Role(Box::new(Role {
            arn,
            session_name: options.role_session_name.clone(),
            external_id: options.external_id.as_ref().map(|id| id.expose().to_owned()),
            mfa,
            duration_seconds: options.duration_seconds,
            from: recipe,
        })))
    }

    /// Finds the credentials, asking whom the plan says.
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        self.credentials_by(&Terminal)
    }

    /// Finds the credentials; MFA codes are asked of `prompt`.
    pub(crate) fn credentials_by(&self, prompt: &dyn Prompt) -> Result<Credentials, Failure> {
        self.follow(prompt, |recipe| recipe)
    }

    /// Finds the credentials for an operation of STS: for some a session with a second factor is no good.
    pub(crate) fn credentials_for(&self, operation: &str) -> Result<Credentials, Failure> {
        self.follow(&Terminal, |recipe| recipe.for_operation(operation))
    }

    /// Finds credentials in place of those that were found and that a service says by `code` are over; `None` if they were not
    /// kept from before, and so would be no others.
    pub(crate) fn credentials_again(&self, code: &str) -> Result<Option<Credentials>, Failure> {
        let forgotten = self.by(&Terminal, |ways| {
            Ok(credentials::forget_over(
                code,
                self.environment,
                &self.profile,
                ways,
            ))
        })?;
        forgotten.then(|| self.credentials()).transpose()
    }

    /// Tells what is known of the credentials of a recipe, without asking anybody.
    pub(crate) fn look(&self, recipe: &Recipe, now: Timestamp) -> Known {
        let caches = Caches::of(self.environment);
        let offline = Offline {
            sessions: &caches.sessions,
            tokens: &caches.tokens,
            logins: &caches.logins,
            vault: &*credentials::open_vault(self.environment, &self.profile),
            realm: &self.realm().unwrap_or_default(),
            now,
        };
        offline.look(recipe)
    }

    fn follow(
        &self,
        prompt: &dyn Prompt,
        change: impl FnOnce(Recipe) -> Recipe,
    ) -> Result<Credentials, Failure> {
        let plan = self.plan();
        for step in &plan.steps {
            self.debug(&format!("credentials: {step}"));
        }
        let recipe = plan
            .outcome
            .map_err(|error: ConfigError| Failure::General(error.to_string()))?;
        let recipe = change(recipe.ok_or(Failure::NoCredentials)?);
        self.by(prompt, |ways| {
            credentials::follow(&recipe, self.environment, &self.profile, ways)
        })
    }

    /// Calls an operation of STS and returns its result, times as they came over the wire. Without a signer the call is
    /// not signed.
    pub(crate) fn sts(
        &self,
        operation: &'static str,
        parameters: &Map<String, Value>,
        signer: Option<&Credentials>,
    ) -> Result<Value, Failure> {
        let called = self.call(&Terminal, operation, parameters, signer);
        called.map(|(answer, _)| answer)
    }

    /// Calls an operation of STS, and tells who signed the call at last: should `signer` be over, that is somebody new, and
    /// MFA codes are asked of `prompt`.
    pub(crate) fn sts_by(
        &self,
        prompt: &dyn Prompt,
        operation: &'static str,
        parameters: &Map<String, Value>,
        signer: &Credentials,
    ) -> Result<(Value, Credentials), Failure> {
        let (answer, again) = self.call(prompt, operation, parameters, Some(signer))?;
        Ok((answer, again.unwrap_or_else(|| signer.clone())))
    }

    /// Returns the result of a call, and the credentials that signed it if they are not `signer`.
    fn call(
        &self,
        prompt: &dyn Prompt,
        operation: &'static str,
        parameters: &Map<String, Value>,
        signer: Option<&Credentials>,
    ) -> Result<(Value, Option<Credentials>), Failure> {
        self.by(prompt, |ways| {
            let outside = Outside {
                environment: self.environment,
                profile: &self.profile,
                ways,
            };
            let called = outside.call(operation, parameters, signer);
            if let Err(failure) = &called
                && signer.is_some()
                && credentials::forget_refused(failure, self.environment, &self.profile, ways)
            {
                let again = self.follow(prompt, |recipe| recipe.for_operation(operation))?;
                let answer = outside.call(operation, parameters, Some(&again))?;
                return Ok((answer, Some(again)));
            }
            called.map(|answer| (answer, None))
        })
    }

    /// Prepares calls to services that answer at the same place as STS, which those of AWS do not.
    pub(crate) fn remote(&self) -> Result<Remote, Failure> {
        self.remote_at(self.endpoint(true)?)
    }

    fn remote_at(&self, endpoint: Endpoint) -> Result<Remote, Failure> {
        let transport = Transport::new(&Settings {
            connect_timeout: Some(TIMEOUT),
            read_timeout: Some(TIMEOUT),
            verify: !self.options.no_verify_ssl,
            ca_bundle: self.ca_bundle(),
            tls: transport::is_tls(&endpoint.url),
        })?;
        Ok(Remote::at(endpoint, transport))
    }

    /// Prepares calls to IAM: where somebody put it, or put STS, else at AWS's for a partition.
    pub(crate) fn iam(&self, partition: &str) -> Result<Remote, Failure> {
        let configured = match self.options.endpoint_url {
            Some(_) => None,
            None => endpoint::configured_url("iam", self.environment, &self.profile)?,
        };
        if let Some((url, source)) = configured {
            endpoint::check_url(&url, &source)?;
            let signing_region = self.endpoint(true)?.signing_region;
            return self.remote_at(Endpoint { url, signing_region });
        }
        if self.custom_url()?.is_some() {
            return self.remote();
        }
        self.remote_at(endpoint::of_iam(partition)?)
    }

    /// Finds where STS is and for which region to sign.
    pub(crate) fn endpoint(&self, signed: bool) -> Result<Endpoint, Failure> {
        endpoint::find(
            &Wanted {
                region: self.region_flag()?,
                endpoint_url: self.options.endpoint_url.as_deref(),
                signed,
            },
            self.environment,
            &self.profile,
        )
    }

    /// Returns the URL of STS if somebody set it; where nobody did, STS is AWS's.
    pub(crate) fn custom_url(&self) -> Result<Option<String>, Failure> {
        endpoint::custom_url(&self.wanted_url(), self.environment, &self.profile)
    }

    /// Returns the same as it is called, for those who are to call it too.
    pub(crate) fn called_url(&self) -> Result<Option<String>, Failure> {
        endpoint::called_url(&self.wanted_url(), self.environment, &self.profile)
    }

    fn wanted_url(&self) -> Wanted<'_> {
        Wanted {
            region: None,
            endpoint_url: self.options.endpoint_url.as_deref(),
            signed: false,
        }
    }

    /// Returns what tells the STS in force from others whose credentials it does not take.
    pub(crate) fn realm(&self) -> Result<String, Failure> {
        let wanted = Wanted {
            region: self.region_flag()?,
            endpoint_url: self.options.endpoint_url.as_deref(),
            signed: true,
        };
        endpoint::realm(&wanted, self.environment, &self.profile)
    }

    /// Returns the URL of a service on the way to credentials (`sso-oidc`), without a slash at the end.
    pub(crate) fn service_url(&self, service: &str, region: &str) -> Result<String, Failure> {
        endpoint::of_service(service, Some(region), self.environment, &self.profile)
    }

    /// Returns the configured region, if there is one.
    pub(crate) fn region(&self) -> Option<String> {
        let named = self.options.region.clone();
        named.or_else(|| endpoint::configured_region(self.environment, &self.profile))
    }

    /// Returns the certificates to trust, if they are not those of the system.
    pub(crate) fn ca_bundle(&self) -> Option<String> {
        let named = self.options.ca_bundle.clone();
        named.or_else(|| transport::configured_bundle(self.environment, &self.profile))
    }

    /// A service that is not AWS answers for every region unless it was told otherwise.
    fn region_flag(&self) -> Result<Option<&str>, Failure> {
        if self.region().is_some() {
            return Ok(self.options.region.as_deref());
        }
        Ok(self.custom_url()?.map(|_| USUAL_REGION))
    }

    fn by<T>(
        &self,
        prompt: &dyn Prompt,
        work: impl FnOnce(&Ways<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        work(&Ways {
            region: self.region_flag()?,
            endpoint_url: self.options.endpoint_url.as_deref(),
            verify: !self.options.no_verify_ssl,
            ca_bundle: self.ca_bundle(),
            prompt,
            codes: &self.codes,
            runner: self.runner,
            debug: &|line| self.debug(line),
        })
    }

    fn debug(&self, line: &str) {
        if self.options.debug {
            stream::print_error(&format!("{}\n", one_line(line)));
        }
    }
}

impl locum_credentials::Transport for Caller<'_> {
    /// Sends a request to a host other than a service, with the certificates and proxies of the configuration.
    fn send(&self, request: &HttpRequest<'_>) -> Result<HttpReply, HttpError> {
        let sent = self.by(&Terminal, |ways| {
            let outside = Outside {
                environment: self.environment,
                profile: &self.profile,
                ways,
            };
            Ok(outside.send(request))
        });
        sent.unwrap_or_else(|failure| Err(HttpError::Other(failure.to_string())))
    }
}
