//! The `waiaas` command line: one file per command.
//!
//! To add a command, add a file with its options and its `run`, a variant to [`Command`], and a line to
//! [`dispatch`]. A command returns a [`Report`] or a [`Failure`]; printing and exit codes are decided
//! here, so `--json`, `--quiet` and the codes mean the same everywhere. Commands that need the service
//! speak to its HTTP API like any other client; only `start` is the service.

mod arguments;
mod client;
mod context;
mod failure;
mod init;
mod password;
mod policy;
mod process;
mod report;
mod session;
mod start;
mod status;
mod stop;
mod target;
mod terminal;
mod wallet;

use clap::Parser;
use clap::error::ErrorKind;
use context::{Context, GlobalOptions};
use failure::{Exit, Failure};
use report::Report;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

const EXAMPLES: &str = "\
First steps:
  waiaas init
  WAIAAS_MASTER_PASSWORD='…' waiaas start                                        (keeps running)
  waiaas wallet create --name trading-bot --chain evm --mode testnet
  waiaas create-policy --type SPENDING_LIMIT --instant-max 10 --notify-max 100
  waiaas session create --wallet-id trading-bot --ttl 86400

The master password comes from --password, --password-file, WAIAAS_MASTER_PASSWORD,
WAIAAS_MASTER_PASSWORD_FILE, recovery.key in the data directory, or a prompt, in this order.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 service unreachable, 4 authentication failed, 5 not found,
6 conflict, 7 denied by policy, 130 interrupted.";

/// Wallets for AI agents: keys, policies and approvals behind one local service.
#[derive(Debug, Parser)]
#[command(name = "waiaas", version, subcommand_required = true, arg_required_else_help = true)]
#[command(after_long_help = EXAMPLES, propagate_version = true, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    options: GlobalOptions,
}

/// The commands, in the order of the help text.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make the data directory and its configuration
    Init(init::Args),
    /// Run the service in the foreground
    Start,
    /// Stop the running service
    Stop,
    /// Tell whether the service runs
    Status,
    /// Create and show wallets
    #[command(subcommand)]
    Wallet(wallet::Command),
    /// Create, list and revoke sessions of agents
    #[command(subcommand)]
    Session(session::Command),
    /// Create, list and delete policies, and try them out
    #[command(subcommand)]
    Policy(policy::Command),
    /// Same as `policy create`
    CreatePolicy(Box<policy::CreateArgs>),
}

/// Runs `waiaas` with `arguments` (the first is the program's name) and answers its exit code.
pub fn run<I, T>(arguments: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString>,
{
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return not_a_command(&error, &arguments),
    };
    let json = cli.options.json;
    match execute(cli) {
        Ok(report) => finish(&report, json),
        Err(failure) => fail(&failure, json),
    }
}

fn execute(cli: Cli) -> Result<Report, Failure> {
    let Some(command) = cli.command else { return Err(Failure::usage("no command given")) };
    let context = Context::new(cli.options, context::process_variable)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    runtime.block_on(dispatch(&context, &command))
}

async fn dispatch(context: &Context, command: &Command) -> Result<Report, Failure> {
    match command {
        Command::Init(args) => init::run(context, args),
        Command::Start => start::run(context).await,
        Command::Stop => stop::run(context).await,
        Command::Status => status::run(context).await,
        Command::Wallet(command) => wallet::run(context, command).await,
        Command::Session(command) => session::run(context, command).await,
        Command::Policy(command) => policy::run(context, command).await,
        Command::CreatePolicy(args) => policy::create(context, args).await,
    }
}

