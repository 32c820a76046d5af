//! Drafting: simulation, gas, fees, and whether the account can pay.

use crate::EvmAdapter;
use crate::abi::{Call, Demand, OP_GAS_ORACLE, core_address, interfaces, view};
use crate::encoding::template;
use crate::fees::GasPrice;
use crate::revert;
use crate::rpc::{Failure, NodeError};
use alloy::primitives::{Bytes, U256};
use alloy::sol_types::SolCall;
use futures_util::future::join4;
use serde_json::json;
use waiaas_core::address::Address;
use waiaas_core::chain::Network;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;
use waiaas_engine::ports::chain::{ChainError, Draft};

/// Gas of a transfer that runs no code (Yellow Paper, appendix G: G_transaction).
const PLAIN_TRANSFER_GAS: u64 = 21_000;
/// Most gas of one transaction on Ethereum since the Osaka fork (EIP-7825: 2^24). The margin does not push
/// an estimate below it above it.
const TX_GAS_CAP: u64 = 16_777_216;
/// Bytes that the signature and the RLP headers add to a payload, rounded up.
const SIGNATURE_BYTES: usize = 80;

/// Drafts `tx`.
pub(crate) async fn draft(adapter: &EvmAdapter, from: &Address, tx: &Tx) -> Result<Draft, ChainError> {
    drafted(adapter, Call::of(adapter.network, from, tx)?).await
}

/// Drafts zero to oneself.
pub(crate) async fn noop(adapter: &EvmAdapter, account: &Address) -> Result<Draft, ChainError> {
    drafted(adapter, Call::noop(account)?).await
}

async fn drafted(adapter: &EvmAdapter, call: Call) -> Result<Draft, ChainError> {
    adapter.ready().await?;
    let balance = adapter.rpc.read::<U256>("eth_getBalance", json!([call.from, "latest"]));
    let estimate = adapter.rpc.read::<U256>("eth_estimateGas", json!([call.to_json(), "latest"]));
    let (price, balance, estimate, demand) =
        join4(adapter.gas_price(), balance, estimate, check_demand(adapter, &call)).await;
    let price = price?;
    let balance = balance.map_err(|failure| adapter.unreachable(failure))?;
    // Looked at before the simulation: nodes word a lack of funds in many ways, the number is one.
    if balance < call.value {
        return Err(insufficient(adapter.network, balance, call.value));
    }
    demand?;
    let gas = gas_limit(estimate.map_err(|failure| simulation_failed(adapter, failure))?, &call)?;
    let template = template(adapter.chain_id, &call, gas, price);
    let max_fee = max_fee(adapter, gas, price, template.len()).await?;
    let needed = call.value.checked_add(max_fee).ok_or_else(|| insufficient(adapter.network, balance, U256::MAX))?;
    if balance < needed {
        return Err(insufficient(adapter.network, balance, needed));
    }
    Ok(Draft {
        from: core_address(call.from),
        max_fee: BaseUnits::new(max_fee),
        value: BaseUnits::new(call.value),
        template,
    })
}

/// The estimate and a fifth (`pipeline.md` section 6.1: 120/100), because state moves between now and
/// inclusion. Exactly the intrinsic gas means that no code runs, and then there is nothing to vary. (Not
/// derived from "the recipient has no code": on Arbitrum a plain transfer costs more than 21000.)
fn gas_limit(estimate: U256, call: &Call) -> Result<u64, ChainError> {
    let too_large = || ChainError::Refused(format!("the node estimates {estimate} gas; no block holds that"));
    let estimate = u64::try_from(estimate).map_err(|_| too_large())?;
    if estimate == PLAIN_TRANSFER_GAS && call.data.is_empty() {
        return Ok(estimate);
    }
    let limit = estimate.checked_mul(120).ok_or_else(too_large)? / 100;
    Ok(if estimate <= TX_GAS_CAP { limit.min(TX_GAS_CAP) } else { limit })
}

