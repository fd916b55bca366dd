//! Rows of short texts under each other, for people.

use locum_credentials::one_line;

/// Puts rows in columns below their headings. Each cell is one harmless line; the last column is as wide as it likes.
pub(crate) fn table<const N: usize>(
    headings: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows = rows.into_iter().map(|row| row.map(|cell| one_line(&cell)));
    let rows: Vec<[String; N]> = std::iter::once(headings.map(str::to_owned)).chain(rows).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["é", "a\u{1b}\nb"], ["long name", "x"]].map(|row| row.map(str::to_owned));
        assert_eq!(
            table(["A", "B"], rows),
            "A          B\né          a\\x1b\\nb\nlong name  x\n"
        );
        assert_eq!(table(["A", "B"], []), "A  B\n");
    }
}
