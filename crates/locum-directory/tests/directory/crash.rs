//! Kill −9 at a random moment: what was acknowledged is there, and nothing is half there.
//!
//! The test executable runs itself: the ignored test below is the process that is killed.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use locum_crypto::{Random as _, SeededRandom, SystemRandom};
use locum_directory::{
    AccessKey, ChangeError, Changes, Directory, Draft, KeyOwner, RedbStore, Snapshot, User,
};
use locum_names::UniqueId;

use crate::fixture::{account, now, open, queue};

const FILE: &str = "LOCUM_TEST_CRASH_FILE";
/// How many users one write in steps makes.
const STEPS: usize = 12;

#[test]
#[ignore = "the process that a_kill_loses_nothing_acknowledged starts and kills"]
fn writes_until_killed() {
    let file = env::var_os(FILE).expect("started by the other test");
    let directory = Arc::new(open(Arc::new(RedbStore::open(Path::new(&file)).unwrap())));
    let started = Instant::now();
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let directory = Arc::clone(&directory);
            thread::spawn(move || {
                // Were the parent to die first, nobody would kill this.
                while started.elapsed() < Duration::from_secs(60) {
                    let mut rng = SystemRandom;
                    let name = format!("user-{:016x}", rng.next_u64());
                    let user = User::new(account(), "/", &name, now(), &mut rng);
                    let id = user.id;
                    // Two entities in one write: half of it must never be seen.
                    let key = AccessKey::generate(account(), KeyOwner::User(id), now(), &mut rng);
                    let mut changes = Changes::new();
                    changes.put(user).put(key);
                    queue(&directory, changes).unwrap().wait().unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "acknowledged {id}").unwrap();
                    out.flush().unwrap();
                    drop(out);
                    write_in_steps(&directory);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
}

/// Makes users in one write of many steps: either all of them will be there, or none.
fn write_in_steps(directory: &Directory) {
    let mut rng = SystemRandom;
    let batch = rng.next_u64();
    let steps = |draft: &mut Draft| {
        for number in 0..STEPS {
            let user = User::new(
                account(),
                "/",
                &format!("batch-{batch:016x}-{number}"),
                now(),
                &mut rng,
            );
            let key = AccessKey::generate(account(), KeyOwner::User(user.id), now(), &mut rng);
            for changes in [Changes::new().put(user).clone(), Changes::new().put(key).clone()] {
                draft.step(changes)?;
            }
        }
        Ok::<_, ChangeError>(())
    };
    directory.write_steps(steps).unwrap().1.wait().unwrap();
}

#[test]
fn a_kill_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let mut moments = SeededRandom::new(42);
    let mut acknowledged: Vec<UniqueId> = Vec::new();
    for round in 0..6 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "crash::writes_until_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut note = |line: String| {
            if let Some((_, id)) = line.split_once("acknowledged ") {
                acknowledged.push(id.parse().unwrap());
                return true;
            }
            false
        };
        while !note(lines.next().expect("it writes").unwrap()) {}
        thread::sleep(Duration::from_micros(moments.next_u64() % 150_000));
        child.kill().unwrap();
        // What it had said before it died counts as well; a line cut short was not said.
        for line in lines.map_while(Result::ok) {
            if line
                .split_once("acknowledged ")
                .is_none_or(|(_, id)| id.len() == 21)
            {
                note(line);
            }
        }
        child.wait().unwrap();
        let snapshot = open(Arc::new(RedbStore::open(&path).unwrap())).snapshot();
        whole(&snapshot, &acknowledged, round);
    }
}

fn whole(snapshot: &Snapshot, acknowledged: &[UniqueId], round: usize) {
    for id in acknowledged {
        assert!(
            snapshot.user_by_id(id).is_some(),
            "round {round}: {id} was acknowledged and is lost"
        );
    }
    let mut batches: BTreeMap<String, usize> = BTreeMap::new();
    for user in snapshot.users(account(), None, "/") {
        if let Some((batch, _)) = user
            .name
            .strip_prefix("batch-")
            .and_then(|rest| rest.split_once('-'))
        {
            *batches.entry(batch.to_owned()).or_default() += 1;
        }
    }
    for (batch, users) in batches {
        assert_eq!(users, STEPS, "round {round}: batch {batch} is half there");
    }
    let mut users = 0;
    for user in snapshot.users(account(), None, "/") {
        let keys = snapshot.access_keys(KeyOwner::User(user.id)).count();
        assert_eq!(keys, 1, "round {round}: {} is half there", user.id);
        users += 1;
    }
    assert!(users >= acknowledged.len());
}
