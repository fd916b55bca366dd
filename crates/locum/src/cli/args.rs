//! Splits a command line the way Python's `argparse` does it for `aws`.
//!
//! `aws` reads its line in three passes — global options and the command, the operation, the operation's own options —
//! and each pass leaves what it does not know to the next. Reproducing the passes, unique prefixes and `nargs` is what
//! makes every working `aws sts` line work here, options in any place (`facts: cli §1.2`). One thing is accepted that
//! `aws` refuses: a value that starts with a single `-` where a value is due, since encoded messages do.

use super::errors::Failure;
use super::python;

/// How many values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    /// None: present or not.
    Switch,
    /// Exactly one.
    One,
    /// None or one.
    Optional,
    /// Any number, up to the next option.
    Many,
}

/// An option as the parser needs it.
#[derive(Debug, Clone)]
pub(crate) struct Flag {
    /// The name without the dashes.
    pub(crate) name: String,
    /// How many values it takes.
    pub(crate) arity: Arity,
    /// The only values it takes; empty when any.
    pub(crate) choices: &'static [&'static str],
}

/// What one pass found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Split {
    /// For each option in the order of the table: the values of its last occurrence.
    pub(crate) values: Vec<Option<Vec<String>>>,
    /// The first word that belongs to no option.
    pub(crate) positional: Option<String>,
    /// Everything else, in order.
    pub(crate) rest: Vec<String>,
}

/// What an argument is, before anything is consumed.
enum Kind<'a> {
    /// A word: a value or a positional.
    Word,
    /// A known option at this position of the table, and what followed its `=`.
    Known(usize, Option<&'a str>),
    /// Looks like an option, but is none of this table.
    Unknown,
}

/// Splits `args` by the table of `flags`; takes the first free word as the positional when `positional` names one.
pub(crate) fn split(args: &[String], flags: &[Flag], positional: Option<&str>) -> Result<Split, Failure> {
    let mut found = Split {
        values: vec![None; flags.len()],
        ..Split::default()
    };
    let mut kinds = Vec::with_capacity(args.len());
    let mut words_only = false;
    for arg in args {
        let kind = if words_only {
            Kind::Word
        } else {
            classify(arg, flags)?
        };
        words_only |= arg == "--";
        kinds.push(kind);
    }
    let mut at = 0;
    while let (Some(arg), Some(kind)) = (args.get(at), kinds.get(at)) {
        at += 1;
        match kind {
            // The dashes that end the options belong to nobody once the last pass has seen them.
            Kind::Word if arg == "--" && positional.is_none() => {}
            Kind::Word if positional.is_some() && found.positional.is_none() && arg != "--" => {
                found.positional = Some(arg.clone());
            }
            Kind::Word | Kind::Unknown => found.rest.push(arg.clone()),
            Kind::Known(position, inline) => {
                let Some(flag) = flags.get(*position) else {
                    continue;
                };
                let following = args
                    .get(at..)
                    .unwrap_or_default()
                    .iter()
                    .zip(kinds.get(at..).unwrap_or_default());
                let values = take_values(flag, *inline, following)?;
                if inline.is_none() {
                    at += values.len();
                }
                check_choices(flag, &values)?;
                if let Some(slot) = found.values.get_mut(*position) {
                    *slot = Some(values);
                }
            }
        }
    }
    match positional {
        Some(name) if found.positional.is_none() => Err(missing(&[name.to_owned()])),
        _ => Ok(found),
    }
}

/// The refusal of a line that lacks what must be there.
pub(crate) fn missing(names: &[String]) -> Failure {
    Failure::Usage(format!(
        "the following arguments are required: {}",
        names.join(", ")
    ))
}

/// Returns the refusal of a word that is none of `choices`, with those that come close.
pub(crate) fn invalid_choice(argument: &str, given: &str, choices: &[&str]) -> Failure {
    let mut text = format!(
        "argument {argument}: Found invalid choice {}\n",
        python::repr(given)
    );
    let close = super::similar::closest(given, choices);
    if !close.is_empty() {
        text.push_str("\nMaybe you meant:\n");
        for word in close {
            text.push_str("\n  * ");
            text.push_str(word);
        }
    }
    Failure::Usage(text)
}

fn classify<'a>(arg: &'a str, flags: &[Flag]) -> Result<Kind<'a>, Failure> {
    let Some(tail) = arg.strip_prefix('-') else {
        return Ok(Kind::Word);
    };
    let Some(long) = tail.strip_prefix('-') else {
        // Negative numbers, and text with blanks, are values to argparse.
        let negative = !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let word = tail.is_empty() || negative || arg.contains(' ');
        return Ok(if word { Kind::Word } else { Kind::Unknown });
    };
    if long.is_empty() {
        return Ok(Kind::Word);
    }
    let (name, inline) = match long.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (long, None),
    };
    if let Some(position) = flags.iter().position(|flag| flag.name == name) {
        return Ok(Kind::Known(position, inline));
    }
    let candidates: Vec<_> = flags
        .iter()
        .enumerate()
        .filter(|(_, flag)| flag.name.starts_with(name))
        .collect();
    match candidates.as_slice() {
        [] if arg.contains(' ') && inline.is_none() => Ok(Kind::Word),
        [] => Ok(Kind::Unknown),
        [(position, _)] => Ok(Kind::Known(*position, inline)),
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|(_, flag)| format!("--{}", flag.name))
                .collect();
            Err(Failure::Usage(format!(
                "ambiguous option: {arg} could match {}",
                names.join(", ")
            )))
        }
    }
}

