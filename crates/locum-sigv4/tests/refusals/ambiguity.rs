//! Requests that could be read in two ways: escapes, repetitions, and authentication in two places.

use crate::sent::Sent;

#[test]
fn malformed_escapes() {
    for sent in [Sent::posted(), Sent::presigned()] {
        for (query, message) in [
            ("a=%", "Incomplete trailing escape % sequence"),
            ("a=%4", "Incomplete trailing escape % sequence"),
            ("a%4=b", "Incomplete trailing escape % sequence"),
            ("a=%zz", "Illegal hex character in escape % pattern: %zz"),
            ("%+1=b", "Illegal hex character in escape % pattern: %+1"),
        ] {
            Sent {
                query: format!("{}&{query}", sent.query),
                ..sent.clone()
            }
            .is_refused(400, "MalformedQueryString", message);
        }
    }
}

#[test]
fn repeated_headers_that_authenticate() {
    for name in [
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "host",
    ] {
        let sent = Sent::posted().more(name, "a").more(&name.to_uppercase(), "a");
        sent.is_incomplete(&format!("Header '{name}' must not be repeated."));
    }
}

#[test]
fn the_last_of_repeated_parts_counts() {
    // facts: sts §1.6, recorded.
    Sent::posted()
        .edit("SHA256 ", "SHA256 Signature=0, Credential=x, ")
        .is_accepted();
    Sent::posted()
        .edit(", Signature=", ", Signature=0,Signature=")
        .is_accepted();
}

#[test]
fn ambiguous_query() {
    for name in [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "X-Amz-Content-Sha256",
    ] {
        let message = format!("AWS query-string parameter '{name}' must be given once and spelled exactly.");
        let twice = format!("{name}=a&x={name}&");
        let mut sent = Sent::presigned();
        sent.query = format!("{twice}{twice}{}", sent.query);
        sent.is_incomplete(&message);
        let mut sent = Sent::presigned();
        sent.query = format!(
            "{}=a&{}",
            name.to_lowercase().replace('-', "%2d"),
            sent.query.replace(&format!("{name}="), "")
        );
        sent.is_incomplete(&message);

        let mut sent = Sent::posted();
        sent.query = format!("{}=a", name.to_lowercase());
        sent.is_incomplete("Authentication must be either in headers or in the query string, not in both.");
    }
    for name in ["Authorization", "X-Amz-Date", "X-Amz-Security-Token"] {
        let sent = Sent::presigned().more(name, "AWS4-HMAC-SHA256");
        sent.is_incomplete("Authentication must be either in headers or in the query string, not in both.");
    }
}
