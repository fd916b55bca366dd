//! The environment variables as the chain sees them: a map, so that tests need no process of their own.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use crate::quote::plain;

/// An environment variable whose value is not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The environment variable {} is not UTF-8", plain(.0))]
pub struct NotText(pub String);

/// Whether somebody looks for a variable of this name.
fn is_read(name: &str) -> bool {
    name.starts_with("AWS_") || name.starts_with("LOCUM_") || ["HOME", "XDG_STATE_HOME"].contains(&name)
}

/// The environment variables of a command.
#[derive(Default, Clone)]
pub struct Environment {
    variables: HashMap<String, String>,
    /// The home directory that the system has for whoever runs this.
    of_account: Option<String>,
}

impl fmt::Debug for Environment {
    /// Shows no values: some are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Environment({} variables)", self.variables.len())
    }
}

impl Environment {
    /// Takes the variables of this process, those that are text.
    ///
    /// # Errors
    /// One that is read here is not text: passing over it would mean another profile or other files.
    pub fn of_process() -> Result<Self, NotText> {
        // What starts at boot or by a clock often has no `HOME`; the original finds its files all the same.
        let home = std::env::home_dir().and_then(|home| home.into_os_string().into_string().ok());
        Self::of_system(std::env::vars_os(), home)
    }

    fn of_system(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        home: Option<String>,
    ) -> Result<Self, NotText> {
        let mut text = HashMap::new();
        for (name, value) in variables {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => {
                    text.insert(name, value);
                }
                Err(_) if is_read(&name) => return Err(NotText(name)),
                Err(_) => {}
            }
        }
        Ok(Self {
            variables: text,
            of_account: home.filter(|home| home.starts_with('/')),
        })
    }

    /// Takes the variables given.
    #[must_use]
    pub fn of(variables: &[(&str, &str)]) -> Self {
        Self {
            variables: variables
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            of_account: None,
        }
    }

    /// Returns a variable, set or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    /// Returns a variable that is set to something.
    #[must_use]
    pub fn non_empty(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Returns the names of all variables, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// Returns the home directory: what `HOME` says, or the account where nothing does. An empty `HOME` is none.
    #[must_use]
    pub fn home(&self) -> Option<String> {
        let named = ["HOME", "USERPROFILE"].into_iter();
        let named = named.filter_map(|name| self.non_empty(name)).next();
        named.or_else(|| match self.get("HOME") {
            Some(_) => None,
            None => self.of_account.clone(),
        })
    }

    /// Returns a path with a leading `~` and every `$NAME` or `${NAME}` that is set replaced.
    #[must_use]
    pub fn expand(&self, path: &str) -> PathBuf {
        let mut out = String::new();
        let mut rest = path;
        if let Some(home) = self.home()
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
            out.push_str(&self.get(name).unwrap_or(plain));
            rest = tail;
        }
        out.push_str(rest);
        PathBuf::from(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_text_is_refused_where_it_is_read() {
        use std::os::unix::ffi::OsStringExt as _;
        let broken = || OsString::from_vec(b"prod\xff".to_vec());
        let of =
            |name: &str| Environment::of_system([(name.into(), broken()), ("A".into(), "x".into())], None);
        for name in [
            "AWS_PROFILE",
            "AWS_CONFIG_FILE",
            "LOCUM_VAULT",
            "HOME",
            "XDG_STATE_HOME",
        ] {
            assert_eq!(of(name).unwrap_err(), NotText(name.to_owned()));
        }
        let environment = of("LS_COLORS").unwrap();
        assert_eq!(
            (environment.get("A").as_deref(), environment.get("LS_COLORS")),
            (Some("x"), None)
        );
        assert!(Environment::of_system([(broken(), "x".into())], None).is_ok());
    }

    #[test]
    fn who_has_no_home_variable_has_a_home() {
        for (variable, account, expected) in [
            (Some("/h"), Some("/root"), Some("/h")),
            (None, Some("/root"), Some("/root")),
            // Somebody wants none.
            (Some(""), Some("/root"), None),
            (Some(""), Some(""), None),
            (None, Some("nowhere"), None),
            (None, None, None),
        ] {
            let variables = variable.map(|home| ("HOME".into(), home.into()));
            let environment = Environment::of_system(variables, account.map(str::to_owned)).unwrap();
            assert_eq!(
                environment.home().as_deref(),
                expected,
                "{variable:?} {account:?}"
            );
            let path = expected.map_or_else(|| "~/f".to_owned(), |home| format!("{home}/f"));
            assert_eq!(environment.expand("~/f"), PathBuf::from(path));
        }
    }

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
            assert_eq!(environment.expand(path), PathBuf::from(expected), "{path}");
        }
    }
}
