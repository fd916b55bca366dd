//! What the profile of a guided build is taken of: every kind of call, a start with many principals, and the command.
//!
//! Nothing is measured. The programs count for themselves how often each of their branches is taken, and write it down when
//! they end; so every process ends by itself here.

use std::{error::Error, path::Path};

use crate::{
    calls::{bare, settled},
    command,
    issuer::Issuer,
    load,
    scenario::{Call, Callers, start},
    world::{self, Size},
};

/// Requests of a kind: so many that the calls weigh more than the start. What is hot is what makes up most of all counts.
const REQUESTS: usize = 20_000;
/// Those that wait for a disk.
const SLOW_REQUESTS: usize = 200;
/// As many at a time as in what is compared.
const CONNECTIONS: usize = 16;
/// Runs of the command.
const COMMANDS: usize = 20;
/// More than one page of the store, so that several threads load them.
const MANY: Size = Size {
    principals: 2_000,
    ..Size::SMALL
};

/// Puts the program, and the ceiling in this one, through all of it.
pub(crate) fn run(binary: &Path) -> Result<(), Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let issuer = Issuer::start()?;
    let seeds = world::seed(data.path(), MANY, Some(&issuer))?;
    let server = start(binary, data.path(), 1, Some(&issuer))?;
    let callers = Callers::new(&server, &seeds, &issuer)?;
    for call in Call::ALL {
        let count = if call.is_single() { SLOW_REQUESTS } else { REQUESTS };
        let requests = callers.requests(call, count + 1)?;
        let answer = settled(&server, call, &requests)?;
        load::run(server.address, &requests, CONNECTIONS, count)?;
        let ceiling = bare(answer.len(), 1, None)?;
        load::run(ceiling.address, &requests.bare(), CONNECTIONS, REQUESTS)?;
        ceiling.end()?;
    }
    command::measure(binary, COMMANDS, &server, &seeds)?;
    server.end()
}
