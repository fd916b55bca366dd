//! The session bus: one connection, calls with an answer each, and never a wait without an end.
//!
//! Only what a client of one service needs of D-Bus is here: the socket of this user, the EXTERNAL handshake, calls and their
//! replies, and waiting for one signal. `docs/decisions/0006-keyring.md` tells why not by a library.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use locum_credentials::Environment;
use zeroize::Zeroizing;

use super::message::{
    ERROR, FIXED, METHOD_CALL, METHOD_RETURN, Malformed, Message, SIGNAL, Writer, whole_length,
};

/// How long a call may take: a service that is started for it included.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// The longest line of the handshake, in bytes.
const MAX_LINE: usize = 1_024;

/// Why a call has no answer.
#[derive(Debug)]
pub(super) enum BusError {
    /// Nobody there.
    Absent,
    /// No answer in time.
    Silent,
    /// An answer that is none, or a connection that broke.
    Broken,
    /// The answer is an error: its name, and name and sentence.
    Refused(String, String),
}

impl From<Malformed> for BusError {
    fn from(_: Malformed) -> Self {
        Self::Broken
    }
}

impl From<io::Error> for BusError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Silent,
            _ => Self::Broken,
        }
    }
}

/// Whom a call goes to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) destination: &'a str,
    pub(super) path: &'a str,
    pub(super) interface: &'a str,
}

/// The bus itself.
pub(super) const DAEMON: Target<'_> = Target {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
};

/// Arguments and their types.
pub(super) type Arguments<'a> = (&'a str, &'a dyn Fn(&mut Writer));

/// No arguments.
pub(super) const NOTHING: Arguments<'_> = ("", &|_| ());

/// A connection.
#[derive(Debug)]
pub(super) struct Bus {
    stream: UnixStream,
    /// How long each call may take.
    patience: Duration,
    serial: u32,
}

impl Bus {
    /// Connects to the session bus that the environment names.
    pub(super) fn connect(environment: &Environment, patience: Duration) -> Result<Self, BusError> {
        let addresses = environment.non_empty("DBUS_SESSION_BUS_ADDRESS").or_else(|| {
            let directory = PathBuf::from(environment.non_empty("XDG_RUNTIME_DIR")?);
            Some(format!("unix:path={}", directory.join("bus").display()))
        });
        let addresses = addresses.ok_or(BusError::Absent)?;
        let stream = addresses.split(';').find_map(|address| open(address)?.ok());
        let mut bus = Self {
            stream: stream.ok_or(BusError::Absent)?,
            patience,
            serial: 0,
        };
        bus.authenticate()?;
        bus.call(DAEMON, "Hello", NOTHING)?;
        Ok(bus)
    }

