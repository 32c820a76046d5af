//! `waiaas status`: does the service run?

use super::context::Context;
use super::failure::Failure;
use super::process::{self, Service};
use super::report::Report;
use serde_json::{Value, json};

/// Looks at the process of the data directory and asks it for its health. With `--base-url` only the
/// service there is asked.
///
/// Not running is an answer, not a failure: the exit code is 0, as in the original.
///
/// # Errors
/// A data directory that cannot be read.
pub(super) async fn run(context: &Context) -> Result<Report, Failure> {
    let service = process::look(context)?;
    let health = match (&service, &context.options.base_url) {
        (Service::Running(_), _) | (_, Some(_)) => health(context).await,
        _ => None,
    };
    let pid = match service {
        Service::Running(pid) if context.options.base_url.is_none() => Some(pid.as_raw_nonzero().get()),
        _ => None,
    };
    let (url, health) = health.unzip();
    let port = url.as_ref().and_then(reqwest::Url::port_or_known_default);
    let (status, text) = match (service, pid, port) {
        (_, Some(pid), Some(port)) => ("running", format!("running (PID: {pid}, Port: {port})")),
        (_, Some(pid), None) => ("starting", format!("starting (PID: {pid})")),
        (_, None, Some(port)) => ("running", format!("running (Port: {port})")),
        (Service::Stale(_), None, None) => ("stopped", "stopped (stale PID file)".to_owned()),
        (Service::Stopped | Service::Running(_), None, None) => ("stopped", "stopped".to_owned()),
    };
    let json = json!({
        "status": status,
        "pid": pid,
        "port": port,
        "url": url.as_ref().map(|url| url.as_str().trim_end_matches('/')),
        "health": health,
    });
    Ok(Report::new(format!("Status: {text}\n"), json))
}

/// The address and the answer of a service that is up.
async fn health(context: &Context) -> Option<(reqwest::Url, Value)> {
    let url = context.base_url().ok()?;
    let answer = context.public_client().ok()?.get("/health").await.ok()?;
    answer.get("status").is_some().then_some((url, answer))
}
