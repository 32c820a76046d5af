//! `waiaas start`: runs the service in the foreground.

use super::context::Context;
use super::failure::{Exit, Failure};
use super::process::{self, Service};
use super::report::Report;
use super::{password, print};
use crate::config::{Config, Listen};
use crate::{ReadyInfo, StartError};
use serde_json::json;
use waiaas_sdk::keystore::MasterPassword;

/// Runs until SIGINT, SIGTERM or a shutdown over the API. Says on standard output when requests are
/// answered; the log goes to standard error.
///
/// # Errors
/// A service that runs already, a port that is taken, a wrong password, and whatever else keeps the
/// service from starting or from stopping in order.
pub(super) async fn run(context: &Context) -> Result<Report, Failure> {
    let config = Config::load(&context.data_dir, &process::sources()).map_err(|error| explain(&error))?;
    if let Service::Running(pid) = process::look(context)? {
        let pid = pid.as_raw_nonzero();
        return Err(Failure::new(Exit::Conflict, format!("Daemon already running (PID: {pid})"))
            .hint("stop it with: waiaas stop"));
    }
    let recovery_key = context.data_dir.join("recovery.key");
    if recovery_key.exists() {
        context.note(&format!(
            "warning: the master password lies unencrypted beside the keys, in {}. Move it to a safe place.",
            recovery_key.display()
        ));
    }
    let password = MasterPassword::new(password::resolve(context, true)?.expose().to_owned());
    let (listen, json) = (config.daemon.hostname, context.options.json);
    let ready = |info: ReadyInfo| print(&mut std::io::stdout(), &ready_lines(listen, info, json));
    crate::run(config, password, ready).await.map_err(|error| refuse(&error))?;
    Ok(Report::new("Daemon stopped\n", json!({ "status": "stopped" })))
}

fn ready_lines(listen: Listen, info: ReadyInfo, json: bool) -> String {
    let port = info.address.port();
    // "Every interface" is no address that a browser could open.
    let host = match listen {
        Listen::Loopback => info.address.ip().to_string(),
        Listen::Everywhere => "127.0.0.1".to_owned(),
    };
    let (url, pid) = (format!("http://{host}:{port}"), info.pid);
    if json {
        return format!("{}\n", json!({ "status": "ready", "url": url, "port": port, "pid": pid }));
    }
    format!("WAIaaS daemon ready on {url} (PID: {pid})\nAPI reference: {url}/reference\n")
}

fn refuse(error: &StartError) -> Failure {
    let failure = explain(error);
    match error {
        StartError::AlreadyRunning => Failure { exit: Exit::Conflict, ..failure }.hint("stop it with: waiaas stop"),
        StartError::PortInUse(port) => Failure { exit: Exit::Conflict, ..failure }
            .hint(format!("see who uses it with `lsof -i :{port}`, or set another daemon.port in config.toml")),
        StartError::WrongPassword => Failure { exit: Exit::Unauthenticated, ..failure },
        _ => failure,
    }
}

/// The error and its causes in one line; causes that the error quotes itself are not repeated.
fn explain(error: &dyn std::error::Error) -> Failure {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = inner.source();
    }
    Failure::failed(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;
    use std::time::Duration;

    fn lines(listen: Listen, address: &str, json: bool) -> String {
        let address: SocketAddr = address.parse().unwrap();
        ready_lines(listen, ReadyInfo { address, pid: 77, took: Duration::ZERO }, json)
    }

    #[test]
    fn the_ready_line_names_an_address_that_can_be_opened() {
        let expect =
            "WAIaaS daemon ready on http://127.0.0.1:3100 (PID: 77)\nAPI reference: http://127.0.0.1:3100/reference\n";
        assert_eq!(lines(Listen::Loopback, "127.0.0.1:3100", false), expect);
        assert_eq!(lines(Listen::Everywhere, "0.0.0.0:3100", false), expect);
        assert_eq!(
            lines(Listen::Loopback, "127.0.0.1:4000", true),
            "{\"pid\":77,\"port\":4000,\"status\":\"ready\",\"url\":\"http://127.0.0.1:4000\"}\n"
        );
    }

    #[test]
    fn what_keeps_the_service_from_starting_has_its_own_exit_code() {
        for (error, exit, message) in [
            (StartError::WrongPassword, Exit::Unauthenticated, "Invalid master password."),
            (StartError::PortInUse(3100), Exit::Conflict, "port 3100 is already in use"),
            (
                StartError::DataDir(std::io::Error::other("disk on fire")),
                Exit::Failed,
                "the data directory cannot be used: disk on fire",
            ),
        ] {
            let failure = refuse(&error);
            assert_eq!((failure.exit, failure.message.as_str()), (exit, message));
        }
        assert!(refuse(&StartError::PortInUse(3100)).hint.unwrap().contains("lsof -i :3100"));
    }
}
