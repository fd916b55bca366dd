//! The static description of every operation: what the macro `operation!` makes of a declaration.
//!
//! The server decodes and validates with it, the command line makes its flags, skeletons and output order from it, and
//! the reference page is printed from it. Two orders exist and both are facts: the members of a structure stand in the
//! order AWS declares them, which is what the command line prints; [`Structure::in_wire_order`] is the order in which
//! the elements of a response are written (`facts: sts §1.2, cli §1.1`).

mod place;
mod service;

use crate::{Tags, pattern::Pattern};

pub use service::Service;
pub(crate) use service::namespace;

/// Whether an operation asks for a change of what is stored; CloudTrail's `readOnly` is its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing stored changes. Every operation that only issues credentials reads.
    Read,
    /// Something stored changes.
    Write,
}

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request is wrong or not allowed.
    Sender,
    /// The service failed.
    Receiver,
}

impl Fault {
    /// Returns the text of the `Type` element.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "Sender",
            Self::Receiver => "Receiver",
        }
    }
}

/// One operation of one service.
#[derive(Debug)]
pub struct Operation {
    /// The service it belongs to.
    pub service: Service,
    /// Its name, as in the `Action` parameter.
    pub name: &'static str,
    /// One line of help.
    pub doc: &'static str,
    /// Whether the request must be signed; an unsigned one proves in another way who sends it.
    pub signed: bool,
    /// Whether it asks for a change of what is stored.
    pub access: Access,
    /// Its parameters.
    pub input: &'static Structure,
    /// Its result, or `None` when it answers with nothing but a request id.
    pub output: Option<&'static Structure>,
    /// The element around the result (`AssumeRoleResult`), or `None` without a result.
    pub result_wrapper: Option<&'static str>,
    /// What stands around an answer in XML.
    pub(crate) frame: Frame,
    /// The errors that AWS's model declares for it.
    pub errors: &'static [&'static ErrorShape],
}

/// What stands around an answer in XML, spelled out where the operation is declared.
#[derive(Debug)]
pub(crate) struct Frame {
    /// `<AssumeRoleResponse xmlns="…">` and the end of the line.
    pub(crate) start: &'static str,
    /// The element around the result.
    pub(crate) wrapper: Option<Tags>,
    /// What follows the request id, to the end of the document.
    pub(crate) end: &'static str,
}

/// An error that an operation declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorShape {
    /// The code on the wire.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Whose fault it is.
    pub fault: Fault,
    /// One line of help.
    pub doc: &'static str,
}

/// A structure: parameters, a result, or a part of either.
#[derive(Debug)]
pub struct Structure {
    /// Its name.
    pub name: &'static str,
    /// One line of help.
    pub doc: &'static str,
    /// Its members in the order AWS declares them.
    pub members: &'static [Member],
    /// The positions of the members in the order they are written to XML.
    pub wire: &'static [usize],
}

impl Structure {
    /// Returns the member with this exact name, and its position.
    pub fn member(&self, name: &str) -> Option<(usize, &'static Member)> {
        self.members
            .iter()
            .enumerate()
            .find(|(_, member)| member.name == name)
    }

    /// Returns every member with its position, in the order of an XML response.
    pub fn in_wire_order(&self) -> impl Iterator<Item = (usize, &'static Member)> {
        let members = self.members;
        let in_order = self.wire.iter();
        in_order.filter_map(|position| members.get(*position).map(|member| (*position, member)))
    }
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name on the wire, case kept: `RoleArn`, but `arn` in a policy descriptor.
    pub name: &'static str,
    /// Its element in XML.
    pub tags: Tags,
    /// Its name in a JSON object, behind another member: `,"RoleArn":`.
    pub key: &'static str,
    /// The same as CloudTrail spells it: `,"roleArn":`.
    pub camel_key: &'static str,
    /// One line of help.
    pub doc: &'static str,
    /// Whether a request without it is refused, or, in a result, whether it is always there.
    pub required: bool,
    /// Whether its shape [is a secret](Shape::is_secret).
    pub secret: bool,
    /// What it may hold.
    pub shape: &'static Shape,
}

/// What a member may hold.
#[derive(Debug)]
pub enum Shape {
    /// Text.
    String(StringRules),
    /// A 32-bit number.
    Integer {
        /// The smallest allowed.
        min: Option<i64>,
        /// The greatest allowed.
        max: Option<i64>,
    },
    /// `true` or `false`.
    Boolean,
    /// A point in time: ISO 8601 in XML, epoch seconds in JSON.
    Timestamp,
    /// Bytes, base64 on the wire.
    Blob,
    /// A list; its items are `member` elements.
    List {
        /// What each item holds.
        member: &'static Shape,
        /// The fewest items allowed.
        min: Option<u32>,
        /// The most items allowed.
        max: Option<u32>,
    },
    /// A nested structure.
    Structure(&'static Structure),
    /// Text by text; its Rust type is a list of [`MapEntry`](crate::MapEntry). No request has one.
    Map,
    /// Any JSON object, as its text: a [`Document`](crate::Document).
    Document,
}

impl Shape {
    /// Text without a rule.
    pub const TEXT: Self = Self::String(StringRules::ANY);
    /// A number without a rule.
    pub const INTEGER: Self = Self::Integer { min: None, max: None };

