//! The one operation of Access Analyzer that is here: what is wrong with a policy (`facts: policy §6.3`).
//!
//! It is spoken in REST-JSON: the path names the operation, the query holds the parameters of paging, and the body the
//! others.

use crate::{
    ApiError, Parameters, Request,
    declare::{operation, structure},
    errors,
    model::{Operation, Shape, StringRules},
    shapes,
};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[ValidatePolicyRequest::OPERATION];

/// The method and the path of `ValidatePolicy`.
const VALIDATE_POLICY: (&str, &str) = ("POST", "/policy/validation");

/// The parameters that stand in the query.
const IN_QUERY: [&str; 2] = ["maxResults", "nextToken"];

/// Returns the operation that a method and a path name, to the letter: a path has one spelling.
pub fn operation_at(method: &str, path: &str) -> Option<&'static Operation> {
    ((method, path) == VALIDATE_POLICY).then_some(ValidatePolicyRequest::OPERATION)
}

/// Whether a path names an operation by some method.
pub fn is_path(path: &str) -> bool {
    path == VALIDATE_POLICY.1
}

/// Whether a parameter stands in the query rather than in the body.
pub(crate) fn is_in_query(name: &str) -> bool {
    IN_QUERY.contains(&name)
}

/// Refuses a query with anything in it but the parameters that belong there.
pub(crate) fn check_query(parameters: &Parameters) -> Result<(), ApiError> {
    let strange = parameters.iter().find(|(name, _)| !is_in_query(name));
    strange.map_or(Ok(()), |(name, _)| {
        Err(errors::VALIDATION_EXCEPTION.with(format!("{name} is no parameter of the query")))
    })
}

const LOCALES: &[&str] = &[
    "DE", "EN", "ES", "FR", "IT", "JA", "KO", "PT_BR", "ZH_CN", "ZH_TW",
];
const POLICY_TYPES: &[&str] = &[
    "IDENTITY_POLICY",
    "RESOURCE_POLICY",
    "SERVICE_CONTROL_POLICY",
    "RESOURCE_CONTROL_POLICY",
];
const RESOURCE_TYPES: &[&str] = &[
    "AWS::S3::Bucket",
    "AWS::S3::AccessPoint",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3ObjectLambda::AccessPoint",
    "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::DynamoDB::Table",
];

operation! {
    /// Finds what is wrong with a policy, what is dangerous, and what could be better.
    ValidatePolicy: AccessAnalyzer, Read;

    request ValidatePolicyRequest {
        /// The language of the findings. They are in English whatever it is.
        optional "locale" locale: String, Shape::String(StringRules::one_of(LOCALES));
        /// The most findings the page may have.
        optional "maxResults" max_results: i32, Shape::between(1, 1000);
        /// Where the page begins: the token of the page before.
        optional "nextToken" next_token: String, Shape::TEXT;
        /// The policy.
        required "policyDocument" policy_document: String, Shape::TEXT;
        /// What kind of policy it is.
        required "policyType" policy_type: String, Shape::String(StringRules::one_of(POLICY_TYPES));
        /// What a resource policy belongs to.
        optional "validatePolicyResourceType" validate_policy_resource_type: String,
            Shape::String(StringRules::one_of(RESOURCE_TYPES));
    }
    response ValidatePolicyResponse {
        /// The findings, in the order of the document.
        always "findings" findings: Vec<ValidatePolicyFinding>,
            Shape::list(&Shape::Structure(ValidatePolicyFinding::STRUCTURE));
        /// Where the next page begins.
        optional "nextToken" next_token: String, Shape::TEXT;
    }
    errors [INTERNAL_SERVER_EXCEPTION, VALIDATION_EXCEPTION, THROTTLING_EXCEPTION, ACCESS_DENIED_EXCEPTION]
}

structure! {
    /// One thing to know about a policy.
    ValidatePolicyFinding {
        /// What is the matter, and what to do.
        required "findingDetails" finding_details: String, Shape::TEXT;
        /// How much it matters.
        required "findingType" finding_type: String,
            Shape::String(StringRules::one_of(&["ERROR", "SECURITY_WARNING", "SUGGESTION", "WARNING"]));
        /// What it is.
        required "issueCode" issue_code: String, Shape::TEXT;
        /// Where AWS explains it.
        required "learnMoreLink" learn_more_link: String, Shape::TEXT;
        /// Where it is; at least one place.
        required "locations" locations: Vec<Location>, Shape::list(&Shape::Structure(Location::STRUCTURE));
    }
}

structure! {
    /// A place in a policy.
    Location {
        /// The way from the document's root; empty for the whole document.
        required "path" path: Vec<PathElement>, Shape::list(&Shape::Structure(PathElement::STRUCTURE));
        /// The text it takes.
        required "span" span: Span, Shape::Structure(Span::STRUCTURE);
    }
}

structure! {
    /// One step on the way to a place: one of its members.
    PathElement {
        /// The element of an array, from 0.
        optional "index" index: i32, shapes::COUNT;
        /// The name of a member itself.
        optional "key" key: String, Shape::TEXT;
        /// A part of a string.
        optional "substring" substring: Substring, Shape::Structure(Substring::STRUCTURE);
        /// The value of the member with this name.
        optional "value" value: String, Shape::TEXT;
    }
}

structure! {
    /// A part of a string, in characters.
    Substring {
        /// How many characters are before it.
        required "start" start: i32, shapes::COUNT;
        /// How many characters it has.
        required "length" length: i32, shapes::COUNT;
    }
}

structure! {
    /// A stretch of text; the end is the first position after it.
    Span {
        /// Its first character.
        required "start" start: Position, Shape::Structure(Position::STRUCTURE);
        /// What comes after its last.
        required "end" end: Position, Shape::Structure(Position::STRUCTURE);
    }
}

structure! {
    /// A position in a text.
    Position {
        /// The line, from 1.
        required "line" line: i32, shapes::COUNT;
        /// The characters before it on its line.
        required "column" column: i32, shapes::COUNT;
        /// The characters before it in the document.
        required "offset" offset: i32, shapes::COUNT;
    }
}
