//! Who may do what: the owner, the customer's other principals, the vendor, and everybody else.

use super::parties::{ACCOUNT, Credentials, Parties, VENDOR, allow};

const DECISIONS: [&str; 5] = [
    "GetDelegationRequest",
    "UpdateDelegationRequest",
    "AcceptDelegationRequest",
    "RejectDelegationRequest",
    "SendDelegationToken",
];

fn denied(parties: &Parties, who: &Credentials, name: &str, action: &str, id: &str) {
    let text = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/{name} is not authorized to perform: iam:{action} on resource: \
         arn:aws:iam::{ACCOUNT}:delegation-request/{id} because no identity-based policy allows the iam:{action} \
         action"
    );
    parties.on(who, action, id).fails(403, "AccessDenied", &text);
}

#[test]
fn an_owner_needs_no_policy_but_to_grant() {
    let parties = Parties::new();
    let id = parties.assigned(&[]);
    parties.on(&parties.owner, "GetDelegationRequest", &id).ok();
    parties.on(&parties.owner, "UpdateDelegationRequest", &id).ok();
    denied(&parties, &parties.owner, "owner", "AcceptDelegationRequest", &id);
    parties.on(&parties.admin, "AcceptDelegationRequest", &id).ok();
    parties.sent(&parties.owner, &id);
    parties.on(&parties.owner, "RejectDelegationRequest", &id).ok();
}

#[test]
fn a_policy_can_deny_an_owner() {
    let parties = Parties::new();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:AssociateDelegationRequest","Resource":"*"},{"Effect":"Deny","Action":"iam:SendDelegationToken","Resource":"*"}]}"#;
    let bound = parties.user(&parties.root, "bound", Some(document));
    let id = parties.asked(&[]);
    parties.on(&bound, "AssociateDelegationRequest", &id).ok();
    parties.on(&parties.admin, "AcceptDelegationRequest", &id).ok();
    let answer = parties.on(&bound, "SendDelegationToken", &id);
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("explicit deny"), "{}", answer.body);
    assert_eq!(parties.state(&id), "ACCEPTED");
}

#[test]
fn others_of_the_account_need_a_policy() {
    let parties = Parties::new();
    let id = parties.asked(&[]);
    for action in DECISIONS.iter().chain(&["AssociateDelegationRequest"]) {
        denied(&parties, &parties.nobody, "nobody", action, &id);
    }
    parties.on(&parties.owner, "AssociateDelegationRequest", &id).ok();
    for action in DECISIONS {
        denied(&parties, &parties.nobody, "nobody", action, &id);
    }
    assert_eq!(parties.state(&id), "ASSIGNED");
}

#[test]
fn to_other_accounts_a_request_is_not_there() {
    let parties = Parties::new();
    let id = parties.asked(&[]);
    let text = format!("The delegation request with id {id} cannot be found.");
    // The vendor cannot take its own request on behalf of the customer, nor grant it.
    for stage in 0..2 {
        for who in [&parties.vendor, &parties.vendor_root, &parties.third] {
            for action in DECISIONS.iter().chain(&["AssociateDelegationRequest"]) {
                parties.on(who, action, &id).fails(404, "NoSuchEntity", &text);
            }
        }
        if stage == 0 {
            parties.on(&parties.owner, "AssociateDelegationRequest", &id).ok();
        }
    }
    assert_eq!(parties.state(&id), "ASSIGNED");
    // Without a policy an id that is not there is denied like one that is.
    let unknown = "12345678-1234-1234-1234-123456789012";
    denied(
        &parties,
        &parties.nobody,
        "nobody",
        "GetDelegationRequest",
        unknown,
    );
    let text = format!("The delegation request with id {unknown} cannot be found.");
    let answer = parties.on(&parties.admin, "GetDelegationRequest", unknown);
    answer.fails(404, "NoSuchEntity", &text);
}

