//! The rules of sessions: when one is alive, and when it may be renewed.

use crate::error::ErrorCode;
use crate::time::UnixMillis;

/// How long the token before a renewal is still accepted, in seconds, so that requests that are on
/// their way do not fail.
pub const RENEWAL_GRACE_SECONDS: i64 = 30;

/// The terms of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTerms {
    /// When the session was created.
    pub created_at: UnixMillis,
    /// When its current token was issued.
    pub issued_at: UnixMillis,
    /// When the current token ends; `None` is never.
    pub expires_at: Option<UnixMillis>,
    /// How often it was renewed.
    pub renewal_count: u32,
    /// How often it may be renewed; 0 is without limit.
    pub max_renewals: u32,
    /// The end beyond which no renewal reaches; `None` is none.
    pub absolute_expires_at: Option<UnixMillis>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMillis>,
}

/// Why a session cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLive {
    /// It was revoked.
    #[error("the session was revoked")]
    Revoked,
    /// Its time is over.
    #[error("the session has expired")]
    Expired,
}

/// Why a session cannot be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenewalError {
    /// It was revoked.
    #[error("the session was revoked")]
    Revoked,
    /// It has no end.
    #[error("the session never expires; there is nothing to renew")]
    NotRequired,
    /// The token is not the newest one of the session.
    #[error("the token is not the current one of the session")]
    Mismatch,
    /// It was renewed as often as it may be.
    #[error("the session was renewed {0} time(s), which is its limit")]
    LimitReached(u32),
    /// No renewal reaches beyond the absolute end.
    #[error("the absolute lifetime of the session is over")]
    AbsoluteLifetimeExceeded,
    /// Less than half of the token's life has passed.
    #[error("too early: the session can be renewed in {wait_seconds} s")]
    TooEarly {
        /// Seconds until it can be renewed, rounded up.
        wait_seconds: i64,
    },
    /// The token has ended already.
    #[error("the session has expired")]
    Expired,
}

impl NotLive {
    /// The code of the answer.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Revoked => ErrorCode::SessionRevoked,
            Self::Expired => ErrorCode::SessionExpired,
        }
    }
}

impl RenewalError {
    /// The code of the answer.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Revoked => ErrorCode::SessionRevoked,
            Self::NotRequired => ErrorCode::RenewalNotRequired,
            Self::Mismatch => ErrorCode::SessionRenewalMismatch,
            Self::LimitReached(_) => ErrorCode::RenewalLimitReached,
            Self::AbsoluteLifetimeExceeded => ErrorCode::SessionAbsoluteLifetimeExceeded,
            Self::TooEarly { .. } => ErrorCode::RenewalTooEarly,
            Self::Expired => ErrorCode::SessionExpired,
        }
    }
}

impl SessionTerms {
    /// Whether the session may be used at `now`. At its end it is over.
    ///
    /// # Errors
    /// Why not.
    pub fn check_live(&self, now: UnixMillis) -> Result<(), NotLive> {
        if self.revoked_at.is_some() {
            return Err(NotLive::Revoked);
        }
        let over = |end: Option<UnixMillis>| end.is_some_and(|end| end <= now);
        if over(self.expires_at) || over(self.absolute_expires_at) { Err(NotLive::Expired) } else { Ok(()) }
    }

