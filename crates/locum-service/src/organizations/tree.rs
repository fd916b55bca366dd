//! The tree: what stands under what, and moving accounts in it.

use locum_api::{
    ApiError, NoResult, Request, errors,
    organizations::{
        self as api, ListAccountsForParentRequest, ListAccountsForParentResponse, ListChildrenRequest,
        ListChildrenResponse, ListParentsRequest, ListParentsResponse, ListRootsRequest, ListRootsResponse,
        MoveAccountRequest,
    },
};
use locum_directory::{Account, ControlTarget, Organization, Parent};
use locum_names::Partition;

use super::{
    access::{Keys, administrators_only, after, management_only, pager, permitted},
    accounts, organization,
    policy_types::summaries,
    resources,
    units::listed_parent,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// What the root is called, here as there.
pub(super) const ROOT_NAME: &str = "Root";

impl Perform for ListRootsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListRootsResponse, Failure> {
        let organization = organization(call)?;
        permitted(call, organization, Self::OPERATION, "*", Keys::default())?;
        administrators_only(call, organization)?;
        // There is one root, so no page has a next.
        pager(
            call,
            Self::OPERATION,
            &[],
            self.next_token.as_deref(),
            self.max_results,
        )?;
        Ok(ListRootsResponse {
            roots: vec![root(call.partition(), organization)],
            next_token: None,
        })
    }
}

impl Perform for ListParentsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListParentsResponse, Failure> {
        let organization = organization(call)?;
        let snapshot = call.snapshot;
        let arn = resources::arn(call.partition(), organization, &self.child_id);
        let target = resources::target(snapshot, organization, &self.child_id);
        let keys = Keys {
            resource_tags: resources::target_tags(snapshot, organization, target),
            ..Keys::default()
        };
        permitted(call, organization, Self::OPERATION, &arn, keys)?;
        administrators_only(call, organization)?;
        let filters = [&*self.child_id];
        pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let parent = target.and_then(|target| match target {
            ControlTarget::Root => None,
            ControlTarget::Unit(unit) => snapshot.unit(unit).map(|unit| unit.parent),
            ControlTarget::Account(account) => snapshot.account(account).map(|account| account.parent),
        });
        let parent = parent.ok_or_else(|| {
            errors::CHILD_NOT_FOUND.with("You specified an account or an OU that doesn't exist.")
        })?;
        let parent_type = match parent {
            Parent::Root => "ROOT",
            Parent::Unit(_) => "ORGANIZATIONAL_UNIT",
        };
        Ok(ListParentsResponse {
            parents: vec![api::Parent {
                id: Some(resources::parent_id(organization, parent)),
                parent_type: Some(parent_type.to_owned()),
            }],
            next_token: None,
        })
    }
}

impl Perform for ListChildrenRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListChildrenResponse, Failure> {
        let organization = organization(call)?;
        let snapshot = call.snapshot;
        let parent = listed_parent(call, organization, &self.parent_id, Self::OPERATION)?;
        let filters = [&*self.parent_id, &*self.child_type];
        let pager = pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let page = if self.child_type == "ACCOUNT" {
            let accounts = snapshot.accounts_under(parent, after(&pager)?);
            pager.take(
                call,
                accounts.map(|account| account.id.to_string()),
                String::clone,
            )
        } else {
            let units = snapshot.units_under(parent, after(&pager)?);
            pager.take(call, units.map(|unit| unit.id.to_string()), String::clone)
        };
        let page = page.map(|id| api::Child {
            id: Some(id),
            child_type: Some(self.child_type.clone()),
        });
        Ok(ListChildrenResponse {
            children: page.items,
            next_token: page.marker,
        })
    }
}

impl Perform for ListAccountsForParentRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAccountsForParentResponse, Failure> {
        let organization = organization(call)?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        let parent = listed_parent(call, organization, &self.parent_id, Self::OPERATION)?;
        let filters = [&*self.parent_id];
        let pager = pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let under = snapshot.accounts_under(parent, after(&pager)?);
        let page = pager.take(call, under, |account| account.id.to_string());
        let page = page.map(|account| accounts::shown(snapshot, partition, organization, account));
        Ok(ListAccountsForParentResponse {
            accounts: page.items,
            next_token: page.marker,
        })
    }
}

impl Perform for MoveAccountRequest {
    /// The policies of the new place bind the account's sessions from the next request on.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        for id in [
            &self.account_id,
            &self.source_parent_id,
            &self.destination_parent_id,
        ] {
            let arn = resources::arn(partition, organization, id);
            let target = resources::target(snapshot, organization, id);
            let keys = Keys {
                resource_tags: resources::target_tags(snapshot, organization, target),
                ..Keys::default()
            };
            permitted(call, organization, Self::OPERATION, &arn, keys)?;
        }
        management_only(call, organization)?;
        let account = self.account_id.parse().ok().and_then(|id| snapshot.account(id));
        let account = account.ok_or_else(accounts::not_found)?;
        let place = |id: &str| resources::parent(snapshot, organization, id);
        if place(&self.source_parent_id) != Some(account.parent) {
            return Err(source_not_found().into());
        }
        let parent = place(&self.destination_parent_id).ok_or_else(|| {
            errors::DESTINATION_PARENT_NOT_FOUND.with("You specified destination parent that doesn't exist.")
        })?;
        if parent == account.parent {
            let text = "The account is already in the specified destination.";
            return Err(errors::DUPLICATE_ACCOUNT.with(text).into());
        }
        call.changes.put(Account {
            parent,
            ..Account::clone(account)
        });
        Ok(NoResult)
    }
}

fn source_not_found() -> ApiError {
    errors::SOURCE_PARENT_NOT_FOUND.with("You specified source parent that isn't the parent of the account.")
}

/// The root, as it is shown.
pub(super) fn root(partition: Partition, organization: &Organization) -> api::Root {
    api::Root {
        id: Some(organization.root_id.to_string()),
        arn: Some(resources::arn(partition, organization, &organization.root_id)),
        name: Some(ROOT_NAME.to_owned()),
        policy_types: Some(summaries(organization)),
    }
}
