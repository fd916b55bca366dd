//! Back to what was stored before: a walk tries one thing after another from the same state.

use std::sync::Arc;

use locum_directory::{
    AccessKey, Changes, Group, InstanceProfile, KeyOwner, LoginProfile, ManagedPolicy, Revision, Role,
    Snapshot, User,
};

use crate::harness::World;

/// Everything of one account that the walk can change.
#[derive(Default)]
struct Stored {
    policies: Vec<Arc<ManagedPolicy>>,
    groups: Vec<Arc<Group>>,
    users: Vec<Arc<User>>,
    roles: Vec<Arc<Role>>,
    profiles: Vec<Arc<InstanceProfile>>,
    keys: Vec<Arc<AccessKey>>,
    passwords: Vec<Arc<LoginProfile>>,
}

impl Stored {
    fn of(snapshot: &Snapshot, world: &World) -> Self {
        let account = world.account;
        let users: Vec<_> = snapshot.users(account, None, "/").cloned().collect();
        let keys = users
            .iter()
            .flat_map(|user| snapshot.access_keys(KeyOwner::User(user.id)));
        let passwords = users.iter().filter_map(|user| snapshot.login_profile(&user.id));
        let policies = ["p0", "p1"].map(|name| snapshot.policy(account, name).cloned().unwrap());
        Self {
            policies: policies.to_vec(),
            groups: snapshot.groups(account, None, "/").cloned().collect(),
            roles: snapshot.roles(account, None, "/").cloned().collect(),
            profiles: snapshot.instance_profiles(account, None, "/").cloned().collect(),
            keys: keys.cloned().collect(),
            passwords: passwords.cloned().collect(),
            users,
        }
    }
}

/// Stores what `then` holds, in place of what is stored now.
pub(super) fn to(world: &World, then: &Snapshot) {
    let current = world.snapshot();
    let (now, then) = (Stored::of(&current, world), Stored::of(then, world));
    let mut changes = Changes::new();
    // A name must be free before it is taken again.
    macro_rules! each {
        ($change:ident) => {
            $change!(policies, id);
            $change!(groups, id);
            $change!(users, id);
            $change!(roles, id);
            $change!(profiles, id);
            $change!(keys, id);
            $change!(passwords, user);
        };
    }
    macro_rules! remove {
        ($kind:ident, $id:ident) => {
            for new in &now.$kind {
                if !then.$kind.iter().any(|old| old.$id == new.$id) {
                    changes.delete(&**new);
                }
            }
        };
    }
    macro_rules! restore {
        ($kind:ident, $id:ident) => {
            for old in &then.$kind {
                let found = now.$kind.iter().find(|new| new.$id == old.$id);
                if found.is_none_or(|new| !Arc::ptr_eq(new, old)) {
                    let mut old = (**old).clone();
                    old.revision = found.map_or(Revision::NEW, |new| new.revision);
                    changes.put(old);
                }
            }
        };
    }
    each!(remove);
    each!(restore);
    let write = world
        .service
        .directory()
        .write(|_| Ok::<_, &str>(((), changes.clone())));
    let ((), pending) = write.unwrap();
    pending.wait().unwrap();
}
