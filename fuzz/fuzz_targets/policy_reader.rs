//! A byte for the kind, then a policy document: compiled without a panic, and the same again from what was kept.
#![no_main]

use libfuzzer_sys::fuzz_target;
use locum_policy::{
    FindingKind, FindingsKind, Policy, PolicyKind, findings, resolve_principals, restore_principals,
};

const KINDS: [PolicyKind; 7] = [
    PolicyKind::Managed,
    PolicyKind::Inline,
    PolicyKind::Trust,
    PolicyKind::Session,
    PolicyKind::Resource,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
];

fuzz_target!(|input: &[u8]| {
    let Some((kind, document)) = input.split_first() else {
        return;
    };
    let Ok(document) = std::str::from_utf8(document) else {
        return;
    };
    let kind = KINDS[usize::from(*kind) % KINDS.len()];
    let compiled = Policy::compile(document, kind);
    let of_kind = match kind {
        PolicyKind::Inline => Some(FindingsKind::Identity),
        PolicyKind::Trust => Some(FindingsKind::Trust),
        PolicyKind::Resource => Some(FindingsKind::Resource),
        PolicyKind::ServiceControl => Some(FindingsKind::ServiceControl),
        PolicyKind::ResourceControl => Some(FindingsKind::ResourceControl),
        PolicyKind::Managed | PolicyKind::Session => None,
    };
    if let Some(of_kind) = of_kind {
        let found = findings(document, of_kind);
        let is_wrong = found.iter().any(|finding| finding.kind == FindingKind::Error);
        assert!(compiled.is_ok() || is_wrong, "what is refused has an error");
    }
    let _ = resolve_principals(document, &mut |_| None);
    let Ok(policy) = compiled else {
        return;
    };
    let again = Policy::compile(policy.document(), kind).expect("the kept document compiles");
    assert_eq!(again.document(), policy.document(), "and is kept as it is");
    assert_eq!(again.context_keys(), policy.context_keys());
    assert_eq!(restore_principals(document, &mut |_| None), document);
});
