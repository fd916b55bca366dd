//! What a browser sees that comes back, and who may come back.
//!
//! The pages have no script, load nothing and keep nothing; what they quote is escaped (facts: security §1.9).

use std::sync::Arc;
use std::time::Instant;

use locum_crypto::SecretBytes;

use super::error::LoginError;
use crate::loopback::{self, Answer, Exchange, Loopback, Request};
use crate::outcome::hint;

const HEADERS: [(&str, &str); 4] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
];

/// How many strangers are answered at a time; more are hung up on.
const STRANGERS: usize = 16;

/// What becomes of a request.
pub(super) enum Verdict<T> {
    /// It is the one that was awaited.
    Taken(T),
    /// It is the one that was awaited, and says that there is nothing to take.
    Ended(LoginError),
    /// It is another's: the browser gets the status and the sentence, and the wait goes on.
    Passed(u16, &'static str),
}

/// Waits until `judge` takes a request to `path` by `method`, and answers all others.
pub(super) fn await_browser<T>(
    listener: &Loopback,
    deadline: Instant,
    path: &str,
    method: &'static str,
    judge: impl Fn(&Request) -> Verdict<T>,
) -> Result<Option<T>, LoginError> {
    let tells_users = loopback::tells_users();
    let strangers = Arc::new(());
    let mut told = false;
    while let Some(exchange) = listener.next(deadline) {
        let request = &exchange.request;
        let verdict = if tells_users && !exchange.is_of_own_user() {
            // Whoever shares the machine could sign somebody in as themselves.
            Verdict::Passed(403, "Another user of this machine waits here.")
        } else if request.path != path {
            Verdict::Passed(404, "There is nothing here.")
        } else if request.method != method {
            Verdict::Passed(405, "That is not how one comes back here.")
        } else {
            judge(request)
        };
        match verdict {
            Verdict::Taken(taken) => {
                answer(
                    exchange,
                    200,
                    "Back at the terminal",
                    "The sign-in has come through. You may close this window; the terminal says how it goes on.",
                );
                return Ok(Some(taken));
            }
            Verdict::Ended(error) => {
                answer(exchange, 400, "Not signed in", &error.to_string());
                return Err(error);
            }
            Verdict::Passed(status, sentence) => {
                // Once: whoever it is could go on for as long as we wait.
                if status == 403 && !told {
                    told = true;
                    hint("a request was turned away that does not belong to this sign-in");
                }
                if Arc::strong_count(&strangers) > STRANGERS {
                    continue;
                }
                let stranger = Arc::clone(&strangers);
                // Some take their time to read it.
                let _ = std::thread::Builder::new().spawn(move || {
                    let _stranger = stranger;
                    answer(exchange, status, "Not here", sentence);
                });
            }
        }
    }
    Ok(None)
}

fn answer(exchange: Exchange, status: u16, title: &str, text: &str) {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>locum: {title}</title>\
         <style>body{{font:1.1em sans-serif;margin:4em auto;max-width:36em}}</style></head>\
         <body><h1>{title}</h1><p>{}</p></body></html>\n",
        escape(text)
    );
    exchange.answer(&Answer {
        status,
        content_type: "text/html; charset=utf-8",
        headers: &HEADERS,
        body: page.as_bytes(),
    });
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Parameters of a query or a form. One that comes twice counts as absent: two readers could take different ones.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn read(encoded: &SecretBytes) -> Self {
        Self(form_urlencoded::parse(encoded.expose()).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(other, _)| other == name);
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(
            escape("<script>alert('&\"')</script>"),
            "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;"
        );
    }

    #[test]
    fn what_comes_twice_is_not_there() {
        let parameters = Parameters::read(&SecretBytes::new("a=1&b=2&a=1&c=%20+"));
        assert_eq!(
            [
                parameters.get("a"),
                parameters.get("b"),
                parameters.get("c"),
                parameters.get("d")
            ],
            [None, Some("2"), Some("  "), None]
        );
    }
}
