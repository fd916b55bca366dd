//! Nobody reaches what the policies do not grant: a breadth-first walk over the administrative actions.
//!
//! From each user of small random accounts everything is tried with every credential gained so far, state after state.
//! An attempt must succeed if and only if the oracle, which knows the documents and asks nobody, says so; what it
//! changes is applied to both sides, and at the ends of the walk everybody's reach is compared once more.

mod accounts;
mod attempts;
mod oracle;
mod rewind;

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::Arc,
};

use accounts::{Dice, account};
use attempts::{Attempt, about, about_bounded, attempts};
use locum_api::model::Service as Api;
use locum_directory::Snapshot;
use locum_policy::Layer;
use oracle::{Question, State, Who};

use crate::harness::{Answer, Credentials, World};

const ACCOUNTS: u64 = 6;
const DEPTH: usize = 3;
/// How many of the states that one state leads to are walked on from.
const BRANCHES: usize = 2;
/// How many states are walked on from for one user.
const STATES: usize = 5;
/// Beyond the first state, one of so many of the hopeless requests is sent: nine in ten would be such.
const DENIALS: usize = 6;

/// Where the walk is: what is stored, what the oracle makes of it, and who can be acted as.
struct Node {
    snapshot: Arc<Snapshot>,
    state: State,
    acting: Vec<(Who, Credentials)>,
    path: Vec<String>,
}

impl Node {
    /// What the oracle says of a request that asks all of these.
    fn verdict(&self, who: &Who, questions: &[Question]) -> Result<(), Layer> {
        let mut questions = questions.iter();
        questions.try_for_each(|question| self.state.decide(who, question))
    }

    /// Whether nothing of a request is granted: not a part of it, and by no policy that something else then limits.
    fn is_hopeless(&self, who: &Who, questions: &[Question]) -> bool {
        let mut questions = questions.iter();
        questions.all(|question| self.state.decide(who, question) == Err(Layer::Identity))
    }
}

/// What happened, so that nothing is shown by a walk that goes nowhere.
#[derive(Debug, Default)]
struct Tally {
    /// By action: how often it succeeded, and how often it was denied.
    actions: BTreeMap<&'static str, [u32; 2]>,
    denied_by: BTreeMap<Layer, u32>,
    /// States by the number of steps to them.
    states: [u32; DEPTH + 1],
    credentials: u32,
    probes: [u32; 2],
}

#[test]
fn nothing_is_reached_that_is_not_granted() {
    let mut tally = Tally::default();
    for seed in 0..ACCOUNTS {
        let world = World::seeded(seed + 1);
        let mut dice = Dice::new(seed);
        let (state, users) = account(&world, &mut dice);
        let snapshot = world.snapshot();
        // The third is only a target.
        for user in users.into_iter().take(2) {
            let start = Node {
                snapshot: Arc::clone(&snapshot),
                state: state.clone(),
                path: vec![format!("account {seed}, {:?}", user.0)],
                acting: vec![user],
            };
            walk(&world, &mut dice, start, &mut tally);
        }
    }
    let [allowed, denied] = tally.probes;
    assert!(allowed >= 30 && denied >= 30, "{tally:?}");
    assert!(tally.credentials >= 30, "{tally:?}");
    assert!(tally.states.iter().all(|count| *count >= 10), "{tally:?}");
    for layer in [Layer::Identity, Layer::Boundary, Layer::Trust] {
        assert!(
            tally.denied_by.get(&layer).is_some_and(|count| *count >= 50),
            "{tally:?}"
        );
    }
    for (action, counts) in &tally.actions {
        assert!(counts.iter().all(|count| *count >= 1), "{action}: {tally:?}");
    }
}

fn walk(world: &World, dice: &mut Dice, start: Node, tally: &mut Tally) {
    let mut seen = HashSet::from([fingerprint(&start)]);
    let mut queue = VecDeque::from([start]);
    let mut expanded = 0;
    while let Some(node) = queue.pop_front() {
        let depth = node.path.len() - 1;
        tally.states[depth] += 1;
        rewind::to(world, &node.snapshot);
        if depth == DEPTH || expanded == STATES {
            probe(world, &node, tally);
            continue;
        }
        expanded += 1;
        let mut reached = Vec::new();
        for (who, credentials) in &node.acting {
            for attempt in attempts(&node.state) {
                if depth > 0 && node.is_hopeless(who, &attempt.questions) && dice.below(DENIALS) > 0 {
                    continue;
                }
                let Some(next) = step(world, &node, (who, credentials), &attempt, tally) else {
                    continue;
                };
                if seen.insert(fingerprint(&next)) {
                    reached.push(next);
                }
                rewind::to(world, &node.snapshot);
            }
        }
        for branch in 0..BRANCHES.min(reached.len()) {
            // One of them with whoever was gained last, if anybody was.
            let gained = reached
                .iter()
                .rposition(|next| next.acting.len() > node.acting.len());
            let at = gained.filter(|_| branch == 0);
            let at = at.unwrap_or_else(|| dice.below(reached.len()));
            queue.push_back(reached.swap_remove(at));
        }
    }
}

