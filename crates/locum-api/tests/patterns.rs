//! Each pattern against texts on both sides of it.

use locum_api::pattern::{self, Pattern};

#[track_caller]
fn check(pattern: &Pattern, yes: &[&str], no: &[&str]) {
    for text in yes {
        assert!((pattern.matches)(text), "{text:?} should match {}", pattern.text);
    }
    for text in no {
        assert!(
            !(pattern.matches)(text),
            "{text:?} should not match {}",
            pattern.text
        );
    }
}

#[test]
fn names_are_ascii() {
    check(
        &pattern::SESSION_NAME,
        &["", "a_Z0+=,.@-"],
        &["a b", "é", "a:b", "a/b", "a\n"],
    );
    check(&pattern::NAME, &["a"], &["", "a*"]);
    check(&pattern::EXTERNAL_ID, &["", "a:/b"], &["a b", "a\\b"]);
    check(&pattern::SERIAL_NUMBER, &["arn:aws:iam::1:mfa/x"], &["a b"]);
    check(
        &pattern::IAM_SERIAL_NUMBER,
        &["arn:aws:iam::1:mfa/x"],
        &["", "a b"],
    );
    check(&pattern::AUTHENTICATION_CODE, &["012345"], &["", "٠", "12345 "]);
    check(
        &pattern::SAML_PROVIDER_NAME,
        &["a.B_1-"],
        &["", "a b", "a@b", "é"],
    );
    check(&pattern::PRIVATE_KEY_ID, &["A0"], &["", "a0", "A-0", "É"]);
    check(&pattern::TOKEN_CODE, &["", "012345"], &["٠", "12345a", " "]);
    check(&pattern::KEY_ID, &["", "AKIA_1"], &["a-b"]);
    check(&pattern::UNIQUE_ID, &["AIDA"], &["", "a-b"]);
    check(&pattern::FEDERATED_ID, &["1:a"], &["1/a"]);
}

#[test]
fn an_arn_is_what_java_reads() {
    // `\u10000-\u10FFFF` is U+1000, the range `0`–U+10FF, and two Fs: it lets U+007F through, but nothing above U+FFFD.
    check(
        &pattern::ARN,
        &["a \t\n\r\u{7f}\u{85}\u{9f}\u{d7ff}\u{fffd}"],
        &["", "\u{1}", "\u{fffe}", "\u{10000}", "\u{10ffff}"],
    );
}

#[test]
fn documents_are_latin_1() {
    check(
        &pattern::DOCUMENT,
        &["{}\t\n\r", "\u{7f}\u{ff}"],
        &["", "\u{0}", "\u{100}", "€"],
    );
    check(
        &pattern::DESCRIPTION,
        &["", "\u{a1}"],
        &["\u{7f}", "\u{a0}", "\u{100}"],
    );
    check(&pattern::MARKER, &["AA=="], &["", "\n", "\u{100}"]);
}

#[test]
fn tags_are_letters_separators_and_numbers_of_all_scripts() {
    let yes = [
        "a",
        "é",
        "一",
        "𝒜",
        "\u{2028}",
        "\u{3000}",
        "½",
        "Ⅷ",
        "٣",
        "ʰ",
        "_.:/=+-@ ",
    ];
    check(
        &pattern::TAG_KEY,
        &yes,
        &[
            "", "*", "\t", "\n", "😀", "e\u{301}", "\u{93e}", "\u{200b}", "a\u{0}",
        ],
    );
    check(&pattern::TAG_VALUE, &[""], &["*"]);
}

#[test]
fn paths_begin_and_end_with_a_slash() {
    check(
        &pattern::PATH,
        &["/", "/a/", "/a//b/", "///", "/~!/"],
        &["", "//", "a", "/a", "a/", "/a b/", "/é/"],
    );
    check(
        &pattern::PATH_PREFIX,
        &["/", "/a", "/a/", "/\u{7f}"],
        &["", "a", "/a b"],
    );
    check(
        &pattern::POLICY_PATH,
        &["/", "/a/", "/a/b.,+@=_-/"],
        &["", "//", "/a", "/a//", "/a//b/", "/a*/", "a/"],
    );
}

#[test]
fn versions_begin_with_v() {
    check(
        &pattern::POLICY_VERSION,
        &["v1", "v10", "v1.", "v2.a-B9"],
        &["", "v", "v0", "v01", "1", "v1a", "v1.a.b", "v1._"],
    );
}

