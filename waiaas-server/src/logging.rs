//! The log: lines on standard error. Secrets have types that do not print, and no line carries a header.

use crate::config::LogLevel;
use async_trait::async_trait;
use std::io::IsTerminal;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use waiaas_sdk::engine::ports::notify::{Notice, Notifier};

/// Starts logging. Libraries are heard from `warn` on, our own code from `level` on. A second call does
/// nothing.
pub fn start(level: LogLevel) {
    let own = match level {
        LogLevel::Trace => LevelFilter::TRACE,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Error => LevelFilter::ERROR,
    };
    let targets = Targets::new().with_default(own.min(LevelFilter::WARN)).with_target("waiaas", own);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // Fails only when a subscriber is set already, for example by a program that embeds the service.
    let _ = tracing_subscriber::registry().with(targets).with(lines).try_init();
}

/// Writes notices to the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogNotifier;

#[async_trait]
impl Notifier for LogNotifier {
    async fn notify(&self, notice: Notice) {
        tracing::info!(
            event = notice.event.as_str(),
            wallet = notice.wallet.map(tracing::field::display),
            tx = notice.tx.map(tracing::field::display),
            details = %notice.details,
            "notice"
        );
    }
}
