//! The JSON Schema of the files, made from the types that read them.
//!
//! It is a file of the repository, so that editors can fetch it and the program needs no library to print it; this test
//! keeps it true. `LOCUM_BLESS=1` writes it anew.

use schemars::generate::SchemaSettings;

use crate::Described;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/locum.schema.json");

#[test]
fn the_schema_is_that_of_the_types() {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Described>();
    schema.insert("title".to_owned(), "What locum apply makes of accounts".into());
    // No value may be null: the reader asks for a word instead.
    let mut schema = schema.to_value();
    remove_null(&mut schema);
    let text = format!("{schema:#}\n");
    if std::env::var_os("LOCUM_BLESS").is_some() {
        std::fs::write(PATH, &text).unwrap();
    }
    let stored = std::fs::read_to_string(PATH).unwrap_or_default();
    assert_eq!(stored, text, "run LOCUM_BLESS=1 cargo test -p locum-apply");
}

/// Optional members are described as "or null"; being left out is all that optional means here.
fn remove_null(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(members) => {
            if let Some(serde_json::Value::Array(kinds)) = members.get_mut("type") {
                kinds.retain(|kind| kind != "null");
                if let [only] = kinds.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            if let Some(serde_json::Value::Array(choices)) = members.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type") != Some(&"null".into()));
                if let [only] = choices.as_slice() {
                    let only = only.clone();
                    members.remove("anyOf");
                    members.extend(only.as_object().cloned().unwrap_or_default());
                }
            }
            members.remove("default");
            members.values_mut().for_each(remove_null);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(remove_null),
        _ => {}
    }
}
