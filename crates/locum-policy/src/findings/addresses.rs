//! Ranges of addresses: written as they are meant, and public where only public ones arrive.

use std::net::IpAddr;

use super::{
    FindingKind, IssueCode,
    report::{Report, clip},
};
use crate::{
    json::{Member, Node},
    operator::Operator,
    values::Range,
};

pub(super) fn check(report: &mut Report, operator: Operator, key: &Member, values: &[Node]) {
    let ranges: Vec<(&Node, Range)> = values
        .iter()
        .filter_map(|node| Some((node, Range::parse(node.as_str()?)?)))
        .collect();
    for (node, range) in &ranges {
        let (written, network) = (range.network(), range.first());
        if written != network {
            let message = format!(
                "{} is the range {network}/{}; the bits beyond its prefix are ignored.",
                clip(node.as_str().unwrap_or_default()),
                range.bits()
            );
            report.push(IssueCode::ImproveIpRange, &node.span, message);
        }
    }
    if key.key.eq_ignore_ascii_case("aws:SourceIp") {
        private(report, operator, key, &ranges, values.len());
    }
}

/// AWS sees requests from the Internet, so that a private source never matches; whoever runs locum in a network of their
/// own sees private ones. So it is a warning here, and an error there.
fn private(report: &mut Report, operator: Operator, key: &Member, ranges: &[(&Node, Range)], count: usize) {
    let spans: Vec<_> = ranges
        .iter()
        .filter(|(_, range)| is_private(range))
        .map(|(node, _)| node.span.clone())
        .collect();
    if spans.is_empty() {
        return;
    }
    let all = spans.len() == count;
    let code = match (all, operator.negated) {
        (true, false) => IssueCode::PrivateIpAddress,
        (true, true) => IssueCode::PrivateNotipaddress,
        (false, false) => IssueCode::PrivateIpAddressSubset,
        (false, true) => IssueCode::PrivateNotipaddressSubset,
    };
    let which = if all { "All" } else { "Some" };
    let message =
        format!("{which} of the addresses are private; over the Internet no request comes from them.");
    if all {
        report.push_at(FindingKind::Warning, code, vec![key.value.span.clone()], message);
    } else {
        report.push_at(code.kind(), code, spans, message);
    }
}

fn is_private(range: &Range) -> bool {
    match range.first() {
        IpAddr::V4(ip) => {
            let within = |a: u8, b: u8, bits: u32| {
                let network = u32::from_be_bytes([a, b, 0, 0]);
                range.bits() >= bits && (ip.to_bits() ^ network) >> (32 - bits) == 0
            };
            within(10, 0, 8)
                || within(172, 16, 12)
                || within(192, 168, 16)
                || within(127, 0, 8)
                || within(169, 254, 16)
        }
        IpAddr::V6(ip) => {
            let within = |first: u16, bits: u32| {
                let network = u128::from(first) << 112;
                range.bits() >= bits && (ip.to_bits() ^ network) >> (128 - bits) == 0
            };
            within(0xfc00, 7) || within(0xfe80, 10) || (ip.is_loopback() && range.bits() == 128)
        }
    }
}
