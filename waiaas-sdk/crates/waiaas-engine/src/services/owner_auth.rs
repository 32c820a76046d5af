//! Proof that the owner of a wallet wants one particular thing (decision D9, `security.md` section 4.2).
//!
//! A proof counts when the message is a sign-in text for one of our domains, names the owner's address,
//! says what it permits, is fresh, carries a nonce that we issued and that was never used, and the
//! signature is the owner's. The nonce is used up last, so that a stranger's garbage cannot burn it.

use super::owner_message::OwnerMessage;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::store::{Actor, AuditEntry, AuditEvent, NonceBinding, OwnerRecord, Severity, WalletRow};
use sha2::{Digest, Sha256};
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::Network;
use waiaas_core::error::ErrorCode;
use waiaas_core::id::{TxId, WalletId};
use waiaas_core::time::UnixMillis;

/// How long a nonce lives, in seconds (`security.md` section 4.3).
pub const NONCE_TTL_SECONDS: i64 = 300;
/// How far `Issued At` may lie from our clock, in seconds (`security.md` section 4.2).
const ISSUED_AT_TOLERANCE_SECONDS: i64 = 300;
/// How long a message may live at most, in seconds (`security.md` section 4.2).
const MAX_LIFETIME_SECONDS: i64 = 600;

/// What came with the owner headers, decoded but not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerProof {
    /// The signed text.
    pub message: String,
    /// The signature.
    pub signature: Vec<u8>,
    /// The address that the caller claims; must be the owner's when given.
    pub address: Option<String>,
}

impl OwnerProof {
    /// The account that the proof speaks for: the header's, else the message's.
    #[must_use]
    pub fn claimed_address(&self) -> Option<String> {
        self.address.clone().or_else(|| OwnerMessage::parse(&self.message).ok().map(|message| message.address))
    }
}

/// What the owner is asked for. Each has one sentence that the message must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerAction {
    /// Let a transaction proceed.
    Approve(TxId),
    /// Stop a transaction.
    Reject(TxId),
    /// Show control of the owner key.
    Verify(WalletId),
    /// Stop the service.
    KillSwitch,
    /// Start the service again after it was locked.
    Recover,
}

impl OwnerAction {
    /// The name under which a nonce can be bound to the action.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Approve(_) => "approve",
            Self::Reject(_) => "reject",
            Self::Verify(_) => "verify",
            Self::KillSwitch => "kill-switch",
            Self::Recover => "recover",
        }
    }

    /// The id of what it is about; empty for the service as a whole.
    #[must_use]
    pub fn resource(&self) -> String {
        match self {
            Self::Approve(tx) | Self::Reject(tx) => tx.to_string(),
            Self::Verify(wallet) => wallet.to_string(),
            Self::KillSwitch | Self::Recover => String::new(),
        }
    }

    /// The sentence that a person reads before signing.
    #[must_use]
    pub fn statement(&self) -> String {
        match self {
            Self::Approve(tx) => format!("Approve transaction {tx}"),
            Self::Reject(tx) => format!("Reject transaction {tx}"),
            Self::Verify(wallet) => format!("Verify owner of wallet {wallet}"),
            Self::KillSwitch => "Activate kill switch".to_owned(),
            Self::Recover => "Recover from kill switch".to_owned(),
        }
    }
}

impl Inner {
    /// Checks `proof` for `action` on `wallet` and uses up its nonce. `digest` is the hash of the exact
    /// transaction, in hexadecimal; a message that quotes a digest must quote this one.
    ///
    /// # Errors
    /// `OWNER_NOT_CONNECTED`, `INVALID_SIGNATURE`, `INVALID_NONCE`. Refusals are audited.
    pub(crate) async fn verify_owner_proof(
        &self,
        wallet: &WalletRow,
        action: &OwnerAction,
        digest: Option<&str>,
        proof: &OwnerProof,
    ) -> Result<OwnerRecord, EngineError> {
        let Some(owner) = wallet.owner.clone() else {
            return Err(EngineError::new(ErrorCode::OwnerNotConnected, "this wallet has no owner; register one first"));
        };
        let now = self.clock.now();
        let checked = self.check_owner_proof(wallet, &owner, action, digest, proof, now).await;
        if let Err(error) = &checked {
            self.record_refused_proof(Some(wallet.id), action, error).await?;
        }
        checked.map(|()| owner)
    }

