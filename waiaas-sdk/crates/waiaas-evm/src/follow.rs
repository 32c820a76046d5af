//! What became of a transaction, and which nonces are used.

use crate::EvmAdapter;
use crate::abi::account;
use crate::rpc::Cause;
use alloy::primitives::{B256, U64, U256};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use waiaas_core::address::Address;
use waiaas_core::money::BaseUnits;
use waiaas_engine::ports::chain::{ChainError, Inclusion, SequenceState};

/// The height of the chain is asked for at most once in this time: a tick over many transactions counts
/// all their confirmations from one height.
pub(crate) const HEAD_TTL: Duration = Duration::from_millis(500);

/// The fields of a receipt that matter here; lenient about everything else, because chains add their own
/// transaction types and fields.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    block_number: Option<U64>,
    status: Option<U64>,
    gas_used: U256,
    effective_gas_price: Option<U256>,
    /// OP stack: what publishing the bytes cost, beside the gas.
    l1_fee: Option<U256>,
}

/// Looks for a transaction.
pub(crate) async fn find(adapter: &EvmAdapter, hash: B256) -> Result<Inclusion, ChainError> {
    adapter.ready().await?;
    let receipt = adapter.rpc.read::<Option<Receipt>>("eth_getTransactionReceipt", json!([hash])).await;
    if let Some(receipt) = receipt.map_err(|failure| adapter.unreachable(failure))? {
        return included(adapter, &receipt).await;
    }
    let known = adapter.rpc.read::<Option<Value>>("eth_getTransactionByHash", json!([hash])).await;
    match known.map_err(|failure| adapter.unreachable(failure))? {
        Some(_) => Ok(Inclusion::Pending),
        None => Ok(Inclusion::Unknown),
    }
}

async fn included(adapter: &EvmAdapter, receipt: &Receipt) -> Result<Inclusion, ChainError> {
    // Some nodes give a receipt for the block that they are building.
    let Some(block) = receipt.block_number.map(|block| block.to::<u64>()) else { return Ok(Inclusion::Pending) };
    // A receipt that does not say whether it worked is no receipt.
    let (Some(status), Some(price)) = (receipt.status, receipt.effective_gas_price) else {
        return Err(adapter.unreachable(adapter.rpc.no_answer(Cause::Malformed)));
    };
    let head = adapter.head.get(adapter.rpc.read::<U64>("eth_blockNumber", json!([]))).await;
    let head = head.map_err(|failure| adapter.unreachable(failure))?.to::<u64>();
    let fee = receipt.gas_used.saturating_mul(price).saturating_add(receipt.l1_fee.unwrap_or_default());
    Ok(Inclusion::Included {
        success: status == U64::from(1),
        block,
        // The height may be a moment older than the receipt.
        confirmations: head.saturating_sub(block).saturating_add(1),
        fee: BaseUnits::new(fee),
    })
}

/// Asks for both counts.
pub(crate) async fn sequence(adapter: &EvmAdapter, owner: &Address) -> Result<SequenceState, ChainError> {
    let owner = account(owner)?;
    adapter.ready().await?;
    let count = |block: &'static str| adapter.rpc.read::<U64>("eth_getTransactionCount", json!([owner, block]));
    let (confirmed, pending) = futures_util::future::try_join(count("latest"), count("pending"))
        .await
        .map_err(|failure| adapter.unreachable(failure))?;
    let confirmed = confirmed.to::<u64>();
    // The two answers may come from two machines behind one address.
    Ok(SequenceState { confirmed, pending: pending.to::<u64>().max(confirmed) })
}
