//! Profiles of keys with a device, a world in which their sessions are made, and what was called there.

use crate::world::World;

/// Roles of the same keys and the same device.
pub(super) fn roles(count: usize) -> String {
    (1..=count)
        .map(|number| {
            format!(
                "[profile r{number}]\nrole_arn = arn:aws:iam::1:role/r{number}\nsource_profile = keys\nmfa_serial = arn:mfa\n"
            )
        })
        .collect()
}

/// The keys themselves, with the device.
pub(super) const OWN: &str = "[profile keys]\nmfa_serial = arn:mfa\n";

pub(super) fn making() -> World {
    let world = World::new();
    world.making.set(true);
    world
}

pub(super) fn operations(world: &World) -> Vec<String> {
    world.calls.borrow().iter().map(|call| call.0.clone()).collect()
}

pub(super) fn signers(world: &World) -> Vec<String> {
    let calls = world.calls.borrow();
    calls.iter().map(|call| call.2.clone().unwrap()).collect()
}
