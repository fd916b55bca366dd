//! One request and its answer.

use std::{
    borrow::Cow,
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Instant,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, Version,
    header::{CONNECTION, DATE, HOST, TRANSFER_ENCODING},
    request::Parts,
};
use http_body_util::Full;
use hyper::body::{Body, Incoming as RequestBody};
use jiff::Timestamp;
use locum_api::access_analyzer;
use tokio::{sync::oneshot, time::timeout};

use crate::{
    Answer, HttpVersion, Incoming, Label,
    body::read,
    head::{is_host, is_printable},
    long::{self, Allowance},
    metrics::Metrics,
    refusal::Refusal,
    response::response,
    state::State,
    turn::others_first,
    whole::Whole,
    worker::Worker,
};

/// Answers one request of a connection.
pub(crate) async fn answer(
    worker: Rc<Worker>,
    state: Rc<State>,
    request: Request<RequestBody>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut exchange = Exchange::begin(&worker, &state, request.version());
    let only_head = request.method() == Method::HEAD;
    let outcome = match state.begin() {
        Some(refusal) => Err(refusal),
        None if exchange.is_over(worker.limits.max_requests_in_flight) => Err(Refusal::Busy),
        None => respond(&worker, &state, request).await,
    };
    let mut response = match outcome {
        Ok((answer, room)) => {
            exchange.label = Some(answer.label);
            response(answer, room, only_head)
        }
        Err(refusal) => {
            worker.shared.metrics.refused(refusal);
            tracing::debug!(peer = %state.peer, reason = refusal.reason(), "request refused");
            exchange.refused = true;
            refused(refusal, &state, exchange.version)
        }
    };
    if let Some(date) = worker.date.borrow_mut().at(Timestamp::now()) {
        response.headers_mut().insert(DATE, date);
    }
    exchange.end();
    others_first(&worker, response.body().size_hint().lower()).await;
    Ok(response)
}

/// Keeps the counts of requests under way right, however the request ends, and records it.
struct Exchange<'a> {
    worker: &'a Worker,
    state: &'a State,
    version: Version,
    before: usize,
    started: Instant,
    label: Option<Label>,
    refused: bool,
    answered: bool,
}

impl<'a> Exchange<'a> {
    fn begin(worker: &'a Worker, state: &'a State, version: Version) -> Self {
        Self {
            worker,
            state,
            version,
            before: worker.shared.metrics.in_flight.fetch_add(1, Relaxed),
            started: Instant::now(),
            label: None,
            refused: false,
            answered: false,
        }
    }

    /// There is an answer: however long it waits to be sent, this is no longer a request under way.
    fn end(&mut self) {
        self.answered = true;
        self.worker.shared.metrics.in_flight.fetch_sub(1, Relaxed);
    }

    fn is_over(&self, max: usize) -> bool {
        self.before >= max
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        self.state.end(now);
        let metrics: &Metrics = &self.worker.shared.metrics;
        if !self.answered {
            metrics.in_flight.fetch_sub(1, Relaxed);
        }
        if let Some(label) = self.label {
            self.worker
                .recorder
                .borrow_mut()
                .record(metrics, label, now - self.started);
        } else if !self.refused && !self.answered {
            metrics.abandoned.add();
        }
    }
}

/// Also returns the room that the request's headers took, for those of the response.
async fn respond(
    worker: &Worker,
    state: &State,
    request: Request<RequestBody>,
) -> Result<(Answer, HeaderMap), Refusal> {
    let (parts, body) = request.into_parts();
    let mut whole = Whole::head(parts, state);
    if whole.http_version() == HttpVersion::Http2 {
        check_http2(whole.parts(), worker.limits.max_head)?;
    }
    if let Some(answer) = route(worker, whole.parts()) {
        if !body.is_end_stream() {
            state.leave_unread();
        }
        return Ok((answer, whole.into_room()));
    }
    let is_long = long::is_long(worker, &whole);
    let long = is_long.then_some(&worker.shared.long);
    let mut allowance = Allowance::new(&worker.limits, &state.share, long);
    whole.put_body(read(body, &worker.limits, &state.share, &mut allowance).await?);
    allowance.end_wait();

    let answer = if is_long {
        None
    } else {
        let headers = whole.headers();
        let incoming = whole.incoming(&headers);
        if long::is_slow(worker, incoming) {
            None
        } else {
            Some(settle(worker, call(worker, incoming), incoming).await)
        }
    };
    let (answer, room) = match answer {
        Some(answer) => (answer, whole.into_room()),
        // Most requests do not come here, and should not have to make room for it.
        None => (Box::pin(answer_aside(worker, whole)).await?, HeaderMap::new()),
    };
    tracing::debug!(
        peer = %state.peer,
        operation = answer.label.operation,
        outcome = answer.label.outcome,
        status = answer.status,
        "answered"
    );
    Ok((answer, room))
}

/// Answers a long or slow request.
async fn answer_aside(worker: &Worker, whole: Whole) -> Result<Answer, Refusal> {
    let whole = Arc::new(whole);
    let called = long::call(worker, &whole).await?;
    let headers = whole.headers();
    Ok(settle(worker, called, whole.incoming(&headers)).await)
}

/// The edge's own answer to what no operation can be: every one of them is a GET or POST of `/`, or has a path
/// of its own. Elsewhere there are documents to read, or nothing.
fn route(worker: &Worker, parts: &Parts) -> Option<Answer> {
    let path = parts.uri.path();
    if access_analyzer::operation_at(parts.method.as_str(), path).is_some() {
        return None;
    }
    if path != "/" {
        let document = document(worker, path).unwrap_or_else(unknown_operation);
        return Some(match parts.method {
            Method::GET | Method::HEAD => document,
            _ if document.status == 200 => read_only(document.label.operation),
            _ => document,
        });
    }
    match parts.method {
        Method::GET | Method::POST => None,
        Method::OPTIONS => Some(preflight()),
        _ => Some(unknown_operation()),
    }
}

