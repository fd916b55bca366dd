//! What is described is known again, by whatever name, and all of it is shown.

use locum_apply::{AccountState, Format, Inventory, export_account, write};

use super::super::{operator::Operators, options::ACCESS_ROLE, reach::Reach as _};
use super::{once, role, service, with_plan};
use locum_service::Service;

/// An issuer that the operator allows, without TLS.
pub(super) const PLAIN_ISSUER: &str = "http://idp.internal:8080/realms/staff";

/// IAM takes names in any case for the same; so a file that writes one in another case means what is there.
#[test]
fn names_that_are_referred_to_may_be_in_another_case() {
    let service = service();
    let before = format!(
        "account: {{groups: {{staff: {{}}}}, users: {{u: {{groups: [staff]}}}}, roles: {{etl: {}}}, \
         instanceProfiles: {{i: {{role: etl}}}}}}",
        role("111122223333")
    );
    once(&service, &before, false).unwrap();
    let after = "account: {groups: {}, users: {u: {groups: [Staff, STAFF]}, v: {groups: [Staff]}}, roles: {}, \
                 instanceProfiles: {i: {role: ETL}}}";
    let plan = once(&service, after, true).unwrap();
    for line in [
        "+ user v\n      + in group Staff\n",
        "group staff: user u refers to it (kept)",
        "role etl: instance profile i refers to it (kept)",
    ] {
        assert!(plan.contains(line), "{line}: {plan}");
    }
    assert!(!plan.contains("- "), "{plan}");
}

#[test]
fn an_account_is_described_once() {
    let service = service();
    once(&service, "accounts: {data: {email: data@example.com}}", false).unwrap();
    let snapshot = service.directory().snapshot();
    let number = snapshot.account_by_email("data@example.com").unwrap().id;
    for yaml in [
        format!("accounts: {{data: {{users: {{a: {{}}}}}}, '{number}': {{users: {{b: {{}}}}}}}}"),
        format!(
            "organization: {{delegatedAdministrators: {{data: [a.amazonaws.com], '{number}': [b.amazonaws.com]}}}}"
        ),
    ] {
        for prune in [false, true] {
            let refused = once(&service, &yaml, prune).unwrap_err();
            assert!(refused.contains("described twice"), "{yaml}: {refused}");
        }
    }
}

/// Some issuers have a slash at the end of their name, and it is another name.
#[test]
fn providers_are_known_by_their_urls_to_the_letter() {
    let service = service();
    let providers = |ids: [&str; 2]| {
        let [bare, slash] = ids;
        format!(
            "account: {{oidcProviders: {{'https://idp.example.com/': {{clientIds: [{slash}]}}, \
             'https://idp.example.com': {{clientIds: [{bare}]}}}}}}"
        )
    };
    let clients = |place: &str| -> Option<String> {
        let snapshot = service.directory().snapshot();
        let account = "111122223333".parse().unwrap();
        let provider = snapshot.oidc_provider(account, place)?;
        Some(provider.client_ids.concat())
    };
    for ids in [["a", "b"], ["a", "c"], ["d", "c"]] {
        once(&service, &providers(ids), false).unwrap();
        for (place, id) in ["idp.example.com", "idp.example.com/"].iter().zip(ids) {
            assert_eq!(clients(place).as_deref(), Some(id), "{place}");
        }
    }
    let left = "account: {oidcProviders: {'https://idp.example.com/': {clientIds: [c]}}}";
    let plan = once(&service, left, true).unwrap();
    assert!(plan.contains("- OIDC provider idp.example.com\n"), "{plan}");
    assert_eq!(
        (clients("idp.example.com"), clients("idp.example.com/")),
        (None, Some("c".into()))
    );
}

/// A policy may have the name that takes boundaries away, and its export must not.
#[test]
fn a_boundary_outlives_an_export_whatever_it_is_called() {
    let service = service();
    let policy = "none: {document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}}";
    let boundary = "arn:aws:iam::111122223333:policy/none";
    let before = format!(
        "account: {{policies: {{{policy}}}, users: {{u: {{boundary: '{boundary}', policies: [none]}}}}}}"
    );
    once(&service, &before, false).unwrap();
    let exported = exported(&service);
    let plan = once(&service, &exported, true).unwrap();
    assert!(plan.contains("nothing to do"), "{exported}{plan}");
}

fn exported(service: &Service) -> String {
    let mut reach = Operators::of(service).unwrap();
    let caller = reach.caller().clone();
    let mut api = reach.api(&caller.account).unwrap();
    let state = AccountState::read(api.as_mut(), &caller, Inventory::Everything).unwrap();
    drop(api);
    write(&export_account(&state, ACCESS_ROLE), Format::Yaml).unwrap()
}

