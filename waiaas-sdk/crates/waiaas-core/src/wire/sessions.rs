//! Sessions of agents.

use super::body::{self, Body};
use super::issue::{IssueCode, Issues};
use super::number::UnixSecs;
use super::schema::wire_struct;
use super::text::wire_names;
use crate::id::{SessionId, WalletId};
use crate::wallet::wire_enum;
use serde_json::{Map, Value};

/// Shortest and longest life of a token, in seconds (five minutes, one year).
const TTL: (i64, i64) = (300, 31_536_000);
/// Longest absolute life, in seconds: a hundred years, so that instants stay in range.
const LIFETIME_MAX: i64 = 3_153_600_000;
/// Wallets of one session.
const WALLETS_MAX: usize = 100;

wire_enum! {
    /// Life of a session.
    SessionStatus {
        /// Its token works.
        Active => "ACTIVE",
        /// Its time is over.
        Expired => "EXPIRED",
        /// It was revoked.
        Revoked => "REVOKED",
    }
}

wire_enum! {
    /// Where a session came from.
    SessionSource {
        /// The HTTP API or the command line.
        Api => "api",
        /// The MCP set-up.
        Mcp => "mcp",
    }
}
wire_names!(SessionStatus, SessionSource);

wire_struct! {
    /// A new session. The token is shown this once.
    read SessionCreateResponse {
        /// The session.
        id: SessionId,
        /// The token, which starts with `wai_sess_`.
        token: String,
        /// Its end in unix seconds; 0 is never.
        expires_at: UnixSecs,
        /// The first wallet.
        wallet_id: WalletId,
        /// All wallets.
        wallets: Vec<WalletName>,
    }
}

wire_struct! {
    /// A wallet by id and name.
    read WalletName {
        /// The wallet.
        id: WalletId,
        /// Its name.
        name: String,
    }
}

wire_struct! {
    /// A session in a list.
    read SessionListItem {
        /// The session.
        id: SessionId,
        /// The first wallet.
        wallet_id: WalletId,
        /// Name of the first wallet.
        wallet_name: Option<String>,
        /// All wallets.
        wallets: Vec<WalletName>,
        /// ACTIVE or EXPIRED; revoked sessions are not listed.
        status: SessionStatus,
        /// How often it was renewed.
        renewal_count: u32,
        /// How often it may be renewed; 0 is without limit.
        max_renewals: u32,
        /// Its end in unix seconds; 0 is never.
        expires_at: UnixSecs,
        /// The end beyond which no renewal reaches, in unix seconds; 0 is none.
        absolute_expires_at: UnixSecs,
        /// When it was created, in unix seconds.
        created_at: UnixSecs,
        /// When it was last renewed, in unix seconds.
        last_renewed_at: Option<UnixSecs>,
        /// Where it came from.
        source: SessionSource,
        /// Tokens that were issued for it.
        token_issued_count: u32,
    }
}

wire_struct! {
    /// A page of sessions, newest first.
    read PaginatedSessionList {
        /// The page.
        data: Vec<SessionListItem>,
        /// Sessions on all pages.
        total: u64,
        /// Size of a page.
        limit: u32,
        /// Sessions before this page.
        offset: u64,
    }
}

wire_struct! {
    /// A session has a new token. The token is shown this once.
    read SessionRenewResponse {
        /// The session.
        id: SessionId,
        /// The new token.
        token: String,
        /// Its end in unix seconds.
        expires_at: UnixSecs,
        /// How often the session was renewed.
        renewal_count: u32,
    }
}

wire_struct! {
    /// The token of a session was replaced. The token is shown this once.
    read SessionRotateResponse {
        /// The session.
        id: SessionId,
        /// The new token.
        token: String,
        /// Its end in unix seconds, unchanged; 0 is never.
        expires_at: UnixSecs,
        /// Tokens that were issued for the session.
        token_issued_count: u32,
    }
}

wire_struct! {
    /// A session is revoked.
    read SessionRevokeResponse {
        /// The session.
        id: SessionId,
        /// REVOKED.
        status: SessionStatus,
        /// Said when it had been revoked before.
        [optional] message: Option<String>,
    }
}

wire_struct! {
    /// All sessions of a wallet are revoked.
    read SessionRevokeByWalletResponse {
        /// The wallet.
        wallet_id: WalletId,
        /// How many sessions were revoked by this call.
        revoked: u64,
        /// Which ones.
        session_ids: Vec<SessionId>,
    }
}

