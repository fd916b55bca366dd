//! Reads a form into a tree along the model of its operation.
//!
//! AWS ignores parameters it does not know (`facts: sts §1.1`), and so does this at the top. Below a known name
//! nothing is ignored, and a list must be numbered from 1 without a gap: a `PolicyArns` that silently went missing
//! would be a session with more rights than its owner asked for. A lone `policy` is refused for the same reason.

use std::borrow::Cow;

use crate::{
    ApiError, Blob, Document, Node, Parameters,
    model::{Member, Shape, Structure},
    node::absent,
};

/// Reads the parameters of a structure.
pub(crate) fn read<'a>(
    structure: &'static Structure,
    parameters: &'a Parameters,
) -> Result<Node<'a>, ApiError> {
    let mut members = absent(structure.members.len());
    let mut is_nested = false;
    for (name, value) in parameters.iter().filter(|(name, _)| !is_protocol(name)) {
        // No name of a member has a dot in it, so most parameters need not be searched for one.
        let (head, rest, found) = match structure.member(name) {
            Some(found) => (name, None, Some(found)),
            None => {
                let (head, rest) = split(name);
                (head, rest, structure.member(head))
            }
        };
        let Some((position, member)) = found else {
            refuse_case_variant(structure.members, head)?;
            continue;
        };
        is_nested |= rest.is_some();
        if let Some(slot) = members.get_mut(position) {
            let leaf = Leaf {
                name,
                value,
                most: parameters.len(),
            };
            leaf.put(slot, member.shape, rest)?;
        }
    }
    let tree = Node::Structure(members);
    if is_nested {
        refuse_gaps(&tree)?;
    }
    Ok(tree)
}

/// Whether a parameter says which operation the others are for. No member of a request is called that, in any case.
fn is_protocol(name: &str) -> bool {
    matches!(name, "Action" | "Version")
}

/// Splits `Tags.member.1` into `Tags` and `member.1`.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('.') {
        Some((head, rest)) => (head, Some(rest)),
        None => (name, None),
    }
}

fn refuse_case_variant(members: &[Member], name: &str) -> Result<(), ApiError> {
    match members
        .iter()
        .find(|member| member.name.eq_ignore_ascii_case(name))
    {
        Some(member) => Err(ApiError::invalid_query_parameter(format!(
            "The parameter '{name}' is not known; parameter names are case-sensitive: use '{}'.",
            member.name
        ))),
        None => Ok(()),
    }
}

/// One parameter on its way to its place in the tree.
struct Leaf<'a> {
    name: &'a str,
    value: &'a str,
    /// The greatest possible index of a list without gaps.
    most: usize,
}

impl<'a> Leaf<'a> {
    fn put(
        &self,
        slot: &mut Option<Node<'a>>,
        shape: &'static Shape,
        path: Option<&str>,
    ) -> Result<(), ApiError> {
        match (shape, path) {
            (Shape::List { .. }, None) if self.value.is_empty() => {
                slot.get_or_insert_with(|| Node::List(Vec::new()));
                Ok(())
            }
            (Shape::List { member, .. }, Some(path)) => {
                let (index, rest) = self.index(path)?;
                let Node::List(items) = slot.get_or_insert_with(|| Node::List(Vec::new())) else {
                    return Err(self.misplaced());
                };
                if items.len() < index {
                    items.resize(index, None);
                }
                let item = items.get_mut(index - 1).ok_or_else(|| self.misplaced())?;
                self.put(item, member, rest)
            }
            (Shape::Structure(structure), Some(path)) => {
                let (head, rest) = split(path);
                let (position, member) = structure.member(head).ok_or_else(|| self.misplaced())?;
                let empty = || Node::empty_structure(structure.members.len());
                let Node::Structure(members) = slot.get_or_insert_with(empty) else {
                    return Err(self.misplaced());
                };
                let member_slot = members.get_mut(position).ok_or_else(|| self.misplaced())?;
                self.put(member_slot, member.shape, rest)
            }
            (Shape::Structure(structure), None) if self.value.is_empty() => {
                slot.get_or_insert_with(|| Node::empty_structure(structure.members.len()));
                Ok(())
            }
            (Shape::Document, None) => {
                let document = Document::parse(self.value).map_err(ApiError::malformed_input_because)?;
                *slot = Some(Node::Text(Cow::Owned(document.text().to_owned())));
                Ok(())
            }
            (Shape::Blob, None) if !Blob::is_base64(self.value) => Err(ApiError::malformed_input()),
            (Shape::String(_) | Shape::Timestamp | Shape::Blob, None) => {
                *slot = Some(Node::Text(Cow::Borrowed(self.value)));
                Ok(())
            }
            (Shape::Integer { .. }, None) => {
                *slot = Some(Node::Integer(self.integer()?));
                Ok(())
            }
            (Shape::Boolean, None) => {
                *slot = Some(Node::Boolean(self.boolean()?));
                Ok(())
            }
            _ => Err(self.misplaced()),
        }
    }

    /// Reads `member.N` off the front of a path.
    fn index<'p>(&self, path: &'p str) -> Result<(usize, Option<&'p str>), ApiError> {
        let (number, rest) = split(path.strip_prefix("member.").ok_or_else(|| self.misplaced())?);
        let canonical = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
        match number.parse() {
            Ok(index) if canonical && index <= self.most => Ok((index, rest)),
            _ if canonical && !number.is_empty() => Err(gap(self.name)),
            _ => Err(self.misplaced()),
        }
    }

    /// Reads what Java's `Integer` takes: an optional sign, leading zeros, 32 bits (`facts: sts §1.7`).
    fn integer(&self) -> Result<i64, ApiError> {
        if self.value.is_empty() {
            return Err(ApiError::malformed_input_because(
                "missing value for decimal type",
            ));
        }
        self.value
            .parse::<i32>()
            .map(i64::from)
            .map_err(|_| ApiError::malformed_input())
    }

    fn boolean(&self) -> Result<bool, ApiError> {
        self.value.parse().map_err(|_| ApiError::malformed_input())
    }

    fn misplaced(&self) -> ApiError {
        ApiError::malformed_input_because(format!(
            "The parameter '{}' has no place in the request",
            self.name
        ))
    }
}

fn gap(name: &str) -> ApiError {
    ApiError::malformed_input_because(format!(
        "The parameter '{name}' leaves a gap: the members of a list are numbered 1, 2, 3 and so on"
    ))
}

fn refuse_gaps(node: &Node<'_>) -> Result<(), ApiError> {
    match node {
        Node::List(items) => items.iter().enumerate().try_for_each(|(index, item)| match item {
            Some(item) => refuse_gaps(item),
            None => Err(gap(&format!("member.{}", index + 1))),
        }),
        Node::Structure(members) => members.iter().flatten().try_for_each(refuse_gaps),
        Node::Text(_) | Node::Integer(_) | Node::Boolean(_) => Ok(()),
    }
}
