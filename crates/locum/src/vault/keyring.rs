//! The keyring of a desktop: the default collection of the Secret Service (freedesktop.org Secret Service API 0.2), which
//! GNOME, KDE and KeePassXC offer.
//!
//! Secrets go over the bus in the session kind `plain`. The other kind hides them from somebody who reads the bus, but
//! whoever may read this user's bus may ask the keyring for them as well.

use std::cell::RefCell;
use std::time::Duration;

use locum_credentials::{Environment, Kind, Lock, Vault, VaultError, check_name, plain};
use locum_crypto::SecretBytes;

use super::bus::{Arguments, Bus, BusError, DAEMON, NOTHING, PATIENCE, Target};
use super::message::{Malformed, Message, Writer};

const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
/// The path that stands for none.
const NONE: &str = "/";
/// How long somebody may take to type the password of the keyring.
const PROMPT: Duration = Duration::from_secs(120);
/// How long a call may take for somebody who can do without.
const QUIET_PATIENCE: Duration = Duration::from_millis(200);
const WAY_OUT: &str = "LOCUM_VAULT=file keeps secrets in files that only you can read";

/// An open keyring.
#[derive(Debug)]
pub(super) struct Keyring {
    bus: RefCell<Bus>,
    /// The default collection.
    collection: String,
    /// What secrets are handed over in.
    session: String,
    /// Whether somebody can be asked for a password.
    has_display: bool,
}

impl Keyring {
    /// Opens the user's keyring; `None` when there is none: no bus, nobody on it who keeps secrets, or no collection.
    pub(super) fn open(environment: &Environment) -> Result<Option<Self>, VaultError> {
        let Some((mut bus, is_there)) = Self::find_service(environment, PATIENCE)? else {
            return Ok(None);
        };
        if !is_there && !is_activatable(&mut bus).map_err(sentence)? {
            return Ok(None);
        }
        let Some(mut keyring) = Self::on(bus, environment)? else {
            return Ok(None);
        };
        if keyring.is_locked()? {
            keyring.unlock()?;
        }
        keyring.session = keyring.open_session()?;
        Ok(Some(keyring))
    }

    /// Opens the user's keyring as it is, at once: nothing is started and nobody asked. `None` when there is none, or none yet.
    pub(super) fn open_quietly(environment: &Environment) -> Result<Option<Self>, VaultError> {
        let Some((bus, true)) = Self::find_service(environment, QUIET_PATIENCE)? else {
            return Ok(None);
        };
        let Some(mut keyring) = Self::on(bus, environment)? else {
            return Ok(None);
        };
        if keyring.is_locked()? {
            return Err(locked());
        }
        keyring.session = keyring.open_session()?;
        Ok(Some(keyring))
    }

    /// The bus, and whether somebody on it keeps secrets.
    fn find_service(
        environment: &Environment,
        patience: Duration,
    ) -> Result<Option<(Bus, bool)>, VaultError> {
        let mut bus = match Bus::connect(environment, patience) {
            Err(BusError::Absent) => return Ok(None),
            connected => connected.map_err(sentence)?,
        };
        let is_there = has_owner(&mut bus).map_err(sentence)?;
        Ok(Some((bus, is_there)))
    }

    /// The default collection, if there is one.
    fn on(mut bus: Bus, environment: &Environment) -> Result<Option<Self>, VaultError> {
        let alias = |writer: &mut Writer| writer.text("default");
        let found = bus.call(service(), "ReadAlias", ("s", &alias));
        let collection = found
            .map_err(sentence)?
            .body("o")
            .and_then(|mut body| body.text());
        let collection = collection.map_err(malformed)?;
        if collection == NONE {
            return Ok(None);
        }
        let displays = ["DISPLAY", "WAYLAND_DISPLAY"];
        Ok(Some(Self {
            bus: RefCell::new(bus),
            collection,
            session: String::new(),
            has_display: displays.iter().any(|name| environment.non_empty(name).is_some()),
        }))
    }

    fn call(
        &self,
        path: &str,
        interface: &str,
        member: &str,
        arguments: Arguments<'_>,
    ) -> Result<Message, VaultError> {
        let target = Target {
            destination: SERVICE,
            path,
            interface,
        };
        self.bus
            .borrow_mut()
            .call(target, member, arguments)
            .map_err(sentence)
    }

