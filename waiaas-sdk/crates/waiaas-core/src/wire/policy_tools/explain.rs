//! `POST /v1/policies/explain`.

use super::candidate::{self, CandidatePolicy};
use super::{ConsideredRule, PolicyVerdict, UnixSecs};
use crate::chain::Network;
use crate::id::WalletId;
use crate::wallet::OwnerState;
use crate::wire::body::{self, Body};
use crate::wire::issue::{Issue, Issues};
use crate::wire::policies::{CreatePolicyRequest, PolicyResponse};
use crate::wire::schema::{Components, Member, Schema, object, wire_struct};
use crate::wire::transactions::SendBody;
use serde_json::{Map, Value};

/// The body: a wallet, a request, and perhaps policies that judge in place of the stored ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyExplainRequest {
    /// Whose wallet.
    pub wallet_id: WalletId,
    /// A body of `POST /v1/transactions/send`, not read yet: that needs the wallet's chain.
    pub request: Map<String, Value>,
    /// Policies that judge in place of all stored ones.
    pub policies: Option<Vec<CandidatePolicy>>,
}

impl PolicyExplainRequest {
    /// Reads the body, save for the request in it.
    ///
    /// # Errors
    /// All faults, unknown keys among them.
    pub fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        body.refuse_unknown(&["walletId", "request", "policies"]);
        let wallet_id = body.required("walletId", body::parsed);
        let request = body.required("request", body::object).cloned();
        let policies = candidate::read(&mut body);
        body.finish(wallet_id.zip(request).map(|(wallet_id, request)| Self { wallet_id, request, policies }))
    }

    /// Faults of the request, with their place in the whole body.
    #[must_use]
    pub fn inside(issues: &Issues) -> Option<Issues> {
        let place = |issue: &Issue| {
            let mut path = vec!["request".into()];
            path.extend(issue.path.iter().cloned());
            Issue { path, ..issue.clone() }
        };
        Issues::from_list(issues.as_slice().iter().map(place).collect())
    }
}

impl Schema for PolicyExplainRequest {
    const NAME: Option<&'static str> = Some("PolicyExplainRequest");

    fn definition() -> Value {
        let member = |name: &str, docs: &'static [&'static str], required: bool, schema: Value| Member {
            name: name.to_owned(),
            docs,
            required,
            default: None,
            schema,
        };
        object(
            &["A request that somebody wonders about."],
            vec![
                member("walletId", &["Whose wallet."], true, WalletId::reference()),
                member("request", &["What would be sent."], true, SendBody::reference()),
                member(
                    "policies",
                    &[
                        "Policies that judge in place of all stored ones, also as a listing has them; absent is the",
                        "stored ones.",
                    ],
                    false,
                    Vec::<CreatePolicyRequest>::reference(),
                ),
            ],
        )
    }

    fn register(components: &mut Components) {
        components.entry("PolicyExplainRequest").or_insert_with(Self::definition);
        SendBody::register(components);
        CreatePolicyRequest::register(components);
    }
}

wire_struct! {
    /// A decision with everything it rests on. Nothing was stored or sent.
    PolicyExplanation {
        /// Whose wallet.
        wallet_id: WalletId,
        /// Where.
        network: Network,
        /// The moment of the decision, in unix seconds.
        decided_at: UnixSecs,
        /// How far the wallet's owner is established.
        owner_state: OwnerState,
        /// What the policies say.
        verdict: PolicyVerdict,
        /// Every rule that was considered, in order. After a denial nothing more is considered.
        considered: Vec<ConsideredRule>,
        /// The policies that `considered` names.
        policies: Vec<PolicyResponse>,
        /// Whether the policies of the body judged, rather than the stored ones.
        candidate: bool,
        /// Counts the changes of the stored policies; null when those of the body judged.
        policy_epoch: Option<u64>,
        /// What leaves the wallet.
        moves: Vec<MovedAmount>,
        /// What that is worth in US dollars; null without a price.
        usd: Option<String>,
        /// Prices that were asked for.
        prices: Vec<ConsultedPrice>,
        /// Tokens that were asked for and answered.
        tokens: Vec<ConsultedToken>,
        /// What the policies asked the ledger.
        ledger: ConsultedLedger,
    }
}

wire_struct! {
    /// An amount that leaves the wallet.
    MovedAmount {
        /// The asset (CAIP-19).
        asset: String,
        /// Smallest units.
        amount: String,
        /// US dollars; null without a price.
        usd: Option<String>,
    }
}

wire_struct! {
    /// A price that was asked for.
    ConsultedPrice {
        /// The asset (CAIP-19).
        asset: String,
        /// US dollars per whole unit; null when there is none.
        usd: Option<String>,
        /// KNOWN, NOT_LISTED (the sources work and do not list it) or UNAVAILABLE (nobody could tell).
        status: String,
        /// Who said so.
        source: String,
        /// When that was true, in unix seconds.
        as_of: UnixSecs,
    }
}

wire_struct! {
    /// What is known about a token.
    ConsultedToken {
        /// The asset (CAIP-19).
        asset: String,
        /// Decimal places, from the registry or the chain.
        decimals: u8,
        /// Its ticker.
        symbol: String,
    }
}

wire_struct! {
    /// What the policies asked the ledger. What is absent was not asked.
    ConsultedLedger {
        /// Amounts in flight, in smallest units.
        held: Vec<HeldAmount>,
        /// US dollars of the last 86,400 s and in flight.
        [optional] daily_usd: Option<String>,
        /// US dollars of the last 2,592,000 s and in flight.
        [optional] monthly_usd: Option<String>,
        /// Requests that were let through, per window.
        requests: Vec<RequestCount>,
    }
}

wire_struct! {
    /// An amount in flight.
    HeldAmount {
        /// The asset (CAIP-19).
        asset: String,
        /// Smallest units.
        amount: String,
    }
}

wire_struct! {
    /// Requests that were let through in a window.
    RequestCount {
        /// Length of the window in seconds.
        window_seconds: u64,
        /// How many there may be.
        max_requests: u64,
        /// How many there were.
        count: u64,
    }
}
