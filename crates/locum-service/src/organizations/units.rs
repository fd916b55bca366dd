//! Organizational units: made, renamed, deleted and shown.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    organizations::{
        self as api, CreateOrganizationalUnitRequest, CreateOrganizationalUnitResponse,
        DeleteOrganizationalUnitRequest, DescribeOrganizationalUnitRequest,
        DescribeOrganizationalUnitResponse, ListOrganizationalUnitsForParentRequest,
        ListOrganizationalUnitsForParentResponse, UpdateOrganizationalUnitRequest,
        UpdateOrganizationalUnitResponse,
    },
};
use locum_directory::{
    ControlPolicyType, ControlTarget, MAX_UNIT_DEPTH, Organization, OrganizationalUnit, Parent, Snapshot,
};
use locum_names::Partition;

use super::{
    access::{Keys, administrators_only, after, management_only, pager, permitted, permitted_tagging},
    organization, quotas, resources, tags,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for CreateOrganizationalUnitRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateOrganizationalUnitResponse, Failure> {
        let organization = organization(call)?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        let arn = resources::arn(partition, organization, &self.parent_id);
        let target = resources::target(snapshot, organization, &self.parent_id);
        let keys = Keys {
            request_tags: &self.tags,
            resource_tags: resources::target_tags(snapshot, organization, target),
            ..Keys::default()
        };
        permitted(call, organization, Self::OPERATION, &arn, keys)?;
        management_only(call, organization)?;
        let tags = tags::read(&self.tags)?;
        let parent =
            resources::parent(snapshot, organization, &self.parent_id).ok_or_else(parent_not_found)?;
        if snapshot
            .unit_depth(parent)
            .is_none_or(|depth| depth >= MAX_UNIT_DEPTH)
        {
            let text = "You have exceeded the number of levels of organizational units: 5.";
            let error = errors::CONSTRAINT_VIOLATION.with(text);
            return Err(error.because("OU_DEPTH_LIMIT_EXCEEDED").into());
        }
        let units = snapshot.unit_count().saturating_add(1);
        quotas::check(
            units,
            quotas::UNITS,
            "OU_NUMBER_LIMIT_EXCEEDED",
            "organizational units",
        )?;
        if snapshot.unit_by_name(parent, &self.name).is_some() {
            return Err(duplicate().into());
        }
        let unit = OrganizationalUnit {
            tags,
            ..OrganizationalUnit::new(organization, parent, &self.name, call.now(), call.random)
        };
        let unit_arn = resources::arn(partition, organization, &unit.id.to_string());
        permitted_tagging(call, organization, &unit_arn, keys)?;
        let organizational_unit = shown(snapshot, partition, organization, &unit);
        call.changes.put(unit);
        Ok(CreateOrganizationalUnitResponse { organizational_unit })
    }
}

impl Perform for UpdateOrganizationalUnitRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<UpdateOrganizationalUnitResponse, Failure> {
        let organization = organization(call)?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        let found = find(call, organization, &self.organizational_unit_id, Self::OPERATION)?;
        management_only(call, organization)?;
        let mut unit = OrganizationalUnit::clone(found.ok_or_else(not_found)?);
        if let Some(name) = &self.name {
            let other = snapshot.unit_by_name(unit.parent, name);
            if other.is_some_and(|other| other.id != unit.id) {
                return Err(duplicate().into());
            }
            unit.name = name.as_str().into();
        }
        let organizational_unit = shown(snapshot, partition, organization, &unit);
        call.changes.put(unit);
        Ok(UpdateOrganizationalUnitResponse { organizational_unit })
    }
}