    /// Puts the refusal of an owner's word on record.
    pub(crate) async fn record_refused_proof(
        &self,
        wallet: Option<WalletId>,
        action: &OwnerAction,
        error: &EngineError,
    ) -> Result<(), EngineError> {
        let entry = AuditEntry {
            at: self.clock.now(),
            event: AuditEvent::OwnerAuthFailed,
            actor: Actor::Unknown,
            severity: Severity::Warning,
            wallet,
            session: None,
            tx: match action {
                OwnerAction::Approve(tx) | OwnerAction::Reject(tx) => Some(*tx),
                OwnerAction::Verify(_) | OwnerAction::KillSwitch | OwnerAction::Recover => None,
            },
            details: serde_json::json!({ "action": action.name(), "reason": error.message() }),
        };
        Ok(self.store.append(&[entry]).await?)
    }

    async fn check_owner_proof(
        &self,
        wallet: &WalletRow,
        owner: &OwnerRecord,
        action: &OwnerAction,
        digest: Option<&str>,
        proof: &OwnerProof,
        now: UnixMillis,
    ) -> Result<(), EngineError> {
        if let Some(claimed) = &proof.address {
            require(
                same_address(claimed, &owner.address),
                "X-Owner-Address is not the registered owner of this wallet",
            )?;
        }
        let is_sign_in = OwnerMessage::looks_like_one(&proof.message);
        let nonce = if is_sign_in {
            let message = OwnerMessage::parse(&proof.message).map_err(|error| refuse(error.to_string()))?;
            self.check_message(wallet, owner, action, digest, &message, now)?;
            message.nonce
        } else {
            // The original's SDK signs the bare nonce, which binds nothing that the owner can read.
            require(
                self.settings.compat_owner_bare_nonce,
                "the owner must sign an EIP-4361 message; bare nonces are refused unless compat.owner_bare_nonce is set",
            )?;
            proof.message.trim().to_owned()
        };
        let verifier = self.owner_verifiers.get(&wallet.chain).ok_or_else(|| {
            EngineError::new(
                ErrorCode::InvalidSignature,
                "owner signatures of this chain are not supported by this build",
            )
        })?;
        require(
            verifier.verify(&owner.address, &proof.message, &proof.signature).await,
            "the signature is not the owner's",
        )?;
        let hash: [u8; 32] = Sha256::digest(nonce.as_bytes()).into();
        let binding = self.store.consume_nonce(hash, now).await?.ok_or_else(|| {
            EngineError::new(
                ErrorCode::InvalidNonce,
                "the nonce is unknown, expired or already used; get a new one from GET /v1/nonce",
            )
        })?;
        self.check_binding(&binding, action, is_sign_in.then_some(proof.message.as_str()))
    }

    fn check_message(
        &self,
        wallet: &WalletRow,
        owner: &OwnerRecord,
        action: &OwnerAction,
        digest: Option<&str>,
        message: &OwnerMessage,
        now: UnixMillis,
    ) -> Result<(), EngineError> {
        require(self.settings.owner_domains.contains(&message.domain), "the message was made for another domain")?;
        require(same_address(&message.address, &owner.address), "the message names another account than the owner")?;
        require(names_network(wallet, message), "`Chain ID` is not a network of this wallet")?;
        let age = now.millis_since(message.issued_at);
        require(
            age.abs() <= ISSUED_AT_TOLERANCE_SECONDS.saturating_mul(1_000),
            "`Issued At` is more than 5 minutes away from now",
        )?;
        let Some(end) = message.expires_at else {
            return Err(refuse("the message must carry an `Expiration Time`"));
        };
        require(now < end, "the message has expired")?;
        require(
            end.millis_since(message.issued_at) <= MAX_LIFETIME_SECONDS.saturating_mul(1_000),
            "`Expiration Time` may be at most 10 minutes after `Issued At`",
        )?;
        require(message.not_before.is_none_or(|start| start <= now), "the message is not valid yet")?;
        self.check_statement(action, digest, message)
    }

