//! What a program costs before it has done anything, and what is left of what it has done: its size, its start, its memory,
//! its store.

use std::{
    error::Error,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    load,
    measure::median,
    report::{Goal, Table, short},
    request,
    scenario::{self, start},
    world::{self, Size},
};

const RUNS: usize = 11;
/// Sessions that fill what a server keeps for speed, before memory is compared.
const FIRST: usize = 20_000;

/// Measures it; ten million sessions if `whole` is set, and otherwise fewer.
pub(crate) fn table(binary: &Path, whole: bool) -> Result<Table, Box<dyn Error>> {
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
        first.push(milliseconds(begun.elapsed()));
    }
    let first = median(first);
    row(
        "first start, empty, to the first answer",
        Goal::AtMost(30.0).beside(first, &format!("{} ms", short(first))),
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
        later.push(milliseconds(begun.elapsed()));
        ready.push(milliseconds(server.started_in));
    }
    row(
        "later start, to the ready line",
        format!("{} ms", short(median(ready))),
    );
    row(
        "later start, to the first signed answer",
        format!("{} ms", short(median(later))),
    );

    let server = start(binary, data.path(), 1, None)?;
    let store = || Ok::<_, std::io::Error>(fs::metadata(data.path().join("directory.redb"))?.len());
    row("memory, idle", format!("{} MiB", short(server.memory()?)));
    let requests = scenario::assume_role(&server, &seeds.caller, &seeds.open, 200)?;
    load::run(server.address, &requests, 16, FIRST)?;
    let (memory, stored) = (server.memory()?, store()?);
    row(
        &format!("memory, after {} sessions", grouped(FIRST)),
        format!("{} MiB", short(memory)),
    );
    let sessions = if whole { 10_000_000 } else { 200_000 };
    load::run(server.address, &requests, 16, sessions)?;
    let grown = server.memory()? - memory;
    row(
        &format!("memory, grown by, after {} more", grouped(sessions)),
        Goal::AtMost(1.0).beside(grown, &format!("{grown:.2} MiB")),
    );
    let grown = store()? as f64 - stored as f64;
    row(
        &format!("the store of {} bytes, grown by", grouped(stored as usize)),
        Goal::AtMost(0.0).beside(grown, &format!("{grown} bytes")),
    );
    Ok(table)
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        let shown = [0, 999, 1_000, 10_020_003].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "10,020,003"]);
    }
}
