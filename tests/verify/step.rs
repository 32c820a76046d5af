//! One command of the verification and what it said.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};

/// A command to run.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// Whether it counts tests of its own.
    pub(crate) has_tests: bool,
    command: RefCell<Command>,
}

/// How a command ended.
pub(crate) struct Outcome {
    pub(crate) succeeded: bool,
    /// Everything it said, on both streams.
    pub(crate) lines: Vec<String>,
}

impl Step {
    /// A command that succeeds or fails as a whole.
    pub(crate) const fn plain(name: &'static str, command: Command) -> Self {
        Self { name, has_tests: false, command: RefCell::new(command) }
    }

    /// A run of the test harness.
    pub(crate) const fn tests(name: &'static str, command: Command) -> Self {
        Self { name, has_tests: true, command: RefCell::new(command) }
    }

    /// Runs it; `hear` gets each line at once.
    pub(crate) fn run(&self, hear: impl Fn(&str)) -> Outcome {
        let mut command = self.command.borrow_mut();
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => return Outcome { succeeded: false, lines: vec![format!("cannot be started: {error}")] },
        };
        let (said, lines) = channel();
        forward(child.stdout.take(), said.clone());
        forward(child.stderr.take(), said);
        let lines = lines.into_iter().inspect(|line| hear(line)).collect();
        Outcome { succeeded: child.wait().is_ok_and(|status| status.success()), lines }
    }
}

fn forward(stream: Option<impl Read + Send + 'static>, to: Sender<String>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let _ = to.send(String::from_utf8_lossy(&line).into_owned());
        }
    });
}
