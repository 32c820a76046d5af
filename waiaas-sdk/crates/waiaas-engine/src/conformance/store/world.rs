//! Rows to test with. All instants are whole seconds, so that a store may keep seconds.

use crate::ports::store::{
    Actor, Admission, AdmissionState, Admitted, ApprovalEffect, ApprovalRow, AuditEntry, AuditEvent, GuardFailure,
    Hold, HoldEffect, IdempotencyClaim, IntentGuard, Judge, NewIntent, OwnerRecord, Ruling, SessionRow, SessionSource,
    Severity, Store, StoreError, TokenHash, Transition, TransitionPatch, TxRow, WalletRow,
};
use serde_json::json;
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::{AssetId, ChainKind, Environment, Network};
use waiaas_core::id::{ApprovalId, SessionId, TxId, WalletId};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, Tier};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Tx, TxStatus};
use waiaas_core::wallet::WalletStatus;

/// Where every transaction of the suites happens.
pub(super) const NETWORK: Network = Network::EthereumSepolia;

/// From here on a store may take a dollar value for [`Usd::MAX`]: 2⁶³ − 1 millionths, which is more money
/// than there is. Below it every value is exact.
pub(super) const UNCOUNTABLE: Usd = Usd::from_micros((1 << 63) - 1);

/// `secs` after the beginning of the suites' time.
pub(super) fn at(secs: i64) -> UnixMillis {
    UnixMillis::from_secs(1_800_000_000).plus_secs(secs)
}

pub(super) fn address(byte: u8) -> Address {
    Address::Evm(EvmAddress::from_bytes([byte; 20]))
}

pub(super) fn native() -> AssetId {
    AssetId::native(NETWORK)
}

pub(super) fn token() -> AssetId {
    AssetId::token(NETWORK, &address(0x70)).expect("the network is an EVM network")
}

pub(super) fn units(amount: u128) -> BaseUnits {
    BaseUnits::from_u128(amount)
}

pub(super) fn dollars(whole: u128) -> Usd {
    Usd::from_micros(whole * 1_000_000)
}

fn tail(number: u16) -> [u8; 10] {
    let [high, low] = number.to_be_bytes();
    [0, 0, 0, 0, 0, 0, 0, 0, high, low]
}

/// Ids ascend with `number`.
pub(super) fn wallet_id(number: u16) -> WalletId {
    WalletId::v7(at(0), tail(number))
}

/// Ids ascend with `number`.
pub(super) fn session_id(number: u16) -> SessionId {
    SessionId::v7(at(0), tail(number))
}

/// Ids ascend with `number`.
pub(super) fn tx_id(number: u16) -> TxId {
    TxId::v7(at(0), tail(number))
}

pub(super) fn wallet_row(number: u16) -> WalletRow {
    WalletRow {
        id: wallet_id(number),
        name: format!("wallet {number}"),
        chain: ChainKind::Ethereum,
        environment: Environment::Testnet,
        address: None,
        status: WalletStatus::Creating,
        owner: None,
        created_at: at(i64::from(number)),
        updated_at: at(i64::from(number)),
        suspended_at: None,
        suspension_reason: None,
    }
}

/// Inserts and activates a wallet.
pub(super) async fn active_wallet<S: Store>(store: &S, number: u16) -> WalletId {
    let row = wallet_row(number);
    store.insert_wallet(&row).await.expect("insert a wallet");
    let key = address(u8::try_from(number % 100).expect("below 100"));
    store.activate_wallet(row.id, &key, at(0), &[]).await.expect("activate a wallet");
    row.id
}

pub(super) fn owner(byte: u8) -> OwnerRecord {
    OwnerRecord { address: address(byte), verified: false, approval_method: Some("rest".to_owned()), wallet_type: None }
}

pub(super) fn session_row(number: u16, wallets: &[WalletId]) -> SessionRow {
    let [high, low] = number.to_be_bytes();
    let mut token_hash = [7; 32];
    token_hash[0] = high;
    token_hash[1] = low;
    SessionRow {
        id: session_id(number),
        wallets: wallets.to_vec(),
        token_hash: TokenHash(token_hash),
        previous_token: None,
        issued_at: at(0),
        expires_at: Some(at(1_000_000)),
        absolute_expires_at: None,
        renewal_count: 0,
        max_renewals: 30,
        last_renewed_at: None,
        token_issued_count: 1,
        source: SessionSource::Api,
        created_at: at(0),
        revoked_at: None,
    }
}

/// Inserts a live session.
pub(super) async fn live_session<S: Store>(store: &S, number: u16, wallets: &[WalletId]) -> SessionId {
    let row = session_row(number, wallets);
    store.insert_session(&row, u32::MAX, &[]).await.expect("insert a session");
    row.id
}

