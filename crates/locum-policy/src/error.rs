use std::{borrow::Cow, ops::Range};

/// Why a document was refused. `message` is AWS's text where it is known; `detail` says what is wrong and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PolicyError {
    /// The message of the `MalformedPolicyDocument` answer.
    pub message: Cow<'static, str>,
    /// What exactly is wrong, for a person at a terminal.
    pub detail: Cow<'static, str>,
    /// The byte offset in the document, when there is one place to point at.
    pub offset: Option<usize>,
}

impl PolicyError {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
            detail: detail.into(),
            offset: None,
        }
    }

    pub(crate) fn at(mut self, span: &Range<usize>) -> Self {
        self.offset = Some(span.start);
        self
    }

    /// The line and column of the offset in `document`, both from 1, the column in characters.
    #[must_use]
    pub fn line_and_column(&self, document: &str) -> Option<(usize, usize)> {
        let before = document.get(..self.offset?)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        Some((line, column))
    }
}
