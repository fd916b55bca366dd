//! AssumeRoot: a member account's root user for one task, by the organization's management account (`facts: sts §2.7`).
//!
//! The session is root's, and the task policy is its session policy: it can do what both allow, which is the task. Whether
//! an account is a member, is open or exists at all is not told to those whose policies do not let them ask.

use locum_api::{
    ApiError,
    sts::{AssumeRootRequest, AssumeRootResponse},
};
use locum_directory::AccountStatus;
use locum_names::{AccountId, PrincipalArn, PrincipalKind, account_arn};
use locum_session::{SessionPrincipal, SessionScope};

use crate::{
    call::{Call, Failure, Target},
    denial::Wording,
    root_tasks::{self, RootTask},
    route::Perform,
    sts::issue::{Grant, issue, recorded},
};

const ACTION: &str = "sts:AssumeRoot";
/// A quarter of an hour, which is also the longest.
const DEFAULT_SECONDS: i32 = 900;

impl Perform for AssumeRootRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<AssumeRootResponse, Failure> {
        if call.caller.is_root() {
            return Err(ApiError::access_denied("Root sessions may not be assumed by root accounts.").into());
        }
        let member = member(call, &self.target_principal)?;
        let policy: Box<str> = self.task_policy_arn.arn.unwrap_or_default().into();
        let task = task(call, &policy)?;
        let arn = account_arn(call.partition(), "iam", member, &["root"]);
        // Who does not manage the organization is refused in any case, so nothing of the member needs to be asked, and what is
        // not asked cannot be told.
        let owner = if manages(call) { member } else { call.account() };
        let target = Target::of_member(&arn, owner, call.account());
        call.authorize(ACTION, target, Wording::Unexplained, |context| {
            context.set("sts:TaskPolicyArn", &*policy);
        })?;
        if let Some(why) = obstacle(call, member, task) {
            let wording = Wording::Unexplained;
            return Err(call.refuse(ACTION, target, wording, why, |_| ()));
        }

        let session = call.caller.session.as_deref();
        let source_identity = session.and_then(|session| session.source_identity.clone());
        let grant = Grant {
            policy_arns: vec![policy],
            source_identity: source_identity.clone(),
            chain_depth: session.map_or(0, |session| session.chain_depth.saturating_add(1)),
            scope: Some(SessionScope::AssumedRoot),
            ..Grant::new(
                SessionPrincipal::Root { account: member },
                self.duration_seconds.unwrap_or(DEFAULT_SECONDS),
            )
        };
        let issued = issue(&mut *call, grant, self.minimum_session_token_size)?;
        let response = AssumeRootResponse {
            credentials: issued.credentials,
            source_identity: source_identity.map(String::from),
            session_token_utilization: issued.padded_utilization,
            session_token_size: issued.padded_size,
        };
        call.notes.response_elements = recorded(&response);
        call.notes.other_account = Some(member);
        Ok(response)
    }
}

/// The account that a target names: by its id, or by the ARN of its root user.
fn member(call: &Call<'_>, target: &str) -> Result<AccountId, ApiError> {
    let of_arn = || {
        let arn: PrincipalArn = target.parse().ok()?;
        let root = arn.kind == PrincipalKind::Root && arn.partition == call.partition();
        root.then_some(arn.account)
    };
    target.parse().ok().or_else(of_arn).ok_or_else(|| {
        ApiError::validation(format!(
            "{target} is not a valid target principal: give a member account's id or the ARN of its root user."
        ))
    })
}

/// The task of a task policy.
fn task(call: &Call<'_>, arn: &str) -> Result<RootTask, ApiError> {
    RootTask::of_arn(call.partition(), arn).ok_or_else(|| {
        let (prefix, names) = (root_tasks::prefix(call.partition()), root_tasks::names());
        ApiError::validation(format!(
            "{arn} is not the ARN of a root task; the tasks are {prefix} followed by one of {names}."
        ))
    })
}

fn manages(call: &Call<'_>) -> bool {
    let organization = call.snapshot.organization();
    organization.is_some_and(|organization| organization.management_account == call.account())
}

/// What stands in the way whatever the caller's policies say.
fn obstacle(call: &Call<'_>, member: AccountId, task: RootTask) -> Option<&'static str> {
    let Some(organization) = call.snapshot.organization() else {
        return Some("there is no organization");
    };
    if call.account() != organization.management_account {
        return Some(
            "only principals of the organization's management account may assume a member's root user",
        );
    }
    if !task.is_on(organization) {
        return Some(
            "the organization has not turned on what this task belongs to: RootCredentialsManagement for the tasks of \
             IAM, RootSessions for those of S3 and SQS",
        );
    }
    if member == organization.management_account {
        return Some("the management account is no member account");
    }
    let open = call
        .snapshot
        .account(member)
        .is_some_and(|account| account.status == AccountStatus::Active);
    (!open).then_some("the organization has no open account of this id")
}
