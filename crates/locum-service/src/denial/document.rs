//! The decoded message's document, in AWS's shape (`facts: sts §2.8`).
//!
//! Whoever was denied sees how long the sealed message is, whether they may open it or not. So what they need not know (the
//! policies that decided, the tags of the resource, whether it is there) takes up whole steps. What they said themselves
//! stands beside it at its own length: if it counted, they could push the rest over the end of a step, byte by byte.

use std::{cell::Cell, mem};

use locum_names::Arn;
use locum_policy::{Decision, Effect, Explanation, Layer, Request, StatementRef};
use locum_session::AuthorizationMessage;

use super::Asked;
use crate::{
    audit::json::{Name, Object, name, write_list, write_text},
    layers::SESSION_POLICY,
};

/// How much of the statements a document shows.
#[derive(Clone, Copy)]
enum Statements {
    Whole,
    /// Their names and effects.
    Named,
    None,
}

/// What is shown, from everything to what always fits: the conditions are left out first, then the statements' elements. Each says what
/// it is without, but how long what the caller said is allowed to be.
const SHORTER: [(bool, Statements, usize, Option<&str>); 5] = [
    (true, Statements::Whole, usize::MAX, None),
    (
        false,
        Statements::Whole,
        usize::MAX,
        Some("the condition keys of the request"),
    ),
    (
        false,
        Statements::Named,
        usize::MAX,
        Some("the condition keys of the request, and what the statements say"),
    ),
    (
        false,
        Statements::None,
        usize::MAX,
        Some("the condition keys of the request, and the statements"),
    ),
    (
        false,
        Statements::None,
        LONGEST,
        Some("the condition keys of the request, the statements, and the ends of long names"),
    ),
];

/// How much of an ARN is shown where there is not enough room, in bytes.
const LONGEST: usize = 1024;

/// Statements and tags take up a multiple of so many bytes, and one such step where there is nothing to tell.
const STEP: usize = 1024;
/// The reason takes up a multiple of these, apart from the rest: a session policy of the caller's own may be named in it.
const REASON_STEP: usize = 512;
/// As many blanks as are ever missing.
const BLANKS: &str = match str::from_utf8(&[b' '; STEP + REASON_STEP]) {
    Ok(blanks) => blanks,
    Err(_) => "",
};

/// The whole document, short enough to be sealed, with blanks at its end that are cut off when it is opened.
pub(super) fn document(
    asked: &Asked<'_>,
    request: &Request<'_>,
    explanation: &Explanation<'_>,
    reason: &str,
) -> String {
    let mut text = String::with_capacity(4 * 1024);
    for (at, (conditions, statements, longest, omitted)) in (1..).zip(SHORTER) {
        text.clear();
        let shown = Shown {
            asked,
            request,
            explanation,
            conditions,
            statements,
            longest,
            omitted,
            hidden: Cell::new(0),
        };
        Object::write(&mut text, |document| shown.write(document, reason));
        let blanks = missing(shown.hidden.get(), STEP) + missing(reason.len(), REASON_STEP);
        let padded = text.len() + blanks;
        let shortest = at == SHORTER.len();
        if padded <= AuthorizationMessage::MAX_DOCUMENT_LEN || shortest {
            let padded = padded.min(AuthorizationMessage::MAX_DOCUMENT_LEN);
            let blanks = padded.saturating_sub(text.len());
            text.push_str(BLANKS.get(..blanks).unwrap_or(BLANKS));
            break;
        }
    }
    text
}

/// How many bytes a length is short of whole steps, of which there is always one.
fn missing(len: usize, step: usize) -> usize {
    len.max(1).next_multiple_of(step).saturating_sub(len)
}

/// What a document shows.
struct Shown<'s> {
    asked: &'s Asked<'s>,
    request: &'s Request<'s>,
    explanation: &'s Explanation<'s>,
    conditions: bool,
    statements: Statements,
    /// How many bytes of an ARN.
    longest: usize,
    /// What is missing, for a person.
    omitted: Option<&'s str>,
    /// How many bytes were written that tell what the caller need not know.
    hidden: Cell<usize>,
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
        // `true` is shorter than `false`.
        self.hide(usize::from(!explicit));
        document.object(name!("matchedStatements"), |matched| {
            let reported = match self.statements {
                Statements::None => None,
                Statements::Whole | Statements::Named => Some(explanation.reported()),
            };
            // Items are counted with a comma, of which a list has one less.
            let mut empty = true;
            matched.list(
                name!("items"),
                reported.into_iter().flatten(),
                |out, statement| {
                    empty = false;
                    let before = out.len();
                    Object::write(out, |item| self.write_statement(item, statement));
                    if !is_of_the_request(statement) {
                        self.hide_item(before, out);
                    }
                },
            );
            self.hide(usize::from(empty));
        });
        document.object(name!("failures"), |failures| failures.raw(name!("items"), "[]"));
        document.object(name!("context"), |context| {
            context.object(name!("principal"), |principal| {
                principal.text(name!("id"), asked.caller_id);
                principal.text(name!("arn"), self.cut(asked.caller_arn));
            });
            context.text(name!("action"), request.action);
            context.text(name!("resource"), self.cut(request.resource));
            context.object(name!("conditions"), |conditions| {
                if self.conditions {
                    self.write_conditions(conditions.member(name!("items")));
                } else {
                    conditions.raw(name!("items"), "[]");
                }
            });
        });
        document.raw(name!("explanation"), reason);
        // Which of the forms this is goes by lengths that show anyway.
        document.perhaps(name!("omitted"), self.omitted);
    }

    /// As much of a name as is shown.
    fn cut<'t>(&self, text: &'t str) -> &'t str {
        text.get(..text.floor_char_boundary(self.longest)).unwrap_or(text)
    }

    /// Counts an item that tells what the caller need not know, and its comma.
    fn hide_item(&self, before: usize, out: &str) {
        self.hide(out.len().saturating_sub(before).saturating_add(1));
    }

    fn hide(&self, bytes: usize) {
        self.hidden.set(self.hidden.get().saturating_add(bytes));
    }

    /// Writes the request's condition keys, and those that AWS makes of the resource.
    fn write_conditions(&self, out: &mut String) {
        let request = self.request;
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
            Ok(values) => {
                let before = out.len();
                write_condition(out, key, values.iter());
                if is_stored(key, request.action) {
                    self.hide_item(before, out);
                }
            }
            Err(value) => write_condition(out, key, [value]),
        });
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

/// Whether a statement came from whoever asked for the session. A managed policy they only named for it, and may not read.
fn is_of_the_request(statement: &StatementRef<'_>) -> bool {
    statement.layer == Layer::Session && statement.source == SESSION_POLICY
}

/// Whether a condition key tells of what is acted on, and not of the request or who makes it.
fn is_stored(key: &str, action: &str) -> bool {
    match key {
        "iam:PermissionsBoundary" => !matches!(
            action,
            "iam:CreateUser"
                | "iam:CreateRole"
                | "iam:PutUserPermissionsBoundary"
                | "iam:PutRolePermissionsBoundary"
                // Whoever tags has it only of what is made with tags.
                | "iam:TagUser"
                | "iam:TagRole"
        ),
        "iam:AWSServiceName" => action == "iam:DeleteServiceLinkedRole",
        "aws:ResourceOrgPaths" | "iam:DelegationRequestOwner" | "organizations:PolicyType" => true,
        _ => key.starts_with("aws:ResourceTag/") || key.starts_with("iam:ResourceTag/"),
    }
}
