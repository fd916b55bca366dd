//! Requests, and policies made of their pieces (`facts: policy §7`).
//!
//! The request comes first. Every literal of a policy is a piece of it, often bent in one place: cut to a prefix or a
//! suffix, one character another, another case, a field shifted, a value written as its variable. So about half of all
//! comparisons just miss.

use locum_policy::{Context, PolicyKind, Principal, RequesterKind, Values};
use serde_json::{Map, Value, json};

use crate::{
    dice::Dice,
    naive::Stack,
    world::{
        HERE, THERE, account, alice, alice_id, federated, federated_by_root, outside, role_id, role_session,
        root,
    },
};

pub const ACTIONS: [&str; 5] = [
    "s3:GetObject",
    "s3:Get",
    "sts:AssumeRole",
    "s3:GetObjectAcl",
    "sts:TagSession",
];
/// Some resources, for tests that begin with the policies.
pub const RESOURCES: [&str; 5] = [
    "arn:aws:sqs:::a/b",
    "arn:aws:sqs:eu:111111111111:alice",
    "arn:aws:sqs:::a:b",
    "arn:aws:iam::111111111111:role/a",
    "*",
];
const PROVIDER: &str = "arn:aws:iam::111111111111:oidc-provider/idp.example.com";
const PIECES: [&str; 9] = ["a", "b", "A", "alice", "*", "é", "a\nb", "a:b", ""];

pub const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "alice",
    "*",
    "a*",
    "${aws:username}",
    "é",
    "É",
    "K",
    "\u{212a}",
    "a\nb",
];
pub const ARNS: &[&str] = &[
    "arn:aws:sqs:::b/a",
    "arn:aws:sqs:eu:111111111111:alice/x",
    "arn:aws:iam::111111111111:role/a",
    "arn:aws:sqs::a:b:c",
    "a",
];
const NUMBERS: [&str; 11] = ["1", "1.0", "01", "-1", "2.5", "2", "0", "-0", "x", "1e0", "+1"];
const DATES: [&str; 8] = [
    "1704067200",
    "2024",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2024-01-01T05:00:00+05:00",
    "2024-01-02",
    "1704067201",
    "2023-12-31T23:59:59.5Z",
];
const FLAGS: [&str; 6] = ["true", "false", "True", "FALSE", "x", "${x:flag}"];
const ADDRESSES: [&str; 8] = [
    "10.0.0.1",
    "10.0.0.2",
    "11.0.0.1",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "x",
];
const RANGES: [&str; 9] = [
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.0/31",
    "0.0.0.0/0",
    "::/0",
    "::1",
    "0::1/128",
    "2001:DB8::/32",
    "x",
];
const BLOBS: [&str; 5] = ["AQ==", "AR==", "AQID", "aqid", "x"];

/// Keys, and what a request may hold under them.
const KEYS: [(&str, &[&str]); 8] = [
    ("x:tag", TEXTS),
    ("aws:username", &["alice", "a", "*", "", "${x:tag}"]),
    ("x:arn", ARNS),
    ("x:number", &NUMBERS),
    ("x:date", &DATES),
    ("x:flag", &FLAGS),
    ("x:ip", &ADDRESSES),
    ("x:blob", &BLOBS),
];

/// A request, owned.
#[derive(Clone, Debug)]
pub struct Asked {
    pub principal: Principal<'static>,
    pub action: String,
    pub resource: String,
    pub owner: u64,
    pub context: Context<'static>,
}

pub fn callers() -> [Principal<'static>; 11] {
    [
        root(),
        alice(),
        role_session(false),
        role_session(true),
        federated(),
        federated(),
        federated_by_root(),
        outside(RequesterKind::Service("ec2.amazonaws.com")),
        outside(RequesterKind::Federated(PROVIDER)),
        outside(RequesterKind::Federated("accounts.example.com")),
        outside(RequesterKind::Anonymous),
    ]
}

pub fn asked(dice: &mut Dice) -> Asked {
    let action = dice.pick(&ACTIONS);
    Asked {
        principal: dice.pick(&callers()),
        action: action.to_owned(),
        resource: resource(dice, action),
        owner: if dice.percent(60) { HERE } else { THERE },
        context: context(dice),
    }
}

