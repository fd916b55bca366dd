//! The audit file: order, rotation, modes, and what happens when it cannot be written.

use std::{fs, path::Path, time::Duration};

use locum_server::{AuditError, AuditFile, RotatePolicy};

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn records_are_lines_in_order_and_appended_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    for run in 0..2 {
        let file = AuditFile::open(&path, RotatePolicy::default()).unwrap();
        for index in 0..500 {
            file.record(format!("{{\"n\":{}}}", run * 500 + index).as_bytes())
                .unwrap();
        }
        file.close().unwrap();
        assert!(matches!(file.record(b"late"), Err(AuditError::Closed)));
        file.close().unwrap();
    }
    let expected: Vec<String> = (0..1000).map(|index| format!("{{\"n\":{index}}}")).collect();
    assert_eq!(lines(&path), expected);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let policy = RotatePolicy {
        max_bytes: 10,
        ..RotatePolicy::default()
    };
    let file = AuditFile::open(&path, policy).unwrap();
    file.record(b"one two three").unwrap();
    file.record(b"four five six").unwrap();
    file.close().unwrap();
    for name in ["audit.jsonl", "audit.jsonl.1"] {
        let mode = fs::metadata(directory.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn rotation_keeps_whole_lines_and_only_so_many_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    let policy = RotatePolicy {
        max_bytes: 100,
        keep: 3,
        ..RotatePolicy::default()
    };
    let file = AuditFile::open(&path, policy).unwrap();
    // Ten bytes a line, ten lines a file.
    for index in 0..75 {
        file.record(format!("{index:09}").as_bytes()).unwrap();
    }
    file.close().unwrap();

    let mut found: Vec<String> = Vec::new();
    for name in ["audit.jsonl.3", "audit.jsonl.2", "audit.jsonl.1", "audit.jsonl"] {
        found.extend(lines(&directory.path().join(name)));
    }
    let expected: Vec<String> = (40..75).map(|index| format!("{index:09}")).collect();
    assert_eq!(found, expected);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 4);

    let mut metrics = String::new();
    file.write_metrics(&mut metrics);
    assert!(
        metrics.contains("\nlocum_audit_records_written_total 75\n"),
        "{metrics}"
    );
    assert!(metrics.contains("\nlocum_audit_rotations_total 7\n"), "{metrics}");
}

#[test]
fn a_line_torn_by_a_crash_does_not_swallow_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    fs::write(&path, "{\"whole\":1}\n{\"torn").unwrap();
    let file = AuditFile::open(&path, RotatePolicy::default()).unwrap();
    file.record(b"{\"next\":1}").unwrap();
    file.close().unwrap();
    assert_eq!(lines(&path), ["{\"whole\":1}", "{\"torn", "{\"next\":1}"]);
}

#[test]
fn a_file_moved_away_is_opened_anew() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    let moved = directory.path().join("moved");
    let file = AuditFile::open(&path, RotatePolicy::default()).unwrap();
    file.record(b"old").unwrap();
    file.reopen();
    fs::rename(&path, &moved).unwrap();
    file.reopen();
    file.record(b"new").unwrap();
    file.close().unwrap();
    assert_eq!(
        (lines(&moved), lines(&path)),
        (vec!["old".to_owned()], vec!["new".to_owned()])
    );
}

#[test]
fn a_directory_that_is_not_there_is_one_sentence() {
    let error = AuditFile::open("/nowhere/audit.jsonl", RotatePolicy::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot write the audit log /nowhere/audit.jsonl: "),
        "{error}"
    );
}

/// `/dev/full` takes no byte, as a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_instead_of_forgetting() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let policy = RotatePolicy {
        queue: 4,
        patience: Duration::from_secs(20),
        ..RotatePolicy::default()
    };
    let mode = || fs::metadata("/dev/full").unwrap().permissions();
    let before = mode();
    let file = AuditFile::open(&path, policy).unwrap();
    assert_eq!(mode(), before, "a device keeps its mode");
    let mut accepted = 0;
    let refused = (0..1_000).find_map(|index| match file.record(format!("{index}").as_bytes()) {
        Ok(()) => {
            accepted += 1;
            None
        }
        Err(error) => Some(error),
    });
    assert!(
        matches!(refused, Some(AuditError::Full)),
        "{refused:?} after {accepted}"
    );
    assert!(file.is_failing());
    let closed = file.close();
    assert!(
        matches!(closed, Err(AuditError::Unwritten { records, .. }) if records == accepted),
        "{closed:?} after {accepted}"
    );
}

/// Waits for what the log does on a thread of its own.
#[track_caller]
fn eventually(what: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if what() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not happen");
}

