//! What a delegate cannot do although approver and request allow it: nothing that outlasts the delegation.

use serde_json::json;

use super::parties::{ACCOUNT, ALLOW_ALL, Credentials, Parties};

/// A delegate with all the rights of an administrator.
fn almighty(parties: &Parties) -> Credentials {
    let template = parties.template("everything", ALLOW_ALL);
    let more = [("Permissions.PolicyTemplateArn", &*template)];
    parties.delegated(&parties.admin, &more).1
}

#[test]
fn of_sts_a_delegate_learns_who_it_is() {
    let parties = Parties::new();
    let delegate = almighty(&parties);
    parties.in_role("admins", ALLOW_ALL);
    parties.sts(&delegate, "GetCallerIdentity", &[]).ok();
    let role = format!("arn:aws:iam::{ACCOUNT}:role/admins");
    for (operation, parameters) in [
        (
            "AssumeRole",
            &[("RoleArn", &*role), ("RoleSessionName", "session")][..],
        ),
        ("GetSessionToken", &[]),
        ("GetFederationToken", &[("Name", "eve"), ("Policy", ALLOW_ALL)]),
        ("GetAccessKeyInfo", &[("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")]),
        ("DecodeAuthorizationMessage", &[("EncodedMessage", "x")]),
        (
            "GetWebIdentityToken",
            &[("Audience.member.1", "a"), ("SigningAlgorithm", "RS256")],
        ),
        ("GetDelegatedAccessToken", &[("TradeInToken", "x")]),
        (
            "AssumeRoot",
            &[
                ("TargetPrincipal", "444455556666"),
                (
                    "TaskPolicyArn.arn",
                    "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
                ),
            ],
        ),
    ] {
        let text = format!("Cannot call {operation} with session credentials");
        parties
            .sts(&delegate, operation, parameters)
            .fails(403, "AccessDenied", &text);
    }
}

#[test]
fn of_iam_a_delegate_makes_nothing_that_outlasts_it() {
    let parties = Parties::new();
    let delegate = almighty(&parties);
    parties.in_role("admins", ALLOW_ALL);
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}}"#;
    let other = "12345678-1234-1234-1234-123456789012";
    for (operation, parameters) in [
        ("CreateAccessKey", &[][..]),
        ("CreateAccessKey", &[("UserName", "nobody")]),
        (
            "UpdateAccessKey",
            &[
                ("AccessKeyId", &*parties.admin.access_key_id),
                ("Status", "Active"),
            ],
        ),
        ("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")]),
        (
            "DeactivateMFADevice",
            &[("SerialNumber", "arn:aws:iam::111122223333:mfa/phone")],
        ),
        (
            "UpdateAssumeRolePolicy",
            &[("RoleName", "admins"), ("PolicyDocument", trust)],
        ),
        ("DeleteRolePermissionsBoundary", &[("RoleName", "admins")]),
        (
            "AddUserToGroup",
            &[("GroupName", "admins"), ("UserName", "nobody")],
        ),
        ("EnableOrganizationsRootSessions", &[]),
        ("EnableOutboundWebIdentityFederation", &[]),
        ("DeleteUserPermissionsBoundary", &[("UserName", "nobody")]),
        ("AssociateDelegationRequest", &[("DelegationRequestId", other)]),
        ("SendDelegationToken", &[("DelegationRequestId", other)]),
        ("RejectDelegationRequest", &[("DelegationRequestId", other)]),
        (
            "UpdateSAMLProvider",
            &[("SAMLProviderArn", "arn:aws:iam::111122223333:saml-provider/idp")],
        ),
    ] {
        let text = format!("Cannot call {operation} with delegated credentials");
        parties
            .iam(&delegate, operation, parameters)
            .fails(403, "AccessDenied", &text);
    }
    parties.create(&delegate, &[]).fails(
        403,
        "AccessDenied",
        "Cannot call CreateDelegationRequest with delegated credentials",
    );
    // The rest is for the policies to say.
    parties.iam(&delegate, "CreateUser", &[("UserName", "made")]).ok();
    parties.iam(&delegate, "DeleteUser", &[("UserName", "made")]).ok();
}

