//! The life of the service: start, serve, stop.

use crate::app::App;
use crate::config::Config;
use crate::data_dir::{DataDir, LockError};
use crate::http::routes;
use crate::{assembly, http, logging, workers};
use axum::serve::ListenerExt;
use core::net::SocketAddr;
use std::io::Write;
use std::time::Duration;
use tokio::net::TcpListener;
use waiaas_sdk::engine::ports::BoxError;
use waiaas_sdk::engine::ports::store::StoreError;
use waiaas_sdk::engine::{EngineError, EngineSettings};
use waiaas_sdk::keystore::{MasterPassword, VaultError};

/// The service answers from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyInfo {
    /// Where it listens.
    pub address: SocketAddr,
    /// The process.
    pub pid: u32,
    /// Time from the call of [`run`] until now.
    pub took: Duration,
}

/// Why the service did not start, or did not stop in order.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another process holds the data directory.
    #[error("another WAIaaS service is already running on this data directory")]
    AlreadyRunning,
    /// The data directory cannot be made or read.
    #[error("the data directory cannot be used")]
    DataDir(#[source] std::io::Error),
    /// The address is taken.
    #[error("port {0} is already in use")]
    PortInUse(u16),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}")]
    Bind(SocketAddr, #[source] std::io::Error),
    /// The password is not the key store's.
    #[error("Invalid master password.")]
    WrongPassword,
    /// The key store cannot be opened or made.
    #[error("the key store cannot be opened: {0}")]
    Vault(#[source] VaultError),
    /// The database cannot be opened.
    #[error("the database cannot be opened")]
    Store(#[source] StoreError),
    /// The database was written under another key store.
    #[error("the database and the key store do not belong together; restore both from the same backup")]
    ForeignDatabase,
    /// What an earlier run left behind cannot be read.
    #[error("recovery failed")]
    Recovery(#[source] EngineError),
    /// Requests or transactions did not end in the time given; the next start takes them up again.
    #[error("stopped after {0} s although work was still going on; the next start takes it up again")]
    StopTimeout(u32),
    /// Something that must not happen.
    #[error("the service cannot start: {0}")]
    Internal(#[source] BoxError),
}

impl StartError {
    pub(crate) fn internal(cause: impl Into<BoxError>) -> Self {
        Self::Internal(cause.into())
    }
}

/// Runs the service until SIGINT, SIGTERM or `POST /v1/admin/shutdown`. `ready` is called once, when requests
/// are answered and `daemon.pid` is written.
///
/// # Errors
/// [`StartError`].
pub async fn run(config: Config, password: MasterPassword, ready: impl FnOnce(ReadyInfo)) -> Result<(), StartError> {
    let began = std::time::Instant::now();
    logging::start(config.daemon.log_level);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let mut data_dir = DataDir::lock(&config.data_dir).map_err(|error| match error {
        LockError::Held => StartError::AlreadyRunning,
        LockError::Io(error) => StartError::DataDir(error),
    })?;

    // The slow parts at the same time: key derivation, database, listener.
    let vault = {
        let config = config.clone();
        async move {
            let opened = tokio::task::spawn_blocking(move || assembly::open_vault(&config, &password));
            opened.await.map_err(StartError::internal)?
        }
    };
    let (vault, store, listener) = tokio::try_join!(vault, assembly::open_store(&config), listen(&config))?;
    let address = listener.local_addr().map_err(StartError::DataDir)?;

    let (pid_file, patience) = (config.in_data_dir(&config.daemon.pid_file), config.daemon.shutdown_timeout);
    let (app, work) = assembly::assemble(config, store.clone(), vault, address.port()).await?;
    let unfinished = app.engine.system().recover().await.map_err(StartError::Recovery)?;
    if !unfinished.is_empty() {
        tracing::info!(count = unfinished.len(), "taking up unfinished transactions");
    }
    for tx in unfinished {
        app.work.execute(tx);
    }
    workers::start(&app.engine, work, &app.stop, EngineSettings::default().max_attempts);
    stop_on_signals(&app).map_err(StartError::internal)?;
    let server = tokio::spawn(serve(listener, app.clone()));
    let cut_off = server.abort_handle();

    let port = address.port().to_string();
    data_dir.announce(app.config.in_data_dir("daemon.port"), &port).map_err(StartError::DataDir)?;
    // Read by desktop shells that start the service with port 0.
    let _ = writeln!(std::io::stdout(), "WAIAAS_PORT={port}");
    // Last: whoever waits for this file may send requests.
    let pid = std::process::id();
    data_dir.announce(pid_file, &pid.to_string()).map_err(StartError::DataDir)?;
    let took = began.elapsed();
    tracing::info!(%address, pid, ms = took.as_millis(), "ready");
    ready(ReadyInfo { address, pid, took });

    app.stop.wanted().await;
    tracing::info!("stopping");
    let finished = tokio::time::timeout(Duration::from_secs(patience.into()), async {
        // First the listener and the requests that are under way, then what they left to the workers.
        let served = server.await;
        app.stop.idle().await;
        served
    })
    .await;
    cut_off.abort();
    store.close().await.map_err(StartError::Store)?;
    drop(data_dir);
    match finished {
        Ok(served) => served.map_err(StartError::internal)?.map_err(StartError::internal),
        Err(_) => Err(StartError::StopTimeout(patience)),
    }
}

async fn listen(config: &Config) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(config.daemon.hostname.address(), config.daemon.port);
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortInUse(address.port()),
        _ => StartError::Bind(address, error),
    })
}

async fn serve(listener: TcpListener, app: App) -> std::io::Result<()> {
    let stop = app.stop.clone();
    let service = http::router(app, routes::all()).into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.tap_io(|socket| {
        // Answers are small; waiting to fill a packet would cost 40 ms each.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "no delay could not be set");
        }
    });
    axum::serve(listener, service).with_graceful_shutdown(async move { stop.wanted().await }).await
}

