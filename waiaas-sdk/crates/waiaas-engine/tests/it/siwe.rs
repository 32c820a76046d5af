//! The owner of wallets: an account whose signatures are [`signature`]'s, and the messages that it signs.

use crate::world::World;
use async_trait::async_trait;
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::id::TxId;
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;
use waiaas_engine::EngineError;
use waiaas_engine::memory::signature;
use waiaas_engine::ports::clock::Clock;
use waiaas_engine::ports::keystore::Signature;
use waiaas_engine::ports::owner_proof::OwnerSignatureVerifier;
use waiaas_engine::ports::store::NonceBinding;
use waiaas_engine::services::owner_auth::{OwnerAction, OwnerProof};

/// An address of EIP-55's examples.
pub(crate) const OWNER: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
/// Another one of them.
pub(crate) const STRANGER: &str = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";

/// Verifies [`sign`].
pub(crate) struct OwnerKeys;

#[async_trait]
impl OwnerSignatureVerifier for OwnerKeys {
    async fn verify(&self, owner: &Address, message: &str, proof: &[u8]) -> bool {
        sign(&owner.to_string(), message) == proof
    }
}

/// The signature of `account` under `message`.
pub(crate) fn sign(account: &str, message: &str) -> Vec<u8> {
    let account = Address::Evm(EvmAddress::parse_checksummed(account).unwrap());
    match signature::sign(&account, message.as_bytes()) {
        Signature::Secp256k1 { rs, .. } => rs.to_vec(),
        other => panic!("unexpected signature {other:?}"),
    }
}

/// A sign-in message in parts; absent parts have no line.
#[derive(Clone, Debug)]
pub(crate) struct Siwe {
    pub(crate) domain: String,
    pub(crate) address: String,
    pub(crate) statement: String,
    pub(crate) chain_id: String,
    pub(crate) nonce: String,
    pub(crate) issued_at: UnixMillis,
    pub(crate) expires_at: Option<UnixMillis>,
    pub(crate) not_before: Option<UnixMillis>,
    pub(crate) request_id: Option<String>,
    pub(crate) resources: Vec<String>,
}

impl Siwe {
    /// What a good client of the owner signs at `now`.
    pub(crate) fn new(action: &OwnerAction, nonce: &str, now: UnixMillis) -> Self {
        Self {
            domain: "localhost:3100".to_owned(),
            address: OWNER.to_owned(),
            statement: action.statement(),
            chain_id: "11155111".to_owned(),
            nonce: nonce.to_owned(),
            issued_at: now,
            expires_at: Some(now.plus_secs(300)),
            not_before: None,
            request_id: None,
            resources: Vec::new(),
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut lines = vec![
            format!("{} wants you to sign in with your Ethereum account:", self.domain),
            self.address.clone(),
            String::new(),
        ];
        if !self.statement.is_empty() {
            lines.extend([self.statement.clone(), String::new()]);
        }
        lines.extend([
            "URI: http://localhost:3100".to_owned(),
            "Version: 1".to_owned(),
            format!("Chain ID: {}", self.chain_id),
            format!("Nonce: {}", self.nonce),
            format!("Issued At: {}", rfc3339(self.issued_at)),
        ]);
        lines.extend(self.expires_at.map(|end| format!("Expiration Time: {}", rfc3339(end))));
        lines.extend(self.not_before.map(|start| format!("Not Before: {}", rfc3339(start))));
        lines.extend(self.request_id.iter().map(|id| format!("Request ID: {id}")));
        if !self.resources.is_empty() {
            lines.push("Resources:".to_owned());
            lines.extend(self.resources.iter().map(|uri| format!("- {uri}")));
        }
        lines.join("\n")
    }

    /// Signed by the owner.
    pub(crate) fn signed(&self) -> OwnerProof {
        let message = self.text();
        OwnerProof { signature: sign(OWNER, &message), message, address: Some(OWNER.to_owned()) }
    }
}

impl World {
    pub(crate) async fn nonce(&self) -> String {
        self.engine.transactions().issue_nonce(&NonceBinding::default()).await.unwrap().0
    }

    /// The owner's word for `action`, with a nonce of its own.
    pub(crate) async fn owner_says(&self, action: &OwnerAction) -> OwnerProof {
        Siwe::new(action, &self.nonce().await, self.clock.now()).signed()
    }

    pub(crate) async fn approve(&self, id: TxId) -> Result<TxStatus, EngineError> {
        let proof = self.owner_says(&OwnerAction::Approve(id)).await;
        self.engine.transactions().approve(id, &proof).await.map(|row| row.status)
    }

    pub(crate) async fn reject(&self, id: TxId) -> Result<TxStatus, EngineError> {
        let proof = self.owner_says(&OwnerAction::Reject(id)).await;
        self.engine.transactions().reject(id, &proof).await.map(|row| row.status)
    }
}

/// An instant in writing. The tests live in March 2026.
fn rfc3339(at: UnixMillis) -> String {
    // 2026-03-01T00:00:00Z
    let seconds = at.as_secs() - 1_772_323_200;
    let (day, second) = (seconds / 86_400 + 1, seconds % 86_400);
    assert!((1..=31).contains(&day), "beyond the month");
    format!("2026-03-{day:02}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60)
}
