//! Why a command failed, and the exit code that says so.

use serde_json::{Value, json};
use std::process::ExitCode;

/// The exit codes of `waiaas`. Scripts may rely on them.
///
/// DIFFERS: the original answers 1 for everything. The codes are finer here so that a script can tell a
/// service that is down from a password that is wrong; scripts that test for "not zero" keep working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Anything that has no code of its own.
    Failed,
    /// The command line cannot be understood, or asks a question that nobody can answer.
    Usage,
    /// No service answers at the base URL.
    Unreachable,
    /// The master password (or a token) was refused.
    Unauthenticated,
    /// The named thing does not exist.
    NotFound,
    /// The request contradicts the present state.
    Conflict,
    /// A policy forbids it.
    PolicyDenied,
    /// The person pressed Ctrl-C at a prompt.
    Interrupted,
}

impl Exit {
    /// The number given to the operating system. 130 = 128 + SIGINT, the shells' convention.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Unauthenticated => 4,
            Self::NotFound => 5,
            Self::Conflict => 6,
            Self::PolicyDenied => 7,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A command that did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What the process answers.
    pub(super) exit: Exit,
    /// One sentence: what went wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) hint: Option<String>,
    /// What the service (or its rules) said about the request.
    pub(super) refusal: Option<Box<Refusal>>,
}

/// The particulars of a refused request. Apart, because most failures have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The service's error code.
    pub(super) code: Option<String>,
    /// The service's request id, for its log.
    pub(super) request_id: Option<String>,
    /// What is wrong with which field, in the service's words.
    pub(super) issues: Vec<Issue>,
}

/// One field that the service refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Issue {
    /// Dotted path inside the request body.
    pub(super) path: String,
    /// What is accepted there.
    pub(super) message: String,
}

impl Failure {
    /// A failure with a message only.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, refusal: None }
    }

    /// [`Exit::Failed`] with a message.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// [`Exit::Usage`] with a message.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The same failure with advice.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same failure with the particulars of a refusal.
    #[must_use]
    pub(super) fn refused(mut self, refusal: Refusal) -> Self {
        self.refusal = Some(Box::new(refusal));
        self
    }

    /// For people: the message, then the fields, then the advice.
    pub(super) fn to_text(&self) -> String {
        let refusal = self.refusal.as_deref();
        let mut text = match refusal.and_then(|refusal| refusal.code.as_ref()) {
            Some(code) => format!("error: {} [{code}]\n", self.message),
            None => format!("error: {}\n", self.message),
        };
        for issue in refusal.map_or(&[][..], |refusal| &refusal.issues) {
            // The service quotes a single issue in its message already.
            if self.message.contains(&issue.message) {
                continue;
            }
            text.push_str(&format!("  {}: {}\n", issue.path, issue.message));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("hint: {hint}\n"));
        }
        if let Some(id) = refusal.and_then(|refusal| refusal.request_id.as_ref()) {
            text.push_str(&format!("request id: {id}\n"));
        }
        text
    }

    /// For machines: `{"error": {code, message, hint, requestId, issues, exitCode}}`, keys always present.
    pub(super) fn to_json(&self) -> Value {
        let Refusal { code, request_id, issues } = self.refusal.as_deref().cloned().unwrap_or_default();
        let issues: Vec<Value> =
            issues.iter().map(|issue| json!({ "path": issue.path, "message": issue.message })).collect();
        json!({ "error": {
            "code": code,
            "message": self.message,
            "hint": self.hint,
            "requestId": request_id,
            "issues": issues,
            "exitCode": self.exit.code(),
        }})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_has_its_documented_number() {
        let table = [
            (Exit::Failed, 1),
            (Exit::Usage, 2),
            (Exit::Unreachable, 3),
            (Exit::Unauthenticated, 4),
            (Exit::NotFound, 5),
            (Exit::Conflict, 6),
            (Exit::PolicyDenied, 7),
            (Exit::Interrupted, 130),
        ];
        for (exit, code) in table {
            assert_eq!(exit.code(), code, "{exit:?}");
        }
    }

    #[test]
    fn people_read_message_fields_and_advice_in_that_order() {
        let failure = Failure::failed("Validation error").hint("read the policy guide");
        assert_eq!(failure.to_text(), "error: Validation error\nhint: read the policy guide\n");
        let failure = failure.refused(Refusal {
            code: Some("ACTION_VALIDATION_FAILED".to_owned()),
            request_id: Some("r-1".to_owned()),
            issues: vec![Issue { path: "rules.tokens".to_owned(), message: "at least one".to_owned() }],
        });
        assert_eq!(
            failure.to_text(),
            "error: Validation error [ACTION_VALIDATION_FAILED]\n  rules.tokens: at least one\n\
             hint: read the policy guide\nrequest id: r-1\n"
        );
    }

    #[test]
    fn machines_find_every_key() {
        let json = Failure::usage("no wallet").to_json();
        assert_eq!(
            json,
            json!({"error": {"code": null, "message": "no wallet", "hint": null, "requestId": null, "issues": [],
                "exitCode": 2}})
        );
    }
}
