//! `waiaas stop`: ends the running service.

use super::context::Context;
use super::failure::Failure;
use super::process::{self, Service};
use super::report::Report;
use crate::config::Config;
use rustix::process::Pid;
use serde_json::json;
use std::time::{Duration, Instant};

/// How often the process is looked at.
const POLL: Duration = Duration::from_millis(100);
/// What closing the database may take beyond the time that requests and transactions get.
const MARGIN: Duration = Duration::from_secs(10);

/// Asks the service to stop and waits until it is gone; kills it when it does not go.
///
/// DIFFERS: the original kills after 10 s although the service may take `daemon.shutdown_timeout` (30 s)
/// to finish what it is signing. Here the configured time is waited for first.
///
/// # Errors
/// The process belongs to another user.
pub(super) async fn run(context: &Context) -> Result<Report, Failure> {
    let pid = match process::look(context)? {
        Service::Stopped => return Ok(report("not running", "Daemon is not running", None)),
        Service::Stale(pid) => {
            // Gone already, or not ours to remove: either way there is nothing to stop.
            let _ = std::fs::remove_file(process::pid_file(context));
            let number = pid.as_raw_nonzero().get();
            let text = format!("Daemon is not running (removed a stale PID file that named {number})");
            return Ok(report("not running", &text, None));
        }
        Service::Running(pid) => pid,
    };
    let number = pid.as_raw_nonzero().get();
    let patience = Config::load(&context.data_dir, &process::sources())
        .map_or(30, |config| u64::from(config.daemon.shutdown_timeout));
    process::ask_to_stop(pid)?;
    if gone_within(context, pid, Duration::from_secs(patience).saturating_add(MARGIN)).await? {
        return Ok(report("stopped", "Daemon stopped", Some(number)));
    }
    process::kill(pid)?;
    gone_within(context, pid, MARGIN).await?;
    Ok(report("killed", "Daemon killed", Some(number)))
}

/// Gone means: the lock is free. The process id may live on in the process table until somebody, in a
/// container often nobody, collects its exit code.
async fn gone_within(context: &Context, pid: Pid, patience: Duration) -> Result<bool, Failure> {
    let start = Instant::now();
    while process::is_locked(context) && !is_another(process::look(context)?, pid) {
        if start.elapsed() > patience {
            return Ok(false);
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(true)
}

/// Whether a service runs that is not the one with `pid`: a supervisor was quick to start the next.
fn is_another(service: Service, pid: Pid) -> bool {
    matches!(service, Service::Running(other) if other != pid)
}

fn report(status: &str, text: &str, pid: Option<i32>) -> Report {
    Report::new(format!("{text}\n"), json!({ "status": status, "pid": pid }))
}
