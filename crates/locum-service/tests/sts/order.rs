//! What is told of a request that is wrong in several ways: the first thing that needs no knowledge of the role, and of the
//! role nothing to those who may not assume it (`docs/compatibility.md`, "order inside AssumeRole").

use super::scene::{ACCOUNT, ALLOW_ALL, Scene, World, trust};

const ROLE: &str = "arn:aws:iam::111122223333:role/target";
const FIRST: &str = "arn:aws:iam::111122223333:role/first";

/// Lets the account do these to the role.
fn open(scene: &Scene, actions: &[&str]) {
    let actions = serde_json::to_string(actions).unwrap();
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":{actions}}}}}"#
    );
    let parameters = [("RoleName", "target"), ("PolicyDocument", &*document)];
    scene.iam(&scene.root, "UpdateAssumeRolePolicy", &parameters).ok();
}

#[test]
fn assume_role_tells_what_is_wrong_in_its_order() {
    let scene = Scene::new();
    World::role(&scene, &scene.root, "first", &trust(ACCOUNT), Some(ALLOW_ALL));
    World::role(&scene, &scene.root, "target", &trust("*"), None);
    let alice = scene.admin("alice");
    let carried = [
        ("SourceIdentity", "alice"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
        ("TransitiveTagKeys.member.1", "team"),
    ];
    let caller = scene.assume(&alice, FIRST, &carried).credentials();
    let absent = format!("arn:aws:iam::{ACCOUNT}:policy/absent");
    let mut asked = vec![
        ("RoleArn", "nothing-valid-in-here"),
        ("RoleSessionName", "x"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "b"),
        ("SourceIdentity", "bob"),
        ("SerialNumber", "arn:aws:iam::111122223333:mfa/phone"),
        (
            "ProvidedContexts.member.1.ProviderArn",
            "arn:aws:iam::aws:contextProvider/IdentityCenter",
        ),
        ("ProvidedContexts.member.1.ContextAssertion", "assertion"),
        ("PolicyArns.member.1.arn", &*absent),
        ("DurationSeconds", "7200"),
    ];
    let with = |asked: &mut Vec<(&'static str, &str)>, name: &'static str, value: Option<&'static str>| {
        asked.retain(|(known, _)| *known != name);
        asked.extend(value.map(|value| (name, value)));
    };
    // What is wrong with it, how it is told, and what mends it.
    type Mend<'m> = &'m dyn Fn(&mut Vec<(&'static str, &str)>);
    let not_allowed = |action: &str| {
        format!(
            "User: arn:aws:sts::{ACCOUNT}:assumed-role/first/session is not authorized to perform: {action} on resource: {ROLE}"
        )
    };
    // Nothing that this caller could do.
    open(&scene, &["sts:AssumeRoleWithSAML"]);
    let steps: [(&str, String, Mend<'_>); 12] = [
        (
            "ValidationError",
            "1 validation error detected: Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have \
             length greater than or equal to 2"
                .to_owned(),
            &|asked| with(asked, "RoleSessionName", Some("next")),
        ),
        (
            "ValidationError",
            "nothing-valid-in-here is invalid".to_owned(),
            &|asked| with(asked, "RoleArn", Some(ROLE)),
        ),
        (
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from \
             the calling session."
                .to_owned(),
            &|asked| {
                with(asked, "Tags.member.1.Key", None);
                with(asked, "Tags.member.1.Value", None);
            },
        ),
        (
            "ValidationError",
            "The source identity is already set for this assume role session".to_owned(),
            &|asked| with(asked, "SourceIdentity", None),
        ),
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.".to_owned(),
            &|asked| with(asked, "SerialNumber", None),
        ),
        ("AccessDenied", not_allowed("sts:AssumeRole"), &|_| {
            open(&scene, &["sts:AssumeRole"]);
        }),
        ("AccessDenied", not_allowed("sts:SetSourceIdentity"), &|_| {
            open(&scene, &["sts:AssumeRole", "sts:SetSourceIdentity"]);
        }),
        ("AccessDenied", not_allowed("sts:TagSession"), &|_| {
            open(&scene, &["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]);
        }),
        ("AccessDenied", not_allowed("sts:SetContext"), &|asked| {
            with(asked, "ProvidedContexts.member.1.ProviderArn", None);
            with(asked, "ProvidedContexts.member.1.ContextAssertion", None);
        }),
        (
            "MalformedPolicyDocument",
            format!("Policy {absent} does not exist or is not attachable."),
            &|asked| with(asked, "PolicyArns.member.1.arn", None),
        ),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned(),
            &|_| {
                let longer = [("RoleName", "target"), ("MaxSessionDuration", "7200")];
                scene.iam(&scene.root, "UpdateRole", &longer).ok();
            },
        ),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.".to_owned(),
            &|asked| with(asked, "DurationSeconds", Some("3600")),
        ),
    ];
    for (code, message, mend) in steps {
        let answer = scene.sts(&caller, "AssumeRole", &asked);
        assert_eq!(
            (answer.text("Code"), answer.text("Message")),
            (code.to_owned(), message)
        );
        mend(&mut asked);
    }
    scene.sts(&caller, "AssumeRole", &asked).ok();
}
