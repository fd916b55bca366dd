//! What several tests ask the simulator with, and what they read of its answers.

use crate::harness::{Answer, Parameters, World};
use crate::iam::texts::ALLOW_ALL;

pub(super) const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
/// The least of a question.
pub(super) const CUSTOM: &[(&str, &str)] = &[
    ("PolicyInputList.member.1", ALLOW_ALL),
    ("ActionNames.member.1", "s3:GetObject"),
];
pub(super) const READ: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;

pub(super) const OBJECT: &str = "arn:aws:s3:::notes/today";

pub(super) fn custom(world: &World, more: &Parameters<'_>) -> Answer {
    world.admin("SimulateCustomPolicy", more).ok()
}

/// Line and column of where each statement begins and ends.
pub(super) fn places(answer: &Answer) -> Vec<String> {
    let starts = answer.texts("StartPosition");
    let ends = answer.texts("EndPosition");
    let number = |text: &str, name: &str| {
        let open = format!("<{name}>");
        text.split(&open)
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .to_owned()
    };
    let place = |text: &String| format!("{}:{}", number(text, "Line"), number(text, "Column"));
    starts
        .iter()
        .zip(&ends)
        .map(|(start, end)| format!("{}-{}", place(start), place(end)))
        .collect()
}
