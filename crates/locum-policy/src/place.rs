//! Where the statements of a policy are, in lines and columns.

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

    /// Turns byte ranges, ascending in their starts and ends, into spans in one walk over the document.
    fn locate(&self, ranges: impl Iterator<Item = Range<usize>>) -> Vec<Span> {
        let mut walk = Walk {
            rest: self.document(),
            at: 0,
            here: Position {
                line: 1,
                column: 0,
                offset: 0,
            },
        };
        ranges
            .map(|range| Span {
                start: walk.to(range.start),
                end: walk.to(range.end),
            })
            .collect()
    }
}

struct Walk<'a> {
    rest: &'a str,
    at: usize,
    here: Position,
}

impl Walk<'_> {
    /// Goes on to a byte that is not behind.
    fn to(&mut self, byte: usize) -> Position {
        let step = byte.saturating_sub(self.at);
        let (passed, rest) = self.rest.split_at_checked(step).unwrap_or((self.rest, ""));
        for c in passed.chars() {
            self.here.offset += 1;
            self.here.column += 1;
            if c == '\n' {
                self.here.line += 1;
                self.here.column = 0;
            }
        }
        self.rest = rest;
        self.at = byte;
        self.here
    }
}
