//! The language once more, as plainly as possible: no index, no compilation, dynamic programming for wildcards.
//! Slow and written apart from the library, so that the two can be compared.

use locum_names::{PrincipalArn, PrincipalKind};
use locum_policy::{Context, FederatedIssuer, Principal, RequesterKind, Values};
use serde_json::Value;

/// What the naive interpreter knows of a request.
pub struct Ask<'a> {
    pub principal: Principal<'a>,
    pub action: &'a str,
    pub resource: &'a str,
    pub same_account: bool,
    pub context: &'a Context<'a>,
    pub bounded: bool,
}

/// Documents by layer; `None` stands for a layer that is not there.
#[derive(Debug)]
pub struct Stack {
    pub identity: Vec<Value>,
    pub boundary: Option<Value>,
    pub session: Option<Vec<Value>>,
    pub scps: Vec<Vec<Value>>,
    pub rcps: Vec<Vec<Value>>,
    pub resource: Option<Value>,
    pub trust: bool,
}

#[derive(Clone)]
enum Symbol {
    Char(char),
    One,
    Star,
}

/// Whether a document has variables, and whether an empty value of one counts as none.
#[derive(Clone, Copy)]
struct Mode {
    variables: bool,
    blank_is_none: bool,
}

/// A comparison under both readings of empty values.
fn both(variables: bool, compare: impl Fn(Mode) -> Truth) -> Truth {
    let [one, other] = [true, false].map(|blank_is_none| {
        compare(Mode {
            variables,
            blank_is_none,
        })
    });
    if one == other { one } else { None }
}

/// A pattern's symbols; `None` when a variable has no value.
fn symbols(text: &str, wild: bool, mode: Mode, context: &Context<'_>) -> Option<Vec<Symbol>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if mode.variables
            && chars[i..].starts_with(&['$', '{'])
            && let Some(end) = chars[i..].iter().position(|c| *c == '}')
        {
            let inner: String = chars[i + 2..i + end].iter().collect();
            let (key, default) = match inner.split_once(", '") {
                Some((key, default)) => (key.to_owned(), default.strip_suffix('\'').map(str::to_owned)),
                None => (inner.clone(), None),
            };
            let value = match inner.as_str() {
                "*" | "?" | "$" => inner.clone(),
                _ => match context.get(&key) {
                    Some(Values::One(value)) if mode.blank_is_none && value.is_empty() => default?,
                    Some(Values::One(value)) => value.to_string(),
                    Some(Values::Many(_)) => return None,
                    None => default?,
                },
            };
            out.extend(value.chars().map(Symbol::Char));
            i += end + 1;
            continue;
        }
        out.push(match chars[i] {
            '*' if wild => Symbol::Star,
            '?' if wild => Symbol::One,
            c => Symbol::Char(c),
        });
        i += 1;
    }
    Some(out)
}

/// O(mn) dynamic programming.
fn glob(pattern: &[Symbol], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        next[0] = matches!(symbol, Symbol::Star) && row[0];
        for j in 1..=text.len() {
            next[j] = match symbol {
                Symbol::Star => row[j] || next[j - 1],
                Symbol::One => row[j - 1],
                Symbol::Char(c) => row[j - 1] && *c == text[j - 1],
            };
        }
        row = next;
    }
    row[text.len()]
}

/// The pattern cut at its first five colons, colons inside `${…}` not counted.
fn cut(pattern: &str, variables: bool) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut inside = false;
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if variables && rest.starts_with("${") && rest.contains('}') {
            inside = true;
        }
        if c == ':' && !inside && fields.len() < 6 {
            fields.push(String::new());
        } else {
            fields.last_mut().unwrap().push(c);
        }
        if c == '}' {
            inside = false;
        }
        rest = &rest[c.len_utf8()..];
    }
    fields
}

/// `Some` when settled, `None` when two readings differ.
type Truth = Option<bool>;

fn or(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let all: Vec<Truth> = truths.into_iter().collect();
    if all.contains(&Some(true)) {
        Some(true)
    } else if all.contains(&None) {
        None
    } else {
        Some(false)
    }
}

fn not(truth: Truth) -> Truth {
    truth.map(|t| !t)
}

fn by_fields(fields: &[String], text: &str, mode: Mode, context: &Context<'_>) -> bool {
    let given: Vec<&str> = text.splitn(6, ':').collect();
    given.len() == 6
        && fields
            .iter()
            .zip(&given)
            .all(|(p, t)| symbols(p, true, mode, context).is_some_and(|s| glob(&s, t)))
}

