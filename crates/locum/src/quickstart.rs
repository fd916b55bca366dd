//! `locum quickstart`: a real service, and its main job done in front of one's eyes.
//!
//! Everything goes over HTTP with signed requests, through the same client that `locum sts` has, so what is shown is what
//! any other client would see. The service keeps its data in a directory of its own that is removed at the end.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder},
    io::{self, IsTerminal},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

use locum_crypto::{Random, SecretString, SystemRandom, hex};
use serde_json::{Value, json};

use crate::{
    outcome::{USAGE, hint, write_coloured, write_out},
    remote::{Caller, Denied, Remote, RemoteError},
    serve::{Deployment, Options, Refusal, finish},
};

const HELP: &str = "\
locum quickstart: a Security Token Service and its main job, shown

USAGE
  locum quickstart [--once]

OPTIONS
  --once   End after the tour, instead of serving until Ctrl-C for you to try it with your own tools.
";

/// Why the tour did not come to its end.
#[derive(Debug, thiserror::Error)]
enum TourError {
    #[error(transparent)]
    Start(#[from] Refusal),
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    #[error("cannot make a directory below {}: {source}", path.display())]
    Directory { path: PathBuf, source: io::Error },
    #[error("the service answered {operation} without {member}")]
    Incomplete {
        operation: &'static str,
        member: &'static str,
    },
    #[error("what should have been denied was allowed; please report this")]
    Allowed,
}

/// Runs `locum quickstart`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    let once = match words.as_slice() {
        [] => false,
        [word] if word == "--once" => true,
        [word] if word == "--help" || word == "-h" || word == "help" => {
            return finish(write_out(HELP).map_err(|source| Refusal::System {
                what: "write the help",
                source,
            }));
        }
        [word, ..] => {
            hint(&format!(
                "{} is not known here; run `locum quickstart --help`",
                word.display()
            ));
            return ExitCode::from(USAGE);
        }
    };
    match tour(once) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            hint(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn tour(once: bool) -> Result<(), TourError> {
    let interrupted = Interrupt::watch()?;
    let data = Temporary::make()?;
    let mut options = Options::new(data.0.clone());
    options.listen.set_port(0);
    let mut deployment = Deployment::start(&options)?;
    let shown = show(&deployment).and_then(|()| {
        if once || interrupted.already() {
            Ok(())
        } else {
            Ok(serve_on(&deployment, &interrupted)?)
        }
    });
    let stopped = deployment.stop();
    shown?;
    Ok(stopped.map_err(Refusal::from)?)
}

/// The tour itself.
fn show(deployment: &Deployment) -> Result<(), TourError> {
    let screen = Screen::new();
    let url = deployment.url();
    let remote = Remote::new(&url)?;
    let root = root_caller(deployment)?;
    screen.step(1, "A Security Token Service runs, with an account of its own.")?;
    let identity = remote.call("sts", "GetCallerIdentity", json!({}), &root)?;
    let account = text(&identity, "GetCallerIdentity", "Account")?.to_owned();
    screen.line("endpoint", &url)?;
    screen.line("account", &account)?;

    screen.step(
        2,
        "The root user makes an IAM user, alice, and a role, report-reader, that trusts her.",
    )?;
    let alice = make_alice(&remote, &root)?;
    let role = make_role(&remote, &root, &account)?;
    screen.line("user", &format!("arn:aws:iam::{account}:user/alice"))?;
    screen.line("role", &role)?;
    screen.line("may", "iam:ListUsers, and nothing else")?;

    screen.step(3, "alice assumes the role and gets temporary credentials.")?;
    screen.command(&format!(
        "aws sts assume-role --role-arn {role} --role-session-name tour"
    ))?;
    let assumed = remote.call(
        "sts",
        "AssumeRole",
        json!({ "RoleArn": role, "RoleSessionName": "tour", "DurationSeconds": 900 }),
        &alice,
    )?;
    let credentials = assumed.get("Credentials").unwrap_or(&Value::Null);
    let session = caller_of(credentials, "AssumeRole")?;
    screen.line("access key", &session.access_key_id)?;
    screen.line("expires", text(credentials, "AssumeRole", "Expiration")?)?;

    screen.step(4, "With them she is somebody else, and may do what the role may.")?;
    screen.command("aws sts get-caller-identity")?;
    let identity = remote.call("sts", "GetCallerIdentity", json!({}), &session)?;
    screen.line("arn", text(&identity, "GetCallerIdentity", "Arn")?)?;
    screen.command("aws iam list-users")?;
    let users = remote.call("iam", "ListUsers", json!({}), &session)?;
    let names: Vec<&str> = users
        .get("Users")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|user| user.get("UserName")?.as_str())
        .collect();
    screen.line("users", &names.join(", "))?;

    screen.step(5, "But nothing else.")?;
    screen.command("aws iam create-user --user-name mallory")?;
    let denied = match remote.call("iam", "CreateUser", json!({ "UserName": "mallory" }), &session) {
        Err(RemoteError::Denied(denied)) => denied,
        Err(other) => return Err(other.into()),
        Ok(_) => return Err(TourError::Allowed),
    };
    screen.line(&denied.code, &denied.message)?;

    screen.step(
        6,
        "Whoever may know reads why: the denial carries a sealed explanation.",
    )?;
    screen.command("aws sts decode-authorization-message --encoded-message …")?;
    screen.line("reason", &reason(&remote, &root, &denied)?)?;
    Ok(())
}

fn reason(remote: &Remote, caller: &Caller, denied: &Denied) -> Result<String, TourError> {
    const OPERATION: &str = "DecodeAuthorizationMessage";
    let message = denied.authorization_message.as_deref().unwrap_or_default();
    let decoded = remote.call("sts", OPERATION, json!({ "EncodedMessage": message }), caller)?;
    let document = text(&decoded, OPERATION, "DecodedMessage")?;
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let reason = document.pointer("/explanation/reason").and_then(Value::as_str);
    reason.map(str::to_owned).ok_or(TourError::Incomplete {
        operation: OPERATION,
        member: "a reason",
    })
}

