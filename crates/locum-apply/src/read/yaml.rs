//! YAML 1.2, from the events of `saphyr-parser`.
//!
//! What configuration does not need is refused rather than guessed: tags (`!Ref`) but `!!str`, keys that are no texts, a key twice.
//! Aliases are copied, up to a number of values that no honest file reaches.

use std::{collections::HashMap, sync::Arc};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput};

use super::node::{Entry, Kind, Node, unique};
use crate::{FileError, Place};

/// The depth of nesting at which reading stops.
const MAX_DEPTH: usize = 48;
/// The most values of a file, those of aliases counted each time.
const MAX_VALUES: usize = 500_000;

/// Reads every document of a stream; one that is empty is left out.
pub(super) fn read(file: &Arc<str>, text: &str) -> Result<Vec<Node>, FileError> {
    let mut reader = Reader {
        file,
        events: Parser::new_from_str(text),
        anchors: HashMap::new(),
        values: 0,
    };
    let mut documents = Vec::new();
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(documents),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            other => {
                let node = reader.node(other, span, 0)?;
                let empty = matches!(&node.kind, Kind::Plain(text) if text.is_empty());
                documents.extend((!empty).then_some(node));
            }
        }
    }
}

struct Reader<'a> {
    file: &'a Arc<str>,
    events: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    values: usize,
}

impl<'a> Reader<'a> {
    fn place(&self, marker: &Marker) -> Place {
        Place {
            file: Arc::clone(self.file),
            line: marker.line(),
            column: marker.col() + 1,
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), FileError> {
        match self.events.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => {
                let place = self.place(error.marker());
                Err(FileError::at(&place, format!("not YAML: {}", error.info())))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn count(&mut self, more: usize, place: &Place) -> Result<(), FileError> {
        self.values += more;
        if self.values > MAX_VALUES {
            return Err(FileError::at(
                place,
                "too many values; split the file, or use fewer aliases",
            ));
        }
        Ok(())
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, FileError> {
        let place = self.place(&span.start);
        if depth > MAX_DEPTH {
            return Err(FileError::at(&place, "nested too deeply"));
        }
        self.count(1, &place)?;
        let (kind, anchor, tag) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = text.into_owned();
                let is_text = tag
                    .as_ref()
                    .is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                let kind = match style {
                    ScalarStyle::Plain if !is_text => Kind::Plain(text),
                    _ => Kind::Text(text),
                };
                (kind, anchor, tag.is_some() && !is_text)
            }
            Event::SequenceStart(anchor, tag) => (self.list(depth)?, anchor, tag.is_some()),
            Event::MappingStart(anchor, tag) => (self.map(depth)?, anchor, tag.is_some()),
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(FileError::at(
                        &place,
                        "an alias of what is not complete yet; write it out",
                    ));
                };
                self.count(size(&node), &place)?;
                return Ok(node);
            }
            _ => return Err(FileError::at(&place, "not YAML: a value is missing")),
        };
        if tag {
            return Err(FileError::at(
                &place,
                "tags such as !Ref mean nothing here; write the value itself",
            ));
        }
        let node = Node { place, kind };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Kind, FileError> {
        let mut nodes = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::List(nodes)),
                (event, span) => nodes.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Kind, FileError> {
        let mut entries = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return unique(entries),
                (event, span) => self.node(event, span, depth + 1)?,
            };
            let (Kind::Text(text) | Kind::Plain(text)) = key.kind else {
                return Err(FileError::at(&key.place, "a key must be a text"));
            };
            let (event, span) = self.next()?;
            entries.push(Entry {
                key: text,
                key_place: key.place,
                value: self.node(event, span, depth + 1)?,
            });
        }
    }
}

fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::List(nodes) => 1 + nodes.iter().map(size).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|entry| size(&entry.value)).sum::<usize>(),
        _ => 1,
    }
}
