//! Exclusive XML Canonicalization 1.0 without comments (W3C, July 2002).
//!
//! The octets that are digested, and the only octets that claims are read from. The tree does not keep prefixes, so
//! they are read from the source text where the parser says each name stands. Anything that has no canonical form
//! here is an error and never an empty string (`facts: security §1.5`, void canonicalisation). Byte-identical to
//! libxml2, which a test shows on 50,000 random documents.

use roxmltree::{Node, NodeId};

use super::{guard, xml};

/// Bytes of the longest canonical form. Declarations move to where they are used, so it can outgrow its source many
/// times; real ones are shorter than twice what is read.
pub(super) const LIMIT: usize = 150_000;

/// Elements within each other. The guards allow half.
const DEPTH: usize = 64;

/// Why a subtree has no canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum C14nError {
    /// A comment or a processing instruction, which the guards have refused.
    #[error("the subtree holds something other than elements and text")]
    Content,
    /// A name whose source is not where the parser says.
    #[error("a name is not found in the source")]
    Source,
    /// A prefix that is bound to nothing.
    #[error("a prefix is not bound")]
    Unbound,
    /// Too deep or too long.
    #[error("the canonical form is too long or nested too deeply")]
    Limit,
}

/// Returns the canonical form of `apex` and everything in it, except `omit` and everything in that.
///
/// `prefixes` is the `PrefixList` of `InclusiveNamespaces`: these are rendered where they are in scope, used or not.
/// `#default` is the default namespace.
///
/// # Errors
/// `C14nError` if there is no canonical form.
pub(super) fn exclusive(
    apex: Node<'_, '_>,
    omit: Option<NodeId>,
    prefixes: &[&str],
) -> Result<String, C14nError> {
    let mut writer = Writer {
        source: apex.document().input_text(),
        omit,
        inclusive: prefixes
            .iter()
            .map(|&p| if p == "#default" { "" } else { p })
            .collect(),
        rendered: Vec::new(),
        out: String::with_capacity(apex.range().len().min(LIMIT)),
    };
    writer.element(apex, 0)?;
    Ok(writer.out)
}

/// Canonicalises a document's root element, or its one element whose `ID` is given, without that element's own
/// signature. `prefixes` is the `PrefixList`, separated by white space. For signers and for comparison with other
/// implementations: the verifier itself never starts from text.
///
/// # Errors
/// `SamlError` if the document is not admitted, the element is not there, or it has no canonical form.
pub fn canonicalize(document: &str, id: Option<&str>, prefixes: &str) -> Result<String, super::SamlError> {
    let text = guard::admit(document.as_bytes(), &xml::CANONICAL)?;
    let tree = xml::parse(&text)?;
    let mut found = tree
        .descendants()
        .filter(|node| node.is_element() && id.is_none_or(|id| xml::attribute(*node, "ID") == Some(id)));
    let apex = found.next().ok_or(super::SamlError::Id)?;
    if id.is_some() && found.next().is_some() {
        return Err(super::SamlError::DuplicateId);
    }
    let signature = id.and_then(|_| {
        apex.children()
            .find(|child| xml::is(*child, xml::DS, "Signature"))
            .map(|signature| signature.id())
    });
    let prefixes: Vec<&str> = prefixes.split_ascii_whitespace().collect();
    Ok(exclusive(apex, signature, &prefixes)?)
}

struct Writer<'a> {
    source: &'a str,
    omit: Option<NodeId>,
    /// Prefixes that count as used everywhere; the default namespace is the empty one.
    inclusive: Vec<&'a str>,
    /// What the output declares where it stands, innermost last.
    rendered: Vec<(&'a str, &'a str)>,
    out: String,
}

impl<'a> Writer<'a> {
    fn element(&mut self, node: Node<'a, '_>, depth: usize) -> Result<(), C14nError> {
        if depth >= DEPTH {
            return Err(C14nError::Limit);
        }
        let name = self.element_name(node)?;
        self.push("<")?;
        self.push(name)?;
        let outer = self.rendered.len();
        self.attributes(node, name)?;
        self.push(">")?;
        for child in node.children() {
            if Some(child.id()) == self.omit {
                continue;
            }
            if child.is_element() {
                self.element(child, depth + 1)?;
            } else if child.is_text() {
                self.escaped(child.text().unwrap_or_default(), in_text)?;
            } else {
                return Err(C14nError::Content);
            }
        }
        self.push("</")?;
        self.push(name)?;
        self.push(">")?;
        self.rendered.truncate(outer);
        Ok(())
    }

