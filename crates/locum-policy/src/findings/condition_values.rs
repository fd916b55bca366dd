//! The values of a condition: of the operator's type, and able to match what they seem to.

use std::mem::discriminant;

use super::{
    Document, IssueCode, addresses,
    report::{Report, clip, part},
    variables,
};
use crate::{
    arn_pattern::ArnPattern,
    binary::Blob,
    json::{Member, Node, Value},
    operator::{Comparison, Operator, Relation},
    values::{Decimal, Range, parse_instants},
};

/// The fixed characters before a wildcard that make it narrow enough.
const NARROW: usize = 6;

/// Checks the values of `key`, which stands under the operator of `block`.
pub(super) fn check(
    report: &mut Report,
    document: Document<'_>,
    operator: Operator,
    block: &Member,
    key: &Member,
) {
    let values = key.value.list();
    mixed_types(report, key, values);
    if matches!(operator.comparison, Comparison::Boolean | Comparison::Null) && values.len() > 1 {
        let message = format!("{} is compared with {} booleans.", clip(&key.key), values.len());
        report.push(
            IssueCode::InvalidConditionMultipleBoolean,
            &key.value.span,
            message,
        );
    }
    for value in values {
        typed(report, operator, block, value);
        variables_in(report, document, operator, block, value);
        named(report, operator, key, value);
    }
    if let Comparison::Numeric(relation) = operator.comparison {
        redundant_numbers(report, relation, operator.negated, values);
    }
    if operator.comparison == Comparison::Address {
        addresses::check(report, operator, key, values);
    }
}

fn mixed_types(report: &mut Report, key: &Member, values: &[Node]) {
    let mut kinds = values.iter().map(|value| discriminant(&value.value));
    let first = kinds.next();
    if kinds.any(|kind| Some(kind) != first) {
        let message = format!("The values of {} are of different JSON types.", clip(&key.key));
        report.push(IssueCode::InvalidConditionDataType, &key.value.span, message);
    }
}

/// Whether a value is of the operator's type.
fn typed(report: &mut Report, operator: Operator, block: &Member, node: &Node) {
    let name = &block.key;
    let text = match &node.value {
        // What a variable may stand for is not known; what an ARN begins with is.
        Value::String(text) if text.contains("${") && operator.comparison != Comparison::Arn => return,
        Value::String(text) => &**text,
        Value::Number(text) => {
            if matches!(operator.comparison, Comparison::Text { .. } | Comparison::Like) {
                let message = format!("{name} compares strings; this is a number.");
                report.push(IssueCode::TypeMismatchString, &node.span, message);
            }
            &**text
        }
        Value::Boolean(_) => return boolean(report, operator, block, node),
        // Of a wrong type; said already.
        Value::Null | Value::Array(_) | Value::Object(_) => return,
    };
    let said = clip(text);
    match operator.comparison {
        Comparison::Numeric(_) if Decimal::parse(text).is_none() => {
            let message = format!("{name} compares numbers; {said} is none.");
            report.push(IssueCode::TypeMismatchNumber, &node.span, message);
        }
        Comparison::Date(_) if parse_instants(text).is_none() => {
            let message = format!("{name} compares dates; {said} is none, and the policy is refused.");
            report.refuse(IssueCode::TypeMismatchDate, &node.span, message);
        }
        Comparison::Date(_) if text.bytes().all(|b| b.is_ascii_digit()) => {
            let message =
                format!("{said} is read as seconds since 1970, or as a year if it has four digits.");
            report.push(IssueCode::InvalidDateValue, &node.span, message);
        }
        Comparison::Boolean | Comparison::Null
            if !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false") =>
        {
            let message = format!("{name} takes true or false; {said} is neither.");
            report.push(IssueCode::TypeMismatchBoolean, &node.span, message);
        }
        Comparison::Address if Range::parse(text).is_none() => {
            let message = format!("{name} compares addresses; {said} is no address and no range.");
            report.push(IssueCode::TypeMismatchIpRange, &node.span, message);
        }
        Comparison::Arn if !ArnPattern::parse(text, true).is_readable() => {
            let message = format!("{name} compares ARNs; no ARN is like {said}.");
            report.push(IssueCode::TypeMismatch, &node.span, message);
        }
        Comparison::Binary if !Blob::parse(text).is_canonical() => {
            let message = format!("{name} compares base64; {said} is none, or no canonical one.");
            report.push(IssueCode::TypeMismatch, &node.span, message);
        }
        Comparison::Text { .. } if text.contains(['*', '?']) => {
            let message = format!("{name} takes the wildcards of {said} for what they are, characters.");
            report.push(IssueCode::WildcardWithoutLikeOperator, &node.span, message);
        }
        _ => {}
    }
}

fn boolean(report: &mut Report, operator: Operator, block: &Member, node: &Node) {
    let name = &block.key;
    match operator.comparison {
        Comparison::Text { .. } | Comparison::Like | Comparison::Arn | Comparison::Binary => {
            let message = format!("{name} compares strings; this is a boolean.");
            report.push(IssueCode::TypeMismatchString, &node.span, message);
        }
        Comparison::Numeric(_) => {
            let message = format!("{name} compares numbers; this is a boolean.");
            report.push(IssueCode::TypeMismatchNumber, &node.span, message);
        }
        Comparison::Date(_) => {
            let message = format!("{name} compares dates; this is a boolean, and the policy is refused.");
            report.refuse(IssueCode::TypeMismatchDate, &node.span, message);
        }
        Comparison::Address => {
            let message = format!("{name} compares addresses; this is a boolean.");
            report.push(IssueCode::TypeMismatchIpRange, &node.span, message);
        }
        Comparison::Boolean | Comparison::Null => {}
    }
}

