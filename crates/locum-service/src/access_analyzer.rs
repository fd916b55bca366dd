//! Access Analyzer: the findings of `locum policy validate`, for whoever asks over the network.

use locum_api::{
    ApiError, Request,
    access_analyzer::{
        Location, PathElement, Position, Span, Substring, ValidatePolicyFinding, ValidatePolicyRequest,
        ValidatePolicyResponse,
    },
    errors,
};
use locum_policy::{self as policy, FindingsKind, findings};

use crate::{
    call::{Call, Failure, Target},
    denial::Wording,
    paging::{InvalidMarker, Pager, Question},
    route::{Perform, Route},
};

/// Every operation, sorted by name.
pub(crate) const ROUTES: &[Route] = &[Route::of::<ValidatePolicyRequest>()];

/// The resource type of a role's trust policy; the others have no rules of their own here.
const TRUST: &str = "AWS::IAM::AssumeRolePolicyDocument";

impl Perform for ValidatePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ValidatePolicyResponse, Failure> {
        let everything = Target::plain("*", call.account());
        call.authorize(
            "access-analyzer:ValidatePolicy",
            everything,
            Wording::Full,
            |_| (),
        )?;
        let kind = kind(&self)?;
        let resource_type = self.validate_policy_resource_type.as_deref();
        let question = Question {
            operation: Self::OPERATION,
            filters: &[
                &self.policy_type,
                resource_type.unwrap_or_default(),
                self.locale.as_deref().unwrap_or_default(),
                &self.policy_document,
            ],
            marker: self.next_token.as_deref(),
            max_items: self.max_results,
        };
        let invalid = || errors::VALIDATION_EXCEPTION.with("The nextToken is not of this request");
        let pager = Pager::open(call, question).map_err(|InvalidMarker| invalid())?;
        // A page begins after so many findings: the same document always has the same ones.
        let done = pager
            .after()
            .map(str::parse::<usize>)
            .transpose()
            .map_err(|_| invalid())?;
        let all = findings(&self.policy_document, kind).into_iter().enumerate();
        let rest = all.skip(done.unwrap_or_default());
        let page = pager.take(call, rest, |(place, _)| (place + 1).to_string());
        let page = page.map(|(_, finding)| shown(&finding));
        Ok(ValidatePolicyResponse {
            findings: page.items,
            next_token: page.marker,
        })
    }
}

/// What the document is held against.
fn kind(request: &ValidatePolicyRequest) -> Result<FindingsKind, ApiError> {
    let resource_type = request.validate_policy_resource_type.as_deref();
    match (request.policy_type.as_str(), resource_type) {
        ("RESOURCE_POLICY", Some(TRUST)) => Ok(FindingsKind::Trust),
        ("RESOURCE_POLICY", _) => Ok(FindingsKind::Resource),
        (_, Some(_)) => Err(errors::VALIDATION_EXCEPTION
            .with("validatePolicyResourceType is for policies of the type RESOURCE_POLICY")),
        ("IDENTITY_POLICY", None) => Ok(FindingsKind::Identity),
        ("SERVICE_CONTROL_POLICY", None) => Ok(FindingsKind::ServiceControl),
        ("RESOURCE_CONTROL_POLICY", None) => Ok(FindingsKind::ResourceControl),
        // The declaration knows no other.
        (_, None) => Err(errors::VALIDATION_EXCEPTION.with("policyType is unknown")),
    }
}

fn shown(finding: &policy::Finding) -> ValidatePolicyFinding {
    ValidatePolicyFinding {
        finding_details: finding.details(),
        finding_type: finding.kind.as_str().to_owned(),
        issue_code: finding.code.as_str().to_owned(),
        learn_more_link: finding.code.learn_more(),
        locations: finding.locations.iter().map(location).collect(),
    }
}

fn location(location: &policy::Location) -> Location {
    Location {
        path: location.path.iter().map(step).collect(),
        span: Span {
            start: position(location.span.start),
            end: position(location.span.end),
        },
    }
}

fn step(element: &policy::PathElement) -> PathElement {
    let none = PathElement::default();
    match element {
        policy::PathElement::Index(index) => PathElement {
            index: Some(count(*index)),
            ..none
        },
        policy::PathElement::Key(key) => PathElement {
            key: Some(key.to_string()),
            ..none
        },
        policy::PathElement::Value(key) => PathElement {
            value: Some(key.to_string()),
            ..none
        },
        policy::PathElement::Substring { start, length } => PathElement {
            substring: Some(Substring {
                start: count(*start),
                length: count(*length),
            }),
            ..none
        },
    }
}

fn position(position: policy::Position) -> Position {
    Position {
        line: count(position.line),
        column: count(position.column),
        offset: count(position.offset),
    }
}

/// A document is never so long that this cuts.
fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
