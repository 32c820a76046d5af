//! Reading the message that an owner signed: EIP-4361 (Sign-In with Ethereum) text.
//!
//! ```text
//! <domain> wants you to sign in with your Ethereum account:
//! <address>
//!
//! <statement>
//!
//! URI: <uri>
//! Version: 1
//! Chain ID: <id>
//! Nonce: <nonce>
//! Issued At: <RFC 3339>
//! Expiration Time: <RFC 3339>
//! Not Before: <RFC 3339>          (optional)
//! Request ID: <text>              (optional)
//! Resources:                      (optional)
//! - <uri>
//! ```

use waiaas_core::time::UnixMillis;

/// The parts of a sign-in message that matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerMessage {
    /// Who asks for the signature.
    pub domain: String,
    /// The account that signs, as written.
    pub address: String,
    /// The sentence that people read; empty when absent.
    pub statement: String,
    /// EIP-155 chain id, as written.
    pub chain_id: String,
    /// The nonce.
    pub nonce: String,
    /// When it was made.
    pub issued_at: UnixMillis,
    /// When it ends.
    pub expires_at: Option<UnixMillis>,
    /// When it begins.
    pub not_before: Option<UnixMillis>,
    /// Request id.
    pub request_id: Option<String>,
    /// Resources.
    pub resources: Vec<String>,
}

/// What is wrong with a message, in words for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OwnerMessageError(&'static str);

const FIRST_LINE: &str = " wants you to sign in with your Ethereum account:";

impl OwnerMessage {
    /// Whether `text` begins like a sign-in message.
    #[must_use]
    pub fn looks_like_one(text: &str) -> bool {
        text.lines().next().is_some_and(|line| line.ends_with(FIRST_LINE))
    }

    /// Reads `text`. Every field may stand once; unknown lines are refused, because a line that we skip
    /// is a line that the owner read and we did not.
    ///
    /// # Errors
    /// [`OwnerMessageError`] names the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, OwnerMessageError> {
        let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).peekable();
        let first = lines.next().unwrap_or_default();
        let domain = first.strip_suffix(FIRST_LINE).ok_or(OwnerMessageError(
            "the first line must be `<domain> wants you to sign in with your Ethereum account:`",
        ))?;
        // EIP-4361 allows a scheme in front of the domain.
        let domain = domain.split_once("://").map_or(domain, |(_, rest)| rest).to_owned();
        let address = lines.next().unwrap_or_default().to_owned();
        if lines.next() != Some("") {
            return Err(OwnerMessageError("an empty line must follow the address"));
        }
        let mut statement = String::new();
        if lines.peek().is_some_and(|line| !line.is_empty() && !line.starts_with("URI: ")) {
            lines.next().unwrap_or_default().clone_into(&mut statement);
        }
        // With a statement one empty line follows it; without one EIP-4361 text has a second empty line,
        // which some libraries leave out.
        while lines.peek() == Some(&"") {
            lines.next();
        }
        Self::fields(domain, address, statement, lines)
    }

    fn fields<'a>(
        domain: String,
        address: String,
        statement: String,
        mut lines: impl Iterator<Item = &'a str>,
    ) -> Result<Self, OwnerMessageError> {
        let (mut uri, mut version, mut chain_id, mut nonce) = (None, None, None, None);
        let (mut issued_at, mut expires_at, mut not_before, mut request_id) = (None, None, None, None);
        let mut resources = Vec::new();
        while let Some(line) = lines.next() {
            if line == "Resources:" {
                for resource in lines.by_ref() {
                    if resource.is_empty() {
                        break;
                    }
                    let resource = resource
                        .strip_prefix("- ")
                        .ok_or(OwnerMessageError("each resource must stand on a line of its own after `- `"))?;
                    resources.push(resource.to_owned());
                }
                if lines.any(|rest| !rest.is_empty()) {
                    return Err(OwnerMessageError("nothing may follow the resources"));
                }
                break;
            }
            if line.is_empty() {
                if lines.any(|rest| !rest.is_empty()) {
                    return Err(OwnerMessageError("nothing may follow the fields"));
                }
                break;
            }
            let (name, value) = line
                .split_once(": ")
                .ok_or(OwnerMessageError("after the statement only `Name: value` lines may stand"))?;
            let slot = match name {
                "URI" => &mut uri,
                "Version" => &mut version,
                "Chain ID" => &mut chain_id,
                "Nonce" => &mut nonce,
                "Issued At" => &mut issued_at,
                "Expiration Time" => &mut expires_at,
                "Not Before" => &mut not_before,
                "Request ID" => &mut request_id,
                _ => return Err(OwnerMessageError("the message has a field that EIP-4361 does not know")),
            };
            if slot.replace(value.to_owned()).is_some() {
                return Err(OwnerMessageError("the message has a field twice"));
            }
        }
        if uri.is_none() {
            return Err(OwnerMessageError("the message has no `URI`"));
        }
        if version.as_deref() != Some("1") {
            return Err(OwnerMessageError("`Version` must be 1"));
        }
        let instant = |text: Option<String>, error: &'static str| match text {
            None => Ok(None),
            Some(text) => parse_rfc3339(&text).map(Some).ok_or(OwnerMessageError(error)),
        };
        Ok(Self {
            domain,
            address,
            statement,
            chain_id: chain_id.ok_or(OwnerMessageError("the message has no `Chain ID`"))?,
            nonce: nonce.ok_or(OwnerMessageError("the message has no `Nonce`; get one from GET /v1/nonce"))?,
            issued_at: instant(issued_at, "`Issued At` is not an RFC 3339 time")?
                .ok_or(OwnerMessageError("the message has no `Issued At`"))?,
            expires_at: instant(expires_at, "`Expiration Time` is not an RFC 3339 time")?,
            not_before: instant(not_before, "`Not Before` is not an RFC 3339 time")?,
            request_id,
            resources,
        })
    }
}

