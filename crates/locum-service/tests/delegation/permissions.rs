//! Who may do what: the owner, the customer's other principals, the vendor, and everybody else.

use super::parties::{ACCOUNT, Credentials, Parties, VENDOR, allow};

const DECISIONS: [&str; 5] = [
    "GetDelegationRequest",
    "UpdateDelegationRequest",
    "AcceptDelegationRequest",
    "RejectDelegationRequest",
    "SendDelegationToken",
];

const OWNER: &str = "arn:aws:iam::111122223333:user/owner";

/// What a user who is called as the owner is gets to take requests.
const TAKING: [(&str, &str); 3] = [
    ("UserName", "owner"),
    ("PolicyName", "taking"),
    (
        "PolicyDocument",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:AssociateDelegationRequest","Resource":"*"}}"#,
    ),
];

/// A user who may do everything with the requests that the owner looks after, by this operator.
fn helper_of(parties: &Parties, name: &str, operator: &str) -> Credentials {
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{{"{operator}":{{"iam:DelegationRequestOwner":"{OWNER}"}}}}}}}}"#
    );
    parties.user(&parties.root, name, Some(&document))
}

/// The ids of the requests of an owner.
#[track_caller]
fn listed(parties: &Parties, who: &Credentials, owner: &str) -> Vec<String> {
    let answer = parties.iam(who, "ListDelegationRequests", &[("OwnerId", owner)]);
    answer.ok().texts("DelegationRequestId")
}

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
    let unique = parties.kept(&id).owner.as_ref().unwrap().principal.unwrap();
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
    let listed = |who: &Credentials, owner: &str| listed(&parties, who, owner);
    assert!(listed(&namesake, OWNER).is_empty());
    // Who is gone has an id and no ARN any more, in conditions too.
    assert!(listed(&parties.admin, OWNER).is_empty());
    assert_eq!(listed(&parties.admin, unique.as_str()), [id.as_str()]);
    let shown = parties.on(&parties.admin, "GetDelegationRequest", &id).ok();
    assert_eq!(shown.text("OwnerId"), unique.as_str());
    for (name, operator) in [("strict", "ArnEquals"), ("lenient", "StringEqualsIfExists")] {
        let helper = helper_of(&parties, name, operator);
        denied(&parties, &helper, name, "AcceptDelegationRequest", &id);
    }
    // The namesake is an owner of his own.
    let own = parties.asked(&[]);
    parties.iam(&parties.root, "PutUserPolicy", &TAKING).ok();
    parties.on(&namesake, "AssociateDelegationRequest", &own).ok();
    assert_eq!(listed(&namesake, OWNER), [own.as_str()]);
    let helper = helper_of(&parties, "helper", "ArnEquals");
    parties.on(&helper, "AcceptDelegationRequest", &own).ok();
}

#[test]
fn an_owner_who_is_renamed_stays_the_owner() {
    let parties = Parties::new();
    let id = parties.assigned(&[]);
    let helper = helper_of(&parties, "helper", "ArnEquals");
    let rename = |from: &str, to: &str| {
        let names = [("UserName", from), ("NewUserName", to)];
        parties.iam(&parties.root, "UpdateUser", &names).ok();
    };
    rename("owner", "boss");
    rename("nobody", "owner");
    let listed = |who: &Credentials, owner: &str| listed(&parties, who, owner);
    assert!(listed(&parties.nobody, OWNER).is_empty());
    let boss = "arn:aws:iam::111122223333:user/boss";
    assert_eq!(listed(&parties.owner, boss), [id.as_str()]);
    let shown = parties.on(&parties.owner, "GetDelegationRequest", &id).ok();
    assert_eq!(shown.text("OwnerId"), boss);
    denied(&parties, &helper, "helper", "AcceptDelegationRequest", &id);
}

#[test]
fn a_session_of_a_recreated_role_is_not_the_owner() {
    let parties = Parties::new();
    let taking = allow("iam:AssociateDelegationRequest", "*");
    let owner = parties.in_role("desk", &taking);
    let id = parties.asked(&[]);
    parties.on(&owner, "AssociateDelegationRequest", &id).ok();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/desk/session");
    assert_eq!(listed(&parties, &owner, &arn), [id.as_str()]);
    let role = ("RoleName", "desk");
    let inline = [role, ("PolicyName", "inline")];
    parties.iam(&parties.root, "DeleteRolePolicy", &inline).ok();
    parties.iam(&parties.root, "DeleteRole", &[role]).ok();
    let namesake = parties.in_role("desk", &taking);
    assert!(listed(&parties, &namesake, &arn).is_empty());
    assert_eq!(parties.on(&namesake, "GetDelegationRequest", &id).status, 403);
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
    let helper = helper_of(&parties, "helper", "ArnEquals");
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
