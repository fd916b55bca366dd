/// The tags of an XML element, spelled out where it is declared: an answer has two for each of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tags {
    /// `<Arn>`.
    pub(crate) open: &'static str,
    /// `</Arn>` and the end of the line.
    pub(crate) close: &'static str,
    /// `<Arn/>` and the end of the line.
    pub(crate) empty: &'static str,
}

/// Returns the tags of an element by its name.
macro_rules! tags {
    ($name:literal) => {
        $crate::Tags {
            open: concat!("<", $name, ">"),
            close: concat!("</", $name, ">\n"),
            empty: concat!("<", $name, "/>\n"),
        }
    };
}

pub(crate) use tags;
