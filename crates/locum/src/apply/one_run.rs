//! Whatever was there: after one run everything is as described, and another finds nothing to do.

use std::num::NonZeroU32;
use std::sync::Arc;

use jiff::Timestamp;
use locum_apply::{Plan, Source, read};
use locum_crypto::{KeyEncryptionKey, RotationSchedule, SystemRandom};
use locum_directory::{Directory, MemoryStore};
use locum_federation::outbound::PublicUrl;
use locum_names::Partition;
use locum_service::{
    Regions, SamlRecipients, Service, Settings,
    audit::{AuditSink, Unrecorded},
};

use super::{
    carry,
    engine::{EngineError, Wishes, Work, prepare},
    operator::Operators,
    options::ACCESS_ROLE,
};

mod names;

struct Nowhere;

impl AuditSink for Nowhere {
    fn record(&self, _: &[u8]) -> Result<(), Unrecorded> {
        Ok(())
    }
}

/// A service with an organization of one account, 111122223333.
fn service() -> Service {
    let random = &mut SystemRandom;
    let now = Timestamp::now();
    let key = KeyEncryptionKey::generate(random);
    let directory = Directory::open(Arc::new(MemoryStore::new()), key, Box::new(SystemRandom)).unwrap();
    let account = "111122223333".parse().unwrap();
    directory
        .bootstrap(Some(account), Partition::Aws, now, random, |_| Ok(()))
        .unwrap();
    let settings = Settings {
        partition: Partition::Aws,
        deployment: *directory.deployment(),
        regions: Regions::Any,
        public_url: PublicUrl::parse("https://sts.example.com").unwrap(),
        password_iterations: NonZeroU32::new(2).unwrap(),
        saml_recipients: SamlRecipients::Aws,
        allowed_issuers: vec![names::PLAIN_ISSUER.to_owned()],
    };
    let schedule = RotationSchedule::default();
    Service::new(
        settings,
        Arc::new(directory),
        Arc::new(Nowhere),
        now,
        &schedule,
        random,
    )
    .unwrap()
}