fn variables_in(
    report: &mut Report,
    document: Document<'_>,
    operator: Operator,
    block: &Member,
    node: &Node,
) {
    let text = node.as_str().unwrap_or_default();
    let Some(start) = text.find("${") else { return };
    let replaced = matches!(
        operator.comparison,
        Comparison::Text { .. } | Comparison::Like | Comparison::Arn
    );
    if replaced {
        return variables::check(report, document, node, 0);
    }
    let message = format!(
        "{} does not replace variables: an Allow with this value never matches, a Deny always may.",
        block.key
    );
    let span = part(node, start..text.len());
    if matches!(operator.comparison, Comparison::Date(_)) && parse_instants(text).is_none() {
        report.refuse(
            IssueCode::TypeMismatchDate,
            &node.span,
            "A variable is no date; the policy is refused.",
        );
    }
    report.push(IssueCode::InvalidVariableForOperator, &span, message);
}

/// What the values of a few keys must look like.
fn named(report: &mut Report, operator: Operator, key: &Member, node: &Node) {
    let Some(text) = node.as_str() else { return };
    let like = matches!(operator.comparison, Comparison::Like | Comparison::Arn);
    let open = text.contains("${") || (like && text.contains(['*', '?']));
    let endpoint = |prefix: &str| {
        text.strip_prefix(prefix)
            .is_some_and(|id| matches!(id.len(), 8 | 17) && id.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    let (code, good) = match &*key.key.to_ascii_lowercase() {
        "aws:sourcevpc" => (IssueCode::InvalidVpcFormat, endpoint("vpc-")),
        "aws:sourcevpce" => (IssueCode::InvalidVpceFormat, endpoint("vpce-")),
        "s3:x-amz-server-side-encryption-aws-kms-key-id" => (IssueCode::InvalidKmsKeyValue, is_kms_key(text)),
        "aws:userid" => return user_id(report, operator, node, text),
        _ => return,
    };
    if !good && !open && operator.comparison != Comparison::Null {
        let message = format!("{} never has the value {}.", key.key, clip(text));
        report.push(code, &node.span, message);
    }
}

fn is_kms_key(text: &str) -> bool {
    let mut fields = text.splitn(6, ':');
    let mut next = || fields.next().unwrap_or_default();
    let head = next() == "arn" && next().starts_with("aws") && next() == "kms";
    let place = !next().is_empty() && next().len() == 12;
    head && place && next().strip_prefix("key/").is_some_and(|id| !id.is_empty())
}

/// `aws:userid` is an id and, for a session, a colon and a name that its maker chose. What is open on the left of the
/// colon, or may take in the colon, is open to whoever picks a fitting name.
fn user_id(report: &mut Report, operator: Operator, node: &Node, text: &str) {
    let wildcards = matches!(operator.comparison, Comparison::Like | Comparison::Arn);
    let textual = wildcards || matches!(operator.comparison, Comparison::Text { .. });
    let colon = after_variables(text).unwrap_or(text.len());
    let left = text.get(..colon).unwrap_or_default();
    if !textual || (left == "*" && colon < text.len()) {
        return;
    }
    let first = |pattern: &str| left.find(pattern).filter(|at| *at < NARROW);
    if let Some(at) = first("${") {
        // The whole left side may be one variable.
        let whole = colon < text.len() && at == 0 && left.find('}') == left.len().checked_sub(1);
        if !whole {
            let message = "A variable on the left of the colon is as good as a wildcard.";
            report.push(IssueCode::VariableUsageTooPermissive, &node.span, message);
        }
    } else if wildcards && (first("*").is_some() || first("?").is_some()) {
        let message = "A wildcard on the left of the colon takes in ids that are not meant.";
        report.push(IssueCode::WildcardUsageTooPermissive, &node.span, message);
    }
}

/// The first colon that is not within a variable.
fn after_variables(text: &str) -> Option<usize> {
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match c {
            '$' if text.get(at..).is_some_and(|rest| rest.starts_with("${")) => inside = true,
            '}' => inside = false,
            ':' if !inside => return Some(at),
            _ => {}
        }
    }
    None
}

/// Of several bounds one decides: the widest, or for a negated operator none.
fn redundant_numbers(report: &mut Report, relation: Relation, negated: bool, values: &[Node]) {
    if negated || relation == Relation::Equal {
        return;
    }
    let number = |node: &Node| match &node.value {
        Value::String(text) | Value::Number(text) => Some(text.clone()),
        _ => None,
    };
    let texts: Vec<(&Node, Box<str>)> = values
        .iter()
        .filter_map(|node| Some((node, number(node)?)))
        .collect();
    let numbers: Vec<(&Node, Decimal<'_>)> = texts
        .iter()
        .filter_map(|(node, text)| Some((*node, Decimal::parse(text)?)))
        .collect();
    let upper = matches!(relation, Relation::Less | Relation::LessOrEqual);
    let widest = numbers.iter().reduce(|best, next| {
        let order = next.1.compare(&best.1);
        if (upper && order.is_gt()) || (!upper && order.is_lt()) {
            next
        } else {
            best
        }
    });
    let Some((widest, _)) = widest else { return };
    for (node, _) in numbers.iter().filter(|(node, _)| node.span != widest.span) {
        let code = IssueCode::RedundantConditionValueNum;
        let message = "Another value of the list takes in whatever this one does.";
        report.push_at(
            code.kind(),
            code,
            vec![node.span.clone(), widest.span.clone()],
            message,
        );
    }
}
