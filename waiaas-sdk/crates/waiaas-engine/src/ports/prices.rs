//! Prices.

use async_trait::async_trait;
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::policy::PriceFact;
use waiaas_core::time::UnixMillis;

/// What a source says about one asset, and what a decision records of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The price, or why there is none.
    pub fact: PriceFact,
    /// Which source, for the record: `fixed`, `pyth`, …
    pub source: String,
    /// The source's own timestamp of the price.
    pub as_of: UnixMillis,
}

/// Tells prices. Implementations apply their age limit: a price that is too old is
/// [`PriceFact::Unavailable`].
#[async_trait]
pub trait PriceOracle: Send + Sync {
    /// Quotes for `assets`. Missing entries count as unavailable; this never fails, because "no price"
    /// is an answer that the policy engine knows how to treat.
    async fn quotes(&self, assets: &[AssetId], now: UnixMillis) -> BTreeMap<AssetId, Quote>;
}
