//! Growth: the same call with ten or a million roles, with one or five thousand statements on the caller.

use std::{
    error::Error,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    load::{self, Requests},
    measure::{Subject, median},
    report::{Table, short},
    request, scenario,
    world::{self, Seeds, Size},
};

/// Requests a round.
const A_ROUND: usize = 1_000;
const ROUNDS: usize = 11;
/// IAM writes a figure: each waits for a flush of the disk, so it is their CPU time that is compared.
const WRITES: usize = 3_000;

/// What is compared with the first of its kind.
const SIZES: [(&str, Size); 6] = [
    ("10 principals", Size::SMALL),
    (
        "10⁴ principals",
        Size {
            principals: 10_000,
            ..Size::SMALL
        },
    ),
    (
        "10⁶ principals",
        Size {
            principals: 1_000_000,
            ..Size::SMALL
        },
    ),
    (
        "10⁶ principals in 1,000 accounts",
        Size {
            principals: 1_000_000,
            accounts: 1_000,
            ..Size::SMALL
        },
    ),
    (
        "100 statements",
        Size {
            statements: 100,
            ..Size::SMALL
        },
    ),
    (
        "5,000 statements",
        Size {
            statements: 5_000,
            ..Size::SMALL
        },
    ),
];

/// Measures all sizes; the large ones only if `whole` is set.
pub(crate) fn table(binary: &Path, whole: bool) -> Result<Table, Box<dyn Error>> {
    let mut table = Table::new(
        "Growth: AssumeRole, one worker, 16 connections",
        &[
            "size",
            "requests/s",
            "÷ smallest",
            "CPU µs",
            "start ms",
            "memory MiB",
            "bytes a principal",
            "IAM write, CPU µs",
            "÷ smallest",
        ],
    );
    let mut smallest: Option<Row> = None;
    for (name, size) in SIZES {
        if !whole && size.principals > 100_000 {
            continue;
        }
        let row = measure(binary, size)?;
        let base = smallest.get_or_insert(row);
        let grown = (row.memory - base.memory) * 1_048_576.0;
        table.row(vec![
            name.to_owned(),
            short(row.throughput),
            format!("{:.2}", row.throughput / base.throughput),
            short(row.cpu),
            short(row.start.as_secs_f64() * 1000.0),
            short(row.memory),
            match size.principals {
                0..=1_000 => "–".to_owned(),
                principals => short(grown / principals as f64),
            },
            short(row.write),
            format!("{:.2}", row.write / base.write),
        ]);
    }
    Ok(table)
}

#[derive(Clone, Copy)]
struct Row {
    throughput: f64,
    cpu: f64,
    start: Duration,
    memory: f64,
    write: f64,
}

fn measure(binary: &Path, size: Size) -> Result<Row, Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let seeds = world::seed(data.path(), size, None)?;
    let begun = Instant::now();
    let server = scenario::start(binary, data.path(), 1, None)?;
    let requests = scenario::assume_role(&server, &seeds.caller, &seeds.open, 200)?;
    load::run(server.address, &requests, 1, 1)?;
    let start = begun.elapsed();
    let mut subject = Subject::new(&server, &requests, 16)?;
    subject.round(A_ROUND)?;
    let rounds = (0..ROUNDS)
        .map(|_| subject.round(A_ROUND))
        .collect::<Result<Vec<_>, _>>()?;
    let memory = server.memory()?;
    let before = server.cpu()?;
    let writes = writes(&server, &seeds)?;
    load::run(server.address, &writes, 16, WRITES)?;
    let write = (server.cpu()? - before).as_secs_f64() * 1e6 / WRITES as f64;
    Ok(Row {
        throughput: median(rounds.iter().map(|f| f.throughput).collect()),
        cpu: median(rounds.iter().map(|f| f.cpu).collect()),
        start,
        memory,
        write,
    })
}

/// Descriptions of one role, each another.
fn writes(server: &crate::server::Server, seeds: &Seeds) -> Result<Requests, Box<dyn Error>> {
    let describe = |number| {
        let description = format!("description {number}");
        let parameters = [
            ("Action", "UpdateRoleDescription"),
            ("Version", "2010-05-08"),
            ("RoleName", "open"),
            ("Description", &*description),
        ];
        request::signed(server.address, "iam", &seeds.caller, &parameters)
    };
    Ok(Requests {
        bytes: (0..WRITES).map(describe).collect::<Result<_, _>>()?,
        status: 200,
    })
}
