//! Access keys of users and of the root user.
//!
//! A secret leaves the service once, in the answer that tells of its making; afterwards nobody can read it.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, Sensitive, errors,
    iam::{
        self, AccessKeyMetadata, CreateAccessKeyRequest, CreateAccessKeyResponse, DeleteAccessKeyRequest,
        ListAccessKeysRequest, ListAccessKeysResponse, UpdateAccessKeyRequest,
    },
};
use locum_directory::{AccessKey, KeyStatus};

use super::{holder::Holder, quotas};
use crate::{
    call::{Call, Failure},
    paging::{Pager, Question},
    route::Perform,
};

impl Holder {
    /// The key of this id, if it is the holder's: another's is as if it did not exist.
    fn key(&self, call: &Call<'_>, id: &str) -> Result<Arc<AccessKey>, ApiError> {
        let known = id.parse().ok().and_then(|id| call.snapshot.access_key(&id));
        let own = known.filter(|key| key.owner == self.owner);
        let text = || format!("The Access Key with id {id} cannot be found.");
        own.cloned().ok_or_else(|| errors::NO_SUCH_ENTITY.with(text()))
    }
}

impl Perform for CreateAccessKeyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateAccessKeyResponse, Failure> {
        let holder = Holder::permitted(call, Self::OPERATION, self.user_name)?;
        let keys = call.snapshot.access_keys(holder.owner).count();
        quotas::ACCESS_KEYS.check(keys.saturating_add(1))?;
        let key = loop {
            let key = AccessKey::generate(call.account(), holder.owner, call.now(), call.random);
            if call.snapshot.access_key(&key.id).is_none() {
                break key;
            }
        };
        let access_key = iam::AccessKey {
            user_name: holder.user_name.unwrap_or_else(|| "root".to_owned()),
            access_key_id: key.id.to_string(),
            status: key.status.as_str().to_owned(),
            secret_access_key: Sensitive::new(key.secret.expose()),
            create_date: Some(key.created),
        };
        call.changes.put(key);
        Ok(CreateAccessKeyResponse { access_key })
    }
}

impl Perform for UpdateAccessKeyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let holder = Holder::permitted(call, Self::OPERATION, self.user_name)?;
        let key = holder.key(call, &self.access_key_id)?;
        let mut key = Arc::unwrap_or_clone(key);
        key.status = match self.status.as_str() {
            "Active" => KeyStatus::Active,
            "Inactive" => KeyStatus::Inactive,
            // `Expired` is a status that AWS gives, not one that can be asked for.
            other => {
                let text = format!("The status of an access key cannot be set to {other}.");
                return Err(errors::INVALID_INPUT.with(text).into());
            }
        };
        call.changes.put(key);
        Ok(NoResult)
    }
}

impl Perform for DeleteAccessKeyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let holder = Holder::permitted(call, Self::OPERATION, self.user_name)?;
        let key = holder.key(call, &self.access_key_id)?;
        call.changes.delete(Arc::as_ref(&key));
        Ok(NoResult)
    }
}

impl Perform for ListAccessKeysRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAccessKeysResponse, Failure> {
        let holder = Holder::permitted(call, Self::OPERATION, self.user_name)?;
        let of = holder.user_name.as_deref().unwrap_or_default();
        let question = Question {
            operation: Self::OPERATION,
            filters: &[of],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let keys = call.snapshot.access_keys(holder.owner);
        let page = pager.take_sorted(call, keys.map(|key| (key.id.to_string(), key)));
        let page = page.map(|key| AccessKeyMetadata {
            user_name: holder.user_name.clone(),
            access_key_id: Some(key.id.to_string()),
            status: Some(key.status.as_str().to_owned()),
            create_date: Some(key.created),
        });
        Ok(ListAccessKeysResponse {
            is_truncated: page.is_truncated(),
            access_key_metadata: page.items,
            marker: page.marker,
        })
    }
}
