//! Replays: sums are those of the candidate's own verdicts.

use serde_json::json;
use std::collections::BTreeMap;
use waiaas_core::address::Address;
use waiaas_core::chain::{ChainKind, Environment, Network};
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::money::{BaseUnits, Price};
use waiaas_core::policy::{PolicyRow, PolicySettings, PolicyType, PriceFact, Subject, Tier};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Effects, Operation, TxStatus, TxType};
use waiaas_core::wallet::OwnerState;
use waiaas_scenario::replay::{PastRequest, Replay, Was, replay};
use waiaas_scenario::{ChangeKind, no_zones};

const NETWORK: Network = Network::EthereumMainnet;

/// A transfer of so many dollars, `hour` hours after the epoch, that went at once and was confirmed.
fn past(id: &str, hour: i64, usd: &str) -> PastRequest {
    let to = Address::parse(ChainKind::Ethereum, "0x1000000000000000000000000000000000000001").unwrap();
    let amount = BaseUnits::from_human(usd, 18).unwrap();
    let at = UnixMillis::from_secs(hour * 3_600);
    PastRequest {
        id: id.to_owned(),
        subject: Subject {
            wallet: WalletId::from_bytes([1; 16]),
            chain: ChainKind::Ethereum,
            environment: Environment::Mainnet,
            owner: OwnerState::Locked,
            network: NETWORK,
        },
        effects: Effects::of(NETWORK, TxType::Transfer, vec![Operation::NativeTransfer { to, amount }]),
        at,
        prices: BTreeMap::from([(NETWORK.native_asset(), PriceFact::Known(Price::parse("1").unwrap()))]),
        tokens: BTreeMap::new(),
        positions: None,
        reputation: None,
        was: Was::Allowed(Tier::Instant),
        status: TxStatus::Confirmed,
        ended_at: Some(at.plus_secs(60)),
    }
}

fn judged(policy_type: PolicyType, rules: serde_json::Value, past: &[PastRequest]) -> Replay {
    let row = PolicyRow {
        id: PolicyId::from_bytes([0; 16]),
        wallet: None,
        network: None,
        policy_type,
        rules: rules.to_string(),
        priority: 0,
        enabled: true,
        ceiling: false,
        created_at: UnixMillis::EPOCH,
        updated_at: UnixMillis::EPOCH,
    };
    replay(&[row], &PolicySettings { default_deny_transfers: false, ..PolicySettings::default() }, past, &no_zones)
}

fn daily(past: &[PastRequest]) -> Vec<(String, ChangeKind)> {
    let rules = json!({ "instant_max_usd": 100, "daily_limit_usd": 100, "on_cumulative_exceed": "DENY" });
    let replay = judged(PolicyType::SpendingLimit, rules, past);
    assert_eq!(replay.judged, past.len());
    replay.changes.into_iter().map(|change| (change.id, change.kind)).collect()
}

#[test]
fn what_the_candidate_denies_is_not_spent() {
    // 60 pass, 50 do not, so 40 still fit, and then nothing.
    let history = [past("d", 3, "1"), past("a", 0, "60"), past("b", 1, "50"), past("c", 2, "40")];
    let denied = |id: &str| (id.to_owned(), ChangeKind::NewlyDenied);
    assert_eq!(daily(&history), [denied("b"), denied("d")]);
}

#[test]
fn what_the_candidate_lets_through_is_spent() {
    let mut denied = past("was denied", 0, "60");
    denied.was = Was::Denied("RATE_LIMIT_EXCEEDED".to_owned());
    denied.status = TxStatus::Cancelled;
    let history = [denied, past("later", 1, "41"), past("after a day", 25, "41")];
    assert_eq!(
        daily(&history),
        [("was denied".to_owned(), ChangeKind::NewlyAllowed), ("later".to_owned(), ChangeKind::NewlyDenied)]
    );
}

#[test]
fn what_failed_is_given_back_when_it_failed() {
    let mut failed = past("failed", 0, "60");
    failed.status = TxStatus::Failed;
    failed.ended_at = Some(UnixMillis::from_secs(2 * 3_600));
    let history = [failed, past("before", 1, "41"), past("after", 3, "41")];
    assert_eq!(daily(&history), [("before".to_owned(), ChangeKind::NewlyDenied)]);
}

#[test]
fn what_is_in_flight_counts_at_any_age() {
    let mut flying = past("flying", 0, "60");
    flying.status = TxStatus::Submitted;
    flying.ended_at = None;
    assert_eq!(daily(&[flying, past("days later", 72, "41")]), [("days later".to_owned(), ChangeKind::NewlyDenied)]);
}

#[test]
fn wallets_do_not_share_sums() {
    let mut other = past("other", 1, "60");
    other.subject.wallet = WalletId::from_bytes([2; 16]);
    assert_eq!(daily(&[past("one", 0, "60"), other]), []);
}

#[test]
fn tiers_and_counts() {
    let mut queued = past("queued", 1, "5");
    queued.was = Was::Allowed(Tier::Approval);
    let rules = json!({ "instant_max_usd": 10, "delay_max_usd": 50 });
    let replay = judged(PolicyType::SpendingLimit, rules, &[past("a", 0, "20"), queued, past("c", 2, "10")]);
    let found: Vec<_> = replay.tier_changes().map(|change| (change.id.as_str(), change.kind)).collect();
    assert_eq!(found, [("a", ChangeKind::StricterTier), ("queued", ChangeKind::LooserTier)]);
    assert_eq!(replay.to_json()["tier_changes"][0]["now"], "DELAY");

    let rules = json!({ "max_requests": 2, "window_seconds": 7200 });
    let hours = [("a", 0), ("b", 1), ("c", 2), ("d", 3)].map(|(id, hour)| past(id, hour, "1"));
    let replay = judged(PolicyType::RateLimit, rules, &hours);
    // "c" finds "a" and "b" in its window; it does not count itself, so "d" finds only "b".
    assert_eq!(replay.allow_to_deny().map(|change| change.id.as_str()).collect::<Vec<_>>(), ["c"]);
    assert!(replay.to_string().starts_with("allowed before, denied by the candidate: 1"), "{replay}");
}
