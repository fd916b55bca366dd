use crate::{declare::structure, model::Shape};

structure! {
    /// An entry of a map: XML writes it as an `entry` element, JSON as a member.
    MapEntry {
        /// Its key.
        required "key" key: String, Shape::TEXT;
        /// What stands under the key.
        required "value" value: String, Shape::TEXT;
    }
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "what the macro declares is public")]
mod tests {
    use super::*;
    use crate::{json, tags::tags, xml};

    structure! {
        /// Something with a map in it.
        Legend {
            /// What the signs mean.
            list "Signs" signs: Vec<MapEntry>, Shape::Map;
        }
    }

    #[test]
    fn a_map_is_entries_in_xml_and_an_object_in_json() {
        let entry = |key: &str, value: &str| MapEntry {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        let legend = Legend {
            signs: vec![entry("+", "peak"), entry("\"", "<hut>")],
        };
        let mut text = String::new();
        json::write_record(&mut text, &legend);
        assert_eq!(text, r#"{"Signs":{"+":"peak","\"":"<hut>"}}"#);

        let mut writer = xml::Writer::with_capacity(100);
        writer.record(tags!("Legend"), &legend);
        assert_eq!(
            writer.finish(),
            "  <Legend>\n    <Signs>\n      <entry>\n        <key>+</key>\n        <value>peak</value>\n      </entry>\n      \
             <entry>\n        <key>\"</key>\n        <value>&lt;hut&gt;</value>\n      </entry>\n    </Signs>\n  </Legend>\n"
        );
    }
}
