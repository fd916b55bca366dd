//! The map of `ARCHITECTURE.md` against the manifests.
//!
//! Two tables are binding: which crates a crate may use, and which library stays in which crates. A table that
//! nothing compares with the code is wrong within a year; this one fails the build instead.

use crate::error::TaskError;
use crate::places;
use std::collections::{BTreeMap, BTreeSet};

/// Names, in order, each with a set of names.
type Map = BTreeMap<String, BTreeSet<String>>;

const ROOMS: &str = "| crate | holds | may use |";
const LIBRARIES: &str = "| library | why | only in |";

/// Compares the map with every crate's manifest.
pub(crate) fn check() -> Result<(), TaskError> {
    let map = places::read(&places::root().join("ARCHITECTURE.md"))?;
    let mut manifests = Map::new();
    for directory in places::crates()? {
        let name = directory
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        manifests.insert(name, dependencies(&places::read(&directory.join("Cargo.toml"))?));
    }
    let faults = faults(&map, &manifests);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(TaskError::Architecture(faults))
    }
}

/// Every way in which text and manifests disagree. A table that is not found is a fault, for it would allow everything.
fn faults(map: &str, manifests: &Map) -> Vec<String> {
    let tables = [ROOMS, LIBRARIES].map(|heading| (heading, rows(map, heading)));
    let mut faults: Vec<String> = tables
        .iter()
        .filter(|(_, rows)| rows.is_empty())
        .map(|(heading, _)| format!("  the table `{heading}` is missing or empty"))
        .collect();
    let [(_, rooms), (_, libraries)] = &tables;
    faults.extend(compare(rooms, libraries, manifests));
    faults
}

/// Every way in which the manifests leave the tables.
fn compare(rooms: &Map, libraries: &Map, manifests: &Map) -> Vec<String> {
    let mut faults = Vec::new();
    for name in rooms.keys().filter(|name| !manifests.contains_key(*name)) {
        faults.push(format!(
            "  `{name}` is on the map, but crates/{name} does not exist"
        ));
    }
    for (name, used) in manifests {
        let Some(allowed) = rooms.get(name) else {
            faults.push(format!("  crates/{name} is not on the map"));
            continue;
        };
        for other in used
            .iter()
            .filter(|other| manifests.contains_key(*other) && !allowed.contains(*other))
        {
            faults.push(format!("  `{name}` uses `{other}`, which the map does not allow"));
        }
        for (library, homes) in libraries {
            if used.contains(library) && !homes.contains(name) {
                faults.push(format!(
                    "  `{name}` uses the library `{library}`, which the map keeps elsewhere"
                ));
            }
        }
    }
    for library in libraries
        .keys()
        .filter(|library| !manifests.values().any(|used| used.contains(*library)))
    {
        faults.push(format!(
            "  the map keeps the library `{library}`, which no crate uses"
        ));
    }
    faults
}

/// The rows of the table under `heading`: the first column's name and the names in the last.
fn rows(text: &str, heading: &str) -> Map {
    text.lines()
        .skip_while(|line| *line != heading)
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| {
            let mut cells = line.trim_matches('|').split('|');
            let name = quoted(cells.next()?).next()?;
            Some((
                name,
                cells
                    .next_back()
                    .map(|cell| quoted(cell).collect())
                    .unwrap_or_default(),
            ))
        })
        .collect()
}

