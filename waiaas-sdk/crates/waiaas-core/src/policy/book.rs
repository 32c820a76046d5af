//! All rows, read once, and which of them are in force for whom.

use super::facts::{LedgerQuery, PolicySettings, Subject};
use super::kind::RuleSet;
use super::row::{PolicyRow, PolicyType};
use super::rules::read_stored;
use crate::chain::Network;
use crate::id::{PolicyId, WalletId};
use crate::time::UnixMillis;
use crate::tx::Effects;
use core::cmp::Reverse;
use std::collections::BTreeMap;

/// The enabled rows of all wallets, ready to evaluate.
///
/// Of each type one row is in force: wallet and network before wallet, before network, before global;
/// within one scope the highest priority, then the newest, then the largest id. Rows marked as ceilings
/// stand outside of this: each holds in addition, for every wallet in its scope. A ceiling only tightens,
/// so it is never the row that lifts a default denial.
// DIFFERS: in the original the lowest priority of a scope wins, against its own documentation.
#[derive(Clone, Debug, Default)]
pub struct PolicyBook {
    global: Rows,
    wallets: BTreeMap<WalletId, Rows>,
}

/// Rows of one owner by type, the strongest first.
type Rows = BTreeMap<PolicyType, Vec<Row>>;

/// One compiled row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its id.
    pub(super) id: PolicyId,
    /// Its rules; `Err` says what is wrong with them.
    pub(super) rules: Result<RuleSet, String>,
    network: Option<Network>,
    ceiling: bool,
    priority: i64,
    created_at: UnixMillis,
}

impl PolicyBook {
    /// Reads all rules. Rules that cannot be read are kept as such: they deny what they concern.
    #[must_use]
    pub fn compile(rows: &[PolicyRow]) -> Self {
        let mut book = Self::default();
        for row in rows.iter().filter(|row| row.enabled) {
            let owner = match row.wallet {
                Some(wallet) => book.wallets.entry(wallet).or_default(),
                None => &mut book.global,
            };
            owner.entry(row.policy_type).or_default().push(Row {
                id: row.id,
                rules: read_stored(row.policy_type, &row.rules),
                network: row.network,
                ceiling: row.ceiling,
                priority: row.priority,
                created_at: row.created_at,
            });
        }
        for rows in core::iter::once(&mut book.global).chain(book.wallets.values_mut()).flat_map(BTreeMap::values_mut) {
            rows.sort_by_key(|row| Reverse((row.network.is_some(), row.priority, row.created_at, row.id)));
        }
        book
    }

    /// What the ledger must be asked before [`Self::evaluate`]: nothing that no rule in force needs.
    #[must_use]
    pub fn query(&self, subject: &Subject, effects: &Effects, settings: &PolicySettings) -> LedgerQuery {
        let mut query = LedgerQuery::default();
        let scope = Scope::of(subject, effects);
        for policy_type in super::kind::all() {
            for rules in self.in_force(scope, policy_type).filter_map(|row| row.rules.as_ref().ok()) {
                rules.needs(effects, settings, &mut query);
            }
        }
        query
    }

    /// The IANA time zones whose offsets [`Self::evaluate`] needs, without repetition; UTC is never one of them.
    #[must_use]
    pub fn time_zones(&self, subject: &Subject, effects: &Effects) -> Vec<&str> {
        let scope = Scope::of(subject, effects);
        let mut zones: Vec<&str> = super::kind::all()
            .flat_map(|policy_type| self.in_force(scope, policy_type))
            .filter_map(|row| row.rules.as_ref().ok()?.time_zone())
            .collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    }

    /// The row that the type resolves to, if any. Of a type with one row per group, the strongest of all groups.
    pub(super) fn resolved(&self, scope: Scope, policy_type: PolicyType) -> Option<&Row> {
        self.in_scope(scope, policy_type).find(|row| !row.ceiling)
    }

    /// The row that the type resolves to, or one for each group, then the ceilings.
    pub(super) fn in_force(&self, scope: Scope, policy_type: PolicyType) -> impl Iterator<Item = &Row> {
        let ceilings = self.in_scope(scope, policy_type).filter(|row| row.ceiling);
        let others = self.in_scope(scope, policy_type).filter(|row| !row.ceiling);
        let strongest = others.enumerate().filter(move |(position, row)| {
            let mut stronger = self.in_scope(scope, policy_type).filter(|row| !row.ceiling).take(*position);
            stronger.all(|other| other.group() != row.group())
        });
        strongest.map(|(_, row)| row).chain(ceilings)
    }

    /// Whether no row at all is in scope.
    pub(super) fn is_silent(&self, scope: Scope) -> bool {
        PolicyType::ALL.iter().all(|policy_type| self.in_scope(scope, *policy_type).next().is_none())
    }

    /// Rows of one type that cover the wallet and the network, the strongest first.
    fn in_scope(&self, scope: Scope, policy_type: PolicyType) -> impl Iterator<Item = &Row> {
        let owners = [self.wallets.get(&scope.wallet), Some(&self.global)];
        owners
            .into_iter()
            .flatten()
            .filter_map(move |rows| rows.get(&policy_type))
            .flatten()
            .filter(move |row| row.network.is_none() || row.network == scope.network)
    }
}

impl Row {
    fn group(&self) -> Option<&str> {
        self.rules.as_ref().ok()?.group()
    }
}

/// What rows must cover to have a say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    wallet: WalletId,
    /// `None` for what happens outside of any chain: only rows for all networks cover that.
    network: Option<Network>,
}

impl Scope {
    pub(super) fn of(subject: &Subject, effects: &Effects) -> Self {
        Self { wallet: subject.wallet, network: effects.channel.is_on_chain().then_some(subject.network) }
    }
}
