//! Questions to the person at the terminal.

use super::failure::{Exit, Failure};
use super::password::MasterPassword;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{BufRead, ErrorKind, IsTerminal, Read, Stdin, Write};
use zeroize::Zeroizing;

/// Whether somebody can answer a question.
pub(super) fn is_interactive() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks for a secret on standard error and reads it without showing it.
///
/// DIFFERS: the original hides the characters with a text colour; anything that copies the screen's text
/// still gets them. Here the terminal does not echo at all.
///
/// # Errors
/// Ctrl-C, the end of input, or a terminal that cannot be switched.
pub(super) fn read_hidden(prompt: &str) -> Result<MasterPassword, Failure> {
    show(prompt);
    let stdin = std::io::stdin();
    let quiet = QuietTerminal::new(&stdin)?;
    let answer = read_secret_line(&mut stdin.lock());
    drop(quiet);
    show("\n");
    answer.map(MasterPassword::from)
}

/// Shows `details` and asks a yes/no question on standard error. Anything but `y` or `yes` declines.
///
/// # Errors
/// The person declines, or standard input is not a terminal.
pub(super) fn confirm(details: &str, question: &str) -> Result<(), Failure> {
    if !is_interactive() {
        return Err(Failure::usage(format!("{question} Nobody can answer: standard input is not a terminal"))
            .hint("pass --yes to confirm"));
    }
    show(&format!("{details}\n{question} [y/N] "));
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Failure::failed(format!("cannot read the answer: {error}")))?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        Err(Failure::failed("Nothing was changed: not confirmed"))
    }
}

fn show(text: &str) {
    let mut stderr = std::io::stderr();
    // A prompt that cannot be shown is no reason to refuse the answer.
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// The terminal without echo, line editing and signal keys, until dropped. Without signal keys Ctrl-C
/// arrives as a character, so the old mode is restored on that way out too.
struct QuietTerminal<'a> {
    stdin: &'a Stdin,
    before: Termios,
}

impl<'a> QuietTerminal<'a> {
    fn new(stdin: &'a Stdin) -> Result<Self, Failure> {
        let cannot = |error| Failure::failed(format!("cannot switch off the terminal's echo: {error}"));
        let before = tcgetattr(stdin).map_err(cannot)?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(stdin, OptionalActions::Flush, &hidden).map_err(cannot)?;
        Ok(Self { stdin, before })
    }
}

impl Drop for QuietTerminal<'_> {
    fn drop(&mut self) {
        // Nothing is left to try when the terminal refuses its own former mode.
        let _ = tcsetattr(self.stdin, OptionalActions::Now, &self.before);
    }
}

/// Control characters of a terminal: ETX (Ctrl-C), EOT (Ctrl-D), BS, DEL, NAK (Ctrl-U).
const INTERRUPT: u8 = 0x03;
const END_OF_INPUT: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7f;
const KILL_LINE: u8 = 0x15;

/// One line with the editing keys that the terminal no longer handles.
fn read_secret_line(input: &mut impl Read) -> Result<String, Failure> {
    let mut line = Zeroizing::new(Vec::new());
    let mut byte = [0_u8; 1];
    loop {
        let count = match input.read(&mut byte) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::failed(format!("cannot read the password: {error}"))),
            Ok(count) => count,
        };
        match byte {
            _ if count == 0 => return Err(Failure::failed("no password: the input ended")),
            [b'\n' | b'\r'] => break,
            [INTERRUPT] => return Err(Failure::new(Exit::Interrupted, "interrupted")),
            [END_OF_INPUT] if line.is_empty() => return Err(Failure::failed("no password: the input ended")),
            [END_OF_INPUT] => break,
            [BACKSPACE | DELETE] => drop_last_character(&mut line),
            [KILL_LINE] => line.clear(),
            [other] => line.push(other),
        }
    }
    let text = std::str::from_utf8(&line).map_err(|_| Failure::failed("the password is not UTF-8 text"))?;
    Ok(text.to_owned())
}

/// Removes the last UTF-8 character: its continuation bytes (`10xxxxxx`) and the byte before them.
fn drop_last_character(line: &mut Vec<u8>) {
    while line.pop().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &str, expect: &str) {
        assert_eq!(read_secret_line(&mut keys.as_bytes()).unwrap(), expect, "{keys:?}");
    }

    #[test]
    fn editing_keys_work_without_echo() {
        check("secret\n", "secret");
        check("secret\r", "secret");
        check("secrer\u{7f}t\n", "secret");
        check("pä\u{8}a\n", "pa");
        check("wrong\u{15}right\n", "right");
        check("\u{7f}x\n", "x");
        check("x\u{4}", "x");
    }

    #[test]
    fn ctrl_c_and_the_end_of_input_are_errors() {
        assert_eq!(read_secret_line(&mut "se\u{3}".as_bytes()).unwrap_err().exit, Exit::Interrupted);
        assert_eq!(read_secret_line(&mut "".as_bytes()).unwrap_err().exit, Exit::Failed);
        assert_eq!(read_secret_line(&mut "se".as_bytes()).unwrap_err().exit, Exit::Failed);
        assert_eq!(read_secret_line(&mut "\u{4}".as_bytes()).unwrap_err().exit, Exit::Failed);
    }
}
