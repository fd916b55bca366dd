//! What there is, as a file would describe it.
//!
//! Left out is what nobody would write: what belongs to AWS, roles of services, the role by which the management account
//! reaches the others (making an account makes it), and every secret. Numbers of accounts become placeholders, so that the
//! file describes another deployment as well as this one.

use crate::{
    Account, AccountState, Described, Document, Named, Organization, OrganizationState, PolicyType, Root,
    Target, TokenPreferences, Unit, is_account_number, plan::placeholders::generalize,
};

/// Returns the file of one account.
#[must_use]
pub fn export_account(state: &AccountState, access_role: &str) -> Described {
    Described {
        account: Some(contents(state, access_role, &Named::new())),
        ..Described::default()
    }
}

/// Returns the file of an organization and of those of its accounts whose state is given, by number.
#[must_use]
pub fn export_organization(
    state: &OrganizationState,
    accounts: &Named<AccountState>,
    access_role: &str,
) -> Described {
    let keys = keys(state);
    let names: Named<String> = keys
        .iter()
        .map(|(number, key)| (key.clone(), number.clone()))
        .collect();
    let mut described = Named::new();
    for member in state.members.iter().filter(|member| member.active) {
        let (Some(key), Some(found)) = (keys.get(&member.id), accounts.get(&member.id)) else {
            continue;
        };
        let mut account = contents(found, access_role, &names);
        // The management account is there before anything is described, with an address of its own.
        if member.id != state.management && *key == member.name {
            account.email = Some(member.email.clone());
        }
        let place = state.places.get(&member.id).filter(|place| !place.is_empty());
        account.unit = place.cloned();
        if let Some(target) = state.targets.get(&member.id) {
            let attached = attached(state, target);
            account.service_control_policies = attached.service;
            account.resource_control_policies = attached.resource;
            account.full_access = attached.full_access;
            account.tags = filled(target.tags.clone());
        }
        described.insert(key.clone(), account);
    }
    Described {
        organization: Some(organization(state, &keys, &names))
            .filter(|found| *found != Organization::default()),
        account: None,
        accounts: filled(described),
    }
}

/// What each account is called: its name, or its number if others have that name too or it looks like a number.
fn keys(state: &OrganizationState) -> Named<String> {
    let plain = |name: &str| !name.is_empty() && !name.contains(['}', '{', '$']) && !is_account_number(name);
    let active = state.members.iter().filter(|member| member.active);
    let named = active.clone().map(|member| {
        let namesakes = active.clone().filter(|other| other.name == member.name).count();
        let key = if namesakes == 1 && plain(&member.name) {
            &member.name
        } else {
            &member.id
        };
        (member.id.clone(), key.clone())
    });
    named.collect()
}

fn contents(state: &AccountState, access_role: &str, names: &Named<String>) -> Account {
    let mut account = state.account.clone();
    account.policies = account.policies.and_then(filled);
    account.groups = account.groups.and_then(filled);
    account.users = account.users.and_then(filled);
    if let Some(roles) = &mut account.roles {
        roles.remove(access_role);
    }
    account.roles = account.roles.and_then(filled);
    let profiles = account.instance_profiles.iter_mut().flatten();
    profiles.for_each(|(_, profile)| profile.name_role_plainly());
    account.instance_profiles = account.instance_profiles.and_then(filled);
    account.saml_providers = account.saml_providers.and_then(filled);
    account.oidc_providers = account.oidc_providers.and_then(filled);
    account.sts = account.sts.filter(|sts| *sts != TokenPreferences::default());
    let mut general = |document: &mut Document| generalize(document, Some(&state.id), names);
    for policy in account.policies.iter_mut().flat_map(|all| all.values_mut()) {
        general(&mut policy.document);
    }
    let groups = account.groups.iter_mut().flat_map(|all| all.values_mut());
    let users = account.users.iter_mut().flat_map(|all| all.values_mut());
    let inline = groups.filter_map(|group| group.inline.as_mut());
    let inline = inline.chain(users.filter_map(|user| user.inline.as_mut()));
    inline
        .flat_map(|inline| inline.values_mut())
        .for_each(&mut general);
    for role in account.roles.iter_mut().flat_map(|all| all.values_mut()) {
        general(&mut role.trust);
        role.inline
            .iter_mut()
            .flat_map(|inline| inline.values_mut())
            .for_each(&mut general);
    }
    account
}

fn organization(state: &OrganizationState, keys: &Named<String>, names: &Named<String>) -> Organization {
    let policies = |kind: PolicyType| {
        let own = state.policies.iter().filter(|((of, _), _)| *of == kind);
        let own = own.filter_map(|((_, name), known)| Some((name.clone(), known.policy.clone()?)));
        let own = own.map(|(name, mut policy)| {
            generalize(&mut policy.document, None, names);
            (name, policy)
        });
        filled(own.collect::<Named<_>>())
    };
    let root = state.targets.get(&state.root).map(|target| {
        let found = attached(state, target);
        Root {
            service_control_policies: found.service,
            resource_control_policies: found.resource,
            full_access: found.full_access,
            tags: filled(target.tags.clone()),
        }
    });
    let delegated = state
        .delegated
        .iter()
        .filter(|(_, services)| !services.is_empty());
    let delegated = delegated.filter_map(|(number, services)| {
        let services = services.iter().cloned().collect();
        Some((keys.get(number)?.clone(), services))
    });
    let list = |some: Vec<_>| (!some.is_empty()).then_some(some);
    Organization {
        policy_types: list(state.enabled.iter().copied().collect()),
        root_features: Some(state.features.iter().copied().collect())
            .filter(|list: &Vec<_>| !list.is_empty()),
        service_control_policies: policies(PolicyType::ServiceControl),
        resource_control_policies: policies(PolicyType::ResourceControl),
        root: root.filter(|root| *root != Root::default()),
        units: units(state, ""),
        delegated_administrators: filled(delegated.collect::<Named<_>>()),
    }
}

/// The units directly below a path.
fn units(state: &OrganizationState, above: &str) -> Option<Named<Unit>> {
    let mut found = Named::new();
    for (path, id) in &state.units {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        if parent != above {
            continue;
        }
        let mut unit = Unit {
            units: units(state, path),
            ..Unit::default()
        };
        if let Some(target) = state.targets.get(id) {
            let attached = attached(state, target);
            unit.service_control_policies = attached.service;
            unit.resource_control_policies = attached.resource;
            unit.full_access = attached.full_access;
            unit.tags = filled(target.tags.clone());
        }
        found.insert(name.to_owned(), unit);
    }
    filled(found)
}

struct Attached {
    service: Option<Vec<String>>,
    resource: Option<Vec<String>>,
    full_access: Option<bool>,
}

fn attached(state: &OrganizationState, target: &Target) -> Attached {
    let names = |kind: PolicyType| {
        let all = target.policies.get(&kind).into_iter().flatten();
        let own: Vec<String> = all.filter(|name| *name != kind.full_access()).cloned().collect();
        (!own.is_empty()).then_some(own)
    };
    let full = PolicyType::ServiceControl.full_access();
    let open = target
        .policies
        .get(&PolicyType::ServiceControl)
        .is_none_or(|policies| policies.contains(full));
    let closed = state.enabled.contains(&PolicyType::ServiceControl) && !open;
    Attached {
        service: names(PolicyType::ServiceControl),
        resource: names(PolicyType::ResourceControl),
        full_access: closed.then_some(false),
    }
}

fn filled<T>(map: Named<T>) -> Option<Named<T>> {
    (!map.is_empty()).then_some(map)
}
