//! What ends delegated access at once: the customer's word, and the end of anybody it stands on.

use locum_directory::{Account, AccountStatus, Changes};
use serde_json::json;

use super::parties::{ACCOUNT, ALLOW_ALL, Answer, Credentials, Parties, SESSION_EXPIRED, VENDOR};

fn ended(answer: &Answer) {
    answer.fails(403, "ExpiredToken", SESSION_EXPIRED);
}

fn identity(parties: &Parties, who: &Credentials) -> Answer {
    parties.sts(who, "GetCallerIdentity", &[])
}

#[test]
fn rejecting_a_request_ends_its_sessions() {
    let parties = Parties::new();
    let (id, delegate) = parties.delegated(&parties.admin, &[]);
    let (_, other) = parties.delegated(&parties.admin, &[]);
    identity(&parties, &delegate).ok();
    parties.on(&parties.owner, "RejectDelegationRequest", &id).ok();
    ended(&identity(&parties, &delegate));
    ended(&parties.iam(&delegate, "ListUsers", &[]));
    identity(&parties, &other).ok();
}

#[test]
fn an_approver_lends_what_its_groups_allow_while_it_is_in_them() {
    let parties = Parties::new();
    let approver = parties.user(&parties.root, "approver", None);
    let group = ("GroupName", "approvers");
    let member = [group, ("UserName", "approver")];
    let document = [group, ("PolicyName", "all"), ("PolicyDocument", ALLOW_ALL)];
    parties.iam(&parties.root, "CreateGroup", &[group]).ok();
    parties.iam(&parties.root, "PutGroupPolicy", &document).ok();
    parties.iam(&parties.root, "AddUserToGroup", &member).ok();
    let (_, delegate) = parties.delegated(&approver, &[]);
    parties.iam(&delegate, "ListUsers", &[]).ok();
    parties.iam(&parties.root, "RemoveUserFromGroup", &member).ok();
    assert_eq!(parties.iam(&delegate, "ListUsers", &[]).status, 403);
    parties.iam(&parties.root, "AddUserToGroup", &member).ok();
    parties.iam(&delegate, "ListUsers", &[]).ok();
}

#[test]
fn an_approver_who_is_gone_lends_nothing() {
    let parties = Parties::new();
    let approver = parties.user(&parties.root, "approver", Some(ALLOW_ALL));
    let (_, delegate) = parties.delegated(&approver, &[]);
    let accepted = parties.accepted(&approver, &[]);
    let (_, token) = parties.finalized(&approver, &[]);
    let key = [
        ("UserName", "approver"),
        ("AccessKeyId", &*approver.access_key_id),
    ];
    parties.iam(&parties.root, "DeleteAccessKey", &key).ok();
    // The key alone is not what it stands on.
    identity(&parties, &delegate).ok();
    let inline = [("UserName", "approver"), ("PolicyName", "inline")];
    parties.iam(&parties.root, "DeleteUserPolicy", &inline).ok();
    parties
        .iam(&parties.root, "DeleteUser", &[("UserName", "approver")])
        .ok();
    ended(&identity(&parties, &delegate));
    assert_eq!(parties.trade(&parties.vendor, &token).status, 403);
    assert_eq!(
        parties
            .on(&parties.owner, "SendDelegationToken", &accepted)
            .status,
        400
    );
    // A namesake is somebody else.
    parties.user(&parties.root, "approver", Some(ALLOW_ALL));
    ended(&identity(&parties, &delegate));
    assert_eq!(parties.trade(&parties.vendor, &token).status, 403);
}

#[test]
fn a_role_that_is_gone_lends_nothing() {
    let parties = Parties::new();
    let session = parties.in_role("admins", ALLOW_ALL);
    let (_, delegate) = parties.delegated(&session, &[]);
    // Longer than the session that granted it.
    let inline = [("RoleName", "admins"), ("PolicyName", "inline")];
    parties.iam(&parties.root, "DeleteRolePolicy", &inline).ok();
    identity(&parties, &delegate).ok();
    assert_eq!(parties.iam(&delegate, "ListUsers", &[]).status, 403);
    parties
        .iam(&parties.root, "DeleteRole", &[("RoleName", "admins")])
        .ok();
    ended(&identity(&parties, &delegate));
}

