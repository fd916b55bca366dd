//! What is described is known again, by whatever name, and all of it is shown.

use locum_apply::{AccountState, Format, Inventory, export_account, write};

use super::super::{operator::Operators, options::ACCESS_ROLE, reach::Reach as _};
use super::{once, role, service, with_plan};

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
    let mut reach = Operators::of(&service).unwrap();
    let caller = reach.caller().clone();
    let mut api = reach.api(&caller.account).unwrap();
    let state = AccountState::read(api.as_mut(), &caller, Inventory::Everything).unwrap();
    drop(api);
    let exported = write(&export_account(&state, ACCESS_ROLE), Format::Yaml).unwrap();
    let plan = once(&service, &exported, true).unwrap();
    assert!(plan.contains("nothing to do"), "{exported}{plan}");
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