    fn open_session(&self) -> Result<String, VaultError> {
        let arguments = |writer: &mut Writer| {
            writer.text("plain");
            writer.signature("s");
            writer.text("");
        };
        let answer = self.call(
            ROOT,
            "org.freedesktop.Secret.Service",
            "OpenSession",
            ("sv", &arguments),
        )?;
        let path = answer.body("vo").and_then(|mut body| {
            // The other side has nothing to say in this kind of session.
            match body.signature()?.as_str() {
                "s" => drop(body.text()?),
                "ay" => drop(body.octets()?),
                _ => return Err(Malformed),
            }
            body.text()
        });
        path.map_err(malformed)
    }

    fn property(&self, path: &str, interface: &str, name: &str) -> Result<Message, VaultError> {
        let arguments = |writer: &mut Writer| {
            writer.text(interface);
            writer.text(name);
        };
        self.call(path, "org.freedesktop.DBus.Properties", "Get", ("ss", &arguments))
    }

    fn is_locked(&self) -> Result<bool, VaultError> {
        let answer = self.property(&self.collection, "org.freedesktop.Secret.Collection", "Locked")?;
        let locked = answer.body("v").and_then(|mut body| {
            (body.signature()? == "b").then_some(()).ok_or(Malformed)?;
            body.truth()
        });
        locked.map_err(malformed)
    }

    fn unlock(&self) -> Result<(), VaultError> {
        let arguments = |writer: &mut Writer| writer.array(4, |paths| paths.text(&self.collection));
        let answer = self.call(
            ROOT,
            "org.freedesktop.Secret.Service",
            "Unlock",
            ("ao", &arguments),
        )?;
        let unlocked = answer
            .body("aoo")
            .and_then(|mut body| Ok((body.texts()?, body.text()?)));
        let (unlocked, prompt) = unlocked.map_err(malformed)?;
        if unlocked.contains(&self.collection) {
            return Ok(());
        }
        self.answer_prompt(&prompt)
    }

    /// Lets the keyring ask its question, if it has one.
    fn answer_prompt(&self, prompt: &str) -> Result<(), VaultError> {
        if prompt == NONE {
            return Ok(());
        }
        // Where nobody sees a window, nobody answers it.
        if !self.has_display {
            return Err(locked());
        }
        let target = Target {
            destination: SERVICE,
            path: prompt,
            interface: "org.freedesktop.Secret.Prompt",
        };
        let window = |writer: &mut Writer| writer.text("");
        let mut bus = self.bus.borrow_mut();
        let done = bus.call_for_signal(target, "Prompt", ("s", &window), "Completed", PROMPT);
        let dismissed = done
            .map_err(sentence)?
            .body("bv")
            .and_then(|mut body| body.truth());
        match dismissed.map_err(malformed)? {
            true => Err(locked()),
            false => Ok(()),
        }
    }

    /// The items with these attributes, beside those that all of ours have.
    fn search(&self, attributes: &[(&str, &str)]) -> Result<Vec<String>, VaultError> {
        let arguments = |writer: &mut Writer| writer.pairs(attributes);
        let interface = "org.freedesktop.Secret.Collection";
        let answer = self.call(&self.collection, interface, "SearchItems", ("a{ss}", &arguments))?;
        answer
            .body("ao")
            .and_then(|mut body| body.texts())
            .map_err(malformed)
    }

    fn find(&self, kind: Kind, name: &str) -> Result<Option<String>, VaultError> {
        check_name(name)?;
        Ok(self.search(&attributes(kind, name))?.into_iter().next())
    }

    fn name_of(&self, item: &str) -> Result<Option<String>, VaultError> {
        let answer = self.property(item, "org.freedesktop.Secret.Item", "Attributes")?;
        let pairs = answer.body("v").and_then(|mut body| {
            (body.signature()? == "a{ss}").then_some(()).ok_or(Malformed)?;
            body.array(8, |pair| {
                pair.align(8)?;
                Ok((pair.text()?, pair.text()?))
            })
        });
        let pairs = pairs.map_err(malformed)?;
        Ok(pairs
            .into_iter()
            .find(|(key, _)| key == "name")
            .map(|(_, name)| name))
    }
}

impl Vault for Keyring {
    fn load(&self, kind: Kind, name: &str) -> Result<Option<SecretBytes>, VaultError> {
        let Some(item) = self.find(kind, name)? else {
            return Ok(None);
        };
        let session = |writer: &mut Writer| writer.text(&self.session);
        let answer = self.call(&item, "org.freedesktop.Secret.Item", "GetSecret", ("o", &session))?;
        let secret = answer.body("(oayays)").and_then(|mut body| {
            body.align(8)?;
            body.text()?;
            body.octets()?;
            Ok(SecretBytes::new(body.octets()?))
        });
        secret.map(Some).map_err(malformed)
    }