/// What the application publishes at `path`; a panic counts as nothing.
fn document(worker: &Worker, path: &str) -> Option<Answer> {
    let application = &worker.shared.application;
    let found = catch_unwind(AssertUnwindSafe(|| application.document(path)));
    found.unwrap_or_else(|_| {
        worker.shared.metrics.panics.add();
        Some(Answer::empty(500, Label::new("none", "InternalFailure")))
    })
}

/// Calls the application; `None` if it panicked.
fn call(worker: &Worker, incoming: Incoming<'_>) -> Option<Answer> {
    let application = &worker.shared.application;
    // The application is shared by reference and none of its locks is held here; what it may leave inconsistent is
    // its own to guard.
    catch_unwind(AssertUnwindSafe(|| application.call(incoming))).ok()
}

fn panicked(worker: &Worker, incoming: Incoming<'_>) -> Answer {
    worker.shared.metrics.panics.add();
    failure(worker, incoming)
}

/// Answers a panic, and waits for the write that an answer waits for; neither a panic nor a lost write gets past this.
async fn settle(worker: &Worker, called: Option<Answer>, incoming: Incoming<'_>) -> Answer {
    let Some(mut answer) = called else {
        return panicked(worker, incoming);
    };
    let Some(pending) = answer.pending.take() else {
        return answer;
    };

    let (done, outcome) = oneshot::channel();
    let waited = catch_unwind(AssertUnwindSafe(|| {
        pending.on_durable(Box::new(move |outcome| {
            // The client may be gone by now; the write is done all the same.
            let _ = done.send(outcome);
        }));
    }));
    if waited.is_err() {
        return panicked(worker, incoming);
    }
    match timeout(worker.limits.durable_timeout, outcome).await {
        Ok(Ok(Ok(()))) => answer,
        Ok(Ok(Err(instead))) => instead,
        Ok(Err(_)) | Err(_) => {
            tracing::error!(
                operation = answer.label.operation,
                "the fate of a write is unknown"
            );
            failure(worker, incoming)
        }
    }
}

fn failure(worker: &Worker, incoming: Incoming<'_>) -> Answer {
    let application = Arc::clone(&worker.shared.application);
    catch_unwind(AssertUnwindSafe(|| application.failure(incoming)))
        .unwrap_or_else(|_| Answer::empty(500, Label::new("none", "InternalFailure")))
}

/// What the guard checks of HTTP/1, for HTTP/2, where framing itself has one meaning.
fn check_http2(parts: &Parts, max_head: usize) -> Result<(), Refusal> {
    let mut size = parts
        .uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    let mut host = None;
    for (name, value) in &parts.headers {
        size += name.as_str().len() + value.len() + 4;
        if !is_printable(value.as_bytes()) {
            return Err(Refusal::HeaderValue);
        }
        if name == HOST && host.replace(value.as_bytes()).is_some() {
            return Err(Refusal::HostRepeated);
        }
        if name == TRANSFER_ENCODING {
            return Err(Refusal::TransferEncoding);
        }
    }
    if size > max_head {
        return Err(Refusal::HeadTooLarge);
    }
    if !parts
        .uri
        .path_and_query()
        .is_none_or(|target| target.as_str().is_ascii())
    {
        return Err(Refusal::Target);
    }
    let authority = parts
        .uri
        .authority()
        .map(|authority| authority.as_str().as_bytes());
    if !authority.or(host).is_some_and(is_host) {
        return Err(Refusal::Host);
    }
    match (authority, host) {
        (Some(authority), Some(host)) if !authority.eq_ignore_ascii_case(host) => Err(Refusal::HostMismatch),
        _ => Ok(()),
    }
}

/// An empty answer that closes an HTTP/1 connection: where the next request begins is not to be trusted.
fn refused(refusal: Refusal, state: &State, version: Version) -> Response<Full<Bytes>> {
    let mut answer = Answer::empty(refusal.status(), Label::new("none", "refused"));
    if refusal == Refusal::Busy {
        answer.headers.push(("retry-after", Cow::Borrowed("1")));
    }
    let mut response = response(answer, HeaderMap::new(), false);
    if version != Version::HTTP_2 {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        state.leave_unread();
    }
    response
}

/// Facts: sts §1.1, recorded.
fn unknown_operation() -> Answer {
    Answer {
        body: Bytes::from_static(b"<UnknownOperationException/>\n"),
        ..Answer::empty(404, Label::new("none", "UnknownOperationException"))
    }
}

/// A document is there to be read.
fn read_only(operation: &'static str) -> Answer {
    Answer {
        headers: vec![("allow", Cow::Borrowed("GET, HEAD"))],
        ..Answer::empty(405, Label::new(operation, "MethodNotAllowed"))
    }
}

/// Facts: sts §1.1, recorded.
fn preflight() -> Answer {
    let headers = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "POST"),
        (
            "access-control-expose-headers",
            "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date,smithy-protocol",
        ),
        ("access-control-max-age", "172800"),
    ];
    Answer {
        headers: headers
            .into_iter()
            .map(|(name, value)| (name, Cow::Borrowed(value)))
            .collect(),
        ..Answer::empty(200, Label::new("none", "preflight"))
    }
}