/// Reads an RFC 3339 instant such as `2026-03-04T12:00:00.000Z` or with an offset `+09:00`.
fn parse_rfc3339(text: &str) -> Option<UnixMillis> {
    let number = |range: core::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok()
    };
    let separator = |at: usize, allowed: &[u8]| text.as_bytes().get(at).is_some_and(|byte| allowed.contains(byte));
    if !(separator(4, b"-")
        && separator(7, b"-")
        && separator(10, b"Tt ")
        && separator(13, b":")
        && separator(16, b":"))
    {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month)
        || !(1..=days_in_month(year, month)).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    let rest = text.get(19..)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        None => ("", rest),
        Some(after) => after.split_at(after.find(|letter: char| !letter.is_ascii_digit())?),
    };
    if rest.starts_with('.') && fraction.is_empty() {
        return None;
    }
    let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let offset_minutes = match zone {
        "Z" | "z" => 0,
        _ => {
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            if hours.len() != 2 || minutes.len() != 2 {
                return None;
            }
            let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
            if !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
                return None;
            }
            sign * (hours * 60 + minutes)
        }
    };
    let seconds =
        days_from_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset_minutes * 60;
    Some(UnixMillis::from_millis(seconds * 1_000 + millis))
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, years 0 to 9999.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let leaps_before = |year: i64| (year - 1).div_euclid(4) - (year - 1).div_euclid(100) + (year - 1).div_euclid(400);
    let years = (year - 1_970) * 365 + leaps_before(year) - leaps_before(1_970);
    let months: i64 = (1..month).map(|earlier| days_in_month(year, earlier)).sum();
    years + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "localhost:3100 wants you to sign in with your Ethereum account:\n0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n\nApprove transaction 0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1\n\nURI: http://localhost:3100\nVersion: 1\nChain ID: 11155111\nNonce: abcdef\nIssued At: 2026-03-04T12:00:00.123Z\nExpiration Time: 2026-03-04T12:05:00Z\nRequest ID: r1\nResources:\n- urn:waiaas:tx:1";

    #[test]
    fn reads_every_part() {
        let message = OwnerMessage::parse(TEXT).unwrap();
        assert_eq!(message.domain, "localhost:3100");
        assert_eq!(message.statement, "Approve transaction 0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1");
        assert_eq!(message.issued_at.as_millis(), 1_772_625_600_123);
        assert_eq!(message.expires_at.unwrap().as_secs(), 1_772_625_900);
        assert_eq!(message.resources, ["urn:waiaas:tx:1"]);
        assert_eq!(message.request_id.as_deref(), Some("r1"));
    }

    #[test]
    fn a_statement_is_optional() {
        let without = TEXT.replace("Approve transaction 0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1\n", "");
        assert_eq!(OwnerMessage::parse(&without).unwrap().statement, "");
    }

    #[test]
    fn refuses_what_could_be_read_in_two_ways() {
        for (from, to) in [
            ("Nonce: abcdef", "Nonce: abcdef\nNonce: other"),
            ("Nonce: abcdef\n", ""),
            ("Version: 1", "Version: 2"),
            ("Chain ID: 11155111\n", ""),
            ("Request ID: r1", "Comment: r1"),
            ("2026-03-04T12:00:00.123Z", "yesterday"),
            ("- urn:waiaas:tx:1", "- urn:waiaas:tx:1\n\nApprove transaction 2"),
            (" wants you to sign in with your Ethereum account:", " asks:"),
        ] {
            assert!(OwnerMessage::parse(&TEXT.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn times() {
        let check = |text: &str, expect: Option<i64>| {
            assert_eq!(parse_rfc3339(text).map(UnixMillis::as_millis), expect, "{text}")
        };
        check("1970-01-01T00:00:00Z", Some(0));
        check("2000-02-29T12:34:56.7+09:00", Some(951_795_296_700));
        check("2026-03-04T12:00:00-00:30", Some(1_772_627_400_000));
        check("2026-02-29T00:00:00Z", None);
        check("2026-03-04T24:00:00Z", None);
        check("2026-03-04T12:00:00", None);
        check("2026-03-04T12:00:00.Z", None);
        check("2026-03-04 12:00:00Z", Some(1_772_625_600_000));
    }
}
