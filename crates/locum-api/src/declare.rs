//! The macros that turn a declaration into a typed structure and its model.
//!
//! A member is declared as `required "RoleArn" role_arn: String, shapes::ARN;` under its line of help. The first word
//! says when it is there, and thereby its Rust type:
//!
//! - `required`: always; a request without it is refused;
//! - `optional`: perhaps; the Rust type becomes an `Option`;
//! - `list`: perhaps, and an absent list is an empty one, in both directions;
//! - `always`: AWS's model calls it optional, but every response has it.
//!
//! `wire ["B", "A"]` after the name of a structure gives the order of its XML elements where that is not the declared
//! one.

use crate::model::Member;

/// Returns the positions of these names among the members. A name that is not there stops the build.
pub(crate) const fn positions<const N: usize>(members: &[Member], names: &[&str]) -> [usize; N] {
    let mut positions = [0; N];
    let mut rest = names;
    let mut out = positions.as_mut_slice();
    while let ([name, names @ ..], [position, tail @ ..]) = (rest, out) {
        *position = position_of(members, name);
        rest = names;
        out = tail;
    }
    positions
}

const fn position_of(members: &[Member], name: &str) -> usize {
    let mut rest = members;
    let mut position = 0;
    while let [member, members @ ..] = rest {
        if same(member.name.as_bytes(), name.as_bytes()) {
            break;
        }
        rest = members;
        position += 1;
    }
    assert!(
        position < members.len(),
        "the wire order names a member that is not declared"
    );
    position
}

const fn same(mut left: &[u8], mut right: &[u8]) -> bool {
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if *a != *b {
            return false;
        }
        left = left_rest;
        right = right_rest;
    }
    left.is_empty() && right.is_empty()
}

/// Declares a structure: its Rust type and its model.
macro_rules! structure {
    (
        $(#[doc = $doc:expr])+
        $name:ident $(wire [$($wire:literal),+ $(,)?])? {
            $( $(#[doc = $member_doc:expr])+ $presence:ident $wire_name:literal $field:ident : $type:ty, $shape:expr; )*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            $( $(#[doc = $member_doc])+ pub $field: $crate::declare::structure!(@type $presence $type), )*
        }

        impl $name {
            const MEMBERS: &'static [$crate::model::Member] = &[
                $( $crate::model::Member {
                    name: $wire_name,
                    tags: $crate::tags::tags!($wire_name),
                    key: $crate::tags::key!($wire_name),
                    camel_key: $crate::tags::key!(camel $wire_name),
                    doc: concat!($($member_doc),+).trim_ascii(),
                    required: $crate::declare::structure!(@required $presence),
                    secret: ($shape).is_secret(),
                    shape: &$shape,
                }, )*
            ];

            /// Its model.
            pub const STRUCTURE: &'static $crate::model::Structure = &$crate::model::Structure {
                name: stringify!($name),
                doc: concat!($($doc),+).trim_ascii(),
                members: Self::MEMBERS,
                wire: {
                    const NAMES: &[&str] = $crate::declare::structure!(@wire [$($($wire),+)?] [$($wire_name),*]);
                    const ORDER: [usize; NAMES.len()] = $crate::declare::positions($name::MEMBERS, NAMES);
                    &ORDER
                },
            };
        }

        impl $crate::Record for $name {
            fn structure(&self) -> &'static $crate::model::Structure {
                Self::STRUCTURE
            }

            #[allow(unused_variables, unused_mut, reason = "some have no members")]
            fn visit<'s>(&'s self, visit: &mut dyn FnMut(&'static $crate::model::Member, $crate::Value<'s>)) {
                let mut members = Self::MEMBERS.iter();
                $(
                    let value = $crate::declare::structure!(@value $presence, self.$field);
                    if let Some(member) = members.next()
                        && !matches!(value, $crate::Value::Absent)
                    {
                        visit(member, value);
                    }
                )*
            }

            #[allow(non_camel_case_types, unused_variables, dead_code, reason = "fields as names; some have none")]
            fn member(&self, position: usize) -> $crate::Value<'_> {
                enum At { $($field),* }
                match position {
                    $( at if at == At::$field as usize => {
                        $crate::declare::structure!(@value $presence, self.$field)
                    } )*
                    _ => $crate::Value::Absent,
                }
            }
        }

        impl $crate::Field for $name {
            #[allow(unused_mut, unused_variables, reason = "some have no members")]
            fn read(node: $crate::Node<'_>) -> Option<Self> {
                let $crate::Node::Structure(members) = node else { return None };
                let mut members = members.into_iter();
                Some(Self { $( $field: $crate::record::read_or_absent(members.next()?)?, )* })
            }

            fn value(&self) -> $crate::Value<'_> {
                $crate::Value::Record(self)
            }
        }
    };

    (@wire [] [$($declared:literal),*]) => { &[$($declared),*] };
    (@wire [$($wire:literal),+] [$($declared:literal),*]) => { &[$($wire),+] };
    (@type required $type:ty) => { $type };
    (@type optional $type:ty) => { Option<$type> };
    (@type list $type:ty) => { $type };
    (@type always $type:ty) => { $type };
    (@required required) => { true };
    (@required optional) => { false };
    (@required list) => { false };
    (@required always) => { false };
    (@value list, $field:expr) => { $crate::Field::value(&$field).unless_empty() };
    (@value $presence:ident, $field:expr) => { $crate::Field::value(&$field) };
}

