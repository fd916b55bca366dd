//! Requests and policies about what has a rule of its own, made of any.

use locum_policy::Values;
use serde_json::Value;

use super::requests::Asked;
use crate::naive::Stack;

/// An action that AWS does not have.
const ACTION: &str = "locum:RevokeSessions";
/// A key whose values are the keys of tags.
const TAG_KEYS: &str = "aws:TagKeys";

/// Makes a request one for that action, but for those of trust policies, with tags that are called as `x:tag` is, in capitals;
/// and what policies ask of `x:tag` they ask of those.
pub fn make_own(asked: &mut Asked, stack: &mut Stack) {
    if !asked.action.starts_with("sts:") {
        ACTION.clone_into(&mut asked.action);
    }
    match asked.context.get("x:tag").cloned() {
        None => {}
        Some(Values::One(tag)) => asked.context.set(TAG_KEYS, tag.to_uppercase()),
        Some(Values::Many(tags)) => {
            let tags = tags.iter().map(|tag| tag.to_uppercase());
            asked.context.set_many(TAG_KEYS, tags);
        }
    }
    let Stack {
        identity,
        boundary,
        session,
        scps,
        rcps,
        resource,
        trust: _,
    } = stack;
    let lists = scps.iter_mut().chain(rcps).flatten();
    let documents = identity.iter_mut().chain(boundary).chain(resource).chain(lists);
    for document in documents.chain(session.iter_mut().flatten()) {
        let text = document.to_string();
        let text = ["x:tag", "X:TAG"].into_iter().fold(text, |text, key| {
            text.replace(&format!("\"{key}\":"), &format!("\"{TAG_KEYS}\":"))
        });
        *document = serde_json::from_str::<Value>(&text).unwrap();
    }
}
