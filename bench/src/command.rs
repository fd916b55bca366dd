//! The command beside the originals: one `sts get-caller-identity` each, from start to exit.
//!
//! Each program is run by a process of its own, because the kernel keeps the highest memory of all children a process ever
//! had.

use std::{
    error::Error,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use crate::{
    report::{Table, short},
    scenario::start,
    server::Server,
    world::{self, Seeds, Size},
};

/// Runs of the program, which is over in milliseconds.
const MANY: usize = 100;
/// Runs of an original, which takes a second.
const FEW: usize = 5;

/// What a run costs: the mean of the processor's time, the median of the wall's, the highest memory.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    wall: Duration,
    cpu: Duration,
    memory: u64,
}

/// Measures the program and whatever else is there.
pub(crate) fn table(binary: &Path, originals: &[PathBuf]) -> Result<Table, Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let seeds = world::seed(data.path(), Size::SMALL, None)?;
    let server = start(binary, data.path(), 1, None)?;
    let mut table = Table::new(
        "`sts get-caller-identity`, one process",
        &["program", "wall ms", "CPU ms", "memory MiB", "CPU ÷ locum's"],
    );
    let own = measure(binary, MANY, &server, &seeds)?;
    let mut row = |name: String, cost: Cost, ratio: String| {
        let ms = |time: Duration| short(time.as_secs_f64() * 1000.0);
        let memory = short(cost.memory as f64 / 1024.0);
        table.row(vec![name, ms(cost.wall), ms(cost.cpu), memory, ratio]);
    };
    row("locum".to_owned(), own, "1".to_owned());
    for original in originals {
        let cost = measure(original, FEW, &server, &seeds)?;
        let ratio = cost.cpu.as_secs_f64() / own.cpu.as_secs_f64();
        row(version(original)?, cost, format!("{} (goal ≥ 100)", short(ratio)));
    }
    Ok(table)
}

fn version(program: &Path) -> Result<String, Box<dyn Error>> {
    let output = Command::new(program).arg("--version").output()?;
    let text = String::from_utf8(output.stdout)?;
    let words: Vec<&str> = text.split_whitespace().take(2).collect();
    Ok(words.join(", "))
}

/// Has a process of its own run `program`.
pub(crate) fn measure(
    program: &Path,
    runs: usize,
    server: &Server,
    seeds: &Seeds,
) -> Result<Cost, Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let output = Command::new(std::env::current_exe()?)
        .args(["cost", &runs.to_string()])
        .arg(program)
        .args(["sts", "get-caller-identity", "--endpoint-url"])
        .arg(format!("http://{}", server.address))
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .env("AWS_ACCESS_KEY_ID", &seeds.caller.id)
        .env("AWS_SECRET_ACCESS_KEY", seeds.caller.secret.expose())
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let figures: Vec<u64> = text
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    match *figures.as_slice() {
        [wall, cpu, memory] => Ok(Cost {
            wall: Duration::from_micros(wall),
            cpu: Duration::from_micros(cpu),
            memory,
        }),
        _ => Err(format!("{} could not be measured", program.display()).into()),
    }
}

/// Runs a command line as often as the first word says and returns the wall time and the processor's of a run in
/// microseconds, and the highest memory in KiB. What runs it first, to fill the machine's caches, does not count.
pub(crate) fn cost(words: &[OsString]) -> Result<String, Box<dyn Error>> {
    let [runs, program, words @ ..] = words else {
        return Err("cost <runs> <program> …".into());
    };
    let runs: usize = runs.to_string_lossy().parse()?;
    let program = Path::new(program);
    let mut walls = Vec::with_capacity(runs);
    let mut before = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    for run in 0..=runs {
        let begun = Instant::now();
        let status = Command::new(program).args(words).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err(format!("{} failed: {status}", program.display()).into());
        }
        if run == 0 {
            before = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        } else {
            walls.push(begun.elapsed());
        }
    }
    let after = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    walls.sort_unstable();
    let wall = walls.get(walls.len() / 2).copied().unwrap_or_default();
    let cpu = (busy(&after) - busy(&before)) / i64::try_from(runs.max(1))?;
    Ok(format!("{} {cpu} {}", wall.as_micros(), after.max_rss()))
}

fn busy(usage: &Usage) -> i64 {
    usage.user_time().num_microseconds() + usage.system_time().num_microseconds()
}
