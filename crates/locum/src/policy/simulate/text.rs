//! Answers for a person.
//!
//! ```text
//! allow: s3:GetObject on arn:aws:s3:::notes/today
//!   = read.json:4:5: statement 1 (Read) of the identity-based policy allows it.
//! ```

use std::fmt::Write;

use locum_policy::{Effect, Layer, Mismatch};

use super::{
    super::text::escape,
    answer::{Answer, Outcome, Told},
};

/// The most statements of one kind that are told of an answer.
const SHOWN: usize = 5;

pub(super) fn page(answers: &[Answer]) -> String {
    let mut page = String::new();
    for answer in answers {
        tell(&mut page, answer);
    }
    let expected = answers.iter().filter(|answer| answer.expected.is_some()).count();
    if expected > 0 {
        let missed = answers.iter().filter(|answer| answer.is_missed()).count();
        let plural = if answers.len() == 1 { "" } else { "s" };
        // Writing to a string does not fail.
        let _ = writeln!(page, "{} answer{plural}, {missed} not as expected", answers.len());
    }
    page
}

fn tell(page: &mut String, answer: &Answer) {
    let word = match answer.decision {
        Outcome::Allow => "allow",
        Outcome::ExplicitDeny(_) => "explicit-deny",
        Outcome::ImplicitDeny(_) => "implicit-deny",
    };
    if let Some(name) = &answer.name {
        let _ = write!(page, "{}: ", escape(name));
    }
    let (action, resource) = (escape(&answer.action), escape(&answer.resource));
    let _ = writeln!(page, "{word}: {action} on {resource}");
    if let Some(expected) = answer.expected.filter(|_| answer.is_missed()) {
        let _ = writeln!(page, "  ! expected {}", expected.word());
    }
    if !answer.is_complete {
        let _ = writeln!(
            page,
            "  = The policies take more work than a decision may; what is left of it denies."
        );
    }
    match answer.decision {
        Outcome::ImplicitDeny(Layer::Session)
            if !answer.verdicts.iter().any(|(of, _)| *of == Layer::Session) =>
        {
            let _ = writeln!(
                page,
                "  = A federated user has the permissions of its session policies, and there are none."
            );
        }
        Outcome::ImplicitDeny(layer) => {
            let _ = writeln!(page, "  = No {layer} allows it.");
        }
        Outcome::Allow | Outcome::ExplicitDeny(_) => {}
    }
    for statement in answer.statements.iter().take(SHOWN) {
        let verb = match statement.effect {
            Effect::Allow => "allows it",
            Effect::Deny => "denies it",
        };
        let _ = writeln!(page, "  = {} {verb}.", place(statement));
    }
    more(page, answer.statements.len());
    for (statement, mismatch) in answer.near.iter().take(SHOWN) {
        let verb = match statement.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        };
        let _ = writeln!(
            page,
            "  = {} would {verb} it but for {}.",
            place(statement),
            but_for(mismatch)
        );
    }
    more(page, answer.near.len());
    for (layer, key) in &answer.missing {
        let _ = writeln!(
            page,
            "  ? {} is read by the {layer} and is not in the request.",
            escape(key)
        );
    }
    page.push('\n');
}

fn more(page: &mut String, count: usize) {
    if let Some(rest) = count.checked_sub(SHOWN).filter(|rest| *rest > 0) {
        let _ = writeln!(page, "  = … and {rest} more.");
    }
}

fn place(statement: &Told) -> String {
    let mut text = escape(&statement.file);
    if let Some(span) = statement.span {
        let _ = write!(
            text,
            ":{}:{}",
            span.start.line,
            span.start.column.saturating_add(1)
        );
    }
    let _ = write!(text, ": statement {}", statement.number);
    if !statement.sid.is_empty() {
        let _ = write!(text, " ({})", escape(&statement.sid));
    }
    let _ = write!(text, " of the {}", statement.layer);
    text
}

fn but_for(mismatch: &Mismatch) -> String {
    match mismatch {
        Mismatch::Principal => "its Principal".to_owned(),
        Mismatch::Action => "its Action".to_owned(),
        Mismatch::Resource => "its Resource".to_owned(),
        Mismatch::Condition {
            operator,
            key,
            present,
            unclear,
        } => {
            let how = if *unclear {
                "is unclear"
            } else if *present {
                "has another value"
            } else {
                "the request lacks"
            };
            format!("Condition {} {}, which {how}", escape(operator), escape(key))
        }
    }
}
