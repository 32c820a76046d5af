//! Where the service answers.

use super::context::Context;
use super::failure::{Exit, Failure};
use reqwest::Url;
use std::io::ErrorKind;
use std::net::IpAddr;

/// Address and port of a service that nothing was said about; the original's defaults.
const DEFAULT_PORT: u16 = 3100;
const DEFAULT_HOST: &str = "127.0.0.1";

/// `--base-url`, else host and port from `config.toml` and its environment overrides, else
/// `WAIAAS_BASE_URL`, else `http://127.0.0.1:3100`.
///
/// The configuration comes before `WAIAAS_BASE_URL` because that variable addresses clients that have no
/// data directory (MCP processes, agents); a command that has one means the service of that directory.
///
/// # Errors
/// A URL that is not http(s); a configuration file that cannot be read; port 0 without a running service.
pub(super) fn base_url(context: &Context) -> Result<Url, Failure> {
    if let Some(text) = &context.options.base_url {
        return parse(text, "--base-url");
    }
    if let Some(listener) = Listener::configured(context)? {
        return listener.url(context);
    }
    if let Some(text) = context.variable("WAIAAS_BASE_URL") {
        return parse(&text, "WAIAAS_BASE_URL");
    }
    parse(&format!("http://{DEFAULT_HOST}:{DEFAULT_PORT}"), "the default")
}

/// Whether `url` stays on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn parse(text: &str, source: &str) -> Result<Url, Failure> {
    let usage = |reason: String| Failure::usage(reason).hint("for example http://127.0.0.1:3100");
    let url = Url::parse(text.trim_end_matches('/')).map_err(|error| usage(format!("{source} `{text}`: {error}")))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err(usage(format!("{source} `{text}` is not an http or https address"))),
    }
}

/// What the configuration says about the listener.
#[derive(Debug)]
struct Listener {
    host: String,
    port: u16,
}

impl Listener {
    /// `None` when neither file nor environment names a host or a port.
    fn configured(context: &Context) -> Result<Option<Self>, Failure> {
        let path = context.data_dir.join("config.toml");
        let broken = |reason: &dyn std::fmt::Display| {
            Failure::failed(format!("cannot read {}: {reason}", path.display())).hint("or pass --base-url <URL>")
        };
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => text.parse::<toml::Table>().map_err(|error| broken(&error))?,
            Err(error) if error.kind() == ErrorKind::NotFound => toml::Table::new(),
            Err(error) => return Err(broken(&error)),
        };
        let daemon = |key: &str| file.get("daemon").and_then(|section| section.get(key));
        let port = match (context.variable("WAIAAS_DAEMON_PORT"), daemon("port")) {
            (Some(text), _) => Some(text.parse().map_err(|_| broken(&"WAIAAS_DAEMON_PORT is not a port"))?),
            (None, Some(value)) => {
                let port = value.as_integer().and_then(|port| u16::try_from(port).ok());
                Some(port.ok_or_else(|| broken(&"daemon.port is not a port"))?)
            }
            (None, None) => None,
        };
        let named_host = daemon("hostname").and_then(toml::Value::as_str).map(ToOwned::to_owned);
        let host = context.variable("WAIAAS_DAEMON_HOSTNAME").or(named_host);
        if port.is_none() && host.is_none() {
            return Ok(None);
        }
        Ok(Some(Self { host: host.unwrap_or_else(|| DEFAULT_HOST.to_owned()), port: port.unwrap_or(DEFAULT_PORT) }))
    }

    fn url(&self, context: &Context) -> Result<Url, Failure> {
        // A listener on every interface is reached over loopback, which is what its host guard admits.
        let host = if self.host == "0.0.0.0" { DEFAULT_HOST } else { &self.host };
        let port = if self.port == 0 { chosen_port(context)? } else { self.port };
        parse(&format!("http://{host}:{port}"), "the address in config.toml")
    }
}

