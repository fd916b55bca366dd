//! Measures locum beside a bare server of the same HTTP stack, in one go, and prints what it costs as ratios.
//!
//! `cargo xtask bench` builds and runs it. Absolute figures belong to the machine; what repeats is the CPU time of the
//! server's process a request, over that of a server which does nothing (`ceiling.rs`). Both take the same requests
//! and answer bodies of the same size, in turn, so that what disturbs the machine disturbs both.

#![expect(clippy::print_stdout, reason = "its tables are its purpose")]

mod answer;
mod calls;
mod ceiling;
mod command;
mod growth;
mod issuer;
mod load;
mod measure;
mod options;
mod page;
mod peers;
mod primitives;
mod report;
mod request;
mod requests;
mod rest;
mod saml;
mod scenario;
mod server;
mod sizes;
mod training;
mod workers;
mod world;

use std::{env, error::Error, fs, path::Path, process::ExitCode};

#[cfg(target_env = "musl")]
use locum_musl as _;
use mimalloc::MiMalloc;
use options::{Options, Part, USAGE};

/// The ceiling allocates as the program does.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
    let words: Vec<_> = env::args_os().skip(1).collect();
    match words.split_first() {
        // How it starts the ceiling: a process of its own, as the program has.
        Some((first, rest)) if first == "ceiling" => ceiling::run(rest),
        // How it runs a command whose cost it measures.
        Some((first, rest)) if first == "cost" => {
            println!("{}", command::cost(rest)?);
            Ok(())
        }
        // What a guided build runs the programs for: see `training.rs`.
        Some((first, [binary])) if first == "train" => training::run(Path::new(binary)),
        _ => match Options::read(lexopt::Parser::from_env()) {
            Ok(Some(options)) => measure(&options),
            Ok(None) => {
                println!("{USAGE}");
                Ok(())
            }
            Err(error) => Err(format!("{error}\n\n{USAGE}").into()),
        },
    }
}

fn measure(options: &Options) -> Result<(), Box<dyn Error>> {
    if !options.binary.is_file() {
        return Err(format!("there is no program to measure: give --binary\n\n{USAGE}").into());
    }
    for part in Part::ALL {
        if !options.parts.contains(&part) {
            continue;
        }
        let tables = match part {
            Part::Calls => calls::tables(options)?,
            Part::Workers => vec![workers::table(&options.binary)?],
            Part::Peers => vec![peers::table(options)?],
            Part::Growth => growth::tables(&options.binary, options.whole)?,
            Part::Rest => vec![rest::table(&options.binary, options.whole)?],
            Part::Command => vec![command::table(&options.binary, &options.beside)?],
        };
        let text: Vec<String> = tables.iter().map(report::Table::markdown).collect();
        let text = text.join("\n");
        println!("{text}");
        if let Some(path) = &options.page {
            fs::write(
                path,
                page::replaced(&fs::read_to_string(path)?, &options.mark(part), &text)?,
            )?;
        }
    }
    Ok(())
}
