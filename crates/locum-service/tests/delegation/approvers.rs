//! Who can grant, and that nobody grants more than he has, nor for longer.

use locum_federation::oidc::{Fetched, Source, Verification};
use serde_json::json;

use super::{
    issuer::{EC, key_set, token},
    parties::{ACCOUNT, ALLOW_ALL, Answer, Credentials, Parties, allow},
    phone::Phone,
};

const LIMITED: &str = "A session that has session policies, or that comes from an identity provider, AssumeRoot or a \
                       delegation, cannot accept delegation requests.";

fn accept(parties: &Parties, who: &Credentials, more: &[(&str, &str)]) -> Answer {
    let id = parties.assigned(more);
    parties.on(who, "AcceptDelegationRequest", &id)
}

#[test]
fn sessions_that_can_do_less_than_their_principal_grant_nothing() {
    let parties = Parties::new();
    parties.in_role("admins", ALLOW_ALL);
    let policy = [("Policy", ALLOW_ALL)];
    let inline = parties.assume(&parties.admin, "admins", &policy);
    accept(&parties, &inline, &[]).fails(403, "AccessDenied", LIMITED);
    let arn = [(
        "PolicyArns.member.1.arn",
        "arn:aws:iam::aws:policy/AdministratorAccess",
    )];
    let managed = parties.assume(&parties.admin, "admins", &arn);
    accept(&parties, &managed, &[]).fails(403, "AccessDenied", LIMITED);
    let federated = [("Name", "eve"), ("Policy", ALLOW_ALL)];
    let federated = parties.sts(&parties.admin, "GetFederationToken", &federated);
    let text = "The security token included in the request is invalid";
    accept(&parties, &federated.credentials(), &[]).fails(403, "InvalidClientTokenId", text);
}

#[test]
fn whom_an_identity_provider_vouches_for_grants_nothing() {
    let parties = Parties::new();
    let issuer = "https://idp.example.com";
    let provider = [("Url", issuer), ("ClientIDList.member.1", "client-1")];
    parties
        .iam(&parties.root, "CreateOpenIDConnectProvider", &provider)
        .ok();
    let cache = parties.service.identity_keys();
    cache.register(&[Source {
        issuer: issuer.into(),
        thumbprints: Vec::new(),
    }]);
    assert_eq!(cache.due(parties.now(), 10).len(), 1);
    let fetched = Fetched {
        keys: key_set(&[("ec-1", &EC)]),
        verification: Verification::TrustStore,
    };
    cache.put(issuer, Ok(fetched), parties.now());
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example.com"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"idp.example.com:aud":"client-1"}}}}}}}}"#
    );
    // Everything but what a policy denies to just this user.
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*","Condition":{"StringEquals":{"idp.example.com:sub":"eve"}}}]}"#;
    let role = parties.role(&parties.root, "federated", &trust, Some(document));
    let now = parties.now().as_second();
    let claims = json!({ "iss": issuer, "sub": "eve", "aud": "client-1", "iat": now, "exp": now + 300 });
    let token = token("ec-1", &EC, &claims);
    let parameters = [
        ("RoleArn", &*role),
        ("RoleSessionName", "session"),
        ("WebIdentityToken", &*token),
    ];
    let assumed = parties.sts(&parties.nobody, "AssumeRoleWithWebIdentity", &parameters);
    let session = assumed.ok().credentials();
    assert_eq!(parties.iam(&session, "ListUsers", &[]).status, 403);
    accept(&parties, &session, &[]).fails(403, "AccessDenied", LIMITED);
}

#[test]
fn a_delegate_grants_nothing() {
    let parties = Parties::new();
    let template = parties.template("everything", ALLOW_ALL);
    let more = [("Permissions.PolicyTemplateArn", &*template)];
    let (_, delegate) = parties.delegated(&parties.admin, &more);
    let text = "Cannot call AcceptDelegationRequest with delegated credentials";
    accept(&parties, &delegate, &[]).fails(403, "AccessDenied", text);
}

