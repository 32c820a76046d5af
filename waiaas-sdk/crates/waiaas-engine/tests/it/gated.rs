//! The store, the chain and the key store behind a [`Gate`].

use crate::gate::Gate;
use async_trait::async_trait;
use std::sync::Arc;
use waiaas_core::address::Address;
use waiaas_core::chain::{ChainKind, Network};
use waiaas_core::id::{PolicyId, SessionId, TxId, WalletId};
use waiaas_core::money::BaseUnits;
use waiaas_core::policy::{LedgerFacts, LedgerQuery, PolicyRow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Tx;
use waiaas_core::wallet::WalletStatus;
use waiaas_engine::memory::{MemoryChain, MemoryKeyStore, MemoryStore};
use waiaas_engine::pipeline::permit::SignPermit;
use waiaas_engine::ports::chain::{
    ChainError, ChainReader, ChainWriter, Draft, Inclusion, SequenceState, SignedTx, SigningRequest, SubmitError,
    TokenInfo,
};
use waiaas_engine::ports::keystore::{KeyStore, KeyStoreError, PublicKey, Signature};
use waiaas_engine::ports::store::{
    Admission, AdmissionState, Admitted, ApprovalRow, AuditEntry, AuditLog, AuditRecord, Cascade, ClaimToken, Due,
    HistoryQuery, HistoryVisitor, IdempotencyOutcome, IdempotencyStore, IntentRow, Judge, KillSwitch, KillSwitchState,
    KillSwitchStore, Ledger, NewIntent, NonceBinding, OwnerNonceStore, OwnerRecord, Page, PolicyPatch, PolicySnapshot,
    PolicyStore, SessionRow, SessionStore, StoreError, StoredAnswer, SystemStore, Terminated, TokenReplacement,
    Transition, TxRow, WalletRow, WalletStore,
};

/// A port that is reached through a gate.
pub(crate) struct Gated<T> {
    pub(crate) inner: Arc<T>,
    pub(crate) gate: Arc<Gate>,
}

impl<T> Gated<T> {
    pub(crate) fn new(inner: &Arc<T>, gate: &Arc<Gate>) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), gate: Arc::clone(gate) })
    }
}

/// Implements methods of a port by passing the gate.
macro_rules! pass {
    ($port:ident for $adapter:ty { $($name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)* }) => {
        #[async_trait]
        impl $port for Gated<$adapter> {
            $(async fn $name(&self, $($arg: $ty),*) -> $out {
                self.gate.pass(self.inner.$name($($arg),*)).await
            })*
        }
    };
}

type Stored<T> = Result<T, StoreError>;

pass! { WalletStore for MemoryStore {
    insert_wallet(wallet: &WalletRow) -> Stored<()>;
    activate_wallet(id: WalletId, address: &Address, at: UnixMillis, audit: &[AuditEntry]) -> Stored<WalletRow>;
    discard_wallet(id: WalletId) -> Stored<()>;
    wallet(id: WalletId) -> Stored<WalletRow>;
    wallets() -> Stored<Vec<WalletRow>>;
    move_wallet(
        id: WalletId, from: WalletStatus, to: WalletStatus, reason: Option<&str>, at: UnixMillis, audit: &[AuditEntry]
    ) -> Stored<WalletRow>;
    terminate_wallet(id: WalletId, at: UnixMillis, audit: &[AuditEntry]) -> Stored<Terminated>;
    rename_wallet(id: WalletId, name: &str, at: UnixMillis, audit: &[AuditEntry]) -> Stored<WalletRow>;
    set_owner(
        id: WalletId, expected: Option<&OwnerRecord>, owner: &OwnerRecord, at: UnixMillis, audit: &[AuditEntry]
    ) -> Stored<WalletRow>;
}}

pass! { SessionStore for MemoryStore {
    insert_session(session: &SessionRow, limit_per_wallet: u32, audit: &[AuditEntry]) -> Stored<()>;
    session(id: SessionId) -> Stored<SessionRow>;
    sessions(wallet: Option<WalletId>, page: Page) -> Stored<(Vec<SessionRow>, u64)>;
    replace_token(id: SessionId, replacement: &TokenReplacement, audit: &[AuditEntry]) -> Stored<SessionRow>;
    revoke_session(id: SessionId, at: UnixMillis, audit: &[AuditEntry]) -> Stored<bool>;
    revoke_sessions_of(wallet: WalletId, at: UnixMillis, audit: &AuditEntry) -> Stored<Vec<SessionId>>;
    live_session_count(now: UnixMillis) -> Stored<u64>;
}}

pass! { PolicyStore for MemoryStore {
    insert_policy(row: &PolicyRow, audit: &[AuditEntry]) -> Stored<()>;
    policy(id: PolicyId) -> Stored<PolicyRow>;
    policies(wallet: Option<WalletId>, page: Page) -> Stored<(Vec<PolicyRow>, u64)>;
    update_policy(id: PolicyId, patch: &PolicyPatch, at: UnixMillis, audit: &[AuditEntry]) -> Stored<PolicyRow>;
    delete_policy(id: PolicyId, audit: &[AuditEntry]) -> Stored<()>;
    policy_snapshot() -> Stored<PolicySnapshot>;
}}

