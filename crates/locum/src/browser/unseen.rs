//! Opening a page whose URL is a secret: every user of a machine can read the words that a program was started with.
//!
//! The browser is started with an address of this machine, which holds a number that is good once. Who asks there first, and
//! is no other user where the system tells, is sent on to the page.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use locum_credentials::Environment;
use locum_crypto::{Random as _, SecretString, SystemRandom, hex};

use crate::loopback::{Answer, Exchange, Loopback, tells_users};

/// How long to wait before looking whether a program could be started.
const LOOK: Duration = Duration::from_millis(50);

/// Opens a page, and tells whether somebody came for it within `wait`. The URL must be one that [`SecureUrl`] takes: it
/// becomes a header.
///
/// [`SecureUrl`]: crate::secure_url::SecureUrl
pub(crate) fn open_unseen(url: &SecretString, environment: &Environment, wait: Duration) -> bool {
    let Ok(listener) = Loopback::bind(0, 0) else {
        return false;
    };
    let mut bytes = [0; 20];
    SystemRandom.fill(&mut bytes);
    let path = SecretString::new(format!("/{}", hex(&bytes)));
    let address = format!("http://127.0.0.1:{}{}", listener.port(), path.expose());
    let (tell, told) = channel();
    let environment = environment.clone();
    let started = std::thread::Builder::new().spawn(move || {
        let _ = tell.send(super::open(&address, &environment));
    });
    if started.is_err() {
        return false;
    }
    let tells_users = tells_users();
    let deadline = Instant::now() + wait;
    while Instant::now() < deadline {
        let Some(exchange) = listener.next(deadline.min(Instant::now() + LOOK)) else {
            if told.try_recv() == Ok(false) {
                return false;
            }
            continue;
        };
        let request = &exchange.request;
        let status = if tells_users && !exchange.is_of_own_user() {
            403
        } else if !path.matches(&request.path) {
            404
        } else if request.method != "GET" {
            405
        } else {
            // Nobody else is let in while the browser is told.
            drop(listener);
            send_on(exchange, url);
            return true;
        };
        answer(exchange, status, &[]);
    }
    false
}

fn send_on(exchange: Exchange, url: &SecretString) {
    answer(exchange, 303, &[("Location", url.expose())]);
}

fn answer(exchange: Exchange, status: u16, more: &[(&str, &str)]) {
    let mut headers = vec![("Referrer-Policy", "no-referrer")];
    headers.extend(more);
    exchange.answer(&Answer {
        status,
        content_type: "text/plain; charset=utf-8",
        headers: &headers,
        body: b"",
    });
}
