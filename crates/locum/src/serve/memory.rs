//! What of this process's memory others may see: nothing.
//!
//! It holds the key-encryption key and every secret of the directory. A core file would put them on a disk, and a
//! process of the same user could read them, and the environment with `LOCUM_KEK` in it, from `/proc`
//! (`facts: security §1.3`: a signing key was once stolen out of a crash dump).

use rustix::process::{Resource, Rlimit, setrlimit};

use super::Refusal;

/// Forbids core files, and on Linux other processes' looks at the memory.
pub(crate) fn keep_private() -> Result<(), Refusal> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).map_err(|error| Refusal::System {
        what: "forbid core files",
        source: error.into(),
    })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).map_err(
        |error| Refusal::System {
            what: "keep the memory from other processes",
            source: error.into(),
        },
    )?;
    Ok(())
}
