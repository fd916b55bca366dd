//! AssumeRole on several threads: what they share must not cost them what they add.

use std::{error::Error, path::Path};

use crate::{
    calls::{bare, settled},
    measure::{Rounds, Subject, in_turn},
    report::{Table, short},
    scenario::{self, Call},
    world::{self, Size},
};

/// How many threads serve.
const WORKERS: [usize; 3] = [1, 2, 4];
/// So many that every worker has some, wherever the kernel puts them.
const CONNECTIONS: usize = 64;
const A_ROUND: usize = 2_000;
const ROUNDS: usize = 21;

/// Measures it.
pub(crate) fn table(binary: &Path) -> Result<Table, Box<dyn Error>> {
    let mut table = Table::new(
        "Workers: AssumeRole, 64 connections",
        &[
            "workers",
            "locum µs of CPU",
            "ceiling µs",
            "÷ ceiling",
            "locum ÷ one worker's",
            "ceiling ÷ one worker's",
            "locum requests/s",
            "ceiling requests/s",
        ],
    );
    let mut alone = None;
    for workers in WORKERS {
        let [mine, its] = beside(binary, workers)?;
        let (cost, bare_cost) = (mine.median(|f| f.cpu), its.median(|f| f.cpu));
        let (one, bare_one) = *alone.get_or_insert((cost, bare_cost));
        table.row(vec![
            workers.to_string(),
            short(cost),
            short(bare_cost),
            short(mine.against(&its, |f| f.cpu)),
            short(cost / one),
            short(bare_cost / bare_one),
            short(mine.median(|f| f.throughput)),
            short(its.median(|f| f.throughput)),
        ]);
    }
    table.caption(
        "One thread sends and never sleeps, so on two cores two workers have one and a half between them, and more have no more: read the \
         costs, not the throughput. A worker that finds less to do at a time is woken more often, the ceiling's as well.",
    );
    Ok(table)
}

/// Both servers in turn, with so many workers each.
fn beside(binary: &Path, workers: usize) -> Result<[Rounds; 2], Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let seeds = world::seed(data.path(), Size::SMALL, None)?;
    let server = scenario::start(binary, data.path(), workers, None)?;
    let requests = scenario::assume_role(&server, &seeds.caller, &seeds.open, 200)?;
    let answer = settled(&server, Call::AssumeRole, &requests)?;
    let ceiling = bare(answer.len(), workers, None)?;
    let pair = [
        Subject::new(&server, &requests, CONNECTIONS)?,
        Subject::new(&ceiling, &requests.bare(), CONNECTIONS)?,
    ];
    in_turn(pair, ROUNDS, A_ROUND)
}
