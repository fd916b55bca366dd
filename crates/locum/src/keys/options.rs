//! What `locum keys` is told.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

/// The page of the command.
pub(super) const HELP: &str = "\
locum keys: long-term access keys out of plain text

USAGE
  locum keys add <name> [options]
  locum keys get <name>
  locum keys list
  locum keys remove <name>
  locum keys forget

COMMANDS
  add      Keep keys under a name: typed on the terminal, or as JSON on standard input, such as
           `aws iam create-access-key | locum keys add alice`, or moved out of the credentials file.
  get      Print them as JSON, for a credential_process.
  list     Show the names, key ids, accounts, and since when they are kept.
  remove   Forget keys. The service is told nothing: delete them there as well.
  forget   Forget the sessions that MFA codes were given for; the next command asks for a code.

  They are kept in the keyring of the system where there is one, else in files that nobody else can read below
  ~/.local/state/locum. LOCUM_VAULT, or locum_vault in the profile, chooses: keyring, file or none. `get` goes by
  LOCUM_VAULT alone, since others run it with profiles of their own.

OPTIONS OF ADD
  --from-profile <name>   Move the keys of this profile out of the credentials file. Everything else in it stays.
  --write-config          Write the line by which `aws` and every SDK find the keys into the config file, for the profile
                          they came from, else for one of the keys' own name.
  --replace               Replace keys of this name.

EXIT STATUS
  0  Done.
  1  It could not be done; the sentence says why.
  2  The command line was not understood.
";

/// What is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Add(Add),
    Get(String),
    List,
    Remove(String),
    Forget,
}

/// How keys are added.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Add {
    pub(super) name: String,
    pub(super) from_profile: Option<String>,
    pub(super) write_config: bool,
    pub(super) replace: bool,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum keys --help`")]
    Words(#[from] lexopt::Error),
    #[error("say what to do: add, get, list, remove or forget; run `locum keys --help`")]
    Nothing,
    #[error("locum keys {0} needs a name")]
    Unnamed(String),
    #[error(
        "{0:?} cannot name keys: a name has 1 to 64 letters, digits or any of _ . @ + -, and starts with a letter or digit"
    )]
    Name(String),
}

/// Reads the command line.
pub(super) fn parse(words: Vec<OsString>) -> Result<Wanted, OptionsError> {
    let mut parser = Parser::from_args(words);
    let mut positional: Vec<String> = Vec::new();
    let mut add = Add::default();
    while let Some(arg) = parser.next()? {
        let adding = positional.first().is_some_and(|word| word == "add");
        match arg {
            Arg::Long("from-profile") if adding => add.from_profile = Some(parser.value()?.string()?),
            Arg::Long("write-config") if adding => add.write_config = true,
            Arg::Long("replace") if adding => add.replace = true,
            Arg::Value(word) if positional.len() < 2 => positional.push(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let mut positional = positional.into_iter();
    let word = positional.next().ok_or(OptionsError::Nothing)?;
    let named = match positional.next() {
        Some(name) if is_name(&name) => Ok(name),
        Some(name) => Err(OptionsError::Name(name)),
        None => Err(OptionsError::Unnamed(word.clone())),
    };
    match (word.as_str(), named) {
        ("add", name) => Ok(Wanted::Add(Add { name: name?, ..add })),
        ("get", name) => Ok(Wanted::Get(name?)),
        ("remove", name) => Ok(Wanted::Remove(name?)),
        ("list", Err(OptionsError::Unnamed(_))) => Ok(Wanted::List),
        ("forget", Err(OptionsError::Unnamed(_))) => Ok(Wanted::Forget),
        ("list" | "forget", _) => Err(lexopt::Error::from(format!("{word} takes no name")).into()),
        _ => Err(OptionsError::Nothing),
    }
}

/// Whether a name means itself in a `credential_process`, which some SDKs give to a shell.
fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.@+-".contains(&byte);
    (1..=64).contains(&name.len())
        && name.bytes().all(fits)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<Wanted, String> {
        parse(line.split_whitespace().map(OsString::from).collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn each_word_takes_what_it_needs() {
        assert_eq!(of("list"), Ok(Wanted::List));
        assert_eq!(of("forget"), Ok(Wanted::Forget));
        assert_eq!(of("get a.b@c-1"), Ok(Wanted::Get("a.b@c-1".into())));
        assert_eq!(of("remove a"), Ok(Wanted::Remove("a".into())));
        let add = Add {
            name: "a".into(),
            from_profile: Some("p".into()),
            write_config: true,
            replace: true,
        };
        assert_eq!(
            of("add a --from-profile p --write-config --replace"),
            Ok(Wanted::Add(add))
        );
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (line, complaint) in [
            ("", "say what to do"),
            ("show", "say what to do"),
            ("show x", "say what to do"),
            ("add", "locum keys add needs a name"),
            ("get -x", "invalid option '-x'"),
            ("get a b", "unexpected argument \"b\""),
            ("list a", "list takes no name"),
            ("get a --replace", "invalid option '--replace'"),
            ("add $(x)", "cannot name keys"),
            ("add a;b", "cannot name keys"),
            ("add .a", "cannot name keys"),
        ] {
            let error = of(line).unwrap_err();
            assert!(error.contains(complaint), "{line}: {error}");
        }
        assert!(of(&format!("get {}", "x".repeat(65))).is_err());
    }
}
