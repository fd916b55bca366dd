//! Principals of trust policies, to unique ids and back (`facts: policy §1.5`).

use std::collections::HashMap;

use locum_names::{PrincipalArn, UniqueId, UniqueKind};
use locum_policy::{Policy, PolicyKind, resolve_principals, restore_principals};

use crate::world::{HERE, account, alice_id, role_id};

const ALICE: &str = "arn:aws:iam::111111111111:user/alice";
const ROLE: &str = "arn:aws:iam::111111111111:role/team/deploy";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/deploy/ci";

fn find(arn: &PrincipalArn) -> Option<UniqueId> {
    let known = HashMap::from([(ALICE, alice_id()), (ROLE, role_id()), (SESSION, role_id())]);
    known.get(arn.to_string().as_str()).copied()
}

fn back(id: &UniqueId) -> Option<PrincipalArn> {
    let known = HashMap::from([(alice_id(), ALICE), (role_id(), ROLE)]);
    known.get(id)?.parse().ok()
}

#[test]
fn only_the_names_of_users_roles_and_sessions_change() {
    let document = format!(
        r#" {{ "Version" : "2012-10-17",
  "Statement" : [ {{"Sid":"{ALICE}","Effect":"Allow","Principal":{{"AWS":["{ALICE}","111111111111" , "arn:aws:iam::111111111111:role\/team\/deploy",
     "{SESSION}","arn:aws:sts::111111111111:federated-user/bob","*"],"Service":"ec2.amazonaws.com"}},
     "Action":"sts:AssumeRole","Condition":{{"ArnLike":{{"aws:PrincipalArn":"{ALICE}"}}}}}} ] }}
"#
    );
    let stored = resolve_principals(&document, &mut find).unwrap();
    let expected = document
        .replacen(&format!("[\"{ALICE}\""), &format!("[\"{}\"", alice_id()), 1)
        .replace(
            r"arn:aws:iam::111111111111:role\/team\/deploy",
            role_id().as_str(),
        )
        .replace(SESSION, &format!("{}:ci", role_id()));
    assert_eq!(stored, expected);
    let shown = restore_principals(&stored, &mut back);
    assert_eq!(shown, document.replace(r"role\/team\/deploy", "role/team/deploy"));
    assert_eq!(restore_principals(&stored, &mut |_| None), stored);
}

#[test]
fn an_unknown_principal_is_refused() {
    for eve in [
        "arn:aws:iam::111111111111:user/eve",
        "arn:aws:sts::111111111111:assumed-role/eve/ci",
    ] {
        let document = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"{eve}"}},"Action":"sts:AssumeRole"}}}}"#
        );
        let error = resolve_principals(&document, &mut find).unwrap_err();
        assert_eq!(
            error.message,
            format!(r#"Invalid principal in policy: "AWS":"{eve}""#)
        );
        assert_eq!(error.offset, document.find("\"arn:aws"));
    }
    assert_eq!(
        resolve_principals("{", &mut find).unwrap_err().message,
        "This policy contains invalid Json"
    );
}

#[test]
fn a_stored_policy_compiles_and_an_odd_path_is_escaped() {
    let stored = format!(
        r#"{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}}}"#,
        alice_id()
    );
    assert!(Policy::compile(&stored, PolicyKind::Trust).is_ok());
    let odd: PrincipalArn = "arn:aws:iam::111111111111:user/\"a\\/alice".parse().unwrap();
    let shown = restore_principals(&stored, &mut |_| Some(odd.clone()));
    assert!(shown.contains(r#"user/\"a\\/alice"#), "{shown}");
    assert!(Policy::compile(&shown, PolicyKind::Trust).is_ok());
    let group = UniqueId::new(UniqueKind::Group, account(HERE), 3);
    let document = stored.replace(alice_id().as_str(), group.as_str());
    assert!(Policy::compile(&document, PolicyKind::Trust).is_err());
}

#[test]
fn a_principal_is_what_is_written_under_its_own_key_however_it_is_spelled() {
    let with = |principal: &str| {
        format!(
            r#"{{"Id":"{ALICE}","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"AWS":"{ALICE}","Principal":"{id}"}}}}}}]}}"#,
            id = alice_id()
        )
    };
    let id = alice_id();
    let escaped = with(r#"{"\u0041WS":["\u0061rn:aws:iam::111111111111:user\u002Falice"]}"#);
    let stored = resolve_principals(&escaped, &mut find).unwrap();
    assert_eq!(stored, with(&format!(r#"{{"\u0041WS":["{id}"]}}"#)));
    let shown = restore_principals(&stored, &mut back);
    assert_eq!(shown, with(&format!(r#"{{"\u0041WS":["{ALICE}"]}}"#)));
    // Neither is a user under another key, in a longer string or in a list of lists.
    for other in [
        format!(r#"{{"Service":"{id}"}}"#),
        format!(r#"{{"Federated":"{ALICE}"}}"#),
        format!(r#"{{"aws":"{ALICE}"}}"#),
        format!(r#"{{"AWS":"{id} "}}"#),
        format!(r#"{{"AWS":"x{id}"}}"#),
        format!(r#"{{"AWS":"ARN{}"}}"#, &ALICE[3..]),
        format!(r#"{{"AWS":[["{ALICE}"]]}}"#),
        format!(r#"{{"AWS":{{"AWS":"{ALICE}"}}}}"#),
        format!(r#"[{{"AWS":"{ALICE}"}}]"#),
        format!(r#""{ALICE}""#),
    ] {
        let document = with(&other);
        assert_eq!(resolve_principals(&document, &mut find).unwrap(), document);
        assert_eq!(restore_principals(&document, &mut back), document);
        assert!(Policy::compile(&document, PolicyKind::Trust).is_err(), "{other}");
    }
    let twice = with(&format!(r#"{{"AWS":"{id}","\u0041WS":"*"}}"#));
    assert!(resolve_principals(&twice, &mut find).is_err());
    assert!(Policy::compile(&twice, PolicyKind::Trust).is_err());
}
