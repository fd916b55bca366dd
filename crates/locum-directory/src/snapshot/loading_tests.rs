use locum_crypto::SeededRandom;
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};
use proptest::prelude::*;

use super::*;
use crate::{Account, Group, JoinedMethod};

const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}"#;

/// As a change would file them, one after the other.
fn one_by_one(aws: AwsPolicies, pages: &[Vec<Entity>]) -> Result<Snapshot, ChangeError> {
    let mut snapshot = Snapshot::empty(aws);
    for page in pages {
        for entity in page {
            snapshot.put(entity.clone())?;
        }
        page.iter().try_for_each(|entity| snapshot.verify(entity))?;
    }
    Ok(snapshot)
}

/// What is found in every way in which it can be looked for.
fn seen(snapshot: &Snapshot, pages: &[Vec<Entity>]) -> Vec<String> {
    let mut seen = Vec::new();
    for number in 0..2 {
        let account = AccountId::new(number).unwrap();
        seen.push(format!("{:?}", snapshot.counts(account)));
        seen.extend(snapshot.users(account, None, "").map(|user| format!("{user:?}")));
        seen.extend(snapshot.roles(account, None, "").map(|role| format!("{role:?}")));
        seen.extend(
            snapshot
                .policies(account, None, "")
                .map(|policy| format!("{policy:?}")),
        );
        let keys = snapshot.access_keys(KeyOwner::Root(account));
        seen.extend(keys.map(|key| format!("{key:?}")));
    }
    for entity in pages.iter().flatten() {
        match entity {
            Entity::User(user) => {
                let named = snapshot.user(user.account, &user.name.to_uppercase());
                seen.push(format!(
                    "{named:?} {:?}",
                    snapshot.principal_arn(&user.id, Partition::Aws)
                ));
                let keys = snapshot.access_keys(KeyOwner::User(user.id));
                seen.extend(keys.map(|key| format!("{key:?}")));
            }
            Entity::Role(role) => {
                let named = snapshot.role(role.account, &role.name.to_lowercase());
                seen.push(format!(
                    "{named:?} {:?}",
                    snapshot.principal_arn(&role.id, Partition::Aws)
                ));
            }
            Entity::Policy(policy) => {
                let account = policy.account().unwrap();
                seen.push(format!("{:?}", snapshot.policy_by_id(&policy.id)));
                seen.push(format!("{:?}", snapshot.policy_usage(&policy.id, account)));
                let entities = snapshot.policy_entities(policy.id, account, None);
                seen.extend(entities.map(|holder| format!("{holder:?}")));
            }
            Entity::Group(group) => {
                seen.extend(
                    snapshot
                        .group_members(group.id)
                        .map(|user| format!("{:?}", user.id)),
                );
            }
            Entity::AccessKey(key) => seen.push(format!("{:?}", snapshot.access_key(&key.id))),
            _ => {}
        }
    }
    seen
}

/// With a user and a role renamed.
fn changed(snapshot: &Snapshot, pages: &[Vec<Entity>]) -> Snapshot {
    let mut changed = snapshot.clone();
    let mut entities = pages.iter().flatten();
    let user = entities.find_map(|entity| match entity {
        Entity::User(user) => Some(User::clone(user)),
        _ => None,
    });
    let mut user = user.unwrap();
    user.name = format!("M{}", user.name).into();
    let role = entities.find_map(|entity| match entity {
        Entity::Role(role) => Some(Role::clone(role)),
        _ => None,
    });
    let mut role = role.unwrap();
    role.name = "M".into();
    changed.put(user.into()).unwrap();
    changed.put(role.into()).unwrap();
    changed
}

/// What is done to a directory that is right: mostly nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    NameInOtherCase,
    IdInOtherAccount,
    KeyInOtherAccount,
    KeyWithoutOwner,
    PolicyOfOtherAccount,
    GroupThatIsNot,
    AccountThatIsNot,
    IdOfOtherKind,
}