#[test]
fn only_the_owner_sends_where_the_request_says_so() {
    let parties = Parties::new();
    let id = parties.accepted(&parties.admin, &[("OnlySendByOwner", "true")]);
    for who in [&parties.admin, &parties.root] {
        let text = "The token of this delegation request can be sent by its owner only.";
        parties
            .on(who, "SendDelegationToken", &id)
            .fails(403, "AccessDenied", text);
    }
    parties.sent(&parties.owner, &id);
    let id = parties.accepted(&parties.admin, &[]);
    parties.sent(&parties.admin, &id);
}

#[test]
fn a_namesake_of_the_owner_is_not_the_owner() {
    let parties = Parties::new();
    let id = parties.assigned(&[]);
    let user = [("UserName", "owner")];
    let key = [
        ("UserName", "owner"),
        ("AccessKeyId", &*parties.owner.access_key_id),
    ];
    parties.iam(&parties.root, "DeleteAccessKey", &key).ok();
    let inline = [("UserName", "owner"), ("PolicyName", "inline")];
    parties.iam(&parties.root, "DeleteUserPolicy", &inline).ok();
    parties.iam(&parties.root, "DeleteUser", &user).ok();
    let namesake = parties.user(&parties.root, "owner", None);
    denied(&parties, &namesake, "owner", "GetDelegationRequest", &id);
}

#[test]
fn of_a_role_one_session_is_the_owner() {
    let parties = Parties::new();
    let mine = parties.in_role("desk", &allow("iam:AssociateDelegationRequest", "*"));
    let other = parties.assume(&parties.admin, "desk", &[("RoleSessionName", "other")]);
    let id = parties.asked(&[]);
    parties.on(&mine, "AssociateDelegationRequest", &id).ok();
    let shown = parties.on(&mine, "GetDelegationRequest", &id).ok();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/desk/session");
    assert_eq!(shown.text("OwnerId"), arn);
    assert_eq!(parties.on(&other, "GetDelegationRequest", &id).status, 403);
    // A session with session policies has what they allow.
    let limited = parties.assume(&parties.admin, "desk", &[("Policy", &allow("sts:*", "*"))]);
    assert_eq!(parties.on(&limited, "GetDelegationRequest", &id).status, 403);
}

#[test]
fn lists_have_what_is_owned_in_the_account() {
    let parties = Parties::new();
    parties.asked(&[]);
    parties.asked(&[("OwnerAccountId", "")]);
    let first = parties.assigned(&[]);
    let second = parties.asked(&[]);
    parties
        .on(&parties.admin, "AssociateDelegationRequest", &second)
        .ok();
    let ids = |who: &Credentials, parameters: &[(&str, &str)]| {
        let answer = parties.iam(who, "ListDelegationRequests", parameters).ok();
        answer.texts("DelegationRequestId")
    };
    let mut both = vec![first.clone(), second.clone()];
    both.sort();
    assert_eq!(ids(&parties.admin, &[]), both);
    let owner = "arn:aws:iam::111122223333:user/owner";
    assert_eq!(ids(&parties.admin, &[("OwnerId", owner)]), [first.as_str()]);
    // Everybody lists his own.
    assert_eq!(ids(&parties.owner, &[("OwnerId", owner)]), [first.as_str()]);
    assert!(ids(&parties.vendor, &[]).is_empty());
    let others = "arn:aws:iam::111122223333:user/admin";
    for parameters in [&[][..], &[("OwnerId", others)]] {
        let answer = parties.iam(&parties.owner, "ListDelegationRequests", parameters);
        assert_eq!(answer.status, 403);
    }
    // Page by page.
    let page = parties
        .iam(&parties.admin, "ListDelegationRequests", &[("MaxItems", "1")])
        .ok();
    assert_eq!(page.text("isTruncated"), "true");
    let marker = page.text("Marker");
    let next = parties
        .iam(&parties.admin, "ListDelegationRequests", &[("Marker", &marker)])
        .ok();
    assert_eq!(next.text("isTruncated"), "false");
    let mut pages = page.texts("DelegationRequestId");
    pages.extend(next.texts("DelegationRequestId"));
    assert_eq!(pages, both);
}