#[test]
fn organizations_has_its_own() {
    check(
        &pattern::ACCOUNT_ID,
        &["012345678901"],
        &["", "01234567890", "0123456789012", "01234567890a"],
    );
    check(
        &pattern::EMAIL,
        &["a@b.c", "a@b.c.d", "a@.b.c"],
        &["", "a@b", "a@.b", "a@b.", "a b@c.d", "@b.c", "a@b@c.d"],
    );
    check(&pattern::ORGANIZATION_ROLE_NAME, &["a"], &["", "a b"]);
    check(
        &pattern::CREATE_ACCOUNT_REQUEST_ID,
        &["car-0123abcd"],
        &["car-0123abc", "car-0123ABCD", "0123abcd"],
    );
    check(
        &pattern::ORGANIZATION_ID,
        &["o-0123456789"],
        &["o-012345678", "o-012345678A"],
    );
    check(
        &pattern::ORGANIZATION_PATH,
        &[
            "o-0123456789/r-0123/",
            "o-0123456789/r-0123/ou-0123-01234567/012345678901/",
        ],
        &[
            "o-0123456789/",
            "o-0123456789/r-0123",
            "o-0123456789/r-0123/x/",
            "r-0123/",
        ],
    );
}

#[test]
fn delegation_requests_have_their_own() {
    check(
        &pattern::IAM_ACCOUNT_ID,
        &["012345678901"],
        &["", "01234567890", "0123456789012"],
    );
    check(&pattern::DELEGATION_REQUEST_ID, &["a-B_0"], &["", "a.b"]);
    check(
        &pattern::OWNER_ID,
        &["arn:aws:iam::012345678901:user/a+=,.@_-"],
        &["", "a b", "é", "a\n"],
    );
    check(
        &pattern::WORKFLOW_ID,
        &["a\n\u{a1}"],
        &["", "\u{7f}", "\u{a0}", "\u{100}"],
    );
    check(
        &pattern::NOTIFICATION_CHANNEL,
        &["arn:aws:sns:a-b_c.d"],
        &["", "a/b", "a b"],
    );
    check(&pattern::POLICY_PARAMETER, &[" ~"], &["", "\t", "é"]);
    check(
        &pattern::REDIRECT_URL,
        &[
            "http://",
            "https://a.b/c-d_e",
            "https://a?",
            "https://a?b=c&d=e#f/g",
            "https://a#",
            "https://a#b",
        ],
        &[
            "",
            "ftp://a",
            "HTTPS://a",
            "javascript:http://a",
            "https:/a",
            "https://a:80",
            "https://a@b",
            "https://a?b?c",
            "https://a?b/c",
            "https://a#b?c",
            "https://a#b#c",
            "https://a\n",
            "https://é",
        ],
    );
}

#[test]
fn aliases_begin_and_end_with_letters_or_digits() {
    check(
        &pattern::ACCOUNT_ALIAS,
        &["abc", "a-b-c", "123", "0a9", &"a".repeat(63)],
        &[
            "",
            "ab",
            &"a".repeat(64),
            "-ab",
            "ab-",
            "a--b",
            "Abc",
            "a_b",
            "a.b",
            "abc\n",
            "abé",
        ],
    );
}

#[test]
fn ids_of_organizations_are_whole() {
    let unit = "ou-ab12-abcdefgh";
    check(
        &pattern::ROOT_ID,
        &["r-ab12"],
        &["", "r-ab1", "r-AB12", "r-ab12 ", unit],
    );
    check(
        &pattern::UNIT_ID,
        &[unit],
        &["", "ou-ab12", "ou-ab12-abcdefg", "ou-ab12-abcdefgh-", "r-ab12"],
    );
    // To the letter, these would let anything follow the first alternative or stand before the last.
    check(
        &pattern::PARENT_ID,
        &["r-ab12", unit],
        &["r-ab12/x", "xou-ab12-abcdefgh", "111122223333"],
    );
    check(
        &pattern::CHILD_ID,
        &["111122223333", unit],
        &["1111222233334", "r-ab12", "x"],
    );
    check(
        &pattern::POLICY_TARGET_ID,
        &["r-ab12", "111122223333", unit],
        &["", "p-abcdefgh", "r-ab12\n"],
    );
    check(
        &pattern::ORGANIZATION_POLICY_ID,
        &["p-abcdefgh", "p-FullAWSAccess", "p-A_1b2c3d"],
        &["p-abcdefg", "abcdefgh", "p-abcdefg/"],
    );
    check(
        &pattern::TAGGABLE_ID,
        &[
            "r-ab12",
            "111122223333",
            unit,
            "p-abcdefgh",
            "rp-abcd",
            "rt-abcdefgh",
        ],
        &["", "o-abcdefghij", "rt-abcd"],
    );
    check(
        &pattern::SERVICE_PRINCIPAL,
        &["", "iam.amazonaws.com"],
        &["iam amazonaws", "iam/amazonaws"],
    );
    check(
        &pattern::GENERIC_ARN,
        &["arn:aws:organizations::aws:policy/x"],
        &[
            "arn:aws:organizations:::x",
            "arn:aws:iam::1:x",
            "arn:aws:organizations::1:",
        ],
    );
}
