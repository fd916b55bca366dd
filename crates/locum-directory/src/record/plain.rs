//! Records just as they are written here, read without a parser of JSON.
//!
//! A start reads a million users, roles and keys, and what a general parser looks for in them (spaces, fields in another
//! order, a number in place of a text) is never there. So their texts are taken from between the pieces that are written
//! around them. Whatever is not to the letter as expected is no plain record, and is left to the parser, which alone decides
//! what is a record and what is not.

use std::{borrow::Cow, collections::VecDeque};

use locum_names::UniqueId;
use locum_policy::{Policy, PolicyError, PolicyKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::{FromText, Text};
use crate::Documents;

/// Documents are longer than all else in a record, written with an escape every few letters, and mostly the same.
const RECENT: usize = 16;

/// Documents that were read last, as they are written in JSON between the quotes, and what was made of them.
#[derive(Default)]
pub(crate) struct Recent(VecDeque<(Box<str>, Policy)>);

impl Recent {
    fn remember(&mut self, written: &str, policy: &Policy) {
        self.0.truncate(RECENT - 1);
        self.0.push_front((written.into(), policy.clone()));
    }
}

/// A policy document in a record.
pub(super) enum Document<'a> {
    Text(Cow<'a, str>),
    /// One that was read before.
    Known(Policy),
    /// To be remembered as it is written.
    New {
        written: &'a str,
        text: String,
    },
}

impl Document<'_> {
    /// What is made of it. All that one `recent` is given to are of one kind.
    pub(super) fn compile(
        self,
        kind: PolicyKind,
        documents: &Documents,
        recent: &mut Recent,
    ) -> Result<Policy, PolicyError> {
        match self {
            Self::Text(text) => documents.compile(&text, kind),
            Self::Known(policy) => Ok(policy),
            Self::New { written, text } => {
                let policy = documents.compile(&text, kind)?;
                recent.remember(written, &policy);
                Ok(policy)
            }
        }
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Text(text) => text,
            Self::Known(policy) => policy.document(),
            Self::New { text, .. } => text,
        })
    }
}

impl<'de> Deserialize<'de> for Document<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::Text(text.into()))
    }
}

/// What is left to read of a record. Every reader says `None` if the next is not what it reads, and then nothing is known.
pub(super) struct Plain<'a>(&'a str);

impl<'a> Plain<'a> {
    pub(super) const fn new(json: &'a str) -> Self {
        Self(json)
    }

    /// These very characters.
    pub(super) fn literal(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// A text up to its closing quote, which is not read, with nothing in it that is written otherwise than it is.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let (text, _) = self.0.split_once('"')?;
        // A fold without an early end lets the compiler look at many of them at a time.
        let odd = |odd, byte: u8| odd | (byte == b'\\') | (byte < b' ');
        if text.bytes().fold(false, odd) {
            return None;
        }
        self.0 = self.0.get(text.len()..)?;
        Some(text)
    }

    /// What a [`text`](Self::text) says.
    pub(super) fn value<T: FromText>(&mut self) -> Option<Text<T>> {
        let text = self.text()?;
        T::at_once(text).or_else(|| text.parse().ok()).map(Text)
    }

    /// A document between quotes: one of `recent`, or one that the parser reads out of what is written.
    pub(super) fn document(&mut self, recent: &Recent) -> Option<Document<'a>> {
        let inside = self.0.strip_prefix('"')?;
        for (written, policy) in &recent.0 {
            if let Some(rest) = inside
                .strip_prefix(&**written)
                .and_then(|rest| rest.strip_prefix('"'))
            {
                self.0 = rest;
                return Some(Document::Known(policy.clone()));
            }
        }
        let mut bytes = inside.bytes().enumerate();
        let end = loop {
            match bytes.next()? {
                (end, b'"') => break end,
                (_, b'\\') => _ = bytes.next()?,
                _ => {}
            }
        };
        let text = serde_json::from_str(self.0.get(..end + 2)?).ok()?;
        self.0 = inside.get(end + 1..)?;
        let written = inside.get(..end)?;
        Some(Document::New { written, text })
    }

    /// A number of at most nine digits.
    pub(super) fn number(&mut self) -> Option<u32> {
        let end = self.0.bytes().take(10).position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        // No number is written with a zero before it.
        (digits == "0" || !digits.starts_with('0')).then(|| digits.parse().ok())?
    }

    /// A field that is there or not: what `begin` leads to.
    pub(super) fn optional<T: FromText>(&mut self, begin: &str) -> Option<Option<Text<T>>> {
        if self.literal(begin).is_none() {
            return Some(None);
        }
        let value = self.value()?;
        self.literal("\"")?;
        Some(Some(value))
    }

    /// A list that is there and not empty, or not there: what `begin` leads to.
    pub(super) fn list(&mut self, begin: &str) -> Option<Vec<Text<UniqueId>>> {
        let mut list = Vec::new();
        if self.literal(begin).is_some() {
            loop {
                self.literal("\"")?;
                list.push(self.value()?);
                if self.literal("\",").is_none() {
                    break self.literal("\"]")?;
                }
            }
        }
        Some(list)
    }

    /// The end of the record, and no more.
    pub(super) fn end(self) -> Option<()> {
        (self.0 == "}").then_some(())
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
