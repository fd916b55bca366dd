//! The operations that only locum has.

use jiff::Timestamp;

use crate::{
    Document, Request,
    declare::{operation, structure},
    model::{Operation, Shape, StringRules},
    shapes,
};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[
    ApplyTransactionRequest::OPERATION,
    RevokeSessionsRequest::OPERATION,
];

/// The most requests that one transaction may hold.
pub const MAX_REQUESTS: u32 = 5_000;

const REQUESTS: Shape = Shape::List {
    member: &Shape::Structure(ContainedRequest::STRUCTURE),
    min: Some(1),
    max: Some(MAX_REQUESTS),
};

operation! {
    /// Performs requests that write to IAM and Organizations one after another, and stores what all of them change or nothing.
    ApplyTransaction: Locum, Write;

    request ApplyTransactionRequest {
        /// The requests, each performed on the state that those before it leave.
        required "Requests" requests: Vec<ContainedRequest>, REQUESTS;
        /// Whether to do everything but store.
        optional "DryRun" dry_run: bool, Shape::Boolean;
    }
    response ApplyTransactionResponse {
        /// How many requests were applied: all of them, or none in a dry run.
        always "Applied" applied: i32, shapes::COUNT;
    }
    errors [ORGANIZATIONS_CONCURRENT_MODIFICATION, VALIDATION_EXCEPTION]
}

operation! {
    /// Ends the sessions of a user, a role, a root user or an identity provider that were issued up to a time; what was issued later goes on.
    RevokeSessions: Locum, Write;

    request RevokeSessionsRequest {
        /// The ARN of a user, of a role, of the root user of the caller's account, or of a SAML or OpenID Connect provider.
        required "PrincipalArn" principal_arn: String, shapes::ARN;
        /// What was issued up to the end of this second is revoked; now, if it is not given. It never becomes earlier again.
        optional "IssuedBefore" issued_before: Timestamp, Shape::Timestamp;
    }
    response RevokeSessionsResponse {
        /// The ARN of the request.
        always "PrincipalArn" principal_arn: String, shapes::ARN;
        /// The time in force: the latest that was ever asked for.
        always "RevokedBefore" revoked_before: Timestamp, Shape::Timestamp;
    }
    errors [LIMIT_EXCEEDED, NO_SUCH_ENTITY, ORGANIZATIONS_CONCURRENT_MODIFICATION, VALIDATION_EXCEPTION]
}

structure! {
    /// A request as it would come alone.
    ContainedRequest {
        /// The service it is for: `iam` or `organizations`.
        required "Service" service: String, Shape::String(StringRules::length(1, 64));
        /// The operation.
        required "Action" action: String, Shape::String(StringRules::length(1, 128));
        /// Its parameters by the names of the operation's own.
        optional "Parameters" parameters: Document, Shape::Document;
    }
}