/// The names between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// What a manifest's shipped code depends on; tests may use what they like.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut inside, mut of_one) = (false, false);
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let (kind, named) = match section.rsplit_once("dependencies.") {
                Some((before, name)) => (format!("{before}dependencies"), Some(name)),
                None => (section.to_owned(), None),
            };
            inside = kind.ends_with("dependencies") && !kind.ends_with("dev-dependencies");
            of_one = named.is_some();
            found.extend(named.filter(|_| inside).map(str::to_owned));
        } else if inside
            && !line.starts_with('#')
            && let Some((key, _)) = line.split_once('=')
        {
            if !of_one {
                let name = key.split('.').next().unwrap_or(key).trim().trim_matches('"');
                found.insert(name.to_owned());
            }
            // Under another name it is the same library.
            let renamed = line
                .split_once("package")
                .and_then(|(_, rest)| rest.trim_start().strip_prefix('=')?.split('"').nth(1));
            found.extend(renamed.map(str::to_owned));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_workspace_follows_its_map() {
        if let Err(error) = check() {
            panic!("{error}");
        }
    }

    #[test]
    fn every_form_of_a_dependency_is_seen() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = { path = \"b\" }\n# no = 1\n\
                        \"c\" = \"1\"\nj = { version = \"1\", package = \"k\" }\nl.package = \"m\"\n[dev-dependencies]\nd = \"1\"\n[target.'cfg(unix)'.dependencies]\ne = \"1\"\n\
                        [build-dependencies]\nf = \"1\"\n[dependencies.g]\nversion = \"1\"\npackage = \"i\"\n[dev-dependencies.h]\nversion = \"1\"\n";
        assert_eq!(
            dependencies(manifest),
            set(&["a", "b", "c", "e", "f", "g", "i", "j", "k", "l", "m"])
        );
    }

    #[test]
    fn a_table_gives_names_and_what_they_may_use() {
        let text = format!(
            "intro\n{ROOMS}\n|---|---|---|\n| `a` | holds `x` | – |\n| `b` | y | `a`, `c` |\n\n| `z` |"
        );
        let expected = Map::from([("a".to_owned(), set(&[])), ("b".to_owned(), set(&["a", "c"]))]);
        assert_eq!(rows(&text, ROOMS), expected);
    }

    #[test]
    fn leaving_the_map_is_told() {
        let rooms = Map::from([("a".to_owned(), set(&[])), ("gone".to_owned(), set(&[]))]);
        let libraries = Map::from([("lib".to_owned(), set(&["b"]))]);
        let manifests = Map::from([
            ("a".to_owned(), set(&["b", "lib", "other"])),
            ("b".to_owned(), set(&["lib"])),
        ]);
        assert_eq!(
            compare(&rooms, &libraries, &manifests),
            [
                "  `gone` is on the map, but crates/gone does not exist",
                "  `a` uses `b`, which the map does not allow",
                "  `a` uses the library `lib`, which the map keeps elsewhere",
                "  crates/b is not on the map",
            ]
        );
    }

    #[test]
    fn a_library_that_left_is_told() {
        let rooms = Map::from([("a".to_owned(), set(&[]))]);
        let libraries = Map::from([("gone".to_owned(), set(&["a"])), ("kept".to_owned(), set(&["a"]))]);
        let manifests = Map::from([("a".to_owned(), set(&["kept"]))]);
        assert_eq!(
            compare(&rooms, &libraries, &manifests),
            ["  the map keeps the library `gone`, which no crate uses"]
        );
    }

    #[test]
    fn a_table_that_is_missing_or_empty_is_told() {
        let full = "| crate | holds | may use |\n|---|---|---|\n| `a` | x | – |\n\n\
                    | library | why | only in |\n|---|---|---|\n| `lib` | y | `a` |\n";
        let manifests = Map::from([("a".to_owned(), set(&["lib"]))]);
        assert_eq!(faults(full, &manifests), Vec::<String>::new());
        for (text, expected) in [
            (full.replace("| why ", "| reason "), LIBRARIES),
            (full.replace("| `lib` | y | `a` |\n", ""), LIBRARIES),
            (full.replace("| holds ", ""), ROOMS),
        ] {
            let told = faults(&text, &manifests);
            assert_eq!(
                told.first().map(String::as_str),
                Some(format!("  the table `{expected}` is missing or empty").as_str()),
                "{text}"
            );
        }
    }

    #[test]
    fn the_map_has_no_way_back() {
        let map = places::read(&places::root().join("ARCHITECTURE.md")).unwrap();
        let rooms = rows(&map, ROOMS);
        assert!(rooms.len() >= 10, "the table of crates was not found");
        let reach = |start: &String| {
            let mut seen = BTreeSet::new();
            let mut next = vec![start.clone()];
            while let Some(name) = next.pop() {
                for other in rooms.get(&name).into_iter().flatten() {
                    if seen.insert(other.clone()) {
                        next.push(other.clone());
                    }
                }
            }
            seen
        };
        for name in rooms.keys() {
            assert!(!reach(name).contains(name), "`{name}` may reach itself");
        }
    }
}
