//! Which of several refusals is told, and those that only the caller can find.

use locum_sigv4::AuthError;

use crate::sent::{BODY, KEY, MISMATCH, Sent};

#[test]
fn order_of_refusals() {
    // Everything is wrong; each step mends what was told first (facts: sts §1.6, precedence).
    let mut sent = Sent::new("POST", "a=%", &[("X-Amz-Foo", "1")], BODY);
    let code = |sent: &Sent| {
        let error = sent.check(|_| ()).unwrap_err();
        (error.code(), error.to_string())
    };
    assert_eq!(code(&sent).0, "MalformedQueryString");
    sent.query.clear();
    assert_eq!(code(&sent).0, "MissingAuthenticationToken");
    sent = sent.header("Authorization", "AWS4");
    assert!(code(&sent).1.starts_with("Unsupported AWS"));
    sent = sent.header(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d,Signature=x,junk",
    );
    assert!(code(&sent).1.starts_with("'junk' not a valid"));
    sent = sent.header("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d,Signature=x");
    assert!(
        code(&sent)
            .1
            .starts_with("Authorization header requires 'SignedHeaders'")
    );
    let start = "AWS4-HMAC-SHA256 Signature=x";
    sent = sent
        .header(
            "Authorization",
            &format!("{start},Credential=a/b/c/d,SignedHeaders=a"),
        )
        .header("Date", "today");
    assert!(code(&sent).1.starts_with("'Host' or ':authority'"));
    sent = sent.header(
        "Authorization",
        &format!("{start},Credential=a/b/c/d,SignedHeaders=host"),
    );
    assert!(code(&sent).1.starts_with("'X-Amz-Foo' must be"));
    sent = sent.without("X-Amz-Foo");
    assert!(code(&sent).1.starts_with("Date must be"));
    sent = sent.header("Date", "20200502T174643Z");
    assert!(code(&sent).1.starts_with("Signature expired"));
    sent = sent.header("Date", "20210502T174643Z");
    assert!(code(&sent).1.starts_with("Credential must have exactly 5"));
    sent = sent.edit("a/b/c/d", "a/b/c/d/e");
    assert!(code(&sent).1.starts_with("Credential should be scoped"));
    sent = sent.edit("a/b/c/d/e", &format!("{KEY}/20210502/us-east-1/sts/aws4_request"));
    assert_eq!(code(&sent).1, MISMATCH);
}

#[test]
fn token_and_key() {
    // Found by the caller, who answers with these.
    let invalid = AuthError::InvalidToken;
    assert_eq!(
        (invalid.status(), invalid.code(), invalid.to_string().as_str()),
        (
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid."
        )
    );
    let expired = AuthError::ExpiredToken;
    assert_eq!(
        (expired.status(), expired.code(), expired.to_string().as_str()),
        (
            403,
            "ExpiredToken",
            "The security token included in the request is expired"
        )
    );
}