/// Plans, and does with the plan what is asked for.
fn with_plan<T>(
    service: &Service,
    yaml: &str,
    prune: bool,
    then: impl FnOnce(Work, &mut Operators<'_>) -> Result<T, EngineError>,
) -> Result<T, String> {
    let source = Source {
        name: "a.yaml".into(),
        text: yaml.into(),
    };
    let described = read(&[source], &|_, _| Err("no files here".into())).unwrap();
    let wishes = Wishes {
        described: &described,
        prune,
        access_role: ACCESS_ROLE,
    };
    let mut reach = Operators::of(service).unwrap();
    let done = prepare(&wishes, &mut reach).and_then(|work| then(work, &mut reach));
    done.map_err(|error| error.to_string())
}

/// Runs once, and returns the plan. A second run must find nothing to do.
fn once(service: &Service, yaml: &str, prune: bool) -> Result<String, String> {
    let shown = |work: &Work| work.plans().into_iter().map(Plan::text).collect::<String>();
    let text = with_plan(service, yaml, prune, |work, reach| {
        let text = shown(&work);
        carry::try_out(&work, reach)?;
        carry::carry_out(work, reach, &mut |_| ())?;
        Ok(text)
    })?;
    let left = with_plan(service, yaml, prune, |work, _| {
        Ok((!work.is_done()).then(|| shown(&work)))
    })?;
    match left {
        None => Ok(text),
        Some(left) => Err(format!("after one run there is left: {left}")),
    }
}

/// A trust policy in YAML.
fn trust(principal: &str) -> String {
    format!(
        "{{Version: 2012-10-17, Statement: [{{Effect: Allow, Action: 'sts:AssumeRole', Principal: {{AWS: '{principal}'}}}}]}}"
    )
}

fn role(principal: &str) -> String {
    format!("{{trust: {}}}", trust(principal))
}

const OWN: &str = "arn:aws:iam::${locum:account}:";

#[test]
fn roles_that_trust_each_other_or_themselves() {
    let service = service();
    let of = |name: &str| role(&format!("{OWN}role/{name}"));
    let yaml = format!(
        "account: {{roles: {{a: {}, b: {}, c: {}, d: {}}}}}",
        of("b"),
        of("c"),
        of("a"),
        of("d")
    );
    let plan = once(&service, &yaml, false).unwrap();
    assert!(
        plan.contains("~ role a\n      ~ trust, as shown above\n"),
        "{plan}"
    );
    assert!(plan.contains("~ role d\n"), "{plan}");
    // Once they are there, nothing has to be done twice.
    let turned = format!(
        "account: {{roles: {{a: {}, b: {}, c: {}, d: {}, e: {}}}}}",
        of("e"),
        of("a"),
        of("b"),
        of("c"),
        of("a"),
    );
    let plan = once(&service, &turned, false).unwrap();
    assert!(!plan.contains("as shown above"), "{plan}");
}

#[test]
fn the_own_account_trusts_roles_that_others_get() {
    let service = service();
    let others = "{email: data@example.com}";
    once(&service, &format!("accounts: {{data: {others}}}"), false).unwrap();
    let yaml = format!(
        "account: {{roles: {{r: {}}}}}\naccounts: {{data: {{roles: {{etl: {}}}}}, new: {{email: new@example.com, roles: {{s: {}}}}}}}",
        role("arn:aws:iam::${locum:account/data}:role/etl"),
        role("arn:aws:iam::${locum:account/new}:role/s"),
        role("111122223333"),
    );
    once(&service, &yaml, false).unwrap();
}

#[test]
fn others_trust_roles_that_the_own_account_gets() {
    let service = service();
    once(&service, "accounts: {data: {email: data@example.com}}", false).unwrap();
    let yaml = format!(
        "account: {{users: {{u: {{}}}}, roles: {{r: {}}}}}\naccounts: {{data: {{roles: {{etl: {}, x: {}}}}}}}",
        role("111122223333"),
        role("arn:aws:iam::111122223333:role/r"),
        role("arn:aws:iam::111122223333:user/u"),
    );
    once(&service, &yaml, false).unwrap();
}

#[test]
fn accounts_that_trust_each_other() {
    let service = service();
    once(&service, "accounts: {a: {email: a@example.com}}", false).unwrap();
    let yaml = format!(
        "account: {{roles: {{r: {}}}}}\naccounts: {{a: {{roles: {{r: {}}}}}, b: {{email: b@example.com, roles: {{r: {}}}}}}}",
        role("arn:aws:iam::${locum:account/a}:role/r"),
        role("arn:aws:iam::${locum:account/b}:role/r"),
        role("arn:aws:iam::111122223333:role/r"),
    );
    let plan = once(&service, &yaml, false).unwrap();
    assert!(
        plan.contains("account 111122223333, once everyone that its roles trust is there\n  ~ role r\n"),
        "{plan}"
    );
}

#[test]
fn a_role_is_as_before_until_everyone_that_it_trusts_is_there() {
    let service = service();
    let document = |action: &str| {
        format!(
            "{{document: {{Version: 2012-10-17, Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]}}}}"
        )
    };
    let before = format!(
        "account: {{policies: {{p: {}}}, roles: {{deploy: {{trust: {}, boundary: p, policies: [p]}}}}}}",
        document("s3:Get*"),
        trust("111122223333"),
    );
    once(&service, &before, false).unwrap();
    once(&service, "accounts: {a: {email: a@example.com}}", false).unwrap();
    let ci = trust("arn:aws:iam::${locum:account/a}:role/ci");
    let after = |policy: &str, trusted: &str| {
        format!(
            "account: {{policies: {{p: {}}}, roles: {{new: {{trust: {ci}, policies: [p]}}, \
             deploy: {{trust: {ci}, boundary: none, policies: [p, 'aws:{policy}']}}}}}}\n\
             accounts: {{a: {{roles: {{ci: {}}}}}}}",
            document("s3:*"),
            role(&format!("arn:aws:iam::111122223333:role/{trusted}")),
        )
    };
    // What can be tried is tried before anything is stored.
    let refused = with_plan(&service, &after("NoSuchPolicy", "new"), false, |work, reach| {
        carry::try_out(&work, reach)
    });
    assert!(refused.unwrap_err().contains("role deploy: AttachRolePolicy"));
    // The other account is refused after the first transaction.
    let refused = once(&service, &after("AdministratorAccess", "missing"), false);
    assert!(refused.unwrap_err().contains("role ci: CreateRole"));
    let nobody =
        "{Version: 2012-10-17, Statement: [{Effect: Deny, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}]}";
    let now = before.replace(
        "roles: {",
        &format!("roles: {{new: {{trust: {nobody}, policies: []}}, "),
    );
    let left = with_plan(&service, &now, false, |work, _| Ok(work.plans()[0].text())).unwrap();
    assert!(left.ends_with("nothing to do\n"), "{left}");
    once(&service, &after("AdministratorAccess", "new"), false).unwrap();
}

#[test]
fn the_root_user_of_an_account_that_is_made_is_trusted() {
    let service = service();
    let yaml = format!(
        "account: {{roles: {{r: {}}}}}\naccounts: {{new: {{email: new@example.com}}}}",
        role("arn:aws:iam::${locum:account/new}:root")
    );
    once(&service, &yaml, false).unwrap();
}

#[test]
fn an_account_that_is_made_administers_services() {
    let service = service();
    let yaml = "organization: {delegatedAdministrators: {new: [sso.amazonaws.com]}}\n\
                accounts: {new: {email: new@example.com}}";
    let plan = once(&service, yaml, false).unwrap();
    let told = "+ delegated administrator new\n      + access of sso.amazonaws.com to the organization\n";
    assert!(plan.contains(told), "{plan}");
}

#[test]
fn policies_of_the_organization_name_accounts_that_are_made() {
    let service = service();
    let yaml = "\
organization:
  policyTypes: [SERVICE_CONTROL_POLICY]
  serviceControlPolicies:
    p: {document: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: 's3:*', Resource: 'arn:aws:s3:::${locum:account/new}-*'}]}}
  units: {U: {serviceControlPolicies: [p]}}
