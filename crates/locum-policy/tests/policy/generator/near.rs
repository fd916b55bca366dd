//! Texts that are a given one, or nearly: what a policy's literals are made by.

use locum_policy::{Context, Values};

use crate::dice::Dice;

/// A text that is this one, or nearly.
pub fn near(dice: &mut Dice, text: &str, context: &Context<'_>) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = dice.below(chars.len() + 1);
    let whole = |chars: &[char]| chars.iter().collect::<String>();
    let with = |replacement: &str, skip: usize| {
        let after = (at + skip).min(chars.len());
        format!("{}{replacement}{}", whole(&chars[..at]), whole(&chars[after..]))
    };
    match dice.below(20) {
        0..=5 => text.to_owned(),
        6 => format!("{}*", whole(&chars[..at])),
        7 => format!("*{}", whole(&chars[at..])),
        8 => with("*", 0),
        9 => with("?", 1),
        10 => with("b", 1),
        11 => with("", 1),
        12 if dice.percent(50) => text.to_uppercase(),
        12 => text.to_lowercase(),
        13 | 14 => shift(dice, text),
        15 | 16 => variable(dice, text, context),
        17 => text.replacen('*', "${*}", 1),
        18 => with("*", 2),
        _ => "*".to_owned(),
    }
}

/// One field between colons cleared, doubled, dropped or starred.
fn shift(dice: &mut Dice, text: &str) -> String {
    let mut fields: Vec<&str> = text.split(':').collect();
    let at = dice.below(fields.len());
    match dice.below(4) {
        0 => fields[at] = "*",
        1 => fields.insert(at, fields[at]),
        2 if fields.len() > 1 => {
            fields.remove(at);
        }
        _ => fields[at] = "",
    }
    fields.join(":")
}

/// A value in the text written as its variable, or a variable put into it.
fn variable(dice: &mut Dice, text: &str, context: &Context<'_>) -> String {
    for key in ["aws:username", "x:tag"] {
        if let Some(Values::One(value)) = context.get(key)
            && !value.is_empty()
            && text.contains(&**value)
            && dice.percent(70)
        {
            let key = if dice.percent(30) {
                key.to_uppercase()
            } else {
                key.to_owned()
            };
            return text.replacen(&**value, &format!("${{{key}}}"), 1);
        }
    }
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .next_back()
        .unwrap_or_default();
    let (head, tail) = text.split_at(end);
    let default = if tail.contains(['\'', '}']) { "" } else { tail };
    match dice.below(15) {
        12 => format!("{head}${{aws:username\t}}{default}"),
        13 => format!("{head}${{aws:${{x:tag}}}}{default}"),
        14 => format!("{head}${{aws:user${{x:none, '{default}'}}"),
        7 => format!("{head}${{x:none"),
        8 => format!("{head}${{x:none, '{default}}}"),
        11 => format!("{head}${{x:none, '{default}'{default}'}}"),
        9 => format!("{head}${{x:none, '}}{default}'}}"),
        10 => format!("{head}${{x:tag, '{default}'}}"),
        3 => format!("{head}${{x:none,'{default}'}}"),
        4 => format!("{head}${{x:none ,  '{default}'}}"),
        5 => format!("{head}${{aws:username,{default}}}"),
        0 => format!("{head}${{x:none, '{default}'}}"),
        1 => format!("{text}${{x:none}}"),
        2 => format!("{text}${{x:tag}}"),
        _ => format!("{head}${{aws:username, '{default}'}}"),
    }
}
