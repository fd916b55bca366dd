//! Every kind of call beside the ceiling.

use std::{
    error::Error,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{
    issuer::Issuer,
    load,
    measure::{Figure, Rounds, Subject, in_turn},
    options::Options,
    report::{Goal, Table, against, short},
    requests::Requests,
    scenario::{self, Call, Callers},
    server::Server,
    world::{self, Size},
};

/// How a kind of call is measured at a number of connections.
#[derive(Debug, Clone, Copy)]
struct Plan {
    connections: usize,
    /// So few requests a round that both servers meet the same disturbances.
    a_round: usize,
    rounds: usize,
}

/// At one connection, at sixteen, which is what is compared, and at 256.
fn plans(call: Call, requests: usize) -> [Plan; 3] {
    let plan = |connections, a_round, share: usize| Plan {
        connections,
        a_round,
        rounds: (requests / a_round / share).max(3),
    };
    if call.is_single() {
        // A request each was signed, and a round waits for the disk.
        [plan(1, 50, 100), plan(16, 200, 10), plan(256, 512, 10)]
    } else {
        [plan(1, 500, 4), plan(16, 500, 1), plan(256, 1_000, 4)]
    }
}

/// Measures them all.
pub(crate) fn tables(options: &Options) -> Result<Vec<Table>, Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let issuer = Issuer::start()?;
    let seeds = world::seed(data.path(), Size::SMALL, Some(&issuer))?;
    let server = scenario::start(&options.binary, data.path(), 1, Some(&issuer))?;
    let callers = Callers::new(&server, &seeds, &issuer)?;
    let mut cost = Table::new(
        "Server CPU a request, one worker, 16 connections",
        &[
            "call",
            "locum µs",
            "ceiling µs",
            "÷ ceiling",
            "the primitives alone",
            "at 1 connection",
            "at 256",
            "locum busy",
            "ceiling busy",
        ],
    );
    let mut speed = Table::new(
        "Throughput and latency, one worker",
        &[
            "call",
            "requests/s at 1",
            "at 16",
            "at 256",
            "p50 µs at 16",
            "p99",
            "p99.9",
            "p99 ÷ ceiling's",
        ],
    );
    let mut bare_speed = Vec::new();
    for call in Call::ALL {
        let plans = plans(call, options.requests);
        // With the rounds that do not count, and what settles the server.
        let singles = plans.iter().map(|plan| plan.a_round * (plan.rounds + 1));
        let requests = callers.requests(call, singles.sum::<usize>() + 1)?;
        let answer = settled(&server, call, &requests)?;
        let ceiling = bare(answer.len(), 1, None)?;
        let [_, middle, _] = plans;
        let floor = match call.goal() {
            Some(_) => against(primitives(call, answer.len(), &ceiling, &requests, middle)?, None),
            None => "–".to_owned(),
        };
        let [alone, middle, crowded] = plans.map(|plan| beside(&server, &ceiling, &requests, plan));
        let ([alone, bare_alone], [mine, bare], [crowded, bare_crowded]) = (alone?, middle?, crowded?);
        cost.row(vec![
            call.name().to_owned(),
            short(mine.median(|f| f.cpu)),
            short(bare.median(|f| f.cpu)),
            against(mine.against(&bare, |f| f.cpu), call.goal().map(Goal::AtMost)),
            floor,
            short(alone.against(&bare_alone, |f| f.cpu)),
            short(crowded.against(&bare_crowded, |f| f.cpu)),
            percent(mine.median(Figure::busy)),
            percent(bare.median(Figure::busy)),
        ]);
        let mut row = |name: &str, [alone, mine, crowded]: [&Rounds; 3], ratio: String| {
            speed.row(vec![
                name.to_owned(),
                short(alone.median(|f| f.throughput)),
                short(mine.median(|f| f.throughput)),
                short(crowded.median(|f| f.throughput)),
                short(mine.median(|f| f.p50)),
                short(mine.median(|f| f.p99)),
                short(mine.median(|f| f.p999)),
                ratio,
            ]);
        };
        // What waits for the disk cannot be as fast as what does not.
        let goal = (!call.is_single()).then_some(Goal::AtMost(2.0));
        row(
            call.name(),
            [&alone, &mine, &crowded],
            against(mine.against(&bare, |f| f.p99), goal),
        );
        if call == Call::AssumeRole {
            bare_speed = vec![bare_alone, bare, bare_crowded];
        }
        if call == Call::GetRole
            && let [alone, bare, crowded] = bare_speed.as_slice()
        {
            row(
                "the ceiling, for AssumeRole",
                [alone, bare, crowded],
                "1".to_owned(),
            );
        }
    }
    cost.caption(
        "The primitives alone are what a ceiling comes to, over one without them, that hashes, verifies, draws, seals or opens for each \
         request what the call has to, and does nothing else of it: no reading, no decision, no record. Busy is the share of one core that a server used meanwhile. One thread sends all requests, signed before, over connections \
         that are kept alive, and never sleeps, so that no server is charged for waking it: on two cores the server has one of them.",
    );
    speed.caption(
        "Latency is of rounds of 500 requests each, and the median of them; the first of a round find a server that sleeps, and caches \
         that another used meanwhile. AssumeRoleWithSAML waits for a flush of the disk, \
         because each assertion is used up; its rounds are shorter.",
    );
    Ok(vec![cost, speed])
}

/// Both servers in turn.
fn beside(
    server: &Server,
    ceiling: &Server,
    requests: &Requests,
    plan: Plan,
) -> Result<[Rounds; 2], Box<dyn Error>> {
    let pair = [
        Subject::new(server, requests, plan.connections)?,
        Subject::new(ceiling, &requests.bare(), plan.connections)?,
    ];
    in_turn(pair, plan.rounds, plan.a_round)
}

/// What the primitives of a call cost over a ceiling without them.
fn primitives(
    call: Call,
    size: usize,
    ceiling: &Server,
    requests: &Requests,
    plan: Plan,
) -> Result<f64, Box<dyn Error>> {
    let server = bare(size, 1, Some(call))?;
    let [with, without] = beside(&server, ceiling, &requests.bare(), plan)?;
    Ok(with.against(&without, |f| f.cpu))
}

/// Waits until a call is answered as it should be (the issuer's keys are fetched when they are first asked for), and
/// returns the answer's body.
pub(crate) fn settled(server: &Server, call: Call, requests: &Requests) -> Result<String, Box<dyn Error>> {
    let begun = Instant::now();
    let request = requests.next().ok_or("no requests")?;
    let wanted = format!("HTTP/1.1 {}", requests.status);
    loop {
        let answer = load::once(server.address, request)?;
        if answer.starts_with(&wanted) {
            let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
            return Ok(body.to_owned());
        }
        if begun.elapsed() > Duration::from_secs(10) {
            return Err(format!("{}: {answer}", call.name()).into());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A ceiling whose answers have bodies of this size, on so many threads, with the primitives of a call or without any.
pub(crate) fn bare(size: usize, workers: usize, primitives: Option<Call>) -> Result<Server, Box<dyn Error>> {
    let this = std::env::current_exe()?;
    let mut command = Command::new(this);
    command.args(["ceiling", &size.to_string(), &workers.to_string()]);
    if let Some(call) = primitives {
        command.arg(call.name());
    }
    Server::start(&mut command)
}
