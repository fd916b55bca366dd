//! The whole way, from the question to what the credentials can do.

use jiff::Timestamp;
use serde_json::Value;

use super::parties::{ACCOUNT, ALLOW_ALL, EXPIRED, GRANTED, Parties, VENDOR};

fn time(text: &str) -> i64 {
    let time: Timestamp = text.parse().unwrap();
    time.as_second()
}

#[test]
fn a_request_goes_from_question_to_access_and_its_end() {
    let parties = Parties::new();
    let more = [
        ("RequestMessage", "As agreed."),
        ("RedirectUrl", "https://vendor.example/done"),
        ("OnlySendByOwner", "true"),
        ("SessionDuration", "7200"),
    ];
    let answer = parties.create(&parties.vendor, &more).ok();
    let id = answer.text("DelegationRequestId");
    assert_eq!(answer.find("ConsoleDeepLink"), None);
    assert_eq!(parties.state(&id), "UNASSIGNED");

    parties.advance(60);
    parties.on(&parties.owner, "AssociateDelegationRequest", &id).ok();
    assert_eq!(parties.state(&id), "ASSIGNED");
    let notes = [("DelegationRequestId", &*id), ("Notes", "Please have a look.")];
    parties
        .iam(&parties.owner, "UpdateDelegationRequest", &notes)
        .ok();
    assert_eq!(parties.state(&id), "PENDING_APPROVAL");
    parties.on(&parties.admin, "AcceptDelegationRequest", &id).ok();
    assert_eq!(parties.state(&id), "ACCEPTED");

    let shown = parties.on(&parties.owner, "GetDelegationRequest", &id).ok();
    for (name, text) in [
        ("DelegationRequestId", &*id),
        ("OwnerAccountId", ACCOUNT),
        ("Description", "Set up what the product needs."),
        ("RequestMessage", "As agreed."),
        ("PolicyTemplateArn", &parties.template),
        ("PermissionPolicy", GRANTED),
        ("OwnerId", "arn:aws:iam::111122223333:user/owner"),
        ("ApproverId", "arn:aws:iam::111122223333:user/admin"),
        ("State", "ACCEPTED"),
        ("RequestorId", VENDOR),
        ("RequestorName", "other"),
        ("SessionDuration", "7200"),
        ("RedirectUrl", "https://vendor.example/done"),
        ("Notes", "Please have a look."),
        ("OnlySendByOwner", "true"),
        ("CreateDate", "2026-11-22T12:00:00Z"),
        ("UpdatedTime", "2026-11-22T12:01:00Z"),
        ("ExpirationTime", "2026-11-29T12:01:00Z"),
    ] {
        assert_eq!(shown.text(name), text, "{name}");
    }
    assert_eq!(shown.find("RejectionReason"), None);

    let token = parties.sent(&parties.owner, &id);
    assert_eq!(parties.state(&id), "FINALIZED");
    // The access runs from here on, whenever the token is traded in.
    let sent = parties.now().as_second();
    parties.advance(600);
    let traded = parties.trade(&parties.vendor, &token).ok();
    assert_eq!(
        traded.text("AssumedPrincipal"),
        "arn:aws:iam::111122223333:user/admin"
    );
    assert_eq!(traded.find("PackedPolicySize"), None);
    assert_eq!(time(&traded.text("Expiration")), sent + 7200);
    let delegate = traded.credentials();
    let identity = parties.sts(&delegate, "GetCallerIdentity", &[]).ok();
    assert_eq!(identity.text("Arn"), "arn:aws:iam::111122223333:user/admin");
    assert_eq!(identity.text("Account"), ACCOUNT);
    parties.iam(&delegate, "ListUsers", &[]).ok();

    parties.advance(7200 - 600 - 1);
    parties.iam(&delegate, "ListUsers", &[]).ok();
    parties.advance(1);
    let over = parties.iam(&delegate, "ListUsers", &[]);
    assert_eq!((over.status, over.text("Code").as_str()), (403, "ExpiredToken"));
}

