//! Tokens as Kubernetes and GitHub make them, and trust policies as people write them.

use serde_json::{Value, json};

use super::{
    issuer::{RSA, token},
    scene::{ACCOUNT, DENIED, RSA_ID, Scene, equals, provider_arn, trust},
};

const ACTION: &str = r#""sts:AssumeRoleWithWebIdentity""#;
const CLUSTER: &str = "https://oidc.cluster.example.com/id/9F3A";
const GITHUB: &str = "https://token.actions.githubusercontent.com";

fn place(url: &str) -> &str {
    url.strip_prefix("https://").unwrap()
}

fn scene_with(url: &str) -> Scene {
    let scene = Scene::new();
    scene.provider(&scene.root, url, &["sts.amazonaws.com"], &[]).ok();
    scene.publish(url, &[(RSA_ID, &RSA)]);
    scene
}

fn role(scene: &Scene, name: &str, url: &str, condition: &str) -> String {
    let arn = provider_arn(ACCOUNT, place(url));
    scene.role(&scene.root, name, &trust(&arn, ACTION, condition), None)
}

/// A projected token of a service account.
fn projected(scene: &Scene, namespace: &str, name: &str) -> String {
    let now = scene.now().as_second();
    let claims = json!({
        "aud": ["sts.amazonaws.com"],
        "exp": now + 86_400,
        "iat": now,
        "iss": CLUSTER,
        "jti": "6a2ae4ac-5b5e-4d59-9d0c-2b1c1e6a0f11",
        "kubernetes.io": {
            "namespace": namespace,
            "node": { "name": "node-1", "uid": "0c7a9a1e-1f1e-4c5e-8d43-5a0c3f1d2b3c" },
            "pod": { "name": "worker-0", "uid": "5a9a3c0e-9f67-4f6a-bb26-6ab1d2f0c1d2" },
            "serviceaccount": { "name": name, "uid": "1e1f3c52-0e33-4b8f-a9a1-3a9c9a7d6f10" },
            "warnafter": now + 3607,
        },
        "nbf": now,
        "sub": format!("system:serviceaccount:{namespace}:{name}"),
    });
    token(RSA_ID, &RSA, &claims)
}

#[test]
fn a_service_account_assumes_its_role() {
    let scene = scene_with(CLUSTER);
    let cluster = place(CLUSTER);
    let condition = format!(
        r#"{{"StringEquals":{{"{cluster}:sub":"system:serviceaccount:apps:worker","{cluster}:aud":"sts.amazonaws.com"}}}}"#
    );
    let role = role(&scene, "worker", CLUSTER, &condition);
    let answer = scene
        .assume(&role, &projected(&scene, "apps", "worker"), &[])
        .ok();
    assert_eq!(
        answer.text("SubjectFromWebIdentityToken"),
        "system:serviceaccount:apps:worker"
    );
    assert_eq!(answer.text("Audience"), "sts.amazonaws.com");
    assert_eq!(answer.text("Provider"), CLUSTER);
    let identity = scene.sts(&answer.credentials(), "GetCallerIdentity", &[]).ok();
    assert_eq!(
        identity.text("Arn"),
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session")
    );
    for (namespace, name) in [
        ("apps", "other"),
        ("other", "worker"),
        ("apps", "worker2"),
        ("apps:worker", "worker"),
    ] {
        scene
            .assume(&role, &projected(&scene, namespace, name), &[])
            .fails(403, "AccessDenied", DENIED);
    }
    // A token that the API server made for itself is for another audience.
    let own = token(
        RSA_ID,
        &RSA,
        &json!({
            "aud": ["https://kubernetes.default.svc"], "iss": CLUSTER, "sub": "system:serviceaccount:apps:worker",
            "iat": scene.now().as_second(), "exp": scene.now().as_second() + 3600,
        }),
    );
    scene
        .assume(&role, &own, &[])
        .fails(400, "InvalidIdentityToken", "Incorrect token audience");
    // A legacy token of a service account has no audience at all.
    let legacy = token(
        RSA_ID,
        &RSA,
        &json!({
            "iss": CLUSTER, "sub": "system:serviceaccount:apps:worker",
            "iat": scene.now().as_second(), "exp": scene.now().as_second() + 3600,
        }),
    );
    scene
        .assume(&role, &legacy, &[])
        .fails(400, "InvalidIdentityToken", "Missing a required claim: aud");
}

#[test]
fn every_service_account_of_a_namespace() {
    let scene = scene_with(CLUSTER);
    let condition = format!(
        r#"{{"StringLike":{{"{}:sub":"system:serviceaccount:apps:*"}}}}"#,
        place(CLUSTER)
    );
    let role = role(&scene, "worker", CLUSTER, &condition);
    scene.assume(&role, &projected(&scene, "apps", "a"), &[]).ok();
    scene.assume(&role, &projected(&scene, "apps", "b"), &[]).ok();
    scene
        .assume(&role, &projected(&scene, "apps2", "a"), &[])
        .fails(403, "AccessDenied", DENIED);
}

