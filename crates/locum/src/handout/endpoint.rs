//! From the listener to the endpoints: guards first, and a thread for each question, so that one that takes long holds up
//! nobody else.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use super::reply::Reply;
use super::{Container, Instance, guard};
use crate::loopback::{Answer, Exchange, Loopback};

/// Questions that are answered at one time; an SDK asks again.
const AT_ONCE: usize = 32;
/// How long to wait for a question before waiting anew.
const LONG: Duration = Duration::from_secs(3600);

/// An endpoint that gives out credentials.
pub(crate) enum Endpoint {
    /// Like a container's. Its token keeps strangers out.
    Container(Container),
    /// Like an instance's, whose token anybody can have.
    Instance {
        /// What answers.
        instance: Instance,
        /// Whether processes of other users may ask.
        any_user: bool,
    },
}

impl Endpoint {
    fn reply(&self, exchange: &Exchange) -> Reply {
        if let Some(reason) = guard::refusal(&exchange.request) {
            return Reply::text(403, reason);
        }
        match self {
            Self::Container(container) => container.answer(&exchange.request),
            Self::Instance { any_user: false, .. } if !exchange.is_of_own_user() => {
                Reply::text(403, "this is for another user\n")
            }
            Self::Instance { instance, .. } => instance.answer(&exchange.request),
        }
    }
}

/// Answers questions for as long as the process lives.
pub(crate) fn serve(listener: Loopback, endpoint: Endpoint) -> io::Result<()> {
    let endpoint = Arc::new(endpoint);
    let dispatch = move || {
        loop {
            let Some(exchange) = listener.next(Moment::now() + LONG) else {
                continue;
            };
            if Arc::strong_count(&endpoint) > AT_ONCE {
                send(exchange, &Reply::text(503, "too many questions\n"));
                continue;
            }
            let endpoint = Arc::clone(&endpoint);
            // Without a thread the connection is closed, and the SDK asks again.
            let _ = std::thread::Builder::new()
                .name("locum-answer".to_owned())
                .spawn(move || {
                    let reply = endpoint.reply(&exchange);
                    send(exchange, &reply);
                });
        }
    };
    std::thread::Builder::new()
        .name("locum-endpoint".to_owned())
        .spawn(dispatch)
        .map(drop)
}

fn send(exchange: Exchange, reply: &Reply) {
    let headers: Vec<(&str, &str)> = reply
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    exchange.answer(&Answer {
        status: reply.status,
        content_type: reply.content_type,
        headers: &headers,
        body: reply.body.expose().as_bytes(),
    });
}
