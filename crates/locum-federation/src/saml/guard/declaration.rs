//! The XML declaration, of which one form is admitted.

use super::{GuardError, is_space};

/// Takes off the XML declaration, if the document has one.
pub(super) fn after_declaration(text: &str) -> Result<&str, GuardError> {
    let Some(rest) = text.strip_prefix("<?xml") else {
        return Ok(text);
    };
    let (declaration, body) = rest.split_once("?>").ok_or(GuardError::Declaration)?;
    let (version, mut rest) = pseudo_attribute(declaration, "version").ok_or(GuardError::Declaration)?;
    if version != "1.0" {
        return Err(GuardError::Declaration);
    }
    if let Some((encoding, after)) = pseudo_attribute(rest, "encoding") {
        if !encoding.eq_ignore_ascii_case("utf-8") {
            return Err(GuardError::Encoding);
        }
        rest = after;
    }
    if let Some(("yes" | "no", after)) = pseudo_attribute(rest, "standalone") {
        rest = after;
    }
    if rest.trim_matches(is_space).is_empty() {
        Ok(body)
    } else {
        Err(GuardError::Declaration)
    }
}

/// Takes ` name="value"` off the start of an XML declaration's content.
fn pseudo_attribute<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let rest = text.strip_prefix(is_space)?.trim_start_matches(is_space);
    let rest = rest.strip_prefix(name)?.trim_start_matches(is_space);
    let rest = rest.strip_prefix('=')?.trim_start_matches(is_space);
    let quote = rest.chars().next().filter(|&c| c == '"' || c == '\'')?;
    rest.strip_prefix(quote)?.split_once(quote)
}