fn make_alice(remote: &Remote, root: &Caller) -> Result<Caller, TourError> {
    remote.call("iam", "CreateUser", json!({ "UserName": "alice" }), root)?;
    let made = remote.call("iam", "CreateAccessKey", json!({ "UserName": "alice" }), root)?;
    caller_of(made.get("AccessKey").unwrap_or(&Value::Null), "CreateAccessKey")
}

fn make_role(remote: &Remote, root: &Caller, account: &str) -> Result<String, TourError> {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{account}:user/alice") },
        "Action": "sts:AssumeRole",
    }]});
    let permissions = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "ReadReports", "Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*",
    }]});
    let parameters = json!({ "RoleName": "report-reader", "AssumeRolePolicyDocument": trust.to_string() });
    let made = remote.call("iam", "CreateRole", parameters, root)?;
    let parameters = json!({
        "RoleName": "report-reader", "PolicyName": "reports", "PolicyDocument": permissions.to_string(),
    });
    remote.call("iam", "PutRolePolicy", parameters, root)?;
    Ok(text(made.get("Role").unwrap_or(&Value::Null), "CreateRole", "Arn")?.to_owned())
}

/// Serves until Ctrl-C, after telling how to use it.
fn serve_on(deployment: &Deployment, interrupted: &Interrupt) -> io::Result<()> {
    let credentials = deployment.credentials_file().display().to_string();
    let url = deployment.url();
    write_out(&format!(
        "\nYour turn. In another terminal, with any AWS tool:\n\n  export AWS_ENDPOINT_URL={url}\n  export \
         AWS_SHARED_CREDENTIALS_FILE={credentials}\n  export AWS_REGION=us-east-1\n  aws sts get-caller-identity\n\n\
         Ctrl-C stops the service and removes its data.\n"
    ))?;
    interrupted.wait();
    Ok(())
}

/// The root user's key, read from the file that the first start wrote.
fn root_caller(deployment: &Deployment) -> Result<Caller, TourError> {
    let path = deployment.credentials_file();
    let text = fs::read_to_string(&path).map_err(|source| TourError::Directory { path, source })?;
    let value = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='));
        line.map(str::trim).unwrap_or_default().to_owned()
    };
    Ok(Caller::new(
        value("aws_access_key_id"),
        SecretString::new(value("aws_secret_access_key")),
        None,
    ))
}

fn caller_of(credentials: &Value, operation: &'static str) -> Result<Caller, TourError> {
    let token = credentials.get("SessionToken").and_then(Value::as_str);
    Ok(Caller::new(
        text(credentials, operation, "AccessKeyId")?.to_owned(),
        SecretString::new(text(credentials, operation, "SecretAccessKey")?),
        token.map(SecretString::new),
    ))
}

fn text<'a>(value: &'a Value, operation: &'static str, member: &'static str) -> Result<&'a str, TourError> {
    value
        .get(member)
        .and_then(Value::as_str)
        .ok_or(TourError::Incomplete { operation, member })
}

/// A directory that is removed with everything in it.
struct Temporary(PathBuf);

impl Temporary {
    fn make() -> Result<Self, TourError> {
        let mut name = [0; 8];
        SystemRandom.fill(&mut name);
        let path = std::env::temp_dir().join(format!("locum-quickstart-{}", hex(&name)));
        let made = DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|source| TourError::Directory {
            path: std::env::temp_dir(),
            source,
        })?;
        Ok(Self(path))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path) {
        hint(&format!("cannot remove {}: {error}", path.display()));
    }
}

/// Ctrl-C and SIGTERM, waited for or asked about.
struct Interrupt {
    seen: Arc<AtomicBool>,
    arrival: mpsc::Receiver<()>,
}

impl Interrupt {
    fn watch() -> Result<Self, TourError> {
        let failed = |source| {
            TourError::Start(Refusal::System {
                what: "listen for signals",
                source,
            })
        };
        let (tell, arrival) = mpsc::channel();
        let seen = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&seen);
        let mut signals =
            signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])
                .map_err(failed)?;
        let listen = move || {
            for _ in signals.forever() {
                noted.store(true, Ordering::Relaxed);
                // Nobody waits any more once the tour is over.
                let _ = tell.send(());
            }
        };
        std::thread::Builder::new()
            .name("locum-signals".to_owned())
            .spawn(listen)
            .map_err(failed)?;
        Ok(Self { seen, arrival })
    }

    fn already(&self) -> bool {
        self.seen.load(Ordering::Relaxed)
    }

    fn wait(&self) {
        let _ = self.arrival.recv();
    }
}

/// Where the steps are shown: bold and dim for a person, plain text for a pipe.
struct Screen {
    colour: bool,
}

impl Screen {
    fn new() -> Self {
        Self {
            colour: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        }
    }

    fn step(&self, number: u8, title: &str) -> io::Result<()> {
        let (on, off) = if self.colour {
            ("\x1b[1m", "\x1b[0m")
        } else {
            ("", "")
        };
        write_coloured(&format!("\n{on}{number}. {title}{off}\n"))
    }

    fn command(&self, command: &str) -> io::Result<()> {
        let (on, off) = if self.colour {
            ("\x1b[2m", "\x1b[0m")
        } else {
            ("", "")
        };
        write_coloured(&format!("   {on}$ {command}{off}\n"))
    }

    fn line(&self, name: &str, value: &str) -> io::Result<()> {
        write_out(&format!("   {name:<13} {value}\n"))
    }
}
