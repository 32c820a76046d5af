//! Unlimited allowances, which are refused without any row.

use crate::money::BaseUnits;
use crate::policy::case::{Case, Refusal};
use crate::policy::decision::ReasonCode;
use crate::tx::Operation;
use ruint::aliases::U256;

/// Refuses an allowance that is in effect unlimited, or that covers a whole NFT collection.
///
/// Unlimited on the EVM: at least 2^255 − 1, half of the usual sentinel (`policy.md` section 5.9), so
/// that a slightly smaller number does not slip through.
pub(in crate::policy) fn refuse_unlimited(case: &Case<'_>) -> Result<(), Refusal> {
    let threshold = BaseUnits::new(U256::MAX >> 1);
    for operation in &case.effects.operations {
        let Operation::Approval { spender, amount, collection, .. } = operation else { continue };
        if *collection || *amount >= threshold {
            let what = if *collection { "of a whole collection" } else { "without a limit" };
            let detail = format!("Unlimited token approval is not allowed: {what}, for spender {spender}");
            return Err(Refusal::new(ReasonCode::UnlimitedApproveBlocked, detail));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::money::BaseUnits;
    use crate::policy::PolicyType::AllowedNetworks;
    use crate::policy::kind::testing::{address, approval, check, decide, message, token};
    use crate::tx::Operation;
    use ruint::aliases::U256;

    #[test]
    fn half_of_the_range_is_unlimited() {
        let threshold = BaseUnits::new(U256::MAX >> 1);
        let below = threshold.checked_sub(BaseUnits::from_u128(1)).unwrap();
        check(AllowedNetworks, &[], approval(1, 1, below), "INSTANT");
        check(AllowedNetworks, &[], approval(1, 1, threshold), "UNLIMITED_APPROVE_BLOCKED");
        check(AllowedNetworks, &[], approval(1, 1, BaseUnits::MAX), "UNLIMITED_APPROVE_BLOCKED");
        let denied = decide(AllowedNetworks, &[], vec![approval(1, 1, BaseUnits::MAX)]);
        assert!(message(&denied).contains("Unlimited token approval"));
    }

    #[test]
    fn a_whole_collection_is_unlimited() {
        let amount = BaseUnits::from_u128(1);
        let given = Operation::Approval { asset: token(1), spender: address(1), amount, collection: true };
        check(AllowedNetworks, &[], given, "UNLIMITED_APPROVE_BLOCKED");
    }
}
