//! `[oracle]`: prices.

use super::layers::Raw;
use super::read::Outcome;
use super::section::section;
use std::collections::BTreeMap;
use toml::Value;
use waiaas_sdk::core::chain::AssetId;
use waiaas_sdk::core::money::Price;

section! {
    /// Prices.
    Oracle in "oracle" {
        /// Fixed prices in US dollars: `[oracle.fixed]` with CAIP-19 asset ids as keys and decimal
        /// strings as values. They win over every other source.
        fixed: BTreeMap<AssetId, Price> = BTreeMap::new(), fixed, "{ \"eip155:11155111/slip44:60\" = \"2000\" }";
    }
}

fn fixed(raw: &Raw) -> Outcome<BTreeMap<AssetId, Price>> {
    let shape = || "must be a table of CAIP-19 ids and decimal strings".to_owned();
    let entries: BTreeMap<String, String> = match raw {
        Raw::Toml(Value::Table(table)) => table
            .iter()
            .map(|(id, price)| Ok((id.clone(), price.as_str().ok_or_else(shape)?.to_owned())))
            .collect::<Outcome<_>>()?,
        Raw::Text(text) => serde_json::from_str(text).map_err(|_| shape())?,
        Raw::Toml(_) => return Err(shape()),
    };
    entries
        .into_iter()
        .map(|(id, price)| {
            let asset = AssetId::parse(&id).map_err(|error| format!("has the key `{id}`: {error}"))?;
            let price = Price::parse(&price).map_err(|error| format!("has the price `{price}` for `{id}`: {error}"))?;
            Ok((asset, price))
        })
        .collect()
}
