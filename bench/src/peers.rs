//! Other servers that install from a registry, asked the same as locum.
//!
//! What they do for a call differs: so each is also asked with a signature that is wrong, and for a role that the caller may
//! not assume, and the table says whether it refuses.

use std::{
    error::Error,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use locum_crypto::SecretString;

use crate::{
    load,
    measure::{Subject, median},
    options::Options,
    report::{Table, short},
    request,
    requests::Requests,
    scenario,
    server::Server,
    world::{self, Credentials, Seeds, Size},
};

const CONNECTIONS: usize = 16;
/// Requests a round: an interpreter takes a second for as many.
const A_ROUND: usize = 100;
const ROUNDS: usize = 5;
/// Of locum, for which a round of a hundred would be over before it can be measured.
const A_ROUND_OF_LOCUM: usize = 1_000;

/// Measures those that are there.
pub(crate) fn table(options: &Options) -> Result<Table, Box<dyn Error>> {
    let mut table = Table::new(
        "Peers: 16 connections",
        &[
            "server",
            "AssumeRole, CPU µs",
            "requests/s",
            "CPU ÷ locum's",
            "GetCallerIdentity, CPU µs",
            "requests/s",
            "start ms",
            "idle MiB",
            "refuses a wrong signature",
            "refuses a role that does not trust",
        ],
    );
    let data = tempfile::tempdir()?;
    let seeds = world::seed(data.path(), Size::SMALL, None)?;
    let begun = Instant::now();
    let server = scenario::start(&options.binary, data.path(), 1, None)?;
    let own = measure(&server, &seeds, begun, A_ROUND_OF_LOCUM)?;
    table.row(own.row("locum, one worker", None));
    let mut absent = Vec::new();
    let programs = [
        ("moto", &options.peers.moto),
        ("ministack", &options.peers.ministack),
        ("fakecloud", &options.peers.fakecloud),
    ];
    for (name, program) in programs {
        match program {
            Some(program) => {
                let home = tempfile::tempdir()?;
                let begun = Instant::now();
                let server = start(name, program, home.path())?;
                let figures = measure(&server, &seeds, begun, A_ROUND)?;
                table.row(figures.row(name, Some(&own)));
            }
            None => absent.push(name),
        }
    }
    let mut caption = "Each runs as it does without options. A server that refuses neither a wrong signature nor a role that does not \
                       trust the caller does not verify, does not decide and keeps no record, which is most of what a call costs locum: \
                       these figures say what a test suite waits for, not how well something is written."
        .to_owned();
    if !absent.is_empty() {
        caption.push_str(&format!(" Not installed here: {}.", absent.join(", ")));
    }
    table.caption(caption);
    Ok(table)
}

/// Starts a peer on a port of its own and waits until it accepts connections.
fn start(name: &str, program: &Path, home: &Path) -> Result<Server, Box<dyn Error>> {
    let address = free()?;
    let port = address.port().to_string();
    let mut command = Command::new(program);
    match name {
        "moto" => command.args(["-H", "127.0.0.1", "-p", &port]),
        "ministack" => command.env("GATEWAY_PORT", &port).env("BIND_HOST", "127.0.0.1"),
        _ => command.args(["--addr", &address.to_string()]),
    };
    command.current_dir(home).env("HOME", home);
    Server::attend(&mut command, address)
}

/// An address that nobody listens on just now.
fn free() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

/// What one server showed.
struct Figures {
    assume: (f64, f64),
    identity: (f64, f64),
    start: Duration,
    memory: f64,
    verifies: bool,
    decides: bool,
}

impl Figures {
    fn row(&self, name: &str, own: Option<&Self>) -> Vec<String> {
        let told = |refuses| if refuses { "yes" } else { "**no**" }.to_owned();
        vec![
            name.to_owned(),
            short(self.assume.0),
            short(self.assume.1),
            own.map_or_else(|| "1".to_owned(), |own| short(self.assume.0 / own.assume.0)),
            short(self.identity.0),
            short(self.identity.1),
            short(self.start.as_secs_f64() * 1000.0),
            short(self.memory),
            told(self.verifies),
            told(self.decides),
        ]
    }
}

fn measure(
    server: &Server,
    seeds: &Seeds,
    begun: Instant,
    a_round: usize,
) -> Result<Figures, Box<dyn Error>> {
    let caller = &seeds.caller;
    let identity = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let identity = request::signed(server.address, "sts", caller, &identity)?;
    load::once(server.address, &identity)?;
    let start = begun.elapsed();
    let memory = server.memory()?;
    let wrong = Credentials {
        secret: SecretString::new("wrong".repeat(8)),
        ..caller.clone()
    };
    let refuses = |who, role: &str| {
        let requests = scenario::assume_role(server, who, role, 403)?;
        let answer = load::once(server.address, requests.next().ok_or("no requests")?)?;
        Ok::<_, Box<dyn Error>>(!answer.split("\r\n").next().unwrap_or_default().contains(" 200"))
    };
    let verifies = refuses(&wrong, &seeds.open)?;
    let decides = refuses(caller, &seeds.closed)?;
    let assume = scenario::assume_role(server, caller, &seeds.open, 200)?;
    let figure = |requests: &Requests| {
        let mut subject = Subject::new(server, requests, CONNECTIONS)?;
        subject.round(a_round)?;
        let rounds = (0..ROUNDS).map(|_| subject.round(a_round));
        let rounds = rounds.collect::<Result<Vec<_>, _>>()?;
        let cpu = median(rounds.iter().map(|figure| figure.cpu).collect());
        let throughput = median(rounds.iter().map(|figure| figure.throughput).collect());
        Ok::<_, Box<dyn Error>>((cpu, throughput))
    };
    Ok(Figures {
        assume: figure(&assume)?,
        identity: figure(&Requests::repeated(vec![identity], 200))?,
        start,
        memory,
        verifies,
        decides,
    })
}
