//! Requests as they go over the wire, signed.

use std::{error::Error, fmt::Write, net::SocketAddr};

use jiff::Timestamp;
use locum_sigv4::{PathRule, Request, Signer};

use crate::world::Credentials;

/// A form for a service, signed by `who`.
pub(crate) fn signed(
    address: SocketAddr,
    service: &str,
    who: &Credentials,
    parameters: &[(&str, &str)],
) -> Result<Vec<u8>, Box<dyn Error>> {
    let body = form(parameters);
    let host = address.to_string();
    let content_type = "application/x-www-form-urlencoded; charset=utf-8";
    let headers = [
        ("host", host.as_bytes()),
        ("content-type", content_type.as_bytes()),
    ];
    let request = Request {
        method: "POST",
        path: "/",
        query: "",
        headers: &headers,
        body: body.as_bytes(),
    };
    let signer = Signer {
        access_key_id: &who.id,
        secret: &who.secret,
        session_token: who.token.as_ref(),
        region: "us-east-1",
        service,
        path: PathRule::SERVICE,
    };
    let mut text = format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {content_type}\r\n");
    for (name, value) in signer.sign_headers(&request, Timestamp::now())? {
        write!(text, "{name}: {value}\r\n")?;
    }
    // What boto3 says of itself is as long as this.
    let agent = "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython cfg/retry-mode#standard";
    write!(
        text,
        "User-Agent: {agent}\r\nAccept-Encoding: identity\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    Ok(text.into_bytes())
}

/// A form that nobody signs.
pub(crate) fn unsigned(address: SocketAddr, parameters: &[(&str, &str)]) -> Vec<u8> {
    let body = form(parameters);
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn form(parameters: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    pairs.join("&")
}

fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len() * 2);
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}
