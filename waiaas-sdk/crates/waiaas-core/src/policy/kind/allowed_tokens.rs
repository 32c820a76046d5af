//! ALLOWED_TOKENS: which tokens may leave the wallet.

use super::asset_list::{self, AssetList, Entry};
use super::{Absent, PolicyKind};
use crate::chain::AssetId;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::{Channel, Operation};
use serde_json::json;

/// `{"tokens": [{"address": "0x…", "symbol"?, "chain"?, "assetId"?}, …], "restrict_native"?: false}`.
///
/// An entry with `assetId` (CAIP-19) allows exactly that asset; one without allows its address on
/// every network of `chain`, or of any chain. Without a row tokens may not be transferred (setting
/// `policy.default_deny_tokens`), save in payments over x402. Approvals are not gated here, and native coin only with
/// `restrict_native`, when it needs an entry such as `native`, `native:ethereum` or
/// `eip155:1/slip44:60`. A stored empty list denies every token.
#[derive(Clone, Debug)]
pub(in crate::policy) struct AllowedTokens {
    tokens: AssetList,
    restrict_native: bool,
}

impl PolicyKind for AllowedTokens {
    const TYPE: PolicyType = PolicyType::AllowedTokens;
    const DENIED_BY: DeniedBy = DeniedBy::AllowedTokens;
    const TOPICS: Topics = Topics::TOKEN.or(Topics::NATIVE);
    const ABSENT: Option<Absent> = Some(absent);
    /// Native coin is gated only by a `restrict_native` that can be read.
    const CORRUPT_TOPICS: Topics = Topics::TOKEN;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let list = rules.required("tokens", issues)?;
        let tokens = list.list(issues)?;
        if tokens.is_empty() {
            issues.add_at_creation(&list, "expected at least one token");
        }
        let entries: Vec<Entry> = tokens.iter().filter_map(|token| read_entry(token, issues)).flatten().collect();
        let restrict_native = match rules.optional("restrict_native") {
            Some(flag) => flag.flag(issues)?,
            None => false,
        };
        Some(Self { tokens: AssetList::of(entries), restrict_native })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        for operation in case.operations {
            let asset = match operation {
                Operation::TokenTransfer { asset, .. } => *asset,
                Operation::NativeTransfer { .. } if self.restrict_native => case.effects.network.native_asset(),
                _ => continue,
            };
            if !self.tokens.contains(&asset) {
                let what = if asset.is_native() { "native coin" } else { "token" };
                let detail = format!("{what} {asset} not in allowed list");
                case.lacks(refuse(ReasonCode::TokenNotAllowed, detail, asset))?;
            }
        }
        Ok(())
    }
}

fn absent(case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
    let denies = case.facts.settings.default_deny_tokens && !matches!(case.effects.channel, Channel::X402(_));
    let token = case.operations.iter().find_map(|operation| match operation {
        Operation::TokenTransfer { asset, .. } => Some(*asset),
        _ => None,
    });
    match token.filter(|_| denies) {
        Some(token) => {
            let detail = "Token transfer not allowed: add an ALLOWED_TOKENS policy that lists the token";
            Err(refuse(ReasonCode::TokenTransferDisabled, detail.to_owned(), token))
        }
        None => Ok(()),
    }
}

fn refuse(reason: ReasonCode, detail: String, asset: AssetId) -> Refusal {
    let entry = match asset.token_address() {
        Some(address) => json!({ "address": address.to_string(), "assetId": asset.to_string() }),
        None => json!({ "address": asset.to_string() }),
    };
    Refusal::new(reason, detail).for_want_of(AllowedTokens::TYPE, "tokens", entry)
}

/// Outer `None`: an issue was found. Inner `None`: the entry is well-formed and cannot match.
fn read_entry(token: &Node<'_>, issues: &mut Issues) -> Option<Option<Entry>> {
    let token = token.object(issues)?;
    let address = token.required("address", issues)?.text(issues)?;
    if let Some(node) = token.optional("symbol")
        && node.text(issues)?.chars().count() > MAX_SYMBOL_CHARS
    {
        issues.add(&node, format!("expected at most {MAX_SYMBOL_CHARS} characters"));
    }
    let chain = match token.optional("chain") {
        Some(node) => Some(node.chain(issues)?),
        None => None,
    };
    if let Some(node) = token.optional("assetId") {
        let text = node.text(issues)?;
        if !AssetId::has_caip19_syntax(text) {
            issues.add(&node, "expected a CAIP-19 asset id such as `eip155:1/erc20:0x…`");
            return None;
        }
        return Some(AssetId::parse(text).ok().map(Entry::Asset));
    }
    Some(asset_list::parse(address, chain))
}

