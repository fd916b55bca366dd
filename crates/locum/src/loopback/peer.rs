//! Whose process is at the other end of a connection from this machine, by the kernel's table of connections.
//!
//! A port of 127.0.0.1 has no owner: every user can connect. Where a protocol has no secret that a stranger lacks (the
//! metadata service of an instance hands its token to whoever asks), the user behind the connection is what is left to check.

use std::net::{SocketAddr, SocketAddrV4};

/// The kernel's tables, one line a connection. A program that opens sockets for both families at once, as Java and .NET do,
/// stands in the second one, its address mapped.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];
/// The state of a connection that both ends have open.
const ESTABLISHED: &str = "01";
/// Who may always connect: root can read our memory anyway.
const ROOT: u32 = 0;

/// Tells whether the connection between `peer` and `local` was opened at `peer` by this process's user or by root. Where the
/// system does not say, the answer is no; nor does it say once the other end is closed, which a stranger can do at once.
pub(crate) fn is_own_user(peer: SocketAddr, local: SocketAddr) -> bool {
    let (SocketAddr::V4(peer), SocketAddr::V4(local)) = (peer, local) else {
        return false;
    };
    let owner = TABLES.iter().find_map(|path| {
        let table = std::fs::read_to_string(path).ok()?;
        owner(&table, peer, local)
    });
    owner.is_some_and(|user| user == ROOT || user == rustix::process::geteuid().as_raw())
}

/// Finds who opened the connection: the fields are number, own address, other address, state, queues, timer, retries, user.
fn owner(table: &str, own: SocketAddrV4, other: SocketAddrV4) -> Option<u32> {
    let (own, other) = (written(own), written(other));
    table.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let matches = own.iter().any(|own| fields.clone().next() == Some(own))
            && fields
                .nth(1)
                .is_some_and(|field| other.iter().any(|other| field == other))
            && fields.next() == Some(ESTABLISHED);
        if matches {
            fields.nth(3)?.parse().ok()
        } else {
            None
        }
    })
}

/// An address as the tables write it, plain and mapped: each four octets as one number in this machine's order, in
/// hexadecimal.
fn written(address: SocketAddrV4) -> [String; 2] {
    let number = u32::from_ne_bytes(address.ip().octets());
    let mark = u32::from_ne_bytes([0, 0, 0xff, 0xff]);
    let port = address.port();
    [
        format!("{number:08X}:{port:04X}"),
        format!("{:016X}{mark:08X}{number:08X}:{port:04X}", 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};

    #[test]
    fn the_table_names_the_user() {
        let at = |port| SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        let line = |state: &str| {
            format!(
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
                 0: {}:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     7        0 1 1\n   1: {}:C350 \
                 {}:1F90 {state} 00000000:00000000 00:00000000 00000000  1000        0 22 1 0 20\n",
                &written(at(0))[0][..8],
                &written(at(0))[0][..8],
                &written(at(0))[0][..8]
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
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
        for address in [
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            (mapped, port).into(),
        ] {
            // Not every system has the other family.
            let Ok(_stream) = TcpStream::connect(address) else {
                assert!(address.is_ipv6() && TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).is_err());
                continue;
            };
            let (accepted, peer) = listener.accept().unwrap();
            let local = accepted.local_addr().unwrap();
            assert!(is_own_user(peer, local), "{address}");
            assert!(!is_own_user(SocketAddr::new(peer.ip(), 1), local));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn who_asks_and_goes_is_nobody() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut accepted, peer) = listener.accept().unwrap();
        stream.write_all(b"asked").unwrap();
        drop(stream);
        let mut asked = String::new();
        accepted.read_to_string(&mut asked).unwrap();
        assert_eq!(asked, "asked");
        assert!(!is_own_user(peer, accepted.local_addr().unwrap()));
    }
}
