//! The command line, and the parts that a measurement consists of.

use std::path::PathBuf;

use lexopt::prelude::*;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
Usage: locum-bench --binary <locum> [options]

  --binary <locum>      the program to measure
  --beside <aws>        a command to measure the program's beside; may be repeated
  --moto <program>      moto's server, to measure as a peer
  --ministack <program> ministack's
  --fakecloud <program> fakecloud's
  --only <part>         calls, workers, peers, growth, rest or command; may be repeated [all]
  --whole               also with a million principals and ten million sessions, which takes half an hour
  --write <page>        put each part's tables between its marks of this Markdown page
  --guided              the programs were built along a profile: put the tables between the marks for that
  --requests <n>        requests a figure [20000]";

/// One group of tables, which can be measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Every kind of call beside the ceiling.
    Calls,
    /// The same call on several threads.
    Workers,
    /// Other servers that install from a registry.
    Peers,
    /// The same call with more of everything.
    Growth,
    /// Start, size and memory.
    Rest,
    /// The command beside the originals.
    Command,
}

impl Part {
    /// In the order of the page.
    pub(crate) const ALL: [Self; 6] = [
        Self::Calls,
        Self::Workers,
        Self::Peers,
        Self::Growth,
        Self::Rest,
        Self::Command,
    ];

    /// As the command line and the marks have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Workers => "workers",
            Self::Peers => "peers",
            Self::Growth => "growth",
            Self::Rest => "rest",
            Self::Command => "command",
        }
    }
}

/// What to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) binary: PathBuf,
    pub(crate) beside: Vec<PathBuf>,
    pub(crate) peers: Programs,
    pub(crate) parts: Vec<Part>,
    pub(crate) whole: bool,
    pub(crate) page: Option<PathBuf>,
    pub(crate) guided: bool,
    pub(crate) requests: usize,
}

/// The programs of the peers that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Programs {
    pub(crate) moto: Option<PathBuf>,
    pub(crate) ministack: Option<PathBuf>,
    pub(crate) fakecloud: Option<PathBuf>,
}

impl Options {
    /// Reads the command line; nothing if it asks for help.
    pub(crate) fn read(mut parser: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            binary: PathBuf::new(),
            beside: Vec::new(),
            peers: Programs::default(),
            parts: Vec::new(),
            whole: false,
            page: None,
            guided: false,
            requests: 20_000,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Long("beside") => options.beside.push(parser.value()?.into()),
                Long("binary") => options.binary = parser.value()?.into(),
                Long("moto") => options.peers.moto = Some(parser.value()?.into()),
                Long("ministack") => options.peers.ministack = Some(parser.value()?.into()),
                Long("fakecloud") => options.peers.fakecloud = Some(parser.value()?.into()),
                Long("only") => {
                    let name = parser.value()?.string()?;
                    let part = Part::ALL.into_iter().find(|part| part.name() == name);
                    options
                        .parts
                        .push(part.ok_or_else(|| format!("there is no part {name:?}"))?);
                }
                Long("whole") => options.whole = true,
                Long("write") => options.page = Some(parser.value()?.into()),
                Long("guided") => options.guided = true,
                Long("requests") => options.requests = parser.value()?.parse()?,
                Long("help") | Short('h') => return Ok(None),
                _ => return Err(argument.unexpected()),
            }
        }
        if options.parts.is_empty() {
            options.parts = Part::ALL.to_vec();
        }
        Ok(Some(options))
    }

    /// What the marks of a part have in the page.
    pub(crate) fn mark(&self, part: Part) -> String {
        let guided = if self.guided { " --guided" } else { "" };
        format!("{}{guided}", part.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Option<Options>, lexopt::Error> {
        Options::read(lexopt::Parser::from_args(words))
    }

    #[test]
    fn all_is_measured_unless_parts_are_named() {
        let all = read(&["--binary", "locum"]).unwrap().unwrap();
        assert_eq!((all.parts.as_slice(), all.whole), (&Part::ALL[..], false));
        let two = read(&["--only", "rest", "--only=growth", "--whole"])
            .unwrap()
            .unwrap();
        assert_eq!(two.mark(Part::Rest), "rest");
        assert_eq!((two.parts, two.whole), (vec![Part::Rest, Part::Growth], true));
        let guided = read(&["--guided"]).unwrap().unwrap();
        assert_eq!(guided.mark(Part::Calls), "calls --guided");
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let refused = |words: &[&str]| read(words).unwrap_err().to_string();
        assert_eq!(refused(&["--only", "all"]), "there is no part \"all\"");
        assert_eq!(refused(&["--unknown"]), "invalid option '--unknown'");
        assert_eq!(read(&["--help"]).unwrap(), None);
    }

    #[test]
    fn every_option_is_in_the_usage() {
        for option in [
            "binary",
            "beside",
            "moto",
            "ministack",
            "fakecloud",
            "only",
            "whole",
            "write",
            "guided",
            "requests",
        ] {
            assert!(USAGE.contains(&format!("--{option} ")), "{option}");
        }
        for part in Part::ALL {
            assert!(USAGE.contains(part.name()));
        }
    }
}
