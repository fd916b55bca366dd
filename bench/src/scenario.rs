//! The kinds of requests that are measured, and how locum is started for them.

use std::{error::Error, path::Path, process::Command, rc::Rc};

use locum_crypto::SecretString;

use crate::{
    issuer::Issuer,
    load::{self, Requests},
    request,
    server::Server,
    world::{Credentials, Seeds},
};

/// How many requests of a kind are signed beforehand: each is sent many times, which SigV4 allows.
const DISTINCT: usize = 64;

/// A kind of request.
pub(crate) struct Scenario {
    /// As in the table.
    pub(crate) name: &'static str,
    pub(crate) requests: Requests,
    /// What its server CPU over the ceiling's should be at most; not everything has a goal.
    pub(crate) goal: Option<f64>,
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

/// Every kind, for a server that knows `seeds`.
pub(crate) fn all(server: &Server, seeds: &Seeds, issuer: &Issuer) -> Result<Vec<Scenario>, Box<dyn Error>> {
    let session = session(server, seeds)?;
    let caller = &seeds.caller;
    let identity = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let token = issuer.token("someone")?;
    Ok(vec![
        Scenario {
            name: "AssumeRole",
            requests: assume_role(server, caller, &seeds.open, 200)?,
            goal: Some(1.6),
        },
        Scenario {
            name: "GetCallerIdentity, user's key",
            requests: one(request::signed(server.address, "sts", caller, &identity)?, 200),
            goal: Some(1.3),
        },
        Scenario {
            name: "GetCallerIdentity, session",
            requests: one(request::signed(server.address, "sts", &session, &identity)?, 200),
            goal: Some(1.3),
        },
        Scenario {
            name: "GetSessionToken",
            requests: one(
                request::signed(
                    server.address,
                    "sts",
                    caller,
                    &[("Action", "GetSessionToken"), ("Version", "2011-06-15")],
                )?,
                200,
            ),
            goal: None,
        },
        Scenario {
            name: "AssumeRoleWithWebIdentity",
            requests: one(
                request::unsigned(
                    server.address,
                    &[
                        ("Action", "AssumeRoleWithWebIdentity"),
                        ("Version", "2011-06-15"),
                        ("RoleArn", &seeds.federated),
                        ("RoleSessionName", "bench"),
                        ("WebIdentityToken", &token),
                    ],
                ),
                200,
            ),
            goal: None,
        },
        Scenario {
            name: "AssumeRole, denied",
            requests: assume_role(server, caller, &seeds.closed, 403)?,
            goal: None,
        },
        Scenario {
            name: "IAM GetRole",
            requests: one(
                request::signed(
                    server.address,
                    "iam",
                    caller,
                    &[
                        ("Action", "GetRole"),
                        ("Version", "2010-05-08"),
                        ("RoleName", "open"),
                    ],
                )?,
                200,
            ),
            goal: None,
        },
    ])
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
    let bytes = (0..DISTINCT).map(signed).collect::<Result<Rc<[_]>, _>>()?;
    Ok(Requests { bytes, status })
}

fn one(bytes: Vec<u8>, status: u16) -> Requests {
    Requests {
        bytes: Rc::from([bytes]),
        status,
    }
}

/// Credentials of a session, from the server itself.
fn session(server: &Server, seeds: &Seeds) -> Result<Credentials, Box<dyn Error>> {
    let requests = assume_role(server, &seeds.caller, &seeds.open, 200)?;
    let answer = load::once(server.address, requests.bytes.first().ok_or("no requests")?)?;
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