const MAX_SYMBOL_CHARS: usize = 10;

#[cfg(test)]
mod tests {
    use crate::money::BaseUnits;
    use crate::policy::PolicyType::AllowedTokens;
    use crate::policy::kind::testing::{
        approval, check, check_rules, decide, hex, message, native_transfer, token, token_transfer,
    };
    use serde_json::json;

    #[test]
    fn shapes() {
        let entry = json!({"address": hex(1), "symbol": "ONE", "chain": "ethereum", "assetId": token(1).to_string()});
        check_rules(AllowedTokens, &json!({"tokens": [entry], "restrict_native": true}), &[]);
        check_rules(AllowedTokens, &json!({"tokens": []}), &["rules.tokens"]);
        check_rules(
            AllowedTokens,
            &json!({"tokens": [
                {"address": ""}, {"address": "x", "symbol": "ABCDEFGHIJK"}, {"address": "x", "chain": "bitcoin"},
                {"address": "x", "assetId": "USDC"}, {"address": "x", "assetId": "eip155:56/erc20:0xAb"}, "x",
            ]}),
            &[
                "rules.tokens.0.address",
                "rules.tokens.1.symbol",
                "rules.tokens.2.chain",
                "rules.tokens.3.assetId",
                "rules.tokens.5",
            ],
        );
        check_rules(
            AllowedTokens,
            &json!({"tokens": [{"address": "x"}], "restrict_native": "no"}),
            &["rules.restrict_native"],
        );
    }

    #[test]
    fn entries() {
        for (entry, expect) in [
            (json!({"address": hex(1)}), "INSTANT"),
            (json!({"address": hex(1), "chain": "ethereum"}), "INSTANT"),
            (json!({"address": hex(1), "chain": "solana"}), "TOKEN_NOT_ALLOWED"),
            (json!({"address": hex(2)}), "TOKEN_NOT_ALLOWED"),
            (json!({"address": hex(2), "assetId": token(1).to_string()}), "INSTANT"),
            (json!({"address": hex(1), "assetId": format!("eip155:137/erc20:{}", hex(1))}), "TOKEN_NOT_ALLOWED"),
            (json!({"address": token(1).to_string()}), "INSTANT"),
            (json!({"address": "native"}), "TOKEN_NOT_ALLOWED"),
        ] {
            check(AllowedTokens, &[json!({"tokens": [entry]})], token_transfer(1, 1, 5), expect);
        }
        check(AllowedTokens, &[json!({"tokens": []})], token_transfer(1, 1, 0), "TOKEN_NOT_ALLOWED");
        check(AllowedTokens, &[], token_transfer(1, 1, 0), "TOKEN_TRANSFER_DISABLED");
        check(AllowedTokens, &[], approval(1, 1, BaseUnits::ZERO), "INSTANT");
    }

    #[test]
    fn native_coin_is_gated_on_demand() {
        for (address, restrict, expect) in [
            (hex(1), false, "INSTANT"),
            (hex(1), true, "TOKEN_NOT_ALLOWED"),
            ("native".to_owned(), true, "INSTANT"),
            ("native:ethereum".to_owned(), true, "INSTANT"),
            ("native:solana".to_owned(), true, "TOKEN_NOT_ALLOWED"),
            ("eip155:1/slip44:60".to_owned(), true, "INSTANT"),
            ("eip155:137/slip44:966".to_owned(), true, "TOKEN_NOT_ALLOWED"),
        ] {
            let rules = json!({"tokens": [{"address": address}], "restrict_native": restrict});
            check(AllowedTokens, &[rules], native_transfer(1, 5), expect);
        }
    }

    #[test]
    fn messages_keep_their_fragments() {
        let given = || vec![token_transfer(1, 1, 5)];
        assert!(message(&decide(AllowedTokens, &[], given())).contains("Token transfer not allowed"));
        assert!(message(&decide(AllowedTokens, &[json!({"tokens": []})], given())).contains("not in allowed list"));
    }
}
