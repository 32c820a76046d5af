//! `cargo demo`: an agent's transactions, from the request to the block, in a few seconds.
//!
//! Installs and starts a local Ethereum node, starts the real service on an empty data directory, and plays a story
//! through the HTTP API: what goes at once, what is held, what the owner decides, what is denied. Nothing leaves the
//! machine, and nothing is left behind. `cargo demo --stay` keeps both running for a look around.

mod look_around;
mod screen;
mod story;

use anyhow::{Context, Result, bail};
use screen::Screen;
use std::io::BufRead;
use std::process::ExitCode;
use std::time::Instant;
use waiaas_tests::anvil::Anvil;
use waiaas_tests::project::{Profile, build};
use waiaas_tests::server::{Server, Settings};
use waiaas_tests::tools::install_anvil;

const HELP: &str = "\
cargo demo            plays the story and ends
cargo demo --stay     keeps the service running afterwards, with commands to try";

fn main() -> ExitCode {
    let screen = Screen::of_terminal();
    match run(&screen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            screen.failure(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(screen: &Screen) -> Result<()> {
    let mut stay = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--stay" => stay = true,
            "--help" | "-h" => {
                screen.line(HELP);
                return Ok(());
            }
            other => bail!("unknown option `{other}`\n{HELP}"),
        }
    }
    screen.title("WAIaaS: an agent's transactions on a local Ethereum chain");
    install_anvil(|notice| screen.line(notice))?;
    screen.line("building the service (quick when it is built already)");
    let program = build(Profile::Release)?;

    let began = Instant::now();
    let chain = Anvil::start().context("the local chain does not start")?;
    screen.step("local chain", &format!("anvil as Ethereum Sepolia at {}", chain.url()));
    let mut server = Server::start(&program, &Settings::new(&chain.url())).context("the service does not start")?;
    let ready = server.ready_after().as_millis();
    screen.step("service", &format!("http://{} (ready after {ready} ms)", server.address()));

    let cast = story::play(screen, &server, &chain)?;
    screen.line("");
    screen.good(&format!("The whole story took {:.1} s.", began.elapsed().as_secs_f32()));
    look_around::tell(screen, &server, &chain, &cast, stay);
    if stay {
        // An end of input counts as well: then nobody is there to press a key.
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
    }
    server.stop().map(drop)
}