    fn store(&self, kind: Kind, name: &str, value: &SecretBytes) -> Result<(), VaultError> {
        self.find(kind, name)?;
        let label = format!("locum {}: {name}", kind.word());
        let arguments = |writer: &mut Writer| {
            writer.array(8, |properties| {
                properties.align(8);
                properties.text("org.freedesktop.Secret.Item.Label");
                properties.signature("s");
                properties.text(&label);
                properties.align(8);
                properties.text("org.freedesktop.Secret.Item.Attributes");
                properties.signature("a{ss}");
                properties.pairs(&attributes(kind, name));
            });
            writer.align(8);
            writer.text(&self.session);
            writer.bytes(&[]);
            writer.bytes(value.expose());
            writer.text("text/plain");
            // In the place of another with these attributes.
            writer.number(1);
        };
        let interface = "org.freedesktop.Secret.Collection";
        let signature = "a{sv}(oayays)b";
        let answer = self.call(&self.collection, interface, "CreateItem", (signature, &arguments))?;
        let prompt = answer.body("oo").and_then(|mut body| {
            body.text()?;
            body.text()
        });
        self.answer_prompt(&prompt.map_err(malformed)?)
    }

    fn remove(&self, kind: Kind, name: &str) -> Result<bool, VaultError> {
        let Some(item) = self.find(kind, name)? else {
            return Ok(false);
        };
        let answer = self.call(&item, "org.freedesktop.Secret.Item", "Delete", NOTHING)?;
        let prompt = answer.body("o").and_then(|mut body| body.text());
        self.answer_prompt(&prompt.map_err(malformed)?).map(|()| true)
    }

    fn list(&self, kind: Kind) -> Result<Vec<String>, VaultError> {
        let [application, kind, _] = attributes(kind, "");
        let mut names = Vec::new();
        for item in self.search(&[application, kind])? {
            names.extend(self.name_of(&item)?);
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// A keyring has no locks.
    fn lock(&self, _: Kind, _: &str) -> Lock {
        Lock::default()
    }
}

/// What an item is found by.
fn attributes(kind: Kind, name: &str) -> [(&'static str, &str); 3] {
    [("application", "locum"), ("kind", kind.word()), ("name", name)]
}

const fn service() -> Target<'static> {
    Target {
        destination: SERVICE,
        path: ROOT,
        interface: "org.freedesktop.Secret.Service",
    }
}

/// Whether somebody keeps secrets.
fn has_owner(bus: &mut Bus) -> Result<bool, BusError> {
    let name = |writer: &mut Writer| writer.text(SERVICE);
    let answer = bus.call(DAEMON, "NameHasOwner", ("s", &name))?;
    Ok(answer.body("b")?.truth()?)
}

/// Whether somebody would keep secrets if asked.
fn is_activatable(bus: &mut Bus) -> Result<bool, BusError> {
    let names = bus
        .call(DAEMON, "ListActivatableNames", NOTHING)?
        .body("as")?
        .texts()?;
    Ok(names.iter().any(|name| name == SERVICE))
}

/// The sentence for `LOCUM_VAULT=keyring` where there is none.
pub(super) fn absent() -> VaultError {
    VaultError::Keyring(format!(
        "There is no keyring: nobody on the session bus keeps secrets. {WAY_OUT}"
    ))
}

fn locked() -> VaultError {
    VaultError::Keyring(format!(
        "The keyring is locked; unlock it and try again. {WAY_OUT}"
    ))
}

fn malformed(_: Malformed) -> VaultError {
    sentence(BusError::Broken)
}

fn sentence(error: BusError) -> VaultError {
    VaultError::Keyring(match error {
        BusError::Absent => return absent(),
        BusError::Silent => format!("The keyring does not answer. {WAY_OUT}"),
        BusError::Broken => format!("The keyring's answer cannot be understood. {WAY_OUT}"),
        BusError::Refused(name, _) if name.ends_with(".IsLocked") => {
            return locked();
        }
        BusError::Refused(_, complaint) => {
            format!(
                "The keyring refuses: {}. {WAY_OUT}",
                plain(complaint.trim_end_matches('.'))
            )
        }
    })
}