#[test]
fn a_closed_vendor_loses_its_access() {
    let parties = Parties::new();
    let (_, delegate) = parties.delegated(&parties.admin, &[]);
    identity(&parties, &delegate).ok();
    parties.change(|snapshot| {
        let mut account = Account::clone(snapshot.account(VENDOR.parse().unwrap()).unwrap());
        account.status = AccountStatus::Suspended;
        let mut changes = Changes::new();
        changes.put(account);
        changes
    });
    ended(&identity(&parties, &delegate));
}

#[test]
fn sessions_of_a_users_revocation_end_and_later_grants_do_not() {
    let parties = Parties::new();
    let (_, before) = parties.delegated(&parties.admin, &[]);
    let (_, unsent) = parties.finalized(&parties.admin, &[]);
    parties.advance(60);
    let admin = format!("arn:aws:iam::{ACCOUNT}:user/admin");
    // Neither those who are lent access nor what they are lent it by has a say in it.
    let answer = parties.revoke(&before, &admin);
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(
        answer.body.contains("Cannot call RevokeSessions"),
        "{}",
        answer.body
    );
    parties.revoke(&parties.admin, &admin).ok();
    ended(&identity(&parties, &before));
    // Granted before, though it would be traded in after.
    parties.advance(60);
    assert_eq!(parties.trade(&parties.vendor, &unsent).status, 403);
    let (_, after) = parties.delegated(&parties.admin, &[]);
    identity(&parties, &after).ok();
}

#[test]
fn what_the_root_user_granted_ends_with_its_sessions() {
    let parties = Parties::new();
    let (_, before) = parties.delegated(&parties.root, &[]);
    let (_, unused) = parties.finalized(&parties.root, &[]);
    let accepted = parties.accepted(&parties.root, &[]);
    parties.advance(60);
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    parties.revoke(&parties.admin, &root).ok();
    ended(&identity(&parties, &before));
    parties.advance(60);
    assert_eq!(parties.trade(&parties.vendor, &unused).status, 403);
    let sent = parties.on(&parties.owner, "SendDelegationToken", &accepted);
    assert_eq!(sent.status, 400);
    let (_, after) = parties.delegated(&parties.root, &[]);
    identity(&parties, &after).ok();
}

/// A time that spares newer sessions spares nothing that an older one granted meanwhile.
#[test]
fn what_a_session_granted_ends_with_it() {
    let parties = Parties::new();
    let older = parties.in_role("admins", ALLOW_ALL);
    let until = parties.now().as_second() + 30;
    parties.advance(60);
    let newer = parties.assume(&parties.admin, "admins", &[]);
    let (_, before) = parties.delegated(&older, &[]);
    let (_, unused) = parties.finalized(&older, &[]);
    let accepted = parties.accepted(&older, &[]);
    let (_, spared) = parties.delegated(&newer, &[]);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/admins");
    let body = json!({ "PrincipalArn": role, "IssuedBefore": until });
    parties.own(&parties.root, "RevokeSessions", &body).ok();
    ended(&identity(&parties, &older));
    ended(&identity(&parties, &before));
    assert_eq!(parties.trade(&parties.vendor, &unused).status, 403);
    let sent = parties.on(&parties.owner, "SendDelegationToken", &accepted);
    assert_eq!(sent.status, 400);
    identity(&parties, &newer).ok();
    identity(&parties, &spared).ok();
}

/// How AWS revokes the sessions of a role: a policy against those that were issued before.
#[test]
fn denying_what_was_issued_before_ends_what_was_granted_before() {
    let parties = Parties::new();
    let session = parties.in_role("admins", ALLOW_ALL);
    let (_, before) = parties.delegated(&session, &[]);
    let (_, unused) = parties.finalized(&session, &[]);
    parties.advance(60);
    let (moment, _) = (parties.now(), parties.advance(60));
    let (_, since) = parties.delegated(&session, &[]);
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"DateLessThan":{{"aws:TokenIssueTime":"{moment}"}}}}}}}}"#,
    );
    let policy = [
        ("RoleName", "admins"),
        ("PolicyName", "revoked"),
        ("PolicyDocument", &*document),
    ];
    parties.iam(&parties.root, "PutRolePolicy", &policy).ok();
    parties.advance(60);
    let after = parties.trade(&parties.vendor, &unused).ok().credentials();
    for who in [&session, &before, &after, &since] {
        assert_eq!(parties.iam(who, "ListUsers", &[]).status, 403);
    }
    let session = parties.assume(&parties.admin, "admins", &[]);
    let (_, granted) = parties.delegated(&session, &[]);
    parties.iam(&granted, "ListUsers", &[]).ok();
}
