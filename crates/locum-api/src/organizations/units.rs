use super::{accounts::Tag, shapes};
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
};

operation! {
    /// Makes an organizational unit under the root or another unit.
    CreateOrganizationalUnit: Organizations, Write;

    request CreateOrganizationalUnitRequest {
        /// The id of the root or the unit to make it under.
        required "ParentId" parent_id: String, shapes::PARENT_ID;
        /// Its name, which no other unit under the same parent has.
        required "Name" name: String, shapes::UNIT_NAME;
        /// Its tags.
        list "Tags" tags: Vec<Tag>, shapes::TAGS;
    }
    response CreateOrganizationalUnitResponse {
        /// The new unit.
        always "OrganizationalUnit" organizational_unit: OrganizationalUnit, UNIT;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        DUPLICATE_ORGANIZATIONAL_UNIT, ORGANIZATIONS_INVALID_INPUT, PARENT_NOT_FOUND, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Renames an organizational unit.
    UpdateOrganizationalUnit: Organizations, Write;

    request UpdateOrganizationalUnitRequest {
        /// The unit's id.
        required "OrganizationalUnitId" organizational_unit_id: String, shapes::UNIT_ID;
        /// Its new name; the old one stays when absent.
        optional "Name" name: String, shapes::UNIT_NAME;
    }
    response UpdateOrganizationalUnitResponse {
        /// The unit as it is now.
        always "OrganizationalUnit" organizational_unit: OrganizationalUnit, UNIT;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION,
        DUPLICATE_ORGANIZATIONAL_UNIT, ORGANIZATIONS_INVALID_INPUT, ORGANIZATIONAL_UNIT_NOT_FOUND, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Deletes an organizational unit under which nothing stands.
    DeleteOrganizationalUnit: Organizations, Write;

    request DeleteOrganizationalUnitRequest {
        /// The unit's id.
        required "OrganizationalUnitId" organizational_unit_id: String, shapes::UNIT_ID;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION,
        ORGANIZATIONS_INVALID_INPUT, ORGANIZATIONAL_UNIT_NOT_EMPTY, ORGANIZATIONAL_UNIT_NOT_FOUND, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Shows an organizational unit.
    DescribeOrganizationalUnit: Organizations, Read;

    request DescribeOrganizationalUnitRequest {
        /// The unit's id.
        required "OrganizationalUnitId" organizational_unit_id: String, shapes::UNIT_ID;
    }
    response DescribeOrganizationalUnitResponse {
        /// The unit.
        always "OrganizationalUnit" organizational_unit: OrganizationalUnit, UNIT;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, ORGANIZATIONAL_UNIT_NOT_FOUND,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Lists the organizational units directly under the root or a unit.
    ListOrganizationalUnitsForParent: Organizations, Read;

    request ListOrganizationalUnitsForParentRequest {
        /// The id of the root or the unit.
        required "ParentId" parent_id: String, shapes::PARENT_ID;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most units the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListOrganizationalUnitsForParentResponse {
        /// The units.
        always "OrganizationalUnits" organizational_units: Vec<OrganizationalUnit>, Shape::list(&UNIT);
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, PARENT_NOT_FOUND, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Lists the accounts directly under the root or a unit.
    ListAccountsForParent: Organizations, Read;

    request ListAccountsForParentRequest {
        /// The id of the root or the unit.
        required "ParentId" parent_id: String, shapes::PARENT_ID;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most accounts the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListAccountsForParentResponse {
        /// The accounts.
        always "Accounts" accounts: Vec<super::Account>, Shape::list(&super::accounts::ACCOUNT);
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, PARENT_NOT_FOUND, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Lists the accounts or the organizational units directly under the root or a unit.
    ListChildren: Organizations, Read;

    request ListChildrenRequest {
        /// The id of the root or the unit.
        required "ParentId" parent_id: String, shapes::PARENT_ID;
        /// Which of the two.
        required "ChildType" child_type: String, CHILD_TYPE;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most children the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListChildrenResponse {
        /// The children.
        always "Children" children: Vec<Child>, Shape::list(&Shape::Structure(Child::STRUCTURE));
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, PARENT_NOT_FOUND, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Shows what an account or an organizational unit stands under.
    ListParents: Organizations, Read;

    request ListParentsRequest {
        /// The id of the account or the unit.
        required "ChildId" child_id: String, shapes::CHILD_ID;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most parents the page may have; nothing has more than one.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListParentsResponse {
        /// The parent.
        always "Parents" parents: Vec<Parent>, Shape::list(&Shape::Structure(Parent::STRUCTURE));
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, CHILD_NOT_FOUND, ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Lists the roots of the organization, of which there is one.
    ListRoots: Organizations, Read;

    request ListRootsRequest {
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most roots the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListRootsResponse {
        /// The root.
        always "Roots" roots: Vec<Root>, Shape::list(&ROOT);
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

structure! {
    /// An organizational unit.
    OrganizationalUnit {
        /// Its id.
        optional "Id" id: String, shapes::UNIT_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::UNIT_ARN;
        /// Its name.
        optional "Name" name: String, shapes::UNIT_NAME;
        /// Where it stands in the organization.
        optional "Path" path: String, shapes::PATH;
    }
}

structure! {
    /// The root of an organization.
    Root {
        /// Its id.
        optional "Id" id: String, shapes::ROOT_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::ROOT_ARN;
        /// Its name.
        optional "Name" name: String, shapes::TARGET_NAME;
        /// The types of policies that are in force.
        optional "PolicyTypes" policy_types: Vec<super::PolicyTypeSummary>,
            Shape::list(&Shape::Structure(super::PolicyTypeSummary::STRUCTURE));
    }
}

structure! {
    /// An account or an organizational unit, as what stands under a parent.
    Child {
        /// Its id.
        optional "Id" id: String, shapes::CHILD_ID;
        /// Which of the two it is.
        optional "Type" child_type: String, CHILD_TYPE;
    }
}

structure! {
    /// The root or an organizational unit, as what something stands under.
    Parent {
        /// Its id.
        optional "Id" id: String, shapes::PARENT_ID;
        /// Which of the two it is.
        optional "Type" parent_type: String,
            Shape::String(StringRules::one_of(&["ROOT", "ORGANIZATIONAL_UNIT"]));
    }
}

const UNIT: Shape = Shape::Structure(OrganizationalUnit::STRUCTURE);
pub(super) const ROOT: Shape = Shape::Structure(Root::STRUCTURE);
const CHILD_TYPE: Shape = Shape::String(StringRules::one_of(&["ACCOUNT", "ORGANIZATIONAL_UNIT"]));