#[test]
fn the_root_user_grants_four_hours() {
    let parties = Parties::new();
    accept(&parties, &parties.root, &[("SessionDuration", "14401")]).fails(
        400,
        "InvalidInput",
        "The root user can accept delegation requests of at most 14400 seconds; this one asks for 14401.",
    );
    let (_, token) = parties.finalized(&parties.root, &[("SessionDuration", "14400")]);
    let traded = parties.trade(&parties.vendor, &token).ok();
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    assert_eq!(traded.text("AssumedPrincipal"), root);
    let delegate = traded.credentials();
    let identity = parties.sts(&delegate, "GetCallerIdentity", &[]).ok();
    assert_eq!(identity.text("Arn"), root);
    parties.iam(&delegate, "ListUsers", &[]).ok();
    let denied = parties.iam(&delegate, "CreateUser", &[("UserName", "eve")]);
    assert_eq!(denied.status, 403);
    accept(&parties, &parties.admin, &[("SessionDuration", "43200")]).ok();
}

#[test]
fn a_role_grants_as_long_as_its_own_sessions_last() {
    let parties = Parties::new();
    let session = parties.in_role("admins", ALLOW_ALL);
    accept(&parties, &session, &[("SessionDuration", "3601")]).fails(
        400,
        "InvalidInput",
        "This role can accept delegation requests of at most 3600 seconds; this one asks for 3601.",
    );
    let longer = [("RoleName", "admins"), ("MaxSessionDuration", "7200")];
    parties.iam(&parties.admin, "UpdateRole", &longer).ok();
    let (_, token) = parties.finalized(&session, &[("SessionDuration", "7200")]);
    // What the role may last at the time of trading in counts too.
    let shorter = [("RoleName", "admins"), ("MaxSessionDuration", "3600")];
    parties.iam(&parties.admin, "UpdateRole", &shorter).ok();
    let traded = parties.trade(&parties.vendor, &token).ok();
    assert_eq!(traded.text("Expiration"), "2026-11-22T13:00:00Z");
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/admins/session");
    assert_eq!(traded.text("AssumedPrincipal"), arn);
    let identity = parties.sts(&traded.credentials(), "GetCallerIdentity", &[]).ok();
    assert_eq!(identity.text("Arn"), arn);
}

#[test]
fn a_role_assumed_by_a_role_grants_an_hour() {
    let parties = Parties::new();
    let first = parties.in_role("first", ALLOW_ALL);
    parties.in_role("second", ALLOW_ALL);
    let longer = [("RoleName", "second"), ("MaxSessionDuration", "43200")];
    parties.iam(&parties.admin, "UpdateRole", &longer).ok();
    let chained = parties.assume(&first, "second", &[]);
    accept(&parties, &chained, &[("SessionDuration", "3601")]).fails(
        400,
        "InvalidInput",
        "A role assumed by a role can accept delegation requests of at most 3600 seconds; this one asks for 3601.",
    );
    accept(&parties, &chained, &[("SessionDuration", "3600")]).ok();
}

#[test]
fn the_session_keeps_the_approvers_tags_and_source_identity() {
    let parties = Parties::new();
    parties.in_role("tagged", ALLOW_ALL);
    // Only what is tagged `team=blue` may be done, in the session and so in the delegate's.
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:GetUser","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red","aws:SourceIdentity":"Alice"}}}]}"#;
    let inline = [
        ("RoleName", "tagged"),
        ("PolicyName", "inline"),
        ("PolicyDocument", deny),
    ];
    parties.iam(&parties.root, "PutRolePolicy", &inline).ok();
    for (team, status) in [("red", 403), ("blue", 200)] {
        let tags = [
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", team),
            ("SourceIdentity", "Alice"),
        ];
        let session = parties.assume(&parties.admin, "tagged", &tags);
        let user = [("UserName", "nobody")];
        assert_eq!(parties.iam(&session, "GetUser", &user).status, status);
        let (_, delegate) = parties.delegated(&session, &[]);
        assert_eq!(parties.iam(&delegate, "GetUser", &user).status, status, "{team}");
    }
}

