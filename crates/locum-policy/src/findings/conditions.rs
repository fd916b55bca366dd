//! `Condition`: operators and keys, and how the two go together.

use std::collections::HashMap;

use super::{
    Document, FindingsKind, IssueCode, Statement, condition_values,
    global_keys::{self, GlobalKey, KeyType},
    report::{Report, clip},
};
use crate::{
    fold::folded,
    json::{Member, Value},
    operator::{Comparison, Operator, Quantifier},
};

/// What speaks of the resource itself, and so says nothing in a policy that belongs to it.
const OF_THE_RESOURCE: [&str; 4] = [
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "s3:ResourceAccount",
];

pub(super) fn check(report: &mut Report, document: Document<'_>) {
    for statement in document.statements() {
        let Some(block) = statement.node.get("Condition") else {
            continue;
        };
        let operators = block.members().unwrap_or_default();
        if operators.is_empty() && block.members().is_some() {
            report.push(
                IssueCode::EmptyObjectCondition,
                &block.span,
                "Condition is empty.",
            );
        }
        for member in operators {
            block_of(report, document, statement, member);
        }
        paired_keys(report, statement);
    }
}

/// Checks one operator and its keys.
fn block_of(report: &mut Report, document: Document<'_>, statement: Statement<'_>, member: &Member) {
    let Some(keys) = member.value.members() else {
        return;
    };
    if keys.is_empty() {
        let message = format!("{} compares nothing.", clip(&member.key));
        report.push(IssueCode::EmptyObjectCondition, &member.value.span, message);
    }
    let operator = Operator::parse(&member.key);
    match operator {
        None => unknown_operator(report, member),
        Some(o) if o.comparison == Comparison::Null && o.quantifier != Quantifier::None => {
            let message = format!("{} asks nothing of a request.", member.key);
            report.push(IssueCode::NullWithQualifier, &member.key_span, message);
        }
        Some(_) => {}
    }
    let mut seen: HashMap<String, &Member> = HashMap::new();
    for key in keys {
        if let Some(first) = seen.get(&folded(&key.key)) {
            let code = IssueCode::DuplicateKeysWithDifferentCase;
            let message = format!("{} and {} are one key.", clip(&first.key), clip(&key.key));
            let spans = vec![key.key_span.clone(), first.key_span.clone()];
            report.push_at(code.kind(), code, spans, message);
        } else {
            seen.insert(folded(&key.key), key);
        }
        key_name(report, document, key);
        let Some(operator) = operator else { continue };
        empty_list(report, operator, key);
        if let Some(global) = global_keys::find(&key.key) {
            together(report, statement, member, operator, key, global);
        }
        audience(report, operator, key);
        condition_values::check(report, document, operator, member, key);
    }
}

fn unknown_operator(report: &mut Report, member: &Member) {
    let base = member.key.rsplit(':').next().unwrap_or_default();
    if base == "NullIfExists" {
        let message = "Null asks whether a key exists; IfExists takes the question away.";
        report.push(IssueCode::NullWithIfExists, &member.key_span, message);
    } else {
        let message = format!("There is no operator {}.", clip(&member.key));
        report.push(IssueCode::InvalidConditionOperator, &member.key_span, message);
    }
}

fn key_name(report: &mut Report, document: Document<'_>, key: &Member) {
    let name = &*key.key;
    let span = &key.key_span;
    if name.contains("${") {
        let message = format!(
            "The key {} holds a variable, which is never replaced.",
            clip(name)
        );
        return report.push(IssueCode::VariableUnsupportedInElement, span, message);
    }
    let formed = name
        .split_once(':')
        .is_some_and(|(service, rest)| !service.is_empty() && !rest.is_empty() && !service.contains(' '));
    if !formed {
        let message = format!("{} is not the form of a condition key.", clip(name));
        return report.push(IssueCode::InvalidConditionKeyFormat, span, message);
    }
    if let Some(tag) = global_keys::without_tag(name) {
        let message = format!("{} needs a tag's key after it.", tag.name);
        return report.push(IssueCode::MissingTagKeyInCondition, span, message);
    }
    let is_global = name
        .get(..4)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
    if name.eq_ignore_ascii_case("aws:ARN") {
        let message = "No request carries aws:ARN any more.";
        report.push(IssueCode::UnsupportedGlobalConditionKey, span, message);
    } else if is_global && global_keys::find(name).is_none() {
        let message = format!("There is no global key {}.", clip(name));
        report.push(IssueCode::InvalidGlobalConditionKey, span, message);
    }
    let of_resource = OF_THE_RESOURCE.iter().any(|key| key.eq_ignore_ascii_case(name));
    if document.kind == FindingsKind::Resource && of_resource {
        let message = format!(
            "{} is the same for every request that this policy is asked about.",
            clip(name)
        );
        report.push(IssueCode::IrrelevantConditionKeyInPolicy, span, message);
    }
}