#[test]
fn the_session_can_do_what_both_the_approver_and_the_request_allow() {
    let parties = Parties::new();
    // The administrator may create users, the request does not ask for it.
    let (_, delegate) = parties.delegated(&parties.admin, &[]);
    parties.iam(&delegate, "GetUser", &[("UserName", "nobody")]).ok();
    let denied = parties.iam(&delegate, "CreateUser", &[("UserName", "eve")]);
    assert_eq!(denied.status, 403);
    assert!(
        denied.body.contains("no session policy allows"),
        "{}",
        denied.body
    );

    // The request asks for more than this approver has.
    let some = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:AcceptDelegationRequest","iam:ListUsers"],"Resource":"*"}}"#;
    let approver = parties.user(&parties.root, "some", Some(some));
    let (_, delegate) = parties.delegated(&approver, &[]);
    parties.iam(&delegate, "ListUsers", &[]).ok();
    let denied = parties.iam(&delegate, "GetUser", &[("UserName", "nobody")]);
    assert_eq!(denied.status, 403);
    assert!(
        denied.body.contains("no identity-based policy allows"),
        "{}",
        denied.body
    );
}

#[test]
fn a_template_is_filled_and_what_is_shown_is_what_the_session_gets() {
    let parties = Parties::new();
    let template = parties.template(
        "gaps",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:GetUser", "Resource": ["arn:aws:iam::*:user/@{users}", "arn:aws:iam::*:user/@{prefix}-x"]}]}"#,
    );
    let id = parties.asked(&[
        ("Permissions.PolicyTemplateArn", &template),
        ("Permissions.Parameters.member.1.Name", "users"),
        ("Permissions.Parameters.member.1.Values.member.1", "owner"),
        ("Permissions.Parameters.member.1.Values.member.2", "nobody"),
        ("Permissions.Parameters.member.1.Type", "stringList"),
        ("Permissions.Parameters.member.2.Name", "prefix"),
        ("Permissions.Parameters.member.2.Values.member.1", "p"),
    ]);
    let shown = parties.on(&parties.admin, "GetDelegationRequest", &id).ok();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":["arn:aws:iam::*:user/owner","arn:aws:iam::*:user/nobody","arn:aws:iam::*:user/p-x"]}]}"#;
    assert_eq!(shown.text("PermissionPolicy"), policy);
    assert_eq!(&*parties.kept(&id).permission_policy, policy);
    assert_eq!(shown.texts("Name"), ["users", "prefix"]);
    assert_eq!(shown.texts("Type"), ["stringList", "string"]);

    // Nothing that happens to the template afterwards matters.
    let wider = [
        ("PolicyArn", &*template),
        ("PolicyDocument", ALLOW_ALL),
        ("SetAsDefault", "true"),
    ];
    parties.iam(&parties.vendor, "CreatePolicyVersion", &wider).ok();
    parties.on(&parties.owner, "AssociateDelegationRequest", &id).ok();
    parties.on(&parties.admin, "AcceptDelegationRequest", &id).ok();
    let token = parties.sent(&parties.owner, &id);
    let delegate = parties.trade(&parties.vendor, &token).ok().credentials();
    parties.iam(&delegate, "GetUser", &[("UserName", "owner")]).ok();
    parties.iam(&delegate, "GetUser", &[("UserName", "nobody")]).ok();
    for (action, user) in [("GetUser", "admin"), ("ListUserTags", "owner")] {
        let denied = parties.iam(&delegate, action, &[("UserName", user)]);
        assert_eq!(denied.status, 403, "{action} {user}");
    }
}

