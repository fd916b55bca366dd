//! How a typed request is made from a tree, and how a typed response shows itself to the writers.

use jiff::Timestamp;

use crate::{
    ApiError, Node, Parameters, Sensitive, access_analyzer, errors, form, json,
    model::{Member, Operation, Service, Structure},
    validate,
};

/// A member's value, as a writer sees it.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// Not there; nothing is written.
    Absent,
    /// A text.
    Text(&'a str),
    /// The text of a JSON object.
    Json(&'a str),
    /// A number.
    Integer(i64),
    /// A truth value.
    Boolean(bool),
    /// A point in time.
    Time(Timestamp),
    /// A list.
    List(&'a dyn Sequence),
    /// A structure.
    Record(&'a dyn Record),
}

impl Value<'_> {
    /// Returns the value, or nothing in place of an empty list.
    #[inline]
    pub(crate) fn unless_empty(self) -> Self {
        match self {
            Self::List(items) if items.is_empty() => Self::Absent,
            value => value,
        }
    }
}

/// A typed structure whose members can be visited along its model.
pub trait Record {
    /// Returns its model.
    fn structure(&self) -> &'static Structure;
    /// Returns the value of the member at a position of the model.
    fn member(&self, position: usize) -> Value<'_>;
    /// Shows every member that is there, in the declared order.
    fn visit<'s>(&'s self, visit: &mut dyn FnMut(&'static Member, Value<'s>));
}

/// A list of values.
pub trait Sequence {
    /// Returns the number of items.
    fn len(&self) -> usize;
    /// Returns the item at an index, or [`Value::Absent`] past the end.
    fn item(&self, index: usize) -> Value<'_>;
    /// Whether there is no item.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Field> Sequence for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn item(&self, index: usize) -> Value<'_> {
        self.get(index).map_or(Value::Absent, Field::value)
    }
}

/// A Rust type that a member can have.
pub trait Field: Sized {
    /// Reads it from a validated tree; `None` when the tree does not fit.
    fn read(node: Node<'_>) -> Option<Self>;
    /// Returns what it is where the tree has nothing; `None` if it must be there.
    #[inline]
    fn absent() -> Option<Self> {
        None
    }
    /// Shows it to a writer.
    fn value(&self) -> Value<'_>;
}

impl Field for String {
    #[inline]
    fn read(node: Node<'_>) -> Option<Self> {
        match node {
            Node::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }

    #[inline]
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Field for Sensitive {
    fn read(node: Node<'_>) -> Option<Self> {
        String::read(node).map(Self::from)
    }

    #[inline]
    fn value(&self) -> Value<'_> {
        Value::Text(self.expose())
    }
}

impl Field for i32 {
    #[inline]
    fn read(node: Node<'_>) -> Option<Self> {
        match node {
            Node::Integer(number) => Self::try_from(number).ok(),
            _ => None,
        }
    }

    #[inline]
    fn value(&self) -> Value<'_> {
        Value::Integer(i64::from(*self))
    }
}

impl Field for bool {
    #[inline]
    fn read(node: Node<'_>) -> Option<Self> {
        match node {
            Node::Boolean(value) => Some(value),
            _ => None,
        }
    }

    #[inline]
    fn value(&self) -> Value<'_> {
        Value::Boolean(*self)
    }
}

impl Field for Timestamp {
    #[inline]
    fn read(node: Node<'_>) -> Option<Self> {
        match node {
            Node::Text(text) => text.parse().ok(),
            Node::Integer(seconds) => Self::from_second(seconds).ok(),
            _ => None,
        }
    }

    #[inline]
    fn value(&self) -> Value<'_> {
        Value::Time(*self)
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(node: Node<'_>) -> Option<Self> {
        match node {
            Node::List(items) => items.into_iter().map(read_or_absent).collect(),
            _ => None,
        }
    }

    #[inline]
    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    #[inline]
    fn value(&self) -> Value<'_> {
        Value::List(self)
    }
}

