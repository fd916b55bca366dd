//! Time-based one-time codes (RFC 6238): SHA-1, six digits, thirty seconds, as every authenticator application has them.
//!
//! A code is a type that only six ASCII digits become. Whatever trims or folds what was typed would let one code pass
//! under two spellings, past the memory of used codes (`facts: security §1.7`).

use jiff::Timestamp;
use locum_crypto::{equal, hmac_sha1};

/// How long a code is shown.
pub(crate) const STEP_SECONDS: i64 = 30;

/// Six ASCII digits. Only tests may compare codes otherwise than in constant time.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(PartialEq, Eq))]
pub(crate) struct Code([u8; 6]);

impl Code {
    /// The code in a text of six ASCII digits and nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 6] = text.as_bytes().try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// What a device of this seed shows in a time step (RFC 4226 §5.3).
    pub(crate) fn of_step(seed: &[u8], step: i64) -> Self {
        let mac = hmac_sha1(seed, &step.to_be_bytes());
        let [.., last] = mac;
        let offset = usize::from(last & 0x0f);
        let word = mac
            .iter()
            .skip(offset)
            .take(4)
            .fold(0, |word: u32, byte| (word << 8) | u32::from(*byte));
        let mut rest = word & 0x7fff_ffff;
        let mut digits = [b'0'; 6];
        for digit in digits.iter_mut().rev() {
            let [value, ..] = (rest % 10).to_le_bytes();
            *digit |= value;
            rest /= 10;
        }
        Self(digits)
    }

    fn is(&self, other: Self) -> bool {
        equal(&self.0, &other.0)
    }
}

/// The time step that a time is in.
pub(crate) fn step_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(STEP_SECONDS)
}

/// The newest of `steps` in which the device shows this code. Every step is compared, so that the time it takes tells
/// nothing of which one matched.
pub(crate) fn find(seed: &[u8], code: Code, steps: impl Iterator<Item = i64>) -> Option<i64> {
    steps.fold(None, |found, step| {
        let same = code.is(Code::of_step(seed, step));
        if same { Some(step) } else { found }
    })
}

/// The newest of `steps` in which the device shows the first code and one step later the second; every step is compared.
pub(crate) fn find_pair(
    seed: &[u8],
    first: Code,
    second: Code,
    steps: impl Iterator<Item = i64>,
) -> Option<i64> {
    steps.fold(None, |found, step| {
        let same = first.is(Code::of_step(seed, step));
        let next = second.is(Code::of_step(seed, step.saturating_add(1)));
        if same & next { Some(step) } else { found }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1; of its eight digits the last six.
    #[test]
    fn the_vectors_of_rfc_6238() {
        let seed = b"12345678901234567890";
        for (second, digits) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = step_of(Timestamp::from_second(second).unwrap());
            let code = Code::parse(&digits[2..]).unwrap();
            assert!(Code::of_step(seed, step) == code, "{second}");
            assert!(Code::of_step(seed, step + 1) != code, "{second}");
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn the_vectors_of_rfc_4226() {
        let seed = b"12345678901234567890";
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (step, code) in (0..).zip(codes) {
            assert!(Code::of_step(seed, step) == Code::parse(code).unwrap(), "{step}");
        }
    }

    #[test]
    fn a_code_is_six_ascii_digits_and_nothing_else() {
        assert!(Code::parse("000000").is_some() && Code::parse("123456").is_some());
        for text in [
            "",
            "12345",
            "1234567",
            " 123456",
            "123456 ",
            "123 456",
            "12345 ",
            "123456\n",
            "12345\n",
            "12345\0",
            "+12345",
            "-12345",
            "0x1234",
            "12345a",
            "１２３４５６",
            "１２",
            "١٢٣٤٥٦",
            "١٢٣",
            "𝟏2",
            "12345\u{200b}",
            "123\u{a0}4",
        ] {
            assert!(Code::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn the_newest_step_of_a_code_is_found_and_no_other() {
        let seed = b"12345678901234567890";
        let shown = |step| Code::of_step(seed, step);
        assert_eq!(find(seed, shown(7), 6..=8), Some(7));
        assert_eq!(find(seed, shown(7), 8..=10), None);
        assert_eq!(find_pair(seed, shown(7), shown(8), 0..=20), Some(7));
        assert_eq!(find_pair(seed, shown(7), shown(9), 0..=20), None);
        assert_eq!(find_pair(seed, shown(8), shown(7), 0..=20), None);
        assert_eq!(find_pair(seed, shown(7), shown(7), 0..=20), None);
        // Steps before 1970 are numbers like any.
        assert_eq!(step_of(Timestamp::from_second(-1).unwrap()), -1);
    }
}
