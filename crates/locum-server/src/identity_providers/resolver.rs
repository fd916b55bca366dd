//! The system's resolver, which nobody can interrupt.
//!
//! Whoever waits for a name may give up, and the look-up goes on in its thread for as long as the resolver likes: a
//! tenant who runs a name server decides how long. So running look-ups are counted, abandoned ones too, and no fetch is
//! begun for which there might be no thread: what waits then waits in line, where each issuer stands once, and not in
//! the runtime's own queue, where other issuers' look-ups would stand behind those that nobody waits for any more.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use tokio::task::spawn_blocking;

/// Fetches at one time.
const MAX_FETCHES: usize = 16;

/// Names that are resolved at one time, abandoned look-ups included.
pub(super) const MAX_LOOK_UPS: usize = 32;

/// Looks up names, and knows how many look-ups run.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolver {
    running: Arc<AtomicUsize>,
}

/// A running look-up.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl Resolver {
    /// Returns the addresses of a host.
    ///
    /// # Errors
    /// The resolver's.
    pub(super) async fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let host = host.to_owned();
        self.look_up(move || Ok((host.as_str(), port).to_socket_addrs()?.collect()))
            .await
    }

    async fn look_up<T: Send + 'static>(
        &self,
        look_up: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        self.running.fetch_add(1, SeqCst);
        let running = Running(Arc::clone(&self.running));
        let answer = spawn_blocking(move || {
            let _running = running;
            look_up()
        });
        answer.await.map_err(io::Error::other)?
    }

    /// How many more fetches may begin beside so many. Each has one look-up at a time, so that with those that are
    /// begun there is a thread for each; a look-up of a fetch under way is counted as if it were abandoned.
    pub(super) fn room(&self, fetches: usize) -> usize {
        let taken = fetches.saturating_add(self.running.load(SeqCst));
        MAX_FETCHES
            .saturating_sub(fetches)
            .min(MAX_LOOK_UPS.saturating_sub(taken))
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn an_abandoned_look_up_takes_its_place_until_it_ends() {
        let resolver = Resolver::default();
        let mut held = Vec::new();
        for abandoned in 0..MAX_LOOK_UPS {
            assert_eq!(
                resolver.room(0),
                MAX_FETCHES.min(MAX_LOOK_UPS - abandoned),
                "{abandoned}"
            );
            let (end, ended) = mpsc::channel::<()>();
            let slow = resolver.look_up(move || Ok(ended.recv().is_err()));
            assert!(timeout(Duration::from_millis(1), slow).await.is_err());
            held.push(end);
        }
        assert_eq!(resolver.room(0), 0);
        drop(held);
        while resolver.running.load(SeqCst) > 0 {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(resolver.room(0), MAX_FETCHES);
    }

    #[tokio::test]
    async fn fetches_that_nobody_slows_down_are_as_many_as_may_be() {
        let resolver = Resolver::default();
        for fetches in 0..=MAX_FETCHES {
            resolver.running.store(fetches, SeqCst);
            assert_eq!(resolver.room(fetches), MAX_FETCHES - fetches);
        }
        resolver.running.store(0, SeqCst);
        let found = resolver.addresses("127.0.0.1", 443).await.unwrap();
        assert_eq!(found, ["127.0.0.1:443".parse().unwrap()]);
        assert_eq!(resolver.room(0), MAX_FETCHES, "it has ended");
    }
}
