//! The command line, from an empty folder to a session.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;
use waiaas_tests::anvil::wait_for;
use waiaas_tests::api::Caller;
use waiaas_tests::project;
use waiaas_tests::server::PASSWORD;

/// `waiaas` with a data directory and nothing of this machine's environment.
struct Cli {
    folder: tempfile::TempDir,
}

impl Cli {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data-dir")
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(project::program().unwrap());
        command.args(line.split_whitespace()).arg("--data-dir").arg(self.data());
        command.env_clear().env("HOME", self.folder.path()).env("WAIAAS_MASTER_PASSWORD", PASSWORD);
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// What a command prints that must succeed.
    fn text(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(output.status.success(), "waiaas {line}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, line: &str) -> Value {
        let text = self.text(&format!("{line} --json"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("waiaas {line}: {error}: {text}"))
    }

    /// The exit code of a command that fails, and what it says about it.
    fn failure(&self, line: &str) -> (i32, String) {
        let output = self.run(line);
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// `init`, a free port, `start`.
    fn started(&self) -> Running {
        self.text("init");
        let config = self.data().join("config.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, text.replacen("port = 3100", "port = 0", 1)).unwrap();
        let running = Running::of(self.command("start"));
        wait_for(Duration::from_secs(30), "the service to run", || {
            Ok(self.text("status").starts_with("Status: running").then_some(()))
        })
        .unwrap();
        running
    }
}

/// A started service; it does not outlive the test.
struct Running {
    pid: u32,
    /// Waits for the process, as a shell does: a process that nobody waits for is never quite gone.
    end: Option<JoinHandle<ExitStatus>>,
}

impl Running {
    fn of(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { pid: process.id(), end: Some(std::thread::spawn(move || process.wait().unwrap())) }
    }

    /// How it ended.
    fn end(&mut self) -> ExitStatus {
        self.end.take().unwrap().join().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = Command::new("sh").arg("-c").arg(format!("kill -KILL {}", self.pid)).status();
            let _ = end.join();
        }
    }
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn from_an_empty_folder_to_a_session() {
    let cli = Cli::new();
    assert!(cli.text("status").contains("Status: stopped"));
    let mut running = cli.started();
    assert!(cli.text("init").starts_with("Already initialized"));
    assert_eq!(mode(&cli.data()), 0o700);
    assert_eq!(mode(&cli.data().join("keystore")), 0o700);

    let wallet = cli.json("wallet create --name trading-bot --chain ethereum --environment testnet");
    let id = wallet["id"].as_str().unwrap();
    assert!(wallet["publicKey"].as_str().unwrap().starts_with("0x"));
    assert!(cli.text("wallet list").contains("trading-bot"));
    assert!(cli.text("wallet info --wallet trading-bot").contains(id));
    let again = cli.json("wallet create --name trading-bot --chain evm --mode testnet");
    assert_eq!((again["id"].as_str().unwrap(), &again["reused"]), (id, &Value::Bool(true)));

    let session = cli.text(&format!("session create --wallet-id {id}"));
    assert!(session.contains("Session ID: ") && session.contains("Token: wai_sess_"), "{session}");
    let listed = cli.json("session list");
    let session = listed["data"].as_array().or_else(|| listed["items"].as_array()).unwrap()[0]["id"].clone();
    cli.text(&format!("session revoke {}", session.as_str().unwrap()));

    let policy = cli.json("create-policy --type SPENDING_LIMIT --instant-max 10 --notify-max 100");
    assert_eq!((&policy["rules"]["instant_max_usd"], &policy["walletId"]), (&Value::from(10), &Value::Null));
    let policy = cli.json("policy create --type ALLOWED_TOKENS --tokens USDC,ETH --wallet trading-bot --yes");
    assert_eq!(policy["walletId"].as_str(), Some(id));
    assert!(cli.text("policy list").contains("SPENDING_LIMIT"));
    cli.text(&format!("policy delete {} --yes", policy["id"].as_str().unwrap()));
    assert!(!cli.text("policy list").contains("ALLOWED_TOKENS"));

    let (code, said) = cli.failure("start");
    assert!(code != 0 && said.contains("already running"), "{code} {said}");
    assert_eq!(cli.text("stop").trim(), "Daemon stopped");
    assert!(running.end().success());
    assert!(cli.text("status").contains("Status: stopped"));
    assert_eq!(cli.text("stop").trim(), "Daemon is not running");
}

#[test]
fn policies_are_tried_out_before_they_are_made() {
    let cli = Cli::new();
    let _running = cli.started();
    let wallet = cli.json("wallet create --name bot --chain evm --mode testnet");
    let id = wallet["id"].as_str().unwrap();
    let made = cli.json("policy templates personal-agent --apply --wallet bot --yes");
    assert!(made["created"].as_array().unwrap().iter().all(|policy| policy["walletId"] == id), "{made}");

    // Nobody knows a price here: a daily limit in dollars cannot be kept, and there is no owner to ask.
    let to = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    let ask = format!("policy explain --wallet bot --network ethereum-sepolia --to {to} --amount 1");
    let text = cli.text(&ask);
    assert!(text.starts_with("DENIED by SPENDING_LIMIT (PRICE_UNAVAILABLE): "), "{text}");
    assert!(text.contains("for bot on ethereum-sepolia, by the stored policies; owner: NONE"), "{text}");
    assert!(
        text.contains("RATE_LIMIT               passed  [") && text.contains(": this wallet, every network]"),
        "{text}"
    );
    let candidate = cli.folder.path().join("candidate.toml");
    let rules = "[[policies]]\ntype = \"SPENDING_LIMIT\"\nrules = { instant_max = \"5\" }\n";
    std::fs::write(&candidate, rules).unwrap();
    let candidate = candidate.display();
    let text = cli.text(&format!("{ask} --policies {candidate}"));
    assert!(text.starts_with("ALLOWED: NOTIFY\n") && text.contains("[row 0: every wallet, every network]"), "{text}");
    let json = cli.json(&format!("{ask} --policies {candidate}"));
    assert_eq!((&json["verdict"]["tier"], &json["candidate"]), (&Value::from("NOTIFY"), &Value::Bool(true)));

    let diff = cli.json(&format!("policy diff live {candidate} --wallet bot"));
    let groups = diff["groups"].as_array().unwrap();
    assert!(groups.iter().any(|group| group["kind"] == "newly_allowed"), "{diff}");
    assert!(groups.iter().all(|group| group["context"]["wallet"]["environment"] == "testnet"), "{diff}");
    assert!(cli.text("policy diff live live").starts_with("no difference found"));

    let session = cli.json("session create --wallet-id bot");
    let port = std::fs::read_to_string(cli.data().join("daemon.port")).unwrap();
    let agent = Caller::agent(&format!("127.0.0.1:{}", port.trim()), session["token"].as_str().unwrap());
    let body = serde_json::json!({ "to": to, "amount": "1", "network": "ethereum-sepolia" });
    agent.post("/v1/transactions/send", &body).unwrap().expect(403).unwrap();
    let replay = cli.json("policy replay --since 1h");
    assert_eq!((&replay["judged"], &replay["unchanged"]), (&Value::from(1), &Value::from(1)), "{replay}");
    let text = cli.text(&format!("policy replay --since 2020-01-01 --policies {candidate} --wallet bot"));
    assert!(text.contains("denied then, allowed by the candidate: 1\n"), "{text}");
    assert!(text.contains("TRANSFER amount 1  denied (PRICE_UNAVAILABLE) -> NOTIFY\n"), "{text}");

    let (code, said) = cli.failure("policy templates payments --apply");
    assert!(code == 2 && said.contains("pass --yes to confirm"), "{code} {said}");
    let wrong = format!("{ask} --password wrong-password");
    let (code, said) = cli.failure(&wrong);
    assert_eq!(code, 4, "{said}");
    let (code, said) = cli.failure("policy replay --since 1d --password wrong-password");
    assert_eq!(code, 4, "{said}");
    let (code, said) = cli.failure(&ask.replace("--to 0x", "--to 0y"));
    assert!(code == 1 && said.contains("`request.to`"), "{code} {said}");
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let cli = Cli::new();
    let _running = cli.started();
    for (line, expect) in [
        ("wallet create --name x", 2),
        ("wallet list --base-url http://127.0.0.1:1", 3),
        ("wallet list --password wrong-password", 4),
        ("wallet info --wallet nobody", 5),
        ("policy create --type NO_SUCH_TYPE --rules {}", 1),
        ("policy create --type SPENDING_LIMIT --rules {}", 1),
    ] {
        let (code, said) = cli.failure(line);
        assert_eq!(code, expect, "waiaas {line}: {said}");
        assert!(!said.trim().is_empty(), "waiaas {line} says nothing");
    }
    let version = cli.text("--version");
    assert_eq!(version.trim(), env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_password_that_is_made_up_opens_what_it_protects() {
    let cli = Cli::new();
    cli.text("init --auto-provision");
    let key = cli.data().join("recovery.key");
    assert_eq!((mode(&key), std::fs::read_to_string(&key).unwrap().len()), (0o600, 64));
    let config = cli.data().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replacen("port = 3100", "port = 0", 1)).unwrap();
    let plain = |line: &str| {
        let mut command = cli.command(line);
        command.env_remove("WAIAAS_MASTER_PASSWORD");
        command
    };
    let _running = Running::of(plain("start"));
    wait_for(Duration::from_secs(30), "the service to run", || {
        let output = plain("wallet list").output()?;
        Ok(output.status.success().then_some(()))
    })
    .unwrap();
}

#[test]
fn a_wrong_password_does_not_start_it() {
    let cli = Cli::new();
    let mut running = cli.started();
    cli.text("stop");
    running.end();
    let output = cli.command("start").env("WAIAAS_MASTER_PASSWORD", "another password").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("master password"), "{said}");
}
