use jiff::Timestamp;

use super::scene::{ALLOW_ALL, Scene};

/// Requested, the attribute, the end of the session at the provider; seconds granted (`facts: sts §2.5`).
#[test]
fn the_shortest_of_all_counts() {
    let scene = Scene::new();
    let parameters = [("RoleName", "worker"), ("MaxSessionDuration", "43200")];
    scene.iam(&scene.root, "UpdateRole", &parameters).ok();
    for (at, (requested, claimed, end, granted)) in [
        (None, None, None, 3600),
        (Some("900"), None, None, 900),
        (Some("43200"), None, None, 43_200),
        // The attribute shortens and never lengthens.
        (None, Some("1800"), None, 1800),
        (None, Some("43200"), None, 3600),
        (Some("7200"), Some("1800"), None, 1800),
        (Some("900"), Some("1800"), None, 900),
        (None, None, Some(1200), 1200),
        (None, None, Some(7200), 3600),
        (Some("7200"), Some("3600"), Some(5400), 3600),
        (Some("7200"), Some("3600"), Some(1000), 1000),
        // Even below what may be asked for.
        (None, None, Some(1), 1),
    ]
    .into_iter()
    .enumerate()
    {
        let said = scene.said().id(&format!("_{at}")).but(|said| {
            said.session_end = end;
            if let Some(claimed) = claimed {
                said.aws("SessionDuration", &[claimed]);
            }
        });
        let more: Vec<_> = requested
            .map(|requested| ("DurationSeconds", requested))
            .into_iter()
            .collect();
        let answer = scene.redeem(&scene.idp.response(&said), &more).ok();
        let expiration: Timestamp = answer.text("Expiration").parse().unwrap();
        let seconds = expiration.as_second() - scene.now().as_second();
        assert_eq!(seconds, granted, "row {at}");
        scene.advance(1);
    }
}

#[test]
fn no_longer_than_the_role_allows() {
    let scene = Scene::new();
    let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    let response = scene.idp.response(&scene.said());
    scene
        .redeem(&response, &[("DurationSeconds", "3601")])
        .fails(400, "ValidationError", text);
    // Not even if the assertion would shorten it.
    let said = scene.said().but(|said| said.aws("SessionDuration", &["900"]));
    let answer = scene.redeem(&scene.idp.response(&said), &[("DurationSeconds", "3601")]);
    answer.fails(400, "ValidationError", text);
    scene.redeem(&response, &[("DurationSeconds", "3600")]).ok();
}

#[test]
fn a_session_that_has_ended_is_not_begun() {
    let scene = Scene::new();
    let said = scene.said().but(|said| said.session_end = Some(-1));
    scene.ask(&said).fails(
        400,
        "ExpiredTokenException",
        "Token must be redeemed within 5 minutes of issuance",
    );
}

#[test]
fn chained_sessions_last_an_hour() {
    let scene = Scene::new();
    let session = scene.ask(&scene.said()).credentials();
    let trusting = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}}}"#,
        scene.role
    );
    let onward = scene.role(&scene.root, "onward", &trusting, Some(ALLOW_ALL));
    let parameters = [("RoleName", "onward"), ("MaxSessionDuration", "43200")];
    scene.iam(&scene.root, "UpdateRole", &parameters).ok();
    let assume = |seconds| {
        let parameters = [
            ("RoleArn", onward.as_str()),
            ("RoleSessionName", "onward"),
            ("DurationSeconds", seconds),
        ];
        scene.sts(&session, "AssumeRole", &parameters)
    };
    assume("3601").fails(
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
    assume("3600").ok();
}
