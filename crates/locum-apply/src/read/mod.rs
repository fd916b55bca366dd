//! Files read: YAML, JSON and TOML into one tree, several trees into one, and that into the types of the format.
//!
//! Files are put together before anything is typed, so that a part may stand in any of them. Maps that collect things
//! with names (`accounts`, an account, its `roles` …) are joined; a thing itself stands in one place, and a second one
//! is an error that names both.

mod json;
mod node;
mod plain;
mod toml;
pub(crate) mod typed;
mod yaml;

use std::sync::Arc;

use serde::Deserialize;

use self::node::{Entry, Kind, Node};
pub use self::plain::read_yaml;
use crate::{Described, FileError, Place};

/// Reads a file that another names: the file it is named in, and the path. Errors are sentences.
pub type Files<'a> = dyn Fn(&str, &str) -> Result<String, String> + 'a;

/// A file with its text.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name, whose ending says the format: `.yaml`, `.yml`, `.json` or `.toml`. Any other is read as YAML, of which JSON
    /// is nearly a part.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Reads what files describe together.
///
/// # Errors
/// [`FileError`]: what is wrong first, with its place.
pub fn read(sources: &[Source], files: &Files<'_>) -> Result<Described, FileError> {
    let mut whole: Option<Node> = None;
    for source in sources {
        let documents = documents(&source.name, &source.text)?;
        // What should have written the file did not: "everything is as described" would hide that.
        if documents.is_empty() {
            let start = Place {
                file: source.name.as_str().into(),
                line: 1,
                column: 1,
            };
            return Err(FileError::at(&start, "this describes nothing"));
        }
        for document in documents {
            whole = Some(match whole {
                None => document,
                Some(first) => join(first, document, &mut Vec::new())?,
            });
        }
    }
    let Some(node) = whole else {
        return Ok(Described::default());
    };
    let described = Described::deserialize(typed::Typed { node: &node, files })?;
    described.check(&|path| place_of(&node, path))?;
    Ok(described)
}

/// The trees of one file; none if it has nothing in it.
fn documents(name: &str, text: &str) -> Result<Vec<Node>, FileError> {
    let file: Arc<str> = name.into();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("json") => Ok(vec![json::read(&file, text)?]),
        Some("toml") => Ok(toml::read(&file, text)?.into_iter().collect()),
        _ => yaml::read(&file, text),
    }
}

/// Reads a text of JSON.
pub(crate) fn read_json(name: &str, text: &str) -> Result<Node, FileError> {
    json::read(&name.into(), text)
}

/// The place of the last key of a path that is there.
fn place_of(node: &Node, path: &[&str]) -> Place {
    let mut found = (node, &node.place);
    for key in path {
        let Kind::Map(entries) = &found.0.kind else { break };
        let Some(entry) = entries.iter().find(|entry| entry.key == *key) else {
            break;
        };
        found = (&entry.value, &entry.key_place);
    }
    found.1.clone()
}

/// Whether the map at a path collects things, so that several files may add to it.
fn collects(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        [] | ["organization" | "accounts" | "account"] | ["accounts", _] => true,
        ["organization", section] => *section != "root",
        ["account", section] | ["accounts", _, section] => SECTIONS.contains(section),
        _ => false,
    }
}

/// The parts of an account that collect things.
const SECTIONS: [&str; 7] = [
    "groups",
    "instanceProfiles",
    "oidcProviders",
    "policies",
    "roles",
    "samlProviders",
    "users",
];

fn join(first: Node, second: Node, path: &mut Vec<String>) -> Result<Node, FileError> {
    let (mut entries, added) = match (first.kind, second.kind) {
        (Kind::Map(first), Kind::Map(second)) if collects(path) => (first, second),
        _ => {
            let message = format!(
                "`{}` is described a second time, after {}; keep one of them",
                path.join("."),
                first.place
            );
            return Err(FileError::at(&second.place, message));
        }
    };
    for Entry {
        key,
        key_place,
        value,
    } in added
    {
        let Some(at) = entries.iter().position(|entry| entry.key == key) else {
            entries.push(Entry {
                key,
                key_place,
                value,
            });
            continue;
        };
        let old = entries.swap_remove(at);
        path.push(key);
        // The keys' places tell more than the values'.
        let [first, second] = [(old.value, &old.key_place), (value, &key_place)].map(|(mut node, place)| {
            node.place = place.clone();
            node
        });
        let value = join(first, second, path)?;
        entries.push(Entry {
            key: path.pop().unwrap_or_default(),
            key_place: old.key_place,
            value,
        });
    }
    Ok(Node {
        place: first.place,
        kind: Kind::Map(entries),
    })
}