pass! { Ledger for MemoryStore {
    admit(admission: &Admission, judge: &dyn Judge) -> Stored<Admitted>;
    preview(
        wallet: WalletId, session: Option<SessionId>, now: UnixMillis, except: Option<TxId>,
        query: &(dyn for<'s> Fn(&'s AdmissionState) -> LedgerQuery + Send + Sync)
    ) -> Stored<(AdmissionState, LedgerFacts)>;
    transition(change: &Transition) -> Stored<TxRow>;
    record_intent(intent: &NewIntent, audit: &[AuditEntry]) -> Stored<()>;
    close_intent(hash: &str, at: UnixMillis) -> Stored<()>;
    open_intents(tx: Option<TxId>) -> Stored<Vec<IntentRow>>;
    transaction(id: TxId) -> Stored<(TxRow, Option<ApprovalRow>)>;
    transactions(wallet: WalletId, before: Option<TxId>, limit: u32, open_only: bool) -> Stored<Vec<TxRow>>;
    history(query: HistoryQuery, visit: HistoryVisitor<'_>) -> Stored<()>;
    due(due: Due, now: UnixMillis, after: Option<TxId>, limit: u32) -> Stored<Vec<TxRow>>;
}}

pass! { OwnerNonceStore for MemoryStore {
    issue_nonce(hash: [u8; 32], binding: &NonceBinding, now: UnixMillis, expires_at: UnixMillis, capacity: u32)
        -> Stored<()>;
    consume_nonce(hash: [u8; 32], now: UnixMillis) -> Stored<Option<NonceBinding>>;
}}

pass! { IdempotencyStore for MemoryStore {
    claim_key(scope: &str, key: &str, fingerprint: [u8; 32], token: ClaimToken, now: UnixMillis, keep_ms: i64)
        -> Stored<IdempotencyOutcome>;
    complete_key(scope: &str, key: &str, token: ClaimToken, answer: Option<&StoredAnswer>) -> Stored<()>;
}}

pass! { KillSwitchStore for MemoryStore {
    kill_switch() -> Stored<KillSwitch>;
    throw_kill_switch(by: &str, reason: &str, at: UnixMillis, audit: &[AuditEntry]) -> Stored<Cascade>;
    move_kill_switch(
        from: &[KillSwitchState], to: KillSwitchState, resume_wallets: Option<&str>, at: UnixMillis,
        audit: &[AuditEntry]
    ) -> Stored<Vec<WalletId>>;
}}

pass! { SystemStore for MemoryStore {
    value(key: &str) -> Stored<Option<Vec<u8>>>;
    set_value(key: &str, expected: Option<&[u8]>, value: &[u8]) -> Stored<()>;
    transaction_counts(since: UnixMillis) -> Stored<(u64, u64)>;
    recent_transactions(limit: u32) -> Stored<Vec<TxRow>>;
    schema_version() -> Stored<u32>;
}}

pass! { AuditLog for MemoryStore {
    append(entries: &[AuditEntry]) -> Stored<()>;
    entries(tx: Option<TxId>, before: Option<i64>, limit: u32) -> Stored<Vec<AuditRecord>>;
}}

pass! { KeyStore for MemoryKeyStore {
    create(wallet: WalletId, chain: ChainKind) -> Result<PublicKey, KeyStoreError>;
    sign(permit: SignPermit, payload: &[u8], now: UnixMillis) -> Result<Signature, KeyStoreError>;
    public_key(wallet: WalletId) -> Result<Option<PublicKey>, KeyStoreError>;
    destroy(wallet: WalletId) -> Result<(), KeyStoreError>;
}}

#[async_trait]
impl ChainReader for Gated<MemoryChain> {
    fn network(&self) -> Network {
        self.inner.network()
    }

    async fn native_balance(&self, owner: &Address) -> Result<BaseUnits, ChainError> {
        self.gate.pass(self.inner.native_balance(owner)).await
    }

    async fn token_balances(&self, owner: &Address, tokens: &[Address]) -> Result<Vec<Option<BaseUnits>>, ChainError> {
        self.gate.pass(self.inner.token_balances(owner, tokens)).await
    }

    async fn token_info(&self, token: &Address) -> Result<TokenInfo, ChainError> {
        self.gate.pass(self.inner.token_info(token)).await
    }
}

#[async_trait]
impl ChainWriter for Gated<MemoryChain> {
    async fn draft(&self, from: &Address, tx: &Tx) -> Result<Draft, ChainError> {
        self.gate.pass(self.inner.draft(from, tx)).await
    }

    async fn draft_noop(&self, account: &Address) -> Result<Draft, ChainError> {
        self.gate.pass(self.inner.draft_noop(account)).await
    }

    fn seal(&self, draft: &Draft, sequence: u64) -> Result<SigningRequest, ChainError> {
        self.inner.seal(draft, sequence)
    }

    fn assemble(
        &self,
        from: &Address,
        request: &SigningRequest,
        signature: &Signature,
    ) -> Result<SignedTx, ChainError> {
        self.inner.assemble(from, request, signature)
    }

    async fn broadcast(&self, signed: &SignedTx) -> Result<(), SubmitError> {
        self.gate.pass(self.inner.broadcast(signed)).await
    }

    async fn find(&self, hash: &str) -> Result<Inclusion, ChainError> {
        self.gate.pass(self.inner.find(hash)).await
    }

    async fn sequence(&self, account: &Address) -> Result<SequenceState, ChainError> {
        self.gate.pass(self.inner.sequence(account)).await
    }
}
