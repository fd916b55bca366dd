use std::collections::HashSet;

use locum_api::{
    Request,
    iam::{
        GetContextKeysForCustomPolicyRequest, GetContextKeysForCustomPolicyResponse,
        GetContextKeysForPrincipalPolicyRequest, GetContextKeysForPrincipalPolicyResponse,
    },
};

use super::{
    super::access::{Keys, authorize},
    documents,
    policies::Named,
    source::PolicySource,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for GetContextKeysForPrincipalPolicyRequest {
    /// The boundary's keys are not among them, AWS says: only those of identity policies.
    fn perform(self, call: &mut Call<'_>) -> Result<GetContextKeysForPrincipalPolicyResponse, Failure> {
        let source = PolicySource::permitted(call, Self::OPERATION, &self.policy_source_arn)?;
        let mut policies = source.policies(call);
        policies.extend(documents::identity(&self.policy_input_list)?);
        Ok(GetContextKeysForPrincipalPolicyResponse {
            context_key_names: keys(&policies),
        })
    }
}

impl Perform for GetContextKeysForCustomPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetContextKeysForCustomPolicyResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let policies = documents::identity(&self.policy_input_list)?;
        Ok(GetContextKeysForCustomPolicyResponse {
            context_key_names: keys(&policies),
        })
    }
}

/// The keys that policies read, each once, as it is first spelled.
fn keys(policies: &[Named]) -> Vec<String> {
    let mut seen = HashSet::new();
    let all = policies.iter().flat_map(|named| named.policy.context_keys());
    all.filter(|key| seen.insert(key.to_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}