fn resource_matches(pattern: &str, ask: &Ask<'_>, mode: Mode) -> Truth {
    let variables = mode.variables;
    if pattern == "*" {
        return Some(true);
    }
    if ask.resource == "*" {
        return Some(false);
    }
    let Some(whole) = symbols(pattern, true, mode, ask.context) else {
        return Some(false);
    };
    let fields = cut(pattern, variables);
    let narrow = by_fields(&fields, ask.resource, mode, ask.context);
    let whole = glob(&whole, ask.resource);
    let early = variables && fields.iter().take(5).any(|f| f.contains("${") && f.contains('}'));
    match (whole, narrow) {
        (false, false) => Some(false),
        (true, true) if !early => Some(true),
        _ => None,
    }
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        other => vec![other],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn lower(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => c.to_lowercase().next().unwrap(),
            c => c,
        })
        .collect()
}

/// Units of 10⁻⁹; the tests keep numbers small.
fn number(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return None;
    }
    Some(sign * format!("{whole}{fraction:0<9}").parse::<i128>().ok()?)
}

/// Nanoseconds, in every reading.
fn dates(text: &str) -> Option<Vec<i128>> {
    if text.len() == 4 && text.chars().all(|c| c.is_ascii_digit()) {
        let year: jiff::Timestamp = format!("{text}-01-01T00:00:00Z").parse().ok()?;
        return Some(vec![
            year.as_nanosecond(),
            text.parse::<i128>().ok()? * 1_000_000_000,
        ]);
    }
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(vec![i128::from(seconds) * 1_000_000_000]);
    }
    if let Some(year) = text
        .strip_prefix('-')
        .filter(|y| y.chars().all(|c| c.is_ascii_digit()))
    {
        let year: jiff::Timestamp = format!("-{year:0>6}-01-01T00:00:00Z").parse().ok()?;
        return Some(vec![year.as_nanosecond()]);
    }
    let full = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    Some(vec![full.parse::<jiff::Timestamp>().ok()?.as_nanosecond()])
}

fn bits(text: &str) -> Option<Vec<bool>> {
    let octets = match text.parse::<std::net::IpAddr>().ok()?.to_canonical() {
        std::net::IpAddr::V4(ip) => ip.octets().to_vec(),
        std::net::IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    Some(
        octets
            .iter()
            .flat_map(|o| (0..8).rev().map(move |i| o >> i & 1 == 1))
            .collect(),
    )
}

fn in_range(range: &str, address: &str) -> Option<bool> {
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => (bits(network)?, length.parse::<usize>().ok()?),
        None => (bits(range)?, bits(range)?.len()),
    };
    let address = bits(address)?;
    if length > network.len() {
        return None;
    }
    Some(network.len() == address.len() && network[..length] == address[..length])
}

/// The bytes of canonical base64.
fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=');
    let mut bits: Vec<bool> = Vec::new();
    for c in digits.chars() {
        let digit = ALPHABET.find(c)?;
        bits.extend((0..6).rev().map(|i| digit >> i & 1 == 1));
    }
    let whole = bits.len() / 8 * 8;
    let padded = text.len().is_multiple_of(4) && text.len() - digits.len() == (3 - bits.len() / 8 % 3) % 3;
    if !padded || bits.len() - whole >= 6 || bits[whole..].contains(&true) {
        return None;
    }
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    Some(bits[..whole].chunks(8).map(byte).collect())
}

fn boolean(text: &str) -> Option<bool> {
    lower(text).parse().ok()
}