#[test]
fn requests_expire_in_every_state_and_are_forgotten_later() {
    let parties = Parties::new();
    let day = 24 * 3600;
    let asked = parties.asked(&[]);
    let assigned = parties.assigned(&[]);
    let accepted = parties.accepted(&parties.admin, &[]);
    let (finalized, _) = parties.finalized(&parties.admin, &[]);
    let rejected = parties.assigned(&[]);
    parties
        .on(&parties.owner, "RejectDelegationRequest", &rejected)
        .ok();
    parties.advance(day - 1);
    assert_eq!(parties.state(&asked), "UNASSIGNED");
    parties.advance(1);
    assert_eq!(parties.state(&asked), "EXPIRED");
    let late = parties.on(&parties.owner, "AssociateDelegationRequest", &asked);
    let text = format!("The delegation request {asked} is EXPIRED; it must be UNASSIGNED.");
    late.fails(400, "InvalidInput", &text);
    parties.advance(6 * day - 1);
    for (id, state) in [
        (&assigned, "ASSIGNED"),
        (&accepted, "ACCEPTED"),
        (&finalized, "FINALIZED"),
        (&rejected, "REJECTED"),
    ] {
        assert_eq!(parties.state(id), state);
    }
    parties.advance(1);
    for id in [&assigned, &accepted, &finalized, &rejected] {
        assert_eq!(parties.state(id), "EXPIRED");
    }
    let sweep = || {
        let mut random = locum_crypto::SeededRandom::new(5);
        let schedule = locum_crypto::RotationSchedule::default();
        parties
            .service
            .rotate(parties.now(), &schedule, &mut random)
            .unwrap();
    };
    parties.advance(day - 1);
    sweep();
    assert_eq!(parties.state(&asked), "EXPIRED");
    parties.advance(1);
    sweep();
    let text = format!("The delegation request with id {asked} cannot be found.");
    let gone = parties.on(&parties.admin, "GetDelegationRequest", &asked);
    gone.fails(404, "NoSuchEntity", &text);
    assert_eq!(parties.state(&assigned), "EXPIRED");
    parties.advance(6 * day);
    sweep();
    assert_eq!(
        parties
            .snapshot()
            .delegation_requests_until(parties.now())
            .count(),
        0
    );
}

#[test]
fn an_expired_token_says_so_to_its_own_account_only() {
    let parties = Parties::new();
    let (_, token) = parties.finalized(&parties.admin, &[("SessionDuration", "300")]);
    parties.advance(299);
    let (_, other) = parties.finalized(&parties.admin, &[]);
    parties.advance(1);
    parties
        .trade(&parties.vendor, &token)
        .fails(400, "ExpiredTradeInTokenException", EXPIRED);
    assert_eq!(parties.trade(&parties.third, &token).status, 403);
    parties.trade(&parties.vendor, &other).ok();
}

#[test]
fn records_tell_who_acts_for_whom_and_no_token() {
    let parties = Parties::new();
    let (_, token) = parties.finalized(&parties.admin, &[]);
    let delegate = parties.trade(&parties.vendor, &token).ok().credentials();
    parties.trade(&parties.vendor, &token);
    parties.iam(&delegate, "ListUsers", &[]).ok();
    let records = parties.records();
    let text = serde_json::to_string(&records).unwrap();
    assert!(!text.contains(&token));
    let session = delegate.token.as_ref().unwrap().expose();
    assert!(!text.contains(session));
    assert!(!text.contains(delegate.secret.expose()));

    let of = |name: &str| -> Vec<&Value> {
        let named = records.iter().filter(|record| record["eventName"] == name);
        named.collect()
    };
    let acted = *of("ListUsers").last().unwrap();
    assert_eq!(acted["userIdentity"]["type"], "IAMUser");
    assert_eq!(acted["userIdentity"]["userName"], "admin");
    assert_eq!(acted["userIdentity"]["invokedByDelegate"]["accountId"], VENDOR);
    let traded = of("GetDelegatedAccessToken");
    // Two of the call that succeeded, one in either account, and one of the call that did not.
    let accounts: Vec<&str> = traded
        .iter()
        .map(|r| r["recipientAccountId"].as_str().unwrap())
        .collect();
    assert_eq!(accounts, [VENDOR, ACCOUNT, VENDOR]);
    assert_eq!(traded[0]["sharedEventID"], traded[1]["sharedEventID"]);
    assert_eq!(traded[0]["requestParameters"], Value::Null);
    let elements = &traded[0]["responseElements"];
    assert_eq!(
        elements["assumedPrincipal"],
        "arn:aws:iam::111122223333:user/admin"
    );
    assert_eq!(
        elements["credentials"]["accessKeyId"],
        delegate.access_key_id.as_str()
    );
    assert_eq!(elements["credentials"]["sessionToken"], Value::Null);
    assert_eq!(traded[1]["userIdentity"]["type"], "AWSAccount");
    assert_eq!(traded[2]["errorCode"], "AccessDenied");
    let plain = *of("CreateDelegationRequest").last().unwrap();
    assert_eq!(plain["userIdentity"]["invokedByDelegate"], Value::Null);
    let asked = &plain["requestParameters"];
    assert_eq!(
        asked["permissions"]["policyTemplateArn"],
        parties.template.as_str()
    );
    assert_eq!(of("SendDelegationToken")[0]["responseElements"], Value::Null);
}
