//! Under which name the program runs, and what follows from it: what usages and help call it.

/// What the program calls itself, and which commands it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program<'a> {
    /// The name it was started under.
    pub(crate) name: Name,
    /// The commands and their one line of help.
    pub(crate) commands: &'a [(&'a str, &'a str)],
}

/// The name that the program was started under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// Its own.
    Locum,
    /// That of AWS's command, whose `sts` it serves.
    Aws,
}

impl Name {
    /// Takes the name from the first word of the command line.
    pub(crate) fn of(started_as: Option<&std::ffi::OsStr>) -> Self {
        let stem = started_as.and_then(|path| std::path::Path::new(path).file_stem());
        match stem {
            Some(stem) if stem == "aws" => Self::Aws,
            _ => Self::Locum,
        }
    }

    /// Returns the word that is typed.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Locum => "locum",
            Self::Aws => "aws",
        }
    }

    /// Returns what follows the sentence about a wrong command line.
    pub(crate) const fn usage(self) -> &'static str {
        match self {
            Self::Locum => {
                "usage: locum [options] <command> [<operation>] [parameters]\nTo see help text, you can run:\n\n  locum \
                 help\n  locum <command> help\n  locum sts <operation> help\n"
            }
            Self::Aws => {
                "usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\nTo see help text, you can \
                 run:\n\n  aws help\n  aws <command> help\n  aws <command> <subcommand> help\n"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn only_aws_is_aws() {
        for (started_as, name) in [
            (Some("aws"), Name::Aws),
            (Some("/usr/local/bin/aws"), Name::Aws),
            (Some("aws.exe"), Name::Aws),
            (Some("./locum"), Name::Locum),
            (Some("/aws/locum"), Name::Locum),
            (Some("awsome"), Name::Locum),
            (Some(""), Name::Locum),
            (None, Name::Locum),
        ] {
            assert_eq!(Name::of(started_as.map(OsStr::new)), name, "{started_as:?}");
        }
    }
}
