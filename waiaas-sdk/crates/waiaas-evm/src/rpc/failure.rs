//! How a call can fail.

use alloy::primitives::Bytes;
use serde_json::Value;

/// Why a call has no result. Cheap to copy: one failure may answer many waiting callers.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The node did not answer, or not in JSON-RPC. Whether it acted is unknown.
    #[error(transparent)]
    NoAnswer(NoAnswer),
    /// The node answered with an error.
    #[error(transparent)]
    Node(NodeError),
}

impl Failure {
    /// Whether the same call may succeed a moment later.
    pub(crate) fn is_temporary(&self) -> bool {
        match self {
            Self::NoAnswer(no_answer) => !matches!(no_answer.cause, Cause::TooLarge | Cause::Client | Cause::Busy),
            Self::Node(error) => error.is_temporary(),
        }
    }
}

/// The node did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{endpoint}` {cause}")]
pub(crate) struct NoAnswer {
    /// Scheme, host and port.
    pub(crate) endpoint: String,
    pub(crate) cause: Cause,
}

/// What went wrong on the way.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// Nothing came in time.
    Timeout,
    /// No connection was made.
    Connect(Option<std::io::ErrorKind>),
    /// The connection broke while asking or answering.
    Lost(Option<std::io::ErrorKind>),
    /// An HTTP status without a JSON-RPC answer.
    Status(u16),
    /// The answer is larger than any proper one.
    TooLarge,
    /// The answer is not JSON-RPC, or not of the type that the method returns.
    Malformed,
    /// Too many calls wait for this node.
    Busy,
    /// The HTTP client could not be set up.
    Client,
}

impl core::fmt::Display for Cause {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Timeout => f.write_str("did not answer in time"),
            Self::Connect(Some(kind)) => write!(f, "was not reached: {kind}"),
            Self::Connect(None) => f.write_str("was not reached"),
            Self::Lost(Some(kind)) => write!(f, "closed the connection: {kind}"),
            Self::Lost(None) => f.write_str("closed the connection"),
            Self::Status(status) => write!(f, "answered with HTTP status {status}"),
            Self::TooLarge => f.write_str("sent an answer that is too large"),
            Self::Malformed => f.write_str("sent an answer that is not understood"),
            Self::Busy => f.write_str("has too many calls waiting"),
            Self::Client => f.write_str("cannot be asked: the HTTP client could not be set up"),
        }
    }
}

/// A JSON-RPC error (`{"code", "message", "data"}`).
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message} (code {code})")]
pub(crate) struct NodeError {
    pub(crate) code: i64,
    /// Redacted, without control characters, at most [`LONGEST_MESSAGE`] characters.
    pub(crate) message: String,
    /// The return data of a reverted call, where the node gave it.
    pub(crate) revert_data: Option<Bytes>,
}

/// Longer messages are cut; some nodes append a stack trace.
const LONGEST_MESSAGE: usize = 300;

/// JSON-RPC codes that mean "not now": internal error (JSON-RPC 2.0 section 5.1), resource not found,
/// resource unavailable and limit exceeded (EIP-1474), and the rate-limit codes of large providers.
const TEMPORARY_CODES: [i64; 9] = [-32603, -32001, -32002, -32005, -32016, -32029, -32097, 429, 503];

/// Words of nodes and gateways for "not now", in lower case.
const TEMPORARY_WORDS: [&str; 19] = [
    "rate limit",
    "ratelimit",
    "too many",
    "limit exceeded",
    "exceeded the",
    "timeout",
    "timed out",
    "time out",
    "deadline",
    "try again",
    "retry",
    "temporar",
    "unavailable",
    "overloaded",
    "capacity",
    "busy",
    "syncing",
    "header not found",
    "internal error",
];

impl NodeError {
    /// Reads the `error` member of an answer. `redact` strikes credentials out of its text.
    pub(super) fn parse(error: &Value, redact: impl Fn(&str) -> String) -> Option<Self> {
        let object = error.as_object()?;
        let code = object.get("code").and_then(Value::as_i64).unwrap_or(0);
        let message = object.get("message").and_then(Value::as_str).unwrap_or("no message");
        let message = redact(message).chars().filter(|letter| !letter.is_control()).take(LONGEST_MESSAGE).collect();
        Some(Self { code, message, revert_data: object.get("data").and_then(revert_data) })
    }

    /// Whether `word` (lower case) is in the message, in any case.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.message.to_ascii_lowercase().contains(word)
    }

    /// Whether the node only could not answer now.
    pub(crate) fn is_temporary(&self) -> bool {
        if self.revert_data.is_some() || self.is_execution_failure() {
            return false;
        }
        TEMPORARY_CODES.contains(&self.code) || TEMPORARY_WORDS.iter().any(|word| self.says(word))
    }

    /// Whether the EVM ran the call and it failed: revert, invalid opcode, out of gas.
    pub(crate) fn is_execution_failure(&self) -> bool {
        // 3 is the code that go-ethereum and anvil give to a revert.
        self.code == 3 || EXECUTION_WORDS.iter().any(|word| self.says(word))
    }
}

const EXECUTION_WORDS: [&str; 7] = [
    "revert",
    "invalid opcode",
    "opcode not found",
    "out of gas",
    "gas required exceeds",
    "stack underflow",
    "invalid jump",
];

/// Nodes disagree on where the bytes are: `data` itself, `data.data`, `data.originalError.data`, or the
/// text `Reverted 0x…`.
fn revert_data(data: &Value) -> Option<Bytes> {
    match data {
        Value::String(text) => {
            let digits = text.strip_prefix("Reverted ").unwrap_or(text);
            digits.starts_with("0x").then(|| digits.parse().ok()).flatten()
        }
        Value::Object(object) => {
            ["data", "originalError", "result"].into_iter().find_map(|key| object.get(key).and_then(revert_data))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(error: Value) -> NodeError {
        NodeError::parse(&error, str::to_owned).unwrap()
    }

    #[test]
    fn revert_data_is_found_where_nodes_put_it() {
        let expect = Some(Bytes::from_static(&[0x08, 0xc3, 0x79, 0xa0]));
        for data in [
            json!("0x08c379a0"),
            json!("Reverted 0x08c379a0"),
            json!({ "data": "0x08c379a0" }),
            json!({ "originalError": { "data": "0x08c379a0" } }),
        ] {
            let error = parse(json!({ "code": -32000, "message": "execution error", "data": data }));
            assert_eq!(error.revert_data, expect);
            assert!(!error.is_temporary());
        }
        assert_eq!(parse(json!({ "code": -32000, "message": "x", "data": "nothing" })).revert_data, None);
    }

    #[test]
    fn not_now_and_never_are_told_apart() {
        for (code, message, temporary) in [
            (-32005, "daily request count exceeded, request rate limited", true),
            (-32603, "Internal error", true),
            (-32000, "header not found", true),
            (429, "Too Many Requests", true),
            (-32016, "over rate limit", true),
            (3, "execution reverted: try again later", false),
            (-32000, "gas required exceeds allowance (0)", false),
            (-32603, "VM Exception: revert", false),
            (-32602, "invalid argument 0", false),
            (-32601, "the method does not exist", false),
        ] {
            assert_eq!(parse(json!({ "code": code, "message": message })).is_temporary(), temporary, "{message}");
        }
    }

    #[test]
    fn messages_are_cut_and_cleaned() {
        let error = parse(json!({ "code": 1, "message": format!("a\nb\u{1b}[31m{}", "x".repeat(1000)) }));
        assert!(error.message.starts_with("ab[31mxxx"));
        assert_eq!(error.message.chars().count(), LONGEST_MESSAGE);
    }
}
