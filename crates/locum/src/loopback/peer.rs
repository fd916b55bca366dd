//! Whose process is at the other end of a connection from this machine, by the kernel's table of connections.
//!
//! A port of 127.0.0.1 has no owner: every user can connect. Where a protocol has no secret that a stranger lacks (the
//! metadata service of an instance hands its token to whoever asks), the user behind the connection is what is left to check.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

/// The kernel's table, one line a connection.
const TABLE: &str = "/proc/net/tcp";
/// The state of a connection that both ends have open.
const ESTABLISHED: &str = "01";
/// Who may always connect: root can read our memory anyway.
const ROOT: u32 = 0;

/// Tells whether the connection between `peer` and `local` was opened at `peer` by this process's user or by root. Where the
/// system does not say, the answer is no.
pub(crate) fn is_own_user(peer: SocketAddr, local: SocketAddr) -> bool {
    let (SocketAddr::V4(peer), SocketAddr::V4(local)) = (peer, local) else {
        return false;
    };
    let Ok(table) = std::fs::read_to_string(TABLE) else {
        return false;
    };
    owner(&table, peer, local).is_some_and(|user| user == ROOT || user == rustix::process::geteuid().as_raw())
}

/// Finds who opened the connection: the fields are number, own address, other address, state, queues, timer, retries, user.
fn owner(table: &str, own: SocketAddrV4, other: SocketAddrV4) -> Option<u32> {
    let (own, other) = (written(own), written(other));
    table.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let matches = fields.next() == Some(own.as_str())
            && fields.next() == Some(other.as_str())
            && fields.next() == Some(ESTABLISHED);
        if matches {
            fields.nth(3)?.parse().ok()
        } else {
            None
        }
    })
}

/// An address as the table writes it: the four octets as one number in this machine's order, in hexadecimal.
fn written(address: SocketAddrV4) -> String {
    let number = |ip: &Ipv4Addr| u32::from_ne_bytes(ip.octets());
    format!("{:08X}:{:04X}", number(address.ip()), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_the_user() {
        let at = |port| SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        let line = |state: &str| {
            format!(
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
                 0: {}:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     7        0 1 1\n   1: {}:C350 \
                 {}:1F90 {state} 00000000:00000000 00:00000000 00000000  1000        0 22 1 0 20\n",
                &written(at(0))[..8],
                &written(at(0))[..8],
                &written(at(0))[..8]
            )
        };
        assert_eq!(owner(&line("01"), at(50_000), at(8080)), Some(1000));
        assert_eq!(owner(&line("01"), at(8080), at(50_000)), None);
        assert_eq!(owner(&line("01"), at(50_001), at(8080)), None);
        assert_eq!(
            owner(&line("06"), at(50_000), at(8080)),
            None,
            "what is closing has no owner"
        );
        assert_eq!(owner("", at(1), at(2)), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_connection_of_ones_own_is_ones_own() {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (own, other) = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
        assert!(is_own_user(own, other));
        assert!(!is_own_user(SocketAddr::new(own.ip(), 1), other));
    }
}
