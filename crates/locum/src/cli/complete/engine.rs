//! Which words may follow: out of the tables that the parser reads, so that what is offered is what is accepted.

use locum_api::model::{Service, Shape, operations};

use super::{own, regions::REGIONS, typed::Typed};
use crate::cli::args::Flag;
use crate::cli::options;
use crate::cli::parameters::kebab;
use crate::cli::program::{Name, Program};

/// What a word may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The whole word.
    pub(super) text: String,
    /// A line of help, or nothing.
    pub(super) doc: String,
}

impl Candidate {
    pub(super) fn new(text: impl Into<String>, doc: &str) -> Self {
        Self {
            text: text.into(),
            doc: doc.to_owned(),
        }
    }

    pub(super) fn plain(text: String) -> Self {
        Self {
            text,
            doc: String::new(),
        }
    }
}

/// What candidates are made of beside the tables.
pub(super) trait World {
    /// The names of the profiles.
    fn profiles(&self) -> Vec<String>;
    /// The words that stand for others, of the top level or of a command.
    fn aliases(&self, of: Option<&str>) -> Vec<String>;
    /// The files and directories whose path starts like this; a directory ends with a slash.
    fn paths(&self, start: &str) -> Vec<String>;
    /// The help page of a command of the program's own.
    fn page(&self, command: &[&str]) -> String;
}

/// Tells whether the words name a service that this program does not serve, or may yet come to.
pub(super) fn names_another_service(words: &[String]) -> bool {
    let before = words.split_last().map_or(&[][..], |(_, before)| before);
    Typed::read(before).service.as_deref() != Some(Service::Sts.cli_name())
}

/// Returns what the last of the words may become.
pub(super) fn candidates(program: &Program<'_>, words: &[String], world: &dyn World) -> Vec<Candidate> {
    let Some((current, before)) = words.split_last() else {
        return Vec::new();
    };
    let is_own =
        |word: &String| word != Service::Sts.cli_name() && program.commands.iter().any(|row| row.0 == word);
    let mut found = match before.first() {
        Some(first) if program.name == Name::Locum && is_own(first) => {
            own::candidates(before, current, world)
        }
        _ => of_service(program, before, current, world),
    };
    found.retain(|candidate| candidate.text.starts_with(current.as_str()));
    found
}

