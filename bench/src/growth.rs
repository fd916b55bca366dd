//! Growth: the same call with ten or a million roles, with one or five thousand statements on the caller, and with everything
//! that a session can be given besides.
//!
//! Every size has a server of its own, which takes turns with the smallest one, or, if the roles are in many accounts, with the smallest
//! such one.

use std::{
    error::Error,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    load,
    measure::{Rounds, Subject, in_turn},
    report::{Goal, Table, against, short},
    request,
    requests::Requests,
    scenario,
    server::Server,
    world::{self, Seeds, Size},
};

const CONNECTIONS: usize = 16;
/// Requests a round.
const A_ROUND: usize = 500;
const ROUNDS: usize = 41;
/// IAM writes a round: each waits for a flush of the disk, so it is their CPU time that is compared.
const WRITES_A_ROUND: usize = 160;
const WRITE_ROUNDS: usize = 9;
/// From so many principals on, the memory of one can be told from that of the rest.
const MANY: usize = 10_000;

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;
const TAGS: [(&str, &str); 6] = [
    ("Tags.member.1.Key", "team"),
    ("Tags.member.1.Value", "blue"),
    ("Tags.member.2.Key", "stage"),
    ("Tags.member.2.Value", "production"),
    ("TransitiveTagKeys.member.1", "team"),
    ("SourceIdentity", "someone"),
];

/// The fewest principals whose calls go into other accounts.
const SPREAD: Size = Size {
    principals: 20,
    accounts: 10,
    ..Size::SMALL
};

/// What is compared with the smallest.
struct Case {
    name: &'static str,
    size: Size,
    /// What the session is given, beside its role.
    given: Vec<(&'static str, &'static str)>,
    /// Of its throughput over the smallest's.
    goal: Option<f64>,
}

fn cases(whole: bool) -> Vec<Case> {
    let plain = |name, size, goal| Case {
        name,
        size,
        given: Vec::new(),
        goal,
    };
    let principals = |principals, accounts| Size {
        principals,
        accounts,
        ..Size::SMALL
    };
    let statements = |statements| Size {
        statements,
        ..Size::SMALL
    };
    let bound = Size {
        boundary: true,
        ..Size::SMALL
    };
    let mut cases = vec![
        plain("the same again", Size::SMALL, None),
        plain("20 principals, 10 accounts", SPREAD, None),
        plain("10⁴ principals", principals(10_000, 1), Some(0.9)),
        plain(
            "10⁴ principals, 1,000 accounts",
            principals(10_000, 1_000),
            Some(0.9),
        ),
    ];
    if whole {
        // The goal is of a million roles, that of the start of a million principals.
        cases.extend([
            plain("10⁶ principals", principals(1_000_000, 1), Some(0.9)),
            plain(
                "10⁶ principals, 1,000 accounts",
                principals(1_000_000, 1_000),
                Some(0.9),
            ),
            plain("10⁶ roles and 10⁶ users", principals(2_000_000, 1), Some(0.9)),
        ]);
    }
    cases.extend([
        plain("1 statement", statements(1), None),
        plain("100 statements", statements(100), Some(0.85)),
        plain("5,000 statements", statements(5_000), Some(0.85)),
        plain("a boundary on the caller", bound, None),
        Case {
            given: vec![("Policy", POLICY)],
            ..plain("a session policy", Size::SMALL, None)
        },
        Case {
            given: TAGS.to_vec(),
            ..plain("tags and a source identity", Size::SMALL, None)
        },
        Case {
            given: [&TAGS[..], &[("Policy", POLICY)]].concat(),
            ..plain("all three", bound, None)
        },
    ]);
    cases
}

/// Measures all sizes; the large ones only if `whole` is set.
pub(crate) fn tables(binary: &Path, whole: bool) -> Result<Vec<Table>, Box<dyn Error>> {
    let smallest = World::start(binary, Size::SMALL)?;
    // A call into another account is recorded in both, and both have to allow it, however few there are.
    let spread = World::start(binary, SPREAD)?;
    let mut calls = Table::new(
        "Growth: AssumeRole, one worker, 16 connections",
        &[
            "what",
            "requests/s",
            "÷ smallest's",
            "CPU µs",
            "÷ smallest's",
            "p99 µs",
            "÷ smallest's",
        ],
    );
    let mut sizes = Table::new(
        "Growth: start, memory and writes",
        &[
            "what",
            "start ms",
            "memory MiB",
            "bytes a principal",
            "IAM write, CPU µs",
            "÷ smallest's",
        ],
    );
    for case in cases(whole) {
        let world = World::start(binary, case.size)?;
        let base = if case.size.accounts > SPREAD.accounts {
            &spread
        } else {
            &smallest
        };
        let [mine, its] = assumed(&world, base, &case.given)?;
        calls.row(vec![
            case.name.to_owned(),
            short(mine.median(|f| f.throughput)),
            against(mine.against(&its, |f| f.throughput), case.goal.map(Goal::AtLeast)),
            short(mine.median(|f| f.cpu)),
            against(mine.against(&its, |f| f.cpu), None),
            short(mine.median(|f| f.p99)),
            against(mine.against(&its, |f| f.p99), None),
        ]);
        if case.given.is_empty() {
            sizes.row(size(&case, &world, base)?);
        }
    }
    calls.caption(format!(
        "The smallest has 10 roles and 10 users in one account, and five statements on the caller. Half of the principals are users \
         with a key each, half roles; the caller assumes up to {} of those roles in turn, from everywhere among them. Calls into other \
         accounts are recorded in both and decided for both, so the smallest of those in 1,000 accounts is that in 10.",
        world::SAMPLE
    ));
    Ok(vec![calls, sizes])
}

