//! Checks a tree against its model and reports every violation in one message (`facts: sts §1.7`).
//!
//! The order is the declared order of the members, and for one member pattern, then length. STS echoes the value it
//! refuses; IAM leaves it out, and the list of an enumeration's values too. A secret is never echoed.

use std::fmt::Write;

use crate::{
    ApiError, Node, errors,
    model::{Member, Operation, Service, Shape, StringRules, Structure},
};

/// Refuses a request that breaks a rule of its model.
pub(crate) fn check(operation: &Operation, tree: &Node<'_>) -> Result<(), ApiError> {
    let mut report = Report {
        service: operation.service,
        items: String::new(),
        count: 0,
        reason: None,
    };
    report.node(&Path::Root, &Shape::Structure(operation.input), tree);
    if report.count == 0 {
        return Ok(());
    }
    let plural = if report.count == 1 { "" } else { "s" };
    let message = format!(
        "{} validation error{plural} detected: {}",
        report.count, report.items
    );
    Err(match operation.service {
        Service::Sts | Service::Iam => ApiError::validation(message),
        Service::Organizations => {
            let error = errors::ORGANIZATIONS_INVALID_INPUT.with(message);
            match report.reason {
                Some(reason) => error.because(reason),
                None => error,
            }
        }
        Service::Locum | Service::AccessAnalyzer => errors::VALIDATION_EXCEPTION.with(message),
    })
}

/// Where a value stands: `tags.1.member.key`.
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'static str),
    Item(&'a Path<'a>, usize),
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(parent, name) => {
                if !matches!(parent, Self::Root) {
                    write!(f, "{parent}.")?;
                }
                let mut letters = name.chars();
                if let Some(first) = letters.next() {
                    f.write_char(first.to_ascii_lowercase())?;
                }
                f.write_str(letters.as_str())
            }
            Self::Item(parent, index) => write!(f, "{parent}.{index}.member"),
        }
    }
}

/// What a violation shows of the value.
enum Shown<'a> {
    Null,
    Text(&'a str),
    Number(i64),
    Texts(&'a [Option<Node<'a>>]),
    Hidden,
}

struct Report {
    service: Service,
    items: String,
    count: usize,
    /// The first broken rule in the words of Organizations' model.
    reason: Option<&'static str>,
}

impl Report {
    fn node(&mut self, path: &Path<'_>, shape: &Shape, node: &Node<'_>) {
        match (shape, node) {
            (Shape::String(rules), Node::Text(text)) => self.text(path, rules, text),
            (Shape::Integer { min, max }, Node::Integer(number)) => self.number(path, *min, *max, *number),
            (Shape::List { member, min, max }, Node::List(items)) => {
                self.list(path, member, *min, *max, items)
            }
            (Shape::Structure(structure), Node::Structure(members)) => {
                self.structure(path, structure, members)
            }
            _ => {}
        }
    }

