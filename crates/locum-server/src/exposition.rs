//! The text format of Prometheus: what every part that counts something is shown by.
//!
//! Names, help and labels are the program's own text, so nothing has to be escaped.

use std::fmt::Write as _;

/// Writes what stands before the values of a metric.
pub fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string cannot fail; neither below.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// Writes a value with its labels.
pub fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: u64) {
    out.push_str(name);
    for (index, (label, text)) in labels.iter().enumerate() {
        let _ = write!(out, "{}{label}=\"{text}\"", if index == 0 { '{' } else { ',' });
    }
    let _ = writeln!(out, "{} {value}", if labels.is_empty() { "" } else { "}" });
}

/// Writes a metric that has one value.
pub fn single(out: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    head(out, name, kind, help);
    line(out, name, &[], value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_under_their_head() {
        let mut out = String::new();
        single(&mut out, "a_total", "counter", "What is counted.", 3);
        head(&mut out, "b", "gauge", "What is measured.");
        line(&mut out, "b", &[("of", "x"), ("by", "y")], 0);
        assert_eq!(
            out,
            "# HELP a_total What is counted.\n# TYPE a_total counter\na_total 3\n\
             # HELP b What is measured.\n# TYPE b gauge\nb{of=\"x\",by=\"y\"} 0\n"
        );
    }
}