wire_struct! {
    /// Body that creates a session. At least one wallet must be named.
    CreateSessionRequest {
        /// The wallet.
        [optional] wallet_id: Option<WalletId>,
        /// Several wallets; wins over `walletId`.
        [optional] wallet_ids: Option<Vec<WalletId>>,
        /// Life of a token in seconds, 300 to 31536000; absent is without end.
        [optional] ttl: Option<u32>,
        /// How often it may be renewed; 0 is without limit.
        max_renewals: u32 = 0,
        /// Seconds after which no renewal helps; 0 is none.
        absolute_lifetime: u32 = 0,
        /// Must be null or empty: this build enforces no constraints, so it accepts none.
        [optional] constraints: Option<Map<String, Value>>,
    }
}

/// The body that creates a session, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSession {
    /// The wallets, without repetition; never empty.
    pub wallets: Vec<WalletId>,
    /// Life of a token in seconds; `None` is without end.
    pub ttl: Option<i64>,
    /// How often it may be renewed; 0 is without limit.
    pub max_renewals: u32,
    /// Seconds from creation after which no renewal helps; `None` is never.
    pub absolute_lifetime: Option<i64>,
}

impl CreateSessionRequest {
    /// Reads the body. Keys that the route does not know are ignored.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn parse(json: &Value) -> Result<CreateSession, Issues> {
        let mut body = Body::of(json)?;
        let single = body.either("walletId", "wallet_id", body::parsed::<WalletId>);
        let listed = body.list("walletIds", body::parsed::<WalletId>);
        let mut wallets = listed.unwrap_or_else(|| single.into_iter().collect());
        let mut seen = std::collections::BTreeSet::new();
        wallets.retain(|wallet| seen.insert(*wallet));
        if !body.has("walletIds") && !body.has("walletId") && !body.has("wallet_id") {
            body.refuse("walletId", IssueCode::Required, "name a wallet with `walletId` or several with `walletIds`");
        } else if body.raw("walletIds").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            body.refuse("walletIds", IssueCode::TooSmall, "must name at least one wallet");
        } else if wallets.len() > WALLETS_MAX {
            body.refuse("walletIds", IssueCode::TooBig, format!("must name at most {WALLETS_MAX} wallets"));
        }
        let ttl = body.nullable("ttl", body::integer(TTL.0, TTL.1));
        let max_renewals = body.nullable("maxRenewals", body::integer(0, i64::from(u32::MAX)));
        let absolute = body.nullable("absoluteLifetime", body::integer(0, LIFETIME_MAX));
        // DIFFERS: the original stores constraints and never enforces them. A limit that is promised but
        // not kept is worse than none, so they are refused until they are enforced.
        if body.nullable("constraints", body::object).is_some_and(|constraints| !constraints.is_empty()) {
            body.refuse(
                "constraints",
                IssueCode::NotSupported,
                "must be null or empty: this build cannot enforce session constraints; use policies",
            );
        }
        body.finish(Some(CreateSession {
            wallets,
            ttl,
            max_renewals: max_renewals.and_then(|count| u32::try_from(count).ok()).unwrap_or_default(),
            absolute_lifetime: absolute.filter(|seconds| *seconds > 0),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const A: &str = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";
    const B: &str = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b2";

    #[test]
    fn zero_and_absence_mean_unlimited() {
        let json =
            json!({ "walletId": A, "maxRenewals": 0, "absoluteLifetime": 0, "source": "mcp", "constraints": {} });
        let session = CreateSessionRequest::parse(&json).unwrap();
        assert_eq!(
            session,
            CreateSession { wallets: vec![A.parse().unwrap()], ttl: None, max_renewals: 0, absolute_lifetime: None }
        );
    }

    #[test]
    fn the_list_wins_and_repetitions_go() {
        let json = json!({ "walletId": A, "walletIds": [B, B], "ttl": 300 });
        let session = CreateSessionRequest::parse(&json).unwrap();
        assert_eq!(session.wallets, vec![B.parse().unwrap()]);
        assert_eq!(session.ttl, Some(300));
    }

    #[test]
    fn bad_bodies() {
        let check = |json: Value, expect: &str| {
            let issues = CreateSessionRequest::parse(&json).unwrap_err();
            assert_eq!(issues.as_slice().first().unwrap().path_string(), expect, "{json}");
        };
        check(json!({}), "walletId");
        check(json!({ "walletIds": [] }), "walletIds");
        check(json!({ "walletIds": [A, "x"] }), "walletIds.1");
        check(json!({ "walletId": A, "wallet_id": B }), "wallet_id");
        check(json!({ "walletId": A, "ttl": 299 }), "ttl");
        check(json!({ "walletId": A, "ttl": 31_536_001 }), "ttl");
        check(json!({ "walletId": A, "ttl": "300" }), "ttl");
        check(json!({ "walletId": A, "ttl": 300.5 }), "ttl");
        check(json!({ "walletId": A, "maxRenewals": -1 }), "maxRenewals");
        check(json!({ "walletId": A, "constraints": { "ip": "10.0.0.1" } }), "constraints");
        check(json!({ "walletId": A, "constraints": [] }), "constraints");
    }
}
