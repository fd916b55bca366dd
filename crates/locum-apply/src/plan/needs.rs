//! What described things refer to. It is as good as described: pruning it would leave the file's own words without a meaning,
//! and the next run could not mend that.

use super::{
    account::Planner,
    documents::{named, principals},
    principals::same_name,
};

/// Something that is not described.
#[derive(Debug, Clone, Copy)]
pub(super) enum Thing<'a> {
    /// A group by name.
    Group(&'a str),
    /// A user by name.
    User(&'a str),
    /// A role by name.
    Role(&'a str),
    /// A policy by ARN.
    Policy(&'a str),
    /// An identity provider by ARN.
    Provider(&'a str),
}

impl Planner<'_> {
    /// Whether something described refers to a thing, which is then noted under `what`.
    pub(super) fn is_needed(&mut self, what: &str, thing: Thing<'_>) -> bool {
        let by = match thing {
            Thing::Group(name) => self.member_of(name),
            Thing::Policy(arn) => self.subject_to(arn),
            Thing::User(name) => self.trusting_own("user", name),
            Thing::Role(name) => self
                .trusting_own("role", name)
                .or_else(|| self.profile_with(name)),
            Thing::Provider(arn) => self.trusting("Federated", |principal| principal == arn),
        };
        let needed = by.is_some();
        let kept = by.map(|by| format!("{what}: {by} refers to it"));
        self.plan.kept.extend(kept);
        needed
    }

    /// The user that is to be in a group.
    fn member_of(&self, group: &str) -> Option<String> {
        let mut users = self.described.users.iter().flatten();
        let found = users.find(|(_, user)| {
            let mut groups = user.groups.iter().flatten();
            groups.any(|name| same_name(name, group))
        });
        found.map(|(name, _)| format!("user {name}"))
    }

    /// What a policy is to be attached to, or the boundary of.
    fn subject_to(&self, policy: &str) -> Option<String> {
        let is = |name: &String| self.arn("", name).is_ok_and(|arn| arn == policy);
        let groups = self.described.groups.iter().flatten();
        let groups = groups.map(|(name, group)| (format!("group {name}"), &group.policies, None));
        let users = self.described.users.iter().flatten();
        let users =
            users.map(|(name, user)| (format!("user {name}"), &user.policies, user.boundary.as_ref()));
        let roles = self.described.roles.iter().flatten();
        let roles =
            roles.map(|(name, role)| (format!("role {name}"), &role.policies, role.boundary.as_ref()));
        groups
            .chain(users)
            .chain(roles)
            .find(|(_, policies, boundary)| policies.iter().flatten().chain(*boundary).any(is))
            .map(|(what, _, _)| what)
    }

    /// The role that is to trust a user or role of this account.
    fn trusting_own(&self, kind: &str, name: &str) -> Option<String> {
        self.trusting("AWS", |principal| {
            named(principal)
                .is_some_and(|own| own.account == self.state.id && own.kind == kind && own.name == name)
        })
    }

    /// The role that is to trust a principal.
    fn trusting(&self, kind: &str, is: impl Fn(&str) -> bool) -> Option<String> {
        let mut roles = self.described.roles.iter().flatten();
        let found = roles.find(|(_, role)| principals(&role.trust.0, kind).into_iter().any(&is));
        found.map(|(name, _)| format!("role {name}"))
    }

    /// The instance profile that a role is to be in.
    fn profile_with(&self, role: &str) -> Option<String> {
        let mut profiles = self.described.instance_profiles.iter().flatten();
        let found = profiles.find(|(_, profile)| {
            let wanted = profile.wanted_role().flatten();
            wanted.is_some_and(|wanted| same_name(wanted, role))
        });
        found.map(|(name, _)| format!("instance profile {name}"))
    }
}
