use std::fmt;

use crate::{AccountId, NameError, Partition};

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
        let mut rest = text;
        let mut next = || {
            let at = rest.bytes().position(|byte| byte == b':')?;
            // INVARIANT: an ASCII byte begins and ends a character.
            let (field, after) = rest.get(..at).zip(rest.get(at + 1..))?;
            rest = after;
            Some(field)
        };
        let mut field = || next().ok_or(NameError::Arn);
        if field()? != "arn" {
            return Err(NameError::Arn);
        }
        let arn = Self {
            partition: field()?,
            service: field()?,
            region: field()?,
            account: field()?,
            resource: rest,
        };
        if arn.partition.is_empty() || arn.service.is_empty() || arn.resource.is_empty() {
            return Err(NameError::Arn);
        }
        Ok(arn)
    }
}

/// The ARN of something of an account without a region, in one piece: `arn:aws:iam::111122223333:` and the parts of its
/// resource.
#[must_use]
pub fn account_arn(partition: Partition, service: &str, account: AccountId, resource: &[&str]) -> String {
    let digits = account.digits();
    // INVARIANT: digits are ASCII.
    let account = std::str::from_utf8(&digits).unwrap_or_default();
    let parts = resource.iter().map(|part| part.len()).sum::<usize>();
    let head = "arn:".len() + partition.as_str().len() + 1 + service.len() + "::".len() + account.len() + 1;
    let mut text = String::with_capacity(head + parts);
    text.push_str("arn:");
    text.push_str(partition.as_str());
    text.push(':');
    text.push_str(service);
    text.push_str("::");
    text.push_str(account);
    text.push(':');
    for part in resource {
        text.push_str(part);
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_of_an_account_is_what_its_fields_say() {
        let account = "000000000012".parse().unwrap();
        let text = account_arn(Partition::Aws, "iam", account, &["role", "/a/", "b"]);
        assert_eq!(text, "arn:aws:iam::000000000012:role/a/b");
        assert_eq!(Arn::parse(&text).unwrap().to_string(), text);
    }

    #[test]
    fn fields_end_at_the_first_five_colons() {
        let arn = Arn::parse("arn:a:é:::r:s/:t").unwrap();
        let fields = [arn.partition, arn.service, arn.region, arn.account, arn.resource];
        assert_eq!(fields, ["a", "é", "", "", "r:s/:t"]);
        for other in [
            "",
            "arn",
            "arn:a:b:c:d",
            "arn:a:b:c:d:",
            "arn::b:c:d:e",
            "arn:a::c:d:e",
            "Arn:a:b:c:d:e",
        ] {
            assert_eq!(Arn::parse(other), Err(NameError::Arn), "{other}");
        }
    }
}
