use jiff::Timestamp;
use locum_crypto::SeededRandom;
use locum_names::{AccountId, UniqueKind};
use locum_policy::{Policy, PolicyKind};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        access_key::AccessKeyRecord,
        principal::{RoleRecord, UserRecord},
    },
    Document, Plain, Recent,
};
use crate::{AccessKey, Documents, InlinePolicy, KeyOwner, KeyStatus, Role, Tag, User};

const TRUST: &str = "{\"Version\":\"2012-10-17\",\n\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"123456789012\"},\"Action\":\"sts:AssumeRole\"}}";
const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// Of two documents, one of which begins as the other.
fn recent() -> Recent {
    let mut recent = Recent::default();
    for document in [TRUST, &TRUST.replace("Role\"}}", "Role\"},\"Id\":\"x\"}")] {
        let written = serde_json::to_string(document).unwrap();
        let policy = Policy::compile(document, PolicyKind::Trust).unwrap();
        recent.remember(written.trim_matches('"'), &policy);
    }
    recent
}

/// The three kinds, each read as JSON says and as it is if it is plain, and written again.
fn read(kind: usize, json: &str) -> (Option<String>, Option<String>) {
    fn both<'a, T: Serialize + Deserialize<'a>>(
        plain: Option<T>,
        json: &'a str,
    ) -> (Option<String>, Option<String>) {
        let written = |record: T| serde_json::to_string(&record).unwrap();
        (plain.map(written), serde_json::from_str(json).ok().map(written))
    }
    match kind {
        0 => both(UserRecord::plain(json), json),
        1 => both(RoleRecord::plain(json, &recent()), json),
        _ => both(AccessKeyRecord::plain(json), json),
    }
}

/// A record of each kind, its optional fields there where a bit of `fields` is set.
fn written(fields: u16, name: &str, seed: u64) -> [String; 3] {
    let rng = &mut SeededRandom::new(seed);
    let account = AccountId::new(seed).unwrap();
    let has = |bit: u32| fields >> bit & 1 == 1;
    let now = Timestamp::from_nanosecond(i128::from(seed) * 1_234_567_891_234).unwrap();
    let ids = |kind, bit| {
        (0..u64::from(has(bit)) * (1 + seed % 3)).map(move |n| locum_names::UniqueId::new(kind, account, n))
    };
    let tags = vec![
        Tag {
            key: "k".into(),
            value: name.into()
        };
        usize::from(has(1))
    ];
    let inline = InlinePolicy {
        name: "i".into(),
        policy: Policy::compile(DOCUMENT, PolicyKind::Inline).unwrap(),
    };
    let inline = vec![inline; usize::from(has(2))];
    let mut user = User::new(account, "/a/", name, now, rng);
    user.tags.clone_from(&tags);
    user.inline.clone_from(&inline);
    user.boundary = ids(UniqueKind::Policy, 3).next();
    user.attached = ids(UniqueKind::Policy, 4).collect();
    user.groups = ids(UniqueKind::Group, 5).collect();
    user.revoke_before = has(6).then_some(now);
    let mut role = Role::new(
        account,
        "/",
        name,
        Policy::compile(TRUST, PolicyKind::Trust).unwrap(),
        now,
        rng,
    );
    role.tags = tags;
    role.inline = inline;
    (role.boundary, role.attached) = (user.boundary, user.attached.clone());
    role.revoke_before = user.revoke_before;
    role.description = has(7).then(|| {
        if seed.is_multiple_of(2) {
            "\u{1}d\"".into()
        } else {
            "".into()
        }
    });
    role.service = has(8).then(|| "s.amazonaws.com".into());
    let owner = if has(9) {
        KeyOwner::Root(account)
    } else {
        KeyOwner::User(user.id)
    };
    let mut key = AccessKey::generate(account, owner, now, rng);
    key.status = if has(10) {
        KeyStatus::Inactive
    } else {
        KeyStatus::Active
    };
    [
        serde_json::to_string(&UserRecord::from(&user)).unwrap(),
        serde_json::to_string(&RoleRecord::from(&role)).unwrap(),
        serde_json::to_string(&AccessKeyRecord::from(&key)).unwrap(),
    ]
}

#[test]
fn a_document_that_was_read_before_is_not_read_again() {
    let documents = Documents::default();
    let mut recent = Recent::default();
    let role = |n: usize| {
        let document = TRUST.replace("123456789012", &format!("{n:012}"));
        let json = serde_json::to_string(&document).unwrap() + ",";
        (document, json)
    };
    let mut read = |n: usize| {
        let (text, json) = role(n);
        let mut record = Plain::new(&json);
        let document = record.document(&recent).unwrap();
        record.literal(",").unwrap();
        let known = matches!(document, Document::Known(_));
        let policy = document
            .compile(PolicyKind::Trust, &documents, &mut recent)
            .unwrap();
        assert_eq!(policy.document(), text);
        known
    };
    for n in 0..100 {
        assert!(!read(n));
        assert!(read(n));
        assert!(n < 15 || read(n - 15));
    }
}

#[test]
fn most_records_are_plain() {
    // All but tags, policies of their own, a description, a service, and keys of root users.
    for fields in [0, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 10, 0b100_0111_1000] {
        for (kind, json) in written(fields, "Alice_é", 77).iter().enumerate() {
            assert_eq!(read(kind, json).0.as_ref(), Some(json));
        }
    }
}

proptest! {
    /// Whatever is written is read as the parser reads it, or is left to the parser.
    #[test]
    fn a_plain_record_is_what_the_parser_reads(
        fields in 0..2048_u16, name in "[a-zA-Z0-9+=,.@_\"\\\\é\n/-]{1,20}", seed in 1..1_000_000_u64,
    ) {
        for (kind, json) in written(fields, &name, seed).iter().enumerate() {
            let (plain, parsed) = read(kind, json);
            prop_assert_eq!(parsed.as_ref(), Some(json));
            prop_assert!(plain.is_none() || plain == parsed, "{json}");
        }
    }

    /// Nor does anything pass here that the parser refuses or reads otherwise.
    #[test]
    fn an_altered_record_is_no_more_than_the_parser_reads(
        fields in 0..2048_u16, seed in 1..1_000_000_u64, place in any::<prop::sample::Index>(), remove in 0..3_usize,
        insert in r#"[0-9a-zA-Z"\\\[\]{},: \x00-\x1f\x7fé]{0,3}"#, other in 0..3_usize,
    ) {
        for (kind, json) in written(fields & 0x678, "Alice", seed).iter().enumerate() {
            let at = place.index(json.len());
            let end = json.len().min(at + remove);
            let (Some(before), Some(after)) = (json.get(..at), json.get(end..)) else { continue };
            let altered = format!("{before}{insert}{after}");
            let (plain, parsed) = read(kind, &altered);
            prop_assert!(plain.is_none() || plain == parsed, "{altered}");
            let (plain, parsed) = read(other, &altered);
            prop_assert!(plain.is_none() || plain == parsed, "{altered}");
        }
    }
}
