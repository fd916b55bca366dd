/// Removes the white space between the tokens of a JSON document, so that a session policy takes less of its token.
/// What stands inside strings is kept; the document must be known to be JSON.
#[must_use]
pub fn minify_json(document: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    document
        .chars()
        .filter(|&c| {
            let keep = in_string || !matches!(c, ' ' | '\t' | '\n' | '\r');
            if c == '"' && !escaped {
                in_string = !in_string;
            }
            escaped = in_string && c == '\\' && !escaped;
            keep
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_everything_but_white_space_between_tokens() {
        for (document, minified) in [
            ("", ""),
            (" {\r\n\t\"a b\" : [ 1 , true ] }\n", r#"{"a b":[1,true]}"#),
            (
                r#"{ "a\" b" : "c \\" , "d" : "é ü" }"#,
                r#"{"a\" b":"c \\","d":"é ü"}"#,
            ),
            ("\u{a0} \u{2003}", "\u{a0}\u{2003}"),
        ] {
            assert_eq!(minify_json(document), minified);
            assert_eq!(minify_json(minified), minified);
        }
    }
}
