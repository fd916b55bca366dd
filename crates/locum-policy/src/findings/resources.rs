//! `Resource` and `NotResource`: the fields of an ARN, one by one. Which resources a service has, its own catalogue knows;
//! of IAM, STS and S3 so much is known here as is refused on write.

use std::ops::Range;

use locum_names::{AccountId, Partition, has_region_shape};

use super::{
    Document, FindingKind, FindingsKind, IssueCode,
    report::{Report, clip, part},
    variables,
};
use crate::{
    json::{Node, Value},
    validate::is_iam_resource,
};

pub(super) fn check(report: &mut Report, document: Document<'_>) {
    for statement in document.statements() {
        let members = statement.node.members().unwrap_or_default();
        let mut named = false;
        for member in members {
            if !matches!(&*member.key, "Resource" | "NotResource") {
                continue;
            }
            named = true;
            if document.kind == FindingsKind::Trust {
                let message = format!("A trust policy speaks of its own role and has no {}.", member.key);
                report.push(
                    IssueCode::RoleTrustPolicySyntaxErrorResource,
                    &member.key_span,
                    message,
                );
                continue;
            }
            let list = &member.value;
            if matches!(&list.value, Value::Array(nodes) if nodes.is_empty()) {
                let message = format!("{} is empty, so the policy is refused.", member.key);
                report.refuse(IssueCode::EmptyArrayResource, &list.span, message);
            }
            for node in list.list() {
                if let Some(text) = node.as_str() {
                    resource(report, document, node, text);
                }
            }
        }
        if !named && document.kind.is_identity_grammar() {
            let message = "The statement has neither Resource nor NotResource.";
            report.push(IssueCode::MissingResource, &statement.node.span, message);
        }
    }
}

/// One field of an ARN and where it is in its text.
#[derive(Clone, Copy)]
struct Field<'a> {
    text: &'a str,
    start: usize,
}

impl Field<'_> {
    fn span(self, node: &Node) -> Range<usize> {
        part(node, self.start..self.start + self.text.len())
    }
}

/// The six fields; none if there are fewer.
fn split(text: &str) -> Option<[Field<'_>; 6]> {
    let mut start = 0;
    let fields: Vec<Field<'_>> = text
        .splitn(6, ':')
        .map(|text| {
            let field = Field { text, start };
            start += text.len() + 1;
            field
        })
        .collect();
    fields.try_into().ok()
}

fn resource(report: &mut Report, document: Document<'_>, node: &Node, text: &str) {
    if text == "*" {
        return;
    }
    if !text.starts_with("arn:") {
        let message = format!("The resource {} is neither an ARN nor \"*\".", clip(text));
        return report.push(IssueCode::InvalidArnPrefix, &node.span, message);
    }
    let Some([_, partition, service, region, account, name]) = split(text) else {
        let message = format!("The ARN {} has fewer than six fields.", clip(text));
        return report.push(IssueCode::MissingArnField, &node.span, message);
    };
    let head = [partition, service, region, account];
    if let Some(field) = head.iter().find(|field| field.text.contains("${")) {
        let code = IssueCode::VariableUnsupportedInElement;
        let message = "A variable counts in the last field of an ARN only.";
        return report.push(code, &field.span(node), message);
    }
    if partition.text != "*" && partition.text.parse::<Partition>().is_err() {
        let message = format!("There is no partition {}.", clip(partition.text));
        report.push(IssueCode::InvalidPartition, &partition.span(node), message);
    }
    service_field(report, document.kind, node, service);
    region_field(report, node, service, region, name);
    account_field(report, node, service, account, region, name);
    name_field(report, node, service, name);
    variables::check(report, document, node, name.start);
}

fn service_field(report: &mut Report, kind: FindingsKind, node: &Node, service: Field<'_>) {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let text = service.text;
    if text.contains(['*', '?']) {
        let code = IssueCode::WildcardInServiceName;
        let severity = if kind.is_identity_grammar() {
            FindingKind::Error
        } else {
            code.kind()
        };
        let message = format!("The ARN means every service that is like {}.", clip(text));
        report.push_at(severity, code, vec![service.span(node)], message);
    } else if text.bytes().any(|b| b.is_ascii_uppercase()) && text.to_ascii_lowercase().bytes().all(plain) {
        let message = format!(
            "The ARN has {} for a service; resources are compared with case.",
            clip(text)
        );
        report.push(IssueCode::InvalidArnServiceCase, &service.span(node), message);
    } else if text.is_empty() || !text.bytes().all(plain) {
        // An empty field has no text to point at.
        let span = if text.is_empty() {
            node.span.clone()
        } else {
            service.span(node)
        };
        let message = format!("\"{}\" is no service.", clip(text));
        report.push(IssueCode::InvalidService, &span, message);
    }
}

fn region_field(report: &mut Report, node: &Node, service: Field<'_>, region: Field<'_>, name: Field<'_>) {
    let text = region.text;
    let global = match service.text {
        "iam" | "sts" => true,
        "s3" => !name.text.starts_with("accesspoint/"),
        _ => false,
    };
    if text.is_empty() {
        return;
    }
    if global {
        let message = format!("The ARN of this resource of {} has no region.", service.text);
        return report.push(IssueCode::ArnRegionNotAllowed, &region.span(node), message);
    }
    let pattern = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'*' | b'?');
    let good = if text.contains(['*', '?']) {
        text.bytes().all(pattern)
    } else {
        has_region_shape(text) || text == "global"
    };
    if !good {
        let message = format!("{} is not the name of a region.", clip(text));
        report.push(IssueCode::InvalidRegion, &region.span(node), message);
    }
}

fn account_field(
    report: &mut Report,
    node: &Node,
    service: Field<'_>,
    account: Field<'_>,
    region: Field<'_>,
    name: Field<'_>,
) {
    let text = account.text;
    if text.is_empty() {
        if service.text == "iam" {
            let message = format!(
                "{} of IAM belongs to an account, which the ARN does not name.",
                clip(name.text)
            );
            report.push(IssueCode::MissingArnAccount, &node.span, message);
        }
        return;
    }
    // Buckets and objects; what has an account in S3 has a region or an access point as well.
    if service.text == "s3" && region.text.is_empty() && !name.text.starts_with("accesspoint/") {
        let message = "The ARN of a bucket or an object has no account.";
        return report.push(IssueCode::ArnAccountNotAllowed, &account.span(node), message);
    }
    let pattern = |b: u8| b.is_ascii_digit() || matches!(b, b'*' | b'?');
    let good = if text.contains(['*', '?']) {
        text.bytes().all(pattern)
    } else {
        text == "aws" || text.parse::<AccountId>().is_ok()
    };
    if !good {
        let message = format!("{} is not the twelve digits of an account.", clip(text));
        report.push(IssueCode::InvalidArnAccount, &account.span(node), message);
    }
}

fn name_field(report: &mut Report, node: &Node, service: Field<'_>, name: Field<'_>) {
    let text = name.text;
    let of_iam = service.text == "iam";
    if text.is_empty() {
        let message = "The last field of the ARN is empty, so it means nothing.";
        report.push(IssueCode::InvalidArnResource, &node.span, message);
    } else if of_iam && !is_iam_resource(text) {
        let message = format!("IAM has no resource {}.", clip(text));
        report.push(IssueCode::InvalidArnResource, &name.span(node), message);
    }
}