fn empty_list(report: &mut Report, operator: Operator, key: &Member) {
    if !matches!(&key.value.value, Value::Array(nodes) if nodes.is_empty()) {
        return;
    }
    let code = match operator.quantifier {
        Quantifier::AllValues => IssueCode::EmptyArrayConditionForallvalues,
        Quantifier::AnyValue => IssueCode::EmptyArrayConditionForanyvalue,
        Quantifier::None if operator.if_exists => IssueCode::EmptyArrayConditionIfexists,
        Quantifier::None => IssueCode::EmptyArrayCondition,
    };
    let message = format!("{} is compared with no value at all.", clip(&key.key));
    report.push(code, &key.value.span, message);
}

/// How an operator and a global key go together.
fn together(
    report: &mut Report,
    statement: Statement<'_>,
    member: &Member,
    operator: Operator,
    key: &Member,
    global: &GlobalKey,
) {
    if operator.comparison == Comparison::Null {
        return;
    }
    if global.several && operator.quantifier == Quantifier::None {
        let message = format!(
            "A request may carry several values of {}; say which must match.",
            clip(&key.key)
        );
        report.push(IssueCode::MissingQualifier, &key.key_span, message);
    }
    if !global.several && operator.quantifier == Quantifier::AllValues && statement.allows {
        let message = format!(
            "A request carries one value of {}, or none, and none is enough for ForAllValues:.",
            clip(&key.key)
        );
        // Access Analyzer was seen to point at the values here.
        report.push(
            IssueCode::ForallvaluesWithSingleValuedKey,
            &key.value.span,
            message,
        );
    }
    let text = matches!(operator.comparison, Comparison::Text { .. } | Comparison::Like);
    let fits = match global.kind {
        KeyType::Text => text,
        KeyType::Arn => text || operator.comparison == Comparison::Arn,
        KeyType::Number => matches!(operator.comparison, Comparison::Numeric(_)),
        KeyType::Date => matches!(operator.comparison, Comparison::Date(_)),
        KeyType::Epoch => matches!(operator.comparison, Comparison::Date(_) | Comparison::Numeric(_)),
        KeyType::Flag => operator.comparison == Comparison::Boolean,
        KeyType::Address => operator.comparison == Comparison::Address,
    };
    if !fits {
        let wanted = global.kind.operators();
        let message = format!(
            "{} takes a {wanted} operator, not {}.",
            clip(&key.key),
            member.key
        );
        report.push(IssueCode::TypeMismatch, &member.key_span, message);
    }
}

/// The audience of most tokens is one value, and `ForAllValues:` holds of none.
fn audience(report: &mut Report, operator: Operator, key: &Member) {
    let is_audience = key.key.rsplit_once(':').is_some_and(|(issuer, claim)| {
        issuer.contains('.') && (claim.eq_ignore_ascii_case("aud") || claim.eq_ignore_ascii_case("oaud"))
    });
    if is_audience && operator.quantifier != Quantifier::None {
        let message = format!(
            "{} is one value unless the issuer makes it a list.",
            clip(&key.key)
        );
        report.push(IssueCode::ConfirmAudienceClaimType, &key.key_span, message);
    }
}

/// A private address says something only together with the network it is in.
fn paired_keys(report: &mut Report, statement: Statement<'_>) {
    let network = ["aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"];
    if network.iter().any(|key| statement.has_condition_key(key)) {
        return;
    }
    for key in statement.condition_keys() {
        if key.key.eq_ignore_ascii_case("aws:VpcSourceIp") {
            let message = "An address within a VPC is the same in every VPC.";
            report.push(IssueCode::MissingPairedConditionKeys, &key.key_span, message);
        }
    }
}
