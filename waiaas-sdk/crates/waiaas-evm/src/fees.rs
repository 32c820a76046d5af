//! What a unit of gas costs.

use crate::rpc::{Cause, Failure, Rpc};
use alloy::primitives::U256;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// Fee figures are asked for at most once in this time, whatever the load. Well below the block time of
/// Ethereum (12 s); on chains with faster blocks the doubled base fee leaves room.
pub(crate) const FEES_TTL: Duration = Duration::from_millis(1_500);

/// Lowest tip that is offered: 0.001 gwei. Some nodes propose zero, which block builders may leave out.
const TIP_FLOOR: u128 = 1_000_000;
/// Highest tip that is offered: 100 gwei, three times what Polygon asks for. A tip is paid in full, so a
/// broken or hostile node must not choose it freely.
const TIP_CAP: u128 = 100_000_000_000;
/// Above this price of gas nothing is signed: 10 000 gwei, more than any peak of Ethereum so far.
const PRICE_CEILING: u128 = 10_000_000_000_000;

/// The price of gas that a transaction offers, in wei per unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GasPrice {
    /// EIP-1559.
    Dynamic { max_fee: u128, tip: u128 },
    /// One price, for chains without a base fee.
    Legacy { price: u128 },
}

impl GasPrice {
    /// The most that one unit can cost.
    pub(crate) const fn ceiling(self) -> u128 {
        match self {
            Self::Dynamic { max_fee, .. } => max_fee,
            Self::Legacy { price } => price,
        }
    }
}

/// Why there is no price.
#[derive(Clone, Debug)]
pub(crate) enum NoPrice {
    /// The node did not say.
    Failed(Failure),
    /// The node said something that nobody should pay.
    TooHigh(u128),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    base_fee_per_gas: Option<U256>,
}

/// Asks the node.
pub(crate) async fn fetch(rpc: &Rpc) -> Result<GasPrice, NoPrice> {
    let (header, tip) = futures_util::future::join(
        rpc.read::<Option<Header>>("eth_getBlockByNumber", json!(["latest", false])),
        rpc.read::<U256>("eth_maxPriorityFeePerGas", json!([])),
    )
    .await;
    let Some(header) = header.map_err(NoPrice::Failed)? else {
        return Err(NoPrice::Failed(rpc.no_answer(Cause::Malformed)));
    };
    match (header.base_fee_per_gas, tip) {
        (Some(base), Ok(tip)) => dynamic(base, tip),
        // The method is younger than EIP-1559 and missing here and there.
        (Some(base), Err(Failure::Node(_))) => dynamic(base, gas_price(rpc).await?.saturating_sub(base)),
        (Some(_), Err(failure)) => Err(NoPrice::Failed(failure)),
        (None, _) => Ok(GasPrice::Legacy { price: sane(gas_price(rpc).await?)? }),
    }
}

async fn gas_price(rpc: &Rpc) -> Result<U256, NoPrice> {
    rpc.read("eth_gasPrice", json!([])).await.map_err(NoPrice::Failed)
}

/// Twice the base fee lasts for six full blocks in a row: each raises it by at most an eighth (EIP-1559).
fn dynamic(base: U256, proposed_tip: U256) -> Result<GasPrice, NoPrice> {
    let tip = u128::try_from(proposed_tip).unwrap_or(u128::MAX).clamp(TIP_FLOOR, TIP_CAP);
    let max_fee = sane(base.saturating_mul(U256::from(2_u8)).saturating_add(U256::from(tip)))?;
    Ok(GasPrice::Dynamic { max_fee, tip })
}

fn sane(price: U256) -> Result<u128, NoPrice> {
    let price = u128::try_from(price).unwrap_or(u128::MAX);
    if price > PRICE_CEILING { Err(NoPrice::TooHigh(price)) } else { Ok(price) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gwei(count: u128) -> u128 {
        count * 1_000_000_000
    }

    fn check(base: u128, tip: u128, expect: Option<(u128, u128)>) {
        let price = dynamic(U256::from(base), U256::from(tip)).ok();
        assert_eq!(price, expect.map(|(max_fee, tip)| GasPrice::Dynamic { max_fee, tip }), "{base} {tip}");
    }

    #[test]
    fn twice_the_base_fee_and_a_tip_within_bounds() {
        check(gwei(10), gwei(2), Some((gwei(22), gwei(2))));
        check(gwei(10), 0, Some((gwei(20) + TIP_FLOOR, TIP_FLOOR)));
        check(7, gwei(5_000), Some((14 + TIP_CAP, TIP_CAP)));
        check(0, 0, Some((TIP_FLOOR, TIP_FLOOR)));
    }

    #[test]
    fn absurd_prices_are_not_paid() {
        check(gwei(5_000), 0, None);
        check(u128::MAX, u128::MAX, None);
        assert!(matches!(sane(U256::MAX), Err(NoPrice::TooHigh(_))));
    }
}