/// Help, the version, or a command line that cannot be understood.
fn not_a_command(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    match error.kind() {
        // The bare version string, as the original prints it: scripts compare it.
        ErrorKind::DisplayVersion => {
            print(&mut std::io::stdout(), concat!(env!("CARGO_PKG_VERSION"), "\n"));
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelp => {
            print(&mut std::io::stdout(), &error.render().to_string());
            ExitCode::SUCCESS
        }
        _ if arguments.iter().any(|argument| argument == "--json") => {
            let text = error.render().to_string();
            let message = text.split("Usage:").next().unwrap_or_default().trim();
            let words: Vec<&str> = message.trim_start_matches("error:").split_whitespace().collect();
            fail(&Failure::usage(words.join(" ")), true)
        }
        _ => {
            print(&mut std::io::stderr(), &error.render().to_string());
            Exit::Usage.into()
        }
    }
}

fn finish(report: &Report, json: bool) -> ExitCode {
    let text = if json { format!("{}\n", report.json) } else { report.text.clone() };
    print(&mut std::io::stdout(), &text);
    let mut code = ExitCode::SUCCESS;
    for failure in report.failures.iter().rev() {
        code = fail(failure, json);
    }
    code
}

fn fail(failure: &Failure, json: bool) -> ExitCode {
    let text = if json { format!("{}\n", failure.to_json()) } else { failure.to_text() };
    print(&mut std::io::stderr(), &text);
    failure.exit.into()
}

fn print(stream: &mut impl Write, text: &str) {
    // A reader that went away (`| head`) wants nothing more.
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_declaration_is_consistent() {
        Cli::command().debug_assert();
    }

    fn check(line: &str, expect: Option<ErrorKind>) {
        let outcome = Cli::try_parse_from(line.split_whitespace()).err().map(|error| error.kind());
        assert_eq!(outcome, expect, "{line}");
    }

    #[test]
    fn lines_of_the_tutorials_are_understood() {
        for line in [
            "waiaas init",
            "waiaas init --auto-provision",
            "waiaas start",
            "waiaas start --data-dir /srv/x",
            "waiaas --quiet status --json",
            "waiaas wallet create --name trading-bot --chain solana",
            "waiaas wallet create --chain evm --environment testnet",
            "waiaas wallet create --all --mode testnet",
            "waiaas wallet info --wallet bot --password secret12",
            "waiaas session create --wallet-id 0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1",
            "waiaas session create --wallet a,b --wallet c --ttl 300 --max-renewals 0 --lifetime 0 --output t",
            "waiaas session revoke 0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1",
            "waiaas create-policy --type SPENDING_LIMIT --instant-max 10 --notify-max 100",
            "waiaas policy create --type ALLOWED_TOKENS --tokens USDC,SOL --yes",
            "waiaas policy delete 0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1",
        ] {
            check(line, None);
        }
    }

    #[test]
    fn contradictions_are_refused() {
        use ErrorKind::{ArgumentConflict, InvalidValue, MissingRequiredArgument, UnknownArgument, ValueValidation};
        for (line, kind) in [
            ("waiaas wallet create --name x", MissingRequiredArgument),
            ("waiaas wallet create --all --chain evm", ArgumentConflict),
            ("waiaas wallet create --chain bitcoin", ValueValidation),
            ("waiaas wallet create --chain evm --mode staging", ValueValidation),
            ("waiaas wallet create --chain evm --account-type huge", InvalidValue),
            ("waiaas session revoke", MissingRequiredArgument),
            ("waiaas session revoke ../wallets", ValueValidation),
            ("waiaas policy create", MissingRequiredArgument),
            ("waiaas status --password a --password-file b", ArgumentConflict),
            ("waiaas status --port 1", UnknownArgument),
        ] {
            check(line, Some(kind));
        }
    }

    #[test]
    fn every_level_has_help_and_examples() {
        for line in ["waiaas --help", "waiaas wallet --help", "waiaas help policy create", "waiaas session create -h"] {
            check(line, Some(ErrorKind::DisplayHelp));
        }
        check("waiaas --version", Some(ErrorKind::DisplayVersion));
        check("waiaas -V", Some(ErrorKind::DisplayVersion));
        let mut command = Cli::command();
        assert!(command.render_long_help().to_string().contains("waiaas init"));
    }
}