#[test]
fn policies_see_what_is_asked_for_and_who_owns_it() {
    let parties = Parties::new();
    let may_ask = |name: &str, condition: &str| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:CreateDelegationRequest","Resource":"arn:aws:iam::{ACCOUNT}:delegation-request/*","Condition":{condition}}}}}"#
        );
        let who = parties.user(&parties.vendor_root, name, Some(&document));
        parties.create(&who, &[]).status
    };
    let template = &parties.template;
    let fits = format!(
        r#"{{"ArnEquals":{{"iam:TemplateArn":"{template}"}},"NumericLessThanEquals":{{"iam:DelegationDuration":"3600"}},"StringLike":{{"iam:NotificationChannel":"arn:aws:sns:*:444455556666:*"}},"StringEquals":{{"aws:ResourceAccount":"{ACCOUNT}"}}}}"#
    );
    assert_eq!(may_ask("a", &fits), 200);
    assert_eq!(may_ask("b", &fits.replace("3600", "3599")), 403);
    assert_eq!(
        may_ask("c", &fits.replace("policy/template", "policy/other")),
        403
    );
    assert_eq!(
        may_ask("d", &fits.replace("444455556666:*", "111122223333:*")),
        403
    );
    let by = |name: &str, who: &Credentials, more: &[(&str, &str)]| {
        assert_eq!(parties.create(who, more).status, 403, "{name}");
    };
    let narrow = allow(
        "iam:CreateDelegationRequest",
        &format!("arn:aws:iam::{ACCOUNT}:delegation-request/*"),
    );
    let narrow = parties.user(&parties.vendor_root, "narrow", Some(&narrow));
    by("another account", &narrow, &[("OwnerAccountId", VENDOR)]);
    by("any account", &narrow, &[("OwnerAccountId", "")]);

    let id = parties.assigned(&[]);
    let of_owner = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:*"],"Resource":"*","Condition":{"ArnEquals":{"iam:DelegationRequestOwner":"arn:aws:iam::111122223333:user/owner"}}}}"#;
    let helper = parties.user(&parties.root, "helper", Some(of_owner));
    parties.on(&helper, "AcceptDelegationRequest", &id).ok();
    let other = parties.asked(&[]);
    parties
        .on(&parties.admin, "AssociateDelegationRequest", &other)
        .ok();
    assert_eq!(parties.on(&helper, "AcceptDelegationRequest", &other).status, 403);
}

#[test]
fn asking_and_trading_in_need_a_policy_of_the_requestors_account() {
    let parties = Parties::new();
    let idle = parties.user(&parties.vendor_root, "idle", None);
    assert_eq!(parties.create(&idle, &[]).status, 403);
    let (_, token) = parties.finalized(&parties.admin, &[]);
    let text = "User: arn:aws:iam::444455556666:user/idle is not authorized to perform: sts:GetDelegatedAccessToken on \
                resource: *";
    parties.trade(&idle, &token).fails(403, "AccessDenied", text);
    // Another principal of the account may, with a policy: the token belongs to the account.
    let document = allow("sts:GetDelegatedAccessToken", "*");
    let trader = parties.user(&parties.vendor_root, "trader", Some(&document));
    parties.trade(&trader, &token).ok();
}

#[test]
fn an_account_can_ask_itself() {
    let parties = Parties::new();
    let document = [
        ("PolicyName", "own"),
        ("PolicyDocument", &*allow("iam:ListUsers", "*")),
    ];
    let template = parties
        .iam(&parties.admin, "CreatePolicy", &document)
        .ok()
        .text("Arn");
    let more = [("Permissions.PolicyTemplateArn", &*template)];
    let asker = parties.user(
        &parties.root,
        "asker",
        Some(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:CreateDelegationRequest","sts:GetDelegatedAccessToken"],"Resource":"*"}}"#,
        ),
    );
    let id = parties.create(&asker, &more).ok().text("DelegationRequestId");
    parties.on(&parties.owner, "AssociateDelegationRequest", &id).ok();
    parties.on(&parties.admin, "AcceptDelegationRequest", &id).ok();
    let token = parties.sent(&parties.owner, &id);
    let delegate = parties.trade(&asker, &token).ok().credentials();
    parties.iam(&delegate, "ListUsers", &[]).ok();
    assert_eq!(parties.iam(&delegate, "GetUser", &[]).status, 403);
}
