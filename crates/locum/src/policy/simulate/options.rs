//! What `locum policy simulate` is told.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use super::cases::Expected;

/// The page of the command.
pub(super) const HELP: &str = "\
locum policy simulate: what policies would make of a request

USAGE
  locum policy simulate --policy <file>... --action <action>... [options]
  locum policy simulate --policy <file>... --cases <file> [options]

  Files are policies in JSON; - is standard input. Nothing is asked of any service: a condition key that is not given
  is not in the request, and every answer tells which keys it lacked.

POLICIES
  --policy <file>           An identity-based policy: of the user, its groups, or the role. May be repeated.
  --boundary <file>         The permissions boundary.
  --session <file>          A session policy. May be repeated; any of them may allow.
  --resource-policy <file>  The policy of every resource.
  --trust <file>            The trust policy of the role that is to be assumed.
  --scp <file>[,<file>]     The service control policies of one level. Repeated, it goes from the organization's root to
                            the account; every level must allow.
  --rcp <file>[,<file>]     The resource control policies of one level, likewise. They only deny.

REQUEST
  --principal <arn>         Who asks: the ARN of a root user, user, role, role session or federated user; the host of a
                            service; the ARN or host of an identity provider; or anonymous.
                            [arn:aws:iam::123456789012:user/somebody]
  --action <action>         What is asked, such as s3:GetObject. May be repeated.
  --resource <arn>          On what. May be repeated; each action is asked on each. [*]
  --resource-owner <id>     The account of resources whose ARN names none. [the principal's]
  --context <key>=<value>   A condition key. Repeated with the same key, or with [] after it, it has several values.
  --context-file <file>     Condition keys as a JSON object of values and lists of values.

ANSWERS
  --expect <allow|deny|explicit-deny|implicit-deny>
                            What every answer should be.
  --cases <file>            Requests and what to expect of them, as JSON or as lines of
                            <answer> <action> <resource> [<key>=<value>...]
  --format <text|json>      For people, or for programs. [text]

EXIT STATUS
  0  Every answer is as expected, or nothing was expected.
  1  An answer is not as expected.
  2  The command line was not understood, or a file could not be read.
";

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
}

/// The policies, by what they are.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) policies: Vec<OsString>,
    pub(super) boundary: Option<OsString>,
    pub(super) session: Vec<OsString>,
    pub(super) resource_policy: Option<OsString>,
    pub(super) trust: Option<OsString>,
    /// From the organization's root to the account.
    pub(super) scps: Vec<Vec<OsString>>,
    pub(super) rcps: Vec<Vec<OsString>>,
}

#[derive(Debug)]
pub(super) struct Options {
    pub(super) files: Files,
    pub(super) principal: Option<String>,
    pub(super) actions: Vec<String>,
    pub(super) resources: Vec<String>,
    pub(super) resource_owner: Option<String>,
    /// Each `key=value`.
    pub(super) context: Vec<String>,
    pub(super) context_file: Option<OsString>,
    pub(super) expected: Option<Expected>,
    pub(super) cases: Option<OsString>,
    pub(super) format: Format,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum policy simulate --help`")]
    Words(#[from] lexopt::Error),
    #[error("say which policies; run `locum policy simulate --help`")]
    NoPolicies,
    #[error("say which actions, or give --cases; run `locum policy simulate --help`")]
    NoActions,
    #[error("--cases has its own actions, resources and expected answers")]
    CasesAndMore,
    #[error("--resource-policy and --trust can not both be given: a resource has one policy")]
    TwoResourcePolicies,
    #[error("--principal must be given with a policy that names principals")]
    NoPrincipal,
    #[error("--expect is allow, deny, explicit-deny or implicit-deny, not {0}")]
    Expected(String),
    #[error("--format is text or json, not {0}")]
    Format(String),
    #[error("{0} was given twice")]
    Twice(&'static str),
    #[error("standard input can be read once only")]
    StandardInputTwice,
}

impl Options {
    pub(super) fn parse(words: Vec<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self {
            files: Files::default(),
            principal: None,
            actions: Vec::new(),
            resources: Vec::new(),
            resource_owner: None,
            context: Vec::new(),
            context_file: None,
            expected: None,
            cases: None,
            format: Format::Text,
        };
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            let Arg::Long(name) = arg else {
                return Err(arg.unexpected().into());
            };
            let files = &mut options.files;
            match name {
                "policy" => files.policies.push(parser.value()?),
                "boundary" => once(&mut files.boundary, "--boundary", parser.value()?)?,
                "session" => files.session.push(parser.value()?),
                "resource-policy" => once(&mut files.resource_policy, "--resource-policy", parser.value()?)?,
                "trust" => once(&mut files.trust, "--trust", parser.value()?)?,
                "scp" => files.scps.push(level(parser.value()?.string()?)),
                "rcp" => files.rcps.push(level(parser.value()?.string()?)),
                "principal" => once(&mut options.principal, "--principal", parser.value()?.string()?)?,
                "action" => options.actions.push(parser.value()?.string()?),
                "resource" => options.resources.push(parser.value()?.string()?),
                "resource-owner" => once(
                    &mut options.resource_owner,
                    "--resource-owner",
                    parser.value()?.string()?,
                )?,
                "context" => options.context.push(parser.value()?.string()?),
                "context-file" => once(&mut options.context_file, "--context-file", parser.value()?)?,
                "expect" => {
                    let word = parser.value()?.string()?;
                    let expected = Expected::read(&word).ok_or(OptionsError::Expected(word))?;
                    once(&mut options.expected, "--expect", expected)?;
                }
                "cases" => once(&mut options.cases, "--cases", parser.value()?)?,
                "format" => {
                    options.format = match parser.value()?.string()?.as_str() {
                        "text" => Format::Text,
                        "json" => Format::Json,
                        other => return Err(OptionsError::Format(other.to_owned())),
                    };
                }
                _ => return Err(arg.unexpected().into()),
            }
        }
        options.check()?;
        Ok(options)
    }

    fn check(&self) -> Result<(), OptionsError> {
        let files = &self.files;
        if files.resource_policy.is_some() && files.trust.is_some() {
            return Err(OptionsError::TwoResourcePolicies);
        }
        let names_principals = files.resource_policy.is_some() || files.trust.is_some();
        if files.policies.is_empty() && !names_principals {
            return Err(OptionsError::NoPolicies);
        }
        let asks = !self.actions.is_empty();
        match self.cases {
            Some(_) if asks || !self.resources.is_empty() || self.expected.is_some() => {
                return Err(OptionsError::CasesAndMore);
            }
            // A case may have a principal of its own.
            Some(_) => {}
            None if !asks => return Err(OptionsError::NoActions),
            None if names_principals && self.principal.is_none() => return Err(OptionsError::NoPrincipal),
            None => {}
        }
        let single = [
            &files.boundary,
            &files.resource_policy,
            &files.trust,
            &self.context_file,
            &self.cases,
        ];
        let all = files
            .policies
            .iter()
            .chain(&files.session)
            .chain(files.scps.iter().flatten())
            .chain(files.rcps.iter().flatten())
            .chain(single.into_iter().flatten());
        if all.filter(|file| *file == "-").count() > 1 {
            return Err(OptionsError::StandardInputTwice);
        }
        Ok(())
    }
}

fn once<T>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), OptionsError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(OptionsError::Twice(name)),
    }
}

fn level(files: String) -> Vec<OsString> {
    files.split(',').map(OsString::from).collect()
}
