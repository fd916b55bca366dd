//! Text of `config` and `credentials`: read without a panic; what is changed in it is one thing, and words are words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use locum_credentials::{
    Aliases, parse_profile_file, parse_time, quoted, split_words, with_key, without_keys,
};

const KEYS: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(words) = split_words(text) {
        let line: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        assert_eq!(split_words(&line.join(" ")), Ok(words));
    }
    assert_eq!(split_words(&quoted(text)).as_deref(), Ok(&[text.to_owned()][..]));
    let _ = parse_time(text);
    if let Ok(aliases) = Aliases::of(text) {
        for name in aliases.names(None) {
            assert!(aliases.get(None, name).is_ok_and(|found| found.is_some()));
        }
    }
    let Ok(sections) = parse_profile_file(text) else {
        assert!(with_key(text, &["new".to_owned()], "key", "value").is_err());
        return;
    };
    for (heading, section) in &sections {
        let Ok(without) = without_keys(text, heading, &KEYS) else {
            continue;
        };
        let after = parse_profile_file(&without).expect("it is read again");
        assert_eq!(after.len(), sections.len());
        for ((name, before), (same, after)) in sections.iter().zip(&after) {
            assert_eq!(name, same);
            let leaves = |key: &str| name == heading && KEYS.contains(&key);
            let left = before.values.iter().filter(|(key, _)| !leaves(key));
            assert!(
                left.clone()
                    .all(|(key, value)| after.values.get(key) == Some(value))
            );
            assert_eq!(left.count(), after.values.len());
            assert_eq!(before.nested, after.nested);
        }
        if section.values.contains_key("credential_process") {
            continue;
        }
        if let Ok(with) = with_key(
            text,
            std::slice::from_ref(heading),
            "credential_process",
            "one two",
        ) {
            let after = parse_profile_file(&with).expect("it is read again");
            let (_, found) = after
                .iter()
                .find(|(name, _)| name == heading)
                .expect("its section");
            assert_eq!(
                found.values.get("credential_process").map(String::as_str),
                Some("one two")
            );
        }
    }
});
