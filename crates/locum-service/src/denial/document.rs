//! The decoded message's document, in AWS's shape (`facts: sts §2.8`).

use std::mem;

use locum_names::Arn;
use locum_policy::{Decision, Effect, Explanation, Request, StatementRef};
use locum_session::AuthorizationMessage;

use super::Asked;
use crate::audit::json::{Name, Object, name, write_list, write_text};

/// How much of the statements a document shows.
#[derive(Clone, Copy)]
enum Statements {
    Whole,
    /// Their names and effects.
    Named,
    None,
}

/// What is shown, from everything to what always fits: the conditions are left out first, then the statements' elements.
const SHORTER: [(bool, Statements); 4] = [
    (true, Statements::Whole),
    (false, Statements::Whole),
    (false, Statements::Named),
    (false, Statements::None),
];

/// The whole document, short enough to be sealed.
pub(super) fn document(
    asked: &Asked<'_>,
    request: &Request<'_>,
    explanation: &Explanation<'_>,
    reason: &str,
) -> String {
    let mut text = String::with_capacity(4 * 1024);
    for (conditions, statements) in SHORTER {
        text.clear();
        let shown = Shown {
            asked,
            request,
            explanation,
            conditions,
            statements,
        };
        Object::write(&mut text, |document| shown.write(document, reason));
        if text.len() <= AuthorizationMessage::MAX_DOCUMENT_LEN {
            break;
        }
    }
    text
}

/// What a document shows.
struct Shown<'s> {
    asked: &'s Asked<'s>,
    request: &'s Request<'s>,
    explanation: &'s Explanation<'s>,
    conditions: bool,
    statements: Statements,
}

impl Shown<'_> {
    fn write(&self, document: &mut Object<'_>, reason: &str) {
        let Self {
            asked,
            request,
            explanation,
            ..
        } = self;
        let explicit = matches!(explanation.decision, Decision::ExplicitDeny { .. });
        document.flag(name!("allowed"), false);
        document.flag(name!("explicitDeny"), explicit);
        document.object(name!("matchedStatements"), |matched| {
            let reported = match self.statements {
                Statements::None => None,
                Statements::Whole | Statements::Named => Some(explanation.reported()),
            };
            matched.list(
                name!("items"),
                reported.into_iter().flatten(),
                |out, statement| {
                    Object::write(out, |item| self.write_statement(item, statement));
                },
            );
        });
        document.object(name!("failures"), |failures| failures.raw(name!("items"), "[]"));
        document.object(name!("context"), |context| {
            context.object(name!("principal"), |principal| {
                principal.text(name!("id"), asked.caller_id);
                principal.text(name!("arn"), asked.caller_arn);
            });
            context.text(name!("action"), request.action);
            context.text(name!("resource"), request.resource);
            context.object(name!("conditions"), |conditions| {
                if self.conditions {
                    write_conditions(conditions.member(name!("items")), request);
                } else {
                    conditions.raw(name!("items"), "[]");
                }
            });
        });
        document.raw(name!("explanation"), reason);
    }

    fn write_statement(&self, item: &mut Object<'_>, statement: &StatementRef<'_>) {
        item.text(name!("statementId"), statement.sid);
        item.text(
            name!("effect"),
            match statement.effect {
                Effect::Allow => "ALLOW",
                Effect::Deny => "DENY",
            },
        );
        if !matches!(self.statements, Statements::Whole) {
            return;
        }
        let text = statement.text();
        let named = |name: Name, negated: Name, not| if not { negated } else { name };
        let principals = named(name!("principals"), name!("notPrincipals"), text.not_principal);
        match text.principals.as_slice() {
            [] => write_items(
                item.member(principals),
                [self.asked.caller_id.split(':').next().unwrap_or_default()],
            ),
            some => write_items(
                item.member(principals),
                some.iter().map(|(_, value)| value.as_str()),
            ),
        }
        item.object(name!("principalGroups"), |groups| {
            groups.raw(name!("items"), "[]")
        });
        let actions = named(name!("actions"), name!("notActions"), text.not_action);
        write_items(item.member(actions), text.actions.iter().map(String::as_str));
        let resources = named(name!("resources"), name!("notResources"), text.not_resource);
        write_items(item.member(resources), text.resources.iter().map(String::as_str));
        item.object(name!("conditions"), |conditions| {
            conditions.list(
                name!("items"),
                &text.conditions,
                |out, (operator, key, values)| {
                    Object::write(out, |condition| {
                        condition.text(name!("key"), key);
                        condition.text(name!("operator"), operator);
                        write_items(
                            condition.member(name!("values")),
                            values.iter().map(String::as_str),
                        );
                    });
                },
            );
        });
    }
}

/// Writes values as AWS lists them.
fn write_items<'v>(out: &mut String, values: impl IntoIterator<Item = &'v str>) {
    out.push_str(r#"{"items":["#);
    let mut before = r#"{"value":"#;
    for value in values {
        out.push_str(mem::replace(&mut before, r#",{"value":"#));
        write_text(out, value);
        out.push('}');
    }
    out.push_str("]}");
}

fn write_condition<'v>(out: &mut String, key: &str, values: impl IntoIterator<Item = &'v str>) {
    out.push_str(r#"{"key":"#);
    write_text(out, key);
    out.push_str(r#","values":"#);
    write_items(out, values);
    out.push('}');
}

/// Writes the request's condition keys, and those that AWS makes of the resource.
fn write_conditions(out: &mut String, request: &Request<'_>) {
    let of_resource = Arn::parse(request.resource).ok().map(|arn| {
        let kind = arn.resource.split(['/', ':']).next().unwrap_or_default();
        [
            ("aws:Resource", arn.resource),
            ("aws:Account", arn.account),
            ("aws:Region", arn.region),
            ("aws:Service", arn.service),
            ("aws:Type", kind),
            ("aws:ARN", request.resource),
        ]
    });
    let given = request
        .context
        .context()
        .iter()
        .map(|(key, values)| (key, Ok(values)));
    let made = of_resource
        .into_iter()
        .flatten()
        .map(|(key, value)| (key, Err(value)));
    write_list(out, given.chain(made), |out, (key, values)| match values {
        Ok(values) => write_condition(out, key, values.iter()),
        Err(value) => write_condition(out, key, [value]),
    });
}
