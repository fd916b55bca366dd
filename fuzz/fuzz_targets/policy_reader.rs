//! A byte for the kind, then a policy document: compiled without a panic, and the same again from what was kept.
#![no_main]

use libfuzzer_sys::fuzz_target;
use locum_policy::{Policy, PolicyKind, resolve_principals, restore_principals};

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
    let _ = resolve_principals(document, &mut |_| None);
    let Ok(policy) = compiled else {
        return;
    };
    assert!(
        Policy::compile(policy.document(), kind).is_ok(),
        "the kept document does not compile"
    );
    assert_eq!(restore_principals(document, &mut |_| None), document);
});
