//! The committed reference page and the committed list of models are what the declarations say.
//!
//! `LOCUM_BLESS=1` writes both; the difference is then there to be reviewed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

use std::{env, fs, path::Path};

use locum_api::{
    model::{Operation, Service, Structure, operations},
    reference_markdown,
};

fn compare(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("LOCUM_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is out of date: run with LOCUM_BLESS=1 and review",
        path.display()
    );
}

#[test]
fn the_reference_page_is_up_to_date() {
    compare("../../docs/reference/operations.md", &reference_markdown());
}

/// What the reference page does not show: access, wrapper and both orders.
#[test]
fn the_orders_are_as_committed() {
    let lines: Vec<_> = Service::ALL
        .into_iter()
        .flat_map(operations)
        .map(|operation| line(operation))
        .collect();
    compare("tests/operations.txt", &(lines.join("\n") + "\n"));
}

fn line(operation: &Operation) -> String {
    let Operation {
        service,
        name,
        signed,
        access,
        result_wrapper,
        ..
    } = operation;
    let names = |structure: &Structure| {
        structure
            .members
            .iter()
            .map(|m| m.name)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let wire = |structure: &Structure| {
        structure
            .in_wire_order()
            .map(|(_, m)| m.name)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let output = match operation.output {
        Some(output) => format!("{} / {}", names(output), wire(output)),
        None => "nothing".to_owned(),
    };
    let signed = if *signed { "signed" } else { "unsigned" };
    let wrapper = result_wrapper.unwrap_or("-");
    let input = names(operation.input);
    format!(
        "{} {name} {signed} {access:?} {wrapper} ({input}) -> {output}",
        service.cli_name()
    )
}