fn take_values<'a>(
    flag: &Flag,
    inline: Option<&str>,
    following: impl Iterator<Item = (&'a String, &'a Kind<'a>)>,
) -> Result<Vec<String>, Failure> {
    if let Some(value) = inline {
        return match flag.arity {
            Arity::Switch => Err(Failure::Usage(format!(
                "argument --{}: ignored explicit argument {}",
                flag.name,
                python::repr(value)
            ))),
            _ => Ok(vec![value.to_owned()]),
        };
    }
    let mut following = following.peekable();
    match flag.arity {
        Arity::Switch => Ok(Vec::new()),
        Arity::One => match following.next() {
            Some((value, Kind::Word)) if value != "--" => Ok(vec![value.clone()]),
            Some((value, Kind::Unknown)) if !value.starts_with("--") => Ok(vec![value.clone()]),
            _ => Err(Failure::Usage(format!(
                "argument --{}: expected one argument",
                flag.name
            ))),
        },
        Arity::Optional => Ok(following
            .next_if(|next| is_value(next))
            .map(|(value, _)| value.clone())
            .into_iter()
            .collect()),
        Arity::Many => Ok(following
            .take_while(is_value)
            .map(|(value, _)| value.clone())
            .collect()),
    }
}

fn is_value(next: &(&String, &Kind<'_>)) -> bool {
    matches!(next.1, Kind::Word) && next.0.as_str() != "--"
}

fn check_choices(flag: &Flag, values: &[String]) -> Result<(), Failure> {
    match values
        .iter()
        .find(|value| !flag.choices.is_empty() && !flag.choices.contains(&value.as_str()))
    {
        Some(value) => Err(invalid_choice(&format!("--{}", flag.name), value, flag.choices)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> Vec<Flag> {
        let flag = |name: &str, arity| Flag {
            name: name.into(),
            arity,
            choices: &[],
        };
        vec![
            flag("debug", Arity::Switch),
            flag("region", Arity::One),
            flag("tags", Arity::Many),
            flag("policy", Arity::One),
            flag("policy-arns", Arity::Many),
            flag("skeleton", Arity::Optional),
            Flag {
                name: "color".into(),
                arity: Arity::One,
                choices: &["on", "off", "auto"],
            },
        ]
    }

    fn run(line: &str) -> Result<Split, Failure> {
        let args: Vec<String> = line
            .split('|')
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect();
        split(&args, &flags(), Some("command"))
    }

    fn shown(line: &str) -> String {
        let found = run(line).unwrap();
        let values: Vec<String> = found
            .values
            .iter()
            .zip(flags())
            .filter_map(|(values, flag)| values.as_ref().map(|v| format!("{}={}", flag.name, v.join("+"))))
            .collect();
        format!(
            "{} {} {}",
            found.positional.unwrap_or_default(),
            values.join(","),
            found.rest.join("|")
        )
    }

    #[test]
    fn lines_split_like_argparse() {
        for (line, expected) in [
            ("sts|op|--x", "sts  op|--x"),
            ("--region|r|sts|op", "sts region=r op"),
            ("sts|op|--region|r", "sts region=r op"),
            ("sts|--region=a|--region=b", "sts region=b "),
            ("sts|--reg|r|--deb", "sts debug=,region=r "),
            ("sts|--tags|a|b|--debug|c", "sts debug=,tags=a+b c"),
            ("sts|--tags", "sts tags= "),
            ("sts|--tags=a|b", "sts tags=a b"),
            ("sts|--policy|p", "sts policy=p "),
            ("sts|--policy|-7i6c", "sts policy=-7i6c "),
            ("sts|--policy|-5", "sts policy=-5 "),
            ("sts|--policy|- x", "sts policy=- x "),
            ("sts|--policy|--a b", "sts policy=--a b "),
            ("sts|--other|-7i6c", "sts  --other|-7i6c"),
            ("sts|--skeleton|--debug", "sts debug=,skeleton= "),
            ("sts|--skeleton|output", "sts skeleton=output "),
            ("sts|--region=", "sts region= "),
            ("--debug|sts|-h", "sts debug= -h"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn wrong_lines_are_refused_like_argparse() {
        for (line, expected) in [
            ("", "the following arguments are required: command"),
            ("sts|--region", "argument --region: expected one argument"),
            ("sts|--region|--debug", "argument --region: expected one argument"),
            (
                "sts|--region|--unknown",
                "argument --region: expected one argument",
            ),
            (
                "sts|--pol|x",
                "ambiguous option: --pol could match --policy, --policy-arns",
            ),
            ("sts|--debug=1", "argument --debug: ignored explicit argument '1'"),
            (
                "sts|--color|onn",
                "argument --color: Found invalid choice 'onn'\n\nMaybe you meant:\n\n  * on",
            ),
        ] {
            assert_eq!(
                run(line).unwrap_err(),
                Failure::Usage(expected.to_owned()),
                "{line}"
            );
        }
    }
}
