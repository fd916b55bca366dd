//! What `locum rekey` is told.

use std::{ffi::OsString, path::PathBuf};

use lexopt::{Arg, Parser};
use locum_directory::Sessions;

/// The page of the command.
pub(super) const HELP: &str = "\
locum rekey: seal a service's store under another key-encryption key

USAGE
  locum rekey --data <dir> [options]

  The service must be stopped. Every value is sealed anew, into a copy that takes the place of the store when it has been
  opened and read. Whenever it is cut off, the store opens with one of the two keys, and the next start uses that.

  A key in <dir>/kek is followed by one that is made there. The one before is kept as <dir>/kek.<id>: backups that were made
  before open with it alone.

OPTIONS
  --data <dir>             The data directory.
  --kek-file <file>        The key in use. Also LOCUM_KEK. [<dir>/kek]
  --new-kek-file <file>    The new key: 32 bytes, raw, hex or base64. Also LOCUM_NEW_KEK. Needed if the key in use is not
                           <dir>/kek, or that is a link. [<dir>/kek, made anew]
  --end-sessions           End every session: whoever had the key and a copy of the store can make sessions of their own
                           until the keys that seal them are others.
  --new-signing-keys       Sign the tokens of GetWebIdentityToken with new keys, and publish the keys of before no longer:
                           whoever had the key and a copy of the store can sign such tokens for as long as they are
                           published. Tokens that were issued do not verify any more.

EXIT STATUS
  0  The store is sealed under the new key.
  1  It is not; or it is, and the error says what is left to do.
  2  The command line was not understood.
";

/// The parsed command line.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) data: PathBuf,
    pub(super) kek_file: Option<PathBuf>,
    pub(super) new_kek_file: Option<PathBuf>,
    pub(super) sessions: Sessions,
    pub(super) signing: Signing,
}

/// What becomes of the keys that sign web identity tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signing {
    Keep,
    Anew,
}

/// A command line that is not one.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    /// An option or value that does not belong.
    #[error("{0}; run `locum rekey --help`")]
    Usage(#[from] lexopt::Error),
    /// No directory.
    #[error("--data <dir> is required: the data directory of the service")]
    NoData,
}

/// Reads the command line.
pub(super) fn parse(words: Vec<OsString>) -> Result<Options, OptionsError> {
    let mut options = Options {
        data: PathBuf::new(),
        kek_file: None,
        new_kek_file: None,
        sessions: Sessions::Keep,
        signing: Signing::Keep,
    };
    let mut parser = Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("data") => options.data = parser.value()?.into(),
            Arg::Long("kek-file") => options.kek_file = Some(parser.value()?.into()),
            Arg::Long("new-kek-file") => options.new_kek_file = Some(parser.value()?.into()),
            Arg::Long("end-sessions") => options.sessions = Sessions::End,
            Arg::Long("new-signing-keys") => options.signing = Signing::Anew,
            other @ (Arg::Long(_) | Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected().into()),
        }
    }
    if options.data.as_os_str().is_empty() {
        return Err(OptionsError::NoData);
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, OptionsError> {
        parse(line.split_whitespace().map(Into::into).collect())
    }

    #[test]
    fn what_is_given_is_taken() {
        let options = parsed("--data d --kek-file=a --new-kek-file b --end-sessions").unwrap();
        assert_eq!(options.data, PathBuf::from("d"));
        assert_eq!(options.kek_file, Some("a".into()));
        assert_eq!(options.new_kek_file, Some("b".into()));
        assert_eq!(options.sessions, Sessions::End);
        assert_eq!(options.signing, Signing::Keep);
        let options = parsed("--data d --new-signing-keys").unwrap();
        assert_eq!(
            (options.sessions, options.signing),
            (Sessions::Keep, Signing::Anew)
        );
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for line in [
            "",
            "--data",
            "--data d e",
            "--data d --end-sessions=no",
            "--data d --new-signing-keys=RSA",
            "--data d -k x",
            "--kek x",
        ] {
            let text = parsed(line).unwrap_err().to_string();
            assert!(!text.contains('\n') && text.contains("--"), "{text}");
        }
    }
}