fn fingerprint(node: &Node) -> (State, Vec<Who>) {
    let mut acting: Vec<Who> = node.acting.iter().map(|(who, _)| who.clone()).collect();
    acting.sort();
    (node.state.clone(), acting)
}

/// Tries one thing as somebody. Returns where it led, if it succeeded.
fn step(
    world: &World,
    node: &Node,
    (who, credentials): (&Who, &Credentials),
    attempt: &Attempt,
    tally: &mut Tally,
) -> Option<Node> {
    let action = attempt.action;
    let answer = call(world, credentials, attempt.api, action, &attempt.parameters);
    let said = format!("{who:?}: {action} {:?}", attempt.parameters);
    let allowed = compare(node, who, &attempt.questions, &answer, &said);
    if let Err(layer) = allowed {
        *tally.denied_by.entry(layer).or_default() += 1;
        tally.actions.entry(action).or_default()[1] += 1;
        return None;
    }
    if answer.status != 200 {
        // Allowed, but there is one already or there are enough.
        assert_eq!(answer.status, 409, "{said}: {}", answer.body);
        return None;
    }
    tally.actions.entry(action).or_default()[0] += 1;
    let mut state = node.state.clone();
    let mut acting = node.acting.clone();
    if let Some(gained) = (attempt.effect)(&mut state, &answer)
        && !acting.iter().any(|(known, _)| *known == gained)
    {
        let credentials = answer.credentials();
        let identity = world.sts(&credentials, "GetCallerIdentity", &[]).ok();
        let expected = match &gained {
            Who::User(name) => state.arn("user", name),
            Who::Session(role, _) => format!("arn:aws:sts::111122223333:assumed-role/{role}/session"),
        };
        assert_eq!(identity.text("Arn"), expected, "{said}");
        tally.credentials += 1;
        acting.push((gained, credentials));
    }
    let mut path = node.path.clone();
    path.push(said);
    Some(Node {
        snapshot: world.snapshot(),
        state,
        acting,
        path,
    })
}

/// Checks that a request was denied just if the oracle denies one of its questions, and returns what the oracle says.
fn compare(node: &Node, who: &Who, questions: &[Question], answer: &Answer, said: &str) -> Result<(), Layer> {
    let expected = node.verdict(who, questions);
    let denied = answer.find("Code").is_some_and(|code| code == "AccessDenied");
    assert_eq!(
        denied,
        expected.is_err(),
        "{}\n{said}\nthe oracle: {expected:?}\nthe service: {}\n{questions:#?}\n{:#?}",
        node.path.join("\n"),
        answer.body,
        node.state
    );
    expected
}

fn call(
    world: &World,
    credentials: &Credentials,
    api: Api,
    action: &str,
    parameters: &[(&'static str, String)],
) -> Answer {
    let parameters: Vec<_> = parameters.iter().map(|(name, text)| (*name, &**text)).collect();
    world.call(credentials, api, action, &parameters)
}

/// Asks at the end of a walk what everybody can see and may yet become.
fn probe(world: &World, node: &Node, tally: &mut Tally) {
    for (who, credentials) in &node.acting {
        for (action, kind, parameter) in [
            ("GetUser", "user", "UserName"),
            ("GetRole", "role", "RoleName"),
            ("GetGroup", "group", "GroupName"),
        ] {
            for name in node.state.names(kind) {
                let question = match action {
                    "GetRole" => about_bounded(&node.state, action, kind, &name),
                    _ => about(&node.state, action, kind, &name),
                };
                let parameters = [(parameter, name)];
                let answer = call(world, credentials, Api::Iam, action, &parameters);
                let said = format!("{who:?}: {action} {parameters:?}");
                let allowed = compare(node, who, &[question], &answer, &said);
                tally.probes[usize::from(allowed.is_err())] += 1;
            }
        }
    }
}