impl<T: Field> Field for Option<T> {
    #[inline]
    fn read(node: Node<'_>) -> Option<Self> {
        T::read(node).map(Some)
    }

    #[inline]
    fn absent() -> Option<Self> {
        Some(None)
    }

    #[inline]
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Absent, Field::value)
    }
}

/// Reads a member that may not be there.
#[inline]
pub(crate) fn read_or_absent<T: Field>(node: Option<Node<'_>>) -> Option<T> {
    match node {
        Some(node) => T::read(node),
        None => T::absent(),
    }
}

/// The typed parameters of an operation.
pub trait Request: Field {
    /// The operation they are for.
    const OPERATION: &'static Operation;
    /// What the operation answers with.
    type Response: Record + Field;

    /// Reads and validates the parameters of an awsQuery request.
    fn decode(parameters: &Parameters) -> Result<Self, ApiError> {
        finish(form::read(Self::OPERATION.input, parameters)?)
    }

    /// Reads and validates the body of an AWS JSON 1.1 request.
    fn decode_json(body: &[u8]) -> Result<Self, ApiError> {
        let reading = match Self::OPERATION.service {
            Service::Locum => json::Reading::Strict,
            Service::Sts | Service::Iam | Service::Organizations | Service::AccessAnalyzer => {
                json::Reading::Lenient
            }
        };
        finish(json::read(Self::OPERATION.input, body, reading)?)
    }

    /// Reads and validates the parameters of a request inside a request: as [`decode_json`](Self::decode_json), but a member
    /// that the model does not know is an error, and so is `null`, since a boundary that is misspelt or missing must not be
    /// left out.
    fn decode_contained(body: &[u8]) -> Result<Self, ApiError> {
        finish(json::read(Self::OPERATION.input, body, json::Reading::Known)?)
    }

    /// Reads and validates a REST-JSON request: some parameters stand in the query, the others in the body.
    fn decode_rest(query: &Parameters, body: &[u8]) -> Result<Self, ApiError> {
        access_analyzer::check_query(query)?;
        let input = Self::OPERATION.input;
        let from_query = form::read(input, query)
            .map_err(|error| errors::VALIDATION_EXCEPTION.with(error.message.unwrap_or_default()))?;
        let from_body = json::read(input, body, json::Reading::Lenient)?;
        let (Node::Structure(from_query), Node::Structure(from_body)) = (from_query, from_body) else {
            return Err(ApiError::internal_failure());
        };
        let both = from_query.into_iter().zip(from_body).zip(input.members);
        let members = both.map(|((in_query, in_body), member)| {
            if access_analyzer::is_in_query(member.name) {
                in_query
            } else {
                in_body
            }
        });
        finish(Node::Structure(members.collect()))
    }
}

/// Validates a tree and makes the typed request of it.
fn finish<R: Request>(tree: Node<'_>) -> Result<R, ApiError> {
    validate::check(R::OPERATION, &tree)?;
    // Only a declaration whose Rust type does not fit its shape ends here, and a test reads every operation.
    R::read(tree).ok_or_else(ApiError::internal_failure)
}

/// The answer of an operation that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoResult;

impl NoResult {
    const STRUCTURE: &'static Structure = &Structure {
        name: "NoResult",
        doc: "Nothing.",
        members: &[],
        wire: &[],
    };
}

impl Record for NoResult {
    fn structure(&self) -> &'static Structure {
        Self::STRUCTURE
    }

    fn member(&self, _: usize) -> Value<'_> {
        Value::Absent
    }

    fn visit<'s>(&'s self, _: &mut dyn FnMut(&'static Member, Value<'s>)) {}
}

impl Field for NoResult {
    fn read(node: Node<'_>) -> Option<Self> {
        matches!(node, Node::Structure(_)).then_some(Self)
    }

    #[inline]
    fn value(&self) -> Value<'_> {
        Value::Record(self)
    }
}
