//! Tokens for Kubernetes, as `aws eks get-token` and aws-iam-authenticator make them: a presigned URL in disguise, which
//! names its cluster in a signed header.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use locum_sigv4::SignError;
use serde_json::{Value, json};

use super::request::Request;

/// The longest token that authenticators take, in bytes (facts: cli §4.1).
pub(super) const MAX_TOKEN: usize = 4_096;
const PREFIX: &str = "k8s-aws-v1.";
const CLUSTER_HEADER: &str = "x-k8s-aws-id";
const V1: &str = "client.authentication.k8s.io/v1";
const V1_BETA: &str = "client.authentication.k8s.io/v1beta1";
const V1_ALPHA: &str = "client.authentication.k8s.io/v1alpha1";
/// How long kubectl keeps a token: a minute less than STS takes it.
const KEPT: u32 = 840;
const MARGIN: u32 = 60;

/// Makes the token for a cluster.
pub(super) fn token(request: &Request<'_>, cluster: &str, lifetime: u32) -> Result<String, SignError> {
    let url = request.presigned(&[(CLUSTER_HEADER, cluster.as_bytes())], lifetime)?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(url)))
}

/// When kubectl is to fetch another token. AWS's STS takes each for fifteen minutes; a service that obeys takes it for
/// `obeyed` seconds. None outlives the credentials that signed it.
pub(super) fn end(now: Timestamp, obeyed: Option<u32>, credentials: Option<Timestamp>) -> Timestamp {
    let kept = match obeyed {
        Some(seconds) => KEPT.min(seconds.saturating_sub(MARGIN.min(seconds / 4))),
        None => KEPT,
    };
    let end = now
        .checked_add(SignedDuration::from_secs(kept.into()))
        .unwrap_or(now);
    credentials.map_or(end, |credentials| end.min(credentials))
}

/// Tells which version of the answer kubectl asks for, in `KUBERNETES_EXEC_INFO`, and what was odd about the question.
pub(super) fn version(info: Option<&str>) -> (&'static str, Option<&'static str>) {
    let Some(info) = info.filter(|info| !info.is_empty()) else {
        return (V1_BETA, None);
    };
    let Ok(info) = serde_json::from_str::<Value>(info) else {
        return (
            V1_BETA,
            Some(
                "KUBERNETES_EXEC_INFO is not JSON; answering with v1beta1, update kubectl if it does not take that",
            ),
        );
    };
    match info.get("apiVersion").and_then(Value::as_str) {
        Some(V1) => (V1, None),
        Some(V1_BETA) => (V1_BETA, None),
        Some(V1_ALPHA) => (
            V1_ALPHA,
            Some(
                "the kubeconfig asks for v1alpha1, which is going away; put client.authentication.k8s.io/v1 there",
            ),
        ),
        _ => (
            V1_BETA,
            Some("KUBERNETES_EXEC_INFO asks for a version that is not known here; answering with v1beta1"),
        ),
    }
}