    /// Tells the bus whose process this is, which it can see for itself.
    fn authenticate(&mut self) -> Result<(), BusError> {
        let deadline = Instant::now() + self.patience;
        self.stream.set_write_timeout(Some(self.patience))?;
        let user = rustix::process::geteuid().as_raw().to_string();
        let user: String = user.bytes().map(|byte| format!("{byte:02x}")).collect();
        self.stream
            .write_all(format!("\0AUTH EXTERNAL {user}\r\n").as_bytes())?;
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") && line.len() < MAX_LINE {
            let mut byte = [0];
            self.fill(&mut byte, deadline)?;
            line.extend_from_slice(&byte);
        }
        if !line.starts_with(b"OK ") {
            return Err(BusError::Broken);
        }
        Ok(self.stream.write_all(b"BEGIN\r\n")?)
    }

    /// Calls a method and waits for the answer.
    pub(super) fn call(
        &mut self,
        target: Target<'_>,
        member: &str,
        arguments: Arguments<'_>,
    ) -> Result<Message, BusError> {
        let serial = self.send(target, member, arguments)?;
        let deadline = Instant::now() + self.patience;
        loop {
            let message = self.receive(deadline)?;
            if message.reply_to == Some(serial) {
                return answer(message);
            }
        }
    }

    /// Calls a method, and waits for a signal of the same object that tells how it went.
    pub(super) fn call_for_signal(
        &mut self,
        target: Target<'_>,
        member: &str,
        arguments: Arguments<'_>,
        signal: &str,
        patience: Duration,
    ) -> Result<Message, BusError> {
        let rule = format!("type='signal',interface='{}',member='{signal}'", target.interface);
        self.call(DAEMON, "AddMatch", ("s", &|writer| writer.text(&rule)))?;
        let serial = self.send(target, member, arguments)?;
        let deadline = Instant::now() + patience;
        loop {
            let message = self.receive(deadline)?;
            if message.reply_to == Some(serial) {
                answer(message)?;
            } else if message.kind == SIGNAL && message.member == signal && message.path == target.path {
                return Ok(message);
            }
        }
    }

    fn send(
        &mut self,
        target: Target<'_>,
        member: &str,
        (signature, fill): Arguments<'_>,
    ) -> Result<u32, BusError> {
        self.serial = self.serial.checked_add(1).ok_or(BusError::Broken)?;
        let mut body = Writer::default();
        fill(&mut body);
        let body = body.into_bytes();
        let mut message = Writer::default();
        for byte in [b'l', METHOD_CALL, 0, 1] {
            message.byte(byte);
        }
        message.number(u32::try_from(body.len()).map_err(|_| BusError::Broken)?);
        message.number(self.serial);
        message.array(8, |fields| {
            let texts = [
                (1, "o", target.path),
                (2, "s", target.interface),
                (3, "s", member),
                (6, "s", target.destination),
            ];
            for (field, kind, text) in texts {
                fields.align(8);
                fields.byte(field);
                fields.signature(kind);
                fields.text(text);
            }
            if !signature.is_empty() {
                fields.align(8);
                fields.byte(8);
                fields.signature("g");
                fields.signature(signature);
            }
        });
        message.align(8);
        self.stream.write_all(&message.into_bytes())?;
        self.stream.write_all(&body)?;
        Ok(self.serial)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Message, BusError> {
        let mut fixed = [0; FIXED];
        self.fill(&mut fixed, deadline)?;
        let mut bytes = Zeroizing::new(vec![0; whole_length(&fixed)?.max(FIXED)]);
        let (start, rest) = bytes.split_at_mut_checked(FIXED).ok_or(BusError::Broken)?;
        start.copy_from_slice(&fixed);
        self.fill(rest, deadline)?;
        Ok(Message::read(bytes)?)
    }

    fn fill(&mut self, mut place: &mut [u8], deadline: Instant) -> Result<(), BusError> {
        while !place.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(BusError::Silent);
            }
            self.stream.set_read_timeout(Some(left))?;
            let read = match self.stream.read(place) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            if read == 0 {
                return Err(BusError::Broken);
            }
            place = place.get_mut(read..).ok_or(BusError::Broken)?;
        }
        Ok(())
    }
}

fn answer(message: Message) -> Result<Message, BusError> {
    match message.kind {
        METHOD_RETURN => Ok(message),
        ERROR => Err(BusError::Refused(message.error.clone(), message.complaint())),
        _ => Err(BusError::Broken),
    }
}

/// Opens a socket of this machine; `None` for another way to a bus.
fn open(address: &str) -> Option<io::Result<UnixStream>> {
    let options = address.trim().strip_prefix("unix:")?;
    let option = |name: &str| {
        let values = options.split(',').filter_map(|option| option.split_once('='));
        values
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| unescape(value))
    };
    if let Some(path) = option("path") {
        return Some(UnixStream::connect(path));
    }
    open_abstract(&option("abstract")?)
}

#[cfg(target_os = "linux")]
fn open_abstract(name: &str) -> Option<io::Result<UnixStream>> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::SocketAddr;

    let address = SocketAddr::from_abstract_name(name.as_bytes());
    Some(address.and_then(|address| UnixStream::connect_addr(&address)))
}

#[cfg(not(target_os = "linux"))]
fn open_abstract(_: &str) -> Option<io::Result<UnixStream>> {
    None
}

/// The value of an address, in which some bytes are written as `%20`.
fn unescape(value: &str) -> String {
    let mut parts = value.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.extend(byte);
        bytes.extend_from_slice(part.get(2..).unwrap_or_default().as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_bus_nobody_waits() {
        let directory = tempfile::tempdir().unwrap();
        let runtime = directory.path().to_str().unwrap();
        for variables in [
            &[][..],
            &[("XDG_RUNTIME_DIR", runtime)],
            &[("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus,guid=1")],
            &[(
                "DBUS_SESSION_BUS_ADDRESS",
                "autolaunch:;tcp:host=localhost,port=1;unix:runtime=yes",
            )],
        ] {
            let found = Bus::connect(&Environment::of(variables), PATIENCE);
            assert!(matches!(found, Err(BusError::Absent)), "{variables:?}");
        }
    }

    #[test]
    fn addresses_are_unescaped() {
        assert_eq!(unescape("/tmp/a%20b%2c"), "/tmp/a b,");
        assert_eq!(unescape("/x%zz%4"), "/x");
    }
}
