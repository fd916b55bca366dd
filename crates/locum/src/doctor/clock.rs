//! Whether this machine's clock is right, by the date in an answer of STS to a request that nobody signed.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use locum_credentials::{HttpRequest, Reach, plain};

use super::report::Report;
use crate::caller::Caller;
use crate::cli::errors::Failure;
use crate::cli::proxy::without_password;
use crate::cli::transport::{Settings, Transport, is_tls};

const TIMEOUT: Duration = Duration::from_secs(10);
/// Signatures are refused beyond fifteen minutes; a clock that is off by more than this is not kept by anybody.
const TOLERATED: i64 = 60;

/// Compares the clocks.
pub(super) fn compare(caller: &Caller<'_>, report: &mut Report) {
    match ask(caller) {
        Ok((url, Some(theirs))) => {
            let off = Timestamp::now().as_second().saturating_sub(theirs.as_second());
            report.fact("clock", sentence(off, &url));
            if off.abs() > TOLERATED {
                report.find(
                    "clock",
                    format!(
                        "The clock of this machine is {} seconds {}, and beyond 15 minutes every call is refused: set it, or \
                         have it set by NTP.",
                        off.abs(),
                        if off > 0 { "ahead" } else { "behind" }
                    ),
                );
            }
        }
        Ok((url, None)) => report.fact("clock", format!("{url} does not tell the time")),
        Err(failure) => report.find(
            "unreachable",
            format!(
                "STS cannot be reached: {}; check endpoint, network, proxy and certificates.",
                plain(failure.to_string().trim_end_matches('.'))
            ),
        ),
    }
}

fn sentence(off: i64, url: &str) -> String {
    match off {
        -1..=1 => format!("agrees with that of {url}"),
        _ => format!("{off:+} seconds from that of {url}"),
    }
}

/// Asks for nothing in particular; every answer has a date.
fn ask(caller: &Caller<'_>) -> Result<(String, Option<Timestamp>), Failure> {
    let url = format!("{}/", caller.endpoint(true)?.url);
    let transport = Transport::new(&Settings {
        connect_timeout: Some(TIMEOUT),
        read_timeout: Some(TIMEOUT),
        verify: true,
        ca_bundle: caller.ca_bundle(),
        tls: is_tls(&url),
    })?;
    let reply = transport.exchange(&HttpRequest {
        method: "GET",
        url: &url,
        headers: &[],
        body: None,
        timeout: TIMEOUT,
        reach: Reach::Usual,
    });
    let reply = reply.map_err(|error| Failure::General(error.describe(&url)))?;
    let date = reply.headers.into_iter().find(|(name, _)| name == "date");
    let date = date.and_then(|(_, date)| rfc2822::parse(&date).ok());
    Ok((without_password(&url), date.map(|date| date.timestamp())))
}
