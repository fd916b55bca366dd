//! The help pages, printed from the same tables that the parser reads.

use locum_api::model::{Operation, Service, Shape, operations};

use super::parameters::kebab;
use super::program::Name;
use super::{inputs, options as global_options};

/// Columns of the option names.
const NAME_WIDTH: usize = 32;

/// The page of the whole program.
pub(crate) fn program(commands: &[(&str, &str)]) -> String {
    let mut page = String::from(
        "locum: a Security Token Service anyone can run, and the aws sts command\n\nUSAGE\n  locum <command> [options]\n  locum \
         [options] sts <operation> [parameters]\n\nCOMMANDS\n",
    );
    for (name, doc) in commands {
        row(&mut page, name, doc);
    }
    page.push_str("\nRun `locum <command> --help` for the options of a command.\n\nOPTIONS OF sts");
    options(&mut page);
    page
}

/// The page of a service.
pub(crate) fn service(program: Name, service: Service) -> String {
    let name = format!("{} {}", program.as_str(), service.cli_name());
    let mut page = format!(
        "{name}: {}\n\nUSAGE\n  {name} <operation> [parameters]\n\nOPERATIONS\n",
        service.title()
    );
    for operation in operations(service) {
        row(&mut page, &kebab(operation.name), operation.doc);
    }
    page.push_str(&format!(
        "\nRun `{name} <operation> help` for the parameters of an operation.\n"
    ));
    global(&mut page);
    page
}

/// The page of an operation.
pub(crate) fn operation(program: Name, operation: &Operation) -> String {
    let command = format!(
        "{} {} {}",
        program.as_str(),
        operation.service.cli_name(),
        kebab(operation.name)
    );
    let mut page = format!("{command}: {}\n\nUSAGE\n  {command}", operation.doc);
    for member in operation.input.members.iter().filter(|member| member.required) {
        page.push_str(&format!(" --{} <{}>", kebab(member.name), kind(member.shape)));
    }
    page.push_str(" [parameters]\n\nPARAMETERS\n");
    for member in operation.input.members {
        let required = if member.required { "Required. " } else { "" };
        let name = format!("--{} <{}>", kebab(member.name), kind(member.shape));
        row(
            &mut page,
            &name,
            &format!("{required}{}{}", member.doc, shorthand(member.shape)),
        );
    }
    for (name, kind, doc) in inputs::help() {
        row(&mut page, &format!("--{name} {kind}"), doc);
    }
    if let Some(output) = operation.output {
        page.push_str("\nRESULT\n");
        for member in output.members {
            row(&mut page, member.name, member.doc);
        }
    }
    if !operation.errors.is_empty() {
        page.push_str("\nERRORS\n");
        for error in operation.errors {
            row(&mut page, error.code, error.doc);
        }
    }
    global(&mut page);
    page
}

fn global(page: &mut String) {
    page.push_str("\nOPTIONS");
    options(page);
}

fn options(page: &mut String) {
    page.push('\n');
    for (name, takes_value, doc) in global_options::help() {
        let value = if takes_value { " <value>" } else { "" };
        row(page, &format!("--{name}{value}"), doc);
    }
}

fn row(page: &mut String, name: &str, doc: &str) {
    let line = if name.len() < NAME_WIDTH {
        format!("  {name:NAME_WIDTH$}{doc}")
    } else {
        format!("  {name}\n  {:NAME_WIDTH$}{doc}", "")
    };
    page.push_str(line.trim_end());
    page.push('\n');
}

const fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::String(_) => "string",
        Shape::Integer { .. } => "integer",
        Shape::Boolean => "boolean",
        Shape::Timestamp => "timestamp",
        Shape::Blob => "blob",
        Shape::List { .. } => "list",
        Shape::Structure(_) => "structure",
        Shape::Map => "map",
        Shape::Document => "document",
    }
}

/// Shows how a value that is more than a word is typed.
fn shorthand(shape: &Shape) -> String {
    let pairs = |structure: &locum_api::model::Structure| {
        let members = structure
            .members
            .iter()
            .map(|member| format!("{}=…", member.name));
        members.collect::<Vec<_>>().join(",")
    };
    match shape {
        Shape::List {
            member: Shape::Structure(structure),
            ..
        } => format!(" Each: {}", pairs(structure)),
        Shape::Structure(structure) => format!(" {}", pairs(structure)),
        Shape::List { .. } => " Separated by blanks.".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_api::model::find;

    #[test]
    fn every_operation_has_a_page_with_its_options() {
        for each in operations(Service::Sts) {
            assert!(service(Name::Locum, Service::Sts).contains(&kebab(each.name)));
            let page = operation(Name::Aws, each);
            assert!(page.starts_with("aws sts "), "{page}");
            for member in each.input.members {
                assert!(page.contains(&format!("--{} <", kebab(member.name))), "{page}");
            }
            assert!(page.contains("--endpoint-url <value>"), "{page}");
        }
        let page = operation(Name::Locum, find(Service::Sts, "AssumeRole").unwrap());
        assert!(page.contains("Each: Key=…,Value=…"), "{page}");
    }
}
