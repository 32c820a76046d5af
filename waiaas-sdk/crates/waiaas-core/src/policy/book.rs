//! All rows, read once, and which of them are in force for whom.

use super::facts::{LedgerQuery, PolicySettings, Subject};
use super::frozen::FrozenMap;
use super::kind::RuleSet;
use super::plan::Plan;
use super::row::{PolicyRow, PolicyType};
use super::rules::read_stored;
use crate::chain::Network;
use crate::id::{PolicyId, WalletId};
use crate::time::UnixMillis;
use crate::tx::Effects;
use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The enabled rows of all wallets, ready to evaluate.
///
/// Of each type one row is in force: wallet and network before wallet, before network, before global;
/// within one scope the highest priority, then the newest, then the largest id. Rows marked as ceilings
/// stand outside of this: each holds in addition, for every wallet in its scope. A ceiling only tightens,
/// so it is never the row that lifts a default denial.
// DIFFERS: in the original the lowest priority of a scope wins, against its own documentation.
#[derive(Clone, Debug, Default)]
pub struct PolicyBook {
    rows: Box<[Row]>,
    /// For wallets with rows of their own.
    wallets: FrozenMap<WalletId, Plans>,
    /// For all others.
    others: Plans,
}

/// The plans of one wallet.
#[derive(Clone, Debug)]
struct Plans {
    /// Outside of any chain, and on networks that no row names: only rows for all networks.
    usual: Plan,
    /// Networks that some row names.
    networks: Box<[(Network, Plan)]>,
}

/// One compiled row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its id.
    pub(super) id: PolicyId,
    /// What it restricts.
    pub(super) policy_type: PolicyType,
    /// Its rules; `Err` says what is wrong with them.
    pub(super) rules: Result<RuleSet, String>,
    /// Holds in addition to whatever row its type resolves to.
    pub(super) ceiling: bool,
    wallet: Option<WalletId>,
    network: Option<Network>,
    priority: i64,
    created_at: UnixMillis,
}

impl PolicyBook {
    /// Reads all rules and works out every plan. Rules that cannot be read are kept as such: they deny what they concern.
    #[must_use]
    pub fn compile(rows: &[PolicyRow]) -> Self {
        let mut rows: Vec<Row> = rows.iter().filter(|row| row.enabled).map(Row::read).collect();
        rows.sort_by_cached_key(|row| {
            Reverse((row.wallet.is_some(), row.network.is_some(), row.priority, row.created_at, row.id))
        });
        let mut own: BTreeMap<WalletId, Vec<(usize, &Row)>> = BTreeMap::new();
        let mut global = Vec::new();
        for (position, row) in rows.iter().enumerate() {
            match row.wallet {
                Some(wallet) => own.entry(wallet).or_default().push((position, row)),
                None => global.push((position, row)),
            }
        }
        let plans =
            |own: Vec<(usize, &Row)>| Plans::of(&own.into_iter().chain(global.iter().copied()).collect::<Vec<_>>());
        let others = plans(Vec::new());
        let wallets = own.into_iter().map(|(wallet, own)| (wallet, plans(own)));
        // Wallets are distinct already.
        let wallets = FrozenMap::collect(wallets, |_, _| ());
        Self { rows: rows.into(), wallets, others }
    }

    /// What the ledger must be asked before [`Self::judge`]: nothing that no rule in force needs.
    #[must_use]
    pub fn query(&self, subject: &Subject, effects: &Effects, settings: &PolicySettings) -> LedgerQuery {
        let mut query = LedgerQuery::default();
        for rules in self.rules_in_force(subject, effects) {
            rules.needs(effects, settings, &mut query);
        }
        query
    }

    /// The IANA time zones whose offsets [`Self::judge`] needs, without repetition; UTC is never one of them.
    #[must_use]
    pub fn time_zones(&self, subject: &Subject, effects: &Effects) -> Vec<&str> {
        let zones: BTreeSet<&str> = self.rules_in_force(subject, effects).filter_map(RuleSet::time_zone).collect();
        zones.into_iter().collect()
    }

    /// The plan for what a wallet does.
    pub(super) fn plan(&self, subject: &Subject, effects: &Effects) -> &Plan {
        let plans = self.wallets.get(&subject.wallet).unwrap_or(&self.others);
        let named = |network: Network| plans.networks.iter().find(|(other, _)| *other == network).map(|(_, plan)| plan);
        // Only rows for all networks cover what happens outside of any chain.
        let on_chain = effects.channel.is_on_chain();
        on_chain.then_some(subject.network).and_then(named).unwrap_or(&plans.usual)
    }

    /// The row at a position that a plan names.
    pub(super) fn row(&self, position: usize) -> Option<&Row> {
        self.rows.get(position)
    }

    fn rules_in_force(&self, subject: &Subject, effects: &Effects) -> impl Iterator<Item = &RuleSet> {
        self.plan(subject, effects).rows().filter_map(|position| self.row(position)?.rules.as_ref().ok())
    }
}

impl Plans {
    /// `rows` are those of one wallet and the global ones, the strongest first.
    fn of(rows: &[(usize, &Row)]) -> Self {
        let plan = |network: Option<Network>| {
            let covers = |row: &Row| row.network.is_none() || row.network == network;
            Plan::of(&rows.iter().filter(|(_, row)| covers(row)).copied().collect::<Vec<_>>())
        };
        let named: BTreeSet<Network> = rows.iter().filter_map(|(_, row)| row.network).collect();
        Self { usual: plan(None), networks: named.into_iter().map(|network| (network, plan(Some(network)))).collect() }
    }
}

impl Default for Plans {
    fn default() -> Self {
        Self::of(&[])
    }
}

impl Row {
    fn read(row: &PolicyRow) -> Self {
        Self {
            id: row.id,
            policy_type: row.policy_type,
            rules: read_stored(row.policy_type, &row.rules),
            ceiling: row.ceiling,
            wallet: row.wallet,
            network: row.network,
            priority: row.priority,
            created_at: row.created_at,
        }
    }

    /// What it is about, for a type of which one row per group is in force.
    pub(super) fn group(&self) -> Option<&str> {
        self.rules.as_ref().ok()?.group()
    }
}
