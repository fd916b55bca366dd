//! Where something is in a document, its statements first of all: in lines and columns.

use std::ops::Range;

use crate::{Policy, Position, Span};

impl Policy {
    /// Where each statement stands in the document, in order.
    #[must_use]
    pub fn statement_spans(&self) -> Vec<Span> {
        self.locate(self.statements().iter().map(|statement| statement.span.clone()))
    }

    /// The same as AWS's simulator tells it. Its reader says where it is, not where the statement is: the first statement
    /// begins right after the bracket that opens the list, or after its own brace where it stands alone, and every
    /// other one where the one before ended.
    #[must_use]
    pub fn simulator_spans(&self) -> Vec<Span> {
        let document = self.document();
        let mut before: Option<usize> = None;
        let spans = self.statements().iter().map(|statement| {
            let Range { start, end } = statement.span.clone();
            let begin = before.unwrap_or_else(|| {
                let head = document.get(..start).unwrap_or_default().trim_end();
                if head.ends_with('[') {
                    head.len()
                } else {
                    start + 1
                }
            });
            before = Some(end);
            begin..end
        });
        self.locate(spans)
    }

    fn locate(&self, ranges: impl Iterator<Item = Range<usize>>) -> Vec<Span> {
        let ranges: Vec<_> = ranges.collect();
        let positions = Positions::of(self.document(), ranges.iter());
        ranges.iter().map(|range| positions.span(range)).collect()
    }
}

/// The positions of all the bytes that some stretches of a text begin and end at, found in one walk over it.
pub(crate) struct Positions(Vec<(usize, Position)>);

const START: Position = Position {
    line: 1,
    column: 0,
    offset: 0,
};

impl Positions {
    pub(crate) fn of<'a>(text: &str, ranges: impl Iterator<Item = &'a Range<usize>>) -> Self {
        let mut wanted: Vec<usize> = ranges.flat_map(|range| [range.start, range.end]).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut wanted = wanted.into_iter().peekable();
        let mut found = Vec::new();
        let mut here = START;
        for (at, c) in text.char_indices() {
            while let Some(byte) = wanted.next_if(|byte| *byte <= at) {
                found.push((byte, here));
            }
            here.offset += 1;
            here.column += 1;
            if c == '\n' {
                here.line += 1;
                here.column = 0;
            }
        }
        found.extend(wanted.map(|byte| (byte, here)));
        Self(found)
    }

    /// Where one of the stretches is.
    pub(crate) fn span(&self, range: &Range<usize>) -> Span {
        Span {
            start: self.at(range.start),
            end: self.at(range.end),
        }
    }

    fn at(&self, byte: usize) -> Position {
        let index = self.0.partition_point(|(at, _)| *at < byte);
        self.0.get(index).map_or(START, |(_, position)| *position)
    }
}
