//! The id under which a request is logged and answered.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use waiaas_sdk::core::id::TxId;
use waiaas_sdk::engine::ports::clock::{Clock, Random};

/// Name of the header, both ways.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that a client may choose.
const LONGEST: usize = 128;

/// A request id: the client's own when it is harmless, else a new UUID version 7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id of a request with these headers.
    ///
    /// DIFFERS: the original echoes whatever the client sent. Ids end up in logs, so only 1 to 128
    /// characters of `[A-Za-z0-9._-]` are taken over.
    pub(crate) fn of(headers: &HeaderMap, clock: &dyn Clock, random: &dyn Random) -> Self {
        let chosen = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(|text| is_harmless(text));
        if let Some(text) = chosen {
            return Self(text.to_owned());
        }
        let mut bytes = [0_u8; 10];
        // An id need not be secret: without random bytes the time alone still names the request.
        let _ = random.fill(&mut bytes);
        // The layout of a UUID version 7 is the same for every kind of id.
        Self(TxId::v7(clock.now(), bytes).to_string())
    }

    /// Stands in where no id was given out.
    pub(crate) fn missing() -> Self {
        Self("unknown".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a header value.
    pub(crate) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

fn is_harmless(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken_over() {
        let long = "a".repeat(129);
        for (text, expect) in
            [("abc-1.2_Z", true), ("", false), (long.as_str(), false), ("a b", false), ("a\u{e4}", false)]
        {
            assert_eq!(is_harmless(text), expect, "{text}");
        }
    }
}
