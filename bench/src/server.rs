//! A server under measurement: a process of its own, so that what it costs can be read from the kernel's books.

use std::{
    error::Error,
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    time::ClockId,
    unistd::Pid,
};

/// How long a program may take until it listens: an interpreter on a busy machine takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// From the start of the process to its ready line.
    pub(crate) started_in: Duration,
}

impl Server {
    /// Starts a program that prints a line which ends with the URL of its address once it is ready.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Box<dyn Error>> {
        let begun = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let started_in = begun.elapsed();
        let address = line
            .rsplit("http://")
            .next()
            .and_then(|rest| rest.trim().parse().ok());
        match address {
            Some(address) => Ok(Self {
                child,
                address,
                started_in,
            }),
            None => {
                child.kill()?;
                Err(format!("the server did not say where it answers, but {line:?}").into())
            }
        }
    }

    /// Starts a program that says nothing and waits until it accepts connections at `address`.
    pub(crate) fn attend(command: &mut Command, address: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let begun = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut server = Self {
            child,
            address,
            started_in: Duration::ZERO,
        };
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("{} ended with {status}", command.get_program().display()).into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{} does not listen", command.get_program().display()).into());
            }
            thread::sleep(Duration::from_millis(2));
        }
        server.started_in = begun.elapsed();
        Ok(server)
    }

    /// User and system time of all its threads so far, from the kernel's clock of that process: `/proc` would count in
    /// hundredths of a second.
    pub(crate) fn cpu(&self) -> Result<Duration, Box<dyn Error>> {
        Ok(ClockId::pid_cpu_clock_id(self.process()?)?.now()?.into())
    }

    /// Waits until it does nothing without being asked: a start brings the names of lists in order beside the first requests.
    pub(crate) fn settle(&self) -> Result<(), Box<dyn Error>> {
        let end = Instant::now() + Duration::from_secs(120);
        let mut before = self.cpu()?;
        while Instant::now() < end {
            thread::sleep(Duration::from_millis(200));
            let now = self.cpu()?;
            if now.saturating_sub(before) < Duration::from_millis(4) {
                return Ok(());
            }
            before = now;
        }
        Err("the server does not come to rest".into())
    }

    /// Has it end by itself, which is when a program that counts writes its counts.
    pub(crate) fn end(mut self) -> Result<(), Box<dyn Error>> {
        kill(self.process()?, Signal::SIGTERM)?;
        let status = self.child.wait()?;
        status
            .success()
            .then_some(())
            .ok_or_else(|| format!("the server ended with {status}").into())
    }

    fn process(&self) -> Result<Pid, Box<dyn Error>> {
        Ok(Pid::from_raw(i32::try_from(self.child.id())?))
    }

    /// Resident memory, in MiB.
    pub(crate) fn memory(&self) -> Result<f64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        let kib: f64 = resident.ok_or("no memory in /proc")?.trim().parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing left to say that is measured.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
