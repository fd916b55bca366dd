//! An authenticator application: it knows a seed and the time, and nothing of the service.

use base64::{Engine, prelude::BASE64_STANDARD};
use locum_crypto::hmac_sha1;
use locum_directory::MfaDevice;

use crate::harness::{Answer, Credentials, World};

pub(super) const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
pub(super) const TRUST_ACCOUNT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["sts:AssumeRole","sts:TagSession"]}}"#;

/// `facts: sts §5`, to the letter.
pub(super) const INVALID_CODE: &str =
    "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
pub(super) const UNABLE: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.";
pub(super) const INVALID_PAIR: &str = "Authentication code for device is not valid.";

/// A device in somebody's pocket.
#[derive(Clone)]
pub(super) struct Phone {
    pub(super) serial: String,
    pub(super) base32: String,
    seed: Vec<u8>,
}

impl Phone {
    /// A new virtual device of the first account.
    pub(super) fn new(world: &World, name: &str) -> Self {
        let parameters = [("VirtualMFADeviceName", name)];
        let made = world.iam(&world.root, "CreateVirtualMFADevice", &parameters);
        Self::of(&made.ok())
    }

    /// The device in an answer of CreateVirtualMFADevice.
    pub(super) fn of(made: &Answer) -> Self {
        let base32 = BASE64_STANDARD.decode(made.text("Base32StringSeed")).unwrap();
        let base32 = String::from_utf8(base32).unwrap();
        Self {
            serial: made.text("SerialNumber"),
            seed: decode_base32(&base32),
            base32,
        }
    }

    /// A new device that a user of the first account has, and whose codes of now are not used.
    pub(super) fn of_user(world: &World, user: &str) -> Self {
        let phone = Self::new(world, &format!("{user}-phone"));
        phone.enable(world, &world.root, user).ok();
        world.advance(60);
        phone
    }

    /// The same device under another serial number.
    pub(super) fn called(&self, serial: &str) -> Self {
        Self {
            serial: serial.to_owned(),
            ..self.clone()
        }
    }

    /// The code that it shows so many seconds from now (RFC 6238).
    pub(super) fn shows(&self, world: &World, seconds: i64) -> String {
        let step = (world.now().as_second() + seconds).div_euclid(30);
        let mac = hmac_sha1(&self.seed, &step.to_be_bytes());
        let offset = usize::from(mac[19] & 15);
        let word = u32::from_be_bytes(mac[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", word % 1_000_000)
    }

    /// A code that it does not show within twenty minutes.
    pub(super) fn wrong(&self, world: &World) -> String {
        let shown: Vec<String> = (-40..=40).map(|steps| self.shows(world, steps * 30)).collect();
        let codes = (0..).map(|code: u32| format!("{code:06}"));
        codes.into_iter().find(|code| !shown.contains(code)).unwrap()
    }

    /// EnableMFADevice with the code before and the code of now.
    pub(super) fn enable(&self, world: &World, who: &Credentials, user: &str) -> Answer {
        self.prove(world, who, "EnableMFADevice", user, [-30, 0])
    }

    /// EnableMFADevice or ResyncMFADevice with the codes of two times.
    pub(super) fn prove(
        &self,
        world: &World,
        who: &Credentials,
        action: &str,
        user: &str,
        [first, second]: [i64; 2],
    ) -> Answer {
        let codes = [self.shows(world, first), self.shows(world, second)];
        self.prove_with(world, who, action, user, [&codes[0], &codes[1]])
    }

    pub(super) fn prove_with(
        &self,
        world: &World,
        who: &Credentials,
        action: &str,
        user: &str,
        [first, second]: [&str; 2],
    ) -> Answer {
        let parameters = [
            ("UserName", user),
            ("SerialNumber", self.serial.as_str()),
            ("AuthenticationCode1", first),
            ("AuthenticationCode2", second),
        ];
        world.iam(who, action, &parameters)
    }

    /// GetSessionToken with a code.
    pub(super) fn sign_in(&self, world: &World, who: &Credentials, code: &str) -> Answer {
        let parameters = [("SerialNumber", self.serial.as_str()), ("TokenCode", code)];
        world.sts(who, "GetSessionToken", &parameters)
    }

    /// AssumeRole with a code.
    pub(super) fn assume(&self, world: &World, who: &Credentials, role: &str, code: &str) -> Answer {
        let factor = [("SerialNumber", self.serial.as_str()), ("TokenCode", code)];
        assume(world, who, role, &factor)
    }

    /// The device as it is stored.
    pub(super) fn stored(&self, world: &World) -> MfaDevice {
        let place = self.serial.split_once(":mfa").unwrap().1;
        let snapshot = world.snapshot();
        MfaDevice::clone(snapshot.mfa_device(world.account, place).unwrap())
    }

    /// How many wrong codes count against it.
    pub(super) fn failures(&self, world: &World) -> u32 {
        self.stored(world).failures.map_or(0, |failures| failures.count)
    }
}

/// AssumeRole with a session named `session`.
pub(super) fn assume(world: &World, who: &Credentials, role: &str, more: &[(&str, &str)]) -> Answer {
    let parameters = [&[("RoleArn", role), ("RoleSessionName", "session")], more].concat();
    world.sts(who, "AssumeRole", &parameters)
}

/// A trust policy for the first account under a condition.
pub(super) fn trust_if(condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:root"}},"Action":"sts:AssumeRole","Condition":{condition}}}}}"#
    )
}

pub(super) fn decode_base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for c in text.bytes() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let value = alphabet.iter().position(|known| *known == c).unwrap();
        bits = bits << 5 | u32::try_from(value).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    bytes
}
