//! Numbers of accounts that a file cannot know: `${locum:account}` and `${locum:account/<name>}` in documents.
//!
//! An account that is made by the same file gets its number while it is applied. So does a second deployment of the same
//! file, which is why exports are written with them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::PlanError;
use crate::{Account, Document, Named, Organization, PolicyType};

const START: &str = "${locum:";
const OWN: &str = "account";
const OTHER: &str = "account/";

/// What stands for the number of an account under `accounts`.
pub(super) fn placeholder_of(key: &str) -> String {
    format!("{START}{OTHER}{key}}}")
}

/// What placeholders stand for.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// The number of the account that the document is in.
    pub own: String,
    /// The numbers of accounts by name or number; a name that several accounts have is not among them.
    pub by_name: Named<String>,
    /// Accounts that are described and not there yet. Placeholders of theirs stay in a plan that is only shown.
    pub pending: BTreeSet<String>,
}

impl Numbers {
    /// Returns an account with its placeholders filled in.
    ///
    /// # Errors
    /// [`PlanError`] for a placeholder that stands for nothing.
    pub fn fill_account(&self, account: &Account) -> Result<Account, PlanError> {
        let mut account = account.clone();
        for (name, policy) in account.policies.iter_mut().flatten() {
            self.fill(&format!("policy {name}"), &mut policy.document)?;
        }
        for (name, group) in account.groups.iter_mut().flatten() {
            self.fill_all(&format!("group {name}"), group.inline.as_mut())?;
        }
        for (name, user) in account.users.iter_mut().flatten() {
            self.fill_all(&format!("user {name}"), user.inline.as_mut())?;
        }
        for (name, role) in account.roles.iter_mut().flatten() {
            let what = format!("role {name}");
            self.fill(&what, &mut role.trust)?;
            self.fill_all(&what, role.inline.as_mut())?;
        }
        Ok(account)
    }

    /// Returns an organization with its placeholders filled in.
    ///
    /// # Errors
    /// [`PlanError`] for a placeholder that stands for nothing.
    pub fn fill_organization(&self, organization: &Organization) -> Result<Organization, PlanError> {
        let mut organization = organization.clone();
        let sections = [
            (
                PolicyType::ServiceControl,
                &mut organization.service_control_policies,
            ),
            (
                PolicyType::ResourceControl,
                &mut organization.resource_control_policies,
            ),
        ];
        for (kind, policies) in sections {
            for (name, policy) in policies.iter_mut().flatten() {
                self.fill(&format!("{} {name}", kind.described()), &mut policy.document)?;
            }
        }
        Ok(organization)
    }

    fn fill_all(&self, what: &str, documents: Option<&mut Named<Document>>) -> Result<(), PlanError> {
        for document in documents.into_iter().flat_map(|documents| documents.values_mut()) {
            self.fill(what, document)?;
        }
        Ok(())
    }

    fn fill(&self, what: &str, document: &mut Document) -> Result<(), PlanError> {
        let mut wrong = None;
        each_text_mut(&mut document.0, &mut |text| match self.filled(text) {
            Ok(Some(filled)) => *text = filled,
            Ok(None) => {}
            Err(placeholder) => wrong = Some(placeholder),
        });
        match wrong {
            None => Ok(()),
            Some(placeholder) => {
                let message = format!(
                    "{placeholder} stands for nothing here; write ${{locum:account}} for this account's number or \
                     ${{locum:account/<name>}} for that of an account of the organization, by its number if others have its name"
                );
                Err(PlanError::of(what, message))
            }
        }
    }