accounts: {new: {email: new@example.com, unit: U, serviceControlPolicies: [p], tags: {a: b}}, old: {email: old@example.com}}
";
    let plan = once(&service, yaml, false).unwrap();
    assert!(plan.contains("s3:::${locum:account/new}-*"), "{plan}");
    assert_eq!(plan.matches("account new\n").count(), 2, "{plan}");
}

#[test]
fn the_role_that_is_made_with_an_account_is_described() {
    let service = service();
    let yaml = format!(
        "accounts: {{new: {{email: new@example.com, users: {{u: {{}}}}, roles: {{OrganizationAccountAccessRole: {{trust: {}, \
         policies: ['aws:ReadOnlyAccess'], tags: {{a: b}}}}, z: {}}}}}}}",
        trust("arn:aws:iam::111122223333:root"),
        role("arn:aws:iam::${locum:account}:role/OrganizationAccountAccessRole"),
    );
    let plan = once(&service, &yaml, true).unwrap();
    assert!(plan.contains("- policy aws:AdministratorAccess\n"), "{plan}");
    let role = plan.find("~ role OrganizationAccountAccessRole").unwrap();
    assert!(
        role > plan.find("+ role z").unwrap(),
        "its rights go last: {plan}"
    );
}

#[test]
fn what_something_described_needs_is_not_pruned() {
    let service = service();
    let document =
        "{document: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: '*', Resource: '*'}]}}";
    let before = format!(
        "account: {{policies: {{p: {document}, q: {document}, r: {document}}}, groups: {{g: {{}}, h: {{}}}}, \
         users: {{u: {{groups: [g], policies: [p], boundary: q}}, v: {{}}, w: {{}}}}, \
         roles: {{a: {}, b: {}, c: {}}}, instanceProfiles: {{i: {{role: b}}}}}}",
        role(&format!("{OWN}user/v")),
        role("111122223333"),
        role("111122223333"),
    );
    once(&service, &before, false).unwrap();
    let after = format!(
        "account: {{policies: {{}}, groups: {{}}, users: {{u: {{groups: [g], policies: [p], boundary: q}}}}, \
         roles: {{a: {}}}, instanceProfiles: {{i: {{role: b}}}}}}",
        role(&format!("{OWN}user/v")),
    );
    let plan = once(&service, &after, true).unwrap();
    for kept in [
        "policy p: user u refers to it (kept)",
        "policy q: user u refers to it (kept)",
        "group g: user u refers to it (kept)",
        "user v: role a refers to it (kept)",
        "role b: instance profile i refers to it (kept)",
    ] {
        assert!(plan.contains(kept), "{kept}: {plan}");
    }
    for gone in ["- policy r\n", "- group h\n", "- user w\n", "- role c\n"] {
        assert!(plan.contains(gone), "{gone}: {plan}");
    }
}

/// The control policies `a` to `l`, of which a unit has these and no others.
fn unit_with(policies: &str) -> String {
    let document =
        "{document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}}";
    let all: Vec<String> = ('a'..='l').map(|name| format!("{name}: {document}")).collect();
    format!(
        "organization: {{policyTypes: [SERVICE_CONTROL_POLICY], serviceControlPolicies: {{{}}}, units: {{U: \
         {{fullAccess: false, serviceControlPolicies: [{policies}]}}}}}}",
        all.join(", ")
    )
}

/// A unit has at least one and at most ten, at any moment.
#[test]
fn any_control_policies_take_the_place_of_any_others() {
    let service = service();
    for policies in [
        "a",
        "b",
        "a, b, c",
        "d, e, f",
        "a, b, c, d, e, f, g, h, i, j",
        "c, d, e, f, g, h, i, j, k, l",
        "a",
    ] {
        let plan = once(&service, &unit_with(policies), false);
        assert!(plan.is_ok(), "{policies}: {plan:?}");
    }
}

#[test]
fn a_unit_goes_with_the_last_policy_that_it_has() {
    let service = service();
    once(&service, &unit_with("a"), false).unwrap();
    let without = "organization: {serviceControlPolicies: {}, units: {}}";
    let plan = once(&service, without, true).unwrap();
    assert!(plan.contains("- unit U\n"), "{plan}");
    assert!(
        plan.contains("- service control policy a\n      - from unit U\n"),
        "{plan}"
    );
}
