//! The plan and the parser beside botocore: its answers are in `data/`, made by `data/derive.py`.

use std::collections::HashMap;

use locum_credentials::{
    Chain, Environment, Files, Recipe, Role, Section, Source, Verdict, parse_profile_file,
};
use serde_json::{Map, Value, json};

fn rows(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

/// The chain of `[default]`.
fn of_default<'a>(environment: &'a Environment, files: &'a Files) -> Chain<'a> {
    Chain {
        environment,
        files,
        profile: "default",
        explicit: false,
        sessions: false,
    }
}

/// What `derive.py` calls a source.
fn describe(recipe: Option<&Recipe>) -> String {
    match recipe {
        None => "none".to_owned(),
        Some(Recipe::Keys { source, credentials }) => {
            let token = credentials.session_token.as_ref().map_or("", |_| " with a token");
            format!("{source} {}{token}", credentials.access_key_id)
        }
        Some(Recipe::Role(role)) => {
            let Role {
                arn,
                session_name,
                external_id,
                mfa,
                duration_seconds,
                from,
            } = &**role;
            let words = words(&[
                ("DurationSeconds", duration_seconds.map(Value::from)),
                ("ExternalId", external_id.clone().map(Value::from)),
                ("RoleArn", Some(json!(arn))),
                ("RoleSessionName", session_name.clone().map(Value::from)),
                (
                    "SerialNumber",
                    mfa.as_ref().map(|mfa| Value::from(mfa.serial.as_str())),
                ),
            ]);
            format!("{words} from {}", describe(Some(from)))
        }
        Some(Recipe::MfaSession(session)) => format!("session of {}", describe(Some(&session.from))),
        Some(Recipe::WebIdentity(role)) => {
            let words = words(&[
                ("File", role.token_file.to_str().map(Value::from)),
                ("RoleArn", Some(json!(role.role_arn))),
                ("RoleSessionName", role.session_name.clone().map(Value::from)),
            ]);
            format!("{words} by web identity")
        }
        Some(Recipe::Sso(sso)) => {
            let session = sso.session.as_deref().unwrap_or("-");
            let locum_credentials::Sso {
                start_url,
                region,
                account_id,
                role_name,
                ..
            } = sso;
            format!("sso {session} {start_url} {region} {account_id} {role_name}")
        }
        Some(Recipe::Login(login)) => format!("login {}", login.session),
        Some(Recipe::Process(process)) => format!("custom-process {}", process.command),
        Some(Recipe::Container(container)) => format!("container-role {}", container.url),
        Some(Recipe::Instance(instance)) => format!("iam-role {}/", instance.endpoint),
    }
}

fn words(pairs: &[(&str, Option<Value>)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .filter_map(|(name, value)| Some(format!("\"{name}\": {}", value.as_ref()?)))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

fn environment(row: &Value) -> Environment {
    let variables = row["environment"].as_object().unwrap();
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    Environment::of(&variables)
}

#[test]
fn the_source_is_botocores() {
    let rows = rows(include_str!("../data/sources.json"));
    assert!(rows.len() > 70);
    for row in rows {
        let environment = environment(&row);
        let files = Files::of(
            row["config"].as_str().unwrap(),
            row["credentials"].as_str().unwrap(),
        )
        .unwrap();
        let named = row["profile"].as_str();
        let profile = environment.non_empty("AWS_PROFILE");
        let chain = Chain {
            environment: &environment,
            files: &files,
            profile: named.or(profile.as_deref()).unwrap_or("default"),
            explicit: named.is_some(),
            sessions: false,
        };
        let plan = chain.plan();
        let found = match &plan.outcome {
            Ok(recipe) => json!({"source": describe(recipe.as_ref())}),
            Err(error) => json!({"error": error.to_string()}),
        };
        let expected = match row.get("source") {
            // `aws_access_key_id` of the fixture is what the endpoint would be.
            Some(source) => json!({"source": source}),
            None => json!({"error": row["error"]}),
        };
        assert_eq!(found, expected, "{}", row["name"]);
        check_steps(&plan);
    }
}

/// Every source appears once and in order; what decided is one step, and all after it were not reached.
fn check_steps(plan: &locum_credentials::Plan) {
    let sources: Vec<Source> = plan.steps.iter().map(|step| step.source).collect();
    assert_eq!(sources, Source::ORDER);
    let decided = plan
        .steps
        .iter()
        .position(|step| matches!(step.verdict, Verdict::Chosen | Verdict::Broken));
    match (&plan.outcome, decided) {
        (Ok(None), None) => {}
        (outcome, Some(at)) => {
            let expected = match outcome {
                Ok(Some(recipe)) => {
                    assert_eq!(recipe.source(), plan.steps[at].source);
                    Verdict::Chosen
                }
                _ => Verdict::Broken,
            };
            assert_eq!(plan.steps[at].verdict, expected);
            assert!(
                plan.steps[at + 1..]
                    .iter()
                    .all(|step| step.verdict == Verdict::NotReached)
            );
        }
        other => panic!("{other:?}"),
    }
}

fn shown(section: &Section) -> Value {
    let mut all: Map<String, Value> = section
        .values
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    all.extend(
        section
            .nested
            .iter()
            .map(|(name, value)| (name.clone(), json!(value))),
    );
    sorted(Value::Object(all))
}

/// The order of keys is none of the parser's business.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: std::collections::BTreeMap<String, Value> = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            json!(members)
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[test]
fn files_are_read_as_botocore_reads_them() {
    let rows = rows(include_str!("../data/profiles.json"));
    assert!(rows.len() > 30);
    for row in rows {
        let found = parse_profile_file(row["text"].as_str().unwrap());
        let found = match found {
            Ok(sections) => sections
                .iter()
                .map(|(name, section)| json!([name, shown(section)]))
                .collect(),
            Err(_) => json!("refused"),
        };
        let expected = row
            .get("sections")
            .map_or(json!("refused"), |sections| sorted(sections.clone()));
        assert_eq!(found, expected, "{}", row["name"]);
    }
}

#[test]
fn a_line_that_is_nothing_is_named() {
    for (text, line) in [
        ("[a]\nregion us-east-1\n", 2),
        ("region = x\n", 1),
        ("[a\n", 1),
        ("[a]\n= x\n", 2),
        ("[a]\nx = 1\n\n# c\nx = 2\n", 5),
        ("[a]\ns3 =\n  nothing\n", 2),
        ("[a]\nx = 1\n[a]\n", 3),
    ] {
        assert_eq!(parse_profile_file(text), Err(line), "{text:?}");
    }
    assert!(parse_profile_file("\u{feff}[a]\nx = 1\n").is_ok());
}

#[test]
fn hostile_files_end_in_an_error_and_not_in_a_crash() {
    // A chain of profiles without end, and a section of a million keys.
    let long: String = (0..5_000)
        .map(|i| format!("[profile p{i}]\nrole_arn = arn\nsource_profile = p{}\n", i + 1))
        .collect();
    let files = Files::of(&long, "").unwrap();
    let environment = Environment::default();
    let chain = Chain {
        environment: &environment,
        files: &files,
        profile: "p0",
        explicit: true,
        sessions: false,
    };
    let error = chain.plan().outcome.unwrap_err().to_string();
    assert!(error.starts_with("Infinite loop"), "{error}");
    // Names of a file are quoted without what drives a terminal.
    let files = Files::of(
        "[profile p]\nrole_arn = a\nsource_profile = \u{1b}[2Jx\u{202e}\n",
        "",
    )
    .unwrap();
    let chain = Chain {
        files: &files,
        profile: "p",
        ..chain
    };
    let error = chain.plan().outcome.unwrap_err().to_string();
    assert!(
        error.contains("\\x1b[2Jx\\u202e") && !error.contains('\u{1b}'),
        "{error}"
    );
    // Something of every byte.
    let noise: String = (0..=255_u8).map(char::from).cycle().take(100_000).collect();
    assert!(parse_profile_file(&noise).is_err());
}

#[test]
fn files_that_cannot_be_read_are_not_passed_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config");
    let load = |path: &std::path::Path| {
        Files::load(&Environment::of(&[
            ("AWS_CONFIG_FILE", path.to_str().unwrap()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
        ]))
    };
    assert_eq!(load(&path).unwrap().names(), Vec::<&str>::new());
    std::fs::write(&path, b"[default]\nregion = \xff\n").unwrap();
    assert!(load(&path).unwrap_err().to_string().ends_with("(not UTF-8)"));
    std::fs::write(&path, "[default]\nnothing\n").unwrap();
    assert!(load(&path).unwrap_err().to_string().ends_with("(line 2)"));
    assert!(
        load(directory.path())
            .unwrap_err()
            .to_string()
            .starts_with("Unable to read")
    );
    assert!(
        load(std::path::Path::new("/dev/zero"))
            .unwrap_err()
            .to_string()
            .contains("larger than")
    );
    std::fs::write(
        &path,
        "[profile b]\nx=1\n[default]\nx=1\n[profile a]\nx=1\n[other]\ny=1\n",
    )
    .unwrap();
    assert_eq!(load(&path).unwrap().names(), ["b", "default", "a"]);
}

#[test]
fn profiles_join_both_files() {
    let files = Files::of(
        "[profile p]\noutput = text\nregion = config\nservices = local\n[services local]\nsts =\n  endpoint_url = http://x\n",
        "[p]\nregion = credentials\n[only]\nregion = y\n",
    )
    .unwrap();
    let view = files.profile("p").unwrap();
    assert_eq!(
        (view.get("region"), view.get("output")),
        (Some("credentials"), Some("text"))
    );
    assert_eq!(files.names(), ["p", "only"]);
    assert!(files.profile("nope").is_none());
    let local = HashMap::from([("endpoint_url".to_owned(), "http://x".to_owned())]);
    assert_eq!(files.services("local").unwrap().nested.get("sts"), Some(&local));
}

#[test]
fn secrets_of_a_plan_cannot_be_printed() {
    let environment = Environment::of(&[
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "s3cret"),
        ("AWS_SESSION_TOKEN", "t0ken"),
    ]);
    let files = Files::default();
    let chain = of_default(&environment, &files);
    let files = Files::of("", "[default]\naws_secret_access_key = s3cret\n").unwrap();
    let printed = format!("{:?} {chain:?} {files:?}", chain.plan());
    assert!(
        printed.contains("AKIA") && !printed.contains("s3cret") && !printed.contains("t0ken"),
        "{printed}"
    );
}

/// `aws` signs with the empty key, which nobody accepts, and never with another source's.
#[test]
fn keys_that_are_there_and_empty_end_the_search() {
    const EMPTY: &str = "aws_access_key_id =\naws_secret_access_key =\n";
    const KEYS: &str = "aws_access_key_id = K\naws_secret_access_key = s\n";
    let no_id =
        |provider: &str| format!("Partial credentials found in {provider}, missing: aws_access_key_id");
    let shared = || no_id("shared-credentials-file");
    let in_front = |more: &str| format!("[default]\n{more}");
    for (config, credentials, expected) in [
        (in_front(KEYS), in_front(EMPTY), shared()),
        (in_front("credential_process = p\n"), in_front(EMPTY), shared()),
        (in_front(EMPTY), String::new(), no_id("config-file")),
        (
            in_front("role_arn = r\nsource_profile = s\n"),
            format!("[s]\n{EMPTY}"),
            shared(),
        ),
        (
            format!(
                "[default]\nrole_arn = r\nsource_profile = s\n[profile s]\nrole_arn = r\nsource_profile = k\n{EMPTY}"
            ),
            format!("[k]\n{KEYS}"),
            no_id("config-file"),
        ),
        (
            in_front("role_arn = r\nsource_profile = default\n"),
            in_front(EMPTY),
            shared(),
        ),
        (
            in_front(""),
            in_front("aws_access_key_id =\naws_secret_access_key = s\n"),
            shared(),
        ),
        (
            in_front(KEYS),
            in_front("aws_access_key_id = K\naws_secret_access_key =\n"),
            "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key".to_owned(),
        ),
    ] {
        let files = Files::of(&config, &credentials).unwrap();
        let environment = Environment::of(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/")]);
        let found = of_default(&environment, &files).plan().outcome;
        let refused = found
            .map(|recipe| describe(recipe.as_ref()))
            .map_err(|error| error.to_string());
        assert_eq!(refused, Err(expected), "{config}{credentials}");
    }
    // A secret alone is no key, as there.
    let files = Files::of(&in_front(KEYS), &in_front("aws_secret_access_key = x\n")).unwrap();
    let environment = Environment::default();
    let found = of_default(&environment, &files).plan().outcome;
    assert_eq!(describe(found.unwrap().as_ref()), "config-file K");
}
