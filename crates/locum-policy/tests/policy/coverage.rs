//! Which cells of the decision the generator reaches, and which it must: layer × class × effect, for every kind of
//! caller, on resources of its own account and of another.
//!
//! What can be reached is said by rule, not by what was seen: a cell that is missing fails the test, and so does one
//! that should be out of reach.

use std::collections::{BTreeMap, BTreeSet};

use locum_policy::{FederatedIssuer, Layer, Principal, RequesterKind};

use crate::{
    generator::{Asked, operators},
    naive::{self, Ruling, Stack, Verdict},
    world::HERE,
};

const CALLERS: [&str; 10] = [
    "root",
    "user",
    "role session",
    "service-linked session",
    "federated user",
    "federated root",
    "service",
    "provider",
    "shared provider",
    "anonymous",
];

fn caller(principal: &Principal<'_>) -> &'static str {
    match principal.kind {
        RequesterKind::Root => "root",
        RequesterKind::User { .. } => "user",
        RequesterKind::RoleSession {
            service_linked: false,
            ..
        } => "role session",
        RequesterKind::RoleSession {
            service_linked: true, ..
        } => "service-linked session",
        RequesterKind::FederatedUser {
            issuer: FederatedIssuer::User { .. },
            ..
        } => "federated user",
        RequesterKind::FederatedUser {
            issuer: FederatedIssuer::Root,
            ..
        } => "federated root",
        RequesterKind::Service(_) => "service",
        RequesterKind::Federated(provider) if provider.starts_with("arn:") => "provider",
        RequesterKind::Federated(_) => "shared provider",
        RequesterKind::Anonymous => "anonymous",
    }
}

fn is_insider(caller: &str) -> bool {
    !matches!(caller, "service" | "provider" | "shared provider" | "anonymous")
}

fn is_rooted(caller: &str) -> bool {
    matches!(caller, "root" | "federated root")
}

const CLASSES: [(char, &str); 4] = [
    ('D', "direct"),
    ('R', "via role"),
    ('U', "via user"),
    ('A', "account"),
];

/// What, in which layer or by which class, for whom, where, and with which policy on the resource.
type Cell = [&'static str; 5];

#[derive(Default)]
pub struct Coverage {
    cells: BTreeMap<Cell, usize>,
    /// Comparisons of an element or under an operator: how many failed, and how many held.
    elements: BTreeMap<String, [usize; 2]>,
}

/// Whether a statement of this layer and effect can mean this caller by this class; `none`: no statement does.
fn can_match(layer: Layer, deny: bool, caller: &str, class: &str) -> bool {
    let applies = match layer {
        Layer::ServiceControl | Layer::ResourceControl | Layer::Boundary => {
            caller != "service-linked session"
        }
        Layer::Identity => !is_rooted(caller),
        Layer::Session | Layer::Resource | Layer::Trust => true,
    };
    let named = matches!(layer, Layer::Resource | Layer::Trust);
    let means = match class {
        "none" => true,
        "direct" if layer == Layer::Trust && !deny => caller != "anonymous",
        "direct" => true,
        "via role" => named && matches!(caller, "role session" | "service-linked session"),
        "via user" => named && caller == "federated user",
        "account" => named && is_insider(caller),
        _ => false,
    };
    applies && means
}

/// Whether the grant of this class, or the caller's own policies (`none`), can be what allows.
fn can_allow(class: &str, caller: &str, place: &str, on: &str) -> bool {
    let on_layer = match on {
        "trust policy" => Layer::Trust,
        _ => Layer::Resource,
    };
    match class {
        "none" => is_insider(caller) && place == "same account" && on != "trust policy",
        _ if on == "no policy" => false,
        _ if caller == "provider" && place == "another account" => false,
        _ => can_match(on_layer, false, caller, class),
    }
}

fn can_refuse(layer: Layer, caller: &str, place: &str, on: &str) -> bool {
    let insider = is_insider(caller);
    let own_side = insider && (place == "same account" || on != "no policy");
    match layer {
        Layer::ServiceControl => caller != "service-linked session",
        Layer::ResourceControl => false,
        Layer::Resource => on != "trust policy" && (!insider || place == "another account"),
        Layer::Trust => on == "trust policy",
        Layer::Identity => own_side && !is_rooted(caller),
        Layer::Boundary => own_side && caller != "service-linked session",
        Layer::Session => own_side,
    }
}

fn can_deny(layer: Layer, caller: &str, on: &str) -> bool {
    let there = match layer {
        Layer::Resource => on == "resource policy",
        Layer::Trust => on == "trust policy",
        _ => true,
    };
    there && can_match(layer, true, caller, "direct")
}

fn reachable() -> BTreeSet<Cell> {
    let mut cells = BTreeSet::new();
    let classes: Vec<&'static str> = CLASSES.iter().map(|(_, class)| *class).chain(["none"]).collect();
    for who in CALLERS {
        for place in ["same account", "another account"] {
            for layer in Layer::ALL {
                for class in &classes {
                    for (deny, effect) in [(false, "Allow matches"), (true, "Deny matches")] {
                        if can_match(layer, deny, who, class) {
                            cells.insert([effect, layer.name(), who, place, class]);
                        }
                    }
                }
            }
            for on in ["no policy", "resource policy", "trust policy"] {
                for class in &classes {
                    if can_allow(class, who, place, on) {
                        cells.insert(["allowed", class, who, place, on]);
                    }
                }
                for layer in Layer::ALL {
                    if can_refuse(layer, who, place, on) {
                        cells.insert(["not allowed by", layer.name(), who, place, on]);
                    }
                    if can_deny(layer, who, on) {
                        cells.insert(["denied by", layer.name(), who, place, on]);
                    }
                }
            }
        }
    }
    cells
}

impl Coverage {
    pub fn count(&mut self, asked: &Asked, stack: &Stack, ruling: &Ruling) {
        let who = caller(&asked.principal);
        let place = if asked.owner == HERE {
            "same account"
        } else {
            "another account"
        };
        let on = match (&stack.resource, stack.trust) {
            (None, _) => "no policy",
            (Some(_), false) => "resource policy",
            (Some(_), true) => "trust policy",
        };
        let mut add = |cell: Cell| *self.cells.entry(cell).or_default() += 1;
        let strongest = |classes: &str| {
            let found = CLASSES.iter().find(|(letter, _)| classes.contains(*letter));
            found.map_or("none", |(_, class)| *class)
        };
        add(match ruling.verdict {
            Verdict::Allow if asked.owner == HERE && on != "trust policy" => {
                // An account's grant, in the account itself, is none.
                ["allowed", strongest(&ruling.grants), who, place, on]
            }
            Verdict::Allow => ["allowed", strongest(&ruling.grants), who, place, on],
            Verdict::Explicit(layer, ..) => ["denied by", layer.name(), who, place, on],
            Verdict::Implicit(layer) => ["not allowed by", layer.name(), who, place, on],
        });
        for layer in &ruling.layers {
            for (deny, effect) in [(false, "Allow matches"), (true, "Deny matches")] {
                let hits = ruling
                    .hits
                    .iter()
                    .filter(|hit| hit.layer == *layer && hit.deny == deny);
                let mut none = true;
                for letter in hits.flat_map(|hit| hit.classes.chars()) {
                    none = false;
                    add([effect, layer.name(), who, place, strongest(&letter.to_string())]);
                }
                if none {
                    add([effect, layer.name(), who, place, "none"]);
                }
            }
        }
    }

    /// Counts how often each element and each operator holds.
    pub fn count_elements(&mut self, asked: &Asked, stack: &Stack) {
        let documents = stack
            .identity
            .iter()
            .chain(&stack.boundary)
            .chain(&stack.resource);
        let documents = documents.chain(stack.session.iter().flatten());
        for document in documents.chain(stack.scps.iter().chain(&stack.rcps).flatten()) {
            let variables = document["Version"] == "2012-10-17";
            for statement in document["Statement"].as_array().unwrap() {
                naive::each_element(statement, &asked.ask(), variables, |name, holds| {
                    let counts = self.elements.entry(name.to_owned()).or_default();
                    counts[usize::from(holds)] += 1;
                });
            }
        }
    }

    /// Fails, with the whole table, when a cell that can be reached was not, or one that can not be was.
    pub fn is_complete(&self) {
        let reachable = reachable();
        let missed: Vec<&Cell> = reachable
            .iter()
            .filter(|cell| !self.cells.contains_key(*cell))
            .collect();
        let strange: Vec<&Cell> = self
            .cells
            .keys()
            .filter(|cell| !reachable.contains(*cell))
            .collect();
        let table = || {
            let line = |(cell, count): (&Cell, &usize)| format!("{count:>8}  {}\n", cell.join(" · "));
            self.cells.iter().map(line).collect::<String>()
        };
        assert!(
            missed.is_empty() && strange.is_empty(),
            "missed {missed:#?}\nstrange {strange:#?}\n{}",
            table()
        );
        for operator in operators() {
            let [fails, holds] = self.elements.get(&operator).copied().unwrap_or_default();
            assert!(
                fails > 0 || operator == "ForAllValues:Null",
                "{operator} never fails: {:#?}",
                self.elements
            );
            assert!(
                holds > 0 || operator == "ForAnyValue:Null",
                "{operator} never holds: {:#?}",
                self.elements
            );
        }
        // Comparisons are near: neither always true nor always false.
        let [fails, holds] = self
            .elements
            .values()
            .fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
        let share = holds * 100 / (fails + holds);
        assert!((35..=75).contains(&share), "{share} % of all comparisons hold");
    }
}
