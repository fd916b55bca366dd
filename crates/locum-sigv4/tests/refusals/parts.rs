//! Parts of the authentication that are missing or are not what they should be: 403 for none of it, 400 for some.

use crate::sent::{KEY, MISMATCH, Sent};

#[test]
fn missing_authentication() {
    let sent = Sent::posted().without("Authorization");
    sent.is_refused(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
    // security S1: a credential without an algorithm authenticates nothing.
    let sent = Sent::presigned().ask("X-Amz-Algorithm=AWS4-HMAC-SHA256&", "");
    sent.is_refused(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
}

#[test]
fn wrong_algorithm() {
    Sent::posted()
        .edit("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
        .is_incomplete("Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.");
    Sent::posted()
        .header("Authorization", "Bearer eyJhbGciOi")
        .is_incomplete("Unsupported AWS 'algorithm': 'Bearer'.");
    Sent::presigned()
        .ask("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")
        .is_incomplete("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.");
}

#[test]
fn header_part_not_a_pair() {
    Sent::posted()
        .header("Authorization", "AWS4-HMAC-SHA256 Credential=a, junk")
        .is_incomplete(
            "'junk' not a valid key=value pair (missing equal-sign) in Authorization header: \
         'AWS4-HMAC-SHA256 Credential=a, junk'",
        );
}

#[test]
fn header_parts_missing() {
    Sent::posted()
        .header("Authorization", "AWS4-HMAC-SHA256")
        .without("X-Amz-Date")
        .is_incomplete(
            "Authorization header requires 'Credential' parameter. \
             Authorization header requires 'Signature' parameter. \
             Authorization header requires 'SignedHeaders' parameter. \
             Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
             Authorization=AWS4-HMAC-SHA256",
        );
    Sent::posted().edit("SignedHeaders=", "Other=").is_incomplete(
        "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256",
    );
}

#[test]
fn query_parts_missing() {
    let all = "AWS query-string parameters must include 'X-Amz-Credential'. \
        AWS query-string parameters must include 'X-Amz-Signature'. \
        AWS query-string parameters must include 'X-Amz-SignedHeaders'. \
        AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.";
    Sent::new("GET", "X-Amz-Algorithm=AWS4-HMAC-SHA256", &[], "").is_incomplete(all);
    Sent::presigned().ask("X-Amz-Date=", "Other=").is_incomplete(
        "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    );
}

#[test]
fn bad_date() {
    let text = |got: &str| {
        format!(
            "Date must be in ISO-8601 'basic format'. Got '{got}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )
    };
    for bad in ["2021-05-02T17:46:43Z", "20210502", "20210532T174643Z", ""] {
        Sent::posted().header("X-Amz-Date", bad).is_incomplete(&text(bad));
    }
    let date = "Sun, 02 May 2021 17:46:43 GMT";
    Sent::posted()
        .without("X-Amz-Date")
        .header("Date", date)
        .is_incomplete(&text(date));
    // A control character is not repeated: the message must fit into XML.
    Sent::presigned()
        .ask("X-Amz-Date=2021", "X-Amz-Date=%00%0A")
        .is_incomplete(&text("\u{fffd}\u{fffd}0502T174643Z"));
}

#[test]
fn a_date_header_serves_when_there_is_no_amazon_date() {
    let sent = Sent::posted()
        .without("X-Amz-Date")
        .header("Date", "20210502T174643Z")
        .edit(";x-amz-date", "");
    sent.does_not_match(MISMATCH); // Read and judged current, only signed differently.
}

#[test]
fn credential_not_five_parts() {
    for credential in ["", "a/b/c/d", "AKIA/20210502/us-east-1/sts/aws4_request/"] {
        Sent::posted()
            .edit(&format!("{KEY}/20210502/us-east-1/sts/aws4_request"), credential)
            .is_incomplete(&format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, \
                 got '{credential}'"
            ));
    }
}

#[test]
fn presigned_for_an_impossible_time() {
    for text in ["0", "604801", "-1", "+60", "", "60s", "99999999999999999999"] {
        let to = format!("Expires={}&", text.replace('+', "%2B"));
        Sent::presigned().ask("Expires=900&", &to).is_incomplete(&format!(
            "X-Amz-Expires must be a number of seconds from 1 to 604800, got '{text}'"
        ));
    }
}
