use jiff::Timestamp;

use crate::{
    Blob,
    declare::operation,
    model::{Shape, StringRules},
};

operation! {
    /// Makes a report of the credentials of the account's users, unless there is one that is not four hours old.
    GenerateCredentialReport: Iam, Write;

    request GenerateCredentialReportRequest {}
    response GenerateCredentialReportResponse {
        /// How the report stands.
        optional "State" state: String,
            Shape::String(StringRules::one_of(&["STARTED", "INPROGRESS", "COMPLETE"]));
        /// What that means.
        optional "Description" description: String, Shape::TEXT;
    }
    errors [LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Shows the report of the credentials of the account's users.
    GetCredentialReport: Iam, Read;

    request GetCredentialReportRequest {}
    response GetCredentialReportResponse {
        /// The report.
        optional "Content" content: Blob, Shape::Blob;
        /// The form of the report.
        optional "ReportFormat" report_format: String, Shape::String(StringRules::one_of(&["text/csv"]));
        /// When it was made.
        optional "GeneratedTime" generated_time: Timestamp, Shape::Timestamp;
    }
    errors [REPORT_NOT_PRESENT, REPORT_EXPIRED, REPORT_IN_PROGRESS, SERVICE_FAILURE]
}
