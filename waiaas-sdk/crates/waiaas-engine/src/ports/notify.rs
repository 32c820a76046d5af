//! Notices to people.

use async_trait::async_trait;
use waiaas_core::id::{TxId, WalletId};

/// Something that an operator or owner should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which kind, by its wire name (`interfaces.md` section 5.3).
    pub event: NoticeEvent,
    /// The wallet it is about.
    pub wallet: Option<WalletId>,
    /// The transaction it is about.
    pub tx: Option<TxId>,
    /// Facts for the message, by name.
    pub details: serde_json::Value,
}

/// Kinds of notices that this build raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoticeEvent {
    /// A transaction of tier NOTIFY was accepted and proceeds at once.
    TxNotify,
    /// A transaction is in its delay window.
    TxQueued,
    /// A transaction waits for the owner.
    TxApprovalRequired,
    /// A transaction was refused by policy.
    PolicyViolation,
    /// A transaction is on chain.
    TxConfirmed,
    /// A transaction failed.
    TxFailed,
    /// 80 % or more of a cumulative limit is used.
    CumulativeLimitWarning,
    /// The kill switch was thrown.
    KillSwitchActivated,
    /// The service works again.
    KillSwitchRecovered,
}

impl NoticeEvent {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TxNotify => "TX_NOTIFY",
            Self::TxQueued => "TX_QUEUED",
            Self::TxApprovalRequired => "TX_APPROVAL_REQUIRED",
            Self::PolicyViolation => "POLICY_VIOLATION",
            Self::TxConfirmed => "TX_CONFIRMED",
            Self::TxFailed => "TX_FAILED",
            Self::CumulativeLimitWarning => "CUMULATIVE_LIMIT_WARNING",
            Self::KillSwitchActivated => "KILL_SWITCH_ACTIVATED",
            Self::KillSwitchRecovered => "KILL_SWITCH_RECOVERED",
        }
    }
}

/// Delivers notices. Delivery is best effort and never changes what happens to a transaction: the audit
/// log, not this port, is the record.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Takes one notice. Implementations queue or log their own failures.
    async fn notify(&self, notice: Notice);
}
