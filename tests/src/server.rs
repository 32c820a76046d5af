//! The service in a process of its own.

use crate::api::Caller;
use crate::http::{Client, Request};
use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The master password of every service that is started here.
pub const PASSWORD: &str = "correct horse battery staple";
/// How long a start or an orderly stop may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much of its log is shown when a test fails.
const LAST_LINES: usize = 30;

/// What goes into `config.toml`.
#[derive(Clone, Debug)]
pub struct Settings {
    chain: String,
    eth_price: Option<String>,
    sessions_per_wallet: u32,
    requests_per_minute: u32,
}

impl Settings {
    /// A free port, the node at `chain` as Ethereum Sepolia, 1 ETH at $2000, and request limits that no test reaches.
    #[must_use]
    pub fn new(chain: &str) -> Self {
        Self {
            chain: chain.to_owned(),
            eth_price: Some("2000".to_owned()),
            sessions_per_wallet: 50,
            requests_per_minute: 1_000_000,
        }
    }

    /// Without any price.
    #[must_use]
    pub fn without_prices(mut self) -> Self {
        self.eth_price = None;
        self
    }

    fn toml(&self) -> String {
        let Self { chain, eth_price, sessions_per_wallet, requests_per_minute: limit } = self;
        let mut toml = format!(
            "[daemon]\nport = 0\nlog_level = \"info\"\n\n[rpc]\nevm_ethereum_sepolia = \"{chain}\"\n\n[security]\n\
             max_sessions_per_wallet = {sessions_per_wallet}\nrate_limit_global_ip_rpm = {limit}\n\
             rate_limit_session_rpm = {limit}\nrate_limit_tx_rpm = {limit}\n"
        );
        if let Some(price) = eth_price {
            let _ = write!(toml, "\n[oracle.fixed]\n\"eip155:11155111/slip44:60\" = \"{price}\"\n");
        }
        toml
    }
}

/// A started service and its data directory. Both end when this is dropped.
#[derive(Debug)]
pub struct Server {
    program: PathBuf,
    folder: TempDir,
    process: Option<Child>,
    address: String,
    ready_after: Duration,
}

impl Server {
    /// Starts `program` on an empty data directory and waits until it answers.
    ///
    /// # Errors
    /// It ends or does not answer; the message shows what it logged.
    pub fn start(program: &Path, settings: &Settings) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("waiaas-").tempdir()?;
        std::fs::write(folder.path().join("config.toml"), settings.toml())?;
        let mut server = Self {
            program: program.to_owned(),
            folder,
            process: None,
            address: String::new(),
            ready_after: Duration::ZERO,
        };
        server.restart()?;
        Ok(server)
    }

    /// Starts it again on the same data directory, after [`Self::kill`] or [`Self::stop`].
    ///
    /// # Errors
    /// See [`Self::start`].
    pub fn restart(&mut self) -> Result<()> {
        let began = Instant::now();
        let mut process = Command::new(&self.program)
            .arg("start")
            .arg("--data-dir")
            .arg(self.folder.path())
            .env("WAIAAS_MASTER_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(self.log())?)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program.display()))?;
        let output = process.stdout.take().context("the service has no output")?;
        self.process = Some(process);
        let (said, port) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(port) = line.strip_prefix("WAIAAS_PORT=") {
                    let _ = said.send(port.to_owned());
                }
            }
        });
        self.address = format!("127.0.0.1:{}", self.announced(&port)?);
        self.await_health(began)?;
        self.ready_after = began.elapsed();
        Ok(())
    }

    fn announced(&mut self, port: &Receiver<String>) -> Result<String> {
        match port.recv_timeout(PATIENCE) {
            Ok(port) => Ok(port),
            Err(RecvTimeoutError::Disconnected) => bail!("the service ended while starting:\n{}", self.logged()),
            Err(RecvTimeoutError::Timeout) => bail!("the service does not say its port:\n{}", self.logged()),
        }
    }

    fn await_health(&self, began: Instant) -> Result<()> {
        let mut client = Client::new(&self.address);
        loop {
            match client.send(&Request::new("GET", "/health")) {
                Ok(answer) if answer.status == 200 => return Ok(()),
                Ok(answer) if began.elapsed() > PATIENCE => {
                    bail!("the service is not healthy: {}\n{}", answer.text(), self.logged())
                }
                Err(error) if began.elapsed() > PATIENCE => bail!("{error:#}\n{}", self.logged()),
                _ => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    /// `host:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its data directory.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// From the start of the process to the first good answer.
    #[must_use]
    pub const fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Somebody without credentials.
    #[must_use]
    pub fn anyone(&self) -> Caller {
        Caller::anyone(&self.address)
    }

    /// The operator.
    #[must_use]
    pub fn master(&self) -> Caller {
        Caller::master(&self.address, PASSWORD)
    }

    /// An agent.
    #[must_use]
    pub fn agent(&self, token: &str) -> Caller {
        Caller::agent(&self.address, token)
    }

    /// Ends the process as a power failure would: at once, without a chance to tidy up.
    ///
    /// # Errors
    /// The process cannot be ended.
    pub fn kill(&mut self) -> Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        process.kill()?;
        process.wait()?;
        Ok(())
    }

    /// Asks the process to stop, waits until it has, and answers its exit code.
    ///
    /// # Errors
    /// It does not stop within a minute.
    pub fn stop(&mut self) -> Result<Option<i32>> {
        let Some(mut process) = self.process.take() else { return Ok(None) };
        let asked = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", process.id())).status()?;
        if !asked.success() {
            bail!("the service cannot be asked to stop");
        }
        let began = Instant::now();
        loop {
            if let Some(status) = process.try_wait()? {
                return Ok(status.code());
            }
            if began.elapsed() > PATIENCE {
                process.kill()?;
                bail!("the service does not stop:\n{}", self.logged());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Resident memory in KiB.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn resident_kib(&self) -> Result<u64> {
        let process = self.process.as_ref().context("the service does not run")?;
        let output = Command::new("ps").args(["-o", "rss=", "-p", &process.id().to_string()]).output();
        let from_proc = std::fs::read_to_string(format!("/proc/{}/status", process.id())).ok();
        let from_proc = from_proc.as_deref().and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
            line.split_whitespace().nth(1)?.parse().ok()
        });
        let from_ps = || String::from_utf8_lossy(&output.ok()?.stdout).trim().parse().ok();
        from_proc.or_else(from_ps).context("the system does not tell the memory of a process")
    }

    /// What it logged so far.
    #[must_use]
    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("test.log")
    }
}

impl Drop for Server {
    #[expect(clippy::print_stderr, reason = "whoever reads of a failed test wants to know what the service said")]
    fn drop(&mut self) {
        let _ = self.kill();
        if std::thread::panicking() {
            let log = self.logged();
            let skipped = log.lines().count().saturating_sub(LAST_LINES);
            eprintln!("the service logged at last:");
            log.lines().skip(skipped).for_each(|line| eprintln!("  {line}"));
        }
    }
}