fn pages(count: u64, seed: u64, fault: Fault) -> Vec<Vec<Entity>> {
    let rng = &mut SeededRandom::new(seed);
    let now = jiff::Timestamp::UNIX_EPOCH;
    let account = |number: u64| AccountId::new(number % 2).unwrap();
    let document = Policy::compile(DOCUMENT, PolicyKind::Managed).unwrap();
    let trust = Policy::compile(TRUST, PolicyKind::Trust).unwrap();
    let made = |number: u64| {
        let (name, email) = (format!("account {number}"), format!("{number}@example.com"));
        Account::new(account(number), &name, &email, JoinedMethod::Created, now)
    };
    let accounts = [made(0), made(1)];
    let mut policies: Vec<_> = (0..count)
        .map(|n| {
            ManagedPolicy::new(
                account(n),
                "/",
                &format!("Policy-{n}"),
                document.clone(),
                now,
                rng,
            )
        })
        .collect();
    let groups: Vec<_> = (0..4)
        .map(|n| Group::new(account(n), "/", &format!("Group-{n}"), now, rng))
        .collect();
    let attached = |n: u64, policies: &[ManagedPolicy]| {
        let own = policies
            .iter()
            .filter(|policy| policy.account() == Some(account(n)));
        let ids: Vec<_> = own.map(|policy| policy.id).collect();
        ids.into_iter()
            .take(usize::try_from(n % 3).unwrap())
            .collect::<Vec<_>>()
    };
    let mut users: Vec<_> = (0..count)
        .map(|n| {
            let mut user = User::new(account(n), "/", &format!("User-{}", n * 7 % 10), now, rng);
            user.name = format!("{}{n}", user.name).into();
            user.attached = attached(n, &policies);
            user.boundary = user.attached.first().copied().filter(|_| n % 4 == 1);
            let own = groups.iter().filter(|group| group.account == user.account);
            user.groups = own
                .map(|group| group.id)
                .take(usize::try_from(n % 3).unwrap())
                .collect();
            user
        })
        .collect();
    let mut roles: Vec<_> = (0..count)
        .map(|n| {
            let mut role = Role::new(account(n), "/", &format!("Role-{n}"), trust.clone(), now, rng);
            role.attached = attached(n, &policies);
            role.attached.retain(|_| n % 2 == 1);
            role
        })
        .collect();
    let mut keys: Vec<_> = users
        .iter()
        .flat_map(|user| [(user.account, KeyOwner::User(user.id)); 2])
        .chain([(account(0), KeyOwner::Root(account(0)))])
        .map(|(account, owner)| AccessKey::generate(account, owner, now, rng))
        .collect();
    match fault {
        Fault::None => {}
        Fault::NameInOtherCase => users[2].name = users[0].name.to_uppercase().into(),
        Fault::IdInOtherAccount => roles[1].id = roles[0].id,
        Fault::KeyInOtherAccount => {
            keys[2].id = keys[0].id;
        }
        Fault::KeyWithoutOwner => {
            let gone = User::new(account(0), "/", "gone", now, rng);
            keys[1].owner = KeyOwner::User(gone.id);
        }
        Fault::PolicyOfOtherAccount => users[0].attached = vec![policies[1].id],
        Fault::GroupThatIsNot => users[0].groups = vec![Group::new(account(0), "/", "g", now, rng).id],
        Fault::AccountThatIsNot => {
            policies[0] = {
                let other = AccountId::new(7).unwrap();
                ManagedPolicy::new(other, "/", "other", document.clone(), now, rng)
            }
        }
        Fault::IdOfOtherKind => users[0].id = roles[0].id,
    }
    let pages =
        |entities: Vec<Entity>| -> Vec<Vec<Entity>> { entities.chunks(5).map(<[Entity]>::to_vec).collect() };
    [
        accounts.map(Entity::from).to_vec(),
        policies.into_iter().map(Entity::from).collect(),
        groups.into_iter().map(Entity::from).collect(),
        users.into_iter().map(Entity::from).collect(),
        roles.into_iter().map(Entity::from).collect(),
        keys.into_iter().map(Entity::from).collect(),
    ]
    .into_iter()
    .flat_map(pages)
    .collect()
}

fn faults() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::None),
        1 => Just(Fault::NameInOtherCase),
        1 => Just(Fault::IdInOtherAccount),
        1 => Just(Fault::KeyInOtherAccount),
        1 => Just(Fault::KeyWithoutOwner),
        1 => Just(Fault::PolicyOfOtherAccount),
        1 => Just(Fault::GroupThatIsNot),
        1 => Just(Fault::AccountThatIsNot),
        1 => Just(Fault::IdOfOtherKind),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Filed map by map, they are what they are filed one by one, and what is refused there is refused here.
    #[test]
    fn all_at_once_is_as_one_by_one(count in 3..30_u64, seed in 0..1000_u64, fault in faults()) {
        let aws = AwsPolicies::load().unwrap();
        let pages = pages(count, seed, fault);
        let expected = one_by_one(aws.clone(), &pages);
        let loaded = Snapshot::load(aws, pages.clone(), Revision(7));
        match (expected, loaded) {
            (Ok(expected), Ok(loaded)) => {
                prop_assert_eq!(fault, Fault::None);
                prop_assert_eq!(loaded.revision(), Revision(7));
                // The copy is changed before any order was asked for.
                prop_assert_eq!(
                    seen(&changed(&loaded, &pages), &pages),
                    seen(&changed(&expected, &pages), &pages)
                );
                prop_assert_eq!(seen(&loaded, &pages), seen(&expected, &pages));
            }
            (Err(expected), Err(loaded)) => prop_assert_eq!(loaded, expected),
            (expected, loaded) => prop_assert!(false, "{expected:?} {loaded:?}"),
        }
    }
}