/// What IAM takes, and YAML, JSON, TOML or this format has a meaning for.
#[test]
fn an_export_makes_the_same_whatever_things_are_called() {
    const NAMES: [&str; 22] = [
        "null",
        "Yes",
        "off",
        "y",
        "n",
        "True",
        "none",
        "nan",
        ".inf",
        ".",
        "-",
        "=",
        "@at",
        "0x10",
        "1e3",
        "007",
        "1_000",
        "2026-11-23",
        "1,2",
        "a+b",
        "role",
        "aws",
    ];
    let texts = [
        "~",
        " # no comment ",
        "a: b",
        "'\"",
        "- x",
        "&a *b",
        "!!str 1",
        "é\u{e9}",
        "null",
        "0x10",
    ];
    let document = serde_json::json!({"Version": "2012-10-17", "Statement": [{"Sid": "1e3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
    let trust = serde_json::json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"},
        "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalTag/x": ["no", "1.10", "", "~"]}}}});
    let all = |entity: &dyn Fn(&str, &str) -> serde_json::Value| {
        let named = NAMES.iter().zip(texts.iter().cycle());
        let entities = named.map(|(name, text)| ((*name).to_owned(), entity(name, text)));
        entities.collect::<serde_json::Map<_, _>>()
    };
    // Tags take fewer characters.
    let allowed = |text: &str| text.replace(['#', '!', '*', '&', '\'', '"', '~'], "_");
    let tag = |name: &str, text: &str| serde_json::json!({name.replace(',', "."): allowed(text)});
    let described = serde_json::json!({"account": {
        "policies": all(&|name, text| serde_json::json!({"path": format!("/{name}/"), "description": text, "document": document, "tags": tag(name, text)})),
        "groups": all(&|name, _| serde_json::json!({"path": format!("/{name}/"), "policies": [name], "inline": {name: document}})),
        "users": all(&|name, text| serde_json::json!({"path": format!("/{name}/"), "groups": [name], "policies": [name],
            "boundary": format!("arn:aws:iam::111122223333:policy/{name}/{name}"), "inline": {name: document}, "tags": tag(name, text)})),
        "roles": all(&|name, text| serde_json::json!({"path": format!("/{name}/"), "description": text.replace('\u{e9}', "e"), "trust": trust, "policies": [name], "inline": {name: document}, "tags": tag(name, text)})),
        "instanceProfiles": all(&|name, text| serde_json::json!({"path": format!("/{name}/"), "role": format!("role/{name}"), "tags": tag(name, text)})),
        "oidcProviders": {PLAIN_ISSUER: {"clientIds": ["null", "0x10", "~"], "tags": {"yes": "no"}}, "https://idp.example.com/null": {"clientIds": ["1e3"]}},
    }});
    let (here, there) = (service(), service());
    once(&here, &described.to_string(), false).unwrap();
    let first = exported(&here);
    let plan = once(&here, &first, true).unwrap();
    assert!(plan.contains("nothing to do"), "{first}{plan}");
    once(&there, &first, true).unwrap();
    assert_eq!(exported(&there), first);
    let plan = once(&there, &described.to_string(), true).unwrap();
    assert!(plan.contains("nothing to do"), "{plan}");
}

/// Both schemes have one ARN, and who can change what is fetched is another question for each.
#[test]
fn an_issuer_does_not_change_its_scheme() {
    let service = service();
    let providers = |url: &str| format!("account: {{oidcProviders: {{'{url}': {{clientIds: [c]}}}}}}");
    once(&service, &providers(PLAIN_ISSUER), false).unwrap();
    let refused = once(
        &service,
        &providers(&PLAIN_ISSUER.replace("http:", "https:")),
        false,
    )
    .unwrap_err();
    assert!(
        refused.contains("its URL is") && refused.contains("cannot be changed"),
        "{refused}"
    );
    once(&service, &providers(PLAIN_ISSUER), true).unwrap();
}

/// Whoever agrees to a plan lets in whom it names.
#[test]
fn a_plan_shows_all_of_a_provider() {
    let service = service();
    let shown = |yaml: &str| with_plan(&service, yaml, false, |work, _| Ok(work.plans()[0].text())).unwrap();
    let print = |letter: &str| letter.repeat(40);
    let provider = |prints: &[String]| {
        format!(
            "account: {{oidcProviders: {{'https://idp.example.com': {{clientIds: [cli], thumbprints: [{}], tags: {{a: b}}}}}}}}",
            prints.join(", ")
        )
    };
    let before = provider(&[print("a"), print("b")]);
    let plan = shown(&before);
    for line in [
        "client id cli".to_owned(),
        format!("thumbprint {}", print("a")),
        "tag a = b".to_owned(),
    ] {
        assert!(plan.contains(&format!("      + {line}\n")), "{line}: {plan}");
    }
    once(&service, &before, false).unwrap();
    let plan = shown(&provider(&[print("b"), print("c")]));
    for line in [
        format!("- thumbprint {}", print("a")),
        format!("+ thumbprint {}", print("c")),
    ] {
        assert!(plan.contains(&format!("      {line}\n")), "{line}: {plan}");
    }
    assert!(!plan.contains(&print("b")), "{plan}");
    let plan = shown(&provider(&[print("b"), print("a")]));
    assert!(plan.contains("      ~ order of thumbprints\n"), "{plan}");
    let plan = shown("account: {samlProviders: {idp: {metadata: \"<a>\\n<b/></a>\", tags: {a: b}}}}");
    for line in ["metadata", "  <a>", "  <b/></a>", "tag a = b"] {
        assert!(plan.contains(&format!("      + {line}\n")), "{line}: {plan}");
    }
}