    /// The end of the token that a renewal at `now` issues: as long a life as the current one's, but not
    /// beyond the absolute end. `presented_is_current` says whether the caller's token is the newest one.
    ///
    /// # Errors
    /// The first rule that fails, in the order of the API: revoked, without end, not the current token,
    /// too many renewals, absolute end reached, too early. An ended token is refused before "too early".
    pub fn renew(&self, now: UnixMillis, presented_is_current: bool) -> Result<UnixMillis, RenewalError> {
        if self.revoked_at.is_some() {
            return Err(RenewalError::Revoked);
        }
        let expires_at = self.expires_at.ok_or(RenewalError::NotRequired)?;
        if !presented_is_current {
            return Err(RenewalError::Mismatch);
        }
        if self.max_renewals != 0 && self.renewal_count >= self.max_renewals {
            return Err(RenewalError::LimitReached(self.max_renewals));
        }
        if self.absolute_expires_at.is_some_and(|end| end <= now) {
            return Err(RenewalError::AbsoluteLifetimeExceeded);
        }
        if expires_at <= now {
            return Err(RenewalError::Expired);
        }
        let life = expires_at.millis_since(self.issued_at);
        // Twice the elapsed time against the whole, so that an odd life is not rounded.
        let missing = life.saturating_sub(now.millis_since(self.issued_at).saturating_mul(2));
        if missing > 0 {
            // Half of what is missing, in seconds, rounded up.
            let wait_seconds = missing.saturating_add(1_999).checked_div(2_000).unwrap_or(i64::MAX);
            return Err(RenewalError::TooEarly { wait_seconds });
        }
        let end = now.plus_millis(life);
        Ok(self.absolute_expires_at.map_or(end, |absolute| absolute.min(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> UnixMillis {
        UnixMillis::from_secs(secs)
    }

    /// Issued at 1000 for 600 s.
    fn terms() -> SessionTerms {
        SessionTerms {
            created_at: at(500),
            issued_at: at(1_000),
            expires_at: Some(at(1_600)),
            renewal_count: 0,
            max_renewals: 0,
            absolute_expires_at: None,
            revoked_at: None,
        }
    }

    #[test]
    fn a_renewal_gives_the_same_life_again() {
        let check = |now: i64, expect: Result<i64, RenewalError>| {
            assert_eq!(terms().renew(at(now), true), expect.map(at), "{now}");
        };
        check(1_299, Err(RenewalError::TooEarly { wait_seconds: 1 }));
        check(1_000, Err(RenewalError::TooEarly { wait_seconds: 300 }));
        check(1_300, Ok(1_900));
        check(1_599, Ok(2_199));
        check(1_600, Err(RenewalError::Expired));
    }

    #[test]
    fn rules_fail_in_the_order_of_the_api() {
        let mut broken = SessionTerms {
            renewal_count: 3,
            max_renewals: 3,
            absolute_expires_at: Some(at(1_000)),
            revoked_at: Some(at(1_001)),
            expires_at: None,
            ..terms()
        };
        let now = at(1_010);
        let expect = |broken: &SessionTerms, current: bool, code: ErrorCode| {
            assert_eq!(broken.renew(now, current).unwrap_err().code(), code);
        };
        expect(&broken, false, ErrorCode::SessionRevoked);
        broken.revoked_at = None;
        expect(&broken, false, ErrorCode::RenewalNotRequired);
        broken.expires_at = Some(at(1_600));
        expect(&broken, false, ErrorCode::SessionRenewalMismatch);
        expect(&broken, true, ErrorCode::RenewalLimitReached);
        broken.renewal_count = 2;
        expect(&broken, true, ErrorCode::SessionAbsoluteLifetimeExceeded);
        broken.absolute_expires_at = None;
        expect(&broken, true, ErrorCode::RenewalTooEarly);
    }

    #[test]
    fn the_absolute_end_caps_a_renewal() {
        let capped = SessionTerms { absolute_expires_at: Some(at(1_700)), ..terms() };
        assert_eq!(capped.renew(at(1_400), true), Ok(at(1_700)));
    }

    #[test]
    fn liveness() {
        assert_eq!(terms().check_live(at(1_599)), Ok(()));
        assert_eq!(terms().check_live(at(1_600)), Err(NotLive::Expired));
        let endless = SessionTerms { expires_at: None, ..terms() };
        assert_eq!(endless.check_live(at(i64::MAX / 2_000)), Ok(()));
        let revoked = SessionTerms { revoked_at: Some(at(1)), ..terms() };
        assert_eq!(revoked.check_live(at(1_100)), Err(NotLive::Revoked));
        let over = SessionTerms { absolute_expires_at: Some(at(1_100)), ..endless };
        assert_eq!(over.check_live(at(1_100)), Err(NotLive::Expired));
    }
}
