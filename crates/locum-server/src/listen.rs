//! Sockets.
//!
//! On Linux each worker has a listener of its own in one `SO_REUSEPORT` group, and the kernel spreads connections
//! over them. That option would also let a second locum of the same user join the port in silence, so the first
//! socket of a group is bound *without* it, which fails if anybody else has the port, and gets it afterwards: the
//! others then join it, with no moment at which the port is free. Elsewhere the workers share one listener.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::ServeError;

const BACKLOG: i32 = 4_096;

/// The listeners of one address, one for each worker.
pub(crate) struct Group {
    pub(crate) address: SocketAddr,
    pub(crate) listeners: Vec<TcpListener>,
}

/// Listens at `address` `workers` times.
pub(crate) fn group(address: SocketAddr, workers: usize) -> Result<Group, ServeError> {
    bind_group(address, workers).map_err(|error| sentence(address, error))
}

/// Listens at the loopback `address` of the admin endpoints.
pub(crate) fn admin(address: SocketAddr) -> Result<TcpListener, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::AdminNotLoopback(address));
    }
    let listener = || {
        let socket = open(address)?;
        socket.bind(&SockAddr::from(address))?;
        socket.listen(BACKLOG)?;
        Ok(socket.into())
    };
    listener().map_err(|error| sentence(address, error))
}

fn sentence(address: SocketAddr, source: io::Error) -> ServeError {
    if source.kind() == io::ErrorKind::AddrInUse {
        ServeError::PortInUse(address)
    } else {
        ServeError::Listen { address, source }
    }
}

fn bind_group(address: SocketAddr, workers: usize) -> io::Result<Group> {
    let first = open(address)?;
    first.bind(&SockAddr::from(address))?;
    let address = first.local_addr()?.as_socket().unwrap_or(address);

    let mut listeners = Vec::with_capacity(workers);
    if cfg!(target_os = "linux") {
        #[cfg(target_os = "linux")]
        first.set_reuse_port(true)?;
        for _ in 1..workers {
            let next = open(address)?;
            #[cfg(target_os = "linux")]
            next.set_reuse_port(true)?;
            next.bind(&SockAddr::from(address))?;
            next.listen(BACKLOG)?;
            listeners.push(next.into());
        }
        first.listen(BACKLOG)?;
    } else {
        first.listen(BACKLOG)?;
        for _ in 1..workers {
            listeners.push(first.try_clone()?.into());
        }
    }
    listeners.push(first.into());
    Ok(Group { address, listeners })
}

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Without it a restart would wait for the connections of the last run to leave TIME_WAIT.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn connections_spread_over_the_group() {
        let group = group(SocketAddr::from(([127, 0, 0, 1], 0)), 4).unwrap();
        let clients: Vec<TcpStream> = (0..64)
            .map(|_| TcpStream::connect(group.address).unwrap())
            .collect();
        let accepted: Vec<usize> = group
            .listeners
            .iter()
            .map(|listener| std::iter::from_fn(|| listener.accept().ok()).count())
            .collect();
        assert_eq!(accepted.iter().sum::<usize>(), clients.len());
        assert!(
            accepted.iter().filter(|count| **count > 0).count() > 1,
            "{accepted:?}"
        );
    }
}
