//! Transactions: what is sent, what is answered.

mod requests;
mod send;
mod simulation;
mod values;
mod would_pass;

pub use requests::{ApproveRequest, ContractCallRequest, TokenReference, TokenTransferRequest, TransferRequest};
pub use send::{ParsedSend, SendBody};
pub use simulation::{
    BalanceChange, DryRunSimulationResult, SimulatedChain, SimulatedCumulativeWarning, SimulatedFee, SimulatedPolicy,
    SimulationMeta, SimulationWarning, SimulationWarningCode, WarningSeverity,
};
pub use would_pass::{
    MissingListEntry, PassingAmount, PassingLeverage, PassingTime, PassingUsd, PassingWithOwner, WouldPass,
};

use super::number::UnixSecs;
use super::schema::wire_struct;
use crate::chain::{ChainKind, Network};
use crate::id::{TxId, WalletId};
use crate::policy::Tier;
use crate::tx::{TxStatus, TxType};

wire_struct! {
    /// A transaction was accepted.
    read TxSendResponse {
        /// The transaction.
        id: TxId,
        /// PENDING when it is executed now, QUEUED when it waits.
        status: TxStatus,
        /// How it proceeds.
        [optional] tier: Option<Tier>,
        /// When the delay window ends, in unix seconds; for tier DELAY.
        [optional] execute_at: Option<UnixSecs>,
        /// When the owner's time is over, in unix seconds; for tier APPROVAL.
        [optional] expires_at: Option<UnixSecs>,
        /// Smallest units, as it will be signed.
        [optional] amount: Option<String>,
        /// Whole units.
        [optional] amount_formatted: Option<String>,
        /// Decimal places of the amount.
        [optional] amount_decimals: Option<u8>,
        /// Ticker of the amount.
        [optional] amount_symbol: Option<String>,
        /// `human` when the amount was given in whole units.
        [optional] interpreted_as: Option<String>,
        /// Hash on the chain, when the caller waited for it.
        [optional] tx_hash: Option<String>,
    }
}

wire_struct! {
    /// A transaction.
    read TxDetailResponse {
        /// The transaction.
        id: TxId,
        /// Its wallet.
        wallet_id: WalletId,
        /// How the request was declared.
        tx_type as "type": TxType,
        /// Where it stands.
        status: TxStatus,
        /// How it proceeds; null when it was denied.
        tier: Option<Tier>,
        /// Its chain.
        chain: ChainKind,
        /// Its network.
        network: Option<Network>,
        /// Recipient or contract; null for an allowance.
        to_address: Option<String>,
        /// Who gets an allowance; absent for other types.
        [optional] spender: Option<String>,
        /// Smallest units: the amount, or the value of a contract call.
        amount: Option<String>,
        /// Hash on the chain.
        tx_hash: Option<String>,
        /// Why it failed or was refused.
        error: Option<String>,
        /// When it was submitted, in unix seconds.
        created_at: Option<UnixSecs>,
        /// Value in the display currency, when it is known.
        display_amount: Option<String>,
        /// The display currency.
        display_currency: Option<String>,
        /// Whole units.
        amount_formatted: Option<String>,
        /// Decimal places of the amount.
        amount_decimals: Option<u8>,
        /// Ticker of the amount.
        amount_symbol: Option<String>,
        /// CAIP-2 id of the network.
        [optional] chain_id: Option<String>,
        /// Name of the contract, when it is known.
        contract_name: Option<String>,
        /// Where that name comes from.
        contract_name_source: Option<String>,
        /// When its row last changed, in unix seconds.
        updated_at: Option<UnixSecs>,
        /// When the chain confirmed or rejected it, in unix seconds.
        executed_at: Option<UnixSecs>,
        /// Token contract; null for native coins.
        token_address: Option<String>,
        /// CAIP-19 id of what moves.
        [optional] asset_id: Option<String>,
        /// Fee that was paid, smallest units of the native coin.
        fee: Option<String>,
        /// Its page in a public explorer.
        explorer_url: Option<String>,
        /// When the delay window ends, in unix seconds; while it waits for that.
        [optional] execute_at: Option<UnixSecs>,
        /// When the owner's time is over, in unix seconds; while it waits for the owner.
        [optional] expires_at: Option<UnixSecs>,
    }
}

wire_struct! {
    /// A page of transactions, newest first.
    read TxListResponse {
        /// The page.
        items: Vec<TxDetailResponse>,
        /// Where the next page starts; null on the last page.
        cursor: Option<String>,
        /// Whether there is a next page.
        has_more: bool,
    }
}

wire_struct! {
    /// Transactions that are not executed yet.
    read TxPendingListResponse {
        /// Status PENDING or QUEUED.
        items: Vec<TxDetailResponse>,
    }
}

wire_struct! {
    /// The owner approved a transaction.
    read TxApproveResponse {
        /// The transaction.
        id: TxId,
        /// EXECUTING.
        status: TxStatus,
        /// When, in unix seconds.
        approved_at: UnixSecs,
    }
}

wire_struct! {
    /// A transaction was rejected.
    read TxRejectResponse {
        /// The transaction.
        id: TxId,
        /// CANCELLED.
        status: TxStatus,
        /// When, in unix seconds.
        rejected_at: UnixSecs,
    }
}

wire_struct! {
    /// A transaction was cancelled.
    read TxCancelResponse {
        /// The transaction.
        id: TxId,
        /// CANCELLED.
        status: TxStatus,
    }
}
