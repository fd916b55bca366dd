//! Variables as a shell or another program reads them.
//!
//! What is printed is run, so a value must mean itself and nothing else. A value that a format cannot hold for certain is
//! refused by name. Control characters always are: no credentials have them, and a line break ends more than a line.

use locum_credentials::Environment;
use serde_json::{Map, Value};

use super::{Surroundings, Variables, to_unset};
use crate::outcome::hint;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// bash, zsh, and every other shell of that family.
    Sh,
    /// fish.
    Fish,
    /// PowerShell.
    PowerShell,
    /// The command prompt of Windows.
    Cmd,
    /// A file of variables, one a line.
    Dotenv,
    /// A JSON object of variables.
    Json,
}

/// A value that cannot be told in a format.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value of {0} has characters that cannot be quoted for {1}: choose another --format")]
pub(crate) struct Unquotable(String, &'static str);

impl Format {
    /// Every format by its name, its aliases behind it.
    pub(crate) const NAMES: [(&'static str, Self); 11] = [
        ("sh", Self::Sh),
        ("bash", Self::Sh),
        ("zsh", Self::Sh),
        ("fish", Self::Fish),
        ("powershell", Self::PowerShell),
        ("pwsh", Self::PowerShell),
        ("cmd", Self::Cmd),
        ("dotenv", Self::Dotenv),
        ("json", Self::Json),
        ("dash", Self::Sh),
        ("ksh", Self::Sh),
    ];

    /// Finds a format by its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let found = Self::NAMES.into_iter().find(|(other, _)| *other == name);
        found.map(|(_, format)| format)
    }

    /// Returns what the shell at this path reads, if that is known; without a path, that of the system.
    pub(crate) fn of_shell(path: Option<&str>) -> Option<Self> {
        let Some(path) = path.filter(|path| !path.is_empty()) else {
            return Some(if cfg!(windows) { Self::PowerShell } else { Self::Sh });
        };
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.strip_suffix(".exe").unwrap_or(name).trim_start_matches('-');
        match Self::named(name)? {
            Self::Dotenv | Self::Json => None,
            shell => Some(shell),
        }
    }

    /// Returns how a person hands what is printed to the shell.
    pub(crate) fn advice(self, command: &str) -> Option<String> {
        match self {
            Self::Sh => Some(format!("eval \"$({command})\"")),
            Self::Fish => Some(format!("{command} | source")),
            Self::PowerShell => Some(format!("{command} | Out-String | Invoke-Expression")),
            Self::Cmd | Self::Dotenv | Self::Json => None,
        }
    }

    /// Refuses surroundings that cannot be told, before anybody is asked for credentials.
    pub(crate) fn check(self, around: &Surroundings) -> Result<(), Unquotable> {
        self.write(&Variables::of_instance("", around)).map(drop)
    }

    /// Writes what sets the variables, and removes what would contradict them.
    pub(crate) fn write(self, variables: &Variables) -> Result<String, Unquotable> {
        if self == Self::Json {
            let object: Map<String, Value> = variables
                .to_set()
                .iter()
                .map(|(name, value)| (name.to_string(), Value::from(value.expose())))
                .collect();
            return Ok(format!("{:#}\n", Value::from(object)));
        }
        let mut text: String = variables
            .to_remove()
            .filter_map(|name| self.unset(name))
            .collect();
        for (name, value) in variables.to_set() {
            let line = self.set(name, value.expose());
            text.push_str(&line.ok_or_else(|| Unquotable(name.to_string(), self.name()))?);
        }
        Ok(text)
    }

    /// Writes what removes every variable that may have been set; with `endpoint`, also those that lead to one.
    pub(crate) fn removal(self, environment: &Environment, endpoint: bool) -> String {
        let names = to_unset(environment, endpoint);
        names.iter().filter_map(|name| self.unset(name)).collect()
    }

    /// Returns what would contradict the variables in this environment, and stays because nothing removes it here.
    pub(crate) fn leaves<'a>(self, variables: &'a Variables, environment: &Environment) -> Vec<&'a str> {
        let removed = variables.to_remove();
        removed
            .filter(|name| self.unset(name).is_none() && environment.non_empty(name).is_some())
            .collect()
    }

    /// Tells a person about it.
    pub(crate) fn tell_what_stays(self, variables: &Variables, environment: &Environment) {
        let names = self.leaves(variables, environment);
        if !names.is_empty() {
            hint(&format!(
                "{} cannot remove variables; set here, and contradicting these wherever they are: {}",
                self.name(),
                names.join(", ")
            ));
        }
    }

    /// Writes what removes a variable; `None` where nothing can.
    pub(crate) fn unset(self, name: &str) -> Option<String> {
        match self {
            Self::Sh => Some(format!("unset {name}\n")),
            // A universal one is in every session of the user, for good: that is theirs to remove.
            Self::Fish => Some(format!(
                "set -eg {name}; set -qU {name}; and echo 'locum: {name} is a universal variable and stays; this removes it: \
                 set -eU {name}' >&2;\n"
            )),
            Self::PowerShell => Some(format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue;\n")),
            Self::Cmd => Some(format!("set \"{name}=\"\r\n")),
            Self::Dotenv | Self::Json => None,
        }
    }

    /// Writes what sets a variable; `None` where the value cannot be told.
    fn set(self, name: &str, value: &str) -> Option<String> {
        if value.chars().any(char::is_control) {
            return None;
        }
        match self {
            // Within single quotes nothing means anything but the quote.
            Self::Sh => Some(format!("export {name}='{}'\n", value.replace('\'', r"'\''"))),
            Self::Fish => {
                let value = value.replace('\\', r"\\").replace('\'', r"\'");
                Some(format!("set -gx {name} '{value}';\n"))
            }
            Self::PowerShell => {
                // It takes typographic quotes for the plain one.
                let mut quoted = String::with_capacity(value.len());
                for letter in value.chars() {
                    if matches!(letter, '\'' | '\u{2018}'..='\u{201b}') {
                        quoted.push(letter);
                    }
                    quoted.push(letter);
                }
                Some(format!("$Env:{name} = '{quoted}';\n"))
            }
            // A percent sign means another thing in a file than on a line, and a quote cannot be escaped.
            Self::Cmd => {
                let plain = !value.contains(['"', '%', '!']);
                plain.then(|| format!("set \"{name}={value}\"\r\n"))
            }
            // Readers differ in what quotes mean, so there are none where none are needed.
            Self::Dotenv => {
                let is_bare = |b: u8| b.is_ascii_alphanumeric() || b"_-+/=.,:@".contains(&b);
                if value.bytes().all(is_bare) {
                    Some(format!("{name}={value}\n"))
                } else {
                    let plain = !value.contains(['\'', '\\']);
                    plain.then(|| format!("{name}='{value}'\n"))
                }
            }
            Self::Json => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sh => "sh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Cmd => "cmd",
            Self::Dotenv => "dotenv",
            Self::Json => "json",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    fn of(value: &str) -> Variables {
        let mut variables = Variables::default();
        variables.set("AWS_REGION", value);
        variables
    }

    fn last_line(format: Format, value: &str) -> Option<String> {
        let text = format.write(&of(value)).ok()?;
        text.lines().last().map(str::to_owned)
    }

    #[test]
    fn every_format_quotes_in_its_own_way() {
        for (format, value, expected) in [
            (Format::Sh, "a+/=", Some("export AWS_REGION='a+/='")),
            (
                Format::Sh,
                "it's $(id) `id`",
                Some(r"export AWS_REGION='it'\''s $(id) `id`'"),
            ),
            (Format::Fish, r"it's \n", Some(r"set -gx AWS_REGION 'it\'s \\n';")),
            (
                Format::PowerShell,
                "it's ’$x",
                Some("$Env:AWS_REGION = 'it''s ’’$x';"),
            ),
            (Format::Cmd, "a&b|c^d>e", Some("set \"AWS_REGION=a&b|c^d>e\"")),
            (Format::Cmd, "%PATH%", None),
            (Format::Cmd, "a\"&calc", None),
            (Format::Cmd, "a!b!", None),
            (Format::Dotenv, "a+/=", Some("AWS_REGION=a+/=")),
            (Format::Dotenv, "$x #", Some("AWS_REGION='$x #'")),
            (Format::Dotenv, "it's", None),
        ] {
            assert_eq!(
                last_line(format, value).as_deref(),
                expected,
                "{format:?} {value}"
            );
        }
        for format in [
            Format::Sh,
            Format::Fish,
            Format::PowerShell,
            Format::Cmd,
            Format::Dotenv,
        ] {
            for control in ["a\nb", "a\rb", "\u{1b}[2J", "a\u{0}", "\u{9b}"] {
                assert_eq!(last_line(format, control), None, "{format:?} {control:?}");
            }
            assert!(format.unset("X").is_none_or(|line| line.contains('X')));
        }
        let json: Value = serde_json::from_str(&Format::Json.write(&of("a\n\"b")).unwrap()).unwrap();
        assert_eq!(json, serde_json::json!({"AWS_REGION": "a\n\"b"}));
    }

    #[test]
    fn what_cannot_be_removed_is_named() {
        let environment = Environment::of(&[("AWS_PROFILE", "p"), ("AWS_ROLE_ARN", ""), ("AWS_REGION", "r")]);
        for (format, expected) in [
            (Format::Dotenv, &["AWS_PROFILE"][..]),
            (Format::Json, &["AWS_PROFILE"]),
            (Format::Sh, &[]),
            (Format::Fish, &[]),
            (Format::PowerShell, &[]),
            (Format::Cmd, &[]),
        ] {
            assert_eq!(format.leaves(&of("r"), &environment), expected, "{format:?}");
        }
    }

    #[test]
    fn shells_are_known_by_their_names() {
        for (path, expected) in [
            (Some("/bin/bash"), Some(Format::Sh)),
            (Some("-zsh"), Some(Format::Sh)),
            (Some("/usr/bin/fish"), Some(Format::Fish)),
            (Some("C:\\x\\pwsh.exe"), Some(Format::PowerShell)),
            (Some("/bin/tcsh"), None),
            (Some("/bin/json"), None),
            (Some(""), Some(Format::Sh)),
            (None, Some(Format::Sh)),
        ] {
            assert_eq!(Format::of_shell(path), expected, "{path:?}");
        }
    }

    /// Lets a shell read assignments, and returns the value that each left behind; `None` if there is no such shell.
    fn read_back(shell: &str, format: Format, values: &[String]) -> Option<Vec<String>> {
        let print = match format {
            Format::PowerShell => "[Console]::Write($Env:AWS_REGION + [char]0);\n",
            _ => "printf '%s\\0' \"$AWS_REGION\"\n",
        };
        let script: String = values
            .iter()
            .map(|value| format!("{}{print}", format.set("AWS_REGION", value).unwrap()))
            .collect();
        let arguments: &[&str] = match format {
            Format::PowerShell => &["-NoProfile", "-Command", "-"],
            _ => &[],
        };
        let mut child = Command::new(shell)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut stdin = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        Some(text.split_terminator('\0').map(str::to_owned).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn real_shells_read_what_was_meant(
            values in proptest::collection::vec(r#"([^\pC]|['"\\$`!%^&|<>;~ ‘’#*?{}()\[\]-]){0,12}"#, 1..40)
        ) {
            for (shell, format) in [
                ("bash", Format::Sh),
                ("dash", Format::Sh),
                ("zsh", Format::Sh),
                ("fish", Format::Fish),
                ("pwsh", Format::PowerShell),
            ] {
                if let Some(read) = read_back(shell, format, &values) {
                    prop_assert_eq!(&read, &values, "{}", shell);
                }
            }
        }
    }
}
