use std::{collections::HashMap, fmt, sync::Arc};

use crate::{
    PolicyError,
    arn_pattern::ArnPattern,
    condition::{Condition, Test},
    fold::folded,
    glob::Pattern,
    index::Index,
    json::{self, Node, Value},
    operator::Operator,
    statement::{Actions, Resources, Statement, Subject},
    validate,
    who::{Grants, Principals, Who},
};

/// Where a document is used; decides what it may hold and with which words it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// A managed policy: version 2012-10-17 only.
    Managed,
    /// A policy inside a user, group or role.
    Inline,
    /// A role's trust policy.
    Trust,
    /// A policy passed when a session is made.
    Session,
    /// A resource-based policy.
    Resource,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
}

/// What a matching statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

/// A policy, compiled once and immutable. Clones share it.
#[derive(Clone)]
pub struct Policy(Arc<Compiled>);

struct Compiled {
    document: Box<str>,
    kind: PolicyKind,
    statements: Box<[Statement]>,
    deny: Index,
    allow: Index,
}

impl Policy {
    /// Reads, validates and compiles a document.
    ///
    /// A trust policy is compiled as it is stored, after [`resolve_principals`](crate::resolve_principals): the ARN of a
    /// user, a role or a role's session that is still in it trusts nobody.
    ///
    /// # Errors
    /// The message of AWS's `MalformedPolicyDocument`, in AWS's order of checks (`facts: policy §6.1`).
    pub fn compile(document: &str, kind: PolicyKind) -> Result<Self, PolicyError> {
        let root = json::read(document).map_err(|error| validate::not_json(kind, &error))?;
        validate::document(document, &root, kind)?;
        let statements = statements(&root, kind)?;
        let of = |effect| {
            let places = statements.iter().enumerate();
            let places = places.filter(move |(_, s)| s.effect == effect);
            Index::build(places.filter_map(|(at, s)| Some((u32::try_from(at).ok()?, s))))
        };
        let (deny, allow) = (of(Effect::Deny), of(Effect::Allow));
        Ok(Self(Arc::new(Compiled {
            document: document.into(),
            kind,
            statements: statements.into(),
            deny,
            allow,
        })))
    }

    /// The document it was compiled from, byte for byte.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.0.document
    }

    /// What it was compiled as.
    #[must_use]
    pub fn kind(&self) -> PolicyKind {
        self.0.kind
    }

    /// Whether it is the very same as another, or a clone of it.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.0.statements
    }

    /// The first `Deny` statement that matches.
    pub(crate) fn first_deny(&self, subject: &Subject<'_>) -> Option<(usize, &Statement)> {
        let mut first: Option<u32> = None;
        let request = subject.request;
        self.0.deny.candidates(request.action, request.resource, |at| {
            if first.is_none_or(|f| at < f) && !self.grants(at, subject).is_none() {
                first = Some(at);
            }
        });
        let at = usize::try_from(first?).ok()?;
        Some((at, self.0.statements.get(at)?))
    }

    /// As which of its names the `Allow` statements mean the requester.
    pub(crate) fn allows(&self, subject: &Subject<'_>) -> Grants {
        let mut grants = Grants::NONE;
        let request = subject.request;
        self.0.allow.candidates(request.action, request.resource, |at| {
            // Nothing is more than a direct grant.
            if !grants.has(Grants::DIRECT) {
                grants = grants.union(self.grants(at, subject));
            }
        });
        grants
    }

    fn grants(&self, at: u32, subject: &Subject<'_>) -> Grants {
        let statement = usize::try_from(at).ok().and_then(|at| self.0.statements.get(at));
        statement.map_or(Grants::NONE, |s| s.grants(subject))
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy")
            .field(&self.kind())
            .field(&self.document())
            .finish()
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.document() == other.document()
    }
}

impl Eq for Policy {}

/// The statements of a validated document. What validation should have refused is refused here again, in our words.
fn statements(root: &Node, kind: PolicyKind) -> Result<Vec<Statement>, PolicyError> {
    let variables = root.get("Version").and_then(Node::as_str) == Some("2012-10-17");
    let list = root.get("Statement").map(Node::list).unwrap_or_default();
    let compile = |node| {
        statement(node, kind, variables).ok_or_else(|| {
            PolicyError::new("Syntax errors in policy.", "a statement that can not be compiled")
                .at(&node.span)
        })
    };
    list.iter().map(compile).collect()
}