/// Declares an operation: its request, its response, and the model of all three. A third word, `unsigned`, says that
/// anybody may call it.
macro_rules! operation {
    (
        $(#[doc = $doc:expr])+
        $name:ident: $service:ident, $access:ident $(, $signing:ident)?;

        request $request:ident { $($request_members:tt)* }
        $(response $response:ident $(wire [$($wire:literal),+ $(,)?])? { $($response_members:tt)* })?
        errors [$($error:ident),* $(,)?]
    ) => {
        $crate::declare::structure! {
            #[doc = concat!("The parameters of `", stringify!($name), "`.")]
            $request { $($request_members)* }
        }

        $( $crate::declare::structure! {
            #[doc = concat!("The result of `", stringify!($name), "`.")]
            $response $(wire [$($wire),+])? { $($response_members)* }
        } )?

        impl $crate::Request for $request {
            const OPERATION: &'static $crate::model::Operation = &$crate::model::Operation {
                service: $crate::model::Service::$service,
                name: stringify!($name),
                doc: concat!($($doc),+).trim_ascii(),
                signed: $crate::declare::operation!(@signed $($signing)?),
                access: $crate::model::Access::$access,
                input: Self::STRUCTURE,
                output: $crate::declare::operation!(@output $($response)?),
                result_wrapper: $crate::declare::operation!(@wrapper $service $name $($response)?),
                frame: $crate::model::Frame {
                    start: concat!(
                        "<", stringify!($name), "Response xmlns=\"", $crate::model::namespace!($service), "\">\n",
                    ),
                    wrapper: $crate::declare::operation!(@frame $name $($response)?),
                    end: concat!(
                        "</RequestId>\n  </ResponseMetadata>\n</", stringify!($name), "Response>\n",
                    ),
                },
                errors: &[$(&$crate::errors::$error),*],
            };
            type Response = $crate::declare::operation!(@response $($response)?);
        }
    };

    (@signed) => { true };
    (@signed unsigned) => { false };
    (@output) => { None };
    (@output $response:ident) => { Some($response::STRUCTURE) };
    (@response) => { $crate::NoResult };
    (@response $response:ident) => { $response };
    (@frame $name:ident) => { None };
    (@frame $name:ident $response:ident) => {
        Some($crate::tags::tags!(concat!(stringify!($name), "Result")))
    };
    (@wrapper $service:ident $name:ident) => { None };
    (@wrapper Organizations $name:ident $response:ident) => { None };
    (@wrapper Locum $name:ident $response:ident) => { None };
    (@wrapper AccessAnalyzer $name:ident $response:ident) => { None };
    (@wrapper $service:ident $name:ident $response:ident) => { Some(concat!(stringify!($name), "Result")) };
}

pub(crate) use {operation, structure};
