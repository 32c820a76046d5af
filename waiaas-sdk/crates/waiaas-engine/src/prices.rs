//! Prices that the operator writes down: stablecoins, test networks, demos.

use crate::ports::prices::{PriceOracle, Quote};
use async_trait::async_trait;
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::money::Price;
use waiaas_core::policy::PriceFact;
use waiaas_core::time::UnixMillis;

/// A table of fixed prices (decision D11). It has no source to fail and nothing to grow old: an asset is
/// in the table or it has no price.
#[derive(Clone, Debug, Default)]
pub struct FixedPrices {
    table: BTreeMap<AssetId, Price>,
}

impl FixedPrices {
    /// Wraps a table.
    #[must_use]
    pub const fn new(table: BTreeMap<AssetId, Price>) -> Self {
        Self { table }
    }
}

#[async_trait]
impl PriceOracle for FixedPrices {
    async fn quotes(&self, assets: &[AssetId], now: UnixMillis) -> BTreeMap<AssetId, Quote> {
        assets
            .iter()
            .map(|asset| {
                let fact = self.table.get(asset).map_or(PriceFact::NotListed, |price| PriceFact::Known(*price));
                (*asset, Quote { fact, source: "fixed".to_owned(), as_of: now })
            })
            .collect()
    }
}
