//! What holds for every declaration.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeSet;

use locum_api::{
    Parameters, Request, iam,
    model::{Member, Operation, Service, Shape, Structure, operations},
    sts,
};

#[test]
fn operations_are_sorted_so_that_they_are_found() {
    for service in Service::ALL {
        let names: Vec<_> = operations(service)
            .iter()
            .map(|operation| operation.name)
            .collect();
        assert!(names.is_sorted());
        for name in names {
            assert_eq!(
                locum_api::model::find(service, name).map(|operation| operation.name),
                Some(name)
            );
        }
        assert!(locum_api::model::find(service, "").is_none());
    }
}

#[test]
fn models_are_well_formed() {
    fn structure(s: &Structure) {
        let names: BTreeSet<_> = s
            .members
            .iter()
            .map(|member| member.name.to_ascii_lowercase())
            .collect();
        assert_eq!(
            names.len(),
            s.members.len(),
            "{}: names differ by more than case",
            s.name
        );
        let wire: BTreeSet<_> = s.in_wire_order().map(|(position, _)| position).collect();
        assert_eq!(
            wire.len(),
            s.members.len(),
            "{}: the wire order has every member once",
            s.name
        );
        assert!(s.doc.ends_with('.'), "{}", s.name);
        for member in s.members {
            assert!(member.doc.ends_with('.'), "{}.{}", s.name, member.name);
            spelling(member);
            shape(member.shape);
        }
    }
    /// What is spelled out says what it is made of.
    fn spelling(member: &Member) {
        let Member { name, key, .. } = member;
        assert!(!name.contains('.'), "{name}");
        assert_eq!(member.secret, member.shape.is_secret(), "{name}");
        assert_eq!(*key, format!(",\"{name}\":"));
        let (first, rest) = name.split_at(1);
        assert_eq!(
            member.camel_key,
            format!(",\"{}{rest}\":", first.to_ascii_lowercase())
        );
    }
    fn shape(s: &Shape) {
        match s {
            Shape::List { member, .. } => shape(member),
            Shape::Structure(inner) => structure(inner),
            _ => {}
        }
    }
    for operation in Service::ALL.into_iter().flat_map(operations) {
        assert!(operation.doc.ends_with('.'), "{}", operation.name);
        structure(operation.input);
        for name in ["Action", "Version"] {
            let mut members = operation.input.members.iter();
            let alike = members.find(|member| member.name.eq_ignore_ascii_case(name));
            assert!(alike.is_none(), "{}", operation.name);
        }
        operation.output.into_iter().for_each(structure);
    }
}

/// Only what proves in another way who sends it may come without a signature.
#[test]
fn only_two_operations_are_unsigned() {
    let all = Service::ALL.into_iter().flat_map(operations);
    let unsigned: Vec<_> = all
        .filter(|operation| !operation.signed)
        .map(|operation| operation.name)
        .collect();
    assert_eq!(unsigned, ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"]);
}

#[test]
fn what_proves_who_one_is_stays_secret() {
    let secret = |operation: &Operation, name: &str| {
        let (_, member) = operation.input.member(name).unwrap();
        assert!(member.shape.is_secret(), "{name}");
    };
    secret(sts::AssumeRoleWithSAMLRequest::OPERATION, "SAMLAssertion");
    secret(
        sts::AssumeRoleWithWebIdentityRequest::OPERATION,
        "WebIdentityToken",
    );
    secret(sts::GetDelegatedAccessTokenRequest::OPERATION, "TradeInToken");
    secret(iam::CreateSAMLProviderRequest::OPERATION, "AddPrivateKey");
    secret(iam::UpdateSAMLProviderRequest::OPERATION, "AddPrivateKey");

    // Nothing of it is echoed when it breaks a rule.
    let form =
        "RoleArn=arn:aws:iam::123456789012:role/demo&PrincipalArn=arn:aws:iam::123456789012:saml-provider/x";
    let form = format!("{form}&SAMLAssertion=abc");
    let error = sts::AssumeRoleWithSAMLRequest::decode(&Parameters::parse(b"", form.as_bytes()).unwrap());
    assert_eq!(
        error.unwrap_err().message.unwrap(),
        "1 validation error detected: Value at 'sAMLAssertion' failed to satisfy constraint: Member must have length \
         greater than or equal to 4"
    );
}
