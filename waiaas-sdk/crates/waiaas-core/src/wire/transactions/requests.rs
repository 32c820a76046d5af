//! Bodies of send and simulate as documentation and clients see them. They are read by
//! [`SendBody::parse`](super::SendBody::parse).

use crate::chain::Network;
use crate::id::WalletId;
use crate::tx::TxType;
use crate::wire::schema::{Components, Schema, one_of, wire_struct};
use serde_json::{Map, Value};

wire_struct! {
    /// Native coin to an address. Without `type` a body is read as this.
    TransferRequest {
        /// `TRANSFER`.
        tx_type as "type": TxType = TxType::Transfer,
        /// Recipient.
        to: String,
        /// Digits are smallest units; with a decimal point they are whole units. Exactly one of `amount`
        /// and `humanAmount`.
        [optional] amount: Option<String>,
        /// Whole units as a decimal.
        [optional] human_amount: Option<String>,
        /// Text put into the transaction, at most 256 bytes, no control characters.
        [optional] memo: Option<String>,
        /// Network by name or CAIP-2 id; needed where the wallet has several.
        [optional] network: Option<Network>,
        /// Wallet; needed when the session has several.
        [optional] wallet_id: Option<WalletId>,
        /// True simulates: nothing is stored or sent.
        dry_run: bool = false,
        /// Repeating a request with the same key and body does not repeat the transaction.
        [optional] idempotency_key: Option<String>,
    }
}

wire_struct! {
    /// A fungible token to an address.
    TokenTransferRequest {
        /// `TOKEN_TRANSFER`.
        tx_type as "type": TxType,
        /// Recipient.
        to: String,
        /// Which token.
        token: TokenReference,
        /// Digits are smallest units; with a decimal point they are whole units. Exactly one of `amount`
        /// and `humanAmount`.
        [optional] amount: Option<String>,
        /// Whole units as a decimal.
        [optional] human_amount: Option<String>,
        /// Accepted and, on the EVM, not sent: a token transfer has no place for it.
        [optional] memo: Option<String>,
        /// Network by name or CAIP-2 id; follows from `token.assetId` when that is given.
        [optional] network: Option<Network>,
        /// Wallet; needed when the session has several.
        [optional] wallet_id: Option<WalletId>,
        /// True simulates: nothing is stored or sent.
        dry_run: bool = false,
        /// Repeating a request with the same key and body does not repeat the transaction.
        [optional] idempotency_key: Option<String>,
    }
}

wire_struct! {
    /// Any call of a contract. Token transfers and approvals inside the calldata are judged as such.
    ContractCallRequest {
        /// `CONTRACT_CALL`.
        tx_type as "type": TxType,
        /// The contract.
        to: String,
        /// `0x` and an even number of hexadecimal digits, at least four bytes.
        calldata: String,
        /// Native coin to send along, in smallest units.
        [optional] value: Option<String>,
        /// Accepted for the reader of logs; not used.
        [optional] abi: Option<Vec<Map<String, Value>>>,
        /// Network by name or CAIP-2 id; needed where the wallet has several.
        [optional] network: Option<Network>,
        /// Wallet; needed when the session has several.
        [optional] wallet_id: Option<WalletId>,
        /// True simulates: nothing is stored or sent.
        dry_run: bool = false,
        /// Repeating a request with the same key and body does not repeat the transaction.
        [optional] idempotency_key: Option<String>,
    }
}

wire_struct! {
    /// An allowance of a fungible token to a spender.
    ApproveRequest {
        /// `APPROVE`.
        tx_type as "type": TxType,
        /// Who may spend.
        spender: String,
        /// Which token.
        token: TokenReference,
        /// Digits are smallest units; with a decimal point they are whole units. Exactly one of `amount`
        /// and `humanAmount`.
        [optional] amount: Option<String>,
        /// Whole units as a decimal.
        [optional] human_amount: Option<String>,
        /// Network by name or CAIP-2 id; follows from `token.assetId` when that is given.
        [optional] network: Option<Network>,
        /// Wallet; needed when the session has several.
        [optional] wallet_id: Option<WalletId>,
        /// True simulates: nothing is stored or sent.
        dry_run: bool = false,
        /// Repeating a request with the same key and body does not repeat the transaction.
        [optional] idempotency_key: Option<String>,
    }
}

wire_struct! {
    /// A token, by address or by CAIP-19 id.
    TokenReference {
        /// The contract.
        [optional] address: Option<String>,
        /// Compared with the decimals that the chain tells; a difference is refused. Never used otherwise.
        [optional] decimals: Option<u8>,
        /// Ticker; not used.
        [optional] symbol: Option<String>,
        /// CAIP-19 id, for example `eip155:1/erc20:0x…`.
        [optional] asset_id: Option<String>,
    }
}

/// The schema of all bodies that send and simulate read.
pub(super) fn any_of_them() -> Value {
    one_of(vec![
        TransferRequest::reference(),
        TokenTransferRequest::reference(),
        ContractCallRequest::reference(),
        ApproveRequest::reference(),
    ])
}

pub(super) fn register_all(components: &mut Components) {
    TransferRequest::register(components);
    TokenTransferRequest::register(components);
    ContractCallRequest::register(components);
    ApproveRequest::register(components);
}
