//! The few words that requests and policies are made of, chosen so that they often just miss each other.

pub const ACTIONS: [&str; 5] = [
    "s3:GetObject",
    "s3:Get",
    "sts:AssumeRole",
    "s3:GetObjectAcl",
    "sts:TagSession",
];

/// Some resources, for tests that begin with the policies.
pub const RESOURCES: [&str; 5] = [
    "arn:aws:sqs:::a/b",
    "arn:aws:sqs:eu:111111111111:alice",
    "arn:aws:sqs:::a:b",
    "arn:aws:iam::111111111111:role/a",
    "*",
];

pub const PROVIDER: &str = "arn:aws:iam::111111111111:oidc-provider/idp.example.com";
pub const PIECES: [&str; 9] = ["a", "b", "A", "alice", "*", "é", "a\nb", "a:b", ""];

pub const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "alice",
    "*",
    "a*",
    "${aws:username}",
    "é",
    "É",
    "K",
    "\u{212a}",
    "a\nb",
];

pub const ARNS: &[&str] = &[
    "arn:aws:sqs:::b/a",
    "arn:aws:sqs:eu:111111111111:alice/x",
    "arn:aws:iam::111111111111:role/a",
    "arn:aws:sqs::a:b:c",
    "a",
];

pub const NUMBERS: [&str; 11] = ["1", "1.0", "01", "-1", "2.5", "2", "0", "-0", "x", "1e0", "+1"];
pub const DATES: [&str; 8] = [
    "1704067200",
    "2024",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2024-01-01T05:00:00+05:00",
    "2024-01-02",
    "1704067201",
    "2023-12-31T23:59:59.5Z",
];

pub const FLAGS: [&str; 6] = ["true", "false", "True", "FALSE", "x", "${x:flag}"];
const ADDRESSES: [&str; 8] = [
    "10.0.0.1",
    "10.0.0.2",
    "11.0.0.1",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "x",
];

pub const RANGES: [&str; 9] = [
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.0/31",
    "0.0.0.0/0",
    "::/0",
    "::1",
    "0::1/128",
    "2001:DB8::/32",
    "x",
];

pub const BLOBS: [&str; 7] = ["AQ==", "AR==", "AQ", "AQID", "aqid", "x", ""];

/// Keys, and what a request may hold under them.
pub const KEYS: [(&str, &[&str]); 8] = [
    ("x:tag", TEXTS),
    ("aws:username", &["alice", "a", "*", "", "${x:tag}"]),
    ("x:arn", ARNS),
    ("x:number", &NUMBERS),
    ("x:date", &DATES),
    ("x:flag", &FLAGS),
    ("x:ip", &ADDRESSES),
    ("x:blob", &BLOBS),
];
