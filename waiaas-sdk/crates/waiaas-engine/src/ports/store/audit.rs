//! The audit log: append-only, written in the same transaction as what it records.

use super::StoreError;
use async_trait::async_trait;
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::time::UnixMillis;

macro_rules! audit_events {
    ($($(#[$doc:meta])* $variant:ident => $text:literal,)*) => {
        /// What happened. Wire names as in `security.md` section 9; the ones that the original lacks are
        /// additions, which its clients ignore.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum AuditEvent { $($(#[$doc])* $variant,)* }

        impl AuditEvent {
            /// The wire name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads a wire name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

audit_events! {
    /// A wallet and its key were made.
    WalletCreated => "WALLET_CREATED",
    /// A wallet was stopped.
    WalletSuspended => "WALLET_SUSPENDED",
    /// A wallet was started again.
    WalletResumed => "WALLET_RESUMED",
    /// A wallet was ended for good.
    WalletTerminated => "WALLET_TERMINATED",
    /// A wallet got another name.
    WalletRenamed => "WALLET_RENAMED",
    /// An owner address was registered.
    OwnerRegistered => "OWNER_REGISTERED",
    /// The owner proved the key.
    OwnerVerified => "OWNER_VERIFIED",
    /// A session was made.
    SessionCreated => "SESSION_CREATED",
    /// A session got a new token and more time.
    SessionRenewed => "SESSION_RENEWED",
    /// A session got a new token.
    SessionRotated => "SESSION_ROTATED",
    /// A session was ended.
    SessionRevoked => "SESSION_REVOKED",
    /// A policy row was made.
    PolicyCreated => "POLICY_CREATED",
    /// A policy row was changed.
    PolicyUpdated => "POLICY_UPDATED",
    /// A policy row was removed.
    PolicyDeleted => "POLICY_DELETED",
    /// A request passed the policy.
    TxAccepted => "TX_ACCEPTED",
    /// A request was refused by policy.
    PolicyDenied => "POLICY_DENIED",
    /// A transaction is about to be sent; the signature exists.
    TxSigned => "TX_SIGNED",
    /// A node took a transaction.
    TxSubmitted => "TX_SUBMITTED",
    /// A transaction is on chain.
    TxConfirmed => "TX_CONFIRMED",
    /// A transaction failed.
    TxFailed => "TX_FAILED",
    /// A held transaction was withdrawn.
    TxCancelled => "TX_CANCELLED",
    /// The owner approved.
    TxApproved => "TX_APPROVED",
    /// The owner (or an operator) rejected.
    TxRejected => "TX_REJECTED",
    /// The owner did not decide in time.
    TxExpired => "TX_EXPIRED",
    /// A gap in the sequence numbers of an account was closed by an empty transaction.
    SequenceRepaired => "SEQUENCE_REPAIRED",
    /// The kill switch was thrown.
    KillSwitchActivated => "KILL_SWITCH_ACTIVATED",
    /// The kill switch was locked.
    KillSwitchEscalated => "KILL_SWITCH_ESCALATED",
    /// Normal operation again.
    KillSwitchRecovered => "KILL_SWITCH_RECOVERED",
    /// A wrong master password.
    MasterAuthFailed => "MASTER_AUTH_FAILED",
    /// An owner signature was refused.
    OwnerAuthFailed => "OWNER_AUTH_FAILED",
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Ordinary.
    Info,
    /// Worth a look.
    Warning,
    /// Worth waking somebody.
    Critical,
}

impl Severity {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// Reads a wire name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Critical].into_iter().find(|severity| severity.as_str() == text)
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Actor {
    /// Somebody with the master password.
    Master,
    /// An agent's session.
    Session(SessionId),
    /// The owner of the wallet, by signature.
    Owner,
    /// The service itself.
    System,
    /// Somebody who could not prove who they are.
    Unknown,
}

impl core::fmt::Display for Actor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Master => f.write_str("master"),
            Self::Session(id) => write!(f, "session:{id}"),
            Self::Owner => f.write_str("owner"),
            Self::System => f.write_str("system"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// One entry to append.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// When.
    pub at: UnixMillis,
    /// What.
    pub event: AuditEvent,
    /// Who.
    pub actor: Actor,
    /// How bad.
    pub severity: Severity,
    /// The wallet concerned.
    pub wallet: Option<WalletId>,
    /// The session concerned.
    pub session: Option<SessionId>,
    /// The transaction concerned.
    pub tx: Option<TxId>,
    /// Facts; never secrets.
    pub details: serde_json::Value,
}

/// An entry as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    /// Position in the log, ascending from 1.
    pub id: i64,
    /// When.
    pub at: UnixMillis,
    /// Wire name of the event.
    pub event: String,
    /// Text form of the actor.
    pub actor: String,
    /// How bad.
    pub severity: Severity,
    /// The wallet concerned.
    pub wallet: Option<WalletId>,
    /// The session concerned.
    pub session: Option<SessionId>,
    /// The transaction concerned.
    pub tx: Option<TxId>,
    /// Facts.
    pub details: serde_json::Value,
}

/// The log by itself, for what changes no other row.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends `entries` in order, all or none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn append(&self, entries: &[AuditEntry]) -> Result<(), StoreError>;

    /// At most `limit` entries with an id below `before` (or the newest), newest first, optionally of
    /// one transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn entries(&self, tx: Option<TxId>, before: Option<i64>, limit: u32) -> Result<Vec<AuditRecord>, StoreError>;
}