/// A token of a workflow.
fn workflow(scene: &Scene, repository: &str, reference: &str) -> String {
    let now = scene.now().as_second();
    let owner = repository.split('/').next().unwrap();
    let claims = json!({
        "jti": "example-id", "sub": format!("repo:{repository}:ref:{reference}"), "aud": "sts.amazonaws.com",
        "ref": reference, "sha": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "repository": repository,
        "repository_owner": owner, "actor_id": "12", "repository_visibility": "private", "repository_id": "74",
        "repository_owner_id": "65", "run_id": "example-run-id", "run_number": "10", "run_attempt": "2",
        "runner_environment": "github-hosted", "actor": "octocat", "workflow": "example-workflow", "head_ref": "",
        "base_ref": "", "event_name": "push", "ref_type": "branch", "environment": Value::Null,
        "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main",
        "iss": GITHUB, "nbf": now - 300, "exp": now + 300, "iat": now,
    });
    token(RSA_ID, &RSA, &claims)
}

#[test]
fn a_workflow_of_one_repository_assumes_its_role() {
    let scene = scene_with(GITHUB);
    let github = place(GITHUB);
    let condition = format!(
        r#"{{"StringEquals":{{"{github}:aud":"sts.amazonaws.com","{github}:repository_id":"74"}},"StringLike":{{"{github}:sub":"repo:octo-org/octo-repo:*"}}}}"#
    );
    let role = role(&scene, "deploy", GITHUB, &condition);
    scene
        .assume(
            &role,
            &workflow(&scene, "octo-org/octo-repo", "refs/heads/main"),
            &[],
        )
        .ok();
    for (repository, reference) in [
        ("octo-org/octo-repo2", "refs/heads/main"),
        ("octo-org2/octo-repo", "refs/heads/main"),
        ("evil/repo:octo-org/octo-repo", "refs/heads/main"),
    ] {
        let answer = scene.assume(&role, &workflow(&scene, repository, reference), &[]);
        answer.fails(403, "AccessDenied", DENIED);
    }
    for (name, key, value, admitted) in [
        ("ref", "ref", "refs/heads/main", true),
        ("other-ref", "ref", "refs/heads/other", false),
        ("repository", "repository", "octo-org/octo-repo", true),
        ("owner", "repository_owner_id", "65", true),
        ("actor", "actor", "octocat", true),
        (
            "workflow",
            "job_workflow_ref",
            "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main",
            true,
        ),
        ("environment", "environment", "prod", false),
        // Not among the keys.
        ("event", "event_name", "push", false),
    ] {
        let pinned = format!(r#""{github}:sub":"repo:octo-org/octo-repo:ref:refs/heads/main""#);
        let condition = format!(r#"{{"StringEquals":{{{pinned},"{github}:{key}":"{value}"}}}}"#);
        let arn = provider_arn(ACCOUNT, github);
        let role = scene.role(&scene.root, name, &trust(&arn, ACTION, &condition), None);
        let answer = scene.assume(
            &role,
            &workflow(&scene, "octo-org/octo-repo", "refs/heads/main"),
            &[],
        );
        assert_eq!(answer.status, if admitted { 200 } else { 403 }, "{name}");
    }
}

#[test]
fn a_role_cannot_trust_every_repository() {
    let scene = scene_with(GITHUB);
    let github = place(GITHUB);
    for (name, condition) in [
        ("none", "{}".to_owned()),
        ("audience", equals(&format!("{github}:aud"), "sts.amazonaws.com")),
        ("all", format!(r#"{{"StringLike":{{"{github}:sub":"*"}}}}"#)),
        (
            "if-exists",
            format!(r#"{{"StringEqualsIfExists":{{"{github}:sub":"repo:octo-org/octo-repo:*"}}}}"#),
        ),
        (
            "other-issuer",
            equals("idp.example.com/realms/a:sub", "repo:octo-org/octo-repo:*"),
        ),
    ] {
        let document = trust(&provider_arn(ACCOUNT, github), ACTION, &condition);
        let parameters = [
            ("RoleName", name),
            ("AssumeRolePolicyDocument", document.as_str()),
        ];
        let answer = scene.iam(&scene.root, "CreateRole", &parameters);
        assert_eq!(
            (answer.status, answer.text("Code")),
            (400, "MalformedPolicyDocument".to_owned()),
            "{name}"
        );
    }
    let role = role(
        &scene,
        "deploy",
        GITHUB,
        &format!(r#"{{"StringLike":{{"{github}:sub":"repo:octo-org/*"}}}}"#),
    );
    let document = trust(&provider_arn(ACCOUNT, github), ACTION, "{}");
    let parameters = [("RoleName", "deploy"), ("PolicyDocument", document.as_str())];
    let answer = scene.iam(&scene.root, "UpdateAssumeRolePolicy", &parameters);
    assert_eq!(answer.text("Code"), "MalformedPolicyDocument");
    scene
        .assume(
            &role,
            &workflow(&scene, "octo-org/octo-repo", "refs/heads/main"),
            &[],
        )
        .ok();
    scene
        .assume(&role, &workflow(&scene, "evil/octo-org", "refs/heads/main"), &[])
        .fails(403, "AccessDenied", DENIED);
}
