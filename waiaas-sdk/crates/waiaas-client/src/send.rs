//! What an agent asks for.

use crate::error::Error;
use serde::Serialize;
use waiaas_core::chain::Network;
use waiaas_core::id::WalletId;
use waiaas_core::tx::TxType;
use waiaas_core::wire::transactions::{
    ApproveRequest, ContractCallRequest, TokenReference, TokenTransferRequest, TransferRequest,
};

/// A transaction to send or to simulate. Amounts are texts: digits are smallest units (wei, token units), and with a decimal
/// point they are whole units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Send {
    /// Native coin to an address.
    Transfer(TransferRequest),
    /// A fungible token to an address.
    TokenTransfer(TokenTransferRequest),
    /// Any call of a contract.
    ContractCall(ContractCallRequest),
    /// An allowance for a spender.
    Approve(ApproveRequest),
}

/// The same member of every shape.
macro_rules! member {
    ($send:expr, $field:ident) => {
        match $send {
            Send::Transfer(request) => &mut request.$field,
            Send::TokenTransfer(request) => &mut request.$field,
            Send::ContractCall(request) => &mut request.$field,
            Send::Approve(request) => &mut request.$field,
        }
    };
}

impl Send {
    /// Native coin to an address.
    pub fn transfer(to: impl Into<String>, amount: impl Into<String>) -> Self {
        Self::Transfer(TransferRequest {
            tx_type: TxType::Transfer,
            to: to.into(),
            amount: Some(amount.into()),
            human_amount: None,
            memo: None,
            network: None,
            wallet_id: None,
            dry_run: false,
            idempotency_key: None,
        })
    }

    /// A fungible token to an address; `token` is its contract or its CAIP-19 id.
    pub fn token_transfer(token: impl Into<String>, to: impl Into<String>, amount: impl Into<String>) -> Self {
        Self::TokenTransfer(TokenTransferRequest {
            tx_type: TxType::TokenTransfer,
            to: to.into(),
            token: token_reference(token.into()),
            amount: Some(amount.into()),
            human_amount: None,
            memo: None,
            network: None,
            wallet_id: None,
            dry_run: false,
            idempotency_key: None,
        })
    }

    /// A call of a contract with calldata (`0x…`).
    pub fn contract_call(to: impl Into<String>, calldata: impl Into<String>) -> Self {
        Self::ContractCall(ContractCallRequest {
            tx_type: TxType::ContractCall,
            to: to.into(),
            calldata: calldata.into(),
            value: None,
            abi: None,
            network: None,
            wallet_id: None,
            dry_run: false,
            idempotency_key: None,
        })
    }

    /// An allowance; `token` is its contract or its CAIP-19 id.
    pub fn approve(token: impl Into<String>, spender: impl Into<String>, amount: impl Into<String>) -> Self {
        Self::Approve(ApproveRequest {
            tx_type: TxType::Approve,
            spender: spender.into(),
            token: token_reference(token.into()),
            amount: Some(amount.into()),
            human_amount: None,
            network: None,
            wallet_id: None,
            dry_run: false,
            idempotency_key: None,
        })
    }

    /// On which network, by name or CAIP-2 id.
    ///
    /// # Errors
    /// [`Error::Usage`] for a network that does not exist.
    pub fn on(mut self, network: &str) -> Result<Self, Error> {
        let network = Network::parse(network).map_err(|error| Error::Usage(format!("`{network}`: {error}")))?;
        *member!(&mut self, network) = Some(network);
        Ok(self)
    }

    /// From which wallet, when the session has several.
    #[must_use]
    pub fn from(mut self, wallet: WalletId) -> Self {
        *member!(&mut self, wallet_id) = Some(wallet);
        self
    }

    /// The caller's own idempotency key. Without one every call of [`send`](crate::Transactions::send) makes its own.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        *member!(&mut self, idempotency_key) = Some(key.into());
        self
    }

    /// Takes the key out: it travels in the header.
    pub(crate) fn take_key(&mut self) -> Option<String> {
        member!(self, idempotency_key).take()
    }

    /// Whether the server is asked only to simulate.
    pub(crate) fn set_dry_run(&mut self, dry_run: bool) {
        *member!(self, dry_run) = dry_run;
    }
}

fn token_reference(token: String) -> TokenReference {
    let empty = TokenReference { address: None, decimals: None, symbol: None, asset_id: None };
    if token.contains('/') {
        TokenReference { asset_id: Some(token), ..empty }
    } else {
        TokenReference { address: Some(token), ..empty }
    }
}
