//! The condition keys that a trust policy sees (`facts: sts §4.2, §4.4`).

use super::{
    idp::Said,
    scene::{ACCOUNT, ACTIONS, DENIED, Scene, trust, trust_with},
};

/// Every key that the evaluation has, and nothing of the provider's that is not a key.
#[test]
fn the_keys_of_an_assertion() {
    let scene = Scene::new();
    let elsewhere = format!("arn:aws:iam::{ACCOUNT}:saml-provider/elsewhere");
    let parameters = [
        ("RoleName", "tagged"),
        ("AssumeRolePolicyDocument", &*trust(&elsewhere)),
        ("Tags.member.1.Key", "project"),
        ("Tags.member.1.Value", "locum"),
    ];
    let role = scene.iam(&scene.root, "CreateRole", &parameters).ok().text("Arn");
    let pair = format!("{role},{}", scene.provider);
    let said = Said::new(scene.now(), &[pair]).but(|said| {
        said.aws("PrincipalTag:team", &["blue"]);
        said.aws("PrincipalTag:cost", &["42"]);
        said.aws("TransitiveTagKeys", &["team"]);
        said.aws("SourceIdentity", &["alice"]);
        said.set("urn:oid:2.5.4.3", &["Alice", "A"]);
        said.set("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", &["staff", "member"]);
        said.set("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", &["alice@example.com"]);
        said.set(
            "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
            &["S-1"],
        );
        said.set(
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            &["a@example.com"],
        );
        // Names of keys that are the server's own are not names of attributes.
        said.set("aws:SourceIp", &["192.0.2.1"]);
        said.set("saml:aud", &["other"]);
        said.set("sts:RoleSessionName", &["other"]);
    });
    let denied = scene.ask_for(&role, &said);
    denied.fails(403, "AccessDenied", DENIED);
    let mut keys: Vec<String> = scene
        .keys(&denied)
        .into_iter()
        .filter(|(key, _)| key != "aws:ResourceOrgID")
        .map(|(key, values)| format!("{key} = {}", values.join(", ")))
        .collect();
    keys.sort();
    insta::assert_snapshot!(keys.join("\n"), @r#"
    aws:ARN = arn:aws:iam::111122223333:role/tagged
    aws:Account = 111122223333
    aws:CurrentTime = 2026-11-22T12:00:00Z
    aws:EpochTime = 1795348800
    aws:PrincipalIsAWSService = false
    aws:Region = 
    aws:RequestTag/cost = 42
    aws:RequestTag/team = blue
    aws:RequestedRegion = us-east-1
    aws:Resource = role/tagged
    aws:ResourceAccount = 111122223333
    aws:SecureTransport = true
    aws:Service = iam
    aws:SourceIp = 203.0.113.7
    aws:TagKeys = team, cost
    aws:Type = role
    aws:UserAgent = test/1
    aws:ViaAWSService = false
    saml:aud = https://signin.aws.amazon.com/saml
    saml:cn = Alice, A
    saml:doc = 111122223333/idp
    saml:edupersonaffiliation = staff, member
    saml:edupersonprincipalname = alice@example.com
    saml:iss = https://idp.example.com/saml
    saml:mail = a@example.com
    saml:namequalifier = w9623T/DM68QqX6yODhgW5uvh0U=
    saml:sub = alice@example.com
    saml:sub_type = persistent
    saml:uid = S-1
    sts:RoleSessionName = alice
    sts:SourceIdentity = alice
    sts:TransitiveTagKeys = team
    "#);
}

/// A condition, and whether it lets Alice in.
#[test]
fn conditions_of_trust_policies() {
    let scene = Scene::new();
    let good = [
        r#"{"StringEquals":{"saml:aud":"https://signin.aws.amazon.com/saml"}}"#,
        r#"{"StringEquals":{"saml:iss":"https://idp.example.com/saml"}}"#,
        r#"{"StringEquals":{"saml:sub":"alice@example.com","saml:sub_type":"persistent"}}"#,
        r#"{"StringEquals":{"saml:doc":"111122223333/idp"}}"#,
        r#"{"StringEquals":{"saml:namequalifier":"w9623T/DM68QqX6yODhgW5uvh0U="}}"#,
        r#"{"ForAnyValue:StringEquals":{"saml:edupersonaffiliation":["staff"]}}"#,
        r#"{"ForAllValues:StringEquals":{"saml:edupersonaffiliation":["staff","member","guest"]}}"#,
        r#"{"StringLike":{"sts:RoleSessionName":"ali*"}}"#,
        r#"{"StringEquals":{"sts:SourceIdentity":"alice"}}"#,
        r#"{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#,
        r#"{"ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":"team"}}"#,
        r#"{"StringEquals":{"aws:ResourceTag/project":"locum"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#,
    ];
    let bad = [
        r#"{"StringEquals":{"saml:aud":"urn:amazon:webservices"}}"#,
        r#"{"StringEquals":{"saml:sub":"ALICE@example.com"}}"#,
        r#"{"StringEquals":{"saml:doc":"111122223333/other"}}"#,
        r#"{"ForAllValues:StringEquals":{"saml:edupersonaffiliation":["staff"]}}"#,
        r#"{"StringEquals":{"saml:cn":"Alice"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/team":"blue"}}"#,
        r#"{"StringEquals":{"aws:SourceIdentity":"alice"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"*"}}"#,
        r#"{"StringEquals":{"aws:RequestTag/team":"red"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
    ];
    for (at, (condition, works)) in good
        .iter()
        .map(|condition| (condition, true))
        .chain(bad.iter().map(|condition| (condition, false)))
        .enumerate()
    {
        let name = format!("r{at}");
        let document = trust_with(&scene.provider, &ACTIONS, condition);
        let parameters = [
            ("RoleName", name.as_str()),
            ("AssumeRolePolicyDocument", &document),
            ("Tags.member.1.Key", "project"),
            ("Tags.member.1.Value", "locum"),
        ];
        let role = scene.iam(&scene.root, "CreateRole", &parameters).ok().text("Arn");
        let said = Said::new(scene.now(), &[format!("{role},{}", scene.provider)]);
        let said = said.id(&format!("_{at}")).but(|said| {
            said.aws("PrincipalTag:team", &["blue"]);
            said.aws("TransitiveTagKeys", &["team"]);
            said.aws("SourceIdentity", &["alice"]);
            said.set("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", &["staff", "member"]);
        });
        let answer = scene.ask_for(&role, &said);
        if works {
            assert_eq!(answer.status, 200, "{condition}: {}", answer.body);
        } else {
            answer.fails(403, "AccessDenied", DENIED);
        }
    }
}
