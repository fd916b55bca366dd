//! The addresses of accounts' owners: what AWS documents beyond the pattern of its model.

/// What the local name of an address must not have, besides what is not a visible character of ASCII.
const FORBIDDEN: &str = "\"'()<>[]:;,\\|%&";

/// Whether an account can be created with an address.
pub(super) fn is_valid(email: &str) -> bool {
    let Some((name, domain)) = email.split_once('@') else {
        return false;
    };
    let of_name = |c: char| c.is_ascii_graphic() && c != '@' && !FORBIDDEN.contains(c);
    let of_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    !name.is_empty()
        && name.chars().all(of_name)
        && !name.starts_with('.')
        && domain.chars().all(of_domain)
        && domain.contains('.')
        && !domain.starts_with(['-', '.'])
        && !domain.ends_with(['-', '.'])
}
