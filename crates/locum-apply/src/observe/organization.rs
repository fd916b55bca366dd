//! The organization: its tree, its policies and what is attached where.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    documents::document,
    filled, iam,
    members::{Member, SeveralAccounts, member_of, members},
    strings, tags,
};
use crate::{
    Api, ApiFailure, ControlPolicy, Described, Named, PolicyType, RootFeature,
    api::{Pages, text, truth},
};

/// What policies are attached to: the root, a unit or an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The names of all policies attached.
    pub(crate) policies: BTreeMap<PolicyType, BTreeSet<String>>,
    /// All tags.
    pub(crate) tags: Named<String>,
}

/// A policy of the organization.
#[derive(Debug, Clone)]
pub(crate) struct KnownPolicy {
    pub(crate) id: String,
    pub(crate) aws_managed: bool,
    /// The details, if they were read.
    pub(crate) policy: Option<ControlPolicy>,
    /// The ids of what it is attached to, if it may be removed.
    pub(crate) targets: Vec<String>,
}

/// The organization as it is.
#[derive(Debug, Clone, Default)]
pub struct OrganizationState {
    /// The number of the management account.
    pub management: String,
    /// Every account.
    pub members: Vec<Member>,
    pub(crate) root: String,
    pub(crate) enabled: BTreeSet<PolicyType>,
    pub(crate) features: BTreeSet<RootFeature>,
    /// Units by their path from the root, `A/B`, with their ids.
    pub(crate) units: Named<String>,
    /// The path of the unit that an account is in, by its number; empty for the root.
    pub(crate) places: Named<String>,
    pub(crate) policies: BTreeMap<(PolicyType, String), KnownPolicy>,
    /// By id.
    pub(crate) targets: Named<Target>,
    /// Services that an account administers, by its number.
    pub(crate) delegated: Named<BTreeSet<String>>,
    /// Services that may act in the organization, if anybody is to administer one.
    pub(crate) trusted: BTreeSet<String>,
}

impl OrganizationState {
    /// Reads the organization: what is described, or with `everything` all of it. If nothing of it is described, only the
    /// list of accounts.
    ///
    /// # Errors
    /// The first call that failed.
    pub fn read(api: &mut dyn Api, described: &Described, everything: bool) -> Result<Self, ApiFailure> {
        let mut state = Self {
            members: members(api)?,
            ..Self::default()
        };
        let mut accounts = described.accounts.iter().flatten();
        if !everything
            && described.organization.is_none()
            && !accounts.any(|(_, account)| account.is_in_organization())
        {
            return Ok(state);
        }
        let mut reader = Reader {
            pages: Pages {
                api,
                service: "organizations",
            },
            described,
            everything,
            state: &mut state,
        };
        reader.tree()?;
        reader.policies()?;
        reader.targets()?;
        reader.delegations()?;
        let organization = described.organization.as_ref();
        if everything || organization.is_some_and(|organization| organization.root_features.is_some()) {
            // An organization that never had one may be told as an error.
            let answer = iam(api).get("ListOrganizationsFeatures", json!({}));
            let features = answer.map(|answer| strings(answer.get("EnabledFeatures")))?;
            state.features = features
                .iter()
                .filter_map(|name| serde_json::from_value(json!(name)).ok())
                .collect();
        }
        Ok(state)
    }

    /// Returns the active account of a name or number; twelve digits are always a number.
    ///
    /// # Errors
    /// [`SeveralAccounts`] for a name that more than one of them has.
    pub fn member(&self, key: &str) -> Result<Option<&Member>, SeveralAccounts> {
        member_of(&self.members, key)
    }
}

/// A path that may stand for another unit than the one that somebody means.
fn two_meanings(path: &str, id: &str) -> ApiFailure {
    ApiFailure {
        action: "ListOrganizationalUnitsForParent".to_owned(),
        code: "AmbiguousUnit".to_owned(),
        message: format!(
            "`{path}` may be one unit or one in another, because unit {id} has `/` in its name; rename it with \
             UpdateOrganizationalUnit"
        ),
    }
}

struct Reader<'a, 'b> {
    pages: Pages<'b>,
    described: &'a Described,
    everything: bool,
    state: &'a mut OrganizationState,
}

