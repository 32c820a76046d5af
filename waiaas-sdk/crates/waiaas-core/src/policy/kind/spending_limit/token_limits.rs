//! Limits per asset, in whole units of the asset.

use super::thresholds::Thresholds;
use crate::chain::{AssetId, ChainKind};
use crate::money::{BaseUnits, Decimal, power_of_ten, small_power_of_ten};
use crate::policy::Tier;
use crate::policy::frozen::FrozenMap;
use crate::policy::rules::{Issues, Node};
use ruint::aliases::U256;
use std::collections::BTreeMap;

/// The `token_limits` map of a row.
#[derive(Clone, Debug, Default)]
pub(super) struct TokenLimits {
    by_asset: FrozenMap<AssetId, Thresholds<HumanLimit>>,
    by_chain: BTreeMap<ChainKind, Thresholds<HumanLimit>>,
    native: Option<Thresholds<HumanLimit>>,
}

/// A limit in whole units: `digits / 10^places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct HumanLimit {
    digits: U256,
    places: usize,
}

impl TokenLimits {
    /// Reads the map. Keys: `native`, `native:<chain>`, CAIP-19.
    pub(super) fn read(node: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let mut limits = Self::default();
        let mut by_asset = BTreeMap::new();
        for (key, entry) in node.object(issues)?.members() {
            let thresholds = read_thresholds(&entry, issues)?;
            let replaced = if key == "native" {
                limits.native.replace(thresholds)
            } else if let Some(chain) = key.strip_prefix("native:").and_then(ChainKind::parse) {
                limits.by_chain.insert(chain, thresholds)
            } else if !AssetId::has_caip19_syntax(key) {
                issues.add(&entry, KEYS);
                return None;
            } else if let Ok(asset) = AssetId::parse(key) {
                by_asset.insert(asset, thresholds)
            } else {
                // An asset that this build does not know cannot be moved by it either.
                continue;
            };
            if replaced.is_some() {
                issues.add(&entry, "another key names the same asset");
            }
        }
        // The keys are distinct already.
        limits.by_asset = FrozenMap::collect(by_asset, |_, _| ());
        Some(limits)
    }

    /// The tier of an amount by the limits of its asset: of its own CAIP-19 key, else, for a native coin, of its chain,
    /// else of `native`. What lies below one smallest unit of a limit is cut off.
    pub(super) fn tier(&self, asset: AssetId, decimals: u8, amount: BaseUnits) -> Option<Tier> {
        let within = |limit: &HumanLimit| amount <= limit.in_smallest_units(decimals);
        self.find(asset).map(|limits| limits.tier_by(within))
    }

    /// Whether some key names the asset.
    pub(super) fn cover(&self, asset: AssetId) -> bool {
        self.find(asset).is_some()
    }

    fn find(&self, asset: AssetId) -> Option<&Thresholds<HumanLimit>> {
        let native = || {
            let by_chain = || self.by_chain.get(&asset.network().chain());
            if asset.is_native() { by_chain().or(self.native.as_ref()) } else { None }
        };
        self.by_asset.get(&asset).or_else(native)
    }
}

const KEYS: &str = "expected a key `native`, `native:solana`, `native:ethereum`, `native:ripple` or a CAIP-19 asset id";

fn read_thresholds(entry: &Node<'_>, issues: &mut Issues) -> Option<Thresholds<HumanLimit>> {
    let entry = entry.object(issues)?;
    let nodes = super::rules::THRESHOLDS.map(|name| entry.required(name, issues));
    let [instant, notify, delay] = nodes.clone().map(|node| HumanLimit::read(&node?, issues));
    let thresholds = Thresholds { instant: Some(instant?), notify: Some(notify?), delay: Some(delay?) };
    // Compared at the finest scale that any of the three uses.
    let scale = [instant, notify, delay].into_iter().flatten().map(|limit| limit.places).max().unwrap_or(0);
    let at_one_scale = thresholds.map(|limit| limit.scaled(scale));
    super::rules::check_order(&at_one_scale, &nodes, issues);
    Some(thresholds)
}

impl HumanLimit {
    fn read(node: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let text = node.text(issues)?;
        let parsed = Decimal::parse(text).map_err(|error| error.to_string()).and_then(|decimal| {
            let places = decimal.fraction_digits();
            let scale = u8::try_from(places).map_err(|_| TOO_LONG.to_owned())?;
            let digits = decimal.scaled_digits(scale).map_err(|error| error.to_string())?;
            let digits = U256::from_str_radix(&digits, 10).map_err(|_| TOO_LONG.to_owned())?;
            Ok(Self { digits, places })
        });
        parsed
            .map_err(|reason| issues.add(node, format!("expected an amount in whole units, as a string: {reason}")))
            .ok()
    }

    fn in_smallest_units(self, decimals: u8) -> BaseUnits {
        BaseUnits::new(self.scaled(usize::from(decimals)))
    }

    /// `floor(limit × 10^scale)`, stopping at 2^256 − 1, which no amount exceeds.
    fn scaled(self, scale: usize) -> U256 {
        self.scaled_short(scale).map_or_else(|| self.scaled_long(scale), U256::from)
    }

    /// The same in 128 bits; `None` when something does not fit, and for the rare limit with more places than its asset.
    fn scaled_short(self, scale: usize) -> Option<u128> {
        let factor = small_power_of_ten(scale.checked_sub(self.places)?)?;
        u128::try_from(self.digits).ok()?.checked_mul(factor)
    }

    fn scaled_long(self, scale: usize) -> U256 {
        if scale >= self.places {
            let factor = power_of_ten(scale.saturating_sub(self.places));
            match factor.and_then(|factor| self.digits.checked_mul(factor)) {
                Some(scaled) => scaled,
                None if self.digits.is_zero() => U256::ZERO,
                None => U256::MAX,
            }
        } else {
            // A divisor above 2^256 leaves nothing.
            let divisor = power_of_ten(self.places.saturating_sub(scale));
            divisor.and_then(|divisor| self.digits.checked_div(divisor)).unwrap_or(U256::ZERO)
        }
    }
}

const TOO_LONG: &str = "too many digits";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limit(text: &str) -> HumanLimit {
        let value = serde_json::Value::String(text.to_owned());
        let digits = Decimal::parse(value.as_str().unwrap()).unwrap();
        let places = digits.fraction_digits();
        let digits = digits.scaled_digits(u8::try_from(places).unwrap()).unwrap();
        HumanLimit { digits: U256::from_str_radix(&digits, 10).unwrap(), places }
    }

    #[test]
    fn extremes() {
        assert_eq!(limit("0.0000015").in_smallest_units(6), BaseUnits::from_u128(1));
        assert_eq!(limit("5").in_smallest_units(255), BaseUnits::MAX);
        assert_eq!(limit("0").in_smallest_units(255), BaseUnits::ZERO);
        assert_eq!(limit(&format!("0.{}1", "0".repeat(100))).in_smallest_units(0), BaseUnits::ZERO);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn scales_like_text(whole in 0_u64.., fraction in "[0-9]{0,20}", decimals in 0_u8..30) {
            let text = if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") };
            prop_assert_eq!(
                limit(&text).in_smallest_units(decimals),
                BaseUnits::from_human_truncated(&text, decimals).unwrap()
            );
        }
    }
}
