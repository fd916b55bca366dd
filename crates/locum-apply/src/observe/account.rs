//! An account, section by section.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Caller, documents::document, filled, iam, principals, providers, strings, tags};
use crate::{
    Account, Api, ApiFailure, Document, InstanceProfile, ManagedPolicy, Named, PasswordPolicy, Role,
    TokenPreferences, TokenVersion,
    api::{Pages, number, text, truth},
};

/// What is there to be read for.
#[derive(Debug, Clone, Copy)]
pub enum Inventory<'a> {
    /// A plan of what is described.
    Of {
        /// What is described.
        described: &'a Account,
        /// Whether the rest of a described section may be removed.
        prune: bool,
    },
    /// An export.
    Everything,
}

/// An account as it is.
#[derive(Debug, Clone, Default)]
pub struct AccountState {
    /// The account's number.
    pub id: String,
    /// The partition of its ARNs.
    pub partition: String,
    /// What was read, in the types of the format.
    pub account: Account,
    /// The ARN of every customer managed policy.
    pub(crate) policy_arns: Named<String>,
    /// The versions of a policy that are not its default one, the oldest first.
    pub(crate) old_versions: Named<Vec<String>>,
    /// What a policy is attached to: the kind (`User` …) and the name.
    pub(crate) attached_to: Named<Vec<(&'static str, String)>>,
    /// What a policy is the boundary of, likewise.
    pub(crate) boundary_of: Named<Vec<(&'static str, String)>>,
    /// What must go before a user goes, as requests.
    pub(crate) belongings: Named<Vec<(&'static str, Value)>>,
    /// The instance profiles of a role.
    pub(crate) profiles_of: Named<Vec<String>>,
}

impl AccountState {
    /// The role that an account is made with unless another name is asked for.
    pub const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

    /// Returns the state that an account is made in: with the role by which the management account enters it.
    #[must_use]
    pub fn new_account(partition: &str, id: &str, management: &str, access_role: &str) -> Self {
        let statement = json!({
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:{partition}:iam::{management}:root")},
            "Action": "sts:AssumeRole",
        });
        let role = Role {
            path: None,
            description: None,
            trust: Document(json!({"Version": "2012-10-17", "Statement": [statement]})),
            max_session_duration: None,
            policies: Some(vec!["aws:AdministratorAccess".to_owned()]),
            inline: None,
            boundary: None,
            tags: None,
        };
        let account = Account {
            roles: Some([(access_role.to_owned(), role)].into()),
            ..Account::default()
        };
        Self {
            account,
            ..Self::nothing(partition, id)
        }
    }

    fn nothing(partition: &str, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            partition: partition.to_owned(),
            ..Self::default()
        }
    }

    /// Reads an account.
    ///
    /// # Errors
    /// The first call that failed.
    pub fn read(api: &mut dyn Api, caller: &Caller, inventory: Inventory<'_>) -> Result<Self, ApiFailure> {
        let mut state = Self::nothing(&caller.partition, &caller.account);
        let mut reader = Reader {
            pages: iam(api),
            inventory,
            state: &mut state,
        };
        reader.read()?;
        Ok(state)
    }
}

/// A read under way.
pub(super) struct Reader<'a, 'b> {
    pub(super) pages: Pages<'b>,
    pub(super) inventory: Inventory<'a>,
    pub(super) state: &'a mut AccountState,
}

impl Reader<'_, '_> {
    /// Whether a section is to be read at all.
    pub(super) fn wants<T>(&self, section: fn(&Account) -> &Option<T>) -> bool {
        match self.inventory {
            Inventory::Everything => true,
            Inventory::Of { described, .. } => section(described).is_some(),
        }
    }

    /// Whether the details of a thing are to be read.
    pub(super) fn details<T>(&self, section: fn(&Account) -> &Option<Named<T>>, name: &str) -> bool {
        match self.inventory {
            Inventory::Everything | Inventory::Of { prune: true, .. } => true,
            Inventory::Of { described, .. } => section(described)
                .as_ref()
                .is_some_and(|section| section.contains_key(name)),
        }
    }

    /// Whether a thing may be removed.
    pub(super) fn removable<T>(&self, section: fn(&Account) -> &Option<Named<T>>, name: &str) -> bool {
        match self.inventory {
            Inventory::Of {
                described,
                prune: true,
            } => section(described)
                .as_ref()
                .is_some_and(|section| !section.contains_key(name)),
            Inventory::Of { .. } | Inventory::Everything => false,
        }
    }

    fn read(&mut self) -> Result<(), ApiFailure> {
        if self.wants(|a| &a.alias) {
            let aliases = self
                .pages
                .list("ListAccountAliases", json!({}), "AccountAliases")?;
            self.state.account.alias = aliases.first().and_then(Value::as_str).map(str::to_owned);
        }
        if self.wants(|a| &a.password_policy) {
            let found = self.pages.find("GetAccountPasswordPolicy", json!({}))?;
            self.state.account.password_policy = found
                .as_ref()
                .and_then(|a| a.get("PasswordPolicy"))
                .map(password_policy);
        }
        if self.wants(|a| &a.sts) {
            let summary = self.pages.get("GetAccountSummary", json!({}))?;
            let version = summary
                .get("SummaryMap")
                .and_then(|map| number(map, "GlobalEndpointTokenVersion"));
            self.state.account.sts = Some(TokenPreferences {
                global_endpoint_token_version: match version {
                    Some(2) => TokenVersion::V2,
                    _ => TokenVersion::V1,
                },
            });
        }
        let names_policies = self.wants(|a| &a.policies)
            || self.wants(|a| &a.groups)
            || self.wants(|a| &a.users)
            || self.wants(|a| &a.roles);
        if names_policies {
            self.policies()?;
        }
        principals::groups(self)?;
        principals::users(self)?;
        principals::roles(self)?;
        if self.wants(|a| &a.instance_profiles) {
            self.instance_profiles()?;
        }
        providers::saml(self)?;
        providers::oidc(self)
    }

    fn policies(&mut self) -> Result<(), ApiFailure> {
        let listed = self
            .pages
            .list("ListPolicies", json!({"Scope": "Local"}), "Policies")?;
        let mut policies = Named::new();
        for summary in listed {
            let (name, arn) = (text(&summary, "PolicyName"), text(&summary, "Arn"));
            self.state.policy_arns.insert(name.clone(), arn.clone());
            if self.wants(|a| &a.policies) && self.details(|a| &a.policies, &name) {
                policies.insert(name.clone(), self.policy(&name, &arn)?);
            }
        }
        if self.wants(|a| &a.policies) {
            self.state.account.policies = Some(policies);
        }
        Ok(())
    }

    fn policy(&mut self, name: &str, arn: &str) -> Result<ManagedPolicy, ApiFailure> {
        let of = json!({"PolicyArn": arn});
        let answer = self.pages.get("GetPolicy", of.clone())?;
        let policy = answer.get("Policy").cloned().unwrap_or_default();
        let default = text(&policy, "DefaultVersionId");
        let version = self.pages.get(
            "GetPolicyVersion",
            json!({"PolicyArn": arn, "VersionId": default}),
        )?;
        let body = version
            .get("PolicyVersion")
            .map(|version| text(version, "Document"));
        let versions = self.pages.list("ListPolicyVersions", of.clone(), "Versions")?;
        let mut old: Vec<String> = versions
            .iter()
            .map(|version| text(version, "VersionId"))
            .collect();
        old.retain(|id| *id != default);
        old.sort_by_key(|id| id.trim_start_matches('v').parse::<u64>().unwrap_or(u64::MAX));
        self.state.old_versions.insert(name.to_owned(), old);
        if self.removable(|a| &a.policies, name) {
            let attached = self.holders(arn, "PermissionsPolicy", &["Group", "User", "Role"])?;
            self.state.attached_to.insert(name.to_owned(), attached);
            let bounded = self.holders(arn, "PermissionsBoundary", &["User", "Role"])?;
            self.state.boundary_of.insert(name.to_owned(), bounded);
        }
        Ok(ManagedPolicy {
            path: shown_path(&policy),
            description: Some(text(&policy, "Description")).filter(|text| !text.is_empty()),
            document: document(&body.unwrap_or_default()),
            tags: filled(tags(policy.get("Tags"))),
        })
    }

    /// The entities of some kinds that use a policy.
    fn holders(
        &mut self,
        arn: &str,
        usage: &str,
        kinds: &[&'static str],
    ) -> Result<Vec<(&'static str, String)>, ApiFailure> {
        let mut holders = Vec::new();
        for kind in kinds {
            let entities = self.pages.list(
                "ListEntitiesForPolicy",
                json!({"PolicyArn": arn, "EntityFilter": kind, "PolicyUsageFilter": usage}),
                &format!("Policy{kind}s"),
            )?;
            let member = format!("{kind}Name");
            holders.extend(entities.iter().map(|entity| (*kind, text(entity, &member))));
        }
        Ok(holders)
    }

    fn instance_profiles(&mut self) -> Result<(), ApiFailure> {
        let listed = self
            .pages
            .list("ListInstanceProfiles", json!({}), "InstanceProfiles")?;
        let mut profiles = BTreeMap::new();
        for summary in listed {
            let name = text(&summary, "InstanceProfileName");
            if !self.details(|a| &a.instance_profiles, &name) {
                continue;
            }
            let answer = self
                .pages
                .get("GetInstanceProfile", json!({"InstanceProfileName": name}))?;
            let profile = answer.get("InstanceProfile").cloned().unwrap_or_default();
            let role = profile.get("Roles").and_then(|roles| roles.get(0));
            let found = InstanceProfile {
                path: shown_path(&profile),
                role: role.map(|role| text(role, "RoleName")),
                tags: filled(tags(profile.get("Tags"))),
            };
            profiles.insert(name, found);
        }
        self.state.account.instance_profiles = Some(profiles);
        Ok(())
    }

    /// What an attached policy is called in a file.
    pub(super) fn reference(&self, arn: &str) -> String {
        let of_aws = format!("arn:{}:iam::aws:policy/", self.state.partition);
        if let Some(name) = arn.strip_prefix(&of_aws) {
            return format!("aws:{name}");
        }
        let own = self.state.policy_arns.iter().find(|(_, known)| *known == arn);
        own.map_or_else(|| arn.to_owned(), |(name, _)| name.clone())
    }

    /// What is attached to an entity, as a file would say it.
    pub(super) fn attached(&mut self, action: &'static str, of: Value) -> Result<Vec<String>, ApiFailure> {
        let attached = self.pages.list(action, of, "AttachedPolicies")?;
        let mut names: Vec<String> = attached
            .iter()
            .map(|policy| self.reference(&text(policy, "PolicyArn")))
            .collect();
        names.sort();
        Ok(names)
    }

    /// The inline policies of an entity.
    pub(super) fn inline(
        &mut self,
        list: &'static str,
        get: &'static str,
        of: Value,
    ) -> Result<Named<crate::Document>, ApiFailure> {
        let names = self.pages.list(list, of.clone(), "PolicyNames")?;
        let mut inline = Named::new();
        for name in strings(Some(&Value::Array(names))) {
            let mut parameters = of.clone();
            if let Some(parameters) = parameters.as_object_mut() {
                parameters.insert("PolicyName".to_owned(), json!(name));
            }
            let answer = self.pages.get(get, parameters)?;
            inline.insert(name, document(&text(&answer, "PolicyDocument")));
        }
        Ok(inline)
    }
}

/// The path, unless it is the one that is meant when none is written.
pub(super) fn shown_path(entity: &Value) -> Option<String> {
    Some(text(entity, "Path")).filter(|path| !path.is_empty() && path != "/")
}

fn password_policy(from: &Value) -> PasswordPolicy {
    PasswordPolicy {
        minimum_password_length: number(from, "MinimumPasswordLength"),
        require_symbols: Some(truth(from, "RequireSymbols")),
        require_numbers: Some(truth(from, "RequireNumbers")),
        require_uppercase_characters: Some(truth(from, "RequireUppercaseCharacters")),
        require_lowercase_characters: Some(truth(from, "RequireLowercaseCharacters")),
        allow_users_to_change_password: Some(truth(from, "AllowUsersToChangePassword")),
        max_password_age: number(from, "MaxPasswordAge").filter(|age| *age > 0),
        password_reuse_prevention: number(from, "PasswordReusePrevention").filter(|count| *count > 0),
        hard_expiry: Some(truth(from, "HardExpiry")),
    }
}