    fn structure(&mut self, path: &Path<'_>, structure: &Structure, nodes: &[Option<Node<'_>>]) {
        for (
            Member {
                name,
                required,
                shape,
                ..
            },
            node,
        ) in structure.members.iter().zip(nodes)
        {
            let path = Path::Member(path, name);
            match node {
                Some(node) => self.node(&path, shape, node),
                None if *required => {
                    self.add(&path, &Shown::Null, "INPUT_REQUIRED", "Member must not be null")
                }
                None => {}
            }
        }
    }

    fn text(&mut self, path: &Path<'_>, rules: &StringRules, text: &str) {
        let shown = if rules.sensitive {
            Shown::Hidden
        } else {
            Shown::Text(text)
        };
        let allowed = rules.values.is_empty() || rules.values.contains(&text);
        if !allowed {
            let constraint = self.enumeration(rules.values);
            self.add(path, &shown, "INVALID_ENUM", &constraint);
        }
        if let Some(pattern) = rules.pattern.filter(|pattern| !(pattern.matches)(text)) {
            self.add(path, &shown, "INVALID_PATTERN", &must_match(pattern.text));
        }
        self.length(path, &shown, rules.min, rules.max, length(text));
    }

    fn number(&mut self, path: &Path<'_>, min: Option<i64>, max: Option<i64>, number: i64) {
        let shown = Shown::Number(number);
        if let Some(min) = min.filter(|min| number < *min) {
            self.add(
                path,
                &shown,
                "MIN_VALUE_EXCEEDED",
                &format!("Member must have value greater than or equal to {min}"),
            );
        }
        if let Some(max) = max.filter(|max| number > *max) {
            self.add(
                path,
                &shown,
                "MAX_VALUE_EXCEEDED",
                &format!("Member must have value less than or equal to {max}"),
            );
        }
    }

    fn list(
        &mut self,
        path: &Path<'_>,
        member: &Shape,
        min: Option<u32>,
        max: Option<u32>,
        items: &[Option<Node<'_>>],
    ) {
        let shown = match member {
            Shape::String(rules) if !rules.sensitive => Shown::Texts(items),
            _ => Shown::Hidden,
        };
        match member {
            Shape::String(rules) => {
                let fits =
                    |item: &Option<Node<'_>>| matches!(item, Some(Node::Text(text)) if fits(rules, text));
                if !items.iter().all(fits) {
                    let constraint = format!("Member must satisfy constraint: [{}]", self.constraints(rules));
                    self.add(path, &shown, "INVALID_LIST_MEMBER", &constraint);
                }
            }
            _ => {
                for (index, item) in items.iter().enumerate() {
                    let path = Path::Item(path, index + 1);
                    match item {
                        Some(item) => self.node(&path, member, item),
                        None => self.add(&path, &Shown::Null, "INPUT_REQUIRED", "Member must not be null"),
                    }
                }
            }
        }
        self.length(path, &shown, min, max, items.len());
    }

    fn length(
        &mut self,
        path: &Path<'_>,
        shown: &Shown<'_>,
        min: Option<u32>,
        max: Option<u32>,
        length: usize,
    ) {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if let Some(min) = min.filter(|min| length < *min) {
            self.add(path, shown, "MIN_LENGTH_EXCEEDED", &at_least(min));
        }
        if let Some(max) = max.filter(|max| length > *max) {
            self.add(path, shown, "MAX_LENGTH_EXCEEDED", &at_most(max));
        }
    }

    /// Lists every constraint of a list's items, whichever of them was broken.
    fn constraints(&self, rules: &StringRules) -> String {
        let values = (!rules.values.is_empty()).then(|| self.enumeration(rules.values));
        let pattern = rules.pattern.map(|pattern| must_match(pattern.text));
        let null = rules.never_null.then(|| "Member must not be null".to_owned());
        [
            rules.max.map(at_most),
            rules.min.map(at_least),
            values,
            pattern,
            null,
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
    }

    fn enumeration(&self, values: &[&str]) -> String {
        match self.service {
            Service::Iam => "Member must satisfy enum value set".to_owned(),
            Service::Sts | Service::Organizations | Service::Locum | Service::AccessAnalyzer => {
                format!("Member must satisfy enum value set: [{}]", values.join(", "))
            }
        }
    }

    fn add(&mut self, path: &Path<'_>, shown: &Shown<'_>, reason: &'static str, constraint: &str) {
        self.reason.get_or_insert(reason);
        if self.count > 0 {
            self.items.push_str("; ");
        }
        self.count += 1;
        let shown = if self.service == Service::Iam {
            &Shown::Hidden
        } else {
            shown
        };
        let value = match shown {
            Shown::Null => "Value null".to_owned(),
            Shown::Text(text) => format!("Value '{text}'"),
            Shown::Number(number) => format!("Value '{number}'"),
            Shown::Texts(items) => format!("Value '[{}]'", texts(items).join(", ")),
            Shown::Hidden => "Value".to_owned(),
        };
        self.items.push_str(&format!(
            "{value} at '{path}' failed to satisfy constraint: {constraint}"
        ));
    }
}

fn texts<'a>(items: &'a [Option<Node<'_>>]) -> Vec<&'a str> {
    items
        .iter()
        .map(|item| match item {
            Some(Node::Text(text)) => text.as_ref(),
            _ => "null",
        })
        .collect()
}

/// How many code points a text has.
fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

fn fits(rules: &StringRules, text: &str) -> bool {
    let length = u32::try_from(length(text)).unwrap_or(u32::MAX);
    (rules.values.is_empty() || rules.values.contains(&text))
        && rules.pattern.is_none_or(|pattern| (pattern.matches)(text))
        && rules.min.is_none_or(|min| length >= min)
        && rules.max.is_none_or(|max| length <= max)
}

fn must_match(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn at_least(min: u32) -> String {
    format!("Member must have length greater than or equal to {min}")
}

fn at_most(max: u32) -> String {
    format!("Member must have length less than or equal to {max}")
}