    /// Writes the namespace declarations that the element needs, then its attributes, each in canonical order.
    fn attributes(&mut self, node: Node<'a, '_>, name: &'a str) -> Result<(), C14nError> {
        let mut used = self.inclusive.clone();
        used.push(prefix(name));
        let mut attributes = Vec::with_capacity(node.attributes().len());
        for attribute in node.attributes() {
            let name = self
                .source
                .get(attribute.range_qname())
                .filter(|name| local(name) == attribute.name())
                .ok_or(C14nError::Source)?;
            if !prefix(name).is_empty() {
                used.push(prefix(name));
            }
            let namespace = attribute.namespace().unwrap_or_default();
            attributes.push((namespace, attribute.name(), name, attribute.value()));
        }
        used.sort_unstable();
        used.dedup();
        for prefix in used {
            self.declare(node, prefix)?;
        }
        // Comparing the pairs as tuples would compare their strings twice.
        attributes.sort_unstable_by(|a, b| a.0.cmp(b.0).then_with(|| a.1.cmp(b.1)));
        for (_, _, name, value) in attributes {
            self.push(" ")?;
            self.push(name)?;
            self.quoted(value)?;
        }
        Ok(())
    }

    /// Declares `prefix` unless the output already binds it to the same namespace.
    fn declare(&mut self, node: Node<'a, '_>, prefix: &'a str) -> Result<(), C14nError> {
        if prefix == "xml" {
            return Ok(());
        }
        let name = (!prefix.is_empty()).then_some(prefix);
        let namespace = node.lookup_namespace_uri(name).unwrap_or_default();
        let rendered = self.rendered.iter().rev().find(|(p, _)| *p == prefix);
        if namespace == rendered.map_or("", |(_, namespace)| *namespace) {
            return Ok(());
        }
        if prefix.is_empty() {
            self.push(" xmlns")?;
        } else if namespace.is_empty() {
            return Err(C14nError::Unbound);
        } else {
            self.push(" xmlns:")?;
            self.push(prefix)?;
        }
        self.quoted(namespace)?;
        self.rendered.push((prefix, namespace));
        Ok(())
    }

    fn quoted(&mut self, value: &str) -> Result<(), C14nError> {
        self.push("=\"")?;
        self.escaped(value, in_value)?;
        self.push("\"")
    }

    fn escaped(&mut self, text: &str, escape: fn(u8) -> Option<&'static str>) -> Result<(), C14nError> {
        let mut plain = 0;
        let mut at = 0;
        // A loop over bytes: what is escaped is one byte long.
        while let Some(&byte) = text.as_bytes().get(at) {
            if let Some(entity) = escape(byte) {
                self.push(text.get(plain..at).ok_or(C14nError::Source)?)?;
                self.push(entity)?;
                plain = at + 1;
            }
            at += 1;
        }
        self.push(text.get(plain..).ok_or(C14nError::Source)?)
    }

    fn push(&mut self, text: &str) -> Result<(), C14nError> {
        if self.out.len() + text.len() > LIMIT {
            return Err(C14nError::Limit);
        }
        self.out.push_str(text);
        Ok(())
    }

    /// Returns an element's name as its source spells it.
    fn element_name(&self, node: Node<'_, '_>) -> Result<&'a str, C14nError> {
        let start = node.range().start;
        let tag = self
            .source
            .get(start..)
            .and_then(|rest| rest.strip_prefix('<'))
            .ok_or(C14nError::Source)?;
        let end = tag
            .find(|c: char| guard::is_space(c) || c == '/' || c == '>')
            .ok_or(C14nError::Source)?;
        tag.get(..end)
            .filter(|name| local(name) == node.tag_name().name())
            .ok_or(C14nError::Source)
    }
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

fn in_text(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

fn in_value(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}