/// One comparison: the outer `None` when a side is malformed.
fn compare(base: &str, policy: &str, given: &str, mode: Mode, context: &Context<'_>) -> Option<Truth> {
    let relation = |ordering: std::cmp::Ordering| {
        if base.ends_with("LessThan") {
            ordering.is_lt()
        } else if base.ends_with("LessThanEquals") {
            ordering.is_le()
        } else if base.ends_with("GreaterThan") {
            ordering.is_gt()
        } else if base.ends_with("GreaterThanEquals") {
            ordering.is_ge()
        } else {
            ordering.is_eq()
        }
    };
    let matched = |wild: bool, policy: &str, given: &str| {
        symbols(policy, wild, mode, context).is_some_and(|s| glob(&s, given))
    };
    let perhaps = |text: &str| {
        let digits = text.trim_start_matches(['+', '-', '.', ' ']);
        digits.chars().next().is_some_and(|c| c.is_ascii_digit())
    };
    match base {
        "StringEquals" => Some(Some(matched(false, policy, given))),
        "StringEqualsIgnoreCase" => {
            let Some(symbols) = symbols(policy, false, mode, context) else {
                return Some(Some(false));
            };
            let wanted: String = symbols
                .iter()
                .map(|s| match s {
                    Symbol::Char(c) => *c,
                    Symbol::One | Symbol::Star => unreachable!(),
                })
                .collect();
            let wide = |text: &str| text.to_uppercase().to_lowercase();
            Some(
                match (lower(&wanted) == lower(given), wide(&wanted) == wide(given)) {
                    (true, _) => Some(true),
                    (false, true) => None,
                    (false, false) => Some(false),
                },
            )
        }
        "StringLike" => Some(Some(matched(true, policy, given))),
        "ArnLike" => {
            let fields = cut(policy, mode.variables);
            let narrow = fields.len() == 6 && by_fields(&fields, given, mode, context);
            Some(match (matched(true, policy, given), narrow) {
                (false, _) => Some(false),
                (true, true) => Some(true),
                (true, false) => None,
            })
        }
        "Bool" if policy.contains("${") => Some(None),
        "Bool" => match (boolean(policy)?, boolean(given)) {
            (wanted, Some(given)) => Some(Some(wanted == given)),
            (false, None) => Some(None),
            (true, None) => None,
        },
        "BinaryEquals" => {
            let decode = |text: &str| base64_bytes(text);
            Some(Some(decode(policy)? == decode(given)?))
        }
        "IpAddress" => Some(Some(in_range(policy, given)?)),
        _ if base.starts_with("Numeric") => match (number(given), number(policy)) {
            (Some(given), Some(policy)) => Some(Some(relation(given.cmp(&policy)))),
            _ => (perhaps(given) && perhaps(policy)).then_some(None),
        },
        _ if base.starts_with("Date") => {
            let (given, wanted) = (dates(given)?, dates(policy)?);
            let all: Vec<bool> = given
                .iter()
                .flat_map(|g| wanted.iter().map(move |w| (g, w)))
                .map(|(g, w)| relation(g.cmp(w)))
                .collect();
            Some(if all.iter().all(|t| *t) {
                Some(true)
            } else if all.iter().any(|t| *t) {
                None
            } else {
                Some(false)
            })
        }
        _ => unreachable!("{base}"),
    }
}

fn condition(operator: &str, key: &str, wanted: &Value, variables: bool, context: &Context<'_>) -> Truth {
    let (quantifier, name) = match operator.split_once(':') {
        Some((quantifier, name)) => (quantifier, name),
        None => ("", operator),
    };
    let (name, if_exists) = name.strip_suffix("IfExists").map_or((name, false), |n| (n, true));
    let wanted: Vec<String> = items(wanted).into_iter().map(text).collect();
    let given: Vec<String> = context
        .get(key)
        .map(|values| values.iter().map(str::to_owned).collect())
        .unwrap_or_default();
    let blank = given.len() == 1 && given[0].is_empty();
    if name == "Null" {
        let absent = if blank { None } else { Some(given.is_empty()) };
        return match quantifier {
            "ForAllValues" => Some(true),
            "ForAnyValue" => Some(false),
            _ => or(wanted.iter().map(|w| match boolean(w) {
                Some(true) => absent,
                Some(false) => not(absent),
                None => Some(false),
            })),
        };
    }
    let negated = name.contains("Not");
    let base = match name.replace("Not", "").as_str() {
        "ArnEquals" => "ArnLike".to_owned(),
        base => base.to_owned(),
    };
    if given.is_empty() {
        return match quantifier {
            "ForAllValues" => Some(true),
            "ForAnyValue" => {
                if if_exists {
                    None
                } else {
                    Some(false)
                }
            }
            _ => Some(if_exists || negated),
        };
    }
    let one = |value: &String| {
        let hit = or(wanted.iter().map(|w| {
            both(variables, |mode| match compare(&base, w, value, mode, context) {
                Some(truth) => truth,
                None if negated => None,
                None => Some(false),
            })
        }));
        if negated { not(hit) } else { hit }
    };
    let any = or(given.iter().map(one));
    match quantifier {
        "ForAnyValue" => any,
        "ForAllValues" => {
            let all = not(or(given.iter().map(one).map(not)));
            if blank && all != Some(true) { None } else { all }
        }
        _ if given.len() == 1 => any,
        _ if any == Some(false) => Some(false),
        _ => None,
    }
}

