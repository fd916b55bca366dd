//! Requests and what to expect of them, from the command line or from a file.

use locum_names::{AccountId, Arn};
use locum_policy::{Context, Decision};
use serde::Deserialize;

use super::{
    super::source::{self, SourceError},
    SimulateError,
    context::{self, Keys},
    options::Options,
    principal::{Asker, SOMEBODY},
};

/// Why the cases of a file were not understood.
#[derive(Debug, thiserror::Error)]
pub(super) enum CasesError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{name} has no cases")]
    Empty { name: String },
    #[error("{name}: {reason}")]
    Malformed { name: String, reason: String },
    #[error(
        "{name}:{line}: a line is <answer> <action> <resource> [<key>=<value>...], the answer allow, deny, explicit-deny or implicit-deny"
    )]
    Line { name: String, line: usize },
    #[error("an action is service:name without wildcards, such as s3:GetObject, not {0}")]
    Action(String),
    #[error("a resource is an ARN, such as arn:aws:s3:::bucket/key, or *, not {0}")]
    Resource(String),
    #[error("--resource-owner is an account of 12 digits, not {0}")]
    Owner(String),
}

/// What an answer should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Allow,
    /// However it is denied.
    Deny,
    ExplicitDeny,
    ImplicitDeny,
}

impl Expected {
    pub(super) fn read(word: &str) -> Option<Self> {
        Some(match word {
            "allow" => Self::Allow,
            "deny" => Self::Deny,
            "explicit-deny" => Self::ExplicitDeny,
            "implicit-deny" => Self::ImplicitDeny,
            _ => return None,
        })
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::ExplicitDeny => "explicit-deny",
            Self::ImplicitDeny => "implicit-deny",
        }
    }

    pub(super) const fn is_met_by(self, decision: &Decision<'_>) -> bool {
        match decision {
            Decision::Allow => matches!(self, Self::Allow),
            Decision::ExplicitDeny { .. } => matches!(self, Self::Deny | Self::ExplicitDeny),
            Decision::ImplicitDeny { .. } => matches!(self, Self::Deny | Self::ImplicitDeny),
        }
    }
}

/// One request.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: Option<String>,
    pub(super) principal: String,
    pub(super) asker: Asker,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) owner: Option<AccountId>,
    pub(super) context: Context<'static>,
    pub(super) expected: Option<Expected>,
}

/// A case as a JSON file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<String>,
    principal: Option<String>,
    action: OneOrMany,
    resource: Option<OneOrMany>,
    #[serde(default)]
    context: Keys,
    expect: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The file, unless it is a list of cases alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    cases: Vec<Written>,
}

impl OneOrMany {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(list) => list,
        }
    }
}

impl Case {
    /// Every request that is asked, in order.
    pub(super) fn of(options: &Options) -> Result<Vec<Self>, SimulateError> {
        let mut context = Context::new();
        if let Some(file) = &options.context_file {
            let source = source::read_own(file)?;
            let keys = context::keys(&source.name, &source.text)?;
            context::add_json(&mut context, &source.name, &keys)?;
        }
        context::add_words(&mut context, options.context.iter().map(String::as_str))?;
        let owner = options.resource_owner.as_deref();
        let owner = owner
            .map(|text| text.parse().map_err(|_| CasesError::Owner(text.to_owned())))
            .transpose()?;
        let shared = Shared {
            principal: options.principal.as_deref().unwrap_or(SOMEBODY),
            owner,
            context,
        };
        match &options.cases {
            Some(file) => {
                let source = source::read_own(file)?;
                let cases = if source.text.trim_start().starts_with(['{', '[']) {
                    shared.read_json(&source.name, &source.text)?
                } else {
                    shared.read_lines(&source.name, &source.text)?
                };
                if cases.is_empty() {
                    return Err(CasesError::Empty { name: source.name }.into());
                }
                Ok(cases)
            }
            None => {
                let asked = Asked {
                    name: None,
                    principal: None,
                    actions: options.actions.clone(),
                    resources: options.resources.clone(),
                    expected: options.expected,
                };
                let mut cases = Vec::new();
                shared.add(asked, &shared.context, &mut cases)?;
                Ok(cases)
            }
        }
    }
}

/// Whether a text is one action: a pattern of several is not what anybody asks, and no `Deny` of one of them would mean it.
fn is_action(text: &str) -> bool {
    let parts = text.split_once(':');
    let whole =
        parts.is_some_and(|(service, name)| !service.is_empty() && !name.is_empty() && !name.contains(':'));
    whole && !text.contains(['*', '?'])
}

