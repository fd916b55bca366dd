//! What a message says, and what would have to change.

use std::fmt::Write;

use locum_policy::Layer;

use super::{
    super::text::escape,
    message::{Condition, Explanation, Items, Message, Statement, Text},
};

/// The most values of one list that are shown.
const SHOWN: usize = 8;

pub(super) fn page(message: &Message) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(page, "{}\n", asked(message));
    for line in why(message) {
        let _ = writeln!(page, "{line}");
    }
    for statement in &message.matched_statements.items {
        page.push('\n');
        show(&mut page, statement);
    }
    if let Some(omitted) = &message.omitted {
        let _ = writeln!(page, "\nLeft out, for want of room: {}", escape(omitted));
    }
    if !message.allowed {
        let _ = writeln!(page, "\nWhat would have to change");
        for line in change(message) {
            let _ = writeln!(page, "  {line}");
        }
    }
    let conditions = &message.context.conditions.items;
    if !conditions.is_empty() {
        let _ = writeln!(page, "\nThe request's condition keys");
        for condition in conditions {
            let _ = writeln!(
                page,
                "  {} = {}",
                escape(&condition.key),
                values(&condition.values)
            );
        }
    }
    page
}

/// Who asked for what.
fn asked(message: &Message) -> String {
    let context = &message.context;
    let (id, arn) = (&context.principal.id, &context.principal.arn);
    let who = match (arn.as_str(), id.as_str()) {
        ("", "") => "Somebody".to_owned(),
        ("", id) => escape(id),
        (arn, "") => escape(arn),
        (arn, id) => format!("{} ({})", escape(arn), escape(id)),
    };
    let mut text = format!("{who}\nasked for {}", escape(&context.action));
    if !context.resource.is_empty() {
        let _ = write!(text, "\non {}", escape(&context.resource));
    }
    text.push_str(if message.allowed {
        "\nand was allowed."
    } else {
        "\nand was denied."
    });
    text
}

pub(super) fn why(message: &Message) -> Vec<String> {
    let mut lines = Vec::new();
    match &message.explanation {
        Some(explanation) => {
            lines.push(format!("Decided by: {}", escape(&explanation.layer)));
            if let Some(policy) = explanation.policy.as_deref().filter(|policy| !policy.is_empty()) {
                lines.push(format!("Policy: {}", escape(policy)));
            }
            if let Some(group) = &explanation.group {
                lines.push(format!("Through the group: {}", escape(group)));
            }
            if let Some(number) = explanation.statement {
                let id = explanation.statement_id.as_deref().unwrap_or_default();
                lines.push(match id {
                    "" => format!("Statement: {number}"),
                    id => format!("Statement: {number} ({})", escape(id)),
                });
            }
            lines.push(escape(&explanation.reason));
        }
        None if message.allowed => lines.push("Nothing was denied.".to_owned()),
        None if message.explicit_deny => {
            lines.push("A statement denies it.".to_owned());
            lines.push("AWS does not say of which kind of policy the statement is.".to_owned());
        }
        None => {
            lines.push("No statement denies it, but something that had to allow it does not.".to_owned());
            lines.push("AWS does not say which kind of policy that is.".to_owned());
        }
    }
    lines
}

/// Shows a statement that matched.
fn show(page: &mut String, statement: &Statement) {
    let verb = match statement.effect.to_ascii_uppercase().as_str() {
        "DENY" => "denies",
        "ALLOW" => "allows",
        _ => "matches",
    };
    let name = match statement.statement_id.as_str() {
        "" => "A statement without a Sid".to_owned(),
        id => format!("The statement {}", escape(id)),
    };
    let _ = writeln!(page, "{name} {verb} it:");
    for (element, list) in [
        ("Principal", &statement.principals),
        ("Action", &statement.actions),
        ("NotAction", &statement.not_actions),
        ("Resource", &statement.resources),
        ("NotResource", &statement.not_resources),
    ] {
        if !list.items.is_empty() {
            let _ = writeln!(page, "  {element}: {}", values(list));
        }
    }
    for condition in &statement.conditions.items {
        let _ = writeln!(page, "  Condition: {}", condition_text(condition));
    }
}

fn condition_text(condition: &Condition) -> String {
    format!(
        "{} {} {}",
        escape(&condition.operator),
        escape(&condition.key),
        values(&condition.values)
    )
}