/// The classes of a grant: `D`irect, via `R`ole, via `U`ser, `A`ccount.
fn classes(kind: &str, entry: &str, ask: &Ask<'_>, deny: bool, trust: bool) -> String {
    let account = ask.principal.account.map(|a| a.to_string());
    let partition = ask.principal.partition;
    let insider = account.is_some();
    let named = |path: &str, name: &str, own_path: &str, own_name: &str| {
        if deny {
            name.to_lowercase() == own_name.to_lowercase()
        } else {
            !trust && path == own_path && name == own_name
        }
    };
    let class = match (kind, &ask.principal.kind) {
        ("AWS", _) if entry == "*" => {
            if trust && !deny && !insider {
                ""
            } else {
                "D"
            }
        }
        ("AWS", kind) => {
            let arn = entry.parse::<PrincipalArn>().ok();
            let mine = arn
                .filter(|a| Some(a.account.to_string()) == account && a.partition == partition)
                .map(|a| a.kind);
            if Some(entry) == account.as_deref() || mine == Some(PrincipalKind::Root) {
                "A"
            } else {
                match (kind, mine) {
                    (RequesterKind::User { id, .. }, None) if entry == id.as_str() => "D",
                    (RequesterKind::RoleSession { role_id, .. }, None) if entry == role_id.as_str() => "R",
                    (
                        RequesterKind::FederatedUser {
                            issuer: FederatedIssuer::User { id, .. },
                            ..
                        },
                        None,
                    ) if entry == id.as_str() => "U",
                    (
                        RequesterKind::User { path, name, .. },
                        Some(PrincipalKind::User { path: p, name: n }),
                    ) if named(&p, &n, path, name) => "D",
                    (
                        RequesterKind::FederatedUser {
                            issuer: FederatedIssuer::User { path, name, .. },
                            ..
                        },
                        Some(PrincipalKind::User { path: p, name: n }),
                    ) if named(&p, &n, path, name) => "U",
                    (
                        RequesterKind::RoleSession {
                            role_path, role_name, ..
                        },
                        Some(PrincipalKind::Role { path, name }),
                    ) if named(&path, &name, role_path, role_name) => "R",
                    (
                        RequesterKind::RoleSession {
                            role_name,
                            session_name,
                            ..
                        },
                        Some(PrincipalKind::AssumedRole { role, session }),
                    ) if (*role == **role_name
                        || deny && role.to_lowercase() == role_name.to_lowercase())
                        && *session == **session_name =>
                    {
                        "D"
                    }
                    (
                        RequesterKind::FederatedUser { name: own, .. },
                        Some(PrincipalKind::FederatedUser { name }),
                    ) if *name == **own => "D",
                    _ => "",
                }
            }
        }
        ("Service", RequesterKind::Service(own)) | ("Federated", RequesterKind::Federated(own))
            if *own == entry || deny && own.to_lowercase() == entry.to_lowercase() =>
        {
            "D"
        }
        _ => "",
    };
    class.to_owned()
}

fn principal_classes(statement: &Value, ask: &Ask<'_>, trust: bool) -> String {
    let deny = statement["Effect"] == "Deny";
    let collect = |block: &Value, deny: bool| -> String {
        if block == "*" {
            return classes("AWS", "*", ask, deny, trust);
        }
        let entries = block.as_object().into_iter().flatten();
        entries
            .flat_map(|(kind, list)| items(list).into_iter().map(move |e| (kind.clone(), text(e))))
            .map(|(kind, entry)| classes(&kind, &entry, ask, deny, trust))
            .collect()
    };
    if let Some(block) = statement.get("Principal") {
        return collect(block, deny);
    }
    let Some(block) = statement.get("NotPrincipal") else {
        return "D".to_owned();
    };
    if ask.bounded {
        return "D".to_owned();
    }
    let listed = collect(block, false);
    let everybody = text(block).contains("\"*\"") || block == "*";
    let needed = match ask.principal.kind {
        RequesterKind::Root => "A",
        RequesterKind::User { .. } | RequesterKind::FederatedUser { .. } => "DA",
        RequesterKind::RoleSession { .. } => "DRA",
        RequesterKind::Service(_) | RequesterKind::Federated(_) => "D",
        RequesterKind::Anonymous => "never",
    };
    if everybody || needed.chars().all(|c| listed.contains(c)) {
        String::new()
    } else {
        "D".to_owned()
    }
}

