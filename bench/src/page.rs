//! A page that tables are written into: each part has two marks of its own, and what is between them is replaced.

/// The page with `text` between the marks of a part.
///
/// # Errors
/// A sentence, if the page does not have both marks once.
pub(crate) fn replaced(page: &str, part: &str, text: &str) -> Result<String, String> {
    let [begin, end] = ["begin", "end"].map(|edge| format!("<!-- cargo xtask bench {part}: {edge} -->"));
    let marked = page
        .split_once(&begin)
        .and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)))
        .filter(|(_, after)| !after.contains(&begin) && !after.contains(&end));
    match marked {
        Some((before, after)) => Ok(format!("{before}{begin}\n\n{text}\n{end}{after}")),
        None => Err(format!(
            "the page lacks the lines `{begin}` and `{end}`, each once, to write between"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Page\n\n<!-- cargo xtask bench calls: begin -->\nold\n<!-- cargo xtask bench calls: end -->\n\n\
                        <!-- cargo xtask bench rest: begin -->\n<!-- cargo xtask bench rest: end -->\nafter\n";

    #[test]
    fn only_the_part_that_was_measured_is_replaced() {
        let page = replaced(PAGE, "calls", "new\n").unwrap();
        assert_eq!(page, PAGE.replace("begin -->\nold\n", "begin -->\n\nnew\n\n"));
        assert_eq!(replaced(&page, "calls", "new\n").unwrap(), page);
        let rest = replaced(PAGE, "rest", "new\n").unwrap();
        assert!(
            rest.contains("old") && rest.ends_with("new\n\n<!-- cargo xtask bench rest: end -->\nafter\n")
        );
    }

    #[test]
    fn marks_that_are_missing_or_doubled_are_named() {
        let error = replaced(PAGE, "growth", "new\n").unwrap_err();
        assert!(
            error.contains("<!-- cargo xtask bench growth: begin -->"),
            "{error}"
        );
        assert!(replaced(&PAGE.repeat(2), "calls", "new\n").is_err());
        assert!(replaced(&PAGE.replace("calls: end", "calls: fin"), "calls", "new\n").is_err());
    }
}