/// Lets SIGINT and SIGTERM stop the service.
fn stop_on_signals(app: &App) -> std::io::Result<()> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let stop = app.stop.clone();
    tokio::spawn(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        stop.request();
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;
    use std::path::Path;
    use tokio::sync::oneshot;

    fn config(dir: &Path) -> Config {
        Config::parse(dir, "[daemon]\nport = 0\nlog_level = \"error\"", &Sources::default()).unwrap()
    }

    fn password(text: &str) -> MasterPassword {
        MasterPassword::new(text.to_owned())
    }

    /// Starts a service and hands its address to `visit`; then stops it over the API.
    async fn while_running<F: Future<Output = ()>>(dir: &Path, visit: impl FnOnce(String) -> F) {
        let (sender, receiver) = oneshot::channel();
        let service = tokio::spawn(run(config(dir), password("first password"), move |info| {
            let _ = sender.send(info);
        }));
        let info = receiver.await.unwrap();
        let base = format!("http://{}", info.address);
        visit(base.clone()).await;
        assert_eq!(std::fs::read_to_string(dir.join("daemon.pid")).unwrap(), info.pid.to_string());
        assert_eq!(std::fs::read_to_string(dir.join("daemon.port")).unwrap(), info.address.port().to_string());
        let stop = reqwest::Client::new().post(format!("{base}/v1/admin/shutdown"));
        let answer = stop.header("x-master-password", "first password").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        service.await.unwrap().unwrap();
        assert!(!dir.join("daemon.pid").exists() && !dir.join("daemon.port").exists());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn starts_serves_stops_and_starts_again_with_the_same_keys() {
        let dir = tempfile::tempdir().unwrap();
        let mut token = String::new();
        while_running(dir.path(), async |base: String| {
            let body = r#"{"name":"w","chain":"ethereum"}"#;
            let create = reqwest::Client::new().post(format!("{base}/v1/wallets")).body(body);
            let answer = create.header("x-master-password", "first password").send().await.unwrap();
            let wallet: serde_json::Value = answer.json().await.unwrap();
            token = wallet["session"]["token"].as_str().unwrap().to_owned();
            let second = run(config(dir.path()), password("first password"), |_| {}).await;
            assert!(matches!(second, Err(StartError::AlreadyRunning)));
        })
        .await;
        let wrong = run(config(dir.path()), password("other password"), |_| {}).await;
        assert!(matches!(wrong, Err(StartError::WrongPassword)));
        while_running(dir.path(), async |base: String| {
            let get = reqwest::Client::new().get(format!("{base}/v1/wallet/address")).bearer_auth(&token);
            assert_eq!(get.send().await.unwrap().status(), 200);
        })
        .await;
    }

    #[tokio::test]
    async fn a_taken_port_is_said_plainly() {
        let dir = tempfile::tempdir().unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = config(dir.path());
        config.daemon.port = taken.local_addr().unwrap().port();
        let outcome = run(config, password("first password"), |_| {}).await;
        assert!(matches!(outcome, Err(StartError::PortInUse(_))));
    }
}
