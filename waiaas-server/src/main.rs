//! The `waiaas` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    waiaas_server::cli::run(std::env::args_os())
}
