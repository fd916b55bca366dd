//! Names as AWS writes them, read and written back.

use locum_names::{
    AccessKeyId, AccountId, Arn, KeyKind, NameError, Partition, PrincipalArn, PrincipalKind, UniqueId,
    UniqueKind,
};
use proptest::prelude::*;

/// `facts: sts §3.2`: ids recorded from AWS, with the account of the same document.
#[test]
fn recorded_ids_carry_their_account() {
    for (key, account) in [
        ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
        ("ASIAY34FZKBOKMUTVV7A", "609629065308"),
    ] {
        let key: AccessKeyId = key.parse().unwrap();
        assert_eq!(key.account().unwrap().to_string(), account);
        assert_eq!(key.kind(), KeyKind::Temporary);
    }
    for (role, account) in [
        ("AROAVW7XGDOWATIX2A3IA", "392971033516"),
        ("AROATJHQDX737YZP72NTF", "225989345271"),
    ] {
        let role: UniqueId = role.parse().unwrap();
        assert_eq!(role.account().unwrap().to_string(), account);
        assert_eq!(role.kind(), UniqueKind::Role);
    }
}

/// `facts: sts §3.2`: ids from before the scheme do not decode.
#[test]
fn an_old_key_id_carries_no_account() {
    // The documentation's example key has characters of the alphabet only.
    let key: AccessKeyId = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
    assert_eq!(key.account(), None);
}

#[test]
fn malformed_ids_are_refused() {
    for text in [
        "",
        "AKIA",
        "AKIAQNZGKIQY56JQ7WM",
        "AKIAQNZGKIQY56JQ7WMLL",
        "XKIAQNZGKIQY56JQ7WML",
        "AKIAqnzgkiqy56jq7wml",
        "AKIAQNZGKIQY56JQ7WM1",
    ] {
        assert_eq!(text.parse::<AccessKeyId>(), Err(NameError::AccessKeyId), "{text}");
    }
    for text in [
        "AROA",
        "AKIAVW7XGDOWATIX2A3IA",
        "AROAVW7XGDOWATIX2A3I1",
        "AROAVW7XGDOWATIX2A3IA:session",
    ] {
        assert_eq!(text.parse::<UniqueId>(), Err(NameError::UniqueId), "{text}");
    }
    for text in [
        "",
        "12345678901",
        "1234567890123",
        "12345678901a",
        "+12345678901",
        "１２３４",
    ] {
        assert_eq!(text.parse::<AccountId>(), Err(NameError::Account), "{text}");
    }
}

/// `facts: sts §3.4`.
#[test]
fn principal_arns_of_every_form() {
    let cases = [
        ("arn:aws:iam::123456789012:root", PrincipalKind::Root),
        (
            "arn:aws:iam::123456789012:user/Bob",
            PrincipalKind::User {
                path: "/".into(),
                name: "Bob".into(),
            },
        ),
        (
            "arn:aws-cn:iam::000000000001:user/a/b/Bob",
            PrincipalKind::User {
                path: "/a/b/".into(),
                name: "Bob".into(),
            },
        ),
        (
            "arn:aws:iam::123456789012:role/x/Admin",
            PrincipalKind::Role {
                path: "/x/".into(),
                name: "Admin".into(),
            },
        ),
        (
            "arn:aws-us-gov:sts::123456789012:assumed-role/Admin/me@x",
            PrincipalKind::AssumedRole {
                role: "Admin".into(),
                session: "me@x".into(),
            },
        ),
        (
            "arn:aws:sts::123456789012:federated-user/f",
            PrincipalKind::FederatedUser { name: "f".into() },
        ),
    ];
    for (text, kind) in cases {
        let arn: PrincipalArn = text.parse().unwrap();
        assert_eq!(arn.kind, kind);
        assert_eq!(arn.to_string(), text);
    }
}

#[test]
fn what_is_no_principal_is_refused() {
    for text in [
        "arn:aws:iam::123456789012:group/g",
        "arn:aws:iam::123456789012:root/",
        "arn:aws:iam::123456789012:user/",
        "arn:aws:iam:us-east-1:123456789012:root",
        "arn:aws:iam::12345678901:root",
        "arn:aws:iam::123456789012:role/*",
        "arn:aws:sts::123456789012:assumed-role/r",
        "arn:aws:sts::123456789012:assumed-role/r/s/t",
        "arn:aws:s3:::bucket",
        "arn:nowhere:iam::123456789012:root",
    ] {
        assert!(text.parse::<PrincipalArn>().is_err(), "{text}");
    }
}

#[test]
fn an_arn_keeps_the_colons_of_its_resource() {
    let text = "arn:aws:s3:::bucket/a:b/c";
    let arn = Arn::parse(text).unwrap();
    assert_eq!((arn.service, arn.resource), ("s3", "bucket/a:b/c"));
    assert_eq!(arn.to_string(), text);
    for text in [
        "arn:aws:s3::b",
        "nothing-valid-in-here",
        "arn::b:::x",
        "arn:aws:iam:::",
        "ARN:aws:iam:::x",
    ] {
        assert_eq!(Arn::parse(text), Err(NameError::Arn), "{text}");
    }
}

#[test]
fn partitions_round_trip() {
    for partition in Partition::ALL {
        assert_eq!(partition.as_str().parse(), Ok(partition));
    }
}

proptest! {
    #[test]
    fn an_account_is_twelve_digits_and_nothing_else(text in "[0-9]{0,11}[0-9a:/é+ -]?[0-9]{0,3}") {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let expected = digits.then(|| text.parse::<u64>().unwrap());
        prop_assert_eq!(text.parse::<AccountId>().ok().map(AccountId::number), expected);
    }

    #[test]
    fn ids_round_trip(number in 0..AccountId::LIMIT, random: u64) {
        let account = AccountId::new(number).unwrap();
        prop_assert_eq!(account.to_string().parse(), Ok(account));
        prop_assert_eq!(account.digits().to_vec(), account.to_string().into_bytes());
        for kind in [KeyKind::LongTerm, KeyKind::Temporary] {
            let key = AccessKeyId::new(kind, account, random);
            prop_assert_eq!(key.account(), Some(account));
            prop_assert_eq!(key.kind(), kind);
            prop_assert_eq!(key.as_str().parse(), Ok(key));
        }
        for kind in UniqueKind::ALL {
            let id = UniqueId::new(kind, account, random);
            prop_assert_eq!((id.account(), id.kind()), (Some(account), kind));
            prop_assert_eq!(id.as_str().parse(), Ok(id));
        }
    }

    #[test]
    fn different_random_bits_give_different_ids(a in 0u64..1 << 39, b in 0u64..1 << 39) {
        let account = AccountId::new(1).unwrap();
        prop_assert_eq!(a == b, AccessKeyId::new(KeyKind::LongTerm, account, a) == AccessKeyId::new(KeyKind::LongTerm, account, b));
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,64}") {
        let _ = text.parse::<PrincipalArn>();
        let _ = text.parse::<UniqueId>();
        let _ = text.parse::<AccessKeyId>();
        let _ = Arn::parse(&text);
    }
}
