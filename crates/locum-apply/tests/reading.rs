//! What files say, in any format, and where they are wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use locum_apply::{Account, Described, Format, Source, read, write};

fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.into(),
        text: text.into(),
    }
}

fn describe(files: &[(&str, &str)]) -> Result<Described, String> {
    let sources: Vec<Source> = files.iter().map(|(name, text)| source(name, text)).collect();
    let beside = |from: &str, path: &str| match path {
        "trust.json" => Ok(r#"{"Statement":{"Effect":"Allow"}}"#.to_owned()),
        "idp.xml" => Ok("<EntityDescriptor/>\n".to_owned()),
        _ => Err(format!("nothing beside {from}")),
    };
    read(&sources, &beside).map_err(|error| error.to_string())
}

fn account(yaml: &str) -> Account {
    describe(&[("a.yaml", yaml)]).unwrap().account.unwrap()
}

#[test]
fn mistakes_are_told_with_their_place() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("a.yaml", "")], "a.yaml:1:1: this describes nothing"),
        (&[("a.yaml", "# later\n")], "a.yaml:1:1: this describes nothing"),
        (&[("a.yaml", "---\n...\n")], "a.yaml:1:1: this describes nothing"),
        (&[("a.toml", "\n")], "a.toml:1:1: this describes nothing"),
        (&[("a.toml", "# later\n")], "a.toml:1:1: this describes nothing"),
        (&[("a.toml", "\u{feff}")], "a.toml:1:1: this describes nothing"),
        (&[("<stdin>", "")], "<stdin>:1:1: this describes nothing"),
        (
            &[("a.yaml", "account: {}\n"), ("b.yaml", "")],
            "b.yaml:1:1: this describes nothing",
        ),
        (
            &[("a.yaml", "account:\n  usrs: {}\n")],
            "a.yaml:2:3: unknown field `usrs`, expected one of `email`",
        ),
        (
            &[("a.yaml", "account:\n  users: [u]\n")],
            "a.yaml:2:10: a map is wanted here, not a list",
        ),
        (
            &[("a.yaml", "account:\n  users:\n")],
            "a.yaml:2:8: there is no value here; write [] or {} to have none",
        ),
        (
            &[("a.yaml", "account:\n  users:\n    bob:\n")],
            "a.yaml:3:8: a map is wanted here, not nothing; an empty one is {}",
        ),
        (
            &[("a.json", "{\"account\": {\"users\": {\"bob\": null}}}")],
            "a.json:1:31: a map is wanted here, not nothing; an empty one is {}",
        ),
        (&[("a.yaml", "a: [\n")], "a.yaml:2:1: not YAML: "),
        (
            &[("a.yaml", "account: !Ref x\n")],
            "a.yaml:1:10: tags such as !Ref mean nothing here",
        ),
        (
            &[("a.yaml", "account: {alias: a, alias: b}\n")],
            "a.yaml:1:21: `alias` is here a second time, after a.yaml:1:11",
        ),
        (
            &[("a.json", "{\"account\": {\n \"alias\": 5}}")],
            "a.json:2:11: a text is wanted here, not a number",
        ),
        (
            &[("a.json", "{\"account\": {},}")],
            "a.json:1:15: not JSON: a comma before the closing `}`",
        ),
        (
            &[("a.toml", "[account]\nalias = true\n")],
            "a.toml:2:9: a text is wanted here, not true or false",
        ),
        (&[("a.toml", "[account\n")], "a.toml:1:9: not TOML: "),
        (
            &[("a.yaml", "account: {roles: {r: {}}}")],
            "a.yaml:1:22: missing field `trust`",
        ),
        (
            &[("a.yaml", "account: {roles: {r: {trust: 'file:x.json'}}}")],
            "a.yaml:1:30: cannot read x.json: nothing beside a.yaml",
        ),
        (
            &[("a.yaml", "account: {roles: {r: {trust: '{\"a\":1,\"a\":2}'}}}")],
            "a.yaml:1:30: this text is no policy: the text:1:8: not JSON: the key `a` occurs twice",
        ),
        (
            &[
                ("a.yaml", "account: {users: {u: {}}}"),
                ("b.toml", "[account.users.u]"),
            ],
            "b.toml:1:16: `account.users.u` is described a second time, after a.yaml:1:19; keep one of them",
        ),
        (
            &[("a.yaml", "account: {email: a@example.com}")],
            "a.yaml:1:11: `email` belongs to an account of the organization; describe it under `accounts`",
        ),
        (
            &[("a.yaml", "account: {oidcProviders: {example.com: {}}}")],
            "a.yaml:1:27: an OIDC provider is named by its URL; write https://example.com",
        ),
        (
            &[("a.yaml", "organization: {units: {Prod/Europe: {}}}")],
            "a.yaml:1:24: a unit cannot be named `Prod/Europe`: `/` separates units in paths",
        ),
        (
            &[("a.yaml", "organization: {units: {Prod: {units: {a/b: {}}}}}")],
            "a.yaml:1:16: a unit cannot be named `a/b`",
        ),
        (
            &[("a.yaml", "organization: {policyTypes: [SCP]}")],
            "a.yaml:1:30: unknown variant `SCP`, expected `SERVICE_CONTROL_POLICY` or `RESOURCE_CONTROL_POLICY`",
        ),
    ];
    for (files, expected) in cases {
        let error = describe(files).unwrap_err();
        assert!(error.starts_with(expected), "{files:?}\n{error}\n{expected}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn formats_and_splits_mean_the_same() {
    let whole = describe(&[(
        "a.yaml",
        "account: {alias: x, users: {u: {tags: {n: '1'}}, v: {}}}\naccounts: {012345678901: {}}",
    )]);
    let parts = describe(&[
        (
            "a.toml",
            "[account]\nalias = 'x'\n[account.users.u.tags]\nn = '1'\n",
        ),
        (
            "b.json",
            r#"{"account": {"users": {"v": {}}}, "accounts": {"012345678901": {}}}"#,
        ),
    ]);
    assert_eq!(whole, parts);
    let several = describe(&[
        (
            "a.yaml",
            "account: {users: {u: {tags: {n: '1'}}}}\n---\naccount: {alias: x}\n---\n",
        ),
        ("b.yml", "account: {users: {v: {}}}\naccounts: {012345678901: {}}"),
    ]);
    assert_eq!(whole, several);
    let files = describe(&[(
        "a.yaml",
        "account: {roles: {r: {trust: file:trust.json}}, samlProviders: {s: {metadata: file:idp.xml}}}",
    )]);
    let account = files.unwrap().account.unwrap();
    assert_eq!(
        account.roles.unwrap()["r"].trust.0["Statement"]["Effect"],
        "Allow"
    );
    assert_eq!(
        account.saml_providers.unwrap()["s"].metadata.0,
        "<EntityDescriptor/>\n"
    );
}

/// An empty map is said outright in YAML and JSON; TOML has only the file with nothing in it, which is refused.
#[test]
fn what_describes_nothing_is_written_where_it_can_be_read() {
    let nothing = describe(&[("a.json", "{}")]).unwrap();
    for (format, name) in [(Format::Yaml, "a.yaml"), (Format::Json, "a.json")] {
        let text = write(&nothing, format).unwrap();
        assert_eq!(describe(&[(name, &text)]).as_ref(), Ok(&nothing), "{text}");
    }
    assert_eq!(
        write(&nothing, Format::Toml).unwrap_err().to_string(),
        "cannot be written as TOML: a file of it with nothing in it is refused"
    );
}

/// A condition compares a number as the text that it is.
#[test]
fn numbers_of_documents_are_as_they_are_written() {
    let numbers = [
        ("12", "12"),
        ("1.10", "1.10"),
        ("-0", "-0"),
        ("12e+5", "12e+5"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        // What cannot be kept as a number is kept as a text, which a condition takes for the same.
        ("12e5", "\"12e5\""),
        ("1E5", "\"1E5\""),
        ("1.5E-07", "\"1.5E-07\""),
    ];
    for (number, expected) in numbers {
        let expected = format!("{{\"a\":[{expected}]}}");
        let json =
            format!(r#"{{"account": {{"groups": {{"g": {{"inline": {{"i": {{"a": [{number}]}}}}}}}}}}}}"#);
        let text = json.replace(
            &format!("{{\"a\": [{number}]}}"),
            &format!(r#""{{\"a\": [{number}]}}""#),
        );
        let yaml = format!("account: {{groups: {{g: {{inline: {{i: {{a: [{number}]}}}}}}}}}}");
        let toml = format!("[account.groups.g.inline.i]\na = [{number}]");
        for (name, source) in [
            ("a.json", json),
            ("a.json", text),
            ("a.yaml", yaml),
            ("a.toml", toml),
        ] {
            // TOML has no integers of this size.
            if name == "a.toml" && number.len() > 20 {
                continue;
            }
            let account = describe(&[(name, &source)]).unwrap().account.unwrap();
            let document = &account.groups.unwrap()["g"].inline.clone().unwrap()["i"];
            assert_eq!(document.0.to_string(), expected, "{source}");
        }
    }
    // What JSON has no number for is a text as well.
    let account = account("account: {groups: {g: {inline: {i: {a: [00123, 0x1f, .5, +1]}}}}}");
    let document = &account.groups.unwrap()["g"].inline.clone().unwrap()["i"];
    assert_eq!(document.0.to_string(), r#"{"a":["00123","0x1f",".5","+1"]}"#);
}

#[test]
fn aliases_are_copied_but_not_without_end() {
    let shared = account("account: {groups: {g: {inline: {a: &x {Statement: []}, b: *x}}}}");
    let inline = shared.groups.unwrap()["g"].inline.clone().unwrap();
    assert_eq!(inline["a"], inline["b"]);
    let mut bomb = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let row = format!("*a{}, ", n - 1).repeat(10);
        bomb.push_str(&format!("b{n}: &a{n} [{}]\n", row.trim_end_matches(", ")));
    }
    assert!(
        describe(&[("a.yaml", &bomb)])
            .unwrap_err()
            .contains("too many values")
    );
    let deep = "[".repeat(10_000);
    assert!(describe(&[("a.yaml", &deep)]).is_err());
    assert!(describe(&[("a.json", &deep)]).is_err());
}
