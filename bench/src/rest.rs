//! What a program costs before it has done anything: its size, its start, its memory.

use std::{
    error::Error,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    load,
    report::{Table, short},
    request,
    scenario::start,
    world::{self, Size},
};

const RUNS: usize = 11;

/// Measures it.
pub(crate) fn table(binary: &Path) -> Result<Table, Box<dyn Error>> {
    let mut table = Table::new("The program", &["what", "figure"]);
    let mut row = |what: &str, figure: String| table.row(vec![what.to_owned(), figure]);
    let size = fs::metadata(binary)?.len() as f64 / 1e6;
    row("binary", format!("{} MB", short(size)));

    let mut first = Vec::new();
    for _ in 0..RUNS {
        let data = tempfile::tempdir()?;
        let begun = Instant::now();
        let server = start(binary, data.path(), 1, None)?;
        load::once(server.address, b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        first.push(begun.elapsed());
    }
    row(
        "first start, to the first answer",
        format!("{} ms (goal ≤ 30)", milliseconds(first)),
    );

    let data = tempfile::tempdir()?;
    let seeds = world::seed(data.path(), Size::SMALL, None)?;
    let identity = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let (mut later, mut ready) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let begun = Instant::now();
        let server = start(binary, data.path(), 1, None)?;
        let signed = request::signed(server.address, "sts", &seeds.caller, &identity)?;
        load::once(server.address, &signed)?;
        later.push(begun.elapsed());
        ready.push(server.started_in);
    }
    row(
        "later start, to the ready line",
        format!("{} ms", milliseconds(ready)),
    );
    row(
        "later start, to the first signed answer",
        format!("{} ms", milliseconds(later)),
    );

    let server = start(binary, data.path(), 1, None)?;
    row("memory, idle", format!("{} MiB", short(server.memory()?)));
    let requests = crate::scenario::assume_role(&server, &seeds.caller, &seeds.open, 200)?;
    load::run(server.address, &requests, 16, 20_000)?;
    let busy = server.memory()?;
    row("memory, after 20,000 sessions", format!("{} MiB", short(busy)));
    load::run(server.address, &requests, 16, 200_000)?;
    row(
        "grown by, after 200,000 more",
        format!("{:.2} MiB (goal ≤ 1)", server.memory()? - busy),
    );

    Ok(table)
}

/// The median, in milliseconds.
fn milliseconds(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let middle = took.get(took.len() / 2).copied().unwrap_or_default();
    short(middle.as_secs_f64() * 1000.0)
}
