//! The name that an account gave itself, asked of IAM.

use locum_credentials::Credentials;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::cli::errors::Failure;

const ATTEMPTS: u32 = 3;

/// Finds the alias of the caller's account, if it has one.
pub(super) fn find(
    caller: &Caller<'_>,
    credentials: &Credentials,
    arn: Option<&str>,
) -> Result<Option<String>, Failure> {
    let partition = arn.and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws");
    let iam = caller.iam(partition)?;
    let answer = iam.send("iam", "ListAccountAliases", &json!({}), credentials, ATTEMPTS)?;
    let aliases = answer.get("AccountAliases").and_then(Value::as_array);
    let first = aliases.and_then(|aliases| aliases.first()?.as_str());
    Ok(first.map(str::to_owned))
}
