//! What holds of every request.

use proptest::{collection::vec, prelude::*};

use super::scene::{ACCOUNT, Credentials, Scene, Wire, trust};

const ACTIONS: [&str; 6] = [
    "AssumeRole",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "GetFederationToken",
    "GetSessionToken",
];

const NAMES: [&str; 18] = [
    "RoleArn",
    "RoleSessionName",
    "Policy",
    "PolicyArns.member.1.arn",
    "DurationSeconds",
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "Tags.member.2.Key",
    "TransitiveTagKeys.member.1",
    "ExternalId",
    "SerialNumber",
    "TokenCode",
    "SourceIdentity",
    "Name",
    "EncodedMessage",
    "AccessKeyId",
    "MinimumSessionTokenSize",
    "X-Amz-Date",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => ".{0,40}",
        1 => Just("arn:aws:iam::111122223333:role/worker".to_owned()),
        1 => Just(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#.to_owned()),
        1 => "[0-9]{1,12}",
        1 => "[a-z]{2,20}",
    ]
}

fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![8 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => ".{0,20}"];
    let action = prop::sample::select(&ACTIONS[..]);
    (action, vec((name, value()), 0..8)).prop_map(|(action, mut rest)| {
        rest.sort();
        rest.dedup_by(|a, b| a.0 == b.0);
        let head = [("Action", action), ("Version", "2011-06-15")];
        let head = head.map(|(name, value)| (name.to_owned(), value.to_owned()));
        head.into_iter().chain(rest).collect()
    })
}

fn wire(parameters: &[(String, String)]) -> Wire {
    let borrowed: Vec<(&str, &str)> = parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    Wire::post(&borrowed)
}

/// Whether two Authorization headers differ in the case of the signed headers' names only, which means nothing.
fn says_the_same(a: &str, b: &str) -> bool {
    let outside = |text: &str| {
        let (before, names) = text.split_once("SignedHeaders=")?;
        let (_, after) = names.split_once(", Signature=")?;
        Some((before.to_owned(), after.to_owned()))
    };
    outside(a).is_some() && outside(a) == outside(b) && a.eq_ignore_ascii_case(b)
}

struct Stage {
    scene: Scene,
    alice: Credentials,
}

thread_local! {
    static STAGE: Stage = {
        let scene = Scene::new();
        let alice = scene.admin("alice");
        scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
        Stage { scene, alice }
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn signed_requests_are_answered(parameters in parameters()) {
        STAGE.with(|stage| {
            let request = wire(&parameters).signed(&stage.alice, stage.scene.now());
            let answer = request.send(&stage.scene);
            prop_assert!(matches!(answer.status, 200 | 400 | 403), "{}", answer.body);
            prop_assert!(answer.header("x-amzn-requestid").is_some());
            Ok(())
        })?;
    }

    #[test]
    fn what_is_not_signed_is_not_answered(parameters in parameters(), header in ".{0,60}", query in "[ -~]{0,60}") {
        STAGE.with(|stage| {
            let mut request = wire(&parameters).header("authorization", &header);
            request.query = query;
            prop_assert_ne!(request.send(&stage.scene).status, 200);
            let plain = wire(&parameters).without("content-type");
            prop_assert_ne!(plain.send(&stage.scene).status, 200);
            Ok(())
        })?;
    }

    #[test]
    fn any_changed_byte_is_noticed(place in any::<prop::sample::Index>(), part in 0..4usize, bit in 0..7u8) {
        STAGE.with(|stage| {
            let role = format!("arn:aws:iam::{ACCOUNT}:role/worker");
            let parameters = [
                ("Action", "AssumeRole"),
                ("Version", "2011-06-15"),
                ("RoleArn", &*role),
                ("RoleSessionName", "session"),
            ];
            let session = stage.scene.sts(&stage.alice, "GetSessionToken", &[]).credentials();
            let mut request = Wire::post(&parameters).signed(&session, stage.scene.now());
            prop_assert_eq!(request.send(&stage.scene).status, 200);
            let named = |request: &Wire, name: &str| request.headers.iter().position(|h| h.0 == name).unwrap();
            let flip = |bytes: &mut [u8]| bytes[place.index(bytes.len())] ^= 1 << bit;
            match part {
                0 => flip(&mut request.body),
                part => {
                    let name = ["", "authorization", "x-amz-security-token", "x-amz-date"][part];
                    let at = named(&request, name);
                    let mut bytes = request.headers[at].1.clone().into_bytes();
                    flip(&mut bytes);
                    let flipped = String::from_utf8(bytes).unwrap();
                    prop_assume!(!says_the_same(&flipped, &request.headers[at].1));
                    request.headers[at].1 = flipped;
                }
            }
            let answer = request.send(&stage.scene);
            prop_assert!(matches!(answer.status, 400 | 403), "{part} {}", answer.body);
            Ok(())
        })?;
    }
}