impl Reader<'_, '_> {
    fn tree(&mut self) -> Result<(), ApiFailure> {
        let organization = self.pages.get("DescribeOrganization", json!({}))?;
        if let Some(organization) = organization.get("Organization") {
            self.state.management = text(organization, "MasterAccountId");
        }
        let roots = self.pages.list("ListRoots", json!({}), "Roots")?;
        let root = roots.first().cloned().unwrap_or_default();
        self.state.root = text(&root, "Id");
        let types = root
            .get("PolicyTypes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let enabled: Vec<String> = types
            .filter(|kind| text(kind, "Status") == "ENABLED")
            .map(|kind| text(kind, "Type"))
            .collect();
        self.state.enabled = PolicyType::ALL
            .into_iter()
            .filter(|kind| enabled.iter().any(|name| name == kind.as_str()))
            .collect();
        let mut waiting = vec![(String::new(), self.state.root.clone())];
        while let Some((path, id)) = waiting.pop() {
            let of = json!({"ParentId": id});
            for account in self.pages.list("ListAccountsForParent", of.clone(), "Accounts")? {
                self.state.places.insert(text(&account, "Id"), path.clone());
            }
            let units = self
                .pages
                .list("ListOrganizationalUnitsForParent", of, "OrganizationalUnits")?;
            for unit in units {
                let (name, id) = (text(&unit, "Name"), text(&unit, "Id"));
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}/{name}")
                };
                let before = self.state.units.insert(path.clone(), id.clone());
                if name.contains('/') || before.is_some() {
                    return Err(two_meanings(&path, &id));
                }
                waiting.push((path, id));
            }
        }
        Ok(())
    }

    fn policies(&mut self) -> Result<(), ApiFailure> {
        let organization = self.described.organization.as_ref();
        for kind in PolicyType::ALL {
            let described = organization.and_then(|organization| organization.control_policies(kind));
            let listed = self
                .pages
                .list("ListPolicies", json!({"Filter": kind.as_str()}), "Policies")?;
            for summary in listed {
                let (name, id) = (text(&summary, "Name"), text(&summary, "Id"));
                let mut known = KnownPolicy {
                    id: id.clone(),
                    aws_managed: truth(&summary, "AwsManaged"),
                    policy: None,
                    targets: Vec::new(),
                };
                let is_described = described.is_some_and(|policies| policies.contains_key(&name));
                if !known.aws_managed && (self.everything || is_described) {
                    let answer = self.pages.get("DescribePolicy", json!({"PolicyId": id}))?;
                    let content = answer.get("Policy").map(|policy| text(policy, "Content"));
                    known.policy = Some(ControlPolicy {
                        description: Some(text(&summary, "Description")).filter(|text| !text.is_empty()),
                        document: document(&content.unwrap_or_default()),
                        tags: filled(self.tags(&id)?),
                    });
                    let targets =
                        self.pages
                            .list("ListTargetsForPolicy", json!({"PolicyId": id}), "Targets")?;
                    known.targets = targets.iter().map(|target| text(target, "TargetId")).collect();
                }
                self.state.policies.insert((kind, name), known);
            }
        }
        Ok(())
    }

    fn tags(&mut self, id: &str) -> Result<Named<String>, ApiFailure> {
        let list = self
            .pages
            .list("ListTagsForResource", json!({"ResourceId": id}), "Tags")?;
        Ok(tags(Some(&Value::Array(list))))
    }

    /// Reads the attachments and tags of everything that is described, or of everything.
    fn targets(&mut self) -> Result<(), ApiFailure> {
        let mut ids = BTreeSet::new();
        let organization = self.described.organization.as_ref();
        if self.everything || organization.is_some_and(|organization| organization.root.is_some()) {
            ids.insert(self.state.root.clone());
        }
        let described = organization
            .map(|organization| organization.unit_paths())
            .unwrap_or_default();
        let units = self.state.units.iter();
        let units = units.filter(|(path, _)| self.everything || described.contains_key(*path));
        ids.extend(units.map(|(_, id)| id.clone()));
        let accounts = self.described.accounts.as_ref();
        for member in &self.state.members {
            let mut described = accounts.into_iter().flatten();
            if self.everything
                || described.any(|(key, account)| member.answers_to(key) && account.is_in_organization())
            {
                ids.insert(member.id.clone());
            }
        }
        for id in ids {
            let mut target = Target {
                tags: self.tags(&id)?,
                ..Target::default()
            };
            for kind in self.state.enabled.clone() {
                let of = json!({"TargetId": id, "Filter": kind.as_str()});
                let attached = self.pages.list("ListPoliciesForTarget", of, "Policies")?;
                let names = attached.iter().map(|policy| text(policy, "Name")).collect();
                target.policies.insert(kind, names);
            }
            self.state.targets.insert(id, target);
        }
        Ok(())
    }

    fn delegations(&mut self) -> Result<(), ApiFailure> {
        let organization = self.described.organization.as_ref();
        let described =
            organization.is_some_and(|organization| organization.delegated_administrators.is_some());
        if !self.everything && !described {
            return Ok(());
        }
        if described {
            let services = self.pages.list(
                "ListAWSServiceAccessForOrganization",
                json!({}),
                "EnabledServicePrincipals",
            )?;
            let services = services.iter().map(|service| text(service, "ServicePrincipal"));
            self.state.trusted = services.collect();
        }
        let administrators = self.pages.list(
            "ListDelegatedAdministrators",
            json!({}),
            "DelegatedAdministrators",
        )?;
        for administrator in administrators {
            let id = text(&administrator, "Id");
            let services = self.pages.list(
                "ListDelegatedServicesForAccount",
                json!({"AccountId": id}),
                "DelegatedServices",
            )?;
            let services = services.iter().map(|service| text(service, "ServicePrincipal"));
            let services = services.collect();
            self.state.delegated.insert(id, services);
        }
        Ok(())
    }
}
