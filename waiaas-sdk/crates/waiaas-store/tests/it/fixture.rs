//! Rows and judges that several tests use.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::{AssetId, ChainKind, Environment, Network};
use waiaas_core::id::{ApprovalId, SessionId, TxId, WalletId};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, RateWindow, Tier};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Tx, TxStatus};
use waiaas_core::wallet::WalletStatus;
use waiaas_engine::ports::store::{
    Actor, Admission, AdmissionState, Admitted, ApprovalEffect, ApprovalRow, AuditEntry, AuditEvent, GuardFailure,
    Hold, HoldEffect, IdempotencyClaim, IntentGuard, Judge, Ledger, OwnerRecord, Ruling, SessionRow, SessionSource,
    SessionStore, Severity, StoreError, TokenHash, Transition, TransitionPatch, TxRow, WalletRow, WalletStore,
};
use waiaas_store::{SqliteOptions, SqliteStore};

/// The instant at which tests begin.
pub(crate) const START: UnixMillis = UnixMillis::from_secs(1_800_000_000);
/// The network of all tests.
pub(crate) const NETWORK: Network = Network::EthereumSepolia;

static COUNTER: AtomicU32 = AtomicU32::new(1);

/// Ten bytes that no other call in this process gets.
pub(crate) fn unique() -> [u8; 10] {
    let [a, b, c, d] = COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let [p, q, r, s] = std::process::id().to_be_bytes();
    [0, 0, p, q, r, s, a, b, c, d]
}

/// One active wallet with one endless session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) wallet: WalletId,
    pub(crate) session: SessionId,
}

/// Opens the database `store.db` in `directory`.
pub(crate) async fn open(directory: &Path) -> SqliteStore {
    SqliteStore::open(&directory.join("store.db"), SqliteOptions::default()).await.unwrap()
}

/// Makes an account.
pub(crate) async fn account(store: &SqliteStore) -> Account {
    let wallet = wallet_row();
    store.insert_wallet(&wallet).await.unwrap();
    let session = session_row(vec![wallet.id]);
    store.insert_session(&session, 100, &[]).await.unwrap();
    Account { wallet: wallet.id, session: session.id }
}

pub(crate) fn wallet_row() -> WalletRow {
    WalletRow {
        id: WalletId::v7(START, unique()),
        name: "treasury".to_owned(),
        chain: ChainKind::Ethereum,
        environment: Environment::Testnet,
        address: Some(Address::Evm(EvmAddress::from_bytes([0x11; 20]))),
        status: WalletStatus::Active,
        owner: Some(OwnerRecord {
            address: Address::Evm(EvmAddress::from_bytes([0x22; 20])),
            verified: false,
            approval_method: Some("sdk_push".to_owned()),
            wallet_type: None,
        }),
        created_at: START,
        updated_at: START,
        suspended_at: None,
        suspension_reason: None,
    }
}

pub(crate) fn session_row(wallets: Vec<WalletId>) -> SessionRow {
    let id = SessionId::v7(START, unique());
    SessionRow {
        id,
        wallets,
        token_hash: TokenHash([7; 32]),
        previous_token: None,
        issued_at: START,
        expires_at: None,
        absolute_expires_at: None,
        renewal_count: 0,
        max_renewals: 0,
        last_renewed_at: None,
        token_issued_count: 1,
        source: SessionSource::Api,
        created_at: START,
        revoked_at: None,
    }
}

pub(crate) fn entry(event: AuditEvent, tx: Option<TxId>) -> AuditEntry {
    AuditEntry {
        at: START,
        event,
        actor: Actor::System,
        severity: Severity::Info,
        wallet: None,
        session: None,
        tx,
        details: serde_json::json!({ "why": "test" }),
    }
}

/// The native coin of [`NETWORK`].
pub(crate) fn coin() -> AssetId {
    AssetId::native(NETWORK)
}

/// Admits transfers while what is in flight stays within a limit; what does not fit becomes CANCELLED.
#[derive(Clone, Debug)]
pub(crate) struct LimitJudge {
    pub(crate) amount: u128,
    pub(crate) limit: u128,
    pub(crate) usd: Usd,
    pub(crate) status: TxStatus,
    pub(crate) approval_until: Option<UnixMillis>,
    pub(crate) delay_until: Option<UnixMillis>,
    pub(crate) at: UnixMillis,
}

