use std::borrow::Cow;

use jiff::Timestamp;
use locum_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{
    RecordError, one_of,
    principal::{TagRecord, tag_records, tags},
    text::{Base64, Text, borrowed, owned},
};
use crate::{
    DelegationApproval, DelegationParty, DelegationRequest, DelegationState, DelegationToken,
    PolicyParameter, Revision,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterRecord<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    values: Vec<Cow<'a, str>>,
    is_list: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyRecord<'a> {
    account: Text<AccountId>,
    /// `None` for the account's root user.
    principal: Option<Text<UniqueId>>,
    #[serde(borrow)]
    arn: Cow<'a, str>,
}

impl<'a> PartyRecord<'a> {
    fn of(party: &'a DelegationParty) -> Self {
        Self {
            account: Text(party.account),
            principal: party.principal.map(Text),
            arn: Cow::Borrowed(&party.arn),
        }
    }

    fn into_party(self) -> DelegationParty {
        DelegationParty {
            account: self.account.0,
            principal: self.principal.map(|id| id.0),
            arn: self.arn.into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovalRecord<'a> {
    #[serde(borrow)]
    by: PartyRecord<'a>,
    at: Text<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_issued_at: Option<Text<Timestamp>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mfa_at: Option<Text<Timestamp>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    session_name: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    session_tags: Vec<TagRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    source_identity: Option<Cow<'a, str>>,
}

impl<'a> ApprovalRecord<'a> {
    fn of(approval: &'a DelegationApproval) -> Self {
        Self {
            by: PartyRecord::of(&approval.by),
            at: Text(approval.at),
            session_issued_at: approval.session_issued_at.map(Text),
            mfa_at: approval.mfa_at.map(Text),
            session_name: approval.session_name.as_deref().map(Cow::Borrowed),
            session_tags: tag_records(&approval.session_tags),
            source_identity: approval.source_identity.as_deref().map(Cow::Borrowed),
        }
    }

    fn into_approval(self) -> DelegationApproval {
        DelegationApproval {
            by: self.by.into_party(),
            at: self.at.0,
            session_issued_at: self.session_issued_at.map(|time| time.0),
            mfa_at: self.mfa_at.map(|time| time.0),
            session_name: self.session_name.map(Box::from),
            session_tags: tags(self.session_tags),
            source_identity: self.source_identity.map(Box::from),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRecord<'a> {
    #[serde(borrow)]
    digest: Base64<'a>,
    sent: Text<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<Text<Timestamp>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DelegationRecord<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    requestor: Text<AccountId>,
    #[serde(borrow)]
    requestor_name: Cow<'a, str>,
    #[serde(borrow)]
    workflow_id: Cow<'a, str>,
    #[serde(borrow)]
    description: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    template_arn: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<ParameterRecord<'a>>,
    #[serde(borrow)]
    permission_policy: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    role_restrictions: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    notification_channel: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    redirect_url: Option<Cow<'a, str>>,
    session_duration: u32,
    only_send_by_owner: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner_account: Option<Text<AccountId>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    owner: Option<PartyRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    approval: Option<ApprovalRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    token: Option<TokenRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    notes: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    rejection_reason: Option<Cow<'a, str>>,
    #[serde(borrow)]
    state: Cow<'a, str>,
    created: Text<Timestamp>,
    updated: Text<Timestamp>,
    expires: Text<Timestamp>,
}

impl<'a> From<&'a DelegationRequest> for DelegationRecord<'a> {
    fn from(request: &'a DelegationRequest) -> Self {
        let parameter = |parameter: &'a PolicyParameter| ParameterRecord {
            name: Cow::Borrowed(&*parameter.name),
            values: borrowed(&parameter.values),
            is_list: parameter.is_list,
        };
        let token = |token: &'a DelegationToken| TokenRecord {
            digest: Base64::of(&token.digest),
            sent: Text(token.sent),
            used: token.used.map(Text),
        };
        Self {
            id: Cow::Borrowed(&request.id),
            requestor: Text(request.requestor),
            requestor_name: Cow::Borrowed(&request.requestor_name),
            workflow_id: Cow::Borrowed(&request.workflow_id),
            description: Cow::Borrowed(&request.description),
            message: request.message.as_deref().map(Cow::Borrowed),
            template_arn: request.template_arn.as_deref().map(Cow::Borrowed),
            parameters: request.parameters.iter().map(parameter).collect(),
            permission_policy: Cow::Borrowed(&request.permission_policy),
            role_restrictions: borrowed(&request.role_restrictions),
            notification_channel: Cow::Borrowed(&request.notification_channel),
            redirect_url: request.redirect_url.as_deref().map(Cow::Borrowed),
            session_duration: request.session_duration,
            only_send_by_owner: request.only_send_by_owner,
            owner_account: request.owner_account.map(Text),
            owner: request.owner.as_ref().map(PartyRecord::of),
            approval: request.approval.as_ref().map(ApprovalRecord::of),
            token: request.token.as_ref().map(token),
            notes: request.notes.as_deref().map(Cow::Borrowed),
            rejection_reason: request.rejection_reason.as_deref().map(Cow::Borrowed),
            state: request.state.as_str().into(),
            created: Text(request.created),
            updated: Text(request.updated),
            expires: Text(request.expires),
        }
    }
}

impl DelegationRecord<'_> {
    pub(super) fn into_entity(self) -> Result<DelegationRequest, RecordError> {
        let parameter = |parameter: ParameterRecord<'_>| PolicyParameter {
            name: parameter.name.into(),
            values: owned(parameter.values),
            is_list: parameter.is_list,
        };
        let token = |token: TokenRecord<'_>| {
            Ok::<_, RecordError>(DelegationToken {
                digest: token.digest.into_digest()?,
                sent: token.sent.0,
                used: token.used.map(|time| time.0),
            })
        };
        Ok(DelegationRequest {
            revision: Revision::NEW,
            id: self.id.into(),
            requestor: self.requestor.0,
            requestor_name: self.requestor_name.into(),
            workflow_id: self.workflow_id.into(),
            description: self.description.into(),
            message: self.message.map(Box::from),
            template_arn: self.template_arn.map(Box::from),
            parameters: self.parameters.into_iter().map(parameter).collect(),
            permission_policy: self.permission_policy.into(),
            role_restrictions: owned(self.role_restrictions),
            notification_channel: self.notification_channel.into(),
            redirect_url: self.redirect_url.map(Box::from),
            session_duration: self.session_duration,
            only_send_by_owner: self.only_send_by_owner,
            owner_account: self.owner_account.map(|id| id.0),
            owner: self.owner.map(PartyRecord::into_party),
            approval: self.approval.map(ApprovalRecord::into_approval),
            token: self.token.map(token).transpose()?,
            notes: self.notes.map(Box::from),
            rejection_reason: self.rejection_reason.map(Box::from),
            state: one_of(
                &DelegationState::ALL,
                DelegationState::as_str,
                &self.state,
                "delegation state",
            )?,
            created: self.created.0,
            updated: self.updated.0,
            expires: self.expires.0,
        })
    }
}