fn of_service(program: &Program<'_>, before: &[String], current: &str, world: &dyn World) -> Vec<Candidate> {
    let typed = Typed::read(before);
    if let Some(flag) = &typed.pending
        && !current.starts_with("--")
    {
        return values(&typed, flag, current, world);
    }
    if let Some(long) = current.strip_prefix("--")
        && let Some((name, value)) = long.split_once('=')
    {
        let flag = typed.flag(name);
        let found = flag.map_or_else(Vec::new, |flag| values(&typed, flag, value, world));
        let whole = |candidate: Candidate| Candidate {
            text: format!("--{name}={}", candidate.text),
            ..candidate
        };
        return found.into_iter().map(whole).collect();
    }
    if current.starts_with('-') {
        let names = typed.flags.iter().filter(|flag| !typed.used.contains(&flag.name));
        return names
            .map(|flag| Candidate::new(format!("--{}", flag.name), doc(&typed, &flag.name)))
            .collect();
    }
    match (&typed.service, typed.operation) {
        (None, _) => services(program, world),
        (Some(service), None) if service == Service::Sts.cli_name() && !typed.has_operation => {
            let declared = operations(Service::Sts);
            let declared = declared
                .iter()
                .map(|operation| Candidate::new(kebab(operation.name), operation.doc));
            let aliases = world.aliases(Some(service)).into_iter().map(Candidate::plain);
            declared.chain(aliases).chain([help_word()]).collect()
        }
        (_, Some(operation)) => {
            let missing = operation.input.members.iter().filter(|member| member.required);
            missing
                .map(|member| (kebab(member.name), member.doc))
                .filter(|(name, _)| !typed.used.contains(name))
                .map(|(name, doc)| Candidate::new(format!("--{name}"), doc))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn services(program: &Program<'_>, world: &dyn World) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = match program.name {
        Name::Locum => program
            .commands
            .iter()
            .map(|(name, doc)| Candidate::new(*name, doc))
            .collect(),
        Name::Aws => vec![Candidate::new(Service::Sts.cli_name(), Service::Sts.title())],
    };
    found.extend(world.aliases(None).into_iter().map(Candidate::plain));
    found.push(help_word());
    found
}

fn help_word() -> Candidate {
    Candidate::new("help", "Show the help.")
}

fn doc<'a>(typed: &Typed, flag: &str) -> &'a str {
    let members = typed
        .operation
        .map_or(&[][..], |operation| operation.input.members);
    let member = members.iter().find(|member| kebab(member.name) == flag);
    let own = || {
        let rows = options::help().map(|(name, _, doc)| (name, doc));
        let rows = rows.chain(crate::cli::inputs::help().map(|(name, _, doc)| (name, doc)));
        rows.into_iter()
            .find(|(name, _)| *name == flag)
            .map(|(_, doc)| doc)
    };
    member.map(|member| member.doc).or_else(own).unwrap_or_default()
}

fn values(typed: &Typed, flag: &Flag, current: &str, world: &dyn World) -> Vec<Candidate> {
    if !flag.choices.is_empty() {
        return flag
            .choices
            .iter()
            .map(|choice| Candidate::new(*choice, ""))
            .collect();
    }
    if let Some(found) = known_values(&flag.name, world) {
        return found;
    }
    if flag.name == "ca-bundle" {
        return Vec::new();
    }
    for prefix in ["file://", "fileb://"] {
        if let Some(start) = current.strip_prefix(prefix) {
            let paths = world.paths(start).into_iter();
            return paths
                .map(|path| Candidate::plain(format!("{prefix}{path}")))
                .collect();
        }
    }
    let members = typed
        .operation
        .map_or(&[][..], |operation| operation.input.members);
    let member = members.iter().find(|member| kebab(member.name) == flag.name);
    let mut found = match member.map(|member| member.shape) {
        Some(
            Shape::Structure(inner)
            | Shape::List {
                member: Shape::Structure(inner),
                ..
            },
        ) => {
            let names = inner.members.iter().map(|member| (member.name, member.doc));
            shorthand(&names.collect::<Vec<_>>(), current)
        }
        Some(Shape::String(_)) | None => Vec::new(),
        _ => return Vec::new(),
    };
    if !current.is_empty() {
        found.push(Candidate::new("file://", "The value stands in a file."));
    }
    found
}

/// The values of options that commands of every kind have.
pub(super) fn known_values(flag: &str, world: &dyn World) -> Option<Vec<Candidate>> {
    match flag {
        "profile" => Some(world.profiles().into_iter().map(Candidate::plain).collect()),
        "region" => Some(REGIONS.iter().map(|name| Candidate::new(*name, "")).collect()),
        _ => None,
    }
}

/// The next key of `Key=a,Value=b`.
fn shorthand(names: &[(&str, &str)], current: &str) -> Vec<Candidate> {
    let (before, last) = match current.rsplit_once(',') {
        Some((before, last)) => (format!("{before},"), last),
        None => (String::new(), current),
    };
    if last.contains('=') {
        return Vec::new();
    }
    let unused = names.iter().filter(|(name, _)| {
        let mut pairs = before.split(',');
        !pairs.any(|pair| pair.split_once('=').is_some_and(|(key, _)| key == *name))
    });
    unused
        .map(|(name, doc)| Candidate::new(format!("{before}{name}="), doc))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake;

    impl World for Fake {
        fn profiles(&self) -> Vec<String> {
            vec!["default".into(), "dev".into(), "two words".into()]
        }
        fn aliases(&self, of: Option<&str>) -> Vec<String> {
            vec![of.map_or("top", |_| "me").to_owned()]
        }
        fn paths(&self, start: &str) -> Vec<String> {
            let all = ["a.json", "b/"].into_iter();
            all.filter(|path| path.starts_with(start))
                .map(str::to_owned)
                .collect()
        }
        fn page(&self, command: &[&str]) -> String {
            match command {
                ["policy"] => "COMMANDS\n  validate   Find mistakes.\n  explain    Say why.\n".to_owned(),
                ["policy", "validate"] => {
                    "USAGE\n  locum policy validate <file>...\n\nOPTIONS\n  --format <text|json>\n      How.\n  --profile, --region\n  \
                     -q, --quiet   Say less.\n"
                        .to_owned()
                }
                _ => String::new(),
            }
        }
    }

    fn after(name: Name, line: &str) -> Vec<String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let program = Program {
            name,
            commands: &[("policy", "Policies."), ("sts", "Calls.")],
        };
        let found = candidates(&program, &words, &Fake).into_iter();
        found.map(|candidate| candidate.text).collect()
    }

    #[test]
    fn words_follow_from_the_declarations() {
        for (line, expected) in [
            ("", &["policy", "sts", "top", "help"][..]),
            ("st", &["sts"]),
            ("--output yaml", &["yaml", "yaml-stream"]),
            ("--output=t", &["--output=text", "--output=table"]),
            ("--outp te", &["text"]),
            ("--profile d", &["default", "dev"]),
            ("--profile=two", &["--profile=two words"]),
            ("--region eu-w", &["eu-west-1", "eu-west-2", "eu-west-3"]),
            ("--cli-err", &["--cli-error-format"]),
            ("sts get-c", &["get-caller-identity"]),
            ("sts m", &["me"]),
            ("--profile dev sts get-ca", &["get-caller-identity"]),
            ("sts assume-role ", &["--role-arn", "--role-session-name"]),
            ("sts assume-role --role-arn x ", &["--role-session-name"]),
            ("sts assume-role --role-a", &["--role-arn"]),
            ("sts assume-role --role-arn x --role-a", &[]),
            (
                "sts assume-role --policy file://",
                &["file://a.json", "file://b/"],
            ),
            ("sts assume-role --policy=file://a", &["--policy=file://a.json"]),
            ("sts assume-role --policy f", &["file://"]),
            ("sts assume-role --tags ", &["Key=", "Value="]),
            ("sts assume-role --tags Key=a,", &["Key=a,Value="]),
            ("sts assume-role --tags Key=a,Value=b K", &["Key="]),
            (
                "sts assume-role --tags Key=a,Value=b --policy-a",
                &["--policy-arns"],
            ),
            ("sts assume-role --generate-cli-skeleton y", &["yaml-input"]),
            ("sts get-caller-identity ", &[]),
            ("iam l", &[]),
        ] {
            assert_eq!(after(Name::Locum, line), expected, "{line}");
        }
        assert_eq!(after(Name::Aws, ""), ["sts", "top", "help"]);
    }

    #[test]
    fn commands_of_our_own_follow_from_their_pages() {
        for (line, expected) in [
            ("policy ", &["validate", "explain"][..]),
            ("policy v", &["validate"]),
            (
                "policy validate --",
                &["--format", "--profile", "--region", "--quiet", "--help"],
            ),
            ("policy validate --format j", &["json"]),
            ("policy validate --format=t", &["--format=text"]),
            ("policy validate --profile de", &["default", "dev"]),
            ("policy validate x", &[]),
            ("policy validate -- --f", &[]),
        ] {
            assert_eq!(after(Name::Locum, line), expected, "{line}");
        }
    }

    #[test]
    fn what_an_option_does_may_stand_below_it() {
        let words = ["policy".to_owned(), "validate".to_owned()];
        let found = super::super::own::candidates(&words, "--", &Fake);
        let format = found.iter().find(|candidate| candidate.text == "--format");
        assert_eq!(format.unwrap().doc, "How.");
    }

    #[test]
    fn other_services_are_told_apart() {
        let other = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            names_another_service(&words)
        };
        for line in ["", "s", "sts", "s3 ls", "--region x s3 ", "--profile sts s3 "] {
            assert!(other(line), "{line}");
        }
        for line in ["sts ", "sts get", "--region x sts ", "--output=json sts x --"] {
            assert!(!other(line), "{line}");
        }
    }
}