/// The classes by which a statement means the request; empty when it does not match.
fn statement_classes(statement: &Value, ask: &Ask<'_>, variables: bool, trust: bool) -> String {
    let deny = statement["Effect"] == "Deny";
    let take = |truth: Truth| truth.unwrap_or(deny);
    let action = |pattern: &Value| {
        let pattern = text(pattern).to_ascii_lowercase();
        let mode = Mode {
            variables: false,
            blank_is_none: false,
        };
        let symbols = symbols(&pattern, true, mode, ask.context).unwrap();
        glob(&symbols, &ask.action.to_ascii_lowercase())
    };
    let action_ok = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(list), _) => items(list).into_iter().any(action),
        (_, Some(list)) => !items(list).into_iter().any(action),
        _ => unreachable!(),
    };
    let resource_ok = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(list), _) => take(or(items(list).into_iter().map(|r| match r {
            Value::Null => Some(false),
            r => both(variables, |mode| resource_matches(&text(r), ask, mode)),
        }))),
        (_, Some(list)) => take(not(or(items(list).into_iter().map(|r| {
            both(variables, |mode| {
                symbols(&text(r), true, mode, ask.context)?;
                resource_matches(&text(r), ask, mode)
            })
        })))),
        _ => true,
    };
    let blocks = statement.get("Condition").and_then(Value::as_object);
    let conditions_ok = blocks.into_iter().flatten().all(|(operator, keys)| {
        let keys = keys.as_object().unwrap();
        keys.iter()
            .all(|(key, wanted)| take(condition(operator, key, wanted, variables, ask.context)))
    });
    if action_ok && resource_ok && conditions_ok {
        principal_classes(statement, ask, trust)
    } else {
        String::new()
    }
}

fn all_classes(document: &Value, effect: &str, ask: &Ask<'_>, trust: bool) -> String {
    let variables = document["Version"] == "2012-10-17";
    items(&document["Statement"])
        .into_iter()
        .filter(|s| s["Effect"] == effect)
        .map(|s| statement_classes(s, ask, variables, trust))
        .collect()
}

/// `allow`, `explicit`, or `implicit`.
pub fn decide(ask: &Ask<'_>, stack: &Stack) -> &'static str {
    let kind = ask.principal.kind;
    let exempt = matches!(
        kind,
        RequesterKind::RoleSession {
            service_linked: true,
            ..
        }
    );
    let is_root = matches!(
        kind,
        RequesterKind::Root
            | RequesterKind::FederatedUser {
                issuer: FederatedIssuer::Root,
                ..
            }
    );
    let none = Vec::new();
    let identity = if is_root { &none } else { &stack.identity };
    let boundary = stack.boundary.as_ref().filter(|_| !exempt);
    let levels: &[Vec<Value>] = if exempt { &[] } else { &stack.scps };
    let rcps: &[Vec<Value>] = if exempt { &[] } else { &stack.rcps };
    let ask = &Ask {
        bounded: boundary.is_some(),
        ..*ask
    };
    let denies = |d: &Value| !all_classes(d, "Deny", ask, false).is_empty();
    let allows = |d: &Value| !all_classes(d, "Allow", ask, false).is_empty();
    let mut applying = levels.iter().flatten().chain(rcps.iter().flatten());
    let denied = applying.any(denies)
        || identity.iter().any(denies)
        || boundary.is_some_and(denies)
        || stack.session.iter().flatten().any(denies)
        || stack
            .resource
            .as_ref()
            .is_some_and(|d| !all_classes(d, "Deny", ask, stack.trust).is_empty());
    if denied {
        return "explicit";
    }
    let resource = stack.resource.as_ref();
    let grants = resource.map_or(String::new(), |d| all_classes(d, "Allow", ask, stack.trust));
    let limits = boundary.is_none_or(allows)
        && match &stack.session {
            Some(session) => session.iter().any(allows),
            None => !matches!(kind, RequesterKind::FederatedUser { .. }),
        };
    let own = (is_root || identity.iter().any(allows)) && limits;
    let organization = levels.iter().all(|level| level.iter().any(allows));
    let outsider = ask.principal.account.is_none();
    let allowed = organization
        && if outsider {
            // The tests know providers of the caller's own account only.
            let foreign = matches!(kind, RequesterKind::Federated(_)) && !ask.same_account;
            !grants.is_empty() && !foreign
        } else if !ask.same_account {
            !grants.is_empty() && own
        } else {
            grants.contains('D')
                || ((grants.contains('R') || grants.contains('U')) && limits)
                || (own && (!stack.trust || grants.contains('A')))
        };
    if allowed { "allow" } else { "implicit" }
}
