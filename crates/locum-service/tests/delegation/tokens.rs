//! The trade-in token: where it is given, who can use it, and that it is used once.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    thread,
};

use locum_api::model::Service as Api;
use locum_crypto::SeededRandom;
use locum_directory::DelegationState;

use super::parties::{ALLOW_ALL, INVALID, Parties, allow};

#[test]
fn a_token_works_once_however_many_try() {
    let parties = Parties::new();
    let (id, token) = parties.finalized(&parties.admin, &[]);
    let parameters = [("TradeInToken", &*token)];
    let call = parties.signed_call(&parties.vendor, Api::Sts, "GetDelegatedAccessToken", &parameters);
    let (service, now) = (&parties.service, parties.now());
    let statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|seed| {
                let call = call.clone();
                scope.spawn(move || call.answered(service, now, &mut SeededRandom::new(seed)).status)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 403).count(),
        15,
        "{statuses:?}"
    );
    assert_eq!(parties.kept(&id).token.unwrap().used, Some(now));
    parties
        .trade(&parties.vendor, &token)
        .fails(403, "AccessDenied", INVALID);
}

#[test]
fn used_unknown_revoked_and_foreign_tokens_look_the_same() {
    let parties = Parties::new();
    let (_, used) = parties.finalized(&parties.admin, &[]);
    parties.trade(&parties.vendor, &used).ok();
    let (id, revoked) = parties.finalized(&parties.admin, &[]);
    parties.on(&parties.owner, "RejectDelegationRequest", &id).ok();
    let (_, good) = parties.finalized(&parties.admin, &[]);
    let almost = format!("{}A", &good[..good.len() - 1]);
    let unknown = "A".repeat(43);
    for token in [
        &used,
        &revoked,
        &almost,
        &unknown,
        &good.to_lowercase(),
        &format!("{good} "),
    ] {
        parties
            .trade(&parties.vendor, token)
            .fails(403, "AccessDenied", INVALID);
    }
    // Neither the customer's administrators nor anybody else can use it.
    for who in [&parties.third, &parties.admin, &parties.root] {
        parties.trade(who, &good).fails(403, "AccessDenied", INVALID);
    }
    parties.trade(&parties.vendor, &good).ok();
    // Nor does expiry tell them apart.
    parties.advance(8 * 24 * 3600);
    parties
        .trade(&parties.vendor, &used)
        .fails(403, "AccessDenied", INVALID);
}

#[test]
fn temporary_credentials_that_may_not_call_sts_do_not_trade_in() {
    let parties = Parties::new();
    let (_, token) = parties.finalized(&parties.admin, &[]);
    let (_, delegate) = parties.delegated(&parties.admin, &[]);
    let session = parties.sts(&parties.vendor, "GetSessionToken", &[]).credentials();
    let text = "Cannot call GetDelegatedAccessToken with session credentials";
    for who in [&delegate, &session] {
        parties.trade(who, &token).fails(403, "AccessDenied", text);
    }
}

#[test]
fn only_the_digest_is_kept() {
    let parties = Parties::new();
    let (id, token) = parties.finalized(&parties.admin, &[]);
    let kept = parties.kept(&id);
    assert_eq!(kept.state, DelegationState::Finalized);
    assert_eq!(kept.token.unwrap().digest, locum_crypto::sha256(token.as_bytes()));
    assert!(!format!("{kept:?}").contains(&token));
    assert_eq!(token.len(), 43);
    let shown = parties.on(&parties.admin, "GetDelegationRequest", &id).ok();
    assert!(!shown.body.contains(&token));
    assert_eq!(shown.header("x-locum-trade-in-token"), None);
    // A second sending gives none.
    assert_eq!(parties.on(&parties.owner, "SendDelegationToken", &id).status, 400);
    let tokens: BTreeSet<String> = (0..8).map(|_| parties.finalized(&parties.admin, &[]).1).collect();
    assert_eq!(tokens.len(), 8);
}

