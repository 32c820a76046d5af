//! `GET /v1/admin/status`.

use super::kill_switch::KillSwitchState;
use super::number::{Millionths, UnixSecs};
use super::schema::wire_struct;
use crate::chain::Network;
use crate::id::{TxId, WalletId};
use crate::tx::{TxStatus, TxType};

wire_struct! {
    /// Counters for the operator.
    read AdminStatusResponse {
        /// `running`.
        status: String,
        /// Version of the service.
        version: String,
        /// Newest published version; null because this build does not ask for it.
        latest_version: Option<String>,
        /// Whether a newer version is known.
        update_available: bool,
        /// Seconds since the start.
        uptime: u64,
        /// Wallets, terminated ones included.
        wallet_count: u64,
        /// Sessions that are neither revoked nor expired.
        active_session_count: u64,
        /// ACTIVE means normal operation.
        kill_switch_state: KillSwitchState,
        /// Seconds after which an admin UI should forget its password.
        admin_timeout: u64,
        /// Now, in unix seconds.
        timestamp: UnixSecs,
        /// Policies.
        policy_count: u64,
        /// Transactions of the last 24 hours.
        recent_tx_count: u64,
        /// Failed transactions of the last 24 hours.
        failed_tx_count: u64,
        /// The master password was generated at installation and has not been changed.
        auto_provisioned: bool,
        /// The five newest transactions.
        recent_transactions: Vec<RecentTransaction>,
    }
}

wire_struct! {
    /// The part of the status that a session may read.
    read SessionStatusResponse {
        /// `running`.
        status: String,
        /// Version of the service.
        version: String,
        /// Seconds since the start.
        uptime: u64,
        /// ACTIVE means normal operation.
        kill_switch_state: KillSwitchState,
        /// Now, in unix seconds.
        timestamp: UnixSecs,
    }
}

wire_struct! {
    /// The service is about to stop.
    read ShutdownResponse {
        /// Says so.
        message: String,
    }
}

wire_struct! {
    /// A transaction in short.
    read RecentTransaction {
        /// The transaction.
        id: TxId,
        /// Its wallet.
        wallet_id: WalletId,
        /// Name of the wallet.
        wallet_name: Option<String>,
        /// How the request was declared.
        tx_type as "type": TxType,
        /// Where it stands.
        status: TxStatus,
        /// Recipient or contract; null for an allowance.
        to_address: Option<String>,
        /// Smallest units.
        amount: Option<String>,
        /// Whole units with their symbol.
        formatted_amount: Option<String>,
        /// Value in US dollars when it was decided.
        amount_usd: Option<Millionths>,
        /// Network.
        network: Option<Network>,
        /// Hash on the chain.
        tx_hash: Option<String>,
        /// When it was submitted, in unix seconds.
        created_at: Option<UnixSecs>,
    }
}
