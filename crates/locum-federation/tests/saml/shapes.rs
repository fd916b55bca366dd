//! Responses as large as they may be, each expensive in its own way, and signed by a provider that means harm: whoever
//! has an account registers one.

use locum_federation::saml::canonicalize;

use crate::world::{ASSERTION_MARK, RESPONSE_MARK, TEMPLATE, sign_assertion, sign_both, swap};

/// Bytes of a response that are left for the harm.
const ROOM: usize = 70_000;

/// Repeats what `item` makes of each number until the room is filled or there are `most`.
fn fill(most: usize, room: usize, item: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    for n in 0..most {
        let next = item(n);
        if out.len() + next.len() > room {
            break;
        }
        out.push_str(&next);
    }
    out
}

/// A response with a change, which is signed unless it is too much to have a canonical form.
fn changed(from: &str, to: &str) -> String {
    let template = swap(&TEMPLATE, from, to);
    let bare = template.replace(RESPONSE_MARK, "").replace(ASSERTION_MARK, "");
    match canonicalize(&bare, None, "") {
        Ok(_) => sign_both(&template),
        Err(_) => swap(&sign_both(&TEMPLATE), from, to),
    }
}

/// A response with this in its last attribute value.
fn valued(content: &str) -> String {
    changed("staff<", &format!("{content}<"))
}

/// A response with these attributes more.
fn stated(attributes: &str) -> String {
    changed(
        "</saml:AttributeStatement>",
        &format!("{attributes}</saml:AttributeStatement>"),
    )
}

/// A response with these attributes on its last value.
fn marked(attributes: &str, inner: &str) -> String {
    changed(
        "<saml:AttributeValue>staff",
        &format!("<saml:AttributeValue{attributes}>{inner}"),
    )
}

/// Every shape with its name.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let declarations = |prefix: &str, from: usize, to: usize| -> String {
        (from..to)
            .map(|n| format!(" xmlns:{prefix}{n}=\"urn:{n}\""))
            .collect()
    };
    vec![
        ("genuine", sign_both(&TEMPLATE)),
        (
            "many attributes",
            stated(&fill(470, ROOM, |n| {
                format!(
                    "<saml:Attribute Name=\"{n}\"><saml:AttributeValue>{}</saml:AttributeValue></saml:Attribute>",
                    "v".repeat(40)
                )
            })),
        ),
        (
            "many values",
            stated(&format!(
                "<saml:Attribute Name=\"x\">{}</saml:Attribute>",
                fill(900, ROOM, |n| {
                    format!("<saml:AttributeValue>{n}{}</saml:AttributeValue>", "v".repeat(20))
                })
            )),
        ),
        ("one long value", valued(&"v".repeat(ROOM))),
        ("a value that grows when escaped", valued(&"&gt;".repeat(9_000))),
        (
            "a value of references",
            valued(&format!("v{}v", "&#13;".repeat(9_000))),
        ),
        ("a value that grows beyond the limit", valued(&">".repeat(60_000))),
        ("equals signs", valued(&"=".repeat(7_500))),
        (
            "deep",
            valued(&format!("{}v{}", "<a>".repeat(26), "</a>".repeat(26))),
        ),
        (
            "deep with declarations",
            valued(&format!(
                "{}v{}",
                (0..24)
                    .map(|n| format!("<a xmlns:p{n}=\"urn:{}\" p{n}:x=\"\">", "u".repeat(1_000)))
                    .collect::<String>(),
                "</a>".repeat(24)
            )),
        ),
        ("many elements", valued(&"<a/>".repeat(950))),
        (
            "elements that use every namespace",
            marked(
                &declarations("p", 0, 24),
                &fill(900, ROOM - 1_000, |_| {
                    format!(
                        "<a{}/>",
                        (0..24).map(|n| format!(" p{n}:x=\"\"")).collect::<String>()
                    )
                }),
            ),
        ),
        (
            "elements that use every namespace, within the limit",
            marked(
                &declarations("p", 0, 24),
                &fill(900, 30_000, |_| {
                    format!(
                        "<a{}/>",
                        (0..24).map(|n| format!(" p{n}:x=\"\"")).collect::<String>()
                    )
                }),
            ),
        ),
        (
            "elements that declare every namespace",
            valued(&fill(900, ROOM, |_| format!("<a{}/>", declarations("p", 0, 24)))),
        ),
        (
            "namespaces that are all different",
            valued(&fill(900, ROOM, |n| {
                format!(
                    "<a{}/>",
                    (0..24)
                        .map(|m| format!(" xmlns:p{m}=\"u:{n}.{m}\""))
                        .collect::<String>()
                )
            })),
        ),
        (
            "elements with all attributes",
            valued(&fill(240, ROOM, |_| {
                format!(
                    "<a{}/>",
                    (0..32).map(|n| format!(" a{n}=\"\"")).collect::<String>()
                )
            })),
        ),
        (
            "names of one beginning",
            marked(
                &(0..20)
                    .map(|n| format!(" xmlns:p{n}=\"urn:{}{n}\"", "u".repeat(1_500)))
                    .collect::<String>(),
                &fill(200, 35_000, |_| {
                    format!(
                        "<a{}/>",
                        (0..20).map(|n| format!(" p{n}:x=\"\"")).collect::<String>()
                    )
                }),
            ),
        ),
        (
            "many ids",
            valued(&fill(900, ROOM, |n| {
                format!("<a ID=\"{}{n}\" Id=\"{}{n}.\"/>", "i".repeat(20), "i".repeat(20))
            })),
        ),
        (
            "ids of every spelling",
            marked(
                &declarations("p", 0, 24),
                &fill(900, ROOM - 1_000, |n| {
                    format!(
                        "<a{}/>",
                        (0..24)
                            .map(|m| format!(" p{m}:id=\"{n}.{m}\""))
                            .collect::<String>()
                    )
                }),
            ),
        ),
        ("a long prefix list", prefixed(&declarations("p", 0, 22), 22)),
        ("a prefix list of spaces", prefixed("", 0)),
        ("a long signature", {
            let signed = sign_assertion(&TEMPLATE);
            swap(
                &signed,
                "<ds:SignatureValue>",
                &format!("<ds:SignatureValue>{}", "AAAA".repeat(17_000)),
            )
        }),
        (
            "white space",
            swap(
                &sign_both(&TEMPLATE),
                "<samlp:Status>",
                &format!("{}<samlp:Status>", "\r\n".repeat(34_000)),
            ),
        ),
    ]
}

/// A response whose signatures list many prefixes, which every one of its elements then has in scope.
fn prefixed(declarations: &str, count: usize) -> String {
    use crate::world::{EXC, RSA, sign_assertion_with};
    let elements = fill(900, 50_000, |_| "<a xmlns=\"\"/>".to_owned());
    let template = swap(
        &TEMPLATE,
        "<saml:AttributeValue>staff",
        &format!("<saml:AttributeValue{declarations}>{elements}"),
    );
    let list: String = match count {
        0 => " ".repeat(ROOM - 60_000),
        count => (0..count).map(|n| format!("p{n} ")).collect(),
    };
    sign_assertion_with(&template, &RSA, |content| {
        content.replace(
            &format!("<ds:Transform Algorithm=\"{EXC}\">"),
            &format!("<ds:Transform Algorithm=\"{EXC}\"><e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"{list}\"/>"),
        )
    })
}
