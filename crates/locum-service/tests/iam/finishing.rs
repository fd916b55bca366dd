use std::{sync::Arc, thread};

use locum_api::model::Service as Api;
use locum_crypto::SeededRandom;

use crate::harness::World;
use locum_directory::FaultyStore;

/// A disk that takes long, and an edge that no longer waits for it: the log must not be closed before the write is in it.
#[test]
fn a_write_under_way_is_recorded_before_the_service_has_finished() {
    let store = Arc::new(FaultyStore::default());
    let world = World::over(Arc::clone(&store) as _, 1);
    let call = world.signed_call(&world.root, Api::Iam, "CreateUser", &[("UserName", "alice")]);
    // Nothing else is to be written: the last use of the caller's key is stored already.
    world.admin("GetAccountSummary", &[]).ok();
    world.service.store_last_uses().unwrap();
    store.set_hanging(true);
    thread::scope(|scope| {
        let (service, now) = (&world.service, world.now());
        scope.spawn(move || call.answered(service, now, &mut SeededRandom::new(2)).ok());
        store.wait_for_commit();
        scope.spawn(|| {
            // Late, so that whoever does not wait is seen.
            (0..10_000).for_each(|_| thread::yield_now());
            store.set_hanging(false);
        });
        world.service.finish().unwrap();
        assert_eq!(world.last_record()["eventName"], "CreateUser");
        assert!(world.snapshot().user(world.account, "alice").is_some());
    });
}