fn resource(dice: &mut Dice, action: &str) -> String {
    if dice.percent(5) {
        return "*".to_owned();
    }
    let partition = if dice.percent(4) { "aws-cn" } else { "aws" };
    if action.starts_with("sts:") && dice.percent(70) {
        let owner = dice.pick(&[HERE, THERE]);
        return format!(
            "arn:{partition}:iam::{owner}:role/{}",
            dice.pick(&["a", "b", "alice"])
        );
    }
    let (region, owner) = (dice.pick(&["", "eu", "alice"]), dice.pick(&["", "111111111111"]));
    let pieces: Vec<&str> = (0..=dice.below(2)).map(|_| dice.pick(&PIECES)).collect();
    format!("arn:{partition}:sqs:{region}:{owner}:{}", pieces.join("/"))
}

pub fn context(dice: &mut Dice) -> Context<'static> {
    let mut context = Context::new();
    for (key, values) in KEYS {
        match dice.below(8) {
            0..=1 => {}
            2 => {
                let count = dice.below(3);
                context.set_many(key, (0..count).map(|_| dice.pick(values)).collect::<Vec<_>>());
            }
            _ => context.set(key, dice.pick(values)),
        }
    }
    context
}

/// The same request, bent in one place.
pub fn bend(dice: &mut Dice, asked: &Asked) -> Asked {
    let mut bent = asked.clone();
    match dice.below(6) {
        0 => bent.principal = dice.pick(&callers()),
        1 => bent.owner = HERE + THERE - asked.owner,
        2 => bent.resource = resource(dice, &asked.action),
        3 => {
            let (key, _) = dice.pick(&KEYS);
            bent.context.remove(key);
        }
        4 => {
            let (key, values) = dice.pick(&KEYS);
            bent.context.set(key, dice.pick(values));
        }
        _ => bent.action = dice.pick(&ACTIONS).to_owned(),
    }
    bent
}

/// A text that is this one, or nearly.
pub fn near(dice: &mut Dice, text: &str, context: &Context<'_>) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = dice.below(chars.len() + 1);
    let whole = |chars: &[char]| chars.iter().collect::<String>();
    let with = |replacement: &str, skip: usize| {
        let after = (at + skip).min(chars.len());
        format!("{}{replacement}{}", whole(&chars[..at]), whole(&chars[after..]))
    };
    match dice.below(20) {
        0..=5 => text.to_owned(),
        6 => format!("{}*", whole(&chars[..at])),
        7 => format!("*{}", whole(&chars[at..])),
        8 => with("*", 0),
        9 => with("?", 1),
        10 => with("b", 1),
        11 => with("", 1),
        12 if dice.percent(50) => text.to_uppercase(),
        12 => text.to_lowercase(),
        13 | 14 => shift(dice, text),
        15 | 16 => variable(dice, text, context),
        17 => text.replacen('*', "${*}", 1),
        18 => with("*", 2),
        _ => "*".to_owned(),
    }
}

/// One field between colons cleared, doubled, dropped or starred.
fn shift(dice: &mut Dice, text: &str) -> String {
    let mut fields: Vec<&str> = text.split(':').collect();
    let at = dice.below(fields.len());
    match dice.below(4) {
        0 => fields[at] = "*",
        1 => fields.insert(at, fields[at]),
        2 if fields.len() > 1 => {
            fields.remove(at);
        }
        _ => fields[at] = "",
    }
    fields.join(":")
}

/// A value in the text written as its variable, or a variable put into it.
fn variable(dice: &mut Dice, text: &str, context: &Context<'_>) -> String {
    for key in ["aws:username", "x:tag"] {
        if let Some(Values::One(value)) = context.get(key)
            && !value.is_empty()
            && text.contains(&**value)
            && dice.percent(70)
        {
            let key = if dice.percent(30) {
                key.to_uppercase()
            } else {
                key.to_owned()
            };
            return text.replacen(&**value, &format!("${{{key}}}"), 1);
        }
    }
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .next_back()
        .unwrap_or_default();
    let (head, tail) = text.split_at(end);
    let default = if tail.contains(['\'', '}']) { "" } else { tail };
    match dice.below(4) {
        0 => format!("{head}${{x:none, '{default}'}}"),
        1 => format!("{text}${{x:none}}"),
        2 => format!("{text}${{x:tag}}"),
        _ => format!("{head}${{aws:username, '{default}'}}"),
    }
}

