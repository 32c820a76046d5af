//! What the demo writes to the terminal.

use std::io::{IsTerminal, Write, stdout};

/// Standard output, in colours when a person looks at it.
pub(crate) struct Screen {
    colours: bool,
}

impl Screen {
    pub(crate) fn of_terminal() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colours: wanted && stdout().is_terminal() }
    }

    pub(crate) fn line(&self, text: &str) {
        // A reader that went away (`| head`) wants nothing more.
        let _ = writeln!(stdout(), "{text}");
    }

    pub(crate) fn title(&self, text: &str) {
        self.line(&self.painted("1", text));
    }

    /// A heading with the number of a scene.
    pub(crate) fn scene(&self, number: u8, text: &str) {
        self.line("");
        self.title(&format!("{number}. {text}"));
    }

    /// One thing that happened: a word and what there is to say about it.
    pub(crate) fn step(&self, word: &str, text: &str) {
        let painted = match word {
            "CONFIRMED" | "EXECUTING" => self.painted("32", &format!("{word:>11}")),
            "QUEUED" | "PENDING" => self.painted("33", &format!("{word:>11}")),
            "CANCELLED" | "DENIED" => self.painted("31", &format!("{word:>11}")),
            _ => self.painted("36", &format!("{word:>11}")),
        };
        self.line(&format!("{painted}  {text}"));
    }

    pub(crate) fn good(&self, text: &str) {
        self.line(&self.painted("32", text));
    }

    pub(crate) fn failure(&self, text: &str) {
        let _ = writeln!(std::io::stderr(), "{} {text}", self.painted("31", "The demo cannot go on:"));
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