async fn max_fee(adapter: &EvmAdapter, gas: u64, price: GasPrice, size: usize) -> Result<U256, ChainError> {
    // 64 and 128 bits: the product fits into 256.
    let execution = U256::from(gas).saturating_mul(U256::from(price.ceiling()));
    Ok(execution.saturating_add(data_fee(adapter, size).await?))
}

/// OP-stack chains charge for publishing the transaction's bytes, beside the gas. The oracle's upper bound
/// is doubled, as the base fee is. Zero elsewhere; Arbitrum puts this into the gas.
async fn data_fee(adapter: &EvmAdapter, size: usize) -> Result<U256, ChainError> {
    if !is_op_stack(adapter.network) {
        return Ok(U256::ZERO);
    }
    let size = U256::from(size.saturating_add(SIGNATURE_BYTES));
    let call = interfaces::getL1FeeUpperBoundCall { unsignedSize: size };
    match adapter.rpc.read::<Bytes>("eth_call", view(OP_GAS_ORACLE, &call)).await {
        Ok(answer) => {
            // No oracle (a local chain with this id): nothing is charged either.
            let bound = interfaces::getL1FeeUpperBoundCall::abi_decode_returns(&answer).unwrap_or_default();
            Ok(bound.saturating_mul(U256::from(2_u8)))
        }
        Err(Failure::Node(error)) if error.is_execution_failure() => Ok(U256::ZERO),
        Err(failure) => Err(adapter.unreachable(failure)),
    }
}

const fn is_op_stack(network: Network) -> bool {
    matches!(network, Network::OptimismMainnet | Network::OptimismSepolia | Network::BaseMainnet | Network::BaseSepolia)
}

async fn check_demand(adapter: &EvmAdapter, call: &Call) -> Result<(), ChainError> {
    match call.demand {
        Demand::None => Ok(()),
        Demand::TokenAgrees => {
            let params = json!([call.to_json(), "latest"]);
            let answer = adapter.rpc.read::<Bytes>("eth_call", params).await;
            let answer = answer.map_err(|failure| simulation_failed(adapter, failure))?;
            if !answer.is_empty() && answer.iter().all(|byte| *byte == 0) {
                return Err(ChainError::WouldRevert("the token contract answers `false`".to_owned()));
            }
            Ok(())
        }
        Demand::NoCode => {
            let code = adapter.rpc.read::<Bytes>("eth_getCode", json!([call.to, "latest"])).await;
            if !code.map_err(|failure| adapter.unreachable(failure))?.is_empty() {
                // DIFFERS: the original sends it. There a memo to a contract is a contract call that no
                // policy for contract calls has seen.
                return Err(ChainError::Refused("a memo cannot be sent to a contract: it would be a call".to_owned()));
            }
            Ok(())
        }
    }
}

/// DIFFERS: the original reports every failed simulation, even a timeout, as a revert; here only what the
/// EVM itself said is one.
fn simulation_failed(adapter: &EvmAdapter, failure: Failure) -> ChainError {
    match failure {
        Failure::Node(error) if error.says("insufficient funds") && error.revert_data.is_none() => {
            ChainError::InsufficientBalance(error.message)
        }
        Failure::Node(error) if error.revert_data.is_some() || error.is_execution_failure() => {
            ChainError::WouldRevert(revert::reason(&error))
        }
        Failure::Node(error @ NodeError { .. }) if !error.is_temporary() => {
            ChainError::Refused(format!("the node refused the simulation: {error}"))
        }
        failure => adapter.unreachable(failure),
    }
}

fn insufficient(network: Network, balance: U256, needed: U256) -> ChainError {
    let shown = |amount| BaseUnits::new(amount).to_human(network.native_decimals());
    let (balance, needed, symbol) = (shown(balance), shown(needed), network.native_symbol());
    ChainError::InsufficientBalance(format!(
        "the account holds {balance} {symbol}; amount and highest fee need {needed} {symbol}"
    ))
}