fn values(list: &Items<Text>) -> String {
    let shown = list.items.iter().take(SHOWN).map(|text| escape(&text.value));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if let Some(rest) = list.items.len().checked_sub(SHOWN).filter(|rest| *rest > 0) {
        let _ = write!(text, ", … and {rest} more");
    }
    text
}

pub(super) fn change(message: &Message) -> Vec<String> {
    if message.explicit_deny {
        return denied(message);
    }
    let (action, resource) = (escape(&message.context.action), resource(message));
    match &message.explanation {
        Some(explanation) => lacking(explanation, &action, &resource),
        None => {
            let mut lines = vec![
                "One of these does not allow it, and each that there is must:".to_owned(),
                "- an identity-based policy of the caller, of one of its groups, or of its role;".to_owned(),
                "- its permissions boundary; its session policy;".to_owned(),
                "- at every level of its organization, a service control policy;".to_owned(),
                "- for a resource of another account, or a role to be assumed, the resource's own policy."
                    .to_owned(),
            ];
            let allows = |statement: &Statement| statement.effect.eq_ignore_ascii_case("allow");
            if message.matched_statements.items.iter().any(allows) {
                lines.push("The statements above do allow it: look at the other kinds first.".to_owned());
            }
            lines
        }
    }
}

fn resource(message: &Message) -> String {
    match message.context.resource.as_str() {
        "" | "*" => "this".to_owned(),
        resource => escape(resource),
    }
}

/// After an explicit denial.
fn denied(message: &Message) -> Vec<String> {
    let mut lines = vec![
        "No other statement can override a denial: that statement must go, or no longer match.".to_owned(),
    ];
    let denials = message.matched_statements.items.iter();
    let conditions = denials.flat_map(|statement| &statement.conditions.items);
    for condition in conditions {
        let given = message.context.conditions.items.iter();
        let mut given = given.filter(|key| key.key.eq_ignore_ascii_case(&condition.key));
        let held = match given.next() {
            Some(key) => format!("the request had {}", values(&key.values)),
            None if message.context.conditions.items.is_empty() => {
                "the message does not say what the request had".to_owned()
            }
            None => "the request did not have the key".to_owned(),
        };
        lines.push(format!(
            "It matches while {} holds; {held}.",
            condition_text(condition)
        ));
    }
    if let Some(whose) = message
        .explanation
        .as_ref()
        .and_then(|e| who_may_change(&e.layer))
    {
        lines.push(whose.to_owned());
    }
    lines
}

/// After an implicit denial by a layer that is known.
fn lacking(explanation: &Explanation, action: &str, resource: &str) -> Vec<String> {
    let layer = |of: Layer| explanation.layer == of.name();
    let must = if layer(Layer::Identity) {
        format!(
            "A policy of the caller, of one of its groups, or of its role must allow {action} on {resource}."
        )
    } else if layer(Layer::Boundary) {
        format!(
            "The permissions boundary must allow {action} on {resource}. It grants nothing by itself: a policy must allow it too."
        )
    } else if layer(Layer::Session) {
        format!(
            "A session must be made whose session policy allows {action} on {resource}; the one of this session can not be changed."
        )
    } else if layer(Layer::ServiceControl) {
        format!(
            "At every level from the organization's root to the account a service control policy must allow {action}."
        )
    } else if layer(Layer::Resource) {
        format!("The resource's own policy must allow {action} to this caller.")
    } else if layer(Layer::Trust) {
        format!("The role's trust policy must allow {action} to this caller.")
    } else if explanation.layer == "resource account" {
        return vec![
            "Nothing in the caller's own account. Ask the administrators of the other account.".to_owned(),
        ];
    } else {
        return vec!["No policy can allow it; the reason above is the service's own.".to_owned()];
    };
    let mut lines = vec![must];
    if explanation.statement.is_some() {
        lines.push(
            "The statement named above comes nearest; changing what it lacks would be enough for this layer."
                .to_owned(),
        );
    }
    lines.push("Layers that are asked after this one may deny it still.".to_owned());
    lines.extend(who_may_change(&explanation.layer).map(str::to_owned));
    lines
}

/// Who can change a policy of a layer, where that is not the account itself.
fn who_may_change(layer: &str) -> Option<&'static str> {
    let is = |of: Layer| layer == of.name();
    (is(Layer::ServiceControl) || is(Layer::ResourceControl))
        .then_some("Only the organization's management account can change its policies.")
}
