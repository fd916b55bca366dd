//! Lines of one's own making, for prompts and scripts: text with fields in braces.

use std::str::FromStr;

use super::identity::Identity;

/// A field, and what it says.
type Field = fn(&Identity) -> String;

const FIELDS: [(&str, Field); 14] = [
    ("profile", |who| who.profile.clone()),
    ("account", |who| or_nothing(&who.account)),
    ("alias", |who| or_nothing(&who.alias)),
    ("arn", |who| or_nothing(&who.arn)),
    ("user_id", |who| or_nothing(&who.user_id)),
    ("name", |who| who.name().unwrap_or_default()),
    ("session", |who| who.session_name().unwrap_or_default()),
    ("left", Identity::left),
    ("seconds", |who| {
        who.seconds_left()
            .map(|seconds| seconds.to_string())
            .unwrap_or_default()
    }),
    ("expiration", |who| {
        who.expiration.map(|end| end.to_string()).unwrap_or_default()
    }),
    ("region", |who| or_nothing(&who.region)),
    ("source", |who| who.source().to_owned()),
    ("state", |who| who.state_word().to_owned()),
    ("key", |who| or_nothing(&who.access_key_id)),
];

fn or_nothing(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

/// A template, taken apart.
#[derive(Clone)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone)]
enum Part {
    Text(String),
    Field(Field),
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Template({} parts)", self.0.len())
    }
}

/// A template that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TemplateError {
    #[error("there is no field {{{0}}}")]
    Unknown(String),
    #[error("a brace stands alone; write {{{{ or }}}} for a brace itself")]
    Brace,
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '{' | '}' if letters.next_if_eq(&letter).is_some() => plain.push(letter),
                '}' => return Err(TemplateError::Brace),
                '{' => {
                    let mut name = String::new();
                    loop {
                        match letters.next() {
                            None | Some('{') => return Err(TemplateError::Brace),
                            Some('}') => break,
                            Some(letter) => name.push(letter),
                        }
                    }
                    let field = FIELDS.iter().find(|(known, _)| *known == name);
                    let (_, field) = field.ok_or(TemplateError::Unknown(name))?;
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    parts.push(Part::Field(*field));
                }
                other => plain.push(other),
            }
        }
        parts.push(Part::Text(plain));
        Ok(Self(parts))
    }
}

impl Template {
    /// Returns the line, without its end. What comes from files and servers can not break it or drive a terminal.
    pub(super) fn fill(&self, who: &Identity) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(field) => locum_credentials::one_line(&field(who)),
        });
        parts.collect()
    }
}