/// Whether a text is what a request can be about. To anything else no ARN of a policy applies, and a slip would pass for a denial.
fn is_resource(text: &str) -> bool {
    text == "*" || Arn::parse(text).is_ok()
}

/// What every case has unless it says otherwise.
struct Shared<'o> {
    principal: &'o str,
    owner: Option<AccountId>,
    context: Context<'static>,
}

struct Asked {
    name: Option<String>,
    principal: Option<String>,
    actions: Vec<String>,
    resources: Vec<String>,
    expected: Option<Expected>,
}

impl Shared<'_> {
    fn add(
        &self,
        asked: Asked,
        context: &Context<'static>,
        cases: &mut Vec<Case>,
    ) -> Result<(), SimulateError> {
        if let Some(other) = asked.actions.iter().find(|action| !is_action(action)) {
            return Err(CasesError::Action(other.clone()).into());
        }
        if let Some(other) = asked.resources.iter().find(|resource| !is_resource(resource)) {
            return Err(CasesError::Resource(other.clone()).into());
        }
        let principal = asked.principal.unwrap_or_else(|| self.principal.to_owned());
        let asker = Asker::read(&principal)?;
        let all = vec!["*".to_owned()];
        let resources = if asked.resources.is_empty() {
            all
        } else {
            asked.resources
        };
        for action in &asked.actions {
            cases.extend(resources.iter().map(|resource| Case {
                name: asked.name.clone(),
                principal: principal.clone(),
                asker: asker.clone(),
                action: action.clone(),
                resource: resource.clone(),
                owner: self.owner,
                context: context.clone(),
                expected: asked.expected,
            }));
        }
        Ok(())
    }

    fn read_json(&self, name: &str, text: &str) -> Result<Vec<Case>, SimulateError> {
        let malformed = |reason: String| CasesError::Malformed {
            name: name.to_owned(),
            reason,
        };
        let written: Result<Vec<Written>, _> = if text.trim_start().starts_with('[') {
            serde_json::from_str(text)
        } else {
            serde_json::from_str::<Document>(text).map(|document| document.cases)
        };
        let written = written.map_err(|error| malformed(error.to_string()))?;
        let mut cases = Vec::new();
        for (case, number) in written.into_iter().zip(1..) {
            let mut context = self.context.clone();
            context::add_json(&mut context, name, &case.context)?;
            let expected = case
                .expect
                .map(|word| {
                    let refused = || {
                        malformed(format!(
                            "case {number} expects {word}, not allow, deny, explicit-deny or implicit-deny"
                        ))
                    };
                    Expected::read(&word).ok_or_else(refused)
                })
                .transpose()?;
            // A list without anything would ask nothing, and nothing would fail.
            let listed = |list: Vec<String>, what: &str| match list.is_empty() {
                true => Err(malformed(format!("case {number} has no {what} in its list"))),
                false => Ok(list),
            };
            let resources = case.resource.map(|list| listed(list.list(), "resource"));
            let asked = Asked {
                name: case.name,
                principal: case.principal,
                actions: listed(case.action.list(), "action")?,
                resources: resources.transpose()?.unwrap_or_default(),
                expected,
            };
            self.add(asked, &context, &mut cases)?;
        }
        Ok(cases)
    }

    /// Lines of words; what follows a `#` at the beginning of a word is a remark.
    fn read_lines(&self, name: &str, text: &str) -> Result<Vec<Case>, SimulateError> {
        let mut cases = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let words = line.split_whitespace().take_while(|word| !word.starts_with('#'));
            let words: Vec<&str> = words.collect();
            let (expected, action, resource, keys) = match words.as_slice() {
                [] => continue,
                [expected, action, resource, keys @ ..] => (Expected::read(expected), action, resource, keys),
                _ => (None, &"", &"", &[][..]),
            };
            let Some(expected) = expected else {
                let name = name.to_owned();
                return Err(CasesError::Line { name, line: number }.into());
            };
            let mut context = self.context.clone();
            context::add_words(&mut context, keys.iter().copied())?;
            let asked = Asked {
                name: Some(format!("{name}:{number}")),
                principal: None,
                actions: vec![(*action).to_owned()],
                resources: vec![(*resource).to_owned()],
                expected: Some(expected),
            };
            self.add(asked, &context, &mut cases)?;
        }
        Ok(cases)
    }
}
