//! What would let a denied request pass.

use crate::id::PolicyId;
use crate::policy::{Change, Counterfactual, DeclaredUsd, PolicyType, Tier};
use crate::wire::number::UnixSecs;
use crate::wire::schema::wire_struct;
use crate::wire::text::wire_names;
use serde_json::Value;

wire_names!(DeclaredUsd);

wire_struct! {
    /// What would let a denied request pass. Every member is a way of its own, with everything else as it was; none means
    /// that no single change of these kinds would help. Stands in `details.wouldPass` of a denial, and in the `policy` of a
    /// simulation.
    read WouldPass {
        /// A smaller amount.
        [optional] amount: Option<PassingAmount>,
        /// A smaller value in US dollars, where an action declares one.
        [optional] usd: Option<PassingUsd>,
        /// Less leverage.
        [optional] leverage: Option<PassingLeverage>,
        /// The same request at a later time.
        [optional] time: Option<PassingTime>,
        /// What the operator would have to add to a list.
        [optional] entry: Option<MissingListEntry>,
        /// An owner, who would be asked; the wallet has none.
        [optional] owner: Option<PassingWithOwner>,
    }
}

wire_struct! {
    /// The largest amount that would pass; one smallest unit more would not.
    read PassingAmount {
        /// Of what: a CAIP-19 asset id.
        asset: String,
        /// Smallest units.
        largest: String,
        /// Of which instruction of a batch, counted from 0.
        [optional] instruction: Option<u32>,
        /// How the request would proceed with this amount.
        tier: Tier,
    }
}

wire_struct! {
    /// The largest declared value that would pass; one millionth of a dollar more would not.
    read PassingUsd {
        /// The value of what.
        of: DeclaredUsd,
        /// US dollars, exact.
        largest: String,
        /// How the request would proceed with this value.
        tier: Tier,
    }
}

wire_struct! {
    /// The largest leverage that would pass; one millionth more would not.
    read PassingLeverage {
        /// As a decimal.
        largest: String,
        /// How the request would proceed with it.
        tier: Tier,
    }
}

wire_struct! {
    /// When the same request would pass, if the wallet asks for nothing else meanwhile.
    read PassingTime {
        /// Unix seconds.
        earliest: UnixSecs,
        /// The same instant in UTC (RFC 3339).
        earliest_iso: String,
        /// How the request would proceed then.
        tier: Tier,
    }
}

wire_struct! {
    /// An entry that a list of a policy lacks. Only an operator can add it.
    read MissingListEntry {
        /// The policy with the list; null when there is none of the type, so that one would have to be created.
        policy_id: Option<PolicyId>,
        /// Its type.
        policy_type: PolicyType,
        /// The member of its `rules` that holds the list.
        field: String,
        /// What to append to the list.
        entry: Value,
        /// How the request would proceed then; absent when something else would still refuse it.
        [optional] tier: Option<Tier>,
    }
}

wire_struct! {
    /// What an owner would make of the request.
    read PassingWithOwner {
        /// How it would proceed.
        tier: Tier,
    }
}

impl WouldPass {
    /// The form of these ways on the wire; `None` when there are none.
    #[must_use]
    pub fn of(found: &[Counterfactual]) -> Option<Self> {
        let mut all = Self { amount: None, usd: None, leverage: None, time: None, entry: None, owner: None };
        for Counterfactual { change, tier } in found {
            all.add(change, *tier);
        }
        let none = Self { amount: None, usd: None, leverage: None, time: None, entry: None, owner: None };
        (all != none).then_some(all)
    }

    fn add(&mut self, change: &Change, tier: Option<Tier>) {
        if let Change::Entry(missing) = change {
            self.entry = Some(MissingListEntry {
                policy_id: missing.policy,
                policy_type: missing.policy_type,
                field: missing.field.to_owned(),
                entry: missing.entry.clone(),
                tier,
            });
        }
        // Everything else was found by passing.
        let Some(tier) = tier else { return };
        match change {
            Change::Amount { asset, instruction, largest } => {
                let instruction = instruction.and_then(|index| u32::try_from(index).ok());
                let (asset, largest) = (asset.to_string(), largest.to_string());
                self.amount = Some(PassingAmount { asset, largest, instruction, tier });
            }
            Change::Usd { of, largest } => self.usd = Some(PassingUsd { of: *of, largest: largest.to_string(), tier }),
            Change::Leverage { largest } => {
                self.leverage = Some(PassingLeverage { largest: largest.to_string(), tier });
            }
            Change::Time { earliest } => {
                let (earliest, earliest_iso) = ((*earliest).into(), earliest.to_rfc3339());
                self.time = Some(PassingTime { earliest, earliest_iso, tier });
            }
            Change::Owner => self.owner = Some(PassingWithOwner { tier }),
            Change::Entry(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{AssetId, Network};
    use crate::money::{BaseUnits, Ratio, Usd};
    use crate::policy::MissingEntry;
    use crate::time::UnixMillis;
    use serde_json::json;

    fn check(given: &[(Change, Option<Tier>)], expect: &Value) {
        let given = given.iter().cloned().map(|(change, tier)| Counterfactual { change, tier }).collect::<Vec<_>>();
        let answer = WouldPass::of(&given);
        assert_eq!(serde_json::to_value(&answer).unwrap(), *expect);
        assert_eq!(serde_json::from_value::<Option<WouldPass>>(expect.clone()).unwrap(), answer);
    }

    #[test]
    fn ways_as_json() {
        check(&[], &Value::Null);
        let asset = AssetId::native(Network::EthereumMainnet);
        let entry = MissingEntry {
            policy: None,
            policy_type: PolicyType::Whitelist,
            field: "allowed_addresses",
            entry: json!("0xab"),
        };
        check(
            &[
                (Change::Amount { asset, instruction: Some(2), largest: BaseUnits::MAX }, Some(Tier::Notify)),
                (Change::Usd { of: DeclaredUsd::Loan, largest: Usd::from_micros(1_500_000) }, Some(Tier::Delay)),
                (Change::Leverage { largest: Ratio::from_millionths(5_000_000) }, Some(Tier::Instant)),
                (Change::Time { earliest: UnixMillis::from_secs(1_772_953_200) }, Some(Tier::Instant)),
                (Change::Entry(entry.clone()), None),
                (Change::Owner, Some(Tier::Approval)),
            ],
            &json!({
                "amount": {
                    "asset": "eip155:1/slip44:60", "largest": BaseUnits::MAX.to_string(), "instruction": 2,
                    "tier": "NOTIFY",
                },
                "usd": { "of": "loan", "largest": "1.5", "tier": "DELAY" },
                "leverage": { "largest": "5", "tier": "INSTANT" },
                "time": { "earliest": 1_772_953_200, "earliestIso": "2026-03-08T07:00:00Z", "tier": "INSTANT" },
                "entry": {
                    "policyId": null, "policyType": "WHITELIST", "field": "allowed_addresses", "entry": "0xab",
                },
                "owner": { "tier": "APPROVAL" },
            }),
        );
    }
}
