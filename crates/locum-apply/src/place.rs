//! Where something stands in the files of a person, and what is wrong there.

use std::{fmt, sync::Arc};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as it was named.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// Returns the place of a byte of a text.
    pub(crate) fn of_byte(file: &Arc<str>, text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        Self {
            file: Arc::clone(file),
            line,
            column,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What is wrong with a file: where, what, and how to mend it, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct FileError {
    /// Where, if it is one place.
    pub place: Option<Place>,
    /// What, and the way out.
    pub message: String,
}

impl FileError {
    /// Makes an error about a place.
    pub(crate) fn at(place: &Place, message: impl Into<String>) -> Self {
        Self {
            place: Some(place.clone()),
            message: message.into(),
        }
    }

    /// Adds the place unless a more precise one is known.
    pub(crate) fn or_at(mut self, place: &Place) -> Self {
        self.place.get_or_insert_with(|| place.clone());
        self
    }
}

impl serde::de::Error for FileError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            place: None,
            message: message.to_string(),
        }
    }
}