#[test]
fn no_second_factor_comes_out_of_nowhere() {
    let parties = Parties::new();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:AcceptDelegationRequest","Resource":"*"},{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#;
    let approver = parties.user(&parties.root, "careful", Some(document));
    let (_, delegate) = parties.delegated(&approver, &[]);
    assert_eq!(parties.iam(&delegate, "ListUsers", &[]).status, 403);
    // The one that the approver had goes on, and grows old.
    let phone = Phone::of_user(&parties, "careful");
    let session = phone.sign_in(&parties, &approver, &phone.shows(&parties, 0));
    let (id, delegate) = parties.delegated(&session.ok().credentials(), &[]);
    let at = parties.kept(&id).approval.as_ref().unwrap().mfa_at;
    assert_eq!(at, Some(parties.now()));
    parties.iam(&delegate, "ListUsers", &[]).ok();
    let young = document.replace(
        r#""Bool":{"aws:MultiFactorAuthPresent":"true"}"#,
        r#""NumericLessThan":{"aws:MultiFactorAuthAge":"600"}"#,
    );
    let inline = [
        ("UserName", "careful"),
        ("PolicyName", "inline"),
        ("PolicyDocument", &*young),
    ];
    parties.iam(&parties.root, "PutUserPolicy", &inline).ok();
    parties.advance(599);
    parties.iam(&delegate, "ListUsers", &[]).ok();
    parties.advance(1);
    assert_eq!(parties.iam(&delegate, "ListUsers", &[]).status, 403);
}

#[test]
fn the_approvers_rights_count_when_they_are_used() {
    let parties = Parties::new();
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:AcceptDelegationRequest","iam:ListUsers"],"Resource":"*"}}"#;
    let approver = parties.user(&parties.root, "approver", Some(document));
    let (_, delegate) = parties.delegated(&approver, &[]);
    parties.iam(&delegate, "ListUsers", &[]).ok();
    let put = |document: &str| {
        let inline = [
            ("UserName", "approver"),
            ("PolicyName", "inline"),
            ("PolicyDocument", document),
        ];
        parties.iam(&parties.root, "PutUserPolicy", &inline).ok();
    };
    put(&allow("iam:GetUser", "*"));
    assert_eq!(parties.iam(&delegate, "ListUsers", &[]).status, 403);
    parties.iam(&delegate, "GetUser", &[("UserName", "nobody")]).ok();
    // A boundary bounds the delegate too.
    put(ALLOW_ALL);
    let boundary = [
        ("PolicyName", "bounds"),
        ("PolicyDocument", &*allow("iam:GetUser", "*")),
    ];
    let boundary = parties
        .iam(&parties.root, "CreatePolicy", &boundary)
        .ok()
        .text("Arn");
    let bound = [("UserName", "approver"), ("PermissionsBoundary", &*boundary)];
    parties
        .iam(&parties.root, "PutUserPermissionsBoundary", &bound)
        .ok();
    assert_eq!(parties.iam(&delegate, "ListUsers", &[]).status, 403);
}

#[test]
fn a_role_whose_sessions_were_revoked_lends_nothing() {
    let parties = Parties::new();
    let revoke = |name: &str| {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        parties.revoke(&parties.root, &arn).ok();
    };
    // Granted before, sent and traded in after: what was granted is of a session that is no more.
    let session = parties.in_role("admins", ALLOW_ALL);
    let (accepted, sent) = (
        parties.accepted(&session, &[]),
        parties.finalized(&session, &[]).1,
    );
    let (_, delegate) = parties.delegated(&session, &[]);
    revoke("admins");
    parties.advance(60);
    let text = "Whoever accepted this delegation request cannot grant it any longer.";
    let answer = parties.on(&parties.owner, "SendDelegationToken", &accepted);
    answer.fails(400, "InvalidInput", text);
    assert_eq!(parties.trade(&parties.vendor, &sent).status, 403);
    let over = parties.iam(&delegate, "ListUsers", &[]);
    assert_eq!((over.status, over.text("Code").as_str()), (403, "ExpiredToken"));
}
