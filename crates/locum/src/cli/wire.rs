//! The query protocol as a client speaks it: a form out, an XML document in; and errors in JSON.

use locum_api::model::{Operation, Shape, Structure};
use serde_json::{Map, Number, Value};

use super::timestamp::{self, Style};

/// The largest response that is read. Session tokens are a few kilobytes; this leaves two orders of magnitude.
pub(crate) const MAX_RESPONSE: u64 = 1 << 20;
/// Nested namespaces and depth cost the XML reader more than their bytes; no response nests deeper than six.
const MAX_XML_DEPTH: usize = 32;
const MAX_XML_NAMESPACES: usize = 16;
/// Attributes are compared with each other; a tag of the service has one.
const MAX_TAG: usize = 4_096;

/// Encodes a call as the body of its POST, in the order of the parameters.
pub(crate) fn encode(operation: &Operation, parameters: &Map<String, Value>) -> String {
    let mut body = String::new();
    for (name, value) in locum_api::encode_form(operation, parameters) {
        if !body.is_empty() {
            body.push('&');
        }
        quote(&mut body, &name);
        body.push('=');
        quote(&mut body, &value);
    }
    body
}

fn quote(out: &mut String, text: &str) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or('0');
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => {
                out.push('%');
                out.push(digit(other >> 4));
                out.push(digit(other & 15));
            }
        }
    }
}

/// An XML document that is not what the service sends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unparsable(pub(crate) String);

/// Reads a result, its members in the order of the declaration.
pub(crate) fn decode(operation: &Operation, text: &str, style: Style) -> Result<Value, Unparsable> {
    let document = parse(text)?;
    let Some(output) = operation.output else {
        return Ok(Value::Object(Map::new()));
    };
    let root = document.root_element();
    let result = match operation.result_wrapper {
        Some(wrapper) => child(root, wrapper),
        None => Some(root),
    };
    match result {
        Some(result) => structure(output, result, style),
        // An answer without a result is another service's; a script would take nothing for something.
        None => Err(Unparsable(format!(
            "there is no {}",
            operation.result_wrapper.unwrap_or_default()
        ))),
    }
}

/// What an error document says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ServiceError {
    /// The code, `Unknown` when there is none.
    pub(crate) code: String,
    /// The message, `Unknown` when there is none.
    pub(crate) message: String,
    /// Which request of a transaction it is about.
    pub(crate) request_index: Option<u32>,
}

/// Reads an error, as botocore does: `Error` in the root, else the document says nothing.
pub(crate) fn decode_error(text: &str) -> Result<ServiceError, Unparsable> {
    let document = parse(text)?;
    let root = document.root_element();
    // Some services have a list of them, of which the first counts.
    let error = child(root, "Error").or_else(|| child(child(root, "Errors")?, "Error"));
    let get = |name| {
        let found = error.and_then(|error| child(error, name)).map(text_of);
        found
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| "Unknown".to_owned())
    };
    Ok(ServiceError {
        code: get("Code"),
        message: get("Message"),
        request_index: None,
    })
}

/// Reads an error of a service that speaks JSON. What comes before `#` in its type is a namespace.
pub(crate) fn decode_json_error(text: &str) -> Result<ServiceError, Unparsable> {
    let error: Value = serde_json::from_str(text).map_err(|error| Unparsable(error.to_string()))?;
    let get = |names: [&str; 2]| {
        let found = names.into_iter().find_map(|name| error.get(name)?.as_str());
        found
            .filter(|text| !text.is_empty())
            .unwrap_or("Unknown")
            .to_owned()
    };
    let code = get(["__type", "code"]);
    Ok(ServiceError {
        code: code.rsplit('#').next().unwrap_or_default().to_owned(),
        message: get(["Message", "message"]),
        request_index: error
            .get("RequestIndex")
            .and_then(|index| index.as_u64()?.try_into().ok()),
    })
}

fn parse(text: &str) -> Result<roxmltree::Document<'_>, Unparsable> {
    guard(text)?;
    roxmltree::Document::parse(text).map_err(|error| Unparsable(error.to_string()))
}

/// Bounds what the XML reader is given: depth, tags and namespaces, by an estimate that never counts too little.
fn guard(text: &str) -> Result<(), Unparsable> {
    let mut depth = 0_usize;
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('<') {
        match bytes.get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') => {}
            _ => {
                let tag = bytes.iter().skip(at).take(MAX_TAG);
                let length = tag.take_while(|byte| **byte != b'>').count();
                if length == MAX_TAG {
                    return Err(Unparsable("a tag is too long".to_owned()));
                }
                // An element that closes itself ends where it starts.
                let closed = (at + length).checked_sub(1).and_then(|last| bytes.get(last)) == Some(&b'/');
                depth += usize::from(!closed);
            }
        }
        if depth > MAX_XML_DEPTH {
            return Err(Unparsable("nested too deeply".to_owned()));
        }
    }
    if text.matches("xmlns").count() > MAX_XML_NAMESPACES {
        return Err(Unparsable("too many namespaces".to_owned()));
    }
    Ok(())
}

fn structure(
    structure_of: &Structure,
    node: roxmltree::Node<'_, '_>,
    style: Style,
) -> Result<Value, Unparsable> {
    let mut members = Map::new();
    for member in structure_of.members {
        if let Some(found) = child(node, member.name) {
            members.insert(member.name.to_owned(), value(member.shape, found, style)?);
        }
    }
    Ok(Value::Object(members))
}

