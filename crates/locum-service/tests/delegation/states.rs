//! Every operation in every state: what is allowed, where it leads, and how the rest is refused.

use super::parties::Parties;

const STATES: [&str; 7] = [
    "UNASSIGNED",
    "ASSIGNED",
    "PENDING_APPROVAL",
    "ACCEPTED",
    "FINALIZED",
    "REJECTED",
    "EXPIRED",
];

/// A request in a state, of each of the ways there.
fn in_state(parties: &Parties, state: &str) -> String {
    match state {
        "UNASSIGNED" => parties.asked(&[]),
        "ASSIGNED" => parties.assigned(&[]),
        "PENDING_APPROVAL" => {
            let id = parties.assigned(&[]);
            parties.on(&parties.admin, "UpdateDelegationRequest", &id).ok();
            id
        }
        "ACCEPTED" => parties.accepted(&parties.admin, &[]),
        "FINALIZED" => parties.finalized(&parties.admin, &[]).0,
        "REJECTED" => {
            let id = parties.assigned(&[]);
            parties.on(&parties.admin, "RejectDelegationRequest", &id).ok();
            id
        }
        _ => {
            let id = parties.asked(&[]);
            parties.advance(24 * 3600);
            id
        }
    }
}

#[test]
fn operations_lead_from_state_to_state() {
    let parties = Parties::new();
    for (operation, allowed, next) in [
        ("AssociateDelegationRequest", &["UNASSIGNED"][..], "ASSIGNED"),
        (
            "UpdateDelegationRequest",
            &["ASSIGNED", "PENDING_APPROVAL"],
            "PENDING_APPROVAL",
        ),
        (
            "AcceptDelegationRequest",
            &["ASSIGNED", "PENDING_APPROVAL"],
            "ACCEPTED",
        ),
        (
            "RejectDelegationRequest",
            &["ASSIGNED", "PENDING_APPROVAL", "ACCEPTED", "FINALIZED"],
            "REJECTED",
        ),
        ("SendDelegationToken", &["ACCEPTED"], "FINALIZED"),
    ] {
        for state in STATES {
            let id = in_state(&parties, state);
            let before = parties.kept(&id);
            assert_eq!(parties.state(&id), state);
            let answer = parties.on(&parties.admin, operation, &id);
            if allowed.contains(&state) {
                answer.ok();
                assert_eq!(parties.state(&id), next, "{operation} of {state}");
            } else {
                let allowed = allowed.join(" or ");
                let text = format!("The delegation request {id} is {state}; it must be {allowed}.");
                answer.fails(400, "InvalidInput", &text);
                assert_eq!(answer.header("x-locum-trade-in-token"), None);
                assert_eq!(
                    parties.kept(&id).revision,
                    before.revision,
                    "{operation} of {state}"
                );
            }
        }
    }
}

#[test]
fn a_request_can_be_read_in_every_state() {
    let parties = Parties::new();
    for state in STATES {
        let id = in_state(&parties, state);
        assert_eq!(parties.state(&id), state);
    }
}

#[test]
fn a_rejected_request_keeps_its_reason_and_an_updated_one_its_notes() {
    let parties = Parties::new();
    let id = parties.assigned(&[]);
    let with = |action: &str, notes: &str| {
        let parameters = [("DelegationRequestId", &*id), ("Notes", notes)];
        parties.iam(&parties.owner, action, &parameters).ok();
    };
    with("UpdateDelegationRequest", "first");
    parties.on(&parties.owner, "UpdateDelegationRequest", &id).ok();
    let shown = parties.on(&parties.owner, "GetDelegationRequest", &id).ok();
    assert_eq!(shown.text("Notes"), "first");
    with("UpdateDelegationRequest", "second");
    with("RejectDelegationRequest", "Not now.");
    let shown = parties.on(&parties.owner, "GetDelegationRequest", &id).ok();
    assert_eq!(shown.text("Notes"), "second");
    assert_eq!(shown.text("RejectionReason"), "Not now.");
}

#[test]
fn whoever_takes_a_request_first_has_it() {
    let parties = Parties::new();
    let id = parties.asked(&[("OwnerAccountId", "")]);
    let seen = parties.on(&parties.third, "GetDelegationRequest", &id).ok();
    assert_eq!(seen.find("OwnerAccountId"), None);
    parties.on(&parties.owner, "AssociateDelegationRequest", &id).ok();
    let text = format!("The delegation request with id {id} cannot be found.");
    for action in ["AssociateDelegationRequest", "GetDelegationRequest"] {
        parties
            .on(&parties.third, action, &id)
            .fails(404, "NoSuchEntity", &text);
    }
    let again = parties.on(&parties.admin, "AssociateDelegationRequest", &id);
    let text = format!("The delegation request {id} is ASSIGNED; it must be UNASSIGNED.");
    again.fails(400, "InvalidInput", &text);
}
