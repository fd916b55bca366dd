//! Tables, as text for a terminal and as Markdown for `docs/performance.md`.

use std::{error::Error, fs, path::Path};

/// A table with a heading.
pub(crate) struct Table {
    heading: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one.
    pub(crate) fn new(heading: &str, columns: &[&str]) -> Self {
        Self {
            heading: heading.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, which has as many cells as there are columns.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table in Markdown, its columns aligned, so that it reads well in a terminal too.
    pub(crate) fn markdown(&self) -> String {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|at| {
                let cells = self.rows.iter().chain([&self.columns]);
                cells
                    .filter_map(|row| row.get(at))
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or_default()
            })
            .collect();
        let line = |cells: &[String]| {
            let padded: Vec<String> = cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            format!("| {} |\n", padded.join(" | "))
        };
        let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!(
            "### {}\n\n{}{}{rows}",
            self.heading,
            line(&self.columns),
            line(&rule)
        )
    }
}

/// A figure with three digits that mean something.
pub(crate) fn short(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

/// A ratio beside its goal: `1.43 (≤ 1.6)`.
pub(crate) fn against(ratio: f64, goal: Option<f64>) -> String {
    match goal {
        Some(goal) if ratio <= goal => format!("{ratio:.2} (≤ {goal})"),
        Some(goal) => format!("**{ratio:.2}** (goal ≤ {goal})"),
        None => format!("{ratio:.2}"),
    }
}

const BEGIN: &str = "<!-- cargo xtask bench: begin -->";
const END: &str = "<!-- cargo xtask bench: end -->";

/// Puts the tables between the two marks of a page.
pub(crate) fn write_into(page: &Path, tables: &[Table]) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(page)?;
    let marked = text
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = marked.ok_or_else(|| {
        format!(
            "{} has no lines `{BEGIN}` and `{END}` to write between",
            page.display()
        )
    })?;
    let tables: Vec<String> = tables.iter().map(Table::markdown).collect();
    fs::write(
        page,
        format!("{before}{BEGIN}\n\n{}\n{END}{after}", tables.join("\n")),
    )?;
    Ok(())
}
