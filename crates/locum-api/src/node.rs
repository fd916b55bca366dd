use std::borrow::Cow;

/// A request read along its model, before it is validated.
///
/// Forms and JSON bodies meet here, so that there is one validator. Every node has the kind its shape asks for: a
/// reader refuses anything else.
#[derive(Debug, Clone)]
pub enum Node<'a> {
    /// A text, or the text of a timestamp.
    Text(Cow<'a, str>),
    /// A number, or a timestamp in seconds.
    Integer(i64),
    /// A truth value.
    Boolean(bool),
    /// The items of a list. `None` is a JSON `null`.
    List(Vec<Option<Node<'a>>>),
    /// The members of a structure, by position.
    Structure(Vec<Option<Node<'a>>>),
}

impl Node<'_> {
    /// Returns a structure in which nothing is set.
    pub(crate) fn empty_structure(members: usize) -> Self {
        Self::Structure(absent(members))
    }
}

/// Returns as many members of which none is set.
pub(crate) fn absent<'a>(members: usize) -> Vec<Option<Node<'a>>> {
    // Cheaper than a `vec!`, which would clone.
    std::iter::repeat_with(|| None).take(members).collect()
}
