//! Tables, as text for a terminal and as Markdown for `docs/performance.md`.

/// A table with a heading and, below it, what one must know to read it.
pub(crate) struct Table {
    heading: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    caption: Option<String>,
}

impl Table {
    /// An empty one.
    pub(crate) fn new(heading: &str, columns: &[&str]) -> Self {
        Self {
            heading: heading.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
            caption: None,
        }
    }

    /// Adds a row, which has as many cells as there are columns.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Says below it what one must know to read it.
    pub(crate) fn caption(&mut self, text: impl Into<String>) {
        self.caption = Some(text.into());
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
        let caption = self
            .caption
            .as_ref()
            .map_or_else(String::new, |text| format!("\n{text}\n"));
        format!(
            "### {}\n\n{}{}{rows}{caption}",
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

/// What a figure should reach.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    /// `(≤ 1.6)`, and what it is beside if it is not reached.
    pub(crate) fn beside(self, figure: f64, shown: &str) -> String {
        let (met, sign, goal) = match self {
            Self::AtMost(goal) => (figure <= goal, '≤', goal),
            Self::AtLeast(goal) => (figure >= goal, '≥', goal),
        };
        if met {
            format!("{shown} ({sign} {goal})")
        } else {
            format!("**{shown}** (goal {sign} {goal})")
        }
    }
}

/// A ratio beside its goal: `1.43 (≤ 1.6)`, or `**1.70** (goal ≤ 1.6)`.
pub(crate) fn against(ratio: f64, goal: Option<Goal>) -> String {
    let shown = format!("{ratio:.2}");
    match goal {
        Some(goal) => goal.beside(ratio, &shown),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_goals_that_are_missed_stand_out() {
        assert_eq!([short(7.0), short(70.25), short(700.4)], ["7.00", "70.2", "700"]);
        assert_eq!(against(1.6, Some(Goal::AtMost(1.6))), "1.60 (≤ 1.6)");
        assert_eq!(against(1.7, Some(Goal::AtMost(1.6))), "**1.70** (goal ≤ 1.6)");
        assert_eq!(against(0.91, Some(Goal::AtLeast(0.9))), "0.91 (≥ 0.9)");
        assert_eq!(against(0.5, Some(Goal::AtLeast(0.9))), "**0.50** (goal ≥ 0.9)");
        assert_eq!(against(3.0, None), "3.00");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_the_caption_comes_last() {
        let mut table = Table::new("Figures", &["what", "µs"]);
        table.row(vec!["call".to_owned(), "12.5".to_owned()]);
        table.caption("Of a machine.");
        assert_eq!(
            table.markdown(),
            "### Figures\n\n| what | µs   |\n| ---- | ---- |\n| call | 12.5 |\n\nOf a machine.\n"
        );
    }
}
