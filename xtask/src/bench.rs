//! The program measured as it is shipped, beside whatever else can be had: a bare server, the originals of its command, and
//! other servers.
//!
//! The other servers come from PyPI into a virtual environment of their own. Without a network they are left out, and the
//! table says so.

use crate::clients;
use crate::dist;
use crate::environment::Environment;
use crate::error::TaskError;
use crate::guided;
use crate::places;
use crate::tool::Tool;
use std::ffi::{OsStr, OsString};

/// Builds everything and hands `words` on to the measurement.
pub(crate) fn run(words: Vec<OsString>) -> Result<(), TaskError> {
    let built = if words.iter().any(|word| word == "--guided") {
        guided::build(&dist::prepare()?, &["locum", "locum-bench"])?
    } else {
        Tool::cargo()
            .words("build --release --locked --package locum --package locum-bench")
            .run()?;
        places::target().join("release")
    };
    let mut bench = Tool::new(built.join("locum-bench"))
        .arg("--binary")
        .arg(built.join("locum"));
    for original in clients::originals() {
        bench = bench.arg("--beside").arg(original);
    }
    if wants_peers(&words) {
        let peers = Environment::new("peers", "bench/requirements.txt");
        match peers.prepare() {
            Ok(()) => {
                for (option, program) in [("--moto", "moto_server"), ("--ministack", "ministack")] {
                    bench = bench.arg(option).arg(peers.program(program));
                }
            }
            Err(error) => complain(&error),
        }
        if !words.iter().any(|word| word == "--fakecloud")
            && let Some(path) = Tool::new("sh").words("-c").arg("command -v fakecloud").output()
        {
            bench = bench.arg("--fakecloud").arg(path);
        }
    }
    for word in words {
        let write = word == "--write";
        bench = bench.arg(word);
        if write {
            bench = bench.arg(places::root().join("docs/performance.md"));
        }
    }
    bench.run()
}

/// Whether the other servers are to be measured: always, unless only other parts are.
fn wants_peers(words: &[OsString]) -> bool {
    let help = words.iter().any(|word| word == "--help" || word == "-h");
    let mut only = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if word == "--only" {
            only.extend(words.get(at + 1).map(OsString::as_os_str));
        } else if let Some(part) = word.to_str().and_then(|word| word.strip_prefix("--only=")) {
            only.push(OsStr::new(part));
        }
    }
    !help && (only.is_empty() || only.contains(&OsStr::new("peers")))
}

#[expect(clippy::print_stderr, reason = "why a part of the result is missing")]
fn complain(error: &TaskError) {
    eprintln!("xtask: the peers are left out: {error}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_left_out_where_only_other_parts_are_measured() {
        let wants =
            |words: &str| wants_peers(&words.split_whitespace().map(OsString::from).collect::<Vec<_>>());
        for words in [
            "",
            "--whole --write",
            "--only peers",
            "--only=calls --only peers",
            "--only=peers",
        ] {
            assert!(wants(words), "{words}");
        }
        for words in ["--only calls", "--only=rest --only growth", "--help", "-h"] {
            assert!(!wants(words), "{words}");
        }
    }
}
