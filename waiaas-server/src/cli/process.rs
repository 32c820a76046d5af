//! Whether the service of a data directory runs, seen from outside.

use super::context::Context;
use super::failure::Failure;
use crate::config::{Config, Sources};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::PathBuf;

/// What the files in the data directory say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// No process id is noted.
    Stopped,
    /// A process id is noted, but that process is gone or is another program.
    Stale(Pid),
    /// The service runs.
    Running(Pid),
}

/// Looks at the pid file, at that process, and at the lock that a running service holds.
///
/// DIFFERS: the original believes the pid file. After a crash or in a new container the same number
/// belongs to another process (often to this very command), which would then be waited for or killed.
///
/// # Errors
/// A pid file that cannot be read.
pub(super) fn look(context: &Context) -> Result<Service, Failure> {
    let path = pid_file(context);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Service::Stopped),
        Err(error) => return Err(Failure::failed(format!("cannot read {}: {error}", path.display()))),
    };
    // A text that is no number is the remains of a write that a crash cut short.
    let Some(pid) = text.trim().parse().ok().filter(|raw| *raw > 0).and_then(Pid::from_raw) else {
        return Ok(Service::Stopped);
    };
    let running = exists(pid) && is_locked(context);
    Ok(if running { Service::Running(pid) } else { Service::Stale(pid) })
}

/// The file that a running service keeps locked.
const LOCK_FILE: &str = "daemon.lock";

/// Where the service notes its process id. A configuration that cannot be read must not keep anybody
/// from stopping the service, so the default stands in.
pub(super) fn pid_file(context: &Context) -> PathBuf {
    let name = Config::load(&context.data_dir, &sources())
        .map_or_else(|_| "daemon.pid".to_owned(), |config| config.daemon.pid_file);
    context.data_dir.join(name)
}

/// The configuration sources of a command: the environment, no flags.
pub(super) fn sources() -> Sources {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let environment = std::env::vars_os().filter_map(text).filter(|(_, value)| !value.is_empty()).collect();
    Sources { environment, flags: Vec::new() }
}

/// Whether a process with this id exists; one of another user does.
fn exists(pid: Pid) -> bool {
    !matches!(test_kill_process(pid), Err(Errno::SRCH))
}

/// Asks the process to stop.
///
/// # Errors
/// It belongs to another user, or is gone.
pub(super) fn ask_to_stop(pid: Pid) -> Result<(), Failure> {
    send(pid, Signal::TERM)
}

/// Ends the process without its consent.
///
/// # Errors
/// It belongs to another user, or is gone.
pub(super) fn kill(pid: Pid) -> Result<(), Failure> {
    send(pid, Signal::KILL)
}

fn send(pid: Pid, signal: Signal) -> Result<(), Failure> {
    let number = pid.as_raw_nonzero();
    kill_process(pid, signal).map_err(|error| Failure::failed(format!("cannot signal process {number}: {error}")))
}

/// Whether some process holds the lock of the data directory.
pub(super) fn is_locked(context: &Context) -> bool {
    // Without the file nobody can hold its lock.
    let Ok(file) = File::open(context.data_dir.join(LOCK_FILE)) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::super::context::GlobalOptions;
    use super::*;

    fn check(pid: Option<&str>, locked: bool, expect: impl FnOnce(Pid) -> Service) {
        let dir = tempfile::tempdir().unwrap();
        let lock = File::create(dir.path().join(LOCK_FILE)).unwrap();
        if locked {
            lock.lock().unwrap();
        }
        if let Some(pid) = pid {
            std::fs::write(dir.path().join("daemon.pid"), pid).unwrap();
        }
        let options = GlobalOptions { data_dir: Some(dir.path().to_owned()), ..GlobalOptions::default() };
        let context = Context::new(options, |_| None).unwrap();
        assert_eq!(look(&context).unwrap(), expect(rustix::process::getpid()), "{pid:?} {locked}");
    }

    #[test]
    fn a_live_process_that_holds_the_lock_is_the_service() {
        let own = std::process::id().to_string();
        check(None, true, |_| Service::Stopped);
        check(Some(&own), true, Service::Running);
        check(Some(&own), false, Service::Stale);
        check(Some("2147483647"), true, |_| Service::Stale(Pid::from_raw(i32::MAX).unwrap()));
        check(Some("-1"), true, |_| Service::Stopped);
        check(Some(""), true, |_| Service::Stopped);
    }
}