#[test]
fn roles_that_a_delegate_makes_have_the_boundary_that_the_approver_saw() {
    let parties = Parties::new();
    let policy = |name: &str| {
        let parameters = [("PolicyName", name), ("PolicyDocument", ALLOW_ALL)];
        parties
            .iam(&parties.root, "CreatePolicy", &parameters)
            .ok()
            .text("Arn")
    };
    let (named, other) = (policy("named"), policy("other"));
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePermissionsBoundary"],"Resource":"*","Condition":{{"StringEquals":{{"iam:PermissionsBoundary":"{named}"}}}}}},{{"Effect":"Allow","Action":"iam:*","Resource":"*"}}]}}"#
    );
    let template = parties.template("roles", &document);
    let more = [("Permissions.PolicyTemplateArn", &*template)];
    let (id, delegate) = parties.delegated(&parties.admin, &more);
    let shown = parties.on(&parties.admin, "GetDelegationRequest", &id).ok();
    assert!(
        shown.body.contains(&format!("<member>{named}</member>")),
        "{}",
        shown.body
    );
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}}"#;
    let text =
        "With delegated access, a role must have a permissions boundary that the delegation request names.";
    let role = [("RoleName", "vendors"), ("AssumeRolePolicyDocument", trust)];
    parties
        .iam(&delegate, "CreateRole", &role)
        .fails(403, "AccessDenied", text);
    let wrong = [role[0], role[1], ("PermissionsBoundary", &*other)];
    parties
        .iam(&delegate, "CreateRole", &wrong)
        .fails(403, "AccessDenied", text);
    let right = [role[0], role[1], ("PermissionsBoundary", &*named)];
    parties.iam(&delegate, "CreateRole", &right).ok();
    let put = |boundary: &str| {
        let parameters = [("RoleName", "vendors"), ("PermissionsBoundary", boundary)];
        parties.iam(&delegate, "PutRolePermissionsBoundary", &parameters)
    };
    put(&other).fails(403, "AccessDenied", text);
    put(&named).ok();
    // A request that names none makes no roles at all.
    let delegate = almighty(&parties);
    for parameters in [&role[..], &wrong, &right] {
        let parameters = [&[("RoleName", "another")], &parameters[1..]].concat();
        parties
            .iam(&delegate, "CreateRole", &parameters)
            .fails(403, "AccessDenied", text);
    }
    // Others make them as they like.
    let plain = [("RoleName", "plain"), role[1]];
    parties.iam(&parties.admin, "CreateRole", &plain).ok();
}

#[test]
fn a_delegate_does_not_write_the_boundary_of_its_roles() {
    let parties = Parties::new();
    let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
    let create = |who: &Credentials, name: &str| {
        let parameters = [("PolicyName", name), ("PolicyDocument", ALLOW_ALL)];
        parties.iam(who, "CreatePolicy", &parameters)
    };
    let version = |who: &Credentials, name: &str| {
        let arn = arn(name);
        let parameters = [("PolicyArn", &*arn), ("PolicyDocument", ALLOW_ALL)];
        parties.iam(who, "CreatePolicyVersion", &parameters)
    };
    let default = |who: &Credentials, name: &str| {
        let arn = arn(name);
        let parameters = [("PolicyArn", &*arn), ("VersionId", "v1")];
        parties.iam(who, "SetDefaultPolicyVersion", &parameters)
    };
    create(&parties.root, "there").ok();
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{{"StringEquals":{{"iam:PermissionsBoundary":["{}","{}"]}}}}}},{{"Effect":"Allow","Action":"iam:*","Resource":"*"}}]}}"#,
        arn("there"),
        arn("missing"),
    );
    let template = parties.template("writing", &document);
    let more = [("Permissions.PolicyTemplateArn", &*template)];
    let (_, delegate) = parties.delegated(&parties.admin, &more);
    let text =
        "With delegated access, a permissions boundary that the delegation request names cannot be written.";
    for answer in [
        create(&delegate, "missing"),
        create(&delegate, "MISSING"),
        version(&delegate, "there"),
        default(&delegate, "there"),
    ] {
        answer.fails(403, "AccessDenied", text);
    }
    // Other policies are for the request's policy to limit, and everybody else writes these too.
    create(&delegate, "other").ok();
    version(&delegate, "other").ok();
    default(&delegate, "other").ok();
    version(&parties.admin, "there").ok();
    default(&parties.admin, "there").ok();
    create(&parties.admin, "missing").ok();
}

#[test]
fn a_delegate_makes_no_accounts() {
    let parties = Parties::new();
    let account = json!({ "Email": "made@example.com", "AccountName": "made" });
    let delegate = almighty(&parties);
    let refused = parties.organizations(&delegate, "CreateAccount", &account);
    assert_eq!(refused.status, 400);
    for part in [
        "AccessDeniedException",
        "Cannot call CreateAccount with delegated credentials",
    ] {
        assert!(refused.body.contains(part), "{}", refused.body);
    }
    let listed = parties.organizations(&delegate, "ListAccounts", &json!({}));
    assert_eq!(listed.status, 200, "{}", listed.body);
    let made = parties.organizations(&parties.admin, "CreateAccount", &account);
    assert_eq!(made.status, 200, "{}", made.body);
}
