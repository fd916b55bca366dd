//! The condition keys of a simulated request, checked against the types they are given.

use std::net::IpAddr;

use base64::{Engine, prelude::BASE64_STANDARD};
use locum_api::{ApiError, iam::ContextEntry};
use locum_policy::Context;

use super::invalid;

/// A condition looks through all of them.
const MAX_ENTRIES: usize = 256;
/// How long a value may be, in bytes: it is compared with every value of a policy.
const MAX_VALUE: usize = 2_048;
/// How much of a value goes into a message, in characters.
const SHOWN: usize = 128;

/// Reads `ContextEntries`.
///
/// # Errors
/// A key or a type is missing or a key there twice, a value is too long or not of its type, or there are several for a type that is
/// no list.
pub(super) fn read(entries: &[ContextEntry]) -> Result<Context<'static>, ApiError> {
    if entries.len() > MAX_ENTRIES {
        return Err(invalid(format!(
            "The list of context entries cannot exceed {MAX_ENTRIES} items."
        )));
    }
    let mut context = Context::with_capacity(entries.len());
    for entry in entries {
        let Some(key) = entry.context_key_name.as_deref() else {
            return Err(invalid("Every context entry must have a ContextKeyName."));
        };
        let Some(kind) = entry.context_key_type.as_deref() else {
            return Err(invalid(format!("Context key {key} must have a ContextKeyType.")));
        };
        if context.get(key).is_some() {
            return Err(invalid(format!("Context key {key} must not be given twice.")));
        }
        let (scalar, list) = match kind.strip_suffix("List") {
            Some(scalar) => (scalar, true),
            None => (kind, false),
        };
        for value in &entry.context_key_values {
            if value.len() > MAX_VALUE {
                return Err(invalid(format!(
                    "A value of context key {key} cannot exceed {MAX_VALUE} bytes."
                )));
            }
            if !is_of(scalar, value) {
                let shown: String = value.chars().take(SHOWN).collect();
                return Err(invalid(format!(
                    "Invalid value for context key {key}: '{shown}' is not of the type {scalar}."
                )));
            }
        }
        match (list, entry.context_key_values.as_slice()) {
            (true, values) => context.set_many(key.to_owned(), values.iter().cloned()),
            (false, [value]) => context.set(key.to_owned(), value.clone()),
            (false, _) => {
                return Err(invalid(format!(
                    "Context key {key} must have exactly one value, or a list as its type."
                )));
            }
        }
    }
    Ok(context)
}

/// Whether a value is of a type; the comparison itself is for the engine to make.
fn is_of(kind: &str, value: &str) -> bool {
    match kind {
        "numeric" => is_number(value),
        "boolean" => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        "ip" => is_address(value),
        "binary" => BASE64_STANDARD.decode(value).is_ok(),
        "date" => is_date(value),
        _ => true,
    }
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    }
}

/// An address, or a range of them.
fn is_address(text: &str) -> bool {
    let (address, width) = match text.split_once('/') {
        Some((address, width)) => (address, width.parse::<u8>().ok()),
        None => (text, Some(0)),
    };
    match (address.parse::<IpAddr>(), width) {
        (Ok(IpAddr::V4(_)), Some(width)) => width <= 32,
        (Ok(IpAddr::V6(_)), Some(width)) => width <= 128,
        _ => false,
    }
}

/// Seconds since 1970, or a date as policies write it: `2026-11-22`, `2026-11-22T12:00:00Z`.
fn is_date(text: &str) -> bool {
    let seconds = text.strip_prefix('-').unwrap_or(text);
    let digits = !seconds.is_empty() && seconds.bytes().all(|b| b.is_ascii_digit());
    let is_epoch = digits && text.parse::<i64>().is_ok();
    is_epoch || text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::Date>().is_ok()
}
