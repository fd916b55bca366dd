//! The values of condition keys that a simulation is given: each is of its type, and no key is given twice.

use super::answers::CUSTOM;
use crate::harness::{Parameters, World};

#[test]
fn values_are_of_their_types() {
    let world = World::new();
    let ask = |kind: &str, values: &[&str]| {
        let names: Vec<String> = (1..=values.len())
            .map(|n| format!("ContextEntries.member.1.ContextKeyValues.member.{n}"))
            .collect();
        let mut parameters = CUSTOM.to_vec();
        parameters.push(("ContextEntries.member.1.ContextKeyName", "aws:Something"));
        parameters.push(("ContextEntries.member.1.ContextKeyType", kind));
        parameters.extend(names.iter().map(String::as_str).zip(values.iter().copied()));
        world.admin("SimulateCustomPolicy", &parameters)
    };
    for (kind, good, bad) in [
        ("string", &["", "x", "é"][..], &[][..]),
        (
            "numeric",
            &["0", "-1", "3.50"],
            &["", "1e3", "x", "1.", ".5", "0x10"],
        ),
        ("boolean", &["true", "FALSE"], &["yes", "1", ""]),
        (
            "ip",
            &["10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"],
            &["10.0.0", "10.0.0.1/33", "::1/129", "x"],
        ),
        ("binary", &["", "AAE="], &["AAE", "*"]),
        (
            "date",
            &["2026-11-22", "2026-11-22T12:00:00Z", "1763812800"],
            &["", "tomorrow", "2026-13-01", "99999999999999999999"],
        ),
    ] {
        for value in good {
            ask(kind, &[value]).ok();
            ask(&format!("{kind}List"), &[value, value]).ok();
        }
        for value in bad {
            let message =
                format!("Invalid value for context key aws:Something: '{value}' is not of the type {kind}.");
            ask(kind, &[value]).fails(400, "InvalidInput", &message);
            ask(&format!("{kind}List"), &[good[0], value]).fails(400, "InvalidInput", &message);
        }
        ask(&format!("{kind}List"), &[]).ok();
        for values in [&[][..], &[good[0], good[1]]] {
            let message = "Context key aws:Something must have exactly one value, or a list as its type.";
            ask(kind, values).fails(400, "InvalidInput", message);
        }
    }
    let (most, more) = ("a".repeat(2_048), "a".repeat(2_049));
    ask("string", &[&most]).ok();
    let message = "A value of context key aws:Something cannot exceed 2048 bytes.";
    ask("string", &[&more]).fails(400, "InvalidInput", message);
    ask("stringList", &["a", &more]).fails(400, "InvalidInput", message);
    let key = "ContextEntries.member.1.ContextKeyName";
    let entry = |more: &Parameters<'_>, message: &str| {
        let mut parameters = CUSTOM.to_vec();
        parameters.extend(more);
        world
            .admin("SimulateCustomPolicy", &parameters)
            .fails(400, "InvalidInput", message);
    };
    entry(
        &[(key, "aws:Something")],
        "Context key aws:Something must have a ContextKeyType.",
    );
    entry(
        &[("ContextEntries.member.1.ContextKeyType", "ip")],
        "Every context entry must have a ContextKeyName.",
    );
    entry(
        &[
            (key, "aws:Something"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", "x"),
            ("ContextEntries.member.2.ContextKeyName", "AWS:something"),
            ("ContextEntries.member.2.ContextKeyType", "string"),
            ("ContextEntries.member.2.ContextKeyValues.member.1", "y"),
        ],
        "Context key AWS:something must not be given twice.",
    );
    // Keys have no case beyond ASCII either.
    entry(
        &[
            (key, "aws:PrincipalTag/équipe"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", "x"),
            (
                "ContextEntries.member.2.ContextKeyName",
                "aws:PrincipalTag/Équipe",
            ),
            ("ContextEntries.member.2.ContextKeyType", "stringList"),
        ],
        "Context key aws:PrincipalTag/Équipe must not be given twice.",
    );
}
