//! Whole seconds, the only times that tokens, records and condition keys know.

use std::{cell::RefCell, thread::LocalKey};

use jiff::Timestamp;
use locum_api::push_instant;

/// The instant of a Unix second. Seconds come from sealed tokens of our own, so one outside the calendar cannot occur;
/// it would read as 1970, which is expired.
#[must_use]
pub(crate) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A Unix second as `2026-11-22T10:00:00Z`.
#[must_use]
pub(crate) fn instant_text(second: i64) -> String {
    let mut text = String::with_capacity(20);
    push_instant(&mut text, instant(second));
    text
}

/// The text of a moment, as a thread wrote it last. Most calls of a second need the same.
#[derive(Default)]
pub(crate) struct LastText {
    of: Option<Timestamp>,
    text: String,
}

thread_local! {
    static NOW: RefCell<LastText> = RefCell::default();
}

impl LastText {
    /// Appends the text of a time: the one that `kept` has, or else what `write` writes, which stands for nothing but the time.
    pub(crate) fn push(
        kept: &'static LocalKey<RefCell<Self>>,
        out: &mut String,
        time: Timestamp,
        write: impl FnOnce(&mut String, Timestamp),
    ) {
        kept.with_borrow_mut(|last| {
            if last.of != Some(time) {
                last.of = None;
                last.text.clear();
                write(&mut last.text, time);
                last.of = Some(time);
            }
            out.push_str(&last.text);
        });
    }
}

/// Appends the second of a call as `2026-11-22T10:00:00Z`.
pub(crate) fn push_now(out: &mut String, now: Timestamp) {
    LastText::push(&NOW, out, instant(now.as_second()), push_instant);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_text_is_that_of_its_second() {
        for second in [0, 1, 1, 0, 1_700_000_000, 1_700_000_000, -1] {
            let mut text = String::from("a");
            push_now(&mut text, instant(second));
            assert_eq!(text, format!("a{}", instant_text(second)));
        }
    }
}