/// The port that a running service picked for itself when its configuration says 0.
fn chosen_port(context: &Context) -> Result<u16, Failure> {
    let path = context.data_dir.join("daemon.port");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    text.trim().parse().map_err(|_| {
        Failure::new(Exit::Unreachable, format!("the service is not running: no port in {}", path.display()))
            .hint("start it with: waiaas start")
    })
}

#[cfg(test)]
mod tests {
    use super::super::context::{GlobalOptions, ReadVariable};
    use super::*;

    /// A data directory with `config` in it (nothing when empty) and `port` in `daemon.port`.
    fn context(option: Option<&str>, config: &str, port: &str, variable: ReadVariable) -> (tempfile::TempDir, Context) {
        let dir = tempfile::tempdir().unwrap();
        if !config.is_empty() {
            std::fs::write(dir.path().join("config.toml"), config).unwrap();
        }
        if !port.is_empty() {
            std::fs::write(dir.path().join("daemon.port"), port).unwrap();
        }
        let options = GlobalOptions {
            data_dir: Some(dir.path().to_owned()),
            base_url: option.map(ToOwned::to_owned),
            ..GlobalOptions::default()
        };
        let context = Context::new(options, variable).unwrap();
        (dir, context)
    }

    fn check(option: Option<&str>, config: &str, port: &str, variable: ReadVariable, expect: &str) {
        let (_dir, context) = context(option, config, port, variable);
        assert_eq!(base_url(&context).unwrap().as_str(), expect);
    }

    const FROM_ENV: ReadVariable = |name| (name == "WAIAAS_BASE_URL").then(|| "http://wallets:9000/".to_owned());

    #[test]
    fn option_then_configuration_then_variable_then_default() {
        let config = "[daemon]\nport = 4000\n";
        check(Some("https://wallets.example/"), config, "", FROM_ENV, "https://wallets.example/");
        check(None, config, "", FROM_ENV, "http://127.0.0.1:4000/");
        check(None, "[database]\npath = \"x\"\n", "", FROM_ENV, "http://wallets:9000/");
        check(None, "", "", FROM_ENV, "http://wallets:9000/");
        check(None, "", "", |_| None, "http://127.0.0.1:3100/");
    }

    #[test]
    fn the_environment_overrides_the_file_as_it_does_for_the_service() {
        let port: ReadVariable = |name| (name == "WAIAAS_DAEMON_PORT").then(|| "4100".to_owned());
        check(None, "[daemon]\nport = 4000\n", "", port, "http://127.0.0.1:4100/");
    }

    #[test]
    fn every_interface_is_reached_over_loopback_and_port_0_is_looked_up() {
        check(None, "[daemon]\nhostname = \"0.0.0.0\"\nport = 4000", "", |_| None, "http://127.0.0.1:4000/");
        check(None, "[daemon]\nport = 0", "40123\n", |_| None, "http://127.0.0.1:40123/");
        let (_dir, stopped) = context(None, "[daemon]\nport = 0", "", |_| None);
        assert_eq!(base_url(&stopped).unwrap_err().exit, Exit::Unreachable);
    }

    #[test]
    fn nonsense_is_refused() {
        for (option, config) in [
            (Some("ftp://x"), ""),
            (Some("127.0.0.1:3100"), ""),
            (Some("http://"), ""),
            (None, "[daemon\n"),
            (None, "[daemon]\nport = 70000"),
            (None, "[daemon]\nport = \"3100\""),
        ] {
            let (_dir, context) = context(option, config, "", |_| None);
            assert!(base_url(&context).is_err(), "{option:?} {config}");
        }
    }

    #[test]
    fn loopback_is_recognised_in_its_spellings() {
        for (url, expect) in [
            ("http://127.0.0.1:1", true),
            ("http://127.8.8.8", true),
            ("http://localhost:1", true),
            ("http://[::1]:1", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), expect, "{url}");
        }
    }
}
