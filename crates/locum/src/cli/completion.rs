//! `locum completion`: the script by which a shell asks `locum complete` for candidates.

use std::ffi::OsString;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};

use super::stream;
use crate::outcome::asks_for_help;

const HELP: &str = "\
locum completion: print the script that completes these commands in a shell

USAGE
  locum completion <shell> [name]

  The name is what is typed: locum, or aws where that is a link to locum. [locum]

COMMANDS
  bash         In ~/.bashrc: eval \"$(locum completion bash)\"
  zsh          In ~/.zshrc, after compinit: eval \"$(locum completion zsh)\"
  fish         In ~/.config/fish/config.fish: locum completion fish | source
  powershell   In $PROFILE: locum completion powershell | Out-String | Invoke-Expression

EXIT STATUS
  0  The script is on standard output.
  1  It could not be written.
  2  The command line is wrong.
";

const SCRIPTS: [(&str, &str); 4] = [
    ("bash", include_str!("completion/locum.bash")),
    ("zsh", include_str!("completion/locum.zsh")),
    ("fish", include_str!("completion/locum.fish")),
    ("powershell", include_str!("completion/locum.ps1")),
];
/// What the scripts have in place of the command's name.
const PLACE: &str = "@NAME@";

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
enum OptionsError {
    #[error("{0}; run `locum completion --help`")]
    Words(#[from] lexopt::Error),
    #[error("say which shell: bash, zsh, fish or powershell")]
    NoShell,
    #[error("there is no script for {0}; there are bash, zsh, fish and powershell")]
    Shell(String),
    #[error("{0:?} is no name of a command that a script could hold")]
    Name(String),
}

/// Runs `locum completion …`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    let asked = asks_for_help(&words);
    let text = if asked { Ok(HELP.to_owned()) } else { script(words) };
    match text {
        Ok(text) => match stream::print(&text, None) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                stream::print_error(&format!("locum: {failure}\n"));
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            stream::print_error(&format!(
                "locum: {}\n",
                locum_credentials::one_line(&error.to_string())
            ));
            ExitCode::from(2)
        }
    }
}

fn script(words: Vec<OsString>) -> Result<String, OptionsError> {
    let mut parser = Parser::from_args(words);
    let mut given = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Value(word) if given.len() < 2 => given.push(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let mut given = given.into_iter();
    let shell = given.next().ok_or(OptionsError::NoShell)?;
    let name = given.next().unwrap_or_else(|| "locum".to_owned());
    let Some((_, script)) = SCRIPTS.iter().find(|(known, _)| *known == shell) else {
        return Err(OptionsError::Shell(shell));
    };
    // It becomes part of a program.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.is_empty() || name.starts_with('-') || !name.bytes().all(plain) {
        return Err(OptionsError::Name(name));
    }
    Ok(script.replace(PLACE, &name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<String, String> {
        let words = line.split_whitespace().map(Into::into).collect();
        script(words).map_err(|error| error.to_string())
    }

    #[test]
    fn every_shell_has_a_script_for_every_name() {
        for (shell, _) in SCRIPTS {
            let script = of(shell).unwrap();
            assert!(
                script.contains("locum complete") && !script.contains(PLACE),
                "{script}"
            );
            assert!(of(&format!("{shell} aws")).unwrap().contains("aws"));
            assert!(HELP.contains(&format!("\n  {shell} ")));
        }
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for line in [
            "",
            "tcsh",
            "bash a;b",
            "bash locum x",
            "--frobnicate",
            "bash $(x)",
        ] {
            let error = of(line).unwrap_err();
            assert!(!error.is_empty() && !error.contains('\n'), "{error}");
        }
    }
}
