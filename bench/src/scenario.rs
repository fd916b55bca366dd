//! The kinds of calls that are measured, and how locum is started for them.

use std::{error::Error, path::Path, process::Command};

use jiff::Timestamp;
use locum_crypto::SecretString;

use crate::{
    issuer::Issuer,
    load, request,
    requests::Requests,
    saml::SamlIssuer,
    server::Server,
    world::{Credentials, Seeds},
};

/// How many requests of a kind are signed beforehand: each is sent many times, which SigV4 allows.
const DISTINCT: usize = 64;

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    AssumeRole,
    IdentityOfUser,
    IdentityOfSession,
    SessionToken,
    WebIdentity,
    Saml,
    Denied,
    GetRole,
}

impl Call {
    /// In the order of the table.
    pub(crate) const ALL: [Self; 8] = [
        Self::AssumeRole,
        Self::IdentityOfUser,
        Self::IdentityOfSession,
        Self::SessionToken,
        Self::WebIdentity,
        Self::Saml,
        Self::Denied,
        Self::GetRole,
    ];

    /// As in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AssumeRole => "AssumeRole",
            Self::IdentityOfUser => "GetCallerIdentity, user's key",
            Self::IdentityOfSession => "GetCallerIdentity, session",
            Self::SessionToken => "GetSessionToken",
            Self::WebIdentity => "AssumeRoleWithWebIdentity",
            Self::Saml => "AssumeRoleWithSAML",
            Self::Denied => "AssumeRole, denied",
            Self::GetRole => "IAM GetRole",
        }
    }

    /// What its server CPU over the ceiling's should be at most; not everything has a goal.
    pub(crate) fn goal(self) -> Option<f64> {
        match self {
            Self::AssumeRole => Some(1.6),
            Self::IdentityOfUser | Self::IdentityOfSession => Some(1.3),
            _ => None,
        }
    }

    /// Whether each of its requests succeeds once only, and waits for the disk.
    pub(crate) fn is_single(self) -> bool {
        self == Self::Saml
    }
}

/// Whoever calls a server that knows `seeds`.
pub(crate) struct Callers<'a> {
    server: &'a Server,
    seeds: &'a Seeds,
    session: Credentials,
    issuer: &'a Issuer,
    saml: SamlIssuer,
}

impl<'a> Callers<'a> {
    /// Takes a session from the server itself.
    pub(crate) fn new(
        server: &'a Server,
        seeds: &'a Seeds,
        issuer: &'a Issuer,
    ) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            session: session(server, seeds)?,
            server,
            seeds,
            issuer,
            saml: SamlIssuer::new()?,
        })
    }

    /// Signs requests of a kind; `count` of them if each succeeds once only.
    pub(crate) fn requests(&self, call: Call, count: usize) -> Result<Requests, Box<dyn Error>> {
        let Self { seeds, server, .. } = self;
        let identity = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
        let of = |who: &Credentials, service: &str, parameters: &[(&str, &str)]| {
            let signed = request::signed(server.address, service, who, parameters)?;
            Ok(Requests::repeated(vec![signed], 200))
        };
        match call {
            Call::AssumeRole => assume_role(server, &seeds.caller, &seeds.open, 200),
            Call::Denied => assume_role(server, &seeds.caller, &seeds.closed, 403),
            Call::IdentityOfUser => of(&seeds.caller, "sts", &identity),
            Call::IdentityOfSession => of(&self.session, "sts", &identity),
            Call::SessionToken => of(
                &seeds.caller,
                "sts",
                &[("Action", "GetSessionToken"), ("Version", "2011-06-15")],
            ),
            Call::GetRole => of(
                &seeds.caller,
                "iam",
                &[
                    ("Action", "GetRole"),
                    ("Version", "2010-05-08"),
                    ("RoleName", "open"),
                ],
            ),
            Call::WebIdentity => {
                let token = self.issuer.token("someone")?;
                let parameters = [
                    ("Action", "AssumeRoleWithWebIdentity"),
                    ("Version", "2011-06-15"),
                    ("RoleArn", &seeds.federated),
                    ("RoleSessionName", "bench"),
                    ("WebIdentityToken", &token),
                ];
                let request = request::unsigned(server.address, &parameters);
                Ok(Requests::repeated(vec![request], 200))
            }
            Call::Saml => {
                let now = Timestamp::now();
                let requests = (0..count).map(|number| self.saml_request(number, now));
                Ok(Requests::single(requests.collect::<Result<_, _>>()?, 200))
            }
        }
    }

    fn saml_request(&self, number: usize, now: Timestamp) -> Result<Vec<u8>, Box<dyn Error>> {
        let Seeds {
            saml_role,
            saml_provider,
            ..
        } = self.seeds;
        // Assertions of one second are told apart by their numbers, those of another by the second.
        let number = now.as_second().unsigned_abs() as usize * 100_000 + number;
        let response = self.saml.response(saml_role, saml_provider, number, now)?;
        let parameters = [
            ("Action", "AssumeRoleWithSAML"),
            ("Version", "2011-06-15"),
            ("RoleArn", saml_role),
            ("PrincipalArn", saml_provider),
            ("SAMLAssertion", &response),
        ];
        Ok(request::unsigned(self.server.address, &parameters))
    }
}

/// Starts the program on a directory, with as many threads as `workers` says.
pub(crate) fn start(
    binary: &Path,
    data: &Path,
    workers: usize,
    issuer: Option<&Issuer>,
) -> Result<Server, Box<dyn Error>> {
    let mut command = Command::new(binary);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--workers"])
        .arg(workers.to_string())
        .arg("--data")
        .arg(data);
    if let Some(issuer) = issuer {
        command.arg("--allow-issuer").arg(issuer.url());
    }
    Server::start(&mut command)
}

/// AssumeRole on a role, under sixty-four session names.
pub(crate) fn assume_role(
    server: &Server,
    caller: &Credentials,
    role: &str,
    status: u16,
) -> Result<Requests, Box<dyn Error>> {
    let signed = |number| {
        let name = format!("bench-{number:02}");
        let parameters = [
            ("Action", "AssumeRole"),
            ("Version", "2011-06-15"),
            ("RoleArn", role),
            ("RoleSessionName", &name),
            ("DurationSeconds", "900"),
        ];
        request::signed(server.address, "sts", caller, &parameters)
    };
    let bytes = (0..DISTINCT).map(signed).collect::<Result<_, _>>()?;
    Ok(Requests::repeated(bytes, status))
}

/// Credentials of a session, from the server itself.
fn session(server: &Server, seeds: &Seeds) -> Result<Credentials, Box<dyn Error>> {
    let requests = assume_role(server, &seeds.caller, &seeds.open, 200)?;
    let answer = load::once(server.address, requests.next().ok_or("no requests")?)?;
    let element = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<{name}>"))?;
        rest.split_once('<').map(|(value, _)| value.to_owned())
    };
    let id = element("AccessKeyId").ok_or_else(|| format!("no credentials in {answer}"))?;
    let secret = element("SecretAccessKey").ok_or("no secret")?;
    let token = element("SessionToken").ok_or("no token")?;
    Ok(Credentials {
        id,
        secret: SecretString::new(secret),
        token: Some(SecretString::new(token)),
    })
}
