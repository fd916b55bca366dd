//! Measures locum beside a bare server of the same HTTP stack, in one go, and prints what it costs as ratios.
//!
//! `cargo xtask bench` builds and runs it. Absolute figures belong to the machine; what repeats is the CPU time of the
//! server's process a request, over that of a server which does nothing (`ceiling.rs`). Both take the same requests
//! and answer bodies of the same size, in turn, so that what disturbs the machine disturbs both.

#![expect(clippy::print_stdout, reason = "its tables are its purpose")]

mod ceiling;
mod command;
mod growth;
mod issuer;
mod load;
mod measure;
mod report;
mod request;
mod rest;
mod scenario;
mod server;
mod world;

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use issuer::Issuer;
use lexopt::prelude::*;
use load::Requests;
use measure::{Rounds, Subject};
use report::{Table, against, short};
use scenario::Scenario;
use server::Server;
use world::Size;

const USAGE: &str = "\
Usage: locum-bench --binary <locum> [--beside <aws>]... [--whole] [--write <page>] [--requests <n>]

  --binary <locum>   the program to measure
  --beside <aws>     a command to measure the program's beside
  --whole            also with a million principals, which takes minutes
  --write <page>     put the tables between the marks of this Markdown page
  --requests <n>     requests a figure [40000]";

/// Requests a round, so short that both servers meet the same disturbances.
const A_ROUND: usize = 1_000;
/// At how many connections is measured, and by which part of the requests: the middle is what is compared.
const CONNECTIONS: [(usize, usize); 3] = [(1, 4), (16, 1), (256, 4)];

struct Options {
    binary: PathBuf,
    beside: Vec<PathBuf>,
    whole: bool,
    page: Option<PathBuf>,
    requests: usize,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("locum-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut parser = lexopt::Parser::from_env();
    let mut options = Options {
        binary: PathBuf::new(),
        beside: Vec::new(),
        whole: false,
        page: None,
        requests: 40_000,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            // How it starts the ceiling: a process of its own, as the program has.
            Value(word) if word == "ceiling" => {
                let size = parser.value()?.parse()?;
                return ceiling::run(size, parser.value()?.parse()?);
            }
            // How it runs a command whose cost it measures.
            Value(word) if word == "cost" => {
                let (runs, program) = (parser.value()?.parse()?, parser.value()?);
                let words: Vec<_> = parser.raw_args()?.collect();
                println!("{}", command::cost(runs, &program, &words)?);
                return Ok(());
            }
            Long("beside") => options.beside.push(parser.value()?.into()),
            Long("binary") => options.binary = parser.value()?.into(),
            Long("whole") => options.whole = true,
            Long("write") => options.page = Some(parser.value()?.into()),
            Long("requests") => options.requests = parser.value()?.parse()?,
            Long("help") => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => return Err(format!("{}\n\n{USAGE}", argument.unexpected()).into()),
        }
    }
    if !options.binary.is_file() {
        return Err(format!("there is no program to measure: give --binary\n\n{USAGE}").into());
    }
    measure_all(&options)
}

fn measure_all(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut tables = Vec::new();
    let mut tell = |table: Table| {
        println!("{}", table.markdown());
        tables.push(table);
    };
    calls(options)?.into_iter().for_each(&mut tell);
    tell(growth::table(&options.binary, options.whole)?);
    tell(rest::table(&options.binary)?);
    tell(command::table(&options.binary, &options.beside)?);
    match &options.page {
        Some(page) => report::write_into(page, &tables),
        None => Ok(()),
    }
}

/// Every kind of call beside the ceiling.
fn calls(options: &Options) -> Result<Vec<Table>, Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let issuer = Issuer::start()?;
    let seeds = world::seed(data.path(), Size::SMALL, Some(&issuer))?;
    let server = scenario::start(&options.binary, data.path(), 1, Some(&issuer))?;
    let mut cost = Table::new(
        "Server CPU a request, one worker, 16 connections",
        &["call", "locum µs", "ceiling µs", "÷ ceiling"],
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
    for scenario in scenario::all(&server, &seeds, &issuer)? {
        let answer = settled(&server, &scenario)?;
        let ceiling = bare(answer.len())?;
        let [alone, middle, crowded] = CONNECTIONS.map(|(connections, share)| {
            beside(
                &server,
                &ceiling,
                &scenario,
                connections,
                options.requests / share,
            )
        });
        let ([alone, _], [mine, bare], [crowded, _]) = (alone?, middle?, crowded?);
        cost.row(vec![
            scenario.name.to_owned(),
            short(mine.median(|f| f.cpu)),
            short(bare.median(|f| f.cpu)),
            against(mine.against(&bare, |f| f.cpu), scenario.goal),
        ]);
        speed.row(vec![
            scenario.name.to_owned(),
            short(alone.median(|f| f.throughput)),
            short(mine.median(|f| f.throughput)),
            short(crowded.median(|f| f.throughput)),
            short(mine.median(|f| f.p50)),
            short(mine.median(|f| f.p99)),
            short(mine.median(|f| f.p999)),
            against(mine.against(&bare, |f| f.p99), Some(2.0)),
        ]);
    }
    Ok(vec![cost, speed])
}

/// Both servers in turn.
fn beside(
    server: &Server,
    ceiling: &Server,
    scenario: &Scenario,
    connections: usize,
    requests: usize,
) -> Result<[Rounds; 2], Box<dyn Error>> {
    // The ceiling answers 200 to everything.
    let bare = Requests {
        status: 200,
        ..scenario.requests.clone()
    };
    let pair = [
        Subject::new(server, &scenario.requests, connections)?,
        Subject::new(ceiling, &bare, connections)?,
    ];
    measure::in_turn(pair, requests.div_ceil(A_ROUND).max(3), A_ROUND)
}

/// Waits until a call is answered as it should be (the issuer's keys are fetched when they are first asked for), and
/// returns the answer's body.
fn settled(server: &Server, scenario: &Scenario) -> Result<String, Box<dyn Error>> {
    let begun = Instant::now();
    let request = scenario.requests.bytes.first().ok_or("no requests")?;
    let wanted = format!("HTTP/1.1 {}", scenario.requests.status);
    loop {
        let answer = load::once(server.address, request)?;
        if answer.starts_with(&wanted) {
            let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
            return Ok(body.to_owned());
        }
        if begun.elapsed() > Duration::from_secs(10) {
            return Err(format!("{}: {answer}", scenario.name).into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn bare(size: usize) -> Result<Server, Box<dyn Error>> {
    let this: &Path = &std::env::current_exe()?;
    Server::start(Command::new(this).args(["ceiling", &size.to_string(), "1"]))
}