    /// Returns a number between two bounds, both included.
    pub const fn between(min: i64, max: i64) -> Self {
        Self::Integer {
            min: Some(min),
            max: Some(max),
        }
    }

    /// Whether it is a secret, or a list of secrets: never printed, logged or echoed. Bytes always are: the declared
    /// operations have none but the seeds of MFA devices and credential reports. A document always is, since it may hold
    /// anything.
    pub const fn is_secret(&self) -> bool {
        match self {
            Self::String(rules) => rules.sensitive,
            Self::Blob | Self::Document => true,
            Self::List { member, .. } => member.is_secret(),
            _ => false,
        }
    }

    /// Returns a list of any length.
    pub const fn list(member: &'static Self) -> Self {
        Self::List {
            member,
            min: None,
            max: None,
        }
    }

    /// Returns a list of at most this many items.
    pub const fn list_up_to(max: u32, member: &'static Self) -> Self {
        Self::List {
            member,
            min: None,
            max: Some(max),
        }
    }
}

/// The rules of a text. Lengths count Unicode code points (`facts: sts §1.7`).
#[derive(Debug, Clone, Copy)]
pub struct StringRules {
    /// The fewest code points.
    pub min: Option<u32>,
    /// The most code points.
    pub max: Option<u32>,
    /// The regular expression that the whole text must match.
    pub pattern: Option<&'static Pattern>,
    /// The allowed values; empty when any text is.
    pub values: &'static [&'static str],
    /// Whether it is a secret: never printed, logged or echoed.
    pub sensitive: bool,
    /// Whether a response carries it percent-encoded, as IAM's policy documents are (`facts: sts §8.6`).
    pub percent_encoded: bool,
    /// Whether what is said of a list of such texts ends by saying that none may be null. AWS says it of some lists only.
    pub never_null: bool,
}

impl StringRules {
    /// Any text.
    pub const ANY: Self = Self {
        min: None,
        max: None,
        pattern: None,
        values: &[],
        sensitive: false,
        percent_encoded: false,
        never_null: false,
    };

    /// Returns rules for a text between two lengths, both included.
    pub const fn length(min: u32, max: u32) -> Self {
        Self {
            min: Some(min),
            max: Some(max),
            ..Self::ANY
        }
    }

    /// Returns rules for one of a few values.
    pub const fn one_of(values: &'static [&'static str]) -> Self {
        Self { values, ..Self::ANY }
    }

    /// Adds the pattern that the whole text must match.
    pub const fn matching(self, pattern: &'static Pattern) -> Self {
        Self {
            pattern: Some(pattern),
            ..self
        }
    }

    /// Marks the text as a secret.
    pub const fn secret(self) -> Self {
        Self {
            sensitive: true,
            ..self
        }
    }

    /// Marks the text as one of a list of which AWS says that none may be null.
    pub const fn never_null(self) -> Self {
        Self {
            never_null: true,
            ..self
        }
    }

    /// Marks the text as percent-encoded in responses.
    pub const fn percent_encoded(self) -> Self {
        Self {
            percent_encoded: true,
            ..self
        }
    }
}

/// Returns every declared operation of a service, sorted by name.
pub const fn operations(service: Service) -> &'static [&'static Operation] {
    match service {
        Service::Sts => crate::sts::OPERATIONS,
        Service::Iam => crate::iam::OPERATIONS,
        Service::Organizations => crate::organizations::OPERATIONS,
        Service::Locum => crate::locum::OPERATIONS,
        Service::AccessAnalyzer => crate::access_analyzer::OPERATIONS,
    }
}

/// Returns the table of [`operations`].
const fn places(service: Service) -> &'static [u16] {
    macro_rules! table {
        ($operations:expr) => {
            const { &place::table::<{ place::slots($operations) }>($operations) }
        };
    }
    match service {
        Service::Sts => table!(crate::sts::OPERATIONS),
        Service::Iam => table!(crate::iam::OPERATIONS),
        Service::Organizations => table!(crate::organizations::OPERATIONS),
        Service::Locum => table!(crate::locum::OPERATIONS),
        Service::AccessAnalyzer => table!(crate::access_analyzer::OPERATIONS),
    }
}

/// Returns the position among [`operations`] of the one with this exact name.
pub fn place(service: Service, name: &str) -> Option<usize> {
    place::find(places(service), operations(service), name)
}

/// Returns the operation of a service with this exact name.
pub fn find(service: Service, name: &str) -> Option<&'static Operation> {
    operations(service).get(place(service, name)?).copied()
}
