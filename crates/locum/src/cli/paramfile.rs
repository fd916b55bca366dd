//! Values that stand in a file: `file://` and `fileb://`.

use std::path::PathBuf;

use super::config::Environment;

/// What a `file://` or `fileb://` value stands for.
pub(crate) enum Content {
    /// The text of the file, to the last line feed.
    Text(String),
    /// The bytes of the file, which no parameter of this service takes.
    Bytes(Vec<u8>),
}

/// Reads the file that `value` names, or returns `None` when it names none.
pub(crate) fn load(value: &str, environment: &Environment) -> Result<Option<Content>, String> {
    let (path, binary) = match (value.strip_prefix("file://"), value.strip_prefix("fileb://")) {
        (Some(path), _) => (path, false),
        (_, Some(path)) => (path, true),
        (None, None) => return Ok(None),
    };
    let path = expand(path, environment);
    let bytes = std::fs::read(&path).map_err(|error| {
        let shown = path.display();
        match error.raw_os_error() {
            Some(number) => {
                let text = error.to_string();
                let text = text.split(" (os error").next().unwrap_or_default();
                format!("Unable to load paramfile {value}: [Errno {number}] {text}: '{shown}'")
            }
            None => format!("Unable to load paramfile {value}: {error}"),
        }
    })?;
    if binary {
        return Ok(Some(Content::Bytes(bytes)));
    }
    String::from_utf8(bytes).map(|text| Some(Content::Text(text))).map_err(|_| {
        format!(
            "Unable to load paramfile ({}), text contents could not be decoded.  If this is a binary file, please use \
             the fileb:// prefix instead of the file:// prefix.",
            path.display()
        )
    })
}

/// Replaces a leading `~` and every `$NAME` or `${NAME}` that is set.
pub(crate) fn expand(path: &str, environment: &Environment) -> PathBuf {
    let mut out = String::new();
    let mut rest = path;
    if let Some(home) = environment.home()
        && let Some(tail) = path.strip_prefix('~')
        && (tail.is_empty() || tail.starts_with('/'))
    {
        out.push_str(&home);
        rest = tail;
    }
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (name, tail, plain) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((name, tail)) => (name, tail, format!("${{{name}}}")),
            None => {
                let end = after
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                let (name, tail) = after.split_at(end);
                (name, tail, format!("${name}"))
            }
        };
        out.push_str(&environment.get(name).unwrap_or(plain));
        rest = tail;
    }
    out.push_str(rest);
    PathBuf::from(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_expand_when_they_are_set() {
        let environment = Environment::of(&[("HOME", "/h"), ("A", "x")]);
        for (path, expected) in [
            ("~/f", "/h/f"),
            ("~", "/h"),
            ("~user/f", "~user/f"),
            ("/a/$A/b", "/a/x/b"),
            ("/a/${A}b", "/a/xb"),
            ("/a/$UNSET/b$", "/a/$UNSET/b$"),
        ] {
            assert_eq!(expand(path, &environment), PathBuf::from(expected), "{path}");
        }
    }
}