/// An active wallet and a live session for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Party {
    pub(super) wallet: WalletId,
    pub(super) session: SessionId,
}

pub(super) async fn party<S: Store>(store: &S, number: u16) -> Party {
    let wallet = active_wallet(store, number).await;
    Party { wallet, session: live_session(store, number, &[wallet]).await }
}

/// A request and what its judge will say.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) admission: Admission,
    pub(super) ruling: Ruling,
}

impl Request {
    /// A payment of 5 units, worth 5 dollars, that is PENDING, counts and holds; admitted at `now`.
    pub(super) fn new(number: u16, party: Party, now: UnixMillis) -> Self {
        let row = TxRow {
            id: tx_id(number),
            wallet: party.wallet,
            session: Some(party.session),
            network: NETWORK,
            tx: Tx::Transfer { to: address(0x22), amount: units(5), memo: Some("rent, “März”".to_owned()) },
            status: TxStatus::Pending,
            tier: Some(Tier::Instant),
            usd: Some(dollars(5)),
            decision: json!({"verdict": "allow", "trace": [{"rule": "SPENDING_LIMIT", "outcome": "5 <= 10"}]}),
            created_at: now,
            updated_at: now,
            queued_at: None,
            delay_until: None,
            executed_at: None,
            tx_hash: None,
            fee: None,
            failure: None,
        };
        let mut accepted = entry(AuditEvent::TxAccepted);
        accepted.tx = Some(row.id);
        Self {
            admission: Admission { wallet: party.wallet, session: party.session, now, idempotency: None },
            ruling: Ruling {
                row,
                holds: vec![Hold { asset: native(), amount: units(5), usd: dollars(5) }],
                approval: None,
                counts_for_rate: true,
                audit: vec![accepted],
            },
        }
    }

    /// Waits in a delay window until `end`.
    pub(super) fn delayed(mut self, end: UnixMillis) -> Self {
        self.ruling.row.status = TxStatus::Queued;
        self.ruling.row.tier = Some(Tier::Delay);
        self.ruling.row.queued_at = Some(self.admission.now);
        self.ruling.row.delay_until = Some(end);
        self
    }

    /// Waits for the owner until `end`.
    pub(super) fn for_approval(mut self, end: UnixMillis) -> Self {
        self.ruling.row.status = TxStatus::Queued;
        self.ruling.row.tier = Some(Tier::Approval);
        self.ruling.row.queued_at = Some(self.admission.now);
        self.ruling.approval = Some(ApprovalRow {
            id: ApprovalId::from_bytes(*self.ruling.row.id.as_bytes()),
            tx: self.ruling.row.id,
            created_at: self.admission.now,
            expires_at: end,
            approved_at: None,
            rejected_at: None,
        });
        self
    }

    /// Refused by policy: recorded, holding and counting nothing.
    pub(super) fn denied(mut self) -> Self {
        self.ruling.row.status = TxStatus::Cancelled;
        self.ruling.row.tier = None;
        self.ruling.holds.clear();
        self.ruling.counts_for_rate = false;
        self
    }

    pub(super) fn holding(mut self, asset: AssetId, amount: BaseUnits, usd: Usd) -> Self {
        self.ruling.holds = vec![Hold { asset, amount, usd }];
        self
    }

    pub(super) fn with_key(mut self, key: &str, fingerprint: u8) -> Self {
        self.admission.idempotency = Some(IdempotencyClaim { key: key.to_owned(), fingerprint: [fingerprint; 32] });
        self
    }

    pub(super) async fn send<S: Store>(&self, store: &S) -> Result<Admitted, StoreError> {
        store.admit(&self.admission, self).await
    }

    /// Admits as a new row.
    pub(super) async fn admit<S: Store>(&self, store: &S) -> TxId {
        match self.send(store).await {
            Ok(Admitted::New(row)) => row.id,
            other => panic!("expected a new row, got {other:?}"),
        }
    }
}

impl Judge for Request {
    fn query(&self, _state: &AdmissionState) -> LedgerQuery {
        LedgerQuery::default()
    }

    fn rule(&self, _state: &AdmissionState, _facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        Ok(self.ruling.clone())
    }
}

/// A move at `when` that touches nothing but the status and writes one audit entry.
pub(super) fn step(tx: TxId, from: &'static [TxStatus], to: TxStatus, when: UnixMillis) -> Transition {
    Transition {
        tx,
        from,
        to,
        at: when,
        patch: TransitionPatch::default(),
        holds: HoldEffect::Keep,
        approval: ApprovalEffect::None,
        guard: IntentGuard::None,
        audit: vec![entry(AuditEvent::TxSubmitted)],
    }
}

