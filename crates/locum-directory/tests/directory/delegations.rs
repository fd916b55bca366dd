//! Delegation requests: who may have granted one, and what is listed and swept.

use locum_directory::{ChangeError, Changes, DelegationRequest, DelegationState, DelegationToken};
use locum_names::AccountId;

use crate::{
    fixture::{account, in_memory, put, put_refused, queue},
    samples::{full_request, later, request},
};

#[test]
fn a_delegation_is_granted_by_somebody_of_the_account_and_its_token_is_used_once() {
    let directory = in_memory();
    let full = full_request();
    let stranger = AccountId::from_random(77);
    let foreign = DelegationRequest {
        owner_account: Some(stranger),
        ..full.clone()
    };
    let nobody = DelegationRequest {
        approval: None,
        ..full.clone()
    };
    let accepted = DelegationRequest {
        state: DelegationState::Accepted,
        token: None,
        ..nobody.clone()
    };
    let no_token = DelegationRequest {
        token: None,
        ..full.clone()
    };
    for bad in [
        foreign,
        nobody,
        accepted,
        no_token,
        request("", "w"),
        request("i", ""),
    ] {
        assert!(matches!(put_refused(&directory, bad), ChangeError::Invalid(..)));
    }
    let unknown = DelegationRequest {
        requestor: stranger,
        ..request("i", "w")
    };
    assert!(matches!(
        put_refused(&directory, unknown),
        ChangeError::Dangling(..)
    ));

    put(&directory, full.clone());
    let read = DelegationRequest::clone(directory.snapshot().delegation_request(&full.id).unwrap());
    let unused = DelegationToken {
        used: None,
        ..read.token.unwrap()
    };
    let other = DelegationToken {
        digest: [6; 32],
        ..read.token.unwrap()
    };
    for token in [Some(unused), Some(other), None] {
        let again = DelegationRequest {
            token,
            state: DelegationState::Accepted,
            ..read.clone()
        };
        assert!(matches!(put_refused(&directory, again), ChangeError::Invalid(..)));
    }
    let same_token = DelegationRequest {
        id: "other".into(),
        workflow_id: "other".into(),
        ..full.clone()
    };
    assert!(matches!(
        put_refused(&directory, same_token),
        ChangeError::Invalid(..)
    ));
    let same_workflow = put_refused(&directory, request("other", "workflow-1"));
    assert!(
        matches!(same_workflow, ChangeError::Invalid(..)),
        "{same_workflow}"
    );
}

#[test]
fn delegation_requests_are_listed_by_owner_account_and_swept_when_expired() {
    let directory = in_memory();
    for (id, workflow, minutes, owned) in [("c", "1", 5, true), ("a", "2", 9, true), ("b", "3", 1, false)] {
        let owner_account = owned.then(account);
        put(
            &directory,
            DelegationRequest {
                owner_account,
                expires: later(minutes),
                ..request(id, workflow)
            },
        );
    }
    let ids = |after| -> Vec<String> {
        let snapshot = directory.snapshot();
        let listed = snapshot.delegation_requests(account(), after);
        listed.map(|request| request.id.to_string()).collect()
    };
    assert_eq!(
        (ids(None), ids(Some("a"))),
        (vec!["a".into(), "c".into()], vec!["c".into()])
    );
    let snapshot = directory.snapshot();
    let due: Vec<&str> = snapshot
        .delegation_requests_until(later(5))
        .map(|r| &*r.id)
        .collect();
    assert_eq!(due, ["b", "c"]);
    assert_eq!(snapshot.counts(account()).delegation_requests, 3);
    let request = snapshot.delegation_request("c").unwrap();
    assert_eq!(request.state_at(later(4)), DelegationState::Unassigned);
    assert_eq!(request.state_at(later(5)), DelegationState::Expired);

    let mut changes = Changes::new();
    for request in snapshot.delegation_requests_until(later(5)) {
        changes.delete(&**request);
    }
    queue(&directory, changes).unwrap().wait().unwrap();
    assert_eq!(ids(None), ["a"]);
    assert!(
        directory
            .snapshot()
            .delegation_request_by_workflow(account(), "1")
            .is_none()
    );
    assert_eq!(directory.snapshot().counts(account()).delegation_requests, 1);
}