fn listed(values: Vec<Value>, dice: &mut Dice) -> Value {
    match <[Value; 1]>::try_from(values) {
        Ok([one]) if dice.percent(60) => one,
        Ok([one]) => json!([one]),
        Err(values) => Value::Array(values),
    }
}

pub fn actions(dice: &mut Dice, action: &str) -> Value {
    let (vendor, name) = action.split_once(':').unwrap();
    let count = 1 + dice.below(2);
    let one = |dice: &mut Dice| match dice.below(14) {
        0 => "*".to_owned(),
        1 => "*:*".to_owned(),
        2 => format!("{vendor}:*"),
        3 => action.to_uppercase(),
        4 => action.replace('j', "."),
        5 => dice.pick(&ACTIONS).to_owned(),
        6 => format!("{vendor}:{}", name.replacen('e', "?", 1)),
        _ => format!("{vendor}:{}", near(dice, name, &Context::new()).replace(':', "")),
    };
    let values = (0..count).map(|_| json!(one(dice))).collect();
    listed(values, dice)
}

pub fn resources(dice: &mut Dice, asked: &Asked) -> Value {
    let count = 1 + dice.below(2);
    let one = |dice: &mut Dice| match dice.below(12) {
        0 | 1 => json!("*"),
        2 => json!(resource(dice, "s3:Get")),
        3 if dice.percent(20) => Value::Null,
        _ => json!(near(dice, &asked.resource, &asked.context)),
    };
    let values = (0..count).map(|_| one(dice)).collect();
    listed(values, dice)
}

/// Operators by what they compare, the keys that hold such values and a policy's values.
const OPERATORS: [(&[&str], &str, &[&str]); 7] = [
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        "x:tag",
        TEXTS,
    ),
    (
        &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        "x:arn",
        ARNS,
    ),
    (
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        "x:number",
        &NUMBERS,
    ),
    (
        &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        "x:date",
        &DATES,
    ),
    (&["Bool", "Null"], "x:flag", &FLAGS),
    (&["IpAddress", "NotIpAddress"], "x:ip", &RANGES),
    (&["BinaryEquals"], "x:blob", &BLOBS),
];

/// Every operator with every qualifier it may have.
pub fn operators() -> Vec<String> {
    let bases = OPERATORS.iter().flat_map(|(names, ..)| names.iter());
    let qualified = bases.flat_map(|base| {
        ["", "ForAllValues:", "ForAnyValue:"]
            .into_iter()
            .flat_map(move |set| ["", "IfExists"].map(move |suffix| format!("{set}{base}{suffix}")))
    });
    qualified.filter(|name| !name.ends_with("NullIfExists")).collect()
}

fn conditions(dice: &mut Dice, asked: &Asked) -> Map<String, Value> {
    let mut block = Map::new();
    for _ in 0..1 + dice.below(2) {
        let (names, own, values) = dice.pick(&OPERATORS);
        let base = dice.pick(names);
        let set = dice.pick(&["", "", "", "ForAllValues:", "ForAnyValue:"]);
        let suffix = if base != "Null" && dice.percent(25) {
            "IfExists"
        } else {
            ""
        };
        let key = if dice.percent(80) { own } else { dice.pick(&KEYS).0 };
        let textual = base.starts_with("String") || base.starts_with("Arn");
        let given: Vec<&str> = asked
            .context
            .get(key)
            .map(|v| v.iter().collect())
            .unwrap_or_default();
        let count = [1, 1, 1, 2, 0][dice.below(5)];
        let one = |dice: &mut Dice| {
            let date = base.starts_with("Date");
            let text = match given.first() {
                Some(first) if textual && dice.percent(75) => near(dice, first, &asked.context),
                Some(first) if !date && dice.percent(40) => (*first).to_owned(),
                Some(first) if date && DATES.contains(first) && dice.percent(40) => (*first).to_owned(),
                _ => dice.pick(values).to_owned(),
            };
            // Numbers and booleans may stand bare.
            let bare: Option<Value> = serde_json::from_str(&text).ok();
            match bare {
                Some(bare @ (Value::Number(_) | Value::Bool(_))) if dice.percent(40) => bare,
                _ => json!(text),
            }
        };
        let values = (0..count).map(|_| one(dice)).collect();
        let key = if dice.percent(20) {
            key.to_uppercase()
        } else {
            key.to_owned()
        };
        let keys = block
            .entry(format!("{set}{base}{suffix}"))
            .or_insert_with(|| json!({}));
        keys.as_object_mut().unwrap().insert(key, listed(values, dice));
    }
    block
}