    /// A text with numbers in place of placeholders; the placeholder that has none is the error.
    fn filled(&self, text: &str) -> Result<Option<String>, String> {
        if !text.contains(START) {
            return Ok(None);
        }
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(START) {
            filled.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                return Err(format!("{START}{after}"));
            };
            let placeholder = format!("{START}{name}}}");
            let number = match name.strip_prefix(OTHER) {
                None if name == OWN => Some(&self.own),
                None => None,
                Some(other) if self.pending.contains(other) => Some(&placeholder),
                Some(other) => self.by_name.get(other),
            };
            match number {
                Some(number) => filled.push_str(number),
                None => return Err(placeholder),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(Some(filled))
    }
}

/// Puts placeholders where a document of an export has numbers of accounts. A document of the organization has no account
/// of its `own`.
pub(crate) fn generalize(document: &mut Document, own: Option<&str>, names: &Named<String>) {
    each_text_mut(&mut document.0, &mut |text| {
        for (name, number) in names {
            if Some(number.as_str()) != own {
                replace(text, number, &placeholder_of(name));
            }
        }
        if let Some(own) = own {
            replace(text, own, &format!("{START}{OWN}}}"));
        }
    });
}

/// Replaces a number where it stands for an account: alone, or as a field of an ARN.
fn replace(text: &mut String, number: &str, placeholder: &str) {
    if text == number {
        placeholder.clone_into(text);
        return;
    }
    let (field, new) = (format!(":{number}:"), format!(":{placeholder}:"));
    if text.contains(&field) {
        *text = text.replace(&field, &new);
    }
}

/// Whether the placeholder of an account that is to be made can be found again wherever it stands: a document is sent as
/// a text of JSON, which writes some characters otherwise.
#[must_use]
pub fn can_be_pending(name: &str) -> bool {
    !name.contains(|c: char| c.is_control() || matches!(c, '"' | '\\' | '$' | '{' | '}'))
}

/// Puts numbers of accounts in place of their placeholders.
pub(super) fn number(parameters: &mut Value, numbers: &Named<String>) {
    each_text_mut(parameters, &mut |text| {
        if text.contains(START) {
            for (name, number) in numbers {
                *text = text.replace(&placeholder_of(name), number);
            }
        }
    });
}

/// The first placeholder that stands for none of the accounts in `pending`.
pub(super) fn left(parameters: &Value, pending: &Named<String>) -> Option<String> {
    let mut found = None;
    each_text(parameters, &mut |text| {
        for after in text.split(START).skip(1) {
            let name = after.split_once('}').map_or(after, |(name, _)| name);
            let known = name
                .strip_prefix(OTHER)
                .is_some_and(|name| pending.contains_key(name));
            if !known && found.is_none() {
                found = Some(format!("{START}{name}}}"));
            }
        }
    });
    found
}

pub(super) fn each_text(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, visit)),
        Value::Object(members) => members.values().for_each(|value| each_text(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn each_text_mut(value: &mut Value, visit: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(values) => values.iter_mut().for_each(|value| each_text_mut(value, visit)),
        Value::Object(members) => members.values_mut().for_each(|value| each_text_mut(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn numbers() -> Numbers {
        Numbers {
            own: "111122223333".into(),
            by_name: [("data".to_owned(), "444455556666".to_owned())].into(),
            pending: ["new".to_owned()].into(),
        }
    }

    #[test]
    fn placeholders_become_numbers() {
        for (text, expected) in [
            ("${locum:account}", Ok("111122223333")),
            (
                "arn:aws:iam::${locum:account/data}:role/x",
                Ok("arn:aws:iam::444455556666:role/x"),
            ),
            ("${locum:account/new}", Ok("${locum:account/new}")),
            ("${locum:account/gone}", Err("${locum:account/gone}")),
            ("${locum:region}", Err("${locum:region}")),
            ("${locum:account", Err("${locum:account")),
        ] {
            let found = numbers().filled(text).map(Option::unwrap_or_default);
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text}");
        }
        assert_eq!(numbers().filled("${aws:username}"), Ok(None));
    }

    #[test]
    fn exports_name_accounts_and_applies_number_them() {
        let before = json!({"a": ["444455556666", "arn:aws:iam::111122223333:root", "x111122223333"]});
        let mut document = Document(before.clone());
        generalize(&mut document, Some("111122223333"), &numbers().by_name);
        assert_eq!(
            document.0,
            json!({"a": ["${locum:account/data}", "arn:aws:iam::${locum:account}:root", "x111122223333"]})
        );
        numbers().fill("x", &mut document).unwrap();
        assert_eq!(document.0, before);
        // No account is the organization's own, so nothing stands for it: not even the empty fields of an ARN.
        let before = json!({"a": ["arn:aws:s3:::x", "arn:aws:iam::444455556666:role/x", ""]});
        let mut document = Document(before);
        generalize(&mut document, None, &numbers().by_name);
        let expected = json!({"a": ["arn:aws:s3:::x", "arn:aws:iam::${locum:account/data}:role/x", ""]});
        assert_eq!(document.0, expected);
    }

    #[test]
    fn numbers_of_new_accounts_are_put_into_what_was_planned() {
        let text =
            json!({"Resource": "arn:aws:iam::${locum:account/new}:role/x ${locum:account/new}"}).to_string();
        let mut parameters = json!({"PolicyDocument": text, "Tags": [{"Value": "${locum:account/newer}"}]});
        let pending = [("new".to_owned(), String::new())].into();
        assert_eq!(
            left(&parameters, &pending).as_deref(),
            Some("${locum:account/newer}")
        );
        number(
            &mut parameters,
            &[("new".to_owned(), "444455556666".to_owned())].into(),
        );
        let expected = json!({"Resource": "arn:aws:iam::444455556666:role/x 444455556666"}).to_string();
        assert_eq!(parameters["PolicyDocument"], expected);
        assert!(left(&parameters, &Named::new()).is_some());
        number(
            &mut parameters,
            &[("newer".to_owned(), "777788889999".to_owned())].into(),
        );
        assert_eq!(left(&parameters, &Named::new()), None);
        assert_eq!(parameters["Tags"][0]["Value"], "777788889999");
        for name in ["a}b", "a\"b", "a\\b", "a\nb"] {
            assert!(!can_be_pending(name), "{name}");
        }
        assert!(can_be_pending("Data, Europe (é)"));
    }
}
