use std::fmt;

use crate::NameError;

/// The six fields of an ARN, borrowed from its text. The last field keeps its own colons and slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arn<'a> {
    /// Such as `aws`; not checked against the known ones.
    pub partition: &'a str,
    /// Such as `iam`.
    pub service: &'a str,
    /// Empty for IAM and STS.
    pub region: &'a str,
    /// Twelve digits, `aws`, or empty.
    pub account: &'a str,
    /// Everything after the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits on the first five colons.
    ///
    /// # Errors
    /// `NameError::Arn` unless there are six fields, the first `arn` and the partition, service and resource not empty.
    pub fn parse(text: &'a str) -> Result<Self, NameError> {
        let mut fields = text.splitn(6, ':');
        let mut next = || fields.next().ok_or(NameError::Arn);
        if next()? != "arn" {
            return Err(NameError::Arn);
        }
        let arn = Self {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        };
        if arn.partition.is_empty() || arn.service.is_empty() || arn.resource.is_empty() {
            return Err(NameError::Arn);
        }
        Ok(arn)
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            service,
            region,
            account,
            resource,
        } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}