#[test]
fn a_token_is_given_over_tls_or_within_the_machine() {
    let parties = Parties::new();
    let (v4, v6) = (Ipv4Addr::new(203, 0, 113, 7), Ipv6Addr::LOCALHOST);
    for (seed, (peer, tls, status)) in (1..).zip([
        (IpAddr::from(v4), None, 403),
        (v4.into(), Some("TLSv1.3"), 200),
        (Ipv4Addr::LOCALHOST.into(), None, 200),
        (v6.into(), None, 200),
        (Ipv4Addr::LOCALHOST.to_ipv6_mapped().into(), None, 200),
    ]) {
        let id = parties.accepted(&parties.admin, &[]);
        let parameters = [("DelegationRequestId", &*id)];
        let call = parties.signed_call(&parties.owner, Api::Iam, "SendDelegationToken", &parameters);
        let random = &mut SeededRandom::new(seed);
        let answer = call.answered_from(&parties.service, parties.now(), random, peer, tls);
        assert_eq!(answer.status, status, "{peer} {tls:?}: {}", answer.body);
        let token = answer.header("x-locum-trade-in-token");
        assert_eq!(token.is_some(), status == 200);
        let state = if status == 200 { "FINALIZED" } else { "ACCEPTED" };
        assert_eq!(parties.state(&id), state);
        parties.advance(1);
    }
}

#[test]
fn a_policy_that_does_not_fit_into_the_session_costs_no_token() {
    let parties = Parties::new();
    // Tags and a policy that each fit, and do not together.
    let noise = |n: u8| locum_crypto::hex(&locum_crypto::sha256(&[n]));
    let users: Vec<String> = (0..20)
        .map(|n| format!("\"arn:aws:iam::*:user/{}\"", noise(n)))
        .collect();
    let long = allow("iam:GetUser", "*").replace("\"*\"", &format!("[{}]", users.join(",")));
    let template = parties.template("long", &long);
    parties.in_role("tagged", ALLOW_ALL);
    let tags: Vec<(String, String)> = (0..30)
        .flat_map(|n| {
            let member = |part: &str| format!("Tags.member.{}.{part}", n + 1);
            [
                (member("Key"), format!("key-{n}")),
                (member("Value"), noise(n + 100)),
            ]
        })
        .collect();
    let tags: Vec<(&str, &str)> = tags.iter().map(|(name, value)| (&**name, &**value)).collect();
    let session = parties.assume(&parties.admin, "tagged", &tags);
    let (id, token) = parties.finalized(&session, &[("Permissions.PolicyTemplateArn", &template)]);
    let answer = parties.trade(&parties.vendor, &token);
    let code = answer.find("Code");
    assert_eq!(
        (answer.status, code.as_deref()),
        (400, Some("PackedPolicyTooLarge"))
    );
    assert_eq!(parties.kept(&id).token.unwrap().used, None);
}

/// What a clock that ran ahead began lasts no longer than it should, and outlives no revocation.
#[test]
fn what_was_granted_or_sent_in_the_future_is_not_traded_in() {
    const YEAR: i64 = 365 * 24 * 3600;
    let hour = [("SessionDuration", "3600")];
    let parties = Parties::new();
    parties.advance(YEAR);
    let (id, token) = parties.finalized(&parties.admin, &hour);
    let accepted = parties.accepted(&parties.admin, &hour);
    parties.advance(-YEAR);
    let sent = parties.sent(&parties.owner, &accepted);
    for token in [&token, &sent] {
        let answer = parties.trade(&parties.vendor, token);
        assert_eq!(answer.find("Expiration"), None);
        answer.fails(403, "AccessDenied", INVALID);
    }
    // It can be taken back meanwhile.
    parties.on(&parties.owner, "RejectDelegationRequest", &id).ok();
    parties.advance(YEAR);
    parties
        .trade(&parties.vendor, &token)
        .fails(403, "AccessDenied", INVALID);
    parties.advance(-YEAR);

    // Clocks of two machines differ by some minutes, which nobody gains.
    parties.advance(600);
    let (_, token) = parties.finalized(&parties.admin, &hour);
    parties.advance(-600);
    let end = parties.trade(&parties.vendor, &token).ok().text("Expiration");
    let latest = parties.now() + jiff::SignedDuration::from_hours(1);
    assert_eq!(end.parse::<jiff::Timestamp>().unwrap(), latest);
}
