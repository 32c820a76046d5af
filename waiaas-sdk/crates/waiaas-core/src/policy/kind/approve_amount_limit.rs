//! APPROVE_AMOUNT_LIMIT: how large an allowance may be.

use super::{Absent, PolicyKind};
use crate::chain::{AssetId, ChainKind};
use crate::money::BaseUnits;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::Operation;
use ruint::aliases::U256;

/// `{"maxAmount"?: "1000000", "blockUnlimited"?: true}`: no unlimited allowance unless `blockUnlimited` is `false`, and
/// none above `maxAmount`, which counts smallest units of whatever token is approved and is itself allowed.
///
/// Without a row unlimited allowances are denied and all others pass. An allowance of a whole NFT collection is
/// unlimited, whatever number came with it.
#[derive(Clone, Debug)]
pub(in crate::policy) struct ApproveAmountLimit {
    max: Option<BaseUnits>,
    block_unlimited: bool,
}

impl PolicyKind for ApproveAmountLimit {
    const TYPE: PolicyType = PolicyType::ApproveAmountLimit;
    const DENIED_BY: DeniedBy = DeniedBy::ApproveAmountLimit;
    const TOPICS: Topics = Topics::APPROVAL;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let max = match rules.optional("maxAmount") {
            Some(node) => Some(node.digits_or_max(issues)?),
            None => None,
        };
        let block_unlimited = match rules.optional("blockUnlimited") {
            Some(node) => node.flag(issues)?,
            None => true,
        };
        Some(Self { max, block_unlimited })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        for operation in case.operations {
            let Operation::Approval { asset, spender, amount, collection } = operation else { continue };
            if self.block_unlimited && (*collection || *amount >= unlimited_from(*asset)) {
                let what = if *collection { "of a whole collection" } else { "without a limit" };
                let detail = format!("Unlimited token approval is not allowed: {what}, for spender {spender}");
                return Err(Refusal::new(ReasonCode::UnlimitedApproveBlocked, detail));
            }
            let amount = if *collection { BaseUnits::MAX } else { *amount };
            if let Some(max) = self.max.filter(|max| amount > *max) {
                let detail = format!("allowance of {amount} exceeds limit {max}");
                return Err(Refusal::new(ReasonCode::ApproveAmountExceeded, detail));
            }
        }
        Ok(())
    }
}

fn absent(case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
    ApproveAmountLimit { max: None, block_unlimited: true }.judge(case, into)
}

/// From where on an allowance is in effect unlimited (`policy.md` section 5.9): half of the largest number that the
/// chain's tokens can hold, so that a number slightly below the usual sentinel does not slip through.
fn unlimited_from(asset: AssetId) -> BaseUnits {
    match asset.network().chain() {
        // 2^63 − 1: token amounts of Solana have 64 bits.
        ChainKind::Solana => BaseUnits::from_u128(u128::from(u64::MAX >> 1)),
        ChainKind::Ethereum | ChainKind::Ripple => BaseUnits::new(U256::MAX >> 1),
    }
}

#[cfg(test)]
mod tests {
    use crate::money::BaseUnits;
    use crate::policy::PolicyType::ApproveAmountLimit;
    use crate::policy::kind::testing::{address, approval, check, check_rules, decide, message, token, token_transfer};
    use crate::tx::Operation;
    use ruint::aliases::U256;
    use serde_json::{Value, json};

    const NO_ROW: &[Value] = &[];

    #[test]
    fn shapes() {
        check_rules(ApproveAmountLimit, &json!({}), &[]);
        check_rules(ApproveAmountLimit, &json!({"maxAmount": "0", "blockUnlimited": false}), &[]);
        check_rules(ApproveAmountLimit, &json!({"maxAmount": "9".repeat(80)}), &[]);
        for refused in [json!("-1"), json!("1e9"), json!(10), json!(""), json!(null)] {
            check_rules(ApproveAmountLimit, &json!({"maxAmount": refused}), &["rules.maxAmount"]);
        }
        check_rules(ApproveAmountLimit, &json!({"blockUnlimited": "no"}), &["rules.blockUnlimited"]);
        check_rules(ApproveAmountLimit, &json!([]), &["rules"]);
    }

    #[test]
    fn half_of_the_range_is_unlimited() {
        let threshold = BaseUnits::new(U256::MAX >> 1);
        let below = threshold.checked_sub(BaseUnits::from_u128(1)).unwrap();
        for rows in [NO_ROW, &[json!({})]] {
            check(ApproveAmountLimit, rows, approval(1, 1, below), "INSTANT");
            check(ApproveAmountLimit, rows, approval(1, 1, threshold), "UNLIMITED_APPROVE_BLOCKED");
            check(ApproveAmountLimit, rows, approval(1, 1, BaseUnits::MAX), "UNLIMITED_APPROVE_BLOCKED");
        }
        let allowed = json!({"blockUnlimited": false});
        check(ApproveAmountLimit, std::slice::from_ref(&allowed), approval(1, 1, BaseUnits::MAX), "INSTANT");
        // A ceiling is never the row that lifts the default, and an ordinary row does not lift a ceiling.
        check(ApproveAmountLimit, &[allowed, json!({})], approval(1, 1, BaseUnits::MAX), "UNLIMITED_APPROVE_BLOCKED");
    }

    #[test]
    fn a_maximum_is_allowed_itself() {
        let amount = BaseUnits::from_u128;
        let rows = [json!({"maxAmount": "1000000"})];
        check(ApproveAmountLimit, &rows, approval(1, 1, amount(1_000_000)), "INSTANT");
        check(ApproveAmountLimit, &rows, approval(1, 1, amount(1_000_001)), "APPROVE_AMOUNT_EXCEEDED");
        check(ApproveAmountLimit, &rows, token_transfer(1, 1, 1_000_001), "INSTANT");
        let none = [json!({"maxAmount": "0", "blockUnlimited": false})];
        check(ApproveAmountLimit, &none, approval(1, 1, amount(0)), "INSTANT");
        check(ApproveAmountLimit, &none, approval(1, 1, BaseUnits::MAX), "APPROVE_AMOUNT_EXCEEDED");
    }

    #[test]
    fn a_whole_collection_is_unlimited() {
        let amount = BaseUnits::from_u128(1);
        let given = || Operation::Approval { asset: token(1), spender: address(1), amount, collection: true };
        check(ApproveAmountLimit, NO_ROW, given(), "UNLIMITED_APPROVE_BLOCKED");
        let rules = [json!({"blockUnlimited": false, "maxAmount": "5"})];
        check(ApproveAmountLimit, &rules, given(), "APPROVE_AMOUNT_EXCEEDED");
    }

    #[test]
    fn messages_keep_their_fragments() {
        let said = |rows: &[Value], amount| {
            message(&decide(ApproveAmountLimit, rows, vec![approval(1, 1, amount)])).to_owned()
        };
        assert!(said(NO_ROW, BaseUnits::MAX).contains("Unlimited token approval"));
        assert!(said(&[json!({"maxAmount": "1"})], BaseUnits::from_u128(2)).contains("exceeds limit"));
    }
}