impl Perform for DeleteOrganizationalUnitRequest {
    /// What is attached to the unit is detached with it.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let found = find(call, organization, &self.organizational_unit_id, Self::OPERATION)?;
        management_only(call, organization)?;
        let unit = found.ok_or_else(not_found)?;
        let (snapshot, parent) = (call.snapshot, Parent::Unit(unit.id));
        let has_units = snapshot.units_under(parent, None).next().is_some();
        if has_units || snapshot.accounts_under(parent, None).next().is_some() {
            let text = "The specified OU is not empty: move its accounts and delete its OUs first.";
            return Err(errors::ORGANIZATIONAL_UNIT_NOT_EMPTY.with(text).into());
        }
        for policy_type in ControlPolicyType::ALL {
            let attachments = snapshot.control_attachments(policy_type, ControlTarget::Unit(unit.id));
            if let Some(attachments) = attachments {
                call.changes.delete(&**attachments);
            }
        }
        call.changes.delete(&**unit);
        Ok(NoResult)
    }
}

impl Perform for DescribeOrganizationalUnitRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<DescribeOrganizationalUnitResponse, Failure> {
        let organization = organization(call)?;
        let found = find(call, organization, &self.organizational_unit_id, Self::OPERATION)?;
        administrators_only(call, organization)?;
        let unit = found.ok_or_else(not_found)?;
        Ok(DescribeOrganizationalUnitResponse {
            organizational_unit: shown(call.snapshot, call.partition(), organization, unit),
        })
    }
}

impl Perform for ListOrganizationalUnitsForParentRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListOrganizationalUnitsForParentResponse, Failure> {
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
        let units = snapshot.units_under(parent, after(&pager)?);
        let page = pager.take(call, units, |unit| unit.id.to_string());
        let page = page.map(|unit| shown(snapshot, partition, organization, unit));
        Ok(ListOrganizationalUnitsForParentResponse {
            organizational_units: page.items,
            next_token: page.marker,
        })
    }
}

/// The unit of an id, once the caller may perform the operation on it.
fn find<'a>(
    call: &Call<'a>,
    organization: &'a Organization,
    id: &str,
    operation: &locum_api::model::Operation,
) -> Result<Option<&'a Arc<OrganizationalUnit>>, Failure> {
    let arn = resources::arn(call.partition(), organization, id);
    let found = id.parse().ok().and_then(|id| call.snapshot.unit(id));
    let keys = Keys {
        resource_tags: found.map_or(&[], |unit| &unit.tags),
        ..Keys::default()
    };
    permitted(call, organization, operation, &arn, keys)?;
    Ok(found)
}

/// The parent whose children the caller may list.
pub(super) fn listed_parent(
    call: &Call<'_>,
    organization: &Organization,
    id: &str,
    operation: &locum_api::model::Operation,
) -> Result<Parent, Failure> {
    let arn = resources::arn(call.partition(), organization, id);
    let target = resources::target(call.snapshot, organization, id);
    let keys = Keys {
        resource_tags: resources::target_tags(call.snapshot, organization, target),
        ..Keys::default()
    };
    permitted(call, organization, operation, &arn, keys)?;
    administrators_only(call, organization)?;
    let parent = resources::parent(call.snapshot, organization, id);
    Ok(parent.ok_or_else(parent_not_found)?)
}

fn shown(
    snapshot: &Snapshot,
    partition: Partition,
    organization: &Organization,
    unit: &OrganizationalUnit,
) -> api::OrganizationalUnit {
    let id = unit.id.to_string();
    let path = snapshot.path_to(unit.parent);
    api::OrganizationalUnit {
        arn: Some(resources::arn(partition, organization, &id)),
        name: Some(unit.name.to_string()),
        path: path.map(|path| format!("{path}{id}/")),
        id: Some(id),
    }
}

fn not_found() -> ApiError {
    errors::ORGANIZATIONAL_UNIT_NOT_FOUND.with("You specified an organizational unit that doesn't exist.")
}

fn parent_not_found() -> ApiError {
    errors::PARENT_NOT_FOUND.with("You specified parent that doesn't exist.")
}

fn duplicate() -> ApiError {
    errors::DUPLICATE_ORGANIZATIONAL_UNIT.with("An OU with the same name already exists.")
}
