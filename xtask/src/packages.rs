//! Debian packages: installed where that is possible, and named where it is not.

use crate::error::TaskError;
use crate::tool::Tool;

/// Installs these packages; without root or apt-get, says in one sentence what to install.
pub(crate) fn install(packages: &[&str]) -> Result<(), TaskError> {
    if packages.is_empty() {
        return Ok(());
    }
    let root = Tool::new("id").arg("-u").output().as_deref() == Some("0");
    let apt = Tool::new("apt-get").arg("--version").output().is_some();
    if !(root && apt) {
        return Err(TaskError::Packages {
            packages: packages.join(" "),
        });
    }
    Tool::new("apt-get").words("-qq update").run()?;
    let mut install = Tool::new("apt-get")
        .words("-qq install --yes --no-install-recommends")
        .env("DEBIAN_FRONTEND", "noninteractive");
    for package in packages {
        install = install.arg(package);
    }
    install.run()
}