/// What kubectl reads.
pub(super) fn credential(version: &str, token: &str, end: Timestamp) -> String {
    let end = Timestamp::from_second(end.as_second()).unwrap_or(end);
    let document = json!({
        "kind": "ExecCredential",
        "apiVersion": version,
        "spec": {},
        "status": { "expirationTimestamp": end.to_string(), "token": token },
    });
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use locum_crypto::SecretString;
    use locum_sigv4::{PathRule, Signer};

    use super::*;

    const NOW: &str = "2026-11-22T10:00:00Z";

    /// Made by `aws eks get-token` of AWS CLI 1.45.11, its clock stopped.
    #[test]
    fn tokens_are_those_of_aws() {
        let aws = "https://sts.us-west-2.amazonaws.com";
        let here = "http://127.0.0.1:18900";
        let token_parameter = "&X-Amz-Security-Token=FwoGZXIvYXdz%2B%2F%3D%3D";
        for (endpoint, region, session, signature) in [
            (
                aws,
                "us-west-2",
                false,
                "4bed8cf0fc8c50861eeb259c41d23d59f3dc9ac046e7f822399c13c41ee4c2a1",
            ),
            (
                here,
                "eu-central-1",
                false,
                "05fb25e53cc93d970b8d9826bb66c5b8fce39492d886f196329be4b587894211",
            ),
            (
                aws,
                "us-west-2",
                true,
                "4d790bb04c34f1e644fc5da88220367e08252dcdbe8b519ffbc66c6ee3ee58cc",
            ),
            (
                here,
                "eu-central-1",
                true,
                "02e485e20d54bbb6b041c68bdfcdd771d1e657f98852a73305b87166bcf03853",
            ),
        ] {
            let session_token = SecretString::from("FwoGZXIvYXdz+/==");
            let request = Request {
                signer: Signer {
                    access_key_id: "AKIAQNZGKIQY56JQ7WML",
                    secret: &SecretString::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                    session_token: session.then_some(&session_token),
                    region,
                    service: "sts",
                    path: PathRule::SERVICE,
                },
                endpoint,
                now: NOW.parse().unwrap(),
            };
            let made = token(&request, "prod cluster/1", 60).unwrap();
            let url = URL_SAFE_NO_PAD
                .decode(made.strip_prefix(PREFIX).unwrap())
                .unwrap();
            let session = if session { token_parameter } else { "" };
            assert_eq!(
                String::from_utf8(url).unwrap(),
                format!(
                    "{endpoint}/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
                     &X-Amz-Credential=AKIAQNZGKIQY56JQ7WML%2F20261122%2F{region}%2Fsts%2Faws4_request\
                     &X-Amz-Date=20261122T100000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id{session}\
                     &X-Amz-Signature={signature}"
                )
            );
        }
    }

    #[test]
    fn nothing_outlives_what_it_is_made_of() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        for (obeyed, credentials, expected) in [
            (None, None, "2026-11-22T10:14:00Z"),
            (None, Some("2026-11-22T11:00:00Z"), "2026-11-22T10:14:00Z"),
            (None, Some("2026-11-22T10:05:00Z"), "2026-11-22T10:05:00Z"),
            (Some(900), None, "2026-11-22T10:14:00Z"),
            (Some(604_800), None, "2026-11-22T10:14:00Z"),
            (Some(60), None, "2026-11-22T10:00:45Z"),
            (Some(1), None, "2026-11-22T10:00:01Z"),
        ] {
            assert_eq!(
                end(at(NOW), obeyed, credentials.map(at)),
                at(expected),
                "{obeyed:?} {credentials:?}"
            );
        }
    }

    #[test]
    fn kubectl_gets_the_version_that_it_asks_for() {
        let asks =
            |version: &str| format!(r#"{{"kind":"ExecCredential","apiVersion":"{version}","spec":{{}}}}"#);
        for (info, expected, complains) in [
            (None, V1_BETA, false),
            (Some(String::new()), V1_BETA, false),
            (Some(asks(V1)), V1, false),
            (Some(asks(V1_BETA)), V1_BETA, false),
            (Some(asks(V1_ALPHA)), V1_ALPHA, true),
            (Some(asks("client.authentication.k8s.io/v9")), V1_BETA, true),
            (Some("{".to_owned()), V1_BETA, true),
            (Some("[]".to_owned()), V1_BETA, true),
        ] {
            let (version, complaint) = version(info.as_deref());
            assert_eq!((version, complaint.is_some()), (expected, complains), "{info:?}");
        }
    }

    #[test]
    fn the_credential_is_what_kubectl_reads() {
        let text = credential(V1, "k8s-aws-v1.x", "2026-11-22T10:14:00.5Z".parse().unwrap());
        let read: Value = serde_json::from_str(&text).unwrap();
        let expected = json!({
            "kind": "ExecCredential", "apiVersion": V1, "spec": {},
            "status": {"expirationTimestamp": "2026-11-22T10:14:00Z", "token": "k8s-aws-v1.x"},
        });
        assert_eq!(read, expected);
    }
}
