/// How many characters of a document count towards IAM's quotas: all but white space (`facts: policy §6.2`).
///
/// Organization policies and session policies are counted with it; that is `str::chars().count()`.
#[must_use]
pub fn significant_len(document: &str) -> usize {
    document.chars().filter(|c| !c.is_ascii_whitespace()).count()
}
