//! The command line as a process: exit codes, streams, files, and the service's start and stop.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// `waiaas <line>` on a data directory, without the surroundings of whoever runs the tests.
fn waiaas(dir: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waiaas"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WAIAAS_")) {
        command.env_remove(name);
    }
    command.env("WAIAAS_DATA_DIR", dir).args(line.split_whitespace()).stdin(Stdio::null());
    command
}

fn output(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// A service that gives one answer to every request, and its address.
fn answering(status: u16, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            // The requests of these tests have no body and fit into one packet.
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).unwrap();
            let length = body.len();
            write!(
                socket,
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    format!("http://{address}")
}

#[test]
fn version_is_bare_and_help_has_examples() {
    let dir = TempDir::new().unwrap();
    for line in ["--version", "-V"] {
        let expect = (0, format!("{}\n", env!("CARGO_PKG_VERSION")), String::new());
        assert_eq!(output(&mut waiaas(dir.path(), line)), expect, "{line}");
    }
    for line in ["--help", "wallet create --help", "help session create", "create-policy --help", "init --help"] {
        let (code, stdout, stderr) = output(&mut waiaas(dir.path(), line));
        assert_eq!((code, stderr.as_str()), (0, ""), "{line}");
        assert!(stdout.contains("Examples:\n") || stdout.contains("First steps:\n"), "{line}: {stdout}");
    }
}

#[test]
fn a_line_that_cannot_be_understood_is_a_usage_error() {
    let dir = TempDir::new().unwrap();
    for line in ["", "walet", "wallet create", "wallet create --chain evm --all", "status --port 1", "wallet info"] {
        let (code, stdout, stderr) = output(&mut waiaas(dir.path(), line));
        assert_eq!((code, stdout.as_str()), (2, ""), "{line}");
        assert!(!stderr.is_empty(), "{line}");
    }
    let (code, stdout, stderr) = output(&mut waiaas(dir.path(), "wallet create --json"));
    let error: Value = serde_json::from_str(&stderr).unwrap();
    assert_eq!((code, stdout.as_str(), &error["error"]["exitCode"]), (2, "", &Value::from(2)));
    assert!(error["error"]["message"].as_str().unwrap().contains("--chain <CHAIN>"), "{error}");
}

#[test]
fn without_a_password_and_a_terminal_nothing_is_asked() {
    let dir = TempDir::new().unwrap();
    let (code, _, stderr) = output(&mut waiaas(dir.path(), "wallet list"));
    assert_eq!(code, 2);
    assert!(stderr.contains("standard input is not a terminal"), "{stderr}");
    assert!(stderr.contains("WAIAAS_MASTER_PASSWORD"), "{stderr}");
}

#[test]
fn the_services_refusal_decides_the_exit_code() {
    let dir = TempDir::new().unwrap();
    for (status, body, expect) in [
        (401, r#"{"code":"INVALID_MASTER_PASSWORD","message":"wrong"}"#, 4),
        (404, r#"{"code":"WALLET_NOT_FOUND","message":"no such wallet"}"#, 5),
        (409, r#"{"code":"INVALID_STATE_TRANSITION","message":"already"}"#, 6),
        (403, r#"{"code":"POLICY_DENIED","message":"no","domain":"POLICY"}"#, 7),
        (503, r#"{"code":"SYSTEM_LOCKED","message":"kill switch"}"#, 1),
    ] {
        let base = answering(status, body);
        let mut command = waiaas(dir.path(), &format!("wallet list --base-url {base} --json"));
        let (code, stdout, stderr) = output(command.env("WAIAAS_MASTER_PASSWORD", "correct horse"));
        let sent: Value = serde_json::from_str(body).unwrap();
        let error: Value = serde_json::from_str(&stderr).unwrap();
        assert_eq!((code, stdout.as_str()), (expect, ""), "{body}");
        assert_eq!((&error["error"]["code"], &error["error"]["message"]), (&sent["code"], &sent["message"]));
    }
}

#[test]
fn init_makes_a_directory_that_start_status_and_stop_work_on() {
    let parent = TempDir::new().unwrap();
    let dir = parent.path().join("waiaas");
    let (code, stdout, _) = output(&mut waiaas(&dir, "init --auto-provision"));
    assert_eq!(code, 0);
    assert!(stdout.ends_with("Next: waiaas start\n"), "{stdout}");
    let (code, stdout, _) = output(&mut waiaas(&dir, "init --auto-provision"));
    assert_eq!(code, 0);
    assert!(stdout.starts_with("Already initialized: "), "{stdout}");

    let (code, stdout, _) = output(&mut waiaas(&dir, "status"));
    assert_eq!((code, stdout.as_str()), (0, "Status: stopped\n"));
    let (code, stdout, _) = output(&mut waiaas(&dir, "stop"));
    assert_eq!((code, stdout.as_str()), (0, "Daemon is not running\n"));

    let mut service = Service::start(&dir);
    let ready = service.lines_until("WAIaaS daemon ready on ");
    let pid = service.process.id();
    assert!(ready.ends_with(&format!(" (PID: {pid})")), "{ready}");

    let (_, stdout, _) = output(&mut waiaas(&dir, "status --json"));
    let status: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&status["status"], &status["pid"]), (&Value::from("running"), &Value::from(pid)));
    let (code, _, stderr) = output(&mut waiaas(&dir, "start"));
    assert_eq!(code, 6);
    assert!(stderr.contains(&format!("Daemon already running (PID: {pid})")), "{stderr}");

    // The recovery key is the password of commands on the same machine.
    let (code, stdout, _) = output(&mut waiaas(&dir, "wallet list"));
    assert_eq!(code, 0);
    assert!(stdout.starts_with("No wallets yet."), "{stdout}");
    let (code, _, _) = output(waiaas(&dir, "wallet list").env("WAIAAS_MASTER_PASSWORD", "another one"));
    assert_eq!(code, 4);

    let (code, stdout, _) = output(&mut waiaas(&dir, "stop"));
    assert_eq!((code, stdout.as_str()), (0, "Daemon stopped\n"));
    assert!(service.process.wait().unwrap().success());
    let (code, _, stderr) = output(waiaas(&dir, "start").env("WAIAAS_MASTER_PASSWORD", "another one"));
    assert_eq!(code, 4);
    assert!(stderr.contains("Invalid master password."), "{stderr}");
    let (code, _, stderr) = output(&mut waiaas(&dir, "wallet list"));
    assert_eq!(code, 3, "{stderr}");
}

/// A service in the foreground of a child process; killed when a test fails before stopping it.
struct Service {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Service {
    fn start(dir: &Path) -> Self {
        // Any free port: tests run beside each other. The commands find it in `daemon.port`.
        let config = dir.join("config.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, text.replace("port = 3100", "port = 0")).unwrap();
        let mut process = waiaas(dir, "start").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    fn lines_until(&mut self, beginning: &str) -> String {
        self.lines.by_ref().map(Result::unwrap).find(|line| line.starts_with(beginning)).expect("the service is ready")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