/// The names a caller may go by, each under its kind.
fn names(principal: &Principal<'_>) -> Vec<(&'static str, String)> {
    let aws = |names: &[&str]| names.iter().map(|n| ("AWS", (*n).to_owned())).collect::<Vec<_>>();
    let here = account(HERE).to_string();
    let mut own = match principal.kind {
        RequesterKind::Root => Vec::new(),
        RequesterKind::User { id, .. } => {
            aws(&["arn:aws:iam::111111111111:user/alice", id.as_str(), id.as_str()])
        }
        RequesterKind::RoleSession { role_id, .. } => aws(&[
            "arn:aws:iam::111111111111:role/team/deploy",
            role_id.as_str(),
            "arn:aws:sts::111111111111:assumed-role/deploy/ci",
        ]),
        RequesterKind::FederatedUser { .. } => aws(&[
            "arn:aws:sts::111111111111:federated-user/bob",
            "arn:aws:iam::111111111111:user/alice",
            alice_id().as_str(),
        ]),
        RequesterKind::Service(host) => vec![("Service", host.to_owned()), ("Service", host.to_uppercase())],
        RequesterKind::Federated(provider) => {
            vec![
                ("Federated", provider.to_owned()),
                ("Federated", provider.replace("idp", "IDP")),
            ]
        }
        RequesterKind::Anonymous => Vec::new(),
    };
    if principal.account.is_some() {
        own.extend(aws(&[&here, "arn:aws:iam::111111111111:root"]));
    }
    own.extend(aws(&["*"]));
    own
}

fn principals(dice: &mut Dice, asked: &Asked, kind: PolicyKind) -> Value {
    if kind == PolicyKind::Resource && dice.percent(5) {
        return json!("*");
    }
    let own = names(&asked.principal);
    let mut block = Map::new();
    for _ in 0..dice.pick(&[1, 1, 1, 2, 3]) {
        let (key, name) = if dice.percent(65) {
            own[dice.below(own.len())].clone()
        } else {
            let other = dice.pick(&callers());
            let (key, name) = names(&other)[0].clone();
            let bent = match dice.below(6) {
                0 => name.replace("alice", "Alice").replace("deploy", "Deploy"),
                1 => name.replace("111111111111", "222222222222"),
                2 => name.replace("arn:aws:", "arn:aws-cn:"),
                3 => name.replace("/team/", "/"),
                4 => name.replace("/ci", "/CI").replace("user/alice", "user/old/alice"),
                _ => name,
            };
            (key, bent)
        };
        // A trust policy is stored with ids.
        let name = match name.as_str() {
            "arn:aws:iam::111111111111:user/alice" if kind == PolicyKind::Trust => alice_id().to_string(),
            "arn:aws:iam::111111111111:role/team/deploy" if kind == PolicyKind::Trust => {
                role_id().to_string()
            }
            _ => name,
        };
        let list = block.entry(key).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(json!(name));
    }
    Value::Object(block)
}

