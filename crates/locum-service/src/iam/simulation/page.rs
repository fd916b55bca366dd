//! The results of a simulation, a page at a time.

use locum_api::{iam::EvaluationResult, model::Operation};

use super::cases::Case;
use crate::{
    call::{Call, Failure},
    paging::{InvalidMarker, Pager, Question},
};

/// A page ends when its results took this many steps, whatever `MaxItems` says.
const STEPS_A_PAGE: usize = 16_000_000;

/// Which page is asked for. `request`: everything that decides what the results are.
pub(super) struct PageOf<'r> {
    pub(super) operation: &'static Operation,
    pub(super) request: &'r str,
    pub(super) marker: Option<&'r str>,
    pub(super) max_items: Option<i32>,
}

/// Simulates one page of the actions, and tells where the next one begins.
///
/// # Errors
/// The marker is not of this request, or one action takes too much.
pub(super) fn page(
    call: &mut Call<'_>,
    of: &PageOf<'_>,
    case: &Case<'_>,
) -> Result<(Vec<EvaluationResult>, Option<String>), Failure> {
    let question = Question {
        operation: of.operation,
        filters: &[of.request],
        marker: of.marker,
        max_items: of.max_items,
    };
    let pager = Pager::open(call, question)?;
    let begin: usize = match pager.after() {
        Some(key) => key.parse().map_err(|_| InvalidMarker)?,
        None => 0,
    };
    let (mut results, mut steps) = (Vec::new(), 0_usize);
    for action in case.actions.iter().skip(begin).take(pager.limit()) {
        if steps > STEPS_A_PAGE {
            break;
        }
        let (result, took) = case.answer(action)?;
        results.push(result);
        steps = steps.saturating_add(took);
    }
    let end = begin.saturating_add(results.len());
    let marker = (end < case.actions.len()).then(|| pager.seal(call, &end.to_string()));
    Ok((results, marker))
}