/// A server with its directory.
struct World {
    server: Server,
    seeds: Seeds,
    /// To the first answer.
    start: Duration,
    /// When it had settled, in MiB.
    memory: f64,
    _data: tempfile::TempDir,
}

impl World {
    fn start(binary: &Path, size: Size) -> Result<Self, Box<dyn Error>> {
        let data = tempfile::tempdir()?;
        let seeds = world::seed(data.path(), size, None)?;
        let begun = Instant::now();
        let server = scenario::start(binary, data.path(), 1, None)?;
        let requests = scenario::assume_role(&server, &seeds.caller, &seeds.open, 200)?;
        load::run(server.address, &requests, 1, 1)?;
        let start = begun.elapsed();
        server.settle()?;
        Ok(Self {
            start,
            memory: server.memory()?,
            server,
            seeds,
            _data: data,
        })
    }
}

/// The call on either world's own roles, whose sessions are given something in the first world only.
fn assumed(world: &World, base: &World, given: &[(&str, &str)]) -> Result<[Rounds; 2], Box<dyn Error>> {
    let requests = |world: &World, given: &[(&str, &str)]| {
        let of = |role: &String| {
            let mut parameters = vec![
                ("Action", "AssumeRole"),
                ("Version", "2011-06-15"),
                ("RoleArn", role),
                ("RoleSessionName", "bench"),
                ("DurationSeconds", "900"),
            ];
            parameters.extend(given);
            request::signed(world.server.address, "sts", &world.seeds.caller, &parameters)
        };
        let signed = world.seeds.roles.iter().map(of).collect::<Result<_, _>>()?;
        Ok::<_, Box<dyn Error>>(Requests::repeated(signed, 200))
    };
    let pair = [
        Subject::new(&world.server, &requests(world, given)?, CONNECTIONS)?,
        Subject::new(&base.server, &requests(base, &[])?, CONNECTIONS)?,
    ];
    in_turn(pair, ROUNDS, A_ROUND)
}

/// A row of what a size costs beside its calls.
fn size(case: &Case, world: &World, base: &World) -> Result<Vec<String>, Box<dyn Error>> {
    let pair = [
        Subject::new(&world.server, &writes(world)?, CONNECTIONS)?,
        Subject::new(&base.server, &writes(base)?, CONNECTIONS)?,
    ];
    let [mine, its] = in_turn(pair, WRITE_ROUNDS, WRITES_A_ROUND)?;
    let milliseconds = world.start.as_secs_f64() * 1000.0;
    let each = (world.memory - base.memory) * 1_048_576.0 / case.size.principals as f64;
    // What one principal more costs is told where there are many.
    let of_many = |figure: f64, goal: f64| match case.size.principals {
        MANY..=1_000_000 => Goal::AtMost(goal).beside(figure, &short(figure)),
        _ => short(figure),
    };
    Ok(vec![
        case.name.to_owned(),
        of_many(milliseconds, 3_000.0),
        short(world.memory),
        match case.size.principals {
            MANY.. => of_many(each, 1_024.0),
            _ => "–".to_owned(),
        },
        short(mine.median(|f| f.cpu)),
        against(mine.against(&its, |f| f.cpu), Some(Goal::AtMost(1.5))),
    ])
}

/// Descriptions of one role, each another.
fn writes(world: &World) -> Result<Requests, Box<dyn Error>> {
    let time = jiff::Timestamp::now();
    let describe = |number| {
        let description = format!("description {number} of {time}");
        let parameters = [
            ("Action", "UpdateRoleDescription"),
            ("Version", "2010-05-08"),
            ("RoleName", "open"),
            ("Description", &*description),
        ];
        request::signed(world.server.address, "iam", &world.seeds.caller, &parameters)
    };
    let all = (0..WRITES_A_ROUND * (WRITE_ROUNDS + 1)).map(describe);
    Ok(Requests::single(all.collect::<Result<_, _>>()?, 200))
}
