use crate::{MapEntry, declare::operation, model::Shape};

operation! {
    /// Shows how much the account has, and how much it may have.
    GetAccountSummary: Iam, Read;

    request GetAccountSummaryRequest {}
    response GetAccountSummaryResponse {
        /// Numbers by what they count.
        always "SummaryMap" summary_map: Vec<MapEntry>, Shape::Map;
    }
    errors [SERVICE_FAILURE]
}
