//! `locum policy`, built: what its commands print in each format and how they end. Here is `validate`.
//!
//! The pages in `golden/` are compared byte for byte; `LOCUM_BLESS=1` writes them anew.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod explain;
mod simulate;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

const IDENTITY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "read",
      "Effect": "allow",
      "Action": ["s3:Get*", "s3:GetObject"],
      "Resource": "arn:aws:s3:::é/${aws:username"
    },
    {
      "Sid": "read",
      "Effect": "Allow",
      "Action": "iam:PassRole",
	"Resource": "*",
      "Condition": {"IpAddress": {"aws:SourceIp": "10.1.1.1/8"}}
    }
  ]
}
"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}}"#;

/// A place to run the program in.
struct Room(TempDir);

impl Room {
    fn new() -> Self {
        let room = Self(tempfile::tempdir().unwrap());
        room.write("identity.json", IDENTITY);
        room.write("trust.json", TRUST);
        room
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn run_with(&self, words: &[&str], input: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_locum"))
            .env_clear()
            .current_dir(self.0.path())
            .args(["policy"])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // What does not read its input may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    fn run(&self, words: &[&str]) -> (i32, String, String) {
        let output = self.run_with(words, b"");
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/policy")
        .join(name)
}

fn compare(name: &str, actual: &str) {
    // The version moves with every release.
    let actual = actual.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    if std::env::var_os("LOCUM_BLESS").is_some() {
        std::fs::create_dir_all(golden("")).unwrap();
        std::fs::write(golden(name), &actual).unwrap();
    }
    let expected = std::fs::read_to_string(golden(name)).unwrap();
    assert_eq!(actual, expected, "{name}");
}

#[test]
fn the_three_formats() {
    let room = Room::new();
    for (format, page) in [
        ("text", "validate.txt"),
        ("json", "validate.json"),
        ("sarif", "validate.sarif"),
    ] {
        let (code, out, err) = room.run(&["validate", "identity.json", "trust.json", "--format", format]);
        assert_eq!((code, err.as_str()), (1, ""), "{format}");
        compare(page, &out);
    }
}

#[test]
fn the_exit_status_tells_errors_and_with_strict_warnings() {
    let room = Room::new();
    let warned =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}}"#;
    room.write("warned.json", warned);
    room.write(
        "suggested.json",
        warned.replace("iam:PassRole\"", "s3:GetObject\",\"Sid\":\"\""),
    );
    for (words, expected) in [
        (&["identity.json"][..], 1),
        (&["trust.json", "--strict"], 0),
        (&["trust.json", "--type", "identity"], 1),
        (&["warned.json"], 0),
        (&["warned.json", "--strict"], 1),
        (&["warned.json", "trust.json", "identity.json"], 1),
        (&["suggested.json", "--strict"], 0),
        (&["suggested.json", "--type=scp"], 0),
        (&["suggested.json", "--type=rcp"], 1),
        (&["suggested.json", "--type=resource"], 1),
    ] {
        let words = [&["validate"], words].concat();
        let (code, out, err) = room.run(&words);
        assert_eq!((code, err.as_str()), (expected, ""), "{words:?} {out}");
        assert!(out.lines().last().unwrap().contains(".json: "), "{out}");
    }
}

#[test]
fn what_makes_no_sense_is_told_in_one_line() {
    let room = Room::new();
    room.write("binary", [0xff, 0xfe]);
    room.write("huge", vec![b' '; (1 << 20) + 1]);
    for words in [
        &[][..],
        &["frobnicate"],
        &["validate"],
        &["validate", "absent.json"],
        &["validate", "trust.json", "absent\u{1b}[2J.json"],
        &["validate", "binary"],
        &["validate", "huge"],
        &["validate", "."],
        &["validate", "-", "-"],
        &["validate", "trust.json", "--type", "managed"],
        &["validate", "trust.json", "--format", "xml"],
        &["validate", "trust.json", "--loud"],
    ] {
        let (code, out, err) = room.run(words);
        assert_eq!((code, out.as_str()), (2, ""), "{words:?}");
        assert!(
            err.starts_with("locum: ") && err.ends_with('\n') && err.matches('\n').count() == 1,
            "{err}"
        );
        assert!(!err.contains('\u{1b}'), "{err:?}");
    }
}

#[test]
fn nothing_of_a_policy_moves_the_cursor() {
    let room = Room::new();
    let hostile = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"\\u001b[2J\\u202e\",\"\u{202e}evil\u{7f}\":1}}";
    let output = room.run_with(&["validate", "-"], hostile.as_bytes());
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out.contains("<stdin>:1:") && out.contains("[INVALID_EFFECT]") && out.contains("\\u{1b}[2J"),
        "{out}"
    );
    let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!out.contains(hidden), "{out:?}");
}

#[test]
fn long_lines_are_shown_around_the_place() {
    let room = Room::new();
    let filler = "\"s3:Put1\",".repeat(400);
    room.write(
        "long.json",
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Deny\",\"Resource\":\"*\",\"Action\":[{filler}\"oops\"]}}}}"
        ),
    );
    let (code, out, _) = room.run(&["validate", "long.json"]);
    assert_eq!(code, 1);
    assert!(out.lines().all(|line| line.chars().count() < 140), "{out}");
    let lines: Vec<&str> = out.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.ends_with("[INVALID_ACTION]"))
        .unwrap();
    let marks = lines[at + 2].find('^').unwrap();
    assert_eq!(&lines[at + 1][marks..marks + 6], "\"oops\"", "{out}");
}

#[test]
fn pages_of_help() {
    let room = Room::new();
    let (code, out, err) = room.run(&["--help"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("validate"), "{out}");
    let (code, out, _) = room.run(&["validate", "--help"]);
    assert_eq!(code, 0);
    for option in ["--type", "--format", "--strict", "EXIT STATUS"] {
        assert!(out.contains(option), "{out}");
    }
    let main = Command::new(env!("CARGO_BIN_EXE_locum"))
        .arg("help")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&main.stdout).contains("  policy "));
}

/// What SARIF 2.1.0 requires of the parts that are used.
#[test]
fn sarif_has_the_structure_that_readers_need() {
    let room = Room::new();
    room.write("a b%é.json", "{");
    let (_, out, _) = room.run(&["validate", "identity.json", "a b%é.json", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "locum");
    assert_eq!(runs[0]["columnKind"], "unicodeCodePoints");
    let rules = driver["rules"].as_array().unwrap();
    let results = runs[0]["results"].as_array().unwrap();
    assert!(results.len() > 6);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index]["helpUri"].as_str().unwrap().starts_with("https://"));
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let related = result["relatedLocations"].as_array().unwrap();
        for location in result["locations"].as_array().unwrap().iter().chain(related) {
            let place = &location["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(["identity.json", "a%20b%25%C3%A9.json"].contains(&uri), "{uri}");
            let number = |name: &str| place["region"][name].as_u64().unwrap();
            assert!(number("startLine") >= 1 && number("startColumn") >= 1);
            let (start, end) = (
                (number("startLine"), number("startColumn")),
                (number("endLine"), number("endColumn")),
            );
            assert!(start <= end);
        }
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
    }
}
