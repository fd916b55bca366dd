//! Signals that whoever started this process wants it to ignore: `nohup`, or `trap '' INT` in a script.
//!
//! A handler would take that back, so each place that wants one asks here first. The standard library cannot be asked
//! without `unsafe`; the system's own file about the process can.

/// Returns the signals that are not ignored when it is asked; where the system does not say, all of them.
pub(crate) fn heeded<const N: usize>(signals: [i32; N]) -> Vec<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = mask(&status).unwrap_or_default();
    signals
        .into_iter()
        .filter(|signal| !has(ignored, *signal))
        .collect()
}

fn mask(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

fn has(mask: u64, signal: i32) -> bool {
    let bit = u32::try_from(signal)
        .ok()
        .and_then(|number| number.checked_sub(1));
    bit.and_then(|bit| mask.checked_shr(bit))
        .is_some_and(|rest| rest & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_counts_from_one() {
        let status = "Name:\tx\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001002\nSigCgt:\t0\n";
        let mask = mask(status).unwrap();
        for (signal, expected) in [
            (1, false),
            (2, true),
            (13, true),
            (15, false),
            (0, false),
            (-1, false),
            (99, false),
        ] {
            assert_eq!(has(mask, signal), expected, "{signal}");
        }
        assert_eq!(super::mask("Name:\tx\n"), None);
    }
}
