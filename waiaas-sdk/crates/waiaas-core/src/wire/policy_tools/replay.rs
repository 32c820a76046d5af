//! `POST /v1/policies/replay`.

use super::candidate::{self, CandidatePolicy};
use super::{ConsideredRule, PolicyVerdict, UnixSecs};
use crate::chain::Network;
use crate::id::{TxId, WalletId};
use crate::time::UnixMillis;
use crate::tx::{TxStatus, TxType};
use crate::wire::body::{self, Body};
use crate::wire::issue::Issues;
use crate::wire::policies::CreatePolicyRequest;
use crate::wire::schema::{Components, Member, Schema, object, wire_struct};
use serde_json::{Value, json};

/// Entries of each list when the body does not say.
const LISTED: i64 = 100;
/// Entries of each list at most.
const LISTED_MOST: i64 = 1_000;

/// The body: since when, whose, and which policies judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyReplayRequest {
    /// Everything that was admitted at this instant or later is judged again.
    pub since: UnixMillis,
    /// Only of this wallet.
    pub wallet_id: Option<WalletId>,
    /// Policies that judge in place of all stored ones.
    pub policies: Option<Vec<CandidatePolicy>>,
    /// Entries of each list.
    pub limit: usize,
}

impl PolicyReplayRequest {
    /// Reads the body.
    ///
    /// # Errors
    /// All faults, unknown keys among them.
    pub fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        body.refuse_unknown(&["since", "walletId", "policies", "limit"]);
        let since = body.required("since", candidate::seconds);
        let wallet_id = body.nullable("walletId", body::parsed);
        let policies = candidate::read(&mut body);
        let limit = body.optional("limit", body::integer(0, LISTED_MOST)).unwrap_or(LISTED);
        let limit = usize::try_from(limit).unwrap_or_default();
        body.finish(since.map(|since| Self { since, wallet_id, policies, limit }))
    }
}

impl Schema for PolicyReplayRequest {
    const NAME: Option<&'static str> = Some("PolicyReplayRequest");

    fn definition() -> Value {
        let member = |name: &str, docs: &'static [&'static str], required: bool, schema: Value| Member {
            name: name.to_owned(),
            docs,
            required,
            default: None,
            schema,
        };
        let mut limit = member("limit", &["Entries of each list; the counts go on."], false, u32::reference());
        limit.schema = json!({ "type": "integer", "minimum": 0, "maximum": LISTED_MOST });
        limit.default = Some(LISTED.into());
        object(
            &["Which part of the past is judged again, and by what."],
            vec![
                member(
                    "since",
                    &["Everything that was admitted at this instant or later, in unix seconds."],
                    true,
                    UnixSecs::reference(),
                ),
                member("walletId", &["Only of this wallet; absent is every wallet."], false, WalletId::reference()),
                member(
                    "policies",
                    &[
                        "Policies that judge in place of all stored ones, also as a listing has them; absent is the",
                        "stored ones, as they are now.",
                    ],
                    false,
                    Vec::<CreatePolicyRequest>::reference(),
                ),
                limit,
            ],
        )
    }

    fn register(components: &mut Components) {
        components.entry("PolicyReplayRequest").or_insert_with(Self::definition);
        CreatePolicyRequest::register(components);
    }
}

wire_struct! {
    /// How other policies would have judged the past. Nothing was stored or sent.
    PolicyReplay {
        /// Where it began, in unix seconds.
        since: UnixSecs,
        /// Transactions that were judged again.
        judged: u64,
        /// Among them those that come out with the same tier, or denied again.
        unchanged: u64,
        /// Allowed in truth, denied by the candidate.
        newly_denied: ReplayedList,
        /// Denied in truth, allowed by the candidate.
        newly_allowed: ReplayedList,
        /// Allowed by both, with another tier.
        other_tier: ReplayedList,
        /// Not judged, because something was not recorded.
        not_replayable: ReplayedList,
        /// When the first one was admitted that was left out because there are too many, in unix seconds; null when
        /// all were judged.
        stopped_at: Option<UnixSecs>,
    }
}

wire_struct! {
    /// How many there are, and the first of them.
    ReplayedList {
        /// All of them.
        count: u64,
        /// The first, up to `limit`.
        items: Vec<ReplayedTransaction>,
    }
}

wire_struct! {
    /// A transaction of the past.
    ReplayedTransaction {
        /// The transaction.
        id: TxId,
        /// Whose.
        wallet_id: WalletId,
        /// Where.
        network: Network,
        /// What kind.
        tx_type as "type": TxType,
        /// Recipient, contract or spender.
        to_address: Option<String>,
        /// Smallest units.
        amount: String,
        /// What it was worth in US dollars when it was judged; null without a price.
        amount_usd: Option<String>,
        /// When it was admitted, in unix seconds.
        created_at: UnixSecs,
        /// Where it stands.
        status: TxStatus,
        /// What was decided in truth.
        recorded: PolicyVerdict,
        /// What the candidate says.
        [optional] candidate: Option<PolicyVerdict>,
        /// Every rule of the candidate that was considered.
        [optional] considered: Option<Vec<ConsideredRule>>,
        /// What was not recorded.
        [optional] missing: Option<String>,
    }
}
