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

const CASES: &str = r#"
[context.prices]
"eip155:1/slip44:60" = "2000"

[[policies]]
type = "SPENDING_LIMIT"
rules = { instant_max_usd = 10, delay_max_usd = 100, delay_seconds = 600 }

[[cases]]
name = "small change goes at once"
request = { to = "0x1000000000000000000000000000000000000001", humanAmount = "0.005" }
expect = { tier = "INSTANT" }

[[cases]]
name = "fifty dollars wait"
request = { to = "0x1000000000000000000000000000000000000001", humanAmount = "0.025" }
expect = { tier = "DELAY", delay_seconds = 600 }
"#;

/// Runs `line` in a folder with `cases.toml` and these other files; `@` stands for the folder.
fn with_files(files: &[(&str, &str)], line: &str) -> (i32, String, String) {
    let dir = TempDir::new().unwrap();
    for (name, text) in files.iter().chain(&[("cases.toml", CASES)]) {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    output(&mut waiaas(dir.path(), &line.replace('@', dir.path().to_str().unwrap())))
}

#[test]
fn files_of_cases_pass_or_fail() {
    let (code, stdout, stderr) = with_files(&[], "policy test @/cases.toml");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(
        stdout.ends_with("  ✓ small change goes at once\n  ✓ fifty dollars wait\n2 of 2 cases passed\n"),
        "{stdout}"
    );

    let wrong = CASES.replace("delay_seconds = 600 }\n\n[[cases]]", "delay_seconds = 60 }\n\n[[cases]]");
    let (code, stdout, stderr) = with_files(&[("wrong.toml", &wrong)], "policy test @/wrong.toml @/cases.toml");
    assert_eq!((code, stderr.as_str()), (1, "error: 1 of 4 cases failed\n"));
    for line in [
        "  ✗ fifty dollars wait\n",
        "      delay_seconds: expected 600, got 60\n",
        "      | ALLOWED: DELAY, after 60 s\n",
        "3 of 4 cases passed\n",
    ] {
        assert!(stdout.contains(line), "{stdout}");
    }
    let (code, stdout, _) = with_files(&[("wrong.toml", &wrong)], "policy test @/wrong.toml --json");
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &json["passed"], &json["failed"]), (1, &Value::Bool(false), &Value::from(1)));
    assert_eq!(json["files"][0]["cases"][1]["mismatches"][0]["key"], "delay_seconds");

    let slip = CASES.replace("tier = \"INSTANT\"", "teir = \"INSTANT\"");
    let (code, stdout, stderr) = with_files(&[("slip.toml", &slip)], "policy test @/slip.toml");
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("cases.0.expect.teir: is not known here"), "{stderr}");
}

#[test]
fn policies_are_explained_and_compared_without_a_service() {
    let request = r#"{ "to": "0x1000000000000000000000000000000000000001", "humanAmount": "0.025" }"#;
    let context = r#"{ "prices": { "eip155:1/slip44:60": "2000" } }"#;
    let looser = r#"[{ "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": 60, "delay_max_usd": 100, "delay_seconds": 600 } }]"#;
    let files = [("request.json", request), ("context.json", context), ("looser.json", looser)];
    let line = "policy explain @/request.json --policies @/cases.toml --context @/context.json";
    let (code, stdout, stderr) = with_files(&files, line);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.starts_with("ALLOWED: DELAY, after 600 s\n"), "{stdout}");
    assert!(stdout.contains("[row 0, every wallet]") && stdout.contains("($50)"), "{stdout}");
    let (_, stdout, _) = with_files(&files, &line.replace("cases.toml", "looser.json"));
    assert!(stdout.starts_with("ALLOWED: INSTANT\n"), "{stdout}");
    let (_, stdout, _) = with_files(&[], "policy explain --policies @/cases.toml --to 0x1 --amount 1 --json");
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&json["allowed"], &json["denied_by"]), (&Value::Bool(false), &Value::from("VALIDATION")));

    let (code, stdout, _) = with_files(&files, "policy diff @/cases.toml @/looser.json");
    assert_eq!(code, 0);
    assert!(stdout.contains("looser tier (") && stdout.contains("  before: ALLOWED: DELAY, after 600 s\n"), "{stdout}");
    let (_, stdout, _) = with_files(&files, "policy diff @/looser.json @/looser.json");
    assert!(stdout.starts_with("no difference found in "), "{stdout}");
    let (_, stdout, _) = with_files(&files, "policy diff @/cases.toml @/looser.json --json");
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert!(json["groups"].as_array().unwrap().iter().all(|group| group["kind"] != "newly_denied"), "{stdout}");

    for (line, code, said) in [
        ("policy explain --policies @/cases.toml", 2, "no request given"),
        ("policy explain --policies @/nothing.toml --to 0x1 --amount 1", 1, "cannot read"),
        ("policy explain --policies @/request.json --to 0x1 --amount 1", 1, "has no list of policies"),
        ("policy explain @/request.json --to 0x1", 2, "cannot be used with"),
        ("policy diff @/cases.toml", 2, "<B>"),
        ("policy replay --policies @/cases.toml", 2, "--since <TIME>"),
        ("policy replay --since yesterday", 2, "such as 7d or 24h"),
        ("policy templates nothing", 5, "there are: personal-agent"),
        ("policy templates personal-agent --set daily=5", 1, "daily: is not known here"),
        ("policy templates --apply", 2, "required"),
    ] {
        let (exit, _, stderr) = with_files(&files, line);
        assert_eq!(exit, code, "{line}: {stderr}");
        assert!(stderr.contains(said), "{line}: {stderr}");
    }
}

#[test]
fn templates_pass_their_own_cases() {
    let dir = TempDir::new().unwrap();
    let (code, stdout, _) = output(&mut waiaas(dir.path(), "policy templates --json"));
    let all: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, all["data"].as_array().unwrap().len()), (0, 4));
    for template in all["data"].as_array().unwrap() {
        let name = template["name"].as_str().unwrap();
        let (_, scenario, _) = output(&mut waiaas(dir.path(), &format!("policy templates {name} --scenario")));
        let file = dir.path().join("scenario.json");
        std::fs::write(&file, scenario).unwrap();
        let (code, stdout, stderr) = output(&mut waiaas(dir.path(), &format!("policy test {}", file.display())));
        assert_eq!((code, stderr.as_str()), (0, ""), "{name}: {stdout}");
        let (code, stdout, _) = output(&mut waiaas(dir.path(), &format!("policy templates {name}")));
        assert!(code == 0 && stdout.contains("PARAMETER"), "{stdout}");
    }
}
