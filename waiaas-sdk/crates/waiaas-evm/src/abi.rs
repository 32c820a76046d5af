//! Contract interfaces, and the call that each kind of transaction makes.

use alloy::primitives::{Address as Account, B256, Bytes, U256, address};
use alloy::sol_types::SolCall;
use serde_json::{Value, json};
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::tx::Tx;
use waiaas_engine::ports::chain::ChainError;

/// Solidity interfaces: ERC-20, the standard token errors of ERC-6093, Multicall3, and the fee oracle
/// that the OP stack deploys at genesis.
pub(crate) mod interfaces {
    #![allow(missing_docs, clippy::as_conversions, clippy::indexing_slicing, reason = "generated code")]

    alloy::sol! {
        function transfer(address to, uint256 amount) external returns (bool);
        function approve(address spender, uint256 amount) external returns (bool);
        function balanceOf(address owner) external view returns (uint256);
        function decimals() external view returns (uint8);
        function symbol() external view returns (string);
        function name() external view returns (string);

        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);

        struct Call3 { address target; bool allowFailure; bytes callData; }
        struct Result3 { bool success; bytes returnData; }
        function aggregate3(Call3[] calls) external payable returns (Result3[] results);

        function getL1FeeUpperBound(uint256 unsignedSize) external view returns (uint256);
    }
}

/// Multicall3, at the same address on every chain that has it (`pipeline.md` section 6.1).
pub(crate) const MULTICALL3: Account = address!("cA11bde05977b3631167028862bE2a173976CA11");
/// `GasPriceOracle`, predeployed on every OP-stack chain.
pub(crate) const OP_GAS_ORACLE: Account = address!("420000000000000000000000000000000000000F");

/// What the outer transaction does, before gas and fees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) from: Account,
    pub(crate) to: Account,
    pub(crate) value: U256,
    pub(crate) data: Bytes,
    /// What must hold besides "it does not revert".
    pub(crate) demand: Demand,
}

/// What must hold for a call to have the effect that its kind promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Nothing more.
    None,
    /// The contract answers `true` or nothing: old tokens answer `false` instead of reverting, and such a
    /// transaction would be confirmed without having moved anything.
    TokenAgrees,
    /// There is no code at the recipient: a memo is calldata, and to a contract it would be a call that
    /// nobody judged as one.
    NoCode,
}

impl Call {
    pub(crate) fn of(network: Network, from: &Address, tx: &Tx) -> Result<Self, ChainError> {
        let from = account(from)?;
        let call = |to, value, data: Vec<u8>, demand| Self { from, to, value, data: data.into(), demand };
        match tx {
            Tx::Transfer { to, amount, memo: None } => Ok(call(account(to)?, amount.get(), vec![], Demand::None)),
            Tx::Transfer { to, amount, memo: Some(memo) } => {
                Ok(call(account(to)?, amount.get(), memo.clone().into_bytes(), Demand::NoCode))
            }
            Tx::TokenTransfer { to, asset, amount } => {
                let data = interfaces::transferCall { to: account(to)?, amount: amount.get() }.abi_encode();
                Ok(call(token(network, asset)?, U256::ZERO, data, Demand::TokenAgrees))
            }
            Tx::Approve { spender, asset, amount } => {
                let data = interfaces::approveCall { spender: account(spender)?, amount: amount.get() }.abi_encode();
                Ok(call(token(network, asset)?, U256::ZERO, data, Demand::TokenAgrees))
            }
            Tx::ContractCall { to, calldata, value } => {
                Ok(call(account(to)?, value.get(), calldata.clone(), Demand::None))
            }
        }
    }

    /// Nothing to oneself.
    pub(crate) fn noop(from: &Address) -> Result<Self, ChainError> {
        let from = account(from)?;
        Ok(Self { from, to: from, value: U256::ZERO, data: Bytes::new(), demand: Demand::None })
    }

    /// The call object of `eth_call` and `eth_estimateGas`. No fee fields: the balance is checked apart,
    /// and with them nodes answer "gas required exceeds allowance" for what is a lack of funds.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "from": self.from, "to": self.to, "value": self.value, "data": self.data })
    }
}

/// A read-only call of `contract`.
pub(crate) fn view(contract: Account, call: &impl SolCall) -> Value {
    json!([{ "to": contract, "data": Bytes::from(call.abi_encode()) }, "latest"])
}

/// The 20 bytes of an EVM address.
pub(crate) fn account(address: &Address) -> Result<Account, ChainError> {
    match address {
        Address::Evm(address) => Ok(Account::from(*address.as_bytes())),
        _ => Err(ChainError::Refused("the address is not an EVM address".to_owned())),
    }
}

/// The address type of the core.
pub(crate) fn core_address(account: Account) -> Address {
    Address::Evm(EvmAddress::from_bytes(account.into_array()))
}

fn token(network: Network, asset: &AssetId) -> Result<Account, ChainError> {
    if asset.network() != network {
        return Err(ChainError::Refused(format!("asset `{asset}` does not live on `{network}`")));
    }
    let token = asset.token_address();
    account(&token.ok_or_else(|| ChainError::Refused(format!("asset `{asset}` is not a token")))?)
}

/// A transaction hash in its text form, `0x` and 64 digits.
pub(crate) fn parse_hash(text: &str) -> Result<B256, ChainError> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64);
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| ChainError::Refused("expected a transaction hash: `0x` and 64 hexadecimal digits".to_owned()))
}

#[cfg(test)]
mod tests;
