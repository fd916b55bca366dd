//! The instruction gate: whole calls in process are counted by callgrind and compared with what is committed.
//!
//! The program that is counted is `crates/locum-service/examples/instructions.rs`, as the tests are built: an optimised build of
//! everything would cost more than the gate may. So the figures are greater than those in docs/performance.md, but they move when
//! those do. They repeat to a tenth of a percent on one machine; another processor may give the cryptographic library another way,
//! of which valgrind knows those up to AVX2.

use crate::error::TaskError;
use crate::packages;
use crate::places;
use crate::tool::Tool;
use std::fmt::Write;
use std::path::PathBuf;

/// The file of committed figures, from the workspace root: a line for each call, its name and its instructions.
const COMMITTED: &str = "crates/locum-service/examples/instructions.txt";
/// A figure may be greater by so many thousandths, for keys and ids are random.
const ABOVE: u64 = 20;
/// What is smaller by more thousandths is worth being committed.
const BELOW: u64 = 50;

/// Installs the Debian package, if it is missing.
pub(crate) fn prepare() -> Result<(), TaskError> {
    match Tool::new("valgrind").arg("--version").output() {
        Some(_) => Ok(()),
        None => packages::install(&["valgrind"]),
    }
}

/// Counts with the program that is built already, and compares.
///
/// # Errors
/// `TaskError::Instructions` with the lines to commit, if a call costs more than it may, or much less than is committed.
pub(crate) fn check() -> Result<(), TaskError> {
    let committed = places::read(&places::root().join(COMMITTED))?;
    let counted = count()?;
    for line in &counted {
        tell(line);
    }
    compare(&committed, &counted).map_err(|reasons| TaskError::Instructions {
        reasons: reasons.join("\n"),
        file: COMMITTED,
        lines: text(&counted),
    })
}

/// A call and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    call: String,
    instructions: u64,
}

/// Runs the program under callgrind, which dumps once for each call.
fn count() -> Result<Vec<Line>, TaskError> {
    let directory = places::target().join("instructions");
    // What an earlier run left must not be read as a figure of this one.
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).map_err(|source| TaskError::File {
        path: directory.clone(),
        source,
    })?;
    let printed = Tool::new("valgrind")
        .words("--tool=callgrind --collect-atstart=no --toggle-collect=instructions::one --dump-after=instructions::every")
        .arg(format!("--callgrind-out-file={}", directory.join("dump").display()))
        .arg(places::example("instructions"))
        .output()
        .ok_or(TaskError::Uncounted("valgrind failed or is not installed"))?;
    let mut lines = Vec::new();
    for (number, call) in printed.lines().enumerate() {
        let dump: PathBuf = directory.join(format!("dump.{}", number + 1));
        let each = each(call, &places::read(&dump)?);
        lines.push(each.ok_or(TaskError::Uncounted("its dump has no total, or none of a call"))?);
    }
    Ok(lines)
}

/// The instructions of one call, of what was printed (its name and how often it was made) and of the dump after it.
fn each(printed: &str, dump: &str) -> Option<Line> {
    let (call, times) = printed.split_once(' ')?;
    let total: u64 = dump
        .lines()
        .find_map(|line| line.strip_prefix("totals: "))?
        .trim()
        .parse()
        .ok()?;
    let instructions = total
        .checked_div(times.parse().ok()?)
        .filter(|count| *count > 0)?;
    Some(Line {
        call: call.to_owned(),
        instructions,
    })
}

fn text(lines: &[Line]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} {}", line.call, line.instructions);
        text
    })
}

/// Why the two differ by more than they may.
fn compare(committed: &str, counted: &[Line]) -> Result<(), Vec<String>> {
    let mut reasons = Vec::new();
    let mut committed: Vec<(&str, Option<u64>)> = committed
        .lines()
        .map(|line| {
            line.split_once(' ')
                .map_or((line, None), |(call, count)| (call, count.parse().ok()))
        })
        .collect();
    for Line { call, instructions } in counted {
        let known = committed
            .iter()
            .position(|(name, _)| name == call)
            .map(|at| committed.remove(at).1);
        match known {
            Some(Some(before)) if *instructions * 1_000 > before * (1_000 + ABOVE) => {
                reasons.push(format!(
                    "{call} costs {instructions} instructions, {before} are committed: find out why"
                ));
            }
            Some(Some(before)) if *instructions * 1_000 < before * (1_000 - BELOW) => {
                reasons.push(format!("{call} costs {instructions} instructions only, {before} are committed: keep the better figure"));
            }
            Some(Some(_)) => {}
            Some(None) | None => reasons.push(format!("no figure of {call} is committed")),
        }
    }
    reasons.extend(
        committed
            .iter()
            .map(|(call, _)| format!("{call} was not counted")),
    );
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

#[expect(clippy::print_stdout, reason = "figures are the result")]
fn tell(line: &Line) {
    println!("{}: {} instructions", line.call, line.instructions);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(instructions: u64) -> Vec<Line> {
        vec![Line {
            call: "assume_role".to_owned(),
            instructions,
        }]
    }

    #[test]
    fn a_dump_is_divided_by_the_calls_in_it() {
        let dump = "version: 1\nevents: Ir\nfn=(1) one\n12 20000\ntotals: 20040\n";
        assert_eq!(each("assume_role 20", dump), counted(1_002).pop());
        // A program that was renamed, or not collected in, must not pass for a cheap one.
        assert_eq!(each("assume_role 20", "totals: 0\n"), None);
        assert_eq!(each("assume_role 0", dump), None);
        assert_eq!(each("assume_role", dump), None);
        assert_eq!(each("assume_role 20", "version: 1\n"), None);
    }

    #[test]
    fn two_percent_more_and_five_percent_less_are_within() {
        for within in [1_000, 1_020, 950] {
            assert_eq!(
                compare("assume_role 1000\n", &counted(within)),
                Ok(()),
                "{within}"
            );
        }
        let more = compare("assume_role 1000\n", &counted(1_021)).unwrap_err();
        assert_eq!(
            more,
            ["assume_role costs 1021 instructions, 1000 are committed: find out why"]
        );
        let less = compare("assume_role 1000\n", &counted(949)).unwrap_err();
        assert_eq!(
            less,
            ["assume_role costs 949 instructions only, 1000 are committed: keep the better figure"]
        );
    }

    #[test]
    fn every_call_is_committed_and_counted() {
        let reasons = compare("caller_identity 7\n", &counted(1)).unwrap_err();
        assert_eq!(
            reasons,
            [
                "no figure of assume_role is committed",
                "caller_identity was not counted"
            ]
        );
        assert!(compare("assume_role many\n", &counted(1)).is_err());
        assert_eq!(compare(&text(&counted(5)), &counted(5)), Ok(()));
    }
}
