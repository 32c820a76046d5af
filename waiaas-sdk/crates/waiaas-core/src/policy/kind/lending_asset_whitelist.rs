//! LENDING_ASSET_WHITELIST: which assets may be lent and borrowed.

use super::asset_list::{self, AssetList};
use super::{Absent, PolicyKind};
use crate::chain::AssetId;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::action::Lending;
use serde_json::json;

/// `{"assets": [{"address": "0x…", "symbol"?}, …]}`: the asset of a loan must be listed, by the address of its token, by
/// its CAIP-19 id, or as `native`.
///
/// What a loan is, and of which asset, is what the provider of the action declares. Without a row there are no loans
/// (setting `policy.default_deny_lending_assets`).
// DIFFERS: the original compares the contract of the protocol with the list of assets.
#[derive(Clone, Debug)]
pub(in crate::policy) struct LendingAssetWhitelist {
    assets: AssetList,
}

fn lending<'a>(case: &Case<'a>) -> Option<&'a Lending> {
    case.action()?.lending.as_ref()
}

impl PolicyKind for LendingAssetWhitelist {
    const TYPE: PolicyType = PolicyType::LendingAssetWhitelist;
    const DENIED_BY: DeniedBy = DeniedBy::LendingAssetWhitelist;
    const TOPICS: Topics = Topics::LENDING;
    const ONCE: bool = true;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("assets", issues)?;
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add(&list, "expected at least one asset");
        }
        let mut texts = Vec::with_capacity(entries.len());
        for entry in &entries {
            let Some(entry) = entry.object(issues) else { continue };
            if let Some(symbol) = entry.optional("symbol") {
                symbol.text(issues);
            }
            texts.extend(entry.required("address", issues).and_then(|node| node.text(issues)));
        }
        Some(Self { assets: AssetList::of(texts.iter().filter_map(|text| asset_list::parse(text, None))) })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        let Some(asset) = lending(case).and_then(|lending| lending.asset) else {
            return Err(Refusal::new(ReasonCode::MissingInput, "the provider does not say which asset the loan is of"));
        };
        if self.assets.contains(&asset) {
            return Ok(());
        }
        case.lacks(refuse(
            ReasonCode::LendingAssetNotAllowed,
            format!("asset {asset} may not be lent or borrowed"),
            asset,
        ))
    }
}

fn absent(case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
    if !case.facts.settings.default_deny_lending_assets {
        return Ok(());
    }
    let detail = "loans are disabled: add a LENDING_ASSET_WHITELIST policy that lists the asset";
    Err(match lending(case).and_then(|lending| lending.asset) {
        Some(asset) => refuse(ReasonCode::LendingDisabled, detail.to_owned(), asset),
        None => Refusal::new(ReasonCode::LendingDisabled, detail),
    })
}

fn refuse(reason: ReasonCode, detail: String, asset: AssetId) -> Refusal {
    let entry = json!({ "address": asset.to_string() });
    Refusal::new(reason, detail).for_want_of(LendingAssetWhitelist::TYPE, "assets", entry)
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::LendingAssetWhitelist;
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        let cases: [(serde_json::Value, &[&str]); 3] = [
            (json!({"assets": [{"address": "0x1", "symbol": "USDC"}]}), &[]),
            (json!({"assets": []}), &["rules.assets"]),
            (
                json!({"assets": ["0x1", {"symbol": 5}]}),
                &["rules.assets.0", "rules.assets.1.symbol", "rules.assets.1.address"],
            ),
        ];
        for (given, expect) in cases {
            check_rules(LendingAssetWhitelist, &given, expect);
        }
    }
}