fn statement(node: &Node, kind: PolicyKind, variables: bool) -> Option<Statement> {
    let effect = match node.get("Effect")?.as_str()? {
        "Allow" => Effect::Allow,
        "Deny" => Effect::Deny,
        _ => return None,
    };
    let actions = match (node.get("Action"), node.get("NotAction")) {
        (Some(list), None) => actions(list, false)?,
        (None, Some(list)) => actions(list, true)?,
        _ => return None,
    };
    let resources = match (node.get("Resource"), node.get("NotResource")) {
        (None, None) if matches!(kind, PolicyKind::Trust | PolicyKind::Resource) => None,
        (Some(list), None) => Some(resources(list, false, variables)?),
        (None, Some(list)) => Some(resources(list, true, variables)?),
        _ => return None,
    };
    let principals = match (node.get("Principal"), node.get("NotPrincipal")) {
        (None, None) => None,
        (Some(principal), None) => Some(principals(principal, false)?),
        (None, Some(principal)) => Some(principals(principal, true)?),
        _ => return None,
    };
    let names_principals = matches!(
        kind,
        PolicyKind::Trust | PolicyKind::Resource | PolicyKind::ResourceControl
    );
    if names_principals != principals.is_some() {
        return None;
    }
    Some(Statement {
        sid: node.get("Sid").and_then(Node::as_str).unwrap_or_default().into(),
        effect,
        actions,
        resources,
        principals,
        conditions: conditions(node, variables)?.into(),
        span: node.span.clone(),
    })
}

fn actions(list: &Node, negated: bool) -> Option<Actions> {
    let patterns = list.list().iter().map(|n| n.as_str().map(Pattern::of_action));
    Some(Actions {
        patterns: patterns.collect::<Option<_>>()?,
        negated,
    })
}

fn resources(list: &Node, negated: bool, variables: bool) -> Option<Resources> {
    let pattern = |node: &Node| match &node.value {
        Value::String(text) => Some(Some(ArnPattern::parse(text, variables))),
        Value::Null => Some(None),
        _ => None,
    };
    Some(Resources {
        patterns: list.list().iter().map(pattern).collect::<Option<_>>()?,
        negated,
    })
}

fn principals(node: &Node, negated: bool) -> Option<Principals> {
    if node.as_str() == Some("*") {
        return Some(Principals {
            entries: [Who::Everyone].into(),
            negated,
        });
    }
    let mut entries = Vec::new();
    for member in node.members()? {
        for value in member.value.list() {
            let text = value.as_str()?;
            entries.push(match &*member.key {
                "AWS" => Who::aws(text)?,
                "Service" => Who::service(text)?,
                "Federated" => Who::federated(text)?,
                _ => return None,
            });
        }
    }
    Some(Principals {
        entries: entries.into(),
        negated,
    })
}

fn conditions(statement: &Node, variables: bool) -> Option<Vec<Condition>> {
    let mut conditions: Vec<Condition> = Vec::new();
    let Some(block) = statement.get("Condition") else {
        return Some(conditions);
    };
    for by_operator in block.members()? {
        let keys = by_operator.value.members()?;
        // AWS stores an unknown operator over no keys; there is nothing to hold.
        if keys.is_empty() {
            continue;
        }
        let operator = Operator::parse(&by_operator.key)?;
        // Keys have no case, so two spellings of one are one condition.
        let mut places = HashMap::new();
        for key in keys {
            let values = key.value.list().iter().map(scalar).collect::<Option<Vec<_>>>()?;
            let test = Test::parse(operator, &values, variables);
            let place = *places.entry(folded(&key.key)).or_insert(conditions.len());
            match conditions.get_mut(place) {
                Some(condition) => condition.add(test),
                None => conditions.push(Condition::new(operator, &key.key, test)),
            }
        }
    }
    Some(conditions)
}

/// The text of a condition's value; numbers as they were written.
fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Some(text),
        Value::Boolean(true) => Some("true"),
        Value::Boolean(false) => Some("false"),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
