//! Prices that somebody set.

use crate::ports::prices::{PriceOracle, Quote};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use waiaas_core::chain::AssetId;
use waiaas_core::money::Price;
use waiaas_core::policy::PriceFact;
use waiaas_core::time::UnixMillis;

/// A price list kept by hand. Its prices do not age; assets that are not in it have no quote.
#[derive(Debug, Default)]
pub struct FixedPrices(Mutex<BTreeMap<AssetId, PriceFact>>);

impl FixedPrices {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From here on `asset` costs `price`.
    pub fn set(&self, asset: AssetId, price: Price) {
        self.set_fact(asset, PriceFact::Known(price));
    }

    /// From here on this is what is known about the price of `asset`.
    pub fn set_fact(&self, asset: AssetId, fact: PriceFact) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(asset, fact);
    }

    /// From here on there is no quote for `asset`.
    pub fn remove(&self, asset: AssetId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&asset);
    }
}

#[async_trait]
impl PriceOracle for FixedPrices {
    async fn quotes(&self, assets: &[AssetId], now: UnixMillis) -> BTreeMap<AssetId, Quote> {
        let list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        assets
            .iter()
            .filter_map(|asset| {
                let fact = *list.get(asset)?;
                Some((*asset, Quote { fact, source: "fixed".to_owned(), as_of: now }))
            })
            .collect()
    }
}