    /// The statement must be the action's sentence, alone or followed by `Digest: <hash>`; whatever else
    /// names a transaction must name the same one.
    fn check_statement(
        &self,
        action: &OwnerAction,
        digest: Option<&str>,
        message: &OwnerMessage,
    ) -> Result<(), EngineError> {
        let (sentence, quoted) = match message.statement.split_once("Digest: ") {
            Some((sentence, quoted)) => (sentence.trim_end_matches([' ', ',', ';', '.']), Some(quoted.trim())),
            None => (message.statement.as_str(), None),
        };
        let sentence = sentence.trim_end_matches('.');
        require(
            sentence.is_empty() || sentence.eq_ignore_ascii_case(&action.statement()),
            &format!("the statement must be `{}`", action.statement()),
        )?;
        if let Some(quoted) = quoted {
            require(
                digest.is_some_and(|digest| digest.eq_ignore_ascii_case(quoted.trim_start_matches("0x"))),
                "`Digest` is not the hash of this transaction",
            )?;
        }
        let resource = action.resource();
        if let Some(request) = &message.request_id {
            require(*request == resource, "`Request ID` names another transaction")?;
        }
        for uri in &message.resources {
            if let Some(id) = uri.strip_prefix("urn:waiaas:tx:") {
                require(id == resource, "a resource names another transaction")?;
            }
        }
        Ok(())
    }

    /// The action must be bound: by the statement, or by the nonce itself when it was issued for it.
    fn check_binding(
        &self,
        binding: &NonceBinding,
        action: &OwnerAction,
        sign_in: Option<&str>,
    ) -> Result<(), EngineError> {
        let resource = action.resource();
        if let Some(bound) = &binding.action {
            require(bound == action.name(), "the nonce was issued for another action")?;
        }
        if let Some(bound) = &binding.resource {
            require(*bound == resource, "the nonce was issued for another transaction or wallet")?;
        }
        let by_nonce = binding.action.is_some() && (binding.resource.is_some() || resource.is_empty());
        let by_statement = sign_in
            .and_then(|text| OwnerMessage::parse(text).ok())
            .is_some_and(|message| !message.statement.is_empty());
        let bare_allowed = sign_in.is_none() && self.settings.compat_owner_bare_nonce;
        require(
            by_statement || by_nonce || bare_allowed,
            &format!("the message does not say what it permits: its statement must be `{}`", action.statement()),
        )
    }
}

/// Whether the message of `proof` names a network of `wallet`.
pub(crate) fn names_network_of(wallet: &WalletRow, proof: &OwnerProof) -> bool {
    OwnerMessage::parse(&proof.message).is_ok_and(|message| names_network(wallet, &message))
}

fn names_network(wallet: &WalletRow, message: &OwnerMessage) -> bool {
    Network::of(wallet.chain, wallet.environment)
        .any(|network| network.evm_chain_id().is_some_and(|id| id.to_string() == message.chain_id))
}

pub(crate) fn same_address(claimed: &str, owner: &Address) -> bool {
    match owner {
        Address::Evm(owner) => EvmAddress::parse_any_case(claimed.trim()).is_ok_and(|claimed| claimed == *owner),
        // Owners on chains of a later build have no text form here; deny when unsure.
        _ => false,
    }
}

fn refuse(message: impl Into<String>) -> EngineError {
    EngineError::new(ErrorCode::InvalidSignature, message)
}

fn require(condition: bool, message: &str) -> Result<(), EngineError> {
    if condition { Ok(()) } else { Err(refuse(message)) }
}
