//! The delegation requests, found by id, by owner's account, by the requestor's workflow and by token.

use std::sync::Arc;

use imbl::{HashMap, OrdMap, OrdSet};
use jiff::Timestamp;
use locum_names::AccountId;

use super::{ChangeError, Snapshot, federation::after};
use crate::{DelegationRequest, DelegationState, EntityKey};

#[derive(Debug, Clone, Default)]
pub(super) struct Delegations {
    by_id: OrdMap<Box<str>, Arc<DelegationRequest>>,
    by_owner_account: OrdMap<(AccountId, Box<str>), Arc<DelegationRequest>>,
    by_workflow: HashMap<(AccountId, Box<str>), Box<str>>,
    by_token: HashMap<[u8; 32], Box<str>>,
    by_end: OrdSet<(Timestamp, Box<str>)>,
}

impl Delegations {
    pub(super) fn get(&self, id: &str) -> Option<&Arc<DelegationRequest>> {
        self.by_id.get(id)
    }

    /// Files a request and returns the one that had its id.
    ///
    /// A token that was traded in must stay so, whatever the change was decided on.
    pub(super) fn put(
        &mut self,
        request: &Arc<DelegationRequest>,
    ) -> Result<Option<Arc<DelegationRequest>>, ChangeError> {
        let invalid = |reason| {
            Err(ChangeError::Invalid(
                EntityKey::DelegationRequest(request.id.clone()),
                reason,
            ))
        };
        let previous = self.by_id.get(&request.id);
        if previous.is_some_and(|previous| previous.requestor != request.requestor) {
            return invalid("its requestor cannot change");
        }
        if let Some(token) = previous.and_then(|previous| previous.token)
            && request
                .token
                .is_none_or(|new| new.digest != token.digest || new.used.is_none() && token.used.is_some())
        {
            return invalid("a token that was sent or used would not be any longer");
        }
        let workflow = (request.requestor, request.workflow_id.clone());
        if self
            .by_workflow
            .get(&workflow)
            .is_some_and(|id| *id != request.id)
        {
            return invalid("its requestor has another request of this workflow");
        }
        if let Some(token) = &request.token
            && self
                .by_token
                .get(&token.digest)
                .is_some_and(|id| *id != request.id)
        {
            return invalid("another request has its token");
        }
        let previous = self.delete(&request.id);
        let id = &request.id;
        if let Some(account) = request.owner_account {
            self.by_owner_account
                .insert((account, id.clone()), Arc::clone(request));
        }
        if let Some(token) = &request.token {
            self.by_token.insert(token.digest, id.clone());
        }
        self.by_workflow.insert(workflow, id.clone());
        self.by_end.insert((request.expires, id.clone()));
        self.by_id.insert(id.clone(), Arc::clone(request));
        Ok(previous)
    }

    pub(super) fn delete(&mut self, id: &str) -> Option<Arc<DelegationRequest>> {
        let request = self.by_id.remove(id)?;
        if let Some(account) = request.owner_account {
            self.by_owner_account.remove(&(account, request.id.clone()));
        }
        if let Some(token) = &request.token {
            self.by_token.remove(&token.digest);
        }
        self.by_workflow
            .remove(&(request.requestor, request.workflow_id.clone()));
        self.by_end.remove(&(request.expires, request.id.clone()));
        Some(request)
    }
}

impl Snapshot {
    /// The delegation request of this id.
    #[must_use]
    pub fn delegation_request(&self, id: &str) -> Option<&Arc<DelegationRequest>> {
        self.delegations.get(id)
    }

    /// The delegation request whose token has this SHA-256 digest.
    #[must_use]
    pub fn delegation_request_by_token(&self, digest: &[u8; 32]) -> Option<&Arc<DelegationRequest>> {
        self.delegation_request(self.delegations.by_token.get(digest)?)
    }

    /// The request that a requestor made under a workflow id.
    #[must_use]
    pub fn delegation_request_by_workflow(
        &self,
        requestor: AccountId,
        workflow_id: &str,
    ) -> Option<&Arc<DelegationRequest>> {
        let id = self
            .delegations
            .by_workflow
            .get(&(requestor, workflow_id.into()))?;
        self.delegation_request(id)
    }

    /// The requests for access to an account, whether or not somebody there owns them, after an id, in the order of
    /// ids.
    pub fn delegation_requests(
        &self,
        owner_account: AccountId,
        after_id: Option<&str>,
    ) -> impl Iterator<Item = &Arc<DelegationRequest>> {
        let from = after_id.unwrap_or_default();
        after(&self.delegations.by_owner_account, owner_account, from)
    }

    /// The requests that have expired at `now`, oldest first, at the cost of what is taken.
    pub fn delegation_requests_until(&self, now: Timestamp) -> impl Iterator<Item = &Arc<DelegationRequest>> {
        self.delegations
            .by_end
            .iter()
            .take_while(move |(expires, _)| *expires <= now)
            .filter_map(|(_, id)| self.delegations.get(id))
    }

    pub(super) fn verify_delegation(
        &self,
        key: EntityKey,
        request: &DelegationRequest,
    ) -> Result<(), ChangeError> {
        let granted = matches!(
            request.state,
            DelegationState::Accepted | DelegationState::Finalized
        );
        let foreign = |account: AccountId| Some(account) != request.owner_account;
        let reason = if request.id.is_empty() || request.workflow_id.is_empty() {
            "its id is empty"
        } else if request.owner.as_ref().is_some_and(|owner| foreign(owner.account)) {
            "its owner is of another account"
        } else if request
            .approval
            .as_ref()
            .is_some_and(|approval| foreign(approval.by.account))
        {
            "it was approved from another account"
        } else if granted && request.approval.is_none() {
            "it is granted by nobody"
        } else if request.state == DelegationState::Finalized && request.token.is_none() {
            "its token was sent and is not known"
        } else if request.token.is_some() && request.approval.is_none() {
            "it has a token and nobody granted it"
        } else {
            return self.verify_account(key, request.requestor);
        };
        Err(ChangeError::Invalid(key, reason))
    }
}