fn value(shape: &Shape, node: roxmltree::Node<'_, '_>, style: Style) -> Result<Value, Unparsable> {
    match shape {
        Shape::Structure(inner) => structure(inner, node, style),
        Shape::List { member, .. } => node
            .children()
            .filter(|child| child.tag_name().name() == "member")
            .map(|child| value(member, child, style))
            .collect(),
        Shape::Integer { .. } => {
            let text = text_of(node);
            let digits = super::python::int(&text);
            let number = digits.and_then(|digits| digits.parse::<Number>().ok());
            number
                .map(Value::Number)
                .ok_or_else(|| Unparsable(format!("{text:?} is not a number")))
        }
        Shape::Boolean => Ok(Value::Bool(text_of(node) == "true")),
        Shape::Timestamp => Ok(Value::String(timestamp::show(&text_of(node), style))),
        Shape::Map => Ok(map(node)),
        Shape::String(_) | Shape::Blob | Shape::Document => Ok(Value::String(text_of(node))),
    }
}

/// The entries of a map, texts by texts.
fn map(node: roxmltree::Node<'_, '_>) -> Value {
    let entries = node.children().filter(|child| child.tag_name().name() == "entry");
    let text = |entry, name| child(entry, name).map(text_of).unwrap_or_default();
    let entries = entries.map(|entry| (text(entry, "key"), Value::String(text(entry, "value"))));
    Value::Object(entries.collect())
}

fn child<'a, 'input>(node: roxmltree::Node<'a, 'input>, name: &str) -> Option<roxmltree::Node<'a, 'input>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

/// The text of an element up to its first child: `Node::text` would stop at a comment.
fn text_of(node: roxmltree::Node<'_, '_>) -> String {
    node.children()
        .take_while(|child| !child.is_element())
        .filter(roxmltree::Node::is_text)
        .filter_map(|child| child.text())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_api::model::{Service, find};
    use serde_json::json;

    fn operation(name: &str) -> &'static Operation {
        find(Service::Sts, name).unwrap()
    }

    #[test]
    fn bodies_keep_the_order_of_the_parameters() {
        let parameters = json!({
            "RoleSessionName": "a b+c~", "RoleArn": "arn:é", "Tags": [{"Value": "", "Key": "k"}, {"Key": "x/y"}],
            "DurationSeconds": 900, "TransitiveTagKeys": []
        });
        assert_eq!(
            encode(operation("AssumeRole"), parameters.as_object().unwrap()),
            "Action=AssumeRole&Version=2011-06-15&RoleSessionName=a+b%2Bc~&RoleArn=arn%3A%C3%A9&Tags.member.1.Value=\
             &Tags.member.1.Key=k&Tags.member.2.Key=x%2Fy&DurationSeconds=900&TransitiveTagKeys="
        );
    }

    #[test]
    fn results_come_in_the_order_of_the_declaration() {
        let text = "<GetCallerIdentityResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'>
          <GetCallerIdentityResult><Arn>a&amp;<!-- x -->b</Arn><Account>012</Account><UserId>U</UserId><New>x</New>
          </GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
        </GetCallerIdentityResponse>";
        let found = decode(operation("GetCallerIdentity"), text, Style::Iso8601).unwrap();
        assert_eq!(found.to_string(), r#"{"UserId":"U","Account":"012","Arn":"a&b"}"#);
    }

    #[test]
    fn errors_are_read_or_unknown() {
        let error = |code: &str, message: &str| ServiceError {
            code: code.into(),
            message: message.into(),
            request_index: None,
        };
        for (text, expected) in [
            (
                "<E xmlns='n'><Error><Code>C</Code><Message>m</Message></Error></E>",
                error("C", "m"),
            ),
            ("<E><Error><Code>C</Code></Error></E>", error("C", "Unknown")),
            ("<UnknownOperationException/>\n", error("Unknown", "Unknown")),
        ] {
            assert_eq!(decode_error(text).unwrap(), expected, "{text}");
        }
        assert!(decode_error("hello").is_err());
        assert!(decode_error("").is_err());
    }

    #[test]
    fn errors_in_json_name_their_request() {
        let text = r#"{"__type":"com.amazonaws#AccessDenied","Message":"m","RequestIndex":3}"#;
        let error = decode_json_error(text).unwrap();
        assert_eq!(
            (&*error.code, &*error.message, error.request_index),
            ("AccessDenied", "m", Some(3))
        );
        let error = decode_json_error("{}").unwrap();
        assert_eq!((&*error.code, error.request_index), ("Unknown", None));
        assert!(decode_json_error("<html/>").is_err());
    }

    #[test]
    fn documents_made_to_be_slow_are_refused() {
        assert!(decode_error(&"<a>".repeat(100_000)).is_err());
        assert!(decode_error(&format!("<E>{}</E>", "<a xmlns:x='y'/>".repeat(10_000))).is_err());
        assert!(decode_error(&format!("{}/>", "<a".repeat(300_000))).is_err());
        assert!(decode_error(&format!("<E {}/>", "a='b' ".repeat(100_000))).is_err());
        assert!(decode_error("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").is_err());
    }
}
