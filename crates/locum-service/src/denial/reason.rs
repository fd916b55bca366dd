//! Why, in a sentence for a person: what decided, and what would have to change.

use locum_names::AccountId;
use locum_policy::{Decision, Effect, Explanation, Layer, Layers, Mismatch, NearMiss, Request, StatementRef};

use super::Names;
use crate::audit::json::{Object, name};

/// How much of a name that a client chose goes into a sentence, in characters.
const SHOWN: usize = 256;

/// What decided, as JSON.
pub(super) fn of(
    request: &Request<'_>,
    layers: &Layers<'_>,
    explanation: &Explanation<'_>,
    names: &Names<'_>,
) -> String {
    let action = request.action;
    match explanation.decision {
        // INVARIANT: only denials are explained.
        Decision::Allow => "null".to_owned(),
        Decision::ExplicitDeny {
            layer,
            source,
            statement,
            sid,
        } => {
            let place = place(layer, source, statement, sid, names);
            let reason = format!("{place} denies {action}; no other statement can override it.");
            of_statement(layer, source, statement, sid, &reason, names)
        }
        Decision::ImplicitDeny { layer } => {
            let none = match layers.session {
                None if layer == Layer::Session => {
                    "No session policy was passed, so the session has no permissions of its own.".to_owned()
                }
                _ => format!("No {layer} allows {action} on this resource."),
            };
            match nearest(layer, explanation) {
                None => of_layer(layer.name(), &none),
                Some(near) => {
                    let StatementRef {
                        source, index, sid, ..
                    } = near.statement;
                    let place = place(layer, source, index, sid, names);
                    let reason = format!(
                        "{none} {place} would allow it but for {}.",
                        but_for(&near.mismatch)
                    );
                    of_statement(layer, source, index, sid, &reason, names)
                }
            }
        }
    }
}

/// A reason that is a statement's, with the ARN of the group that its policy comes from, if it comes from one.
fn of_statement(
    layer: Layer,
    source: &str,
    index: usize,
    sid: &str,
    reason: &str,
    names: &Names<'_>,
) -> String {
    let mut text = String::with_capacity(512);
    Object::write(&mut text, |object| {
        object.text(name!("layer"), layer.name());
        object.text(name!("policy"), &names.name(layer, source));
        object.raw(name!("statement"), &number(index).to_string());
        object.text(name!("statementId"), &shown(sid));
        object.text(name!("reason"), reason);
        object.perhaps(name!("group"), group_arn(layer, source, names).as_deref());
    });
    text
}

fn of_layer(layer: &str, reason: &str) -> String {
    let mut text = String::with_capacity(256);
    Object::write(&mut text, |object| {
        object.text(name!("layer"), layer);
        object.text(name!("reason"), reason);
    });
    text
}

fn group_arn(layer: Layer, source: &str, names: &Names<'_>) -> Option<String> {
    if layer != Layer::Identity {
        return None;
    }
    Some(names.group(source)?.arn(names.partition))
}

/// What no policy has a say in.
pub(super) fn of_service(text: &str) -> String {
    of_layer("service", text)
}

/// All that is said of another account: the same whether the resource is there or not.
pub(super) fn hidden(request: &Request<'_>, account: AccountId) -> String {
    let action = request.action;
    let reason = format!(
        "The caller's own account allows {action}. Account {account} does not allow it to this caller, or has no such \
         resource; only its administrators can tell."
    );
    of_layer("resource account", &reason)
}

/// All that is said to whom an identity provider vouches for.
pub(super) fn outside(request: &Request<'_>) -> String {
    let (account, action) = (request.resource_account, request.action);
    let reason = format!(
        "Account {account} does not allow {action} to whom this provider vouches for, or has no such role; its audit log \
         tells which."
    );
    of_layer("resource account", &reason)
}

/// Statements count from 1 for people.
const fn number(index: usize) -> usize {
    index.saturating_add(1)
}

fn place(layer: Layer, source: &str, index: usize, sid: &str, names: &Names<'_>) -> String {
    let mut text = format!("Statement {}", number(index));
    if !sid.is_empty() {
        text.push_str(&format!(" ({})", shown(sid)));
    }
    text.push_str(&format!(" of the {layer}"));
    if !matches!(layer, Layer::Trust) && !source.is_empty() {
        text.push_str(&format!(" {}", shown(&names.name(layer, source))));
    }
    if let Some(arn) = group_arn(layer, source, names) {
        text.push_str(&format!(" of {}", shown(&arn)));
    }
    text
}

/// The statement of this layer that lacks least. A condition is nearer than a resource, and another action is far.
fn nearest<'e, 'a>(layer: Layer, explanation: &'e Explanation<'a>) -> Option<&'e NearMiss<'a>> {
    let near = explanation.near.iter();
    near.filter(|near| near.statement.layer == layer && near.statement.effect == Effect::Allow)
        .min_by_key(|near| match near.mismatch {
            Mismatch::Condition { .. } => 0,
            Mismatch::Principal => 1,
            Mismatch::Resource => 2,
            Mismatch::Action => 3,
        })
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
                "is not in the request"
            };
            format!("the condition {} ({}), which {how}", shown(key), shown(operator))
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
