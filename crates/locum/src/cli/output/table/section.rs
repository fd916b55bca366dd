//! One box of a table: how wide its cells are, and its lines as they are drawn.

use super::super::width;

/// Blanks and borders that a cell adds to its text.
const PADDING: usize = 4;
const VALUE_COLOUR: &str = "\u{1b}[1m\u{1b}[34m";
const EDGE_COLOUR: &str = "\u{1b}[2m\u{1b}[33m";
const RESET: &str = "\u{1b}[0m";

#[derive(Default)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) indent: usize,
    pub(super) headers: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Section {
    /// Turns one row under headers into a row for each header.
    pub(super) fn turn(&mut self) {
        if self.rows.len() == 1 && !self.headers.is_empty() {
            let cells = self.rows.pop().unwrap_or_default();
            let headers = std::mem::take(&mut self.headers);
            self.rows = headers
                .into_iter()
                .zip(cells)
                .map(|(header, cell)| vec![header, cell])
                .collect();
        }
    }

    /// The widths of the texts in each column.
    fn columns(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in std::iter::once(&self.headers).chain(&self.rows) {
            for (position, cell) in row.iter().enumerate() {
                let width = cell_width(cell);
                match widths.get_mut(position) {
                    Some(widest) => *widest = width.max(*widest),
                    None => widths.push(width),
                }
            }
        }
        widths
    }

    pub(super) fn width(&self) -> usize {
        let outside = 2 + 2 * self.indent;
        let columns: usize = self.columns().iter().map(|width| width + PADDING).sum();
        (cell_width(&self.title) + outside).max(columns + outside)
    }

    /// The widths of the cells, borders included, stretched to add up to `width`.
    fn stretched(&self, width: usize) -> Vec<usize> {
        let plain: Vec<usize> = self.columns().iter().map(|column| column + PADDING).collect();
        let total: usize = plain.iter().sum();
        if total == 0 {
            return plain;
        }
        let scale = width as f64 / total as f64;
        let mut cells: Vec<usize> = plain
            .iter()
            .map(|cell| (scale * *cell as f64).round_ties_even() as usize)
            .collect();
        loop {
            let sum: usize = cells.iter().sum();
            // Too wide is taken from the left, too narrow added from the right, one by one.
            let over = sum.saturating_sub(width);
            let under = width.saturating_sub(sum);
            if over == 0 && under == 0 {
                return cells;
            }
            cells
                .iter_mut()
                .take(over)
                .for_each(|cell| *cell = cell.saturating_sub(1));
            cells.iter_mut().rev().take(under).for_each(|cell| *cell += 1);
        }
    }

    pub(super) fn render(&self, width: usize, out: &mut Pen) {
        if !self.title.is_empty() {
            out.line(self.indent, &centred(&self.title, width, "|"));
            if self.headers.is_empty() && self.rows.is_empty() {
                out.line(self.indent, &format!("+{}+", "-".repeat(width.saturating_sub(2))));
            }
        }
        let cells = self.stretched(width);
        if cells.is_empty() {
            return;
        }
        let ruler: String = cells
            .iter()
            .enumerate()
            .map(|(position, cell)| {
                let edge = if position == 0 { "+" } else { "" };
                format!("{edge}{}+", "-".repeat(cell.saturating_sub(edge.len() + 1)))
            })
            .collect();
        if !self.headers.is_empty() {
            let line: String = self
                .headers
                .iter()
                .zip(&cells)
                .enumerate()
                .map(|(position, (header, cell))| {
                    centred(header, *cell, if position == 0 { "|" } else { "" })
                })
                .collect();
            out.line(self.indent, &ruler);
            out.line(self.indent, &line);
        }
        if self.rows.is_empty() {
            return;
        }
        out.line(self.indent, &ruler);
        for row in &self.rows {
            let line: String = row
                .iter()
                .zip(&cells)
                .enumerate()
                .map(|(position, (cell, width))| {
                    left(cell, *width, if position == 0 { "|" } else { "" }, out.colour)
                })
                .collect();
            out.line(self.indent, &line);
        }
        out.line(self.indent, &ruler);
    }
}

fn centred(text: &str, width: usize, edge: &str) -> String {
    let own = cell_width(text);
    let before = (width / 2).saturating_sub(own / 2 + 1);
    let after = width.saturating_sub(edge.len() + before + own + 1);
    // Where the text is as wide as the cell, the formula goes one below zero and the right side pays for it.
    let after = if width / 2 < own / 2 + 1 { after + 1 } else { after };
    format!("{edge}{}{text}{}|", " ".repeat(before), " ".repeat(after))
}

fn left(text: &str, width: usize, edge: &str, colour: bool) -> String {
    let own = cell_width(text);
    let padding = if width > own + 2 + edge.len() { 2 } else { 0 };
    let after = width.saturating_sub(edge.len() + padding + own + 1);
    let (on, off) = if colour { (VALUE_COLOUR, RESET) } else { ("", "") };
    format!(
        "{edge}{}{on}{text}{off}{}|",
        " ".repeat(padding),
        " ".repeat(after)
    )
}

/// The cells of a terminal that a text takes; characters of ambiguous width count two, as they do for `aws`.
fn cell_width(text: &str) -> usize {
    width::cells(text)
}

/// Writes lines with their indentation; in colour, everything that is written ends with a reset.
pub(super) struct Pen {
    pub(super) text: String,
    pub(super) colour: bool,
}

impl Pen {
    fn line(&mut self, indent: usize, line: &str) {
        let edge = if self.colour {
            format!("{EDGE_COLOUR}|{RESET}")
        } else {
            "|".to_owned()
        };
        let edges = edge.repeat(indent);
        for part in [&edges, line, &edges, "\n"] {
            self.write(part);
        }
    }

    pub(super) fn write(&mut self, part: &str) {
        self.text.push_str(part);
        if self.colour {
            self.text.push_str(RESET);
        }
    }
}
