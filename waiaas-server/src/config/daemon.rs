//! `[daemon]`: the process and its listener.

use super::layers::Raw;
use super::read::{Outcome, choice, integer, path};
use super::section::section;
use core::net::{IpAddr, Ipv4Addr};

section! {
    /// The process and its listener.
    Daemon in "daemon" {
        /// TCP port, 1024 to 65535. 0 lets the system choose; the choice is in `daemon.port` and in the
        /// line `WAIAAS_PORT=<port>` on standard output.
        port: u16 = 3100, port, "4100";
        /// Where to listen: `127.0.0.1`, this machine only; or `0.0.0.0`, every interface.
        hostname: Listen = Listen::Loopback, choice(&Listen::NAMES), "\"0.0.0.0\"";
        /// The least important lines that are logged: trace, debug, info, warn or error.
        log_level: LogLevel = LogLevel::Info, choice(&LogLevel::NAMES), "\"debug\"";
        /// File with the process id, relative to the data directory.
        pid_file: String = "daemon.pid".to_owned(), path, "\"run/waiaas.pid\"";
        /// Seconds, 5 to 300, that a stop waits for requests and transactions that are being worked on.
        shutdown_timeout: u32 = 30, integer(5, 300), "60";
        /// Seconds of inactivity, 60 to 7200, after which the admin page forgets the master password.
        admin_timeout: u32 = 900, integer(60, 7_200), "600";
    }
}

/// Which interfaces are listened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// 127.0.0.1.
    Loopback,
    /// 0.0.0.0.
    Everywhere,
}

impl Listen {
    const NAMES: [(&'static str, Self); 2] = [("127.0.0.1", Self::Loopback), ("0.0.0.0", Self::Everywhere)];

    /// The address to bind.
    #[must_use]
    pub const fn address(self) -> IpAddr {
        IpAddr::V4(match self {
            Self::Loopback => Ipv4Addr::LOCALHOST,
            Self::Everywhere => Ipv4Addr::UNSPECIFIED,
        })
    }
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Everything.
    Trace,
    /// What helps to find a fault.
    Debug,
    /// What happened.
    Info,
    /// What should not happen often.
    Warn,
    /// What needs attention.
    Error,
}

impl LogLevel {
    const NAMES: [(&'static str, Self); 5] = [
        ("trace", Self::Trace),
        ("debug", Self::Debug),
        ("info", Self::Info),
        ("warn", Self::Warn),
        ("error", Self::Error),
    ];
}

fn port(raw: &Raw) -> Outcome<u16> {
    let refusal = || "must be 0 (any free port) or a whole number from 1024 to 65535".to_owned();
    let port: u16 = integer(0, 65_535)(raw).map_err(|_| refusal())?;
    if port == 0 || port >= 1_024 { Ok(port) } else { Err(refusal()) }
}
