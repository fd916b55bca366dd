//! What was not signed, or signed otherwise: headers, scope, payload, and the signature itself.

use crate::sent::{BODY, MISMATCH, NOW, Sent};

#[test]
fn headers_not_signed() {
    let host = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    Sent::posted()
        .edit("=host;x-amz-date", "=x-amz-date")
        .does_not_match(host);
    Sent::presigned()
        .ask("SignedHeaders=host", "SignedHeaders=")
        .does_not_match(host);
    Sent::posted()
        .edit("=host;x-amz-date", "=host")
        .does_not_match("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
    for sent in [Sent::posted(), Sent::presigned()] {
        sent.more("x-amz-target", "Organizations.ListAccounts")
            .does_not_match("'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.");
    }
    Sent::posted().more("x-amzn-trace-id", "Root=1").is_accepted();
}

#[test]
fn a_list_of_signed_headers_that_is_not_one() {
    for list in [
        "host;host;x-amz-date",
        "host;;x-amz-date",
        "host;x-amz-date;",
        "host;x-amz-date;absent",
        "host;x y",
    ] {
        let list = if list.contains("x-amz-date") {
            list.to_owned()
        } else {
            format!("{list};x-amz-date")
        };
        Sent::posted()
            .edit("host;x-amz-date", &list)
            .does_not_match(MISMATCH);
    }
    Sent::presigned()
        .ask("SignedHeaders=host", "SignedHeaders=host%0Ahost%3Ax")
        .does_not_match("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    // The order and the case that a client lists them in is not what is signed.
    Sent::posted()
        .edit("host;x-amz-date", "X-Amz-Date;Host")
        .is_accepted();
}

#[test]
fn scope_wrong() {
    let region = "Credential should be scoped to a valid region. ";
    let service = "Credential should be scoped to correct service: 'sts'. ";
    let terminator = "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. ";
    let date = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
        'b' != '20210502', from '20210502T174643Z'. ";
    Sent::posted().edit("us-east-1", "c").does_not_match(region);
    Sent::posted().edit("/sts/", "/d/").does_not_match(service);
    Sent::posted()
        .edit("aws4_request", "e")
        .does_not_match(terminator);
    Sent::posted().edit("/20210502/", "/b/").does_not_match(date);
    Sent::posted()
        .edit("us-east-1/sts", "c/d")
        .does_not_match(&[region, service].concat());
    Sent::posted()
        .edit("20210502/us-east-1/sts/aws4_request", "b/c/d/e")
        .does_not_match(&[region, service, terminator, date].concat());
}

const EMPTY_HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn payload_hash() {
    let host = ("Host", "sts.example.org");
    for hash in [
        "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        EMPTY_HASH,
        "",
    ] {
        Sent::posted_at(NOW, &[host, ("X-Amz-Content-Sha256", hash)]).does_not_match(MISMATCH);
    }
    Sent::posted_at(
        NOW,
        &[
            host,
            (
                "X-Amz-Content-Sha256",
                "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843",
            ),
        ],
    )
    .is_accepted();
    // A presigned POST must say its hash (facts: sts §1.6), in the query or in a signed header.
    let post = |query: &str| Sent::new("POST", query, &[host], BODY).presigned_at(NOW, 60);
    post("").does_not_match(MISMATCH);
    post("X-Amz-Content-Sha256=UNSIGNED-PAYLOAD").does_not_match(MISMATCH);
    let hash = "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843";
    let in_query = || post(&format!("X-Amz-Content-Sha256={hash}"));
    let in_header = || {
        let headers = [host, ("X-Amz-Content-Sha256", hash)];
        Sent::new("POST", "", &headers, BODY).presigned_at(NOW, 60)
    };
    let said: [&dyn Fn() -> Sent; 2] = [&in_query, &in_header];
    for said in said {
        said().is_accepted();
        Sent {
            body: "more".to_owned(),
            ..said()
        }
        .does_not_match(MISMATCH);
    }
    Sent {
        body: BODY.to_owned(),
        ..Sent::presigned()
    }
    .does_not_match(MISMATCH);
}

/// Some clients send the body's hash in a header that they do not list. It is signed all the same.
#[test]
fn payload_hash_in_a_header_that_is_not_listed() {
    const HASH: &str = "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843";
    let unlisted = "'X-Amz-Content-Sha256' must be a 'SignedHeader' in the AWS Authorization.";
    let header = "X-Amz-Content-Sha256";
    Sent::posted().more(header, HASH).is_accepted();
    for other in ["UNSIGNED-PAYLOAD", EMPTY_HASH, &HASH.to_uppercase(), ""] {
        Sent::posted().more(header, other).does_not_match(MISMATCH);
    }
    let exchanged = |hash: &str| Sent {
        body: "Action=GetSessionToken&Version=2011-06-15".to_owned(),
        ..Sent::posted().more(header, hash)
    };
    exchanged(HASH).does_not_match(MISMATCH);
    exchanged("52153ec21916c13f860e8cdac3b28e0209d64e1721c0e6d76cefca0b475a34e4").does_not_match(MISMATCH);
    // Twice, it is not said which one counts.
    Sent::posted()
        .more(header, HASH)
        .more(header, HASH)
        .is_incomplete("Header 'x-amz-content-sha256' must not be repeated.");
    // Nothing else that a presigned request says is about its body.
    let host = ("Host", "sts.example.org");
    Sent::new("POST", "", &[host], BODY)
        .presigned_at(NOW, 60)
        .more(header, HASH)
        .does_not_match(unlisted);
    Sent::presigned()
        .more(header, EMPTY_HASH)
        .does_not_match(unlisted);
}

#[test]
fn signature_wrong() {
    let mut other = Sent::posted();
    other.body.push('x');
    other.does_not_match(MISMATCH);
    Sent::posted()
        .edit("Signature=", "Signature=0")
        .does_not_match(MISMATCH);
    Sent::presigned()
        .ask("GetCallerIdentity", "GetSessionToken")
        .does_not_match(MISMATCH);
    Sent::posted()
        .header("Host", "other.example.org")
        .does_not_match(MISMATCH);
}