#[cfg(target_os = "linux")]
#[test]
fn another_file_in_the_place_of_a_failing_one_takes_what_waited() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let file = AuditFile::open(&path, RotatePolicy::default()).unwrap();
    file.record(b"one").unwrap();
    eventually(|| file.is_failing());
    assert!(matches!(file.record(b"refused"), Err(AuditError::Full)));
    file.keep(b"kept");
    fs::remove_file(&path).unwrap();
    file.reopen();
    eventually(|| !file.is_failing());
    file.record(b"two").unwrap();
    file.close().unwrap();
    assert_eq!(lines(&path), ["one", "kept", "two"]);
}

#[test]
fn a_file_that_cannot_be_opened_anew_is_tried_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    let moved = directory.path().join("moved");
    let file = AuditFile::open(&path, RotatePolicy::default()).unwrap();
    file.record(b"old").unwrap();
    fs::rename(&path, &moved).unwrap();
    fs::create_dir(&path).unwrap();
    file.reopen();
    eventually(|| file.is_failing());
    assert!(matches!(file.record(b"nowhere"), Err(AuditError::Full)));
    fs::remove_dir(&path).unwrap();
    eventually(|| !file.is_failing());
    file.record(b"new").unwrap();
    file.close().unwrap();
    assert_eq!(
        (lines(&moved), lines(&path)),
        (vec!["old".to_owned()], vec!["new".to_owned()])
    );
}

#[test]
fn a_file_that_was_removed_is_begun_anew_though_none_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    let policy = RotatePolicy {
        max_bytes: 10,
        keep: 0,
        ..RotatePolicy::default()
    };
    let file = AuditFile::open(&path, policy).unwrap();
    file.record(b"removed").unwrap();
    fs::remove_file(&path).unwrap();
    file.record(b"the next").unwrap();
    file.close().unwrap();
    assert_eq!(lines(&path), ["the next"]);
}

/// A pipe that nobody reads takes some and then nothing, as a disk that hangs.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_hangs_holds_nobody_up_for_long() {
    use std::{io::Read, process::Command, time::Instant};

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let patience = Duration::from_secs(2);
    let policy = RotatePolicy {
        queue: 4,
        patience,
        ..RotatePolicy::default()
    };
    let file = AuditFile::open(&path, policy).unwrap();
    let line = vec![b'x'; 64 * 1024];
    let mut accepted = 0;
    while file.record(&line).is_ok() {
        accepted += 1;
    }
    assert!(file.is_failing(), "no write is to be begun");
    let began = Instant::now();
    for _ in 0..100 {
        assert!(matches!(file.record(b"refused"), Err(AuditError::Full)));
    }
    assert!(began.elapsed() < 10 * patience, "only the first waits");
    file.keep(b"kept");

    let mut reader = fs::File::open(&path).unwrap();
    let reading = std::thread::spawn(move || {
        let (mut all, mut some) = (Vec::new(), vec![0; 64 * 1024]);
        while !all.ends_with(b"\nlast\n") {
            let length = reader.read(&mut some).unwrap();
            all.extend_from_slice(&some[..length]);
        }
        String::from_utf8(all).unwrap()
    });
    eventually(|| !file.is_failing());
    file.record(b"last").unwrap();
    let all = reading.join().unwrap();
    let short: Vec<_> = all.lines().filter(|line| line.len() < 100).collect();
    assert_eq!(short, ["kept", "last"]);
    assert_eq!(all.lines().count(), accepted + 2);
    // A pipe cannot be made durable.
    let _ = file.close();
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_hangs_holds_up_no_stop_for_ever() {
    use std::process::Command;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let policy = RotatePolicy {
        queue: 4,
        patience: Duration::ZERO,
        grace: Duration::from_millis(300),
        ..RotatePolicy::default()
    };
    let file = AuditFile::open(&path, policy).unwrap();
    let line = vec![b'x'; 64 * 1024];
    let mut accepted = 0;
    while file.record(&line).is_ok() {
        accepted += 1;
    }
    let error = file.close().unwrap_err();
    let told = error.to_string();
    assert!(matches!(error, AuditError::Unwritten { records, .. } if records == accepted));
    let start = format!("{accepted} records of answered calls may be missing at the end of the audit log ");
    assert!(
        told.starts_with(&start) && told.ends_with("nothing for 0 seconds"),
        "{told}"
    );
    assert!(matches!(file.record(b"late"), Err(AuditError::Closed)));
    file.close().unwrap();
}

/// A pipe takes what is written and cannot be made durable, as a disk that fails at last.
#[cfg(target_os = "linux")]
#[test]
fn what_was_written_and_not_made_durable_may_be_missing() {
    use std::process::Command;

    for records in [0, 3] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.jsonl");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let file = AuditFile::open(&path, RotatePolicy::default()).unwrap();
        for _ in 0..records {
            file.record(b"{}").unwrap();
        }
        let told = file.close().unwrap_err().to_string();
        let expected = match records {
            0 => "cannot write the audit log ".to_owned(),
            _ => format!("{records} records of answered calls may be missing at the end of the audit log "),
        };
        assert!(told.starts_with(&expected), "{told}");
    }
}
