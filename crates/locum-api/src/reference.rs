//! Prints the reference page of all operations from their models.

use std::fmt::Write;

use crate::model::{Member, Operation, Service, Shape, Structure, operations};

/// Returns `docs/reference/operations.md`.
pub fn reference_markdown() -> String {
    let mut page = String::from(HEAD);
    for service in Service::ALL {
        let _ = writeln!(page, "\n## {}", service.title());
        let _ = writeln!(
            page,
            "\nVersion `{}`, signed for `{}`.",
            service.api_version(),
            service.signing_name()
        );
        for operation in operations(service) {
            print_operation(&mut page, operation);
        }
    }
    page
}

const HEAD: &str = "\
# Operations

Every operation locum serves, with its parameters and their limits, its result and its errors. It is printed from the
declarations in `crates/locum-api`; do not edit it. `LOCUM_BLESS=1 cargo test -p locum-api` prints it again.
";

fn print_operation(page: &mut String, operation: &Operation) {
    let _ = writeln!(page, "\n### {}\n\n{}", operation.name, operation.doc);
    if !operation.signed {
        let _ = writeln!(page, "\nThe request is not signed.");
    }
    print_structure(page, "Parameter", operation.input, "Required");
    if let Some(output) = operation.output {
        print_structure(page, "Result", output, "Always");
    }
    if !operation.errors.is_empty() {
        let _ = writeln!(page, "\n| Error | Status | |\n|---|---|---|");
        for error in operation.errors {
            let _ = writeln!(page, "| `{}` | {} | {} |", error.code, error.status, error.doc);
        }
    }
}

fn print_structure(page: &mut String, title: &str, structure: &Structure, required: &str) {
    if structure.members.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n| {title} | Type | {required} | |\n|---|---|---|---|");
    print_members(page, "", structure.members);
}

fn print_members(page: &mut String, prefix: &str, members: &[Member]) {
    for member in members {
        let name = format!("{prefix}{}", member.name);
        let required = if member.required { "yes" } else { "" };
        let _ = writeln!(
            page,
            "| `{name}` | {} | {required} | {} |",
            describe(member.shape),
            member.doc
        );
        match member.shape {
            Shape::Structure(structure) => print_members(page, &format!("{name}."), structure.members),
            Shape::List {
                member: Shape::Structure(structure),
                ..
            } => {
                print_members(page, &format!("{name}.member.N."), structure.members);
            }
            _ => {}
        }
    }
}

fn describe(shape: &Shape) -> String {
    match shape {
        Shape::String(rules) => {
            let mut text = "text".to_owned();
            text.push_str(&bounds(rules.min, rules.max));
            if !rules.values.is_empty() {
                let _ = write!(text, ", one of `{}`", rules.values.join("`, `"));
            }
            if let Some(pattern) = rules.pattern {
                // A bar would end the cell, even inside code.
                let _ = write!(text, ", `{}`", pattern.text.replace('|', "\\|"));
            }
            if rules.percent_encoded {
                text.push_str(", percent-encoded");
            }
            text
        }
        Shape::Integer { min, max } => format!("integer{}", bounds(*min, *max)),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Timestamp => "timestamp".to_owned(),
        Shape::Blob => "bytes".to_owned(),
        Shape::List { member, min, max } => match member {
            Shape::Structure(_) => format!("list{}", bounds(*min, *max)),
            member => format!("list{} of {}", bounds(*min, *max), describe(member)),
        },
        Shape::Structure(_) => "structure".to_owned(),
        Shape::Map => "map".to_owned(),
        Shape::Document => "JSON object".to_owned(),
    }
}

fn bounds<N: std::fmt::Display + PartialEq>(min: Option<N>, max: Option<N>) -> String {
    match (min, max) {
        (None, None) => String::new(),
        (Some(min), Some(max)) if min == max => format!(" {min}"),
        (Some(min), Some(max)) => format!(" {min}–{max}"),
        (Some(min), None) => format!(" from {min}"),
        (None, Some(max)) => format!(" up to {max}"),
    }
}
