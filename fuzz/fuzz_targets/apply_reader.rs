//! A byte for the format, then a file of `locum apply`: read without a panic, and what is read is written in every format that can
//! say it and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use locum_apply::{Described, FileError, Format, Source, read, read_yaml, write};

const ENDINGS: [(&str, Format); 3] = [
    ("yaml", Format::Yaml),
    ("json", Format::Json),
    ("toml", Format::Toml),
];

fn described(ending: &str, text: &str) -> Result<Described, FileError> {
    let source = Source {
        name: format!("file.{ending}"),
        text: text.to_owned(),
    };
    // A file that another names: there is one, which is no policy.
    read(&[source], &|_, _| Ok("{}".to_owned()))
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, text)) = input.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let (ending, _) = ENDINGS[usize::from(*choice) % ENDINGS.len()];
    let plain = read_yaml("text", text);
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(text)
        && let Ok(plain) = plain
        && value.is_string()
    {
        assert_eq!(value, plain, "a JSON string is that string in YAML");
    }
    let Ok(read) = described(ending, text) else {
        return;
    };
    for (ending, format) in ENDINGS {
        match write(&read, format) {
            Ok(written) => {
                let again = described(ending, &written);
                assert_eq!(again.as_ref(), Ok(&read), "{written}");
            }
            Err(error) => assert_eq!(format, Format::Toml, "{error}"),
        }
    }
});