/// Takes a PENDING transaction to `to`, by way of EXECUTING and SUBMITTED where the state machine demands
/// it; `holds` happens with the last move.
pub(super) async fn take_to<S: Store>(store: &S, tx: TxId, to: TxStatus, holds: HoldEffect, when: UnixMillis) {
    const PENDING: &[TxStatus] = &[TxStatus::Pending];
    const EXECUTING: &[TxStatus] = &[TxStatus::Executing];
    const SUBMITTED: &[TxStatus] = &[TxStatus::Submitted];
    let by_way_of: &[(&'static [TxStatus], TxStatus)] = match to {
        TxStatus::Submitted => &[(PENDING, TxStatus::Executing), (EXECUTING, to)],
        TxStatus::Confirmed => &[(PENDING, TxStatus::Executing), (EXECUTING, TxStatus::Submitted), (SUBMITTED, to)],
        _ => &[(PENDING, to)],
    };
    for (from, next) in by_way_of {
        let holds = if *next == to { holds } else { HoldEffect::Keep };
        store.transition(&Transition { holds, ..step(tx, from, *next, when) }).await.expect("a move that exists");
    }
}

/// A signature for `tx`.
pub(super) fn intent(tx: Option<TxId>, wallet: WalletId, sequence: u64, hash: &str) -> NewIntent {
    NewIntent { tx, wallet, network: NETWORK, sequence, hash: hash.to_owned(), sealed: vec![0, 1, 2, 255], at: at(50) }
}

pub(super) fn entry(event: AuditEvent) -> AuditEntry {
    AuditEntry {
        at: at(0),
        event,
        actor: Actor::System,
        severity: Severity::Info,
        wallet: None,
        session: None,
        tx: None,
        details: json!({"from": "the suite"}),
    }
}

/// How long the audit log is.
pub(super) async fn audit_length<S: Store>(store: &S) -> usize {
    store.entries(None, None, 10_000).await.expect("read the audit log").len()
}

/// Runs a change that must be refused and must leave no audit entry; returns the refusal.
#[track_caller]
pub(super) fn refused<'a, S: Store, T: core::fmt::Debug + Send + 'a>(
    store: &'a S,
    change: impl Future<Output = Result<T, StoreError>> + Send + 'a,
) -> impl Future<Output = StoreError> + 'a {
    let place = core::panic::Location::caller();
    async move {
        let before = audit_length(store).await;
        let refusal = match change.await {
            Ok(result) => panic!("{place}: expected a refusal, got {result:?}"),
            Err(refusal) => refusal,
        };
        assert_eq!(audit_length(store).await, before, "{place}: a refused change left an audit entry");
        refusal
    }
}

#[track_caller]
pub(super) fn assert_stale(refusal: &StoreError) {
    assert!(matches!(refusal, StoreError::Stale { .. }), "expected `Stale`, got {refusal:?}");
}

#[track_caller]
pub(super) fn assert_not_found(refusal: &StoreError) {
    assert!(matches!(refusal, StoreError::NotFound), "expected `NotFound`, got {refusal:?}");
}

#[track_caller]
pub(super) fn assert_guard(refusal: &StoreError, expected: GuardFailure) {
    assert!(
        matches!(refusal, StoreError::Guard(failure) if *failure == expected),
        "expected guard {expected:?}, got {refusal:?}"
    );
}

/// The ledger's answer to `query`.
pub(super) async fn facts<S: Store>(
    store: &S,
    wallet: WalletId,
    now: UnixMillis,
    except: Option<TxId>,
    query: LedgerQuery,
) -> LedgerFacts {
    store.preview(wallet, None, now, except, &move |_| query.clone()).await.expect("preview").1
}

/// What is in flight of `asset`.
pub(super) async fn held<S: Store>(store: &S, wallet: WalletId, asset: AssetId) -> BaseUnits {
    let query = LedgerQuery { held: vec![asset], ..LedgerQuery::default() };
    facts(store, wallet, at(0), None, query).await.held.get(&asset).copied().unwrap_or_default()
}

/// Dollars of the last day and of the last month.
pub(super) async fn spent<S: Store>(store: &S, wallet: WalletId, now: UnixMillis, except: Option<TxId>) -> (Usd, Usd) {
    let query = LedgerQuery { daily_usd: true, monthly_usd: true, ..LedgerQuery::default() };
    let facts = facts(store, wallet, now, except, query).await;
    (facts.daily_usd, facts.monthly_usd)
}

/// The status of a transaction.
pub(super) async fn status<S: Store>(store: &S, tx: TxId) -> TxStatus {
    store.transaction(tx).await.expect("read a transaction").0.status
}