impl LimitJudge {
    pub(crate) fn of(amount: u128, limit: u128) -> Self {
        Self {
            amount,
            limit,
            usd: Usd::from_micros(amount),
            status: TxStatus::Pending,
            approval_until: None,
            delay_until: None,
            at: START,
        }
    }
}

impl Judge for LimitJudge {
    fn query(&self, _state: &AdmissionState) -> LedgerQuery {
        let rates = vec![RateWindow { window_seconds: 3_600, max_requests: 1_000_000 }];
        LedgerQuery { held: vec![coin()], daily_usd: true, monthly_usd: true, rates }
    }

    fn rule(&self, state: &AdmissionState, facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        if state.wallet.status != WalletStatus::Active {
            return Err(GuardFailure::WalletNotActive);
        }
        let amount = BaseUnits::from_u128(self.amount);
        let held = facts.held.get(&coin()).copied().unwrap_or_default();
        let fits = held.saturating_add(amount) <= BaseUnits::from_u128(self.limit);
        let id = TxId::v7(self.at, unique());
        let approval = self.approval_until.filter(|_| fits).map(|expires_at| ApprovalRow {
            id: ApprovalId::v7(self.at, unique()),
            tx: id,
            created_at: self.at,
            expires_at,
            approved_at: None,
            rejected_at: None,
        });
        let event = if fits { AuditEvent::TxAccepted } else { AuditEvent::PolicyDenied };
        Ok(Ruling {
            row: TxRow {
                id,
                wallet: state.wallet.id,
                session: state.session.as_ref().map(|session| session.id),
                network: NETWORK,
                tx: Tx::Transfer { to: Address::Evm(EvmAddress::from_bytes([0x33; 20])), amount, memo: None },
                status: if fits { self.status } else { TxStatus::Cancelled },
                tier: fits.then_some(Tier::Instant),
                usd: Some(self.usd),
                decision: serde_json::json!({ "verdict": if fits { "allow" } else { "deny" } }),
                created_at: self.at,
                updated_at: self.at,
                queued_at: None,
                delay_until: self.delay_until,
                executed_at: None,
                tx_hash: None,
                fee: None,
                failure: None,
            },
            holds: if fits { vec![Hold { asset: coin(), amount, usd: self.usd }] } else { Vec::new() },
            approval,
            counts_for_rate: fits,
            audit: vec![entry(event, Some(id))],
        })
    }
}

pub(crate) async fn admit_with(
    store: &SqliteStore,
    account: Account,
    judge: &LimitJudge,
    key: Option<IdempotencyClaim>,
) -> Result<Admitted, StoreError> {
    let admission = Admission { wallet: account.wallet, session: account.session, now: judge.at, idempotency: key };
    store.admit(&admission, judge).await
}

/// Admits one transfer and returns its row.
pub(crate) async fn admit(store: &SqliteStore, account: Account, judge: &LimitJudge) -> TxRow {
    match admit_with(store, account, judge, None).await.unwrap() {
        Admitted::New(row) => row,
        Admitted::Replayed(row) => panic!("{row:?} was there before"),
    }
}

/// What the ledger knows about the account at `now`.
pub(crate) async fn facts(store: &SqliteStore, account: Account, now: UnixMillis) -> (AdmissionState, LedgerFacts) {
    let judge = LimitJudge::of(0, 0);
    let ask = |state: &AdmissionState| judge.query(state);
    store.preview(account.wallet, Some(account.session), now, None, &ask).await.unwrap()
}

/// A move without conditions.
pub(crate) fn change(tx: TxId, from: &'static [TxStatus], to: TxStatus, holds: HoldEffect) -> Transition {
    Transition {
        tx,
        from,
        to,
        at: START.plus_secs(1),
        patch: TransitionPatch::default(),
        holds,
        approval: ApprovalEffect::None,
        guard: IntentGuard::None,
        audit: Vec::new(),
    }
}