fn statement(dice: &mut Dice, asked: &Asked, kind: PolicyKind) -> Value {
    let deny = dice.percent(22) || kind == PolicyKind::ResourceControl;
    let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }});
    let named = matches!(kind, PolicyKind::Trust | PolicyKind::Resource);
    if kind == PolicyKind::Trust {
        let action = dice.pick(&[
            "sts:AssumeRole",
            "sts:*",
            "STS:Assume*",
            "sts:TagSession",
            "sts:AssumeRol?",
        ]);
        statement["Action"] = json!(action);
    } else {
        if kind != PolicyKind::ResourceControl && dice.percent(15) {
            let other = dice.pick(&ACTIONS);
            statement["NotAction"] = actions(dice, other);
        } else {
            statement["Action"] = actions(dice, &asked.action);
        }
        if !(named && dice.percent(40)) {
            if dice.percent(15) {
                statement["NotResource"] = resources(dice, asked);
            } else {
                statement["Resource"] = resources(dice, asked);
            }
        }
    }
    if kind == PolicyKind::ResourceControl {
        statement["Principal"] = json!("*");
    }
    if named {
        let not = deny && kind == PolicyKind::Resource && dice.percent(30);
        statement[if not { "NotPrincipal" } else { "Principal" }] = principals(dice, asked, kind);
    }
    if dice.percent(45) {
        statement["Condition"] = Value::Object(conditions(dice, asked));
    }
    statement
}

fn allow_everything(kind: PolicyKind) -> Value {
    match kind {
        PolicyKind::ResourceControl => json!({"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}),
        _ => json!({"Effect":"Allow","Action":"*","Resource":"*"}),
    }
}

/// A document about this request. Not every one passes validation.
pub fn document(dice: &mut Dice, asked: &Asked, kind: PolicyKind) -> Value {
    let organization = matches!(kind, PolicyKind::ServiceControl | PolicyKind::ResourceControl);
    let version = if organization || dice.percent(85) {
        "2012-10-17"
    } else {
        "2008-10-17"
    };
    // More than a few statements are found through an index.
    let count = if dice.percent(8) {
        8 + dice.below(6)
    } else {
        1 + dice.below(2)
    };
    let mut statements: Vec<Value> = (0..count).map(|_| statement(dice, asked, kind)).collect();
    let limits = !matches!(kind, PolicyKind::Trust | PolicyKind::Resource);
    if limits && dice.percent(30) {
        statements.insert(dice.below(count), allow_everything(kind));
    }
    json!({"Version": version, "Statement": statements})
}

/// Documents for every layer that bears on this request.
pub fn stack(dice: &mut Dice, asked: &Asked) -> Stack {
    let list = |dice: &mut Dice, kind, most: usize| {
        let count = dice.below(most + 1);
        (0..count)
            .map(|_| document(dice, asked, kind))
            .collect::<Vec<_>>()
    };
    let trust = asked.action.starts_with("sts:");
    let trust = dice.percent(if trust { 80 } else { 10 });
    let identity = list(dice, PolicyKind::Inline, 2);
    let boundary = dice
        .percent(30)
        .then(|| document(dice, asked, PolicyKind::Inline));
    let federated = matches!(asked.principal.kind, RequesterKind::FederatedUser { .. });
    let session = dice
        .percent(if federated { 75 } else { 40 })
        .then(|| list(dice, PolicyKind::Session, 2));
    let levels = if dice.percent(35) { 1 + dice.below(2) } else { 0 };
    let scps = (0..levels).map(|_| {
        let mut level = list(dice, PolicyKind::ServiceControl, 2);
        if dice.percent(50) {
            level.push(
                json!({"Version":"2012-10-17","Statement":[allow_everything(PolicyKind::ServiceControl)]}),
            );
        }
        level
    });
    let scps = scps.collect();
    let levels = if dice.percent(20) { 1 + dice.below(2) } else { 0 };
    let rcps = (0..levels)
        .map(|_| list(dice, PolicyKind::ResourceControl, 2))
        .collect();
    let resource = match (trust, dice.percent(75)) {
        (true, true) => Some(document(dice, asked, PolicyKind::Trust)),
        (false, true) => Some(document(dice, asked, PolicyKind::Resource)),
        (_, false) => None,
    };
    Stack {
        identity,
        boundary,
        session,
        scps,
        rcps,
        trust: trust && resource.is_some(),
        resource,
    }
}
