//! The body of a request, read whole: within its allowance, in its time, and without a copy if it came in one piece.

use std::{
    error::Error as _,
    future::{Future as _, poll_fn},
    io,
    pin::pin,
    task::Poll,
};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming as RequestBody};
use tokio::time::timeout;

use crate::{Limits, capacity::Share, long::Allowance, refusal::Refusal};

/// Reads the rest of a request, of a peer with this share.
pub(crate) async fn read(
    mut body: RequestBody,
    limits: &Limits,
    share: &Share,
    allowance: &mut Allowance<'_>,
) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    allowance.admit(body.size_hint().lower())?;
    let reading = async {
        let mut first: Option<Bytes> = None;
        let mut rest = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(bytes) = frame.map_err(|error| broken(&error))?.into_data() else {
                continue;
            };
            let read = first.as_ref().map_or(0, Bytes::len) + rest.len() + bytes.len();
            allowance.admit(read as u64)?;
            // Most bodies come in one piece and are never copied.
            if first.is_none() {
                first = Some(bytes);
            } else {
                rest.extend_from_slice(&bytes);
            }
            if body.is_end_stream() {
                break;
            }
        }
        let first = first.unwrap_or_default();
        if rest.is_empty() {
            return Ok(first);
        }
        let mut whole = BytesMut::with_capacity(first.len() + rest.len());
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&rest);
        Ok(whole.freeze())
    };
    let mut reading = pin!(reading);
    // Most bodies came with their head, and need no timer.
    if let Poll::Ready(read) = poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx))).await {
        return read;
    }
    // Whoever lets us wait holds a place that others could have, and needs nothing for it but an address.
    let Some(_awaited) = share.wait(limits.awaited_of_one_peer()) else {
        return Err(Refusal::Busy);
    };
    timeout(limits.body_timeout, reading)
        .await
        .unwrap_or(Err(Refusal::BodyTimeout))
}

fn broken(error: &hyper::Error) -> Refusal {
    let from_guard = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() == io::ErrorKind::InvalidData);
    if from_guard {
        Refusal::Chunk
    } else {
        Refusal::BodyBroken
    }
}
