//! Who is meant, and by which of its names.

use locum_names::{PrincipalArn, PrincipalKind};
use locum_policy::{FederatedIssuer, RequesterKind};
use serde_json::Value;

use super::{Ask, Mutation, items, mutated, text};

/// The classes of a grant: `D`irect, via `R`ole, via `U`ser, `A`ccount.
fn classes(kind: &str, entry: &str, ask: &Ask<'_>, deny: bool, trust: bool) -> String {
    let account = ask.principal.account.map(|a| a.to_string());
    let partition = ask.principal.partition;
    let insider = account.is_some();
    let deny_folds = deny && !mutated(Mutation::DenyHasCase);
    let named = |path: &str, name: &str, own_path: &str, own_name: &str| {
        if deny_folds {
            name.to_lowercase() == own_name.to_lowercase()
        } else if deny {
            name == own_name
        } else {
            !trust && path == own_path && name == own_name
        }
    };
    let class = match (kind, &ask.principal.kind) {
        ("AWS", _) if entry == "*" => {
            if trust && !deny && !insider && !mutated(Mutation::TrustStarReachesOutsiders) {
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
                        RequesterKind::RoleSession {
                            role_id,
                            session_name,
                            ..
                        },
                        None,
                    ) if entry == format!("{role_id}:{session_name}") => "D",
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
                    ) if named("", &role, "", role_name) && *session == **session_name => "D",
                    (
                        RequesterKind::FederatedUser { name: own, .. },
                        Some(PrincipalKind::FederatedUser { name }),
                    ) if *name == **own => "D",
                    _ => "",
                }
            }
        }
        ("Service", RequesterKind::Service(own)) | ("Federated", RequesterKind::Federated(own))
            if *own == entry || deny_folds && own.to_lowercase() == entry.to_lowercase() =>
        {
            "D"
        }
        _ => "",
    };
    class.to_owned()
}

pub fn principal_classes(statement: &Value, ask: &Ask<'_>, trust: bool) -> String {
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
    if ask.bounded && !mutated(Mutation::NotPrincipalSparesBounded) {
        return "D".to_owned();
    }
    let listed = collect(block, false);
    let everybody = text(block).contains("\"*\"") || block == "*";
    let needed = match ask.principal.kind {
        RequesterKind::Root => "A",
        RequesterKind::FederatedUser {
            issuer: FederatedIssuer::User { .. },
            ..
        } => "DUA",
        RequesterKind::User { .. } | RequesterKind::FederatedUser { .. } => "DA",
        RequesterKind::RoleSession { .. } => "DRA",
        RequesterKind::Service(_) | RequesterKind::Federated(_) => "D",
        RequesterKind::Anonymous => "never",
    };
    let any_name = mutated(Mutation::NotPrincipalSparesAnyName) && !listed.is_empty();
    if everybody || any_name || needed.chars().all(|c| listed.contains(c)) {
        String::new()
    } else {
        "D".to_owned()
    }
}
